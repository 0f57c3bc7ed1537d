//! Rejoinder beside Rejoinder: three servers under their names, each with a database of its own, share a board. One of them
//! is on PostgreSQL where `REJOINDER_TEST_DATABASE` names one. What is written on one stands on the others in time; a
//! server that was away has it when it comes back.

use std::time::{Duration, Instant};

use rejoinder_tests::wire::Wire;
use rejoinder_tests::{Network, Site, within};
use reqwest::Method;
use serde_json::{Value, json};

use super::house::{House, until};

/// How long it may take until what somebody wrote on one server stands on another.
const SOON: Duration = Duration::from_secs(1);
impl House {
    /// The one thread of a board, as it is known here, when it has come.
    async fn thread(&self, board: &str) -> String {
        let path = format!("/api/v1/boards/{board}/threads");
        let read = async || self.api.get(&path).await.expect(200).json()["items"][0]["id"].as_str().map(str::to_owned);
        until(&format!("a thread on {}", self.host), async || read().await.is_some()).await;
        read().await.unwrap()
    }

    /// What stands in a thread: each comment with its depth, its author's full name, its words, its score.
    async fn comments(&self, thread: &str) -> Vec<(i64, String, String, i64)> {
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
    async fn find(&self, thread: &str, text: &str) -> String {
        let all = self.api.all(&format!("/api/v1/threads/{thread}?sort=old"), "comments").await;
        let found = all.iter().find(|comment| comment["text"] == *text);
        found.unwrap_or_else(|| panic!("{text} is not among {all:?}"))["id"].as_str().unwrap().to_owned()
    }

    async fn reply(&self, comment: &str, text: &str) -> String {
        let path = format!("/api/v1/comments/{comment}/replies");
        let reply = self.api.post(&path, &json!({ "text": text })).await.expect(201).json();
        reply["id"].as_str().unwrap().to_owned()
    }

    async fn send(&self, method: Method, path: String, body: Value) {
        let answer = self.api.write(method, &path, &body).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// Somebody who watches a thread from now on.
    async fn watcher(&self, thread: &str) -> Wire {
        let mut watcher = Wire::connect(self.server.address()).await.unwrap();
        let head = format!("GET /api/v1/threads/{thread}/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        watcher.send(&head).await;
        watcher.until("watching").await;
        watcher
    }
}

/// What is done on one server, and that those who watch the thread on another are told of it in time.
async fn seen_soon<T>(there: &House, thread: &str, event: &str, done: impl Future<Output = T>) -> T {
    let mut watcher = there.watcher(thread).await;
    let begun = Instant::now();
    let done = done.await;
    // What is watched never ends: it is told every now and then that nothing happens.
    within(&format!("{event} on {}", there.host), watcher.until(&format!("event: {event}"))).await;
    let took = begun.elapsed();
    assert!(took < SOON, "{event} took {took:?} to {}", there.host);
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_share_a_board_and_one_that_was_away_has_all_of_it() {
    let network = Network::take().await;
    let one = House::new(&network, "one.test", "ada", Site::embedded()).await;
    let two = House::new(&network, "two.test", "bo", Site::new().await).await;
    let mut three = House::new(&network, "three.test", "cy", Site::embedded()).await;
    one.api.post("/api/v1/boards", &json!({ "name": "talk", "title": "General talk" })).await.expect(201);
    let board = "talk.all@one.test";
    two.follow(board).await;
    three.follow(board).await;

    // It is away, without a word.
    three.crash().await;
    let opening = json!({ "title": "Which kettle?", "text": "I want *one* that lasts." });
    let begun = Instant::now();
    let home = one.api.post("/api/v1/boards/talk/threads", &opening).await.expect(201).json();
    let home = home["id"].as_str().unwrap();
    let copy = two.thread(board).await;
    assert!(begun.elapsed() < SOON, "the thread took {:?}", begun.elapsed());

    // Both ways, each below the other's.
    seen_soon(&one, home, "comment", two.reply(&copy, "A copper one.")).await;
    let theirs = one.find(home, "A copper one.").await;
    seen_soon(&two, &copy, "comment", one.reply(&theirs, "Copper it is.")).await;
    let answer = two.find(&copy, "Copper it is.").await;
    let third = seen_soon(&one, home, "comment", two.reply(&answer, "It is.")).await;
    let change = two.send(Method::PATCH, format!("/api/v1/comments/{third}"), json!({ "text": "It is, truly." }));
    seen_soon(&one, home, "edit", change).await;
    let vote = two.send(Method::PUT, format!("/api/v1/comments/{answer}/vote"), json!({ "value": 1 }));
    seen_soon(&one, home, "vote", vote).await;
    let vote = one.send(Method::PUT, format!("/api/v1/comments/{theirs}/vote"), json!({ "value": 1 }));
    seen_soon(&two, &copy, "vote", vote).await;

    // It comes back, and hears of the first half and of what follows.
    three.start().await;
    seen_soon(&two, &copy, "comment", one.reply(home, "An iron one.")).await;
    let there = three.thread(board).await;
    until("all comments on three.test", async || three.comments(&there).await.len() == 4).await;
    let late = three.find(&there, "Copper it is.").await;
    seen_soon(&one, home, "comment", three.reply(&late, "Late, but here.")).await;
    until("the late answer on two.test", async || two.comments(&copy).await.len() == 5).await;

    let words = async |house: &House, thread: &str| {
        let lines = house.comments(thread).await.into_iter();
        let mut lines: Vec<_> = lines.map(|(depth, author, text, _)| (depth, author, text)).collect();
        // Times are told in whole seconds: of two answers to one comment in the same second either may stand first.
        lines.sort();
        lines
    };
    let wanted = words(&one, home).await;
    let line = |depth: i64, author: &str, text: &str| (depth, author.to_owned(), text.to_owned());
    assert!(wanted.contains(&line(2, "bo@two.test", "It is, truly.")), "{wanted:?}");
    assert!(wanted.contains(&line(2, "cy@three.test", "Late, but here.")), "{wanted:?}");
    assert_eq!(words(&two, &copy).await, wanted);
    assert_eq!(words(&three, &there).await, wanted);
    let scores = [("A copper one.", 1), ("Copper it is.", 1)];
    for (text, score) in scores {
        for (house, thread) in [(&one, home), (&two, copy.as_str())] {
            let lines = house.comments(thread).await;
            assert!(lines.iter().any(|line| line.2 == text && line.3 == score), "{}: {lines:?}", house.host);
        }
    }
}
