//! A program that speaks to the server.

use std::net::SocketAddr;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::LIMIT;

/// A client of the JSON API, of the feeds, of everything that is not a page.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    base: String,
    token: Option<String>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// Reads an answer to its end.
    ///
    /// # Errors
    /// When the connection breaks first.
    pub async fn read(response: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?;
        Ok(Self { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
    }

    /// A header as text; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The answer, if it has this status.
    ///
    /// # Panics
    /// If it has another.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Api {
    /// A client of the server at this address.
    ///
    /// # Panics
    /// If there can be no client.
    #[must_use]
    pub fn new(address: SocketAddr, token: Option<&str>) -> Self {
        let client = Client::builder().timeout(LIMIT).redirect(reqwest::redirect::Policy::none());
        let client = client.build().expect("no HTTP client");
        Self { client, base: format!("http://{address}"), token: token.map(str::to_owned) }
    }

    /// A request, not sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The same with a JSON body.
    pub fn write(&self, method: Method, path: &str, body: &Value) -> RequestBuilder {
        self.request(method, path).json(body)
    }

    /// Reads.
    ///
    /// # Panics
    /// If there is no answer; also of the other functions here.
    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// Reads with a header.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn get_with(&self, path: &str, name: HeaderName, value: &str) -> Answer {
        send(self.request(Method::GET, path).header(name, value)).await
    }

    /// Sends JSON by POST.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.write(Method::POST, path, body)).await
    }

    /// All entries of a list, from its first page to its last.
    ///
    /// # Panics
    /// If a page is refused, or is none.
    pub async fn all(&self, path: &str, entries: &str) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let (mut found, mut address) = (Vec::new(), path.to_owned());
        loop {
            let page = self.get(&address).await.expect(200).json();
            let part = page.get(entries).and_then(Value::as_array).unwrap_or_else(|| panic!("no {entries}: {page}"));
            found.extend(part.iter().cloned());
            match page.get("next").and_then(Value::as_str) {
                Some(cursor) => address = format!("{path}{joint}cursor={cursor}"),
                None => return found,
            }
        }
    }
}

async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("no answer");
    Answer::read(response).await.expect("half an answer")
}
