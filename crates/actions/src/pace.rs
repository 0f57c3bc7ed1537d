//! Slow mode: how long everybody has to wait between two comments of theirs in a thread, or on a board.

use domain::authority::Standing;
use domain::rights::Right;
use domain::{BoardId, Refusal, ThreadId, made_at};
use storage::Write;
use storage::comments::{self, Area, Pace};

use crate::{Ctx, Error, Result};

/// The longest pause that can be asked for, in seconds: a day. Who is to write more rarely is to be told so in person.
pub const MOST: i64 = 24 * 3600;

/// How many seconds, as given by whoever decides about it.
pub(crate) fn checked(field: &'static str, seconds: i64) -> Result<i64> {
    if (0..=MOST).contains(&seconds) {
        return Ok(seconds);
    }
    Err(Error::Refused(Refusal::field(field, format!("say how many seconds, from 0 (as fast as they like) to {MOST}"))))
}

/// Refuses what comes too soon after the last of the same person. Who keeps the place in order may write as often as that takes.
pub(crate) fn keep(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Standing,
    (thread, board): (Option<ThreadId>, BoardId),
    pace: Pace,
) -> Result<()> {
    if pace == Pace::default() || Right::ManageThreads.on(who, board).is_ok() {
        return Ok(());
    }
    let there = [(Area::Board(board), pace.board)].into_iter().chain(thread.map(|id| (Area::Thread(id), pace.thread)));
    let now = ctx.now();
    let mut wait = 0;
    for (area, seconds) in there.filter(|(_, seconds)| *seconds > 0) {
        let last = comments::newest_by(tx, who.actor, area, now.plus_ms(-1000 * seconds))?;
        let free = last.map(|last| made_at(last.0).plus_ms(1000 * seconds));
        wait = wait.max(free.map_or(0, |free| free.0.saturating_sub(now.0)));
    }
    match u64::try_from(wait) {
        Ok(wait) if wait > 0 => Err(Error::Refused(Refusal::TooSoon { seconds: wait.div_ceil(1000) })),
        _ => Ok(()),
    }
}
