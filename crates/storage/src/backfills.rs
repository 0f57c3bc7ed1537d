//! Threads in which other servers take part: when their homes are asked for comments that have not come, and what came of it. Worked off
//! by lease. Not here: how often that is (`domain::cooling`).

use diesel::prelude::*;
use domain::{CommentId, State, ThreadId, Time};

use crate::Result;
use crate::comments::is_published;
use crate::conn::{Read, Write, on_either};
use crate::kept::{LIST, Sql, Value};
use crate::schema::{backfills, comments, objects};

/// Stands for “not of its own accord”.
const NEVER: i64 = i64::MAX;

/// What is known of a thread that is looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// The thread.
    pub thread: ThreadId,
    /// When something new last came from elsewhere.
    pub fresh: Time,
    /// Which look since then is the next.
    pub step: i64,
    /// When it is looked the next time; `None`: not of its own accord.
    pub next: Option<Time>,
    /// Until when somebody looks.
    pub leased_until: Time,
    /// Comments up to this one have been looked at once.
    pub seen: CommentId,
    /// The last comment that was looked at in its turn.
    pub turn: CommentId,
    /// The collection of the thread at the home of its root.
    pub context: Option<String>,
    /// What came of the last look.
    pub last: Option<Last>,
}

/// What came of a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// When it ended.
    pub ran: Time,
    /// Comments from elsewhere that were here before.
    pub known: i64,
    /// New ones.
    pub fetched: i64,
    /// Those that were fetched and not taken.
    pub refused: i64,
    /// Those that could not be had.
    pub failed: i64,
    /// Known ones of which their homes say that they were deleted.
    pub gone: i64,
    /// Why, of the last that was refused or could not be had.
    pub error: String,
}

type Counts = (i64, i64, i64, i64, i64, i64, String);
type Row = (i64, i64, i64, i64, i64, i64, i64, Option<String>, Counts);

fn backfill(row: Row) -> Backfill {
    let (thread, fresh, step, next, leased, seen, turn, context, counts) = row;
    let (ran, known, fetched, refused, failed, gone, error) = counts;
    let last = Last { ran: Time(ran), known, fetched, refused, failed, gone, error };
    Backfill {
        thread: ThreadId(thread),
        fresh: Time(fresh),
        step,
        next: (next != NEVER).then_some(Time(next)),
        leased_until: Time(leased),
        seen: CommentId(seen),
        turn: CommentId(turn),
        context,
        last: (ran > 0).then_some(last),
    }
}

macro_rules! columns {
    () => {
        (
            backfills::thread_id,
            backfills::fresh_at,
            backfills::step,
            backfills::next_at,
            backfills::leased_until,
            backfills::seen,
            backfills::turn,
            backfills::context,
            (
                backfills::ran_at,
                backfills::known,
                backfills::fetched,
                backfills::refused,
                backfills::failed,
                backfills::gone,
                backfills::error,
            ),
        )
    };
}

/// What is known of a thread; nothing if nothing has come into it from elsewhere.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, thread: ThreadId) -> Result<Option<Backfill>> {
    let row = backfills::table.find(thread.0).select(columns!());
    Ok(row.get_result::<Row>(&mut tx.conn).optional()?.map(backfill))
}

const NEWS: &str = "UPDATE backfills SET fresh_at = ?, step = 0, \
     next_at = CASE WHEN next_at > ? THEN ? ELSE next_at END WHERE thread_id = ?";

/// Something new has come into a thread from elsewhere: it is looked again from the beginning, at `first` or before.
///
/// # Errors
/// Storage failures only.
pub fn news(tx: &mut Write, thread: ThreadId, now: Time, first: Time) -> Result<()> {
    let known = on_either!(&mut tx.conn, |c| {
        Sql::<4>::new(NEWS, [now.0, first.0, first.0, thread.0].map(Value::Number)).execute(c)
    });
    if known? == 0 {
        insert(tx, thread, now, first)?;
    }
    Ok(())
}

/// Somebody wants a thread looked at, and `now`.
///
/// # Errors
/// Storage failures only.
pub fn wanted(tx: &mut Write, thread: ThreadId, now: Time) -> Result<()> {
    let set = (backfills::step.eq(0_i64), backfills::next_at.eq(now.0));
    if diesel::update(backfills::table.find(thread.0)).set(set).execute(&mut tx.conn)? == 0 {
        insert(tx, thread, now, now)?;
    }
    Ok(())
}

fn insert(tx: &mut Write, thread: ThreadId, fresh: Time, next: Time) -> Result<()> {
    let row = (
        (
            backfills::thread_id.eq(thread.0),
            backfills::fresh_at.eq(fresh.0),
            backfills::step.eq(0_i64),
            backfills::next_at.eq(next.0),
            backfills::leased_until.eq(0_i64),
            backfills::seen.eq(0_i64),
            backfills::turn.eq(0_i64),
            backfills::ran_at.eq(0_i64),
        ),
        (
            backfills::known.eq(0_i64),
            backfills::fetched.eq(0_i64),
            backfills::refused.eq(0_i64),
            backfills::failed.eq(0_i64),
            backfills::gone.eq(0_i64),
            backfills::error.eq(""),
        ),
    );
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(backfills::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    Ok(())
}

/// Leases up to `limit` threads that are due, until `until`. Then they are due again, unless it is said otherwise before.
///
/// # Errors
/// Storage failures only.
pub fn lease(tx: &mut Write, now: Time, until: Time, limit: i64) -> Result<Vec<Backfill>> {
    let due: Vec<i64> = backfills::table
        .filter(backfills::next_at.le(now.0))
        .filter(backfills::leased_until.lt(now.0))
        .order(backfills::next_at)
        .limit(limit)
        .select(backfills::thread_id)
        .load(&mut tx.conn)?;
    // The condition on the lease stands here, too: another node may have chosen the same rows.
    let rows: Vec<Row> = diesel::update(backfills::table)
        .filter(backfills::thread_id.eq_any(due))
        .filter(backfills::leased_until.lt(now.0))
        .set((backfills::leased_until.eq(until.0), backfills::next_at.eq(until.0)))
        .returning(columns!())
        .get_results(&mut tx.conn)?;
    Ok(rows.into_iter().map(backfill).collect())
}

/// Leases one thread, due or not, until `until`; nothing if somebody looks at it.
///
/// # Errors
/// Storage failures only.
pub fn lease_one(tx: &mut Write, thread: ThreadId, now: Time, until: Time) -> Result<Option<Backfill>> {
    insert(tx, thread, now, now)?;
    let free = backfills::table.find(thread.0).filter(backfills::leased_until.lt(now.0));
    let set = (backfills::leased_until.eq(until.0), backfills::next_at.eq(until.0));
    let row = diesel::update(free).set(set).returning(columns!());
    Ok(row.get_result::<Row>(&mut tx.conn).optional()?.map(backfill))
}

/// How a look ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The thread.
    pub thread: ThreadId,
    /// When something new had last come, as the look began.
    pub fresh: Time,
    /// Which look is the next if nothing new has come since, and when.
    pub next: (i64, Option<Time>),
    /// Comments up to this one have been looked at once.
    pub seen: CommentId,
    /// The last comment that was looked at in its turn.
    pub turn: CommentId,
    /// The collection of the thread at the home of its root.
    pub context: Option<String>,
    /// What came of it.
    pub last: Last,
}

/// Writes down how a look ended, and gives the thread back. If something new came while it was looked, that has said when it is looked
/// the next time.
///
/// # Errors
/// Storage failures only.
pub fn finish(tx: &mut Write, ended: &Ended) -> Result<()> {
    let Ended { thread, fresh, next: (step, next), seen, turn, context, last } = ended;
    let set = (
        backfills::leased_until.eq(0_i64),
        backfills::seen.eq(seen.0),
        backfills::turn.eq(turn.0),
        backfills::context.eq(context),
        backfills::ran_at.eq(last.ran.0),
        backfills::known.eq(last.known),
        backfills::fetched.eq(last.fetched),
        backfills::refused.eq(last.refused),
        backfills::failed.eq(last.failed),
        backfills::gone.eq(last.gone),
        backfills::error.eq(&last.error),
    );
    diesel::update(backfills::table.find(thread.0)).set(set).execute(&mut tx.conn)?;
    let next = next.map_or(NEVER, |next| next.0);
    let unchanged = backfills::table.find(thread.0).filter(backfills::fresh_at.eq(fresh.0));
    let set = (backfills::step.eq(*step), backfills::next_at.eq(next));
    diesel::update(unchanged).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// A thread is to be looked at again at `next`, for the look could not go on, and is given back.
///
/// # Errors
/// Storage failures only.
pub fn put_off(tx: &mut Write, thread: ThreadId, next: Time) -> Result<()> {
    let set = (backfills::leased_until.eq(0_i64), backfills::next_at.eq(next.0));
    diesel::update(backfills::table.find(thread.0)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// A comment that is at home elsewhere, and its id there.
pub type Away = (CommentId, String);

/// Comments of a thread that are at home elsewhere and can be answered.
macro_rules! away {
    ($thread:expr) => {
        comments::table
            .inner_join(objects::table)
            .filter(comments::thread_id.eq($thread.0))
            .filter(comments::state.eq_any([State::Published.code(), State::Flagged.code()]))
            .select((comments::id, objects::uri))
    };
}

fn named(rows: Vec<(i64, String)>) -> Vec<Away> {
    rows.into_iter().map(|(id, uri)| (CommentId(id), uri)).collect()
}

/// Those of a thread's comments that are at home elsewhere, by id, after `after`.
///
/// # Errors
/// Storage failures only.
pub fn after(tx: &mut Read, thread: ThreadId, after: CommentId, limit: i64) -> Result<Vec<Away>> {
    let rows = away!(thread).filter(comments::id.gt(after.0)).order(comments::id).limit(limit);
    Ok(named(rows.load(&mut tx.conn)?))
}

/// The newest of them, newest first.
///
/// # Errors
/// Storage failures only.
pub fn newest(tx: &mut Read, thread: ThreadId, limit: i64) -> Result<Vec<Away>> {
    Ok(named(away!(thread).order(comments::id.desc()).limit(limit).load(&mut tx.conn)?))
}

/// Those of these comments that are at home elsewhere and can be answered.
///
/// # Errors
/// Storage failures only.
pub fn of_these(tx: &mut Read, thread: ThreadId, ids: &[CommentId]) -> Result<Vec<Away>> {
    let ids = ids.iter().take(LIST).map(|id| id.0);
    Ok(named(away!(thread).filter(comments::id.eq_any(ids)).load(&mut tx.conn)?))
}

/// How many comments of a thread are at home elsewhere, the root included.
///
/// # Errors
/// Storage failures only.
pub fn count(tx: &mut Read, thread: ThreadId) -> Result<i64> {
    let all = comments::table.inner_join(objects::table).filter(comments::thread_id.eq(thread.0));
    Ok(all.count().get_result(&mut tx.conn)?)
}

/// The published comments of a thread, the root included, by id, after `after`; with their id elsewhere, if they are at home there.
///
/// # Errors
/// Storage failures only.
pub fn members(
    tx: &mut Read,
    thread: ThreadId,
    after: CommentId,
    limit: i64,
) -> Result<Vec<(CommentId, Option<String>)>> {
    let rows: Vec<(i64, Option<String>)> = comments::table
        .left_join(objects::table)
        .filter(comments::thread_id.eq(thread.0))
        .filter(is_published!())
        .filter(comments::id.gt(after.0))
        .order(comments::id)
        .limit(limit)
        .select((comments::id, objects::uri.nullable()))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, uri)| (CommentId(id), uri)).collect())
}
