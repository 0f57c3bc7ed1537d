//! What answers look like, whole. `REJOINDER_BLESS=1` writes the files anew, to be looked at before they are committed.

use std::path::Path;

use serde_json::{Value, json};

use crate::world::{Wishes, World};

#[track_caller]
pub fn golden(name: &str, value: &Value) {
    // In the same order whatever features serde_json is built with.
    let mut value = value.clone();
    value.sort_all_objects();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.json"));
    let written = format!("{}\n", serde_json::to_string_pretty(&value).unwrap());
    if std::env::var_os("REJOINDER_BLESS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, expected, "{} differs", path.display());
}

#[tokio::test]
async fn shapes_are_as_they_were() {
    let world = World::with(Wishes::repeatable()).await;
    let new = json!({ "title": "Boats", "url": "https://example.org/boats", "text": "What do *you* think?" });
    let thread = world.ana.post("/api/v1/boards/talk/threads", new).await.is(201);
    golden("thread-new", &thread.json());
    let thread = thread.text("/id");
    let comment = world.reply(&world.bo, &thread, "I like **boats**, @ana.").await;
    let answer = world.reply(&world.ana, &comment, "Me too.").await;
    let gone = world.reply(&world.ana, &comment, "Not me.").await;
    world.hands.forward(90_500);
    world.bo.patch(&format!("/api/v1/comments/{comment}"), json!({ "text": "I *love* boats." })).await.is(200);
    world.ana.put(&format!("/api/v1/comments/{comment}/vote"), json!({ "value": 1 })).await.is(200);
    world.mo.post(&format!("/api/v1/admin/comments/{gone}/remove"), json!({ "reason": "off topic" })).await.is(200);
    golden("thread", &world.anon.get(&format!("/api/v1/threads/{thread}?sort=old")).await.is(200).json());
    golden("thread-own", &world.ana.get(&format!("/api/v1/threads/{thread}?limit=1")).await.is(200).json());
    golden("threads", &world.anon.get("/api/v1/threads").await.is(200).json());
    golden("comment", &world.anon.get(&format!("/api/v1/comments/{answer}?context=5")).await.is(200).json());
    golden("history", &world.anon.get(&format!("/api/v1/comments/{comment}/history")).await.is(200).json());
    golden("actor", &world.anon.get("/api/v1/actors/bo").await.is(200).json());
    golden("search", &world.anon.get("/api/v1/search?q=boats").await.is(200).json());
    golden("notifications", &world.bo.get("/api/v1/notifications").await.is(200).json());
    golden("me", &world.bo.get("/api/v1/me").await.is(200).json());
    golden("tokens", &world.bo.get("/api/v1/tokens").await.is(200).json());
    golden("modlog", &world.anon.get("/api/v1/modlog").await.is(200).json());
    golden("boards", &world.anon.get("/api/v1/boards").await.is(200).json());
    let mut instance = world.anon.get("/api/v1/instance").await.is(200).json();
    instance["software"]["version"] = "0".into();
    golden("instance", &instance);
    golden(
        "problem",
        &world.ana.post(&format!("/api/v1/comments/{thread}/replies"), json!({ "text": "" })).await.is(422).json(),
    );
    golden("feed", &world.anon.get(&format!("/t/{thread}/feed.json")).await.is(200).json());
}
