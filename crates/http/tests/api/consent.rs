//! Authors elsewhere who do not let everybody answer.

use serde_json::{Value, json};

use crate::peer::Peer;
use crate::world::{HOST, World};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

async fn answer(world: &World, comment: &str) -> crate::world::Answer {
    world.ana.post(&format!("/api/v1/comments/{comment}/replies"), json!({ "text": "Yes." })).await
}

/// A comment of Bo's with that policy; its id here.
async fn comment(world: &World, peer: &Peer, thread: &str, n: u32, policy: Value) -> String {
    let mut note = peer.note(&format!("notes/{n}"), &format!("{HOST}/c/{thread}"), &format!("<p>Number {n}.</p>"));
    note["interactionPolicy"] = json!({ "canReply": policy });
    peer.say(world, &peer.activity(&format!("creates/{n}"), "Create", &note)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}?sort=new")).await.is(200);
    shown.text("/comments/0/id")
}

#[tokio::test]
async fn who_may_not_answer_is_told_so_and_nothing_is_stored() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let followers = peer.id("users/bo/followers");
    let closed =
        comment(&world, &peer, &thread, 1, json!({ "automaticApproval": followers, "manualApproval": [] })).await;
    let refused = answer(&world, &closed).await.refused(403, "forbidden");
    assert!(refused.text("/detail").contains("only from people of their choice"));
    // Told before a word is written.
    let form = world.ana.get_with(&format!("/c/{closed}/reply"), "accept", "text/html").await.is(403);
    assert!(form.body().contains("only from people of their choice"));
    world.hands.forward(1000);
    let asked =
        comment(&world, &peer, &thread, 2, json!({ "automaticApproval": [], "manualApproval": [PUBLIC] })).await;
    let refused = answer(&world, &asked).await.refused(403, "forbidden");
    assert!(refused.text("/detail").contains("agree to each answer first"));
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.all("/comments", "/id").len(), 2);

    world.hands.forward(1000);
    let open = comment(&world, &peer, &thread, 3, json!({ "always": ["as:Public"] })).await;
    answer(&world, &open).await.is(201);
    world.hands.forward(1000);
    let named = comment(&world, &peer, &thread, 4, json!({ "automaticApproval": [format!("{HOST}/u/ana")] })).await;
    answer(&world, &named).await.is(201);
}

#[tokio::test]
async fn an_author_may_change_their_mind_and_whom_they_mention_may_answer() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let id = comment(&world, &peer, &thread, 1, json!({ "automaticApproval": [PUBLIC] })).await;
    let mut note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>Now closed.</p>");
    note["interactionPolicy"] = json!({ "canReply": { "automaticApproval": [peer.id("users/bo")] } });
    note["updated"] = json!("2027-01-15T07:30:00Z");
    peer.say(&world, &peer.activity("updates/1", "Update", &note)).await;
    answer(&world, &id).await.refused(403, "forbidden");
    note["tag"] = json!([{ "type": "Mention", "href": format!("{HOST}/u/ana"), "name": "@ana@talk.example" }]);
    note["updated"] = json!("2027-01-15T07:40:00Z");
    peer.say(&world, &peer.activity("updates/2", "Update", &note)).await;
    answer(&world, &id).await.is(201);
    let bos = world.bo.post(&format!("/api/v1/comments/{id}/replies"), json!({ "text": "No." })).await;
    bos.refused(403, "forbidden");
}
