//! H: what we tell others, and what we send.

use std::time::{Duration, Instant};

use actions::elsewhere::deliver;
use domain::{ActorId, State};
use serde_json::{Value, json};
use storage::follows::{self, Address, Followed};
use storage::keys::Holder;
use storage::outbox::{self, Activity, Reach};
use tokio::sync::oneshot;

use crate::house::House;
use crate::letter::Letter;
use crate::peer::{Peer, Reply};
use crate::scene::Scene;
use crate::voice::Voice;

/// Comments that cannot be read, in each way.
async fn hidden(s: &Scene) -> Vec<(State, String)> {
    let mut all = Vec::new();
    for state in [State::Held, State::Removed, State::Deleted, State::Flagged] {
        let comment = s.house.reply("ben", &s.thread, "Nobody reads this.").await;
        match state {
            State::Removed => s.house.moderate(&comment, "remove").await,
            State::Deleted => {
                s.house.api("ben", "DELETE", &format!("/api/v1/comments/{comment}"), &json!({})).await.is(204);
            }
            other => s.house.put(&comment, other).await,
        }
        all.push((state, comment));
    }
    all
}

/// A request for a document, signed by somebody.
fn asked_by(house: &House, who: &Voice, path: &str) -> Letter {
    Letter::new("GET", path, b"")
        .with("host", house.host())
        .with("accept", "application/activity+json")
        .dated(house.now())
        .cavage(&who.key, "(request-target) host date", &who.parameters())
}

#[tokio::test]
async fn h01_what_is_hidden_is_not_there_for_anybody() {
    let s = Scene::new().await;
    let stranger = Voice::new("https://remote.example", "eve");
    let unknown = s.house.document("/c/7").await.refused(404, "not-found").body;
    for (state, comment) in hidden(&s).await {
        let path = format!("/c/{comment}");
        let plain = s.house.document(&path).await;
        for who in [&*s.peer, &stranger] {
            let signed = s.house.send(&asked_by(&s.house, who, &path)).await;
            assert_eq!((signed.status, &signed.body), (plain.status, &plain.body), "{state:?}");
        }
        assert!(!plain.body.contains("Nobody reads"), "{state:?}");
        if state == State::Held {
            assert_eq!((plain.status, &plain.body), (404, &unknown));
        } else {
            assert_eq!((plain.status, plain.text("/type")), (410, "Tombstone".to_owned()), "{state:?}");
        }
        for below in ["replies", "replies?after=0"] {
            let answer = s.house.document(&format!("{path}/{below}")).await;
            assert!(!answer.body.contains("Nobody reads"), "{state:?}");
        }
        assert_eq!(s.house.document(&format!("/activities/{comment}")).await.status, 404, "{state:?}");
    }
}

#[tokio::test]
async fn h02_what_is_hidden_is_in_no_list_and_no_count() {
    let s = Scene::new().await;
    let seen = s.house.reply("ben", &s.thread, "Everybody reads this.").await;
    let hidden = hidden(&s).await;
    let total = async |path: String| s.house.document(&path).await.is(200).at("/totalItems");
    assert_eq!(total(format!("/t/{}/context", s.thread)).await, 2);
    assert_eq!(total(format!("/t/{}/outbox", s.thread)).await, 2);
    assert_eq!(total(format!("/c/{}/replies", s.thread)).await, 1);
    assert_eq!(total("/u/ben/outbox".into()).await, 1);
    let mut lists: Vec<String> =
        ["context", "outbox"].iter().map(|name| format!("/t/{}/{name}?after=0", s.thread)).collect();
    lists.extend([
        format!("/c/{}/replies?after=0", s.thread),
        format!("/c/{}", s.thread),
        "/u/ben/outbox?after=0".into(),
        "/b/talk/outbox?after=0".into(),
        "/b/talk.all/outbox?after=0".into(),
        "/b/talk/featured".into(),
        "/nodeinfo/2.1".into(),
    ]);
    for path in &lists {
        let list = s.house.document(path).await.is(200).body;
        for (state, comment) in &hidden {
            assert!(!list.contains(comment.as_str()) && !list.contains("Nobody reads"), "{path} {state:?}: {list}");
        }
    }
    for path in [
        "/feed.atom".into(),
        "/b/talk/feed.json".into(),
        format!("/t/{}/feed.json", s.thread),
        "/u/ben/feed.atom".into(),
        "/search?q=nobody".into(),
        format!("/api/v1/threads/{}", s.thread),
    ] {
        let answer = s.house.get(&path).await;
        assert!(!answer.body.contains("Nobody reads"), "{path}: {}", answer.body);
    }
    assert!(s.house.document(&lists[0]).await.body.contains(&seen));
}

#[tokio::test]
async fn h04_what_passes_between_two_servers_is_for_nobody_else() {
    let s = Scene::new().await;
    s.house.reply("ben", &s.thread, "Public.").await;
    let told = s.house.table("activities").await;
    let mut kinds = Vec::new();
    for row in &told {
        let number = row.split("id: ").nth(1).unwrap().split(',').next().unwrap();
        let answer = s.house.document(&format!("/activities/{number}")).await;
        let is_private =
            ["\\\"Accept\\\"", "\\\"Reject\\\"", "\\\"Follow\\\"", "\\\"Flag\\\"", "\\\"Block\\\"", "\\\"Like\\\""]
                .iter()
                .any(|kind| row.split("object").next().unwrap().contains(kind));
        assert_eq!(answer.status == 404, is_private, "{row}: {answer:?}");
        kinds.push(is_private);
    }
    assert!(kinds.contains(&true) && kinds.contains(&false), "{told:#?}");
    // Votes of ours have no address at all.
    let theirs = s.writes("notes/1", "<p>Vote.</p>").await;
    s.house.api("ana", "PUT", &format!("/api/v1/comments/{theirs}/vote"), &json!({ "value": 1 })).await;
    for row in s.house.table("activities").await.iter().filter(|row| row.contains("\\\"Like\\\"")) {
        let number = row.split("id: ").nth(1).unwrap().split(',').next().unwrap();
        assert_eq!(s.house.document(&format!("/activities/{number}")).await.status, 404, "{row}");
    }
}

#[tokio::test]
async fn h06_the_servers_own_actor_is_for_everybody_and_a_signature_opens_nothing_more() {
    let s = Scene::new().await;
    let stranger = Voice::new("https://remote.example", "eve");
    s.house.document("/actor").await.is(200);
    for path in ["/actor".into(), "/u/ana".into(), format!("/c/{}", s.thread), "/u/ana/followers".into()] {
        let plain = s.house.document(&path).await;
        for who in [&*s.peer, &stranger] {
            let signed = s.house.send(&asked_by(&s.house, who, &path)).await;
            // Whoever is not known may be turned away; nobody is told more.
            assert!(signed.status == 401 || signed.body == plain.body, "{path}: {signed:?}");
        }
    }
    // Asked without a signature, the server's own actor is shown always: else two servers would wait for one another.
    let unsigned = s.house.document("/actor").await.is(200);
    assert_eq!(unsigned.text("/type"), "Application");
    assert!(s.peer.seen().is_empty(), "{:?}", s.peer.asked());
}

#[tokio::test]
async fn h08_no_document_says_who_moderates_what_or_how_somebody_logs_in() {
    let s = Scene::new().await;
    actions::account::create(&s.house.ctx, "eve", None, domain::Role::Member, Some("eve@mail.example".into()))
        .await
        .unwrap();
    let hidden = hidden(&s).await;
    let mut paths: Vec<String> =
        ["/u/eve", "/actor", "/b/talk", "/u/ben/outbox?after=0", "/nodeinfo/2.1", "/.well-known/nodeinfo"]
            .map(Into::into)
            .into();
    paths.extend([format!("/t/{}", s.thread), format!("/t/{}/context?after=0", s.thread)]);
    paths.extend(hidden.iter().map(|(_, comment)| format!("/c/{comment}")));
    paths.push("/.well-known/webfinger?resource=acct:eve@talk.example".into());
    for path in paths {
        let answer = s.house.document(&path).await;
        let said = format!("{:?} {}", answer.headers, answer.body);
        for secret in ["mail.example", "127.0.0.1", "/u/mo\"", "\"mo\"", "password", "sqlite", "postgres"] {
            assert!(!said.contains(secret), "{path} tells “{secret}”: {said}");
        }
    }
    // What is sent says no more.
    for row in s.house.table("activities").await {
        for secret in ["mail.example", "127.0.0.1", "/u/mo", "PRIVATE"] {
            assert!(!row.contains(secret), "{row}");
        }
    }
}

#[tokio::test]
async fn h09_followers_are_counted_and_not_named() {
    let s = Scene::new().await;
    for list in
        ["/u/ana/followers", "/b/talk/followers", "/b/talk.all/followers", "/u/ana/following", "/actor/followers"]
    {
        for query in ["", "?after=0", "?page=1", "?after=1"] {
            let answer = s.house.document(&format!("{list}{query}")).await;
            assert!(
                !answer.body.contains("users/bo") && !answer.body.contains(s.peer.host()),
                "{list}: {}",
                answer.body
            );
            let document = answer.is(200).json();
            let names: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names, ["@context", "id", "type", "totalItems"], "{list}{query}");
        }
    }
    assert_eq!(s.house.document("/u/ana/followers").await.at("/totalItems"), 1);
}

/// Brings what waits, until `done` says so of what became of it.
async fn brings(house: &House, done: impl AsyncFn() -> bool) {
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(deliver::run(house.ctx.clone(), async {
        let _ = stopped.await;
    }));
    // Looked at again and again, by the clock of the machine: that of the test may go by itself.
    let (begun, mut look) = (Instant::now(), tokio::time::interval(Duration::from_millis(20)));
    while !done().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing came of it");
        look.tick().await;
    }
    let _ = stop.send(());
    running.await.unwrap();
}

/// Something waits for these inboxes, which somebody has named who follows.
async fn waits_for(house: &House, inboxes: &[String]) {
    let number = house.ctx.id();
    let activity = Activity {
        id: number,
        body: json!({ "id": house.id(&format!("activities/{number}")), "type": "Announce" }).to_string(),
        signer: Holder::Instance,
        key_id: house.id("actor#main-key"),
        reach: Reach::Public,
        created: actions::Clock::now(&house.hands),
        words_of: None,
    };
    let host = |inbox: &str| inbox.split("://").nth(1).unwrap_or("x").split('/').next().unwrap().to_owned();
    let to: Vec<_> = inboxes.iter().map(|inbox| Address { inbox: inbox.clone(), host: host(inbox) }).collect();
    let ctx = house.ctx.clone();
    house.ctx.db().write(move |tx| outbox::say(tx, &activity, &to, || ctx.id())).await.unwrap();
}

#[tokio::test]
async fn h10_an_inbox_is_judged_each_time_that_something_is_brought() {
    let s = Scene::new().await;
    let trap = Peer::new().await;
    let port = trap.host().rsplit(':').next().unwrap();
    let bad = [
        format!("http://127.0.0.1:{port}/inbox"),
        format!("http://[::1]:{port}/inbox"),
        "http://10.0.0.1/inbox".into(),
        s.house.id("inbox"),
        s.house.id("u/ana/inbox"),
        "file:///etc/passwd".into(),
        format!("http://user@localhost:{port}/inbox"),
    ];
    let before = s.house.table("inbox").await;
    waits_for(&s.house, &bad).await;
    waits_for(&s.house, &[trap.id("inbox")]).await;
    brings(&s.house, async || {
        !trap.seen().is_empty()
            && s.house
                .table("deliveries")
                .await
                .iter()
                .filter(|row| bad.iter().any(|inbox| row.contains(inbox.as_str())))
                .all(|row| !row.contains("state: 0"))
    })
    .await;
    let came: Vec<_> = trap.seen().iter().filter(|request| request.starts_with("POST ")).cloned().collect();
    assert_eq!(came.len(), 1, "{came:?}");
    assert_eq!(before, s.house.table("inbox").await);
}

#[tokio::test]
async fn h11_what_an_inbox_answers_is_obeyed_and_not_read() {
    let s = Scene::new().await;
    let bo = s.house.table("remotes").await;
    assert_eq!(bo.len(), 1);
    s.peer.reply("/inbox", Reply::Status(410, String::new(), "x".repeat(100_000)));
    let busy = Peer::new().await;
    busy.reply("/inbox", Reply::Status(429, "Retry-After: 3600\r\n".into(), String::new()));
    let away = Peer::new().await;
    away.reply("/inbox", Reply::Status(503, "Retry-After: 7200\r\n".into(), String::new()));
    let talkative = Peer::new().await;
    talkative.reply("/inbox", Reply::Endless(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n".to_vec()));
    for peer in [&busy, &away, &talkative] {
        waits_for(&s.house, &[peer.id("inbox")]).await;
    }
    s.house.reply("ana", &s.thread, "For my followers.").await;
    let state = async |peer: &Peer| {
        let host = peer.host().to_owned();
        s.house.ctx.db().read(move |tx| storage::peers::find(tx, &host)).await.unwrap()
    };
    let ana = s.house.ctx.db().read(|tx| storage::actors::by_handle(tx, "", "ana")).await.unwrap().unwrap().id;
    let followers =
        async |who: ActorId| s.house.ctx.db().read(move |tx| follows::count(tx, Followed::Person(who))).await.unwrap();
    brings(&s.house, async || {
        let reached = state(&talkative).await.is_some_and(|peer| peer.reached.0 > 0);
        let waits = |peer: Option<storage::peers::Peer>| peer.is_some_and(|peer| peer.failures > 0);
        reached && waits(state(&busy).await) && waits(state(&away).await) && followers(ana).await == 0
    })
    .await;
    let now = s.house.now();
    assert_eq!(state(&busy).await.unwrap().next.0, now + 3_600_000);
    assert_eq!(state(&away).await.unwrap().next.0, now + 7_200_000);
    // Nothing more goes there before its time.
    let asked = busy.seen().len();
    waits_for(&s.house, &[busy.id("inbox"), talkative.id("inbox")]).await;
    let heard = talkative.seen().len();
    brings(&s.house, async || talkative.seen().len() > heard).await;
    assert_eq!(busy.seen().len(), asked);
}

#[tokio::test]
async fn h11_an_inbox_that_hangs_keeps_nobody_waiting() {
    let s = Scene::new().await;
    let slow = Peer::new().await;
    slow.reply("/inbox", Reply::Hang(Vec::new()));
    let others: Vec<Peer> = vec![Peer::new().await, Peer::new().await];
    waits_for(&s.house, &[others[0].id("inbox"), others[1].id("inbox")]).await;
    waits_for(&s.house, &[slow.id("inbox")]).await;
    let host = slow.host().to_owned();
    brings(&s.house, async || {
        let host = host.clone();
        let peer = s.house.ctx.db().read(move |tx| storage::peers::find(tx, &host)).await.unwrap();
        peer.is_some_and(|peer| peer.failures > 0)
    })
    .await;
    for other in &others {
        let came: Value = json!(other.seen().iter().filter(|request| request.starts_with("POST ")).count());
        assert_eq!(came, 1);
    }
}
