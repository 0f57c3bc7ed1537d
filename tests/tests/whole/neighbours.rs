//! Rejoinder beside Rejoinder: three servers under their names, each with a database of its own, share a board. One of them
//! is on PostgreSQL where `REJOINDER_TEST_DATABASE` names one. What is written on one stands on the others in time; a
//! server that was away has it when it comes back.

use std::time::Instant;

use rejoinder_tests::{Network, Site};
use reqwest::Method;
use serde_json::json;

use super::house::{House, SOON, seen_soon, until};

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_share_a_board_and_one_that_was_away_has_all_of_it() {
    let network = Network::take().await;
    let (one, two, mut three) = tokio::join!(
        House::new(&network, "one.test", "ada", Site::embedded()),
        House::new(&network, "two.test", "bo", Site::new().await),
        House::new(&network, "three.test", "cy", Site::embedded()),
    );
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
