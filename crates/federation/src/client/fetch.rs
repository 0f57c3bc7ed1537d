//! Fetching documents: each hop checked and signed like the first, and each document held to its id.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{ACCEPT, HeaderMap, LOCATION};
use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;

use super::answer::{check_type, read, refusal, single};
use super::error::excerpt;
use super::{BadRedirect, Client, FetchError, NoAnswer, Signing, Way};
use crate::budget::{Budget, Permit, Spent};
use crate::media_type::{ACTIVITY_ACCEPT, is_activity, is_json};
use crate::origin::Id;

/// The largest document that is read, in bytes. Mastodon reads as much.
pub const MAX_DOCUMENT: usize = 1 << 20;
/// How many redirects are followed. Mastodon follows as many.
pub const MAX_REDIRECTS: usize = 3;

/// The largest tombstone, in bytes.
const MAX_TOMBSTONE: usize = 16 << 10;

/// A document of another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it was found, after all redirects: who answers for it. This, not what was asked for, is its id.
    pub id: Id,
    /// As sent.
    pub body: Bytes,
}

/// What is of use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    Document,
    Tombstone,
}

/// What is asked for, and on whose account.
pub(super) struct Ask<'a> {
    pub(super) wants: Wants,
    pub(super) accept: &'a str,
    /// The types that are taken, in words and as a rule.
    pub(super) due: &'static str,
    pub(super) takes: fn(&str) -> bool,
    pub(super) limit: usize,
    /// What is here already, and need not be sent again.
    pub(super) unless: HeaderMap,
    pub(super) signing: Option<&'a dyn Signing>,
    pub(super) budget: &'a Budget,
    pub(super) now_ms: i64,
}

impl<'a> Ask<'a> {
    fn activity(signing: Option<&'a dyn Signing>, budget: &'a Budget, now_ms: i64) -> Self {
        let (accept, due, limit) = (ACTIVITY_ACCEPT, "application/activity+json", MAX_DOCUMENT);
        let (wants, unless) = (Wants::Document, HeaderMap::new());
        Self { wants, accept, due, takes: is_activity, limit, unless, signing, budget, now_ms }
    }
}

/// Where one request led.
enum Hop {
    Here(Bytes),
    Elsewhere(Id),
}

impl Client {
    /// Fetches an actor, an object or a page of a collection. Its `id` is where it was found: a document that names another one on
    /// the same server is fetched once more from there, and one that names another server is refused (CVE-2024-23832).
    ///
    /// # Errors
    /// Why it was not fetched.
    pub async fn fetch(
        &self,
        id: &Id,
        signing: Option<&dyn Signing>,
        budget: &Budget,
        now_ms: i64,
    ) -> Result<Fetched, FetchError> {
        let ask = Ask::activity(signing, budget, now_ms);
        self.in_time(budget, self.identified(id, &ask)).await
    }

    async fn identified(&self, id: &Id, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let first = self.follow(id, ask).await?;
        let named = self.id_in(&first.body)?;
        if named == first.id {
            return Ok(first);
        }
        if !named.is_with(&first.id) {
            return Err(wrong_id(&first.id, &named));
        }
        let second = self.follow(&named, ask).await?;
        let named = self.id_in(&second.body)?;
        if named == second.id { Ok(second) } else { Err(wrong_id(&second.id, &named)) }
    }

    /// Fetches what stands where something was that is deleted: a `Tombstone` that was found under the very id that it has.
    ///
    /// # Errors
    /// Why it was not fetched; also that it is not deleted, or that nothing but the status says so.
    pub async fn fetch_tombstone(
        &self,
        id: &Id,
        signing: Option<&dyn Signing>,
        budget: &Budget,
        now_ms: i64,
    ) -> Result<Fetched, FetchError> {
        let ask = Ask { wants: Wants::Tombstone, ..Ask::activity(signing, budget, now_ms) };
        self.in_time(budget, self.follow(id, &ask)).await
    }

    /// Fetches a list, or a page of one, whatever id it gives itself: nothing is believed of a list, each of its items is asked for at
    /// its own home. It must be found on the server that was asked.
    ///
    /// # Errors
    /// Why it was not fetched.
    pub async fn fetch_list(
        &self,
        id: &Id,
        signing: Option<&dyn Signing>,
        budget: &Budget,
        now_ms: i64,
    ) -> Result<Fetched, FetchError> {
        let ask = Ask::activity(signing, budget, now_ms);
        let fetched = self.in_time(budget, self.follow(id, &ask)).await?;
        if fetched.id.is_with(id) { Ok(fetched) } else { Err(wrong_id(id, &fetched.id)) }
    }

    /// Fetches the document that holds a key: its owner, or a stub whose `publicKey` has the id that is asked for (GoToSocial, at
    /// `/main-key`). Whether the owner knows the key is for the caller to find out.
    ///
    /// # Errors
    /// Why it was not fetched.
    pub async fn fetch_key_document(
        &self,
        key: &str,
        signing: Option<&dyn Signing>,
        budget: &Budget,
        now_ms: i64,
    ) -> Result<Fetched, FetchError> {
        let id = self.rules.document_of(key)?;
        let ask = Ask::activity(signing, budget, now_ms);
        let fetched = self.in_time(budget, self.follow(&id, &ask)).await?;
        // A stub found elsewhere would let any open redirect of a server speak for the server's keys.
        if !fetched.id.is_with(&id) {
            return Err(wrong_id(&id, &fetched.id));
        }
        if holds_key(&fetched.body, key)? {
            return Ok(fetched);
        }
        let named = self.id_in(&fetched.body)?;
        if named == fetched.id { Ok(fetched) } else { Err(wrong_id(&fetched.id, &named)) }
    }

    /// Fetches JSON that is no ActivityPub, unsigned: WebFinger and NodeInfo. `limit` is in bytes.
    ///
    /// # Errors
    /// Why it was not fetched.
    pub async fn get_json(
        &self,
        url: &Id,
        accept: &str,
        limit: usize,
        budget: &Budget,
        now_ms: i64,
    ) -> Result<Fetched, FetchError> {
        let (wants, unless) = (Wants::Document, HeaderMap::new());
        let ask = Ask { wants, accept, due: "JSON", takes: is_json, limit, unless, signing: None, budget, now_ms };
        self.in_time(budget, self.follow(url, &ask)).await
    }

    pub(super) async fn in_time<T>(
        &self,
        budget: &Budget,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let limit: Duration = self.timeouts.fetch.min(budget.time_left());
        let fetched = match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) if budget.time_left().is_zero() => Err(Spent::Time.into()),
            Err(_) => Err(NoAnswer::Timeout.into()),
        };
        let outcome = fetched.as_ref().err().map_or("fetched", FetchError::kind);
        metrics::counter!("rejoinder_fetches_total", "outcome" => outcome).increment(1);
        fetched
    }

    async fn follow(&self, start: &Id, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let mut at = start.clone();
        let mut passed = Vec::new();
        loop {
            let next = match self.hop(&at, ask).await? {
                Hop::Here(body) => return Ok(Fetched { id: at, body }),
                Hop::Elsewhere(next) => next,
            };
            passed.push(at);
            if passed.contains(&next) {
                return Err(BadRedirect::Loop.into());
            }
            if passed.len() > MAX_REDIRECTS {
                return Err(BadRedirect::TooMany.into());
            }
            at = next;
        }
    }

    /// Asks one server, if it may be asked. The place among those who ask is kept until the answer was read.
    pub(super) async fn asked(&self, at: &Id, ask: &Ask<'_>) -> Result<(Response, Option<Permit>), FetchError> {
        if self.rules.is_ours(at) {
            return Err(FetchError::Ours);
        }
        if self.bars(at, Way::Fetching) {
            return Err(FetchError::Barred);
        }
        ask.budget.take(at)?;
        let permit = ask.budget.enter(at, ask.now_ms)?;
        let mut request = Self::uncompressed(self.http.get(at.url().clone())).header(ACCEPT, ask.accept);
        request = request.headers(ask.unless.clone());
        if let Some(signing) = ask.signing {
            request = Self::sign(request, signing, ("GET", at.url(), None), ask.now_ms)?;
        }
        Ok((request.send().await?, permit))
    }

    async fn hop(&self, at: &Id, ask: &Ask<'_>) -> Result<Hop, FetchError> {
        let (response, _permit) = self.asked(at, ask).await?;
        let (status, headers) = (response.status(), response.headers());
        if let Some(next) = self.moved(at, &response)? {
            return Ok(Hop::Elsewhere(next));
        }
        let may_be_stone = match ask.wants {
            Wants::Document => status == StatusCode::NOT_FOUND,
            Wants::Tombstone => status.is_success() || matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE),
        };
        if may_be_stone && check_type(headers, ask.due, ask.takes).is_ok() {
            let otherwise = refusal(status, headers, ask.now_ms);
            let body = read(response, MAX_TOMBSTONE, ask.budget).await.ok();
            return match (body.filter(|body| is_tombstone(body, at)), ask.wants) {
                (Some(body), Wants::Tombstone) => Ok(Hop::Here(body)),
                (Some(_), Wants::Document) => Err(FetchError::Gone),
                (None, _) => Err(otherwise),
            };
        }
        if !status.is_success() {
            return Err(refusal(status, headers, ask.now_ms));
        }
        check_type(headers, ask.due, ask.takes)?;
        Ok(Hop::Here(read(response, ask.limit, ask.budget).await?))
    }

    /// Where it is instead, if the answer says so.
    pub(super) fn moved(&self, at: &Id, response: &Response) -> Result<Option<Id>, BadRedirect> {
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let location = single(response.headers(), &LOCATION).ok_or(BadRedirect::Nowhere)?;
        self.redirect(at, location).map(Some)
    }

    fn redirect(&self, from: &Id, location: &str) -> Result<Id, BadRedirect> {
        let url = from.url().join(location).ok().ok_or(BadRedirect::Nowhere)?;
        let bad = |why| BadRedirect::BadId { why, location: excerpt(location) };
        self.rules.id(url.as_str()).map_err(bad)
    }

    /// The id that a document gives itself.
    fn id_in(&self, body: &[u8]) -> Result<Id, FetchError> {
        #[derive(Deserialize)]
        struct Named {
            id: Option<String>,
        }
        let named: Named = read_object(body)?;
        self.rules.id(named.id.as_deref().unwrap_or_default()).map_err(FetchError::NoId)
    }
}

/// Whether one of a document's keys has this id.
fn holds_key(body: &[u8], key: &str) -> Result<bool, FetchError> {
    #[derive(Deserialize)]
    struct Holder {
        #[serde(rename = "publicKey")]
        public_key: Option<Value>,
    }
    let has_id = |value: &Value| value.get("id").and_then(Value::as_str) == Some(key);
    let holder: Holder = read_object(body)?;
    Ok(holder.public_key.is_some_and(|keys| match &keys {
        Value::Array(keys) => keys.iter().any(has_id),
        other => has_id(other),
    }))
}

/// Whether what came with a 404 says that what was asked for has been there and is deleted. (A 404 alone says nothing.)
fn is_tombstone(body: &[u8], asked: &Id) -> bool {
    #[derive(Deserialize)]
    struct Stone {
        id: Option<String>,
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    read_object::<Stone>(body)
        .is_ok_and(|stone| stone.kind.as_deref() == Some("Tombstone") && stone.id.as_deref() == Some(asked.as_str()))
}

fn read_object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, FetchError> {
    // Serde would also read the fields of a structure from a list.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(FetchError::NotJson { reason: "it is not an object".to_owned() });
    }
    serde_json::from_slice(body).map_err(|error| FetchError::NotJson { reason: excerpt(&error.to_string()) })
}

fn wrong_id(at: &Id, found: &Id) -> FetchError {
    FetchError::WrongId { at: at.to_string(), found: found.to_string() }
}
