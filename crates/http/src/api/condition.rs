//! Requests that change something only if it is still as their sender has read it: `If-Match` (RFC 9110 §13.1.1).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::cache::names_etag;
use crate::problem::{Form, Problem};

/// Whether a request is to count for a certain state only.
#[must_use]
pub fn is_conditional(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_MATCH)
}

/// 412, where a request is to count for another state than the one of this tag. Tags are compared without their mark of weakness, for ours
/// are weak: a body means the same however it is compressed.
#[must_use]
pub fn overtaken(headers: &HeaderMap, now: &HeaderValue) -> Option<Response> {
    let holds = !is_conditional(headers) || names_etag(headers, &header::IF_MATCH, now);
    (!holds).then(|| stale(now))
}

/// 412, with the tag of what is there now.
#[must_use]
pub fn stale(now: &HeaderValue) -> Response {
    let words =
        "It was changed since you read it. Read it again, and make your change of what is there now; ETag names it.";
    let mut answer = Problem::request(StatusCode::PRECONDITION_FAILED, "stale", words, Form::Json).into_response();
    answer.headers_mut().insert(header::ETAG, now.clone());
    answer
}
