//! What goes out: the JSON of everything we say, made of plain data by functions that do nothing else. All of it is kept as golden files
//! beside the tests, for other servers stand on its exact shape: what is a list here is a list always (Lemmy), what is a text is a text,
//! times are whole seconds with `Z` (GoToSocial), and no id of an object has a fragment (Misskey).

mod activity;
mod actor;
mod collection;
mod discussion;
mod document;
mod note;
mod permission;

pub use activity::{
    Announced, Deletion, Flagged, Follow, Heading, ShutOut, accept, add, announce, announce_received, block, create,
    delete, delete_actor, dislike, flag, follow, like, lock, reject, remove, resolve, undo, update, update_actor,
};
pub use actor::{Indexing, Profile, actor};
pub use collection::{Contents, collection, page};
pub use discussion::discussion;
pub use document::Document;
pub use note::{Named, Note, Part, Replies, note, tombstone};
pub use permission::{
    Authorization, Deed, Request, allow, allowed_like, ask_to_like, ask_to_reply, authorization, deny, revoked,
};
