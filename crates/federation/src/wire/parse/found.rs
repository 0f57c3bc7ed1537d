//! What stands at an address that was asked for, when it could be anything.

use super::fields::Fields;
use super::note::{Note, NoteKind};
use super::{ActivityId, Inner, Kind, Refused, activity, json};
use crate::origin::{Id, Rules};

/// What was fetched. It is at home where it was fetched from, so it may be believed of whoever is at home there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A piece of writing.
    Note(Box<Note>),
    /// What was there is deleted.
    Gone,
    /// An activity; what it is about is to be asked for in its turn.
    Activity(Inner),
    /// An author's approval of what somebody else did.
    Stamp(Stamp),
    /// Something else, of that type.
    Other(String),
}

/// An author's approval: GoToSocial's `ReplyApproval`, `LikeApproval`, `AnnounceApproval`, later called `…Authorization` with the names of
/// FEP-044f. It holds if all three are what is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Which of them.
    pub kind: String,
    /// Who approves, on the same server.
    pub author: Id,
    /// What is approved: the reply, the like.
    pub object: ActivityId,
    /// What it may be done with: the author's note.
    pub target: Option<Id>,
}

/// Reads what was fetched from `asked`.
///
/// # Errors
/// When it is another thing than asked for, or cannot be told for certain, is too much, or speaks for another server.
pub fn object(bytes: &[u8], rules: &Rules, asked: &Id) -> Result<Found, Refused> {
    let document = json::read(bytes)?;
    let thing = Fields::new(&document, rules);
    let id = thing.own_id()?;
    if id != *asked {
        return Err(Refused::OtherId(id.to_string()));
    }
    if rules.is_ours(&id) {
        return Err(Refused::Ours("id"));
    }
    let name = thing.single("type")?;
    if let Some(kind) = NoteKind::named(name) {
        return Ok(Found::Note(Box::new(Note::read(kind, thing)?)));
    }
    match (name, Kind::named(name)) {
        ("Tombstone", _) => Ok(Found::Gone),
        (_, Kind::Other(kind)) if kind.ends_with("Approval") || kind.ends_with("Authorization") => {
            stamp(kind, thing, &id)
        }
        (_, Kind::Other(kind)) => Ok(Found::Other(kind)),
        _ => done(thing, &id),
    }
}

/// What a deleted thing had answered, if what is left of it says so (ours does), as it was fetched from `asked`.
///
/// # Errors
/// As [`object`].
pub fn buried(bytes: &[u8], rules: &Rules, asked: &Id) -> Result<Option<Id>, Refused> {
    if object(bytes, rules, asked)? != Found::Gone {
        return Ok(None);
    }
    let document = json::read(bytes)?;
    Fields::new(&document, rules).id_or_array_of_one("inReplyTo")
}

fn done(thing: Fields<'_>, id: &Id) -> Result<Found, Refused> {
    let inner = Inner::of(thing)?;
    let actor = inner.actor.as_ref().ok_or(Refused::Missing("actor"))?;
    if actor.is_with(id) { Ok(Found::Activity(inner)) } else { Err(Refused::Elsewhere("actor")) }
}

fn stamp(kind: String, thing: Fields<'_>, id: &Id) -> Result<Found, Refused> {
    let author = thing.id_at("attributedTo", id)?.ok_or(Refused::Missing("attributedTo"))?;
    let either = |name, older| if thing.value(name).is_some() { name } else { older };
    let object = activity::name(thing.single(either("interactingObject", "object"))?, thing.rules())?;
    let target = thing.id(either("interactionTarget", "target"))?;
    Ok(Found::Stamp(Stamp { kind, author, object, target }))
}
