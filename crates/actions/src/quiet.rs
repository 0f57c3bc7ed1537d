//! What stands and is made known to nobody who did not ask for it: because of a rule, of what was decided about its author, or of how
//! their server is dealt with. A moderator who lets it out or puts it back says nothing about that.

use domain::{CommentId, Level, Sanction, ThreadId};
use storage::{Read, Write, actors, comments, threads};

use crate::elsewhere::policy;
use crate::sanctions::known;
use crate::{Ctx, Result, rules};

/// Whether that is so of a comment now.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub(crate) fn is_quiet(tx: &mut Read, ctx: &Ctx, id: CommentId) -> Result<bool> {
    let Some(spot) = comments::spot(tx, id)? else { return Ok(true) };
    if rules::is_limited(tx, id)? || is_unheard(known::of(ctx, spot.author).on(spot.board)) {
        return Ok(true);
    }
    let host = actors::find(tx, spot.author)?.map(|author| author.host).unwrap_or_default();
    Ok(!host.is_empty() && policy::now(tx, ctx, &host)? == Level::Limit)
}

/// Whoever is held is made known like everybody once a moderator has agreed; whoever may write nothing any more is not made known anew
/// with what still stands.
const fn is_unheard(decided: Option<Sanction>) -> bool {
    matches!(decided, Some(Sanction::Limit | Sanction::Suspend))
}

/// Has lists show a thread, if it is not so of what it begins with.
pub(crate) fn list_again(tx: &mut Write, ctx: &Ctx, thread: ThreadId) -> Result<()> {
    if is_quiet(tx, ctx, thread.root())? { Ok(()) } else { Ok(threads::list_again(tx, thread)?) }
}
