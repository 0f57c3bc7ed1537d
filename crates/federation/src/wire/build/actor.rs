//! Our actors: people, boards, threads, the server itself.

use serde_json::{Value, json};

use super::document::{Context, Document};
use crate::wire::addresses::{Addresses, OurActor, Ours};
use crate::wire::moment::written;

/// What an actor shows of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that is shown. Misskey wants none rather than an empty one.
    pub name: Option<String>,
    /// What it says of itself, HTML; likewise.
    pub summary: Option<String>,
    /// Since when it is there, in Unix milliseconds.
    pub published: i64,
    /// Whether strangers may find it, and what it writes, in a search (FEP-5feb).
    pub indexing: Indexing,
    /// Its public key, PEM (SPKI).
    pub pem: String,
}

/// Whether strangers may find somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexing {
    /// They may.
    Allowed,
    /// They may not.
    Refused,
}

/// The document of one of our actors.
#[must_use]
pub fn actor(addresses: &Addresses, who: &OurActor, profile: &Profile) -> Document {
    let id = addresses.actor(who);
    let username = addresses.username(who);
    let is_found = profile.indexing == Indexing::Allowed;
    let body = json!({
        "id": id,
        "type": who.kind(),
        "preferredUsername": username,
        "webfinger": format!("{username}@{}", addresses.host()),
        "name": profile.name,
        "summary": profile.summary,
        "url": addresses.page(who),
        "inbox": addresses.inbox(who),
        "outbox": addresses.of(&Ours::Outbox(who.clone())),
        "followers": addresses.of(&Ours::Followers(who.clone())),
        "following": addresses.of(&Ours::Following(who.clone())),
        "featured": of_board(addresses, who, Ours::Featured),
        "attributedTo": of_board(addresses, who, Ours::Moderators),
        "endpoints": {"sharedInbox": addresses.shared_inbox()},
        // Nobody is told what the server itself says: it says nothing.
        "manuallyApprovesFollowers": *who == OurActor::Instance,
        "discoverable": is_found,
        "indexable": is_found,
        "published": written(profile.published),
        "publicKey": {"id": addresses.key(who), "owner": id, "publicKeyPem": profile.pem},
    });
    Document::new(Context::Actor, body)
}

/// What both actors of a board have, and no other.
fn of_board(addresses: &Addresses, who: &OurActor, thing: fn(String) -> Ours) -> Value {
    match who {
        OurActor::Board(name) | OurActor::BoardAll(name) => json!(addresses.of(&thing(name.clone()))),
        OurActor::Person(_) | OurActor::Thread(_) | OurActor::Instance => Value::Null,
    }
}
