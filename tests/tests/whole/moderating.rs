//! What moderators decide, as other servers see it: one of ours, and one that is not.

use std::time::Instant;

use rejoinder_tests::{Api, Fedify, Network, Site};
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};

use super::house::{House, SOON, seen_soon, until};

const WORDS: &str = "A copper one.";

/// Our server with a board and a thread, and two that follow the board.
struct Scene {
    one: House,
    two: House,
    fedify: Fedify,
    /// The thread on our server, and what it is called on the second.
    thread: String,
    copy: String,
    _network: Network,
}

impl Scene {
    async fn new(site: Site, settings: Value) -> Self {
        let network = Network::take().await;
        let (one, two, fedify) = tokio::join!(
            House::new(&network, "one.test", "ada", site),
            House::new(&network, "two.test", "cy", Site::embedded()),
            Fedify::start(&network, "fedify.test", settings),
        );
        one.api.post("/api/v1/boards", &json!({ "name": "talk", "title": "General talk" })).await.expect(201);
        two.follow("talk.all@one.test").await;
        let follow = fedify.does("follow", json!({ "who": "bo", "whom": "@talk.all@one.test" })).await;
        fedify.receives("Accept", |told| told["type"] == "Accept" && told["inside"]["id"] == follow["said"]).await;
        let opening = json!({ "title": "Which kettle?", "text": "I want one that lasts." });
        let thread = one.api.post("/api/v1/boards/talk/threads", &opening).await.expect(201).json();
        let copy = two.thread("talk.all@one.test").await;
        let thread = thread["id"].as_str().unwrap().to_owned();
        Self { one, two, fedify, thread, copy, _network: network }
    }

    async fn text(&self, path: &str) -> String {
        self.one.server.anonymous().get(path).await.body
    }

    async fn page(&self) -> String {
        self.one.server.browser().open(&format!("/t/{}", self.thread)).await.expect(200).answer.body
    }

    /// What Fedify reads in a collection.
    async fn ids(&self, what: &str, path: &str) -> Vec<String> {
        let found = self.fedify.does(what, json!({ "who": "bo", "what": uri(path) })).await;
        let items = found.as_array().or(found["answers"].as_array()).unwrap();
        items.iter().filter_map(|item| item["object"].as_str().or(item["id"].as_str()).map(str::to_owned)).collect()
    }

    /// Where on our server a comment is to be found.
    async fn places(&self, comment: &str) -> Vec<&'static str> {
        let (thread, id) = (&self.thread, uri(&format!("/c/{comment}")));
        let here = self.one.server.anonymous();
        let document = here.get_with(&format!("/c/{comment}"), ACCEPT, "application/activity+json").await;
        if document.status == 410 {
            assert_eq!(document.json()["type"], "Tombstone", "{document:?}");
        }
        let count =
            here.get(&format!("/api/v1/threads/{thread}")).await.expect(200).json()["thread"]["comments_count"].clone();
        let found = [
            ("page", self.page().await.contains(WORDS)),
            ("comment", self.text(&format!("/api/v1/comments/{comment}")).await.contains(WORDS)),
            ("thread", self.text(&format!("/api/v1/threads/{thread}")).await.contains(WORDS)),
            ("search", self.text("/api/v1/search?q=copper").await.contains(WORDS)),
            ("feed", self.text(&format!("/t/{thread}/feed.atom")).await.contains(WORDS)),
            ("profile", self.text("/api/v1/actors/ada/comments").await.contains(WORDS)),
            ("count", count == 1),
            ("document", document.status == 200),
            ("replies", self.ids("look", &format!("/c/{thread}")).await.contains(&id)),
            ("context", self.ids("list", &format!("/t/{thread}/context")).await.contains(&id)),
            ("outbox", self.ids("list", "/u/ada/outbox").await.contains(&id)),
        ];
        found.iter().filter(|(_, is_there)| *is_there).map(|(place, _)| *place).collect()
    }

    /// Whoever had it is told that it is no more.
    async fn is_tombstone(&self, comment: &str) {
        let here = self.one.server.anonymous();
        let document = here.get_with(&format!("/c/{comment}"), ACCEPT, "application/activity+json").await.expect(410);
        assert_eq!(
            (&document.json()["type"], &document.json()["id"]),
            (&json!("Tombstone"), &json!(uri(&format!("/c/{comment}"))))
        );
    }

    /// Our moderator does something with a comment.
    async fn moderate(&self, comment: &str, deed: &str) {
        let path = format!("/api/v1/admin/comments/{comment}/{deed}");
        self.one.send(Method::POST, path, json!({ "reason": "A reason." })).await;
    }

    /// What is first said from a server waits for a moderator.
    async fn hold_newcomers(&self) {
        let rules =
            json!({ "rules": [{ "name": "newcomers", "effect": "hold", "when": { "first_of_server": true } }] });
        self.one.send(Method::PUT, "/api/v1/admin/rules".into(), rules).await;
    }

    /// What waits for a moderator, when something does.
    async fn waiting(&self) -> Value {
        let first = async || self.one.api.get("/api/v1/admin/queue").await.expect(200).json()["items"][0].clone();
        until("it to wait", async || first().await != Value::Null).await;
        first().await
    }

    /// What comes to a server comes in order: with what is said now, whatever was said before is there.
    async fn something_else_comes(&self) {
        let reply = self.one.reply(&self.thread, "An iron one.");
        let after = uri(&format!("/c/{}", seen_soon(&self.two, &self.copy, "comment", reply).await));
        let announced = |told: &Value| told["type"] == "Announce" && told["object"] == *after;
        self.fedify.receives("what came after", announced).await;
    }

    /// What Fedify hears of it, and that it does in time.
    async fn heard(&self, begun: Instant, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let told = self.fedify.receives(what, is_it).await;
        let took = told.at.saturating_duration_since(begun);
        assert!(took < SOON, "{what} took {took:?}");
        told.what
    }
}

fn uri(path: &str) -> String {
    format!("https://one.test{path}")
}

const EVERYWHERE: [&str; 11] =
    ["page", "comment", "thread", "search", "feed", "profile", "count", "document", "replies", "context", "outbox"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_down_is_gone_everywhere_and_comes_back_everywhere() {
    let scene = Scene::new(Site::new().await, json!({ "people": ["bo"] })).await;
    let Scene { one, two, thread, copy, .. } = &scene;
    let comment = seen_soon(two, copy, "comment", one.reply(thread, WORDS)).await;
    let id = uri(&format!("/c/{comment}"));
    scene.fedify.receives("the comment", |told| told["type"] == "Announce" && told["object"] == *id).await;
    assert_eq!(scene.places(&comment).await, EVERYWHERE);

    let begun = Instant::now();
    seen_soon(two, copy, "delete", scene.moderate(&comment, "remove")).await;
    assert_eq!(scene.places(&comment).await, Vec::<&str>::new());
    scene.is_tombstone(&comment).await;
    let deleted = |told: &Value| told["type"] == "Delete" && told["inside"]["id"] == *id;
    let told = scene.heard(begun, "Delete", deleted).await;
    assert_eq!(told["actor"], json!(uri("/u/ada")));
    assert!(two.comments(copy).await.iter().all(|line| line.2 != WORDS));

    let begun = Instant::now();
    seen_soon(two, copy, "delete", scene.moderate(&comment, "restore")).await;
    assert_eq!(scene.places(&comment).await, EVERYWHERE);
    let undone = |told: &Value| told["type"] == "Undo" && told["inside"]["type"] == "Delete";
    scene.heard(begun, "Undo", undone).await;
    assert!(two.comments(copy).await.iter().any(|line| line.2 == WORDS));
    // With what is said afterwards, all of it is there.
    let after = uri(&format!("/c/{}", one.reply(thread, "An iron one.").await));
    scene.fedify.receives("what came after", |told| told["type"] == "Announce" && told["object"] == *after).await;
    let again = scene.fedify.received().into_iter().filter(|told| told["type"] == "Announce" && told["object"] == *id);
    assert_eq!(again.count(), 2);
    assert_eq!(scene.fedify.failures(), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_comment_from_another_server_waits_and_comes_out_everywhere_at_once() {
    let scene = Scene::new(Site::new().await, json!({ "people": ["bo", "di"] })).await;
    let Scene { one, two, thread, copy, .. } = &scene;
    scene.hold_newcomers().await;
    let root = uri(&format!("/c/{thread}"));
    let written = scene.fedify.does("write", json!({ "who": "di", "to": root, "text": WORDS })).await;
    let waiting = scene.waiting().await;
    assert_eq!((&waiting["held"]["rule"], &waiting["author"]), (&json!("newcomers"), &json!("di@fedify.test")));
    let id = waiting["id"].as_str().unwrap();
    assert_eq!(scene.places(id).await, Vec::<&str>::new());
    scene.something_else_comes().await;
    assert!(scene.fedify.received().iter().all(|told| told["object"] != written["id"]));
    assert_eq!(two.comments(copy).await.len(), 1);

    // As the key of the queue does it.
    let begun = Instant::now();
    let approve = json!({ "action": "approve", "list": "held", "ids": [id], "reason": "" });
    let approved = one.send(Method::POST, "/api/v1/admin/comments/bulk".into(), approve);
    seen_soon(two, copy, "comment", approved).await;
    let announced = |told: &Value| told["type"] == "Announce" && told["object"] == written["id"];
    scene.heard(begun, "Announce", announced).await;
    assert_eq!(two.comments(copy).await.len(), 2);
    assert!(two.comments(copy).await.iter().any(|line| line.2 == WORDS));
    assert_eq!(one.find(thread, WORDS).await, id);
    assert_eq!(scene.fedify.failures(), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_to_answer_is_told_no_and_nothing_of_it_is_seen() {
    let scene = Scene::new(Site::new().await, json!({ "people": ["bo", "di"] })).await;
    let Scene { one, two, thread, copy, .. } = &scene;
    scene.hold_newcomers().await;
    let root = uri(&format!("/c/{thread}"));
    let asked = scene.fedify.does("request", json!({ "who": "di", "to": root, "text": WORDS })).await;
    let id = scene.waiting().await["id"].as_str().unwrap().to_owned();

    let begun = Instant::now();
    let reject = json!({ "action": "reject", "list": "held", "ids": [id], "reason": "Off topic." });
    one.send(Method::POST, "/api/v1/admin/comments/bulk".into(), reject).await;
    let rejected = scene.heard(begun, "Reject", |told| told["type"] == "Reject").await;
    // By whoever was asked, and about what was asked.
    assert_eq!((&rejected["actor"], &rejected["by"]["id"]), (&json!(uri("/u/ada")), &json!(uri("/u/ada"))));
    assert_eq!(rejected["inside"]["type"], "ReplyRequest", "{rejected}");
    assert_eq!((&rejected["inside"]["id"], &rejected["inside"]["object"]), (&asked["said"], &json!(root)));
    assert_eq!(scene.places(&id).await, Vec::<&str>::new());
    scene.something_else_comes().await;
    assert!(
        scene.fedify.received().iter().all(|told| told["type"] != "Accept" || told["inside"]["id"] != asked["said"])
    );
    assert!(scene.fedify.received().iter().all(|told| told["object"] != asked["id"]));
    assert_eq!(two.comments(copy).await.len(), 1);
    assert_eq!(scene.fedify.failures(), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_server_reports_is_decided_and_appealed_in_the_open() {
    let site = Site::new().await.set("MODERATION__SHOW_NAMES", "true");
    // What understands that a report was resolved.
    let lemmy = json!({ "name": "lemmy", "version": "1.0.0" });
    let settings = json!({ "people": ["bo"], "software": lemmy, "takes": ["Resolve"] });
    let scene = Scene::new(site, settings).await;
    let Scene { one, thread, .. } = &scene;
    let person = async |name: &str, role: &str| -> Api {
        let scope = if role == "moderator" { "moderate" } else { "write" };
        one.server.api(&one.site.token(name, role, scope).await)
    };
    let (mo, em, eve) =
        (person("mo", "moderator").await, person("em", "moderator").await, person("eve", "member").await);
    let path = format!("/api/v1/comments/{thread}/replies");
    let comment = eve.post(&path, &json!({ "text": WORDS })).await.expect(201).json();
    let comment = comment["id"].as_str().unwrap();
    let id = uri(&format!("/c/{comment}"));
    until("it is known what runs there", async || {
        one.api.get("/api/v1/admin/peers/fedify.test").await.expect(200).json()["software"] == "lemmy"
    })
    .await;

    let flag = scene.fedify.does("flag", json!({ "who": "bo", "object": id, "text": "A secret of mine." })).await;
    let reports = async || mo.get("/api/v1/admin/reports").await.expect(200).json()["items"].clone();
    until("the report", async || reports().await[0] != Value::Null).await;
    let report = reports().await;
    assert_eq!(report[0]["reports"][0]["text"], json!("A secret of mine."), "{report}");
    let decide = |what: &str| format!("/api/v1/admin/{what}");
    let begun = Instant::now();
    let remove = json!({ "action": "remove", "list": "reported", "ids": [comment], "reason": "Advertising." });
    mo.post(&decide("comments/bulk"), &remove).await.expect(200);
    let resolved = scene.heard(begun, "Resolve", |told| told["type"] == "Resolve").await;
    assert_eq!(resolved["object"]["id"], flag["said"], "{resolved}");

    let appeal = json!({ "comment": comment, "text": "It is my own shop." });
    let appeal = eve.post("/api/v1/appeals", &appeal).await.expect(201).json();
    let grant = decide(&format!("appeals/{}/grant", appeal["id"].as_str().unwrap()));
    let reason = json!({ "reason": "On topic." });
    // Who removed it is not to judge that.
    mo.post(&grant, &reason).await.expect(403);
    em.post(&grant, &reason).await.expect(200);
    assert!(scene.page().await.contains(WORDS));

    let log = scene.text("/api/v1/modlog").await;
    let deeds: Value = serde_json::from_str(&log).unwrap();
    let deeds: Vec<&str> = deeds["items"].as_array().unwrap().iter().map(|one| one["deed"].as_str().unwrap()).collect();
    // What came before is how the place was made.
    assert_eq!(deeds[..5], ["grant-appeal", "restore", "appeal", "remove", "resolve-reports"]);
    for (place, words) in
        [("API", log), ("page", scene.text("/modlog").await), ("feed", scene.text("/modlog/feed.atom").await)]
    {
        for private in ["A secret of mine", "my own shop", "bo@fedify", "fedify.test"] {
            assert!(!words.contains(private), "{private} is told in the log's {place}: {words}");
        }
        assert!(words.contains("Advertising."), "{place}: {words}");
    }
}
