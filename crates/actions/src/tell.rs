//! Telling people what was decided about what is theirs. Why stands in the moderation log, and is read from there; who decided is told to
//! nobody in this way.

use domain::{ActorId, CommentId, Told};
use storage::notifications::{self, Notification};
use storage::{Write, accounts};

use crate::{Ctx, Result};

/// Tells somebody of an entry of the log, if they have an account here. `about`: the comment, and the entry.
///
/// # Errors
/// Storage failures only.
pub(crate) fn tell(
    tx: &mut Write,
    ctx: &Ctx,
    whom: ActorId,
    told: Told,
    (comment, entry): (CommentId, i64),
) -> Result<()> {
    let Some(account) = accounts::of_actor(tx, whom)? else { return Ok(()) };
    let new = Notification { id: ctx.id(), comment, told, entry: Some(entry), at: ctx.now(), read: None };
    Ok(notifications::tell(tx, account, &new)?)
}
