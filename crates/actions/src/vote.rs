//! Voting, and taking a vote back.

use domain::authority::{Act, Standing};
use domain::{CommentId, EventKind, Votes};
use storage::Write;
use storage::threads::{self, Touch};
use storage::votes::{self, Vote};

use crate::elsewhere::say;
use crate::writing::permitted;
use crate::{Ctx, Person, Result};

/// Sets the person's vote (`None` takes it back) and returns the counts that follow.
///
/// # Errors
/// Refusals of the table of rights; failures.
pub async fn vote(ctx: &Ctx, who: &Person, comment: CommentId, vote: Option<Vote>) -> Result<Votes> {
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            let before = votes::one(tx, comment, who.actor)?;
            let counts = cast(tx, &cx, who.standing(), comment, vote)?;
            if before.map(|(vote, _)| vote) != vote {
                let given = votes::one(tx, comment, who.actor)?;
                say::voted(tx, &cx, comment, &who, (before, given))?;
            }
            Ok(counts)
        })
        .await
}

/// Sets a vote, whosever it is.
pub(crate) fn cast(tx: &mut Write, ctx: &Ctx, who: Standing, comment: CommentId, vote: Option<Vote>) -> Result<Votes> {
    let spot = permitted(tx, who, Act::Vote, comment)?;
    let now = ctx.now();
    let Some(counts) = votes::set(tx, comment, who.actor, vote, now)? else { return Ok(spot.votes) };
    if spot.parent.is_none() {
        threads::set_votes(tx, spot.thread, spot.published, counts)?;
    }
    let event = Some((EventKind::Vote, comment));
    threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event, now })?;
    Ok(counts)
}
