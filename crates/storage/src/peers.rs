//! Other servers: what they run, whether they are reached, and whose turn it is to be brought something.

use std::collections::HashSet;

use diesel::prelude::*;
use domain::{Time, made_at};

use crate::conn::{Change, Read, Write, on_either};
use crate::kept::{LIST, Sql, Value, kept, places};
use crate::schema::{deliveries, peers};
use crate::{Error, Result};

/// Which form of activities a server understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Announces of notes.
    Plain,
    /// Groups that pass on whole activities (FEP-1b12).
    Groups,
}

/// Whether a server is brought what waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is.
    Open,
    /// An administrator has paused it.
    Paused,
    /// It was not reached for days: it is brought nothing until it is heard of.
    Asleep,
}

impl State {
    pub(crate) const fn code(self) -> i16 {
        match self {
            Self::Open => 0,
            Self::Paused => 1,
            Self::Asleep => 2,
        }
    }
}

/// Another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its host, with the port if its addresses name one.
    pub host: String,
    /// What it says it runs; empty until asked.
    pub software: String,
    /// Which version of it.
    pub version: String,
    /// What it understands.
    pub dialect: Dialect,
    /// Whether it is brought what waits.
    pub state: State,
    /// When it was last asked what it runs; 0 for never, also of the other times.
    pub asked: Time,
    /// When something last came from it.
    pub heard: Time,
    /// When something was last brought to it.
    pub reached: Time,
    /// Since when nothing could be.
    pub failing_since: Option<Time>,
    /// How often in a row.
    pub failures: i64,
    /// Not before this.
    pub next: Time,
    /// Nor before this if it is heard of.
    pub soonest: Time,
    /// Why it failed.
    pub error: String,
}

impl Peer {
    /// One that was never spoken to.
    #[must_use]
    pub fn unmet(host: String) -> Self {
        let never = Time(0);
        Self {
            host,
            software: String::new(),
            version: String::new(),
            dialect: Dialect::Plain,
            state: State::Open,
            asked: never,
            heard: never,
            reached: never,
            failing_since: None,
            failures: 0,
            next: never,
            soonest: never,
            error: String::new(),
        }
    }
}

type Row = (String, String, String, i16, i16, i64, i64, i64, Option<i64>, i64, i64, i64, String, i64);

fn peer(row: Row) -> Result<Peer> {
    let (
        host,
        software,
        version,
        dialect,
        state,
        asked,
        heard,
        reached,
        failing_since,
        failures,
        next,
        _,
        error,
        soonest,
    ) = row;
    Ok(Peer {
        host,
        software,
        version,
        dialect: match dialect {
            0 => Dialect::Plain,
            1 => Dialect::Groups,
            _ => return Err(Error::Unknown("peers.dialect")),
        },
        state: match state {
            0 => State::Open,
            1 => State::Paused,
            2 => State::Asleep,
            _ => return Err(Error::Unknown("peers.state")),
        },
        asked: Time(asked),
        heard: Time(heard),
        reached: Time(reached),
        failing_since: failing_since.map(Time),
        failures,
        next: Time(next),
        soonest: Time(soonest),
        error,
    })
}

/// The server of that host.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, host: &str) -> Result<Option<Peer>> {
    let row = on_either!(&mut tx.conn, |c| peers::table.find(host).get_result::<Row>(c));
    row.optional()?.map(peer).transpose()
}

/// Those of these hosts that understand what groups pass on whole.
///
/// # Errors
/// Storage failures only.
pub fn in_groups(tx: &mut Read, hosts: &[&str]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for batch in hosts.chunks(LIST) {
        let those = peers::table.filter(peers::host.eq_any(places(batch.iter().copied())));
        let those = those.filter(peers::dialect.eq(1_i16)).select(peers::host);
        found.extend(kept(those).load::<String>(&mut tx.conn)?);
    }
    Ok(found)
}

/// Servers by name, after `after`.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, after: &str, limit: i64) -> Result<Vec<Peer>> {
    let rows = peers::table.filter(peers::host.gt(after)).order(peers::host).limit(limit);
    rows.load::<Row>(&mut tx.conn)?.into_iter().map(peer).collect()
}

/// What waits for a server, and how much of it was given up.
///
/// # Errors
/// Storage failures only.
pub fn backlog(tx: &mut Read, host: &str) -> Result<(i64, i64)> {
    let mut count = |state: i16| {
        let those = deliveries::table.filter(deliveries::state.eq(state)).filter(deliveries::host.eq(host));
        those.count().get_result::<i64>(&mut tx.conn)
    };
    Ok((count(0)?, count(1)?))
}

/// When what waits longest for a server was said; `None` if nothing waits.
///
/// # Errors
/// Storage failures only.
pub fn oldest(tx: &mut Read, host: &str) -> Result<Option<Time>> {
    let waiting = deliveries::table.filter(deliveries::state.eq(0_i16)).filter(deliveries::host.eq(host));
    let first: Option<i64> = waiting.order(deliveries::id).select(deliveries::id).first(&mut tx.conn).optional()?;
    Ok(first.map(made_at))
}

/// Servers that are tried and fail, those that fail longest in a row first.
///
/// # Errors
/// Storage failures only.
pub fn failing(tx: &mut Read, limit: i64) -> Result<Vec<Peer>> {
    let rows = peers::table
        .filter(peers::state.eq(State::Open.code()))
        .filter(peers::failures.gt(0_i64))
        .order((peers::failures.desc(), peers::host.desc()))
        .limit(limit);
    rows.load::<Row>(&mut tx.conn)?.into_iter().map(peer).collect()
}

/// How many servers stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Whatever was last brought to them was taken, or nothing was.
    pub sound: i64,
    /// They are tried, and fail.
    pub failing: i64,
    /// Paused by an administrator.
    pub paused: i64,
    /// Not reached for days.
    pub asleep: i64,
}

/// Counts the servers.
///
/// # Errors
/// Storage failures only.
pub fn census(tx: &mut Read) -> Result<Census> {
    let mut count = |state: State| {
        let those = peers::table.filter(peers::state.eq(state.code()));
        those.count().get_result::<i64>(&mut tx.conn)
    };
    let (open, paused, asleep) = (count(State::Open)?, count(State::Paused)?, count(State::Asleep)?);
    let failing = peers::table.filter(peers::state.eq(State::Open.code())).filter(peers::failures.gt(0_i64));
    let failing: i64 = failing.count().get_result(&mut tx.conn)?;
    Ok(Census { sound: open - failing, failing, paused, asleep })
}

/// The next moment after `now` at which a server that is left alone may be tried again.
///
/// # Errors
/// Storage failures only.
pub fn next_due(tx: &mut Read, now: Time) -> Result<Option<Time>> {
    let later = peers::table.filter(peers::state.eq(State::Open.code())).filter(peers::next_at.gt(now.0));
    let next: Option<i64> = later.order(peers::next_at).select(peers::next_at).first(&mut tx.conn).optional()?;
    Ok(next.map(Time))
}

/// Makes sure that there is a row for a host.
///
/// # Errors
/// Storage failures only.
pub fn know(tx: &mut Write, host: &str) -> Result<()> {
    let row = (
        peers::host.eq(host),
        peers::software.eq(""),
        peers::version.eq(""),
        peers::dialect.eq(0_i16),
        peers::state.eq(0_i16),
        peers::asked_at.eq(0_i64),
        peers::heard_at.eq(0_i64),
        peers::reached_at.eq(0_i64),
        peers::failures.eq(0_i64),
        peers::next_at.eq(0_i64),
        peers::leased_until.eq(0_i64),
        peers::error.eq(""),
        peers::soonest_at.eq(0_i64),
    );
    on_either!(&mut tx.conn, |c| diesel::insert_into(peers::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// How exactly it is known when something last came from a server, in milliseconds: from a busy one much comes, and each time would be
/// written.
const HEARD_MS: i64 = 1_000;

/// Makes sure that there is a row for each of these hosts: at most 256, most of which have one.
///
/// # Errors
/// Storage failures only.
pub fn know_all(tx: &mut Write, hosts: &[&str]) -> Result<()> {
    let known = peers::table.filter(peers::host.eq_any(hosts.iter().copied())).select(peers::host);
    let known: HashSet<String> = known.load(&mut tx.conn)?.into_iter().collect();
    hosts.iter().filter(|host| !known.contains(**host)).try_for_each(|host| know(tx, host))
}

/// Something came from a server. One that sleeps wakes, and one that failed is tried as soon as may be.
///
/// # Errors
/// Storage failures only.
pub fn heard(tx: &mut Write, host: &str, now: Time) -> Result<()> {
    let Some(peer) = find(tx, host)? else {
        know(tx, host)?;
        return set_heard(tx, host, now);
    };
    if peer.heard.plus_ms(HEARD_MS) <= now {
        set_heard(tx, host, now)?;
    }
    if peer.state == State::Asleep || peer.soonest < peer.next {
        try_again(tx, host)?;
    }
    Ok(())
}

fn set_heard(tx: &mut Write, host: &str, now: Time) -> Result<()> {
    on_either!(&mut tx.conn, |c| kept(diesel::update(peers::table.find(host)).set(peers::heard_at.eq(now.0))).run(c))?;
    Ok(())
}

fn try_again(tx: &mut Write, host: &str) -> Result<()> {
    let asleep = peers::table.find(host).filter(peers::state.eq(State::Asleep.code()));
    let awake = (
        peers::state.eq(State::Open.code()),
        peers::next_at.eq(0_i64),
        peers::failing_since.eq(None::<i64>),
        peers::failures.eq(0_i64),
    );
    diesel::update(asleep).set(awake).execute(&mut tx.conn)?;
    let put_off = peers::table.find(host).filter(peers::next_at.gt(peers::soonest_at));
    diesel::update(put_off).set(peers::next_at.eq(peers::soonest_at)).execute(&mut tx.conn)?;
    tx.tell(Change::Outbox);
    Ok(())
}

/// A server is being asked what it runs.
///
/// # Errors
/// Storage failures only.
pub fn set_asked(tx: &mut Write, host: &str, now: Time) -> Result<()> {
    diesel::update(peers::table.find(host)).set(peers::asked_at.eq(now.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// What a server says it runs.
///
/// # Errors
/// Storage failures only.
pub fn set_software(tx: &mut Write, host: &str, software: (&str, &str), dialect: Dialect, now: Time) -> Result<()> {
    know(tx, host)?;
    let dialect: i16 = match dialect {
        Dialect::Plain => 0,
        Dialect::Groups => 1,
    };
    let set = (
        peers::software.eq(software.0),
        peers::version.eq(software.1),
        peers::dialect.eq(dialect),
        peers::asked_at.eq(now.0),
    );
    diesel::update(peers::table.find(host)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// An administrator pauses a server, whatever it was before. Says whether it is known.
///
/// # Errors
/// Storage failures only.
pub fn pause(tx: &mut Write, host: &str) -> Result<bool> {
    let set = peers::state.eq(State::Paused.code());
    Ok(diesel::update(peers::table.find(host)).set(set).execute(&mut tx.conn)? > 0)
}

/// An administrator opens a server: it is tried at once, and how long it had failed before is forgotten. Says whether it is known.
///
/// # Errors
/// Storage failures only.
pub fn resume(tx: &mut Write, host: &str) -> Result<bool> {
    let set = (
        peers::state.eq(State::Open.code()),
        peers::next_at.eq(0_i64),
        peers::failing_since.eq(None::<i64>),
        peers::failures.eq(0_i64),
    );
    let known = diesel::update(peers::table.find(host)).set(set).execute(&mut tx.conn)? > 0;
    tx.tell(Change::Outbox);
    Ok(known)
}

/// An administrator has a server tried at once, also one that sleeps. If it fails, it is as long away as it was. Says whether it is
/// known and not paused.
///
/// # Errors
/// Storage failures only.
pub fn retry(tx: &mut Write, host: &str) -> Result<bool> {
    let unpaused = peers::table.find(host).filter(peers::state.ne(State::Paused.code()));
    let set = (peers::state.eq(State::Open.code()), peers::next_at.eq(0_i64));
    let found = diesel::update(unpaused).set(set).execute(&mut tx.conn)? > 0;
    tx.tell(Change::Outbox);
    Ok(found)
}

/// State 0 is [`State::Open`].
const LEASE: &str =
    "UPDATE peers SET leased_until = ? WHERE host = ? AND state = 0 AND next_at <= ? AND leased_until < ?";
const REACHED: &str = "UPDATE peers SET reached_at = ?, failing_since = NULL, failures = 0, next_at = 0, leased_until = 0, \
     error = '' WHERE host = ?";

/// Takes the lane to a server until `until`, if it is free and due; `None` if not. Whoever has the lane alone brings things there, in
/// order.
///
/// # Errors
/// Storage failures only.
pub fn lease(tx: &mut Write, host: &str, now: Time, until: Time) -> Result<Option<Peer>> {
    let values = [Value::Number(until.0), Value::Text(host), Value::Number(now.0), Value::Number(now.0)];
    let taken = on_either!(&mut tx.conn, |c| Sql::<4>::new(LEASE, values).execute(c))?;
    if taken == 1 { find(tx, host) } else { Ok(None) }
}

/// Something was brought there: gives the lane back.
///
/// # Errors
/// Storage failures only.
pub fn reached(tx: &mut Write, host: &str, now: Time) -> Result<()> {
    let values = [Value::Number(now.0), Value::Text(host)];
    on_either!(&mut tx.conn, |c| Sql::<2>::new(REACHED, values).execute(c))?;
    Ok(())
}

/// It answered, though it took nothing: gives the lane back.
///
/// # Errors
/// Storage failures only.
pub fn answered(tx: &mut Write, host: &str) -> Result<()> {
    let set = (
        peers::failing_since.eq(None::<i64>),
        peers::failures.eq(0_i64),
        peers::next_at.eq(0_i64),
        peers::leased_until.eq(0_i64),
        peers::error.eq(""),
    );
    diesel::update(peers::table.find(host)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// Gives the lane back although nothing was there to be brought.
///
/// # Errors
/// Storage failures only.
pub fn release(tx: &mut Write, host: &str) -> Result<()> {
    diesel::update(peers::table.find(host)).set(peers::leased_until.eq(0_i64)).execute(&mut tx.conn)?;
    Ok(())
}

/// How a server could not be reached, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure<'a> {
    /// Since when, this time included.
    pub since: Time,
    /// How often in a row, this time included.
    pub failures: i64,
    /// When it is tried again.
    pub next: Time,
    /// When it may be tried if it is heard of before.
    pub soonest: Time,
    /// Whether it goes on being tried.
    pub state: State,
    /// Why.
    pub error: &'a str,
}

/// Nothing could be brought there: gives the lane back.
///
/// # Errors
/// Storage failures only.
pub fn failed(tx: &mut Write, host: &str, failure: &Failure<'_>) -> Result<()> {
    let set = (
        peers::failing_since.eq(Some(failure.since.0)),
        peers::failures.eq(failure.failures),
        peers::next_at.eq(failure.next.0),
        peers::soonest_at.eq(failure.soonest.0),
        peers::leased_until.eq(0_i64),
        peers::error.eq(failure.error),
    );
    diesel::update(peers::table.find(host)).set(set).execute(&mut tx.conn)?;
    // An administrator may have paused it in the meantime.
    let open = peers::table.find(host).filter(peers::state.eq(State::Open.code()));
    diesel::update(open).set(peers::state.eq(failure.state.code())).execute(&mut tx.conn)?;
    Ok(())
}
