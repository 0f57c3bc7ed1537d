//! What authors are told of removals, what they say against them, and who decides that.

use actions::hosting::By;
use actions::staffing::{Appointment, appoint};
use domain::Role;
use serde_json::{Value, json};

use crate::world::{Caller, PASSWORD, Wishes, World};

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
    let expected = json!({ "comment_id": comment, "title": "A thread", "imposed_because": "off the subject", "against": "removal",
        "html": "<p dir=\"auto\">a secret word</p>", "decision_id": null, "text": "It was a *joke*.", "state": "open", "decided_at": null, "decided_because": null });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&made[key], value, "{key}");
    }
    world.bo.post(APPEALS, new("again")).await.refused(409, "out-of-turn");
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
    assert_eq!((&open["author"], &open["imposed_by"]), (&json!("bo"), &json!("mo")));
    assert!(open["appeal"]["html"].as_str().unwrap().contains("a secret word"), "to be decided it has to be read");
    decide(&world.bo, &id, "grant").await.refused(403, "forbidden");
    decide(&world.mo, &id, "reject").await.refused(403, "forbidden");
    let now = decide(&world.admin, &id, "grant").await.is(200).json();
    assert_eq!((&now["appeal"]["state"], &now["decided_by"]), (&json!("granted"), &json!("ida")));
    assert_eq!(now["comment_state"], "published");
    decide(&world.admin, &id, "grant").await.is(200);
    decide(&world.admin, &id, "reject").await.refused(409, "conflict");
    let told: Vec<Value> = news(&world.bo).await.iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(told, ["appeal-granted", "removed"], "once each");
    let shown = world.anon.get(&format!("/api/v1/comments/{comment}")).await.is(200).body();
    assert!(shown.contains("a secret word"));
    assert_eq!(deeds(&world).await, ["grant-appeal", "restore", "appeal", "remove"]);
    assert_eq!(world.mo.get(&format!("{ADMIN}?state=granted")).await.is(200).all("/items", "/author"), ["bo"]);
}

#[tokio::test]
async fn whose_decision_it_was_decides_only_where_there_is_nobody_else() {
    let world = World::new().await;
    let comment = removed(&world).await;
    let id = appealed(&world, &comment).await;
    let board = |boards| Appointment { role: Role::Moderator, boards };
    appoint(&world.app.ctx, &By::Host, "bo", board(None), "").await.unwrap();
    decide(&world.bo, &id, "grant").await.refused(403, "forbidden");
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
    let now = decide(&world.mo, &id, "reject").await.is(200).json();
    assert_eq!(now["appeal"]["decided_because"], "we looked again");
    assert_eq!(deeds(&world).await[0], "reject-appeal-alone", "the log says so");
    assert_eq!(news(&world.bo).await[0]["kind"], "appeal-rejected");
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
    decide(&world.ana, &id, "reject").await.refused(404, "not-found");

    // Who put it back has given way, and nothing is left to be decided.
    world.mo.post(&format!("/api/v1/admin/comments/{settled}/restore"), json!({ "reason": "" })).await.is(200);
    assert_eq!(news(&world.bo).await[0]["kind"], "restored");
    assert_eq!(world.bo.get(APPEALS).await.is(200).all("/items", "/state"), ["granted"]);
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
    assert!(form.contains("off the subject") && form.contains("name=\"text\""), "{form}");
    assert!(form.contains("a secret word"), "its author reads it here");
    let elsewhere = world.bo.get(&format!("/api/v1/comments/{comment}")).await.is(200).body();
    assert!(!elsewhere.contains("secret word"), "and nowhere else: {elsewhere}");
    let refused = world.bo.form(&path, &[("text", "")]).await;
    assert_eq!(refused.status, 422);
    let sent = world.bo.form(&path, &[("text", "It was a <b>joke")]).await;
    assert_eq!((sent.status.as_u16(), sent.header("location")), (303, path.as_str()));
    let waits = page(&world.bo).await.is(200).body();
    assert!(waits.contains("It was a &lt;b&gt;joke") && !waits.contains("name=\"text\""), "{waits}");
    let id = world.mo.get(ADMIN).await.is(200).text("/items/0/appeal/id");
    decide(&world.admin, &id, "reject").await.is(200);
    let decided = page(&world.bo).await.is(200).body();
    assert!(decided.contains("stays removed") && decided.contains("we looked again"), "{decided}");
}

#[tokio::test]
async fn the_public_log_says_what_and_why_and_names_nobody_unless_it_is_to() {
    for named in [false, true] {
        let world = World::with(Wishes { log_names: named, ..Wishes::default() }).await;
        let comment = removed(&world).await;
        let id = appealed(&world, &comment).await;
        decide(&world.admin, &id, "reject").await.is(200);
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

/// What was decided about Bo, as Bo reads it.
async fn decisions(world: &World) -> Vec<Value> {
    world.bo.get("/api/v1/me/decisions").await.is(200).json()["items"].as_array().unwrap().clone()
}

async fn sanction(world: &World, deed: &str, more: Value) {
    let mut body = json!({ "reason": "spam" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.mo.post(&format!("/api/v1/admin/actors/bo/{deed}"), body).await.is(200);
}

async fn appeals_against(world: &World, decision: &Value) -> crate::world::Answer {
    world.bo.post(APPEALS, json!({ "decision": decision, "text": "I was not there." })).await
}

#[tokio::test]
async fn what_was_taken_down_with_its_author_has_the_statement_of_the_suspension() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let one = world.reply(&world.bo, &thread, "the first words").await;
    let two = world.reply(&world.bo, &one, "the second words").await;
    sanction(&world, "suspend", json!({ "remove_comments": true, "until": "2027-03-01T00:00:00Z" })).await;

    let told = decisions(&world).await.remove(0);
    assert_eq!((&told["decision"], &told["facts"]), (&json!("suspend"), &json!("spam")));
    assert_eq!((&told["until"], &told["counts"]), (&json!("2027-03-01T00:00:00.000Z"), &json!(true)));
    assert_eq!((&told["comments_removed"], &told["appeal"]), (&json!(2), &Value::Null));
    assert_eq!(told["comments"][0]["comment_id"], json!(two));
    for (comment, words) in [(&one, "the first words"), (&two, "the second words")] {
        let stated = world.bo.get(&format!("/api/v1/comments/{comment}/statement")).await.is(200);
        assert_eq!((stated.at("/decision"), stated.at("/decision_id")), (json!("suspend"), told["id"].clone()));
        assert_eq!((stated.text("/facts"), stated.text("/html").contains(words)), ("spam".into(), true));
        let page = world.bo.get_with(&format!("/appeal/{comment}"), "accept", "text/html").await.is(303);
        assert_eq!(page.header("location"), format!("/decisions/{}", told["id"].as_str().unwrap()));
    }
    world.ana.get(&format!("/api/v1/comments/{one}/statement")).await.refused(403, "forbidden");

    // Against one of them is against the suspension; and once.
    let made = world.bo.post(APPEALS, json!({ "comment": one, "text": "Not me." })).await.is(201);
    assert_eq!((made.at("/decision_id"), made.at("/comment_id")), (told["id"].clone(), Value::Null));
    world.bo.post(APPEALS, json!({ "comment": two, "text": "Not me." })).await.refused(409, "out-of-turn");
    appeals_against(&world, &told["id"]).await.refused(409, "out-of-turn");
    for both in [json!({ "text": "x" }), json!({ "comment": one, "decision": told["id"], "text": "x" })] {
        world.bo.post(APPEALS, both).await.refused(422, "bad-field");
    }

    let open = world.admin.get(ADMIN).await.is(200);
    assert_eq!((open.text("/items/0/author"), open.text("/items/0/imposed_by")), ("bo".into(), "mo".into()));
    assert_eq!(
        (open.text("/items/0/appeal/against"), open.at("/items/0/comment_state")),
        ("suspend".into(), Value::Null)
    );
    let id = open.text("/items/0/appeal/id");
    decide(&world.bo, &id, "grant").await.refused(403, "forbidden");
    decide(&world.mo, &id, "grant").await.refused(403, "forbidden");
    let now = decide(&world.admin, &id, "grant").await.is(200).json();
    assert_eq!((&now["appeal"]["state"], &now["decided_by"]), (&json!("granted"), &json!("ida")));
    decide(&world.admin, &id, "grant").await.is(200);
    for (comment, words) in [(&one, "the first words"), (&two, "the second words")] {
        let shown = world.anon.get(&format!("/api/v1/comments/{comment}")).await.is(200).body();
        assert!(shown.contains(words), "{shown}");
    }
    world.reply(&world.bo, &thread, "I am back.").await;
    let told = decisions(&world).await.remove(0);
    assert_eq!((&told["counts"], &told["appeal"]["state"]), (&json!(false), &json!("granted")));
    assert_eq!(deeds(&world).await, ["grant-appeal", "revive-actor", "appeal", "purge-actor"]);
    let page = world.bo.get_with("/notifications", "accept", "text/html").await.is(200).body();
    for words in ["You are suspended", "Your appeal was granted", "we looked again"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let log = world.anon.get_with("/modlog", "accept", "text/html").await.is(200).body();
    assert!(log.contains("appealed against what was decided: bo"), "{log}");
}

#[tokio::test]
async fn who_is_suspended_is_told_at_the_door_and_can_only_read_and_appeal() {
    let world = World::new().await;
    sanction(&world, "suspend", json!({ "until": "2027-03-01T00:00:00Z", "reason": "too <loud>" })).await;
    assert_eq!(world.bo.get("/api/v1/me").await.is(200).at("/state"), json!("suspend"));
    assert_eq!(world.bo.get("/api/v1/me").await.is(200).at("/unread_count"), json!(1));
    assert_eq!(world.bo.get("/api/v1/me/warnings").await.is(200).json()["items"], json!([]));
    let new = json!({ "title": "Another", "text": "words" });
    let refused = world.bo.post("/api/v1/boards/talk/threads", new).await.refused(403, "forbidden");
    assert!(refused.body().contains("/decisions"), "{refused:?}");

    actions::account::set_password(&world.app.ctx, "bo", PASSWORD).await.unwrap();
    let fields = [("name", "bo"), ("password", PASSWORD), ("next", "/b/talk")];
    let entered = world.anon.form("/login", &fields).await.is(303);
    assert_eq!(entered.header("location"), "/decisions");
    let session = actions::account::log_in(&world.app.ctx, "bo", PASSWORD, "a browser").await.unwrap();
    let bo = world.cookie(&session.secret);
    let list = bo.get("/decisions").await.is(200).body();
    for words in ["You are suspended", "until 1 March 2027", "too &lt;loud&gt;", ">Suspended</a>"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    let front = bo.get("/").await.is(200).body();
    assert!(front.contains("href=\"/decisions\">Suspended</a>"), "{front}");
    let id = decisions(&world).await.remove(0)["id"].as_str().unwrap().to_owned();
    let path = format!("/decisions/{id}");
    let form = bo.get(&path).await.is(200).body();
    assert!(form.contains("name=\"text\"") && form.contains("You write, vote and report nothing"), "{form}");
    assert_eq!(bo.form(&path, &[("text", " ")]).await.status, 422);
    let sent = bo.form(&path, &[("text", "It was a <b>joke")]).await.is(303);
    assert_eq!(sent.header("location"), path);
    let waits = bo.get(&path).await.is(200).body();
    assert!(waits.contains("It was a &lt;b&gt;joke") && !waits.contains("name=\"text\""), "{waits}");
    world.ana.get_with(&path, "accept", "text/html").await.is(404);

    let appeal = world.admin.get(ADMIN).await.is(200).text("/items/0/appeal/id");
    let desk = world.admin.get_with("/admin/appeals", "accept", "text/html").await.is(200).body();
    assert!(desk.contains("suspended by mo: too &lt;loud&gt;") && desk.contains("Grant: lift it"), "{desk}");
    decide(&world.admin, &appeal, "reject").await.is(200);
    let decided = bo.get(&path).await.is(200).body();
    assert!(decided.contains("Your appeal was rejected: what was decided stays."), "{decided}");
    assert_eq!(world.bo.get("/api/v1/me").await.is(200).at("/state"), json!("suspend"));
}

#[tokio::test]
async fn warnings_and_what_counts_on_a_board_are_appealed_against_there() {
    let world = World::new().await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    for (name, boards) in [("ana", "other"), ("mo", "talk")] {
        let to = Appointment { role: Role::Moderator, boards: Some(vec![boards.into()]) };
        appoint(&world.app.ctx, &By::Host, name, to, "").await.unwrap();
    }
    sanction(&world, "warn", json!({ "board": "talk", "reason": "Be kind." })).await;
    sanction(&world, "hold", json!({ "board": "talk" })).await;
    let [held, warned]: [Value; 2] = decisions(&world).await.try_into().unwrap();
    assert_eq!((&held["decision"], &held["board"]), (&json!("hold"), &json!("talk")));
    assert_eq!((&warned["decision"], &warned["facts"]), (&json!("warning"), &json!("Be kind.")));
    let against_hold = appeals_against(&world, &held["id"]).await.is(201).text("/id");
    let against_warning = appeals_against(&world, &warned["id"]).await.is(201).text("/id");
    assert_eq!(world.mo.get(ADMIN).await.is(200).json()["items"].as_array().unwrap().len(), 2);
    assert_eq!(world.ana.get(ADMIN).await.is(200).json()["items"], json!([]));
    decide(&world.ana, &against_hold, "grant").await.refused(404, "not-found");
    decide(&world.mo, &against_hold, "grant").await.refused(403, "forbidden");
    decide(&world.admin, &against_warning, "reject").await.is(200);

    // Lifted without a word about the appeal, which has what it wanted.
    let lift = json!({ "board": "talk", "reason": "enough" });
    world.mo.post("/api/v1/admin/actors/bo/restore", lift).await.is(200);
    let states = world.bo.get(APPEALS).await.is(200).all("/items", "/state");
    assert_eq!(states, [json!("rejected"), json!("granted")]);
    assert_eq!(world.bo.get(APPEALS).await.is(200).text("/items/1/decided_because"), "On talk: enough");
    world.admin.post("/api/v1/admin/actors/bo/limit", json!({ "reason": "" })).await.is(200);
    let limited = decisions(&world).await.remove(0);
    // What counts everywhere is nothing for who moderates one board.
    let everywhere = appeals_against(&world, &limited["id"]).await.is(201).text("/id");
    decide(&world.mo, &everywhere, "reject").await.refused(404, "not-found");
    world.admin.post("/api/v1/admin/actors/bo/restore", json!({ "reason": "" })).await.is(200);
    appeals_against(&world, &limited["id"]).await.refused(422, "bad-field");
    world.ana.post(APPEALS, json!({ "decision": warned["id"], "text": "x" })).await.refused(404, "not-found");
    sanction(&world, "hold", json!({ "board": "talk", "reason": "" })).await;
    let late = decisions(&world).await.remove(0);
    assert_eq!(late["facts"], "No reason was given.");
    world.hands.forward(30 * 24 * 3600 * 1000 + 1000);
    appeals_against(&world, &late["id"]).await.refused(403, "forbidden");
}

#[tokio::test]
async fn what_a_moderator_did_not_let_out_is_appealed_against_and_comes_out() {
    let world = World::new().await;
    let rules = json!({ "rules": [{ "name": "knitting", "effect": "hold", "when": { "words": ["yarn"] } }] });
    world.admin.put("/api/v1/admin/rules", rules).await.is(200);
    let thread = world.thread("A thread").await;
    let [comment, other] =
        [world.reply(&world.bo, &thread, "some yarn").await, world.reply(&world.bo, &thread, "more yarn").await];
    world.bo.post(APPEALS, json!({ "comment": comment, "text": "x" })).await.refused(422, "bad-field");
    for id in [&comment, &other] {
        let why = json!({ "reason": if *id == comment { "an advertisement" } else { "" } });
        world.mo.post(&format!("/api/v1/admin/comments/{id}/reject"), why).await.is(200);
    }
    let stated = world.bo.get(&format!("/api/v1/comments/{comment}/statement")).await.is(200);
    assert_eq!((stated.text("/decision"), stated.text("/facts")), ("rejection".into(), "an advertisement".into()));
    assert_eq!((stated.text("/provision"), stated.at("/automated")), ("knitting".into(), json!(false)));
    assert!(stated.text("/html").contains("some yarn"));
    let unsaid = world.bo.get(&format!("/api/v1/comments/{other}/statement")).await.is(200);
    assert_eq!(unsaid.text("/facts"), "No reason was given.");
    world.ana.get(&format!("/api/v1/comments/{comment}/statement")).await.refused(404, "not-found");
    let page = world.bo.get_with("/notifications", "accept", "text/html").await.is(200).body();
    assert!(page.contains(&format!("/appeal/{comment}")), "{page}");
    let form = world.bo.get_with(&format!("/appeal/{comment}"), "accept", "text/html").await.is(200).body();
    for words in ["was not let out", "an advertisement", "knitting", "some yarn", "A program had it wait"] {
        assert!(form.contains(words), "{words}: {form}");
    }
    let id = appealed(&world, &comment).await;
    let second = appealed(&world, &other).await;
    assert_eq!(world.admin.get(ADMIN).await.is(200).all("/items", "/appeal/against"), ["rejection", "rejection"]);
    decide(&world.mo, &id, "grant").await.refused(403, "forbidden");
    let now = decide(&world.admin, &id, "grant").await.is(200).json();
    assert_eq!((&now["appeal"]["state"], &now["appeal"]["against"]), (&json!("granted"), &json!("rejection")));
    assert!(world.anon.get(&format!("/api/v1/comments/{comment}")).await.is(200).body().contains("some yarn"));
    assert_eq!(news(&world.bo).await[0]["kind"], "appeal-granted");
    // Who lets it out without a word about the appeal has granted it.
    world.mo.post(&format!("/api/v1/admin/comments/{other}/approve"), json!({ "reason": "" })).await.is(200);
    decide(&world.admin, &second, "grant").await.is(200);
    decide(&world.admin, &second, "reject").await.refused(409, "conflict");
    assert_eq!(news(&world.bo).await[0]["kind"], "appeal-granted");
}

#[tokio::test]
async fn a_removal_without_a_reason_says_so() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let comment = world.reply(&world.bo, &thread, "a secret word").await;
    world.mo.post(&format!("/api/v1/admin/comments/{comment}/remove"), json!({ "reason": "" })).await.is(200);
    let stated = world.bo.get(&format!("/api/v1/comments/{comment}/statement")).await.is(200);
    assert_eq!((stated.text("/facts"), stated.text("/decision")), ("No reason was given.".into(), "removal".into()));
    let page = world.bo.get_with(&format!("/appeal/{comment}"), "accept", "text/html").await.is(200).body();
    assert_eq!(page.matches("No reason was given.").count(), 1, "{page}");
}
