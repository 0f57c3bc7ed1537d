//! Sending activities. One request, one answer: no redirect is followed, for what is signed for one inbox is not for another.

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use tokio::time::{Instant, timeout_at};

use super::answer::{drain, retry_after};
use super::{Client, NoAnswer, SendError, Signing, Way};
use crate::media_type::ACTIVITY_JSON;
use crate::origin::Id;

/// How much of an answer is read, in bytes, and thrown away.
const MAX_ANSWER: usize = 4_096;

/// What an inbox answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status, whichever it is.
    pub status: u16,
    /// How long it asks to wait, in milliseconds, at most a day.
    pub retry_after_ms: Option<i64>,
}

impl Client {
    /// Sends an activity to an inbox. What the answer says beyond its status is thrown away.
    ///
    /// # Errors
    /// When there was no answer, or nothing to sign with.
    pub async fn post(&self, inbox: &Id, body: Bytes, signing: &dyn Signing, now_ms: i64) -> Result<Answer, SendError> {
        if self.rules.is_ours(inbox) {
            return Err(SendError::Ours);
        }
        if self.bars(inbox, Way::Sending) {
            return Err(SendError::Barred);
        }
        let until = Instant::now() + self.timeouts.send;
        let request = Self::uncompressed(self.http.post(inbox.url().clone()))
            .header(CONTENT_TYPE, HeaderValue::from_static(ACTIVITY_JSON));
        let request = Self::sign(request, signing, ("POST", inbox.url(), Some(&body)), now_ms)?.body(body);
        let Ok(sent) = timeout_at(until, request.send()).await else { return Err(NoAnswer::Timeout.into()) };
        let response = sent.map_err(NoAnswer::from)?;
        let retry_after_ms = retry_after(response.headers(), now_ms);
        let answer = Answer { status: response.status().as_u16(), retry_after_ms };
        // The answer is known; if its end does not come in time, it is none the worse.
        let _ = timeout_at(until, drain(response, MAX_ANSWER)).await;
        Ok(answer)
    }
}
