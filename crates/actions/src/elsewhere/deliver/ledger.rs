//! What is written before and after a lane's turn: in one transaction for all lanes that begin or end together.

use domain::Time;
use storage::outbox::{self, Delivery};
use storage::peers::{self, Failure, Peer};
use storage::{Result, Write, follows};

use super::lane::{Load, PutOff, Turn};
use super::verdict::{Verdict, standing};

/// How many deliveries a lane has in memory.
const LOAD: i64 = 16;
/// How long what a server runs is believed.
const ASKED_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// When one is asked again that has not said it: it may have been away, or we. Until it does its people hear less than they could.
const UNSAID_MS: i64 = 60 * 60 * 1_000;

/// How much that may be in bytes, the first whatever it is: there are hundreds of lanes.
const LOAD_BYTES: usize = 256 << 10;

/// Whether lanes go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Where more waits.
    GoOn,
    /// Nowhere: the server stops.
    Stop,
}

/// When a lane is taken, and until when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease {
    /// Now.
    pub now: Time,
    /// Then somebody else may take it.
    pub until: Time,
}

/// Takes the lane to a server and what waits for it, but for what is for these inboxes.
pub(super) fn take(tx: &mut Write, host: &str, aside: &[String], lease: Lease) -> Result<Option<Load>> {
    // The lane first: whoever had it may have brought in the meantime what would be read before.
    let Some(peer) = peers::lease(tx, host, lease.now, lease.until)? else { return Ok(None) };
    let waiting = bounded(outbox::waiting(tx, host, aside, LOAD)?);
    if waiting.is_empty() {
        peers::release(tx, host)?;
        return Ok(None);
    }
    Ok(Some(Load { peer, waiting }))
}

/// Writes down what lanes have done, and takes those again for which more waits.
pub(super) fn settle(tx: &mut Write, turns: &[Turn], then: Then, lease: Lease) -> Result<Vec<Load>> {
    let is_brought = |turn: &Turn| {
        turn.outcomes.iter().filter(|one| one.verdict == Verdict::Brought).map(|one| one.delivery).collect::<Vec<_>>()
    };
    let brought: Vec<i64> = turns.iter().flat_map(is_brought).collect();
    outbox::brought(tx, &brought)?;
    let mut more = Vec::new();
    for turn in turns {
        deliveries(tx, turn)?;
        lane(tx, turn, lease.now)?;
        if then == Then::GoOn && turn.failed().is_none() {
            more.extend(again(tx, turn, lease)?);
        }
    }
    Ok(more)
}

/// The lane was ours until now: it is only written to if something waits.
fn again(tx: &mut Write, turn: &Turn, lease: Lease) -> Result<Option<Load>> {
    let host = &turn.peer.host;
    let waiting = bounded(outbox::waiting(tx, host, &turn.habits.aside(lease.now), LOAD)?);
    if waiting.is_empty() {
        return Ok(None);
    }
    Ok(peers::lease(tx, host, lease.now, lease.until)?.map(|peer| Load { peer, waiting }))
}

fn bounded(mut waiting: Vec<Delivery>) -> Vec<Delivery> {
    let mut bytes = 0;
    let fitting = waiting.iter().take_while(|one| {
        bytes += one.body.len();
        bytes <= LOAD_BYTES
    });
    let fitting = fitting.count().max(1);
    waiting.truncate(fitting);
    waiting
}

fn deliveries(tx: &mut Write, turn: &Turn) -> Result<()> {
    for outcome in &turn.outcomes {
        match &outcome.verdict {
            Verdict::Brought => {}
            Verdict::Gone(error) => {
                outbox::end_inbox(tx, &turn.peer.host, &outcome.inbox, error)?;
                follows::drop_inbox(tx, &outcome.inbox)?;
            }
            Verdict::GivenUp(error) => {
                outbox::give_up(tx, outcome.delivery, error)?;
            }
            Verdict::Aside { error, .. } | Verdict::Later { error, .. } => {
                outbox::failed(tx, outcome.delivery, error)?;
            }
        }
    }
    Ok(())
}

/// Gives the lane back.
fn lane(tx: &mut Write, turn: &Turn, now: Time) -> Result<()> {
    let peer = &turn.peer;
    if asks(turn, now) {
        peers::set_asked(tx, &peer.host, now)?;
    }
    let brought = turn.outcomes.iter().any(|outcome| outcome.verdict == Verdict::Brought);
    if brought {
        peers::reached(tx, &peer.host, now)?;
    }
    match turn.failed() {
        Some(put_off) => peers::failed(tx, &peer.host, &failure(peer, put_off, now)),
        None if brought => Ok(()),
        None if turn.answered.is_some() => peers::answered(tx, &peer.host),
        None => peers::release(tx, &peer.host),
    }
}

fn failure<'a>(peer: &Peer, put_off: PutOff<'a>, now: Time) -> Failure<'a> {
    let since = peer.failing_since.unwrap_or(now);
    Failure {
        since,
        failures: peer.failures.saturating_add(1),
        next: now.plus_ms(put_off.wait_ms),
        soonest: now.plus_ms(put_off.at_least_ms),
        state: standing(since, now),
        error: put_off.error,
    }
}

/// Whether the server is to be asked what it runs. One that does not answer is not asked either.
pub(super) fn asks(turn: &Turn, now: Time) -> bool {
    let pause_ms = if turn.peer.software.is_empty() { UNSAID_MS } else { ASKED_MS };
    turn.answered.is_some() && turn.peer.asked.plus_ms(pause_ms) <= now
}
