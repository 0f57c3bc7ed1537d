//! Sessions and tokens of other people: seen and ended by those who run the place, by nobody else, and written down.

use actions::account;
use domain::Scope;
use serde_json::json;

use crate::world::{Answer, Caller, PASSWORD, World};

const LIST: &str = "/api/v1/admin/accounts/bo/credentials";
const END: &str = "/api/v1/admin/accounts/bo/credentials/end";

/// A browser of somebody, and its secret.
async fn browser(world: &World, name: &str, label: &str) -> (Caller, String) {
    let ctx = &world.app.ctx;
    account::set_password(ctx, name, PASSWORD).await.unwrap();
    let secret = account::log_in(ctx, name, PASSWORD, label).await.unwrap().secret;
    (world.cookie(&secret), secret)
}

async fn logged(world: &World) -> Vec<serde_json::Value> {
    world.admin.get("/api/v1/admin/log?deed=end-sessions").await.is(200).all("/items", "/reason")
}

#[tokio::test]
async fn they_are_listed_without_what_is_shown_with_them() {
    let world = World::new().await;
    let (_, secret) = browser(&world, "bo", "Firefox on a phone").await;
    let list = world.admin.get(LIST).await.is(200);
    assert!(!list.body().contains(&secret));
    assert_eq!(list.text("/items/0/kind"), "session");
    assert_eq!(list.text("/items/0/label"), "Firefox on a phone");
    assert_eq!(list.all("/items", "/kind"), [json!("session"), json!("token")]);
    assert_eq!(list.at("/items/1/expires"), json!(null), "a token for good");
}

#[tokio::test]
async fn one_is_ended_or_all_of_them_and_the_log_says_so() {
    let world = World::new().await;
    let (browser, _) = browser(&world, "bo", "a browser").await;
    let id = world.admin.get(LIST).await.text("/items/0/id");
    world.admin.post(END, json!({ "id": "7", "reason": "" })).await.refused(404, "not-found");
    assert!(logged(&world).await.is_empty(), "what was not done is not in the log");
    let left = world.admin.post(END, json!({ "id": id, "reason": "a stolen phone" })).await.is(200);
    assert_eq!(left.all("/items", "/kind"), [json!("token")]);
    browser.get("/api/v1/me").await.refused(401, "login-required");
    world.bo.get("/api/v1/me").await.is(200);
    world.admin.post(END, json!({ "reason": "all of it" })).await.is(200);
    world.bo.get("/api/v1/me").await.refused(401, "bad-token");
    world.admin.post(END, json!({ "reason": "again" })).await.is(200);
    assert_eq!(logged(&world).await, [json!("all of it"), json!("a stolen phone")], "doing it twice does nothing");
    assert_eq!(world.admin.get("/api/v1/modlog").await.text("/items/0/deed"), "end-sessions");
}

#[tokio::test]
async fn those_of_another_account_are_not_ended_under_this_name() {
    let world = World::new().await;
    let id = world.admin.get("/api/v1/admin/accounts/ana/credentials").await.text("/items/0/id");
    world.admin.post(END, json!({ "id": id, "reason": "" })).await.refused(404, "not-found");
    world.ana.get("/api/v1/me").await.is(200);
}

#[tokio::test]
async fn who_ends_all_of_their_own_goes_on_with_the_one_in_use() {
    let world = World::new().await;
    let other = world.token("ida", Scope::Admin).await;
    world.admin.post("/api/v1/admin/accounts/ida/credentials/end", json!({ "reason": "" })).await.is(200);
    other.get("/api/v1/me").await.refused(401, "bad-token");
    world.admin.get("/api/v1/me").await.is(200);
}

#[tokio::test]
async fn moderators_end_none_neither_of_members_nor_of_administrators() {
    let world = World::new().await;
    for name in ["bo", "ida", "mo"] {
        let path = format!("/api/v1/admin/accounts/{name}/credentials");
        world.mo.get(&path).await.refused(403, "forbidden");
        world.mo.post(&format!("{path}/end"), json!({ "reason": "" })).await.refused(403, "forbidden");
        let page = browser(&world, "mo", "").await.0;
        let answer: Answer = page.form(&format!("/admin/accounts/{name}/sessions"), &[("do", "end-all")]).await;
        answer.is(403);
    }
    world.bo.get("/api/v1/me").await.is(200);
    world.admin.get("/api/v1/me").await.is(200);
}
