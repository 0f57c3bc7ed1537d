//! Rules that look at comments before they are published: what is held is known to nobody, what is let out to everybody, and what is refused
//! comes back with the reason.

use actions::account;
use axum::http::Method;
use domain::{Cause, CommentId, Effect};
use serde_json::{Value, json};
use storage::holds::{self, Hold, Stage};
use storage::inbox::State;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{Answer, Caller, HOST, PASSWORD, World};

const RULES: &str = "/api/v1/admin/rules";

async fn set(world: &World, rules: Value) {
    world.admin.put(RULES, json!({ "rules": rules })).await.is(200);
}

fn first_of_server() -> Value {
    json!([{ "name": "new servers", "whom": "remote", "effect": "hold", "when": { "first_of_server": true } }])
}

fn words(effect: &str, words: &[&str]) -> Value {
    json!([{ "name": "words", "effect": effect, "message": "Leave xylophones out.", "when": { "words": words } }])
}

/// A comment of Bo's on another server, said to us.
async fn says(world: &World, peer: &Peer, n: u32, to: &str, content: &str) {
    let note = peer.note(&format!("notes/{n}"), &format!("{HOST}/c/{to}"), content);
    peer.say(world, &peer.activity(&format!("creates/{n}"), "Create", &note)).await;
}

async fn here(world: &World, peer: &Peer, n: u32) -> Option<CommentId> {
    let uri = peer.id(&format!("notes/{n}"));
    world.app.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap().map(|object| object.comment)
}

async fn hold(world: &World, comment: CommentId) -> Option<Hold> {
    world.app.ctx.db().read(move |tx| holds::find(tx, comment)).await.unwrap()
}

fn id(text: &str) -> CommentId {
    text.parse().unwrap()
}

async fn decide(world: &World, comment: &impl std::fmt::Display, deed: &str) -> Answer {
    world.mo.post(&format!("/api/v1/admin/comments/{comment}/{deed}"), json!({ "reason": "looked at" })).await
}

/// Where a word is to be read.
async fn seen(world: &World, thread: &str, word: &str, comment: &impl std::fmt::Display) -> Vec<String> {
    let search = format!("/api/v1/search?q={word}");
    let own = format!("/api/v1/comments/{comment}");
    let page = format!("/t/{thread}");
    let api = format!("/api/v1/threads/{thread}");
    let feed = format!("/t/{thread}/feed.atom");
    let mut found = Vec::new();
    for path in
        [page.as_str(), api.as_str(), search.as_str(), own.as_str(), feed.as_str(), "/", "/b/talk", "/feed.atom"]
    {
        let mut answer = world.anon.get(path).await;
        if answer.status.is_redirection() {
            answer = world.anon.get(answer.header("location")).await;
        }
        if answer.body().contains(word) {
            found.push(path.to_owned());
        }
    }
    found
}

async fn replies(who: &Caller, to: &str, text: &str) -> Answer {
    who.post(&format!("/api/v1/comments/{to}/replies"), json!({ "text": text })).await
}

#[tokio::test]
async fn the_first_comment_of_a_new_server_is_known_to_nobody_until_it_is_let_out() {
    let (world, peer, follower) = (World::new().await, Peer::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    follower.say(&world, &follower.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    set(&world, first_of_server()).await;
    let said = waiting(&world, &follower).await.len();
    says(&world, &peer, 1, &thread, "<p>xylophone</p>").await;
    let comment = here(&world, &peer, 1).await.unwrap();
    assert_eq!(seen(&world, &thread, "xylophone", &comment).await, [] as [String; 0]);
    assert_eq!((waiting(&world, &follower).await.len(), waiting(&world, &peer).await.len()), (said, 0));
    let count = world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/thread/comments_count");
    assert_eq!((count, world.ana.get("/api/v1/notifications").await.at("/items")), (json!(0), json!([])));
    let why = hold(&world, comment).await.unwrap();
    assert_eq!((why.cause, why.rule.as_str(), why.host.as_str()), (Cause::Rule, "new servers", peer.host()));
    // Said again, it is the same comment, and waits as before.
    says(&world, &peer, 1, &thread, "<p>xylophone</p>").await;
    assert_eq!(here(&world, &peer, 1).await, Some(comment));

    decide(&world, &comment, "approve").await.is(200);
    let found = seen(&world, &thread, "xylophone", &comment).await;
    assert_eq!(found.len(), 5, "{found:?}");
    let announced = waiting(&world, &follower).await.pop().unwrap();
    assert_eq!((&announced["type"], &announced["object"]), (&json!("Announce"), &json!(peer.id("notes/1"))));
    assert_eq!(hold(&world, comment).await, None);
    assert_eq!(world.ana.get("/api/v1/notifications").await.all("/items", "/comment/id"), [json!(comment.to_string())]);
    // The server is not new any more.
    says(&world, &peer, 2, &thread, "<p>Another.</p>").await;
    let second = here(&world, &peer, 2).await.unwrap();
    assert_eq!(hold(&world, second).await, None);
}

#[tokio::test]
async fn what_is_rejected_leaves_nothing_and_nobody_is_told_who_did_not_ask() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    set(&world, first_of_server()).await;
    says(&world, &peer, 1, &thread, "<p>xylophone</p>").await;
    let comment = here(&world, &peer, 1).await.unwrap();
    world
        .bo
        .post(&format!("/api/v1/admin/comments/{comment}/reject"), json!({ "reason": "" }))
        .await
        .refused(403, "forbidden");
    for _ in 0..2 {
        assert_eq!(decide(&world, &comment, "reject").await.is(200).text("/state"), "held");
    }
    assert_eq!(hold(&world, comment).await.unwrap().stage, Stage::Rejected);
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!((shown.at("/comments"), waiting(&world, &peer).await), (json!([]), vec![]));
    world.anon.get(&format!("/api/v1/comments/{comment}")).await.refused(404, "not-found");
    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.all("/items", "/deed"), [json!("reject-comment"), json!("set-rules")]);
    // Its author changes it, and it stays where it is; a moderator may think otherwise later.
    let mut note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>glockenspiel</p>");
    note["updated"] = json!("2027-01-15T07:30:00Z");
    peer.say(&world, &peer.activity("updates/1", "Update", &note)).await;
    assert_eq!(hold(&world, comment).await.unwrap().stage, Stage::Rejected);
    decide(&world, &comment, "approve").await.is(200);
    assert!(!seen(&world, &thread, "glockenspiel", &comment).await.is_empty());
    assert_eq!(decide(&world, &comment, "reject").await.refused(422, "bad-field").text("/field"), "id");
}

#[tokio::test]
async fn who_wrote_what_is_held_reads_for_whom_it_waits_and_why_it_was_not_let_out() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    set(&world, words("hold", &["xylophone"])).await;
    let held = world.reply(&world.bo, &thread, "xylophone").await;
    let ctx = &world.app.ctx;
    account::set_password(ctx, "bo", PASSWORD).await.unwrap();
    let bo = world.cookie(&account::log_in(ctx, "bo", PASSWORD, "").await.unwrap().secret);
    let page = async || bo.get(&format!("/c/{held}")).await.is(200).body();
    let waits = page().await;
    assert!(waits.contains("A moderator looks at it before others see it.") && !waits.contains("wants to agree"));
    decide(&world, &held, "reject").await.is(200);
    let rejected = page().await;
    assert!(rejected.contains("not let it out") && rejected.contains("looked at"), "{rejected}");
    let told = bo.get("/notifications").await.is(200).body();
    assert!(told.contains("A moderator did not let out what you wrote") && told.contains("looked at"), "{told}");
}

/// Bo asks to answer a comment of ours, as GoToSocial does.
async fn asks(world: &World, peer: &Peer, n: u32, thread: &str) -> Value {
    let target = format!("{HOST}/c/{thread}");
    let mut request = peer.activity(&format!("requests/{n}"), "ReplyRequest", &json!(target));
    request["instrument"] = peer.note(&format!("notes/{n}"), &target, &format!("<p>Number {n}.</p>"));
    request["to"] = json!(format!("{HOST}/u/ana"));
    peer.say(world, &request).await;
    request
}

#[tokio::test]
async fn who_asked_to_answer_is_answered_when_a_moderator_has_decided() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    set(&world, json!([{ "name": "calm", "effect": "hold" }])).await;
    for (n, deed, answer) in [(1, "reject", "Reject"), (2, "approve", "Accept")] {
        let before = waiting(&world, &peer).await.len();
        let request = asks(&world, &peer, n, &thread).await;
        // And the comment itself, as some send it as well.
        says(&world, &peer, n, &thread, &format!("<p>Number {n}.</p>")).await;
        assert_eq!(waiting(&world, &peer).await.len(), before, "nothing is said while it waits");
        decide(&world, &here(&world, &peer, n).await.unwrap(), deed).await.is(200);
        let said = waiting(&world, &peer).await;
        let last = said.last().unwrap();
        assert_eq!((said.len(), &last["type"], &last["object"]["id"]), (before + 1, &json!(answer), &request["id"]));
        assert_eq!(last.get("result").is_some(), n == 2);
    }
}

#[tokio::test]
async fn what_a_rule_refuses_comes_back_with_its_message() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let earlier = world.reply(&world.bo, &thread, "A copper one.").await;
    set(&world, words("refuse", &["xylophone"])).await;
    let refused = replies(&world.bo, &thread, "My XYLOPHONE!").await.refused(422, "refused-by-rule");
    assert!(refused.text("/detail").ends_with("Leave xylophones out."), "{}", refused.text("/detail"));
    let new = json!({ "title": "Buy a xylophone" });
    let to = "/api/v1/boards/talk/threads";
    world.ana.post(to, json!({ "title": "Xylophone", "text": "Yes?" })).await.refused(422, "refused-by-rule");
    world.ana.post(to, json!({ "title": new["title"], "text": "Hm." })).await.refused(422, "refused-by-rule");
    let change = json!({ "text": "A xylophone one." });
    world.bo.patch(&format!("/api/v1/comments/{earlier}"), change).await.refused(422, "refused-by-rule");
    says(&world, &peer, 1, &thread, "<p>My xylophone!</p>").await;
    assert_eq!(here(&world, &peer, 1).await, None);
    assert!(reason(&world, State::Refused).await.ends_with("Leave xylophones out."));
    // Those who moderate are asked nothing.
    replies(&world.mo, &thread, "No xylophones, please.").await.is(201);
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.at("/comments").as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_somebody_here_writes_waits_and_they_are_told_of_a_no() {
    let (world, follower) = (World::new().await, Peer::new().await);
    follower.say(&world, &follower.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    let thread = world.thread("Which kettle?").await;
    let said = waiting(&world, &follower).await.len();
    set(&world, words("hold", &["xylophone"])).await;
    let [first, second] =
        [replies(&world.bo, &thread, "A xylophone.").await, replies(&world.bo, &thread, "Xylophone!").await];
    let [first, second] = [first, second].map(|answer| {
        assert_eq!(answer.text("/state"), "held");
        answer.text("/id")
    });
    assert_eq!(waiting(&world, &follower).await.len(), said);
    assert!(seen(&world, &thread, "ylophone", &first).await.is_empty());
    world.bo.get(&format!("/api/v1/comments/{first}")).await.is(200);
    assert_eq!(world.bo.get("/api/v1/notifications").await.at("/items"), json!([]));
    decide(&world, &first, "reject").await.is(200);
    let told = world.bo.get("/api/v1/notifications").await.is(200);
    assert_eq!(told.all("/items", "/comment/id"), [json!(first)]);
    let own = world.bo.get(&format!("/c/{first}")).await.is(200);
    assert!(own.body().contains("<h1>Not let out by a moderator</h1>") && own.body().contains("A xylophone."));
    decide(&world, &second, "approve").await.is(200);
    assert!(!seen(&world, &thread, "Xylophone", &second).await.is_empty());
    assert_eq!(waiting(&world, &follower).await.len(), said + 1);
}

#[tokio::test]
async fn a_thread_that_waits_stands_in_no_list_until_it_is_let_out() {
    let (world, follower) = (World::new().await, Peer::new().await);
    follower.say(&world, &follower.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk")))).await;
    let said = waiting(&world, &follower).await.len();
    set(&world, words("hold", &["xylophone"])).await;
    let new = json!({ "title": "A xylophone", "text": "Which?" });
    let thread = world.bo.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    assert!(seen(&world, &thread, "xylophone", &thread).await.is_empty());
    assert_eq!(waiting(&world, &follower).await.len(), said);
    let own = world.bo.get(&format!("/c/{thread}")).await.is(200);
    assert!(own.body().contains("<h1>Waiting for a moderator</h1>"), "{}", own.body());
    decide(&world, &thread, "approve").await.is(200);
    assert!(seen(&world, &thread, "xylophone", &thread).await.contains(&"/b/talk".to_owned()));
    assert_eq!(waiting(&world, &follower).await.len(), said + 1);
}

#[tokio::test]
async fn a_change_is_judged_again() {
    let (world, peer, follower) = (World::new().await, Peer::new().await, Peer::new().await);
    follower.say(&world, &follower.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    let thread = world.thread("Which kettle?").await;
    let ours = world.reply(&world.bo, &thread, "A copper one.").await;
    says(&world, &peer, 1, &thread, "<p>A steel one.</p>").await;
    let theirs = here(&world, &peer, 1).await.unwrap();
    set(&world, words("hold", &["xylophone"])).await;
    // Of ours the earlier words stay, and its author is told.
    let change = json!({ "text": "A xylophone." });
    world.bo.patch(&format!("/api/v1/comments/{ours}"), change).await.refused(422, "edit-would-wait");
    assert!(world.anon.get(&format!("/api/v1/comments/{ours}")).await.body().contains("A copper one."));
    // One from elsewhere has other words at home already: it is seen no more until somebody has looked at them.
    let said = waiting(&world, &follower).await.len();
    let mut note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>A xylophone.</p>");
    note["updated"] = json!("2027-01-15T07:30:00Z");
    peer.say(&world, &peer.activity("updates/1", "Update", &note)).await;
    assert!(seen(&world, &thread, "xylophone", &theirs).await.is_empty());
    assert!(seen(&world, &thread, "steel", &theirs).await.is_empty());
    let last = waiting(&world, &follower).await;
    assert_eq!((last.len(), &last.last().unwrap()["type"]), (said + 1, &json!("Undo")));
    assert_eq!(hold(&world, theirs).await.unwrap().rule, "words");
    decide(&world, &theirs, "approve").await.is(200);
    assert!(!seen(&world, &thread, "xylophone", &theirs).await.is_empty());
    assert_eq!(waiting(&world, &follower).await.last().unwrap()["type"], json!("Announce"));
}

#[tokio::test]
async fn what_is_limited_stands_and_is_made_known_to_nobody() {
    let (world, peer, follower) = (World::new().await, Peer::new().await, Peer::new().await);
    follower.say(&world, &follower.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    let thread = world.thread("Which kettle?").await;
    set(&world, words("limit", &["xylophone"])).await;
    let said = waiting(&world, &follower).await.len();
    let ours = replies(&world.bo, &thread, "A xylophone.").await.is(201).text("/id");
    world.bo.patch(&format!("/api/v1/comments/{ours}"), json!({ "text": "My xylophone." })).await.is(200);
    says(&world, &peer, 1, &thread, "<p>No xylophone.</p>").await;
    assert_eq!(
        world.anon.get(&format!("/api/v1/threads/{thread}")).await.all("/comments", "/state"),
        ["published", "published"]
    );
    assert_eq!(world.ana.get("/api/v1/notifications").await.at("/items"), json!([]));
    assert_eq!(waiting(&world, &follower).await.len(), said);
    let hidden = json!({ "title": "A xylophone", "text": "Which?" });
    let thread = world.bo.post("/api/v1/boards/talk/threads", hidden).await.is(201).text("/id");
    assert!(!seen(&world, &thread, "xylophone", &thread).await.is_empty());
    assert!(!world.anon.get("/b/talk").await.body().contains("xylophone"));
    assert_eq!(waiting(&world, &follower).await.len(), said);
}

#[tokio::test]
async fn moderators_are_told_of_what_a_rule_notes() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let both = json!([
        { "name": "note", "effect": "notify", "when": { "words": ["xylophone"] } },
        { "name": "mark", "effect": "tag", "when": { "links_more_than": 0, "links_to": ["spam.example"] } },
    ]);
    set(&world, both).await;
    let comment = replies(&world.bo, &thread, "A xylophone: https://www.spam.example/x").await.is(201).text("/id");
    assert_eq!(world.anon.get(&format!("/api/v1/comments/{comment}")).await.is(200).text("/state"), "published");
    for who in [&world.mo, &world.admin] {
        assert_eq!(who.get("/api/v1/notifications").await.all("/items", "/comment/id"), [json!(comment)]);
    }
    let marked = id(&comment);
    let marks = world.app.ctx.db().read(move |tx| storage::marks::of(tx, &[marked])).await.unwrap();
    let marks: Vec<_> = marks[&marked].iter().map(|mark| (mark.rule.as_str(), mark.effect)).collect();
    assert_eq!(marks, [("mark", Effect::Tag), ("note", Effect::Notify)]);
}

#[tokio::test]
async fn who_has_enough_comments_that_can_be_read_is_spared() {
    let world = World::new().await;
    let thread = world.thread("Which kettle?").await;
    let newcomers = json!([{ "name": "newcomers", "effect": "hold" }]);
    world.admin.put(RULES, json!({ "trusted_after": 2, "rules": newcomers })).await.is(200);
    for _ in 0..2 {
        let held = replies(&world.bo, &thread, "A copper one.").await.is(201);
        assert_eq!(held.text("/state"), "held");
        decide(&world, &held.text("/id"), "approve").await.is(200);
    }
    assert_eq!(replies(&world.bo, &thread, "Or steel.").await.is(201).text("/state"), "published");
    assert_eq!(replies(&world.ana, &thread, "Hm.").await.is(201).text("/state"), "held");
}

#[tokio::test]
async fn what_comes_too_often_is_held() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    set(
        &world,
        json!([
            { "name": "again", "effect": "hold", "when": { "repeated": { "more_than": 1, "within_minutes": 60 } } },
            { "name": "fast", "whom": "local", "effect": "refuse", "message": "Slow down.",
              "when": { "rate": { "per": "author", "more_than": 2, "within_minutes": 10 } } },
        ]),
    )
    .await;
    let text = "<p>Buy the very best kettle of them all!</p>";
    for n in 1..=3 {
        says(&world, &peer, n, &thread, text).await;
    }
    let mut held = Vec::new();
    for n in 1..=3 {
        held.push(hold(&world, here(&world, &peer, n).await.unwrap()).await.is_some());
    }
    assert_eq!(held, [false, false, true]);
    for _ in 0..3 {
        replies(&world.bo, &thread, "Short.").await.is(201);
    }
    replies(&world.bo, &thread, "Short.").await.refused(422, "refused-by-rule");
    replies(&world.ana, &thread, "Short.").await.is(201);
    world.hands.forward(11 * 60_000);
    replies(&world.bo, &thread, "Short.").await.is(201);
}

#[tokio::test]
async fn what_says_its_language_is_held_by_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    set(&world, json!([{ "name": "latin", "effect": "hold", "when": { "languages": ["la"] } }])).await;
    let mut note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>Cuprum.</p>");
    note["contentMap"] = json!({ "la": "<p>Cuprum.</p>" });
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    says(&world, &peer, 2, &thread, "<p>Copper.</p>").await;
    let [latin, other] = [here(&world, &peer, 1).await, here(&world, &peer, 2).await].map(Option::unwrap);
    assert_eq!((hold(&world, latin).await.is_some(), hold(&world, other).await), (true, None));
}

#[tokio::test]
async fn no_more_waits_than_moderators_can_look_at() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let calm = json!([{ "name": "calm", "board": "talk", "effect": "hold" }]);
    world.admin.put(RULES, json!({ "most_held": 3, "most_held_of_server": 2, "rules": calm })).await.is(200);
    for n in 1..=3 {
        says(&world, &peer, n, &thread, &format!("<p>Number {n}.</p>")).await;
    }
    assert_eq!(here(&world, &peer, 3).await, None);
    assert!(reason(&world, State::Refused).await.starts_with("So much waits for the moderators here"));
    replies(&world.bo, &thread, "Hm.").await.is(201);
    replies(&world.ana, &thread, "Hm.").await.refused(429, "queue-full");
    decide(&world, &here(&world, &peer, 1).await.unwrap(), "reject").await.is(200);
    replies(&world.ana, &thread, "Hm.").await.is(201);
}

#[tokio::test]
async fn whoever_has_to_be_asked_is_asked_when_a_moderator_lets_it_out() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let first = world.reply(&world.mo, &thread, "None at all.").await;
    let mut note = peer.note("notes/1", &format!("{HOST}/c/{first}"), "<p>Ask me first.</p>");
    let public = "https://www.w3.org/ns/activitystreams#Public";
    note["interactionPolicy"] = json!({ "canReply": { "automaticApproval": [], "manualApproval": [public] } });
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let bos = here(&world, &peer, 1).await.unwrap();
    set(&world, words("hold", &["xylophone"])).await;
    let ours = replies(&world.ana, &bos.to_string(), "A xylophone.").await.is(201).text("/id");
    assert_eq!(waiting(&world, &peer).await, [] as [Value; 0]);
    assert_eq!(decide(&world, &ours, "approve").await.is(200).text("/state"), "held");
    let kinds: Vec<_> = waiting(&world, &peer).await.iter().map(|said| said["type"].clone()).collect();
    assert_eq!(kinds, ["ReplyRequest", "Create"]);
    assert_eq!(hold(&world, id(&ours)).await, None);
    decide(&world, &ours, "approve").await.refused(422, "bad-field");
}

#[tokio::test]
async fn two_who_change_the_rules_do_not_overwrite_each_other() {
    let world = World::new().await;
    let first = world.admin.get(RULES).await.is(200);
    assert_eq!((first.header("etag"), first.at("/rules")), ("\"0\"", json!([])));
    let put = async |tag: &str, name: &str| {
        let body = json!({ "rules": [{ "name": name, "effect": "tag" }] }).to_string();
        let request = world.admin.request(Method::PUT, RULES).header("if-match", tag);
        world.admin.send(request.header("content-type", "application/json").body(body.into()).unwrap()).await
    };
    assert_eq!(put("\"0\"", "mine").await.is(200).header("etag"), "\"1\"");
    for tag in ["\"0\"", "nonsense"] {
        let late = put(tag, "theirs").await;
        assert_eq!(late.refused(412, "stale").header("etag"), "\"1\"");
    }
    let now = world.admin.get(RULES).await.is(200);
    assert_eq!((now.header("etag"), now.text("/rules/0/name")), ("\"1\"", "mine".to_owned()));
    // The same again changes nothing and is not in the log a second time.
    assert_eq!(put("*", "mine").await.is(200).header("etag"), "\"1\"");
    assert_eq!(world.anon.get("/api/v1/modlog").await.all("/items", "/deed"), ["set-rules"]);
    world.mo.get(RULES).await.refused(403, "forbidden");
}

#[tokio::test]
async fn what_cannot_be_a_rule_is_refused_with_the_reason() {
    let world = World::new().await;
    let many: Vec<Value> = (0..1001).map(|n| json!({ "name": n.to_string(), "effect": "tag" })).collect();
    let pattern = |pattern: &str| json!([{ "name": "one", "effect": "tag", "when": { "patterns": [pattern] } }]);
    for (rules, problem) in [
        (json!(many), "1001 rules are too many"),
        (pattern("(a{1000}){1000}"), "exceeds size limit"),
        (pattern("(un"), "unclosed group"),
        (pattern(r"(a)\1"), "backreferences are not supported"),
        (json!([{ "name": "one", "effect": "tag", "board": "nowhere" }]), "names the board “nowhere”"),
        (json!([{ "name": "one", "effect": "refuse" }]), "has no message"),
        (json!([{ "name": "one", "effect": "tag", "when": { "words": ["x".repeat(66_000)] } }]), "at most 65536"),
    ] {
        for (method, path) in [(Method::PUT, RULES.to_owned()), (Method::POST, format!("{RULES}/test"))] {
            let body = json!({ "rules": rules }).to_string();
            let request = world.admin.request(method, &path).header("content-type", "application/json");
            let refused = world.admin.send(request.body(body.into()).unwrap()).await.refused(422, "bad-field");
            assert!(refused.text("/detail").contains(problem), "{}", refused.text("/detail"));
            assert_eq!(refused.text("/field"), "rules");
        }
    }
    // A condition that is mistyped is none that is never asked.
    let mistyped = json!({ "rules": [{ "name": "one", "effect": "hold", "when": { "link_more_than": 1 } }] });
    let answer = world.admin.put(RULES, mistyped).await;
    assert!((400..500).contains(&answer.status.as_u16()) && answer.body().contains("link_more_than"), "{answer:?}");
    assert_eq!(world.admin.get(RULES).await.at("/rules"), json!([]));
}

#[tokio::test]
async fn rules_are_tried_on_what_is_there_and_change_nothing() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which xylophone?").await;
    let first = world.reply(&world.bo, &thread, "See https://spam.example/1").await;
    says(&world, &peer, 1, &thread, "<p>A xylophone.</p>").await;
    world.reply(&world.bo, &thread, "A copper one.").await;
    let rules = json!({ "rules": [
        { "name": "words", "effect": "hold", "when": { "words": ["xylophone"] } },
        { "name": "strangers", "whom": "remote", "effect": "refuse", "message": "No.", "when": { "first_of_server": true } },
        { "name": "links", "effect": "tag", "when": { "links_to": ["spam.example"] } },
    ] });
    let tried = world.admin.post(&format!("{RULES}/test"), rules).await.is(200);
    assert_eq!(tried.at("/looked_at"), json!(4));
    let theirs = here(&world, &peer, 1).await.unwrap();
    assert_eq!(tried.all("/found", "/comment_id"), [json!(theirs.to_string()), json!(first), json!(thread)]);
    assert_eq!(tried.all("/found", "/effect"), ["refuse", "tag", "hold"]);
    assert_eq!(tried.all("/found", "/rules"), [json!(["words", "strangers"]), json!(["links"]), json!(["words"])]);
    assert_eq!(world.admin.get(RULES).await.at("/rules"), json!([]));
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/comments").as_array().unwrap().len(), 3);
}

/// Hosts write rules by it: the example is taken, and nothing that can be asked is missing.
#[tokio::test]
async fn the_document_about_rules_is_true() {
    let document = include_str!("../../../../docs/rules.md");
    let example = document.split_once("```json\n").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
    let book: Value = serde_json::from_str(example).unwrap();
    let world = World::new().await;
    let set = world.admin.put(RULES, book.clone()).await.is(200);
    assert_eq!(
        set.all("/rules", "/name"),
        book["rules"].as_array().unwrap().iter().map(|rule| rule["name"].clone()).collect::<Vec<_>>()
    );
    let asked = serde_json::to_value(actions::rules::written::Asked::default()).unwrap();
    for condition in asked.as_object().unwrap().keys() {
        assert!(document.contains(&format!("| `{condition}`: ")), "{condition}");
    }
    for effect in Effect::ALL {
        assert!(document.contains(&format!("| `{}` | ", effect.name())), "{effect:?}");
    }
}
