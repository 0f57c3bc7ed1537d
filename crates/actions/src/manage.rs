//! Managing a thread: locking and unlocking it, pinning and unpinning it.

use domain::authority::Act;
use domain::{Deed, Refusal, ThreadId};
use storage::log::{self, Entry};
use storage::threads::{self, Touch};

use crate::writing::{permitted, reasoned};
use crate::{Ctx, Error, Person, Result};

/// Locks, unlocks, pins or unpins a thread. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals of the table of rights; failures.
pub async fn manage(ctx: &Ctx, who: &Person, thread: ThreadId, deed: Deed, reason: &str) -> Result<()> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let spot = permitted(tx, who.standing(), Act::Manage, thread.root())?;
            let found = threads::find(tx, thread)?.ok_or(Error::missing(domain::Noun::Thread))?;
            match deed {
                Deed::Lock | Deed::Unlock if found.locked == (deed == Deed::Lock) => return Ok(()),
                Deed::Pin | Deed::Unpin if found.pinned == (deed == Deed::Pin) => return Ok(()),
                Deed::Lock | Deed::Unlock => threads::set_locked(tx, thread, deed == Deed::Lock)?,
                Deed::Pin | Deed::Unpin => threads::set_pinned(tx, thread, deed == Deed::Pin)?,
                _ => {
                    return Err(Error::Refused(Refusal::field(
                        "deed",
                        "threads are locked and pinned, and nothing else",
                    )));
                }
            }
            let now = cx.now();
            let entry = Entry {
                id: cx.id(),
                moderator: who.actor,
                moderator_name: who.name.clone(),
                deed,
                comment: Some(spot.id),
                host: None,
                reason,
                at: now,
            };
            log::insert(tx, &entry)?;
            threads::touch(tx, thread, Touch { comments: 0, active: None, event: None, now })?;
            Ok(())
        })
        .await
}

/// A page of the moderation log, newest first, and the cursor of the next.
///
/// # Errors
/// Failures only.
pub async fn log(ctx: &Ctx, before: Option<i64>, limit: usize) -> Result<(Vec<Entry>, Option<i64>)> {
    let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = ctx.db().read(move |tx| log::page(tx, before, more)).await?;
    let next = (found.len() > limit).then(|| found.get(limit.saturating_sub(1)).map(|last| last.id)).flatten();
    found.truncate(limit);
    Ok((found, next))
}
