//! With a server that is not ours: Fedify, reached under its name and over TLS, in both directions. It reads documents as
//! JSON-LD, wants signatures, and sends its own in either form.

use std::time::{Duration, Instant};

use rejoinder_tests::network::{Front, Speaks};
use rejoinder_tests::wire::Wire;
use rejoinder_tests::{Api, Fedify, Network, Server, Site, until, within};
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};

const HOST: &str = "one.test";
const BO: &str = "https://fedify.test/users/bo";
/// How long it may take until what somebody wrote stands on the other server.
const SOON: Duration = Duration::from_secs(1);

/// Our server with a board, and Fedify.
struct Talk {
    server: Server,
    fedify: Fedify,
    ada: Api,
    _front: Front,
    _site: Site,
    _network: Network,
}

impl Talk {
    async fn new(settings: Value) -> Self {
        let network = Network::take().await;
        let site = Site::new().await.unlimited().at(&network, HOST);
        let ours = async {
            let token = site.token("ada", "admin", "admin").await;
            let server = site.start().await;
            let mut front = network.front(HOST, Speaks::Http2).await;
            front.lead_to(server.address()).await;
            (server.api(&token), server, front)
        };
        let ((ada, server, front), fedify) = tokio::join!(ours, Fedify::start(&network, "fedify.test", settings));
        ada.post("/api/v1/boards", &json!({ "name": "talk", "title": "General talk" })).await.expect(201);
        Self { server, fedify, ada, _front: front, _site: site, _network: network }
    }

    async fn thread(&self, title: &str) -> String {
        let opening =
            json!({ "title": title, "text": "I want *one* that lasts.", "url": "https://example.com/kettles" });
        let thread = self.ada.post("/api/v1/boards/talk/threads", &opening).await.expect(201).json();
        thread["id"].as_str().unwrap().to_owned()
    }

    /// Ada answers a comment.
    async fn reply(&self, comment: &str, text: &str) -> String {
        let path = format!("/api/v1/comments/{comment}/replies");
        let reply = self.ada.post(&path, &json!({ "text": text })).await.expect(201).json();
        reply["id"].as_str().unwrap().to_owned()
    }

    /// Somebody who watches a thread from now on.
    async fn watcher(&self, thread: &str) -> Wire {
        let mut watcher = Wire::connect(self.server.address()).await.unwrap();
        let head = format!("GET /api/v1/threads/{thread}/events HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
        watcher.send(&head).await;
        watcher.until("watching").await;
        watcher
    }

    /// What Fedify's person does, and that those who watch the thread are told of it in time.
    async fn seen_soon(&self, thread: &str, event: &str, what: &str, how: Value) -> Value {
        let mut watcher = self.watcher(thread).await;
        let done = self.fedify.does(what, how).await;
        // What is watched never ends: it is told every now and then that nothing happens.
        within(event, watcher.until(&format!("event: {event}"))).await;
        let said = done["said"].as_str().unwrap();
        in_time(self.fedify.said(said), Instant::now());
        done
    }

    /// Bo answers something, and it stands in the thread.
    async fn answered(&self, thread: &str, how: Value) -> (Value, Value) {
        let text = how["text"].as_str().unwrap().to_owned();
        let written = self.seen_soon(thread, "comment", "write", how).await;
        let comments = self.comments(thread).await;
        let comment = comments.iter().find(|comment| comment["text"] == *text).cloned();
        (written, comment.unwrap_or_else(|| panic!("{text} is not in {comments:?}")))
    }

    async fn comments(&self, thread: &str) -> Vec<Value> {
        self.server.anonymous().all(&format!("/api/v1/threads/{thread}?sort=old"), "comments").await
    }

    async fn page(&self, thread: &str) -> rejoinder_tests::Page {
        self.server.browser().open(&format!("/t/{thread}")).await.expect(200)
    }

    /// A document as another server gets it.
    async fn document(&self, path: &str) -> Value {
        self.server.anonymous().get_with(path, ACCEPT, "application/activity+json").await.expect(200).json()
    }

    /// An activity of a type, of an actor here.
    async fn brought(&self, kind: &str, actor: &str, is_it: impl Fn(&Value) -> bool) -> (Value, Instant) {
        let actor = format!("https://{HOST}{actor}");
        let is_it = |told: &Value| told["type"] == kind && told["actor"] == *actor && is_it(told);
        let told = self.fedify.receives(&format!("{kind} by {actor}"), is_it).await;
        assert_eq!(told.what["by"]["id"], *actor, "Fedify reads who it is: {}", told.what);
        (told.what, told.at)
    }

    /// Follows, and waits until it is accepted.
    async fn follow(&self, whom: &str) -> Value {
        let follow = self.fedify.does("follow", json!({ "who": "bo", "whom": whom })).await;
        let accepted = |told: &Value| told["type"] == "Accept" && told["inside"]["id"] == follow["said"];
        let told = self.fedify.receives(&format!("Accept of following {whom}"), accepted).await;
        assert_eq!(told.what["actor"], follow["whom"]["id"], "{}", told.what);
        follow
    }

    fn nothing_failed(&self) {
        assert_eq!(self.fedify.failures(), Vec::<Value>::new());
    }
}

fn in_time(begun: Instant, ended: Instant) {
    let took = ended.saturating_duration_since(begun);
    assert!(took < SOON, "it took {took:?}");
}

fn ours(path: &str) -> String {
    format!("https://{HOST}{path}")
}

fn is(thing: &Value, what: &str) -> bool {
    thing["inside"]["id"] == *what
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_is_followed_and_a_discussion_goes_both_ways() {
    let talk = Talk::new(json!({ "people": ["bo"] })).await;
    let follow = talk.follow("@talk@one.test").await;
    assert_eq!((&follow["whom"]["type"], &follow["whom"]["id"]), (&json!("Group"), &json!(ours("/b/talk"))));
    assert_eq!(talk.document("/b/talk/followers").await["totalItems"], 1);

    let thread = talk.thread("Which kettle?").await;
    let root = ours(&format!("/c/{thread}"));
    let (announce, _) = talk.brought("Announce", "/b/talk", |told| is(told, &root)).await;
    let note = &announce["inside"];
    assert_eq!((&note["type"], &note["author"]), (&json!("Note"), &json!(ours("/u/ada"))), "{announce}");
    assert!(note["content"].as_str().unwrap().contains("Which kettle?"), "{announce}");

    let (first, comment) = theirs_arrives(&talk, &thread, &root).await;
    let reply = ours_arrives(&talk, &comment, &first).await;
    both_edit(&talk, &thread, &first, &comment, &reply).await;
    both_vote(&talk, &thread, &first, &comment, &reply).await;
    both_delete(&talk, &thread, &first, &comment, &reply).await;
    unfollowed(&talk, &follow).await;
    talk.nothing_failed();
    talk.server.stop().await;
}

/// Their answer stands on the page, in the API, in the feed, and in what other servers read.
async fn theirs_arrives(talk: &Talk, thread: &str, root: &str) -> (Value, String) {
    let (first, comment) = talk.answered(thread, json!({ "who": "bo", "to": root, "text": "A copper one." })).await;
    assert_eq!((&comment["author"]["handle"], &comment["depth"]), (&json!("bo@fedify.test"), &json!(0)));
    assert_eq!(comment["uri"], first["id"]);
    let id = comment["id"].as_str().unwrap();
    let page = talk.page(thread).await;
    assert_eq!(page.text(&format!("[id='c{id}'] .text")), "A copper one.");
    let feed = talk.server.anonymous().get(&format!("/t/{thread}/feed.atom")).await.expect(200).body;
    assert!(feed.contains("A copper one.") && feed.contains("bo@fedify.test"), "{feed}");
    // As Fedify reads it, page by page.
    let looked = talk.fedify.does("look", json!({ "who": "bo", "what": root })).await;
    assert_eq!(looked["answers"].as_array().unwrap().len(), 1, "{looked}");
    assert_eq!(looked["answers"][0]["id"], first["id"], "{looked}");
    (first, id.to_owned())
}

/// Our answer to theirs arrives there.
async fn ours_arrives(talk: &Talk, comment: &str, first: &Value) -> String {
    let begun = Instant::now();
    let reply = talk.reply(comment, "Copper *it is*.").await;
    let id = ours(&format!("/c/{reply}"));
    let (create, at) = talk.brought("Create", "/u/ada", |told| is(told, &id)).await;
    in_time(begun, at);
    let note = &create["inside"];
    assert_eq!(note["inReplyTo"], first["id"], "{create}");
    assert_eq!(note["content"], "<p dir=\"auto\">Copper <em>it is</em>.</p>", "{create}");
    assert!(note["cc"].as_array().unwrap().contains(&json!(BO)), "{create}");
    let looked = talk.fedify.does("look", json!({ "who": "bo", "what": id })).await;
    assert_eq!(looked["inReplyTo"], first["id"], "{looked}");
    reply
}

async fn both_edit(talk: &Talk, thread: &str, first: &Value, comment: &str, reply: &str) {
    let how = json!({ "number": first["number"], "text": "A steel one." });
    talk.seen_soon(thread, "edit", "edit", how).await;
    assert_eq!(talk.page(thread).await.text(&format!("[id='c{comment}'] .text")), "A steel one.");
    let begun = Instant::now();
    let path = format!("/api/v1/comments/{reply}");
    let request = talk.ada.write(Method::PATCH, &path, &json!({ "text": "Steel it is." }));
    assert!(request.send().await.unwrap().status().is_success());
    let id = ours(&format!("/c/{reply}"));
    let (update, at) = talk.brought("Update", "/u/ada", |told| is(told, &id)).await;
    in_time(begun, at);
    assert_eq!(update["inside"]["content"], "<p dir=\"auto\">Steel it is.</p>", "{update}");
    assert_ne!(update["inside"]["updated"], Value::Null, "{update}");
}

async fn both_vote(talk: &Talk, thread: &str, first: &Value, comment: &str, reply: &str) {
    let score = async || {
        let path = format!("/api/v1/comments/{reply}");
        talk.server.anonymous().get(&path).await.expect(200).json()["score"].as_i64().unwrap()
    };
    for (kind, points) in [("Like", 1), ("Dislike", -1)] {
        let how = json!({ "who": "bo", "kind": kind, "object": ours(&format!("/c/{reply}")) });
        let vote = talk.seen_soon(thread, "vote", "react", how).await;
        assert_eq!(score().await, points, "{kind}");
        talk.seen_soon(thread, "vote", "undo", json!({ "id": vote["said"] })).await;
        assert_eq!(score().await, 0, "{kind} is taken back");
    }
    let vote = async |value: i64| {
        let path = format!("/api/v1/comments/{comment}/vote");
        let request = talk.ada.write(Method::PUT, &path, &json!({ "value": value }));
        assert!(request.send().await.unwrap().status().is_success());
    };
    vote(1).await;
    let (like, _) = talk.brought("Like", "/u/ada", |told| told["object"] == first["id"]).await;
    vote(-1).await;
    talk.brought("Dislike", "/u/ada", |told| told["object"] == first["id"]).await;
    let (undo, _) = talk.brought("Undo", "/u/ada", |told| told["inside"]["type"] == "Like").await;
    assert_eq!((&undo["inside"]["actor"], &undo["inside"]["object"]), (&like["actor"], &first["id"]), "{undo}");
    assert_eq!(undo["inside"]["id"], like["id"], "it is taken back under the name under which it came: {undo}");
    vote(0).await;
    talk.brought("Undo", "/u/ada", |told| told["inside"]["type"] == "Dislike").await;
}

async fn both_delete(talk: &Talk, thread: &str, first: &Value, comment: &str, reply: &str) {
    let path = format!("/api/v1/comments/{reply}");
    let request = talk.ada.request(Method::DELETE, &path);
    assert!(request.send().await.unwrap().status().is_success());
    let id = ours(&format!("/c/{reply}"));
    let (delete, _) = talk.brought("Delete", "/u/ada", |told| is(told, &id)).await;
    assert_eq!(delete["inside"]["type"], "Tombstone", "{delete}");
    let again = talk.reply(comment, "Never mind.").await;
    talk.seen_soon(thread, "delete", "delete", json!({ "number": first["number"] })).await;
    let page = talk.page(thread).await;
    assert_eq!(page.text(&format!("[id='c{comment}'] .gone")), "[deleted]");
    assert_eq!(page.text(&format!("[id='c{comment}'] [id='c{again}'] .text")), "Never mind.");
    assert!(!page.answer.body.contains("A steel one."));
}

/// Who no longer follows hears nothing more. What comes to a server comes in order, so that whatever came before the
/// next thing is there with it.
async fn unfollowed(talk: &Talk, follow: &Value) {
    let thread = talk.thread("Which spoon?").await;
    talk.fedify.does("undo", json!({ "id": follow["said"] })).await;
    talk.follow(&format!("@t-{thread}@{HOST}")).await;
    let unheard = ours(&format!("/c/{}", talk.thread("Which fork?").await));
    let heard = ours(&format!("/c/{}", talk.reply(&thread, "The wooden one.").await));
    talk.brought("Announce", &format!("/t/{thread}"), |told| is(told, &heard)).await;
    assert!(talk.fedify.received().iter().all(|told| told["object"] != *unheard));
    assert_eq!(talk.document("/b/talk/followers").await["totalItems"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thread_is_followed_and_no_other() {
    let talk = Talk::new(json!({ "people": ["bo"], "bits": 4096 })).await;
    let (kettles, spoons) = (talk.thread("Which kettle?").await, talk.thread("Which spoon?").await);
    // By its address, as somebody pastes it.
    let follow = talk.follow(&ours(&format!("/t/{kettles}"))).await;
    assert_eq!(follow["whom"]["type"], "Group");
    let mut wanted = Vec::new();
    for text in ["One.", "Two.", "Three."] {
        talk.reply(&spoons, text).await;
        wanted.push(ours(&format!("/c/{}", talk.reply(&kettles, text).await)));
    }
    talk.brought("Announce", &format!("/t/{kettles}"), |told| is(told, &wanted[2])).await;
    let received = talk.fedify.received();
    let told: Vec<&Value> = received.iter().filter(|told| told["type"] == "Announce").collect();
    assert_eq!(told.iter().map(|told| &told["object"]).collect::<Vec<_>>(), wanted.iter().collect::<Vec<_>>());
    talk.nothing_failed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_shows_itself_only_to_who_signs_is_spoken_to() {
    // In the older form of signatures first, too.
    let settings = json!({ "people": ["bo"], "secure": true, "firstKnock": "draft-cavage-http-signatures-12" });
    let talk = Talk::new(settings).await;
    talk.follow("@talk@one.test").await;
    let thread = talk.thread("Which kettle?").await;
    let root = ours(&format!("/c/{thread}"));
    talk.brought("Announce", "/b/talk", |told| is(told, &root)).await;
    let (first, comment) = talk.answered(&thread, json!({ "who": "bo", "to": root, "text": "A copper one." })).await;
    let reply = talk.reply(comment["id"].as_str().unwrap(), "Copper it is.").await;
    let (create, _) = talk.brought("Create", "/u/ada", |told| is(told, &ours(&format!("/c/{reply}")))).await;
    assert_eq!(create["inside"]["inReplyTo"], first["id"], "{create}");
    talk.nothing_failed();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_here_is_read_there_to_its_end() {
    let talk = Talk::new(json!({ "people": ["bo"] })).await;
    talk.follow("@talk.all@one.test").await;
    let thread = talk.thread("Which kettle?").await;
    let mut ids = vec![ours(&format!("/c/{thread}"))];
    // More than one page of answers.
    for number in 0..25 {
        ids.push(ours(&format!("/c/{}", talk.reply(&thread, &format!("Number {number}.")).await)));
    }
    talk.brought("Announce", "/b/talk.all", |told| is(told, &ids[25])).await;
    let all = async |what: &str, how: Value| {
        let found = talk.fedify.does(what, how).await;
        let items = found.as_array().or(found["answers"].as_array()).unwrap().clone();
        let id = |item: &Value| item["id"].as_str().or(item["object"].as_str()).unwrap().to_owned();
        let mut found: Vec<String> = items.iter().map(id).collect();
        found.sort_unstable();
        found
    };
    let list = |path: String| json!({ "who": "bo", "what": ours(&path) });
    assert_eq!(all("look", list(format!("/c/{thread}"))).await, ids[1..]);
    assert_eq!(all("list", list(format!("/t/{thread}/context"))).await, ids);
    assert_eq!(all("list", list("/b/talk/moderators".into())).await, [ours("/u/ada")]);
    assert_eq!(all("list", list("/u/ada/outbox".into())).await.len(), 26);
    assert_eq!(all("list", list("/b/talk/outbox".into())).await.len(), 1);
    let runs = talk.fedify.does("ask", json!({ "what": ours("/") })).await;
    assert_eq!((&runs["software"]["name"], &runs["usage"]["localPosts"]), (&json!("rejoinder"), &json!(1)), "{runs}");
    for (name, kind) in [("@one.test@one.test", "Application"), ("@ada@one.test", "Person")] {
        assert_eq!(talk.fedify.does("look", json!({ "who": "bo", "what": name })).await["type"], kind, "{name}");
    }
    talk.nothing_failed();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_brought_is_fetched_and_who_leaves_is_gone() {
    let talk = Talk::new(json!({ "people": ["bo", "cy"], "secure": true })).await;
    talk.follow("@talk@one.test").await;
    let thread = talk.thread("Which kettle?").await;
    let ada = ours("/u/ada");
    // Two levels of which nobody here was told, and a third that mentions somebody.
    let quiet = async |who: &str, to: &str, text: &str| {
        let how = json!({ "who": who, "to": to, "text": text, "mentioned": [] });
        talk.fedify.does("write", how).await["id"].as_str().unwrap().to_owned()
    };
    let first = quiet("cy", &ours(&format!("/c/{thread}")), "First.").await;
    let second = quiet("bo", &first, "Second.").await;
    let third = json!({ "who": "bo", "to": second, "text": "Third.", "mentioned": [ada] });
    talk.seen_soon(&thread, "comment", "write", third).await;
    let texts = |comments: &[Value]| -> Vec<(String, i64)> {
        let line = |comment: &Value| (comment["text"].as_str().unwrap().to_owned(), comment["depth"].as_i64().unwrap());
        comments.iter().map(line).collect()
    };
    let wanted = [("First.".to_owned(), 0), ("Second.".to_owned(), 1), ("Third.".to_owned(), 2)];
    until("all three", async || texts(&talk.comments(&thread).await) == wanted).await;

    talk.fedify.does("leave", json!({ "who": "bo" })).await;
    until("the follower to be gone", async || talk.document("/b/talk/followers").await["totalItems"] == 0).await;
    talk.nothing_failed();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_an_answer_that_names_nobody_is_found_at_its_home() {
    let talk = Talk::new(json!({ "people": ["bo", "cy"] })).await;
    let thread = talk.thread("Which kettle?").await;
    let root = ours(&format!("/c/{thread}"));
    let (first, _) = talk.answered(&thread, json!({ "who": "bo", "to": root, "text": "A copper one." })).await;
    let quiet = json!({ "who": "cy", "to": first["id"], "text": "Copper it is.", "mentioned": [] });
    talk.fedify.does("write", quiet).await;
    let path = format!("/api/v1/admin/threads/{thread}/backfill");
    let found = talk.ada.post(&path, &json!({})).await;
    assert!(found.status.is_success(), "{found:?}");
    until("the quiet answer", async || talk.comments(&thread).await.len() == 2).await;
    let comments = talk.comments(&thread).await;
    let quiet = (&comments[1]["text"], &comments[1]["depth"], &comments[1]["author"]["handle"]);
    assert_eq!(quiet, (&json!("Copper it is."), &json!(1), &json!("cy@fedify.test")), "{comments:?}");
    talk.nothing_failed();
}
