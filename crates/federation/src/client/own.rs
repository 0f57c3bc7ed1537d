//! Looking at ourselves from outside: the way that others' requests take, by our public name and whatever stands before this server.
//!
//! This is the one exception from the rule that a server does not fetch from itself, and it is no way around that rule: what is asked
//! for is a path and never an address, no redirect is followed, and what may not be dialled is not dialled for this either. It is for an
//! administrator's command; nothing that comes from another server leads here.

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, LOCATION};
use http::{HeaderName, HeaderValue};
use reqwest::Response;
use tokio::time::timeout;

use super::answer::single;
use super::{Client, FetchError, NoAnswer, SendError, Signing};
use crate::media_type::ACTIVITY_JSON;

/// How much of an answer is read, in bytes.
const MAX_ANSWER: usize = 64 << 10;

/// What is asked.
pub enum Probe<'a> {
    /// The path is read, with this `Accept`.
    Read(&'a str),
    /// This is posted to the path, signed as everything is that is sent.
    Post(Bytes, &'a dyn Signing),
}

/// What was answered, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The beginning of the body.
    pub body: Bytes,
}

impl Seen {
    /// A header that is there once.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        single(&self.headers, name)
    }

    /// Where it redirects to, if it does.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        if (300..400).contains(&self.status) { self.header(&LOCATION) } else { None }
    }

    /// What the clock of whoever answered said, Unix milliseconds.
    #[must_use]
    pub fn date_ms(&self) -> Option<i64> {
        date_ms(&self.headers)
    }
}

fn date_ms(headers: &HeaderMap) -> Option<i64> {
    let date = httpdate::parse_http_date(single(headers, &DATE)?).ok()?;
    i64::try_from(date.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis()).ok()
}

impl Client {
    /// Asks our own public address for a path, which begins with `/` and may have a query.
    ///
    /// # Errors
    /// When there was no answer, or nothing to sign with.
    pub async fn ask_ourselves(&self, path: &str, probe: Probe<'_>, now_ms: i64) -> Result<Seen, SendError> {
        let id = self.rules.id(&format!("{}{path}", self.rules.ours()));
        let id = id.map_err(|bad| NoAnswer::Unreachable { reason: format!("our own address {bad}") })?;
        let url = id.url();
        let request = match probe {
            Probe::Read(accept) => self.http.get(url.clone()).header(ACCEPT, accept),
            Probe::Post(body, signing) => {
                let request = self.http.post(url.clone());
                let request = request.header(CONTENT_TYPE, HeaderValue::from_static(ACTIVITY_JSON));
                Self::sign(request, signing, ("POST", url, Some(&body)), now_ms)?.body(body)
            }
        };
        let answer = async {
            let response = Self::uncompressed(request).send().await.map_err(NoAnswer::from)?;
            seen(response).await
        };
        timeout(self.timeouts.send, answer).await.unwrap_or(Err(NoAnswer::Timeout)).map_err(SendError::from)
    }

    /// What the clock of another server says, Unix milliseconds, if it says anything.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn clock_of(&self, host: &str) -> Result<Option<i64>, FetchError> {
        let ours = self.rules.ours().to_string();
        let scheme = ours.split_once("://").map_or("https", |(scheme, _)| scheme);
        let id = self.rules.id(&format!("{scheme}://{host}/.well-known/nodeinfo"))?;
        if self.rules.is_ours(&id) {
            return Err(FetchError::Ours);
        }
        let answer = timeout(self.timeouts.send, self.http.head(id.url().clone()).send()).await;
        let response = answer.map_err(|_elapsed| NoAnswer::Timeout)?.map_err(NoAnswer::from)?;
        Ok(date_ms(response.headers()))
    }
}

async fn seen(mut response: Response) -> Result<Seen, NoAnswer> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            body.truncate(MAX_ANSWER);
            break;
        }
    }
    Ok(Seen { status, headers, body: body.freeze() })
}
