//! Lists of servers that somebody else keeps: what changes in them is shown, and counts when somebody has said so.

use actions::maintenance;
use serde_json::{Value, json};

use crate::desk::browser;
use crate::peer::Peer;
use crate::receiver::{Receiver, Reply};
use crate::world::{Answer, World};

const LISTS: &str = "/api/v1/admin/blocklists";
const PEERS: &str = "/api/v1/admin/peers";
const DAY_MS: i64 = 24 * 3_600_000;
const HEAD: &str = "#domain,#severity,#public_comment\n";

fn says(lines: &str) -> Reply {
    Reply::Text("text/csv; charset=utf-8", format!("{HEAD}{lines}"))
}

/// A list that is subscribed to.
struct List<'a> {
    world: &'a World,
    server: Receiver,
    path: String,
}

impl<'a> List<'a> {
    async fn new(world: &'a World, reply: Reply) -> Self {
        let server = Receiver::new(reply).await;
        let added = world.admin.post(LISTS, json!({ "url": server.url, "reason": "of friends" })).await.is(201);
        let path = format!("{LISTS}/{}", added.text("/id"));
        assert_eq!(added.header("location"), format!("{path}/review"));
        Self { world, server, path }
    }

    /// It says something else, and is fetched.
    async fn turns(&self, reply: Reply) -> Answer {
        self.server.answers(reply);
        self.world.admin.post(&format!("{}/fetch", self.path), json!({})).await.is(200)
    }

    async fn review(&self) -> Answer {
        self.world.admin.get(&format!("{}/review", self.path)).await.is(200)
    }

    async fn hosts(&self) -> Vec<Value> {
        self.review().await.all("/lines", "/host")
    }

    /// Decides about what there is.
    async fn decides(&self, mut what: Value) -> Answer {
        what["version"] = self.review().await.at("/version");
        what["reason"] = json!("as agreed");
        self.world.admin.post(&format!("{}/review", self.path), what).await
    }
}

async fn level(world: &World, host: &str) -> String {
    world.admin.get(&format!("{PEERS}/{host}")).await.json()["policy"]["level"].as_str().unwrap_or("none").to_owned()
}

async fn decide(world: &World, host: &str, level: &str) {
    let body = json!({ "level": level, "reason": "by hand" });
    world.admin.put(&format!("{PEERS}/{host}/policy"), body).await.is(200);
}

#[tokio::test]
async fn nothing_of_a_list_counts_before_somebody_has_said_so() {
    let world = World::new().await;
    decide(&world, "mild.example", "limit").await;
    decide(&world, "friend.example", "allow").await;
    let lines = "new.example,suspend,spam\nmild.example,suspend,\nfriend.example,suspend,\n*.com,suspend,\ntalk.example,suspend,\nlast.example,silence,\"open\n";
    let list = List::new(&world, says(lines)).await;
    let review = list.review().await;
    let expected = json!([
        { "host": "mild.example", "proposal": "follow", "from": { "level": "limit", "subdomains": false },
          "to": { "level": "block", "subdomains": true }, "reason": "", "also": [] },
        { "host": "new.example", "proposal": "follow", "from": null, "to": { "level": "block", "subdomains": true },
          "reason": "spam", "also": [] },
    ]);
    assert_eq!(review.at("/lines"), expected);
    assert_eq!(review.all("/refused", "/line"), [json!(5), json!(6), json!(7)]);
    assert_eq!((review.at("/list/waiting"), review.at("/list/alarm")), (json!(2), Value::Null));
    assert_eq!(
        (level(&world, "new.example").await, level(&world, "mild.example").await),
        ("none".into(), "limit".into())
    );
    let done = list.decides(json!({ "approve": ["new.example"] })).await.is(200);
    assert_eq!(
        (done.at("/new"), done.at("/stricter"), done.at("/review/list/waiting")),
        (json!(1), json!(0), json!(1))
    );
    assert_eq!(
        (level(&world, "new.example").await, level(&world, "mild.example").await),
        ("block".into(), "limit".into())
    );
    list.decides(json!({ "rest": "approve" })).await.is(200);
    assert_eq!(
        (level(&world, "mild.example").await, level(&world, "friend.example").await),
        ("block".into(), "allow".into())
    );
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.all("/items", "/deed")[..3], [json!("review-list"), json!("review-list"), json!("subscribe")]);
    assert_eq!(log.text("/items/1/reason"), "1 new, 0 more strict, 0 lifted, 0 refused. as agreed");
    assert!(log.text("/items/0/host").starts_with("localhost"), "{}", log.body());
}

#[tokio::test]
async fn what_was_not_seen_is_not_decided_about() {
    let world = World::new().await;
    let list = List::new(&world, says("a.example,suspend,\n")).await;
    let seen = list.review().await.text("/version");
    list.turns(says("a.example,suspend,\nb.example,suspend,\n")).await;
    let all = json!({ "version": seen, "rest": "approve", "reason": "" });
    let path = format!("{}/review", list.path);
    world.admin.post(&path, all).await.refused(409, "overtaken");
    assert_eq!(level(&world, "a.example").await, "none");
    // The same goes for what somebody has decided by hand meanwhile.
    let seen = list.review().await.text("/version");
    decide(&world, "a.example", "block").await;
    let late = json!({ "version": seen, "rest": "approve", "reason": "" });
    world.admin.post(&path, late).await.refused(409, "overtaken");
    list.decides(json!({ "rest": "approve" })).await.is(200);
    assert_eq!((level(&world, "a.example").await, level(&world, "b.example").await), ("block".into(), "block".into()));
    list.decides(json!({ "approve": ["zoe.example"] })).await.refused(422, "bad-field");
    world.mo.get(&path).await.refused(403, "forbidden");
}

#[tokio::test]
async fn what_was_refused_is_proposed_again_when_it_changes() {
    let world = World::new().await;
    let list = List::new(&world, says("a.example,silence,\nb.example,suspend,\n")).await;
    list.decides(json!({ "refuse": ["a.example"], "rest": "approve" })).await.is(200);
    for lines in [
        "a.example,silence,\nb.example,suspend,\n",
        "b.example,suspend,\n",
        "a.example,silence,why\nb.example,suspend,\n",
    ] {
        list.turns(says(lines)).await;
        assert!(list.hosts().await.is_empty(), "{lines}");
    }
    list.turns(says("a.example,suspend,\nb.example,suspend,\n")).await;
    assert_eq!((list.hosts().await, level(&world, "a.example").await), (vec![json!("a.example")], "none".into()));
}

#[tokio::test]
async fn what_a_list_brought_is_lifted_when_it_does_not_name_it_any_more_and_nothing_else_is() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("A thread").await;
    let note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>xylophone</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let found = async || world.anon.get("/api/v1/search?q=xylophone").await.is(200).all("/items", "/id").len();
    decide(&world, "ours.example", "limit").await;
    let lines =
        format!("{},suspend,\nours.example,suspend,\nboth.example,suspend,\nhand.example,suspend,\n", peer.host());
    let list = List::new(&world, says(&lines)).await;
    let other = List::new(&world, says("both.example,suspend,\n")).await;
    assert_eq!(list.review().await.all("/lines", "/also")[0], json!([other.server.url]));
    list.decides(json!({ "rest": "approve" })).await.is(200);
    assert_eq!(found().await, 0);
    assert!(other.hosts().await.is_empty(), "it is done already");
    world.hands.forward(1);
    decide(&world, "hand.example", "reject").await;
    let gone = list.turns(says("# nobody\n")).await;
    assert_eq!((gone.text("/alarm"), gone.at("/waiting")), ("emptied".into(), json!(1)));
    let review = list.review().await;
    assert_eq!(
        (review.all("/lines", "/host"), review.text("/lines/0/proposal")),
        (vec![json!(peer.host())], "lift".into())
    );
    assert_eq!((found().await, level(&world, peer.host()).await), (0, "block".into()));
    let done = list.decides(json!({ "rest": "approve" })).await.is(200);
    assert_eq!((done.at("/lifted"), done.at("/review/list/alarm")), (json!(1), Value::Null));
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!((found().await, level(&world, peer.host()).await), (1, "none".into()));
    // What the other list named is lifted when neither does.
    other.turns(says("else.example,suspend,\n")).await;
    assert_eq!(list.hosts().await, [json!("both.example")]);
    list.decides(json!({ "rest": "refuse" })).await.is(200);
    assert!(list.hosts().await.is_empty());
    assert_eq!(
        (level(&world, "both.example").await, level(&world, "hand.example").await),
        ("block".into(), "reject".into())
    );
}

#[tokio::test]
async fn a_list_is_looked_at_each_day_and_less_often_while_it_cannot_be_had() {
    let world = World::new().await;
    let list = List::new(&world, says("a.example,suspend,\n")).await;
    let asked = || list.server.letters().len();
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!(asked(), 1);
    world.hands.forward(DAY_MS + 3_600_000);
    list.server.answers(Reply::Status(500));
    maintenance::run_due(&world.app.ctx).await.unwrap();
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!(asked(), 2);
    let shown = world.admin.get(LISTS).await.is(200);
    assert_eq!((shown.at("/items/0/failures"), shown.at("/items/0/waiting")), (json!(1), json!(1)));
    assert!(shown.text("/items/0/error").contains("500"), "{}", shown.body());
    // A page for people is no list, and takes nothing away.
    world.hands.forward(2 * 3_600_000);
    list.server.answers(Reply::Text("text/html", "<p>moved</p>".into()));
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!((asked(), list.hosts().await), (3, vec![json!("a.example")]));
    let more = "a.example,suspend,\nb.example,suspend,\nc.example,suspend,\n";
    let now = list.turns(says(more)).await;
    assert_eq!(
        (now.at("/failures"), now.text("/error"), now.text("/alarm")),
        (json!(0), String::new(), "upset".into())
    );
    world.admin.delete(&list.path).await.is(204);
    world.admin.delete(&list.path).await.refused(404, "not-found");
    world.hands.forward(2 * DAY_MS);
    let before = asked();
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!(asked(), before);
}

#[tokio::test]
async fn what_is_no_list_is_not_subscribed_to_and_one_that_fails_is_tried_again() {
    let world = World::new().await;
    for bad in
        ["ftp://a.example/", "https://127.0.0.1/", "https://me@a.example/", "nonsense", "https://talk.example/list"]
    {
        world.admin.post(LISTS, json!({ "url": bad, "reason": "" })).await.refused(422, "bad-field");
    }
    let list = List::new(&world, Reply::Status(404)).await;
    let shown = world.admin.get(LISTS).await.is(200);
    assert_eq!((shown.at("/items/0/failures"), shown.at("/items/0/fetched")), (json!(1), Value::Null));
    let twice = json!({ "url": list.server.url, "reason": "" });
    world.admin.post(LISTS, twice).await.refused(422, "bad-field");
}

#[tokio::test]
async fn the_pages_show_what_waits_and_take_what_is_decided() {
    let world = World::new().await;
    let list = List::new(&world, says("a.example,suspend,spam\nb.example,silence,\n*.com,suspend,\n")).await;
    let (path, ida) = (list.path.replace("/api/v1", ""), browser(&world, "ida").await);
    let overview = ida.get("/admin").await.is(200).body();
    assert!(overview.contains("on blocklists") && overview.contains("/admin/blocklists"), "{overview}");
    let page = ida.get("/admin/blocklists").await.is(200).body();
    assert!(page.contains("2 to decide") && page.contains(&path), "{page}");
    let page = ida.get(&path).await.is(200).body();
    for words in ["a.example", "new: block, with those below it", "spam", "not taken", "Approve all"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let version = list.review().await.text("/version");
    let send = async |does: &str| {
        let fields = [("do", does), ("host", "a.example"), ("version", &*version), ("reason", "")];
        ida.form(&path, &fields).await
    };
    send("approve").await.is(303);
    assert_eq!((level(&world, "a.example").await, level(&world, "b.example").await), ("block".into(), "none".into()));
    // What is sent again was decided about something else.
    let late = send("refuse-all").await.is(409).body();
    assert!(late.contains("has changed since you looked") && late.contains("b.example"), "{late}");
    send("fetch").await.is(303);
    send("unsubscribe").await.is(303);
    assert!(ida.get("/admin/blocklists").await.is(200).body().contains("There are no subscriptions."));
    let wrong = ida.form("/admin/blocklists", &[("url", "ftp://a.example"), ("reason", "")]).await.is(422).body();
    assert!(wrong.contains("ftp://a.example"), "{wrong}");
}
