//! Accounts, sessions, tokens, and how often one may ask.

use std::num::NonZeroU32;

use actions::Joining;
use axum::body::Body;
use axum::http::Method;
use domain::Scope;
use door::settings::Rates;
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, Wishes, World};

fn secret(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    cookie.strip_prefix("__Host-session=").unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_joins_logs_in_and_out() {
    let world = World::new().await;
    let login = json!({ "name": "Cy", "password": PASSWORD });
    let joined = world.anon.post("/api/v1/accounts", login.clone()).await.is(201);
    assert_eq!((joined.header("location"), joined.text("/role")), ("/api/v1/actors/Cy", "member".into()));
    world.anon.post("/api/v1/accounts", json!({ "name": "cY", "password": PASSWORD })).await.refused(409, "name-taken");
    let entered = world.anon.post("/api/v1/sessions", login).await.is(201);
    assert_eq!((entered.text("/name"), entered.text("/scope")), ("Cy".into(), "admin".into()));
    let cy = world.cookie(&secret(&entered));
    assert_eq!(cy.get("/api/v1/me").await.is(200).text("/handle"), "Cy");
    let out = cy.delete("/api/v1/sessions/current").await.is(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{out:?}");
    cy.get("/api/v1/me").await.refused(401, "login-required");
}

#[tokio::test]
async fn names_and_passwords_that_cannot_be() {
    let world = World::new().await;
    for (name, password, code) in [
        ("a", PASSWORD, "name-refused"),
        ("admin", PASSWORD, "name-refused"),
        ("zwei wörter", PASSWORD, "name-refused"),
        ("a\0b", PASSWORD, "name-refused"),
        ("cy", "short", "bad-field"),
        ("cyrus", "cyrus12345", "bad-field"),
    ] {
        let refused = world.anon.post("/api/v1/accounts", json!({ "name": name, "password": password })).await;
        refused.refused(422, code);
    }
    for (name, password) in [("ana", PASSWORD), ("nobody", PASSWORD), ("nobody\0", "\0"), ("", "")] {
        let refused = world.anon.post("/api/v1/sessions", json!({ "name": name, "password": password })).await;
        refused.refused(401, "bad-credentials");
    }
}

#[tokio::test]
async fn a_closed_instance_takes_nobody() {
    let world = World::with(Wishes { joining: Joining::Closed, ..Wishes::default() }).await;
    let new = json!({ "name": "cy", "password": PASSWORD });
    world.anon.post("/api/v1/accounts", new).await.refused(403, "registration-closed");
    assert_eq!(world.anon.get("/api/v1/instance").await.is(200).text("/registration"), "closed");
}

#[tokio::test]
async fn guessing_is_stopped() {
    let rates = Rates { login_tries: NonZeroU32::new(3), login_minutes: 10, ..Rates::default() };
    let world = World::with(Wishes { rates, ..Wishes::default() }).await;
    for _ in 0..3 {
        let guess = json!({ "name": "ana", "password": "a wrong password" });
        world.anon.post("/api/v1/sessions", guess).await.refused(401, "bad-credentials");
    }
    let stopped = world.anon.post("/api/v1/sessions", json!({ "name": "ana", "password": PASSWORD })).await;
    assert!(stopped.refused(429, "throttled").header("retry-after").parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn the_password_is_changed_and_others_are_logged_out() {
    let world = World::new().await;
    let login = json!({ "name": "cy", "password": PASSWORD });
    world.anon.post("/api/v1/accounts", login.clone()).await.is(201);
    let first = world.cookie(&secret(&world.anon.post("/api/v1/sessions", login.clone()).await.is(201)));
    let second = world.cookie(&secret(&world.anon.post("/api/v1/sessions", login.clone()).await.is(201)));
    let path = "/api/v1/me/password";
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    first.post(path, change("a wrong password", "another long password")).await.refused(401, "bad-credentials");
    first.post(path, change(PASSWORD, "short")).await.refused(422, "bad-field");
    first.post(path, change(PASSWORD, "another long password")).await.is(204);
    first.get("/api/v1/me").await.is(200);
    second.get("/api/v1/me").await.refused(401, "login-required");
    world.anon.post("/api/v1/sessions", login).await.refused(401, "bad-credentials");
    world.anon.post(path, change(PASSWORD, PASSWORD)).await.refused(401, "login-required");
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let world = World::new().await;
    let login = json!({ "name": "cy", "password": PASSWORD });
    world.anon.post("/api/v1/accounts", login.clone()).await.is(201);
    let first = world.cookie(&secret(&world.anon.post("/api/v1/sessions", login.clone()).await.is(201)));
    let second = world.cookie(&secret(&world.anon.post("/api/v1/sessions", login).await.is(201)));
    let listed = first.get("/api/v1/sessions").await.is(200);
    assert_eq!(listed.all("/items", "/current"), [false, true]);
    let other = listed.text("/items/0/id");
    assert_eq!(world.ana.delete(&format!("/api/v1/sessions/{other}")).await.status, 404);
    first.delete(&format!("/api/v1/tokens/{other}")).await.refused(404, "not-found");
    first.delete(&format!("/api/v1/sessions/{other}")).await.is(204);
    first.delete(&format!("/api/v1/sessions/{other}")).await.refused(404, "not-found");
    second.get("/api/v1/me").await.refused(401, "login-required");
    assert_eq!(first.get("/api/v1/sessions").await.is(200).all("/items", "/current"), [true]);
    world.anon.get("/api/v1/sessions").await.refused(401, "login-required");
    // A token is no session.
    world.ana.delete("/api/v1/sessions/current").await.refused(404, "not-found");
}

#[tokio::test]
async fn a_token_allows_no_more_than_it_was_made_with() {
    let world = World::new().await;
    let writer = world.token("bo", Scope::Write).await;
    let path = "/api/v1/tokens";
    let new = |scope: &str| json!({ "label": "a script", "scope": scope, "days": 30 });
    writer.post(path, new("admin")).await.refused(403, "scope-missing");
    world.token("bo", Scope::Read).await.post(path, new("read")).await.refused(403, "scope-missing");
    let made = writer.post(path, new("read")).await.is(201);
    let reader = world.bearer(&made.text("/token"));
    assert_eq!(reader.get("/api/v1/me").await.is(200).text("/scope"), "read");
    reader.patch("/api/v1/me", json!({ "about": "x" })).await.refused(403, "scope-missing");
    let listed = writer.get(path).await.is(200);
    assert_eq!((listed.at("/items/0/id"), listed.text("/items/0/label")), (made.at("/id"), "a script".into()));
    assert_eq!(listed.text("/items/0/expires"), "2027-02-14T08:00:00.000Z");
    assert_eq!(listed.at("/items/1/expires"), Value::Null);
    let other = writer.post(path, new("read")).await.is(201);
    reader.delete(other.header("location")).await.refused(403, "scope-missing");
    writer.delete(made.header("location")).await.is(204);
    reader.get("/api/v1/me").await.refused(401, "bad-token");
    writer.delete(made.header("location")).await.refused(404, "not-found");
    for days in [0, 3651] {
        let bad = json!({ "label": "x", "scope": "read", "days": days });
        assert_eq!(writer.post(path, bad).await.refused(422, "bad-field").text("/field"), "days");
    }
    writer.post(path, json!({ "label": "x", "scope": "everything" })).await.refused(422, "bad-body");
    world.anon.post(path, new("read")).await.refused(401, "login-required");
    world.anon.get(path).await.refused(401, "login-required");
}

#[tokio::test]
async fn a_token_ends_with_its_days() {
    let world = World::new().await;
    let made = world.bo.post("/api/v1/tokens", json!({ "label": "x", "scope": "read", "days": 1 })).await.is(201);
    let reader = world.bearer(&made.text("/token"));
    reader.get("/api/v1/me").await.is(200);
    world.hands.forward(24 * 3600 * 1000);
    let refused = reader.get("/api/v1/me").await.refused(401, "bad-token");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn worthless_credentials_are_refused_and_not_ignored() {
    let world = World::new().await;
    for bad in ["", "nonsense"] {
        world.bearer(bad).get("/api/v1/threads").await.refused(401, "bad-token");
    }
    world.anon.get_with("/api/v1/threads", "authorization", "Basic YTpi").await.refused(401, "bad-token");
    // A session that has lapsed leaves a reader, as in a browser.
    world.cookie("nonsense").get("/api/v1/threads").await.is(200);
}

#[tokio::test]
async fn about_oneself() {
    let world = World::new().await;
    let me = world.bo.patch("/api/v1/me", json!({ "about": "I like *boats*\0." })).await.is(200);
    assert_eq!(
        (me.text("/about"), me.text("/about_html")),
        ("I like *boats*.".into(), "<p dir=\"auto\">I like <em>boats</em>.</p>".into())
    );
    assert_eq!(world.anon.get("/api/v1/actors/bo").await.is(200).at("/about"), me.at("/about"));
    world.bo.patch("/api/v1/me", json!({ "about": "x".repeat(20_001) })).await.refused(422, "text-refused");
    world.anon.patch("/api/v1/me", json!({ "about": "x" })).await.refused(401, "login-required");
    world.anon.get("/api/v1/me").await.refused(401, "login-required");
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let world = World::new().await;
    let login = json!({ "name": "cy", "password": PASSWORD });
    world.anon.post("/api/v1/accounts", login.clone()).await.is(201);
    let session = secret(&world.anon.post("/api/v1/sessions", login).await.is(201));
    let request = world.anon.request(Method::POST, "/api/v1/preview");
    let request = request.header("cookie", format!("__Host-session={session}")).header("sec-fetch-site", "cross-site");
    let request = request.header("content-type", "application/json").body(Body::from("{\"text\":\"x\"}")).unwrap();
    world.anon.send(request).await.refused(403, "foreign-origin");
    let refused = world.anon.get_with("/api/v1/boards", "origin", "https://evil.example").await.is(200);
    assert_eq!(refused.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn what_is_left_is_said_and_too_much_is_refused() {
    let rates = Rates { account_writes: NonZeroU32::new(2), account_reads: NonZeroU32::new(600), ..Rates::default() };
    let world = World::with(Wishes { rates, ..Wishes::default() }).await;
    let read = world.bo.get("/api/v1/threads").await.is(200);
    assert_eq!(read.header("ratelimit-policy"), "\"account-reads\";q=600;w=60");
    for _ in 0..2 {
        world.bo.post("/api/v1/preview", json!({ "text": "x" })).await.is(200);
    }
    let refused = world.bo.post("/api/v1/preview", json!({ "text": "x" })).await.refused(429, "throttled");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    world.ana.post("/api/v1/preview", json!({ "text": "x" })).await.is(200);
    assert_eq!(world.anon.get("/api/v1/threads").await.is(200).header("ratelimit"), "");
}
