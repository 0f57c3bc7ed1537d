//! Reading answers: the status, when to ask again, and no more of the body than is wanted.

use std::time::UNIX_EPOCH;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use http::{HeaderName, StatusCode};
use reqwest::Response;

use crate::budget::Budget;
use crate::client::FetchError;
use crate::client::error::excerpt;

/// Nobody is obeyed longer than a day.
const MAX_WAIT_MS: i64 = 24 * 60 * 60 * 1_000;

/// How long the answer asks to wait, in milliseconds from now: given in seconds or as a date (RFC 9110, 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now_ms: i64) -> Option<i64> {
    let text = single(headers, &RETRY_AFTER)?.trim();
    let wait_ms = match text.parse::<u32>() {
        Ok(seconds) => i64::from(seconds) * 1_000,
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
            i64::try_from(date.as_millis()).ok()?.saturating_sub(now_ms)
        }
    };
    Some(wait_ms.clamp(0, MAX_WAIT_MS))
}

/// What a status means that is neither success nor a redirect.
pub(super) fn refusal(status: StatusCode, headers: &HeaderMap, now_ms: i64) -> FetchError {
    match status {
        StatusCode::NOT_FOUND => FetchError::NotFound,
        StatusCode::GONE => FetchError::Gone,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => later(status, headers, now_ms),
        _ if status.is_server_error() => later(status, headers, now_ms),
        _ => FetchError::Refused { status: status.as_u16() },
    }
}

fn later(status: StatusCode, headers: &HeaderMap, now_ms: i64) -> FetchError {
    FetchError::Later { status: status.as_u16(), retry_after_ms: retry_after(headers, now_ms) }
}

/// Refuses what says of itself that it is not what was asked for.
pub(super) fn check_type(headers: &HeaderMap, due: &'static str, takes: fn(&str) -> bool) -> Result<(), FetchError> {
    let content_type = single(headers, &CONTENT_TYPE).unwrap_or_default();
    if !takes(content_type) {
        return Err(FetchError::WrongType { content_type: excerpt(content_type), due });
    }
    match headers.get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(FetchError::Compressed),
        _ => Ok(()),
    }
}

/// A header that is there once. Of two, each reader may take another.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Reads a body, as long as it may be, and no further.
pub(super) async fn read(mut response: Response, limit: usize, budget: &Budget) -> Result<Bytes, FetchError> {
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(FetchError::TooLarge { limit });
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        budget.take_bytes(chunk.len())?;
        if body.len() + chunk.len() > limit {
            return Err(FetchError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Reads the rest of a short answer, so that its connection can be used again; a long one costs its sender the connection.
pub(super) async fn drain(mut response: Response, limit: usize) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > limit {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(value: &str) -> Option<i64> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
        // Sunday, 6 November 1994, 08:49:37.
        retry_after(&headers, 784_111_777_000)
    }

    #[test]
    fn h11_retry_after_is_read_in_both_forms_and_bounded() {
        assert_eq!(after("120"), Some(120_000));
        assert_eq!(after(" 0 "), Some(0));
        assert_eq!(after("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60_000));
        assert_eq!(after("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(after("Sat, 06 Nov 2094 08:49:37 GMT"), Some(MAX_WAIT_MS));
        assert_eq!(after("4000000000"), Some(MAX_WAIT_MS));
        for nonsense in ["", "soon", "-5", "1.5", "99999999999999999999"] {
            assert_eq!(after(nonsense), None, "{nonsense}");
        }
    }
}
