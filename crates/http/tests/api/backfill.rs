//! Comments that other servers have and did not bring: found at their homes, bounded, seldomer as a thread cools, and compared with the
//! home of a thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use actions::elsewhere::backfill::{object, round, thread as fetch_thread};
use domain::{ThreadId, Time};
use serde_json::{Value, json};
use storage::objects::{self, Object};

use crate::home::{Home, list, note, page};
use crate::peer::Peer;
use crate::world::{Wishes, World};

const MINUTE: i64 = 60 * 1000;
const DAY: i64 = 24 * 60 * MINUTE;

fn id_of(thread: &str) -> ThreadId {
    thread.parse().unwrap()
}

/// What stands in the thread, in its order of display.
async fn texts(world: &World, thread: &str) -> Vec<String> {
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}?sort=old")).await.is(200);
    shown.all("/comments", "/text").iter().map(|text| text.as_str().unwrap_or_default().trim().to_owned()).collect()
}

async fn state(world: &World, thread: &str) -> Value {
    world.mo.get(&format!("/api/v1/admin/threads/{thread}/backfill")).await.is(200).json()
}

/// Looks as often as something is due, time standing still.
async fn look(world: &World) {
    while round(&world.app.ctx).await.unwrap() > 0 {}
}

/// Cy's note `notes/1` on `home` has come, as an answer to the thread.
async fn answered(world: &World, home: &Home, thread: &str) {
    let report = object(&world.app.ctx, &home.id("notes/1")).await.unwrap();
    assert_eq!((report.fetched, report.thread), (1, Some(id_of(thread))), "{report:?}");
    home.asked();
}

/// A home of notes, of which `tree` says what answers which; `notes/1` answers the thread.
async fn home(thread: &str, tree: impl Fn(&str, &str) -> Option<Value> + Send + Sync + 'static) -> Home {
    let to = format!("https://talk.example/c/{thread}");
    Home::new(move |path, base| {
        let mut found = tree(path, base)?;
        if found["inReplyTo"] == "thread" {
            found["inReplyTo"] = json!(to);
        }
        Some(found)
    })
    .await
}

fn at(base: &str, paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| format!("{base}/{path}")).collect()
}

#[tokio::test]
async fn an_answer_to_an_answer_that_mentions_nobody_is_found() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mut first = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>First.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &first)).await;
    // Somebody answers there, and nobody tells us.
    peer.show("notes/2", peer.note("notes/2", &peer.id("notes/1"), "<p>Second.</p>"));
    first["replies"] = list(&[peer.id("notes/2")], None);
    peer.show("notes/1", first);
    assert_eq!(round(&world.app.ctx).await.unwrap(), 0);
    assert_eq!(texts(&world, &thread).await, ["First."]);
    world.hands.forward(5 * MINUTE);
    assert_eq!(round(&world.app.ctx).await.unwrap(), 1);
    assert_eq!(texts(&world, &thread).await, ["First.", "Second."]);
    let state = state(&world, &thread).await;
    assert_eq!((&state["here"], &state["last"]["known"], &state["last"]["fetched"]), (&json!(2), &json!(1), &json!(1)));
}

#[tokio::test]
async fn lists_are_read_in_every_form() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let home = home(&thread, |path, base| {
        let id = |path: &str| format!("{base}/{path}");
        Some(match path {
            // By its id alone, whose first page is an address, as is the next.
            "notes/1" => note(base, path, "thread", json!(id("lists/1"))),
            "lists/1" => json!({ "id": id("lists/1"), "type": "OrderedCollection", "totalItems": 3, "first": id("lists/1?page=1") }),
            "lists/1?page=1" => json!({ "type": "OrderedCollectionPage", "orderedItems": [id("notes/2")], "next": id("lists/1?page=2") }),
            "lists/1?page=2" => json!({ "type": "OrderedCollectionPage", "orderedItems": [id("notes/3")] }),
            // Written out, with a first page and a next one.
            "notes/2" => note(base, path, &id("notes/1"), list(&[id("notes/4")], Some(id("lists/2")))),
            "lists/2" => page(&[id("notes/5")], None),
            "notes/3" => note(base, path, &id("notes/1"), json!({ "type": "Collection", "items": [{ "id": id("notes/6"), "type": "Note", "content": "Not what is there." }] })),
            "notes/4" | "notes/5" => note(base, path, &id("notes/2"), json!(null)),
            "notes/6" => note(base, path, &id("notes/3"), json!({ "type": "Collection", "totalItems": 0, "id": id("lists/6") })),
            _ => return None,
        })
    })
    .await;
    assert_eq!(object(&world.app.ctx, &home.id("notes/1")).await.unwrap().fetched, 6);
    assert_eq!(texts(&world, &thread).await, ["notes/1", "notes/2", "notes/4", "notes/5", "notes/3", "notes/6"]);
}

#[tokio::test]
async fn f08_lists_without_end_end() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let home = home(&thread, |path, base| {
        let id = |path: &str| format!("{base}/{path}");
        let nothing = || json!(null);
        Some(match path {
            "notes/1" => {
                note(base, path, "thread", list(&at(base, &["notes/self", "notes/circle", "notes/endless"]), None))
            }
            "notes/self" => note(base, path, &id("notes/1"), list(&[], Some(id("self")))),
            "self" => page(&[id("notes/a")], Some(id("self"))),
            "notes/circle" => note(base, path, &id("notes/1"), list(&[], Some(id("there")))),
            "there" => page(&[id("notes/b")], Some(id("back"))),
            "back" => page(&[id("notes/b")], Some(id("there"))),
            "notes/endless" => note(base, path, &id("notes/1"), list(&[], Some(id("endless/1")))),
            "notes/a" | "notes/b" => note(base, path, &id("notes/1"), nothing()),
            endless => {
                let number: u32 = endless.strip_prefix("endless/")?.parse().ok()?;
                page(&[id("notes/a")], Some(id(&format!("endless/{}", number + 1))))
            }
        })
    })
    .await;
    let report = object(&world.app.ctx, &home.id("notes/1")).await.unwrap();
    assert_eq!((report.fetched, report.more), (6, false), "{report:?}");
    let asked = home.asked();
    let times = |what: &str| asked.iter().filter(|path| path.starts_with(what)).count();
    assert_eq!((times("self"), times("there"), times("back"), times("endless/")), (1, 1, 1, 20), "{asked:?}");
}

#[tokio::test]
async fn f08_a_list_of_a_million_costs_no_more_than_a_look_may() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let home = home(&thread, |path, base| {
        let id = |path: &str| format!("{base}/{path}");
        if path == "notes/1" {
            return Some(note(base, path, "thread", json!(id("many/0"))));
        }
        let number: u32 = path.strip_prefix("many/")?.parse().ok()?;
        let items: Vec<String> = (0..1_000).map(|one| id(&format!("none/{number}-{one}"))).collect();
        Some(page(&items, Some(id(&format!("many/{}", number + 1)))))
    })
    .await;
    let report = object(&world.app.ctx, &home.id("notes/1")).await.unwrap();
    assert_eq!((report.fetched, report.more), (1, true), "{report:?}");
    let asked = home.asked();
    assert!(asked.len() <= 521, "{}", asked.len());
    assert!(asked.iter().filter(|path| path.starts_with("many/")).count() <= 20);
}

#[tokio::test]
async fn f09_what_a_list_says_of_others_is_asked_of_them() {
    let (world, victim) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let (victims, to) = (victim.id("notes/7"), format!("https://talk.example/c/{thread}"));
    let mut theirs = victim.note("notes/7", "", "<p>Not about kettles.</p>");
    theirs["inReplyTo"] = Value::Null;
    victim.show("notes/7", theirs);
    let named = victims.clone();
    let home = home(&thread, move |path, base| {
        let forged = json!({
            "id": named, "type": "Note", "attributedTo": named, "inReplyTo": to, "content": "<p>Forged.</p>",
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
        });
        (path == "notes/1").then(|| note(base, path, "thread", json!({ "type": "Collection", "items": [forged] })))
    })
    .await;
    let report = object(&world.app.ctx, &home.id("notes/1")).await.unwrap();
    assert_eq!((report.fetched, report.refused), (1, 1), "{report:?}");
    assert_eq!(texts(&world, &thread).await, ["notes/1"]);
}

#[tokio::test]
async fn a_thread_is_looked_after_less_and_less_often_until_something_new_comes() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let home = home(&thread, |path, base| match path {
        "notes/1" => Some(note(base, path, "thread", list(&[], None))),
        "notes/9" => Some(note(base, path, &format!("{base}/notes/1"), json!(null))),
        _ => None,
    })
    .await;
    answered(&world, &home, &thread).await;
    let begun = world.app.ctx.now();
    let mut times = Vec::new();
    for _ in 0..(30 * 24 * 12) {
        world.hands.forward(5 * MINUTE);
        if round(&world.app.ctx).await.unwrap() > 0 {
            times.push((world.app.ctx.now().0 - begun.0) / MINUTE);
        }
    }
    assert_eq!(times, [5, 15, 60, 240, 720, 1_440, 3 * 1_440, 7 * 1_440, 14 * 1_440, 28 * 1_440]);
    assert_eq!(home.asked().len(), 10);
    assert_eq!(state(&world, &thread).await["next_at"], Value::Null);
    // Somebody takes it up again.
    object(&world.app.ctx, &home.id("notes/9")).await.unwrap();
    home.asked();
    world.hands.forward(5 * MINUTE);
    look(&world).await;
    assert_eq!(home.asked().len(), 2);
}

#[tokio::test]
async fn what_could_not_be_had_or_was_not_taken_is_not_asked_for_at_every_look() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let home = home(&thread, |path, base| {
        let mut private = note(base, "notes/private", &format!("{base}/notes/1"), json!(null));
        private["to"] = json!([format!("{base}/users/cy")]);
        match path {
            "notes/1" => {
                Some(note(base, path, "thread", list(&at(base, &["notes/none", "notes/private", "notes/gone"]), None)))
            }
            "notes/private" => Some(private),
            "notes/gone" => Some(Value::Null),
            _ => None,
        }
    })
    .await;
    let to = format!("{}/notes/1", home.base);
    let report = object(&world.app.ctx, &to).await.unwrap();
    assert_eq!((report.fetched, report.refused, report.failed), (1, 1, 2), "{report:?}");
    home.asked();
    world.hands.forward(5 * MINUTE);
    look(&world).await;
    assert_eq!(home.asked(), ["notes/1"]);
    // Later it may be different.
    world.hands.forward(DAY);
    look(&world).await;
    assert_eq!(home.asked(), ["notes/1", "notes/none", "notes/private", "notes/gone"]);
    let last = state(&world, &thread).await["last"].clone();
    assert_eq!((&last["fetched"], &last["refused"], &last["failed"]), (&json!(0), &json!(1), &json!(2)), "{last}");
    assert_eq!(last["error"], "it was deleted");
}

#[tokio::test]
async fn another_address_of_what_is_known_is_nothing_new() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let home = home(&thread, |path, base| match path {
        "notes/1" | "@cy/1" => Some(note(base, "notes/1", "thread", list(&at(base, &["@cy/1"]), None))),
        _ => None,
    })
    .await;
    answered(&world, &home, &thread).await;
    world.hands.forward(5 * MINUTE);
    look(&world).await;
    let state = state(&world, &thread).await;
    assert_eq!((&state["here"], &state["last"]["fetched"]), (&json!(1), &json!(0)));
}

#[tokio::test]
async fn in_a_slow_thread_what_is_fetched_counts_by_when_it_was_written() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    world
        .mo
        .post(&format!("/api/v1/admin/comments/{thread}/slow"), json!({ "seconds": 60, "reason": "" }))
        .await
        .is(200);
    let home = home(&thread, |path, base| {
        let at = match path {
            "notes/1" => "2027-01-15T07:00:00Z",
            "notes/2" => "2027-01-15T07:01:00Z",
            "notes/3" => "2027-01-15T07:01:59Z",
            "notes/4" => "2027-01-15T06:59:00Z",
            _ => return None,
        };
        let replies = if path == "notes/1" { answers(base) } else { json!(null) };
        let mut written = note(base, path, "thread", replies);
        if path != "notes/1" {
            written["inReplyTo"] = json!(format!("{base}/notes/1"));
        }
        written["published"] = json!(at);
        Some(written)
    })
    .await;
    // The third in less than a minute after the second.
    object(&world.app.ctx, &home.id("notes/1")).await.unwrap();
    assert_eq!(texts(&world, &thread).await, ["notes/1", "notes/4", "notes/2"]);
}

fn answers(base: &str) -> Value {
    list(&at(base, &["notes/2", "notes/3", "notes/4"]), None)
}

#[tokio::test]
async fn to_a_locked_thread_nothing_is_fetched() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let home = home(&thread, |path, base| (path == "notes/1").then(|| note(base, path, "thread", json!(null)))).await;
    answered(&world, &home, &thread).await;
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/lock"), json!({ "reason": "" })).await.is(200);
    world.hands.forward(5 * MINUTE);
    look(&world).await;
    assert_eq!((home.asked().len(), state(&world, &thread).await["last"]["known"].clone()), (0, json!(1)));
}

#[tokio::test]
async fn those_who_moderate_see_what_was_fetched_and_can_fetch_again() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let path = format!("/api/v1/admin/threads/{thread}/backfill");
    assert_eq!(state(&world, &thread).await["last"], Value::Null);
    let mut first = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>First.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &first)).await;
    first["replies"] = list(&[peer.id("notes/2")], None);
    peer.show("notes/1", first);
    peer.show("notes/2", peer.note("notes/2", &peer.id("notes/1"), "<p>Second.</p>"));
    world.bo.get(&path).await.refused(403, "forbidden");
    world.bo.post(&path, json!(null)).await.refused(403, "forbidden");
    world.mo.get("/api/v1/admin/threads/7/backfill").await.refused(404, "not-found");
    let wanted = world.mo.post(&path, json!(null)).await.is(202);
    assert_eq!((wanted.at("/here"), wanted.at("/looking")), (json!(1), json!(false)));
    look(&world).await;
    let state = state(&world, &thread).await;
    assert_eq!((&state["last"]["known"], &state["last"]["fetched"]), (&json!(1), &json!(1)));
    assert_eq!(texts(&world, &thread).await, ["First.", "Second."]);
}

#[tokio::test]
async fn what_is_ours_or_no_address_is_not_fetched() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let refusal = async |url: &str| object(&world.app.ctx, url).await.unwrap_err().to_string();
    assert!(refusal(&format!("https://talk.example/c/{thread}")).await.contains("is here already"));
    assert!(refusal("file:///etc/passwd").await.starts_with("url: it "));
    assert!(refusal("https://127.0.0.1/notes/1").await.starts_with("url: it "));
    let missing = fetch_thread(&world.app.ctx, ThreadId(7)).await.unwrap_err().to_string();
    assert!(missing.contains("There is no such thread"), "{missing}");
    let nowhere = object(&world.app.ctx, "http://localhost:9/notes/1").await.unwrap();
    assert_eq!((nowhere.thread, nowhere.failed), (None, 1), "{nowhere:?}");
}

#[tokio::test]
async fn a_comment_that_its_home_has_deleted_or_changed_is_so_here_too() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let to = format!("https://talk.example/c/{thread}");
    for number in 1..4 {
        let note = peer.note(&format!("notes/{number}"), &to, &format!("<p>{number}</p>"));
        peer.say(&world, &peer.activity(&format!("creates/{number}"), "Create", &note)).await;
        peer.show(&format!("notes/{number}"), note);
    }
    peer.show("notes/1", Value::Null);
    let mut changed = peer.note("notes/2", &to, "<p>Two.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    peer.show("notes/2", changed);
    peer.show("notes/3", json!({ "id": peer.id("notes/3"), "type": "Tombstone" }));
    world.hands.forward(5 * MINUTE);
    look(&world).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}?sort=old")).await.is(200);
    assert_eq!(shown.all("/comments", "/state"), ["deleted", "published", "deleted"]);
    assert!(shown.text("/comments/1/html").contains("Two."), "{}", shown.body());
    assert_eq!(state(&world, &thread).await["last"]["gone"], json!(2));
    // Looked at again, nothing changes.
    world.hands.forward(10 * MINUTE);
    look(&world).await;
    assert!(
        world
            .anon
            .get(&format!("/api/v1/comments/{}/history", shown.text("/comments/1/id")))
            .await
            .at("/items")
            .as_array()
            .unwrap()
            .len()
            <= 2
    );
}

#[tokio::test]
async fn a_server_is_asked_so_often_in_a_minute_and_then_gone_on_with() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let busy = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&busy);
    let home = home(&thread, move |path, base| {
        let last = if seen.load(Ordering::SeqCst) { 202 } else { 2 };
        let many: Vec<String> = (2..last).map(|number| format!("{base}/notes/{number}")).collect();
        match path {
            "notes/1" => Some(note(base, path, "thread", json!({ "type": "Collection", "items": many }))),
            other => other.starts_with("notes/").then(|| note(base, other, &format!("{base}/notes/1"), json!(null))),
        }
    })
    .await;
    answered(&world, &home, &thread).await;
    busy.store(true, Ordering::SeqCst);
    world.hands.forward(5 * MINUTE);
    look(&world).await;
    let first = home.asked().len();
    assert!((100..=120).contains(&first), "{first}");
    let known = state(&world, &thread).await;
    assert_eq!(known["here"], json!(first));
    world.hands.forward(61 * 1000);
    look(&world).await;
    // Nothing is asked for twice.
    assert_eq!(home.asked().len() + first, 201);
    assert_eq!(state(&world, &thread).await["here"], json!(201));
    assert_eq!(state(&world, &thread).await["last"]["fetched"], json!(200));
}

/// The root of a thread is at home elsewhere.
async fn rooted(world: &World, thread: &str, uri: String) {
    let object = Object { uri, comment: id_of(thread).root(), url: None, updated: Time(i64::MAX), announced: true };
    world.app.ctx.db().write(move |tx| objects::insert(tx, &object)).await.unwrap();
}

#[tokio::test]
async fn the_collection_of_a_thread_says_by_a_digest_who_is_in_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mut note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>First.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let context = format!("/t/{thread}/context");
    let digest = async |ids: Vec<String>| {
        let shown = world.anon.get_with(&context, "accept", "application/activity+json").await.is(200);
        assert_eq!(shown.text("/membersDigest"), federation::wire::members::digest(ids));
    };
    let root = format!("https://talk.example/c/{thread}");
    digest(vec![root.clone(), peer.id("notes/1")]).await;
    let reply = world.reply(&world.bo, &thread, "A copper one.").await;
    digest(vec![root.clone(), peer.id("notes/1"), format!("https://talk.example/c/{reply}")]).await;
    world.mo.post(&format!("/api/v1/admin/comments/{reply}/remove"), json!({ "reason": "" })).await.is(200);
    digest(vec![root.clone(), peer.id("notes/1")]).await;
    note["type"] = json!("Tombstone");
    peer.say(&world, &peer.activity("deletes/1", "Delete", &note)).await;
    digest(vec![root]).await;
}

#[tokio::test]
async fn of_a_thread_at_home_elsewhere_the_difference_is_fetched_and_nothing_where_there_is_none() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let listed = Arc::new(Mutex::new(vec!["notes/root", "notes/1", "notes/2"]));
    let (inside, deleted) = (Arc::clone(&listed), Arc::new(Mutex::new(Vec::<&str>::new())));
    let gone = Arc::clone(&deleted);
    let home = Home::new(move |path, base| {
        let id = |path: &str| format!("{base}/{path}");
        let listed = at(base, &inside.lock().unwrap());
        if gone.lock().unwrap().contains(&path) {
            return Some(Value::Null);
        }
        Some(match path {
            "notes/root" => {
                let mut root = note(base, path, "", json!(null));
                root["context"] = json!(id("context"));
                root["inReplyTo"] = Value::Null;
                root
            }
            "context" => json!({
                "id": id("context"), "type": "OrderedCollection", "first": id("context?after=0"),
                "membersDigest": federation::wire::members::digest(listed),
            }),
            "context?after=0" => page(&listed[..1], Some(id("context?after=1"))),
            "context?after=1" => page(&listed[1..], None),
            "notes/1" => note(base, path, &id("notes/root"), json!(null)),
            "notes/2" => note(base, path, &id("notes/1"), json!(null)),
            "notes/3" => note(base, path, &id("notes/2"), json!(null)),
            _ => return None,
        })
    })
    .await;
    rooted(&world, &thread, home.id("notes/root")).await;
    fetch_thread(&world.app.ctx, id_of(&thread)).await.unwrap();
    assert_eq!(texts(&world, &thread).await, ["notes/1", "notes/2"]);
    let pages = ["context", "context?after=0", "context?after=1"];
    assert_eq!(home.asked(), [&["notes/root"][..], &pages, &["notes/1", "notes/2"]].concat());
    // Both know the same: that costs one request.
    world.hands.forward(5 * MINUTE);
    look(&world).await;
    assert_eq!(home.asked(), ["context"]);
    // One more there.
    listed.lock().unwrap().push("notes/3");
    world.hands.forward(15 * MINUTE);
    look(&world).await;
    assert_eq!(home.asked(), [&pages[..], &["notes/3"]].concat());
    // One less: it is asked for, and is still there. It is not asked for at each look.
    listed.lock().unwrap().retain(|path| *path != "notes/2");
    world.hands.forward(5 * MINUTE);
    look(&world).await;
    assert_eq!(home.asked(), [&pages[..], &["notes/2"]].concat());
    world.hands.forward(10 * MINUTE);
    look(&world).await;
    assert_eq!(home.asked(), pages);
    // Another less, which is gone.
    deleted.lock().unwrap().push("notes/3");
    listed.lock().unwrap().retain(|path| *path != "notes/3");
    let report = fetch_thread(&world.app.ctx, id_of(&thread)).await.unwrap();
    assert_eq!((report.known, report.fetched, report.gone), (4, 0, 1), "{report:?}");
    // What is left of it is a tombstone.
    assert_eq!(texts(&world, &thread).await, ["notes/1", "notes/2", ""]);
}

#[tokio::test]
async fn who_looks_at_a_thread_looks_alone_and_a_crash_loses_nothing() {
    let world = World::new().await;
    let thread = id_of(&world.thread("Which kettle?").await);
    let now = world.app.ctx.now();
    let lease = move |tx: &mut storage::Write| storage::backfills::lease_one(tx, thread, now, now.plus_ms(15 * MINUTE));
    // Somebody takes it, and dies.
    world.app.ctx.db().write(lease).await.unwrap().unwrap();
    let busy = fetch_thread(&world.app.ctx, thread).await.unwrap_err().to_string();
    assert!(busy.contains("just now"), "{busy}");
    assert_eq!(round(&world.app.ctx).await.unwrap(), 0);
    world.hands.forward(16 * MINUTE);
    assert_eq!(round(&world.app.ctx).await.unwrap(), 1);
}

/// A server like ours, on a port of its own.
async fn another() -> (World, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let world = World::with(Wishes { url: base.clone(), ..Wishes::default() }).await;
    world.serve(listener);
    (world, base)
}

#[tokio::test]
async fn two_servers_like_ours_come_to_know_the_same() {
    let (theirs, base) = another().await;
    let ours = World::new().await;
    let (there, here) = (theirs.thread("Which kettle?").await, ours.thread("Which kettle?").await);
    let first = theirs.reply(&theirs.bo, &there, "A copper one.").await;
    let second = theirs.reply(&theirs.ana, &first, "Too dear.").await;
    rooted(&ours, &here, format!("{base}/c/{there}")).await;
    let report = fetch_thread(&ours.app.ctx, id_of(&here)).await.unwrap();
    assert_eq!((report.known, report.fetched, report.error.as_str()), (1, 2, ""), "{report:?}");
    assert_eq!(texts(&ours, &here).await, ["A copper one.", "Too dear."]);

    let digest = async |world: &World, thread: &str| {
        let path = format!("/t/{thread}/context");
        world.anon.get_with(&path, "accept", "application/activity+json").await.is(200).text("/membersDigest")
    };
    assert_eq!(digest(&theirs, &there).await, digest(&ours, &here).await);
    let report = fetch_thread(&ours.app.ctx, id_of(&here)).await.unwrap();
    assert_eq!((report.known, report.fetched, report.error.as_str()), (3, 0, ""), "{report:?}");

    // Something is deleted and something is said, and we are told of neither.
    theirs.ana.delete(&format!("/api/v1/comments/{second}")).await.is(204);
    theirs.reply(&theirs.mo, &first, "A steel one, then.").await;
    let report = fetch_thread(&ours.app.ctx, id_of(&here)).await.unwrap();
    assert_eq!((report.fetched, report.gone, report.error.as_str()), (1, 1, ""), "{report:?}");
    assert_eq!(texts(&ours, &here).await, ["A copper one.", "", "A steel one, then."]);
    assert_eq!(digest(&theirs, &there).await, digest(&ours, &here).await);
}
