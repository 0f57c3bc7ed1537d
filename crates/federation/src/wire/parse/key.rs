//! Whose a key is, as the document says in which the key is.

use super::fields::Fields;
use super::{Refused, json};
use crate::origin::{Id, Rules};

/// Keys that are looked at.
const MAX_KEYS: usize = 4;

/// The owner of the key of that id, by the document that was fetched for it: the owner itself, or a stub (GoToSocial, at `/main-key`).
/// Whether the owner knows the key is still to be asked of the owner.
///
/// # Errors
/// When the document has no such key, or one of somebody on another server.
pub fn key_owner(bytes: &[u8], rules: &Rules, key: &str) -> Result<Id, Refused> {
    let document = json::read(bytes)?;
    let holder = Fields::new(&document, rules);
    let mut shown = holder.many("publicKey").iter().take(MAX_KEYS).filter_map(|value| holder.of(value));
    let found = shown.find(|shown| shown.text("id") == Some(key)).ok_or(Refused::Key)?;
    let owner = found.some_id("owner")?;
    let home = rules.document_of(key).map_err(|why| Refused::Id { field: "publicKey", why })?;
    if owner.is_with(&home) { Ok(owner) } else { Err(Refused::Elsewhere("owner")) }
}
