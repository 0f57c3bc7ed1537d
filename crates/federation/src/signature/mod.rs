//! Who sent a request: its HTTP signature, in both forms that servers send (draft-cavage-12 and RFC 9421), and ours.
//!
//! [`read`] decides everything that can be decided without the key, so that nothing is fetched for a request that will be refused
//! anyway; [`Claim::verify`] decides the rest. What a signature must cover is exactly what makes a captured request worthless elsewhere:
//! method and target, our host, the time, and the body. Where two parsers could understand a request in two ways it is refused.
//!
//! Not here: whose a key is and where it comes from, whether a request was seen before, a clock.

mod cavage;
mod digest;
mod field;
mod refused;
mod rfc9421;
mod sign;
#[cfg(test)]
mod tests;
mod window;

use http::HeaderMap;

use crate::keys::{Hash, PublicKey};
use crate::origin::{MAX_ID, Origin};

pub use refused::Refused;
pub use sign::{CannotSign, Form, sign};

/// A request as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// The method, as sent: `GET`, `POST`.
    pub method: &'a str,
    /// Path and query exactly as received: neither decoded nor put in order.
    pub target: &'a str,
    /// The headers. Of an HTTP/2 request, whoever fills this writes `:authority` as `Host`.
    pub headers: &'a HeaderMap,
    /// The body, decoded by nobody.
    pub body: &'a [u8],
}

/// Where and when a request is judged.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// Our own origin, as others know it: a proxy may stand before us.
    pub origin: &'a Origin,
    /// Unix milliseconds.
    pub now_ms: i64,
}

/// What a request says of its sender, and what is left to do to believe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The key that is said to have signed, as sent: at most [`MAX_ID`] bytes, and nothing else is known of it. Read it with
    /// [`Rules::document_of`](crate::origin::Rules::document_of) before anything is fetched.
    pub key_id: String,
    /// When it says to have been signed, Unix milliseconds: within the window.
    pub signed_ms: i64,
    /// What may have been signed.
    bases: Vec<String>,
    /// With which hash it may have been.
    hashes: &'static [Hash],
    signature: Vec<u8>,
}

impl Claim {
    /// Verifies the signature: at most four computations of about 30 µs each.
    ///
    /// # Errors
    /// When this key did not sign this request.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Refused> {
        let mut ways = self.bases.iter().flat_map(|base| self.hashes.iter().map(move |hash| (base, *hash)));
        let verified = ways.any(|(base, hash)| key.verify(base.as_bytes(), &self.signature, hash).is_ok());
        if verified { Ok(()) } else { Err(Refused::Wrong) }
    }
}

/// Reads the one signature of a request, and holds the request to everything but the key.
///
/// # Errors
/// Why the request is refused, whichever key it was signed with.
pub fn read(request: &Incoming<'_>, here: &Here<'_>) -> Result<Claim, Refused> {
    let signature = only_signature(request.headers)?;
    // Asked of both forms and whether covered or not: what was meant for another server is not for us.
    let host = field::only(request.headers, "host")?;
    if !is_ours(host, here.origin) {
        return Err(Refused::OtherHost { ours: here.origin.authority() });
    }
    let claim = if request.headers.contains_key("signature-input") {
        rfc9421::read(request, here)?
    } else {
        cavage::read(request, here, signature)?
    };
    if claim.key_id.len() > MAX_ID {
        return Err(Refused::LongKeyId);
    }
    Ok(claim)
}

/// The value of the only `Signature` header, or of the only `Authorization: Signature`: one of both, and once (RFC 9421, section 7.2.6).
fn only_signature(headers: &HeaderMap) -> Result<&str, Refused> {
    let plain = headers.get_all("signature").iter().map(|value| field::text("signature", value));
    let mut all = plain.chain(headers.get_all("authorization").iter().filter_map(field::after_scheme));
    match (all.next(), all.next()) {
        (None, _) => Err(Refused::Unsigned),
        (Some(one), None) => one,
        (Some(_), Some(_)) => Err(Refused::SeveralSignatures),
    }
}

/// Whether a `Host` header names us: in any case, and with the port that our scheme implies or without.
fn is_ours(host: &str, ours: &Origin) -> bool {
    let usual = if ours.to_string().starts_with("https:") { ":443" } else { ":80" };
    let host = host.to_ascii_lowercase();
    host.strip_suffix(usual).unwrap_or(&host) == ours.authority()
}

/// Whether a request needs a digest of its body.
fn has_body(request: &Incoming<'_>) -> bool {
    !matches!(request.method, "GET" | "HEAD") || !request.body.is_empty()
}
