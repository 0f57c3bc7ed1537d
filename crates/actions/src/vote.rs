//! Voting, and taking a vote back.

use domain::authority::{Act, Standing};
use domain::{ActorId, CommentId, EventKind, Refusal, Time, Votes};
use storage::comments::Spot;
use storage::threads::{self, Touch};
use storage::votes::{self, Vote};
use storage::{Write, approvals};

use crate::elsewhere::consent::{self, Consent};
use crate::elsewhere::{approval, say};
use crate::writing::permitted;
use crate::{Ctx, Error, Person, Result};

/// Sets the person's vote (`None` takes it back) and returns the counts that follow. A like for which the author elsewhere has to be asked
/// is counted when it is allowed.
///
/// # Errors
/// Refusals of the table of rights and of the author; failures.
pub async fn vote(ctx: &Ctx, who: &Person, comment: CommentId, vote: Option<Vote>) -> Result<Votes> {
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db().write(move |tx| voted(tx, &cx, &who, comment, vote)).await
}

fn voted(tx: &mut Write, ctx: &Ctx, who: &Person, comment: CommentId, vote: Option<Vote>) -> Result<Votes> {
    let before = votes::one(tx, comment, who.actor)?;
    let changes = before.map(|(vote, _)| vote) != vote;
    // Whoever has no vote may have asked for one.
    if (changes || vote.is_none())
        && let Some(counts) = asked(tx, ctx, who, comment, vote)?
    {
        return Ok(counts);
    }
    let counts = cast_at(tx, ctx, &who.standing(), comment, (vote, ctx.now()))?;
    if changes {
        let given = votes::one(tx, comment, who.actor)?;
        say::voted(tx, ctx, comment, &who.name, (before, given), None)?;
    }
    Ok(counts)
}

/// What is not for the person alone to decide: the counts as they are, once the author has been asked, or is asked no longer.
fn asked(tx: &mut Write, ctx: &Ctx, who: &Person, comment: CommentId, vote: Option<Vote>) -> Result<Option<Votes>> {
    let spot = permitted(tx, &who.standing(), Act::Vote, comment)?;
    let wished = approvals::wished(tx, comment, who.actor)?;
    let Some(vote) = vote else {
        let Some(wish) = wished else { return Ok(None) };
        approvals::unwish(tx, comment, who.actor)?;
        say::unwished(tx, ctx, wish, &who.name, spot.author)?;
        return Ok(Some(spot.votes));
    };
    match (consent::to_like(tx, ctx, comment, who)?, vote) {
        (Consent::Given, _) => Ok(None),
        (Consent::Asked(author), Vote::Up) => {
            approval::wish(tx, ctx, comment, who, author)?;
            Ok(Some(spot.votes))
        }
        (Consent::Asked(_), Vote::Down) => {
            let reason = "Its author, on another server, wants to be asked for each vote, and can be asked only for one in favour.";
            Err(Error::Refused(Refusal::Forbidden("vote this comment down", reason)))
        }
    }
}

/// As whom somebody votes whose vote was waited for.
pub(crate) fn voter(actor: ActorId) -> Standing {
    Standing::member(actor)
}

/// Sets a vote that was given at that time.
pub(crate) fn cast_at(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Standing,
    comment: CommentId,
    given: (Option<Vote>, Time),
) -> Result<Votes> {
    let spot = permitted(tx, who, Act::Vote, comment)?;
    set(tx, ctx, &spot, who.actor, given)
}

/// Sets a vote on a comment that is held for change, of somebody who may vote on it.
pub(crate) fn set(
    tx: &mut Write,
    ctx: &Ctx,
    spot: &Spot,
    who: ActorId,
    (vote, given): (Option<Vote>, Time),
) -> Result<Votes> {
    let Some(counts) = votes::set(tx, spot.id, who, vote, given)? else { return Ok(spot.votes) };
    if spot.parent.is_none() {
        threads::set_votes(tx, spot.thread, spot.published, counts)?;
    }
    let (event, now) = (Some((EventKind::Vote, spot.id)), ctx.now());
    threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event, now })?;
    Ok(counts)
}
