//! Threads live.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Method, StatusCode};
use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::world::{Caller, Wishes, World};

/// Far beyond what anything takes.
const LIMIT: Duration = Duration::from_secs(60);

/// A connection that is watched.
struct Watching {
    stream: BodyDataStream,
    unread: String,
}

/// One message: its lines by name.
#[derive(Debug, Default, PartialEq)]
struct Message {
    id: String,
    event: String,
    data: Value,
    comment: bool,
    retry: String,
}

impl Watching {
    async fn begin(who: &Caller, path: &str, last: Option<&str>) -> Self {
        let mut request = who.request(Method::GET, path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = who.open(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let mut watching = Self { stream: response.into_body().into_data_stream(), unread: String::new() };
        let hello = watching.next().await.unwrap();
        assert_eq!((hello.retry.as_str(), hello.comment), ("3000", true));
        watching
    }

    /// The next message; `None` when the connection has ended.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.unread.split_once("\n\n") {
                let message = read(message);
                self.unread = rest.to_owned();
                return Some(message);
            }
            let more = tokio::time::timeout(LIMIT, self.stream.next()).await.unwrap()?;
            self.unread.push_str(std::str::from_utf8(&more.unwrap()).unwrap());
        }
    }

    /// The next event, as its kind and comment.
    async fn event(&mut self) -> (String, String) {
        let message = self.next().await.unwrap();
        (message.event, message.data["comment_id"].as_str().unwrap_or_default().to_owned())
    }
}

fn read(text: &str) -> Message {
    let mut message = Message::default();
    for line in text.lines() {
        match line.split_once(':').unwrap_or((line, "")) {
            ("", _) => message.comment = true,
            ("id", id) => message.id = id.trim().into(),
            ("event", event) => message.event = event.trim().into(),
            ("data", data) => message.data = serde_json::from_str(data).unwrap(),
            ("retry", retry) => message.retry = retry.trim().into(),
            (other, _) => panic!("{other} in {text}"),
        }
    }
    message
}

fn event(kind: &str, comment: &str) -> (String, String) {
    (kind.to_owned(), comment.to_owned())
}

#[tokio::test]
async fn those_who_watch_are_told_of_everything_in_order() {
    let world = World::new().await;
    let thread = world.thread("Live").await;
    let mut watching = Watching::begin(&world.anon, &format!("/api/v1/threads/{thread}/events"), None).await;
    let comment = world.reply(&world.bo, &thread, "news").await;
    let told = watching.next().await.unwrap();
    assert_eq!((told.event.as_str(), told.id.as_str()), ("comment", "2"));
    let author =
        json!({ "name": "bo", "host": null, "handle": "bo", "origin": "local", "url": "https://talk.example/u/bo" });
    let expected =
        json!({ "comment_id": comment, "parent_id": thread, "author": author, "state": "published", "score": 0 });
    assert_eq!(told.data, expected);
    world.ana.put(&format!("/api/v1/comments/{comment}/vote"), json!({ "value": 1 })).await.is(200);
    world.bo.patch(&format!("/api/v1/comments/{comment}"), json!({ "text": "newer" })).await.is(200);
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/lock"), json!({ "reason": "" })).await.is(200);
    world.bo.delete(&format!("/api/v1/comments/{comment}")).await.is(204);
    let voted = watching.next().await.unwrap();
    assert_eq!((voted.event.as_str(), voted.id.as_str(), &voted.data["score"]), ("vote", "3", &Value::from(1)));
    assert_eq!(watching.event().await, event("edit", &comment));
    let deleted = watching.next().await.unwrap();
    // A lock raises the version and is no event.
    assert_eq!((deleted.event.as_str(), deleted.id.as_str()), ("delete", "6"));
    assert_eq!((&deleted.data["state"], &deleted.data["author"]), (&Value::from("deleted"), &Value::Null));
}

#[tokio::test]
async fn other_threads_are_silent() {
    let world = World::new().await;
    let (one, other) = (world.thread("One").await, world.thread("Other").await);
    let mut watching = Watching::begin(&world.anon, &format!("/api/v1/threads/{one}/events"), None).await;
    world.reply(&world.bo, &other, "elsewhere").await;
    let here = world.reply(&world.bo, &one, "here").await;
    assert_eq!(watching.event().await, event("comment", &here));
}

#[tokio::test]
async fn who_was_cut_off_goes_on_where_they_were() {
    let world = World::new().await;
    let thread = world.thread("Resumption").await;
    let path = format!("/api/v1/threads/{thread}/events");
    let mut comments = Vec::new();
    let mut watching = Watching::begin(&world.anon, &path, None).await;
    comments.push(world.reply(&world.bo, &thread, "0").await);
    let last = watching.next().await.unwrap().id;
    drop(watching);
    for n in 1..4 {
        comments.push(world.reply(&world.bo, &thread, &n.to_string()).await);
    }
    for (path, last) in [(path.clone(), Some(last.as_str())), (format!("{path}?since={last}"), None)] {
        let mut again = Watching::begin(&world.anon, &path, last).await;
        for comment in &comments[1..] {
            assert_eq!(again.event().await, event("comment", comment));
        }
        let live = world.reply(&world.bo, &thread, "live").await;
        assert_eq!(again.event().await, event("comment", &live));
        comments.push(live);
    }
    let mut ahead = Watching::begin(&world.anon, &path, Some("1000000")).await;
    let next = world.reply(&world.bo, &thread, "next").await;
    assert_eq!(ahead.event().await, event("comment", &next));
    comments.push(next);
    let mut all = Watching::begin(&world.anon, &path, Some("0")).await;
    for comment in &comments {
        assert_eq!(all.event().await, event("comment", comment));
    }
}

#[tokio::test]
async fn long_absences_are_made_up_in_parts() {
    let world = World::new().await;
    let thread = world.thread("Long").await;
    let comment = world.reply(&world.bo, &thread, "voted on and on").await;
    for n in 0..1100 {
        let value = if n % 2 == 0 { 1 } else { -1 };
        world.ana.put(&format!("/api/v1/comments/{comment}/vote"), json!({ "value": value })).await.is(200);
    }
    let mut watching = Watching::begin(&world.anon, &format!("/api/v1/threads/{thread}/events"), Some("1")).await;
    for id in 2..=1102 {
        assert_eq!(watching.next().await.unwrap().id, id.to_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_or_told_twice_while_it_happens() {
    let world = World::new().await;
    let thread = world.thread("Busy").await;
    let path = format!("/api/v1/threads/{thread}/events");
    let writers = futures::future::join_all((0..8).map(|writer| {
        let (world, thread) = (&world, &thread);
        async move {
            for n in 0..20 {
                world.reply(&world.bo, thread, &format!("{writer} {n}")).await;
            }
        }
    }));
    let watchers = futures::future::join_all((0..4).map(|_| async {
        let mut watching = Watching::begin(&world.anon, &path, Some("1")).await;
        let mut ids = Vec::new();
        while ids.len() < 160 {
            ids.push(watching.next().await.unwrap().id.parse::<i64>().unwrap());
        }
        ids
    }));
    let (_, told) = futures::join!(writers, watchers);
    let expected: Vec<i64> = (2..=161).collect();
    assert!(told.iter().all(|ids| *ids == expected), "{told:?}");
}

#[tokio::test]
async fn places_are_limited_and_given_back() {
    let world = World::with(Wishes { live: 2, ..Wishes::default() }).await;
    let thread = world.thread("Places").await;
    let path = format!("/api/v1/threads/{thread}/events");
    let first = Watching::begin(&world.anon, &path, None).await;
    let _second = Watching::begin(&world.anon, &path, None).await;
    let refused = world.anon.get(&path).await.refused(503, "live-full");
    assert!(!refused.header("retry-after").is_empty());
    drop(first);
    let _third = Watching::begin(&world.anon, &path, None).await;
}

#[tokio::test]
async fn the_end_of_the_server_ends_what_is_watched() {
    let world = World::new().await;
    let thread = world.thread("End").await;
    let mut watching = Watching::begin(&world.anon, &format!("/api/v1/threads/{thread}/events"), None).await;
    world.app.stop();
    assert_eq!(watching.next().await, None);
}

#[tokio::test]
async fn silence_is_broken_now_and_then() {
    let world = World::new().await;
    let thread = world.thread("Silence").await;
    let mut watching = Watching::begin(&world.anon, &format!("/api/v1/threads/{thread}/events"), None).await;
    tokio::time::pause();
    let pulse = watching.next().await.unwrap();
    assert_eq!(pulse, Message { comment: true, ..Message::default() });
}

#[tokio::test]
async fn threads_and_places_that_are_not_there() {
    let world = World::new().await;
    let thread = world.thread("Places").await;
    let comment = world.reply(&world.bo, &thread, "no thread").await;
    world.anon.get("/api/v1/threads/1/events").await.refused(404, "not-found");
    world.anon.get(&format!("/api/v1/threads/{comment}/events")).await.refused(404, "not-found");
    let path = format!("/api/v1/threads/{thread}/events");
    for last in ["-1", "x", "1e3", "99999999999999999999"] {
        world.anon.get_with(&path, "last-event-id", last).await.refused(400, "bad-query");
        world.anon.get(&format!("{path}?since={last}")).await.refused(400, "bad-query");
    }
}
