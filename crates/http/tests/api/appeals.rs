//! What authors are told of removals, what they say against them, and who decides that.

use actions::hosting::By;
use actions::staffing::{Appointment, appoint};
use domain::Role;
use serde_json::{Value, json};

use crate::world::{Caller, Wishes, World};

const APPEALS: &str = "/api/v1/appeals";
const ADMIN: &str = "/api/v1/admin/appeals";

/// A comment of Bo that Mo has removed.
async fn removed(world: &World) -> String {
    let thread = world.thread("A thread").await;
    let comment = world.reply(&world.bo, &thread, "a secret word").await;
    let why = json!({ "reason": "off the subject" });
    world.mo.post(&format!("/api/v1/admin/comments/{comment}/remove"), why).await.is(200);
    comment
}

async fn appealed(world: &World, comment: &str) -> String {
    let new = json!({ "comment": comment, "text": " It was a *joke*. " });
    world.bo.post(APPEALS, new).await.is(201).text("/id")
}

async fn news(who: &Caller) -> Vec<Value> {
    who.get("/api/v1/notifications").await.is(200).json()["items"].as_array().unwrap().clone()
}

async fn decide(who: &Caller, id: &str, verdict: &str) -> crate::world::Answer {
    who.post(&format!("{ADMIN}/{id}/{verdict}"), json!({ "reason": "we looked again" })).await
}

async fn deeds(world: &World) -> Vec<Value> {
    world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed")
}

#[tokio::test]
async fn an_author_is_told_why_and_appeals_once() {
    let world = World::new().await;
    let comment = removed(&world).await;
    let told = news(&world.bo).await.remove(0);
    assert_eq!((&told["kind"], &told["reason"]), (&json!("removed"), &json!("off the subject")));
    assert_eq!((&told["comment"]["id"], &told["comment"]["html"]), (&json!(comment), &json!("")));
    let page = world.bo.get_with("/notifications", "accept", "text/html").await.is(200).body();
    assert!(page.contains("Your comment was removed in") && page.contains("off the subject"), "{page}");
    assert!(page.contains(&format!("/appeal/{comment}")) && !page.contains("secret word") && !page.contains(">mo<"));

    let new = |text: &str| json!({ "comment": comment, "text": text });
    world.anon.post(APPEALS, new("why?")).await.refused(401, "login-required");
    world.ana.post(APPEALS, new("not mine")).await.refused(403, "forbidden");
    for text in ["", " \u{202e} ", &"x".repeat(2001)] {
        assert_eq!(world.bo.post(APPEALS, new(text)).await.refused(422, "bad-field").text("/field"), "text");
    }
    let made = world.bo.post(APPEALS, new(" It was a *joke*. ")).await.is(201).json();
    let expected = json!({ "comment_id": comment, "title": "A thread", "removed_because": "off the subject",
        "text": "It was a *joke*.", "state": "open", "decided_at": null, "decided_because": null });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&made[key], value, "{key}");
    }
    world.bo.post(APPEALS, new("again")).await.refused(409, "conflict");
    assert_eq!(world.bo.get(APPEALS).await.is(200).json()["items"], json!([made]));
    assert_eq!(world.ana.get(APPEALS).await.is(200).json()["items"], json!([]));
    world.bo.post(APPEALS, json!({ "comment": "7", "text": "x" })).await.refused(404, "not-found");
}

#[tokio::test]
async fn somebody_else_decides_and_the_comment_is_put_back() {
    let world = World::new().await;
    let comment = removed(&world).await;
    let id = appealed(&world, &comment).await;
    let open = world.mo.get(ADMIN).await.is(200).json()["items"][0].clone();
    assert_eq!((&open["author"], &open["removed_by"]), (&json!("bo"), &json!("mo")));
    assert!(open["html"].as_str().unwrap().contains("a secret word"), "to be decided it has to be read");
    decide(&world.bo, &id, "overturn").await.refused(403, "forbidden");
    decide(&world.mo, &id, "uphold").await.refused(403, "forbidden");
    let now = decide(&world.admin, &id, "overturn").await.is(200).json();
    assert_eq!((&now["appeal"]["state"], &now["decided_by"]), (&json!("overturned"), &json!("ida")));
    assert_eq!(now["comment_state"], "published");
    decide(&world.admin, &id, "overturn").await.is(200);
    decide(&world.admin, &id, "uphold").await.refused(409, "conflict");
    let told: Vec<Value> = news(&world.bo).await.iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(told, ["appeal-overturned", "removed"], "once each");
    let shown = world.anon.get(&format!("/api/v1/comments/{comment}")).await.is(200).body();
    assert!(shown.contains("a secret word"));
    assert_eq!(deeds(&world).await, ["overturn-appeal", "restore", "appeal", "remove"]);
    assert_eq!(world.mo.get(&format!("{ADMIN}?state=overturned")).await.is(200).all("/items", "/author"), ["bo"]);
}

#[tokio::test]
async fn whose_decision_it_was_decides_only_where_there_is_nobody_else() {
    let world = World::new().await;
    let comment = removed(&world).await;
    let id = appealed(&world, &comment).await;
    let board = |boards| Appointment { role: Role::Moderator, boards };
    appoint(&world.app.ctx, &By::Host, "bo", board(None), "").await.unwrap();
    decide(&world.bo, &id, "overturn").await.refused(403, "forbidden");
    // Whoever removed it is the only one left, beside the author and somebody who is suspended.
    actions::account::create(&world.app.ctx, "cy", None, Role::Member, None).await.unwrap();
    appoint(&world.app.ctx, &By::Host, "cy", board(None), "").await.unwrap();
    world.admin.post("/api/v1/admin/actors/cy/suspend", json!({ "reason": "" })).await.is(200);
    let host = storage_of(&world);
    host.write(|tx| {
        let ida = storage::accounts::by_name(tx, "ida")?.unwrap();
        storage::staff::appoint(tx, ida.id, Role::Member, &domain::rights::Reach::Everywhere)
    })
    .await
    .unwrap();
    let now = decide(&world.mo, &id, "uphold").await.is(200).json();
    assert_eq!(now["appeal"]["decided_because"], "we looked again");
    assert_eq!(deeds(&world).await[0], "uphold-alone", "the log says so");
    assert_eq!(news(&world.bo).await[0]["kind"], "appeal-upheld");
}

fn storage_of(world: &World) -> &storage::Db {
    world.app.ctx.db()
}

#[tokio::test]
async fn an_appeal_has_its_time_and_its_board() {
    let world = World::new().await;
    let (late, settled) = (removed(&world).await, removed(&world).await);
    let id = appealed(&world, &settled).await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    let to = Appointment { role: Role::Moderator, boards: Some(vec!["other".into()]) };
    appoint(&world.app.ctx, &By::Host, "ana", to, "").await.unwrap();
    assert_eq!(world.ana.get(ADMIN).await.is(200).json()["items"], json!([]));
    decide(&world.ana, &id, "uphold").await.refused(404, "not-found");

    // Who put it back has given way, and nothing is left to be decided.
    world.mo.post(&format!("/api/v1/admin/comments/{settled}/restore"), json!({ "reason": "" })).await.is(200);
    assert_eq!(news(&world.bo).await[0]["kind"], "restored");
    assert_eq!(world.bo.get(APPEALS).await.is(200).all("/items", "/state"), ["overturned"]);
    world.bo.post(APPEALS, json!({ "comment": settled, "text": "x" })).await.refused(422, "bad-field");

    world.hands.forward(30 * 24 * 3600 * 1000 + 1000);
    world.bo.post(APPEALS, json!({ "comment": late, "text": "x" })).await.refused(403, "forbidden");
}

#[tokio::test]
async fn the_page_works_without_script() {
    let world = World::new().await;
    let comment = removed(&world).await;
    let path = format!("/appeal/{comment}");
    let page = async |who: &Caller| who.get_with(&path, "accept", "text/html").await;
    page(&world.ana).await.is(403);
    let form = page(&world.bo).await.is(200).body();
    assert!(form.contains("off the subject") && form.contains("name=\"text\"") && !form.contains("secret word"));
    let refused = world.bo.form(&path, &[("text", "")]).await;
    assert_eq!(refused.status, 422);
    let sent = world.bo.form(&path, &[("text", "It was a <b>joke")]).await;
    assert_eq!((sent.status.as_u16(), sent.header("location")), (303, path.as_str()));
    let waits = page(&world.bo).await.is(200).body();
    assert!(waits.contains("It was a &lt;b&gt;joke") && !waits.contains("name=\"text\""), "{waits}");
    let id = world.mo.get(ADMIN).await.is(200).text("/items/0/appeal/id");
    decide(&world.admin, &id, "uphold").await.is(200);
    let decided = page(&world.bo).await.is(200).body();
    assert!(decided.contains("stays removed") && decided.contains("we looked again"), "{decided}");
}

#[tokio::test]
async fn the_public_log_says_what_and_why_and_names_nobody_unless_it_is_to() {
    for named in [false, true] {
        let world = World::with(Wishes { log_names: named, ..Wishes::default() }).await;
        let comment = removed(&world).await;
        let id = appealed(&world, &comment).await;
        decide(&world.admin, &id, "uphold").await.is(200);
        let log = world.anon.get("/api/v1/modlog").await.is(200).json();
        let said: Vec<_> =
            log["items"].as_array().unwrap().iter().map(|one| (&one["role"], &one["moderator"])).collect();
        let name = |name: &str| if named { json!(name) } else { Value::Null };
        let (ida, mo) = (name("ida"), name("mo"));
        let expected = [
            (&json!("admin"), &ida),
            // Whose comment it was is not said beside a tombstone.
            (&json!("author"), &Value::Null),
            (&json!("moderator"), &mo),
        ];
        assert_eq!(said, expected);
        for path in ["/modlog", "/modlog/feed.atom", "/modlog/feed.json"] {
            let body = world.anon.get_with(path, "accept", "*/*").await.is(200).body();
            for words in ["off the subject", "we looked again", "removed a comment", "The author appealed"] {
                assert!(
                    body.contains(words) || body.contains("bdi>The author</bdi> appealed"),
                    "{path}: {words}: {body}"
                );
            }
            assert!(!body.contains("joke") && !body.contains(">bo<"), "{path}: {body}");
            assert_eq!(body.contains(">mo<") || body.contains("\"mo\""), named, "{path}: {body}");
        }
        let found = world.mo.get("/api/v1/admin/log?deed=remove&moderator=mo&month=2027-01").await.is(200);
        assert_eq!(
            (found.all("/items", "/moderator"), found.all("/items", "/comment_id")),
            (vec![json!("mo")], vec![json!(comment)])
        );
        for nothing in ["deed=restore", "month=2026-12", "moderator=ana", "comment=7"] {
            let found = world.mo.get(&format!("/api/v1/admin/log?{nothing}")).await.is(200).json();
            assert_eq!(found["items"], json!([]), "{nothing}");
        }
        world.mo.get("/api/v1/admin/log?month=2026").await.refused(422, "bad-field");
        world.mo.get("/api/v1/admin/log?moderator=nobody-of-ours").await.refused(404, "not-found");
        world.bo.get("/api/v1/admin/log").await.refused(403, "forbidden");
    }
}
