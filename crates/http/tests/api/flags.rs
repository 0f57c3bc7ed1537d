//! Reports from other servers.

use domain::{Category, CommentId};
use serde_json::json;
use storage::inbox::State;
use storage::reports;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{HOST, Wishes, World};

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
async fn a_report_keeps_the_category_that_another_of_us_says() {
    for (said, kept) in
        [(json!("illegal"), Category::Illegal), (json!("rude"), Category::Other), (json!(7), Category::Other)]
    {
        let (world, peer) = (World::new().await, Peer::new().await);
        let thread = world.thread("Which kettle?").await;
        let mut flag = peer.activity("flags/1", "Flag", &json!(format!("{HOST}/c/{thread}")));
        (flag["category"], flag["content"]) = (said, json!("look at this"));
        peer.say(&world, &flag).await;
        let comment: CommentId = thread.parse().unwrap();
        let found = world.app.ctx.db().read(move |tx| reports::on(tx, comment)).await.unwrap();
        assert_eq!((found.len(), found[0].category), (1, kept));
    }
}

/// Lemmy since 1.0 understands what became of a report, from the moderator in person: so it is told where moderators are named.
#[tokio::test]
async fn what_became_of_a_report_is_told_to_servers_that_understand_it() {
    for (named, version, kinds) in [(true, "1.0.1", 1), (true, "0.19.5", 0), (false, "1.0.1", 0)] {
        let world = World::with(Wishes { log_names: named, ..Wishes::default() }).await;
        let peer = Peer::new().await;
        let (host, now) = (peer.host().to_owned(), world.app.ctx.now());
        let known = world.app.ctx.db().write(move |tx| {
            storage::peers::set_software(tx, &host, ("lemmy", version), storage::peers::Dialect::Groups, now)
        });
        known.await.unwrap();
        let thread = world.thread("Which kettle?").await;
        let mut flag = peer.activity("flags/1", "Flag", &json!(format!("{HOST}/c/{thread}")));
        flag["content"] = json!("spam");
        peer.say(&world, &flag).await;
        let resolve = format!("/api/v1/admin/reports/{thread}/resolve");
        for _ in 0..2 {
            world.mo.post(&resolve, json!({ "reason": "" })).await.is(200);
        }
        let said = waiting(&world, &peer).await;
        assert_eq!(said.len(), kinds, "{named} {version}: {said:?}");
        let Some(told) = said.first() else { continue };
        let board = format!("{HOST}/b/talk");
        assert_eq!(
            (&told["type"], &told["actor"], &told["to"]),
            (&json!("Resolve"), &json!(format!("{HOST}/u/mo")), &json!([board]))
        );
        let expected = json!({ "id": flag["id"], "type": "Flag", "actor": flag["actor"], "to": [board],
            "object": format!("{HOST}/c/{thread}"), "summary": "spam" });
        assert_eq!(told["object"], expected);
    }
}

/// A host whose reports are nothing is heard less, and says so to nobody: a server cannot be told when to come again.
#[tokio::test]
async fn a_host_whose_reports_were_nothing_reports_less() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let mut threads = Vec::new();
    for n in 0..71 {
        threads.push(world.thread(&format!("Fine {n}")).await);
    }
    let mut taken = 0;
    for (n, thread) in threads.iter().enumerate() {
        peer.say(&world, &peer.activity(&format!("flags/{n}"), "Flag", &json!(format!("{HOST}/c/{thread}")))).await;
        let came = !reported(&world, thread).await.is_empty();
        taken += usize::from(came);
        if came {
            let path = format!("/api/v1/admin/reports/{thread}/dismiss");
            world.mo.post(&path, json!({ "reason": "" })).await.is(200);
        }
        world.hands.forward(60_000);
    }
    assert_eq!(taken, 50, "twenty of today have come already when the fiftieth is dismissed");
    assert_eq!(reason(&world, State::Ignored).await, "nothing was found in most of what was reported from there");
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
