//! Whether a body is the one that the digest in the header was made of.
//!
//! Whoever covers a digest has signed the header, and not the body: if nobody compares the two, anything can be put into a signed
//! request (Misskey, CVE-2023-49079).

use aws_lc_rs::digest::{Algorithm, SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sfv::ListEntry;

use super::{Refused, rfc9421};

/// `Digest` (RFC 3230): exactly one value, SHA-256. Two values, of which one matches, are two opinions about one body.
pub(super) fn check(text: &str, body: &[u8]) -> Result<(), Refused> {
    let (label, value) = text.split_once('=').ok_or(Refused::Digest("Digest"))?;
    if !label.eq_ignore_ascii_case("sha-256") {
        return Err(Refused::Digest("Digest"));
    }
    let given = STANDARD.decode(value).ok().filter(|given| given.len() == SHA256.output_len());
    matches(&given.ok_or(Refused::Digest("Digest"))?, &SHA256, body, "Digest")
}

/// `Content-Digest` (RFC 9530): one value at least that we can compute, and each of those right.
pub(super) fn check_content(text: &str, body: &[u8]) -> Result<(), Refused> {
    let mut known = false;
    for (label, member) in &rfc9421::dictionary("Content-Digest", text)? {
        let algorithm = match label.as_str() {
            "sha-256" => &SHA256,
            "sha-512" => &SHA512,
            _ => continue,
        };
        let ListEntry::Item(item) = member else { return Err(Refused::Digest("Content-Digest")) };
        let given = item.bare_item.as_byte_sequence().ok_or(Refused::Digest("Content-Digest"))?;
        matches(given, algorithm, body, "Content-Digest")?;
        known = true;
    }
    if known { Ok(()) } else { Err(Refused::Digest("Content-Digest")) }
}

fn matches(given: &[u8], algorithm: &'static Algorithm, body: &[u8], header: &'static str) -> Result<(), Refused> {
    if digest(algorithm, body).as_ref() == given { Ok(()) } else { Err(Refused::OtherBody(header)) }
}

/// The digest of a body in base64: what we send.
pub(super) fn sha256(body: &[u8]) -> String {
    STANDARD.encode(digest(&SHA256, body))
}
