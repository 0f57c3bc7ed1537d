//! Visits: up to where an account has read a thread.

use diesel::prelude::*;
use domain::visit::Visit;
use domain::{AccountId, ThreadId, Time};

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::kept::kept;
use crate::schema::visits;

/// The account's visits to the thread; `None` if it never opened it.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, account: AccountId, thread: ThreadId) -> Result<Option<Visit>> {
    let found: Option<(i64, i64, i64)> = visits::table
        .find((account.0, thread.0))
        .select((visits::seen_at, visits::read_at, visits::last_at))
        .get_result(&mut tx.conn)
        .optional()?;
    Ok(found.map(|(seen, read, last)| Visit { seen: Time(seen), read: Time(read), last: Time(last) }))
}

/// Remembers a visit.
///
/// # Errors
/// Storage failures only.
pub fn keep(tx: &mut Write, account: AccountId, thread: ThreadId, visit: Visit) -> Result<()> {
    let times = (visits::seen_at.eq(visit.seen.0), visits::read_at.eq(visit.read.0), visits::last_at.eq(visit.last.0));
    let row = (visits::account_id.eq(account.0), visits::thread_id.eq(thread.0), times);
    on_either!(&mut tx.conn, |c| {
        let new = diesel::insert_into(visits::table).values(row);
        kept(new.on_conflict((visits::account_id, visits::thread_id)).do_update().set(times)).run(c)
    })?;
    Ok(())
}
