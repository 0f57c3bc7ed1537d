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
async fn what_is_taken_down_twice_stands_in_the_queue_once() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let id = world.reply(&world.bo, &thread, "Mine.").await;
    for deed in ["remove", "restore", "remove"] {
        world.mo.post(&format!("/api/v1/admin/comments/{id}/{deed}"), json!({ "reason": deed })).await.is(200);
    }
    let page = world.mo.get(&format!("{QUEUE}?list=removed&limit=1")).await.is(200).json();
    assert_eq!((&page["items"][0]["id"], &page["next"]), (&json!(id), &Value::Null));
}

#[tokio::test]
async fn whoever_decides_second_is_told() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["one", "two"]).await;
    bulk(&world.mo, "approve", "held", &[&ids[0]], "nothing").await.is(200);
    let late = bulk(&world.admin, "approve", "held", &[&ids[0]], "nothing").await.is(200);
    assert_eq!((late.at("/decided"), late.text("/problems/0/id")), (json!(0), ids[0].clone()));
    assert!(late.text("/problems/0/problem").starts_with("mo let a comment out"), "{late:?}");
    let again = bulk(&world.mo, "approve", "held", &[&ids[0]], "nothing").await.is(200);
    assert_eq!((again.at("/decided"), again.text("/problems/0/id")), (json!(0), ids[0].clone()));
    let form = [("do", "approve"), ("list", "held"), ("with", "nothing"), ("reason", "fine")];
    let page = format!("/admin/queue/{}", ids[1]);
    let done = world.mo.form(&page, &form).await.is(303);
    assert_eq!(done.header("location"), "/admin/queue?list=held&said=approve&count=1");
    assert!(world.mo.get(done.header("location")).await.is(200).body().contains("Let out: a comment."));
    // Nobody is told that something happened which did not.
    let again = world.mo.form(&page, &form).await.is(409).body();
    assert!(again.contains("(fine). Nothing was done now."), "{again}");
    let told = "mo let a comment out that waited on ";
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

/// What a form of the page says that was seen.
async fn seen(who: &Caller, list: &str) -> String {
    let body = who.get(&format!("/admin/queue?list={list}")).await.is(200).body();
    let (_, rest) = body.split_once(r#"name="seen" value=""#).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn what_a_colleague_has_rejected_is_not_let_out_unawares() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["one"]).await;
    bulk(&world.mo, "reject", "held", &[&ids[0]], "nothing").await.is(200);
    bulk(&world.admin, "approve", "held", &[&ids[0]], "nothing").await.refused(409, "overtaken");
    let form = [("do", "approve"), ("list", "held")];
    let late = world.admin.form(&format!("/admin/queue/{}", ids[0]), &form).await.is(409);
    assert!(late.body().contains("mo said no to it"), "{}", late.body());
    assert_eq!(states(&world, &ids).await, ["held"]);
    // Who knows of it can.
    let path = format!("/api/v1/admin/comments/{}/approve", ids[0]);
    world.admin.post(&path, json!({ "reason": "It is on topic." })).await.is(200);
    assert_eq!(states(&world, &ids).await, ["published"]);
}

#[tokio::test]
async fn what_its_author_changes_while_it_waits_is_read_again_before_it_comes_out() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let rules = json!({ "rules": [{ "name": "all", "effect": "hold", "when": {} }] });
    world.admin.put("/api/v1/admin/rules", rules).await.is(200);
    let id = world.reply(&world.ana, &thread, "Kind words.").await;
    let (edition, on_page) =
        (listed(&world.mo, "").await[0]["edition"].as_str().unwrap().to_owned(), seen(&world.mo, "held").await);
    world.hands.forward(1000);
    world.ana.patch(&format!("/api/v1/comments/{id}"), json!({ "text": "Foul words." })).await.is(200);

    let approve = format!("/api/v1/admin/comments/{id}/approve");
    let late = world.mo.post(&approve, json!({ "reason": "", "edition": edition })).await.refused(409, "overtaken");
    assert!(late.body().contains("changed it in the meantime"), "{late:?}");
    let form = [("do", "approve"), ("list", "held"), ("seen", on_page.as_str())];
    let late = world.mo.form(&format!("/admin/queue/{id}"), &form).await.is(409).body();
    assert!(late.contains("changed it in the meantime") && late.contains("Foul words."), "{late}");
    world.mo.post(&approve, json!({ "reason": "", "edition": "x" })).await.refused(422, "bad-field");
    assert_eq!(states(&world, std::slice::from_ref(&id)).await, ["held"]);
    let edition = listed(&world.mo, "").await[0]["edition"].clone();
    assert_eq!(edition, json!(seen(&world.mo, "held").await));
    world.mo.post(&approve, json!({ "reason": "", "edition": edition })).await.is(200);
    assert_eq!(states(&world, &[id]).await, ["published"]);
}

#[tokio::test]
async fn another_title_is_read_again_before_its_thread_comes_out() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let policy = json!({ "level": "hold", "reason": "" });
    world.admin.put(&format!("/api/v1/admin/peers/{}/policy", peer.host()), policy).await.is(200);
    let mut page = peer.note("notes/1", "", "<p>Kind words.</p>");
    page.as_object_mut().unwrap().remove("inReplyTo");
    page["type"] = json!("Page");
    page["name"] = json!("A kind title");
    page["audience"] = json!("https://talk.example/b/talk");
    peer.say(&world, &peer.activity("creates/1", "Create", &page)).await;
    let before = listed(&world.mo, "").await.remove(0);
    world.hands.forward(1000);
    page["name"] = json!("A foul title");
    page["updated"] = json!("2027-01-15T07:30:00Z");
    peer.say(&world, &peer.activity("updates/1", "Update", &page)).await;
    let approve = format!("/api/v1/admin/comments/{}/approve", before["id"].as_str().unwrap());
    let late = json!({ "reason": "", "edition": before["edition"] });
    world.mo.post(&approve, late).await.refused(409, "overtaken");
    let after = listed(&world.mo, "").await.remove(0);
    assert_eq!(after["title"], json!("A foul title"));
    assert_eq!(world.anon.get("/api/v1/search?q=foul").await.is(200).at("/items"), json!([]));
    world.mo.post(&approve, json!({ "reason": "", "edition": after["edition"] })).await.is(200);
}

#[tokio::test]
async fn nothing_reported_is_taken_down_where_somebody_has_decided_otherwise_or_more_was_reported() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let id = world.reply(&world.ana, &thread, "A matter of taste.").await;
    report(&world, &world.bo, &id).await;
    let first = seen(&world.mo, "reported").await;
    report(&world, &world.admin, &id).await;
    let path = format!("/admin/queue/{id}");
    let remove =
        async |seen: &str| world.mo.form(&path, &[("do", "remove"), ("list", "reported"), ("seen", seen)]).await;
    let late = remove(&first).await.is(409).body();
    assert!(late.contains("It was reported again in the meantime"), "{late}");
    let both = seen(&world.mo, "reported").await;
    bulk(&world.admin, "dismiss", "reported", &[&id], "nothing").await.is(200);
    let late = remove(&both).await.is(409).body();
    assert!(late.contains("found nothing in reports on ") && late.contains("a reason"), "{late}");
    assert_eq!(states(&world, std::slice::from_ref(&id)).await, ["published"]);
    // Reported again it is there again, and can be.
    assert!(listed(&world.mo, "?list=reported").await.is_empty());
    report(&world, &world.bo, &id).await;
    assert_eq!(listed(&world.mo, "?list=reported").await[0]["id"], json!(id));
    remove(&seen(&world.mo, "reported").await).await.is(303);
    assert_eq!(states(&world, &[id]).await, ["removed"]);
}

#[tokio::test]
async fn nobody_puts_back_their_own_comment_that_somebody_else_took_down() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let id = world.reply(&world.mo, &thread, "Mine.").await;
    bulk(&world.admin, "remove", "held", &[&id], "nothing").await.is(200);
    let refused = bulk(&world.mo, "restore", "removed", &[&id], "nothing").await.refused(403, "forbidden");
    assert!(refused.body().contains("somebody else removed it: appeal"), "{refused:?}");
    bulk(&world.admin, "restore", "removed", &[&id], "nothing").await.is(200);
    // What they took down themselves is theirs.
    bulk(&world.mo, "remove", "held", &[&id], "nothing").await.is(200);
    bulk(&world.mo, "restore", "removed", &[&id], "nothing").await.is(200);
    assert_eq!(states(&world, &[id]).await, ["published"]);
}

#[tokio::test]
async fn nobody_lets_out_their_own_comment_that_was_rejected() {
    let world = World::new().await;
    let rules = json!({ "rules": [{ "name": "knitting", "effect": "hold", "when": { "words": ["yarn"] } }] });
    world.admin.put("/api/v1/admin/rules", rules).await.is(200);
    let thread = world.thread("A jumper").await;
    let id = world.reply(&world.bo, &thread, "some yarn").await;
    let own = world.reply(&world.bo, &thread, "more yarn").await;
    let place = format!("/c/{id}");
    assert!(!world.bo.get(&place).await.is(200).body().contains("/appeal/"), "there is nothing to appeal against yet");
    bulk(&world.admin, "reject", "held", &[&id], "nothing").await.is(200);
    let to = Appointment { role: Role::Moderator, boards: None };
    appoint(&world.app.ctx, &By::Host, "bo", to, "").await.unwrap();

    let refused = bulk(&world.bo, "approve", "rejected", &[&id], "nothing").await.refused(403, "forbidden");
    assert!(refused.body().contains("was rejected: appeal"), "{refused:?}");
    // Nor by a way around.
    let approve = format!("/api/v1/admin/comments/{id}/approve");
    world.bo.post(&approve, json!({ "reason": "" })).await.refused(403, "forbidden");
    let remove = format!("/api/v1/admin/comments/{id}/remove");
    world.bo.post(&remove, json!({ "reason": "" })).await.refused(403, "forbidden");
    bulk(&world.bo, "remove", "held", &[&id], "nothing").await.refused(403, "forbidden");
    let page = world.bo.get(&place).await.is(200).body();
    assert!(page.contains(&format!("href=\"/appeal/{id}\"")) && !page.contains("Let it out after all"), "{page}");
    assert!(world.admin.get(&place).await.is(200).body().contains("Let it out after all"));
    let part = "/admin/queue?list=rejected";
    let queue = world.bo.get(part).await.is(200).body();
    assert!(queue.contains(&format!("href=\"/appeal/{id}\"")) && !queue.contains("value=\"approve\""), "{queue}");
    assert!(world.admin.get(part).await.is(200).body().contains("Let it out after all"));
    bulk(&world.admin, "approve", "rejected", &[&id], "nothing").await.is(200);
    // Nor what they rejected themselves: then nobody else could any more.
    bulk(&world.bo, "reject", "held", &[&own], "nothing").await.is(200);
    bulk(&world.bo, "approve", "rejected", &[&own], "nothing").await.refused(403, "forbidden");
    bulk(&world.admin, "remove", "held", &[&own], "nothing").await.is(200);
    assert_eq!(states(&world, &[id, own]).await, ["published", "removed"]);
}

#[tokio::test]
async fn what_else_is_decided_alike_is_asked_of_one_comment() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["one", "two"]).await;
    bulk(&world.mo, "approve", "held", &[&ids[0], &ids[1]], "author").await.refused(422, "bad-field");
    assert_eq!(states(&world, &ids).await, ["held"; 2]);
}

#[tokio::test]
async fn what_was_decided_about_an_author_is_for_those_who_may_know_it() {
    let world = World::new().await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    let new = json!({ "title": "Elsewhere", "text": "words" });
    let elsewhere = world.ana.post("/api/v1/boards/other/threads", new).await.is(201).text("/id");
    let thread = world.thread("A kettle").await;
    let (gone, left) =
        (world.reply(&world.bo, &elsewhere, "Gone.").await, world.reply(&world.bo, &thread, "Left.").await);
    let here = world.reply(&world.bo, &thread, "Gone as well.").await;
    for id in [&gone, &here] {
        bulk(&world.mo, "remove", "held", &[id], "nothing").await.is(200);
    }
    report(&world, &world.admin, &left).await;
    let record = async |who: &Caller| listed(who, "?list=reported").await[0]["author_record"].clone();
    let known = record(&world.mo).await;
    assert_eq!(known["decisions"].as_array().unwrap().len(), 2);
    assert_eq!(known["comments"], json!([{ "state": "published", "count": 1 }, { "state": "removed", "count": 2 }]));
    // Who helps on one board sees what was decided there, and not by whom.
    let to = Appointment { role: Role::Helper, boards: Some(vec!["talk".into()]) };
    appoint(&world.app.ctx, &By::Host, "ana", to, "").await.unwrap();
    let known = record(&world.ana).await;
    assert_eq!(known["comments"], json!([{ "state": "published", "count": 1 }, { "state": "removed", "count": 1 }]));
    let decisions = known["decisions"].as_array().unwrap();
    assert_eq!((decisions.len(), &decisions[0]["comment_id"]), (1, &json!(here)));
    assert_eq!(decisions[0]["moderator"], json!(""));
}

#[tokio::test]
async fn what_is_held_is_taken_on_by_one_and_the_others_see_by_whom() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["copper"]).await;
    let assign = format!("/api/v1/admin/comments/{}/assign", ids[0]);
    let ctx = &world.app.ctx;
    actions::account::create(ctx, "hal", None, Role::Member, None).await.unwrap();
    appoint(ctx, &By::Host, "hal", Appointment { role: Role::Helper, boards: None }, "").await.unwrap();
    let helper = world.token("hal", domain::Scope::Moderate).await;
    let taken = helper.post(&assign, json!({})).await.is(200);
    assert_eq!(taken.json(), json!({ "comment_id": ids[0], "assigned_to": "hal" }));
    assert_eq!(listed(&world.mo, "").await[0]["assigned_to"], "hal");
    let told = world.mo.post(&assign, json!({})).await.refused(409, "overtaken");
    assert!(told.text("/detail").contains("hal works on it already"));
    world.mo.post(&assign, json!({ "to": "bo" })).await.refused(422, "bad-field");
    assert_eq!(world.mo.post(&assign, json!({ "take": true })).await.is(200).text("/assigned_to"), "mo");
    world.mo.post(&assign, json!({ "to": "hal" })).await.is(200);
    assert_eq!(listed(&world.mo, "").await[0]["assigned_to"], "hal", "who has it hands it on");
    bulk(&world.mo, "approve", "held", &[&ids[0]], "nothing").await.is(200);
    world.mo.post(&assign, json!({})).await.refused(404, "not-found");
    world.ana.post(&assign, json!({})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn reports_are_taken_on_by_the_same_call() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let comment = world.reply(&world.bo, &thread, "Buy mine!").await;
    report(&world, &world.ana, &comment).await;
    let assign = format!("/api/v1/admin/comments/{comment}/assign");
    assert_eq!(world.mo.post(&assign, json!({})).await.is(200).text("/assigned_to"), "mo");
    assert_eq!(listed(&world.mo, "?list=reported").await[0]["assigned_to"], "mo");
}

#[tokio::test]
async fn what_was_rejected_by_mistake_is_found_again_and_let_out() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["one", "two"]).await;
    bulk(&world.mo, "reject", "held", &[&ids[0], &ids[1]], "nothing").await.is(200);
    let found = listed(&world.mo, "?list=rejected").await;
    // The newest first.
    assert_eq!(found.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&json!(ids[1]), &json!(ids[0])]);
    assert!(found[0]["html"].as_str().unwrap().contains("two"), "{found:?}");
    let page = world.mo.get(&format!("{QUEUE}?list=rejected&limit=1")).await.is(200).json();
    let next = page["next"].as_str().unwrap();
    assert_eq!(listed(&world.mo, &format!("?list=rejected&cursor={next}")).await[0]["id"], json!(ids[0]));
    world.ana.get(&format!("{QUEUE}?list=rejected")).await.refused(403, "forbidden");
    // Not by the way: whoever lets it out knows that somebody has said no.
    bulk(&world.mo, "approve", "held", &[&ids[0]], "nothing").await.refused(409, "overtaken");
    let shown = world.mo.get("/admin/queue?list=rejected").await.is(200).body();
    assert!(shown.contains("Let it out after all") && shown.contains("two"), "{shown}");
    bulk(&world.mo, "approve", "rejected", &[&ids[0]], "nothing").await.is(200);
    let form = [("do", "approve"), ("list", "rejected"), ("reason", ""), ("back", "/admin/queue?list=rejected")];
    let done = world.mo.form(&format!("/admin/queue/{}", ids[1]), &form).await.is(303);
    assert_eq!(done.header("location"), "/admin/queue?list=rejected&said=approve&count=1");
    assert_eq!(states(&world, &ids).await, ["published"; 2]);
    assert!(listed(&world.mo, "?list=rejected").await.is_empty());
}

#[tokio::test]
async fn the_log_leads_to_what_was_rejected_and_says_to_others_what_it_is() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let (_peer, ids) = held(&world, &thread, &["copper"]).await;
    let place = format!("/c/{}", ids[0]);
    assert_eq!(world.anon.get(&place).await.status, 404);
    bulk(&world.mo, "reject", "held", &[&ids[0]], "nothing").await.is(200);
    assert!(world.anon.get("/modlog").await.is(200).body().contains(&format!("href=\"{place}\"")));
    let theirs = world.mo.get(&place).await.is(200).body();
    assert!(theirs.contains("Let it out after all") && theirs.contains("copper"), "{theirs}");
    for reader in [&world.anon, &world.ana] {
        let said = reader.get(&place).await.is(403).body();
        assert!(said.contains("not let out") && said.contains("a reason"), "{said}");
        assert!(!said.contains("copper") && !said.contains("A kettle") && !said.contains("Let it out"), "{said}");
    }
    world.anon.get(&format!("/api/v1{}", place.replace("/c/", "/comments/"))).await.refused(404, "not-found");
}
