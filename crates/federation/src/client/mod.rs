//! The one HTTP client for everything that is fetched from other servers and sent to them. Whatever is dialled, is dialled here, so that
//! no second client can lack what this one refuses: private addresses, redirects unseen, endless answers, proxies from the environment.
//!
//! Not here: how requests are signed ([`Signing`] is given), and what a document says beyond its id.

mod answer;
mod call;
mod error;
mod fetch;
mod file;
mod own;
#[cfg(test)]
pub(crate) mod peer;
mod send;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, HOST, HeaderMap, HeaderValue};
use reqwest::{Certificate, RequestBuilder, redirect};
use url::Url;

use crate::address::Resolver;
use crate::origin::{Id, Rules};

pub use call::{CallError, Called};
pub use error::{BadRedirect, FetchError, NoAnswer, SendError};
pub use fetch::{Fetched, MAX_DOCUMENT, MAX_REDIRECTS};
pub use file::{Edition, File};
pub use own::{Probe, Seen};
pub use send::Answer;

/// Makes the headers that say who asks. Implemented by whoever holds the keys.
pub trait Signing: Send + Sync {
    /// The headers to add for a request without body (`GET`) or with one (`POST`, of type [`crate::media_type::ACTIVITY_JSON`]) at the
    /// given time. A `Host` among them is left out: the client writes it itself, as it is in the address.
    ///
    /// # Errors
    /// When there is no key to sign with.
    fn headers(&self, method: &str, url: &Url, body: Option<&[u8]>, now_ms: i64) -> Result<HeaderMap, CannotSign>;
}

/// What is done with another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Something is fetched from there.
    Fetching,
    /// Something is sent there.
    Sending,
}

/// Says with which servers nobody here speaks. Implemented by whoever knows what was decided.
pub trait Barring: std::fmt::Debug + Send + Sync {
    /// Whether nothing may be fetched from this host, or sent there.
    fn bars(&self, host: &str, way: Way) -> bool;
}

/// Why a request could not be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request could not be signed: {0}")]
pub struct CannotSign(pub String);

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Name, version and our address, so that others can find out who asks. GoToSocial answers nobody without it.
    pub user_agent: String,
    /// What an id is, and which networks may be dialled.
    pub rules: Rules,
    /// Certificates of further authorities to believe, in PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// How long others may take.
    pub timeouts: Timeouts,
}

/// How long others may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a connection, the look-up of the name included.
    pub connect: Duration,
    /// For an answer to what is sent. Mastodon and Lemmy wait as long.
    pub send: Duration,
    /// For everything that one fetch needs: redirects, the second fetch of an id, the whole body.
    pub fetch: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let [connect, send, fetch] = [5, 10, 30].map(Duration::from_secs);
        Self { connect, send, fetch }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum BadSetup {
    /// What was given as certificates holds none.
    #[error(
        "the additional certificates hold none that can be read; they must be in PEM, beginning with -----BEGIN CERTIFICATE-----"
    )]
    NoCertificate,
    /// The rest, such as a line break in the user agent.
    #[error("the client for other servers cannot be set up: {0}")]
    Client(String),
}

/// The client. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    rules: Rules,
    timeouts: Timeouts,
    barring: Option<Arc<dyn Barring>>,
}

impl Client {
    /// Sets a client up, which reads the system's certificates.
    ///
    /// # Errors
    /// When a certificate or the user agent cannot be used.
    pub fn new(setup: Setup) -> Result<Self, BadSetup> {
        let Setup { user_agent, rules, extra_ca_pem, timeouts } = setup;
        let http = reqwest::Client::builder()
            .user_agent(user_agent)
            .dns_resolver(Resolver { networks: rules.networks().to_vec() })
            .tls_certs_merge(authorities(extra_ca_pem.as_deref())?)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(timeouts.connect)
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(|error| BadSetup::Client(error::root_cause(&error)))?;
        Ok(Self { http, rules, timeouts, barring: None })
    }

    /// The same, which asks before it speaks with a server: also with one that it is led to.
    #[must_use]
    pub fn barring(self, barring: Arc<dyn Barring>) -> Self {
        Self { barring: Some(barring), ..self }
    }

    fn bars(&self, id: &Id, way: Way) -> bool {
        self.barring.as_ref().is_some_and(|barring| barring.bars(&id.host(), way))
    }

    /// What an id is here.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Adds the headers that make a request one of a known server.
    fn sign(
        request: RequestBuilder,
        signing: &dyn Signing,
        (method, url, body): (&str, &Url, Option<&[u8]>),
        now_ms: i64,
    ) -> Result<RequestBuilder, CannotSign> {
        let mut headers = signing.headers(method, url, body, now_ms)?;
        // HTTP/2 has its own place for it, and two could differ.
        headers.remove(HOST);
        Ok(request.headers(headers))
    }

    /// Compressed bytes would have to be counted twice, before and after; documents are small.
    fn uncompressed(request: RequestBuilder) -> RequestBuilder {
        request.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
    }
}

/// Authorities to believe besides the system's, which the administrator keeps. Only a machine that has none gets those of Mozilla.
fn authorities(extra_ca_pem: Option<&[u8]>) -> Result<Vec<Certificate>, BadSetup> {
    let mut authorities = Vec::new();
    if let Some(pem) = extra_ca_pem {
        authorities = Certificate::from_pem_bundle(pem).unwrap_or_default();
        if authorities.is_empty() {
            return Err(BadSetup::NoCertificate);
        }
    }
    if rustls_native_certs::load_native_certs().certs.is_empty() {
        let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        authorities.extend(mozilla.filter_map(|der| Certificate::from_der(der).ok()));
    }
    Ok(authorities)
}
