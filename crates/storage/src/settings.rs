//! Facts about the instance, by name.

use diesel::prelude::*;

use crate::Result;
use crate::conn::{Change, Read, Write, on_either};
use crate::schema::settings;

/// The value of a setting.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn get(tx: &mut Read, key: &str) -> Result<Option<String>> {
    Ok(settings::table.find(key).select(settings::value).get_result(&mut tx.conn).optional()?)
}

/// The value of a setting that is about to be changed because of what it is: nobody else who asks in this way gets on until this
/// transaction has ended. (On SQLite there is one writer.)
///
/// # Errors
/// Storage failures only.
pub fn get_to_change(tx: &mut Write, key: &str) -> Result<Option<String>> {
    #[cfg(feature = "postgres")]
    if let crate::conn::Conn::Pg(conn) = &mut tx.conn {
        let turn = "SELECT pg_advisory_xact_lock(2, hashtext($1))";
        diesel::sql_query(turn).bind::<diesel::sql_types::Text, _>(key).execute(conn)?;
    }
    get(tx, key)
}

/// Sets a value.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, key: &str, value: &str) -> Result<()> {
    let row = (settings::key.eq(key), settings::value.eq(value));
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(settings::table)
            .values(row)
            .on_conflict(settings::key)
            .do_update()
            .set(settings::value.eq(value))
            .execute(c)
    })?;
    tx.tell(Change::Site);
    Ok(())
}

/// Deletes a setting. Says whether it was there: of several who delete it at once, one is told so.
///
/// # Errors
/// Storage failures only.
pub fn remove(tx: &mut Write, key: &str) -> Result<bool> {
    let deleted = diesel::delete(settings::table.find(key)).execute(&mut tx.conn)? > 0;
    if deleted {
        tx.tell(Change::Site);
    }
    Ok(deleted)
}

/// The name of the number that grows with every change that stands on many pages, for other nodes: see `listen.rs`.
#[cfg(feature = "postgres")]
pub(crate) const EPOCH: &str = "epoch";

/// Raises that number. The last statement of a transaction, because it makes all such transactions wait for one another.
#[cfg(feature = "postgres")]
pub(crate) fn raise_epoch(conn: &mut crate::conn::Conn) -> Result<()> {
    let raise = "INSERT INTO settings (key, value) VALUES ($1, '1') \
         ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(settings.value AS bigint) + 1 AS text)";
    diesel::sql_query(raise).bind::<diesel::sql_types::Text, _>(EPOCH).execute(conn)?;
    Ok(())
}
