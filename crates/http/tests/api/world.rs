//! A small instance with its whole door, and callers to knock at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use actions::board::Description;
use actions::elsewhere::Elsewhere;
use actions::rules::hook::{Hook, OnFailure};
use actions::{Chance, Clock, Ctx, Joining, Limits, SystemChance, account, board};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use domain::text::{Places, TextLimits};
use domain::{Level, Role, Scope, Time};
use door::door::{App, Door};
use door::settings::{Documents, Rates, Settings};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use storage::testing::{TestDb, database};
use tower::ServiceExt as _;

/// What the instance is reached by.
pub const HOST: &str = "https://talk.example";
/// The password of those who have one.
pub const PASSWORD: &str = "correct horse battery";
/// How many bits are zero in a proof of work.
pub const PROOF_BITS: u32 = 8;
/// What applicants are asked.
pub const QUESTION: &str = "What <brings> you here?";
/// By which the program that is asked knows this server.
pub const SECRET: &str = "a secret of sixteen or more";
/// The largest body.
pub const BODY: usize = 100_000;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn forward(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// The same bytes in every run, never twice in one: so that ids stand in golden files.
struct Sequence(AtomicU64);

impl Chance for Sequence {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            part.copy_from_slice(&number.to_le_bytes()[..part.len()]);
        }
    }
}

/// What a test wants to be different.
pub struct Wishes {
    pub joining: Joining,
    pub rates: Rates,
    pub live: usize,
    pub depth: u32,
    pub chance: Box<dyn Chance>,
    pub documents: Documents,
    /// Whether the public log names people.
    pub log_names: bool,
    /// What it is reached by.
    pub url: String,
    /// Networks that may be dialled though they are private.
    pub networks: &'static [&'static str],
    /// How servers are dealt with about which nothing was decided.
    pub unlisted: Level,
    /// The program that is asked about each comment, and what counts when it does not answer.
    pub hook: Option<(String, OnFailure)>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            joining: Joining::Open,
            rates: Rates::default(),
            live: 4,
            depth: 5,
            chance: Box::new(SystemChance),
            documents: Documents::Open,
            log_names: true,
            url: HOST.into(),
            networks: &["127.0.0.0/8"],
            unlisted: Level::Allow,
            hook: None,
        }
    }
}

impl Wishes {
    /// The same ids in every run.
    pub fn repeatable() -> Self {
        Self { chance: Box::new(Sequence(AtomicU64::new(1))), ..Self::default() }
    }
}

/// An instance with a board, two members, a moderator and an administrator.
pub struct World {
    _db: TestDb,
    pub app: App,
    pub hands: Hands,
    router: Router,
    pub ana: Caller,
    pub bo: Caller,
    pub mo: Caller,
    pub admin: Caller,
    pub anon: Caller,
}

impl World {
    pub async fn new() -> Self {
        Self::with(Wishes::default()).await
    }

    pub async fn with(wishes: Wishes) -> Self {
        let db = database().await;
        let hands = Hands(Arc::new(AtomicI64::new(1_800_000_000_000)));
        let limits = Limits {
            text: TextLimits::default(),
            depth: wishes.depth,
            page: 50,
            joining: wishes.joining,
            question: QUESTION.into(),
            log_names: wishes.log_names,
            retention: actions::retention::Retention::default(),
        };
        let host = wishes.url.split_once("://").map(|(_, host)| host.to_owned());
        let places = Places { person: "/u/".into(), host };
        let networks = wishes.networks.iter().map(|network| network.parse().unwrap()).collect();
        let elsewhere = Elsewhere::new(&wishes.url, networks, None).unwrap().dealing_with_others(wishes.unlisted);
        let hook = wishes.hook.map(|(url, failure)| Hook::new(&elsewhere, &url, SECRET, failure).unwrap());
        let mut ctx = Ctx::new((*db).clone(), Box::new(hands.clone()), wishes.chance, limits, places, elsewhere);
        if let Some(hook) = hook {
            ctx = ctx.asking(hook);
        }
        keep_keys(&ctx).await;
        let said = Description { title: "Talk".into(), ..Description::default() };
        board::create_as_host(&ctx, "talk", &said).await.unwrap();
        let mut callers = Vec::new();
        for (name, role) in [("ana", Role::Member), ("bo", Role::Member), ("mo", Role::Moderator), ("ida", Role::Admin)]
        {
            account::create(&ctx, name, None, role, None).await.unwrap();
            callers.push(token(&ctx, name, Scope::Admin).await);
        }
        let [ana, bo, mo, admin] = callers.try_into().unwrap_or_else(|_| unreachable!());
        let settings = settings(wishes.url, wishes.rates, wishes.live, wishes.documents);
        let app = Door::new(ctx, settings);
        let router = door::router::router(Arc::clone(&app), Arc::new(|| "measured 1\n".to_owned()));
        let anon = Caller { router: Some(router.clone()), credential: Credential::Nothing };
        let mut world = Self { _db: db, app, hands, router, ana, bo, mo, admin, anon };
        for caller in [&mut world.ana, &mut world.bo, &mut world.mo, &mut world.admin] {
            caller.router = Some(world.router.clone());
        }
        world
    }

    /// Its door, for a listener.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Answers what comes to this port, until the test ends.
    pub fn serve(&self, listener: tokio::net::TcpListener) {
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
    }

    /// Somebody with a token of that scope.
    pub async fn token(&self, name: &str, scope: Scope) -> Caller {
        let caller = token(&self.app.ctx, name, scope).await;
        Caller { router: Some(self.router.clone()), ..caller }
    }

    /// Somebody with this session cookie.
    pub fn cookie(&self, secret: &str) -> Caller {
        Caller { router: Some(self.router.clone()), credential: Credential::Cookie(secret.into()) }
    }

    /// Somebody with this token.
    pub fn bearer(&self, secret: &str) -> Caller {
        Caller { router: Some(self.router.clone()), credential: Credential::Token(secret.into()) }
    }

    /// A thread by Ana; its id.
    pub async fn thread(&self, title: &str) -> String {
        let new = json!({ "title": title, "text": "What do *you* think?" });
        self.ana.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id")
    }

    /// An answer; its id.
    pub async fn reply(&self, who: &Caller, to: &str, text: &str) -> String {
        who.post(&format!("/api/v1/comments/{to}/replies"), json!({ "text": text })).await.is(201).text("/id")
    }
}

/// The instance has a key from the beginning: making one takes tenths of a second.
async fn keep_keys(ctx: &Ctx) {
    let private = include_bytes!("../../../federation/tests/fixtures/rsa-2048.pk8").to_vec();
    let public = federation::keys::PrivateKey::from_pkcs8(&private).unwrap().public_pem();
    let pair = storage::keys::Pair { private, public };
    let now = ctx.now();
    ctx.db().write(move |tx| storage::keys::keep(tx, storage::keys::Holder::Instance, pair, now)).await.unwrap();
}

async fn token(ctx: &Ctx, name: &str, scope: Scope) -> Caller {
    let granted = account::create_token(ctx, name, scope, "test", None).await.unwrap();
    Caller { router: None, credential: Credential::Token(granted.secret) }
}

/// Opens `/metrics`.
pub const METRICS_TOKEN: &str = "sixteen-or-more-characters";

fn settings(url: String, rates: Rates, live: usize, documents: Documents) -> Settings {
    Settings {
        public_url: url,
        name: "Talk about it".into(),
        security_contact: Some("mailto:holes@talk.example".into()),
        source: b"source",
        trusted_proxies: Vec::new(),
        body_bytes: BODY,
        request_timeout: Duration::from_secs(60),
        rates,
        proof_bits: PROOF_BITS,
        page_cache_bytes: 1 << 20,
        live_connections: live,
        documents,
        metrics_token: Some(METRICS_TOKEN.into()),
    }
}

/// By what somebody is known.
#[derive(Clone)]
enum Credential {
    Nothing,
    Token(String),
    Cookie(String),
}

/// Whoever asks.
#[derive(Clone)]
pub struct Caller {
    router: Option<Router>,
    credential: Credential,
}

impl Caller {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Answer {
        self.send(self.request(Method::GET, path).header(name, value).body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.json(Method::POST, path, &[], body).await
    }

    /// A form as a page of this site sends it.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, body.len());
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A POST that may be sent twice.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        self.json(Method::POST, path, &[("idempotency-key", key)], body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PUT, path, &[], body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PATCH, path, &[], body).await
    }

    async fn json(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let mut request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A request to be completed, with the caller's credential.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path);
        match &self.credential {
            Credential::Nothing => request,
            Credential::Token(secret) => request.header(header::AUTHORIZATION, format!("Bearer {secret}")),
            Credential::Cookie(secret) => request
                .header(header::COOKIE, format!("__Host-session={secret}"))
                .header("sec-fetch-site", "same-origin"),
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let place = format!("{} {}", request.method(), request.uri());
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        // Events have no end.
        let endless = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let bytes = if endless { Vec::new() } else { body.collect().await.unwrap().to_bytes().to_vec() };
        let answer = Answer { place, status: parts.status, headers: parts.headers, bytes };
        crate::documented::check(&method, &path, &answer);
        answer
    }

    /// The answer with its body unread.
    pub async fn open(&self, request: Request<Body>) -> axum::http::Response<Body> {
        self.router.clone().unwrap().oneshot(request).await.unwrap()
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    place: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Makes sure of the status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.place, String::from_utf8_lossy(&self.bytes));
        self
    }

    /// Makes sure that it is a problem with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.is(status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.place);
        let body = answer.json();
        assert_eq!((body["code"].as_str(), body["status"].as_u64()), (Some(code), Some(status.into())), "{body}");
        assert!(body["detail"].as_str().unwrap().len() > 20, "no remedy: {body}");
        answer
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{}: {error}", self.place))
    }

    /// What a JSON pointer leads to.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> Value {
        self.json()
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{}: no {pointer} in {}", self.place, self.json()))
            .clone()
    }

    /// The whole body as it came.
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The same, as text.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap().to_owned()
    }

    /// One value of every entry of a list.
    #[track_caller]
    pub fn all(&self, list: &str, pointer: &str) -> Vec<Value> {
        self.at(list).as_array().unwrap().iter().map(|item| item.pointer(pointer).unwrap().clone()).collect()
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
