//! What is decided about people: what they may not do then, what is seen of what they wrote, what other servers are told.

use actions::hosting::By;
use actions::maintenance;
use actions::staffing::{Appointment, appoint};
use domain::sanction::Bar;
use domain::{ActorId, CommentId, Role, Sanction, State, ThreadId, Time};
use serde_json::{Value, json};
use storage::actors;
use storage::inbox::State as Arrived;
use storage::sanctions::{self, Decided, Sweep};

use crate::peer::Peer;
use crate::policies::{answers, flood};
use crate::received::{reason, waiting};
use crate::world::{Answer, Caller, HOST, PASSWORD, World};

const MINUTE_MS: i64 = 61_000;

fn path(handle: &str, deed: &str) -> String {
    format!("/api/v1/admin/actors/{handle}/{deed}")
}

async fn sanction(world: &World, handle: &str, level: &str, body: Value) -> Answer {
    let mut whole = json!({ "reason": "spam" });
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    world.mo.post(&path(handle, level), whole).await.is(200)
}

async fn deeds(world: &World) -> Vec<Value> {
    world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed")
}

async fn reply_to(who: &Caller, comment: &str, text: &str) -> Answer {
    who.post(&format!("/api/v1/comments/{comment}/replies"), json!({ "text": text })).await
}

async fn state(world: &World, comment: &str) -> State {
    let id: CommentId = comment.parse().unwrap();
    world.app.ctx.db().read(move |tx| storage::comments::spot(tx, id)).await.unwrap().unwrap().state
}

#[tokio::test]
async fn who_is_suspended_reads_and_takes_back_and_does_nothing_else() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let own = world.reply(&world.bo, &thread, "Mine.").await;
    for _ in 0..2 {
        let now = sanction(&world, "bo", "suspend", json!({})).await;
        assert_eq!((now.text("/state"), now.text("/sanctions/0/by")), ("suspend".into(), "mo".into()));
    }
    assert_eq!(deeds(&world).await, ["suspend-actor"]);
    let refused = reply_to(&world.bo, &thread, "More.").await.refused(403, "forbidden");
    assert!(refused.body().contains("You are suspended"), "{refused:?}");
    let new = json!({ "title": "Another", "text": "words" });
    world.bo.post("/api/v1/boards/talk/threads", new).await.refused(403, "forbidden");
    world.bo.put(&format!("/api/v1/comments/{thread}/vote"), json!({ "value": 1 })).await.refused(403, "forbidden");
    let report = json!({ "category": "spam" });
    world.bo.post(&format!("/api/v1/comments/{thread}/reports"), report).await.refused(403, "forbidden");
    world.bo.patch(&format!("/api/v1/comments/{own}"), json!({ "text": "x" })).await.refused(403, "forbidden");
    world.bo.patch("/api/v1/me", json!({ "about": "x" })).await.refused(403, "forbidden");
    world.bo.get("/api/v1/me").await.is(200);
    world.anon.get(&format!("/api/v1/comments/{own}")).await.is(200);
    world.bo.delete(&format!("/api/v1/comments/{own}")).await.is(204);

    for _ in 0..2 {
        let now = world.mo.post(&path("bo", "restore"), json!({ "reason": "" })).await.is(200);
        assert_eq!((now.at("/state"), now.at("/sanctions/0/counts")), (Value::Null, json!(false)));
    }
    assert_eq!(deeds(&world).await, ["restore-actor", "suspend-actor"]);
    reply_to(&world.bo, &thread, "More.").await.is(201);
}

#[tokio::test]
async fn a_suspension_for_a_time_ends_by_itself() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let now = sanction(&world, "bo", "suspend", json!({ "until": "2027-01-15T09:00:00Z" })).await;
    assert_eq!(now.text("/sanctions/0/until"), "2027-01-15T09:00:00.000Z");
    reply_to(&world.bo, &thread, "More.").await.refused(403, "forbidden");
    let past = json!({ "reason": "", "until": "2027-01-15T07:00:00Z" });
    world.mo.post(&path("bo", "hold"), past).await.refused(422, "bad-field");
    let wrong = json!({ "reason": "", "until": "tomorrow" });
    world.mo.post(&path("bo", "hold"), wrong).await.refused(422, "bad-body");
    world.hands.forward(3_600_001);
    // At once, also if no job has run yet.
    reply_to(&world.bo, &thread, "More.").await.is(201);
    assert!(world.mo.get("/api/v1/admin/actors").await.is(200).all("/items", "/id").is_empty());
    maintenance::run_due(&world.app.ctx).await.unwrap();
    let known = world.mo.get("/api/v1/admin/actors/bo").await.is(200);
    assert_eq!(known.text("/sanctions/0/ended"), "2027-01-15T09:00:00.000Z");
}

#[tokio::test]
async fn what_somebody_writes_waits_for_a_moderator() {
    let (world, peer) = (World::new().await, Peer::new().await);
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    let thread = world.thread("A thread").await;
    let own = world.reply(&world.bo, &thread, "Mine.").await;
    sanction(&world, "bo", "hold", json!({})).await;
    let known = waiting(&world, &peer).await.len();
    let written = reply_to(&world.bo, &thread, "Held.").await.is(201);
    assert_eq!(written.text("/state"), "held");
    let held = written.text("/id");
    world.anon.get(&format!("/api/v1/comments/{held}")).await.refused(404, "not-found");
    let new = json!({ "title": "Another", "text": "words" });
    let second = world.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    assert_eq!(state(&world, &second).await, State::Held);
    assert_eq!(waiting(&world, &peer).await.len(), known, "nobody elsewhere hears of what waits");
    // Words that nobody has looked at do not come in by the back door.
    world.bo.patch(&format!("/api/v1/comments/{own}"), json!({ "text": "x" })).await.refused(403, "forbidden");
    world.bo.patch(&format!("/api/v1/comments/{held}"), json!({ "text": "Held, and better." })).await.is(200);
    world.bo.put(&format!("/api/v1/comments/{thread}/vote"), json!({ "value": 1 })).await.is(200);
    world.mo.post(&format!("/api/v1/admin/comments/{held}/approve"), json!({ "reason": "" })).await.is(200);
    world.anon.get(&format!("/api/v1/comments/{held}")).await.is(200);
    assert!(waiting(&world, &peer).await.len() > known);
}

#[tokio::test]
async fn who_is_limited_is_heard_where_they_answer_and_by_those_who_follow_them() {
    let world = World::new().await;
    let (fan, board) = (Peer::new().await, Peer::new().await);
    fan.say(&world, &fan.activity("follows/1", "Follow", &json!(format!("{HOST}/u/bo")))).await;
    board.say(&world, &board.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    sanction(&world, "bo", "limit", json!({})).await;
    let thread = world.thread("A thread").await;
    let known = [waiting(&world, &fan).await.len(), waiting(&world, &board).await.len()];
    let quiet = world.reply(&world.bo, &thread, "Quietly.").await;
    let new = json!({ "title": "Unheard", "text": "words" });
    let opened = world.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    world.anon.get(&format!("/api/v1/comments/{quiet}")).await.is(200);
    world.anon.get(&format!("/api/v1/threads/{opened}")).await.is(200);
    assert!(world.ana.get("/api/v1/notifications").await.is(200).all("/items", "/id").is_empty());
    let listed = async || world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id");
    assert_eq!(listed().await, [json!(thread)]);
    assert_eq!(waiting(&world, &board).await.len(), known[1]);
    let told: Vec<Value> =
        waiting(&world, &fan).await.split_off(known[0]).iter().map(|said| said["type"].clone()).collect();
    assert_eq!(told, ["Create", "Create"]);
    // When it is lifted, what was opened meanwhile is listed.
    world.mo.post(&path("bo", "restore"), json!({ "reason": "" })).await.is(200);
    assert_eq!(listed().await.len(), 2);
}

#[tokio::test]
async fn what_is_lifted_everywhere_counts_on_where_it_was_decided_about_one_board() {
    let world = World::new().await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    sanction(&world, "bo", "limit", json!({})).await;
    let mut ids = Vec::new();
    for board in ["talk", "other"] {
        let new = json!({ "title": "Unheard", "text": "words" });
        ids.push(json!(world.bo.post(&format!("/api/v1/boards/{board}/threads"), new).await.is(201).text("/id")));
    }
    sanction(&world, "bo", "limit", json!({ "board": "other" })).await;
    sanction(&world, "bo", "hold", json!({})).await;
    let listed = async || world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id");
    assert!(listed().await.is_empty());
    // What takes the place of a limit and is over leaves nothing of either.
    let id = actors_id(&world).await;
    let now = world.app.ctx.now();
    world.app.ctx.db().write(move |tx| end_everywhere(tx, id, now)).await.unwrap();
    world.hands.forward(MINUTE_MS);
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!(listed().await, [ids[0].clone()]);
    world.mo.post(&path("bo", "restore"), json!({ "reason": "", "board": "other" })).await.is(200);
    assert_eq!(listed().await.len(), 2);
}

#[tokio::test]
async fn what_a_rule_keeps_from_the_lists_stays_out_of_them_when_its_author_is_heard_again() {
    let world = World::new().await;
    let rules = json!({ "rules": [{ "name": "quiet", "effect": "limit", "when": { "words": ["casino"] } }] });
    world.admin.put("/api/v1/admin/rules", rules).await.is(200);
    let open = async |title: &str| {
        let new = json!({ "title": title, "text": "words" });
        json!(world.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id"))
    };
    let by_rule = open("The casino").await;
    sanction(&world, "bo", "limit", json!({})).await;
    let by_person = open("A garden").await;
    let listed = async || world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id");
    world.mo.post(&path("bo", "restore"), json!({ "reason": "" })).await.is(200);
    assert_eq!(listed().await, std::slice::from_ref(&by_person));
    // Nor does what a suspension takes down come back as more than it was.
    sanction(&world, "bo", "suspend", json!({ "remove_comments": true })).await;
    assert!(listed().await.is_empty());
    world.mo.post(&path("bo", "restore"), json!({ "reason": "", "restore_comments": true })).await.is(200);
    assert_eq!(listed().await, [by_person]);
    world.anon.get(&format!("/api/v1/threads/{}", by_rule.as_str().unwrap())).await.is(200);
}

/// Threads that stand in no list, older than all others.
async fn unlisted(world: &World, board: &str, count: usize) {
    let (author, board) = (actors_id(world).await, board.to_owned());
    let written = world.app.ctx.db().write(move |tx| {
        let board = storage::boards::by_address(tx, &board)?.unwrap().id;
        for _ in 0..count {
            let thread = storage::testing::world::thread(tx, board, author, "Unheard")?;
            storage::threads::set_listed(tx, thread, false)?;
        }
        Ok::<_, storage::Error>(())
    });
    written.await.unwrap();
}

#[tokio::test]
async fn a_limit_on_one_board_keeps_nobody_from_the_lists_of_another() {
    let world = World::new().await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    sanction(&world, "bo", "limit", json!({ "until": "2027-01-15T09:00:00Z" })).await;
    sanction(&world, "bo", "limit", json!({ "board": "other" })).await;
    // More than are looked at in one piece, and all of them older.
    unlisted(&world, "other", 201).await;
    let new = json!({ "title": "A garden", "text": "words" });
    let here = json!(world.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id"));
    world.hands.forward(3_600_001);
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!(world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id"), [here]);
}

async fn actors_id(world: &World) -> ActorId {
    world.app.ctx.db().read(|tx| actors::by_handle(tx, "", "bo")).await.unwrap().unwrap().id
}

/// As a crash leaves it that comes after the end was written down.
fn end_everywhere(tx: &mut storage::Write, actor: ActorId, now: Time) -> storage::Result<()> {
    let all = sanctions::of_actor(tx, actor, 10)?;
    all.into_iter().filter(|one| one.bar.board.is_none()).try_for_each(|one| sanctions::end(tx, one.id, now))
}

#[tokio::test]
async fn a_moderator_of_named_boards_decides_about_those_alone() {
    let world = World::new().await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    let to = Appointment { role: Role::Moderator, boards: Some(vec!["other".into()]) };
    appoint(&world.app.ctx, &By::Host, "ana", to, "").await.unwrap();
    let why = |board: Value| json!({ "reason": "noise", "board": board });
    world.ana.post(&path("bo", "suspend"), why(Value::Null)).await.refused(403, "forbidden");
    world.ana.post(&path("bo", "suspend"), why(json!("talk"))).await.refused(403, "forbidden");
    world.ana.post(&path("bo", "suspend"), why(json!("nowhere"))).await.refused(422, "bad-field");
    let now = world.ana.post(&path("bo", "suspend"), why(json!("other"))).await.is(200);
    assert_eq!((now.at("/state"), now.text("/sanctions/0/board")), (Value::Null, "other".into()));
    let new = json!({ "title": "There", "text": "words" });
    world.bo.post("/api/v1/boards/other/threads", new.clone()).await.refused(403, "forbidden");
    world.bo.post("/api/v1/boards/talk/threads", new).await.is(201);
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!((log.text("/items/0/person"), log.text("/items/0/reason")), ("bo".into(), "On other: noise".into()));
    world.ana.post(&path("bo", "restore"), why(Value::Null)).await.refused(403, "forbidden");
    world.ana.post(&path("bo", "restore"), why(json!("other"))).await.is(200);
}

#[tokio::test]
async fn nobody_decides_about_themselves_or_about_who_is_as_high() {
    let world = World::new().await;
    let why = json!({ "reason": "" });
    let other = Appointment { role: Role::Moderator, boards: None };
    appoint(&world.app.ctx, &By::Host, "ana", other, "").await.unwrap();
    for name in ["mo", "ana", "ida"] {
        world.mo.post(&path(name, "suspend"), why.clone()).await.refused(403, "forbidden");
    }
    world.admin.post(&path("ida", "suspend"), why.clone()).await.refused(403, "forbidden");
    world.bo.post(&path("ana", "suspend"), why.clone()).await.refused(403, "forbidden");
    world.mo.post(&path("nobody", "suspend"), why.clone()).await.refused(404, "not-found");
    world.admin.post(&path("mo", "suspend"), why.clone()).await.is(200);
    // And then they decide nothing.
    world.mo.post(&path("bo", "suspend"), why).await.refused(403, "forbidden");
    world.mo.get("/api/v1/admin/reports").await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_warning_is_read_by_whom_it_is_for() {
    let (world, peer) = (World::new().await, Peer::new().await);
    for _ in 0..2 {
        world.mo.post(&path("bo", "warn"), json!({ "reason": "Be <kind>.", "board": "talk" })).await.is(200);
    }
    world.mo.post(&path("bo", "warn"), json!({ "reason": " " })).await.refused(422, "bad-field");
    assert_eq!(deeds(&world).await, ["warn"]);
    assert_eq!(world.bo.get("/api/v1/me").await.is(200).at("/unread_count"), json!(1));
    let told = world.bo.get("/api/v1/me/warnings").await.is(200);
    assert_eq!((told.text("/items/0/reason"), told.text("/items/0/board")), ("Be <kind>.".into(), "talk".into()));
    let id = told.text("/items/0/id");
    world.bo.post("/api/v1/notifications/read", json!({ "up_to": id })).await.is(204);
    assert_eq!(world.bo.get("/api/v1/me").await.is(200).at("/unread_count"), json!(0));
    let known = world.mo.get("/api/v1/admin/actors/bo").await.is(200);
    assert!(known.at("/warnings/0/read").is_string());
    actions::account::set_password(&world.app.ctx, "bo", PASSWORD).await.unwrap();
    let session = actions::account::log_in(&world.app.ctx, "bo", PASSWORD, "a browser").await.unwrap();
    let page = world.cookie(&session.secret).get("/notifications").await.is(200).body();
    assert!(page.contains("The moderators warn you") && page.contains("Be &lt;kind&gt;."), "{page}");
    // Other servers have no warnings.
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk")))).await;
    let them = format!("bo@{}", peer.host());
    world.mo.post(&path(&them, "warn"), json!({ "reason": "x" })).await.refused(403, "forbidden");
}

#[tokio::test]
async fn moderators_see_all_that_is_known_of_somebody() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let ids = [world.reply(&world.bo, &thread, "One.").await, world.reply(&world.bo, &thread, "Two.").await];
    world.ana.post(&format!("/api/v1/comments/{}/reports", ids[0]), json!({ "category": "spam" })).await.is(202);
    world.mo.post(&format!("/api/v1/admin/comments/{}/remove", ids[0]), json!({ "reason": "" })).await.is(200);
    sanction(&world, "bo", "hold", json!({})).await;
    for _ in 0..2 {
        world.mo.post(&path("bo", "note"), json!({ "text": "He was here before." })).await.is(200);
    }
    let known = world.mo.get("/api/v1/admin/actors/@bo").await.is(200);
    assert_eq!(
        [known.at("/comments_count"), known.at("/removed_count"), known.at("/reports_count")],
        [1, 1, 1].map(|n| json!(n))
    );
    assert_eq!(known.all("/notes", "/text"), ["He was here before."]);
    assert_eq!((known.all("/log", "/deed"), known.text("/state")), (vec![json!("hold-actor")], "hold".into()));
    let list = async |query: &str| {
        world.mo.get(&format!("/api/v1/admin/actors{query}")).await.is(200).all("/items", "/handle")
    };
    assert_eq!(
        (list("").await, list("?state=hold").await, list("?state=suspend").await),
        (vec![json!("bo")], vec![json!("bo")], vec![])
    );
    let log = world.anon.get("/api/v1/modlog").await.body();
    assert!(!log.contains("here before"), "notes are nobody else's business");
    let page = world.anon.get_with("/modlog", "accept", "text/html").await.body();
    assert!(page.contains("had comments wait for a moderator: bo"), "{page}");
}

/// A thread by Bo with an answer by him, and one in Ana's thread, of which one was removed singly.
async fn wrote(world: &World) -> (String, [String; 3], String) {
    let thread = world.thread("A thread").await;
    let answers = [
        world.reply(&world.bo, &thread, "xylophone one").await,
        world.reply(&world.bo, &thread, "xylophone two").await,
    ];
    let new = json!({ "title": "Xylophones", "text": "xylophone three" });
    let own = world.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    let below = world.reply(&world.ana, &answers[0], "An answer to that.").await;
    let [one, two] = answers;
    (thread, [one, two, own], below)
}

#[tokio::test]
async fn what_somebody_wrote_goes_with_them_and_comes_back_but_for_what_was_removed_singly() {
    let (world, peer) = (World::new().await, Peer::new().await);
    for (n, what) in ["u/bo", "b/talk"].iter().enumerate() {
        peer.say(&world, &peer.activity(&format!("follows/{n}"), "Follow", &json!(format!("{HOST}/{what}")))).await;
    }
    let (thread, ids, below) = wrote(&world).await;
    world.mo.post(&format!("/api/v1/admin/comments/{}/remove", ids[1]), json!({ "reason": "" })).await.is(200);
    let count =
        async || world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).at("/thread/comments_count");
    let seen = async || -> Vec<bool> {
        let places = [
            "/api/v1/search?q=xyloph*",
            "/feed.atom",
            "/b/talk/feed.atom",
            "/u/bo",
            "/u/bo/outbox?after=0",
            "/api/v1/threads",
        ];
        let mut seen = Vec::new();
        for path in
            places.map(str::to_owned).into_iter().chain([&thread, &ids[2]].map(|id| format!("/api/v1/threads/{id}")))
        {
            let body = if path.contains("outbox") {
                world.document(&path).await.body()
            } else {
                world.anon.get(&path).await.body()
            };
            seen.push(body.to_lowercase().contains("xyloph"));
        }
        seen
    };
    let (before, counted) = (seen().await, count().await);
    assert!(before.iter().all(|seen| *seen), "{before:?}");
    let known = waiting(&world, &peer).await.len();

    for _ in 0..2 {
        let now = sanction(&world, "bo", "suspend", json!({ "remove_comments": true })).await;
        assert_eq!((now.at("/comments_count"), now.at("/removed_count")), (json!(0), json!(3)));
    }
    assert_eq!(seen().await, vec![false; before.len()]);
    assert_eq!(count().await.as_i64(), counted.as_i64().map(|count| count - 1));
    assert_eq!(world.anon.get(&format!("/api/v1/comments/{}", ids[0])).await.is(200).text("/state"), "removed");
    world.anon.get(&format!("/api/v1/comments/{below}")).await.is(200);
    let gone = world.document(&format!("/c/{}", ids[0])).await.is(410).json();
    assert_eq!(gone["type"], "Tombstone");
    assert_eq!(world.document(&format!("/c/{thread}/replies")).await.is(200).at("/totalItems"), json!(0));
    assert_eq!(world.document(&format!("/t/{thread}/context")).await.is(200).at("/totalItems"), json!(2));
    // Once each, and nothing of it after the second look.
    world.hands.forward(MINUTE_MS);
    assert_eq!(maintenance::run_due(&world.app.ctx).await.unwrap(), 0);
    let told: Vec<Value> = waiting(&world, &peer).await;
    let deleted: Vec<&Value> =
        told.iter().filter(|said| said["type"] == "Delete").map(|said| &said["object"]["id"]).collect();
    let mut expected = [1, 0, 2].map(|n: usize| json!(format!("{HOST}/c/{}", ids[n])));
    expected.sort_by_key(|id| id.to_string());
    let mut deleted: Vec<Value> = deleted.into_iter().cloned().collect();
    deleted.sort_by_key(|id| id.to_string());
    assert_eq!(deleted, expected, "{known}: {told:#?}");
    // Whoever follows Bo is told that this is over.
    let rejected = told.iter().find(|said| said["type"] == "Reject").unwrap();
    assert_eq!(rejected["actor"], json!(format!("{HOST}/u/bo")));

    let known = waiting(&world, &peer).await.len();
    world.mo.post(&path("bo", "restore"), json!({ "reason": "a mistake", "restore_comments": true })).await.is(200);
    assert_eq!(seen().await, before);
    // What was told to be deleted is told to be there again, and nothing else.
    let told = waiting(&world, &peer).await.split_off(known);
    let about =
        |said: &Value| said["object"]["object"]["id"].as_str().or(said["object"]["id"].as_str()).map(str::to_owned);
    let mut lines: Vec<_> = told.iter().map(|said| (said["type"].as_str().unwrap(), about(said))).collect();
    lines.sort();
    let [first, root] = [0, 2].map(|n: usize| Some(format!("{HOST}/c/{}", ids[n])));
    // Nobody there follows Bo any more.
    let expected = [("Announce", None), ("Undo", first), ("Undo", root.clone())];
    assert_eq!(lines, expected, "{told:#?}");
    let announce = told.iter().find(|said| said["type"] == "Announce").unwrap();
    assert_eq!((&announce["actor"], announce["object"].as_str()), (&json!(format!("{HOST}/b/talk")), root.as_deref()));
    assert_eq!(count().await, counted);
    assert_eq!(state(&world, &ids[1]).await, State::Removed);
    assert_eq!(deeds(&world).await, ["revive-actor", "purge-actor", "remove"]);
}

#[tokio::test]
async fn a_word_about_one_of_them_outlasts_what_was_decided_about_its_author() {
    let world = World::new().await;
    let (_, ids, _) = wrote(&world).await;
    sanction(&world, "bo", "suspend", json!({ "remove_comments": true })).await;
    let why = json!({ "reason": "" });
    world.mo.post(&format!("/api/v1/admin/comments/{}/remove", ids[0]), why.clone()).await.is(200);
    world.mo.post(&format!("/api/v1/admin/comments/{}/restore", ids[1]), why.clone()).await.is(200);
    world.bo.delete(&format!("/api/v1/comments/{}", ids[2])).await.is(204);
    assert_eq!(state(&world, &ids[1]).await, State::Published);
    // Without the comments first, and with them later.
    world.mo.post(&path("bo", "restore"), why).await.is(200);
    let with = json!({ "reason": "", "restore_comments": true });
    world.mo.post(&path("bo", "restore"), with).await.is(200);
    for (id, expected) in [(&ids[0], State::Removed), (&ids[1], State::Published), (&ids[2], State::Removed)] {
        assert_eq!(state(&world, id).await, expected);
    }
}

/// A crash after the decision, and before anything of what follows.
#[tokio::test]
async fn what_was_decided_before_a_crash_is_done_after_it() {
    let world = World::new().await;
    let (thread, ids, _) = wrote(&world).await;
    let now = world.app.ctx.now();
    let decided = world.app.ctx.db().write(move |tx| {
        let bo = actors::by_handle(tx, "", "bo")?.unwrap().id;
        let bar = Bar { level: Sanction::Suspend, board: None, until: None };
        let (reason, sweep) = (String::new(), Sweep::Remove);
        sanctions::insert(tx, &Decided { id: 7, actor: bo, bar, reason, by: None, created: now, ended: None, sweep })?;
        storage::jobs::insert(tx, 8, "sanction", "7", now.plus_ms(60_000))
    });
    decided.await.unwrap();
    reply_to(&world.bo, &thread, "More.").await.refused(403, "forbidden");
    assert_eq!(state(&world, &ids[0]).await, State::Published);
    world.hands.forward(MINUTE_MS);
    assert_eq!(maintenance::run_due(&world.app.ctx).await.unwrap(), 3);
    assert_eq!(state(&world, &ids[0]).await, State::Removed);
}

/// Bo elsewhere, who follows the board and has answered in a thread; a server that keeps groups hears of the board.
async fn theirs() -> (World, Peer, Peer, String) {
    let (world, peer, groups) = (World::new().await, Peer::new().await, Peer::new().await);
    groups.keeps_groups(&world).await;
    for peer in [&peer, &groups] {
        peer.say(&world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    }
    let thread = world.thread("A thread").await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>xylophone</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    (world, peer, groups, thread)
}

async fn comment_of(world: &World, uri: String) -> Option<String> {
    let found = world.app.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap();
    found.map(|found| found.comment.to_string())
}

#[tokio::test]
async fn who_is_suspended_elsewhere_is_not_heard_here_and_follows_nothing() {
    let (world, peer, _, thread) = theirs().await;
    let them = format!("bo@{}", peer.host());
    let known = waiting(&world, &peer).await.len();
    sanction(&world, &them, "suspend", json!({})).await;
    let told = waiting(&world, &peer).await.split_off(known);
    assert_eq!((&told[0]["type"], &told[0]["object"]["type"]), (&json!("Reject"), &json!("Follow")));
    let note = peer.note("notes/2", &format!("{HOST}/c/{thread}"), "<p>late</p>");
    peer.say(&world, &peer.activity("creates/2", "Create", &note)).await;
    assert!(reason(&world, Arrived::Refused).await.contains("suspended"));
    peer.say(&world, &peer.activity("likes/1", "Like", &json!(format!("{HOST}/c/{thread}")))).await;
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/thread/score"), json!(0));
    // Whoever else brings it, it is theirs.
    peer.show("notes/2", note.clone());
    let passed = peer.activity_of("cy", "announces/1", "Announce", &json!(peer.id("notes/2")));
    peer.show("users/cy", peer.actor("cy", &peer.key));
    peer.say(&world, &passed).await;
    assert_eq!(comment_of(&world, peer.id("notes/2")).await, None);
    // A new Follow is answered with no, and what they take back is taken back.
    let known = waiting(&world, &peer).await.len();
    peer.say(&world, &peer.activity("follows/2", "Follow", &json!(format!("{HOST}/b/talk")))).await;
    assert_eq!(waiting(&world, &peer).await.split_off(known)[0]["type"], json!("Reject"));
    let comment = comment_of(&world, peer.id("notes/1")).await.unwrap();
    peer.say(&world, &peer.activity("deletes/1", "Delete", &json!(peer.id("notes/1")))).await;
    assert_eq!(state(&world, &comment).await, State::Deleted);
    world.mo.post(&path(&them, "restore"), json!({ "reason": "" })).await.is(200);
    let note = peer.note("notes/3", &format!("{HOST}/c/{thread}"), "<p>again</p>");
    peer.say(&world, &peer.activity("creates/3", "Create", &note)).await;
    assert!(comment_of(&world, peer.id("notes/3")).await.is_some());
}

#[tokio::test]
async fn what_somebody_elsewhere_says_waits_when_they_are_held() {
    let (world, peer, _, thread) = theirs().await;
    sanction(&world, &format!("bo@{}", peer.host()), "hold", json!({ "board": "talk" })).await;
    let note = peer.note("notes/2", &format!("{HOST}/c/{thread}"), "<p>late</p>");
    peer.say(&world, &peer.activity("creates/2", "Create", &note)).await;
    let comment = comment_of(&world, peer.id("notes/2")).await.unwrap();
    assert_eq!(state(&world, &comment).await, State::Held);
}

/// What servers that keep groups hear of it, word for word but for the numbers.
#[tokio::test]
async fn servers_that_keep_groups_hear_of_a_suspension_and_of_its_end() {
    let (world, peer, groups, _) = theirs().await;
    let them = format!("bo@{}", peer.host());
    let known = waiting(&world, &groups).await.len();
    let until = json!({ "remove_comments": true, "until": "2027-02-01T00:00:00Z" });
    sanction(&world, &them, "suspend", until).await;
    let comment = comment_of(&world, peer.id("notes/1")).await.unwrap();
    assert_eq!(state(&world, &comment).await, State::Removed);
    // What was said with its words and not brought is not brought any more.
    let told = waiting(&world, &groups).await.split_off(known - 1);
    let (board, mo) = (format!("{HOST}/b/talk"), format!("{HOST}/u/mo"));
    let kinds: Vec<&Value> = told.iter().map(|said| &said["object"]["type"]).collect();
    assert_eq!(kinds, ["Block", "Delete"], "{told:#?}");
    let block = &told[0]["object"];
    let expected = json!({
        "id": block["id"], "type": "Block", "actor": mo, "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [board],
        "audience": board, "object": peer.id("users/bo"), "target": board, "summary": "spam",
        "endTime": "2027-02-01T00:00:00Z", "removeData": true,
    });
    assert_eq!(*block, expected);
    let removal = &told[1]["object"];
    assert_eq!(
        (&removal["object"], &removal["summary"], &removal["actor"]),
        (&json!(peer.id("notes/1")), &json!("spam"), &json!(mo))
    );
    // Plain servers, Bo's own among them, take back what the board had announced.
    let plain = waiting(&world, &peer).await;
    assert!(plain.iter().any(|said| said["type"] == "Reject"), "{plain:#?}");

    let known = waiting(&world, &groups).await.len();
    world.mo.post(&path(&them, "restore"), json!({ "reason": "", "restore_comments": true })).await.is(200);
    let told = waiting(&world, &groups).await.split_off(known);
    let kinds: Vec<(&Value, &Value)> =
        told.iter().map(|said| (&said["object"]["type"], &said["object"]["object"]["type"])).collect();
    assert_eq!(kinds, [(&json!("Undo"), &json!("Block")), (&json!("Undo"), &json!("Delete"))], "{told:#?}");
    assert_eq!(told[0]["object"]["object"]["id"], block["id"], "what is taken back is what was said");
    assert_eq!(state(&world, &comment).await, State::Published);
    // What takes the place of a suspension and is milder ends it there, too.
    sanction(&world, &them, "suspend", json!({ "board": "talk" })).await;
    let known = waiting(&world, &groups).await.len();
    sanction(&world, &them, "limit", json!({ "board": "talk" })).await;
    let told = waiting(&world, &groups).await.split_off(known);
    let kinds: Vec<&Value> = told.iter().map(|said| &said["object"]["type"]).collect();
    assert_eq!(kinds, ["Undo"], "{told:#?}");
}

/// A suspension is stronger than a block that is lifted.
#[tokio::test]
async fn what_was_hidden_with_its_server_and_taken_down_with_its_author_stays_down() {
    let (world, peer, _, _) = theirs().await;
    let comment = comment_of(&world, peer.id("notes/1")).await.unwrap();
    let policy = format!("/api/v1/admin/peers/{}/policy", peer.host());
    world.admin.put(&policy, json!({ "level": "block", "reason": "" })).await.is(200);
    let them = format!("bo@{}", peer.host());
    sanction(&world, &them, "suspend", json!({ "remove_comments": true })).await;
    let back = json!({ "reason": "", "restore_comments": true });
    world.admin.put(&policy, json!({ "level": "allow", "reason": "" })).await.is(200);
    assert_eq!(state(&world, &comment).await, State::Removed);
    world.admin.put(&policy, json!({ "level": "block", "reason": "" })).await.is(200);
    world.mo.post(&path(&them, "restore"), back.clone()).await.refused(403, "forbidden");
    world.admin.put(&policy, json!({ "level": "allow", "reason": "" })).await.is(200);
    world.mo.post(&path(&them, "restore"), back).await.is(200);
    assert_eq!(state(&world, &comment).await, State::Published);
}

/// How long it takes is measured elsewhere; that it takes several transactions and is whole is held here.
#[tokio::test]
async fn a_thousand_comments_go_and_come_back() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let root: CommentId = thread.parse().unwrap();
    let wrote = world.app.ctx.db().write(move |tx| {
        let thread = ThreadId(root.0);
        flood(tx, "big.example", 1, &[thread])?;
        answers(tx, ActorId(1_000), thread, 999, Time(1_800_000_000_000))
    });
    wrote.await.unwrap();
    let count =
        async || world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).at("/thread/comments_count");
    assert_eq!(count().await, json!(1000));
    let them = "person0@big.example";
    assert_eq!(
        sanction(&world, them, "suspend", json!({ "remove_comments": true })).await.at("/removed_count"),
        json!(1000)
    );
    assert_eq!(count().await, json!(0));
    world.mo.post(&path(them, "restore"), json!({ "reason": "", "restore_comments": true })).await.is(200);
    assert_eq!(count().await, json!(1000));
}

#[tokio::test]
async fn what_is_lifted_on_a_board_brings_nothing_back_of_whom_is_suspended_everywhere() {
    let world = World::new().await;
    let (_, ids, _) = wrote(&world).await;
    sanction(&world, "bo", "suspend", json!({ "board": "talk", "remove_comments": true })).await;
    sanction(&world, "bo", "suspend", json!({ "remove_comments": true })).await;
    let why = |board: Value| json!({ "reason": "", "board": board, "restore_comments": true });
    world.mo.post(&path("bo", "restore"), why(json!("talk"))).await.is(200);
    assert_eq!(state(&world, &ids[0]).await, State::Removed);
    world.mo.post(&path("bo", "restore"), why(Value::Null)).await.is(200);
    assert_eq!(state(&world, &ids[0]).await, State::Published);
}

#[tokio::test]
async fn who_followed_somebody_alone_hears_that_what_they_wrote_is_gone() {
    let (world, fan) = (World::new().await, Peer::new().await);
    fan.say(&world, &fan.activity("follows/1", "Follow", &json!(format!("{HOST}/u/bo")))).await;
    wrote(&world).await;
    sanction(&world, "bo", "suspend", json!({ "remove_comments": true })).await;
    world.hands.forward(MINUTE_MS);
    maintenance::run_due(&world.app.ctx).await.unwrap();
    let told: Vec<Value> = waiting(&world, &fan).await.iter().map(|said| said["type"].clone()).collect();
    assert_eq!(told, ["Accept", "Delete", "Delete", "Delete", "Reject"]);
}

#[tokio::test]
async fn what_a_moderator_has_put_back_the_second_look_leaves_alone() {
    let world = World::new().await;
    let (_, ids, _) = wrote(&world).await;
    // What was decided about one of them before counts no more.
    for deed in ["remove", "restore"] {
        world.mo.post(&format!("/api/v1/admin/comments/{}/{deed}", ids[1]), json!({ "reason": "" })).await.is(200);
    }
    world.hands.forward(1);
    sanction(&world, "bo", "suspend", json!({ "remove_comments": true })).await;
    world.hands.forward(1);
    world.mo.post(&format!("/api/v1/admin/comments/{}/restore", ids[0]), json!({ "reason": "" })).await.is(200);
    world.hands.forward(MINUTE_MS);
    maintenance::run_due(&world.app.ctx).await.unwrap();
    assert_eq!((state(&world, &ids[0]).await, state(&world, &ids[1]).await), (State::Published, State::Removed));
}

#[tokio::test]
async fn what_a_moderator_restores_is_made_known_as_far_as_its_author_is() {
    let (world, fan, board) = (World::new().await, Peer::new().await, Peer::new().await);
    fan.say(&world, &fan.activity("follows/1", "Follow", &json!(format!("{HOST}/u/bo")))).await;
    board.say(&world, &board.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    sanction(&world, "bo", "limit", json!({})).await;
    let new = json!({ "title": "Unheard", "text": "words" });
    let opened = world.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    for deed in ["remove", "restore"] {
        world.mo.post(&format!("/api/v1/admin/comments/{opened}/{deed}"), json!({ "reason": "" })).await.is(200);
    }
    assert!(world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id").is_empty());
    let kinds = async |peer: &Peer| -> Vec<Value> {
        waiting(&world, peer).await.iter().map(|said| said["type"].clone()).collect()
    };
    assert!(!kinds(&board).await.contains(&json!("Announce")), "{:?}", kinds(&board).await);
    assert!(kinds(&fan).await.ends_with(&[json!("Create")]), "{:?}", kinds(&fan).await);
}

#[tokio::test]
async fn what_a_moderator_lets_out_is_made_known_as_far_as_its_author_is() {
    let (world, board) = (World::new().await, Peer::new().await);
    board.say(&world, &board.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    let thread = world.thread("A thread").await;
    let known = waiting(&world, &board).await.len();
    let rules = json!({ "rules": [{ "name": "calm", "effect": "hold", "when": { "words": ["xylophone"] } }] });
    world.admin.put("/api/v1/admin/rules", rules).await.is(200);
    sanction(&world, "bo", "limit", json!({})).await;
    let new = json!({ "title": "A xylophone", "text": "words" });
    let opened = world.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    let held = reply_to(&world.bo, &thread, "My xylophone.").await.is(201).text("/id");
    for id in [&opened, &held] {
        assert_eq!(state(&world, id).await, State::Held);
        world.mo.post(&format!("/api/v1/admin/comments/{id}/approve"), json!({ "reason": "" })).await.is(200);
    }
    assert_eq!(world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id"), [json!(thread)]);
    assert_eq!(waiting(&world, &board).await.len(), known);
    // When it is lifted, the thread is listed.
    world.mo.post(&path("bo", "restore"), json!({ "reason": "" })).await.is(200);
    assert_eq!(world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id").len(), 2);
}

/// A moderator has looked at what is put back: of whoever is held it is made known like everything that was let out, of whoever may write
/// nothing any more it is not.
#[tokio::test]
async fn what_is_put_back_of_whom_is_suspended_is_announced_to_nobody() {
    for (level, announced) in [("hold", 1), ("suspend", 0)] {
        let (world, board) = (World::new().await, Peer::new().await);
        board.say(&world, &board.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
        let thread = world.thread("A thread").await;
        let said = world.reply(&world.bo, &thread, "words").await;
        sanction(&world, "bo", level, json!({})).await;
        let decide = async |deed: &str| {
            world.mo.post(&format!("/api/v1/admin/comments/{said}/{deed}"), json!({ "reason": "" })).await.is(200);
            waiting(&world, &board).await
        };
        let known = decide("remove").await.len();
        let news = decide("restore").await.split_off(known);
        assert_eq!(news.iter().filter(|one| one["type"] == "Announce").count(), announced, "{level}: {news:?}");
    }
}

#[tokio::test]
async fn nobody_restores_what_was_taken_down_with_them() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let own = world.reply(&world.mo, &thread, "Mine.").await;
    let with = json!({ "reason": "", "remove_comments": true });
    world.admin.post(&path("mo", "suspend"), with).await.is(200);
    world.admin.post(&path("mo", "restore"), json!({ "reason": "" })).await.is(200);
    let restore = format!("/api/v1/admin/comments/{own}/restore");
    world.mo.post(&restore, json!({ "reason": "" })).await.refused(403, "forbidden");
    world.admin.post(&restore, json!({ "reason": "" })).await.is(200);
}
