//! What those who run an instance rely on: its description, measurements, source, headers, where to report a hole.

use domain::Scope;
use serde_json::json;

use crate::world::{METRICS_TOKEN, World};

#[tokio::test]
async fn an_administrator_names_the_instance_and_gives_it_rules() {
    let world = World::new().await;
    assert_eq!(world.anon.get("/api/v1/instance").await.text("/name"), "Talk about it");
    let change = json!({ "name": "The Well", "rules": "1. Be *kind*." });
    world.anon.patch("/api/v1/instance", change.clone()).await.refused(401, "login-required");
    world.mo.patch("/api/v1/instance", change.clone()).await.refused(403, "forbidden");
    let weak = world.token("ida", Scope::Moderate).await;
    weak.patch("/api/v1/instance", change.clone()).await.refused(403, "scope-missing");
    world.admin.patch("/api/v1/instance", json!({ "rules": "Soon." })).await.is(200);
    assert_eq!(
        world.app.site().await.unwrap().facts.name,
        "Talk about it",
        "what is left out stays as the host wrote it"
    );
    let said = world.admin.patch("/api/v1/instance", change).await.is(200);
    assert_eq!((said.text("/name"), said.text("/rules")), ("The Well".into(), "1. Be *kind*.".into()));
    world.admin.patch("/api/v1/instance", json!({ "rules": "" })).await.is(200);
    let read = world.anon.get("/api/v1/instance").await;
    assert_eq!((read.text("/name"), read.text("/rules")), ("The Well".into(), String::new()));
    world.admin.patch("/api/v1/instance", json!({ "name": " " })).await.refused(422, "bad-field");
}

#[tokio::test]
async fn measurements_are_for_whoever_has_their_token() {
    let world = World::new().await;
    let found = world.bearer(METRICS_TOKEN).get("/metrics").await.is(200);
    assert_eq!((found.body().as_str(), found.header("cache-control")), ("measured 1\n", "no-store"));
    world.anon.get("/metrics").await.is(404);
    world.anon.get(&format!("/metrics?token={METRICS_TOKEN}")).await.is(404);
    world.bearer("sixteen-or-more-other-ones").get("/metrics").await.is(404);
    world.admin.get("/metrics").await.is(404);
}

#[tokio::test]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let world = World::new().await;
    let thread = world.thread("Headers").await;
    let paths = ["/", "/api", "/api/v1/instance", "/feed.atom", "/healthz", "/nowhere", "/api/v1/nowhere", "/source"];
    for path in paths.into_iter().map(str::to_owned).chain([format!("/t/{thread}/headers")]) {
        let answer = world.anon.get(&path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{path}");
    }
}

#[tokio::test]
async fn the_source_is_there_for_everybody() {
    let world = World::new().await;
    let source = world.anon.get("/source").await.is(200);
    assert_eq!((source.bytes.as_slice(), source.header("content-type")), (&b"source"[..], "application/gzip"));
    assert!(source.header("content-disposition").starts_with("attachment; "));
    assert!(world.anon.get("/").await.body().contains("href=\"/source\""), "the page offers it");
}

#[tokio::test]
async fn those_who_find_a_hole_learn_where_to_report_it() {
    let world = World::new().await;
    let text = world.anon.get("/.well-known/security.txt").await.is(200).body();
    assert!(text.starts_with("Contact: mailto:holes@talk.example\nExpires: 2027-"), "{text}");
    assert!(text.ends_with("\nCanonical: https://talk.example/.well-known/security.txt\n"), "{text}");
}
