//! What was decided about other servers.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use domain::policy::{Coverage, Entry, names};
use domain::{ActorId, Level, Time};

use crate::conn::{Change, Read, Write, on_either};
use crate::kept::{LIST, kept, places};
use crate::schema::policies;
use crate::{Error, Result};

/// A decision about a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The host.
    pub host: String,
    /// How it is dealt with, and whether those below it are.
    pub entry: Entry,
    /// Why.
    pub reason: String,
    /// Who decided; `None` for whoever has the machine.
    pub by: Option<ActorId>,
    /// When.
    pub decided: Time,
}

type Row = (String, i16, bool, String, Option<i64>, i64);

fn policy((host, level, with_subdomains, reason, by, decided): Row) -> Result<Policy> {
    let level = Level::coded(level).ok_or(Error::Unknown("policies.level"))?;
    let coverage = if with_subdomains { Coverage::Subdomains } else { Coverage::Host };
    Ok(Policy { host, entry: Entry { level, coverage }, reason, by: by.map(ActorId), decided: Time(decided) })
}

/// What was decided about that very host.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, host: &str) -> Result<Option<Policy>> {
    policies::table.find(host).get_result::<Row>(&mut tx.conn).optional()?.map(policy).transpose()
}

/// Decisions by host, after `after`.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, after: &str, limit: i64) -> Result<Vec<Policy>> {
    let rows = policies::table.filter(policies::host.gt(after)).order(policies::host).limit(limit);
    rows.load::<Row>(&mut tx.conn)?.into_iter().map(policy).collect()
}

/// All of them: tens of thousands at most, which a host has taken from others' lists.
///
/// # Errors
/// Storage failures only.
pub fn all(tx: &mut Read) -> Result<HashMap<String, Entry>> {
    let rows = policies::table.load::<Row>(&mut tx.conn)?;
    rows.into_iter().map(|row| policy(row).map(|policy| (policy.host, policy.entry))).collect()
}

/// All of them, with when each was decided.
///
/// # Errors
/// Storage failures only.
pub fn all_with_times(tx: &mut Read) -> Result<HashMap<String, (Entry, Time)>> {
    let rows = policies::table.load::<Row>(&mut tx.conn)?;
    let one = |row| policy(row).map(|policy| (policy.host, (policy.entry, policy.decided)));
    rows.into_iter().map(one).collect()
}

/// Those that may count for one of these hosts.
///
/// # Errors
/// Storage failures only.
pub fn of_hosts(tx: &mut Read, hosts: &[&str]) -> Result<HashMap<String, Entry>> {
    let asked: BTreeSet<&str> = hosts.iter().flat_map(|host| names(host)).collect();
    let asked: Vec<&str> = asked.into_iter().collect();
    let mut found = HashMap::new();
    for batch in asked.chunks(LIST) {
        let those = policies::table.filter(policies::host.eq_any(places(batch.iter().copied())));
        for row in kept(those).load::<Row>(&mut tx.conn)? {
            let policy = policy(row)?;
            found.insert(policy.host, policy.entry);
        }
    }
    Ok(found)
}

/// Decides about a host, in place of what was decided before.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, new: &Policy) -> Result<()> {
    let set = (
        policies::level.eq(new.entry.level.code()),
        policies::with_subdomains.eq(new.entry.coverage == Coverage::Subdomains),
        policies::reason.eq(&new.reason),
        policies::actor_id.eq(new.by.map(|by| by.0)),
        policies::decided_at.eq(new.decided.0),
    );
    let row = (policies::host.eq(&new.host), set);
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(policies::table).values(row).on_conflict(policies::host).do_update().set(set).execute(c)
    })?;
    // What is remembered of all of them is looked up again.
    tx.tell(Change::Site);
    Ok(())
}

/// Nothing is decided about a host any more.
///
/// # Errors
/// Storage failures only.
pub fn remove(tx: &mut Write, host: &str) -> Result<()> {
    diesel::delete(policies::table.find(host)).execute(&mut tx.conn)?;
    tx.tell(Change::Site);
    Ok(())
}
