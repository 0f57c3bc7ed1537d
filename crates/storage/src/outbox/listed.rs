//! Deliveries that are not brought, as administrators see them and end them.

use diesel::prelude::*;
use domain::{Time, made_at};

use crate::conn::{Read, Write};
use crate::schema::{activities, deliveries};
use crate::{Error, Result};

/// Where a delivery stands that is not brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be brought.
    Waiting,
    /// It was tried for the last time.
    GivenUp,
    /// An administrator does not want it brought.
    Skipped,
}

impl State {
    pub(super) const fn code(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::GivenUp => 1,
            Self::Skipped => 2,
        }
    }

    fn coded(code: i16) -> Result<Self> {
        let all = [Self::Waiting, Self::GivenUp, Self::Skipped];
        all.into_iter().find(|state| state.code() == code).ok_or(Error::Unknown("deliveries.state"))
    }
}

/// One line of the list for administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; that of the moment when it was said.
    pub id: i64,
    /// The number of what is brought.
    pub activity: i64,
    /// What is brought: JSON.
    pub body: String,
    /// To which server.
    pub host: String,
    /// To which place there.
    pub inbox: String,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it was not brought the last time.
    pub error: String,
}

type Line = (i64, i64, String, String, String, i16, i64, String);

fn entry((id, activity, body, host, inbox, state, attempts, error): Line) -> Result<Entry> {
    Ok(Entry { id, activity, body, host, inbox, state: State::coded(state)?, attempts, error })
}

const LINE: (
    deliveries::id,
    deliveries::activity_id,
    activities::body,
    deliveries::host,
    deliveries::inbox,
    deliveries::state,
    deliveries::attempts,
    deliveries::error,
) = (
    deliveries::id,
    deliveries::activity_id,
    activities::body,
    deliveries::host,
    deliveries::inbox,
    deliveries::state,
    deliveries::attempts,
    deliveries::error,
);

/// Deliveries in that state, to that server or to any, newest first, from below `before`.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, state: State, host: Option<&str>, before: Option<i64>, limit: i64) -> Result<Vec<Entry>> {
    let all = deliveries::table
        .inner_join(activities::table)
        .filter(deliveries::state.eq(state.code()))
        .filter(deliveries::id.lt(before.unwrap_or(i64::MAX)))
        .order(deliveries::id.desc())
        .limit(limit)
        .select(LINE);
    let rows: Vec<Line> = match host {
        Some(host) => all.filter(deliveries::host.eq(host)).load(&mut tx.conn)?,
        None => all.load(&mut tx.conn)?,
    };
    rows.into_iter().map(entry).collect()
}

/// One delivery that is not brought.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Entry>> {
    let one = deliveries::table.inner_join(activities::table).filter(deliveries::id.eq(id)).select(LINE);
    one.first::<Line>(&mut tx.conn).optional()?.map(entry).transpose()
}

/// A delivery that waits, or was given up, is not to be brought. Says whether it was such.
///
/// # Errors
/// Storage failures only.
pub fn skip(tx: &mut Write, id: i64) -> Result<bool> {
    let kept = deliveries::table.find(id).filter(deliveries::state.ne(State::Skipped.code()));
    Ok(diesel::update(kept).set(deliveries::state.eq(State::Skipped.code())).execute(&mut tx.conn)? > 0)
}

/// How much is not brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Waits.
    pub waiting: i64,
    /// Was given up.
    pub given_up: i64,
    /// When what waits longest was said.
    pub oldest: Option<Time>,
}

/// Counts what is not brought.
///
/// # Errors
/// Storage failures only.
pub fn totals(tx: &mut Read) -> Result<Totals> {
    let mut count = |state: State| {
        let those = deliveries::table.filter(deliveries::state.eq(state.code()));
        those.count().get_result::<i64>(&mut tx.conn)
    };
    let (waiting, given_up) = (count(State::Waiting)?, count(State::GivenUp)?);
    let first = deliveries::table.filter(deliveries::state.eq(State::Waiting.code())).order(deliveries::id);
    let first: Option<i64> = first.select(deliveries::id).first(&mut tx.conn).optional()?;
    Ok(Totals { waiting, given_up, oldest: first.map(made_at) })
}

/// Forgets deliveries of what was said before `before`, if they were given up or skipped: nobody has had them tried again. Says how
/// many.
///
/// # Errors
/// Storage failures only.
pub fn forget_ended_before(tx: &mut Write, before: Time, limit: i64) -> Result<usize> {
    // Ids grow with time: the index that knows states knows ages.
    let first = domain::next_id(0, before.0, 0);
    let mut over: Vec<i64> = Vec::new();
    for state in [State::GivenUp, State::Skipped] {
        let ended = deliveries::table.filter(deliveries::state.eq(state.code())).filter(deliveries::id.lt(first));
        let ended = ended.order(deliveries::id).limit(limit).select(deliveries::id);
        over.extend(ended.load::<i64>(&mut tx.conn)?);
    }
    super::brought(tx, &over)?;
    Ok(over.len())
}

/// Why something was not brought to a server the last time, as far as it can be told from what is kept: of what waits first, or else of
/// what was given up last. `None` if nothing was refused.
///
/// # Errors
/// Storage failures only.
pub fn last_error(tx: &mut Read, host: &str) -> Result<Option<String>> {
    let of_host = |state: State| {
        let those = deliveries::table.filter(deliveries::state.eq(state.code())).filter(deliveries::host.eq(host));
        those.select(deliveries::error).limit(1)
    };
    let waits = of_host(State::Waiting).order(deliveries::id).first::<String>(&mut tx.conn).optional()?;
    if let Some(error) = waits.filter(|error| !error.is_empty()) {
        return Ok(Some(error));
    }
    let ended = of_host(State::GivenUp).order(deliveries::id.desc()).first::<String>(&mut tx.conn).optional()?;
    Ok(ended.filter(|error| !error.is_empty()))
}
