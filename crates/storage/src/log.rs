//! The moderation log: what moderators did. Entries are added and never changed; of what goes to and fro elsewhere only the last is kept.

use diesel::prelude::*;
use domain::{ActorId, CommentId, Deed, Time};

use crate::conn::{Read, Write};
use crate::schema::{actors, moderation_log, remotes};
use crate::{Error, Result};

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id; entries are in order of their ids.
    pub id: i64,
    /// Who did it.
    pub moderator: ActorId,
    /// Their name; not stored with the entry.
    pub moderator_name: String,
    /// What they did.
    pub deed: Deed,
    /// What it was done to.
    pub comment: Option<CommentId>,
    /// The server it was done to, or whose affairs.
    pub host: Option<String>,
    /// The handle of the person it was done to.
    pub person: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// Adds an entry.
///
/// # Errors
/// Storage failures only.
pub fn insert(tx: &mut Write, entry: &Entry) -> Result<()> {
    let row = (
        moderation_log::id.eq(entry.id),
        moderation_log::moderator_id.eq(entry.moderator.0),
        moderation_log::deed.eq(entry.deed.code()),
        moderation_log::comment_id.eq(entry.comment.map(|comment| comment.0)),
        moderation_log::reason.eq(&entry.reason),
        moderation_log::created_at.eq(entry.at.0),
        moderation_log::host.eq(&entry.host),
        moderation_log::person.eq(&entry.person),
    );
    diesel::insert_into(moderation_log::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Forgets that a thread was closed and opened since `since` by those who moderate it on another server: what comes of it now is said once,
/// however often they change their minds. What people here did stays.
///
/// # Errors
/// Storage failures only.
pub fn forget_closings(tx: &mut Write, root: CommentId, since: Time) -> Result<usize> {
    let elsewhere = remotes::table.select(remotes::actor_id);
    let those = moderation_log::table
        .filter(moderation_log::comment_id.eq(root.0))
        .filter(moderation_log::deed.eq_any([Deed::Lock.code(), Deed::Unlock.code()]))
        .filter(moderation_log::created_at.gt(since.0))
        .filter(moderation_log::moderator_id.eq_any(elsewhere));
    Ok(diesel::delete(those).execute(&mut tx.conn)?)
}

type Row = (i64, i64, String, i16, Option<i64>, String, i64, Option<String>, Option<String>);

macro_rules! rows {
    () => {
        moderation_log::table.inner_join(actors::table).select((
            moderation_log::id,
            moderation_log::moderator_id,
            actors::name,
            moderation_log::deed,
            moderation_log::comment_id,
            moderation_log::reason,
            moderation_log::created_at,
            moderation_log::host,
            moderation_log::person,
        ))
    };
}

/// A page of the log, newest first.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, before: Option<i64>, limit: i64) -> Result<Vec<Entry>> {
    let rows = rows!().filter(moderation_log::id.lt(before.unwrap_or(i64::MAX))).order(moderation_log::id.desc());
    rows.limit(limit).load::<Row>(&mut tx.conn)?.into_iter().map(entry).collect()
}

/// What was done to the person of that handle, newest first.
///
/// # Errors
/// Storage failures only.
pub fn of_person(tx: &mut Read, person: &str, limit: i64) -> Result<Vec<Entry>> {
    let rows = rows!().filter(moderation_log::person.eq(person)).order(moderation_log::id.desc());
    rows.limit(limit).load::<Row>(&mut tx.conn)?.into_iter().map(entry).collect()
}

fn entry((id, moderator, moderator_name, deed, comment, reason, at, host, person): Row) -> Result<Entry> {
    let deed = Deed::coded(deed).ok_or(Error::Unknown("moderation_log.deed"))?;
    let (moderator, comment, at) = (ActorId(moderator), comment.map(CommentId), Time(at));
    Ok(Entry { id, moderator, moderator_name, deed, comment, host, person, reason, at })
}
