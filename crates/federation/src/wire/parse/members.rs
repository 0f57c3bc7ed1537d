//! The digest of a thread's members, where its home shows one.

use super::fields::Fields;
use super::{Refused, json};
use crate::origin::Rules;
use crate::wire::members;

/// The digest in a collection that was fetched; nothing where there is none, or what stands there could be none.
///
/// # Errors
/// When it is no document that can be read.
pub fn members_digest(bytes: &[u8], rules: &Rules) -> Result<Option<String>, Refused> {
    let document = json::read(bytes)?;
    let text = Fields::new(&document, rules).text(members::TERM).filter(|text| members::is_digest(text));
    Ok(text.map(str::to_owned))
}
