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
