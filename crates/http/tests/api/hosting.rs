//! What administrators see of other servers and do about them, by HTTP; and that nobody else does.

use actions::account;
use actions::elsewhere::work;
use axum::body::Body;
use axum::http::{Method, header};
use domain::Scope;
use serde_json::{Value, json};
use storage::inbox::{self, State};
use storage::peers::{self, Failure};
use storage::{Read, Write, outbox};

use crate::peer::Peer;
use crate::world::{Caller, PASSWORD, World};

const PEERS: &str = "/api/v1/admin/peers";
const INBOX: &str = "/api/v1/admin/inbox";
const DELIVERIES: &str = "/api/v1/admin/deliveries";

async fn write<T: Send + 'static>(
    world: &World,
    work: impl FnOnce(&mut Write) -> storage::Result<T> + Send + 'static,
) -> T {
    world.app.ctx.db().write(work).await.unwrap()
}

fn host(peer: &Peer) -> String {
    peer.base.trim_start_matches("http://").to_owned()
}

/// A server whose Bo follows the board: an Accept waits for it.
async fn follower(world: &World) -> Peer {
    let peer = Peer::new().await;
    peer.say(world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    peer
}

fn why(reason: &str) -> Value {
    json!({ "reason": reason })
}

#[tokio::test]
async fn a_server_is_shown_with_what_waits_for_it_and_why() {
    let world = World::new().await;
    let peer = follower(&world).await;
    let (host, now) = (host(&peer), world.app.ctx.now());
    let path = format!("{PEERS}/{host}");
    world.hands.forward(90_000);
    let shown = world.admin.get(&path).await.is(200);
    let expected = json!({
        "host": host, "software": "", "version": "", "dialect": "plain", "state": "open", "last_error": "",
        "last_heard": "2027-01-15T08:00:00.000Z", "last_reached": null, "failing_since": null, "failures": 0,
        "waiting": 1, "given_up": 0, "lag_seconds": 90, "next_attempt": null, "level": "allow", "policy": null,
    });
    assert_eq!(shown.json(), expected);
    let tag = shown.header("etag").to_owned();
    world.admin.get_with(&path, "if-none-match", &tag).await.is(304);

    let failed = host.clone();
    let next = now.plus_ms(120_000);
    write(&world, move |tx| {
        let error = "it did not answer in time";
        peers::failed(
            tx,
            &failed,
            &Failure { since: now, failures: 2, next, soonest: next, state: peers::State::Open, error },
        )
    })
    .await;
    let shown = world.admin.get_with(&path, "if-none-match", &tag).await.is(200);
    assert_eq!((shown.text("/last_error"), shown.at("/failures")), ("it did not answer in time".into(), json!(2)));
    assert_eq!(shown.text("/next_attempt"), "2027-01-15T08:02:00.000Z");
    world.admin.get(&format!("{PEERS}/unknown.example")).await.refused(404, "not-found");
    assert_eq!(
        world.admin.get(&path.to_uppercase().replace("/API/V1/ADMIN/PEERS", PEERS)).await.is(200).text("/host"),
        host
    );
}

#[tokio::test]
async fn servers_are_listed_page_by_page_by_name() {
    let world = World::new().await;
    let names: Vec<String> = (0..5).map(|number| format!("peer{number}.example")).collect();
    let known = names.clone();
    write(&world, move |tx| known.iter().try_for_each(|host| peers::know(tx, host))).await;
    let (mut seen, mut path) = (Vec::new(), format!("{PEERS}?limit=2"));
    loop {
        let page = world.admin.get(&path).await.is(200);
        seen.extend(page.all("/items", "/host"));
        match page.at("/next") {
            Value::String(next) => path = format!("{PEERS}?limit=2&cursor={next}"),
            _ => break,
        }
    }
    assert_eq!(seen, names);
    let other = world.admin.get(&format!("{INBOX}?limit=1")).await.is(200);
    assert_eq!(other.at("/next"), Value::Null);
    world.admin.get(&format!("{PEERS}?cursor=dC4w")).await.refused(400, "bad-cursor");
    world.admin.get(&format!("{PEERS}?limit=101")).await.refused(400, "bad-query");
}

#[tokio::test]
async fn a_server_is_paused_resumed_and_tried_and_the_log_says_so() {
    let world = World::new().await;
    let peer = follower(&world).await;
    let (host, now) = (host(&peer), world.app.ctx.now());
    let path = |order: &str| format!("{PEERS}/{host}/{order}");
    for _ in 0..2 {
        let paused = world.admin.post(&path("pause"), why("it floods us")).await.is(200);
        assert_eq!((paused.text("/state"), paused.at("/waiting")), ("paused".into(), json!(1)));
    }
    let due = async |world: &World| {
        let now = world.app.ctx.now();
        world.app.ctx.db().read(move |tx: &mut Read| outbox::due(tx, now, 10)).await.unwrap().len()
    };
    assert_eq!(due(&world).await, 0);
    assert_eq!(world.admin.post(&path("retry"), why("")).await.refused(422, "bad-field").text("/field"), "host");
    let mut news = world.app.ctx.db().changes().watch();
    for _ in 0..2 {
        assert_eq!(world.admin.post(&path("resume"), why("it has stopped")).await.is(200).text("/state"), "open");
    }
    // Whoever brings things there is woken.
    assert_eq!(news.try_recv().ok(), Some(storage::Change::Outbox));
    assert_eq!(due(&world).await, 1);

    let (asleep, next) = (host.clone(), now.plus_ms(3_600_000));
    write(&world, move |tx| {
        let failure =
            Failure { since: now, failures: 99, next, soonest: next, state: peers::State::Asleep, error: "no answer" };
        peers::failed(tx, &asleep, &failure)
    })
    .await;
    for _ in 0..2 {
        let tried = world.admin.post(&path("retry"), why("it is back")).await.is(200);
        assert_eq!(
            (tried.text("/state"), tried.at("/next_attempt"), tried.at("/failures")),
            ("open".into(), Value::Null, json!(99))
        );
    }
    assert_eq!(due(&world).await, 1);
    world.admin.post(&format!("{PEERS}/unknown.example/pause"), why("")).await.refused(404, "not-found");
    let long = why(&"x".repeat(501));
    assert_eq!(world.admin.post(&path("pause"), long).await.refused(422, "bad-field").text("/field"), "reason");

    let log = world.anon.get("/api/v1/modlog").await.is(200);
    assert_eq!(log.all("/items", "/deed"), ["retry", "resume", "pause"]);
    assert_eq!(log.all("/items", "/host"), [json!(host), json!(host), json!(host)]);
    assert_eq!((log.text("/items/2/reason"), log.text("/items/2/moderator")), ("it floods us".into(), "ida".into()));
    let page = world.anon.get("/modlog").await.is(200).body();
    assert!(page.contains(&format!("paused what is brought to another server: {host}")), "{page}");
}

#[tokio::test]
async fn what_came_is_listed_by_what_became_of_it_and_dealt_with_again() {
    let world = World::new().await;
    let peer = follower(&world).await;
    // To be answered is what can be fetched neither now nor later.
    let note = peer.note("notes/1", &peer.id("notes/missing"), "<p>To nobody.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let follow = peer.activity("follows/2", "Follow", &json!("https://talk.example/b/nowhere"));
    peer.say(&world, &follow).await;
    let refused = world.admin.get(&format!("{INBOX}?state=refused")).await.is(200);
    assert_eq!(refused.all("/items", "/activity"), [follow["id"].clone()]);
    assert_eq!((refused.text("/items/0/kind"), refused.text("/items/0/state")), ("Follow".into(), "refused".into()));
    assert_eq!((refused.text("/items/0/host"), refused.text("/items/0/actor")), (host(&peer), peer.id("users/bo")));
    assert_eq!(refused.text("/items/0/reason"), "what is to be followed is nobody here");
    assert_eq!(world.admin.get(&format!("{INBOX}?state=done")).await.is(200).all("/items", "/kind"), ["Follow"]);

    let new = actions::board::Description::default();
    actions::board::create_as_host(&world.app.ctx, "nowhere", &new).await.unwrap();
    let path = format!("{INBOX}/{}/replay", refused.text("/items/0/id"));
    let mut news = world.app.ctx.db().changes().watch();
    for _ in 0..2 {
        assert_eq!(world.admin.post(&path, why("there is such a board now")).await.is(200).text("/state"), "waiting");
    }
    assert_eq!(news.try_recv().ok(), Some(storage::Change::Inbox));
    assert_eq!(world.admin.get(&format!("{INBOX}?state=waiting")).await.is(200).all("/items", "/kind"), ["Follow"]);
    while work::round(&world.app.ctx).await.unwrap() > 0 {}
    assert_eq!(
        world.admin.get(&format!("{INBOX}?state=done")).await.is(200).all("/items", "/activity")[0],
        follow["id"]
    );
    // Of what is done the words are not kept.
    assert_eq!(world.admin.post(&path, why("")).await.refused(422, "bad-field").text("/field"), "state");
    world.admin.post(&format!("{INBOX}/7/replay"), why("")).await.refused(404, "not-found");
    assert_eq!(world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed"), ["replay"]);
    world.admin.get(&format!("{INBOX}?state=held")).await.refused(400, "bad-query");
}

#[tokio::test]
async fn what_waits_and_what_is_tried_again_are_one_list_in_order() {
    let world = World::new().await;
    let peer = Peer::new().await;
    for number in 0..5 {
        let like = peer.activity(&format!("likes/{number}"), "Like", &json!("https://talk.example/c/7"));
        peer.post(&world, "/inbox", &like).await.is(202);
        world.hands.forward(1_000);
    }
    let found = world.app.ctx.db().read(|tx: &mut Read| inbox::page(tx, State::Waiting, None, 10)).await.unwrap();
    let ids: Vec<i64> = found.iter().map(|entry| entry.id).collect();
    let (one, three, later) = (ids[1], ids[3], world.app.ctx.now().plus_ms(60_000));
    write(&world, move |tx| {
        inbox::again(tx, one, later, "it did not answer")?;
        inbox::again(tx, three, later, "it did not answer")
    })
    .await;
    let first = world.admin.get(&format!("{INBOX}?limit=2")).await.is(200);
    let second = world.admin.get(&format!("{INBOX}?limit=2&cursor={}", first.text("/next"))).await.is(200);
    let third = world.admin.get(&format!("{INBOX}?limit=2&cursor={}", second.text("/next"))).await.is(200);
    let seen: Vec<Value> = [&first, &second, &third].iter().flat_map(|page| page.all("/items", "/id")).collect();
    assert_eq!(seen, ids.iter().map(i64::to_string).collect::<Vec<_>>());
    assert_eq!((third.at("/next"), first.text("/items/1/reason")), (Value::Null, "it did not answer".into()));
}

/// What came and needed its server, which was away, is tried with it.
#[tokio::test]
async fn what_came_from_a_server_is_tried_again_with_it() {
    let world = World::new().await;
    let (peer, other) = (Peer::new().await, Peer::new().await);
    for from in [&peer, &other] {
        let like = from.activity("likes/1", "Like", &json!("https://talk.example/c/7"));
        from.post(&world, "/inbox", &like).await.is(202);
    }
    let found = world.app.ctx.db().read(|tx: &mut Read| inbox::page(tx, State::Waiting, None, 10)).await.unwrap();
    let later = world.app.ctx.now().plus_ms(60_000);
    write(&world, move |tx| found.iter().try_for_each(|one| inbox::again(tx, one.id, later, "it did not answer")))
        .await;
    assert_eq!(work::round(&world.app.ctx).await.unwrap(), 0, "nothing is due");
    for _ in 0..2 {
        world.admin.post(&format!("{PEERS}/{}/retry", host(&peer)), why("it is back")).await.is(200);
    }
    assert_eq!(world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed"), ["retry"]);
    assert_eq!(work::round(&world.app.ctx).await.unwrap(), 1);
    let left = world.admin.get(&format!("{INBOX}?state=waiting")).await.is(200);
    assert_eq!(left.all("/items", "/host"), [json!(host(&other))]);
}

#[tokio::test]
async fn deliveries_are_skipped_and_tried_again() {
    let world = World::new().await;
    let peer = follower(&world).await;
    let other = follower(&world).await;
    world.thread("Which kettle?").await;
    let all = world.admin.get(DELIVERIES).await.is(200);
    assert_eq!(all.at("/items").as_array().unwrap().len(), 4);
    let own = world.admin.get(&format!("{DELIVERIES}?host={}", host(&peer))).await.is(200);
    assert_eq!(own.all("/items", "/kind"), ["Announce", "Accept"]);
    assert_eq!(own.text("/items/0/inbox"), peer.id("inbox"));
    assert!(own.text("/items/0/activity").starts_with("https://talk.example/activities/"), "{own:?}");
    assert_eq!(
        (own.text("/items/0/state"), own.text("/items/0/said")),
        ("waiting".into(), "2027-01-15T08:00:00.000Z".into())
    );

    let id = own.text("/items/1/id");
    let path = |order: &str| format!("{DELIVERIES}/{id}/{order}");
    for _ in 0..2 {
        assert_eq!(world.admin.post(&path("skip"), why("they have it")).await.is(200).text("/state"), "skipped");
    }
    let skipped = world.admin.get(&format!("{DELIVERIES}?state=skipped")).await.is(200);
    assert_eq!(skipped.all("/items", "/id"), [json!(id)]);
    for _ in 0..2 {
        assert_eq!(world.admin.post(&path("retry"), why("they have it not")).await.is(200).text("/state"), "waiting");
    }
    let number: i64 = id.parse().unwrap();
    write(&world, move |tx| outbox::give_up(tx, number, "the inbox answered with status 400")).await;
    let given_up = world.admin.get(&format!("{DELIVERIES}?state=given-up&host={}", host(&peer))).await.is(200);
    assert_eq!(given_up.text("/items/0/error"), "the inbox answered with status 400");
    assert_eq!(
        world.admin.get(&format!("{DELIVERIES}?state=given-up&host={}", host(&other))).await.is(200).at("/items"),
        json!([])
    );
    // The server does not fail, and yet it is shown why something was not brought there.
    let shown = world.admin.get(&format!("{PEERS}/{}", host(&peer))).await.is(200);
    assert_eq!((shown.at("/failures"), shown.at("/given_up")), (json!(0), json!(1)));
    assert_eq!(shown.text("/last_error"), "the inbox answered with status 400");
    write(&world, move |tx| outbox::brought(tx, &[number])).await;
    world.admin.post(&path("retry"), why("")).await.refused(404, "not-found");
    assert_eq!(world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed"), ["retry", "skip"]);
}

/// The session of an administrator's browser.
async fn session(world: &World) -> Caller {
    account::set_password(&world.app.ctx, "ida", PASSWORD).await.unwrap();
    let entered = world.anon.post("/api/v1/sessions", json!({ "name": "ida", "password": PASSWORD })).await.is(201);
    let cookie = entered.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    world.cookie(cookie.split_once('=').unwrap().1)
}

#[tokio::test]
async fn i6_nobody_but_an_administrator_sees_or_does_any_of_it() {
    let world = World::new().await;
    let peer = follower(&world).await;
    let reads = [PEERS.to_owned(), format!("{PEERS}/{}", host(&peer)), INBOX.to_owned(), DELIVERIES.to_owned()];
    let orders = ["pause", "resume", "retry"].map(|order| format!("{PEERS}/{}/{order}", host(&peer)));
    let others = [format!("{INBOX}/7/replay"), format!("{DELIVERIES}/7/retry"), format!("{DELIVERIES}/7/skip")];
    let writes: Vec<String> = orders.into_iter().chain(others).collect();
    let (reader, weak) = (world.token("ida", Scope::Read).await, world.token("ida", Scope::Moderate).await);
    let bad = world.bearer("not-a-token");
    let browser = session(&world).await;
    for path in &reads {
        world.anon.get(path).await.refused(401, "login-required");
        bad.get(path).await.refused(401, "bad-token");
        world.ana.get(path).await.refused(403, "forbidden");
        world.mo.get(path).await.refused(403, "forbidden");
        reader.get(path).await.refused(403, "scope-missing");
        weak.get(path).await.refused(403, "scope-missing");
        browser.get(path).await.is(200);
        assert_eq!(world.admin.get(path).await.is(200).header("cache-control"), "private, no-store");
        // A signature says which server speaks, and stands for nobody here.
        let mut signed = peer.signed(&world, path, &json!({}));
        *signed.method_mut() = Method::GET;
        world.anon.send(signed).await.refused(401, "login-required");
    }
    for path in &writes {
        let signed = peer.signed(&world, path, &why(""));
        world.anon.send(signed).await.refused(401, "login-required");
        world.anon.post(path, why("")).await.refused(401, "login-required");
        bad.post(path, why("")).await.refused(401, "bad-token");
        world.mo.post(path, why("")).await.refused(403, "forbidden");
        weak.post(path, why("")).await.refused(403, "scope-missing");
        let foreign = browser
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ORIGIN, "https://evil.example");
        let mut foreign = foreign.body(Body::from(why("").to_string())).unwrap();
        foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        world.anon.send(foreign).await.refused(403, "foreign-origin");
    }
    let untouched = world.admin.get(&format!("{PEERS}/{}", host(&peer))).await.is(200);
    assert_eq!(untouched.text("/state"), "open");
    assert_eq!(world.anon.get("/api/v1/modlog").await.is(200).at("/items"), json!([]));
    browser.post(&format!("{PEERS}/{}/pause", host(&peer)), why("")).await.is(200);
}
