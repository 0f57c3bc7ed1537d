//! Requests as bytes.

use bytes::Bytes;

/// A request that is being put together.
#[derive(Clone, Debug)]
pub struct Request {
    head: String,
    body: String,
}

impl Request {
    /// A request without body.
    pub fn new(method: &str, path: &str) -> Self {
        Self { head: format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n"), body: String::new() }
    }

    /// A GET as a browser sends it, which takes any of these encodings.
    pub fn page(path: &str, encodings: &str) -> Self {
        Self::new("GET", path).with("accept", "text/html").with("accept-encoding", encodings)
    }

    /// With a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// With a token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = body.to_string();
        self.with("content-type", "application/json")
    }

    /// With a body as it is, whose type stands in a header.
    #[must_use]
    pub fn body(mut self, body: String) -> Self {
        self.body = body;
        self
    }

    /// With the fields of a form.
    #[must_use]
    pub fn form(mut self, body: String) -> Self {
        self.body = body;
        self.with("content-type", "application/x-www-form-urlencoded")
    }

    /// As it goes over the wire.
    pub fn bytes(&self) -> Bytes {
        let length =
            if self.body.is_empty() { String::new() } else { format!("content-length: {}\r\n", self.body.len()) };
        Bytes::from(format!("{}{length}\r\n{}", self.head, self.body))
    }
}
