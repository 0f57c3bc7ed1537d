//! What other servers are told when a comment goes to another thread or board of ours. None of them moves what it has: they keep it where
//! it stood, below what it answered. What can be taken back is, and who hears of the new place is told of it there.

use domain::{CommentId, Origin};
use storage::comments;
use storage::threads::{self, Thread};
use storage::{Read, Write, objects, remotes};

use super::notes;
use super::regroup::{self, Circle};
use super::say::{self, Home, Place};
use crate::{Ctx, Result, quiet};

/// A comment is about to leave a thread, or with the thread its board: whoever has announced it there takes that back.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub(crate) fn leaves(tx: &mut Write, ctx: &Ctx, comment: CommentId, from: &Thread) -> Result<()> {
    if !remotes::any(tx)? || !may_be_known(tx, ctx, comment)? {
        return Ok(());
    }
    let (object, circle) = (notes::id(tx, ctx, comment)?, Circle::of(tx, from)?);
    say::taken_back(tx, ctx, (comment, object), Place::of(from), &circle)
}

/// A comment stands where it is to stand. One of ours says so of itself; whoever follows the new place hears of it there.
pub(crate) fn comes(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<()> {
    if !remotes::any(tx)? || !may_be_known(tx, ctx, comment)? {
        return Ok(());
    }
    updated(tx, ctx, comment)?;
    let Some(spot) = comments::spot(tx, comment)? else { return Ok(()) };
    let Some(thread) = threads::find(tx, spot.thread)?.filter(Thread::is_ours) else { return Ok(()) };
    let (object, circle) = (notes::id(tx, ctx, comment)?, Circle::of(tx, &thread)?);
    regroup::name(tx, ctx, &circle, &object)?;
    say::announce(tx, ctx, (comment, object, false), Place::of(&thread), &circle)
}

/// What a comment of ours says of itself is otherwise than before, but for its words: whether it may be answered, where it stands, whether
/// it is for everybody's eyes.
pub(crate) fn updated(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<()> {
    let Some(line) = comments::lines(tx, &[comment])?.pop().filter(|line| line.state.has_words()) else {
        return Ok(());
    };
    if line.author.origin != Origin::Local {
        return Ok(());
    }
    let is_quiet = quiet::is_quiet(tx, ctx, comment)?;
    let home = if is_quiet { Home::Quiet(&line.author.name) } else { Home::Here(&line.author.name) };
    say::edited(tx, ctx, comment, home)
}

/// Whether a comment may be made known: not what was published quietly, or is quiet since.
fn may_be_known(tx: &mut Read, ctx: &Ctx, comment: CommentId) -> Result<bool> {
    let home = objects::of_comments(tx, &[comment])?.remove(&comment);
    let stands = comments::spot(tx, comment)?.is_some_and(|spot| spot.state.has_words());
    Ok(stands && home.is_none_or(|home| home.announced) && !quiet::is_quiet(tx, ctx, comment)?)
}
