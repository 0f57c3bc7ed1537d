//! What the law asks for: notices from anybody, statements of reasons for authors, copies that are kept, and their end.

use std::num::NonZeroU32;

use actions::hosting::By;
use actions::staffing::{Appointment, appoint};
use actions::{account, maintenance};
use domain::{Role, Scope};
use door::settings::Rates;
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::world::{Answer, Caller, HOST, PASSWORD, Wishes, World};

const NOTICES: &str = "/api/v1/notices";
const ADMIN: &str = "/api/v1/admin/notices";
const PRESERVED: &str = "/api/v1/admin/preserved";
const DAY_MS: i64 = 24 * 3600 * 1000;
/// Who tells it; neither word stands anywhere else.
const NAME: &str = "Wilhelmina Notifier";
const EMAIL: &str = "wilhelmina@notify.example";

fn about(paths: &[&str]) -> Value {
    let addresses: Vec<_> = paths.iter().map(|path| format!("{HOST}{path}")).collect();
    json!({ "addresses": addresses, "category": "privacy", "explanation": "It names where she lives.",
        "name": NAME, "email": EMAIL, "good_faith": true })
}

/// A comment of Bo, and the secret of the receipt of a notice about it.
async fn noticed(world: &World) -> (String, String) {
    let thread = world.thread("A thread").await;
    let comment = world.reply(&world.bo, &thread, "She lives at the mill.").await;
    let told = world.anon.post(NOTICES, about(&[&format!("/c/{comment}")])).await.is(201);
    (comment, told.text("/secret"))
}

async fn open(who: &Caller) -> Vec<Value> {
    who.get(ADMIN).await.is(200).json()["items"].as_array().unwrap().clone()
}

async fn decide(who: &Caller, id: &Value, ruling: Value) -> Answer {
    who.post(&format!("{ADMIN}/{}/decide", id.as_str().unwrap()), ruling).await
}

fn removed() -> Value {
    json!({ "decision": "removed", "reason": "a private address", "facts": "The comment says where somebody lives.",
        "provision": "Civil code, section 12" })
}

#[tokio::test]
async fn a_notice_is_receipted_and_its_receipt_says_what_became_of_it() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let comment = world.reply(&world.bo, &thread, "She lives at the mill.").await;
    let paths = [format!("/t/{thread}/a-thread?sort=new#c{comment}"), "/u/bo".to_owned(), "/b/talk".to_owned()];
    let told = world.anon.post(NOTICES, about(&paths.each_ref().map(String::as_str))).await.is(201);
    let secret = told.text("/secret");
    assert_eq!(told.header("location"), format!("/api/v1/notices/{secret}"));
    assert_eq!(told.text("/url"), format!("{HOST}/notice/{secret}"));
    let receipt = world.anon.get(&format!("{NOTICES}/{secret}")).await.is(200);
    assert_eq!(told.at("/receipt"), receipt.json());
    assert_eq!(
        (receipt.text("/state"), receipt.at("/decided_at"), receipt.at("/redress")),
        ("open".into(), Value::Null, Value::Null)
    );
    assert!(receipt.header("cache-control").contains("no-store"), "{}", receipt.header("cache-control"));
    let listed = open(&world.mo).await.remove(0);
    assert_eq!(
        (&listed["id"], &listed["name"], &listed["email"]),
        (&receipt.json()["number"], &json!(NAME), &json!(EMAIL))
    );
    let first = &listed["about"][0]["comment"];
    assert_eq!(
        (&first["id"], &first["author"], &first["html"]),
        (&json!(comment), &json!("bo"), &json!("<p dir=\"auto\">She lives at the mill.</p>"))
    );
    assert_eq!((&listed["about"][1]["comment"], &listed["about"][2]["comment"]), (&Value::Null, &Value::Null));

    decide(&world.mo, &listed["id"], json!({ "decision": "kept", "reason": "the mill is an inn" })).await.is(200);
    let receipt = world.anon.get(&format!("{NOTICES}/{secret}")).await.is(200);
    assert_eq!(
        (receipt.text("/state"), receipt.text("/reason"), receipt.at("/automated")),
        ("kept".into(), "the mill is an inn".into(), json!(false))
    );
    assert!(receipt.text("/redress").contains("court"));
    assert!(open(&world.mo).await.is_empty());
    assert_eq!(world.mo.get(&format!("{ADMIN}?state=kept")).await.is(200).all("/items", "/name"), [NAME]);
    world.anon.get(&format!("/api/v1/comments/{comment}")).await.is(200);
}

#[tokio::test]
async fn what_is_missing_or_not_here_is_refused_with_the_remedy() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let good = about(&[&format!("/c/{thread}")]);
    let with = |key: &str, value: Value| {
        let mut notice = good.clone();
        notice[key] = value;
        notice
    };
    let refused = async |notice: Value| world.anon.post(NOTICES, notice).await.refused(422, "bad-field");
    for (key, value) in
        [("explanation", json!(" ")), ("name", json!("")), ("email", json!("nobody")), ("good_faith", json!(false))]
    {
        assert_eq!(refused(with(key, value)).await.text("/field"), key);
    }
    let deleted = world.reply(&world.ana, &thread, "Never mind.").await;
    world.ana.delete(&format!("/api/v1/comments/{deleted}")).await.is(204);
    let deleted = format!("/c/{deleted}");
    for path in ["/about", "/c/7", "/t/7/x", "/u/nobody", "/b/nowhere", "/c/x", "", deleted.as_str()] {
        let refused = refused(about(&[path])).await;
        assert_eq!(refused.text("/field"), "addresses", "{path}");
        assert!(refused.body().contains("your browser shows"), "{}", refused.body());
    }
    for address in
        ["https://elsewhere.example/c/7", "https://talk.example.evil.example/c/7", "javascript:alert(1)", "c/7"]
    {
        let refused = refused(with("addresses", json!([address]))).await;
        assert!(refused.body().contains("has to be told there"), "{}", refused.body());
    }
    world.anon.post(NOTICES, with("addresses", json!([format!("HTTPS://Talk.Example/c/{thread}")]))).await.is(201);
    let mut nameless = with("category", json!("children"));
    nameless.as_object_mut().unwrap().retain(|key, _| key != "name" && key != "email");
    world.anon.post(NOTICES, nameless).await.is(201);
    assert_eq!(open(&world.mo).await.len(), 2, "what was refused is not kept");
}

#[tokio::test]
async fn a_wrong_secret_opens_nothing() {
    let world = World::new().await;
    let (_, secret) = noticed(&world).await;
    let number = open(&world.mo).await[0]["id"].as_str().unwrap().to_owned();
    for wrong in [number.as_str(), "x", &secret.to_lowercase(), &format!("{secret}A")] {
        world.anon.get(&format!("{NOTICES}/{wrong}")).await.refused(404, "not-found");
        world.anon.get(&format!("/notice/{wrong}")).await.is(404);
    }
}

#[tokio::test]
async fn an_author_is_given_a_statement_of_reasons_and_nobody_learns_who_told() {
    let world = World::with(Wishes { log_names: true, ..Wishes::default() }).await;
    let (comment, secret) = noticed(&world).await;
    let id = open(&world.mo).await[0]["id"].clone();
    let statement = format!("/api/v1/comments/{comment}/statement");
    world.bo.get(&statement).await.refused(422, "bad-field");
    decide(&world.mo, &id, removed()).await.is(200);
    decide(&world.mo, &id, removed()).await.is(200);
    decide(&world.admin, &id, json!({ "decision": "kept", "reason": "no" })).await.refused(409, "conflict");

    let stated = world.bo.get(&statement).await.is(200);
    let expected = json!({ "comment_id": comment, "facts": "The comment says where somebody lives.", "ground": "law",
        "provision": "Civil code, section 12", "on_notice": true, "automated": false });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&stated.json()[key], value, "{key}");
    }
    assert!(stated.text("/scope").contains("removed") && stated.text("/redress").contains("appeal"));
    world.ana.get(&statement).await.refused(403, "forbidden");
    world.anon.get(&statement).await.refused(401, "login-required");
    let page = world.bo.get_with(&format!("/appeal/{comment}"), "accept", "text/html").await.is(200);
    for part in [
        "It is against the law",
        "Civil code, section 12",
        "where somebody lives",
        "Somebody had told of it.",
        "no program",
    ] {
        assert!(page.body().contains(part), "{part}: {}", page.body());
    }
    let receipt = world.anon.get(&format!("{NOTICES}/{secret}")).await.is(200);
    assert_eq!((receipt.text("/state"), receipt.text("/reason")), ("removed".into(), "a private address".into()));

    let html = ("accept", "text/html");
    let told = [
        stated.body(),
        page.body(),
        world.bo.get("/api/v1/notifications").await.body(),
        world.bo.get_with("/notifications", html.0, html.1).await.body(),
        world.bo.get("/api/v1/appeals").await.body(),
        world.anon.get("/api/v1/modlog").await.body(),
        world.anon.get_with("/modlog", html.0, html.1).await.body(),
        world.anon.get("/modlog/feed.atom").await.body(),
        world.mo.get("/api/v1/admin/log").await.body(),
        world.mo.get("/api/v1/admin/queue?list=removed").await.body(),
        world.admin.get(PRESERVED).await.body(),
        receipt.body(),
    ];
    for text in told {
        assert!(!text.contains("Wilhelmina") && !text.contains("notify.example"), "{text}");
    }
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.all("/items", "/deed"), ["grant-notice", "remove"]);
}

#[tokio::test]
async fn a_removal_by_the_rules_is_stated_as_well() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let comment = world.reply(&world.bo, &thread, "Rude.").await;
    world.mo.post(&format!("/api/v1/admin/comments/{comment}/remove"), json!({ "reason": "rude" })).await.is(200);
    let stated = world.bo.get(&format!("/api/v1/comments/{comment}/statement")).await.is(200);
    assert_eq!(
        (stated.text("/ground"), stated.text("/facts"), stated.at("/on_notice")),
        ("rules".into(), "rude".into(), json!(false))
    );
    let page = world.bo.get_with(&format!("/appeal/{comment}"), "accept", "text/html").await.is(200).body();
    assert!(page.contains("It is against the rules here"), "{page}");
    assert_eq!(world.admin.get(PRESERVED).await.is(200).at("/items"), json!([]));
}

async fn moderator(world: &World, name: &str, board: &str) -> Caller {
    account::create(&world.app.ctx, name, Some(PASSWORD), Role::Member, None).await.unwrap();
    let to = Appointment { role: Role::Moderator, boards: Some(vec![board.to_owned()]) };
    appoint(&world.app.ctx, &By::Host, name, to, "").await.unwrap();
    world.token(name, Scope::Admin).await
}

#[tokio::test]
async fn those_who_moderate_other_boards_and_those_whom_it_is_about_know_nothing_of_it() {
    let world = World::new().await;
    world.admin.post("/api/v1/boards", json!({ "name": "other", "title": "Other" })).await.is(201);
    let (here, there) = (moderator(&world, "tom", "talk").await, moderator(&world, "mia", "other").await);
    let thread = world.thread("A thread").await;
    let of_mo = world.reply(&world.mo, &thread, "She lives at the mill.").await;
    world.anon.post(NOTICES, about(&[&format!("/c/{of_mo}")])).await.is(201);
    let id = open(&world.admin).await[0]["id"].clone();
    assert_eq!((open(&here).await.len(), open(&there).await.len(), open(&world.mo).await.len()), (1, 0, 0));
    for nobody in [&there, &world.mo] {
        decide(nobody, &id, removed()).await.refused(404, "not-found");
    }
    decide(&world.ana, &id, removed()).await.refused(403, "forbidden");
    world.ana.get(ADMIN).await.refused(403, "forbidden");
    decide(&here, &id, removed()).await.is(200);
    // What is about no comment is for those who moderate everything.
    world.anon.post(NOTICES, about(&["/u/bo"])).await.is(201);
    let id = open(&world.mo).await[0]["id"].clone();
    assert!(open(&here).await.is_empty());
    decide(&here, &id, json!({ "decision": "kept", "reason": "x" })).await.refused(404, "not-found");
    decide(&world.mo, &id, json!({ "decision": "kept", "reason": "x" })).await.is(200);
}

/// Where one person runs the place, notices about what they write would wait for ever.
#[tokio::test]
async fn who_alone_decides_decides_about_their_own_and_does_not_learn_who_told() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let (one, other) = (world.reply(&world.admin, &thread, "At the mill.").await, format!("/c/{thread}"));
    let told = world.anon.post(NOTICES, about(&[&format!("/c/{one}"), &other])).await.is(201);
    assert!(open(&world.admin).await.is_empty(), "somebody else decides");
    appoint(&world.app.ctx, &By::Host, "mo", Appointment { role: Role::Member, boards: None }, "").await.unwrap();
    let ida = world.cookie(&{
        account::set_password(&world.app.ctx, "ida", PASSWORD).await.unwrap();
        account::log_in(&world.app.ctx, "ida", PASSWORD, "").await.unwrap().secret
    });
    let page = ida.get("/admin/notices").await.is(200).body();
    assert!(page.contains("At the mill.") && page.contains("nobody else can"), "{page}");
    assert!(!page.contains("Wilhelmina") && !page.contains(EMAIL), "{page}");
    let listed = open(&world.admin).await.remove(0);
    assert_eq!((&listed["alone"], &listed["name"], &listed["email"]), (&json!(true), &json!(""), &json!("")));
    let decided = decide(&world.admin, &listed["id"], removed()).await.is(200);
    assert!(!decided.body().contains("Wilhelmina"), "{}", decided.body());
    assert_eq!(world.anon.get(&told_at(&told)).await.is(200).text("/state"), "removed");
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.text("/items/0/deed"), "grant-notice-alone");
}

fn told_at(told: &Answer) -> String {
    format!("{NOTICES}/{}", told.text("/secret"))
}

#[tokio::test]
async fn a_notice_about_somebody_s_page_is_decided_by_somebody_else() {
    let world = World::new().await;
    world.anon.post(NOTICES, about(&["/u/mo"])).await.is(201);
    let id = open(&world.admin).await[0]["id"].clone();
    assert!(open(&world.mo).await.is_empty());
    let kept = json!({ "decision": "kept", "reason": "x" });
    decide(&world.mo, &id, kept.clone()).await.refused(404, "not-found");
    decide(&world.admin, &id, kept).await.is(200);
}

#[tokio::test]
async fn what_was_removed_before_is_decided_anew_and_its_author_is_told() {
    let world = World::new().await;
    let (comment, _) = noticed(&world).await;
    world.mo.post(&format!("/api/v1/admin/comments/{comment}/remove"), json!({ "reason": "rude" })).await.is(200);
    let statement = format!("/api/v1/comments/{comment}/statement");
    let stated = world.bo.get(&statement).await.is(200);
    assert_eq!((stated.text("/ground"), stated.at("/on_notice")), ("rules".into(), json!(true)), "it had been told of");
    let before = world.bo.get("/api/v1/notifications").await.is(200).at("/items").as_array().unwrap().len();
    let id = open(&world.admin).await[0]["id"].clone();
    decide(&world.admin, &id, removed()).await.is(200);
    let stated = world.bo.get(&statement).await.is(200);
    assert_eq!((stated.text("/ground"), stated.text("/provision")), ("law".into(), "Civil code, section 12".into()));
    let told = world.bo.get("/api/v1/notifications").await.is(200).at("/items").as_array().unwrap().len();
    assert_eq!(told, before + 1);
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.all("/items", "/deed"), ["grant-notice", "remove", "remove"]);
}

#[tokio::test]
async fn a_receipt_says_that_what_was_taken_down_was_put_back() {
    let world = World::new().await;
    let (comment, secret) = noticed(&world).await;
    let id = open(&world.mo).await[0]["id"].clone();
    decide(&world.mo, &id, removed()).await.is(200);
    let receipt = format!("{NOTICES}/{secret}");
    assert_eq!(world.anon.get(&receipt).await.is(200).at("/put_back"), json!([]));
    world.bo.post("/api/v1/appeals", json!({ "comment": comment, "text": "An inn." })).await.is(201);
    let appeal = world.admin.get("/api/v1/admin/appeals").await.is(200).text("/items/0/appeal/id");
    let grant = format!("/api/v1/admin/appeals/{appeal}/grant");
    world.admin.post(&grant, json!({ "reason": "an inn" })).await.is(200);
    let told = world.anon.get(&receipt).await.is(200);
    assert_eq!((told.text("/state"), told.at("/put_back")), ("removed".into(), json!([format!("{HOST}/c/{comment}")])));
    let page = world.anon.get(&format!("/notice/{secret}")).await.is(200).body();
    assert!(page.contains("is shown now as it was before"), "{page}");
}

#[tokio::test]
async fn some_of_what_a_notice_names_can_be_taken_down() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let (bad, good) =
        (world.reply(&world.bo, &thread, "At the mill.").await, world.reply(&world.bo, &thread, "No.").await);
    world.anon.post(NOTICES, about(&[&format!("/c/{good}"), &format!("/c/{bad}")])).await.is(201);
    let id = open(&world.mo).await[0]["id"].clone();
    let partly =
        |comments: Value| json!({ "decision": "partly-removed", "comments": comments, "reason": "an address" });
    for wrong in [json!([]), json!([thread]), json!([bad, "7"])] {
        assert_eq!(decide(&world.mo, &id, partly(wrong)).await.refused(422, "bad-field").text("/field"), "comments");
    }
    for (decision, field) in [
        (json!({ "decision": "open", "reason": "x" }), "decision"),
        (json!({ "decision": "removed", "reason": " " }), "reason"),
    ] {
        assert_eq!(decide(&world.mo, &id, decision).await.refused(422, "bad-field").text("/field"), field);
    }
    let now = decide(&world.mo, &id, partly(json!([bad]))).await.is(200);
    let states: Vec<Value> = now.all("/about", "/comment/state");
    assert_eq!(states, ["published", "removed"]);
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!((log.text("/items/0/deed"), log.text("/items/0/comment_id")), ("grant-notice".into(), bad.clone()));
    decide(&world.admin, &id, partly(json!([bad]))).await.is(200);
    decide(&world.admin, &id, partly(json!([good]))).await.refused(409, "conflict");
}

#[tokio::test]
async fn notices_from_one_address_are_limited_and_those_that_fail_do_not_count() {
    let rates = Rates {
        address_notices_of_a_day: NonZeroU32::new(3),
        address_unproven_notices: NonZeroU32::new(1),
        ..Rates::default()
    };
    let world = World::with(Wishes { rates, ..Wishes::default() }).await;
    let thread = world.thread("A thread").await;
    let good = about(&[&format!("/c/{thread}")]);
    for _ in 0..4 {
        world.anon.post(NOTICES, about(&["/c/7"])).await.is(422);
    }
    world.anon.post(NOTICES, good.clone()).await.is(201);
    world.anon.post(NOTICES, good.clone()).await.refused(429, "throttled");
    let mut proven = good.clone();
    let challenge = world.anon.post("/api/v1/accounts/challenge", Value::Null).await.is(201).text("/challenge");
    proven["proof"] = json!(crate::joining::proof(&challenge));
    proven["challenge"] = json!(challenge);
    world.anon.post(NOTICES, proven.clone()).await.is(201);
    // It counts once.
    world.anon.post(NOTICES, proven).await.refused(429, "throttled");
}

#[tokio::test]
async fn the_form_works_without_script_and_gives_back_what_was_written() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let address = format!("{HOST}/t/{thread}");
    let page = world.anon.get(&format!("/notice?addresses={address}")).await.is(200).body();
    assert!(page.contains(&address) && page.contains("name=\"website\"") && page.contains("noindex"), "{page}");
    let fields = |bait: &'static str, faith: &'static str| {
        vec![
            ("addresses", format!(" {address} \r\n\r\n{HOST}/u/ana")),
            ("category", "defamation".into()),
            ("explanation", "He calls her <a thief>.".into()),
            ("name", NAME.into()),
            ("email", EMAIL.into()),
            ("good_faith", faith.into()),
            ("website", bait.into()),
        ]
    };
    let send = async |fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        world.anon.form("/notice", &fields).await
    };
    for wrong in [fields("spam", "yes"), fields("", "")] {
        let page = send(wrong).await.is(422).body();
        assert!(page.contains("role=\"alert\"") && page.contains("&lt;a thief&gt;") && page.contains(EMAIL), "{page}");
    }
    let mut without = fields("", "yes");
    without.remove(1);
    assert!(send(without).await.is(422).body().contains("Choose what it is."));
    assert!(open(&world.mo).await.is_empty());
    let sent = send(fields("", "yes")).await.is(303);
    let receipt = sent.header("location").to_owned();
    assert_eq!(world.anon.get(&receipt).await.header("cache-control"), "no-store");
    let page = world.anon.get(&receipt).await.is(200).body();
    assert!(page.contains(&format!("{HOST}{receipt}")) && page.contains("Nobody has decided yet"), "{page}");
    assert!(!page.contains("Wilhelmina"), "what is not needed is not shown");
    let notice = open(&world.mo).await.remove(0);
    assert_eq!(
        (notice["explanation"].as_str(), notice["about"].as_array().unwrap().len()),
        (Some("He calls her <a thief>."), 2)
    );
    decide(&world.mo, &notice["id"], json!({ "decision": "kept", "reason": "<an opinion>" })).await.is(200);
    let page = world.anon.get(&receipt).await.is(200).body();
    assert!(
        page.contains("It stays as it is.") && page.contains("&lt;an opinion&gt;") && page.contains("a court"),
        "{page}"
    );
    for (page, link) in [("/about", "/notice"), ("/", "/notice")] {
        assert!(world.anon.get_with(page, "accept", "text/html").await.body().contains(&format!("href=\"{link}\"")));
    }
    let report = world.bo.get_with(&format!("/c/{thread}/report"), "accept", "text/html").await.is(200).body();
    assert!(report.contains("/notice?addresses=https%3A%2F%2Ftalk.example%2Fc%2F"), "{report}");
}

/// The copy of what a notice had taken down.
async fn copy_of(world: &World) -> String {
    world.admin.get(PRESERVED).await.is(200).text("/items/0/id")
}

#[tokio::test]
async fn what_was_taken_down_is_kept_with_its_versions_and_only_administrators_read_it() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let comment = world.reply(&world.bo, &thread, "She lives at the *mill*.").await;
    world.hands.forward(1000);
    world.bo.patch(&format!("/api/v1/comments/{comment}"), json!({ "text": "She lives at the *inn*." })).await.is(200);
    world.anon.post(NOTICES, about(&[&format!("/c/{comment}")])).await.is(201);
    let id = open(&world.mo).await[0]["id"].clone();
    decide(&world.mo, &id, removed()).await.is(200);
    let copy = copy_of(&world).await;
    let path = format!("{PRESERVED}/{copy}");
    world.mo.get(PRESERVED).await.refused(403, "forbidden");
    world.mo.get(&path).await.refused(403, "forbidden");
    world.bo.get(&path).await.refused(403, "forbidden");
    let read = world.admin.get(&format!("{path}?reason=asked+by+a+court")).await.is(200);
    assert!(read.header("cache-control").contains("no-store"), "{}", read.header("cache-control"));
    assert_eq!((read.text("/copy/author"), read.text("/copy/comment_id")), ("bo".into(), comment.clone()));
    assert_eq!(read.text("/copy/address"), format!("{HOST}/c/{comment}"));
    assert_eq!(
        (read.text("/source"), read.text("/editions/0/source")),
        ("She lives at the *inn*.".into(), "She lives at the *mill*.".into())
    );
    world.admin.get(&format!("{PRESERVED}/7")).await.refused(404, "not-found");

    let public = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(public.all("/items", "/deed"), ["grant-notice", "remove"]);
    for public in ["/modlog", "/modlog/feed.atom", "/modlog/feed.json"] {
        let text = world.anon.get_with(public, "accept", "text/html").await.body();
        assert!(!text.contains("asked by a court") && !text.contains("read a copy"), "{text}");
    }
    let whole = world.admin.get("/api/v1/admin/log").await.is(200);
    assert_eq!(whole.all("/items", "/deed"), ["read-preserved", "grant-notice", "remove"]);
    assert_eq!(whole.text("/items/0/reason"), format!("copy {copy}: asked by a court"));
    assert_eq!(whole.text("/items/0/moderator"), "ida");
}

#[tokio::test]
async fn a_copy_says_how_many_versions_it_leaves_out() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let comment = world.reply(&world.bo, &thread, "At the mill.").await;
    let many = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 203) INSERT INTO revisions (id, comment_id, \
         source, html, replaced_at) SELECT i, {comment}, 'before', '<p>before</p>', i FROM n"
    );
    world.app.ctx.db().write(move |tx: &mut storage::Write| storage::testing::execute(tx, &many)).await.unwrap();
    let preserve = format!("/api/v1/admin/comments/{comment}/preserve");
    let copy = world.admin.post(&preserve, json!({ "reason": "an order" })).await.is(200).text("/id");
    let read = world.admin.get(&format!("{PRESERVED}/{copy}")).await.is(200);
    assert_eq!((read.all("/editions", "/source").len(), read.at("/editions_left_out")), (200, json!(3)));
}

#[tokio::test]
async fn a_copy_outlasts_its_author_s_deleting_and_ends_in_its_time() {
    let world = World::new().await;
    let thread = world.thread("Where <she> lives").await;
    let preserve = format!("/api/v1/admin/comments/{thread}/preserve");
    assert_eq!(
        world.admin.post(&preserve, json!({ "reason": " " })).await.refused(422, "bad-field").text("/field"),
        "reason"
    );
    world.mo.post(&preserve, json!({ "reason": "x" })).await.refused(403, "forbidden");
    let why = json!({ "reason": "an order of a court" });
    let copy = world.admin.post(&preserve, why.clone()).await.is(200).text("/id");
    assert_eq!(world.admin.post(&preserve, why.clone()).await.is(200).text("/id"), copy, "it holds the same");
    world.ana.delete(&format!("/api/v1/comments/{thread}")).await.is(204);
    let path = format!("{PRESERVED}/{copy}");
    let kept = world.admin.get(&path).await.is(200);
    assert_eq!(
        (kept.text("/title"), kept.text("/source")),
        ("Where <she> lives".into(), "What do *you* think?".into())
    );
    assert_eq!(world.admin.post(&preserve, why).await.refused(422, "bad-field").text("/field"), "id");
    for public in [
        format!("/api/v1/threads/{thread}"),
        format!("/api/v1/comments/{thread}"),
        format!("/t/{thread}"),
        "/api/v1/search?q=think".into(),
    ] {
        let text = world.anon.get(&public).await.body();
        assert!(!text.contains("What do") && !text.contains("lives"), "{public}: {text}");
    }

    let prolong = format!("{path}/prolong");
    let longer = |days: u32, reason: &str| json!({ "days": days, "reason": reason });
    for (wrong, field) in
        [(longer(0, "x"), "days"), (longer(3_651, "x"), "days"), (longer(10, "x"), "days"), (longer(200, ""), "reason")]
    {
        assert_eq!(world.admin.post(&prolong, wrong).await.refused(422, "bad-field").text("/field"), field);
    }
    world.admin.post(&prolong, longer(200, "the case goes on")).await.is(200);
    maintenance::schedule(&world.app.ctx).await.unwrap();
    let later = async |days: i64| {
        world.hands.forward(days * DAY_MS);
        maintenance::run_due(&world.app.ctx).await.unwrap();
        account::create_token(&world.app.ctx, "ida", Scope::Admin, "test", None).await.unwrap().secret
    };
    let ida = world.bearer(&later(199).await);
    ida.get(&path).await.is(200);
    let ida = world.bearer(&later(2).await);
    ida.get(&path).await.refused(404, "not-found");
    assert_eq!(ida.get(PRESERVED).await.is(200).at("/items"), json!([]), "it is deleted, not hidden");
}

#[tokio::test]
async fn decided_notices_are_forgotten_with_their_receipts_and_open_ones_are_not() {
    let world = World::new().await;
    let (_, decided) = noticed(&world).await;
    let id = open(&world.mo).await[0]["id"].clone();
    decide(&world.mo, &id, json!({ "decision": "kept", "reason": "no" })).await.is(200);
    let (_, waiting) = noticed(&world).await;
    maintenance::schedule(&world.app.ctx).await.unwrap();
    for (days, status) in [(364, 200), (2, 404)] {
        world.hands.forward(days * DAY_MS);
        maintenance::run_due(&world.app.ctx).await.unwrap();
        world.anon.get(&format!("{NOTICES}/{decided}")).await.is(status);
        world.anon.get(&format!("{NOTICES}/{waiting}")).await.is(200);
    }
}

/// Reports come first in the table; here they cannot be deleted.
#[tokio::test]
async fn a_kind_that_cannot_be_forgotten_keeps_none_of_the_others_back() {
    let world = World::new().await;
    let (_, secret) = noticed(&world).await;
    let id = open(&world.mo).await[0]["id"].clone();
    decide(&world.mo, &id, json!({ "decision": "kept", "reason": "no" })).await.is(200);
    let broken = |tx: &mut storage::Write| storage::testing::execute(tx, "DROP TABLE reports");
    world.app.ctx.db().write(broken).await.unwrap();
    maintenance::schedule(&world.app.ctx).await.unwrap();
    world.hands.forward(366 * DAY_MS);
    maintenance::run_due(&world.app.ctx).await.unwrap();
    world.anon.get(&format!("{NOTICES}/{secret}")).await.is(404);
}

#[tokio::test]
async fn notices_that_nobody_decides_are_said_to_be_overdue() {
    let world = World::new().await;
    account::set_password(&world.app.ctx, "ida", PASSWORD).await.unwrap();
    noticed(&world).await;
    let found = async || {
        let found = actions::hosting::checkup::queues(&world.app.ctx).await.unwrap();
        found.into_iter().find(|finding| finding.check == "notices").unwrap()
    };
    let page = async |path: &str| {
        let secret = account::log_in(&world.app.ctx, "ida", PASSWORD, "").await.unwrap().secret;
        world.cookie(&secret).get(path).await.is(200).body()
    };
    assert_eq!(found().await.level, actions::hosting::checkup::Level::Good);
    assert!(!page("/admin").await.contains("notices overdue"));
    assert!(page("/admin/queue").await.contains("Notices <span>1</span>"));
    world.hands.forward(8 * DAY_MS);
    assert_eq!(found().await.level, actions::hosting::checkup::Level::Warning);
    assert!(page("/admin").await.contains("notices overdue"));
    assert!(page("/admin/queue").await.contains("Notices <span>1, 1 overdue</span>"));
}

#[tokio::test]
async fn no_more_notices_wait_than_anybody_reads() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let many = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) INSERT INTO notices (id, secret_hash, \
         category, explanation, name, email, state, reason, automated, created_at) SELECT i, CAST(CAST(i AS TEXT) AS {}), 1, 'x', \
         '', '', 0, '', FALSE, 1 FROM n",
        actions::notices::MOST_OPEN - 1,
        if std::env::var_os("REJOINDER_TEST_DATABASE").is_some() { "BYTEA" } else { "BLOB" },
    );
    world.app.ctx.db().write(move |tx: &mut storage::Write| storage::testing::execute(tx, &many)).await.unwrap();
    world.anon.post(NOTICES, about(&[&format!("/c/{thread}")])).await.is(201);
    let refused = world.anon.post(NOTICES, about(&[&format!("/c/{thread}")])).await.refused(403, "forbidden");
    assert!(refused.body().contains("Write to those who run"), "{}", refused.body());
}

#[tokio::test]
async fn notices_and_what_became_of_them_are_counted() {
    let world = World::new().await;
    for decision in [removed(), json!({ "decision": "kept", "reason": "no" })] {
        noticed(&world).await;
        let id = open(&world.mo).await[0]["id"].clone();
        decide(&world.mo, &id, decision).await.is(200);
    }
    noticed(&world).await;
    let month = world.anon.get("/api/v1/transparency").await.is(200);
    let counted = ["notices_received", "notices_granted", "notices_refused", "illegal_removed", "removed"];
    let numbers = counted.map(|what| month.at(&format!("/items/0/{what}")));
    assert_eq!(numbers, [3, 1, 1, 1, 1].map(|number| json!(number)));
    let page = world.anon.get_with("/transparency", "accept", "text/html").await.body();
    assert!(page.contains("Notices that something is against the law</dt><dd>3"), "{page}");
}

/// What is at home elsewhere is named by its id as well as by its place here, and what its server says of it later changes no copy.
#[tokio::test]
async fn a_copy_of_what_came_from_elsewhere_outlasts_its_server_s_delete() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>She lives at the mill.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let mut notice = about(&[]);
    notice["addresses"] = json!([note["id"]]);
    world.anon.post(NOTICES, notice).await.is(201);
    let noticed = open(&world.mo).await.remove(0);
    let comment = noticed["about"][0]["comment"]["id"].as_str().unwrap().to_owned();
    decide(&world.mo, &noticed["id"], removed()).await.is(200);
    let gone = json!({ "id": note["id"], "type": "Tombstone" });
    peer.say(&world, &peer.activity("deletes/1", "Delete", &gone)).await;
    let copy = world.admin.get(&format!("{PRESERVED}/{}", copy_of(&world).await)).await.is(200);
    assert_eq!(
        (json!(copy.text("/copy/address")), copy.text("/source").contains("the mill")),
        (note["id"].clone(), true)
    );
    for public in [format!("/api/v1/comments/{comment}"), format!("/t/{thread}"), "/api/v1/search?q=mill".into()] {
        let text = world.anon.get(&public).await.body();
        assert!(!text.contains("the mill"), "{public}: {text}");
    }
}

#[tokio::test]
async fn notices_are_decided_on_a_page_without_script() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let (bad, good) =
        (world.reply(&world.bo, &thread, "At the *mill*.").await, world.reply(&world.bo, &thread, "No.").await);
    let mut notice = about(&[&format!("/c/{bad}"), &format!("/c/{good}"), "/u/bo"]);
    notice["explanation"] = json!("<b>It</b> says where.");
    world.anon.post(NOTICES, notice).await.is(201);
    account::set_password(&world.app.ctx, "mo", PASSWORD).await.unwrap();
    let mo = world.cookie(&account::log_in(&world.app.ctx, "mo", PASSWORD, "").await.unwrap().secret);
    let page = mo.get("/admin/notices").await.is(200).body();
    for part in
        ["&lt;b&gt;It&lt;/b&gt; says where.", "<em>mill</em>", NAME, EMAIL, "a page, which has to be changed by hand"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let id = open(&world.mo).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/admin/notices/{id}");
    let fields = |ticked: &'static str, reason: &'static str| {
        [
            ("of", "2".to_owned()),
            (ticked, bad.clone()),
            ("reason", reason.into()),
            ("facts", "He names the mill.".into()),
            ("do", "remove".into()),
        ]
    };
    let send = async |fields: [(&str, String); 5]| {
        mo.form(&path, &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await
    };
    for wrong in [fields("comment", ""), fields("nothing", "an address")] {
        let page = send(wrong).await.is(422).body();
        assert!(page.contains("role=\"alert\"") && page.contains("He names the mill."), "{page}");
    }
    let page = send(fields("comment", "")).await.is(422).body();
    let ticked = [&bad, &good].map(|id| page.contains(&format!("value=\"{id}\" checked")));
    assert_eq!(ticked, [true, false], "{page}");
    assert_eq!(send(fields("comment", "an address")).await.is(303).header("location"), "/admin/notices?said=decided");
    let page = mo.get("/admin/notices?said=decided").await.is(200).body();
    assert!(page.contains("It is decided.") && page.contains("Nothing is left here."), "{page}");
    let late = mo.form(&path, &[("of", "2"), ("do", "keep"), ("reason", "no")]).await.is(409).body();
    assert!(late.contains("Somebody was quicker") && late.contains("an address"), "{late}");
    let states = [&bad, &good].map(|id| format!("/api/v1/comments/{id}"));
    assert_eq!(world.anon.get(&states[0]).await.text("/state"), "removed");
    assert_eq!(world.anon.get(&states[1]).await.text("/state"), "published");
    world.bo.get_with("/admin/notices", "accept", "text/html").await.is(403);
    let anon = world.anon.get_with("/admin/notices", "accept", "text/html").await;
    assert!(anon.status.is_redirection(), "{anon:?}");
}

#[tokio::test]
async fn a_notice_about_a_page_leads_to_where_something_can_be_done() {
    let world = World::new().await;
    world.anon.post(NOTICES, about(&["/u/bo", "/b/talk"])).await.is(201);
    let page = world.mo.get("/admin/notices").await.is(200).body();
    for way in ["href=\"/admin/actors/bo?do=suspend\"", "href=\"/admin/boards/talk\""] {
        assert!(page.contains(way), "{way}: {page}");
    }
}

#[tokio::test]
async fn the_form_of_notices_calls_nothing_optional_that_is_needed() {
    let world = World::new().await;
    let form = world.anon.get("/notice").await.is(200).body();
    assert!(form.contains("type=\"checkbox\" id=\"good_faith\""), "{form}");
    assert!(!form.contains("optional"), "{form}");
}
