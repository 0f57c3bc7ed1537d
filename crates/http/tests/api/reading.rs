//! Reading: lists, threads, comments, people, search; pages of them; what has not changed.

use serde_json::{Value, json};

use crate::world::{Caller, World};

/// Reads a list to its end, a page at a time; the entries' values at `pointer`.
async fn walk(caller: &Caller, path: &str, list: &str, pointer: &str) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), String::new());
    let joint = if path.contains('?') { '&' } else { '?' };
    loop {
        let cursor = if next.is_empty() { String::new() } else { format!("{joint}cursor={next}") };
        let page = caller.get(&format!("{path}{cursor}")).await.is(200);
        found.extend(page.all(list, pointer));
        match page.at("/next") {
            Value::String(cursor) => next = cursor,
            _ => return found,
        }
    }
}

#[tokio::test]
async fn the_instance_says_what_it_is() {
    let world = World::new().await;
    let answer = world.anon.get("/api/v1/instance").await.is(200);
    assert_eq!(answer.text("/name"), "Talk about it");
    assert_eq!(answer.text("/registration"), "open");
    assert_eq!(answer.at("/limits/depth"), 5);
    assert_eq!(answer.at("/counts/accounts"), 4);
    assert_eq!(answer.text("/software/source"), "https://talk.example/source");
    assert_eq!(answer.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn threads_are_listed_in_every_order_page_by_page() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for n in 0..7 {
        world.hands.forward(60_000);
        ids.push(world.thread(&format!("Thread {n}")).await);
    }
    world.hands.forward(60_000);
    world.reply(&world.bo, &ids[2], "latest").await;
    for path in ["/api/v1/threads", "/api/v1/boards/talk/threads"] {
        for sort in ["hot", "new", "top", "best", "active"] {
            let walked = walk(&world.anon, &format!("{path}?sort={sort}&limit=3"), "/items", "/id").await;
            let whole = world.anon.get(&format!("{path}?sort={sort}")).await.is(200).all("/items", "/id");
            assert_eq!(walked, whole, "{path} {sort}");
            assert_eq!(walked.len(), 7, "{path} {sort}");
        }
    }
    let newest = world.anon.get("/api/v1/threads?sort=new&limit=1").await.is(200);
    assert_eq!(newest.text("/items/0/id"), ids[6]);
    let active = world.anon.get("/api/v1/threads?sort=active&limit=1").await.is(200);
    assert_eq!(active.text("/items/0/id"), ids[2]);
    world.anon.get("/api/v1/boards/none/threads").await.refused(404, "not-found");
}

#[tokio::test]
async fn pinned_threads_stand_at_the_head_once() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for n in 0..6 {
        world.hands.forward(60_000);
        ids.push(world.thread(&format!("Thread {n}")).await);
    }
    let pin = format!("/api/v1/admin/comments/{}/pin", ids[0]);
    world.mo.post(&pin, json!({ "reason": "read this first" })).await.is(200);
    let walked = walk(&world.anon, "/api/v1/boards/talk/threads?sort=new&limit=2", "/items", "/id").await;
    let expected: Vec<Value> = [0, 5, 4, 3, 2, 1].iter().map(|n| ids[*n].clone().into()).collect();
    assert_eq!(walked, expected);
}

#[tokio::test]
async fn a_thread_is_read_depth_first_stretch_by_stretch() {
    let world = World::new().await;
    let thread = world.thread("Depth").await;
    let first = world.reply(&world.bo, &thread, "first").await;
    world.hands.forward(1000);
    let second = world.reply(&world.bo, &thread, "second").await;
    let below = world.reply(&world.ana, &first, "below the first").await;
    let deepest = world.reply(&world.bo, &below, "deepest").await;
    let path = format!("/api/v1/threads/{thread}?sort=old");
    let whole = world.anon.get(&path).await.is(200);
    assert_eq!(whole.all("/comments", "/id"), [&first, &below, &deepest, &second].map(|id| Value::from(id.clone())));
    assert_eq!(whole.all("/comments", "/depth"), [0, 1, 2, 0]);
    assert_eq!(
        whole.all("/comments", "/parent_id"),
        [&thread, &first, &below, &thread].map(|id| Value::from(id.clone()))
    );
    assert_eq!(whole.all("/comments", "/replies_count"), [1, 1, 0, 0]);
    assert_eq!(whole.all("/comments", "/descendants_count"), [2, 1, 0, 0]);
    assert_eq!((whole.at("/thread/replies_count"), whole.at("/thread/comments_count")), (2.into(), 4.into()));
    assert_eq!(whole.at("/next"), Value::Null);
    let walked = walk(&world.anon, &format!("{path}&limit=1"), "/comments", "/id").await;
    assert_eq!(walked, whole.all("/comments", "/id"));
    for sort in ["best", "top", "new", "old", "controversial"] {
        let path = format!("/api/v1/threads/{thread}?limit=3&sort={sort}");
        assert_eq!(walk(&world.anon, &path, "/comments", "/id").await.len(), 4, "{sort}");
    }
    world.anon.get("/api/v1/threads/1").await.refused(404, "not-found");
    world.anon.get(&format!("/api/v1/threads/{first}")).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_comment_is_read_with_what_it_answers() {
    let world = World::new().await;
    let thread = world.thread("Context").await;
    let top = world.reply(&world.bo, &thread, "top").await;
    let middle = world.reply(&world.ana, &top, "middle").await;
    let low = world.reply(&world.bo, &middle, "low").await;
    let path = |id: &str, context: u32| format!("/api/v1/comments/{id}?context={context}");
    let alone = world.anon.get(&format!("/api/v1/comments/{low}")).await.is(200);
    assert_eq!((alone.text("/id"), alone.at("/context"), alone.at("/depth")), (low.clone(), json!([]), 2.into()));
    let one = world.anon.get(&path(&low, 1)).await.is(200);
    assert_eq!(one.all("/context", "/id"), [Value::from(middle.clone())]);
    let all = world.anon.get(&path(&low, 9)).await.is(200);
    assert_eq!(all.all("/context", "/id"), [Value::from(top), Value::from(middle)]);
    let root = world.anon.get(&path(&thread, 9)).await.is(200);
    assert_eq!(
        (root.at("/parent_id"), root.at("/depth"), root.at("/descendants_count")),
        (Value::Null, Value::Null, 3.into())
    );
    world.anon.get("/api/v1/comments/1").await.refused(404, "not-found");
    world.anon.get(&path(&low, 501)).await.refused(400, "bad-query");
}

#[tokio::test]
async fn a_caller_sees_their_own_votes() {
    let world = World::new().await;
    let thread = world.thread("Votes").await;
    let comment = world.reply(&world.bo, &thread, "vote for me").await;
    world.ana.put(&format!("/api/v1/comments/{comment}/vote"), json!({ "value": -1 })).await.is(200);
    let path = format!("/api/v1/threads/{thread}");
    let hers = world.ana.get(&path).await.is(200);
    assert_eq!((hers.at("/comments/0/own_vote"), hers.at("/thread/own_vote")), ((-1).into(), 0.into()));
    assert_eq!(hers.header("cache-control"), "private, no-cache");
    assert_eq!(world.bo.get(&path).await.is(200).at("/comments/0/own_vote"), 0);
    let everybodys = world.anon.get(&path).await.is(200);
    assert_eq!(everybodys.json().pointer("/comments/0/own_vote"), None);
    assert_eq!((everybodys.header("cache-control"), everybodys.header("vary")), ("no-cache", "Authorization, Cookie"));
    assert_eq!(world.ana.get(&format!("/api/v1/comments/{comment}")).await.is(200).at("/own_vote"), -1);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let world = World::new().await;
    let thread = world.thread("Tags").await;
    let comment = world.reply(&world.bo, &thread, "tagged").await;
    let paths = [
        "/api/v1/instance".to_owned(),
        "/api/v1/boards".into(),
        "/api/v1/boards/talk".into(),
        "/api/v1/threads".into(),
        "/api/v1/boards/talk/threads".into(),
        format!("/api/v1/threads/{thread}"),
        format!("/api/v1/threads/{thread}?sort=new&limit=7"),
        format!("/api/v1/comments/{comment}"),
        format!("/api/v1/comments/{comment}/source"),
        format!("/api/v1/comments/{comment}/history"),
        "/api/v1/actors/bo".into(),
        "/api/v1/actors/bo/comments".into(),
        "/api/v1/search?q=tagged".into(),
        "/api/v1/modlog".into(),
        "/api/v1/me".into(),
        "/api/v1/sessions".into(),
        "/api/v1/tokens".into(),
        "/api/v1/notifications".into(),
        "/api/v1/openapi.json".into(),
    ];
    for path in &paths {
        let first = world.bo.get(path).await.is(200);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\"") && tag.len() > 20, "{path}: {tag:?}");
        let again = world.bo.get_with(path, "if-none-match", &tag).await.is(304);
        assert_eq!((again.bytes.len(), again.header("etag")), (0, tag.as_str()), "{path}");
        world.bo.get_with(path, "if-none-match", "W/\"0\", \"1\"").await.is(200);
    }
}

#[tokio::test]
async fn a_tag_of_a_thread_ends_with_its_version_and_is_its_callers() {
    let world = World::new().await;
    let thread = world.thread("Versions").await;
    let path = format!("/api/v1/threads/{thread}");
    let tag = world.anon.get(&path).await.is(200).header("etag").to_owned();
    world.anon.get_with(&path, "if-none-match", &tag).await.is(304);
    world.ana.get_with(&path, "if-none-match", &tag).await.is(200);
    world.anon.get_with(&format!("{path}?sort=new"), "if-none-match", &tag).await.is(200);
    world.reply(&world.bo, &thread, "news").await;
    let after = world.anon.get_with(&path, "if-none-match", &tag).await.is(200);
    assert_ne!(after.header("etag"), tag);
}

#[tokio::test]
async fn people_and_what_they_wrote() {
    let world = World::new().await;
    let thread = world.thread("By Ana").await;
    for n in 0..5 {
        world.reply(&world.bo, &thread, &format!("comment {n}")).await;
    }
    let bo = world.anon.get("/api/v1/actors/bo").await.is(200);
    assert_eq!((bo.text("/handle"), bo.text("/role"), bo.at("/host")), ("bo".into(), "member".into(), Value::Null));
    assert_eq!(world.anon.get("/api/v1/actors/@BO").await.is(200).text("/name"), "bo");
    let texts = walk(&world.anon, "/api/v1/actors/bo/comments?limit=2", "/items", "/text").await;
    assert_eq!(texts, ["comment 4", "comment 3", "comment 2", "comment 1", "comment 0"]);
    let titles = walk(&world.anon, "/api/v1/actors/bo/comments", "/items", "/thread_title").await;
    assert!(titles.iter().all(|title| title == "By Ana"));
    world.anon.get("/api/v1/actors/nobody").await.refused(404, "not-found");
    world.anon.get("/api/v1/actors/bo@elsewhere.example/comments").await.refused(404, "not-found");
}

#[tokio::test]
async fn comments_are_found() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    for n in 0..4 {
        world.reply(&world.bo, &thread, &format!("the ferry number {n}")).await;
    }
    world.reply(&world.ana, &thread, "the ferry of somebody else").await;
    let found = walk(&world.anon, "/api/v1/search?q=ferry&author=bo&board=talk&limit=3", "/items", "/text").await;
    assert_eq!(found, ["the ferry number 3", "the ferry number 2", "the ferry number 1", "the ferry number 0"]);
    let none = world.anon.get("/api/v1/search?q=ferry&until=2020-01-01").await.is(200);
    assert_eq!(none.at("/items"), json!([]));
    let since = world.anon.get("/api/v1/search?q=ferry&since=2027-01-15T08:00:00Z").await.is(200);
    assert_eq!(since.at("/items").as_array().unwrap().len(), 5);
    assert_eq!(world.anon.get("/api/v1/search").await.is(200).at("/items"), json!([]));
    world.anon.get("/api/v1/search?q=x&since=yesterday").await.refused(422, "bad-field");
    world.anon.get("/api/v1/search?q=x&author=nobody").await.refused(422, "bad-field");
    world.anon.get("/api/v1/search?q=x&board=none").await.refused(422, "bad-field");
    let long = "long".repeat(200);
    world.anon.get(&format!("/api/v1/search?q={long}")).await.refused(422, "bad-field");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let world = World::new().await;
    let request =
        world.anon.request(axum::http::Method::HEAD, "/api/v1/boards").body(axum::body::Body::empty()).unwrap();
    let head = world.anon.send(request).await.is(200);
    assert!(head.bytes.is_empty() && !head.header("etag").is_empty());
}
