//! Calling programs that the host named: what is said to them is JSON with headers of the caller's, and what they say is read no further
//! than it may be. They are no servers of the fediverse, so that no policy is asked; but they are dialled as those are, for a form in a
//! browser can name them: no private address, no redirect, no end of an answer that is waited for longer than was said.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, StatusCode};
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::answer::{drain, retry_after, single};
use super::{Client, NoAnswer};
use crate::media_type::is_json;
use crate::origin::Id;

/// How much is read, in bytes, of what nobody wants to know, so that the connection can be used again.
const MAX_DRAINED: usize = 4_096;

/// What a program answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The status, whichever it is.
    pub status: u16,
    /// How long it asks to wait, in milliseconds, at most a day.
    pub retry_after_ms: Option<i64>,
    /// What it said, if it is JSON.
    pub json: Option<Bytes>,
}

/// Why there is no answer that could be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// There is none.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// It is longer than it may be.
    #[error("it answered with more than {0} bytes")]
    TooLarge(usize),
}

impl Client {
    /// Posts JSON and reads up to `limit` bytes of the answer, or of 0 none but its status; all of it takes `within` at most.
    ///
    /// # Errors
    /// When there was no answer in time, or too much of one.
    pub async fn call(
        &self,
        to: &Id,
        (headers, body): (HeaderMap, Bytes),
        limit: usize,
        within: Duration,
        now_ms: i64,
    ) -> Result<Called, CallError> {
        let request = Self::uncompressed(self.http.post(to.url().clone()))
            .headers(headers)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body);
        let until = Instant::now() + within;
        let sent = timeout_at(until, request.send()).await.map_err(|_elapsed| NoAnswer::Timeout)?;
        let response = sent.map_err(NoAnswer::from)?;
        if limit > 0 {
            return timeout_at(until, read(response, limit, now_ms)).await.unwrap_or(Err(NoAnswer::Timeout.into()));
        }
        let called = head(&response, now_ms);
        // The answer is known; if its end does not come in time, it is none the worse.
        let _ = timeout_at(until, drain(response, MAX_DRAINED)).await;
        Ok(called)
    }
}

fn head(response: &Response, now_ms: i64) -> Called {
    let retry_after_ms = retry_after(response.headers(), now_ms);
    Called { status: response.status().as_u16(), retry_after_ms, json: None }
}

async fn read(mut response: Response, limit: usize, now_ms: i64) -> Result<Called, CallError> {
    let (called, headers) = (head(&response, now_ms), response.headers());
    let is_plain = headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    let says_json = is_plain && single(headers, &CONTENT_TYPE).is_some_and(is_json);
    let is_answer = says_json && response.status() == StatusCode::OK;
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(NoAnswer::from)? {
        if body.len() + chunk.len() > limit {
            return Err(CallError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Called { json: is_answer.then(|| body.freeze()), ..called })
}
