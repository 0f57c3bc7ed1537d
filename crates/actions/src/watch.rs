//! What those who watch a thread live are told.

use domain::{CommentId, State, ThreadId};
use storage::comments::{self, Line};
use storage::events::{self, Event};

use crate::{Ctx, Result};

/// What happened in a thread after a version, oldest first, `limit` at most.
///
/// # Errors
/// Failures only.
pub async fn events(ctx: &Ctx, thread: ThreadId, after: i64, limit: i64) -> Result<Vec<Event>> {
    Ok(ctx.db().read(move |tx| events::after(tx, thread, after, limit)).await?)
}

/// The comments that these events are about, by id; without those that nobody may know of.
///
/// # Errors
/// Failures only.
pub async fn comments(ctx: &Ctx, events: &[Event]) -> Result<Vec<Line>> {
    let mut ids: Vec<CommentId> = events.iter().map(|event| event.comment).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut lines = ctx.db().read(move |tx| comments::lines(tx, &ids)).await?;
    lines.retain(|line| line.state != State::Held);
    Ok(lines)
}
