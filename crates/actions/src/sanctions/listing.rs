//! Threads that were opened while what their authors wrote was made known to nobody stand in no list. They do when that is lifted: for one
//! person, or for all of a server.

use domain::{ActorId, BoardId, Level};
use storage::sanctions::Decided;
use storage::threads;
use storage::{Write, actors, swept};

use super::known;
use crate::elsewhere::policy;
use crate::{Ctx, Result};

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
    let mut done = 0;
    loop {
        let cx = ctx.clone();
        let listed = ctx.db().write(move |tx| list(tx, &cx, &[actor], board, PIECE)).await?;
        done += listed;
        if listed == 0 {
            return Ok(done);
        }
    }
}

/// Has some threads of these listed, but for those on boards where what their authors write is still made known to nobody. Says how many.
///
/// # Errors
/// Storage failures only.
pub(crate) fn list(
    tx: &mut Write,
    ctx: &Ctx,
    authors: &[ActorId],
    board: Option<BoardId>,
    limit: i64,
) -> Result<usize> {
    if authors.is_empty() {
        return Ok(0);
    }
    let mut found = swept::unlisted(tx, authors, board, limit)?;
    found.retain(|one| known::of(ctx, one.author).level_on(one.board) == Level::Allow);
    for one in &found {
        threads::set_listed(tx, one.thread, true)?;
    }
    Ok(found.len())
}
