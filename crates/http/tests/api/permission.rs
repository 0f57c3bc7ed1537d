//! People elsewhere ask whether they may answer and like what was written here.

use domain::{CommentId, State};
use serde_json::{Value, json};
use storage::inbox;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{Answer, HOST, World};

/// Bo asks to answer a comment of ours.
fn request(peer: &Peer, n: u32, comment: &str) -> Value {
    let target = format!("{HOST}/c/{comment}");
    let note = peer.note(&format!("notes/{n}"), &target, &format!("<p>Number {n}.</p>"));
    let mut request = peer.activity(&format!("requests/{n}"), "ReplyRequest", &json!(target));
    request["instrument"] = note;
    request["to"] = json!(format!("{HOST}/u/ana"));
    request
}

fn like(peer: &Peer, n: u32, comment: &str) -> Value {
    let target = format!("{HOST}/c/{comment}");
    let mut request = peer.activity(&format!("requests/{n}"), "LikeRequest", &json!(target));
    request["instrument"] = json!({ "type": "Like", "id": format!("{}#likes/{n}", peer.id("users/bo")),
                                    "object": target, "attributedTo": peer.id("users/bo") });
    request
}

async fn last(world: &World, peer: &Peer) -> Value {
    waiting(world, peer).await.pop().unwrap_or_default()
}

async fn at(world: &World, id: &Value) -> Answer {
    world.document(id.as_str().unwrap().strip_prefix(HOST).unwrap()).await
}

async fn words(world: &World, thread: &str) -> String {
    world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).body()
}

#[tokio::test]
async fn who_asks_to_answer_is_answered_yes_with_a_proof_for_others() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let asked = request(&peer, 1, &thread);
    peer.say(&world, &asked).await;
    assert!(words(&world, &thread).await.contains("Number 1."));
    let yes = last(&world, &peer).await;
    assert_eq!((&yes["type"], &yes["actor"]), (&json!("Accept"), &json!(format!("{HOST}/u/ana"))));
    assert_eq!(yes["to"], json!([peer.id("users/bo")]));
    let of = json!({ "id": asked["id"], "type": "ReplyRequest", "actor": peer.id("users/bo"),
                     "instrument": peer.id("notes/1"), "object": asked["object"] });
    assert_eq!(yes["object"], of);
    let stamp = at(&world, &yes["result"]).await.is(200);
    let expected = [
        ("/type", json!("ReplyAuthorization")),
        ("/id", yes["result"].clone()),
        ("/attributedTo", json!(format!("{HOST}/u/ana"))),
        ("/interactingObject", json!(peer.id("notes/1"))),
        ("/interactionTarget", asked["object"].clone()),
    ];
    for (pointer, value) in expected {
        assert_eq!(stamp.at(pointer), value, "{pointer}");
    }
    // Asked again, it is the same permission; and what was allowed may be said as well.
    let mut again = asked.clone();
    again["id"] = json!(peer.id("requests/again"));
    peer.say(&world, &again).await;
    peer.say(&world, &peer.activity("creates/1", "Create", &asked["instrument"])).await;
    assert_eq!(last(&world, &peer).await["result"], yes["result"]);
    assert_eq!(words(&world, &thread).await.matches("Number 1.").count(), 2, "once as written, once as shown");
    world.document("/authorizations/7").await.refused(404, "not-found");
}

#[tokio::test]
async fn a_proof_lasts_as_long_as_what_it_proves() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mine = world.reply(&world.ana, &thread, "A copper one.").await;
    let mut stamps = Vec::new();
    for n in 1..=3 {
        peer.say(&world, &request(&peer, n, &mine)).await;
        stamps.push(last(&world, &peer).await["result"].clone());
    }
    // Deleted by its author, removed by a moderator here.
    peer.say(&world, &peer.activity("deletes/1", "Delete", &json!(peer.id("notes/1")))).await;
    let uri = peer.id("notes/2");
    let second = world.app.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap().unwrap();
    let remove = format!("/api/v1/admin/comments/{}/remove", second.comment);
    world.mo.post(&remove, json!({ "reason": "" })).await.is(200);
    for (n, status) in [410, 410, 200].into_iter().enumerate() {
        let found = at(&world, &stamps[n]).await.is(status);
        assert_eq!(found.at("/type"), if status == 410 { "Tombstone" } else { "ReplyAuthorization" });
    }
    // Asked once more, what was removed is not allowed.
    let mut again = request(&peer, 2, &mine);
    again["id"] = json!(peer.id("requests/again"));
    peer.say(&world, &again).await;
    assert_eq!(last(&world, &peer).await["type"], json!("Reject"));
    world.ana.delete(&format!("/api/v1/comments/{mine}")).await.is(204);
    at(&world, &stamps[2]).await.is(410);
}

#[tokio::test]
async fn who_may_not_answer_is_answered_no() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/lock"), json!({ "reason": "" })).await.is(200);
    let policy = world.document(&format!("/c/{thread}")).await.is(200).at("/interactionPolicy/canReply");
    assert_eq!(policy, json!({ "automaticApproval": [format!("{HOST}/u/ana")] }));
    peer.say(&world, &request(&peer, 1, &thread)).await;
    let no = last(&world, &peer).await;
    assert_eq!(
        (&no["type"], &no["object"]["type"], no.get("result")),
        (&json!("Reject"), &json!("ReplyRequest"), None)
    );
    assert!(!words(&world, &thread).await.contains("Number 1."));
    assert!(!reason(&world, inbox::State::Refused).await.is_empty());
    // What is for somebody alone is no answer for a thread.
    let open = world.thread("Which pan?").await;
    let policy = world.document(&format!("/c/{open}")).await.is(200).at("/interactionPolicy/canReply");
    assert_eq!(policy, json!({ "automaticApproval": ["https://www.w3.org/ns/activitystreams#Public"] }));
    let mut private = request(&peer, 2, &open);
    (private["instrument"]["to"], private["instrument"]["cc"]) = (json!([format!("{HOST}/u/ana")]), json!([]));
    peer.say(&world, &private).await;
    assert_eq!(last(&world, &peer).await["type"], json!("Reject"));
}

#[tokio::test]
async fn of_what_nobody_is_to_know_nothing_is_said() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    for state in [State::Held, State::Deleted, State::Removed] {
        let comment = world.reply(&world.ana, &thread, "A secret.").await;
        let id: CommentId = comment.parse().unwrap();
        world.app.ctx.db().write(move |tx| storage::comments::set_state(tx, id, state)).await.unwrap();
        let n = 10 + state.code() as u32;
        peer.say(&world, &request(&peer, n, &comment)).await;
        peer.say(&world, &like(&peer, n + 50, &comment)).await;
    }
    peer.say(&world, &request(&peer, 1, "7")).await;
    assert_eq!(waiting(&world, &peer).await, Vec::<Value>::new());
}

#[tokio::test]
async fn nobody_asks_for_others_or_for_something_else() {
    let (world, peer, far) = (World::new().await, Peer::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    peer.show("users/cy", peer.actor("cy", &peer.key));
    let target = format!("{HOST}/c/{thread}");
    let mut spoiled = Vec::new();
    for (n, (part, value)) in [
        ("attributedTo", json!(peer.id("users/cy"))),
        ("attributedTo", json!(far.id("users/bo"))),
        ("id", json!(far.id("notes/1"))),
        ("inReplyTo", json!(format!("{HOST}/c/7"))),
        ("inReplyTo", Value::Null),
        ("type", json!("Person")),
    ]
    .into_iter()
    .enumerate()
    {
        let mut asked = request(&peer, n as u32, &thread);
        asked["instrument"][part] = value;
        spoiled.push(asked);
    }
    for (n, (part, value)) in [
        ("attributedTo", json!(peer.id("users/cy"))),
        ("actor", json!(far.id("users/bo"))),
        ("object", json!(format!("{HOST}/c/7"))),
        ("id", json!(far.id("likes/1"))),
        ("type", json!("Dislike")),
    ]
    .into_iter()
    .enumerate()
    {
        let mut asked = like(&peer, 50 + n as u32, &thread);
        asked["instrument"][part] = value;
        spoiled.push(asked);
    }
    let mut elsewhere = request(&peer, 90, &thread);
    (elsewhere["object"], elsewhere["instrument"]["inReplyTo"]) = (json!(far.id("notes/9")), json!(far.id("notes/9")));
    elsewhere["to"] = json!(target);
    spoiled.push(elsewhere);
    for asked in &spoiled {
        peer.say(&world, asked).await;
    }
    assert_eq!(waiting(&world, &peer).await, Vec::<Value>::new());
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!((shown.at("/comments"), shown.at("/thread/score")), (json!([]), json!(0)));
}

#[tokio::test]
async fn an_answer_that_is_only_named_is_asked_for_at_its_home() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mut asked = request(&peer, 1, &thread);
    peer.show("notes/1", asked["instrument"].clone());
    asked["instrument"] = json!(peer.id("notes/1"));
    peer.say(&world, &asked).await;
    assert_eq!(last(&world, &peer).await["type"], json!("Accept"));
    let mut other = request(&peer, 2, &thread);
    let elsewhere = peer.note("notes/2", &format!("{HOST}/c/7"), "<p>About something else.</p>");
    peer.show("notes/2", elsewhere);
    other["instrument"] = json!(peer.id("notes/2"));
    peer.say(&world, &other).await;
    assert_eq!(waiting(&world, &peer).await.len(), 1);
}

#[tokio::test]
async fn who_asks_to_like_is_counted_and_has_a_proof_until_they_take_it_back() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mine = world.reply(&world.ana, &thread, "A copper one.").await;
    peer.say(&world, &like(&peer, 1, &mine)).await;
    let score = async || world.anon.get(&format!("/api/v1/comments/{mine}")).await.is(200).at("/score");
    assert_eq!(score().await, 1);
    let yes = last(&world, &peer).await;
    assert_eq!((&yes["type"], &yes["object"]["type"]), (&json!("Accept"), &json!("LikeRequest")));
    let stamp = at(&world, &yes["result"]).await.is(200);
    let liked = format!("{}#likes/1", peer.id("users/bo"));
    assert_eq!((stamp.at("/type"), stamp.at("/interactingObject")), (json!("LikeAuthorization"), json!(liked)));
    let mut undo = peer.activity("undos/1", "Undo", &Value::Null);
    undo["object"] =
        json!({ "type": "Like", "id": liked, "actor": peer.id("users/bo"), "object": format!("{HOST}/c/{mine}") });
    peer.say(&world, &undo).await;
    assert_eq!(score().await, 0);
    at(&world, &yes["result"]).await.is(410);
}
