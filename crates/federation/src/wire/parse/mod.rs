//! What comes in, as plain data. Peers differ in shape, and that is borne: one value or many, an object where an id is due, missing
//! parts. Where two parsers could read two things, nothing is read: names that stand twice, several actors, redefined structure
//! (CVE-2026-46349, CVE-2024-32983). JSON-LD contexts are never loaded; a name means what ActivityStreams says it means.
//!
//! There are two readings. [`envelope`] is the small one, made before anybody has verified anything; [`parse`] the whole one. Whoever may need
//! both reads the one by [`open`], and the other of what that leaves.
//! What was fetched is read by [`actor`], [`object`] and [`collection`], each of which is told which address was asked.
//!
//! What is too much is refused where it would be work (tags, recipients, attachments, content, keys), and cut where it is only text to be
//! shown (names, warnings, descriptions, the text of a report).

mod activity;
mod activity_id;
mod actor;
mod addressed;
mod collection;
mod envelope;
mod fields;
mod found;
mod json;
mod key;
mod kind;
mod members;
mod note;
mod policy;
mod recipients;
mod refused;
mod tags;
mod unread;

pub use activity::{Activity, Inner, Object, Wish, parse, passed_on};
pub use activity_id::ActivityId;
pub use actor::{Actor, ActorKind, Key, actor};
pub use addressed::{Addressed, addressed};
pub use collection::{Collection, MAX_ITEMS, collection};
pub use envelope::{Envelope, envelope, names};
pub use found::{Found, Stamp, buried, object};
pub use json::MAX_BYTES;
pub use key::key_owner;
pub use kind::Kind;
pub use members::members_digest;
pub use note::{Attachment, Note, NoteKind};
pub use policy::{Grant, Listed, Permission, Policy};
pub use recipients::{Recipients, Visibility};
pub use refused::Refused;
pub use tags::{Mention, Tags};
pub use unread::{Unread, open};
