//! Authors elsewhere who do not let everybody answer.

use serde_json::{Value, json};
use storage::inbox::State;

use crate::peer::Peer;
use crate::received::reason;
use crate::world::{HOST, World};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

async fn answer(world: &World, comment: &str) -> crate::world::Answer {
    world.ana.post(&format!("/api/v1/comments/{comment}/replies"), json!({ "text": "Yes." })).await
}

/// A thread with an answer by the moderator. Whoever is answered may always reply, so nothing of what follows is said to Ana.
async fn discussion(world: &World) -> (String, String) {
    let thread = world.thread("Which kettle?").await;
    let first = world.reply(&world.mo, &thread, "None at all.").await;
    (thread, first)
}

/// A comment of Bo's with that policy; its id here.
async fn comment(world: &World, peer: &Peer, (thread, first): (&str, &str), n: u32, policy: Value) -> String {
    let mut note = peer.note(&format!("notes/{n}"), &format!("{HOST}/c/{first}"), &format!("<p>Number {n}.</p>"));
    note["interactionPolicy"] = json!({ "canReply": policy });
    peer.say(world, &peer.activity(&format!("creates/{n}"), "Create", &note)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}?sort=new")).await.is(200);
    shown.text("/comments/1/id")
}

#[tokio::test]
async fn who_may_not_answer_is_told_so_and_nothing_is_stored() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let (thread, first) = discussion(&world).await;
    let followers = peer.id("users/bo/followers");
    let closed =
        comment(&world, &peer, (&thread, &first), 1, json!({ "automaticApproval": followers, "manualApproval": [] }))
            .await;
    let refused = answer(&world, &closed).await.refused(403, "forbidden");
    assert!(refused.text("/detail").contains("only from people of their choice"));
    // Told before a word is written.
    let form = world.ana.get_with(&format!("/c/{closed}/reply"), "accept", "text/html").await.is(403);
    assert!(form.body().contains("only from people of their choice"));
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.all("/comments", "/id").len(), 2);
    // Everybody may, but for one who has to ask.
    world.hands.forward(1000);
    let but_ana = json!({ "automaticApproval": [PUBLIC], "manualApproval": [format!("{HOST}/u/ana")] });
    let asked = comment(&world, &peer, (&thread, &first), 2, but_ana).await;
    assert_eq!(answer(&world, &asked).await.is(201).text("/state"), "held");
    let bos = world.bo.post(&format!("/api/v1/comments/{asked}/replies"), json!({ "text": "No." })).await.is(201);
    assert_eq!(bos.text("/state"), "published");

    world.hands.forward(1000);
    let open = comment(&world, &peer, (&thread, &first), 3, json!({ "always": ["as:Public"] })).await;
    answer(&world, &open).await.is(201);
    world.hands.forward(1000);
    let named =
        comment(&world, &peer, (&thread, &first), 4, json!({ "automaticApproval": [format!("{HOST}/u/ana")] })).await;
    answer(&world, &named).await.is(201);
}

#[tokio::test]
async fn an_author_may_change_their_mind_and_whom_they_mention_may_answer() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let (thread, first) = discussion(&world).await;
    let id = comment(&world, &peer, (&thread, &first), 1, json!({ "automaticApproval": [PUBLIC] })).await;
    let mut note = peer.note("notes/1", &format!("{HOST}/c/{first}"), "<p>Now closed.</p>");
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

/// Somebody else on Bo's server.
fn note_of(peer: &Peer, name: &str, path: &str, to: &str) -> Value {
    let mut note = peer.note(path, to, "<p>May I?</p>");
    note["attributedTo"] = json!(peer.id(&format!("users/{name}")));
    note
}

async fn says(world: &World, peer: &Peer, name: &str, n: u32, note: &Value) {
    let create = peer.activity_of(name, &format!("creates/{name}/{n}"), "Create", note);
    peer.say_as(&format!("users/{name}"), world, create.to_string()).await;
}

async fn is_here(world: &World, note: &Value) -> bool {
    let uri = note["id"].as_str().unwrap().to_owned();
    world.app.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap().is_some()
}

#[tokio::test]
async fn what_others_answer_without_the_permission_that_it_needs_is_not_placed() {
    let (world, peer, far) = (World::new().await, Peer::new().await, Peer::new().await);
    for name in ["cy", "dee"] {
        far.show(&format!("users/{name}"), far.actor(name, &far.key));
    }
    let thread = world.thread("Which kettle?").await;
    let (root, followers) = (format!("{HOST}/c/{thread}"), peer.id("users/bo/followers"));
    let cy = far.id("users/cy");
    // Cy began, and Bo answers Cy and mentions Dee; nobody else may answer without asking.
    let first = note_of(&far, "cy", "notes/first", &root);
    says(&world, &far, "cy", 1, &first).await;
    let mut asking = peer.note("notes/1", first["id"].as_str().unwrap(), "<p>Ask me first.</p>");
    asking["interactionPolicy"] = json!({ "canReply": { "automaticApproval": followers, "manualApproval": PUBLIC } });
    asking["tag"] = json!([{ "type": "Mention", "href": far.id("users/dee"), "name": "@dee" }]);
    peer.say(&world, &peer.activity("creates/1", "Create", &asking)).await;
    let bos = asking["id"].as_str().unwrap();

    let strangers = far.note("notes/stranger", bos, "<p>I follow Bo, believe me.</p>");
    far.say(&world, &far.activity("creates/2", "Create", &strangers)).await;
    assert!(!is_here(&world, &strangers).await);
    assert_eq!(reason(&world, State::Refused).await, "whoever wrote what it answers has not allowed it");
    for (n, name) in ["cy", "dee"].into_iter().enumerate() {
        let free = note_of(&far, name, &format!("notes/{name}"), bos);
        says(&world, &far, name, 5, &free).await;
        assert!(is_here(&world, &free).await, "{n}: who is answered or mentioned by {cy} may answer");
    }
    let own = peer.note("notes/own", bos, "<p>And another thing.</p>");
    peer.say(&world, &peer.activity("creates/own", "Create", &own)).await;
    assert!(is_here(&world, &own).await);

    // With the permission, it is.
    let stamp = json!({ "id": peer.id("stamps/1"), "type": "ReplyAuthorization", "attributedTo": peer.id("users/bo"),
                        "interactingObject": strangers["id"], "interactionTarget": bos });
    peer.show("stamps/1", stamp);
    let mut allowed = strangers.clone();
    allowed["replyAuthorization"] = json!(peer.id("stamps/1"));
    far.say(&world, &far.activity("creates/3", "Create", &allowed)).await;
    assert!(is_here(&world, &allowed).await);
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).body();
    assert!(shown.contains("believe me"));
    // And goes when that does.
    peer.show("stamps/1", Value::Null);
    peer.say(&world, &peer.activity("deletes/1", "Delete", &json!(peer.id("stamps/1")))).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).body();
    assert!(!shown.contains("believe me"));
}

#[tokio::test]
async fn an_author_says_to_everybody_what_they_allow_of_servers_that_ask_nobody() {
    let (world, peer, far) = (World::new().await, Peer::new().await, Peer::new().await);
    let (thread, first) = discussion(&world).await;
    let bos = comment(&world, &peer, (&thread, &first), 1, json!({ "manualApproval": PUBLIC })).await;
    let answer = far.note("notes/1", &peer.id("notes/1"), "<p>Said without asking.</p>");
    far.show("notes/1", answer.clone());
    far.say(&world, &far.activity("creates/1", "Create", &answer)).await;
    assert!(!is_here(&world, &answer).await);
    let stamp = json!({ "id": peer.id("stamps/1"), "type": "ReplyAuthorization", "attributedTo": peer.id("users/bo"),
                        "interactingObject": answer["id"], "interactionTarget": peer.id("notes/1") });
    peer.show("stamps/1", stamp);
    let mut yes = peer.activity("accepts/1", "Accept", &answer["id"]);
    (yes["target"], yes["result"]) = (json!(peer.id("notes/1")), json!(peer.id("stamps/1")));
    peer.say(&world, &yes).await;
    assert!(is_here(&world, &answer).await);
    let shown = world.anon.get(&format!("/api/v1/comments/{bos}")).await.is(200);
    assert_eq!(shown.at("/replies_count"), 1);
}
