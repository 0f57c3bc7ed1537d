//! Who acts, as their server describes them.

use activitypub_federation::protocol::public_key::PublicKey;
use serde::Deserialize;
use url::Url;

use super::fields::Fields;
use super::{Refused, json};
use crate::origin::{Id, Rules};

/// Keys that are looked at.
const MAX_KEYS: usize = 4;
/// Longest key, in bytes of PEM: RSA of 16,384 bits, which nobody verifies, is shorter.
const MAX_PEM: usize = 8_192;
/// Longest user name, in characters, as in Misskey.
const MAX_USERNAME: usize = 128;
/// Longest display name, in characters.
const MAX_NAME: usize = 2_048;
/// Longest description, in characters, as in Mastodon.
const MAX_SUMMARY: usize = 20_000;
/// Other names of an actor that are looked at.
const MAX_ALIASES: usize = 256;

/// What an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// Somebody.
    Person,
    /// A board or forum.
    Group,
    /// A server as a whole.
    Application,
    /// A program.
    Service,
    /// A body of people.
    Organization,
}

/// An actor elsewhere. All addresses but those in `moved_to` and `also_known_as` are on the server of `id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What it is called: exactly what was asked for.
    pub id: Id,
    /// What it is.
    pub kind: ActorKind,
    /// Its name before the `@`: ASCII letters, digits, `_`, inside also `-` and `.`; at most 128.
    pub username: String,
    /// `name@host`, as it says itself (FEP-2c59). WebFinger has to agree.
    pub webfinger: Option<String>,
    /// The name that is shown, at most 2,048 characters.
    pub name: Option<String>,
    /// What it says of itself, HTML as it came, at most 20,000 characters.
    pub summary: Option<String>,
    /// Where it takes activities.
    pub inbox: Id,
    /// Where its server takes them for all.
    pub shared_inbox: Option<Id>,
    /// What it has said.
    pub outbox: Option<Id>,
    /// Who follows it.
    pub followers: Option<Id>,
    /// What it has pinned.
    pub featured: Option<Id>,
    /// Of a group, the collection of those who moderate it (FEP-1b12).
    pub moderators: Option<Id>,
    /// Its page for people.
    pub url: Option<Url>,
    /// What it signs with. An actor without one may be shown, and cannot speak.
    pub key: Option<Key>,
    /// Where it has gone.
    pub moved_to: Option<Id>,
    /// What else it is called, as it says; at most 256.
    pub also_known_as: Vec<Id>,
    /// Whether it looks at each follow before it accepts it.
    pub approves_followers: bool,
    /// Whether strangers may find in a search what it writes (FEP-5feb). Absent counts as no.
    pub indexable: bool,
    /// Whether its own server has suspended it.
    pub suspended: bool,
    /// Since when it is there, in Unix milliseconds, as its server says.
    pub published: Option<i64>,
}

/// A public key that belongs to the actor in whose document it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What it is called, with fragment if it has one; on the server of the actor.
    pub id: String,
    /// PEM, SPKI or PKCS#1, not looked at here.
    pub pem: String,
}

impl ActorKind {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "Person" => Some(Self::Person),
            "Group" => Some(Self::Group),
            "Application" => Some(Self::Application),
            "Service" => Some(Self::Service),
            "Organization" => Some(Self::Organization),
            _ => None,
        }
    }
}

/// Reads what was fetched from `asked`.
///
/// # Errors
/// When it is no actor, or another one than asked for, or has an address on another server, or a key of somebody else.
pub fn actor(bytes: &[u8], rules: &Rules, asked: &Id) -> Result<Actor, Refused> {
    let document = json::read(bytes)?;
    let actor = Fields::new(&document, rules);
    let kind = actor.single("type")?;
    let kind = ActorKind::named(kind).ok_or_else(|| Refused::Kind(kind.chars().take(MAX_USERNAME).collect()))?;
    let id = actor.own_id()?;
    if id != *asked {
        return Err(Refused::OtherId(id.to_string()));
    }
    if rules.is_ours(&id) {
        return Err(Refused::Ours("id"));
    }
    read(kind, id, actor)
}

fn read(kind: ActorKind, id: Id, actor: Fields<'_>) -> Result<Actor, Refused> {
    let endpoints = actor.inside("endpoints").or_else(|| actor.inside("as:endpoints"));
    Ok(Actor {
        kind,
        username: username(actor)?,
        webfinger: actor.text("webfinger").and_then(|handle| handle_of(handle, actor.rules())),
        name: actor.cut("name", MAX_NAME),
        summary: actor.cut("summary", MAX_SUMMARY),
        inbox: actor.id_at("inbox", &id)?.ok_or(Refused::Missing("inbox"))?,
        shared_inbox: endpoints.map(|endpoints| endpoints.id_at("sharedInbox", &id)).transpose()?.flatten(),
        outbox: actor.id_at("outbox", &id)?,
        followers: actor.id_at("followers", &id)?,
        featured: actor.id_at("featured", &id)?,
        moderators: moderators(kind, actor, &id)?,
        url: actor.page(&id),
        key: key(actor, &id)?,
        moved_to: actor.id("movedTo").ok().flatten(),
        also_known_as: actor.ids("alsoKnownAs", MAX_ALIASES),
        approves_followers: actor.says("manuallyApprovesFollowers"),
        indexable: actor.says("indexable"),
        suspended: actor.says("suspended"),
        published: actor.time("published"),
        id,
    })
}

fn username(actor: Fields<'_>) -> Result<String, Refused> {
    let name = actor.single("preferredUsername")?;
    let due = "letters, digits and “_”, with “-” and “.” only inside, and at most 128 of them";
    if is_username(name) { Ok(name.to_owned()) } else { Err(Refused::Shape { field: "preferredUsername", due }) }
}

fn is_username(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !name.is_empty()
        && name.len() <= MAX_USERNAME
        && name.bytes().all(is_inner)
        && name.trim_matches(['-', '.']) == name
}

fn handle_of(handle: &str, rules: &Rules) -> Option<String> {
    let (name, host) = handle.strip_prefix('@').unwrap_or(handle).split_once('@')?;
    let host =
        rules.id(&format!("https://{host}/")).ok().filter(|id| id.url().path() == "/" && id.url().query().is_none())?;
    is_username(name).then(|| format!("{name}@{}", host.host()))
}

/// On a group, a text in `attributedTo` is the collection of its moderators; PeerTube's channels name their owner there, in an array.
fn moderators(kind: ActorKind, actor: Fields<'_>, id: &Id) -> Result<Option<Id>, Refused> {
    let is_collection = kind == ActorKind::Group && actor.text("attributedTo").is_some();
    if is_collection { actor.id_at("attributedTo", id) } else { Ok(None) }
}

/// Of the keys that are shown, the first that belongs to who shows it. A key says itself whose it is, and anybody can say anything in a
/// document of their own (CVE-2024-23832).
fn key(actor: Fields<'_>, id: &Id) -> Result<Option<Key>, Refused> {
    let shown = actor.many("publicKey");
    let is_own = |key: &PublicKey| {
        let document = actor.rules().document_of(&key.id);
        key.owner.as_str() == id.as_str() && document.is_ok_and(|document| document.is_with(id))
    };
    let mut keys = shown.iter().take(MAX_KEYS).filter_map(|key| PublicKey::deserialize(key).ok());
    let own = keys.find(|key| is_own(key) && key.public_key_pem.len() <= MAX_PEM);
    match own {
        Some(key) => Ok(Some(Key { id: key.id, pem: key.public_key_pem })),
        None if shown.is_empty() => Ok(None),
        None => Err(Refused::Key),
    }
}
