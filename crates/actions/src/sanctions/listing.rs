//! Threads that were opened while what their authors wrote was made known to nobody stand in no list. They do when that is lifted: for one
//! person, or for all of a server.

use domain::{ActorId, BoardId, Level, ThreadId};
use storage::sanctions::Decided;
use storage::{Write, actors, swept};

use super::known;
use crate::elsewhere::policy;
use crate::{Ctx, Result, quiet};

/// Threads that are listed in one transaction.
const PIECE: i64 = 200;

/// Has the threads of somebody listed who may have been limited and is no longer. Says how many.
///
/// # Errors
/// Failures only.
pub(super) async fn carry_out(ctx: &Ctx, decided: &Decided) -> Result<usize> {
    known::refresh(ctx).await?;
    let (actor, board) = (decided.actor, decided.bar.board);
    let host = ctx.db().read(move |tx| actors::find(tx, actor)).await?.map(|actor| actor.host).unwrap_or_default();
    if !host.is_empty() && policy::level(ctx, &host).await? != Level::Allow {
        return Ok(0);
    }
    let (mut done, mut after) = (0, ThreadId(0));
    loop {
        let cx = ctx.clone();
        let (listed, next) = ctx.db().write(move |tx| list(tx, &cx, &[actor], (board, after), PIECE)).await?;
        done += listed;
        match next {
            Some(next) => after = next,
            None => return Ok(done),
        }
    }
}

/// Has some threads of these listed, but for those on boards where what their authors write is still made known to nobody. Says how many,
/// and after which of them there may be more.
///
/// # Errors
/// Storage failures only.
pub(crate) fn list(
    tx: &mut Write,
    ctx: &Ctx,
    authors: &[ActorId],
    (board, after): (Option<BoardId>, ThreadId),
    limit: i64,
) -> Result<(usize, Option<ThreadId>)> {
    if authors.is_empty() {
        return Ok((0, None));
    }
    let mut found = swept::unlisted(tx, authors, board, after, limit)?;
    let is_full = i64::try_from(found.len()).is_ok_and(|count| count >= limit);
    let more = found.last().filter(|_| is_full).map(|last| last.thread);
    found.retain(|one| known::of(ctx, one.author).level_on(one.board) == Level::Allow);
    for one in &found {
        quiet::list_again(tx, ctx, one.thread)?;
    }
    Ok((found.len(), more))
}
