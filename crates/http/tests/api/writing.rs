//! Writing: threads, answers, edits, deletions, votes, reports, previews, boards.

use axum::http::Method;
use domain::Scope;
use serde_json::{Value, json};

use crate::world::{Answer, Caller, HOST, World};

#[tokio::test]
async fn a_thread_is_started_and_can_be_read_where_it_says() {
    let world = World::new().await;
    let new =
        json!({ "title": " Boats  &\u{202e} trains ", "url": "https://example.org/boats", "text": "See *this*." });
    let made = world.ana.post("/api/v1/boards/talk/threads", new).await.is(201);
    let place = made.header("location").to_owned();
    assert_eq!(place, format!("/api/v1/threads/{}", made.text("/id")));
    assert_eq!((made.text("/title"), made.text("/url")), ("Boats & trains".into(), "https://example.org/boats".into()));
    assert_eq!(
        (made.text("/html"), made.text("/text")),
        ("<p dir=\"auto\">See <em>this</em>.</p>".into(), "See *this*.".into())
    );
    assert_eq!(made.text("/uri"), format!("{HOST}/t/{}", made.text("/id")));
    let read = world.ana.get(&place).await.is(200);
    assert_eq!((read.at("/thread/title"), read.at("/thread/text")), (made.at("/title"), made.at("/text")));
    let bare = world.ana.post("/api/v1/boards/talk/threads", json!({ "title": "Only a title" })).await.is(201);
    assert_eq!((bare.at("/url"), bare.text("/html")), (Value::Null, String::new()));
}

#[tokio::test]
async fn what_a_thread_cannot_begin_with_is_refused() {
    let world = World::new().await;
    let path = "/api/v1/boards/talk/threads";
    for (new, field) in [
        (json!({ "title": " " }), "title"),
        (json!({ "title": "x".repeat(201) }), "title"),
        (json!({ "title": "x", "url": "javascript:alert(1)" }), "url"),
        (json!({ "title": "x", "url": "not an address" }), "url"),
        (json!({ "title": "x", "text": "x".repeat(20_001) }), "text"),
    ] {
        let refused = world.ana.post(path, new).await.refused(422, "text-refused");
        assert_eq!(refused.text("/field"), field);
    }
    world.ana.post("/api/v1/boards/none/threads", json!({ "title": "x" })).await.refused(404, "not-found");
    world.anon.post(path, json!({ "title": "x" })).await.refused(401, "login-required");
    let reader = world.token("ana", Scope::Read).await;
    reader.post(path, json!({ "title": "x" })).await.refused(403, "scope-missing");
}

#[tokio::test]
async fn an_answer_comes_back_as_it_is_read() {
    let world = World::new().await;
    let thread = world.thread("Answers").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    let made = world.bo.post(&path, json!({ "text": "I *agree*, @ana" })).await.is(201);
    let place = made.header("location").to_owned();
    assert_eq!(
        made.text("/html"),
        "<p dir=\"auto\">I <em>agree</em>, <a href=\"/u/ana\" class=\"mention\" rel=\"nofollow noopener noreferrer ugc\">@ana</a></p>"
    );
    let mut read = world.anon.get(&place).await.is(200).json();
    read.as_object_mut().unwrap().remove("context");
    assert_eq!(made.json(), read);
}

#[tokio::test]
async fn answers_that_cannot_be() {
    let world = World::new().await;
    let thread = world.thread("Refusals").await;
    let path = |id: &str| format!("/api/v1/comments/{id}/replies");
    world.anon.post(&path(&thread), json!({ "text": "x" })).await.refused(401, "login-required");
    world
        .token("bo", Scope::Read)
        .await
        .post(&path(&thread), json!({ "text": "x" }))
        .await
        .refused(403, "scope-missing");
    world.bo.post(&path("1"), json!({ "text": "x" })).await.refused(404, "not-found");
    for empty in ["", " \n ", "\u{200b}\u{202e}", "\0"] {
        world.bo.post(&path(&thread), json!({ "text": empty })).await.refused(422, "text-refused");
    }
    world.bo.post(&path(&thread), json!({ "text": "x".repeat(20_001) })).await.refused(422, "text-refused");
    let mut at = thread.clone();
    for n in 0..=5 {
        at = world.reply(&world.bo, &at, &format!("level {n}")).await;
    }
    world.bo.post(&path(&at), json!({ "text": "too deep" })).await.refused(422, "too-deep");
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/lock"), json!({ "reason": "" })).await.is(200);
    world.bo.post(&path(&thread), json!({ "text": "too late" })).await.refused(403, "locked");
    world.mo.post(&format!("/api/v1/admin/comments/{at}/remove"), json!({ "reason": "" })).await.is(200);
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/unlock"), json!({ "reason": "" })).await.is(200);
    world.bo.post(&path(&at), json!({ "text": "to whom?" })).await.refused(410, "tombstone");
}

#[tokio::test]
async fn edits_keep_what_was_there_before() {
    let world = World::new().await;
    let thread = world.thread("Edits").await;
    let comment = world.reply(&world.bo, &thread, "first words").await;
    let path = format!("/api/v1/comments/{comment}");
    world.hands.forward(5000);
    let edited = world.bo.patch(&path, json!({ "text": "second *words*", "of": "first words" })).await.is(200);
    assert_eq!(edited.text("/html"), "<p dir=\"auto\">second <em>words</em></p>");
    assert_eq!(edited.text("/edited"), "2027-01-15T08:00:05.000Z");
    world.bo.patch(&path, json!({ "text": "third", "of": "first words" })).await.refused(409, "conflict");
    assert_eq!(world.anon.get(&format!("{path}/source")).await.is(200).json(), json!({ "text": "second *words*" }));
    let history = world.anon.get(&format!("{path}/history")).await.is(200);
    assert_eq!(history.all("/items", "/text"), ["first words"]);
    world.ana.patch(&path, json!({ "text": "not mine" })).await.refused(403, "forbidden");
    world.anon.patch(&path, json!({ "text": "nobody's" })).await.refused(401, "login-required");
    world.bo.patch(&path, json!({ "text": "" })).await.refused(422, "text-refused");
    world.bo.patch("/api/v1/comments/1", json!({ "text": "x" })).await.refused(404, "not-found");
}

#[tokio::test]
async fn deletion_leaves_a_tombstone_with_its_answers() {
    let world = World::new().await;
    let thread = world.thread("Deletion").await;
    let comment = world.reply(&world.bo, &thread, "regretted").await;
    let answer = world.reply(&world.ana, &comment, "but why?").await;
    let path = format!("/api/v1/comments/{comment}");
    world.ana.delete(&path).await.refused(403, "forbidden");
    world.bo.delete(&path).await.is(204);
    let left = world.anon.get(&path).await.is(200);
    assert_eq!(
        (left.text("/state"), left.text("/html"), left.text("/text")),
        ("deleted".into(), String::new(), String::new())
    );
    assert_eq!((left.at("/author"), left.at("/replies_count")), (Value::Null, 1.into()));
    assert_eq!(
        world.anon.get(&format!("/api/v1/threads/{thread}")).await.all("/comments", "/id"),
        [Value::from(comment), answer.into()]
    );
    world.bo.delete(&path).await.refused(410, "tombstone");
    world.anon.get(&format!("{path}/source")).await.refused(410, "tombstone");
    world.anon.get(&format!("{path}/history")).await.refused(410, "tombstone");
    world.bo.delete("/api/v1/comments/1").await.refused(404, "not-found");
    world.ana.delete(&format!("/api/v1/comments/{thread}")).await.is(204);
    let read = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!((read.text("/thread/title"), read.at("/thread/author")), ("[deleted]".into(), Value::Null));
    assert_eq!(world.anon.get("/api/v1/threads").await.is(200).at("/items"), json!([]));
}

#[tokio::test]
async fn votes_count_once_each() {
    let world = World::new().await;
    let thread = world.thread("Votes").await;
    let comment = world.reply(&world.bo, &thread, "vote for me").await;
    let path = format!("/api/v1/comments/{comment}/vote");
    let votes = |value: i64, score: i64, ups: i64, downs: i64| json!({ "comment_id": comment, "value": value, "score": score, "ups": ups, "downs": downs });
    let vote = |who: &Caller, value: i64| {
        let (who, path) = (who.clone(), path.clone());
        async move { who.put(&path, json!({ "value": value })).await.is(200).json() }
    };
    assert_eq!(vote(&world.ana, 1).await, votes(1, 1, 1, 0));
    assert_eq!(vote(&world.ana, 1).await, votes(1, 1, 1, 0));
    assert_eq!(vote(&world.mo, -1).await, votes(-1, 0, 1, 1));
    assert_eq!(vote(&world.ana, 0).await, votes(0, -1, 0, 1));
    world.bo.put(&path, json!({ "value": 1 })).await.refused(403, "forbidden");
    for bad in [json!({ "value": 2 }), json!({ "value": "1" }), json!({ "value": 1.5 }), json!({}), json!([1])] {
        world.ana.put(&path, bad).await.refused(422, "bad-body");
    }
    world.ana.put("/api/v1/comments/1/vote", json!({ "value": 1 })).await.refused(404, "not-found");
}

#[tokio::test]
async fn reports_reach_the_moderators_once() {
    let world = World::new().await;
    let thread = world.thread("Reports").await;
    let comment = world.reply(&world.bo, &thread, "buy now").await;
    let path = format!("/api/v1/comments/{comment}/reports");
    world.ana.post(&path, json!({ "category": "spam", "text": "" })).await.is(202);
    world.ana.post(&path, json!({ "category": "spam" })).await.is(202);
    world.ana.post(&path, json!({ "category": "other", "text": " " })).await.refused(422, "bad-field");
    world.ana.post(&path, json!({ "category": "nonsense" })).await.refused(422, "bad-body");
    world.ana.post(&path, json!({ "category": "spam", "text": "x".repeat(2001) })).await.refused(422, "bad-field");
    world.bo.post(&path, json!({ "category": "spam" })).await.refused(403, "forbidden");
    world.anon.post(&path, json!({ "category": "spam" })).await.refused(401, "login-required");
}

#[tokio::test]
async fn a_preview_shows_and_stores_nothing() {
    let world = World::new().await;
    let shown = world.bo.post("/api/v1/preview", json!({ "text": "> quoted\n\n<b onclick=x>bold</b>" })).await.is(200);
    assert!(shown.text("/html").contains("<blockquote"), "{shown:?}");
    assert!(!shown.text("/html").contains("<b "), "{shown:?}");
    assert_eq!(world.bo.post("/api/v1/preview", json!({ "text": "" })).await.is(200).text("/html"), "");
    world.bo.post("/api/v1/preview", json!({ "text": "x".repeat(20_001) })).await.refused(422, "text-refused");
    world.anon.post("/api/v1/preview", json!({ "text": "x" })).await.refused(401, "login-required");
}

#[tokio::test]
async fn boards_are_made_and_described_by_administrators() {
    let world = World::new().await;
    let new = json!({ "name": "Boats", "title": "All about boats", "about": "*Boats.*", "rules": "Be kind." });
    let made = world.admin.post("/api/v1/boards", new.clone()).await.is(201);
    assert_eq!((made.header("location"), made.text("/uri")), ("/api/v1/boards/Boats", format!("{HOST}/b/Boats")));
    assert_eq!(made.text("/about_html"), "<p dir=\"auto\"><em>Boats.</em></p>");
    world.admin.post("/api/v1/boards", new.clone()).await.refused(409, "name-taken");
    world.mo.post("/api/v1/boards", json!({ "name": "mine" })).await.refused(403, "forbidden");
    world
        .token("ida", Scope::Moderate)
        .await
        .post("/api/v1/boards", json!({ "name": "mine" }))
        .await
        .refused(403, "scope-missing");
    world.anon.post("/api/v1/boards", json!({ "name": "mine" })).await.refused(401, "login-required");
    world.admin.post("/api/v1/boards", json!({ "name": "no spaces" })).await.refused(422, "name-refused");
    assert_eq!(world.anon.get("/api/v1/boards").await.is(200).all("/items", "/name"), ["Boats", "talk"]);
    let changed = world.admin.patch("/api/v1/boards/boats", json!({ "title": "Ships" })).await.is(200);
    assert_eq!((changed.text("/title"), changed.text("/about")), ("Ships".into(), "*Boats.*".into()));
    assert_eq!(world.anon.get("/api/v1/boards/boats").await.is(200).json(), changed.json());
    world.mo.patch("/api/v1/boards/boats", json!({ "title": "Mine" })).await.refused(403, "forbidden");
    world.admin.patch("/api/v1/boards/none", json!({ "title": "x" })).await.refused(404, "not-found");
    world.anon.get("/api/v1/boards/none").await.refused(404, "not-found");
}

#[tokio::test]
async fn those_who_are_answered_or_mentioned_are_told() {
    let world = World::new().await;
    let thread = world.thread("News").await;
    let reply = world.reply(&world.bo, &thread, "an answer").await;
    let mention = world.reply(&world.mo, &reply, "@ana should see this").await;
    assert_eq!(world.ana.get("/api/v1/me").await.is(200).at("/unread_count"), 2);
    let news = world.ana.get("/api/v1/notifications").await.is(200);
    assert_eq!(news.all("/items", "/comment/id"), [Value::from(mention), reply.into()]);
    assert_eq!(news.all("/items", "/kind"), ["mention", "reply"]);
    assert_eq!(news.all("/items", "/comment/text"), ["@ana should see this", "an answer"]);
    assert_eq!(news.header("cache-control"), "private, no-store");
    let first = world.ana.get("/api/v1/notifications?limit=1").await.is(200);
    let second = world.ana.get(&format!("/api/v1/notifications?limit=1&cursor={}", first.text("/next"))).await.is(200);
    assert_eq!((second.at("/items/0"), second.at("/next")), (news.at("/items/1"), Value::Null));
    world.ana.post("/api/v1/notifications/read", json!({ "up_to": news.text("/items/0/id") })).await.is(204);
    assert_eq!(world.ana.get("/api/v1/me").await.is(200).at("/unread_count"), 0);
    world.anon.get("/api/v1/notifications").await.refused(401, "login-required");
    let reader = world.token("ana", Scope::Read).await;
    reader.post("/api/v1/notifications/read", json!({ "up_to": "1" })).await.refused(403, "scope-missing");
    world.ana.post("/api/v1/notifications/read", json!({ "up_to": 1 })).await.refused(422, "bad-body");
}

async fn patch_if(who: &Caller, path: &str, tag: &str, body: Value) -> Answer {
    let request = who.request(Method::PATCH, path).header("if-match", tag).header("content-type", "application/json");
    who.send(request.body(body.to_string().into()).unwrap()).await
}

#[tokio::test]
async fn whoever_says_what_they_have_read_changes_nothing_else() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let comment = format!("/api/v1/comments/{}", world.reply(&world.ana, &thread, "One.").await);
    let board = "/api/v1/boards/talk";
    let tags = async || {
        let (comment, board) = (world.ana.get(&comment).await.is(200), world.admin.get(board).await.is(200));
        (comment.header("etag").to_owned(), board.header("etag").to_owned())
    };
    let (of_comment, of_board) = tags().await;
    patch_if(&world.ana, &comment, &of_comment, json!({ "text": "Two." })).await.is(200);
    patch_if(&world.admin, board, &of_board, json!({ "about": "Kettles." })).await.is(200);
    let now = tags().await;
    let late = patch_if(&world.ana, &comment, &of_comment, json!({ "text": "Three." })).await.refused(412, "stale");
    assert_eq!(late.header("etag"), now.0);
    let late = patch_if(&world.admin, board, &of_board, json!({ "about": "Pans." })).await.refused(412, "stale");
    assert_eq!(late.header("etag"), now.1);
    assert_eq!(tags().await, now, "nothing was changed");
    let several = format!("{of_comment}, {}", now.0);
    patch_if(&world.ana, &comment, &several, json!({ "text": "Four." })).await.is(200);
    patch_if(&world.admin, board, "*", json!({ "about": "Pans." })).await.is(200);
}
