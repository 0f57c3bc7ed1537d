//! Actors elsewhere who are deleted. What they wrote becomes tombstones: a piece at a time, so that nobody waits for the rest, and as work in
//! the queue, so that a crash ends none of it.

use domain::{ActorId, CommentId};
use federation::budget::{Allowance, Budget, Cause};
use storage::jobs::{self, Job};
use storage::remotes::{self, Remote};
use storage::{Write, comments, follows};

use super::following;
use super::known::{self, Unknown};
use super::work::{Outcome, Postponed};
use crate::{Ctx, Error, Result, retract};

/// The kind of the work.
pub(crate) const KIND: &str = "departed";
/// Comments that become tombstones in one transaction.
const PIECE: i64 = 50;
/// Pieces that are done before the work is put back, so that its lease is not outlived.
const PIECES: usize = 100;

/// Somebody says that they are gone. Their server must say so, too (C8): then nothing is brought to them any more, and what they wrote
/// is taken down. A server that cannot be asked now is asked later: it would not say so a second time by itself.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn gone(ctx: &Ctx, by: Remote) -> Result<Outcome, Postponed> {
    let Ok(id) = ctx.elsewhere().rules().id(&by.uri) else { return Ok(Outcome::Ignored("it is nobody")) };
    let budget = Budget::new(Allowance::default(), Cause::Stranger(ctx.elsewhere().strangers().clone()));
    let shown = match known::fetched(ctx, &id, &budget).await {
        Ok(_) => None,
        Err(unknown) => Some(unknown.for_good()?),
    };
    if !matches!(shown, Some(Unknown::Gone)) {
        return Ok(Outcome::Ignored("its server does not say that it is gone"));
    }
    let (cx, job, now) = (ctx.clone(), ctx.id(), ctx.now());
    let ended = ctx.db().write(move |tx| {
        remotes::set_gone(tx, by.actor, now)?;
        follows::remove_all(tx, by.actor)?;
        following::gone(tx, &cx, by.actor)?;
        jobs::insert(tx, job, KIND, &by.actor.to_string(), now)?;
        Ok::<_, Error>(Outcome::Done)
    });
    Ok(ended.await?)
}

/// Goes on with what was begun. Says how many comments became tombstones.
///
/// # Errors
/// Failures only.
pub(crate) async fn go_on(ctx: &Ctx, job: Job) -> Result<usize> {
    let Ok(actor) = job.payload.parse::<ActorId>() else {
        return ctx.db().write(move |tx| Ok::<_, Error>(jobs::done(tx, job.id).map(|()| 0)?)).await;
    };
    let (mut done, mut after) = (0, CommentId(0));
    for _ in 0..PIECES {
        let (cx, from) = (ctx.clone(), after);
        let (count, last) = ctx.db().write(move |tx| piece(tx, &cx, actor, from)).await?;
        done += count;
        let Some(last) = last else {
            ctx.db().write(move |tx| jobs::done(tx, job.id)).await?;
            return Ok(done);
        };
        after = last;
    }
    let now = ctx.now();
    ctx.db().write(move |tx| jobs::again(tx, job.id, now, "")).await?;
    Ok(done)
}

/// One piece; says how many there were and which was the last, `None` if none was left.
fn piece(tx: &mut Write, ctx: &Ctx, actor: ActorId, after: CommentId) -> Result<(usize, Option<CommentId>)> {
    let left = comments::left_by(tx, actor, after, PIECE)?;
    for comment in &left {
        retract::erase_for_author(tx, ctx, *comment)?;
    }
    Ok((left.len(), left.last().copied()))
}
