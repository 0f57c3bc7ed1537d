//! What `rejoinder doctor` finds out by asking our own address: here through a proxy that is set up well, or not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actions::Clock as _;
use actions::hosting::checkup::{Finding, Level, clocks, from_outside, queues};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use domain::Time;
use storage::Write;
use storage::peers::{self, Failure};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::world::{Wishes, World};

/// What a proxy does beyond what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    Host,
    Decodes,
    Strips,
    NoWebFinger,
    OtherWebFinger,
    NoNodeInfo,
    Redirects,
    Away,
}

/// An instance behind a proxy that listens where the public address leads.
struct Behind {
    world: World,
    fault: Arc<Mutex<Fault>>,
}

impl Behind {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let world = World::with(Wishes { url, ..Wishes::default() }).await;
        let fault = Arc::new(Mutex::new(Fault::None));
        let (inner, hands, switch) = (world.router(), world.hands.clone(), Arc::clone(&fault));
        // The proxy's clock is right: it is that of the world in the beginning.
        let right = hands.now();
        let proxy = move |request: Request| {
            let fault = *switch.lock().unwrap();
            pass(inner.clone(), fault, request, right)
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(proxy)).await });
        Self { world, fault }
    }

    async fn with(&self, fault: Fault) -> HashMap<&'static str, Finding> {
        *self.fault.lock().unwrap() = fault;
        let found = from_outside(&self.world.app.ctx).await.unwrap();
        found.into_iter().map(|finding| (finding.check, finding)).collect()
    }
}

async fn pass(inner: Router, fault: Fault, mut request: Request, right: Time) -> Response {
    let path = request.uri().path().to_owned();
    // What this router has noted of the request is nothing that another process would see.
    request.extensions_mut().clear();
    let answer = match fault {
        Fault::Away => return StatusCode::BAD_GATEWAY.into_response(),
        Fault::Redirects => return (StatusCode::FOUND, [(header::LOCATION, "https://www.example/")]).into_response(),
        Fault::NoWebFinger if path.ends_with("/webfinger") => std::future::pending().await,
        Fault::OtherWebFinger if path.ends_with("/webfinger") => {
            let jrd = r#"{"subject":"acct:admin@localhost","links":[]}"#;
            Some(([(header::CONTENT_TYPE, "application/jrd+json")], jrd).into_response())
        }
        Fault::NoNodeInfo if path.starts_with("/.well-known/nodeinfo") => Some(StatusCode::NOT_FOUND.into_response()),
        Fault::Host => {
            request.headers_mut().insert(header::HOST, HeaderValue::from_static("127.0.0.1:8536"));
            None
        }
        Fault::Decodes => {
            let uri: Uri = request.uri().to_string().replace("%2F", "/").parse().unwrap();
            *request.uri_mut() = uri;
            None
        }
        Fault::Strips => {
            request.headers_mut().remove("signature");
            request.headers_mut().remove("digest");
            None
        }
        _ => None,
    };
    let mut answer = match answer {
        Some(answer) => answer,
        None => inner.oneshot(request.map(Body::new)).await.unwrap(),
    };
    let date = date_header(right);
    answer.headers_mut().insert(header::DATE, HeaderValue::try_from(date).unwrap());
    answer
}

/// As a `Date` header has it.
fn date_header(time: Time) -> String {
    jiff::Timestamp::from_millisecond(time.0).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn faults(found: &HashMap<&'static str, Finding>) -> Vec<(&'static str, Level)> {
    let mut faults: Vec<_> =
        found.values().filter(|one| one.level != Level::Good).map(|one| (one.check, one.level)).collect();
    faults.sort_unstable();
    for fault in found.values().filter(|one| one.level != Level::Good) {
        assert!(!fault.remedy.is_empty(), "no remedy: {fault:?}");
    }
    faults
}

#[tokio::test]
async fn behind_a_good_proxy_everything_is_well() {
    let behind = Behind::new().await;
    let found = behind.with(Fault::None).await;
    assert_eq!(faults(&found), [], "{found:#?}");
    let mut checks: Vec<_> = found.keys().copied().collect();
    checks.sort_unstable();
    assert_eq!(checks, ["clock", "host", "nodeinfo", "path", "reach", "signature", "webfinger"]);
}

#[tokio::test]
async fn i10_what_a_proxy_changes_is_found_out() {
    let behind = Behind::new().await;
    let found = behind.with(Fault::Host).await;
    assert_eq!(faults(&found), [("host", Level::Error)]);
    assert!(found["host"].says.contains("127.0.0.1:8536") && found["host"].remedy.contains("proxy_set_header Host"));
    assert_eq!(faults(&behind.with(Fault::Decodes).await), [("path", Level::Error)]);
    let found = behind.with(Fault::Strips).await;
    assert_eq!(faults(&found), [("signature", Level::Error)]);
    assert!(found["signature"].says.ends_with("digest, signature"), "{}", found["signature"].says);
}

#[tokio::test]
async fn i9_a_clock_that_is_off_is_found_out() {
    let behind = Behind::new().await;
    behind.world.hands.forward(2 * 3_600_000);
    let found = behind.with(Fault::None).await;
    assert_eq!(faults(&found), [("clock", Level::Error)]);
    assert!(found["clock"].says.starts_with("our clock is 2 hours ahead"), "{}", found["clock"].says);
}

#[tokio::test]
async fn names_that_lead_nowhere_are_found_out() {
    let behind = Behind::new().await;
    assert_eq!(faults(&behind.with(Fault::OtherWebFinger).await), [("webfinger", Level::Error)]);
    assert_eq!(faults(&behind.with(Fault::NoNodeInfo).await), [("nodeinfo", Level::Error)]);
    let found = behind.with(Fault::NoWebFinger).await;
    assert_eq!(faults(&found), [("webfinger", Level::Error)]);
    assert!(found["webfinger"].says.contains("did not answer in time"), "{}", found["webfinger"].says);
}

#[tokio::test]
async fn an_address_that_leads_elsewhere_is_asked_nothing_more() {
    let behind = Behind::new().await;
    let found = behind.with(Fault::Redirects).await;
    assert_eq!((found.len(), faults(&found)), (1, vec![("reach", Level::Error)]));
    assert!(found["reach"].says.contains("redirects to https://www.example/"), "{}", found["reach"].says);
    let found = behind.with(Fault::Away).await;
    assert_eq!((found.len(), faults(&found)), (1, vec![("reach", Level::Error)]));
    assert!(found["reach"].says.contains("502"), "{}", found["reach"].says);
}

#[tokio::test]
async fn an_address_where_nobody_listens_or_that_is_private_is_said_to_be_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    drop(listener);
    let world = World::with(Wishes { url, ..Wishes::default() }).await;
    let found = from_outside(&world.app.ctx).await.unwrap();
    assert_eq!(found.iter().map(|one| (one.check, one.level)).collect::<Vec<_>>(), [("reach", Level::Error)]);
    assert!(found[0].says.contains("could not be reached"), "{}", found[0].says);
}

#[tokio::test]
async fn other_servers_clocks_are_asked() {
    let behind = Behind::new().await;
    let peer = crate::peer::Peer::new().await;
    let host = peer.base.trim_start_matches("http://").to_owned();
    // The peer's clock is the machine's, and the world's is far from it.
    let found = clocks(&behind.world.app.ctx, &[host, "localhost:1".to_owned()]).await.unwrap();
    let levels: Vec<_> = found.iter().map(|one| (one.check, one.level)).collect();
    assert_eq!(levels, [("clock", Level::Error), ("clock", Level::Warning)]);
}

#[tokio::test]
async fn what_waits_and_who_fails_is_named() {
    let world = World::new().await;
    let found = queues(&world.app.ctx).await.unwrap();
    assert!(found.iter().all(|one| one.level == Level::Good), "{found:#?}");
    let (ctx, now) = (world.app.ctx.clone(), world.hands.now());
    let fail = move |tx: &mut Write| -> storage::Result<()> {
        peers::know(tx, "away.example")?;
        let error = "it did not answer in time";
        peers::failed(
            tx,
            "away.example",
            &Failure { since: now, failures: 3, next: now, soonest: now, state: peers::State::Open, error },
        )
    };
    ctx.db().write(fail).await.unwrap();
    let found = queues(&ctx).await.unwrap();
    let fails: Vec<_> = found.iter().filter(|one| one.level == Level::Warning).collect();
    assert_eq!(fails.len(), 1);
    assert!(fails[0].says.contains("1 of 1 other servers fail: away.example (it did not answer in time)"), "{fails:?}");
}
