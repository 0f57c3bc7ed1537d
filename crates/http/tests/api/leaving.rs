//! Actors elsewhere who go to another server, or are deleted.

use domain::ActorId;
use serde_json::{Value, json};
use storage::follows::{self, Followed};
use storage::inbox::State;
use storage::remotes;

use crate::peer::Peer;
use crate::received::reason;
use crate::world::{HOST, World};

async fn actor(world: &World, id: String) -> Option<ActorId> {
    let known = world.app.ctx.db().read(move |tx| remotes::by_uri(tx, &id)).await.unwrap();
    known.map(|known| known.actor)
}

/// Whether the follow of the board is that actor's.
async fn follows_the_board(world: &World, id: String) -> bool {
    let Some(actor) = actor(world, id).await else { return false };
    let gone = world.app.ctx.db().write(move |tx| {
        let board = storage::boards::by_name(tx, "talk")?.unwrap().id;
        let was = follows::remove(tx, Followed::Threads(board), actor)?;
        if was {
            follows::insert(tx, Followed::Threads(board), actor, "https://put.back.example/1", world_now())?;
        }
        Ok::<_, storage::Error>(was)
    });
    gone.await.unwrap()
}

fn world_now() -> domain::Time {
    domain::Time(1)
}

/// Bo of the old server, who follows the board, and the new one.
async fn scene() -> (World, Peer, Peer) {
    let (world, old, new) = (World::new().await, Peer::new().await, Peer::new().await);
    old.say(&world, &old.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk")))).await;
    (world, old, new)
}

fn shows(peer: &Peer, part: &str, value: Value) {
    let mut bo = peer.actor("bo", &peer.key);
    bo[part] = value;
    peer.show("users/bo", bo);
}

async fn moves(world: &World, old: &Peer, path: &str, target: &str) {
    let mut going = old.activity(path, "Move", &json!(old.id("users/bo")));
    going["target"] = json!(target);
    going["cc"] = json!([format!("{HOST}/b/talk")]);
    old.say(world, &going).await;
}

#[tokio::test]
async fn c25_a_follow_goes_with_who_moves_if_both_servers_say_so() {
    let (world, old, new) = scene().await;
    let target = new.id("users/bo");
    moves(&world, &old, "moves/1", &target).await;
    assert!(reason(&world, State::Refused).await.contains("its own server does not say"));
    shows(&old, "movedTo", json!(target));
    moves(&world, &old, "moves/2", &target).await;
    assert!(reason(&world, State::Refused).await.contains("nobody says to be the same"));
    shows(&new, "alsoKnownAs", json!([old.id("users/bo")]));
    moves(&world, &old, "moves/3", &target).await;
    assert!(follows_the_board(&world, target).await && !follows_the_board(&world, old.id("users/bo")).await);
}

#[tokio::test]
async fn c25_nobody_moves_here_or_on_or_twice_a_week() {
    let (world, old, new) = scene().await;
    moves(&world, &old, "moves/1", &format!("{HOST}/u/ana")).await;
    assert!(reason(&world, State::Refused).await.contains("nobody comes to this server"));
    let third = Peer::new().await;
    let mut bo = new.actor("bo", &new.key);
    bo["alsoKnownAs"] = json!([old.id("users/bo")]);
    bo["movedTo"] = json!(third.id("users/bo"));
    new.show("users/bo", bo);
    shows(&old, "movedTo", json!(new.id("users/bo")));
    moves(&world, &old, "moves/2", &new.id("users/bo")).await;
    assert!(reason(&world, State::Refused).await.contains("only one step"));
    // It goes there, and on from there at once: not within a week.
    shows(&new, "alsoKnownAs", json!(old.id("users/bo")));
    moves(&world, &old, "moves/3", &new.id("users/bo")).await;
    shows(&new, "movedTo", json!(third.id("users/bo")));
    shows(&third, "alsoKnownAs", json!([new.id("users/bo")]));
    moves(&world, &new, "moves/4", &third.id("users/bo")).await;
    assert!(reason(&world, State::Refused).await.contains("less than a week ago"));
    assert!(follows_the_board(&world, new.id("users/bo")).await);
    world.hands.forward(7 * 24 * 3600 * 1000);
    moves(&world, &new, "moves/5", &third.id("users/bo")).await;
    assert!(follows_the_board(&world, third.id("users/bo")).await);
}

#[tokio::test]
async fn what_somebody_wrote_who_is_deleted_becomes_tombstones() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    // More than one piece.
    for n in 0..60 {
        let note = peer.note(&format!("notes/{n}"), &format!("{HOST}/c/{thread}"), "<p>A copper one.</p>");
        peer.say(&world, &peer.activity(&format!("creates/{n}"), "Create", &note)).await;
    }
    let leaves = |path: &str| peer.activity(path, "Delete", &json!(peer.id("users/bo")));
    peer.say(&world, &leaves("deletes/1")).await;
    actions::maintenance::run_due(&world.app.ctx).await.unwrap();
    let states = async || {
        let shown = world.anon.get(&format!("/api/v1/threads/{thread}?limit=100&sort=old")).await.is(200);
        shown.all("/comments", "/state")
    };
    // Its server does not say so (C8).
    assert_eq!(states().await, vec![json!("published"); 60]);
    peer.show("users/bo", Value::Null);
    peer.say(&world, &leaves("deletes/2")).await;
    assert_eq!(actions::maintenance::run_due(&world.app.ctx).await.unwrap(), 60);
    assert!(!world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).body().contains("A copper one."));
    assert_eq!(actions::maintenance::run_due(&world.app.ctx).await.unwrap(), 0);
}

/// What has been put off comes to its turn.
async fn later(world: &World) {
    world.hands.forward(60_000);
    while actions::elsewhere::work::round(&world.app.ctx).await.unwrap() > 0 {}
}

#[tokio::test]
async fn who_is_deleted_while_their_server_cannot_be_asked_is_taken_down_later() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>A copper one.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    peer.show("users/bo", json!(503));
    peer.say(&world, &peer.activity("deletes/1", "Delete", &json!(peer.id("users/bo")))).await;
    assert_eq!(actions::maintenance::run_due(&world.app.ctx).await.unwrap(), 0);
    peer.show("users/bo", Value::Null);
    later(&world).await;
    assert_eq!(actions::maintenance::run_due(&world.app.ctx).await.unwrap(), 1);
}

#[tokio::test]
async fn who_is_shown_otherwise_is_asked_for_until_their_server_answers() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let group = peer.group("tea");
    actions::elsewhere::following::follow_as_host(&world.app.ctx, "ana", &group).await.unwrap();
    peer.show("users/tea", json!(503));
    peer.say(&world, &peer.activity_of("tea", "updates/1", "Update", &json!({ "id": group, "type": "Group" }))).await;
    let mut renamed = peer.actor("tea", &peer.key);
    renamed["type"] = json!("Group");
    renamed["name"] = json!("Nothing but tea");
    peer.show("users/tea", renamed);
    later(&world).await;
    assert!(world.anon.get("/api/v1/boards").await.is(200).body().contains("Nothing but tea"));
}
