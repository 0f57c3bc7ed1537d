//! The queue of moderators, for programs and as a page.

use actions::hosting::By;
use actions::staffing::{Appointment, appoint};
use domain::Role;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::world::{Answer, Caller, World};

const QUEUE: &str = "/api/v1/admin/queue";
const BULK: &str = "/api/v1/admin/comments/bulk";

/// A world in which all from one server waits, and comments from there that do.
async fn held(world: &World, thread: &str, words: &[&str]) -> (Peer, Vec<String>) {
    let peer = Peer::new().await;
    let policy = json!({ "level": "hold", "reason": "" });
    world.admin.put(&format!("/api/v1/admin/peers/{}/policy", peer.host()), policy).await.is(200);
    for words in words {
        let root = format!("https://talk.example/c/{thread}");
        let note = peer.note(&format!("notes/{words}"), &root, &format!("<p>{words}</p>"));
        peer.say(world, &peer.activity(&format!("creates/{words}"), "Create", &note)).await;
    }
    let found = listed(&world.mo, "").await;
    (peer, found.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect())
}

async fn listed(who: &Caller, query: &str) -> Vec<Value> {
    let list = who.get(&format!("{QUEUE}{query}")).await.is(200).json();
    list["items"].as_array().unwrap().clone()
}

async fn report(world: &World, who: &Caller, comment: &str) {
    let report = json!({ "category": "spam", "text": "look" });
    who.post(&format!("/api/v1/comments/{comment}/reports"), report).await.is(202);
    world.hands.forward(1000);
}

async fn bulk(who: &Caller, action: &str, list: &str, ids: &[&String], with: &str) -> Answer {
    who.post(BULK, json!({ "action": action, "list": list, "ids": ids, "with": with, "reason": "a reason" })).await
}

async fn states(world: &World, ids: &[String]) -> Vec<String> {
    let mut states = Vec::new();
    for id in ids {
        let answer = world.admin.get(&format!("/api/v1/comments/{id}")).await;
        states.push(if answer.status == 200 { answer.text("/state") } else { answer.status.as_u16().to_string() });
    }
    states
}

#[tokio::test]
async fn what_waits_is_shown_with_why_and_with_what_it_answers() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (peer, ids) = held(&world, &thread, &["copper", "steel"]).await;
    let found = listed(&world.mo, "").await;
    let one = &found[0];
    assert_eq!((&one["title"], &one["board"], &one["state"]), (&json!("A kettle"), &json!("talk"), &json!("held")));
    assert_eq!((&one["held"]["cause"], &one["held"]["rule"]), (&json!("server"), &json!("")));
    assert_eq!((&one["context"][0]["id"], &one["context"][0]["author"]), (&json!(thread), &json!("ana")));
    assert_eq!(one["author_record"]["comments"], json!([{ "state": "held", "count": 2 }]));
    assert!(one["author"].as_str().unwrap().ends_with(peer.host()) && one["html"].as_str().unwrap().contains("copper"));
    let page = world.mo.get(&format!("{QUEUE}?limit=1")).await.is(200).json();
    let next = page["next"].as_str().unwrap();
    assert_eq!(listed(&world.mo, &format!("?limit=1&cursor={next}")).await[0]["id"], json!(ids[1]));
    world.mo.get(&format!("{QUEUE}?list=removed&cursor={next}")).await.refused(400, "bad-cursor");
    assert_eq!(listed(&world.mo, "?board=talk").await.len(), 2);
    world.mo.get(&format!("{QUEUE}?board=nowhere")).await.refused(404, "not-found");
    world.ana.get(QUEUE).await.refused(403, "forbidden");
}

#[tokio::test]
async fn the_rules_that_hold_and_mark_a_comment_stand_beside_it() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let rules = json!({ "rules": [
        { "name": "selling", "effect": "hold", "when": { "words": ["buy"] } },
        { "name": "links", "effect": "tag", "when": { "links_more_than": 0 } },
    ] });
    world.admin.put("/api/v1/admin/rules", rules).await.is(200);
    world.reply(&world.ana, &thread, "Buy one: https://shop.example/").await;
    let one = listed(&world.mo, "").await.remove(0);
    assert_eq!((&one["held"]["cause"], &one["held"]["rule"]), (&json!("rule"), &json!("selling")));
    assert_eq!(one["marks"], json!(["links"]));
    let body = world.mo.get("/admin/queue").await.is(200).body();
    assert!(body.contains("Held by the rule “selling”. Marked by “links”."), "{body}");
    // Rejected, nobody but its author and the moderators know of it, and it waits no more.
    let id = one["id"].as_str().unwrap().to_owned();
    bulk(&world.mo, "reject", "held", &[&id], "nothing").await.is(200);
    assert!(listed(&world.mo, "").await.is_empty());
    world.anon.get(&format!("/api/v1/comments/{id}")).await.refused(404, "not-found");
    assert_eq!(states(&world, &[id]).await, ["held"]);
}

#[tokio::test]
async fn whoever_moderates_another_board_sees_nothing_of_it() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    held(&world, &thread, &["copper"]).await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    let to = Appointment { role: Role::Moderator, boards: Some(vec!["other".into()]) };
    appoint(&world.app.ctx, &By::Host, "bo", to, "").await.unwrap();
    assert!(listed(&world.bo, "").await.is_empty());
    world.bo.get(&format!("{QUEUE}?board=talk")).await.refused(403, "forbidden");
}

#[tokio::test]
async fn all_of_one_person_or_server_is_decided_together() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["one", "two", "three"]).await;
    let done = bulk(&world.mo, "approve", "held", &[&ids[0]], "host").await.is(200);
    assert_eq!((done.at("/decided"), done.at("/more"), done.at("/problems")), (json!(3), json!(false), json!([])));
    assert_eq!(states(&world, &ids).await, ["published"; 3]);
    let mine = [world.reply(&world.ana, &thread, "A").await, world.reply(&world.ana, &thread, "B").await];
    let other = world.reply(&world.bo, &thread, "C").await;
    for id in mine.iter().chain([&other]) {
        report(&world, &world.admin, id).await;
    }
    assert_eq!(listed(&world.mo, "?list=reported").await.len(), 3);
    assert_eq!(bulk(&world.mo, "remove", "reported", &[&mine[1]], "author").await.is(200).at("/decided"), json!(2));
    assert_eq!(states(&world, &mine).await, ["removed"; 2]);
    let left = listed(&world.mo, "?list=reported").await;
    assert_eq!((left.len(), &left[0]["id"]), (1, &json!(other)));
    let removed = listed(&world.mo, "?list=removed").await;
    assert_eq!(removed.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&json!(mine[0]), &json!(mine[1])]);
    assert!(removed[0]["html"].as_str().unwrap().contains('A'), "{removed:?}");
    assert_eq!(removed[0]["author_record"]["decisions"][0]["moderator"], json!("mo"));
    bulk(&world.mo, "restore", "removed", &[&mine[0], &mine[1]], "nothing").await.is(200);
    assert_eq!(states(&world, &mine).await, ["published"; 2]);
    assert!(listed(&world.mo, "?list=removed").await.is_empty());
    bulk(&world.mo, "restore", "removed", &[], "nothing").await.refused(422, "bad-field");
    bulk(&world.ana, "remove", "reported", &[&other], "nothing").await.refused(403, "forbidden");
}

#[tokio::test]
async fn whoever_decides_second_is_told() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["one", "two"]).await;
    bulk(&world.mo, "approve", "held", &[&ids[0]], "nothing").await.is(200);
    let late = bulk(&world.admin, "approve", "held", &[&ids[0]], "nothing").await.is(200);
    assert_eq!((late.at("/decided"), late.text("/problems/0/id")), (json!(0), ids[0].clone()));
    assert!(late.text("/problems/0/problem").starts_with("mo "), "{late:?}");
    let form = [("do", "approve"), ("list", "held"), ("with", "nothing"), ("reason", "fine")];
    let page = format!("/admin/queue/{}", ids[1]);
    let done = world.mo.form(&page, &form).await.is(303);
    assert_eq!(done.header("location"), "/admin/queue?list=held&said=approve&count=1");
    assert!(world.mo.get(done.header("location")).await.is(200).body().contains("Let out: a comment."));
    // Twice by the same person is no news.
    world.mo.form(&page, &form).await.is(303);
    let told = "mo let a comment out that waited in the meantime: fine.";
    for deed in ["approve", "reject"] {
        let late = world.admin.form(&page, &[("do", deed), ("list", "held")]).await.is(409);
        assert!(late.body().contains(told), "{deed}: {}", late.body());
    }
}

#[tokio::test]
async fn the_page_is_for_moderators_and_leads_nowhere_else() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["<b>copper</b>"]).await;
    world.anon.get("/admin/queue").await.is(303);
    world.ana.get("/admin/queue").await.is(403);
    world.ana.form(&format!("/admin/queue/{}", ids[0]), &[("do", "approve")]).await.is(403);
    assert!(world.mo.get("/admin").await.is(200).body().contains("href=\"/admin/queue\""));
    let body = world.mo.get("/admin/queue").await.is(200).body();
    assert!(body.contains("copper") && body.contains("All from") && body.contains("1 held"), "{body}");
    let note = [("do", "note"), ("note", "Seen before."), ("back", "https://evil.example/admin/queue?")];
    let noted = world.mo.form(&format!("/admin/queue/{}", ids[0]), &note).await.is(303);
    assert_eq!(noted.header("location"), "/admin/queue?list=held&said=note&count=1");
    assert!(world.mo.get("/admin/queue").await.is(200).body().contains("Seen before."));
    world.mo.form(&format!("/admin/queue/{}", ids[0]), &[("do", "dance")]).await.is(422);
    assert!(listed(&world.mo, "").await[0]["notes"][0]["text"] == json!("Seen before."));
}

#[tokio::test]
async fn those_who_have_it_open_hear_of_what_comes_and_of_what_is_decided() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let request = world.mo.request(axum::http::Method::GET, &format!("{QUEUE}/events"));
    let mut body = world.mo.open(request.body(axum::body::Body::empty()).unwrap()).await.into_body();
    let mut next = async || {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        String::from_utf8(frame.to_vec()).unwrap()
    };
    assert!(next().await.contains(r#"data: {"held":0,"reported":0}"#));
    report(&world, &world.admin, &thread).await;
    assert!(next().await.contains(r#"data: {"held":0,"reported":1}"#));
    bulk(&world.mo, "dismiss", "reported", &[&thread], "nothing").await.is(200);
    assert!(next().await.contains(r#"data: {"held":0,"reported":0}"#));
}
