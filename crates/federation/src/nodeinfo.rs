//! What software a server runs (NodeInfo 2.1, FEP-f1d5): our document, and the reading of those of others. It holds numbers about all,
//! and nothing about anybody.

use serde::{Deserialize, Serialize};

use crate::budget::{Budget, registrable_domain};
use crate::client::{Client, FetchError};
use crate::origin::Id;

const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";
/// The relation under which FEP-2677 finds the actor of a whole server.
const APPLICATION: &str = "https://www.w3.org/ns/activitystreams#Application";
/// The longest document that is read, in bytes. Some list all their features.
const MAX_DOCUMENT: usize = 128 << 10;
/// The longest name or version that is kept, in characters.
const MAX_TEXT: usize = 64;

/// Where which document is: what `/.well-known/nodeinfo` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// One for each version.
    pub links: Vec<Link>,
}

/// One link of a [`Discovery`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Which document.
    pub rel: String,
    /// Its address.
    pub href: String,
}

impl Discovery {
    /// Ours.
    #[must_use]
    pub fn new(document: &str, instance_actor: &str) -> Self {
        let link = |rel: String, href: &str| Link { rel, href: href.to_owned() };
        Self { links: vec![link(format!("{SCHEMA}2.1"), document), link(APPLICATION.to_owned(), instance_actor)] }
    }

    /// The newest of the documents that are read here; 1.x is of servers without ActivityPub.
    fn newest(&self) -> Option<&str> {
        let find = |version: &str| self.links.iter().find(|link| link.rel.strip_prefix(SCHEMA) == Some(version));
        ["2.2", "2.1", "2.0"].into_iter().find_map(find).map(|link| link.href.as_str())
    }
}

/// Our document, of schema 2.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    version: &'static str,
    software: OurSoftware,
    protocols: [&'static str; 1],
    services: Services,
    open_registrations: bool,
    usage: Usage,
    metadata: Metadata,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct OurSoftware {
    name: &'static str,
    version: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Services {
    inbound: [&'static str; 0],
    outbound: [&'static str; 1],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Metadata {}

/// Whether a stranger can make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registrations {
    /// Anybody can.
    Open,
    /// By invitation, or not at all.
    Closed,
}

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// People with an account.
    pub users: Users,
    /// Threads begun here.
    pub local_posts: u64,
    /// Comments written here.
    pub local_comments: u64,
}

/// How many people there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Users {
    /// In all.
    pub total: u64,
    /// Who came in the last 180 days; nothing where nobody counts that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_halfyear: Option<u64>,
    /// Who came in the last 30 days; likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_month: Option<u64>,
}

impl Document {
    /// Our document.
    #[must_use]
    pub fn new(version: &str, registrations: Registrations, usage: Usage) -> Self {
        Self {
            version: "2.1",
            software: OurSoftware { name: "rejoinder", version: version.to_owned() },
            protocols: ["activitypub"],
            services: Services { inbound: [], outbound: ["atom1.0"] },
            open_registrations: registrations == Registrations::Open,
            usage,
            metadata: Metadata {},
        }
    }
}

/// What another server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Software {
    /// In lower case.
    pub name: String,
    /// As it stands there; for people to read.
    pub version: String,
}

/// Why it is not known what a server runs. Nothing depends on it that could not do without.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeInfoError {
    /// Nobody could be asked.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// No document of a version that is read, or one on somebody else's server.
    #[error("the server names no document about itself")]
    NoDocument,
    /// Not what the schema says.
    #[error("the document about the server cannot be read")]
    NotNodeInfo,
}

/// Asks the server of an actor what it runs.
///
/// # Errors
/// Why it is not known.
pub async fn software_of(client: &Client, peer: &Id, budget: &Budget, now_ms: i64) -> Result<Software, NodeInfoError> {
    let (rules, accept) = (client.rules(), "application/json");
    let start = rules.id(&format!("{}/.well-known/nodeinfo", peer.origin())).map_err(FetchError::from)?;
    let body = client.get_json(&start, accept, MAX_DOCUMENT, budget, now_ms).await?.body;
    let discovery: Discovery = serde_json::from_slice(&body).ok().ok_or(NodeInfoError::NotNodeInfo)?;
    let document = discovery.newest().and_then(|href| rules.id(href).ok()).ok_or(NodeInfoError::NoDocument)?;
    if registrable_domain(&document) != registrable_domain(peer) {
        return Err(NodeInfoError::NoDocument);
    }
    let body = client.get_json(&document, accept, MAX_DOCUMENT, budget, now_ms).await?.body;
    read(&body).ok_or(NodeInfoError::NotNodeInfo)
}

fn read(body: &[u8]) -> Option<Software> {
    #[derive(Deserialize)]
    struct Theirs {
        software: Named,
    }
    #[derive(Deserialize)]
    struct Named {
        name: String,
        version: String,
    }
    let Theirs { software: Named { name, version } } = serde_json::from_slice(body).ok()?;
    let is_word = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if name.is_empty() || name.len() > MAX_TEXT || !name.chars().all(is_word) {
        return None;
    }
    let version = version.chars().filter(char::is_ascii_graphic).take(MAX_TEXT).collect();
    Some(Software { name: name.to_ascii_lowercase(), version })
}

/// How a group speaks to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// It takes `Announce` of whole activities (FEP-1b12).
    GroupActivities,
    /// It takes `Announce` of objects.
    Plain,
}

/// Which dialect a software speaks, by the name in its document.
#[must_use]
pub fn speaks_1b12(software: &str) -> Dialect {
    match software {
        "lemmy" | "piefed" | "mbin" | "kbin" | "nodebb" | "rejoinder" => Dialect::GroupActivities,
        _ => Dialect::Plain,
    }
}

/// Whether a software understands what became of a report that it brought: Lemmy since 1.0.
#[must_use]
pub fn hears_of_reports(software: &str, version: &str) -> bool {
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    software == "lemmy" && major.is_some_and(|major| major >= 1)
}

/// Whether all that a software calls by one id was done once: it counts what it does, or draws its ids. Where that is not known, what was
/// done and taken back may be done again under its first id: what Misskey's follows and NodeBB's and PeerTube's votes are called says who and what,
/// and not when.
#[must_use]
pub fn names_once(software: &str) -> bool {
    matches!(software, "akkoma" | "gotosocial" | "lemmy" | "mastodon" | "piefed" | "pleroma" | "rejoinder")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::peer::{Peer, Reply, budget, client};
    use serde_json::json;

    #[test]
    fn our_document_counts_and_names_nobody() {
        let users = Users { total: 9, active_halfyear: Some(5), active_month: Some(3) };
        let usage = Usage { users, local_posts: 7, local_comments: 40 };
        assert_eq!(
            serde_json::to_value(Document::new("0.1.0", Registrations::Open, usage)).unwrap(),
            json!({
                "version": "2.1",
                "software": {"name": "rejoinder", "version": "0.1.0"},
                "protocols": ["activitypub"],
                "services": {"inbound": [], "outbound": ["atom1.0"]},
                "openRegistrations": true,
                "usage": {
                    "users": {"total": 9, "activeHalfyear": 5, "activeMonth": 3}, "localPosts": 7, "localComments": 40
                },
                "metadata": {}
            })
        );
        assert_eq!(
            serde_json::to_value(Discovery::new("https://ours.example/nodeinfo/2.1", "https://ours.example/actor"))
                .unwrap(),
            json!({"links": [
                {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": "https://ours.example/nodeinfo/2.1"},
                {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": "https://ours.example/actor"}
            ]})
        );
    }

    #[test]
    fn names_and_versions_are_bounded() {
        let document = |name: &str, version: &str| json!({"software": {"name": name, "version": version}}).to_string();
        let read = |name: &str, version: &str| read(document(name, version).as_bytes());
        let lemmy = Software { name: "lemmy".to_owned(), version: "0.19.20".to_owned() };
        assert_eq!(read("Lemmy", "0.19.20"), Some(lemmy));
        assert_eq!(read("x", &"9".repeat(5_000)).unwrap().version.len(), MAX_TEXT);
        assert_eq!(read("x", "1\u{202e}\n<b>2").unwrap().version, "1<b>2");
        for name in ["", "<script>", "a b", &"x".repeat(65)] {
            assert_eq!(read(name, "1"), None, "{name}");
        }
    }

    #[tokio::test]
    async fn the_newest_document_of_a_server_is_read() {
        let peer = Peer::start(|path, base| match path {
            "/.well-known/nodeinfo" => Reply::jrd(
                &json!({"links": [
                    {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": format!("{base}/2.0")},
                    {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": format!("{base}/2.1")}
                ]})
                .to_string(),
            ),
            "/2.1" => Reply::jrd(r#"{"software":{"name":"nodebb","version":"4.0"},"usage":{}}"#),
            _ => Reply::new(404, "", ""),
        })
        .await;
        let software = software_of(&client(), &peer.id("/u/1"), &budget(), 0).await.unwrap();
        assert_eq!(speaks_1b12(&software.name), Dialect::GroupActivities);
        assert_eq!(speaks_1b12("mastodon"), Dialect::Plain);
        assert!(hears_of_reports("lemmy", "1.0.0-alpha.5") && hears_of_reports("lemmy", "2"));
        for (software, version) in [("lemmy", "0.19.5"), ("lemmy", "nightly"), ("lemmy", ""), ("mbin", "1.8")] {
            assert!(!hears_of_reports(software, version), "{software} {version}");
        }
        assert!(names_once("mastodon") && !["misskey", "nodebb", "peertube", ""].into_iter().any(names_once));
    }

    #[tokio::test]
    async fn a_document_on_another_server_is_not_asked_for() {
        let peer = Peer::start(|_, _| {
            let rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
            Reply::jrd(&json!({"links": [{"rel": rel, "href": "https://evil.example/"}]}).to_string())
        })
        .await;
        let refused = software_of(&client(), &peer.id("/u/1"), &budget(), 0).await;
        assert_eq!(refused, Err(NodeInfoError::NoDocument));
    }
}
