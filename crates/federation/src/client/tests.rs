//! The client against servers that are wrong in every way that is known.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderName};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs};
use url::Url;

use super::peer::{Peer, Reply, budget, client, rules, setup};
use super::*;
use crate::address::NoPublicAddress;
use crate::budget::{Allowance, Bounds, Budget, Busy, Cause, Full, Limits, Spent};
use crate::origin::{BadId, Id};

/// Signs with what is signed.
struct Stub;

impl Signing for Stub {
    fn headers(&self, method: &str, url: &Url, body: Option<&[u8]>, now_ms: i64) -> Result<HeaderMap, CannotSign> {
        let text = format!("{method} {url} {} {now_ms}", body.map_or(0, <[u8]>::len));
        let host = (HOST, "other.example".parse().unwrap());
        Ok(HeaderMap::from_iter([(HeaderName::from_static("signature"), text.parse().unwrap()), host]))
    }
}

/// Has no key.
struct Keyless;

impl Signing for Keyless {
    fn headers(&self, _: &str, _: &Url, _: Option<&[u8]>, _: i64) -> Result<HeaderMap, CannotSign> {
        Err(CannotSign("no key".to_owned()))
    }
}

fn note(id: &str) -> String {
    json!({"type": "Note", "id": id}).to_string()
}

/// Serves at each path the note that is said to be there.
fn honest(path: &str, base: &str) -> Reply {
    Reply::activity(&note(&format!("{base}{path}")))
}

async fn fetch(id: &Id) -> Result<Fetched, FetchError> {
    client().fetch(id, None, &budget(), 0).await
}

/// Answers everything with one reply, and fetches it.
async fn fetch_reply(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Result<Fetched, FetchError> {
    let peer = Peer::start(move |_, _| reply()).await;
    fetch(&peer.id("/1")).await
}

fn impatient() -> Client {
    let mut setup = setup(rules());
    let short = Duration::from_millis(100);
    setup.timeouts = Timeouts { connect: short, send: short, fetch: short };
    Client::new(setup).unwrap()
}

#[tokio::test]
async fn a_document_is_fetched_signed_and_uncompressed() {
    let peer = Peer::start(honest).await;
    let fetched = client().fetch(&peer.id("/1"), Some(&Stub), &budget(), 7).await.unwrap();
    assert_eq!((fetched.id, &fetched.body[..]), (peer.id("/1"), note(&peer.url("/1")).as_bytes()));
    let request = &peer.seen()[0];
    for line in [
        "GET /1 HTTP/1.1",
        "user-agent: Rejoinder/0 (+http://localhost:1)",
        "accept-encoding: identity",
        &format!("accept: {}", crate::media_type::ACTIVITY_ACCEPT),
        &format!("signature: GET {} 0 7", peer.url("/1")),
        &format!("host: {}", peer.host()),
    ] {
        assert!(request.contains(&format!("{line}\r\n")), "{line}: {request}");
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let peer = Peer::start(honest).await;
    let refused = client().fetch(&peer.id("/1"), Some(&Keyless), &budget(), 0).await;
    assert_eq!(refused, Err(CannotSign("no key".to_owned()).into()));
    let refused = client().post(&peer.id("/inbox"), Bytes::new(), &Keyless, 0).await;
    assert_eq!(refused, Err(CannotSign("no key".to_owned()).into()));
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn nothing_of_ours_is_fetched_or_sent_to() {
    let ours = rules().id("http://localhost:1/u/1").unwrap();
    assert_eq!(fetch(&ours).await, Err(FetchError::Ours));
    assert_eq!(client().post(&ours, Bytes::new(), &Stub, 0).await, Err(SendError::Ours));
}

#[tokio::test]
async fn d05_a_name_with_private_addresses_only_is_not_dialled() {
    let peer = Peer::start(honest).await;
    let elsewhere = Rules::new("http://ours.test", vec!["10.0.0.0/8".parse().unwrap()]).unwrap();
    let why = NoAnswer::from(NoPublicAddress("localhost".to_owned()));
    let client = Client::new(setup(elsewhere)).unwrap();
    assert_eq!(client.fetch(&peer.id("/1"), None, &budget(), 0).await, Err(why.clone().into()));
    assert_eq!(client.post(&peer.id("/inbox"), Bytes::new(), &Stub, 0).await, Err(why.clone().into()));
    let public = Rules::new("https://ours.example", Vec::new()).unwrap();
    let localhost = public.id("https://localhost/").unwrap();
    assert_eq!(Client::new(setup(public)).unwrap().fetch(&localhost, None, &budget(), 0).await, Err(why.into()));
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn d06_redirects_are_followed_relative_and_across_hosts_and_signed_again() {
    let other = Peer::start(honest).await;
    let target = other.url("/note");
    let peer = Peer::start(move |path, base| match path {
        "/a/1" => Reply::redirect("../2"),
        "/2" => Reply::redirect(&format!("{base}/3")),
        _ => Reply::redirect(&target),
    })
    .await;
    let fetched = client().fetch(&peer.id("/a/1"), Some(&Stub), &budget(), 0).await.unwrap();
    assert_eq!(fetched.id, other.id("/note"));
    assert!(peer.seen()[1].contains(&format!("signature: GET {} 0 0", peer.url("/2"))));
    assert!(other.seen()[0].contains(&format!("signature: GET {} 0 0", other.url("/note"))));
}

#[tokio::test]
async fn d06_redirects_to_what_is_no_id_are_refused() {
    for (location, why) in [
        ("https://10.0.0.1/", BadId::Host),
        ("https://[::1]/", BadId::Host),
        ("http://169.254.169.254/latest/meta-data/", BadId::Host),
        ("//127.0.0.1/evil", BadId::Host),
        ("file:///etc/passwd", BadId::Scheme),
        ("ftp://localhost/", BadId::Scheme),
        ("data:application/activity+json,{}", BadId::Scheme),
        ("http://me@localhost/", BadId::Userinfo),
        ("/1#fragment", BadId::Fragment),
    ] {
        let refused = fetch_reply(|| Reply::redirect(location)).await;
        assert_eq!(refused, Err(BadRedirect::BadId { why, location: location.to_owned() }.into()), "{location}");
    }
    for headers in ["", "Location: http://[\r\n", "Location: /2\r\nLocation: /3\r\n"] {
        assert_eq!(fetch_reply(|| Reply::new(302, headers, "")).await, Err(BadRedirect::Nowhere.into()));
    }
    let home = fetch_reply(|| Reply::redirect("http://localhost:1/u/1")).await;
    assert_eq!(home, Err(FetchError::Ours));
}

#[tokio::test]
async fn d06_loops_and_long_chains_of_redirects_are_refused() {
    let peer = Peer::start(|path, _| match path {
        "/self" => Reply::redirect("/self"),
        "/there" => Reply::redirect("/back"),
        "/back" => Reply::redirect("/there"),
        _ => Reply::redirect(&format!("{path}x")),
    })
    .await;
    assert_eq!(fetch(&peer.id("/self")).await, Err(BadRedirect::Loop.into()));
    assert_eq!(fetch(&peer.id("/there")).await, Err(BadRedirect::Loop.into()));
    let before = peer.seen().len();
    assert_eq!(fetch(&peer.id("/endless")).await, Err(BadRedirect::TooMany.into()));
    assert_eq!(peer.seen().len() - before, 4);
}

#[tokio::test]
async fn b14_a_document_is_fetched_once_more_from_its_own_id() {
    let peer = Peer::start(|path, base| match path {
        "/@bo/1" => Reply::activity(&note(&format!("{base}/notes/1"))),
        "/wandering" => Reply::activity(&note(&format!("{base}/wandering2"))),
        "/wandering2" => Reply::activity(&note(&format!("{base}/wandering3"))),
        _ => honest(path, base),
    })
    .await;
    assert_eq!(fetch(&peer.id("/@bo/1")).await.unwrap().id, peer.id("/notes/1"));
    let wrong = FetchError::WrongId { at: peer.url("/wandering2"), found: peer.url("/wandering3") };
    assert_eq!(fetch(&peer.id("/wandering")).await, Err(wrong));
    assert_eq!(peer.seen().len(), 4);
}

#[tokio::test]
async fn b14_a_document_of_another_server_is_refused() {
    let victim = Peer::start(honest).await;
    let forged = note(&victim.url("/1"));
    let peer = Peer::start(move |_, _| Reply::activity(&forged)).await;
    let wrong = FetchError::WrongId { at: peer.url("/1"), found: victim.url("/1") };
    assert_eq!(fetch(&peer.id("/1")).await, Err(wrong));
    assert!(victim.seen().is_empty());
}

#[tokio::test]
async fn b14_a_document_without_an_id_is_refused() {
    for body in [r#"{"type":"Note"}"#, r#"{"id":null}"#, r#"{"id":"tag:x"}"#, r#"{"id":"/1"}"#, r#"{"id":"did:x"}"#] {
        assert!(matches!(fetch_reply(|| Reply::activity(body)).await, Err(FetchError::NoId(_))), "{body}");
    }
    for body in [
        "",
        "null",
        "<html>",
        r#"["https://a.example/"]"#,
        r#"{"id":1}"#,
        r#"{"id":["https://a.example/"]}"#,
        r#"{"id":"https://a.example/","id":"https://b.example/"}"#,
        r#"{"id":"#,
    ] {
        assert!(matches!(fetch_reply(|| Reply::activity(body)).await, Err(FetchError::NotJson { .. })), "{body}");
    }
}

#[tokio::test]
async fn f01_a_deep_document_is_refused() {
    let deep = format!(r#"{{"id":"https://a.example/","x":{}"#, "[".repeat(5_000));
    let refused = fetch_reply(move || Reply::activity(&deep)).await;
    assert!(matches!(refused, Err(FetchError::NotJson { .. })), "{refused:?}");
}

#[tokio::test]
async fn b15_documents_of_other_types_are_refused() {
    for headers in [
        "",
        "Content-Type: text/html\r\n",
        "Content-Type: application/json\r\n",
        "Content-Type: application/octet-stream\r\n",
        "Content-Type: application/ld+json\r\n",
        "Content-Type: application/activity+json\r\nContent-Type: text/html\r\n",
    ] {
        let refused = fetch_reply(|| Reply::new(200, headers, "{}")).await;
        assert!(matches!(refused, Err(FetchError::WrongType { .. })), "{headers}: {refused:?}");
    }
    let gzip = "Content-Type: application/activity+json\r\nContent-Encoding: gzip\r\n";
    assert_eq!(fetch_reply(move || Reply::new(200, gzip, "x")).await, Err(FetchError::Compressed));
}

#[tokio::test]
async fn d08_large_and_endless_answers_are_cut_off() {
    const TYPE: &str = "HTTP/1.1 200 X\r\nContent-Type: application/activity+json\r\n";
    let large = Err(FetchError::TooLarge { limit: MAX_DOCUMENT });
    let endless = || Reply::Endless(format!("{TYPE}\r\n{{").into_bytes());
    assert_eq!(fetch_reply(endless).await, large);
    // Refused by what it says of itself: not a byte of the body ever comes.
    let two_gigabytes = || Reply::Hang(format!("{TYPE}Content-Length: 2147483648\r\n\r\n").into_bytes());
    assert_eq!(fetch_reply(two_gigabytes).await, large);
    let most = format!(r#"{{"id":1{}}}"#, " ".repeat(MAX_DOCUMENT - 8));
    assert_eq!(most.len(), MAX_DOCUMENT);
    assert!(matches!(fetch_reply(move || Reply::activity(&most)).await, Err(FetchError::NotJson { .. })));
}

#[tokio::test]
async fn d08_a_length_that_lies_is_noticed() {
    const TYPE: &str = "HTTP/1.1 200 X\r\nContent-Type: application/activity+json\r\n";
    let more = || Reply::Bytes(format!("{TYPE}Content-Length: 1000\r\n\r\n{{}}").into_bytes());
    assert!(matches!(fetch_reply(more).await, Err(FetchError::NoAnswer(NoAnswer::Unreachable { .. }))));
    let less = || Reply::Bytes(format!("{TYPE}Content-Length: 5\r\n\r\n{{\"id\":1}}").into_bytes());
    assert!(matches!(fetch_reply(less).await, Err(FetchError::NotJson { .. })));
    let headers = || Reply::Endless(b"HTTP/1.1 200 X\r\nX: ".to_vec());
    assert!(matches!(fetch_reply(headers).await, Err(FetchError::NoAnswer(NoAnswer::Unreachable { .. }))));
}

#[tokio::test]
async fn d08_slow_answers_end_with_their_time() {
    let timeout = || Err(NoAnswer::Timeout.into());
    let silent = Peer::start(|_, _| Reply::Hang(Vec::new())).await;
    assert_eq!(impatient().fetch(&silent.id("/1"), None, &budget(), 0).await, timeout());
    let head = "HTTP/1.1 200 X\r\nContent-Type: application/activity+json\r\nContent-Length: 9\r\n\r\n{";
    let stuck = Peer::start(move |_, _| Reply::Hang(head.as_bytes().to_vec())).await;
    assert_eq!(impatient().fetch(&stuck.id("/1"), None, &budget(), 0).await, timeout());
    // The end of a budget is told from that of patience.
    let brief = Allowance { time: Duration::from_millis(100), ..Allowance::default() };
    let refused = client().fetch(&silent.id("/1"), None, &Budget::new(brief, Cause::Ours), 0).await;
    assert_eq!(refused, Err(Spent::Time.into()));
}

#[tokio::test]
async fn statuses_say_what_became_of_a_document() {
    for (status, why) in [
        (404, FetchError::NotFound),
        (410, FetchError::Gone),
        (401, FetchError::Refused { status: 401 }),
        (403, FetchError::Refused { status: 403 }),
        (304, FetchError::Refused { status: 304 }),
        (408, FetchError::Later { status: 408, retry_after_ms: None }),
        (503, FetchError::Later { status: 503, retry_after_ms: None }),
    ] {
        assert_eq!(fetch_reply(move || Reply::new(status, "", "")).await, Err(why));
    }
    let seconds = fetch_reply(|| Reply::new(429, "Retry-After: 120\r\n", "")).await;
    assert_eq!(seconds, Err(FetchError::Later { status: 429, retry_after_ms: Some(120_000) }));
    let date = fetch_reply(|| Reply::new(429, "Retry-After: Thu, 01 Jan 1970 00:01:00 GMT\r\n", "")).await;
    assert_eq!(date, Err(FetchError::Later { status: 429, retry_after_ms: Some(60_000) }));
}

#[tokio::test]
async fn what_is_not_found_is_gone_if_its_tombstone_stands_there() {
    let reply = |kind: &'static str, name: &'static str| {
        move |path: &str, base: &str| {
            let id = if name.is_empty() { format!("{base}{path}") } else { format!("{base}{name}") };
            let body = json!({"type": kind, "id": id}).to_string();
            Reply::new(404, "Content-Type: application/activity+json\r\n", &body)
        }
    };
    for (kind, name, expected) in [
        ("Tombstone", "", FetchError::Gone),
        ("Tombstone", "/other", FetchError::NotFound),
        ("Note", "", FetchError::NotFound),
    ] {
        let peer = Peer::start(reply(kind, name)).await;
        assert_eq!(fetch(&peer.id("/1")).await, Err(expected), "{kind} {name}");
    }
    let long = "x".repeat(20_000);
    let stone = json!({"type": "Tombstone", "id": "x", "summary": long}).to_string();
    let type_header = "Content-Type: application/activity+json\r\n";
    assert_eq!(fetch_reply(move || Reply::new(404, type_header, &stone)).await, Err(FetchError::NotFound));
}

#[tokio::test]
async fn a_tombstone_is_had_where_it_stands_and_nothing_else_is() {
    let at = async |status: u16, kind: &'static str, name: &'static str| {
        let peer = Peer::start(move |path: &str, base: &str| {
            let id = if name.is_empty() { format!("{base}{path}") } else { name.to_owned() };
            let body = json!({"type": kind, "id": id, "inReplyTo": "https://b.example/1"}).to_string();
            Reply::new(status, "Content-Type: application/activity+json\r\n", &body)
        })
        .await;
        let fetched = client().fetch_tombstone(&peer.id("/1"), None, &budget(), 0).await;
        fetched.map(|found| (found.id == peer.id("/1"), String::from_utf8_lossy(&found.body).contains("b.example")))
    };
    for status in [200, 404, 410] {
        assert_eq!(at(status, "Tombstone", "").await, Ok((true, true)), "{status}");
    }
    assert_eq!(at(410, "Note", "").await, Err(FetchError::Gone));
    assert_eq!(at(410, "Tombstone", "https://b.example/1").await, Err(FetchError::Gone));
    assert_eq!(at(200, "Note", "").await, Err(FetchError::Refused { status: 200 }));
    assert_eq!(at(503, "Tombstone", "").await, Err(FetchError::Later { status: 503, retry_after_ms: None }));
}

#[tokio::test]
async fn a_server_that_is_away_is_unreachable() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let id = rules().id(&format!("http://localhost:{}/", closed.local_addr().unwrap().port())).unwrap();
    drop(closed);
    let error = fetch(&id).await.unwrap_err().to_string();
    assert!(error.starts_with("it could not be reached: Connection refused"), "{error}");
}

#[tokio::test]
async fn f10_redirects_and_refetches_draw_from_the_same_budget() {
    let peer = Peer::start(|path, base| match path {
        "/1" => Reply::redirect("/2"),
        "/2" => Reply::activity(&note(&format!("{base}/3"))),
        _ => honest(path, base),
    })
    .await;
    let of = |fetches| Budget::new(Allowance { fetches, ..Allowance::default() }, Cause::Ours);
    let used_up = Spent::Fetches(Full::All).into();
    assert_eq!(client().fetch(&peer.id("/1"), None, &of(2).clone(), 0).await, Err(used_up));
    assert!(client().fetch(&peer.id("/1"), None, &of(3), 0).await.is_ok());
    let bytes = Budget::new(Allowance { bytes: 20, ..Allowance::default() }, Cause::Ours);
    assert_eq!(client().fetch(&peer.id("/4"), None, &bytes, 0).await, Err(Spent::Bytes.into()));
}

#[tokio::test]
async fn a25_what_strangers_cause_is_limited_over_all_their_budgets() {
    let peer = Peer::start(honest).await;
    let limits = Limits::new(Bounds { per_minute: 2, ..Bounds::default() });
    let stranger = || Budget::new(Allowance::default(), Cause::Stranger(limits.clone()));
    for now_ms in [0, 1, 60_000] {
        assert!(client().fetch(&peer.id("/1"), None, &stranger(), now_ms).await.is_ok());
    }
    assert!(client().fetch(&peer.id("/1"), None, &stranger(), 60_001).await.is_ok());
    let refused = client().fetch(&peer.id("/1"), None, &stranger(), 60_002).await;
    assert_eq!(refused, Err(Busy::Minute(Full::All).into()));
    assert_eq!(peer.seen().len(), 4);
}

async fn fetch_key(peer: &Peer, key: &str) -> Result<Fetched, FetchError> {
    client().fetch_key_document(&peer.url(key), None, &budget(), 0).await
}

#[tokio::test]
async fn a_key_is_found_with_its_owner_or_in_a_stub() {
    let peer = Peer::start(|path, base| {
        let key = |id: &str| json!({"id": format!("{base}{id}"), "owner": format!("{base}/u")});
        Reply::activity(&match path {
            "/u/main-key" => json!({"id": format!("{base}/u"), "publicKey": key("/u/main-key")}).to_string(),
            "/many" => json!({"id": format!("{base}/u"), "publicKey": [key("/1"), key("/many#2")]}).to_string(),
            "/other" => json!({"id": format!("{base}/u"), "publicKey": key("/u#main-key")}).to_string(),
            _ => note(&format!("{base}{path}")),
        })
    })
    .await;
    for (key, found) in [("/u#main-key", "/u"), ("/u/main-key", "/u/main-key"), ("/many#2", "/many")] {
        assert_eq!(fetch_key(&peer, key).await.unwrap().id, peer.id(found), "{key}");
    }
    for key in ["/other#main-key", "/many#3"] {
        let url = peer.id(key.split('#').next().unwrap()).to_string();
        assert_eq!(fetch_key(&peer, key).await, Err(FetchError::WrongId { at: url, found: peer.url("/u") }));
    }
}

#[tokio::test]
async fn a20_a_redirect_to_another_server_gives_no_key_of_this_one() {
    let evil = Peer::start(|path, _| {
        let key = path.strip_prefix("/?key=").unwrap();
        Reply::activity(&json!({"id": key, "publicKey": {"id": key}}).to_string())
    })
    .await;
    let target = evil.url("/?key=");
    let peer = Peer::start(move |path, base| Reply::redirect(&format!("{target}{base}{path}"))).await;
    assert!(matches!(fetch_key(&peer, "/key").await, Err(FetchError::WrongId { .. })));
}

#[tokio::test]
async fn a21_what_is_no_address_is_never_asked_for_a_key() {
    for key in
        ["acct:bob@h.example", "http://127.0.0.1/key", "data:,x", &format!("https://a.example/{}", "x".repeat(3_000))]
    {
        let refused = client().fetch_key_document(key, None, &budget(), 0).await;
        assert!(matches!(refused, Err(FetchError::BadId(_))), "{key}");
    }
}

async fn send(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Result<Answer, SendError> {
    let peer = Peer::start(move |_, _| reply()).await;
    client().post(&peer.id("/inbox"), Bytes::from_static(b"{}"), &Stub, 0).await
}

#[tokio::test]
async fn an_activity_is_sent_once_signed_with_its_body() {
    let peer = Peer::start(|_, _| Reply::new(202, "", "ok")).await;
    let answer = client().post(&peer.id("/inbox"), Bytes::from_static(b"{\"a\":1}"), &Stub, 5).await;
    assert_eq!(answer, Ok(Answer { status: 202, retry_after_ms: None }));
    let [request] = &peer.seen()[..] else { panic!("{:?}", peer.seen()) };
    assert!(request.starts_with("POST /inbox HTTP/1.1\r\n"));
    assert!(request.contains("\r\ncontent-type: application/activity+json\r\n"));
    assert!(request.contains(&format!("signature: POST {} 7 5\r\n", peer.url("/inbox"))));
    assert!(request.contains(&format!("host: {}\r\n", peer.host())));
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"));
}

#[tokio::test]
async fn h11_answers_of_inboxes_are_obeyed_and_not_read() {
    for (status, headers, retry_after_ms) in [
        (401, "", None),
        (410, "", None),
        (429, "Retry-After: 30\r\n", Some(30_000)),
        (503, "Retry-After: Thu, 01 Jan 1970 01:00:00 GMT\r\n", Some(3_600_000)),
    ] {
        assert_eq!(send(move || Reply::new(status, headers, "")).await, Ok(Answer { status, retry_after_ms }));
    }
    let endless = send(|| Reply::Endless(b"HTTP/1.1 200 X\r\n\r\n".to_vec())).await;
    assert_eq!(endless, Ok(Answer { status: 200, retry_after_ms: None }));
}

#[tokio::test]
async fn h11_an_inbox_that_hangs_is_left() {
    let silent = Peer::start(|_, _| Reply::Hang(Vec::new())).await;
    let refused = impatient().post(&silent.id("/inbox"), Bytes::new(), &Stub, 0).await;
    assert_eq!(refused, Err(NoAnswer::Timeout.into()));
    let half = Peer::start(|_, _| Reply::Hang(b"HTTP/1.1 202 X\r\nContent-Length: 9\r\n\r\n".to_vec())).await;
    let answer = impatient().post(&half.id("/inbox"), Bytes::new(), &Stub, 0).await;
    assert_eq!(answer, Ok(Answer { status: 202, retry_after_ms: None }));
}

#[tokio::test]
async fn h10_an_inbox_that_redirects_is_not_followed() {
    let peer = Peer::start(|_, _| Reply::redirect("/elsewhere")).await;
    let answer = client().post(&peer.id("/inbox"), Bytes::new(), &Stub, 0).await;
    assert_eq!(answer, Ok(Answer { status: 302, retry_after_ms: None }));
    assert_eq!(peer.seen().len(), 1);
}

/// An authority, and a server for `name` that it vouches for until the year `until`.
fn authority(name: &str, until: i32) -> (String, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let mut leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    leaf.not_after = date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = leaf.signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    (pem, TlsAcceptor::from(Arc::new(config)))
}

fn trusting(pem: String) -> Client {
    Client::new(Setup { extra_ca_pem: Some(pem.into_bytes()), ..setup(rules()) }).unwrap()
}

#[tokio::test]
async fn an_additional_authority_is_believed() {
    let (pem, tls) = authority("localhost", 4000);
    let peer = Peer::secure(tls, r#"{"id":"ID"}"#).await;
    let fetched = trusting(pem).fetch(&peer.id("/1"), Some(&Stub), &budget(), 0).await;
    assert_eq!(fetched.unwrap().id, peer.id("/1"));
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_told_with_its_fault() {
    for (name, until, fault) in [("localhost", 2020, "expired"), ("other.example", 4000, "not valid for name")] {
        let (pem, tls) = authority(name, until);
        let peer = Peer::secure(tls, "{}").await;
        let error = trusting(pem).fetch(&peer.id("/1"), None, &budget(), 0).await.unwrap_err();
        assert!(matches!(error, FetchError::NoAnswer(NoAnswer::Certificate { .. })), "{error:?}");
        assert!(error.to_string().contains(fault), "{error}");
    }
    let (_, tls) = authority("localhost", 4000);
    let peer = Peer::secure(tls, "{}").await;
    let error = fetch(&peer.id("/1")).await.unwrap_err().to_string();
    assert!(error.starts_with("its certificate is not accepted: "), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_unreachable_by_https() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let id = rules().id(&format!("https://localhost:{}/", listener.local_addr().unwrap().port())).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 X\r\n\r\n").await.unwrap();
    });
    let refused = fetch(&id).await;
    assert!(matches!(refused, Err(FetchError::NoAnswer(NoAnswer::Unreachable { .. }))), "{refused:?}");
}

#[test]
fn certificates_that_cannot_be_read_are_not_passed_over() {
    for pem in ["", "none", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
        let refused = Client::new(Setup { extra_ca_pem: Some(pem.as_bytes().to_vec()), ..setup(rules()) });
        assert!(matches!(refused, Err(BadSetup::NoCertificate)), "{pem}");
    }
    let refused = Client::new(Setup { user_agent: "a\nb".to_owned(), ..setup(rules()) });
    assert!(matches!(refused, Err(BadSetup::Client(_))));
}

#[tokio::test]
async fn f08_a_list_needs_no_id_but_must_be_where_it_was_asked_for() {
    let other = Peer::start(|_, _| Reply::activity(r#"{"type":"CollectionPage","items":[]}"#)).await;
    let away = other.url("/page");
    let peer = Peer::start(move |path, base| match path {
        "/moved" => Reply::redirect("/page"),
        "/away" => Reply::redirect(&away),
        "/page" => Reply::activity(r#"{"type":"CollectionPage","items":[]}"#),
        _ => Reply::activity(&note(&format!("{base}/another"))),
    })
    .await;
    let list = async |path: &str| client().fetch_list(&peer.id(path), None, &budget(), 0).await;
    assert_eq!(list("/page").await.unwrap().id, peer.id("/page"));
    assert_eq!(list("/moved").await.unwrap().id, peer.id("/page"));
    assert_eq!(list("/other").await.unwrap().id, peer.id("/other"));
    let wrong = FetchError::WrongId { at: peer.url("/away"), found: other.url("/page") };
    assert_eq!(list("/away").await, Err(wrong));
}

async fn call(client: &Client, to: &Id, limit: usize) -> Result<Called, CallError> {
    let letter = (HeaderMap::new(), Bytes::from_static(b"{}"));
    client.call(to, letter, limit, Duration::from_millis(500), 0).await
}

#[tokio::test]
async fn a_program_that_is_called_is_read_as_far_as_it_may_be() {
    const JSON: &str = "Content-Type: application/json\r\n";
    let peer = Peer::start(|path, base| match path {
        "/moved" => Reply::redirect(&format!("{base}/json")),
        "/text" => Reply::new(200, "Content-Type: text/plain\r\n", "{}"),
        "/zipped" => Reply::new(200, &format!("{JSON}Content-Encoding: gzip\r\n"), "{}"),
        "/later" => Reply::new(503, "Retry-After: 7\r\n", ""),
        "/endless" => Reply::Endless(format!("HTTP/1.1 200 X\r\n{JSON}\r\n").into_bytes()),
        "/hang" => Reply::Hang(format!("HTTP/1.1 200 X\r\n{JSON}Content-Length: 2\r\n\r\n").into_bytes()),
        _ => Reply::new(200, JSON, "{\"a\":1}"),
    })
    .await;
    let (client, answer) = (client(), |status, json: Option<&'static str>| {
        Ok(Called { status, retry_after_ms: None, json: json.map(|json| Bytes::from_static(json.as_bytes())) })
    });
    assert_eq!(call(&client, &peer.id("/json"), 100).await, answer(200, Some("{\"a\":1}")));
    // Where it leads is not looked at: what is sealed for one is not for another.
    assert_eq!(call(&client, &peer.id("/moved"), 100).await, answer(302, None));
    assert_eq!(call(&client, &peer.id("/text"), 100).await, answer(200, None));
    assert_eq!(call(&client, &peer.id("/zipped"), 100).await, answer(200, None));
    assert_eq!(
        call(&client, &peer.id("/later"), 100).await,
        Ok(Called { status: 503, retry_after_ms: Some(7_000), json: None })
    );
    assert_eq!(call(&client, &peer.id("/endless"), 100).await, Err(CallError::TooLarge(100)));
    assert_eq!(call(&client, &peer.id("/endless"), 0).await, answer(200, None));
    assert_eq!(call(&client, &peer.id("/hang"), 100).await, Err(NoAnswer::Timeout.into()));
    assert_eq!(call(&client, &peer.id("/hang"), 0).await, answer(200, None));
    assert!(peer.seen().iter().all(|request| request.starts_with("POST ") && request.ends_with("\r\n\r\n{}")));
    assert_eq!(peer.seen().len(), 9);
}

#[tokio::test]
async fn a_program_on_a_private_address_is_not_called() {
    let peer = Peer::start(honest).await;
    let public = Rules::new("https://ours.example", Vec::new()).unwrap();
    let client = Client::new(setup(public.clone())).unwrap();
    for address in [peer.url("/").replace("http://", "https://"), "https://localhost/".to_owned()] {
        let called = call(&client, &public.callable(&address).unwrap(), 100).await;
        assert_eq!(called, Err(NoAnswer::from(NoPublicAddress("localhost".to_owned())).into()));
    }
    assert!(peer.seen().is_empty());
}
