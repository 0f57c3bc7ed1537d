//! The whole reading: what is done. What an activity may do is decided elsewhere; what is refused here is what nobody may do: speak for
//! another server, for us, or for somebody else.

use super::fields::Fields;
use super::note::{Note, NoteKind};
use super::{ActivityId, ActorKind, Kind, Refused, json, open};
use crate::origin::{Id, Rules};

/// Most things that one report is about.
const MAX_FLAGGED: usize = 100;
/// Longest text of a report, in characters; Mastodon's limit. The rest is cut.
const MAX_FLAG_TEXT: usize = 5_000;
/// Longest reason of a moderator, in characters. The rest is cut.
const MAX_REASON: usize = 2_000;
/// Longest emoji of a reaction, in characters: some are sequences, some names in colons. A longer one is none.
const MAX_EMOJI: usize = 64;

/// What is done. By whom stands on the [`Envelope`](super::Envelope).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// The actor wants to hear what the target says.
    Follow {
        /// Whom to follow.
        target: Id,
    },
    /// The actor takes back what it did.
    Undo(Inner),
    /// The actor says yes, to a follow as a rule.
    Accept {
        /// To what.
        of: Inner,
        /// The stamp that proves the approval of a reply, a like, an announce; to be fetched (GoToSocial, FEP-044f).
        stamp: Option<Id>,
    },
    /// The actor says no, perhaps after a yes.
    Reject(Inner),
    /// The actor has written something.
    Create(Object),
    /// The actor has edited something it wrote.
    Update(Object),
    /// The actor has changed its own description, which is to be fetched.
    UpdateActor,
    /// Something is deleted by its author, or removed by somebody who claims to moderate.
    Delete {
        /// What.
        object: Id,
        /// Why, as moderators say (Lemmy).
        reason: Option<String>,
    },
    /// The actor deletes itself.
    DeleteActor,
    /// The actor likes something, or reacts to it with an emoji.
    Like {
        /// What.
        object: Id,
        /// With which emoji, at most 64 characters.
        emoji: Option<String>,
    },
    /// The actor asks for the permission to do something with what somebody wrote (GoToSocial).
    Ask {
        /// To do what.
        wish: Wish,
        /// With what.
        target: Id,
    },
    /// The actor votes something down.
    Dislike {
        /// What.
        object: Id,
    },
    /// The actor passes something on. What is inside is at most a hint where to ask.
    Announce(Inner),
    /// Somebody reports something to moderators.
    Flag {
        /// What: actors and what they wrote.
        objects: Vec<Id>,
        /// Why, in a word of the sender's; only another Rejoinder has one.
        category: Option<String>,
        /// Why, plain text, at most 5,000 characters.
        text: String,
    },
    /// Somebody is shut out, by the actor or from where the actor moderates.
    Block {
        /// Who.
        object: Id,
        /// From where (Lemmy): a group or a server.
        target: Option<Id>,
        /// Until when, in Unix milliseconds.
        until: Option<i64>,
        /// Whether what they wrote there goes, too (Lemmy).
        removes: bool,
        /// Why (Lemmy).
        reason: Option<String>,
    },
    /// Somebody is let in again: a `Block` is taken back.
    Unblock {
        /// Who.
        object: Id,
        /// Where (Lemmy): a group or a server.
        target: Option<Id>,
        /// Whether what went with them comes back (Lemmy).
        restores: bool,
    },
    /// A discussion is closed (Lemmy).
    Lock {
        /// Its root.
        object: Id,
    },
    /// Something is put into a collection.
    Add {
        /// What.
        object: Id,
        /// Into which.
        target: Id,
    },
    /// Something is taken out of a collection.
    Remove {
        /// What.
        object: Id,
        /// Out of which.
        target: Id,
    },
    /// The actor has gone to another server.
    Move {
        /// What it is called there.
        target: Id,
    },
    /// Something that means nothing to us.
    Ignored {
        /// Its type; of what is created or updated, that type, too.
        kind: String,
    },
}

/// What is created or updated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// The thing itself, by the actor.
    Here(Box<Note>),
    /// Only its name, on the actor's server: it has to be asked for.
    There(Id),
}

/// What somebody asks to be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To answer, with these words.
    Reply(Object),
    /// To like, by an activity that is called so.
    Like(ActivityId),
}

/// A thing inside an activity, of which only its name and frame are kept. Of what is an activity of others nothing may be believed.
/// There is an id or a kind, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// What it is called. Some servers take back by type and object alone.
    pub id: Option<ActivityId>,
    /// Its type, unless only the id was sent.
    pub kind: Option<Kind>,
    /// Who did it.
    pub actor: Option<Id>,
    /// With what it was done.
    pub object: Option<Id>,
}

/// Reads what is done.
///
/// # Errors
/// As [`envelope`](super::envelope()), and when what is said cannot be told for certain, is too much, or is not the actor's to say.
pub fn parse(bytes: &[u8], rules: &Rules) -> Result<Activity, Refused> {
    open(bytes, rules)?.1.read(rules)
}

/// Reads what is done in the activity that another one, a group's `Announce`, passes on. Nobody has signed for it but who passes it on.
///
/// # Errors
/// As [`parse`]; when there is no activity inside.
pub fn passed_on(bytes: &[u8], rules: &Rules) -> Result<Activity, Refused> {
    let document = json::read(bytes)?;
    let inner = Fields::new(&document, rules).inside("object").ok_or(Refused::Missing("object"))?;
    read(inner.kind()?, &inner.some_id("actor")?, inner)
}

pub(super) fn read(kind: Kind, actor: &Id, activity: Fields<'_>) -> Result<Activity, Refused> {
    Ok(match kind {
        Kind::Follow => Activity::Follow { target: activity.some_id("object")? },
        Kind::Undo => undone(own(actor, Inner::read(activity)?)?, activity)?,
        Kind::Accept => Activity::Accept { of: Inner::read(activity)?, stamp: activity.id_at("result", actor)? },
        Kind::Reject => Activity::Reject(Inner::read(activity)?),
        Kind::Create => written(&kind, actor, activity, "object")?.map_or_else(ignored, Activity::Create),
        Kind::Update if about_itself(actor, activity) => Activity::UpdateActor,
        Kind::Update => written(&kind, actor, activity, "object")?.map_or_else(ignored, Activity::Update),
        Kind::Delete if about_itself(actor, activity) => Activity::DeleteActor,
        Kind::Delete => {
            Activity::Delete { object: activity.some_id("object")?, reason: activity.cut("summary", MAX_REASON) }
        }
        Kind::Like | Kind::EmojiReact => Activity::Like { object: activity.some_id("object")?, emoji: emoji(activity) },
        Kind::Dislike => Activity::Dislike { object: activity.some_id("object")? },
        Kind::ReplyRequest => reply_request(&kind, actor, activity)?,
        Kind::LikeRequest => like_request(actor, activity)?,
        Kind::Announce => Activity::Announce(Inner::read(activity)?),
        Kind::Flag => flag(activity)?,
        Kind::Block => Activity::Block {
            object: activity.some_id("object")?,
            target: activity.id("target")?,
            until: activity.time("endTime").or_else(|| activity.time("expires")),
            removes: activity.says("removeData"),
            reason: activity.cut("summary", MAX_REASON),
        },
        Kind::Lock => Activity::Lock { object: activity.some_id("object")? },
        Kind::Add => Activity::Add { object: activity.some_id("object")?, target: activity.some_id("target")? },
        Kind::Remove => Activity::Remove { object: activity.some_id("object")?, target: activity.some_id("target")? },
        Kind::Move if about_itself(actor, activity) => Activity::Move { target: activity.some_id("target")? },
        Kind::Move => return Err(Refused::NotTheirs("object")),
        Kind::Other(kind) => ignored(kind),
    })
}

/// That somebody is let in again needs more of what is taken back than its object.
fn undone(inner: Inner, activity: Fields<'_>) -> Result<Activity, Refused> {
    Ok(match activity.inside("object") {
        Some(block) if inner.kind == Some(Kind::Block) => Activity::Unblock {
            object: block.some_id("object")?,
            target: block.id("target")?,
            restores: activity.says("restoreData"),
        },
        _ => Activity::Undo(inner),
    })
}

fn ignored(kind: String) -> Activity {
    Activity::Ignored { kind }
}

fn about_itself(actor: &Id, activity: Fields<'_>) -> bool {
    activity.id("object").ok().flatten().as_ref() == Some(actor)
}

/// What is created or updated; the type of what is of no use here as the error of the inner result.
fn written(
    kind: &Kind,
    actor: &Id,
    activity: Fields<'_>,
    field: &'static str,
) -> Result<Result<Object, String>, Refused> {
    let Some(object) = activity.inside(field) else {
        let id = activity.id_at(field, actor)?.ok_or(Refused::Missing(field))?;
        return Ok(Ok(Object::There(id)));
    };
    let name = object.single("type")?;
    let Some(note) = NoteKind::named(name) else {
        return unwritten(kind, name);
    };
    let note = Note::read(note, object)?;
    // Not even of a neighbour on the same server: the server has signed for one of them.
    if note.author != *actor {
        return Err(Refused::NotTheirs("attributedTo"));
    }
    Ok(Ok(Object::Here(Box::new(note))))
}

fn unwritten(kind: &Kind, name: &str) -> Result<Result<Object, String>, Refused> {
    // An actor is only ever changed by itself, which was looked at before.
    if ActorKind::named(name).is_some() {
        return Err(Refused::NotTheirs("object"));
    }
    Ok(Err(format!("{} {}", kind.name(), Kind::named(name).name())))
}

/// The words that are to be allowed come along. They have to answer what they are asked for.
fn reply_request(kind: &Kind, actor: &Id, activity: Fields<'_>) -> Result<Activity, Refused> {
    let target = activity.some_id("object")?;
    let words = match written(kind, actor, activity, "instrument")? {
        Ok(words) => words,
        Err(kind) => return Ok(ignored(kind)),
    };
    match &words {
        Object::Here(note) if note.in_reply_to.as_ref() != Some(&target) => Err(OTHER_WISH),
        Object::Here(_) | Object::There(_) => Ok(Activity::Ask { wish: Wish::Reply(words), target }),
    }
}

const OTHER_WISH: Refused = Refused::Shape { field: "instrument", due: "what is to be done with the object" };

fn like_request(actor: &Id, activity: Fields<'_>) -> Result<Activity, Refused> {
    let target = activity.some_id("object")?;
    let like = activity.inside("instrument").ok_or(Refused::Missing("instrument"))?;
    if like.kind()? != Kind::Like || like.some_id("object")? != target {
        return Err(OTHER_WISH);
    }
    // GoToSocial's documents say `attributedTo` here, its likes `actor`.
    for by in ["actor", "attributedTo"] {
        if like.id(by)?.is_some_and(|by| by != *actor) {
            return Err(Refused::NotTheirs("instrument"));
        }
    }
    let id = name(like.single("id")?, like.rules())?;
    if id.document().is_with(actor) {
        Ok(Activity::Ask { wish: Wish::Like(id), target })
    } else {
        Err(Refused::Elsewhere("instrument"))
    }
}

fn emoji(activity: Fields<'_>) -> Option<String> {
    let text = activity.text("content").or_else(|| activity.text("_misskey_reaction"))?.trim();
    Some(text).filter(|text| !text.is_empty() && text.chars().count() <= MAX_EMOJI).map(str::to_owned)
}

fn flag(activity: Fields<'_>) -> Result<Activity, Refused> {
    activity.at_most("object", MAX_FLAGGED)?;
    let objects = activity.ids("object", MAX_FLAGGED);
    if objects.is_empty() {
        return Err(Refused::Missing("object"));
    }
    let text = activity.cut("content", MAX_FLAG_TEXT).or_else(|| activity.cut("summary", MAX_FLAG_TEXT));
    let category = activity.text("category").map(str::to_owned);
    Ok(Activity::Flag { objects, category, text: text.unwrap_or_default() })
}

/// Whoever takes something back did it.
fn own(actor: &Id, inner: Inner) -> Result<Inner, Refused> {
    let other = inner.actor.as_ref().is_some_and(|doer| doer != actor);
    if other { Err(Refused::NotTheirs("object")) } else { Ok(inner) }
}

impl Inner {
    fn read(activity: Fields<'_>) -> Result<Self, Refused> {
        match activity.inside("object") {
            Some(inner) => Self::of(inner),
            None => {
                let id = name(activity.single("object")?, activity.rules())?;
                Ok(Self { id: Some(id), kind: None, actor: None, object: None })
            }
        }
    }

    pub(super) fn of(inner: Fields<'_>) -> Result<Self, Refused> {
        Ok(Self {
            id: inner.text("id").map(|text| name(text, inner.rules())).transpose()?,
            kind: Some(inner.kind()?),
            actor: inner.id("actor")?,
            object: inner.id("object").ok().flatten(),
        })
    }
}

pub(super) fn name(text: &str, rules: &Rules) -> Result<ActivityId, Refused> {
    ActivityId::read(text, rules).map_err(|why| Refused::Id { field: "object", why })
}
