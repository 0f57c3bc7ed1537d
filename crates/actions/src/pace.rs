//! Slow mode: how long everybody has to wait between two comments of theirs in a thread, or on a board.

use domain::authority::Standing;
use domain::rights::Right;
use domain::{BoardId, Refusal, ThreadId, Time, made_at};
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

/// By what a comment is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// It comes now, from whoever wrote it. What its home says of when that was does not count: who is in a hurry could say anything.
    Now,
    /// We have asked for it. It may have been written long ago, with others of the same person that are asked for at this moment, and counts
    /// as if it had come when it was published: whoever obeyed the pause is not refused because we were late. A server that lies about that
    /// could invent people as well; what is decided about servers helps against both.
    Late(Time),
}

/// Refuses what comes too soon after the last of the same person. Who keeps the place in order may write as often as that takes.
pub(crate) fn keep(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Standing,
    (thread, board): (Option<ThreadId>, BoardId),
    (pace, came): (Pace, Came),
) -> Result<()> {
    if pace == Pace::default() || Right::ManageThreads.on(who, board).is_ok() {
        return Ok(());
    }
    // Who writes several things at once would not be seen to write any of them.
    comments::hold_author(tx, who.actor)?;
    let there = [(Area::Board(board), pace.board)].into_iter().chain(thread.map(|id| (Area::Thread(id), pace.thread)));
    let mut wait = 0;
    for (area, seconds) in there.filter(|(_, seconds)| *seconds > 0) {
        wait = wait.max(match came {
            Came::Now => left(tx, ctx.now(), who, (area, seconds))?,
            Came::Late(at) => beside(tx, at, who, (area, seconds))?,
        });
    }
    match u64::try_from(wait) {
        Ok(wait) if wait > 0 => Err(Error::Refused(Refusal::TooSoon { seconds: wait.div_ceil(1000) })),
        _ => Ok(()),
    }
}

/// For how many milliseconds they are to wait.
fn left(tx: &mut Write, now: Time, who: &Standing, (area, seconds): (Area, i64)) -> Result<i64> {
    let last = comments::newest_by(tx, who.actor, area, now.plus_ms(-1000 * seconds))?;
    let free = last.map(|last| made_at(last.0).plus_ms(1000 * seconds));
    Ok(free.map_or(0, |free| free.0.saturating_sub(now.0)))
}

/// For how many they would have had to. Which of two was written first is not known for sure, and does not matter.
fn beside(tx: &mut Write, at: Time, who: &Standing, (area, seconds): (Area, i64)) -> Result<i64> {
    let (from, until) = (at.plus_ms(1 - 1000 * seconds), at.plus_ms(1000 * seconds));
    Ok(if comments::wrote_between(tx, who.actor, area, from, until)? { 1000 * seconds } else { 0 })
}
