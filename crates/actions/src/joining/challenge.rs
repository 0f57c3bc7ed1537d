//! A proof of work instead of a riddle: whoever joins may show that their machine has worked for it, which costs a person nothing and
//! whoever makes accounts by the thousand a lot. Nobody has to: those who do not are limited more (`http`).
//!
//! A challenge is `EXPIRES.BITS.NONCE.MAC`: nothing is kept of it. A proof is a number; the SHA-256 of `CHALLENGE.NUMBER` begins with so
//! many bits that are zero.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Time;
use storage::settings;

use crate::{Ctx, Result, secrets};

/// Setting: the key by which we know our own challenges. In the database, because another node may be shown the proof.
const KEY: &str = "challenge_key";
/// How long a challenge counts, in milliseconds: as long as anybody takes to fill in a form.
pub const LASTING_MS: i64 = 3600 * 1000;

/// A challenge for whoever wants to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// What is to be sent back with the proof.
    pub text: String,
    /// How many bits have to be zero.
    pub bits: u32,
    /// From when on it is worth nothing.
    pub expires: Time,
}

/// A fresh one.
///
/// # Errors
/// Failures only.
pub async fn issue(ctx: &Ctx, bits: u32) -> Result<Challenge> {
    let (key, expires) = (key(ctx).await?, ctx.now().plus_ms(LASTING_MS));
    let signed = format!("{}.{bits}.{}", expires.0, URL_SAFE_NO_PAD.encode(ctx.bytes::<16>()));
    let mac = URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()));
    Ok(Challenge { text: format!("{signed}.{mac}"), bits, expires })
}

/// Whether this is a challenge of ours that still counts, and this the proof. Whether it was shown before is not known here.
///
/// # Errors
/// Failures only.
pub async fn is_met(ctx: &Ctx, challenge: &str, proof: &str) -> Result<bool> {
    let key = key(ctx).await?;
    Ok(bits(&key, challenge, ctx.now())
        .is_some_and(|bits| zero_bits(&secrets::digest(&format!("{challenge}.{proof}"))) >= bits))
}

/// How many bits a challenge asks for, if it is ours and still counts.
#[must_use]
pub fn bits(key: &hmac::Key, challenge: &str, now: Time) -> Option<u32> {
    let (signed, mac) = challenge.rsplit_once('.')?;
    hmac::verify(key, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(mac).ok()?).ok()?;
    let mut parts = signed.split('.');
    let expires = parts.next()?.parse().ok().map(Time)?;
    parts.next()?.parse().ok().filter(|_| expires > now)
}

/// How many bits are zero before the first that is not.
#[must_use]
pub fn zero_bits(digest: &[u8]) -> u32 {
    let whole = digest.iter().take_while(|byte| **byte == 0).count();
    let begun = digest.get(whole).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(whole).unwrap_or(u32::MAX).saturating_mul(8).saturating_add(begun)
}

async fn key(ctx: &Ctx) -> Result<hmac::Key> {
    let text = match ctx.db().read(|tx| settings::get(tx, KEY)).await? {
        Some(text) => text,
        None => make_key(ctx).await?,
    };
    Ok(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()))
}

async fn make_key(ctx: &Ctx) -> Result<String> {
    let new = secrets::secret(ctx);
    ctx.db()
        .write(move |tx| {
            // Somebody else may have made one meanwhile.
            if let Some(known) = settings::get(tx, KEY)? {
                return Ok(known);
            }
            settings::set(tx, KEY, &new)?;
            Ok(new)
        })
        .await
}
