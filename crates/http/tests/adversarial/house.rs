//! Our own instance behind a port, and what is asked of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actions::board::Description;
use actions::elsewhere::{Elsewhere, work};
use actions::{Clock, Ctx, Joining, Limits, SystemChance, account, board};
use domain::text::{Places, TextLimits};
use domain::{CommentId, Role, Scope, State, Time};
use door::door::{App, Door};
use door::settings::{Documents, Rates, Settings};
use serde_json::{Value, json};
use storage::testing::{TestDb, contents, database};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::letter::Letter;

/// What the instance is reached by, unless a test wishes otherwise.
pub const HOME: &str = "https://talk.example";

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

/// What a test wants to be different.
pub struct Wishes {
    /// Networks that may be dialled though they are private; none makes it an instance as on the internet.
    pub networks: Vec<&'static str>,
    pub trusted_proxies: Vec<&'static str>,
    pub rates: Rates,
    pub request_timeout: Duration,
    pub address: Address,
}

/// How others call the instance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// [`HOME`].
    Usual,
    /// `http://localhost` with the port that it listens on.
    OwnPort,
}

impl Default for Wishes {
    fn default() -> Self {
        let (rates, request_timeout) = (Rates::default(), Duration::from_secs(60));
        Self {
            networks: vec!["127.0.0.0/8"],
            trusted_proxies: Vec::new(),
            rates,
            request_timeout,
            address: Address::Usual,
        }
    }
}

impl Wishes {
    /// No network is open.
    pub fn public() -> Self {
        Self { networks: Vec::new(), ..Self::default() }
    }
}

/// An instance with the board `talk`, the members Ana and Ben and the moderator Mo.
pub struct House {
    pub ctx: Ctx,
    pub hands: Hands,
    pub base: String,
    pub at: SocketAddr,
    tokens: Vec<(&'static str, String)>,
    serving: tokio::task::JoinHandle<()>,
    // Last, so that nothing uses it any more.
    db: TestDb,
}

impl Drop for House {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl House {
    pub async fn with(wishes: Wishes) -> Self {
        let db = database().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let base = match wishes.address {
            Address::Usual => HOME.to_owned(),
            Address::OwnPort => format!("http://localhost:{}", at.port()),
        };
        let hands = Hands(Arc::new(AtomicI64::new(1_800_000_000_000)));
        let limits = Limits {
            text: TextLimits::default(),
            depth: 100,
            page: 50,
            joining: Joining::Open,
            question: String::new(),
            log_names: true,
            retention: actions::retention::Retention::default(),
        };
        let host = base.split_once("://").map(|(_, host)| host.to_owned());
        let places = Places { person: "/u/".into(), host };
        let networks = wishes.networks.iter().map(|network| network.parse().unwrap()).collect();
        let elsewhere = Elsewhere::new(&base, networks, None).unwrap();
        let ctx = Ctx::new((*db).clone(), Box::new(hands.clone()), Box::new(SystemChance), limits, places, elsewhere);
        keep_key(&ctx).await;
        let said = Description { title: "Talk".into(), ..Description::default() };
        board::create_as_host(&ctx, "talk", &said).await.unwrap();
        let mut tokens = Vec::new();
        for (name, role) in [("ana", Role::Member), ("ben", Role::Member), ("mo", Role::Moderator)] {
            account::create(&ctx, name, None, role, None).await.unwrap();
            let granted = account::create_token(&ctx, name, Scope::Moderate, "test", None).await.unwrap();
            tokens.push((name, granted.secret));
        }
        let app = Door::new(ctx.clone(), settings(&base, &wishes));
        let serving = tokio::spawn(serve(listener, app));
        Self { ctx, hands, base, at, tokens, serving, db }
    }

    pub fn now(&self) -> i64 {
        self.hands.now().0
    }

    /// An id of ours.
    pub fn id(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// The host as it stands in a header.
    pub fn host(&self) -> &str {
        self.base.split_once("://").unwrap().1
    }

    /// These bytes on a connection of their own, and what came back.
    pub async fn exchange(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        // Who refuses early may not read it all.
        let _ = stream.write_all(bytes).await;
        Answer::read(&mut stream).await
    }

    pub async fn send(&self, letter: &Letter) -> Answer {
        self.exchange(&letter.bytes()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_as(path, "*/*").await
    }

    /// As another server asks.
    pub async fn document(&self, path: &str) -> Answer {
        self.get_as(path, "application/activity+json").await
    }

    /// As a browser asks.
    pub async fn page(&self, path: &str) -> Answer {
        self.get_as(path, "text/html").await
    }

    async fn get_as(&self, path: &str, accept: &str) -> Answer {
        self.send(&Letter::new("GET", path, b"").with("host", self.host()).with("accept", accept)).await
    }

    /// A request to the API by one of ours.
    pub async fn api(&self, who: &str, method: &'static str, path: &str, body: &Value) -> Answer {
        let (_, secret) = self.tokens.iter().find(|(name, _)| *name == who).unwrap();
        let letter = Letter::new(method, path, body.to_string().as_bytes())
            .with("host", self.host())
            .with("content-type", "application/json")
            .with("authorization", &format!("Bearer {secret}"));
        self.send(&letter).await
    }

    /// A form of one of our pages, sent by somebody without an account.
    pub async fn form(&self, path: &str, name: &str, value: &str) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
        let letter = Letter::new("POST", path, body.as_bytes())
            .with("host", self.host())
            .with("accept", "text/html")
            .with("sec-fetch-site", "same-origin")
            .with("content-type", "application/x-www-form-urlencoded");
        self.send(&letter).await
    }

    /// A thread by Ana; its id.
    pub async fn thread(&self, title: &str) -> String {
        let new = json!({ "title": title, "text": "What do *you* think?" });
        self.api("ana", "POST", "/api/v1/boards/talk/threads", &new).await.is(201).text("/id")
    }

    /// An answer by one of ours; its id.
    pub async fn reply(&self, who: &str, to: &str, text: &str) -> String {
        let path = format!("/api/v1/comments/{to}/replies");
        self.api(who, "POST", &path, &json!({ "text": text })).await.is(201).text("/id")
    }

    /// Mo does this with a comment.
    pub async fn moderate(&self, comment: &str, deed: &str) {
        let path = format!("/api/v1/admin/comments/{comment}/{deed}");
        self.api("mo", "POST", &path, &json!({ "reason": "" })).await.is(200);
    }

    /// Holds a thread back, as one that waits for a moderator.
    pub async fn hold(&self, thread: &str) {
        self.put(thread, State::Held).await;
        let id: domain::ThreadId = thread.parse().unwrap();
        self.ctx.db().write(move |tx| storage::threads::set_listed(tx, id, false)).await.unwrap();
    }

    /// Puts a comment into a state that nobody can ask for.
    pub async fn put(&self, comment: &str, state: State) {
        let id: CommentId = comment.parse().unwrap();
        self.ctx.db().write(move |tx| storage::comments::set_state(tx, id, state)).await.unwrap();
    }

    /// Works off all that has come.
    pub async fn work(&self) {
        while work::round(&self.ctx).await.unwrap() > 0 {}
    }

    /// A folder for files of a test.
    pub fn folder(&self) -> &std::path::Path {
        self.db.folder()
    }

    /// The same instance on another database: as after it was put up again.
    pub fn beside(&self, db: storage::Db) -> Ctx {
        let (clock, chance) = (Box::new(self.hands.clone()), Box::new(SystemChance));
        let (limits, places) = (self.ctx.limits().clone(), self.ctx.places().clone());
        Ctx::new(db, clock, chance, limits, places, self.ctx.elsewhere().clone())
    }

    /// Every row of every table but these.
    pub async fn rows(&self, without: &[&str]) -> Vec<String> {
        let all = contents(self.ctx.db()).await.unwrap();
        let is_of = |row: &String, table: &&str| row.strip_prefix(*table).is_some_and(|rest| rest.starts_with(" {"));
        all.into_iter().filter(|row| !without.iter().any(|table| is_of(row, table))).collect()
    }

    /// The rows of one table.
    pub async fn table(&self, name: &str) -> Vec<String> {
        let all = contents(self.ctx.db()).await.unwrap();
        all.into_iter().filter(|row| row.starts_with(&format!("{name} {{"))).collect()
    }
}

/// What was to stay the same, and did not.
#[track_caller]
pub fn same(before: &[String], after: &[String]) {
    let lost: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
    let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
    assert!(lost.is_empty() && new.is_empty(), "lost {lost:#?}, new {new:#?}");
}

/// The instance has a key from the beginning: making one takes tenths of a second.
async fn keep_key(ctx: &Ctx) {
    let private = include_bytes!("../../../federation/tests/fixtures/rsa-2048.pk8").to_vec();
    let public = federation::keys::PrivateKey::from_pkcs8(&private).unwrap().public_pem();
    let pair = storage::keys::Pair { private, public };
    let now = ctx.now();
    ctx.db().write(move |tx| storage::keys::keep(tx, storage::keys::Holder::Instance, pair, now)).await.unwrap();
}

async fn serve(listener: TcpListener, app: App) {
    let router = door::router::router(app, Arc::new(String::new));
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
}

fn settings(base: &str, wishes: &Wishes) -> Settings {
    Settings {
        public_url: base.into(),
        name: "Talk about it".into(),
        security_contact: None,
        source: b"source",
        trusted_proxies: wishes.trusted_proxies.iter().map(|network| network.parse().unwrap()).collect(),
        body_bytes: 100_000,
        request_timeout: wishes.request_timeout,
        rates: wishes.rates,
        proof_bits: 0,
        page_cache_bytes: 1 << 20,
        live_connections: 4,
        documents: Documents::Open,
        metrics_token: None,
    }
}

/// What came back: status, headers in lower case, body.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A connection that is cut after the answer has been given is one that ends.
        while let Ok(1..) = stream.read_buf(&mut bytes).await {}
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pair = |line: &str| line.split_once(':').map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()));
        let headers: Vec<_> = lines.filter_map(pair).collect();
        let is_chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if is_chunked { unchunked(body) } else { body.to_owned() };
        Self { status, headers, body }
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// A problem with this status and this code, which says what to do.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.is(status);
        assert_eq!((answer.header("content-type"), answer.text("/code").as_str()), ("application/problem+json", code));
        assert!(answer.text("/detail").len() > 10, "{}", answer.body);
        answer
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// What a JSON pointer leads to.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {}", self.body)).clone()
    }

    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap().to_owned()
    }
}

fn unchunked(text: &str) -> String {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        let (chunk, behind) = after.split_at(size);
        whole.push_str(chunk);
        rest = behind.trim_start_matches("\r\n");
    }
    whole
}
