//! Actors elsewhere who go to another server, or are deleted.

use serde_json::{Value, json};
use storage::follows::{self, Followed};
use storage::inbox::State;
use storage::remotes;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{HOST, World};

/// Whether the actor of that id follows the board.
async fn follows_the_board(world: &World, id: String) -> bool {
    let found = world.app.ctx.db().write(move |tx| {
        let Some(actor) = remotes::by_uri(tx, &id)? else { return Ok(false) };
        let board = storage::boards::by_name(tx, "talk")?.unwrap().id;
        let was = follows::remove(tx, Followed::Threads(board), actor.actor)?;
        if was {
            follows::insert(tx, Followed::Threads(board), actor.actor, "https://put.back.example/1", domain::Time(1))?;
        }
        Ok::<_, storage::Error>(was)
    });
    found.await.unwrap()
}

/// A board of the old server that Ana follows, and which has said yes; there is one of that name on the new server. Bo of the old server
/// follows a board here.
async fn scene() -> (World, Peer, Peer) {
    let (world, old, new) = (World::new().await, Peer::new().await, Peer::new().await);
    old.say(&world, &old.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk")))).await;
    let group = old.group("tea");
    new.group("tea");
    actions::elsewhere::following::follow_as_host(&world.app.ctx, "ana", &group).await.unwrap();
    let follow = waiting(&world, &old).await.pop().unwrap();
    old.say(&world, &old.activity_of("tea", "accepts/1", "Accept", &follow)).await;
    (world, old, new)
}

/// An actor with something more to be read of it.
fn shows(peer: &Peer, name: &str, part: &str, value: Value) {
    let mut actor = peer.actor(name, &peer.key);
    if name == "tea" {
        actor["type"] = json!("Group");
    }
    actor[part] = value;
    peer.show(&format!("users/{name}"), actor);
}

async fn moves(world: &World, old: &Peer, path: &str, name: &str, target: &str) {
    let mut going = old.activity_of(name, path, "Move", &json!(old.id(&format!("users/{name}"))));
    going["target"] = json!(target);
    going["cc"] = json!([format!("{HOST}/b/talk")]);
    old.say(world, &going).await;
}

/// What Ana has said to a server of following, as (type, whom).
async fn asked(world: &World, peer: &Peer) -> Vec<(String, String)> {
    let said = waiting(world, peer).await.into_iter().filter(|said| said["actor"] == json!(format!("{HOST}/u/ana")));
    let whom = |said: &Value| said["object"].get("object").unwrap_or(&said["object"]).as_str().unwrap().to_owned();
    said.map(|said| (said["type"].as_str().unwrap().to_owned(), whom(&said))).collect()
}

fn line(kind: &str, whom: &str) -> (String, String) {
    (kind.to_owned(), whom.to_owned())
}

#[tokio::test]
async fn c25_who_follows_a_board_that_moves_follows_it_there_if_both_servers_say_so() {
    let (world, old, new) = scene().await;
    let (here, there) = (old.id("users/tea"), new.id("users/tea"));
    moves(&world, &old, "moves/1", "tea", &there).await;
    assert!(reason(&world, State::Refused).await.contains("its own server does not say"));
    shows(&old, "tea", "movedTo", json!(there));
    moves(&world, &old, "moves/2", "tea", &there).await;
    assert!(reason(&world, State::Refused).await.contains("nobody says to be the same"));
    assert_eq!(asked(&world, &old).await, [line("Follow", &here)]);
    shows(&new, "tea", "alsoKnownAs", json!([here]));
    moves(&world, &old, "moves/3", "tea", &there).await;
    assert_eq!(asked(&world, &new).await, [line("Follow", &there)]);
    assert_eq!(asked(&world, &old).await, [line("Follow", &here), line("Undo", &here)]);
    // It says yes, and is followed.
    let follow = waiting(&world, &new).await.pop().unwrap();
    new.say(&world, &new.activity_of("tea", "accepts/1", "Accept", &follow)).await;
    let stage = world.ana.get(&format!("/api/v1/boards/tea%40{}/follow", new.host().replace(':', "%3A"))).await;
    assert_eq!(stage.is(200).text("/state"), "accepted");
}

#[tokio::test]
async fn c25_who_moves_takes_nothing_along_that_they_follow_here() {
    let (world, old, new) = scene().await;
    shows(&old, "bo", "movedTo", json!(new.id("users/bo")));
    shows(&new, "bo", "alsoKnownAs", json!([old.id("users/bo")]));
    moves(&world, &old, "moves/1", "bo", &new.id("users/bo")).await;
    // The new server has not asked for it, and the old one has not said that it is over.
    assert!(follows_the_board(&world, old.id("users/bo")).await);
    assert!(!follows_the_board(&world, new.id("users/bo")).await);
}

#[tokio::test]
async fn c25_nobody_moves_here_or_on_or_twice_a_week() {
    let (world, old, new) = scene().await;
    let (here, there) = (old.id("users/tea"), new.id("users/tea"));
    moves(&world, &old, "moves/1", "tea", &format!("{HOST}/b/talk")).await;
    assert!(reason(&world, State::Refused).await.contains("nobody comes to this server"));
    let third = Peer::new().await;
    third.group("tea");
    let on = third.id("users/tea");
    let mut tea = new.actor("tea", &new.key);
    tea["type"] = json!("Group");
    tea["alsoKnownAs"] = json!([here]);
    tea["movedTo"] = json!(on);
    new.show("users/tea", tea);
    shows(&old, "tea", "movedTo", json!(there));
    moves(&world, &old, "moves/2", "tea", &there).await;
    assert!(reason(&world, State::Refused).await.contains("only one step"));
    // It goes there, and on from there at once: not within a week.
    shows(&new, "tea", "alsoKnownAs", json!(here));
    moves(&world, &old, "moves/3", "tea", &there).await;
    shows(&new, "tea", "movedTo", json!(on));
    shows(&third, "tea", "alsoKnownAs", json!([there]));
    moves(&world, &new, "moves/4", "tea", &on).await;
    assert!(reason(&world, State::Refused).await.contains("less than a week ago"));
    assert_eq!(asked(&world, &third).await, []);
    world.hands.forward(7 * 24 * 3600 * 1000);
    moves(&world, &new, "moves/5", "tea", &on).await;
    assert_eq!(asked(&world, &third).await, [line("Follow", &on)]);
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
