//! F: how much of anything there may be.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use storage::inbox::{Arrival, State, insert};

use crate::house::same;
use crate::peer::{Peer, Reply};
use crate::scene::Scene;
use crate::voice::{PUBLIC, Voice};

#[tokio::test]
async fn f01_a_document_that_is_deep_is_refused() {
    let s = Scene::new().await;
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        for depth in [200, 5_000, 100_000] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let create = s.create("creates/1", &json!("here")).to_string().replace("\"here\"", &deep);
            s.refuses(&s.peer.signed(&s.house, &create), 400, "malformed").await;
            s.refuses(&s.peer.signed(&s.house, &deep), 400, "malformed").await;
        }
    }
    // Nor is one that is fetched.
    let deep = s.note("notes/1", "<p>Deep.</p>").to_string().replacen(
        '{',
        &format!("{{\"x\":{}1{},", "[".repeat(5_000), "]".repeat(5_000)),
        1,
    );
    s.peer.reply("/notes/1", Reply::typed("application/activity+json", &deep));
    s.ignores(&s.peer, &s.peer.activity("announces/1", "Announce", &json!(s.peer.id("notes/1")))).await;
}

#[tokio::test]
async fn f02_lists_are_short_and_nobody_in_them_is_asked_for() {
    let (s, victim) = (Scene::new().await, Peer::new().await);
    let names = |count: usize, start: usize| -> Vec<String> {
        (start..start + count).map(|number| victim.id(&format!("{number}"))).collect()
    };
    let mention = |number: usize| json!({ "type": "Mention", "href": victim.id(&format!("{number}")) });
    let mentions = |count: usize| -> Vec<Value> { (0..count).map(mention).collect() };
    let file = |number: usize| json!({ "type": "Document", "url": victim.id(&format!("{number}.png")) });
    for (number, (name, value)) in [
        ("tag", json!(mentions(101))),
        ("tag", json!(mentions(10_000))),
        ("to", json!([vec![PUBLIC.to_owned()], names(300, 0)].concat())),
        ("cc", json!(names(20_000, 0))),
        ("attachment", json!((0..17).map(file).collect::<Vec<_>>())),
        ("attachment", json!((0..5_000).map(file).collect::<Vec<_>>())),
        ("attributedTo", json!(vec![s.peer.me(); 9])),
        ("inReplyTo", json!([s.root(), s.root()])),
    ]
    .into_iter()
    .enumerate()
    {
        let mut note = s.note("notes/1", "<p>Long.</p>");
        note[name] = value;
        s.ignores(&s.peer, &s.create(&format!("creates/{number}"), &note)).await;
    }
    // More values than are read of any document.
    let many = s.create("creates/x", &json!(vec![0; 200_000]));
    s.refuses(&s.peer.letter(&s.house, &many), 400, "malformed").await;
    // As many as there may be; none of them is asked who they are.
    let mut note = s.note("notes/1", "<p>Long enough.</p>");
    (note["tag"], note["cc"]) = (json!(mentions(100)), json!(names(199, 0)));
    let mut create = s.create("creates/y", &note);
    create["cc"] = json!(names(20_000, 0));
    s.takes(&s.peer.letter(&s.house, &create)).await;
    assert!(victim.seen().is_empty(), "{:?}", victim.asked());
}

#[tokio::test]
async fn f03_texts_are_cut_where_they_are_shown_and_refused_where_they_are_the_thing() {
    let s = Scene::new().await;
    for (number, words) in
        ["x".repeat(1_000_001), "x".repeat(500_000), "word ".repeat(5_000), "<b>".repeat(200_000)].iter().enumerate()
    {
        let note = s.note("notes/1", &format!("<p>{words}</p>"));
        s.ignores(&s.peer, &s.create(&format!("creates/{number}"), &note)).await;
    }
    let long = "n".repeat(500_000);
    for (number, name) in ["name", "summary"].iter().enumerate() {
        let mut note = s.note(&format!("notes/cut{number}"), "<p>Fine.</p>");
        note[*name] = json!(long);
        s.house.send(&s.peer.letter(&s.house, &s.create(&format!("creates/cut{number}"), &note))).await.is(202);
        s.house.work().await;
    }
    for row in s.house.table("texts").await {
        assert!(row.len() < 100_000, "{} bytes are kept", row.len());
    }
    for (number, (name, value)) in [
        ("preferredUsername", json!("u".repeat(10_000))),
        ("preferredUsername", json!("<script>")),
        ("preferredUsername", json!("ana@talk.example")),
        ("preferredUsername", json!("a\u{202e}na")),
        ("preferredUsername", json!("")),
    ]
    .into_iter()
    .enumerate()
    {
        let stranger = s.peer.neighbour(&format!("stranger{number}"));
        let mut actor = stranger.actor();
        actor[name] = value;
        s.peer.show(&format!("/users/{}", stranger.name), actor);
        let follow = stranger.activity(&format!("follows/x{number}"), "Follow", &json!(s.house.id("b/talk")));
        s.unmoved(&stranger.letter(&s.house, &follow)).await.refused(401, "unknown-actor");
    }
    let mut actor = s.peer.actor();
    (actor["name"], actor["summary"]) = (json!(long), json!(long));
    s.peer.show("/users/bo", actor);
    s.says(&s.peer, &s.peer.activity("updates/1", "Update", &json!(s.peer.me()))).await;
    for row in s.house.table("actors").await {
        assert!(row.len() < 50_000, "{} bytes are kept", row.len());
    }
}

#[tokio::test]
async fn f06_a_chain_of_answers_is_followed_only_so_far() {
    let s = Scene::new().await;
    let bo = Voice::clone(&s.peer);
    s.peer.otherwise(move |path| {
        let number: u32 = path.strip_prefix("/notes/")?.parse().ok()?;
        Some(Reply::Document(bo.note(
            &format!("notes/{number}"),
            &bo.id(&format!("notes/{}", number + 1)),
            "<p>So on.</p>",
        )))
    });
    let mut note = s.peer.note("notes/0", &s.peer.id("notes/1"), "<p>The last.</p>");
    note["tag"] = json!([{ "type": "Mention", "href": s.house.id("b/talk") }]);
    s.ignores(&s.peer, &s.create("creates/1", &note)).await;
    assert!(s.peer.asked().len() <= 51, "{}", s.peer.asked().len());
    // One that bites its tail.
    let (one, two) = (
        s.peer.note("loop/1", &s.peer.id("loop/2"), "<p>1</p>"),
        s.peer.note("loop/2", &s.peer.id("loop/1"), "<p>2</p>"),
    );
    s.peer.show("/loop/1", one.clone());
    s.peer.show("/loop/2", two);
    s.peer.forget();
    s.ignores(&s.peer, &s.create("creates/2", &one)).await;
    let own = s.peer.note("loop/3", &s.peer.id("loop/3"), "<p>3</p>");
    s.peer.show("/loop/3", own.clone());
    s.ignores(&s.peer, &s.create("creates/3", &own)).await;
    assert!(s.peer.asked().len() <= 102, "{}", s.peer.asked().len());
}

/// A page of a collection.
fn page(at: &Voice, path: &str, next: &str, items: &[Value]) -> Value {
    json!({
        "id": at.id(path), "type": "OrderedCollectionPage", "partOf": at.id("replies"), "next": next,
        "totalItems": 1_000_000, "orderedItems": items,
    })
}

#[tokio::test]
async fn f08_collections_without_end_are_not_read_to_it() {
    let s = Scene::new().await;
    let bo = Voice::clone(&s.peer);
    s.peer.otherwise(move |path| {
        let number: u32 = path.strip_prefix("/pages/")?.parse().ok()?;
        let items: Vec<_> = (0..100).map(|item| json!(bo.id(&format!("none/{number}/{item}")))).collect();
        Some(Reply::Document(page(&bo, &format!("pages/{number}"), &bo.id(&format!("pages/{}", number + 1)), &items)))
    });
    s.peer.show("/itself", page(&s.peer, "itself", &s.peer.id("itself"), &[]));
    let long: Vec<_> = (0..30_000).map(|item| json!(item)).collect();
    for (number, replies) in [
        json!(s.peer.id("pages/0")),
        json!(s.peer.id("itself")),
        json!(s.house.id("u/ana/outbox")),
        json!({ "id": s.peer.id("replies"), "type": "Collection", "first": page(&s.peer, "itself", &s.peer.id("itself"), &[]) }),
        json!({ "id": s.peer.id("replies"), "type": "Collection", "totalItems": -1, "first": { "first": { "first": {} } } }),
        json!({ "id": s.peer.id("replies"), "type": "Collection", "items": long }),
    ]
    .into_iter()
    .enumerate()
    {
        let mut note = s.note(&format!("notes/{number}"), "<p>See below.</p>");
        (note["replies"], note["context"]) = (replies.clone(), replies);
        s.takes(&s.peer.letter(&s.house, &s.create(&format!("creates/{number}"), &note))).await;
    }
    assert!(s.peer.asked().len() <= 500, "{}", s.peer.asked().len());
    assert_eq!(s.house.table("objects").await.len(), 6);
}

#[tokio::test]
async fn f09_what_is_written_out_in_a_collection_is_not_believed() {
    let (s, victim) = (Scene::new().await, Peer::new().await);
    let forged = victim.note("notes/1", &s.peer.id("notes/1"), "<p>Forged.</p>");
    let create = victim.activity("creates/1", "Create", &forged);
    let replies = json!({
        "id": s.peer.id("replies"), "type": "Collection", "items": [forged, create],
        "first": { "type": "CollectionPage", "items": [forged] },
    });
    let mut note = s.note("notes/1", "<p>See below.</p>");
    (note["replies"], note["context"]) = (replies.clone(), replies);
    s.takes(&s.peer.letter(&s.house, &s.create("creates/1", &note))).await;
    assert!(!s.shown().await.body.contains("Forged."));
    assert_eq!(s.house.table("objects").await.len(), 1);
}

#[tokio::test]
async fn f10_an_actor_leads_to_nothing_further() {
    let s = Scene::new().await;
    let bo = Voice::clone(&s.peer);
    // Each actor features a note of the next.
    s.peer.otherwise(move |path| {
        if let Some(number) = path.strip_prefix("/users/chain") {
            let who = bo.neighbour(&format!("chain{number}"));
            let mut actor = who.actor();
            actor["featured"] = json!(bo.id(&format!("featured/{number}")));
            return Some(Reply::Document(actor));
        }
        let number: u32 = path.rsplit('/').next()?.parse().ok()?;
        let next = bo.neighbour(&format!("chain{}", number + 1));
        let note = next.note(&format!("notes/{number}"), &bo.id(&format!("notes/{}", number + 1)), "<p>On.</p>");
        Some(Reply::Document(if path.starts_with("/notes/") {
            note
        } else {
            page(&bo, path.trim_start_matches('/'), "", &[note])
        }))
    });
    let first = s.peer.neighbour("chain0");
    s.says(&first, &first.activity("follows/first", "Follow", &json!(s.house.id("b/talk")))).await;
    assert_eq!(s.peer.asked(), ["/users/chain0"]);
    // A chain of notes, each by somebody else, draws from one purse.
    s.peer.forget();
    let note = first.note("notes/first", &s.peer.id("notes/1"), "<p>On.</p>");
    let mut create = first.activity("creates/1", "Create", &note);
    create["cc"] = json!([s.house.id("b/talk")]);
    s.ignores_strangers(&first, &create).await;
    assert!(s.peer.asked().len() <= 120, "{}", s.peer.asked().len());
}

#[tokio::test]
async fn f11_no_text_takes_long_to_read() {
    let s = Scene::new().await;
    let size = 300_000;
    let fill = |part: &str| part.repeat(size / part.len());
    for (number, words) in [
        fill("<"),
        fill("<a "),
        fill("<a href="),
        fill("<a href=\"https://a.example/\">"),
        fill("</p>"),
        fill("&"),
        fill("&amp"),
        fill("@a@"),
        fill("@a "),
        fill("https://"),
        fill("<p><b><i>"),
        fill("<table><tr><td>"),
        fill("<svg><style>"),
        fill("<!--"),
        fill("]]>"),
        fill("\u{300}"),
        fill("<b a=\""),
        fill("a.a.a.a@"),
        fill("(((("),
        fill("<blockquote>"),
        fill("<li>"),
        fill("*_"),
        fill("`"),
        fill("[a]("),
    ]
    .iter()
    .enumerate()
    {
        for (form, note) in [
            ("html", s.note(&format!("notes/{number}"), words)),
            ("markdown", {
                let mut note = s.note(&format!("notes/m{number}"), "");
                note["source"] =
                    json!({ "mediaType": "text/markdown", "content": words.chars().take(19_000).collect::<String>() });
                note
            }),
        ] {
            let letter = s.peer.letter(&s.house, &s.create(&format!("creates/{form}{number}"), &note));
            s.house.send(&letter).await.is(202);
            let begun = Instant::now();
            s.house.work().await;
            let took = begun.elapsed();
            assert!(took < Duration::from_secs(5), "{form} {:?}: {took:?}", words.chars().take(20).collect::<String>());
        }
    }
}

#[tokio::test]
async fn f13_hosts_below_one_domain_are_few_together() {
    let s = Scene::new().await;
    let (elsewhere, now) = (s.house.ctx.elsewhere(), s.house.now());
    // The limits of the instance itself, as it asks them.
    let mut asked = 0;
    for number in 0..1_000 {
        let id = elsewhere.rules().id(&format!("https://s{number}.evil.example/users/x")).unwrap();
        asked += usize::from(elsewhere.strangers().enter(&id, now).is_ok());
    }
    assert!(asked <= 10, "{asked}");
    let stranger = Voice::new("https://s1001.evil.example", "x");
    let follow = stranger.activity("follows/1", "Follow", &json!(s.house.id("b/talk")));
    let answer = s.unmoved(&stranger.letter(&s.house, &follow)).await.refused(503, "unknown-actor");
    assert!(!answer.header("retry-after").is_empty() && answer.body.contains("evil.example"), "{answer:?}");
    // Hosts that have nothing to do with one another are many, and known for a minute.
    let many = (0..100_000).filter(|number| {
        let id = elsewhere.rules().id(&format!("https://evil{number}.example/")).unwrap();
        elsewhere.strangers().enter(&id, now).is_ok()
    });
    assert!(many.count() <= 3_000);
    s.house.hands.forward(60_000);
    let id = elsewhere.rules().id("https://honest.example/").unwrap();
    assert!(elsewhere.strangers().enter(&id, s.house.now()).is_ok());
}

/// So many things of one host wait.
async fn waiting(s: &Scene, host: &str, count: usize) {
    let (host, ctx, now) = (host.to_owned(), s.house.ctx.clone(), actions::Clock::now(&s.house.hands));
    let written = s.house.ctx.db().write(move |tx| {
        for number in 0..count {
            let uri = format!("http://{host}/flood/{number}");
            let actor = format!("http://{host}/users/bo");
            let arrival = Arrival {
                id: ctx.id(),
                uri: &uri,
                actor: &actor,
                host: &host,
                kind: "Like",
                body: "{}",
                received: now,
                again: None,
            };
            insert(tx, &arrival)?;
        }
        Ok::<_, storage::Error>(())
    });
    written.await.unwrap();
}

#[tokio::test]
async fn f14_a_flood_from_one_server_waits_for_its_turns_and_for_its_end() {
    let (s, honest) = (Scene::new().await, Peer::new().await);
    s.says(&honest, &honest.activity("follows/1", "Follow", &json!(s.house.id("u/ben")))).await;
    waiting(&s, s.peer.host(), 10_100).await;
    // What it brings now is put off, and nothing of it is stored.
    let before = s.house.rows(&[]).await;
    let answer = s.house.send(&s.letter()).await.refused(503, "busy");
    assert!(!answer.header("retry-after").is_empty());
    same(&before, &s.house.rows(&[]).await);
    // Another server does not wait behind it.
    let note = honest.note("notes/1", &s.root(), "<p>Good day.</p>");
    s.house.send(&honest.letter(&s.house, &honest.activity("creates/1", "Create", &note))).await.is(202);
    actions::elsewhere::work::round(&s.house.ctx).await.unwrap();
    assert!(s.comment(&honest.id("notes/1")).await.is_some(), "{}", s.reason(State::Waiting).await);
}
