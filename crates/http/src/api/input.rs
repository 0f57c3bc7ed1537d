//! What a request says: path, query, body, and the key by which it may be sent twice. Everything that cannot be understood is
//! refused here, as a problem with its remedy. Not here: who asks (`gate`), what is allowed (`actions`).

use actions::Once;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::body::Unread;
use crate::door::App;
use crate::problem::{Form, Problem};

/// Longest `Idempotency-Key`, in bytes.
const MAX_KEY: usize = 200;

/// Parameters in the path.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let decoded = percent_encoding::percent_decode_str(parts.uri.path());
        if decoded.into_iter().any(|byte| byte.is_ascii_control()) {
            return Err(bad_path("it contains a control character"));
        }
        let axum::extract::Path(value) = axum::extract::Path::from_request_parts(parts, app)
            .await
            .map_err(|refused: axum::extract::rejection::PathRejection| bad_path(&refused.body_text()))?;
        Ok(Self(value))
    }
}

fn bad_path(reason: &str) -> Problem {
    let words = format!("This address cannot be understood: {reason}. Take it from an answer of this API as it is.");
    Problem::request(StatusCode::BAD_REQUEST, "bad-path", words, Form::Json)
}

/// Parameters after the `?`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        for (name, value) in url::form_urlencoded::parse(query) {
            if name.chars().chain(value.chars()).any(char::is_control) {
                return Err(bad_query("a parameter contains a control character"));
            }
        }
        let axum::extract::Query(value) = axum::extract::Query::try_from_uri(&parts.uri)
            .map_err(|refused| bad_query(reason(&refused.body_text())))?;
        Ok(Self(value))
    }
}

/// What is wrong with the query, without the words that every such refusal begins with.
fn reason(text: &str) -> &str {
    text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text)
}

/// A query that cannot be taken.
pub fn bad_query(reason: &str) -> Problem {
    let words = format!("The query cannot be understood: {reason}. The parameters are described at /api.");
    Problem::request(StatusCode::BAD_REQUEST, "bad-query", words, Form::Json)
}

/// How many entries a page holds: what was asked for, if it is possible.
///
/// # Errors
/// The problem that says what is possible.
pub fn limit(asked: Option<u32>, default: u32, max: u32) -> Result<usize, Problem> {
    match asked.unwrap_or(default) {
        limit if (1..=max).contains(&limit) => Ok(limit as usize),
        limit => Err(bad_query(&format!("limit is {limit}, but must be between 1 and {max}"))),
    }
}

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        check_type(request.headers())?;
        let bytes = body(request, app.settings.body_bytes).await?;
        Ok(Self(parse(&bytes)?))
    }
}

/// A JSON body of a request that may carry an `Idempotency-Key`.
pub struct Repeatable<T> {
    /// The body.
    pub body: T,
    /// The key with the request's fingerprint.
    pub once: Option<Once>,
}

impl<T: DeserializeOwned> FromRequest<App> for Repeatable<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        check_type(request.headers())?;
        let key = key(request.headers())?;
        let line = key.is_some().then(|| format!("{} {}\n", request.method(), request.uri().path()));
        let bytes = body(request, app.settings.body_bytes).await?;
        let once = key.zip(line).map(|(key, line)| {
            let fingerprint = Sha256::new().chain_update(line).chain_update(&bytes).finalize().into();
            Once { key, fingerprint }
        });
        Ok(Self { body: parse(&bytes)?, once })
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all("idempotency-key").iter();
    let Some(key) = given.next() else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| (1..=MAX_KEY).contains(&key.len()));
    let key = key.filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()));
    match (key, given.next()) {
        (Some(key), None) => Ok(Some(key.to_owned())),
        _ => {
            let words = format!(
                "The Idempotency-Key cannot be taken. Send one of 1 to {MAX_KEY} visible ASCII characters, a UUID for instance."
            );
            Err(Problem::request(StatusCode::BAD_REQUEST, "bad-idempotency-key", words, Form::Json))
        }
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json");
    let words = match headers.contains_key(header::CONTENT_ENCODING) {
        false if is_json => return Ok(()),
        false => "The body has to be JSON. Send it with the header “Content-Type: application/json”.",
        true => "The body cannot be unpacked here. Send it as it is, without the header “Content-Encoding”.",
    };
    Err(Problem::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", words, Form::Json))
}

/// The whole body, unless it is larger than `max` bytes.
async fn body(request: Request, max: usize) -> Result<Bytes, Problem> {
    let (parts, body) = request.into_parts();
    let announced =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > max) && parts.headers.contains_key(header::EXPECT) {
        return Err(too_large(max));
    }
    crate::body::read(body, max).await.map_err(|unread| match unread {
        Unread::TooLarge => too_large(max),
        Unread::CutOff => cut_off(),
    })
}

fn too_large(max: usize) -> Problem {
    let words = format!("The body is too large: it may have at most {max} bytes. Shorten it, or send it in parts.");
    Problem::request(StatusCode::PAYLOAD_TOO_LARGE, "too-large", words, Form::Json)
}

fn cut_off() -> Problem {
    let words = "The body ended before it was complete. Send the request again.";
    Problem::request(StatusCode::BAD_REQUEST, "cut-off", words, Form::Json)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let object = bytes.trim_ascii_start().first() == Some(&b'{');
    // A list would do for an object otherwise, its entries taken for fields in their order.
    let parsed = if object {
        serde_json::from_slice(bytes)
    } else {
        let other = serde_json::from_slice::<serde::de::IgnoredAny>(bytes);
        other.and_then(|_| Err(serde::de::Error::custom("it has to be an object")))
    };
    parsed.map_err(|error| {
        let (status, code, what) = match error.classify() {
            serde_json::error::Category::Data => {
                (StatusCode::UNPROCESSABLE_ENTITY, "bad-body", "The body does not fit")
            }
            _ => (StatusCode::BAD_REQUEST, "malformed-json", "The body is not JSON"),
        };
        let words = format!("{what}: {error}. The bodies are described at /api.");
        Problem::request(status, code, words, Form::Json)
    })
}
