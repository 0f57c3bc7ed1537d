//! Who moderates groups on other servers, as their homes say.

use diesel::prelude::*;
use domain::{ActorId, Time};

use crate::Result;
use crate::conn::{Read, Write};
use crate::schema::moderators;

/// Who moderates a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderators {
    /// Ids of actors.
    pub uris: Vec<String>,
    /// When the group's home was last asked.
    pub asked: Time,
}

/// Who moderates a group; `None` if its home was never asked.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, group: ActorId) -> Result<Option<Moderators>> {
    let row = moderators::table.find(group.0).select((moderators::uris, moderators::asked_at));
    let row: Option<(String, i64)> = row.get_result(&mut tx.conn).optional()?;
    Ok(row.map(|(uris, asked)| Moderators { uris: uris.lines().map(str::to_owned).collect(), asked: Time(asked) }))
}

/// Sets who moderates a group.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, group: ActorId, uris: &[String], now: Time) -> Result<()> {
    diesel::delete(moderators::table.find(group.0)).execute(&mut tx.conn)?;
    let row = (moderators::group_id.eq(group.0), moderators::uris.eq(uris.join("\n")), moderators::asked_at.eq(now.0));
    diesel::insert_into(moderators::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}
