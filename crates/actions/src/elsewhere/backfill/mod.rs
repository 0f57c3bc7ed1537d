//! Comments that other servers have and did not bring: asked for at their homes, put where they belong by the path of all others, and
//! compared with what is here. Nothing is believed of a list: each comment in it is asked for at its own home, and hangs from what it
//! itself says it answers.
//!
//! Here: which threads, and when. What is asked for in one of them is in `look`; how the lists lead from one comment to the next, and
//! where that ends, in `walk`.

mod by_hand;
mod look;
pub(crate) mod members;
mod memory;
mod tally;
mod walk;

use std::future::Future;
use std::time::Duration;

use domain::{ThreadId, cooling};
use federation::budget::{Allowance, Bounds, Budget, Cause, PerDomain};
use storage::Write;
use storage::backfills::{self, Backfill, Ended};
use tokio::task::JoinSet;

use super::Elsewhere;
use crate::{Ctx, Result};

pub use by_hand::{Report, State, object, state, thread, want};
pub(super) use memory::Memory;

use look::Looked;
use walk::Ending;

/// Threads that are looked at at the same time: as many as may ask for something at once. A few whose servers are slow do not keep the
/// others waiting.
const AT_ONCE: usize = 16;
/// How long one look may take; what is left then is gone on with later.
const MOST_TIME: Duration = Duration::from_secs(5 * 60);
/// A worker that has not finished by then is dead.
const LEASE_MS: i64 = 15 * 60 * 1000;
/// How often what is due is looked for.
const ROUND: Duration = Duration::from_secs(10);
/// How long a stop waits for what has been begun.
const GRACE: Duration = Duration::from_secs(5);
/// When a look goes on that had used up what may be asked for: in a minute there is more.
const GO_ON_MS: i64 = 61_000;
/// When a look is tried again that has failed by our own fault.
const AGAIN_MS: i64 = 5 * 60 * 1000;

/// What may be asked for in one look. Each of its comments may have an author who is new, too.
const ALLOWANCE: Allowance = Allowance {
    fetches: 1_200,
    bytes: 64 << 20,
    time: MOST_TIME,
    per_domain: PerDomain { fetches: 1_000, hosts: 20, per_host: 1_000 },
};

/// What is asked for in all looks of this process together. A server is asked no more than twice in a second, however many threads it
/// takes part in: it has readers of its own.
pub(super) const BOUNDS: Bounds = Bounds {
    in_flight: 16,
    in_flight_per_domain: 4,
    per_minute: 1_200,
    per_domain: PerDomain { fetches: 120, hosts: 10, per_host: 120 },
};

/// Who wants a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    /// The schedule. What others wrote decides what is asked for, and so the bounds for strangers hold.
    Schedule,
    /// Somebody who runs this server: what was asked for in vain a while ago is asked for again, and nobody is kept waiting for others.
    Host,
}

impl Asker {
    fn budget(self, elsewhere: &Elsewhere) -> Budget {
        let cause = match self {
            Self::Schedule => Cause::Stranger(elsewhere.looks().clone()),
            Self::Host => Cause::Ours,
        };
        Budget::new(ALLOWANCE, cause)
    }
}

/// Something new has come into a thread from another server: there may be more.
pub(crate) fn noticed(tx: &mut Write, ctx: &Ctx, thread: ThreadId) -> Result<()> {
    let now = ctx.now();
    Ok(backfills::news(tx, thread, now, cooling::first(now))?)
}

type Works = JoinSet<Result<()>>;

/// Looks after the threads that are due, until `stop`.
pub async fn run(ctx: Ctx, stop: impl Future<Output = ()>) {
    let mut works = Works::new();
    tokio::pin!(stop);
    loop {
        if let Err(error) = begin(&ctx, &mut works).await {
            tracing::warn!(%error, "threads wait to be looked after");
        }
        tokio::select! {
            () = &mut stop => break,
            Some(ended) = works.join_next() => settled(ended),
            () = tokio::time::sleep(ROUND) => {}
        }
    }
    let rest = async {
        while let Some(ended) = works.join_next().await {
            settled(ended);
        }
    };
    // What is cut off is done again when its lease has run out.
    let _ = tokio::time::timeout(GRACE, rest).await;
}

/// Looks after some of the threads that are due, to the end; says how many those were.
///
/// # Errors
/// Failures only.
pub async fn round(ctx: &Ctx) -> Result<usize> {
    let mut works = Works::new();
    let count = begin(ctx, &mut works).await?;
    while let Some(ended) = works.join_next().await {
        settled(ended);
    }
    Ok(count)
}

async fn begin(ctx: &Ctx, works: &mut Works) -> Result<usize> {
    let (now, places) = (ctx.now(), AT_ONCE.saturating_sub(works.len()));
    if places == 0 {
        return Ok(0);
    }
    let limit = i64::try_from(places).unwrap_or(1);
    let leased = ctx.db().write(move |tx| backfills::lease(tx, now, now.plus_ms(LEASE_MS), limit)).await?;
    let count = leased.len();
    for one in leased {
        let ctx = ctx.clone();
        works.spawn(async move { work(&ctx, one).await });
    }
    Ok(count)
}

fn settled(ended: Result<Result<()>, tokio::task::JoinError>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a thread could not be looked after; it is tried again"),
        // The lease runs out, and it is tried again.
        Err(panic) => tracing::error!(%panic, "a thread made the worker panic that looks after it"),
    }
}

async fn work(ctx: &Ctx, leased: Backfill) -> Result<()> {
    let thread = leased.thread;
    match look::look(ctx, &leased, Asker::Schedule).await {
        Ok(looked) => finish(ctx, leased, looked).await,
        Err(error) => {
            let again = ctx.now().plus_ms(AGAIN_MS);
            ctx.db().write(move |tx| backfills::put_off(tx, thread, again)).await?;
            Err(error)
        }
    }
}

/// Writes down what came of a look, and when the next one is.
async fn finish(ctx: &Ctx, leased: Backfill, looked: Looked) -> Result<()> {
    let now = ctx.now();
    let Looked { tally, seen, turn, context, ending } = looked;
    let next = if tally.fetched > 0 {
        (0, Some(cooling::first(now)))
    } else {
        match cooling::next(leased.fresh, leased.step.saturating_add(1), now) {
            Some((step, at)) => (step, Some(at)),
            None => (leased.step.saturating_add(1), None),
        }
    };
    if tally.fetched > 0 || tally.gone > 0 {
        let (thread, fetched, gone) = (leased.thread.0, tally.fetched, tally.gone);
        tracing::info!(thread, known = tally.known, fetched, gone, "a thread was looked after");
    }
    let (thread, fresh) = (leased.thread, leased.fresh);
    let ended = Ended { thread, fresh, next, seen, turn, context, last: tally.into_last(now) };
    let write = move |tx: &mut Write| {
        backfills::finish(tx, &ended)?;
        match ending {
            Ending::Whole => Ok(()),
            Ending::More => backfills::put_off(tx, thread, now.plus_ms(GO_ON_MS)),
        }
    };
    Ok(ctx.db().write(write).await?)
}
