//! Starting and stopping: how soon a server is ready, and that it goes without leaving anybody without an answer.

use std::net::SocketAddr;

use rejoinder_tests::wire::Wire;
use rejoinder_tests::{Server, Site, within};
use serde_json::json;

/// A site with a thread, and a token that may write in it.
struct Scene {
    site: Site,
    token: String,
    thread: String,
}

impl Scene {
    async fn new(site: Site) -> Self {
        let token = site.token("ada", "admin", "admin").await;
        let server = site.start().await;
        let api = server.api(&token);
        api.post("/api/v1/boards", &json!({ "name": "talk", "title": "General talk" })).await.expect(201);
        let opening = json!({ "title": "The well", "text": "Write here." });
        let thread = api.post("/api/v1/boards/talk/threads", &opening).await.expect(201).json();
        server.stop().await;
        Self { site, token, thread: thread["id"].as_str().unwrap().to_owned() }
    }

    /// A request that the server has begun to handle, and of which half has been sent.
    async fn half_a_reply(&self, server: &Server) -> Wire {
        let mut wire = Wire::connect(server.address()).await.unwrap();
        let (path, length) = (format!("/api/v1/comments/{}/replies", self.thread), FIRST.len() + SECOND.len());
        wire.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: talk.test\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n",
            self.token
        ))
        .await;
        // The server says so when the handler asks for the body.
        wire.until("100 Continue").await;
        wire.send(FIRST).await;
        wire
    }
}

const FIRST: &str = "{\"text\": \"The first half, ";
const SECOND: &str = "and the second.\"}";

/// Somebody who watches the thread live.
async fn watcher(scene: &Scene, server: &Server) -> Wire {
    let mut wire = Wire::connect(server.address()).await.unwrap();
    let path = format!("/api/v1/threads/{}/events", scene.thread);
    wire.send(&format!("GET {path} HTTP/1.1\r\nHost: talk.test\r\n\r\n")).await;
    wire.until("watching").await;
    wire
}

/// A connection that has been used and is kept for later.
async fn idler(server: &Server) -> Wire {
    let mut wire = Wire::connect(server.address()).await.unwrap();
    wire.send("GET /healthz HTTP/1.1\r\nHost: talk.test\r\n\r\n").await;
    wire.until("ok").await;
    wire
}

/// Returns when nobody listens any more.
async fn refused(address: SocketAddr) {
    while Wire::connect(address).await.is_ok() {}
}

#[tokio::test]
async fn what_was_accepted_is_answered_and_nothing_new_is_accepted() {
    let scene = Scene::new(Site::new().await).await;
    let mut server = scene.site.start().await;
    let mut slow = scene.half_a_reply(&server).await;
    let (watcher, idler) = (watcher(&scene, &server).await, idler(&server).await);

    server.terminate();
    let stopping = within("the server to say that it stops", server.log().line("stopping")).await;
    assert!(stopping.is_some_and(|line| line.contains("terminate")));
    idler.end().await;
    let told = watcher.end().await;
    assert!(told.contains("text/event-stream") && told.ends_with("0\r\n\r\n"), "live connections end whole: {told:?}");
    within("the server to refuse connections", refused(server.address())).await;

    slow.send(SECOND).await;
    let answer = slow.end().await;
    assert!(answer.contains("201 Created") && answer.contains("The first half, and the second."), "{answer:?}");
    assert!(server.ended().await.success());
    let log = server.log().text();
    assert!(log.contains("stopped") && !log.contains("did not end in time"), "{log}");

    let server = scene.site.start().await;
    let read = server.anonymous().get(&format!("/api/v1/threads/{}", scene.thread)).await.expect(200).json();
    assert_eq!(read["comments"][0]["text"], "The first half, and the second.");
}

#[tokio::test]
async fn a_client_that_never_ends_keeps_no_server_from_stopping() {
    let scene = Scene::new(Site::new().await.set("SERVER__SHUTDOWN_GRACE_SECONDS", "1")).await;
    let mut server = scene.site.start().await;
    let stalled = scene.half_a_reply(&server).await;
    server.terminate();
    assert!(server.ended().await.success());
    assert!(server.log().text().contains("some requests did not end in time"));
    assert!(!stalled.end().await.contains("201"));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let scene = Scene::new(Site::new().await.set("LIMITS__REQUEST_TIMEOUT_SECONDS", "1")).await;
    let server = scene.site.start().await;
    let answer = scene.half_a_reply(&server).await.end().await;
    assert!(answer.contains("HTTP/1.1 503") && answer.contains("retry-after"), "{answer:?}");
    assert!(answer.contains("application/problem+json") && answer.contains("took too long"), "{answer:?}");
}

/// How soon is printed, and judged by whoever reads it: a busy machine is no fault of the server's.
#[tokio::test]
async fn a_server_is_ready_when_it_says_so() {
    let site = Site::new().await;
    for start in ["first", "second", "third"] {
        let server = site.start().await;
        assert_eq!(server.anonymous().get("/readyz").await.expect(200).body, "ready");
        let line = server.stdout().line("is ready at").await.unwrap();
        assert!(line.contains("http://talk.test") && line.contains(&server.address().to_string()), "{line}");
        println!("ready after {:?} at its {start} start", server.took());
        server.stop().await;
    }
}
