//! Housekeeping: what is over is deleted, as the table in `retention` says. One job in the queue, leased by whichever node is awake.

use storage::jobs;

use crate::elsewhere::{departed, parting};
use crate::hosting::subscriptions::fetching;
use crate::{Ctx, Result, rearrange, retention, sanctions};

/// The kind of the job.
const KIND: &str = "housekeeping";
/// How long nothing is looked for that is old enough, in milliseconds.
pub const HOUR_MS: i64 = 3600 * 1000;
/// The same where some was left over.
pub const SOON_MS: i64 = 1000;
/// A worker that has not finished by then is dead.
const LEASE_MS: i64 = 60 * 1000;

/// Makes sure that the job exists.
///
/// # Errors
/// Failures only.
pub async fn schedule(ctx: &Ctx) -> Result<()> {
    let cx = ctx.clone();
    ctx.db()
        .write(move |tx| {
            if !jobs::any(tx, KIND)? {
                jobs::insert(tx, cx.id(), KIND, "", cx.now())?;
            }
            Ok(())
        })
        .await
}

/// Does what is due. Says how many rows were deleted.
///
/// # Errors
/// Failures only.
pub async fn run_due(ctx: &Ctx) -> Result<usize> {
    let now = ctx.now();
    let leased = ctx.db().write(move |tx| jobs::lease(tx, now, now.plus_ms(LEASE_MS), 10)).await?;
    let mut deleted = 0;
    for job in leased {
        if job.kind == parting::KIND {
            deleted += parting::go_on(ctx, job).await?;
            continue;
        }
        if job.kind == rearrange::KIND {
            deleted += rearrange::go_on(ctx, job).await?;
            continue;
        }
        if job.kind == sanctions::KIND {
            deleted += sanctions::go_on(ctx, job).await?;
            continue;
        }
        if job.kind == departed::KIND {
            deleted += departed::go_on(ctx, job).await?;
            continue;
        }
        if job.kind == fetching::KIND {
            fetching::go_on(ctx, job).await?;
            continue;
        }
        let forgotten = forget(ctx).await;
        deleted += forgotten;
        let next = now.plus_ms(pause(forgotten));
        ctx.db().write(move |tx| Ok::<_, crate::Error>(jobs::again(tx, job.id, next, "")?)).await?;
    }
    Ok(deleted)
}

/// One transaction for each kind: others wait to write. What cannot be forgotten now keeps nothing else from it.
async fn forget(ctx: &Ctx) -> usize {
    let now = ctx.now();
    let mut deleted = 0;
    for kept in retention::TABLE {
        let cx = ctx.clone();
        match ctx.db().write(move |tx| kept.forget(tx, now, &cx.limits().retention)).await {
            Ok(rows) => deleted += rows,
            Err(error) => {
                tracing::warn!(what = kept.what, %error, "what is over was not deleted; it is tried again in an hour")
            }
        }
    }
    deleted
}

/// Whether so many rows may have been a full piece, and there is more to be done.
#[must_use]
pub fn is_full(deleted: usize) -> bool {
    i64::try_from(deleted).map_or(true, |deleted| deleted >= retention::AT_ONCE)
}

/// What is left over is gone on with as soon as others had their turn.
#[must_use]
pub fn pause(deleted: usize) -> i64 {
    if is_full(deleted) { SOON_MS } else { HOUR_MS }
}
