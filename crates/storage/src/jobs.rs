//! Work to do later, taken by lease. A lease is a time in the row and no lock: it survives a crash, holds nothing while
//! the work goes on, and runs out by itself if the worker died. Workers on every node take leases alike.

use diesel::prelude::*;
use domain::Time;

use crate::Result;
use crate::conn::{Read, Write};
use crate::schema::jobs;

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// Which worker knows what to do.
    pub kind: String,
    /// What it needs to know.
    pub payload: String,
    /// How often it has been leased, this time included.
    pub attempts: i64,
}

/// Adds a piece of work, due at `at`.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, id: i64, kind: &str, payload: &str, at: Time) -> Result<()> {
    let row = (
        jobs::id.eq(id),
        jobs::kind.eq(kind),
        jobs::payload.eq(payload),
        jobs::next_at.eq(at.0),
        jobs::leased_until.eq(0),
        jobs::attempts.eq(0),
        jobs::last_error.eq(""),
    );
    diesel::insert_into(jobs::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Whether there is work of this kind, done or leased or waiting.
///
/// # Errors
/// Storage failures only.
pub fn any(tx: &mut Read, kind: &str) -> Result<bool> {
    let found = jobs::table.filter(jobs::kind.eq(kind)).select(jobs::id).limit(1);
    Ok(found.get_result::<i64>(&mut tx.conn).optional()?.is_some())
}

/// Leases up to `limit` pieces of work that are due, until `until`.
///
/// The condition on the lease stands twice on purpose: two nodes on PostgreSQL may choose the same rows, and the second
/// then finds, when it gets to update them, that they are leased.
///
/// # Errors
/// Storage failures only.
pub fn lease(tx: &mut Write, now: Time, until: Time, limit: i64) -> Result<Vec<Job>> {
    let due: Vec<i64> = jobs::table
        .filter(jobs::next_at.le(now.0))
        .filter(jobs::leased_until.lt(now.0))
        .order(jobs::next_at)
        .limit(limit)
        .select(jobs::id)
        .load(&mut tx.conn)?;
    let rows: Vec<(i64, String, String, i64)> = diesel::update(jobs::table)
        .filter(jobs::id.eq_any(due))
        .filter(jobs::leased_until.lt(now.0))
        .set((jobs::leased_until.eq(until.0), jobs::attempts.eq(jobs::attempts + 1)))
        .returning((jobs::id, jobs::kind, jobs::payload, jobs::attempts))
        .get_results(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, kind, payload, attempts)| Job { id, kind, payload, attempts }).collect())
}

/// The work is done.
///
/// # Errors
/// Storage failures only.
pub fn done(tx: &mut Write, id: i64) -> Result<()> {
    diesel::delete(jobs::table.find(id)).execute(&mut tx.conn)?;
    Ok(())
}

/// The work is to be done (again) at `at`; `error` says why, if it failed.
///
/// # Errors
/// Storage failures only.
pub fn again(tx: &mut Write, id: i64, at: Time, error: &str) -> Result<()> {
    let set = (jobs::next_at.eq(at.0), jobs::leased_until.eq(0), jobs::last_error.eq(error));
    diesel::update(jobs::table.find(id)).set(set).execute(&mut tx.conn)?;
    Ok(())
}
