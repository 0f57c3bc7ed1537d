//! A peer that signs requests by its own reading of the specifications, so that ours is not held to itself.

mod adversarial;
mod properties;
mod round_trip;
mod vectors;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;
use crate::keys::PrivateKey;
use crate::origin::Rules;

/// 2023-12-20T10:00:00Z, the clock of Mastodon's tests.
const NOW: i64 = 1_703_066_400_000;
const NOW_SECONDS: i64 = NOW / 1_000;
const DATE: &str = "Wed, 20 Dec 2023 10:00:00 GMT";
const KEY_ID: &str = "https://remote.domain/users/bob#main-key";
const HELLO: &str = "SHA-256=ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=";
const HELLO_CONTENT: &str = "sha-256=:ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=:";
/// What a POST covers at most servers.
const USUAL: &str = "(request-target) host date digest";
const USUAL_9421: &str = r#""@method" "@target-uri" "content-digest""#;

fn peer() -> PrivateKey {
    PrivateKey::from_pkcs8(include_bytes!("../../../tests/fixtures/rsa-2048.pk8")).unwrap()
}

fn peers_key() -> PublicKey {
    PublicKey::from_pem(&peer().public_pem()).unwrap()
}

fn rules() -> Rules {
    Rules::new("https://www.example.com", Vec::new()).unwrap()
}

/// A request on the wire.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    fn new(method: &str, target: &str, body: &str) -> Self {
        let sent =
            Self { method: method.to_owned(), target: target.to_owned(), headers: HeaderMap::new(), body: body.into() };
        sent.with("host", "www.example.com").with("date", DATE)
    }

    fn get(target: &str) -> Self {
        Self::new("GET", target, "")
    }

    fn post() -> Self {
        Self::new("POST", "/inbox", "Hello world").with("digest", HELLO).with("content-digest", HELLO_CONTENT)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    fn value(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().trim().to_owned()).unwrap_or_default()
    }

    /// Signs by the draft. `parameters` are all but `headers` and `signature`; `created` and `expires` are the values of those pseudo-headers.
    fn cavage(self, covered: &str, parameters: &str) -> Self {
        let line = |name: &str| {
            let value = match name {
                "(request-target)" => format!("{} {}", self.method.to_lowercase(), self.target),
                "(created)" | "(expires)" => {
                    let name = name.trim_matches(['(', ')']);
                    let (_, rest) = parameters.split_once(&format!("{name}=")).unwrap();
                    rest.split(',').next().unwrap().trim_matches('"').to_owned()
                }
                name => self.value(name),
            };
            format!("{}: {value}", name.to_lowercase())
        };
        let base = covered.split(' ').map(line).collect::<Vec<_>>().join("\n");
        let signature = STANDARD.encode(peer().sign(base.as_bytes()).unwrap());
        self.and("signature", &format!(r#"{parameters},headers="{covered}",signature="{signature}""#))
    }

    /// Signs by the draft as most servers do.
    fn usual(self) -> Self {
        self.cavage(USUAL, &format!(r#"keyId="{KEY_ID}",algorithm="rsa-sha256""#))
    }

    /// Signs by the RFC. `parameters` follow the list.
    fn rfc9421(self, covered: &str, parameters: &str) -> Self {
        let line = |quoted: &str| {
            let value = match quoted.trim_matches('"') {
                "@method" => self.method.clone(),
                "@target-uri" => format!("https://www.example.com{}", self.target),
                "@authority" => "www.example.com".to_owned(),
                "@path" => self.target.split('?').next().unwrap().to_owned(),
                name => self.value(name),
            };
            format!("{quoted}: {value}\n")
        };
        let lines: String = covered.split(' ').map(line).collect();
        let params = format!("({covered}){parameters}");
        let signature = peer().sign(format!("{lines}\"@signature-params\": {params}").as_bytes()).unwrap();
        self.and("signature-input", &format!("sig1={params}"))
            .and("signature", &format!("sig1=:{}:", STANDARD.encode(signature)))
    }

    fn usual_9421(self) -> Self {
        self.rfc9421(USUAL_9421, &parameters_9421())
    }

    fn incoming(&self) -> Incoming<'_> {
        Incoming { method: &self.method, target: &self.target, headers: &self.headers, body: &self.body }
    }

    fn read(&self) -> Result<Claim, Refused> {
        read(&self.incoming(), &Here { origin: rules().ours(), now_ms: NOW })
    }

    fn judged(&self) -> Result<(), Refused> {
        self.read()?.verify(&peers_key())
    }

    #[track_caller]
    fn must_be_refused(self, why: &Refused) {
        assert_eq!(self.judged().as_ref(), Err(why), "{self:#?}");
    }

    #[track_caller]
    fn must_be_taken(self) {
        assert_eq!(self.judged(), Ok(()), "{self:#?}");
    }
}

fn parameters_9421() -> String {
    format!(r#";created={NOW_SECONDS};keyid="{KEY_ID}";alg="rsa-v1_5-sha256""#)
}
