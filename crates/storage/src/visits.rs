//! Visits: until when an account has read a thread.

use diesel::prelude::*;
use domain::{AccountId, ThreadId, Time};

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::schema::visits;

/// Until when the account has read the thread; `None` if it never opened it.
///
/// # Errors
/// Storage failures only.
pub fn seen(tx: &mut Read, account: AccountId, thread: ThreadId) -> Result<Option<Time>> {
    let found = visits::table.find((account.0, thread.0)).select(visits::seen_at);
    Ok(found.get_result(&mut tx.conn).optional()?.map(Time))
}

/// Remembers a visit.
///
/// # Errors
/// Storage failures only.
pub fn see(tx: &mut Write, account: AccountId, thread: ThreadId, now: Time) -> Result<()> {
    let row = (visits::account_id.eq(account.0), visits::thread_id.eq(thread.0), visits::seen_at.eq(now.0));
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(visits::table)
            .values(row)
            .on_conflict((visits::account_id, visits::thread_id))
            .do_update()
            .set(visits::seen_at.eq(now.0))
            .execute(c)
    })?;
    Ok(())
}
