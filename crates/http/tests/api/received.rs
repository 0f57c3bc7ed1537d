//! What other servers say: follows, answers, changes, votes, from a real listener with real signatures, through the whole door.

use actions::elsewhere::work;
use domain::{BoardId, Time};
use serde_json::{Value, json};
use storage::follows::{self, Followed};
use storage::inbox::{self, Arrival, State, Stored};

use crate::peer::Peer;
use crate::world::World;

async fn board(world: &World) -> BoardId {
    world.app.ctx.db().read(|tx| storage::boards::by_name(tx, "talk")).await.unwrap().unwrap().id
}

async fn count(world: &World, followed: Followed) -> i64 {
    world.app.ctx.db().read(move |tx| follows::count(tx, followed)).await.unwrap()
}

/// What was said to a host and waits to be brought there.
pub async fn waiting(world: &World, peer: &Peer) -> Vec<Value> {
    let host = peer.base.trim_start_matches("http://").to_owned();
    let waiting = world.app.ctx.db().read(move |tx| storage::outbox::waiting(tx, &host, &[], 100)).await.unwrap();
    waiting.iter().map(|delivery| serde_json::from_str(&delivery.body).unwrap()).collect()
}

/// Why something that came had no effect.
pub async fn reason(world: &World, state: State) -> String {
    let mut found = world.app.ctx.db().read(move |tx| inbox::page(tx, state, None, 1)).await.unwrap();
    found.pop().map(|entry| entry.reason).unwrap_or_default()
}

#[tokio::test]
async fn a_board_is_followed_and_what_is_written_is_brought() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"));
    peer.say(&world, &follow).await;
    let threads = Followed::Threads(board(&world).await);
    assert_eq!(count(&world, threads).await, 1);
    let said = waiting(&world, &peer).await;
    assert_eq!((said.len(), &said[0]["type"], &said[0]["object"]["id"]), (1, &json!("Accept"), &follow["id"]));

    let thread = world.thread("Which kettle?").await;
    let said = waiting(&world, &peer).await;
    assert_eq!((said.len(), &said[1]["type"]), (2, &json!("Announce")));
    assert_eq!(said[1]["object"], json!(format!("https://talk.example/c/{thread}")));
    assert_eq!(said[1]["actor"], json!("https://talk.example/b/talk"));
    // Who follows the threads of a board is not told of every comment.
    world.reply(&world.bo, &thread, "A copper one.").await;
    assert_eq!(waiting(&world, &peer).await.len(), 2);

    peer.say(&world, &peer.activity("undo/1", "Undo", &follow)).await;
    assert_eq!(count(&world, threads).await, 0);
}

#[tokio::test]
async fn who_follows_a_thread_or_all_of_a_board_hears_of_comments() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let (thread, other) = (world.thread("Which kettle?").await, world.thread("Which pan?").await);
    let one = json!(format!("https://talk.example/t/{thread}"));
    peer.say(&world, &peer.activity("follows/1", "Follow", &one)).await;
    let reply = world.reply(&world.bo, &thread, "A copper one.").await;
    world.reply(&world.bo, &other, "An iron one.").await;
    let said = waiting(&world, &peer).await;
    let told: Vec<_> = said.iter().filter(|said| said["type"] == "Announce").map(|said| &said["object"]).collect();
    assert_eq!(told, [&json!(format!("https://talk.example/c/{reply}"))]);
    peer.say(&world, &peer.activity("follows/2", "Follow", &json!("https://talk.example/b/talk.all"))).await;
    world.reply(&world.bo, &other, "A steel one.").await;
    let said = waiting(&world, &peer).await;
    assert_eq!(said.last().unwrap()["actor"], json!("https://talk.example/b/talk.all"));
}

#[tokio::test]
async fn an_answer_from_elsewhere_stands_in_the_tree_and_is_its_authors() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let to = format!("https://talk.example/c/{thread}");
    let note = peer.note("notes/1", &to, "<p>A <b>copper</b> one. <script>alert(1)</script></p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.at("/comments").as_array().unwrap().len(), 1);
    assert_eq!(shown.text("/comments/0/author/handle"), format!("bo@{}", peer.base.trim_start_matches("http://")));
    assert!(shown.text("/comments/0/html").contains("copper") && !shown.text("/comments/0/html").contains("script"));
    let id = shown.text("/comments/0/id");
    // It is known everywhere by the id that its home gave it.
    let uri = |found: &crate::world::Answer, at: &str| found.text(at);
    assert_eq!(uri(&shown, "/comments/0/uri"), note["id"]);
    assert_eq!(uri(&world.anon.get(&format!("/api/v1/comments/{id}")).await, "/uri"), note["id"]);
    let by_bo = format!("/api/v1/actors/{}/comments", shown.text("/comments/0/author/handle"));
    assert_eq!(uri(&world.anon.get(&by_bo).await, "/items/0/uri"), note["id"]);
    assert_eq!(uri(&world.ana.get("/api/v1/notifications").await, "/items/0/comment/uri"), note["id"]);
    assert_eq!(shown.text("/thread/uri"), format!("https://talk.example/t/{thread}"));

    // Answered from here: its author hears of it.
    let answer = world.reply(&world.ana, &id, "Thank you.").await;
    let said = waiting(&world, &peer).await;
    let create = said.iter().find(|said| said["type"] == "Create").unwrap();
    assert_eq!(create["object"]["id"], json!(format!("https://talk.example/c/{answer}")));
    assert_eq!(create["object"]["inReplyTo"], note["id"]);
    assert!(create["object"]["tag"].as_array().unwrap().iter().any(|tag| tag["href"] == note["attributedTo"]));

    let mut changed = note.clone();
    changed["content"] = json!("<p>A steel one.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    peer.say(&world, &peer.activity("updates/1", "Update", &changed)).await;
    let comment = world.anon.get(&format!("/api/v1/comments/{id}")).await.is(200).body();
    assert!(comment.contains("A steel one."), "{comment}");
    // An older change that comes later changes nothing.
    changed["content"] = json!("<p>A tin one.</p>");
    changed["updated"] = json!("2027-01-15T07:10:00Z");
    peer.say(&world, &peer.activity("updates/2", "Update", &changed)).await;
    assert!(!world.anon.get(&format!("/api/v1/comments/{id}")).await.body().contains("A tin one."));
    // One of the same second does: most servers tell no smaller time.
    changed["content"] = json!("<p>A brass one.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    peer.say(&world, &peer.activity("updates/3", "Update", &changed)).await;
    assert!(world.anon.get(&format!("/api/v1/comments/{id}")).await.body().contains("A brass one."));

    let gone = json!({ "id": note["id"], "type": "Tombstone" });
    peer.say(&world, &peer.activity("deletes/1", "Delete", &gone)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!((shown.text("/comments/0/state"), shown.text("/comments/1/id")), ("deleted".into(), answer));
    assert!(!shown.body().contains("A brass one."));
}

/// Whoever wrote it may have said so before, and that waits for a server that is away.
#[tokio::test]
async fn a_vote_before_what_it_is_given_to_is_not_lost() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    peer.show("notes/1", peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>A copper one.</p>"));
    peer.show("users/cy", peer.actor("cy", &peer.key));
    let mut like = peer.activity_of("cy", "likes/1", "Like", &json!(peer.id("notes/1")));
    like["to"] = json!(["https://talk.example/b/talk"]);
    peer.say(&world, &like).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.all("/comments", "/score"), [json!(1)], "{}", reason(&world, State::Ignored).await);
    // What begins nothing here and answers nothing does not come by that either.
    let mut lone = peer.note("notes/2", "", "<p>Somewhere else.</p>");
    lone.as_object_mut().unwrap().remove("inReplyTo");
    peer.show("notes/2", lone);
    like["id"] = json!(peer.id("likes/2"));
    like["object"] = json!(peer.id("notes/2"));
    peer.say(&world, &like).await;
    assert_eq!(reason(&world, State::Ignored).await, "what is voted on is not here");
}

/// A vote waits for a server that is away, and is taken back in the meantime.
#[tokio::test]
async fn a_vote_that_waits_is_taken_back_for_good() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    peer.show("users/cy", peer.actor("cy", &peer.key));
    peer.show("notes/1", json!(503));
    let mut like = peer.activity_of("cy", "likes/1", "Like", &json!(peer.id("notes/1")));
    like["to"] = json!(["https://talk.example/b/talk"]);
    peer.say(&world, &like).await;
    assert!(reason(&world, State::Again).await.contains("503"), "{}", reason(&world, State::Again).await);
    let mut undo = peer.activity_of("cy", "undos/1", "Undo", &like);
    undo["to"] = like["to"].clone();
    peer.say(&world, &undo).await;
    let note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>A copper one.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    world.hands.forward(3_600_000);
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.all("/comments", "/score"), [json!(0)]);
}

/// What came at that time is dealt with only now: another node had it, and was ended.
async fn comes_late(world: &World, peer: &Peer, activity: &Value, received: Time) {
    let (uri, actor) = (activity["id"].as_str().unwrap().to_owned(), activity["actor"].as_str().unwrap().to_owned());
    let (id, host) = (world.app.ctx.id(), peer.base.trim_start_matches("http://").to_owned());
    let (kind, body) = (activity["type"].as_str().unwrap().to_owned(), activity.to_string());
    let came = world.app.ctx.db().write(move |tx| {
        let (uri, actor, host, kind, body) = (&uri, &actor, &host, &kind, &body);
        let stored = inbox::insert(tx, &Arrival { id, uri, actor, host, kind, body, received, again: None })?;
        inbox::lease(tx, received, received, 1, &mut |_| true)?;
        Ok::<_, storage::Error>(stored)
    });
    assert_eq!(came.await.unwrap(), Stored::New);
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
}

/// A moment between the one before it and the one behind it.
fn moment(world: &World) -> Time {
    world.hands.forward(2_000);
    world.app.ctx.now().plus_ms(-1_000)
}

#[tokio::test]
async fn the_last_vote_counts_though_others_are_dealt_with_behind_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let object = json!(format!("https://talk.example/c/{thread}"));
    let score = async || world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/thread/score");
    let dislike = peer.activity("dislikes/1", "Dislike", &object);
    peer.say(&world, &dislike).await;
    let between = moment(&world);
    let like = peer.activity("likes/1", "Like", &object);
    peer.say(&world, &like).await;
    assert_eq!(score().await, json!(1));
    comes_late(&world, &peer, &peer.activity("undos/1", "Undo", &dislike), between).await;
    assert_eq!(
        (score().await, reason(&world, State::Ignored).await),
        (json!(1), "they have voted again since".to_owned())
    );
    comes_late(&world, &peer, &peer.activity("dislikes/2", "Dislike", &object), between).await;
    assert_eq!(score().await, json!(1));
    // What is said later is heard.
    peer.say(&world, &peer.activity("undos/2", "Undo", &like)).await;
    assert_eq!(score().await, json!(0));
}

/// It came at a node whose clock is behind, and in its turn.
#[tokio::test]
async fn what_is_said_in_turn_counts_whatever_the_clocks_say() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let like = peer.activity("likes/1", "Like", &json!(format!("https://talk.example/c/{thread}")));
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"));
    peer.say(&world, &like).await;
    peer.say(&world, &follow).await;
    world.hands.forward(-3_000);
    peer.say(&world, &peer.activity("undos/1", "Undo", &like)).await;
    peer.say(&world, &peer.activity("undos/2", "Undo", &follow)).await;
    let score = world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/thread/score");
    assert_eq!((score, count(&world, Followed::Threads(board(&world).await)).await), (json!(0), 0));
}

#[tokio::test]
async fn the_same_vote_again_is_not_taken_back_with_the_first() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let object = json!(format!("https://talk.example/c/{thread}"));
    let first = peer.activity("likes/1", "Like", &object);
    peer.say(&world, &first).await;
    let between = moment(&world);
    peer.say(&world, &peer.activity("likes/2", "Like", &object)).await;
    comes_late(&world, &peer, &peer.activity("undos/1", "Undo", &first), between).await;
    let score = world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/thread/score");
    assert_eq!(score, json!(1));
}

#[tokio::test]
async fn the_last_follow_counts_though_others_are_dealt_with_behind_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let talk = Followed::Threads(board(&world).await);
    let follow = |n: u32| peer.activity(&format!("follows/{n}"), "Follow", &json!("https://talk.example/b/talk"));
    peer.say(&world, &follow(1)).await;
    let between = moment(&world);
    peer.say(&world, &follow(3)).await;
    comes_late(&world, &peer, &peer.activity("undos/1", "Undo", &follow(1)), between).await;
    assert_eq!(count(&world, talk).await, 1);
    comes_late(&world, &peer, &follow(2), between).await;
    comes_late(&world, &peer, &peer.activity("undos/2", "Undo", &follow(2)), between).await;
    assert_eq!(count(&world, talk).await, 1);
    peer.say(&world, &peer.activity("undos/3", "Undo", &follow(3))).await;
    assert_eq!(count(&world, talk).await, 0);
}

#[tokio::test]
async fn a_follow_that_was_put_off_is_taken_back_for_good() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let talk = Followed::Threads(board(&world).await);
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"));
    peer.post(&world, "/inbox", &follow).await.is(202);
    let (now, later) = (world.app.ctx.now(), world.app.ctx.now().plus_ms(30_000));
    let put_off = world.app.ctx.db().write(move |tx| {
        let one = inbox::lease(tx, now, later, 1, &mut |_| true)?.pop().unwrap();
        inbox::again(tx, one.id, later, "the disk is full")
    });
    put_off.await.unwrap();
    peer.say(&world, &peer.activity("undos/1", "Undo", &follow)).await;
    world.hands.forward(60_000);
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
    assert_eq!(count(&world, talk).await, 0);
    assert_eq!(world.app.ctx.db().read(inbox::waiting).await.unwrap(), 0);
}

/// A server that was ended before it wrote down what it had brought brings it again, and signs it later; what was behind it may still wait.
#[tokio::test]
async fn what_is_brought_twice_was_done_once() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let object = json!(format!("https://talk.example/c/{thread}"));
    let dislike = peer.activity("dislikes/1", "Dislike", &object);
    let undo = peer.activity("undos/1", "Undo", &dislike);
    let like = peer.activity("likes/1", "Like", &object);
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"));
    let unfollow = peer.activity("undos/2", "Undo", &follow);
    peer.keeps_groups(&world).await;
    for activity in [&follow, &unfollow, &dislike, &undo] {
        peer.say(&world, activity).await;
    }
    peer.post(&world, "/inbox", &like).await.is(202);
    world.hands.forward(5_000);
    for activity in [&dislike, &undo, &follow] {
        peer.say(&world, activity).await;
    }
    let score = world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/thread/score");
    assert_eq!((score, count(&world, Followed::Threads(board(&world).await)).await), (json!(1), 0));
}

/// Both are worked off at the same time, and either may be first.
#[tokio::test]
async fn a_change_before_what_it_changes_is_not_lost() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let first = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>A copper one.</p>");
    let mut second = first.clone();
    second["content"] = json!("<p>A steel one.</p>");
    second["updated"] = json!("2027-01-15T07:30:00Z");
    // Nothing is made by what is said: its home shows what there is.
    peer.say(&world, &peer.activity("updates/0", "Update", &second)).await;
    assert_eq!(reason(&world, State::Ignored).await, "what is changed is not here");
    peer.show("notes/1", second.clone());
    peer.say(&world, &peer.activity("updates/1", "Update", &second)).await;
    peer.say(&world, &peer.activity("creates/1", "Create", &first)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.all("/comments", "/text"), [json!("A steel one.")]);
    // What belongs nowhere here is not made by it.
    let other = peer.note("notes/2", &peer.id("notes/none"), "<p>Elsewhere.</p>");
    peer.show("notes/2", other.clone());
    peer.say(&world, &peer.activity("updates/2", "Update", &other)).await;
    assert_eq!(reason(&world, State::Ignored).await, "it answers nothing that is here");
    let mut lone = other.clone();
    lone.as_object_mut().unwrap().remove("inReplyTo");
    peer.say(&world, &peer.activity("updates/3", "Update", &lone)).await;
    assert_eq!(reason(&world, State::Ignored).await, "what is changed is not here");
}

/// What it answers cannot be had for a while, so neither is here when its words are other ones already.
#[tokio::test]
async fn a_change_of_what_waits_for_what_it_answers_is_not_lost() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let above = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>A copper one.</p>");
    peer.show("notes/1", json!(503));
    let first = peer.note("notes/2", &peer.id("notes/1"), "<p>Why?</p>");
    let mut second = first.clone();
    second["content"] = json!("<p>Because?</p>");
    second["updated"] = json!("2027-01-15T07:30:00Z");
    peer.show("notes/2", second.clone());
    let say = async |path: &str, kind: &str, note: &Value| {
        let mut said = peer.activity(path, kind, note);
        said["cc"] = json!(["https://talk.example/b/talk"]);
        peer.say(&world, &said).await;
    };
    say("creates/2", "Create", &first).await;
    assert!(reason(&world, State::Again).await.contains("503"), "{}", reason(&world, State::Again).await);
    say("updates/2", "Update", &second).await;
    peer.show("notes/1", above);
    for _ in 0..2 {
        world.hands.forward(3_600_000);
        while work::round(&world.app.ctx).await.unwrap() > 0 {}
    }
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.all("/comments", "/text"), [json!("A copper one."), json!("Because?")]);
}

#[tokio::test]
async fn whoever_answered_or_voted_or_was_mentioned_hears_of_changes() {
    let world = World::new().await;
    let (answering, voting, following) = (Peer::new().await, Peer::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let to = format!("https://talk.example/c/{thread}");
    let note = answering.note("notes/1", &to, "<p>A copper one.</p>");
    answering.say(&world, &answering.activity("creates/1", "Create", &note)).await;
    voting.say(&world, &voting.activity("likes/1", "Like", &json!(to))).await;
    world.ana.patch(&format!("/api/v1/comments/{thread}"), json!({ "text": "One that lasts." })).await.is(200);
    world.ana.delete(&format!("/api/v1/comments/{thread}")).await.is(204);
    for peer in [&answering, &voting] {
        let said = waiting(&world, peer).await;
        let kinds: Vec<_> = said.iter().map(|said| said["type"].as_str().unwrap()).collect();
        // The change was not brought before what it changed was taken back.
        assert_eq!(kinds, ["Delete"]);
    }
    assert_eq!(waiting(&world, &following).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_vote_from_elsewhere_counts_once() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let object = json!(format!("https://talk.example/c/{thread}"));
    let like = peer.activity("likes/1", "Like", &object);
    peer.say(&world, &like).await;
    peer.say(&world, &peer.activity("likes/2", "Like", &object)).await;
    let score = async || world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/thread/score");
    assert_eq!(score().await, json!(1));
    peer.say(&world, &peer.activity("undo/1", "Undo", &like)).await;
    assert_eq!(score().await, json!(0));
}

#[tokio::test]
async fn a_vote_from_here_is_taken_back_by_the_id_it_was_given_under() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>A copper one.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    let path = format!("/api/v1/comments/{}/vote", shown.text("/comments/0/id"));
    for value in [1, 1, -1, 0] {
        world.ana.put(&path, json!({ "value": value })).await.is(200);
    }
    let said = waiting(&world, &peer).await;
    let told: Vec<_> = said.iter().map(|said| (said["type"].as_str().unwrap(), &said["object"])).collect();
    assert_eq!(told[0], ("Like", &note["id"]));
    assert_eq!((told[1].0, &told[1].1["id"], &told[1].1["type"]), ("Undo", &said[0]["id"], &json!("Like")));
    assert_eq!(told[2], ("Dislike", &note["id"]));
    assert_eq!((told[3].0, &told[3].1["id"], &told[3].1["type"]), ("Undo", &said[2]["id"], &json!("Dislike")));
    assert_ne!(said[0]["id"], said[2]["id"]);
    assert_eq!(told.len(), 4);
}

#[tokio::test]
async fn a_reply_before_its_parent_finds_it_at_its_home() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let first = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>First.</p>");
    let second = peer.note("notes/2", &peer.id("notes/1"), "<p>Second.</p>");
    let third = peer.note("notes/3", &peer.id("notes/2"), "<p>Third.</p>");
    peer.show("notes/1", first.clone());
    peer.show("notes/2", second);
    let mention = json!([{ "type": "Mention", "href": "https://talk.example/b/talk", "name": "@talk" }]);
    let mut third = third;
    third["tag"] = mention;
    peer.say(&world, &peer.activity("creates/3", "Create", &third)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.all("/comments", "/depth"), [json!(0), json!(1), json!(2)]);
    // And again, each by itself: nothing stands twice.
    peer.say(&world, &peer.activity("creates/1", "Create", &first)).await;
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.all("/comments", "/depth").len(), 3);
}

#[tokio::test]
async fn what_one_says_is_worked_off_in_order() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    // What is answered has to be asked for first; the change would be done long before.
    peer.show("notes/1", peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>Which one?</p>"));
    let note = peer.note("notes/2", &peer.id("notes/1"), "<p>A copper one.</p>");
    let mut changed = note.clone();
    changed["content"] = json!("<p>A steel one.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    let mention = json!([{ "type": "Mention", "href": "https://talk.example/b/talk", "name": "@talk" }]);
    for (path, kind, mut note) in [("creates/2", "Create", note), ("updates/2", "Update", changed)] {
        note["tag"] = mention.clone();
        peer.post(&world, "/inbox", &peer.activity(path, kind, &note)).await.is(202);
    }
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
    assert!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.body().contains("A steel one."));
}

/// What a thread's comments say.
async fn words(world: &World, thread: &str) -> Vec<Value> {
    world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).all("/comments", "/text")
}

#[tokio::test]
async fn an_answer_to_what_is_here_stands_in_the_tree_when_it_is_acknowledged() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let root = format!("https://talk.example/c/{thread}");
    let create = peer.activity("creates/1", "Create", &peer.note("notes/1", &root, "<p>A copper one.</p>"));
    // By somebody who has never been heard of; again; by somebody who is remembered.
    for _ in 0..2 {
        peer.post(&world, "/inbox", &create).await.is(202);
        assert_eq!(words(&world, &thread).await, ["A copper one."]);
    }
    // The comment is what was stored of it.
    assert_eq!(world.app.ctx.db().read(|tx| inbox::page(tx, State::Done, None, 10)).await.unwrap(), []);
    let create = peer.activity("creates/2", "Create", &peer.note("notes/2", &root, "<p>Or steel.</p>"));
    peer.post(&world, "/inbox", &create).await.is(202);
    assert_eq!(words(&world, &thread).await.len(), 2);
    assert_eq!(work::round(&world.app.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn an_answer_waits_behind_what_its_server_said_before() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let root = format!("https://talk.example/c/{thread}");
    peer.post(&world, "/inbox", &peer.activity("likes/1", "Like", &json!(root))).await.is(202);
    let create = peer.activity("creates/1", "Create", &peer.note("notes/1", &root, "<p>A copper one.</p>"));
    peer.post(&world, "/inbox", &create).await.is(202);
    assert!(words(&world, &thread).await.is_empty());
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
    assert_eq!(words(&world, &thread).await, ["A copper one."]);
}

#[tokio::test]
async fn what_cannot_be_dealt_with_at_once_leaves_nothing_but_what_waits() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let root = format!("https://talk.example/c/{thread}");
    // Somebody is known before.
    peer.say(&world, &peer.activity("likes/1", "Like", &json!(root))).await;
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/lock"), json!({ "reason": "enough" })).await.is(200);
    let create = peer.activity("creates/1", "Create", &peer.note("notes/1", &root, "<p>One more.</p>"));
    peer.post(&world, "/inbox", &create).await.is(202);
    let of = async |state| world.app.ctx.db().read(move |tx| inbox::page(tx, state, None, 10)).await.unwrap();
    assert_eq!((of(State::Waiting).await.len(), of(State::Refused).await.len()), (1, 0));
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
    assert_eq!((of(State::Waiting).await.len(), of(State::Refused).await.len()), (0, 1));
    // Its words are kept, and are dealt with when the thread is open again.
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/unlock"), json!({ "reason": "well" })).await.is(200);
    let id = of(State::Refused).await[0].id;
    let now = world.app.ctx.now();
    assert!(world.app.ctx.db().write(move |tx| inbox::replay(tx, id, now)).await.unwrap());
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
    assert_eq!(words(&world, &thread).await, ["One more."]);
}

#[tokio::test]
async fn c09_a_delete_before_its_create_bars_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>Too late.</p>");
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    peer.say(&world, &peer.activity("deletes/1", "Delete", &note["id"])).await;
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    assert_eq!(reason(&world, State::Ignored).await, "it was deleted before it came");
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/comments"), json!([]));
}

/// Who answered it elsewhere did not know yet, and the answer stands there.
#[tokio::test]
async fn an_answer_to_what_was_deleted_in_the_meantime_stands_below_what_is_left_of_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let ours = world.reply(&world.ana, &thread, "A copper one.").await;
    world.ana.delete(&format!("/api/v1/comments/{ours}")).await.is(204);
    let note = peer.note("notes/1", &format!("https://talk.example/c/{ours}"), "<p>Copper it is.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.all("/comments", "/state"), ["deleted", "published"], "{}", reason(&world, State::Refused).await);
    assert_eq!(shown.text("/comments/1/parent_id"), ours);
}

/// It was written and deleted while we were away, and answered elsewhere in between.
#[tokio::test]
async fn what_was_deleted_before_it_came_is_a_tombstone_if_somebody_answers_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let stone = |path: &str, above: String| json!({ "id": peer.id(path), "type": "Tombstone", "inReplyTo": above });
    peer.show("notes/1", stone("notes/1", format!("https://talk.example/c/{thread}")));
    peer.show("notes/2", stone("notes/2", peer.id("notes/1")));
    let mut answer = peer.note("notes/3", &peer.id("notes/2"), "<p>Copper it is.</p>");
    answer["tag"] = json!([{ "type": "Mention", "href": "https://talk.example/b/talk", "name": "@talk" }]);
    peer.say(&world, &peer.activity("creates/3", "Create", &answer)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.all("/comments", "/state"), ["deleted", "deleted", "published"]);
    assert_eq!(shown.all("/comments", "/depth"), [json!(0), json!(1), json!(2)]);
    assert_eq!(shown.all("/comments", "/author"), [json!(null), json!(null), shown.at("/comments/2/author")]);
    assert_eq!((shown.text("/comments/1/uri"), shown.at("/thread/comments_count")), (peer.id("notes/2"), json!(1)));
    // It comes at last, or its home shows it again: it stays deleted.
    let late = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>Too late.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &late)).await;
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.all("/comments", "/state").len(), 3);
    // Of what begins nothing here nothing is left either.
    peer.show("notes/4", json!({ "id": peer.id("notes/4"), "type": "Tombstone" }));
    let mut lost = peer.note("notes/5", &peer.id("notes/4"), "<p>Where am I?</p>");
    lost["tag"] = answer["tag"].clone();
    peer.say(&world, &peer.activity("creates/5", "Create", &lost)).await;
    assert_eq!(reason(&world, State::Ignored).await, "it answers nothing that is here");
}

#[tokio::test]
async fn c01_c07_nobody_changes_or_deletes_what_is_somebody_elses() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let other = Peer::new().await;
    let thread = world.thread("Which kettle?").await;
    let to = format!("https://talk.example/c/{thread}");
    peer.say(&world, &peer.activity("creates/1", "Create", &peer.note("notes/1", &to, "<p>Mine.</p>"))).await;
    other.say(&world, &other.activity("deletes/1", "Delete", &json!(peer.id("notes/1")))).await;
    other.say(&world, &other.activity("deletes/2", "Delete", &json!(to))).await;
    let mut forged = peer.note("notes/1", &to, "<p>Not mine.</p>");
    forged["attributedTo"] = json!(other.id("users/bo"));
    other.post(&world, "/inbox", &other.activity("updates/1", "Update", &forged)).await;
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert!(shown.text("/comments/0/html").contains("Mine."), "{}", shown.body());
    assert_eq!(shown.text("/thread/state"), "published");
}

#[tokio::test]
async fn c31_what_is_private_is_shown_to_nobody() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mut note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>Between us.</p>");
    note["to"] = json!(["https://talk.example/u/ana"]);
    note["cc"] = json!([]);
    let mut create = peer.activity("creates/1", "Create", &note);
    create["to"] = note["to"].clone();
    peer.say(&world, &create).await;
    assert_eq!(reason(&world, State::Ignored).await, "it is private, and is shown to nobody");
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/comments"), json!([]));
}

#[tokio::test]
async fn c20_a_locked_thread_takes_no_answer_from_elsewhere_either() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/lock"), json!({ "reason": "enough" })).await.is(200);
    let note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>One more.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    assert!(reason(&world, State::Refused).await.contains("lock"), "{}", reason(&world, State::Refused).await);
}

#[tokio::test]
async fn a13_the_same_request_twice_has_one_effect() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>Once.</p>");
    let create = peer.activity("creates/1", "Create", &note);
    peer.say(&world, &create).await;
    peer.say(&world, &create).await;
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/comments").as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_done_again_under_its_first_id_counts_again() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let follow = peer.activity("follows/1/2", "Follow", &json!("https://talk.example/b/talk"));
    let undo = peer.activity("follows/1/2/undo", "Undo", &follow);
    let threads = Followed::Threads(board(&world).await);
    let accepted = async || {
        let said = waiting(&world, &peer).await;
        said.iter().filter(|said| said["type"] == "Accept").count()
    };
    for round in 1..=2 {
        let caught = peer.signed(&world, "/inbox", &follow);
        peer.say(&world, &follow).await;
        assert_eq!((count(&world, threads).await, accepted().await), (1, round));
        world.hands.forward(2_000);
        peer.say(&world, &undo).await;
        assert_eq!(count(&world, threads).await, 0);
        // The same request is not signed again: whoever caught it can do nothing with it.
        world.anon.send(caught).await.is(202);
        while work::round(&world.app.ctx).await.unwrap() > 0 {}
        assert_eq!(count(&world, threads).await, 0);
        world.hands.forward(2_000);
    }
}

#[tokio::test]
async fn a01_a02_a19_what_is_not_signed_by_its_actor_is_refused_and_not_stored() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let other = Peer::with_key(federation::keys::PrivateKey::generate().unwrap()).await;
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"));
    let mut unsigned = peer.signed(&world, "/inbox", &follow);
    unsigned.headers_mut().remove("signature");
    world.anon.send(unsigned).await.refused(401, "signature");
    let mut swapped = peer.signed(&world, "/inbox", &follow);
    *swapped.body_mut() = follow.to_string().replace("follows/1", "follows/2").into();
    world.anon.send(swapped).await.refused(401, "signature");
    // Signed by somebody, but by somebody else.
    other.post(&world, "/inbox", &follow).await.refused(401, "signature");
    // Signed for another inbox.
    let mut elsewhere = peer.signed(&world, "/inbox", &follow);
    *elsewhere.uri_mut() = "/u/ana/inbox".parse().unwrap();
    world.anon.send(elsewhere).await.refused(401, "signature");
    assert_eq!(work::round(&world.app.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn a24_a_new_key_is_asked_for_once() {
    let (world, mut peer) = (World::new().await, Peer::new().await);
    let follow = |n: u32| peer_follow(&peer.base, n);
    let (first, second, third) = (follow(1), follow(2), follow(3));
    peer.say(&world, &first).await;
    peer.key = federation::keys::PrivateKey::generate().unwrap();
    // Too early to ask again; then the old key is still the one that is shown; then the new one is.
    peer.post(&world, "/inbox", &second).await.refused(401, "signature");
    world.hands.forward(6 * 60 * 1000);
    peer.post(&world, "/inbox", &second).await.refused(401, "signature");
    peer.show("users/bo", peer.actor("bo", &peer.key));
    peer.post(&world, "/inbox", &second).await.refused(401, "signature");
    world.hands.forward(6 * 60 * 1000);
    peer.post(&world, "/inbox", &third).await.is(202);
}

fn peer_follow(base: &str, n: u32) -> Value {
    json!({ "id": format!("{base}/follows/{n}"), "type": "Follow", "actor": format!("{base}/users/bo"), "object": "https://talk.example/b/talk" })
}

#[tokio::test]
async fn a30_a32_what_is_no_activity_is_refused_by_its_head() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"));
    let mut text = peer.signed(&world, "/inbox", &follow);
    text.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    world.anon.send(text).await.refused(415, "not-an-activity");
    let mut packed = peer.signed(&world, "/inbox", &follow);
    packed.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    world.anon.send(packed).await.refused(415, "encoded");
    let mut large = peer.signed(&world, "/inbox", &follow);
    *large.body_mut() = " ".repeat(1_048_577).into();
    world.anon.send(large).await.refused(413, "too-large");
}

#[tokio::test]
async fn who_concerns_nobody_here_is_answered_and_not_asked_for() {
    let (world, peer) = (World::new().await, Peer::new().await);
    // Its actor cannot be fetched, and whoever tried would be told to come again later; nobody tries.
    peer.show("users/bo", json!(500));
    let like = peer.activity("likes/1", "Like", &json!("https://elsewhere.example/notes/7"));
    peer.post(&world, "/inbox", &like).await.is(202);
    let leaves = peer.activity("deletes/1", "Delete", &json!(peer.id("users/bo")));
    peer.post(&world, "/inbox", &leaves).await.is(202);
    assert_eq!(work::round(&world.app.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn b20_two_actors_of_one_name_stay_two() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let mut second = peer.actor("bo", &peer.key);
    second["id"] = json!(peer.id("users/bo2"));
    second["inbox"] = json!(peer.id("users/bo2/inbox"));
    second["publicKey"]["id"] = json!(format!("{}#main-key", peer.id("users/bo2")));
    second["publicKey"]["owner"] = json!(peer.id("users/bo2"));
    peer.show("users/bo2", second);
    let thread = world.thread("Which kettle?").await;
    let to = format!("https://talk.example/c/{thread}");
    let mut note = peer.note("notes/2", &to, "<p>Second.</p>");
    note["attributedTo"] = json!(peer.id("users/bo2"));
    peer.show("notes/2", note);
    peer.say(&world, &peer.activity("creates/1", "Create", &peer.note("notes/1", &to, "<p>First.</p>"))).await;
    peer.say(&world, &peer.activity("announces/1", "Announce", &json!(peer.id("notes/2")))).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}?sort=old")).await.is(200);
    let names = shown.all("/comments", "/author/name");
    assert_eq!((names.len(), &names[0]), (2, &json!("bo")));
    assert!(names[1].as_str().unwrap().starts_with("bo~"), "{names:?}");
}

#[tokio::test]
async fn who_is_gone_hears_nothing_any_more_if_their_server_says_so_too() {
    let (world, peer) = (World::new().await, Peer::new().await);
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    let threads = Followed::Threads(board(&world).await);
    let leaves = |path: &str| peer.activity(path, "Delete", &json!(peer.id("users/bo")));
    peer.say(&world, &leaves("deletes/1")).await;
    assert_eq!(count(&world, threads).await, 1);
    peer.show("users/bo", Value::Null);
    peer.say(&world, &leaves("deletes/2")).await;
    assert_eq!(count(&world, threads).await, 0);
}

#[tokio::test]
async fn what_is_refused_has_changed_nothing() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = peer.note("notes/1", &format!("https://talk.example/c/{thread}"), "<p>A copper one.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let mut changed = note.clone();
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    changed["content"] = json!(format!("<p>{}</p>", "too long ".repeat(10_000)));
    peer.say(&world, &peer.activity("updates/1", "Update", &changed)).await;
    assert!(!reason(&world, State::Refused).await.is_empty());
    // The same change, as it should have been: the refused one has not taken its place.
    changed["content"] = json!("<p>A steel one.</p>");
    peer.say(&world, &peer.activity("updates/2", "Update", &changed)).await;
    assert!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.body().contains("A steel one."));
}

#[tokio::test]
async fn whoever_cannot_be_asked_about_now_is_to_come_again() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"));
    for status in [503, 429] {
        peer.show("users/bo", json!(status));
        let answer = peer.post(&world, "/inbox", &follow).await.is(503);
        assert!(!answer.header("retry-after").is_empty());
    }
    peer.show("users/bo", json!(404));
    peer.post(&world, "/inbox", &follow).await.is(401);
    peer.show("users/bo", peer.actor("bo", &peer.key));
    peer.post(&world, "/inbox", &follow).await.is(202);
}

#[tokio::test]
async fn who_was_gone_and_is_there_again_is_heard_after_a_day() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"));
    peer.say(&world, &follow).await;
    let threads = Followed::Threads(board(&world).await);
    peer.show("users/bo", Value::Null);
    peer.say(&world, &peer.activity("deletes/1", "Delete", &json!(peer.id("users/bo")))).await;
    let again = |n: u32| peer_follow(&peer.base, n);
    // Not at once, and while it is gone only once a day: whoever says so in its name makes us ask.
    peer.show("users/bo", peer.actor("bo", &peer.key));
    peer.say(&world, &again(2)).await;
    assert_eq!(count(&world, threads).await, 0);
    world.hands.forward(25 * 3600 * 1000);
    peer.show("users/bo", Value::Null);
    peer.say(&world, &again(3)).await;
    peer.show("users/bo", peer.actor("bo", &peer.key));
    peer.say(&world, &again(4)).await;
    assert_eq!(count(&world, threads).await, 0);
    world.hands.forward(25 * 3600 * 1000);
    peer.say(&world, &again(5)).await;
    assert_eq!(count(&world, threads).await, 1);
}

#[tokio::test]
async fn whoever_wants_to_follow_the_server_itself_is_told_no() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let follow = peer.activity("follows/1", "Follow", &json!("https://talk.example/actor"));
    peer.say(&world, &follow).await;
    let said = waiting(&world, &peer).await;
    assert_eq!((said.len(), &said[0]["type"], &said[0]["object"]["id"]), (1, &json!("Reject"), &follow["id"]));
    assert_eq!(said[0]["actor"], json!("https://talk.example/actor"));
}

#[tokio::test]
async fn many_first_requests_of_one_actor_at_once_are_all_taken() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let posts = (0..8).map(|n| {
        let request = peer.signed(&world, "/inbox", &peer_follow(&peer.base, n));
        let anon = world.anon.clone();
        tokio::spawn(async move { anon.send(request).await.status.as_u16() })
    });
    for post in posts.collect::<Vec<_>>() {
        assert_eq!(post.await.unwrap(), 202);
    }
}
