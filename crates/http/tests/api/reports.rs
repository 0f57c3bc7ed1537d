//! What is reported: who sees it, who works on it, who decides it.

use actions::hosting::By;
use actions::staffing::{Appointment, appoint};
use domain::Role;
use serde_json::{Value, json};

use crate::world::{Caller, World};

const REPORTS: &str = "/api/v1/admin/reports";

async fn report(world: &World, who: &Caller, comment: &str, text: &str) {
    let report = json!({ "category": "abuse", "text": text });
    who.post(&format!("/api/v1/comments/{comment}/reports"), report).await.is(202);
    world.hands.forward(1000);
}

async fn listed(who: &Caller, query: &str) -> Vec<Value> {
    let list = who.get(&format!("{REPORTS}{query}")).await.is(200).json();
    list["items"].as_array().unwrap().clone()
}

async fn helper(world: &World) -> Caller {
    let to = Appointment { role: Role::Helper, boards: Some(vec!["talk".into()]) };
    appoint(&world.app.ctx, &By::Host, "bo", to, "").await.unwrap();
    world.bo.clone()
}

fn why(reason: &str) -> Value {
    json!({ "reason": reason })
}

#[tokio::test]
async fn reports_on_one_comment_are_one_entry_with_its_words() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    let (first, second) =
        (world.reply(&world.ana, &thread, "*Rude*.").await, world.reply(&world.ana, &thread, "Hm.").await);
    report(&world, &world.bo, &first, "he shouts").await;
    report(&world, &world.admin, &second, "").await;
    report(&world, &world.admin, &first, "he does").await;
    let found = listed(&world.mo, "").await;
    assert_eq!(found.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&json!(first), &json!(second)]);
    let one = &found[0];
    assert_eq!((&one["title"], &one["author"], &one["state"]), (&json!("Reported"), &json!("ana"), &json!("open")));
    assert_eq!((&one["html"], &one["assigned_to"]), (&json!("<p dir=\"auto\"><em>Rude</em>.</p>"), &Value::Null));
    let reports: Vec<_> = one["reports"].as_array().unwrap().iter().map(|one| (&one["by"], &one["text"])).collect();
    assert_eq!(reports, [(&json!("bo"), &json!("he shouts")), (&json!("ida"), &json!("he does"))]);
    let page = world.mo.get(&format!("{REPORTS}?limit=1")).await.is(200).json();
    let next = page["next"].as_str().unwrap();
    assert_eq!(listed(&world.mo, &format!("?limit=1&cursor={next}")).await[0]["id"], json!(second));
    world.mo.get(&format!("{REPORTS}?cursor=nothing")).await.refused(400, "bad-cursor");
}

#[tokio::test]
async fn what_was_removed_is_shown_to_those_who_decide() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    let comment = world.reply(&world.ana, &thread, "Rude.").await;
    report(&world, &world.bo, &comment, "").await;
    world.mo.post(&format!("/api/v1/admin/comments/{comment}/remove"), why("rude")).await.is(200);
    let one = listed(&world.mo, "").await.remove(0);
    assert_eq!((&one["comment_state"], &one["html"]), (&json!("removed"), &json!("<p dir=\"auto\">Rude.</p>")));
}

#[tokio::test]
async fn a_helper_takes_reports_on_and_writes_notes_and_does_not_decide() {
    let world = World::new().await;
    let helper = helper(&world).await;
    let thread = world.thread("Reported").await;
    report(&world, &world.mo, &thread, "").await;
    let path = |deed: &str| format!("{REPORTS}/{thread}/{deed}");
    let now = helper.post(&path("assign"), json!({})).await.is(200).json();
    assert_eq!(now["assigned_to"], "bo");
    let now = helper.post(&path("note"), json!({ "text": " He did so before. " })).await.is(200).json();
    assert_eq!((&now["notes"][0]["by"], &now["notes"][0]["text"]), (&json!("bo"), &json!("He did so before.")));
    helper.post(&path("resolve"), why("")).await.refused(403, "forbidden");
    helper.post(&path("note"), json!({ "text": " " })).await.refused(422, "bad-field");
    helper.post(&path("assign"), json!({ "to": "ana" })).await.refused(422, "bad-field");
    let now = helper.post(&path("assign"), json!({ "to": "mo" })).await.is(200).json();
    assert_eq!(now["assigned_to"], "mo");
    let log = world.anon.get("/api/v1/modlog").await.json();
    assert_eq!(log["items"], json!([]), "notes and assignments are nobody else's business");
}

#[tokio::test]
async fn reports_are_decided_once_and_who_comes_second_is_told() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    report(&world, &world.bo, &thread, "secret words").await;
    let path = |deed: &str| format!("{REPORTS}/{thread}/{deed}");
    let now = world.mo.post(&path("dismiss"), why("a matter of taste")).await.is(200).json();
    assert_eq!((&now["state"], &now["reports"][0]["state"]), (&json!("dismissed"), &json!("dismissed")));
    world.mo.post(&path("dismiss"), why("again")).await.is(200);
    world.admin.post(&path("resolve"), why("")).await.refused(409, "conflict");
    assert!(listed(&world.mo, "").await.is_empty());
    assert_eq!(listed(&world.mo, "?state=dismissed").await.len(), 1);
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    let told = log.json();
    assert_eq!(told["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&told["items"][0]["deed"], &told["items"][0]["reason"]),
        (&json!("dismiss-reports"), &json!("a matter of taste"))
    );
    assert!(
        !log.body().contains("bo") && !log.body().contains("secret"),
        "who reported, and what, is nobody else's business"
    );

    // Somebody else sees it differently, and it is to be looked at again.
    report(&world, &world.admin, &thread, "").await;
    let again = listed(&world.mo, "").await.remove(0);
    assert_eq!((&again["state"], again["reports"].as_array().unwrap().len()), (&json!("open"), 2));
    world.mo.post(&path("resolve"), why("")).await.is(200);
    world.mo.post(&format!("{REPORTS}/7/resolve"), why("")).await.refused(404, "not-found");
}

#[tokio::test]
async fn who_moderates_other_boards_sees_none_of_it() {
    let world = World::new().await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    let to = Appointment { role: Role::Moderator, boards: Some(vec!["other".into()]) };
    appoint(&world.app.ctx, &By::Host, "bo", to, "").await.unwrap();
    let thread = world.thread("Reported").await;
    report(&world, &world.mo, &thread, "").await;
    assert!(listed(&world.bo, "").await.is_empty());
    let new = json!({ "title": "There", "text": "words" });
    let there = world.ana.post("/api/v1/boards/other/threads", new).await.is(201).text("/id");
    report(&world, &world.mo, &there, "").await;
    assert_eq!(listed(&world.bo, "").await[0]["id"], json!(there));
    assert_eq!(listed(&world.mo, "").await.len(), 2);
}
