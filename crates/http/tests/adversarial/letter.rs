//! A request as it goes over the wire: whole, and then spoiled.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use federation::keys::PrivateKey;
use sha2::{Digest as _, Sha256};

/// What draft-cavage signs as a rule.
pub const USUAL: &str = "(request-target) host date digest content-type";
/// What RFC 9421 signs as a rule.
pub const USUAL_9421: &str = r#""@method" "@target-uri" "content-digest""#;

/// A request. Nothing in it is checked by whoever sends it.
#[derive(Clone, Debug)]
pub struct Letter {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Letter {
    pub fn new(method: &str, target: &str, body: &[u8]) -> Self {
        let mut headers = vec![("connection".to_owned(), "close".to_owned())];
        if !body.is_empty() {
            headers.push(("content-length".to_owned(), body.len().to_string()));
        }
        Self { method: method.to_owned(), target: target.to_owned(), headers, body: body.to_vec() }
    }

    /// A header in the place of those of its name.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// A header beside those of its name.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub fn to(mut self, target: &str) -> Self {
        self.target = target.to_owned();
        self
    }

    /// Another body, with the length that it has; the digest is the old one.
    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self.with("content-length", &body.len().to_string())
    }

    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        self.headers.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1.clone()
    }

    pub fn head(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes
    }

    pub fn bytes(&self) -> Vec<u8> {
        [self.head(), self.body.clone()].concat()
    }

    /// Date and both digests, as they are right.
    pub fn dated(self, now_ms: i64) -> Self {
        let digest = STANDARD.encode(Sha256::digest(&self.body));
        self.with("date", &date(now_ms))
            .with("digest", &format!("SHA-256={digest}"))
            .with("content-digest", &format!("sha-256=:{digest}:"))
    }

    /// Signed by draft-cavage over these, with these parameters before.
    pub fn cavage(self, key: &PrivateKey, covered: &str, parameters: &str) -> Self {
        let parameter = |name: &str| {
            let at = parameters.split(',').find_map(|one| one.strip_prefix(&format!("{name}=")));
            at.map(|value| value.trim_matches('"').to_owned()).unwrap_or_default()
        };
        let line = |name: &str| match name {
            "(request-target)" => format!("{name}: {} {}", self.method.to_lowercase(), self.target),
            "(created)" => format!("{name}: {}", parameter("created")),
            "(expires)" => format!("{name}: {}", parameter("expires")),
            name => format!("{name}: {}", self.value(name)),
        };
        let base: Vec<_> = covered.split(' ').map(line).collect();
        let signature = STANDARD.encode(key.sign(base.join("\n").as_bytes()).unwrap());
        let value = format!(r#"{parameters},headers="{covered}",signature="{signature}""#);
        self.with("signature", &value)
    }

    /// Signed by RFC 9421 over these, with these parameters behind: for a server that is called `base`.
    pub fn rfc9421(self, key: &PrivateKey, base: &str, covered: &str, parameters: &str) -> Self {
        let mut text = String::new();
        for name in covered.split(' ') {
            let value = match name.trim_matches('"') {
                "@method" => self.method.clone(),
                "@target-uri" => format!("{base}{}", self.target),
                name => self.value(name),
            };
            text.push_str(&format!("{name}: {value}\n"));
        }
        let params = format!("({covered}){parameters}");
        text.push_str(&format!("\"@signature-params\": {params}"));
        let signature = STANDARD.encode(key.sign(text.as_bytes()).unwrap());
        self.with("signature-input", &format!("sig1={params}")).with("signature", &format!("sig1=:{signature}:"))
    }
}

/// A date as it stands in a header.
pub fn date(ms: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(ms).unwrap();
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&moment).unwrap()
}
