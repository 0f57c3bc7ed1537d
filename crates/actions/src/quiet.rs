//! What stands and is made known to nobody who did not ask for it: because of a rule, of what was decided about its author, or of how
//! their server is dealt with. A moderator who lets it out or puts it back says nothing about that.

use domain::{Level, ThreadId};
use storage::comments::{self, Spot};
use storage::{Read, Write, actors, threads};

use crate::elsewhere::policy;
use crate::sanctions::known;
use crate::{Ctx, Result, rules};

/// Whether that is so of a comment now.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub(crate) fn is_quiet(tx: &mut Read, ctx: &Ctx, spot: &Spot) -> Result<bool> {
    if rules::is_limited(tx, spot.id)? || known::of(ctx, spot.author).level_on(spot.board) == Level::Limit {
        return Ok(true);
    }
    let host = actors::find(tx, spot.author)?.map(|author| author.host).unwrap_or_default();
    Ok(!host.is_empty() && policy::now(tx, ctx, &host)? == Level::Limit)
}

/// Has lists show a thread, if it is not so of what it begins with.
pub(crate) fn list_again(tx: &mut Write, ctx: &Ctx, thread: ThreadId) -> Result<()> {
    match comments::spot(tx, thread.root())? {
        Some(root) if !is_quiet(tx, ctx, &root)? => Ok(threads::list_again(tx, thread)?),
        _ => Ok(()),
    }
}
