//! What authors on other servers let others do with their comments (GoToSocial's `interactionPolicy`). Their servers would take nothing else,
//! so that it would stand here alone: who may not is told so before anything is stored, and who may ask asks first.

use domain::{ActorId, CommentId, Refusal};
use federation::wire::addresses::OurActor;
use federation::wire::parse::{Grant, Listed, Note, Permission};
use storage::answering::{self, Allowed};
use storage::comments;
use storage::{Read, Write};

use crate::{Ctx, Error, Person, Result};

/// How everybody is listed.
pub const EVERYBODY: &str = "https://www.w3.org/ns/activitystreams#Public";

/// What somebody has to do before they do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Nothing.
    Given,
    /// To ask this author, who is at home elsewhere.
    Asked(ActorId),
}

/// Keeps what a comment lets others do.
///
/// # Errors
/// Storage failures only; also of the other functions here that say nothing else.
pub(crate) fn keep(tx: &mut Write, comment: CommentId, note: &Note) -> Result<()> {
    answering::set(tx, comment, answerers(note).as_ref())?;
    Ok(answering::set_likers(tx, comment, likers(note).as_ref())?)
}

/// The same of a comment that is new: of most there is nothing to be kept, and nothing was.
pub(crate) fn keep_first(tx: &mut Write, comment: CommentId, note: &Note) -> Result<()> {
    match (answerers(note), likers(note)) {
        (None, None) => Ok(()),
        _ => keep(tx, comment, note),
    }
}

/// Whoever is mentioned always may answer.
fn answerers(note: &Note) -> Option<Allowed> {
    restricted(&note.policy.reply, note.tags.mentions.iter().map(|mention| mention.href.to_string()))
}

fn likers(note: &Note) -> Option<Allowed> {
    restricted(&note.policy.like, std::iter::empty())
}

/// Who may do a thing, if that is not everybody. These `always` may.
fn restricted(permission: &Permission, always: impl Iterator<Item = String>) -> Option<Allowed> {
    let (automatic, manual) = match permission {
        Permission::Anybody => return None,
        Permission::Listed { automatic, manual } if automatic.has_everybody() && manual.ids.is_empty() => return None,
        Permission::Listed { automatic, manual } => (automatic, manual),
    };
    let listed = |listed: &Listed| -> Vec<String> {
        let everybody = listed.has_everybody().then(|| EVERYBODY.to_owned());
        everybody.into_iter().chain(listed.ids.iter().map(ToString::to_string)).collect()
    };
    Some(Allowed { automatic: listed(automatic).into_iter().chain(always).collect(), manual: listed(manual) })
}

/// What the lists mean for this actor: who is named counts before everybody, and a yes before a perhaps. Who is in somebody's collection
/// of followers cannot be known here.
#[must_use]
pub fn weigh(allowed: &Allowed, uri: &str) -> Grant {
    let Allowed { automatic, manual } = allowed;
    let has = |list: &[String], wanted: &str| list.iter().any(|id| id == wanted);
    for who in [uri, EVERYBODY] {
        match (has(automatic, who), has(manual, who)) {
            (true, _) => return Grant::Automatic,
            (false, true) => return Grant::Manual,
            (false, false) => {}
        }
    }
    Grant::Refused
}

/// What the author of a comment says to an answer by this actor. Authors always may answer their own, and whoever is answered may reply.
pub(crate) fn answering(tx: &mut Read, comment: CommentId, (actor, uri): (ActorId, &str)) -> Result<Grant> {
    let Some(allowed) = answering::find(tx, comment)? else { return Ok(Grant::Automatic) };
    let Some(spot) = comments::spot(tx, comment)? else { return Ok(Grant::Refused) };
    let answered = spot.parent.map_or(Ok(None), |parent| comments::spot(tx, parent))?;
    let is_theirs = spot.author == actor || answered.is_some_and(|answered| answered.author == actor);
    Ok(if is_theirs { Grant::Automatic } else { weigh(&allowed, uri) })
}

fn own(ctx: &Ctx, name: &str) -> String {
    ctx.elsewhere().addresses().actor(&OurActor::Person(name.to_owned()))
}

/// What this person has to do before they answer a comment.
///
/// # Errors
/// The refusal, if its author does not want it; storage failures.
pub(crate) fn to_answer(tx: &mut Read, ctx: &Ctx, comment: CommentId, (who, name): (ActorId, &str)) -> Result<Consent> {
    let grant = answering(tx, comment, (who, &own(ctx, name)))?;
    let reason = "Its author, on another server, takes answers only from people of their choice.";
    judged(tx, comment, grant, ("answer this comment", reason))
}

/// What this person has to do before they like a comment.
///
/// # Errors
/// As [`to_answer`].
pub(crate) fn to_like(tx: &mut Read, ctx: &Ctx, comment: CommentId, who: &Person) -> Result<Consent> {
    let allowed = answering::likers(tx, comment)?;
    let grant = allowed.map_or(Grant::Automatic, |allowed| weigh(&allowed, &own(ctx, &who.name)));
    let reason = "Its author, on another server, takes votes only from people of their choice.";
    judged(tx, comment, grant, ("vote on this comment", reason))
}

fn judged(tx: &mut Read, comment: CommentId, grant: Grant, no: (&'static str, &'static str)) -> Result<Consent> {
    match grant {
        Grant::Automatic => Ok(Consent::Given),
        Grant::Refused => Err(Error::Refused(Refusal::Forbidden(no.0, no.1))),
        // Whoever is not there any more cannot be asked; the act itself says so.
        Grant::Manual => Ok(comments::spot(tx, comment)?.map_or(Consent::Given, |spot| Consent::Asked(spot.author))),
    }
}
