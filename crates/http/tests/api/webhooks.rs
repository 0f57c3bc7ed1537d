//! Programs are told of what happens: in order, until they take it, and with no words that were taken back.

use std::sync::Arc;

use actions::maintenance;
use actions::webhooks::telling;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::receiver::{Receiver, Reply};
use crate::world::{Caller, Wishes, World};

const WEBHOOKS: &str = "/api/v1/admin/webhooks";
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A program that is told of everything, its number and its secret.
async fn added(world: &World, program: &Receiver) -> (String, String) {
    let added = world.admin.post(WEBHOOKS, json!({ "url": program.url, "reason": "" })).await.is(201);
    (added.text("/id"), added.text("/secret"))
}

/// Brings all that can be brought now.
async fn tell(world: &World) {
    while telling::round(&world.app.ctx).await.unwrap() {}
}

fn events(program: &Receiver) -> Vec<String> {
    program.letters().iter().map(|letter| letter.json()["event"].as_str().unwrap().to_owned()).collect()
}

fn taken() -> Reply {
    Reply::Status(204)
}

async fn shown(world: &World) -> Value {
    world.admin.get(WEBHOOKS).await.is(200).at("/items/0")
}

async fn does(who: &Caller, path: &str, body: Value) {
    let answer = who.post(path, body).await;
    assert!(answer.status.is_success(), "{path}: {answer:?}");
}

#[tokio::test]
async fn everything_that_happens_is_told_once_and_in_order() {
    let (world, program) = (World::new().await, Receiver::new(taken()).await);
    let (id, secret) = added(&world, &program).await;
    let thread = world.thread("Which kettle?").await;
    let comment = world.reply(&world.bo, &thread, "The *blue* one").await;
    world.bo.patch(&format!("/api/v1/comments/{comment}"), json!({ "text": "The red one" })).await.is(200);
    does(&world.ana, &format!("/api/v1/comments/{comment}/reports"), json!({ "category": "spam" })).await;
    let decided = format!("/api/v1/admin/comments/{comment}");
    does(&world.mo, &format!("{decided}/remove"), json!({ "reason": "noise" })).await;
    does(&world.mo, &format!("{decided}/restore"), json!({ "reason": "no noise" })).await;
    does(&world.mo, "/api/v1/admin/actors/bo/hold", json!({ "reason": "shouts" })).await;
    let held = world.reply(&world.bo, &thread, "May I?").await;
    does(&world.mo, &format!("/api/v1/admin/comments/{held}/approve"), json!({ "reason": "" })).await;
    world.ana.delete(&format!("/api/v1/comments/{thread}")).await.is(204);
    tell(&world).await;
    let expected = [
        "thread.started",
        "comment.published",
        "comment.edited",
        "report.opened",
        "moderation.decided",
        "comment.removed",
        "moderation.decided",
        "comment.restored",
        "actor.sanctioned",
        "comment.held",
        "moderation.decided",
        "comment.published",
        "comment.deleted",
    ];
    assert_eq!(events(&program), expected);
    let letters = program.letters();
    assert!(letters.iter().all(|letter| letter.is_sealed_with(&secret)));
    let ids: Vec<i64> = letters.iter().map(|letter| letter.header("x-rejoinder-id").parse().unwrap()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    let published = letters[1].json();
    assert_eq!(
        (&published["id"], letters[1].header("x-rejoinder-event")),
        (&json!(ids[1].to_string()), "comment.published")
    );
    let said = &published["comment"];
    assert_eq!((&said["id"], &said["thread"], &said["in_reply_to"]), (&json!(comment), &json!(thread), &json!(thread)));
    assert_eq!((&said["author"], &said["board"], &said["state"]), (&json!("bo"), &json!("talk"), &json!("published")));
    assert_eq!(
        (&said["text"], &said["url"]),
        (&json!("The red one"), &json!(format!("https://talk.example/c/{comment}")))
    );
    let decision = letters[4].json()["decision"].clone();
    assert_eq!(
        (&decision["deed"], &decision["by"], &decision["reason"]),
        (&json!("remove"), &json!("mo"), &json!("noise"))
    );
    let sanction = letters[8].json();
    assert_eq!((&sanction["decision"]["person"], &sanction["comment"]), (&json!("bo"), &Value::Null));
    let now = shown(&world).await;
    assert_eq!(
        (&now["id"], &now["waiting"], &now["error"], now["reached"].is_string()),
        (&json!(id), &json!(0), &json!(""), true)
    );
    tell(&world).await;
    assert_eq!(program.letters().len(), expected.len());
}

#[tokio::test]
async fn the_secret_is_shown_once_and_the_log_tells_of_it() {
    let (world, program) = (World::new().await, Receiver::new(taken()).await);
    let wanted = json!({ "url": program.url, "events": ["comment.held"], "reason": "a filter" });
    let added = world.admin.post(WEBHOOKS, wanted).await.is(201);
    let (id, secret) = (added.text("/id"), added.text("/secret"));
    assert!(secret.len() >= 32 && added.header("location").ends_with(&id));
    let list = world.admin.get(WEBHOOKS).await.is(200);
    assert!(!list.body().contains(&secret) && list.at("/items/0/events") == json!(["comment.held"]), "{}", list.body());
    world.thread("Which kettle?").await;
    assert_eq!(shown(&world).await["waiting"], json!(0));
    let one = format!("{WEBHOOKS}/{id}");
    world.admin.delete(&one).await.is(204);
    world.admin.delete(&one).await.refused(404, "not-found");
    world.admin.post(&format!("{one}/test"), json!({})).await.refused(404, "not-found");
    world.admin.get(&format!("{one}/deliveries")).await.refused(404, "not-found");
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.all("/items", "/deed"), [json!("remove-webhook"), json!("add-webhook")]);
    assert!(!log.body().contains(&program.url), "{}", log.body());
    for bad in ["ftp://a.example/", "https://127.0.0.1/", "https://[::1]/", "https://me@a.example/", "nonsense"] {
        world.admin.post(WEBHOOKS, json!({ "url": bad, "reason": "" })).await.refused(422, "bad-field");
    }
    for _ in 0..20 {
        world.admin.post(WEBHOOKS, json!({ "url": program.url, "reason": "" })).await.is(201);
    }
    world.admin.post(WEBHOOKS, json!({ "url": program.url, "reason": "" })).await.refused(422, "bad-field");
}

#[tokio::test]
async fn what_is_not_taken_is_told_later_and_nothing_overtakes_it() {
    let (world, program) = (World::new().await, Receiver::new(Reply::Status(500)).await);
    let (id, _) = added(&world, &program).await;
    let thread = world.thread("Which kettle?").await;
    let comment = world.reply(&world.bo, &thread, "The blue one").await;
    tell(&world).await;
    assert_eq!(events(&program), ["thread.started"]);
    let now = shown(&world).await;
    assert_eq!(
        (&now["failures"], &now["waiting"], &now["error"]),
        (&json!(1), &json!(2), &json!("it answered with status 500"))
    );
    // It is left alone for a while, and longer after the next time.
    tell(&world).await;
    world.hands.forward(1_000);
    for reply in [Reply::Redirect("http://localhost:1/".into()), Reply::Status(301)] {
        program.answers(reply);
        tell(&world).await;
        tell(&world).await;
        world.hands.forward(30_000);
    }
    assert_eq!(events(&program), ["thread.started"; 3]);
    program.answers(taken());
    tell(&world).await;
    assert_eq!(events(&program)[3..], ["thread.started", "comment.published"]);
    let first = program.letters();
    assert_eq!(first[0].header("x-rejoinder-id"), first[3].header("x-rejoinder-id"));
    assert_eq!(first[4].json()["comment"]["id"], json!(comment));
    // Whoever cannot wait has it tried at once.
    program.answers(Reply::Status(500));
    world.reply(&world.bo, &thread, "The red one").await;
    tell(&world).await;
    program.answers(taken());
    does(&world.admin, &format!("{WEBHOOKS}/{id}/resume"), json!({})).await;
    tell(&world).await;
    assert_eq!((events(&program).len(), &shown(&world).await["failures"]), (7, &json!(0)));
}

#[tokio::test]
async fn what_is_not_taken_for_three_days_is_given_up_and_can_be_told_again() {
    let (world, program) = (World::new().await, Receiver::new(Reply::Status(500)).await);
    let (id, _) = added(&world, &program).await;
    maintenance::schedule(&world.app.ctx).await.unwrap();
    let thread = world.thread("Which kettle?").await;
    world.hands.forward(3 * DAY_MS + 1);
    let late = world.reply(&world.bo, &thread, "The blue one").await;
    maintenance::run_due(&world.app.ctx).await.unwrap();
    let now = shown(&world).await;
    assert_eq!((&now["waiting"], &now["given_up"]), (&json!(1), &json!(1)));
    let deliveries = format!("{WEBHOOKS}/{id}/deliveries");
    let given_up = world.admin.get(&format!("{deliveries}?state=given-up&limit=1")).await.is(200);
    assert_eq!((given_up.all("/items", "/event"), given_up.at("/next")), (vec![json!("thread.started")], Value::Null));
    assert_eq!(world.admin.get(&deliveries).await.is(200).all("/items", "/comment"), [json!(late)]);
    program.answers(taken());
    does(&world.admin, &format!("{WEBHOOKS}/{id}/replay"), json!({})).await;
    maintenance::run_due(&world.app.ctx).await.unwrap();
    tell(&world).await;
    assert_eq!(events(&program), ["thread.started", "comment.published"]);
}

#[tokio::test]
async fn a_program_that_is_paused_is_told_afterwards_and_can_be_tried() {
    let (world, program) = (World::new().await, Receiver::new(taken()).await);
    let (id, _) = added(&world, &program).await;
    let order = |order: &str| format!("{WEBHOOKS}/{id}/{order}");
    does(&world.admin, &order("pause"), json!({})).await;
    world.thread("Which kettle?").await;
    does(&world.admin, &order("test"), json!({})).await;
    tell(&world).await;
    assert_eq!((program.letters().len(), &shown(&world).await["paused"]), (0, &json!(true)));
    does(&world.admin, &order("resume"), json!({})).await;
    tell(&world).await;
    assert_eq!(events(&program), ["thread.started", "ping"]);
    let ping = program.letters()[1].json();
    assert_eq!((&ping["comment"], &ping["decision"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn words_that_were_taken_back_meanwhile_are_not_told() {
    let (world, program) = (World::new().await, Receiver::new(taken()).await);
    added(&world, &program).await;
    let thread = world.thread("Which kettle?").await;
    let comment = world.reply(&world.bo, &thread, "xylophone").await;
    let removed = world.reply(&world.bo, &thread, "zither").await;
    world.bo.delete(&format!("/api/v1/comments/{comment}")).await.is(204);
    does(&world.mo, &format!("/api/v1/admin/comments/{removed}/remove"), json!({ "reason": "noise" })).await;
    tell(&world).await;
    assert_eq!(events(&program)[1..4], ["comment.published", "comment.published", "comment.deleted"]);
    for letter in program.letters() {
        let said = String::from_utf8_lossy(&letter.body).into_owned();
        assert!(!said.contains("xylophone") && !said.contains("zither"), "{said}");
    }
    let said = program.letters()[1].json()["comment"].clone();
    assert_eq!((&said["state"], &said["text"], &said["author"]), (&json!("deleted"), &Value::Null, &Value::Null));
}

#[tokio::test]
async fn no_program_on_a_private_address_is_called() {
    let program = Receiver::new(taken()).await;
    let world = World::with(Wishes { networks: &[], ..Wishes::default() }).await;
    let url = program.url.replace("http://", "https://");
    world.admin.post(WEBHOOKS, json!({ "url": program.url, "reason": "" })).await.refused(422, "bad-field");
    world.admin.post(WEBHOOKS, json!({ "url": url, "reason": "" })).await.is(201);
    world.thread("Which kettle?").await;
    tell(&world).await;
    let now = shown(&world).await;
    assert_eq!((&now["error"], program.letters().len()), (&json!("localhost has no public address"), 0));
}

#[tokio::test]
async fn words_that_are_taken_back_while_it_is_told_are_not_told() {
    let allowed = Arc::new(Semaphore::new(0));
    let (world, program) = (World::new().await, Receiver::new(Reply::Allowed(Arc::clone(&allowed))).await);
    let (id, _) = added(&world, &program).await;
    let thread = world.thread("Which kettle?").await;
    let comment = world.reply(&world.bo, &thread, "xylophone").await;
    let telling = tokio::spawn({
        let ctx = world.app.ctx.clone();
        async move { telling::round(&ctx).await }
    });
    program.first().await;
    world.bo.delete(&format!("/api/v1/comments/{comment}")).await.is(204);
    allowed.add_permits(9);
    telling.await.unwrap().unwrap();
    tell(&world).await;
    assert!(program.letters().len() >= 3);
    for letter in program.letters() {
        assert!(!String::from_utf8_lossy(&letter.body).contains("xylophone"));
    }
    // Nor is anything after somebody has paused or removed it.
    world.admin.delete(&format!("{WEBHOOKS}/{id}")).await.is(204);
    assert!(world.admin.get(WEBHOOKS).await.is(200).all("/items", "/id").is_empty());
    world.admin.delete(&format!("{WEBHOOKS}/{id}")).await.refused(404, "not-found");
}

#[tokio::test]
async fn what_happens_during_a_pause_is_kept_longer_than_it_is_tried() {
    let (world, program) = (World::new().await, Receiver::new(taken()).await);
    let (id, _) = added(&world, &program).await;
    does(&world.admin, &format!("{WEBHOOKS}/{id}/pause"), json!({})).await;
    world.thread("Which kettle?").await;
    maintenance::schedule(&world.app.ctx).await.unwrap();
    world.hands.forward(5 * DAY_MS);
    maintenance::run_due(&world.app.ctx).await.unwrap();
    tell(&world).await;
    assert!(program.letters().is_empty());
    does(&world.admin, &format!("{WEBHOOKS}/{id}/resume"), json!({})).await;
    maintenance::run_due(&world.app.ctx).await.unwrap();
    tell(&world).await;
    assert_eq!(events(&program), ["thread.started"]);
}

#[tokio::test]
async fn what_waited_and_was_taken_back_is_told_to_be_gone() {
    let (world, program) = (World::new().await, Receiver::new(taken()).await);
    added(&world, &program).await;
    let thread = world.thread("Which kettle?").await;
    does(&world.mo, "/api/v1/admin/actors/bo/hold", json!({ "reason": "" })).await;
    let held = world.reply(&world.bo, &thread, "May I?").await;
    world.bo.delete(&format!("/api/v1/comments/{held}")).await.is(204);
    tell(&world).await;
    assert_eq!(events(&program)[2..], ["comment.held", "comment.deleted"]);
    let gone = program.letters().pop().unwrap().json();
    assert_eq!((&gone["comment"]["id"], &gone["comment"]["state"]), (&json!(held), &json!("deleted")));
    assert_eq!((&gone["comment"]["text"], &gone["comment"]["author"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn who_reads_what_is_kept_is_no_programs_business() {
    let (world, program) = (World::new().await, Receiver::new(taken()).await);
    added(&world, &program).await;
    let thread = world.thread("Which kettle?").await;
    does(&world.admin, &format!("/api/v1/admin/comments/{thread}/preserve"), json!({ "reason": "a court" })).await;
    tell(&world).await;
    assert_eq!(events(&program), ["thread.started"]);
}
