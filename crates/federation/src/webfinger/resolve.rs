//! From a handle to an actor. A server may say of its own names what it likes; of an actor elsewhere only what that server confirms.

use url::Url;

use super::{BadJrd, Handle, JRD_JSON, Jrd, MAX_JRD};
use crate::budget::Budget;
use crate::client::{Client, FetchError};
use crate::origin::Id;

/// Whom a handle means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The handle in its proper form, which may have another host than the one asked for.
    pub handle: Handle,
    /// The id of the actor, which is still to be fetched.
    pub actor: Id,
    /// What the server said, such as where to answer from there.
    pub jrd: Jrd,
}

/// Why a handle means nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Nobody could be asked, or nobody there has the name (404).
    #[error("{host} was asked about the name, but {why}")]
    Fetch {
        /// Who was asked.
        host: String,
        /// What came of it.
        why: FetchError,
    },
    /// The answer cannot be read.
    #[error(transparent)]
    BadJrd(#[from] BadJrd),
    /// The answer is about no handle.
    #[error("the answer has no account as its subject")]
    NoSubject,
    /// No link to an actor.
    #[error("the answer names no actor; the account may be on a server that is not part of the fediverse")]
    NoActor,
    /// A second hop, or one that does not lead back.
    #[error("{asked} is said to be {said}, and that is not confirmed by the host of {said}")]
    Unconfirmed {
        /// What was asked for.
        asked: String,
        /// What the answer names.
        said: String,
    },
}

/// Finds out whom a handle means. The answer may name another handle, which is asked for once and must then be the answer's own; and
/// an actor on another host than the handle's is believed only if that host says the same (Akkoma 2024.04.1, CVE-2023-42451).
///
/// # Errors
/// Why it means nobody.
pub async fn resolve(client: &Client, handle: &Handle, budget: &Budget, now_ms: i64) -> Result<Resolved, ResolveError> {
    let found = ask(client, handle, budget, now_ms).await?;
    let found = if found.handle.is_same(handle) {
        found
    } else {
        let second = ask(client, &found.handle, budget, now_ms).await?;
        if !second.handle.is_same(&found.handle) {
            return Err(unconfirmed(handle, &second.handle));
        }
        second
    };
    if found.actor.is_with(found.handle.server()) {
        return Ok(found);
    }
    confirm(client, found, budget, now_ms).await
}

/// Asks the host of the actor. It must name the same actor, under this handle or under one of its own.
async fn confirm(client: &Client, found: Resolved, budget: &Budget, now_ms: i64) -> Result<Resolved, ResolveError> {
    let there = found.handle.moved_to(&found.actor, client.rules()).ok_or(ResolveError::NoActor)?;
    let said = ask(client, &there, budget, now_ms).await?;
    if said.actor != found.actor {
        return Err(unconfirmed(&found.handle, &there));
    }
    if said.handle.is_same(&found.handle) {
        Ok(found)
    } else if said.handle.server() == there.server() {
        Ok(said)
    } else {
        Err(unconfirmed(&found.handle, &said.handle))
    }
}

async fn ask(client: &Client, handle: &Handle, budget: &Budget, now_ms: i64) -> Result<Resolved, ResolveError> {
    let fetched = client.get_json(&question(client, handle)?, JRD_JSON, MAX_JRD, budget, now_ms).await;
    let body = fetched.map_err(|why| ResolveError::Fetch { host: handle.host(), why })?.body;
    let jrd = Jrd::read(&body)?;
    let subject = jrd.subject.strip_prefix("acct:").and_then(|name| Handle::parse(name, client.rules()).ok());
    let actor = jrd.actor(client.rules()).ok_or(ResolveError::NoActor)?;
    Ok(Resolved { handle: subject.ok_or(ResolveError::NoSubject)?, actor, jrd })
}

fn question(client: &Client, handle: &Handle) -> Result<Id, ResolveError> {
    let mut url: Url = handle.server().url().clone();
    url.set_path("/.well-known/webfinger");
    url.query_pairs_mut().append_pair("resource", &handle.acct());
    let host = handle.host();
    client.rules().id(url.as_str()).map_err(|why| ResolveError::Fetch { host, why: why.into() })
}

fn unconfirmed(asked: &Handle, said: &Handle) -> ResolveError {
    ResolveError::Unconfirmed { asked: asked.to_string(), said: said.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::peer::{Peer, Reply, budget, client, rules};
    use serde_json::json;

    fn answer(subject: &str, actor: &str) -> Reply {
        let link = json!({"rel": "self", "type": "application/activity+json", "href": actor});
        Reply::jrd(&json!({"subject": subject, "links": [link]}).to_string())
    }

    /// Which name a request asks for.
    fn asked(path: &str) -> String {
        let url = Url::parse("http://x/").unwrap().join(path).unwrap();
        url.query_pairs().find(|(key, _)| key == "resource").unwrap().1.trim_start_matches("acct:").to_owned()
    }

    async fn resolved(handle: &str) -> Result<(String, String), ResolveError> {
        let handle = Handle::parse(handle, &rules()).unwrap();
        let found = resolve(&client(), &handle, &budget(), 0).await?;
        Ok((found.handle.to_string(), found.actor.to_string()))
    }

    #[tokio::test]
    async fn a_handle_leads_to_its_actor() {
        let peer = Peer::start(|path, base| answer(&format!("acct:{}", asked(path)), &format!("{base}/u/bo"))).await;
        let handle = format!("bo@{}", peer.host());
        assert_eq!(resolved(&handle).await.unwrap(), (handle.clone(), peer.url("/u/bo")));
        assert!(peer.seen()[0].starts_with("GET /.well-known/webfinger?resource=acct%3Abo%40localhost%3A"));
        assert!(peer.seen()[0].contains("accept: application/jrd+json\r\n"));
    }

    #[tokio::test]
    async fn e02_another_name_is_followed_once_and_must_be_its_own() {
        let peer = Peer::start(|path, base| {
            let host = base.trim_start_matches("http://").to_owned();
            let next = match asked(path).split('@').next().unwrap() {
                "old" | "new" => "new",
                "one" => "two",
                _ => "three",
            };
            answer(&format!("acct:{next}@{host}"), &format!("{base}/u/{next}"))
        })
        .await;
        let host = peer.host();
        assert_eq!(resolved(&format!("old@{host}")).await.unwrap(), (format!("new@{host}"), peer.url("/u/new")));
        assert!(matches!(resolved(&format!("one@{host}")).await, Err(ResolveError::Unconfirmed { .. })));
        assert_eq!(peer.seen().len(), 4);
    }

    #[tokio::test]
    async fn e03_an_actor_on_another_host_is_believed_if_that_host_agrees() {
        let social = Peer::start(|path, base| {
            let name = asked(path).split('@').next().unwrap().to_owned();
            let host = base.trim_start_matches("http://");
            answer(&format!("acct:{name}@{host}"), &format!("{base}/u/bo"))
        })
        .await;
        let actor = social.url("/u/bo");
        let short = Peer::start(move |path, _| answer(&format!("acct:{}", asked(path)), &actor)).await;
        let (handle, there) = (format!("bo@{}", short.host()), format!("bo@{}", social.host()));
        assert_eq!(resolved(&handle).await.unwrap(), (there, social.url("/u/bo")));
    }

    #[tokio::test]
    async fn e03_an_actor_whose_host_knows_the_short_name_keeps_it() {
        let social = Peer::start(|path, base| {
            let (_, short) = path.split_once("resource=acct%3Abo_").unwrap();
            let port = short.split("%40").next().unwrap();
            answer(&format!("acct:bo_{port}@localhost:{port}"), &format!("{base}/u/bo"))
        })
        .await;
        let actor = social.url("/u/bo");
        let short = Peer::start(move |path, _| answer(&format!("acct:{}", asked(path)), &actor)).await;
        let host = short.host();
        let handle = format!("bo_{}@{host}", host.trim_start_matches("localhost:"));
        assert_eq!(resolved(&handle).await.unwrap(), (handle.clone(), social.url("/u/bo")));
    }

    #[tokio::test]
    async fn e03_an_actor_whose_host_names_another_is_refused() {
        let victim =
            Peer::start(|path, base| answer(&format!("acct:{}", asked(path)), &format!("{base}/u/other"))).await;
        let actor = victim.url("/u/bo");
        let liar = Peer::start(move |path, _| answer(&format!("acct:{}", asked(path)), &actor)).await;
        let refused = resolved(&format!("bo@{}", liar.host())).await;
        assert!(matches!(refused, Err(ResolveError::Unconfirmed { .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn e04_what_is_no_answer_is_refused() {
        let peer = Peer::start(|path, base| match asked(path).split('@').next().unwrap() {
            "xml" => Reply::new(200, "Content-Type: application/xrd+xml\r\n", "<XRD/>"),
            "away" => Reply::redirect("https://10.0.0.1/.well-known/webfinger"),
            "large" => Reply::Endless(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n{".to_vec()),
            "nobody" => Reply::new(404, "", ""),
            "nothing" => Reply::jrd(r#"{"subject":"acct:nothing@a.example"}"#),
            "urn" => answer("urn:x", &format!("{base}/u/x")),
            _ => answer("acct:script@a.example", "javascript:alert(1)"),
        })
        .await;
        for (name, why) in [
            ("xml", "is of type \"application/xrd+xml\" and not JSON"),
            ("away", "has no host name that others could know"),
            ("large", "is larger than 262144 bytes"),
            ("nobody", "status 404"),
            ("nothing", "names no actor"),
            ("urn", "no account as its subject"),
            ("script", "names no actor"),
        ] {
            let error = resolved(&format!("{name}@{}", peer.host())).await.unwrap_err().to_string();
            assert!(error.contains(why), "{name}: {error}");
        }
    }
}
