//! Header fields as a signature sees them: each exactly once, its text without the blanks around it.

use http::header::{HeaderMap, HeaderValue};

use super::Refused;

/// What may stand around a value and does not belong to it (RFC 9110, section 5.6.3).
pub(super) const BLANK: [char; 2] = [' ', '\t'];

/// The longest value that is looked at, in bytes. A signature of 4,096 bits with the longest key id takes 3,000.
const MAX_VALUE: usize = 8_192;

/// More headers than anybody signs. Fedify signs all that it sends, about ten.
pub(super) const MAX_COVERED: usize = 64;

/// The longest name that may be covered, in bytes: names come back in a [`Refused`].
pub(super) const MAX_NAME: usize = 64;

/// As much of a stranger's text as is repeated.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(MAX_NAME).collect()
}

/// What follows the scheme `Signature` in an `Authorization` header, if it is that (draft-cavage, section 3.1).
pub(super) fn after_scheme(value: &HeaderValue) -> Option<Result<&str, Refused>> {
    let scheme = value.as_bytes().trim_ascii().split(u8::is_ascii_whitespace).next()?;
    scheme.eq_ignore_ascii_case(b"signature").then(|| {
        text("authorization", value)
            .map(|text| text.split_once(BLANK).map_or("", |(_, rest)| rest.trim_start_matches(BLANK)))
    })
}

/// The one value of a header.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refused> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Err(Refused::HeaderMissing(name.to_owned())),
        (Some(value), None) => text(name, value),
        (Some(_), Some(_)) => Err(Refused::HeaderRepeated(name.to_owned())),
    }
}

/// The text of a value.
pub(super) fn text<'a>(name: &str, value: &'a HeaderValue) -> Result<&'a str, Refused> {
    let text = value.to_str().ok().filter(|text| text.len() <= MAX_VALUE);
    text.map(|text| text.trim_matches(BLANK)).ok_or_else(|| Refused::HeaderUnreadable(name.to_owned()))
}
