//! Fetching files that somebody keeps for others, such as lists of servers: only if they have changed since.

use bytes::Bytes;
use http::StatusCode;
use http::header::{ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::Response;

use super::answer::{check_type, read, refusal, single};
use super::fetch::{Ask, Wants};
use super::{BadRedirect, Client, FetchError, MAX_REDIRECTS};
use crate::budget::Budget;
use crate::media_type::is_lines;
use crate::origin::Id;

/// The longest name of an edition that is kept, in bytes.
const MAX_NAME: usize = 256;

/// What a server calls an edition of a file, in its own words; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edition {
    /// Its `ETag`.
    pub etag: String,
    /// Its `Last-Modified`.
    pub modified: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// It is the edition that is known.
    Known,
    /// It is this one.
    New(Bytes, Edition),
}

impl Edition {
    fn of(response: &Response) -> Self {
        let said = |name: &HeaderName| {
            let value = single(response.headers(), name).unwrap_or_default();
            if value.len() > MAX_NAME { String::new() } else { value.to_owned() }
        };
        Self { etag: said(&ETAG), modified: said(&LAST_MODIFIED) }
    }

    fn unless(&self) -> HeaderMap {
        let mut unless = HeaderMap::new();
        for (name, text) in [(IF_NONE_MATCH, &self.etag), (IF_MODIFIED_SINCE, &self.modified)] {
            if let Some(value) = HeaderValue::from_str(text).ok().filter(|value| !value.is_empty()) {
                unless.insert(name, value);
            }
        }
        unless
    }
}

impl Client {
    /// Fetches a file of lines, unsigned, unless it is the edition that is `known`. `limit` is in bytes.
    ///
    /// # Errors
    /// Why it was not fetched.
    pub async fn fetch_file(
        &self,
        url: &Id,
        known: &Edition,
        limit: usize,
        budget: &Budget,
        now_ms: i64,
    ) -> Result<File, FetchError> {
        let (wants, accept, due) = (Wants::Document, "text/csv, text/plain;q=0.9, */*;q=0.1", "text/csv or text/plain");
        let unless = known.unless();
        let ask = Ask { wants, accept, due, takes: is_lines, limit, unless, signing: None, budget, now_ms };
        self.in_time(budget, self.file(url, &ask)).await
    }

    async fn file(&self, url: &Id, ask: &Ask<'_>) -> Result<File, FetchError> {
        let mut at = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let (response, _permit) = self.asked(&at, ask).await?;
            match self.moved(&at, &response)? {
                Some(next) => at = next,
                None => return taken(response, ask).await,
            }
        }
        Err(BadRedirect::TooMany.into())
    }
}

async fn taken(response: Response, ask: &Ask<'_>) -> Result<File, FetchError> {
    let status = response.status();
    // Where nothing is known, nothing can be the same.
    if status == StatusCode::NOT_MODIFIED && !ask.unless.is_empty() {
        return Ok(File::Known);
    }
    if !status.is_success() {
        return Err(refusal(status, response.headers(), ask.now_ms));
    }
    check_type(response.headers(), ask.due, ask.takes)?;
    let edition = Edition::of(&response);
    Ok(File::New(read(response, ask.limit, ask.budget).await?, edition))
}

#[cfg(test)]
mod tests {
    use super::super::peer::{Peer, Reply, budget, client};
    use super::*;

    const LIST: &str = "Content-Type: text/plain; charset=utf-8\r\nETag: \"7\"\r\n";

    async fn fetched(peer: &Peer, path: &str, known: &Edition) -> Result<File, FetchError> {
        let client = client();
        let url = client.rules().callable(&peer.url(path)).unwrap();
        client.fetch_file(&url, known, 64, &budget(), 0).await
    }

    #[tokio::test]
    async fn a_file_is_fetched_once_for_each_edition() {
        let peer = Peer::start(|path, _| match path {
            "/list" => Reply::new(200, LIST, "a.example\n"),
            "/same" => Reply::new(304, "", ""),
            "/moved" => Reply::redirect("/list"),
            "/page" => Reply::new(200, "Content-Type: text/html\r\n", "<p>"),
            "/long" => Reply::new(200, LIST, &"a".repeat(65)),
            "/round" => Reply::redirect("/round"),
            _ => Reply::new(404, "", ""),
        })
        .await;
        let known = Edition { etag: "\"7\"".into(), modified: String::new() };
        let new = File::New("a.example\n".into(), known.clone());
        assert_eq!(fetched(&peer, "/list", &Edition::default()).await.unwrap(), new);
        assert_eq!(fetched(&peer, "/moved", &known).await.unwrap(), new);
        assert!(
            peer.seen().iter().any(|head| head.to_lowercase().contains("if-none-match: \"7\"")),
            "{:?}",
            peer.seen()
        );
        assert_eq!(fetched(&peer, "/same", &known).await.unwrap(), File::Known);
        assert!(matches!(fetched(&peer, "/same", &Edition::default()).await, Err(FetchError::Refused { status: 304 })));
        assert!(matches!(fetched(&peer, "/page", &known).await, Err(FetchError::WrongType { .. })));
        assert!(matches!(fetched(&peer, "/long", &known).await, Err(FetchError::TooLarge { limit: 64 })));
        assert!(matches!(fetched(&peer, "/round", &known).await, Err(FetchError::BadRedirect(BadRedirect::TooMany))));
        assert!(matches!(fetched(&peer, "/none", &known).await, Err(FetchError::NotFound)));
    }
}
