//! Reports from other servers.

use domain::CommentId;
use serde_json::json;
use storage::inbox::State;
use storage::reports;

use crate::peer::Peer;
use crate::received::reason;
use crate::world::{HOST, World};

async fn reported(world: &World, comment: &str) -> Vec<String> {
    let comment: CommentId = comment.parse().unwrap();
    let found = world.app.ctx.db().read(move |tx| reports::on(tx, comment)).await.unwrap();
    found.into_iter().map(|report| report.text).collect()
}

#[tokio::test]
async fn c26_a_report_comes_into_the_queue_once_for_each_comment() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let reply = world.reply(&world.bo, &thread, "A copper one.").await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>Mine.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let objects =
        json!([format!("{HOST}/u/ana"), format!("{HOST}/c/{reply}"), format!("{HOST}/c/{thread}"), note["id"]]);
    let mut flag = peer.activity("flags/1", "Flag", &objects);
    flag["content"] = json!(format!("<b>Look</b> <script>alert(1)</script>at\u{7} this {}", "x".repeat(10_000)));
    peer.say(&world, &flag).await;
    flag["id"] = json!(peer.id("flags/2"));
    peer.say(&world, &flag).await;
    for comment in [&reply, &thread] {
        let found = reported(&world, comment).await;
        assert_eq!((found.len(), found[0].chars().count()), (1, 2_000), "{found:?}");
        assert!(found[0].starts_with("Look at this xxx"), "{}", found[0]);
    }
    // Nobody reports what is their own.
    let own = world.anon.get(&format!("/api/v1/threads/{thread}")).await.text("/comments/1/id");
    assert_eq!(reported(&world, &own).await.len(), 0);
}

#[tokio::test]
async fn c26_what_a_report_names_is_bounded_and_has_to_be_here() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mut many: Vec<String> = (0..20).map(|n| format!("{HOST}/c/{n}")).collect();
    many.push(format!("{HOST}/c/{thread}"));
    peer.say(&world, &peer.activity("flags/1", "Flag", &json!(many))).await;
    assert_eq!(reason(&world, State::Ignored).await, "nothing that it reports is here");
    assert_eq!(reported(&world, &thread).await.len(), 0);
    let far_too_many: Vec<String> = (0..1_000).map(|n| format!("{HOST}/c/{n}")).collect();
    peer.say(&world, &peer.activity("flags/2", "Flag", &json!(far_too_many))).await;
    assert!(reason(&world, State::Refused).await.contains("more than"));
}
