//! Answers: JSON with its status, its tag, and who may keep it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::cache::matches_etag;
use crate::problem::{Form, Problem};

/// How every handler of the API ends.
pub type Answer = Result<Response, Problem>;

/// For whom an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The same for everybody: caches may keep it and ask each time whether it still holds.
    Everybody,
    /// The same for everybody, and not worth asking for more than once a minute.
    Anybody,
    /// With something of the caller's in it: only the caller's own cache may keep it.
    Caller,
    /// The caller's alone: nobody keeps it.
    Nobody,
}

impl Audience {
    fn control(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Everybody => "no-cache",
            Self::Anybody => "public, max-age=60",
            Self::Caller => "private, no-cache",
            Self::Nobody => "private, no-store",
        })
    }

    fn vary(self) -> HeaderValue {
        HeaderValue::from_static(if self == Self::Anybody { "Accept" } else { "Authorization, Cookie" })
    }
}

/// The media type of answers.
const JSON: &str = "application/json";

/// JSON with a status, for nobody to keep: what came of a request that changed something.
///
/// # Errors
/// A failure, if the body cannot be written.
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Answer {
    Ok(response(status, Audience::Nobody, JSON, encode(body)?))
}

/// 201 with the address of what was made.
///
/// # Errors
/// A failure, if the body cannot be written.
pub fn created<T: Serialize>(location: &str, body: &T) -> Answer {
    let mut answer = json(StatusCode::CREATED, body)?;
    if let Ok(location) = HeaderValue::try_from(location) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    Ok(answer)
}

/// 204.
#[must_use]
pub fn done() -> Response {
    let control = [(header::CACHE_CONTROL, Audience::Nobody.control())];
    (StatusCode::NO_CONTENT, control).into_response()
}

/// 200 with a tag made of the body, or 304 when the client has it.
///
/// # Errors
/// A failure, if the body cannot be written.
pub fn fresh<T: Serialize>(headers: &HeaderMap, audience: Audience, body: &T) -> Answer {
    Ok(fresh_bytes(headers, audience, encode(body)?))
}

/// The same with a body that is written already.
#[must_use]
pub fn fresh_bytes(headers: &HeaderMap, audience: Audience, body: Vec<u8>) -> Response {
    let tag = Tag::of([body.as_slice()]);
    unchanged(headers, audience, &tag).unwrap_or_else(|| whole(audience, &tag, JSON, body))
}

/// A weak tag: the answer means the same as long as it is the same.
#[derive(Clone, Debug)]
pub struct Tag(HeaderValue);

impl Tag {
    /// A tag for what these parts say; they must be so that two different answers never have the same.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let digest = parts
            .into_iter()
            .fold(Sha256::new(), |hash, part| hash.chain_update(part.len().to_le_bytes()).chain_update(part));
        let mut tag = String::from("W/\"");
        for byte in digest.finalize().iter().take(12) {
            tag.push_str(&format!("{byte:02x}"));
        }
        tag.push('"');
        Self(HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("W/\"\"")))
    }

    /// As it stands in the header.
    #[must_use]
    pub fn value(&self) -> &HeaderValue {
        &self.0
    }

    fn write(&self, headers: &mut HeaderMap) {
        headers.insert(header::ETAG, self.0.clone());
    }
}

/// 304 when the client has what this tag names.
#[must_use]
pub fn unchanged(headers: &HeaderMap, audience: Audience, tag: &Tag) -> Option<Response> {
    matches_etag(headers, &tag.0).then(|| {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        keep(answer.headers_mut(), audience);
        tag.write(answer.headers_mut());
        answer
    })
}

/// 200 with a tag that is known already.
///
/// # Errors
/// A failure, if the body cannot be written.
pub fn with_tag<T: Serialize>(audience: Audience, tag: &Tag, body: &T) -> Answer {
    Ok(whole(audience, tag, JSON, encode(body)?))
}

/// 200 with a body of any type that is written already.
#[must_use]
pub fn whole(audience: Audience, tag: &Tag, kind: &'static str, body: impl Into<Bytes>) -> Response {
    let mut answer = response(StatusCode::OK, audience, kind, body);
    tag.write(answer.headers_mut());
    answer
}

/// Any status, with a body of any type that is written already.
pub fn response(status: StatusCode, audience: Audience, kind: &'static str, body: impl Into<Bytes>) -> Response {
    let mut answer = Response::new(Body::from(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    keep(answer.headers_mut(), audience);
    answer
}

fn keep(headers: &mut HeaderMap, audience: Audience) {
    headers.insert(header::CACHE_CONTROL, audience.control());
    headers.insert(header::VARY, audience.vary());
}

/// A body as JSON.
///
/// # Errors
/// A failure, if it cannot be written.
pub fn encode<T: Serialize>(body: &T) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(body).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "answered 500: an answer could not be written");
        let words = "Something went wrong on our side. It has been noted for those who run this server.";
        Problem::request(StatusCode::INTERNAL_SERVER_ERROR, "internal", words, Form::Json)
    })
}
