//! Letters to programs of the host: JSON with a seal by which they know that it is from here, and from now. Not here: what is said in them.

use aws_lc_rs::hmac;
use bytes::Bytes;
use domain::{Refusal, Time};
use federation::origin::{Id, Rules};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Error, Result};

/// The number of a letter: whoever gets it twice knows it by that.
pub const ID: HeaderName = HeaderName::from_static("x-rejoinder-id");
/// When it was sealed, in seconds since 1970.
pub const TIMESTAMP: HeaderName = HeaderName::from_static("x-rejoinder-timestamp");
/// `sha256=` and, in hexadecimal, HMAC-SHA256 over the time, a dot and the body.
pub const SIGNATURE: HeaderName = HeaderName::from_static("x-rejoinder-signature");

/// The headers of a letter. The time is part of what is sealed: who has read a letter cannot bring it again later.
#[must_use]
pub fn headers(secret: &str, id: i64, body: &[u8], now: Time) -> HeaderMap {
    let seconds = now.0.div_euclid(1_000);
    let sealed = format!("sha256={}", seal(secret, seconds, body));
    let mut headers = HeaderMap::from_iter([(ID, HeaderValue::from(id)), (TIMESTAMP, HeaderValue::from(seconds))]);
    // It is hexadecimal.
    if let Ok(sealed) = HeaderValue::from_str(&sealed) {
        headers.insert(SIGNATURE, sealed);
    }
    headers
}

fn seal(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
    context.update(format!("{seconds}.").as_bytes());
    context.update(body);
    context.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is said, as JSON.
///
/// # Errors
/// Failures only: there is nothing in it that JSON could not say.
pub(crate) fn written(said: &impl serde::Serialize) -> Result<Bytes> {
    let broken = |error: serde_json::Error| Error::Failed(storage::Error::Panicked(error.to_string()));
    Ok(serde_json::to_vec(said).map_err(broken)?.into())
}

/// Reads the address of a program.
///
/// # Errors
/// The refusal, with what is wrong with it.
pub(crate) fn address(rules: &Rules, text: &str) -> Result<Id> {
    let refused =
        |bad| Error::Refused(Refusal::field("url", format!("it {bad}; give an address that begins with https://")));
    rules.callable(text.trim()).map_err(refused)
}
