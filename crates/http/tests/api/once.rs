//! Requests that are sent twice and count once.

use futures::future::join_all;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_same_answer_sent_again_is_the_same_comment() {
    let world = World::new().await;
    let thread = world.thread("Once").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    let first = world.bo.post_once(&path, "key-1", json!({ "text": "only once" })).await.is(201);
    let again = world.bo.post_once(&path, "key-1", json!({ "text": "only once" })).await.is(201);
    assert_eq!((first.json(), first.header("location")), (again.json(), again.header("location")));
    let other = world.bo.post_once(&path, "key-2", json!({ "text": "only once" })).await.is(201);
    assert_ne!(first.text("/id"), other.text("/id"));
    let hers = world.ana.post_once(&path, "key-1", json!({ "text": "only once" })).await.is(201);
    assert_ne!(first.text("/id"), hers.text("/id"));
    let read = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(read.at("/thread/comments_count"), 3);
}

#[tokio::test]
async fn the_same_thread_sent_again_is_the_same_thread() {
    let world = World::new().await;
    let path = "/api/v1/boards/talk/threads";
    let first = world.bo.post_once(path, "key-1", json!({ "title": "Once" })).await.is(201);
    let again = world.bo.post_once(path, "key-1", json!({ "title": "Once" })).await.is(201);
    assert_eq!((first.json(), first.header("location")), (again.json(), again.header("location")));
    assert_eq!(world.anon.get("/api/v1/threads").await.all("/items", "/id").len(), 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let world = World::new().await;
    let thread = world.thread("Keys").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    let made = world.bo.post_once(&path, "key", json!({ "text": "one" })).await.is(201).text("/id");
    let elsewhere = format!("/api/v1/comments/{made}/replies");
    world.bo.post_once(&path, "key", json!({ "text": "two" })).await.refused(409, "idempotency-key-reused");
    world.bo.post_once(&elsewhere, "key", json!({ "text": "one" })).await.refused(409, "idempotency-key-reused");
    let start = "/api/v1/boards/talk/threads";
    world.bo.post_once(start, "key", json!({ "title": "one" })).await.refused(409, "idempotency-key-reused");
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let world = World::new().await;
    let thread = world.thread("Free").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    world.bo.post_once(&path, "key", json!({ "text": "" })).await.refused(422, "text-refused");
    world.bo.post_once(&path, "key", json!({ "text": "better" })).await.is(201);
}

#[tokio::test]
async fn keys_that_cannot_be_taken() {
    let world = World::new().await;
    let thread = world.thread("Bad keys").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    let long = "k".repeat(201);
    for bad in ["", "two words", &long] {
        world.bo.post_once(&path, bad, json!({ "text": "x" })).await.refused(400, "bad-idempotency-key");
    }
    world.bo.post_once(&path, &"k".repeat(200), json!({ "text": "x" })).await.is(201);
}

/// All of them come at once; each is answered with the one comment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_the_same_moment_are_one() {
    let world = World::new().await;
    let thread = world.thread("At once").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    let sent = (0..16).map(|_| world.bo.post_once(&path, "key", json!({ "text": "only once" })));
    let mut ids = std::collections::HashSet::new();
    for answer in join_all(sent).await {
        ids.insert(answer.is(201).text("/id"));
    }
    assert_eq!(ids.len(), 1);
    let read = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(read.at("/thread/comments_count"), 1);
}
