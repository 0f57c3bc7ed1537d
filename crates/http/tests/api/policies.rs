//! How other servers are dealt with: what is decided, and what nobody sees or hears afterwards.

use actions::elsewhere::backfill::round;
use actions::hosting::By;
use actions::hosting::policies::{self, Decision};
use actions::maintenance;
use domain::Level;
use domain::policy::Coverage;
use domain::{ActorId, CommentId, Origin, State, ThreadId, Time};
use serde_json::{Value, json};
use storage::actors::{self, Actor};
use storage::comments::{self, NewComment, Words};
use storage::threads::{self, Touch};
use storage::{Write, search};

use crate::home::list;
use crate::peer::Peer;
use crate::world::{Answer, World};

const PEERS: &str = "/api/v1/admin/peers";

async fn decide(world: &World, host: &str, level: &str) -> Answer {
    put(world, host, json!({ "level": level, "reason": "spam" })).await
}

async fn put(world: &World, host: &str, body: Value) -> Answer {
    world.admin.put(&format!("{PEERS}/{host}/policy"), body).await
}

/// A comment of Bo's on another server; its id here.
async fn answered(world: &World, peer: &Peer, thread: &str, words: &str) -> String {
    let note =
        peer.note(&format!("notes/{words}"), &format!("https://talk.example/c/{thread}"), &format!("<p>{words}</p>"));
    peer.say(world, &peer.activity(&format!("creates/{words}"), "Create", &note)).await;
    let found = world.anon.get(&format!("/api/v1/search?q={words}")).await.is(200);
    found.text("/items/0/id")
}

#[tokio::test]
async fn what_is_decided_by_the_command_line_is_told_and_counted_like_everything_else() {
    let world = World::new().await;
    let decision = Decision { level: Level::Block, coverage: Coverage::Host, reason: "it floods us".into() };
    for _ in 0..2 {
        let decision = decision.clone();
        policies::decide(&world.app.ctx, &By::Host, "loud.example", decision).await.unwrap();
    }
    for log in [world.anon.get("/api/v1/modlog").await, world.admin.get("/api/v1/admin/log").await] {
        let log = log.is(200);
        assert_eq!((log.all("/items", "/deed"), log.text("/items/0/role")), (vec![json!("block")], "host".into()));
        assert_eq!((log.at("/items/0/moderator"), log.text("/items/0/reason")), (json!(null), "it floods us".into()));
    }
    let words = "The host (by the command line) blocked another server: loud.example";
    for path in ["/modlog/feed.atom", "/modlog/feed.json"] {
        let feed = world.anon.get(path).await.is(200).body();
        assert!(feed.contains(words), "{feed}");
    }
    let months = world.anon.get("/api/v1/transparency").await.is(200);
    assert_eq!(months.at("/items/0/policies_changed"), json!(1));
}

async fn waiting(world: &World, host: &str) -> i64 {
    let host = host.to_owned();
    world.app.ctx.db().read(move |tx| storage::peers::backlog(tx, &host)).await.unwrap().0
}

#[tokio::test]
async fn what_is_decided_is_shown_and_logged_once() {
    let world = World::new().await;
    for _ in 0..2 {
        let shown = put(&world, "Bad.Example", json!({ "level": "block", "subdomains": true, "reason": "spam" })).await;
        let shown = shown.is(200);
        assert_eq!((shown.text("/host"), shown.text("/level")), ("bad.example".into(), "block".into()));
        assert_eq!((shown.at("/policy/subdomains"), shown.text("/policy/reason")), (json!(true), "spam".into()));
    }
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(
        (log.all("/items", "/deed"), log.all("/items", "/host")),
        (vec![json!("block")], vec![json!("bad.example")])
    );
    assert_eq!(world.admin.get(&format!("{PEERS}/bad.example")).await.is(200).text("/level"), "block");
    assert_eq!(decide(&world, "*.worse.example", "reject").await.is(200).at("/policy/subdomains"), json!(true));
    for host in ["com", "*.co.uk", "talk.example", "ba*.example", "127.0.0.1"] {
        assert_eq!(decide(&world, host, "block").await.refused(422, "bad-field").text("/field"), "host");
    }
    world
        .mo
        .put(&format!("{PEERS}/a.example/policy"), json!({ "level": "block", "reason": "" }))
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn nothing_is_taken_from_a_server_that_is_rejected_and_its_follows_end() {
    let world = World::new().await;
    let (thread, peer) = (world.thread("A thread").await, Peer::new().await);
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    let before = answered(&world, &peer, &thread, "before").await;
    decide(&world, peer.host(), "reject").await.is(200);
    // What waited is dropped, and the last that it is told is that it follows nothing any more.
    assert_eq!(waiting(&world, peer.host()).await, 1);
    let note = peer.note("notes/late", &format!("https://talk.example/c/{thread}"), "<p>late</p>");
    peer.post(&world, "/inbox", &peer.activity("creates/late", "Create", &note)).await.refused(403, "not-spoken-to");
    world.anon.get(&format!("/api/v1/comments/{before}")).await.is(200);
    world.thread("Another thread").await;
    assert_eq!(waiting(&world, peer.host()).await, 1);
    decide(&world, peer.host(), "allow").await.is(200);
    peer.say(&world, &peer.activity("creates/late", "Create", &note)).await;
    assert_eq!(world.anon.get("/api/v1/search?q=late").await.is(200).all("/items", "/id").len(), 1);
}

#[tokio::test]
async fn what_a_blocked_server_wrote_is_hidden_everywhere_and_comes_back() {
    let world = World::new().await;
    let (thread, peer) = (world.thread("A thread").await, Peer::new().await);
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    let theirs = answered(&world, &peer, &thread, "xylophone").await;
    let ours = world.reply(&world.bo, &theirs, "An answer to that").await;
    let seen = async || -> Vec<bool> {
        let mut seen = Vec::new();
        for path in [
            format!("/t/{thread}"),
            format!("/api/v1/threads/{thread}"),
            format!("/api/v1/comments/{theirs}"),
            "/api/v1/search?q=xyloph*".to_owned(),
            "/search?q=xyloph*".to_owned(),
            "/feed.atom".to_owned(),
            "/b/talk/feed.atom".to_owned(),
            format!("/t/{thread}/feed.atom"),
            format!("/u/bo@{}", peer.host()),
            format!("/c/{theirs}"),
        ] {
            let body = world.anon.get(&path).await.body().to_owned();
            seen.push(body.contains("xylophone"));
        }
        seen
    };
    let before = seen().await;
    assert!(before.iter().filter(|seen| **seen).count() > 5, "{before:?}");
    let count =
        async || world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).at("/thread/comments_count");
    let counted = count().await;

    decide(&world, peer.host(), "block").await.is(200);
    assert_eq!(seen().await, vec![false; before.len()]);
    assert_eq!(counted.as_i64().unwrap() - 1, count().await.as_i64().unwrap());
    world.anon.get(&format!("/api/v1/comments/{theirs}")).await.refused(404, "not-found");
    world.anon.get(&format!("/api/v1/comments/{ours}")).await.is(200);
    assert_eq!(waiting(&world, peer.host()).await, 0);
    world.thread("Another thread").await;
    world.reply(&world.bo, &thread, "Another answer").await;
    assert_eq!(waiting(&world, peer.host()).await, 0);

    decide(&world, peer.host(), "allow").await.is(200);
    assert_eq!(seen().await, before);
    assert_eq!(count().await.as_i64().unwrap(), counted.as_i64().unwrap() + 1);
    // Its follow has ended, and is not taken for one again.
    world.thread("A third thread").await;
    assert_eq!(waiting(&world, peer.host()).await, 0);
    peer.say(&world, &peer.activity("follows/2", "Follow", &json!("https://talk.example/b/talk"))).await;
    let accepted = waiting(&world, peer.host()).await;
    world.thread("A fourth thread").await;
    assert_eq!(waiting(&world, peer.host()).await, accepted + 1);
}

#[tokio::test]
async fn what_was_said_on_a_blocked_server_is_fetched_once_it_is_let_in_again() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mut first = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>xylophone</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &first)).await;
    decide(&world, peer.host(), "block").await.is(200);
    let second = peer.note("notes/2", &peer.id("notes/1"), "<p>glockenspiel</p>");
    peer.post(&world, "/inbox", &peer.activity("creates/2", "Create", &second)).await.refused(403, "not-spoken-to");
    peer.show("notes/2", second);
    first["replies"] = list(&[peer.id("notes/2")], None);
    peer.show("notes/1", first);
    // So long that nobody looks there by themselves any more.
    world.hands.forward(40 * 24 * 3_600_000);
    while round(&world.app.ctx).await.unwrap() > 0 {}
    world.hands.forward(24 * 3_600_000);
    assert_eq!(round(&world.app.ctx).await.unwrap(), 0);

    decide(&world, peer.host(), "allow").await.is(200);
    assert_eq!(round(&world.app.ctx).await.unwrap(), 1);
    for words in ["xylophone", "glockenspiel"] {
        let found = world.anon.get(&format!("/api/v1/search?q={words}")).await.is(200);
        assert_eq!(found.all("/items", "/id").len(), 1, "{words}");
    }
}

#[tokio::test]
async fn nobody_brings_back_one_comment_of_a_blocked_server_and_what_is_removed_stays_so() {
    let world = World::new().await;
    let peer = Peer::new().await;
    let thread = world.thread("A thread").await;
    let theirs = answered(&world, &peer, &thread, "xylophone").await;
    let why = json!({ "reason": "" });
    let to = |deed: &str| format!("/api/v1/admin/comments/{theirs}/{deed}");
    world.mo.post(&to("remove"), why.clone()).await.is(200);
    decide(&world, peer.host(), "hold").await.is(200);
    let note = peer.note("notes/held", &format!("https://talk.example/c/{thread}"), "<p>held</p>");
    peer.say(&world, &peer.activity("creates/held", "Create", &note)).await;
    let uri = peer.id("notes/held");
    let held = world.app.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap().unwrap().comment;
    decide(&world, peer.host(), "block").await.is(200);
    world.mo.post(&to("restore"), why.clone()).await.refused(403, "forbidden");
    world.mo.post(&format!("/api/v1/admin/comments/{held}/approve"), why.clone()).await.refused(422, "bad-field");
    decide(&world, peer.host(), "allow").await.is(200);
    assert!(world.anon.get("/api/v1/search?q=xylophone").await.is(200).all("/items", "/id").is_empty());
    world.mo.post(&format!("/api/v1/admin/comments/{held}/approve"), why.clone()).await.is(200);
    world.mo.post(&to("restore"), why).await.is(200);
    assert_eq!(world.anon.get("/api/v1/search?q=xylophone").await.is(200).all("/items", "/id").len(), 1);
}

/// What begins a thread becomes a tombstone, and looks like what was removed.
#[tokio::test]
async fn a_thread_of_a_blocked_server_comes_back_unless_it_was_removed_meanwhile() {
    let world = World::new().await;
    let peer = Peer::new().await;
    let mut ids = Vec::new();
    for words in ["kazoo", "ocarina"] {
        let mut note = peer.note(&format!("notes/{words}"), "", &format!("<p>{words}</p>"));
        note["inReplyTo"] = Value::Null;
        note["tag"] = json!([{ "type": "Mention", "href": "https://talk.example/b/talk", "name": "@talk" }]);
        peer.say(&world, &peer.activity(&format!("creates/{words}"), "Create", &note)).await;
        ids.push(world.anon.get(&format!("/api/v1/search?q={words}")).await.is(200).text("/items/0/id"));
    }
    let listed = async || world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id");
    assert_eq!(listed().await.len(), 2);
    decide(&world, peer.host(), "block").await.is(200);
    assert!(listed().await.is_empty());
    let remove = format!("/api/v1/admin/comments/{}/remove", ids[0]);
    for _ in 0..2 {
        world.mo.post(&remove, json!({ "reason": "noise" })).await.is(200);
    }
    let removals = world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed");
    assert_eq!(removals, [json!("remove"), json!("block")]);
    decide(&world, peer.host(), "allow").await.is(200);
    assert_eq!(listed().await, [json!(ids[1])]);
}

/// An answer to each of these threads by each of so many people of that server.
pub fn flood(tx: &mut Write, host: &str, people: i64, threads: &[ThreadId]) -> storage::Result<()> {
    let now = Time(1_800_000_000_000);
    for person in 0..people {
        let author = ActorId(1_000 + person);
        let name = format!("person{person}");
        let (host, about) = (host.to_owned(), String::new());
        let new = Actor {
            id: author,
            origin: Origin::Remote,
            host,
            name,
            about: about.clone(),
            about_html: about,
            created: now,
        };
        actors::insert(tx, &new)?;
        for (place, thread) in threads.iter().enumerate() {
            answer(tx, CommentId(1_000_000 + person * 1_000 + place as i64), author, *thread, now)?;
        }
    }
    Ok(())
}

fn answer(tx: &mut Write, id: CommentId, author: ActorId, thread: ThreadId, now: Time) -> storage::Result<()> {
    let words = Some(Words { source: "xylophone", html: "<p>xylophone</p>" });
    let (parent, state, votes) = (Some(thread.root()), State::Published, domain::Votes::default());
    comments::insert(tx, &NewComment { id, thread, parent, author, depth: 1, state, published: now, votes, words })?;
    search::index(tx, id, "xylophone")?;
    threads::touch(tx, thread, Touch { comments: 1, active: None, event: None, now }).map(drop)
}

/// So many answers by somebody.
pub fn answers(tx: &mut Write, author: ActorId, thread: ThreadId, count: i64, now: Time) -> storage::Result<()> {
    (0..count).try_for_each(|n| answer(tx, CommentId(2_000_000 + n), author, thread, now))
}

#[tokio::test]
async fn thousands_of_comments_are_hidden_at_once_and_come_back_as_they_were() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(world.thread(&format!("Thread {number}")).await);
    }
    let threads: Vec<ThreadId> = ids.iter().map(|id| ThreadId(id.parse().unwrap())).collect();
    world.app.ctx.db().write(move |tx| flood(tx, "big.bad.example", 250, &threads)).await.unwrap();
    let counts = async || {
        let mut counts = Vec::new();
        for id in &ids {
            counts.push(world.anon.get(&format!("/api/v1/threads/{id}")).await.is(200).at("/thread/comments_count"));
        }
        let found = world.anon.get("/api/v1/search?q=xylophone&limit=1").await.is(200).all("/items", "/id").len();
        (counts, found)
    };
    assert_eq!(counts().await, (vec![json!(250); 5], 1));
    // A moderator's word about one of them outlasts the block.
    world.mo.post("/api/v1/admin/comments/1000000/remove", json!({ "reason": "" })).await.is(200);
    decide(&world, "*.bad.example", "block").await.is(200);
    assert_eq!(counts().await.1, 0);
    assert_eq!(
        world.anon.get(&format!("/api/v1/threads/{}", ids[1])).await.is(200).at("/thread/comments_count"),
        json!(0)
    );
    // Looked at once more, and nothing is left to do.
    world.hands.forward(61_000);
    assert_eq!(maintenance::run_due(&world.app.ctx).await.unwrap(), 0);
    decide(&world, "bad.example", "allow").await.is(200);
    assert_eq!(counts().await, (vec![json!(249), json!(250), json!(250), json!(250), json!(250)], 1));
    world.anon.get("/api/v1/comments/1000000").await.is(200);
}

#[tokio::test]
async fn what_a_held_server_says_waits_for_a_moderator() {
    let world = World::new().await;
    let (thread, peer) = (world.thread("A thread").await, Peer::new().await);
    decide(&world, peer.host(), "hold").await.is(200);
    let note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>xylophone</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let count =
        async || world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).at("/thread/comments_count");
    assert_eq!(
        (count().await, world.anon.get("/api/v1/search?q=xylophone").await.is(200).at("/items")),
        (json!(0), json!([]))
    );
    let uri = peer.id("notes/1");
    let held = world.app.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap().unwrap().comment;
    world.anon.get(&format!("/api/v1/comments/{held}")).await.refused(404, "not-found");
    let why = async || world.app.ctx.db().read(move |tx| storage::holds::find(tx, held)).await.unwrap();
    let waits = why().await.unwrap();
    assert_eq!((waits.cause, waits.host.as_str()), (domain::Cause::Server, peer.host()));
    let approve = format!("/api/v1/admin/comments/{held}/approve");
    world.ana.post(&approve, json!({ "reason": "" })).await.refused(403, "forbidden");
    for _ in 0..2 {
        assert_eq!(world.mo.post(&approve, json!({ "reason": "fine" })).await.is(200).text("/state"), "published");
    }
    assert_eq!(
        (count().await, world.ana.get("/api/v1/notifications").await.is(200).all("/items", "/id").len()),
        (json!(1), 1)
    );
    assert_eq!(
        world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed"),
        [json!("approve"), json!("hold")]
    );
    assert_eq!(why().await, None, "what was let out waits no more");
    // What is hidden with its server, or was removed, is let out by nobody.
    decide(&world, peer.host(), "block").await.is(200);
    world.mo.post(&approve, json!({ "reason": "" })).await.refused(422, "bad-field");
}

#[tokio::test]
async fn what_a_limited_server_says_stands_and_is_made_known_to_nobody() {
    let world = World::new().await;
    let (thread, peer, follower) = (world.thread("A thread").await, Peer::new().await, Peer::new().await);
    follower.say(&world, &follower.activity("follows/1", "Follow", &json!("https://talk.example/b/talk.all"))).await;
    decide(&world, peer.host(), "limit").await.is(200);
    let before = waiting(&world, follower.host()).await;
    answered(&world, &peer, &thread, "xylophone").await;
    assert_eq!(waiting(&world, follower.host()).await, before);
    assert_eq!(world.ana.get("/api/v1/notifications").await.is(200).at("/items"), json!([]));
    decide(&world, peer.host(), "allow").await.is(200);
    answered(&world, &peer, &thread, "marimba").await;
    assert_eq!(world.ana.get("/api/v1/notifications").await.is(200).all("/items", "/id").len(), 1);
}

#[tokio::test]
async fn a_list_is_compared_first_and_then_taken_over() {
    let world = World::new().await;
    decide(&world, "strict.example", "block").await.is(200);
    decide(&world, "mild.example", "limit").await.is(200);
    decide(&world, "friend.example", "allow").await.is(200);
    let list = "#domain,#severity\nnew.example,suspend\nstrict.example,silence\nmild.example,suspend\nfriend.example,suspend\n*.com,suspend\ntalk.example,suspend\nb*d.example,suspend\n";
    let import = async |body: Value| world.admin.post(&format!("{PEERS}/import"), body).await.is(200);
    let of_friends = "a list of friends";
    for dry in [json!({ "list": list, "reason": "" }), json!({ "list": list, "reason": of_friends, "dry_run": false })]
    {
        let found = import(dry).await;
        assert_eq!(found.at("/new"), json!([{ "host": "new.example", "level": "block", "subdomains": true }]));
        let stricter = json!([{ "host": "mild.example", "from": "limit", "to": "block", "subdomains": true }]);
        assert_eq!(found.at("/changed"), stricter);
        assert_eq!(found.at("/kept"), json!(["strict.example", "friend.example"]));
        assert_eq!(found.all("/refused", "/line"), [json!(6), json!(7), json!(8)]);
    }
    let again = import(json!({ "list": list, "reason": "", "dry_run": false })).await;
    assert_eq!((again.at("/new"), again.at("/changed")), (json!([]), json!([])));
    assert_eq!(world.admin.get(&format!("{PEERS}/new.example")).await.is(200).at("/policy/subdomains"), json!(true));
    let exported = world.admin.get(&format!("{PEERS}/export")).await.is(200).body();
    let lines: Vec<&str> = exported.lines().collect();
    assert_eq!(
        lines[1..],
        [
            "mild.example,suspend,true,true,a list of friends,false,true",
            "new.example,suspend,true,true,a list of friends,false,true",
            "strict.example,suspend,true,true,spam,false,false",
        ]
    );
    assert_eq!(world.anon.get("/api/v1/modlog").await.is(200).text("/items/0/deed"), "blocklist");
    let list = "#domain,#severity,#public_comment\nloud.example,silence,says all twice\n";
    import(json!({ "list": list, "reason": of_friends, "dry_run": false })).await;
    let loud = world.admin.get(&format!("{PEERS}/loud.example")).await.is(200);
    assert_eq!(loud.text("/policy/reason"), "says all twice", "the list's own reason comes first");
    world.mo.post(&format!("{PEERS}/import"), json!({ "list": "", "reason": "" })).await.refused(403, "forbidden");
}

/// Whether those below a name are meant is part of what was decided, and of what is given away.
#[tokio::test]
async fn a_list_says_for_whom_an_entry_counts() {
    let (world, other) = (World::new().await, World::new().await);
    decide(&world, "alone.example", "block").await.is(200);
    decide(&world, "*.all.example", "limit").await.is(200);
    let exported = world.admin.get(&format!("{PEERS}/export")).await.is(200).body();
    let body = json!({ "list": exported, "reason": "", "dry_run": false });
    other.admin.post(&format!("{PEERS}/import"), body).await.is(200);
    let again = other.admin.get(&format!("{PEERS}/export")).await.is(200).body();
    assert_eq!(again, exported);
    let covers = async |host: &str| other.admin.get(&format!("{PEERS}/{host}")).await.is(200).at("/policy/subdomains");
    assert_eq!((covers("alone.example").await, covers("all.example").await), (json!(false), json!(true)));
    // Who wants all below dealt with alike as well is stricter than who does not.
    let wider = json!({ "list": "*.alone.example", "reason": "", "dry_run": false });
    let found = other.admin.post(&format!("{PEERS}/import"), wider).await.is(200);
    assert_eq!(
        (found.all("/changed", "/host"), covers("alone.example").await),
        (vec![json!("alone.example")], json!(true))
    );
}

/// It was decided, and the server died before it did anything: the work in the queue does the rest, and what has been said since, that
/// nothing is followed any more, is said.
#[tokio::test]
async fn what_waits_for_a_server_that_is_rejected_is_dropped_also_after_a_crash() {
    let (world, peer) = (World::new().await, Peer::new().await);
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    world.thread("A thread").await;
    assert!(waiting(&world, peer.host()).await > 1);
    let host = peer.host().to_owned();
    let (job, at) = (world.app.ctx.id(), world.app.ctx.now());
    let decided = world.app.ctx.db().write(move |tx| {
        let entry = domain::policy::Entry { level: domain::Level::Reject, coverage: domain::policy::Coverage::Host };
        let reason = String::new();
        storage::policies::set(tx, &storage::policies::Policy { host, entry, reason, by: None, decided: at })?;
        storage::jobs::insert(tx, job, "policy", "*", at)
    });
    decided.await.unwrap();
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!(waiting(&world, peer.host()).await, 1);
}

/// A comment and a thread of Bo's on another server, hidden with it, of which Bo is gone; their ids, and what they are called there.
async fn hidden_two(world: &World, peer: &Peer) -> [(String, String); 2] {
    let thread = world.thread("A thread").await;
    let answer = answered(world, peer, &thread, "xylophone").await;
    let mut note = peer.note("notes/kazoo", "", "<p>kazoo</p>");
    note["inReplyTo"] = Value::Null;
    note["tag"] = json!([{ "type": "Mention", "href": "https://talk.example/b/talk", "name": "@talk" }]);
    peer.say(world, &peer.activity("creates/kazoo", "Create", &note)).await;
    let root = world.anon.get("/api/v1/search?q=kazoo").await.is(200).text("/items/0/id");
    // Bo says to be gone, and before what they wrote is gone through the server is blocked.
    peer.show("users/bo", Value::Null);
    peer.say(world, &peer.activity("deletes/1", "Delete", &json!(peer.id("users/bo")))).await;
    decide(world, peer.host(), "block").await.is(200);
    [(answer, peer.id("notes/xylophone")), (root, peer.id("notes/kazoo"))]
}

async fn seen(world: &World, comment: &str) -> (State, Option<String>, String) {
    let id: CommentId = comment.parse().unwrap();
    let found = world.app.ctx.db().read(move |tx| {
        let spot = comments::spot(tx, id)?.unwrap();
        Ok::<_, storage::Error>((spot.state, comments::source(tx, id)?, spot.title))
    });
    found.await.unwrap()
}

#[tokio::test]
async fn what_is_deleted_while_it_is_hidden_does_not_come_back() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let two = hidden_two(&world, &peer).await;
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!(seen(&world, &two[1].0).await, (State::Deleted, None, String::new()));
    decide(&world, peer.host(), "allow").await.is(200);
    for (comment, uri) in two {
        let (state, words, title) = seen(&world, &comment).await;
        assert!(
            state != State::Published && words.is_none() && !title.contains("kazoo"),
            "{uri}: {state:?} {words:?} {title}"
        );
    }
}

#[tokio::test]
async fn the_threads_of_a_limited_server_are_listed_when_that_is_lifted() {
    let (world, peer) = (World::new().await, Peer::new().await);
    decide(&world, peer.host(), "limit").await.is(200);
    let mut note = peer.note("notes/kazoo", "", "<p>kazoo</p>");
    note["inReplyTo"] = Value::Null;
    note["tag"] = json!([{ "type": "Mention", "href": "https://talk.example/b/talk", "name": "@talk" }]);
    peer.say(&world, &peer.activity("creates/kazoo", "Create", &note)).await;
    let listed = async || world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id").len();
    assert_eq!(listed().await, 0);
    decide(&world, peer.host(), "hold").await.is(200);
    assert_eq!(listed().await, 0);
    // Not those of somebody who is limited beside.
    let them = format!("/api/v1/admin/actors/bo@{}/limit", peer.host());
    world.mo.post(&them, json!({ "reason": "" })).await.is(200);
    decide(&world, peer.host(), "allow").await.is(200);
    assert_eq!(listed().await, 0);
    let them = format!("/api/v1/admin/actors/bo@{}/restore", peer.host());
    world.mo.post(&them, json!({ "reason": "" })).await.is(200);
    assert_eq!(listed().await, 1);
    // And without that.
    let mut second = note.clone();
    second["id"] = json!(peer.id("notes/lute"));
    decide(&world, peer.host(), "limit").await.is(200);
    peer.say(&world, &peer.activity("creates/lute", "Create", &second)).await;
    assert_eq!(listed().await, 1);
    decide(&world, peer.host(), "allow").await.is(200);
    assert_eq!(listed().await, 2);
}

#[tokio::test]
async fn what_people_of_a_blocked_server_say_of_themselves_is_shown_to_nobody() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let mut bo = peer.actor("bo", &peer.key);
    bo["summary"] = json!("<p>Buy my xylophones.</p>");
    peer.show("users/bo", bo);
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    let handle = format!("bo@{}", peer.host());
    let shown = async || {
        let mut shown = Vec::new();
        for path in [format!("/u/{handle}"), format!("/api/v1/actors/{handle}")] {
            shown.push(world.anon.get(&path).await.is(200).body().contains("xylophones"));
        }
        shown
    };
    assert_eq!(shown().await, [true, true]);
    decide(&world, peer.host(), "block").await.is(200);
    assert_eq!(shown().await, [false, false]);
    decide(&world, peer.host(), "allow").await.is(200);
    assert_eq!(shown().await, [true, true]);
    world.mo.post(&format!("/api/v1/admin/actors/{handle}/suspend"), json!({ "reason": "" })).await.is(200);
    assert_eq!(shown().await, [false, false]);
}
