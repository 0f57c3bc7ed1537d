//! Servers that live beside one another, each under its name, with one person who runs it.

use std::time::{Duration, Instant};

use rejoinder_tests::network::{Front, Speaks};
use rejoinder_tests::wire::Wire;
use rejoinder_tests::{Api, Network, Server, Site, comes_true, within};
use reqwest::Method;
use serde_json::{Value, json};

/// How long what waits for a server that is back may wait: one that was away is tried again after 10 seconds and then after twice as long
/// each time; what came from it and failed is tried again after half a minute.
const BACK: Duration = Duration::from_secs(150);

/// How long it may take until what somebody wrote on one server stands on another.
pub const SOON: Duration = Duration::from_secs(1);

/// A server with one person.
pub struct House {
    /// Its name, by which the others know it.
    pub host: &'static str,
    /// What stays when its server goes.
    pub site: Site,
    /// The server, or what is left of the last one.
    pub server: Server,
    /// The person, who may do everything here.
    pub api: Api,
    token: String,
    front: Front,
}

impl House {
    /// Builds it and starts its server.
    pub async fn new(network: &Network, host: &'static str, name: &str, site: Site) -> Self {
        let site = site.unlimited().at(network, host);
        let token = site.token(name, "admin", "admin").await;
        let server = site.start().await;
        let mut front = network.front(host, Speaks::Http2).await;
        front.lead_to(server.address()).await;
        Self { host, api: server.api(&token), token, site, server, front }
    }

    /// Its server is away, without a word.
    pub async fn crash(&mut self) {
        self.server.crash();
        self.front.close().await;
    }

    /// A server runs here again.
    pub async fn start(&mut self) {
        self.server = self.site.start().await;
        self.api = self.server.api(&self.token);
        self.front.lead_to(self.server.address()).await;
    }

    /// Its person follows the board, and is told yes.
    pub async fn follow(&self, board: &str) {
        let path = format!("/api/v1/boards/{board}/follow");
        self.api.post(&path, &json!({})).await.expect(200);
        let accepted = async || self.api.get(&path).await.expect(200).json()["state"] == "accepted";
        until(&format!("{} to be told yes by {board}", self.host), accepted).await;
    }
}

impl House {
    /// The one thread of a board, as it is known here, when it has come.
    pub async fn thread(&self, board: &str) -> String {
        let path = format!("/api/v1/boards/{board}/threads");
        let read = async || self.api.get(&path).await.expect(200).json()["items"][0]["id"].as_str().map(str::to_owned);
        until(&format!("a thread on {}", self.host), async || read().await.is_some()).await;
        read().await.unwrap()
    }

    /// What stands in a thread: each comment with its depth, its author's full name, its words, its score.
    pub async fn comments(&self, thread: &str) -> Vec<(i64, String, String, i64)> {
        let all = self.api.all(&format!("/api/v1/threads/{thread}?sort=old"), "comments").await;
        all.iter().map(|comment| self.line(comment)).collect()
    }

    fn line(&self, comment: &Value) -> (i64, String, String, i64) {
        let author = match (&comment["author"]["name"], &comment["author"]["host"]) {
            (Value::Null, _) => "nobody".to_owned(),
            (name, host) => format!("{}@{}", name.as_str().unwrap(), host.as_str().unwrap_or(self.host)),
        };
        let text = comment["text"].as_str().unwrap().to_owned();
        (comment["depth"].as_i64().unwrap(), author, text, comment["score"].as_i64().unwrap())
    }

    /// The comment with these words, as it is known here.
    pub async fn find(&self, thread: &str, text: &str) -> String {
        let all = self.api.all(&format!("/api/v1/threads/{thread}?sort=old"), "comments").await;
        let found = all.iter().find(|comment| comment["text"] == *text);
        found.unwrap_or_else(|| panic!("{text} is not among {all:?}"))["id"].as_str().unwrap().to_owned()
    }

    /// Its person answers a comment.
    pub async fn reply(&self, comment: &str, text: &str) -> String {
        let path = format!("/api/v1/comments/{comment}/replies");
        let reply = self.api.post(&path, &json!({ "text": text })).await.expect(201).json();
        reply["id"].as_str().unwrap().to_owned()
    }

    /// Its person does something, which is not refused.
    pub async fn send(&self, method: Method, path: String, body: Value) {
        let answer = self.api.write(method, &path, &body).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// Somebody who watches a thread from now on.
    pub async fn watcher(&self, thread: &str) -> Wire {
        let mut watcher = Wire::connect(self.server.address()).await.unwrap();
        let head = format!("GET /api/v1/threads/{thread}/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        watcher.send(&head).await;
        watcher.until("watching").await;
        watcher
    }
}

/// What is done on one server, and that those who watch the thread on another are told of it in time.
pub async fn seen_soon<T>(there: &House, thread: &str, event: &str, done: impl Future<Output = T>) -> T {
    let mut watcher = there.watcher(thread).await;
    let begun = Instant::now();
    let done = done.await;
    // What is watched never ends: it is told every now and then that nothing happens.
    within(&format!("{event} on {}", there.host), watcher.until(&format!("event: {event}"))).await;
    let took = begun.elapsed();
    assert!(took < SOON, "{event} took {took:?} to {}", there.host);
    done
}

/// Waits until something is so.
pub async fn until(what: &str, so: impl AsyncFn() -> bool) {
    assert!(comes_true(BACK, so).await, "still waiting for {what} after {BACK:?}");
}
