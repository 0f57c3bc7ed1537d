//! Whom authors on other servers let answer (GoToSocial's `canReply`). Their servers would take no other answer, so that it would stand
//! here alone: who may not answer is told so before anything is stored.

use domain::{CommentId, Refusal};
use federation::wire::addresses::OurActor;
use federation::wire::parse::{Listed, Note, Permission};
use storage::answering::{self, Allowed};
use storage::{Read, Write};

use crate::{Ctx, Error, Person, Result};

/// How everybody is listed.
const EVERYBODY: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Keeps whom a comment lets answer.
///
/// # Errors
/// Storage failures only.
pub(crate) fn keep(tx: &mut Write, ctx: &Ctx, comment: CommentId, note: &Note) -> Result<()> {
    Ok(answering::set(tx, comment, restricted(ctx, note).as_ref())?)
}

/// Whom a comment lets answer, if that is not everybody. Whoever is mentioned always may.
pub(crate) fn restricted(ctx: &Ctx, note: &Note) -> Option<Allowed> {
    let (automatic, manual) = match &note.policy.reply {
        Permission::Anybody => return None,
        Permission::Listed { automatic, .. } if automatic.has_everybody() => return None,
        Permission::Listed { automatic, manual } => (automatic, manual),
    };
    let listed = |listed: &Listed| -> Vec<String> {
        let everybody = listed.has_everybody().then(|| EVERYBODY.to_owned());
        everybody.into_iter().chain(listed.ids.iter().map(ToString::to_string)).collect()
    };
    let (mut automatic, rules) = (listed(automatic), ctx.elsewhere().rules());
    let mentioned = note.tags.mentions.iter().filter(|mention| rules.is_ours(&mention.href));
    automatic.extend(mentioned.map(|mention| mention.href.to_string()));
    Some(Allowed { automatic, manual: listed(manual) })
}

/// Refuses unless the author of a comment lets this person answer.
///
/// # Errors
/// The refusal; storage failures.
pub(crate) fn may_answer(tx: &mut Read, ctx: &Ctx, comment: CommentId, who: &Person) -> Result<()> {
    let Some(Allowed { automatic, manual }) = answering::find(tx, comment)? else { return Ok(()) };
    let own = ctx.elsewhere().addresses().actor(&OurActor::Person(who.name.clone()));
    let lists = |list: &[String]| list.iter().any(|id| *id == own || id == EVERYBODY);
    let reason = match (lists(&automatic), lists(&manual)) {
        (true, _) => return Ok(()),
        (false, true) => {
            "Its author wants to agree to each answer first, which cannot be asked for from here yet. \
             Answer from an account on their server instead."
        }
        (false, false) => "Its author, on another server, takes answers only from people of their choice.",
    };
    Err(Error::Refused(Refusal::Forbidden("answer this comment", reason)))
}
