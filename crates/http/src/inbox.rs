//! The inboxes, which are one: what other servers post. Nobody logs in here; a signature says who speaks, and `actions::elsewhere`
//! decides what is taken.

use actions::elsewhere::receive::{self, NotTaken, Received};
use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse as _, Response};
use federation::media_type::is_activity;
use federation::signature::Incoming;
use federation::wire::parse::MAX_BYTES;

use crate::body::{self, Unread};
use crate::door::App;
use crate::gate;
use crate::problem::{Form, Problem};
use crate::routes::post;

/// Seconds after which it is worth trying again what could not be taken at the moment.
const LATER: u64 = 60;

/// The routes of all inboxes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/inbox", post(take))
        .route("/actor/inbox", post(take))
        .route("/u/{name}/inbox", post(take))
        .route("/b/{board}/inbox", post(take))
        .route("/t/{thread}/inbox", post(take))
}

async fn take(State(app): State<App>, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let address = gate::address_of(&app, &parts.extensions, &parts.headers);
    if let Err(throttled) = app.throttle.hear(address) {
        return Problem::new(throttled.into(), Form::Json).into_response();
    }
    if let Some(problem) = unreadable(&parts) {
        return problem.into_response();
    }
    let read = tokio::time::timeout(app.settings.request_timeout, body::read(body, MAX_BYTES)).await;
    let body = match read.unwrap_or(Err(Unread::CutOff)) {
        Ok(body) => body,
        Err(Unread::TooLarge) => return too_large().into_response(),
        Err(Unread::CutOff) => {
            return wrong(StatusCode::BAD_REQUEST, "cut-off", "The body ended before its end.").into_response();
        }
    };
    let headers = with_host(&parts.headers, &uri);
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let incoming = Incoming { method: parts.method.as_str(), target, headers: &headers, body: &body };
    let taken = receive::receive(&app.ctx, &incoming).await;
    metrics::counter!("rejoinder_inbox_total", "outcome" => outcome(&taken)).increment(1);
    match taken {
        Ok(_) => StatusCode::ACCEPTED.into_response(),
        Err(refused) => {
            if !matches!(refused, NotTaken::Ours(_) | NotTaken::Full) {
                app.throttle.refused(address);
            }
            answer(refused).into_response()
        }
    }
}

/// As it is counted.
fn outcome(taken: &Result<Received, NotTaken>) -> &'static str {
    match taken {
        Ok(Received::Stored) => "stored",
        Ok(Received::Known) => "known",
        Ok(Received::Ignored) => "ignored",
        Err(NotTaken::Malformed(_)) => "malformed",
        Err(NotTaken::Unsigned(_) | NotTaken::OtherKey(_) | NotTaken::BadKey(_)) => "unsigned",
        Err(NotTaken::Unknown(_)) => "unknown_actor",
        Err(NotTaken::Barred) => "barred",
        Err(NotTaken::Full) => "full",
        Err(NotTaken::Ours(_)) => "failed",
    }
}

/// What is refused by its head alone.
fn unreadable(parts: &Parts) -> Option<Problem> {
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_activity(text(header::CONTENT_TYPE)) {
        let words = "Send application/activity+json, or application/ld+json with the profile of ActivityStreams.";
        return Some(wrong(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-an-activity", words));
    }
    if parts.headers.contains_key(header::CONTENT_ENCODING) {
        let words = "Send the body as it was signed, without a Content-Encoding.";
        return Some(wrong(StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoded", words));
    }
    let length = text(header::CONTENT_LENGTH).parse::<usize>().unwrap_or(0);
    (length > MAX_BYTES).then(too_large)
}

fn too_large() -> Problem {
    let words = format!("An activity has at most {MAX_BYTES} bytes.");
    wrong(StatusCode::PAYLOAD_TOO_LARGE, "too-large", words)
}

fn wrong(status: StatusCode, code: &'static str, words: impl Into<String>) -> Problem {
    Problem::request(status, code, words, Form::Json)
}

/// The headers; on HTTP/2 the host stands elsewhere.
pub fn with_host(headers: &HeaderMap, uri: &axum::http::Uri) -> HeaderMap {
    let mut headers = headers.clone();
    let authority = uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let (false, Some(authority)) = (headers.contains_key(header::HOST), authority) {
        headers.insert(header::HOST, authority);
    }
    headers
}

/// What is wrong for good is 4xx; what is our fault, or may pass, is such that the other server tries again.
pub fn answer(refused: NotTaken) -> Problem {
    let words = refused.to_string();
    tracing::debug!(reason = words, "a request of another server was not taken");
    match refused {
        NotTaken::Malformed(_) => wrong(StatusCode::BAD_REQUEST, "malformed", words),
        NotTaken::Unsigned(_) | NotTaken::OtherKey(_) | NotTaken::BadKey(_) => {
            wrong(StatusCode::UNAUTHORIZED, "signature", words)
        }
        NotTaken::Unknown(receive::Unknown::Fetch(error)) if error.may_pass() => {
            let mut problem = wrong(StatusCode::SERVICE_UNAVAILABLE, "unknown-actor", words);
            problem.retry_after = Some(LATER);
            problem
        }
        NotTaken::Barred => wrong(StatusCode::FORBIDDEN, "not-spoken-to", words),
        NotTaken::Full => {
            let mut problem = wrong(StatusCode::SERVICE_UNAVAILABLE, "busy", words);
            problem.retry_after = Some(LATER);
            problem
        }
        NotTaken::Unknown(_) => wrong(StatusCode::UNAUTHORIZED, "unknown-actor", words),
        NotTaken::Ours(error) => Problem::new(error, Form::Json),
    }
}
