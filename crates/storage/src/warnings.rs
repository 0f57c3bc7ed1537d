//! What moderators have to say to somebody here, until it is read and afterwards.

use diesel::prelude::*;
use domain::{ActorId, BoardId, Time};

use crate::Result;
use crate::conn::{Read, Write};
use crate::schema::warnings;

/// A warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Its id, in one order with those of notifications.
    pub id: i64,
    /// Who is warned.
    pub actor: ActorId,
    /// On which board; `None`: on the whole instance.
    pub board: Option<BoardId>,
    /// Who warns; `None` for whoever has the machine.
    pub by: Option<ActorId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
    /// When it was read.
    pub read: Option<Time>,
}

type Row = (i64, i64, Option<i64>, Option<i64>, String, i64, Option<i64>);

fn warning((id, actor, board, by, reason, at, read): Row) -> Warning {
    let (board, by) = (board.map(BoardId), by.map(ActorId));
    Warning { id, actor: ActorId(actor), board, by, reason, at: Time(at), read: read.map(Time) }
}

/// Stores a warning.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Warning) -> Result<()> {
    let row = (
        warnings::id.eq(new.id),
        warnings::actor_id.eq(new.actor.0),
        warnings::board_id.eq(new.board.map(|board| board.0)),
        warnings::moderator_id.eq(new.by.map(|by| by.0)),
        warnings::reason.eq(&new.reason),
        warnings::created_at.eq(new.at.0),
        warnings::read_at.eq(None::<i64>),
    );
    diesel::insert_into(warnings::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Warnings of somebody, the newest first, before that one.
pub fn page(tx: &mut Read, actor: ActorId, before: Option<i64>, limit: i64) -> Result<Vec<Warning>> {
    let rows = warnings::table
        .filter(warnings::actor_id.eq(actor.0))
        .filter(warnings::id.lt(before.unwrap_or(i64::MAX)))
        .order(warnings::id.desc())
        .limit(limit);
    Ok(rows.load::<Row>(&mut tx.conn)?.into_iter().map(warning).collect())
}

/// How many are unread, counted up to `limit`.
pub fn unread(tx: &mut Read, actor: ActorId, limit: i64) -> Result<usize> {
    let unread = warnings::table.filter(warnings::actor_id.eq(actor.0)).filter(warnings::read_at.is_null());
    Ok(unread.limit(limit).select(warnings::id).load::<i64>(&mut tx.conn)?.len())
}

/// Marks everything up to an id as read.
pub fn read_up_to(tx: &mut Write, actor: ActorId, id: i64, now: Time) -> Result<usize> {
    let those = warnings::table
        .filter(warnings::actor_id.eq(actor.0))
        .filter(warnings::id.le(id))
        .filter(warnings::read_at.is_null());
    Ok(diesel::update(those).set(warnings::read_at.eq(now.0)).execute(&mut tx.conn)?)
}
