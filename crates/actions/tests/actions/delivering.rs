//! What we say reaches other servers: in order, surely, and none of them waits for another.

mod seen;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actions::elsewhere::{Elsewhere, deliver, pairs};
use actions::hosting::By;
use actions::hosting::policies;
use actions::sanctions::{self, Decision, Written};
use actions::{maintenance, reading};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header::RETRY_AFTER};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use domain::policy::Coverage;
use domain::{ActorId, Level, Origin, Sanction};
use federation::keys::PublicKey;
use federation::origin::Rules;
use federation::signature::{Here, Incoming, read};
use storage::actors::{self, Actor};
use storage::follows::{self, Address, Followed};
use storage::keys::Holder;
use storage::outbox::{self, Activity, Reach};
use storage::peers::{self, Dialect, Peer, State};
use storage::remotes::{self, Kind, Presence, Remote};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::world::World;

/// Shorter than the time between two looks without a reason: what comes within it was not found by polling.
const SOON: Duration = Duration::from_secs(20);
const KEY_ID: &str = "http://localhost:1/actor#main-key";

/// A request as another server got it.
#[derive(Debug)]
struct Arrival {
    target: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Arrival {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// What another server answers.
enum Reply {
    Status(u16),
    Busy { seconds: u32 },
    Json(String),
    Never,
}

/// Another server, which answers by the path and the number of the request.
struct Host {
    name: String,
    arrivals: mpsc::UnboundedReceiver<Arrival>,
}

type Answering = Arc<dyn Fn(&str, usize) -> Reply + Send + Sync>;

impl Host {
    async fn start(answering: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let name = format!("localhost:{}", listener.local_addr().unwrap().port());
        let (sender, arrivals) = mpsc::unbounded_channel();
        let (answering, count): (Answering, _) = (Arc::new(answering), Arc::new(AtomicUsize::new(0)));
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let number = if method == Method::POST { count.fetch_add(1, Ordering::SeqCst) } else { 0 };
            let reply = answering(uri.path(), number);
            if method == Method::POST {
                let _ = sender.send(Arrival { target: uri.to_string(), headers, body });
            }
            async move { reply.response().await }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        Self { name, arrivals }
    }

    /// One that takes everything.
    async fn sound() -> Self {
        Self::start(|path, _| Reply::Status(if path.starts_with("/.well-known") { 404 } else { 202 })).await
    }

    fn inbox(&self, path: &str) -> Address {
        Address { inbox: format!("http://{}{path}", self.name), host: self.name.clone() }
    }

    async fn next(&mut self) -> Arrival {
        timeout(SOON, self.arrivals.recv()).await.unwrap().unwrap()
    }

    async fn bodies(&mut self, count: usize) -> Vec<String> {
        let mut bodies = Vec::new();
        for _ in 0..count {
            bodies.push(self.next().await.text().to_owned());
        }
        bodies
    }

    /// Nothing more has come.
    fn is_silent(&mut self) -> bool {
        self.arrivals.try_recv().is_err()
    }
}

impl Reply {
    async fn response(self) -> Response {
        match self {
            Self::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
            Self::Busy { seconds } => {
                (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, seconds.to_string())]).into_response()
            }
            Self::Json(body) => ([("content-type", "application/json")], body).into_response(),
            Self::Never => std::future::pending().await,
        }
    }
}

/// A port where nobody listens.
async fn nobody() -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("localhost:{}", listener.local_addr().unwrap().port());
    Address { inbox: format!("http://{host}/inbox"), host }
}

struct Scene {
    world: World,
    runner: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Scene {
    async fn new() -> Self {
        let elsewhere = Elsewhere::new("http://localhost:1", vec!["127.0.0.0/8".parse().unwrap()], None).unwrap();
        Self { world: World::on(elsewhere).await, runner: None }
    }

    /// One that brings what is said from now on.
    async fn running() -> Self {
        let mut scene = Self::new().await;
        scene.run();
        scene
    }

    fn run(&mut self) {
        let (stop, stopped) = oneshot::channel::<()>();
        let stop_soon = async move {
            let _ = stopped.await;
        };
        let runner = tokio::spawn(deliver::run(self.world.ctx.clone(), stop_soon));
        self.runner = Some((stop, runner));
    }

    async fn stop(&mut self) {
        let (stop, runner) = self.runner.take().unwrap();
        stop.send(()).unwrap();
        timeout(SOON, runner).await.unwrap().unwrap();
    }

    /// As if the power failed.
    async fn kill(&mut self) {
        let (_stop, runner) = self.runner.take().unwrap();
        runner.abort();
        assert!(runner.await.unwrap_err().is_cancelled());
    }

    async fn say(&self, text: &str, to: &[Address]) {
        let (ctx, to) = (self.world.ctx.clone(), to.to_vec());
        let activity = Activity {
            id: ctx.id(),
            body: text.into(),
            signer: Holder::Instance,
            key_id: KEY_ID.into(),
            reach: Reach::Public,
            created: ctx.now(),
            words_of: None,
        };
        let db = ctx.db().clone();
        db.write(move |tx| outbox::say(tx, &activity, &to, || ctx.id())).await.unwrap();
    }

    async fn peer(&self, host: &str) -> (Peer, (i64, i64)) {
        let host = host.to_owned();
        let found = move |tx: &mut storage::Read| -> storage::Result<_> {
            Ok((peers::find(tx, &host)?.unwrap(), peers::backlog(tx, &host)?))
        };
        self.world.ctx.db().read(found).await.unwrap()
    }

    /// What is stored of a server, once it is so.
    async fn until(&self, host: &str, so: impl Fn(&Peer, (i64, i64)) -> bool) -> (Peer, (i64, i64)) {
        let found = async {
            loop {
                let (peer, backlog) = self.peer(host).await;
                if so(&peer, backlog) {
                    return (peer, backlog);
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(SOON, found).await.unwrap()
    }

    async fn empty(&self, host: &str) -> Peer {
        self.until(host, |_, backlog| backlog == (0, 0)).await.0
    }

    async fn waiting(&self, host: &str) -> Vec<(String, i64)> {
        let host = host.to_owned();
        let waiting = self.world.ctx.db().read(move |tx| outbox::waiting(tx, &host, &[], 100)).await.unwrap();
        waiting.into_iter().map(|delivery| (delivery.body, delivery.attempts)).collect()
    }

    /// Somebody who is written to at that inbox follows a person here.
    async fn follower(&self, inbox: &Address) -> Followed {
        let followed = Followed::Person(self.world.ana.actor);
        let (id, now, inbox) = (ActorId(self.world.ctx.id()), self.world.ctx.now(), inbox.clone());
        let uri = format!("http://{}/users/bo", inbox.host);
        let actor = Actor {
            id,
            name: "bo".into(),
            host: inbox.host,
            origin: Origin::Remote,
            about: String::new(),
            about_html: String::new(),
            created: now,
        };
        let remote = Remote {
            actor: id,
            kind: Kind::Person,
            inbox: inbox.inbox,
            shared_inbox: None,
            followers: None,
            url: None,
            key_id: format!("{uri}#main-key"),
            key: String::new(),
            presence: Presence::There,
            fetched: now,
            uri,
        };
        let follow = move |tx: &mut storage::Write| -> storage::Result<()> {
            actors::insert(tx, &actor)?;
            remotes::insert(tx, &remote)?;
            follows::insert(tx, followed, id, "http://a/follow", now).map(drop)
        };
        self.world.ctx.db().write(follow).await.unwrap();
        followed
    }

    async fn followers(&self, followed: Followed) -> i64 {
        self.world.ctx.db().read(move |tx| follows::count(tx, followed)).await.unwrap()
    }
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn what_is_said_is_brought_in_order_and_at_once() {
    let mut scene = Scene::new().await;
    let mut host = Host::sound().await;
    for number in 0..40 {
        scene.say(&number.to_string(), &[host.inbox("/inbox")]).await;
    }
    scene.run();
    assert_eq!(host.bodies(40).await, numbers(0..40));
    assert_eq!(scene.empty(&host.name).await.reached, scene.world.ctx.now());
    // From here on nothing would be looked for within the time that a test waits.
    for number in 40..45 {
        scene.say(&number.to_string(), &[host.inbox("/inbox")]).await;
        assert_eq!(host.bodies(1).await, [number.to_string()]);
    }
    scene.stop().await;
    assert!(host.is_silent());
    assert_eq!(scene.peer(&host.name).await.1, (0, 0));
}

/// Also not what was on its way already when it was decided: only that it follows nothing any more is still said to it.
#[tokio::test]
async fn nothing_more_is_brought_to_a_server_that_is_rejected_meanwhile() {
    let mut scene = Scene::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let name = format!("localhost:{}", listener.local_addr().unwrap().port());
    let (came, mut arrivals) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let open = Arc::clone(&gate);
    let handler = move || {
        let (came, gate) = (came.clone(), Arc::clone(&gate));
        async move {
            came.send(()).unwrap();
            gate.acquire().await.unwrap().forget();
            StatusCode::ACCEPTED
        }
    };
    let inbox = Address { inbox: format!("http://{name}/inbox"), host: name.clone() };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/inbox", post(handler))).await });
    for number in 0..5 {
        scene.say(&number.to_string(), std::slice::from_ref(&inbox)).await;
    }
    scene.run();
    timeout(SOON, arrivals.recv()).await.unwrap().unwrap();
    let decision = policies::Decision { level: Level::Reject, coverage: Coverage::Host, reason: String::new() };
    policies::decide(&scene.world.ctx, &By::Host, &name, decision).await.unwrap();
    open.add_permits(9);
    scene.until(&name, |peer, _| peer.reached.0 > 0).await;
    assert!(arrivals.try_recv().is_err());
}

#[tokio::test]
async fn one_server_is_brought_one_thing_at_a_time() {
    let scene = Scene::running().await;
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let name = format!("localhost:{}", listener.local_addr().unwrap().port());
    let (counted, seen) = (Arc::clone(&under_way), Arc::clone(&most));
    let handler = move || {
        let (counted, seen) = (Arc::clone(&counted), Arc::clone(&seen));
        async move {
            seen.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            counted.fetch_sub(1, Ordering::SeqCst);
            StatusCode::ACCEPTED
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(axum::routing::post(handler))).await });
    let inboxes: Vec<Address> = (0..30)
        .map(|number| Address { inbox: format!("http://{name}/users/{number}/inbox"), host: name.clone() })
        .collect();
    scene.say("hello", &inboxes).await;
    scene.empty(&name).await;
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_arrives_is_signed_by_the_key_that_others_are_shown() {
    let scene = Scene::running().await;
    let mut host = Host::sound().await;
    scene.say("{\"type\":\"Create\"}", &[host.inbox("/inbox?of=all")]).await;
    let arrival = host.next().await;
    let rules = Rules::new(&format!("http://{}", host.name), Vec::new()).unwrap();
    let incoming = Incoming { method: "POST", target: &arrival.target, headers: &arrival.headers, body: &arrival.body };
    let claim = read(&incoming, &Here { origin: rules.ours(), now_ms: scene.world.ctx.now().0 }).unwrap();
    let public = pairs::public(&scene.world.ctx, Holder::Instance).await.unwrap();
    claim.verify(&PublicKey::from_pem(&public).unwrap()).unwrap();
    assert_eq!(claim.key_id, KEY_ID);
    assert_eq!(arrival.headers["content-type"], "application/activity+json");
    assert!(arrival.headers["user-agent"].to_str().unwrap().contains("http://localhost:1"));
}

#[tokio::test]
async fn a_key_that_many_lanes_want_at_once_is_made_and_read_once() {
    let scene = Scene::new().await;
    let mut asking = JoinSet::new();
    for _ in 0..50 {
        let ctx = scene.world.ctx.clone();
        asking.spawn(async move { pairs::private(&ctx, Holder::Instance).await.unwrap() });
    }
    let keys = asking.join_all().await;
    assert!(keys.iter().all(|key| Arc::ptr_eq(key, &keys[0])));
}

#[tokio::test]
async fn a_server_that_says_when_is_left_alone_until_then() {
    let scene = Scene::running().await;
    let busy = |_: &str, number| if number == 0 { Reply::Busy { seconds: 120 } } else { Reply::Status(202) };
    let mut host = Host::start(busy).await;
    scene.say("0", &[host.inbox("/inbox")]).await;
    let (peer, backlog) = scene.until(&host.name, |peer, _| peer.failures == 1).await;
    let now = scene.world.ctx.now();
    assert_eq!((peer.next, peer.failing_since, backlog), (now.plus_ms(120_000), Some(now), (1, 0)));
    assert_eq!(peer.error, "the inbox answered with status 503");
    host.next().await;
    scene.world.hands.forward(119_999);
    scene.say("1", &[host.inbox("/inbox")]).await;
    // Another server's turn, which begins after the look at this one.
    let mut other = Host::sound().await;
    scene.say("1", &[other.inbox("/inbox")]).await;
    other.next().await;
    assert!(host.is_silent());
    scene.world.hands.forward(1);
    scene.say("2", &[host.inbox("/inbox")]).await;
    assert_eq!(host.bodies(3).await, numbers(0..3));
    let peer = scene.empty(&host.name).await;
    assert_eq!((peer.failures, peer.failing_since, peer.error.as_str()), (0, None, ""));
}

#[tokio::test]
async fn an_inbox_that_is_gone_is_brought_nothing_and_its_people_follow_no_longer() {
    let scene = Scene::running().await;
    let mut host = Host::start(|path, _| Reply::Status(if path == "/users/bo/inbox" { 410 } else { 202 })).await;
    let (gone, there) = (host.inbox("/users/bo/inbox"), host.inbox("/users/cy/inbox"));
    let followed = scene.follower(&gone).await;
    assert_eq!(scene.followers(followed).await, 1);
    scene.say("0", &[gone.clone(), there.clone()]).await;
    scene.say("1", &[gone, there]).await;
    let (peer, _) = scene.until(&host.name, |_, backlog| backlog == (0, 2)).await;
    assert_eq!((scene.followers(followed).await, peer.failures), (0, 0));
    let mut paths = Vec::new();
    while let Ok(arrival) = host.arrivals.try_recv() {
        paths.push(format!("{} {}", arrival.target, arrival.text()));
    }
    assert_eq!(paths, ["/users/bo/inbox 0", "/users/cy/inbox 0", "/users/cy/inbox 1"]);
}

#[tokio::test]
async fn a_refusal_is_answered_with_the_other_signature_and_then_the_first_again() {
    let scene = Scene::running().await;
    let mut host = Host::start(|_, number| Reply::Status(if number < 2 { 401 } else { 202 })).await;
    let inbox = [host.inbox("/inbox")];
    let mut forms = Vec::new();
    for (number, wait_ms) in [(0, 15_000), (1, 60_000), (2, 0)] {
        scene.say(&number.to_string(), &inbox).await;
        let arrival = host.next().await;
        assert_eq!(arrival.text(), "0");
        forms.push(arrival.headers.contains_key("signature-input"));
        if number < 2 {
            let tried = async {
                while scene.waiting(&host.name).await[0].1 != number + 1 {
                    tokio::task::yield_now().await;
                }
            };
            timeout(SOON, tried).await.unwrap();
            scene.world.hands.forward(wait_ms);
        }
    }
    assert_eq!(forms, [false, true, false]);
    assert_eq!(host.bodies(2).await, numbers(1..3));
    scene.empty(&host.name).await;
}

#[tokio::test]
async fn what_is_not_found_three_times_or_not_understood_once_is_given_up_and_delays_nobody() {
    let scene = Scene::running().await;
    let mut host = Host::start(|path, _| {
        Reply::Status(match path {
            "/missing" => 404,
            "/strict" => 400,
            _ => 202,
        })
    })
    .await;
    let inboxes = ["/missing", "/strict", "/there"].map(|path| host.inbox(path));
    for number in 0..4 {
        scene.say(&number.to_string(), &inboxes).await;
        let mut targets = Vec::new();
        while targets.last().is_none_or(|last| last != "/there") {
            targets.push(host.next().await.target);
        }
        assert!(targets.contains(&"/strict".to_owned()), "{targets:?}");
        scene.until(&host.name, |_, backlog| backlog.1 > number).await;
        scene.world.hands.forward(61_000);
    }
    // The first was tried three times, the three after it once each.
    let (peer, backlog) = scene.until(&host.name, |_, (waiting, _)| waiting == 0).await;
    assert_eq!((backlog, peer.failures), ((0, 8), 0));
}

#[tokio::test]
async fn a_server_away_for_a_week_sleeps_until_it_is_heard_of() {
    let scene = Scene::running().await;
    let away = nobody().await;
    scene.say("0", std::slice::from_ref(&away)).await;
    let (peer, _) = scene.until(&away.host, |peer, _| peer.failures == 1).await;
    assert!(peer.error.starts_with("it could not be reached: "), "{}", peer.error);
    let wait = peer.next.0 - scene.world.ctx.now().0;
    assert!((7_500..=10_000).contains(&wait), "{wait}");
    scene.world.hands.forward(7 * 24 * 3_600_000);
    scene.say("1", std::slice::from_ref(&away)).await;
    let (peer, backlog) = scene.until(&away.host, |peer, _| peer.failures == 2).await;
    assert_eq!((peer.state, backlog), (State::Asleep, (2, 0)));
    let (host, now) = (away.host.clone(), scene.world.ctx.now());
    scene.world.ctx.db().write(move |tx| peers::heard(tx, &host, now)).await.unwrap();
    scene.say("2", std::slice::from_ref(&away)).await;
    let (peer, _) = scene.until(&away.host, |peer, _| peer.failures == 1).await;
    assert_eq!((peer.state, peer.failing_since), (State::Open, Some(now)));
}

#[tokio::test]
async fn servers_that_hang_fail_and_refuse_hurt_nobody_else() {
    let mut scene = Scene::running().await;
    let mut hanging = Host::start(|_, _| Reply::Never).await;
    let busy = Host::start(|_, _| Reply::Busy { seconds: 60 }).await;
    let gone = Host::start(|_, _| Reply::Status(410)).await;
    let refusing = Host::start(|_, _| Reply::Status(401)).await;
    let broken = Host::start(|_, _| Reply::Status(500)).await;
    let closed = nobody().await;
    let (mut one, mut two) = (Host::sound().await, Host::sound().await);
    let mut to: Vec<Address> = [&hanging, &busy, &gone, &refusing, &broken].map(|host| host.inbox("/inbox")).into();
    to.extend([closed.clone(), one.inbox("/inbox"), two.inbox("/inbox")]);
    scene.say("0", &to).await;
    hanging.next().await;
    // The one that hangs has its request under way all the time.
    for number in 1..20 {
        scene.say(&number.to_string(), &to).await;
    }
    assert_eq!(one.bodies(20).await, numbers(0..20));
    assert_eq!(two.bodies(20).await, numbers(0..20));
    assert!(hanging.is_silent());
    scene.until(&gone.name, |_, (waiting, given_up)| waiting == 0 && given_up > 0).await;
    scene.until(&busy.name, |peer, _| peer.failures == 1).await;
    scene.until(&broken.name, |peer, _| peer.failures == 1).await;
    scene.until(&closed.host, |peer, _| peer.failures == 1).await;
    scene.stop().await;
    for host in [&hanging.name, &busy.name, &refusing.name, &broken.name, &closed.host] {
        let waiting = scene.waiting(host).await;
        let texts: Vec<_> = waiting.iter().map(|(text, _)| text.clone()).collect();
        assert_eq!(texts, numbers(0..20), "{host}");
        assert_eq!(waiting[0].1, i64::from(*host != hanging.name), "{host}");
    }
    assert_eq!(scene.peer(&hanging.name).await.0.failures, 0);
    // The lane was given back when the server stopped: nobody has to wait until its lease has run out.
    scene.run();
    assert_eq!(hanging.next().await.text(), "0");
}

#[tokio::test]
async fn what_was_under_way_when_the_power_failed_is_brought_when_its_lease_has_run_out() {
    let mut scene = Scene::running().await;
    let mut host = Host::start(|_, number| if number == 2 { Reply::Never } else { Reply::Status(202) }).await;
    for number in 0..5 {
        scene.say(&number.to_string(), &[host.inbox("/inbox")]).await;
    }
    assert_eq!(host.bodies(3).await, numbers(0..3));
    scene.kill().await;
    scene.run();
    let mut other = Host::sound().await;
    scene.say("0", &[other.inbox("/inbox")]).await;
    other.next().await;
    // The lane may still be somebody's.
    assert!(host.is_silent());
    scene.world.hands.forward(30_001);
    scene.say("5", &[host.inbox("/inbox")]).await;
    // Whatever was not written down comes again, nothing is left out, and the order is kept.
    let mut come = Vec::new();
    while come.last().is_none_or(|last: &String| last != "5") {
        come.push(host.next().await.text().to_owned());
    }
    assert!(come.ends_with(&numbers(2..6)), "{come:?}");
    assert!(come.is_sorted(), "{come:?}");
    scene.empty(&host.name).await;
}

/// A server that says what it runs when it has been asked that often, and how often it was.
async fn asked(times: usize) -> (Host, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    // The address is known when the server has begun.
    let at = Arc::new(std::sync::OnceLock::<String>::new());
    let own = Arc::clone(&at);
    let host = Host::start(move |path, _| match path {
        "/.well-known/nodeinfo" if counted.fetch_add(1, Ordering::SeqCst) + 1 < times => Reply::Status(503),
        "/.well-known/nodeinfo" => {
            let href = format!("http://{}/nodeinfo/2.1", own.get().unwrap());
            let rel = "http://nodeinfo.diaspora.software/ns/schema/2.1";
            Reply::Json(format!(r#"{{"links":[{{"rel":"{rel}","href":"{href}"}}]}}"#))
        }
        "/nodeinfo/2.1" => Reply::Json(r#"{"software":{"name":"lemmy","version":"1.0"}}"#.into()),
        _ => Reply::Status(202),
    })
    .await;
    at.set(host.name.clone()).unwrap();
    (host, asked)
}

#[tokio::test]
async fn a_server_is_asked_once_what_it_runs() {
    let scene = Scene::running().await;
    let (host, asked) = asked(1).await;
    scene.say("0", &[host.inbox("/inbox")]).await;
    let (peer, _) = scene.until(&host.name, |peer, _| peer.software == "lemmy").await;
    assert_eq!((peer.dialect, peer.version.as_str(), peer.asked), (Dialect::Groups, "1.0", scene.world.ctx.now()));
    scene.say("1", &[host.inbox("/inbox")]).await;
    scene.empty(&host.name).await;
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_server_that_has_not_said_what_it_runs_is_asked_again_after_an_hour() {
    let scene = Scene::running().await;
    let (host, asked) = asked(2).await;
    scene.say("0", &[host.inbox("/inbox")]).await;
    scene.empty(&host.name).await;
    scene.say("1", &[host.inbox("/inbox")]).await;
    scene.empty(&host.name).await;
    scene.world.hands.forward(3_600_000);
    scene.say("2", &[host.inbox("/inbox")]).await;
    scene.until(&host.name, |peer, _| peer.software == "lemmy").await;
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_was_said_a_month_ago_is_forgotten_unless_it_waits() {
    let scene = Scene::new().await;
    let ctx = &scene.world.ctx;
    let away = nobody().await;
    maintenance::schedule(ctx).await.unwrap();
    scene.say("brought", &[]).await;
    scene.say("waiting", std::slice::from_ref(&away)).await;
    scene.world.hands.forward(30 * 24 * 3_600_000 + 1);
    scene.say("new", &[]).await;
    assert_eq!(maintenance::run_due(ctx).await.unwrap(), 1);
    assert_eq!(scene.waiting(&away.host).await, [("waiting".to_owned(), 0)]);
}

/// So many servers follow all that is written on the board.
async fn followed_by(world: &World, many: usize) {
    let (cx, now) = (world.ctx.clone(), world.ctx.now());
    let followed = world.ctx.db().write(move |tx| -> storage::Result<()> {
        let board = storage::boards::by_name(tx, "talk")?.unwrap().id;
        for n in 0..many {
            let (id, host) = (ActorId(cx.id()), format!("h{n}.example"));
            let uri = format!("https://{host}/users/cy");
            let actor = Actor {
                id,
                name: "cy".into(),
                host,
                origin: Origin::Remote,
                about: String::new(),
                about_html: String::new(),
                created: now,
            };
            let remote = Remote {
                actor: id,
                kind: Kind::Person,
                inbox: format!("{uri}/inbox"),
                shared_inbox: None,
                followers: None,
                url: None,
                key_id: format!("{uri}#main-key"),
                key: String::new(),
                presence: Presence::There,
                fetched: now,
                uri,
            };
            actors::insert(tx, &actor)?;
            remotes::insert(tx, &remote)?;
            follows::insert(tx, Followed::Everything(board), id, "https://a.example/follows/1", now)?;
        }
        Ok(())
    });
    followed.await.unwrap();
}

/// Of each piece the thread has another version.
#[tokio::test]
async fn what_many_hear_of_turns_a_little_at_a_time() {
    let world = World::new().await;
    let thread = world.thread("Busy").await;
    for n in 0..5 {
        world.reply(&world.bo, thread.root(), &n.to_string()).await;
    }
    let version = async || reading::head(&world.ctx, thread).await.unwrap().version;
    let suspend = async |written| {
        let decision = Decision { level: Sanction::Suspend, board: None, until: None, written, reason: String::new() };
        sanctions::sanction(&world.ctx, &By::Host, "bo", decision).await.unwrap();
    };
    let restore = async || {
        let written = Written::Turns;
        sanctions::restore(&world.ctx, &By::Host, "bo", None, written, "").await.unwrap();
    };
    let before = version().await;
    suspend(Written::Turns).await;
    restore().await;
    assert_eq!(version().await - before, 2);
    followed_by(&world, 400).await;
    let before = version().await;
    suspend(Written::Turns).await;
    // Each may be told of 1,200 times, and so one at a time.
    assert_eq!(version().await - before, 5);
    restore().await;
    assert_eq!((version().await - before, reading::head(&world.ctx, thread).await.unwrap().comments), (10, 5));
}
