//! E: who is who by name.

use federation::budget::{Allowance, Budget, Cause};
use federation::webfinger::{Handle, ResolveError, Resolved, remote_interaction, resolve};
use serde_json::{Value, json};

use crate::house::{Address, House, Wishes};
use crate::peer::{Peer, Reply};
use crate::scene::Scene;

impl House {
    async fn names(&self, handle: &str) -> Result<Resolved, ResolveError> {
        let elsewhere = self.ctx.elsewhere();
        let handle = Handle::parse(handle, elsewhere.rules()).unwrap();
        let budget = Budget::new(Allowance::default(), Cause::Ours);
        resolve(elsewhere.client().unwrap(), &handle, &budget, self.now()).await
    }
}

/// Handles have no scheme: on a test network it is our own that they are asked for by.
fn by_http() -> Wishes {
    Wishes { address: Address::OwnPort, ..Wishes::default() }
}

/// What a server says about a name.
fn jrd(subject: &str, actor: &str) -> Value {
    json!({ "subject": subject, "links": [{ "rel": "self", "type": "application/activity+json", "href": actor }] })
}

impl Peer {
    /// Shows what it says about one of its names.
    fn says_of(&self, name: &str, said: Reply) {
        let asked = format!("acct:{name}@{}", self.host()).replace(':', "%3A").replace('@', "%40");
        self.reply(&format!("/.well-known/webfinger?resource={asked}"), said);
    }

    fn describes(&self, name: &str, jrd: &Value) {
        self.says_of(name, Reply::typed("application/jrd+json", &jrd.to_string()));
    }

    fn acct(&self, name: &str) -> String {
        format!("acct:{name}@{}", self.host())
    }
}

#[tokio::test]
async fn e01_a_handle_is_one_name_and_one_host_before_anything_is_asked() {
    let s = Scene::new().await;
    let public = House::with(Wishes::public()).await;
    let long = format!("{}@localhost", "x".repeat(10_000));
    for handle in [
        "user@localhost:1234/x?y#",
        "a@b@c",
        "@",
        "@@",
        "a@",
        "@b.example",
        "a b@c.example",
        "a@b .example",
        "a@b.example/",
        "a@b.example?x",
        "a@b.example#x",
        "a@%31%32%37.0.0.1",
        "a@127.0.0.1",
        "a@[::1]",
        "a\n@b.example",
        "ü@b.example",
        "../a@b.example",
        "a@b.example\\x",
        &long,
    ] {
        assert!(Handle::parse(handle, public.ctx.elsewhere().rules()).is_err(), "{handle:?}");
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("resource", handle).finish();
        let answer = s.house.get(&format!("/.well-known/webfinger?{query}")).await;
        assert!(matches!(answer.status, 400 | 404), "{handle:?}: {answer:?}");
        // Where people write down what they are called.
        let answer = s.house.form("/b/talk/follow", "handle", handle).await;
        assert!((400..500).contains(&answer.status), "{handle:?}: {answer:?}");
    }
    // A name of this machine is asked about by nobody who is on the internet.
    let answer = public.form("/b/talk/follow", "handle", "bo@localhost").await;
    assert!(answer.status == 422 && answer.body.contains("no public address"), "{answer:?}");
    assert!(Handle::parse("user@localhost:1234", public.ctx.elsewhere().rules()).is_err());
    assert!(s.peer.seen().is_empty(), "{:?}", s.peer.asked());
}

#[tokio::test]
async fn e02_a_name_that_is_said_to_be_another_is_confirmed_by_the_other() {
    let (s, other) = (Scene::with(by_http()).await, Peer::new().await);
    let named = format!("bo@{}", s.peer.host());
    // The other has never heard of it, says that it is a third, or says that it is this one after all.
    s.peer.describes("bo", &jrd(&other.acct("bo"), &other.me()));
    assert!(s.house.names(&named).await.is_err());
    other.describes("bo", &jrd(&other.acct("third"), &other.id("users/third")));
    assert!(s.house.names(&named).await.is_err());
    other.describes("bo", &jrd(&s.peer.acct("bo"), &s.peer.me()));
    assert!(s.house.names(&named).await.is_err());
    for subject in ["", "bo", "acct:bo", "https://evil.example/", "acct:bo@127.0.0.1", "mailto:bo@localhost"] {
        s.peer.describes("bo", &jrd(subject, &s.peer.me()));
        assert!(s.house.names(&named).await.is_err(), "{subject}");
    }
    // Confirmed, it is who it is there.
    s.peer.describes("bo", &jrd(&other.acct("bo"), &other.me()));
    other.describes("bo", &jrd(&other.acct("bo"), &other.me()));
    let found = s.house.names(&named).await.unwrap();
    assert_eq!((found.handle.acct(), found.actor.to_string()), (other.acct("bo"), other.me()));
}

#[tokio::test]
async fn e03_an_actor_on_another_host_must_know_of_its_name() {
    let (s, other) = (Scene::with(by_http()).await, Peer::new().await);
    let named = format!("bo@{}", s.peer.host());
    s.peer.describes("bo", &jrd(&s.peer.acct("bo"), &other.me()));
    assert!(s.house.names(&named).await.is_err());
    other.describes("bo", &jrd(&other.acct("bo"), &other.id("users/another")));
    assert!(s.house.names(&named).await.is_err());
    other.describes("bo", &jrd(&s.peer.acct("bo"), &other.me()));
    assert_eq!(s.house.names(&named).await.unwrap().actor.to_string(), other.me());
    // Whatever an actor calls itself, it is shown under the host of its id.
    let mut actor = s.peer.actor();
    actor["webfinger"] = json!("ana@talk.example");
    actor["name"] = json!("ana@talk.example");
    s.peer.show("/users/bo", actor);
    s.says(&s.peer, &s.peer.activity("updates/1", "Update", &json!(s.peer.me()))).await;
    let comment = s.writes("notes/1", "<p>Who?</p>").await;
    let shown = s.house.get(&format!("/api/v1/comments/{comment}")).await;
    assert_eq!(shown.text("/author/handle"), named);
}

#[tokio::test]
async fn e04_answers_about_names_are_small_json_and_lead_nowhere_private() {
    let s = Scene::with(by_http()).await;
    let named = format!("bo@{}", s.peer.host());
    let fine = jrd(&s.peer.acct("bo"), &s.peer.me());
    let mut many = fine.clone();
    many["links"] = json!(vec![fine["links"][0].clone(); 10_000]);
    let mut padded = fine.clone();
    padded["properties"] = json!({ "x": "x".repeat(300_000) });
    for said in [
        Reply::typed("application/jrd+json", &many.to_string()),
        Reply::typed("application/jrd+json", &padded.to_string()),
        Reply::typed("application/xrd+xml", "<XRD/>"),
        Reply::typed("application/jrd+json", "<XRD/>"),
        Reply::typed("text/html", &fine.to_string()),
        Reply::typed("application/jrd+json", &format!("{{\"x\":{}", "[".repeat(5_000))),
        Reply::redirect("http://127.0.0.1:9/"),
        Reply::redirect("https://169.254.169.254/latest"),
        Reply::redirect("file:///etc/passwd"),
        Reply::Endless(b"HTTP/1.1 200 X\r\nContent-Type: application/jrd+json\r\n\r\n{".to_vec()),
    ] {
        s.peer.says_of("bo", said);
        assert!(s.house.names(&named).await.is_err());
    }
    for actor in ["http://127.0.0.1/users/bo", "javascript:alert(1)", "https://[::1]/", "", "/users/bo"] {
        s.peer.describes("bo", &jrd(&s.peer.acct("bo"), actor));
        assert!(s.house.names(&named).await.is_err(), "{actor}");
    }
    s.peer.describes("bo", &fine);
    assert!(s.house.names(&named).await.is_ok());
}

#[tokio::test]
async fn e06_our_names_are_told_of_whom_everybody_sees_and_of_nobody_else() {
    let s = Scene::new().await;
    let hidden = s.house.thread("Hidden").await;
    s.house.hold(&hidden).await;
    let asked = async |resource: &str| s.house.get(&format!("/.well-known/webfinger?resource={resource}")).await;
    let unknown = asked("acct:nobody@talk.example").await.refused(404, "not-found").body;
    for resource in [
        format!("acct:t-{hidden}@talk.example"),
        "acct:ana@elsewhere.example".into(),
        "acct:ana@sub.talk.example".into(),
        format!("acct:bo@{}", s.peer.host()),
        format!("https://talk.example/t/{hidden}"),
        "https://talk.example/c/7".into(),
    ] {
        assert_eq!(asked(&resource).await.refused(404, "not-found").body, unknown, "{resource}");
    }
    for resource in [
        "",
        "ana",
        "acct:ana",
        "acct:@talk.example",
        "acct:ana@talk.example/x",
        "mailto:ana@talk.example",
        "acct:%00@talk.example",
    ] {
        asked(resource).await.refused(400, "bad-resource");
    }
    for resource in [
        "acct:ana@talk.example",
        "acct:ANA@TALK.EXAMPLE",
        "acct%3Aana%40talk.example",
        "ana@talk.example",
        "https://talk.example/u/ana",
    ] {
        assert_eq!(asked(resource).await.is(200).text("/subject"), "acct:ana@talk.example", "{resource}");
    }
}

#[tokio::test]
async fn e07_people_are_sent_to_answer_from_home_and_nowhere_else() {
    let s = Scene::with(by_http()).await;
    let named = format!("bo@{}", s.peer.host());
    let rules = s.house.ctx.elsewhere().rules();
    let object = rules.id(&s.root()).unwrap();
    let leads = async |template: &str| {
        let mut said = jrd(&s.peer.acct("bo"), &s.peer.me());
        let link = json!({ "rel": "http://ostatus.org/schema/1.0/subscribe", "template": template });
        said["links"].as_array_mut().unwrap().push(link);
        s.peer.describes("bo", &said);
        let found = s.house.names(&named).await.unwrap();
        let there = remote_interaction(&found.jrd, &found.handle, &object, rules);
        let answer = s.house.form(&format!("/c/{}/elsewhere", s.thread), "handle", &named).await;
        assert_eq!(there.as_ref().map_or("", |url| url.as_str()), answer.header("location"), "{template}");
        there
    };
    for template in [
        "javascript:alert('{uri}')",
        "data:text/html,{uri}",
        "https://evil.example/?uri={uri}",
        "http://127.0.0.1/?uri={uri}",
        "//localhost/?uri={uri}",
        "/interact?uri={uri}",
        "http://localhost@evil.example/?uri={uri}",
        "http://{uri}/",
        "http://localhost/interact",
    ] {
        assert_eq!(leads(template).await, None, "{template}");
    }
    assert!(leads(&s.peer.id("interact?uri={uri}")).await.is_some());
}
