//! The host's own program is asked about each comment before it is published, and costs little when it does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actions::Clock as _;
use actions::rules::hook::OnFailure::{self, Closed, Open};
use domain::{Cause, CommentId};
use serde_json::{Value, json};
use storage::holds::{self, Hold};
use storage::inbox::State;
use storage::objects::{self, Object};
use storage::testing::world::reply as replied;
use storage::testing::{number, somebody_waits};

use crate::peer::Peer;
use crate::received::reason;
use crate::receiver::{Receiver, Reply};
use crate::world::{Answer, Caller, HOST, SECRET, Wishes, World};

async fn world(program: &Receiver, on_failure: OnFailure) -> World {
    World::with(Wishes { hook: Some((program.url.clone(), on_failure)), ..Wishes::default() }).await
}

async fn says(who: &Caller, to: &str, text: &str) -> Answer {
    who.post(&format!("/api/v1/comments/{to}/replies"), json!({ "text": text })).await
}

async fn hold(world: &World, comment: &str) -> Option<Hold> {
    let comment: CommentId = comment.parse().unwrap();
    world.app.ctx.db().read(move |tx| holds::find(tx, comment)).await.unwrap()
}

/// Why a comment waits, which does.
async fn why(world: &World, comment: &str) -> String {
    let hold = hold(world, comment).await.unwrap();
    assert_eq!(hold.cause, Cause::Hook);
    hold.rule
}

fn verdict(said: Value) -> Reply {
    Reply::Json(said)
}

#[tokio::test]
async fn it_is_asked_with_a_seal_and_told_what_it_needs() {
    let program = Receiver::saying("approve").await;
    let world = world(&program, Closed).await;
    let thread = world.thread("Which kettle?").await;
    let comment = says(&world.bo, &thread, "The *blue* one").await.is(201);
    assert_eq!(comment.text("/state"), "published");
    let letters = program.letters();
    let [first, second] = &letters[..] else { panic!("{} letters", letters.len()) };
    assert!(first.is_sealed_with(SECRET) && second.is_sealed_with(SECRET) && !first.is_sealed_with("another secret"));
    assert_eq!(first.header("x-rejoinder-timestamp"), (world.hands.now().0 / 1_000).to_string());
    let (opening, answer) = (first.json(), second.json());
    assert_eq!(first.header("x-rejoinder-id"), opening["id"].as_str().unwrap());
    assert_eq!((&opening["title"], &opening["occasion"]), (&json!("Which kettle?"), &json!("new")));
    assert_eq!((&opening["board"], &opening["thread"]), (&json!("talk"), &Value::Null));
    assert_eq!((&answer["in_reply_to"], &answer["thread"]), (&json!(thread), &json!(thread)));
    assert_eq!(answer["author"], json!({ "handle": "bo", "local": true }));
    assert_eq!((&answer["text"], &answer["comment"]), (&json!("The *blue* one"), &Value::Null));
    assert!(answer["html"].as_str().unwrap().contains("<em>blue</em>"), "{answer}");
}

#[tokio::test]
async fn what_it_holds_waits_with_its_reason_and_its_tags() {
    let program = Receiver::saying("approve").await;
    let world = world(&program, Open).await;
    let thread = world.thread("Which kettle?").await;
    program.answers(verdict(json!({ "verdict": "hold", "reason": "looks like spam", "tags": ["spam 0.9"] })));
    let comment = says(&world.bo, &thread, "xylophone").await.is(201);
    assert_eq!(comment.text("/state"), "held");
    let comment = comment.text("/id");
    assert_eq!(why(&world, &comment).await, "looks like spam");
    let queue = world.mo.get("/api/v1/admin/queue?list=held").await.is(200);
    assert_eq!(queue.at("/items/0/held/cause"), "hook");
    assert_eq!(
        (queue.at("/items/0/held/rule"), queue.at("/items/0/marks")),
        (json!("looks like spam"), json!(["spam 0.9"]))
    );
    let page = world.mo.get_with("/admin/queue?list=held", "accept", "text/html").await.is(200).body();
    assert!(page.contains("looks like spam") && page.contains("spam 0.9"), "{page}");
    assert!(!world.anon.get(&format!("/api/v1/threads/{thread}")).await.body().contains("xylophone"));
    let approve = format!("/api/v1/admin/comments/{comment}/approve");
    world.mo.post(&approve, json!({ "reason": "" })).await.is(200);
    assert!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.body().contains("xylophone"));
}

#[tokio::test]
async fn what_it_refuses_comes_back_with_the_reason_and_is_kept_nowhere() {
    let program = Receiver::saying("approve").await;
    let world = world(&program, Open).await;
    let thread = world.thread("Which kettle?").await;
    let comment = world.reply(&world.bo, &thread, "The blue one").await;
    program.answers(verdict(json!({ "verdict": "refuse", "reason": "No kettles of that kind." })));
    let refused = says(&world.bo, &thread, "xylophone").await.refused(422, "refused-by-rule");
    assert!(refused.body().contains("No kettles of that kind."), "{}", refused.body());
    let new = json!({ "title": "xylophone", "url": "https://a.example/" });
    world.bo.post("/api/v1/boards/talk/threads", new).await.refused(422, "refused-by-rule");
    let edit = format!("/api/v1/comments/{comment}");
    world.bo.patch(&edit, json!({ "text": "xylophone" })).await.refused(422, "refused-by-rule");
    assert!(!world.mo.get(&format!("/api/v1/threads/{thread}")).await.body().contains("xylophone"));
    assert_eq!(program.letters().last().unwrap().json()["occasion"], "edit");
    assert_eq!(program.letters().last().unwrap().json()["comment"], json!(comment));
    // The same words are no change, and nothing to ask about.
    let asked = program.letters().len();
    world.bo.patch(&edit, json!({ "text": "The blue one" })).await.is(200);
    assert_eq!(program.letters().len(), asked);
    program.answers(verdict(json!({ "verdict": "hold" })));
    world.bo.patch(&edit, json!({ "text": "xylophone" })).await.refused(422, "edit-would-wait");
}

#[tokio::test]
async fn it_is_not_asked_about_what_moderators_write_nor_about_what_is_refused_anyway() {
    let program = Receiver::saying("approve").await;
    let world = world(&program, Closed).await;
    let thread = world.thread("Which kettle?").await;
    let asked = program.letters().len();
    program.answers(verdict(json!({ "verdict": "hold" })));
    assert_eq!(says(&world.mo, &thread, "The blue one").await.is(201).text("/state"), "published");
    let rules = json!([{ "name": "words", "effect": "refuse", "message": "Leave xylophones out.", "when": { "words": ["xylophone"] } }]);
    world.admin.put("/api/v1/admin/rules", json!({ "rules": rules })).await.is(200);
    says(&world.bo, &thread, "xylophone").await.refused(422, "refused-by-rule");
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/lock"), json!({ "reason": "" })).await.is(200);
    says(&world.bo, &thread, "too late").await.refused(403, "locked");
    says(&world.bo, "7", "nowhere").await.refused(404, "not-found");
    assert_eq!(program.letters().len(), asked);
}

async fn brought(world: &World, peer: &Peer, kind: &str, n: u32, to: &str, content: &str) {
    let mut note = peer.note("notes/1", &format!("{HOST}/c/{to}"), content);
    note["updated"] = json!(format!("2027-01-15T07:00:0{n}Z"));
    peer.say(world, &peer.activity(&format!("does/{n}"), kind, &note)).await;
}

#[tokio::test]
async fn what_comes_from_elsewhere_is_asked_about_when_it_comes_and_when_it_changes() {
    let program = Receiver::saying("approve").await;
    let (world, peer) = (world(&program, Closed).await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    brought(&world, &peer, "Create", 1, &thread, "<p>The blue one</p>").await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await;
    assert!(shown.body().contains("The blue one"), "{}", shown.body());
    let asked = program.letters().last().unwrap().json();
    assert_eq!(asked["author"], json!({ "handle": format!("bo@{}", peer.host()), "local": false }));
    assert_eq!((&asked["in_reply_to"], &asked["occasion"]), (&json!(thread), &json!("new")));
    // Said twice it is asked about once.
    let count = program.letters().len();
    brought(&world, &peer, "Create", 1, &thread, "<p>The blue one</p>").await;
    assert_eq!(program.letters().len(), count);
    program.answers(verdict(json!({ "verdict": "hold", "reason": "new words" })));
    brought(&world, &peer, "Update", 2, &thread, "<p>xylophone</p>").await;
    assert_eq!(program.letters().last().unwrap().json()["occasion"], "edit");
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.body();
    assert!(!shown.contains("xylophone") && !shown.contains("The blue one"), "{shown}");
    let queue = world.mo.get("/api/v1/admin/queue?list=held").await;
    assert_eq!(queue.at("/items/0/held/rule"), "new words");
}

#[tokio::test]
async fn whatever_is_no_answer_is_taken_as_none_and_nothing_else() {
    let program = Receiver::saying("approve").await;
    let strict = world(&program, Closed).await;
    let lax = world(&program, Open).await;
    let threads = [strict.thread("Which kettle?").await, lax.thread("Which kettle?").await];
    let approve = json!({ "verdict": "approve" }).to_string();
    let huge = json!({ "verdict": "approve", "reason": "x".repeat(20_000) });
    for (reply, words) in [
        (verdict(json!({ "verdict": "maybe" })), "none that is known"),
        (verdict(json!({})), "none that is known"),
        (verdict(json!(["approve"])), "none that is known"),
        (verdict(huge), "more than 16384 bytes"),
        (Reply::Text("text/html", approve), "no JSON"),
        (Reply::Text("application/json", "{".into()), "none that is known"),
        (Reply::Redirect(program.url.clone()), "status 307"),
        (Reply::Status(204), "status 204"),
        (Reply::Status(500), "status 500"),
        (Reply::Status(403), "status 403"),
    ] {
        program.answers(reply);
        let held = says(&strict.bo, &threads[0], "The blue one").await.is(201);
        assert_eq!(held.text("/state"), "held", "{words}");
        let why = why(&strict, &held.text("/id")).await;
        assert!(why.contains(words), "{why} lacks {words}");
        let taken = says(&lax.bo, &threads[1], "The blue one").await.is(201);
        assert_eq!(
            (taken.text("/state").as_str(), hold(&lax, &taken.text("/id")).await),
            ("published", None),
            "{words}"
        );
    }
    // What may pass is tried again, with the same number.
    let (before, count) = (program.letters().len(), |from: usize| program.letters().len() - from);
    program.answers(Reply::Status(503));
    says(&strict.bo, &threads[0], "The blue one").await.is(201);
    let ids: Vec<_> = program.letters()[before..].iter().map(|letter| letter.json()["id"].clone()).collect();
    assert_eq!((count(before), ids.iter().all(|id| *id == ids[0])), (3, true));
}

#[tokio::test]
async fn a_program_that_hangs_costs_two_seconds_and_few_connections() {
    let program = Receiver::saying("approve").await;
    let world = world(&program, Closed).await;
    let thread = world.thread("Which kettle?").await;
    program.answers(Reply::Hang);
    let begun = Instant::now();
    let mut waiting = tokio::task::JoinSet::new();
    for n in 0..100 {
        let (bo, thread) = (world.bo.clone(), thread.clone());
        waiting.spawn(async move { says(&bo, &thread, &format!("The {n}th")).await.is(201).text("/state") });
    }
    // Whoever reads does not notice.
    assert!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.status.is_success());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let states = waiting.join_all().await;
    assert!(states.iter().all(|state| state == "held"), "{states:?}");
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert!((1..=32).contains(&program.most_at_once()), "{}", program.most_at_once());
}

#[tokio::test]
async fn a_program_that_is_not_there_or_on_a_private_address_has_not_answered() {
    let gone = Receiver::saying("approve").await;
    let world = world(&gone, Closed).await;
    let thread = world.thread("Which kettle?").await;
    drop(gone);
    let held = says(&world.bo, &thread, "The blue one").await.is(201);
    assert!(why(&world, &held.text("/id")).await.contains("could not be reached"));

    let program = Receiver::saying("approve").await;
    let url = program.url.replace("http://", "https://");
    let hook = Some((url, Closed));
    let outside = World::with(Wishes { networks: &[], hook, ..Wishes::default() }).await;
    let new = json!({ "title": "Which kettle?", "text": "Hm." });
    let thread = outside.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    assert_eq!(why(&outside, &thread).await, "localhost has no public address");
    assert_eq!(program.letters().len(), 0);
}

#[tokio::test]
async fn while_it_is_away_and_much_waits_what_comes_waits_where_it_came() {
    let program = Receiver::saying("approve").await;
    let (world, peer) = (world(&program, Closed).await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let few = json!({ "most_held": 1, "most_held_of_server": 1, "rules": [] });
    world.admin.put("/api/v1/admin/rules", few).await.is(200);
    program.answers(Reply::Status(503));
    let brought = async |n: u32| {
        let note = peer.note(&format!("notes/{n}"), &format!("{HOST}/c/{thread}"), &format!("<p>Number {n}.</p>"));
        peer.say(&world, &peer.activity(&format!("creates/{n}"), "Create", &note)).await;
    };
    brought(1).await;
    brought(2).await;
    // People can be told.
    says(&world.bo, &thread, "The blue one").await.refused(429, "queue-full");
    assert_eq!(reason(&world, State::Refused).await, "");
    assert!(reason(&world, State::Again).await.contains("the moderation hook gave no answer"));
    let shown = async || world.anon.get(&format!("/api/v1/threads/{thread}")).await.body();
    program.answers(verdict(json!({ "verdict": "approve" })));
    world.hands.forward(60 * 1000);
    while actions::elsewhere::work::round(&world.app.ctx).await.unwrap() > 0 {}
    let shown_now = shown().await;
    assert!(shown_now.contains("Number 2.") && !shown_now.contains("Number 1."), "{shown_now}");
    // What it wants to be looked at, when it answers, is refused as ever.
    program.answers(verdict(json!({ "verdict": "hold" })));
    brought(3).await;
    assert!(reason(&world, State::Refused).await.starts_with("So much waits for the moderators here"));
}

/// On PostgreSQL what is answered comes between the question where something hangs and the answer to it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_comes_meanwhile_and_it_is_asked_all_the_same() {
    let program = Receiver::saying("approve").await;
    let (world, peer) = (world(&program, Open).await, Peer::new().await);
    let thread: CommentId = world.thread("Which kettle?").await.parse().unwrap();
    let note = peer.note("notes/2", &peer.id("notes/1"), "<p>xylophone</p>");
    let (author, above, uri) = (world.app.ctx.clone(), peer.id("notes/1"), peer.id("notes/2"));
    program.answers(verdict(json!({ "verdict": "hold", "reason": "looks like spam" })));
    let (stands, has_stood) = tokio::sync::oneshot::channel();
    let ended = Arc::new(AtomicBool::new(false));
    let has_ended = Arc::clone(&ended);
    let coming = tokio::spawn(async move {
        let came = author.db().write(move |tx| {
            objects::hold(tx, &uri)?;
            let author = storage::comments::spot(tx, thread)?.unwrap().author;
            let comment = replied(tx, thread, author, "First.")?;
            let object = Object { uri: above, comment, url: None, updated: domain::Time(1), announced: true };
            objects::insert(tx, &object)?;
            let _ = stands.send(());
            let is_server = number(tx, "SELECT count(*) FROM pg_locks").is_ok();
            while is_server && !somebody_waits(tx)? && !has_ended.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            Ok::<_, storage::Error>(())
        });
        came.await
    });
    has_stood.await.unwrap();
    // What it answers is not here yet, and it concerns somebody all the same.
    let mut create = peer.activity("creates/2", "Create", &note);
    create["cc"] = json!([format!("{HOST}/u/ana")]);
    peer.say(&world, &create).await;
    ended.store(true, Ordering::SeqCst);
    coming.await.unwrap().unwrap();
    assert_eq!(program.letters().last().unwrap().json()["text"], json!("xylophone"));
    assert!(!world.anon.get(&format!("/api/v1/threads/{thread}")).await.body().contains("xylophone"));
}
