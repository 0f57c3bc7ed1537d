//! What moderators do, and that everybody can read of it.

use domain::Scope;
use serde_json::{Value, json};

use crate::world::{Caller, World};

#[tokio::test]
async fn comments_are_removed_and_restored() {
    let world = World::new().await;
    let thread = world.thread("Moderation").await;
    let comment = world.reply(&world.bo, &thread, "a secret word").await;
    let path = |deed: &str| format!("/api/v1/admin/comments/{comment}/{deed}");
    let why = json!({ "reason": "off the subject" });
    world.bo.post(&path("remove"), why.clone()).await.refused(403, "forbidden");
    world.anon.post(&path("remove"), why.clone()).await.refused(401, "login-required");
    world.token("mo", Scope::Write).await.post(&path("remove"), why.clone()).await.refused(403, "scope-missing");
    let removed = world.mo.post(&path("remove"), why.clone()).await.is(200);
    let state = |state: &str| json!({ "comment_id": comment, "state": state, "thread_id": thread, "locked": false, "pinned": false, "board": "talk", "slow_seconds": 0, "sensitive": false });
    assert_eq!(removed.json(), state("removed"));
    assert_eq!(world.mo.post(&path("remove"), why.clone()).await.is(200).json(), state("removed"));
    for path in [
        format!("/api/v1/threads/{thread}"),
        format!("/api/v1/comments/{comment}"),
        "/api/v1/search?q=secret".into(),
        "/api/v1/actors/bo/comments".into(),
    ] {
        let seen = world.anon.get(&path).await.is(200);
        assert!(!String::from_utf8(seen.bytes).unwrap().contains("secret word"), "{path}");
    }
    world.anon.get(&format!("/api/v1/comments/{comment}/source")).await.refused(410, "tombstone");
    assert_eq!(world.mo.post(&path("restore"), json!({ "reason": "" })).await.is(200).json(), state("published"));
    assert_eq!(world.mo.post(&path("restore"), json!({ "reason": "" })).await.is(200).json(), state("published"));
    assert_eq!(
        world.anon.get("/api/v1/search?q=secret").await.is(200).all("/items", "/id"),
        [Value::from(comment.clone())]
    );
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.all("/items", "/deed"), ["restore", "remove"]);
    assert_eq!((log.text("/items/1/reason"), log.text("/items/1/moderator")), ("off the subject".into(), "mo".into()));
    assert_eq!(log.text("/items/1/comment_id"), comment);
}

#[tokio::test]
async fn threads_are_locked_and_pinned() {
    let world = World::new().await;
    let thread = world.thread("Management").await;
    let comment = world.reply(&world.bo, &thread, "below").await;
    for (deed, field, value) in [
        ("lock", "/locked", true),
        ("lock", "/locked", true),
        ("unlock", "/locked", false),
        ("pin", "/pinned", true),
        ("unpin", "/pinned", false),
    ] {
        let path = format!("/api/v1/admin/comments/{thread}/{deed}");
        world.bo.post(&path, json!({ "reason": "" })).await.refused(403, "forbidden");
        assert_eq!(world.mo.post(&path, json!({ "reason": "why not" })).await.is(200).at(field), value, "{deed}");
        let read = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
        assert_eq!(read.at(&format!("/thread{field}")), value, "{deed}");
    }
    let deeds = world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed");
    assert_eq!(deeds, ["unpin", "pin", "unlock", "lock"]);
    // Only whole threads are locked.
    let refused = world.mo.post(&format!("/api/v1/admin/comments/{comment}/lock"), json!({ "reason": "" })).await;
    refused.refused(404, "not-found");
    world.mo.post("/api/v1/admin/comments/1/pin", json!({ "reason": "" })).await.refused(404, "not-found");
}

#[tokio::test]
async fn reasons_are_cleaned_and_limited() {
    let world = World::new().await;
    let thread = world.thread("Reasons").await;
    let path = format!("/api/v1/admin/comments/{thread}/lock");
    let long = json!({ "reason": "x".repeat(501) });
    assert_eq!(world.mo.post(&path, long).await.refused(422, "bad-field").text("/field"), "reason");
    world.mo.post(&path, json!({})).await.refused(422, "bad-body");
    world.mo.post(&path, json!({ "reason": " a\0b\u{202e}c " })).await.is(200);
    assert_eq!(world.anon.get("/api/v1/modlog").await.is(200).text("/items/0/reason"), "abc");
}

#[tokio::test]
async fn the_log_is_read_page_by_page() {
    let world = World::new().await;
    let thread = world.thread("Log").await;
    for deed in ["lock", "unlock", "pin", "unpin", "lock"] {
        world.mo.post(&format!("/api/v1/admin/comments/{thread}/{deed}"), json!({ "reason": deed })).await.is(200);
    }
    let first = world.anon.get("/api/v1/modlog?limit=2").await.is(200);
    let second = world.anon.get(&format!("/api/v1/modlog?limit=2&cursor={}", first.text("/next"))).await.is(200);
    let third = world.anon.get(&format!("/api/v1/modlog?limit=2&cursor={}", second.text("/next"))).await.is(200);
    let all: Vec<Value> = [first, second, third].iter().flat_map(|page| page.all("/items", "/reason")).collect();
    assert_eq!(all, ["lock", "unpin", "pin", "unlock", "lock"]);
}

#[tokio::test]
async fn what_moderators_do_most_is_one_step_from_the_comment() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let comment = world.reply(&world.ana, &thread, "Buy kettles.").await;
    let page = async |who: &Caller| who.get(&format!("/t/{thread}/a-kettle")).await.is(200).body();
    let form = format!("/admin/threads/{thread}?do=remove&amp;comment={comment}");
    for nobody in [&world.anon, &world.ana, &world.bo] {
        let body = page(nobody).await;
        assert!(!body.contains("do=remove") && !body.contains("do=suspend") && !body.contains("/admin/"), "{body}");
    }
    let body = page(&world.mo).await;
    let suspend = format!("/admin/actors?do=suspend&amp;comment={comment}");
    assert!(body.contains(&form) && body.contains(&suspend) && body.contains("class=\"lock\""), "{body}");
    let to = world.mo.get(&suspend.replace("&amp;", "&")).await.is(303);
    assert_eq!(to.header("location"), "/admin/actors/ana?do=suspend");
    world.ana.get(&suspend.replace("&amp;", "&")).await.is(403);
    let shown = world.mo.get(&form.replace("&amp;", "&")).await.is(200).body();
    assert!(shown.contains("Remove the comment") && shown.contains(&format!("value=\"{comment}\"")), "{shown}");
    let given = [("do", "remove"), ("comment", comment.as_str()), ("reason", "advertising")];
    world.ana.form(&format!("/admin/threads/{thread}"), &given).await.is(403);
    let done = world.mo.form(&format!("/admin/threads/{thread}"), &given).await.is(303);
    assert_eq!(done.header("location"), format!("/t/{thread}#c{comment}"));
    assert!(page(&world.mo).await.contains("[removed]"));
    // Nobody is told that it happened twice.
    let again = world.mo.form(&format!("/admin/threads/{thread}"), &given).await.is(422).body();
    assert!(again.contains("It is removed already"), "{again}");
}
