//! What is reported: who sees it, who works on it, who decides it.

use actions::hosting::By;
use actions::staffing::{Appointment, appoint};
use domain::Role;
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::received::waiting;
use crate::world::{Caller, HOST, World};

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
    let one = listed(&world.mo, "?state=resolved").await.remove(0);
    assert_eq!((&one["comment_state"], &one["html"]), (&json!("removed"), &json!("<p dir=\"auto\">Rude.</p>")));
}

#[tokio::test]
async fn reports_end_with_what_they_are_about_and_who_reported_is_told() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    let (removed, deleted) =
        (world.reply(&world.ana, &thread, "Rude.").await, world.reply(&world.ana, &thread, "Ruder.").await);
    report(&world, &world.bo, &removed, "").await;
    report(&world, &world.bo, &deleted, "").await;
    world.mo.post(&format!("/api/v1/admin/comments/{removed}/remove"), why("rude")).await.is(200);
    world.ana.delete(&format!("/api/v1/comments/{deleted}")).await.is(204);
    assert!(listed(&world.mo, "").await.is_empty());
    assert_eq!(listed(&world.mo, "?state=resolved").await.len(), 2);
    let told = world.bo.get("/api/v1/notifications").await.is(200);
    assert_eq!(told.all("/items", "/kind"), ["report-gone", "report-resolved"]);
    assert_eq!((told.at("/items/0/reason"), told.text("/items/1/reason")), (json!(null), "rude".into()));
    // Nobody has decided about what its author took back, and there is one entry about the other.
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.all("/items", "/deed"), ["remove"]);
    // Put back, it is as good as before to those who have had an answer, and can be reported again.
    world.mo.post(&format!("/api/v1/admin/comments/{removed}/restore"), why("")).await.is(200);
    assert!(listed(&world.mo, "").await.is_empty());
    report(&world, &world.admin, &removed, "").await;
    assert_eq!(listed(&world.mo, "").await.len(), 1);
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
    // What made him a helper is all.
    let log = world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed");
    assert_eq!(log, ["make-helper"], "notes and assignments are nobody else's business");
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
async fn who_reported_is_told_what_became_of_it_and_nobody_else() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    report(&world, &world.bo, &thread, "").await;
    report(&world, &world.mo, &thread, "").await;
    let resolve = format!("{REPORTS}/{thread}/resolve");
    world.mo.post(&resolve, why("it was advertising")).await.is(200);
    world.mo.post(&resolve, why("again")).await.is(200);
    let told = world.bo.get("/api/v1/notifications").await.is(200);
    assert_eq!(told.all("/items", "/kind"), ["report-resolved"]);
    assert_eq!(
        (told.text("/items/0/reason"), told.text("/items/0/comment/id")),
        ("it was advertising".into(), thread.clone())
    );
    for nobody in [&world.ana, &world.mo, &world.admin] {
        assert_eq!(nobody.get("/api/v1/notifications").await.is(200).at("/items"), json!([]));
    }
    report(&world, &world.bo, &thread, "still").await;
    world.admin.post(&format!("{REPORTS}/{thread}/dismiss"), why("")).await.is(200);
    let told = world.bo.get("/api/v1/notifications").await.is(200).all("/items", "/kind");
    assert_eq!(told, ["report-dismissed", "report-resolved"]);
    let page = world.bo.get_with("/notifications", "accept", "text/html").await.is(200).body();
    assert!(page.contains("The moderators found nothing in what you reported"), "{page}");
}

#[tokio::test]
async fn a_decision_covers_the_reports_that_were_seen() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    report(&world, &world.bo, &thread, "").await;
    let seen = listed(&world.mo, "").await[0]["reports"][0]["id"].clone();
    report(&world, &world.admin, &thread, "").await;
    let path = format!("{REPORTS}/{thread}/dismiss");
    let ruling = |seen: &Value| json!({ "reason": "", "seen": seen });
    let refused = world.mo.post(&path, ruling(&seen)).await.refused(409, "overtaken");
    let new = listed(&world.mo, "").await[0]["reports"][1]["id"].clone();
    assert!(refused.text("/detail").contains(new.as_str().unwrap()), "it says what is new: {refused:?}");
    world.mo.post(&path, ruling(&new)).await.is(200);
    // Whoever reports it again has said something new.
    report(&world, &world.bo, &thread, "look again").await;
    world.mo.post(&path, ruling(&new)).await.refused(409, "overtaken");
    world.mo.post(&path, why("")).await.is(200);
}

#[tokio::test]
async fn nobody_decides_about_what_is_their_own_or_takes_it_from_somebody_unasked() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    let own = world.reply(&world.mo, &thread, "My word.").await;
    report(&world, &world.bo, &own, "").await;
    let path = |deed: &str| format!("{REPORTS}/{own}/{deed}");
    for deed in ["resolve", "dismiss"] {
        world.mo.post(&path(deed), why("")).await.refused(403, "forbidden");
    }
    world.mo.post(&path("assign"), json!({})).await.is(200);
    let refused = world.admin.post(&path("assign"), json!({})).await.refused(409, "overtaken");
    assert!(refused.text("/detail").starts_with("mo works on it already."), "{refused:?}");
    let now = world.admin.post(&path("assign"), json!({ "take": true })).await.is(200);
    assert_eq!(now.text("/assigned_to"), "ida");
    // Who has it hands it on.
    assert_eq!(world.admin.post(&path("assign"), json!({ "to": "mo" })).await.is(200).text("/assigned_to"), "mo");
    world.admin.post(&path("dismiss"), why("")).await.is(200);
}

#[tokio::test]
async fn whose_reports_were_nothing_reports_less() {
    let world = World::new().await;
    let mut dismissed = Vec::new();
    for n in 0..5 {
        let thread = world.thread(&format!("Fine {n}")).await;
        report(&world, &world.bo, &thread, "").await;
        world.mo.post(&format!("{REPORTS}/{thread}/dismiss"), why("")).await.is(200);
        dismissed.push(thread);
    }
    let fresh = world.thread("Fresh").await;
    let path = format!("/api/v1/comments/{fresh}/reports");
    let spam = json!({ "category": "spam" });
    let refused = world.bo.post(&path, spam.clone()).await.refused(429, "throttled");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    // The third last of today makes room again.
    assert!((23 * 3600..24 * 3600).contains(&wait), "{wait}");
    assert!(listed(&world.mo, "").await.is_empty(), "it is not there");
    // Others are not meant.
    report(&world, &world.admin, &fresh, "").await;
    world.hands.forward(wait * 1000);
    world.bo.post(&path, spam.clone()).await.is(202);
    world.bo.post(&path, spam).await.is(202);
    // After a month it is forgotten.
    world.hands.forward(31 * 24 * 3600 * 1000);
    for n in 0..4 {
        let thread = world.thread(&format!("Another {n}")).await;
        report(&world, &world.bo, &thread, "").await;
    }
}

#[tokio::test]
async fn the_home_of_a_comment_is_told_once_and_not_by_whom() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>Buy mine.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let comment = world.anon.get(&format!("/api/v1/threads/{thread}")).await.text("/comments/0/id");
    report(&world, &world.bo, &comment, "he sells").await;
    report(&world, &world.admin, &comment, "he sells").await;
    let path = format!("{REPORTS}/{comment}/forward");
    let told = world.mo.post(&path, why("it is your matter")).await.is(200);
    assert!(told.at("/forwarded_at").is_string());
    world.mo.post(&path, why("again")).await.is(200);
    let said = waiting(&world, &peer).await;
    let flags: Vec<_> = said.iter().filter(|one| one["type"] == "Flag").collect();
    assert_eq!(flags.len(), 1, "{said:?}");
    let author = note["attributedTo"].clone();
    assert_eq!(
        (&flags[0]["actor"], &flags[0]["object"]),
        (&json!(format!("{HOST}/actor")), &json!([author, note["id"]]))
    );
    assert_eq!(flags[0]["content"], "abuse: he sells");
    assert_eq!(flags[0]["category"], "abuse");
    assert!(!flags[0].to_string().contains("/u/"), "nobody learns who reported");
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!((log.text("/items/0/deed"), log.text("/items/0/host")), ("forward-reports".into(), peer.host().into()));
    assert!(!log.body().contains("he sells"));
    // What is at home here is nobody else's.
    report(&world, &world.bo, &thread, "").await;
    let own = world.mo.post(&format!("{REPORTS}/{thread}/forward"), why("")).await;
    own.refused(422, "bad-field");
}

#[tokio::test]
async fn months_are_told_in_numbers() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    report(&world, &world.bo, &thread, "").await;
    report(&world, &world.admin, &thread, "").await;
    world.hands.forward(5 * 3600 * 1000);
    world.mo.post(&format!("{REPORTS}/{thread}/resolve"), why("")).await.is(200);
    world.mo.post(&format!("/api/v1/admin/comments/{thread}/remove"), why("")).await.is(200);
    world.ana.post("/api/v1/appeals", json!({ "comment": thread, "text": "No." })).await.is(201);
    let months = world.anon.get("/api/v1/transparency").await.is(200).json();
    let expected = json!([{
        "month": "2027-01", "removed": 1, "restored": 0, "approved": 0, "rejected": 0, "reports_received": 2, "reports_resolved": 2,
        "reports_dismissed": 0, "appeals_made": 1, "appeals_rejected": 0, "appeals_granted": 0, "notices_received": 0, "notices_granted": 0, "notices_refused": 0,
        "illegal_removed": 0, "policies_changed": 0, "median_hours": 5,
    }]);
    assert_eq!(months["items"], expected);
    let page = world.anon.get_with("/transparency", "accept", "text/html").await.is(200).body();
    assert!(page.contains("2027-01") && page.contains("<dt>Reports received</dt><dd>2</dd>"), "{page}");
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

#[tokio::test]
async fn nothing_in_a_report_turns_what_stands_beside_it_around() {
    let world = World::new().await;
    let thread = world.thread("Reported").await;
    report(&world, &world.bo, &thread, "so\u{202e}ld\u{2066} here").await;
    let one = listed(&world.mo, "").await.remove(0);
    assert_eq!(one["reports"][0]["text"], "sold here");
}
