//! What moderators have to say to somebody here about themselves, until it is read and afterwards: warnings, what was decided against them,
//! what became of an appeal.

use diesel::prelude::*;
use domain::{ActorId, BoardId, Time, Word};

use crate::conn::{Read, Write};
use crate::schema::warnings;
use crate::{Error, Result};

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Its id, in one order with those of notifications.
    pub id: i64,
    /// To whom.
    pub actor: ActorId,
    /// What it is.
    pub kind: Word,
    /// What was decided or lifted, where it is about that.
    pub sanction: Option<i64>,
    /// On which board; `None`: on the whole instance.
    pub board: Option<BoardId>,
    /// Who says it; `None` for whoever has the machine.
    pub by: Option<ActorId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
    /// When it was read.
    pub read: Option<Time>,
}

type Row = (i64, i64, Option<i64>, Option<i64>, String, i64, Option<i64>, i16, Option<i64>);

fn warning((id, actor, board, by, reason, at, read, kind, sanction): Row) -> Result<Warning> {
    let kind = Word::coded(kind).ok_or(Error::Unknown("warnings.kind"))?;
    let (board, by) = (board.map(BoardId), by.map(ActorId));
    Ok(Warning { id, actor: ActorId(actor), kind, sanction, board, by, reason, at: Time(at), read: read.map(Time) })
}

/// Stores it.
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
        warnings::kind.eq(new.kind.code()),
        warnings::sanction_id.eq(new.sanction),
    );
    diesel::insert_into(warnings::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// What was said to somebody of these kinds, the newest first, before that one.
pub fn page(tx: &mut Read, actor: ActorId, kinds: &[Word], before: Option<i64>, limit: i64) -> Result<Vec<Warning>> {
    let rows = warnings::table
        .filter(warnings::actor_id.eq(actor.0))
        .filter(warnings::kind.eq_any(kinds.iter().map(|kind| kind.code())))
        .filter(warnings::id.lt(before.unwrap_or(i64::MAX)))
        .order(warnings::id.desc())
        .limit(limit);
    rows.load::<Row>(&mut tx.conn)?.into_iter().map(warning).collect()
}

/// One that was said.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Warning>> {
    warnings::table.find(id).get_result::<Row>(&mut tx.conn).optional()?.map(warning).transpose()
}

/// What was said of a decision when it was made; nothing was to people elsewhere.
pub fn of_sanction(tx: &mut Read, sanction: i64) -> Result<Option<Warning>> {
    let said =
        warnings::table.filter(warnings::sanction_id.eq(sanction)).filter(warnings::kind.eq(Word::Sanction.code()));
    said.get_result::<Row>(&mut tx.conn).optional()?.map(warning).transpose()
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
