//! Housekeeping: what is over is deleted. One job in the queue, leased by whichever node is awake.

use domain::first_made_at;
use storage::{accounts, applications, events, idempotency, inbox, invitations, jobs, objects, outbox, traces};

use crate::elsewhere::{departed, parting};
use crate::{Ctx, Result, rearrange, sanctions};

/// The kind of the job.
const KIND: &str = "housekeeping";
const HOUR_MS: i64 = 3600 * 1000;
/// How long events and idempotency keys are kept: nobody comes back to them later.
const KEEP_MS: i64 = 7 * 24 * HOUR_MS;
/// How long it is known who wrote what how often: no rule asks for more than a day.
const KEEP_TRACES_MS: i64 = 25 * HOUR_MS;
/// How long those who run the instance see whom they turned away, and which invitations are over.
const KEEP_DECIDED_MS: i64 = 30 * 24 * HOUR_MS;
/// How long it is known that something has come: a signature is good for hours, queues of other servers last days.
const KEEP_ARRIVALS_MS: i64 = 30 * 24 * HOUR_MS;
/// How long is kept what was said to other servers and waits for none, also where it was given up: an administrator has had time to
/// have it tried again. Whoever has missed it fetches what it was about.
const SAID_MS: i64 = 30 * 24 * HOUR_MS;
/// How much of it is forgotten at once: others wait to write.
const SAID_AT_ONCE: i64 = 5_000;
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
        deleted += ctx
            .db()
            .write(move |tx| {
                let before = now.plus_ms(-KEEP_MS);
                let deleted = inbox::forget_before(tx, now.plus_ms(-KEEP_ARRIVALS_MS))?
                    + objects::unbar_before(tx, before)?
                    + accounts::forget_expired(tx, now)?
                    + applications::forget_turned_away(tx, now.plus_ms(-KEEP_DECIDED_MS))?
                    + invitations::forget_expired(tx, now.plus_ms(-KEEP_DECIDED_MS))?
                    + events::forget_before(tx, before)?
                    + traces::forget_before(tx, first_made_at(now.plus_ms(-KEEP_TRACES_MS)))?
                    + idempotency::forget_before(tx, before)?
                    + outbox::give_up_before(tx, now.plus_ms(-SAID_MS), SAID_AT_ONCE)?
                    + outbox::forget_ended_before(tx, now.plus_ms(-SAID_MS), SAID_AT_ONCE)?
                    + outbox::forget_before(tx, now.plus_ms(-SAID_MS), SAID_AT_ONCE)?;
                jobs::again(tx, job.id, now.plus_ms(HOUR_MS), "")?;
                Ok::<_, crate::Error>(deleted)
            })
            .await?;
    }
    Ok(deleted)
}
