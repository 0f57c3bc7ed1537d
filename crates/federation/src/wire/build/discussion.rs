//! The collection of a thread's comments, with the digest by which other servers see whether they have them all.

use domain::ThreadId;
use serde_json::json;

use super::collection::{Contents, collection};
use super::document::{Context, Document};
use crate::wire::addresses::{Addresses, Ours};
use crate::wire::members;

/// The collection of a thread with `total` comments; `digest` is that of their ids ([`members::digest`]).
#[must_use]
pub fn discussion(addresses: &Addresses, thread: ThreadId, total: u64, digest: &str) -> Document {
    let mut document = collection(addresses, &Ours::Context(thread), total, &Contents::Paged);
    document.context = Context::Discussion;
    document.body.insert(members::TERM.to_owned(), json!(digest));
    document
}
