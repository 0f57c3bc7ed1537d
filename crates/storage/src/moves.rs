//! Actors on other servers who have gone to yet another.

use diesel::prelude::*;
use domain::{ActorId, Time};

use crate::Result;
use crate::conn::{Read, Write};
use crate::schema::moves;

/// When an actor last took part in a move, as who goes or as whom somebody became.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn last(tx: &mut Read, actor: ActorId) -> Result<Option<Time>> {
    let went = moves::table.find(actor.0).select(moves::moved_at).get_result::<i64>(&mut tx.conn).optional()?;
    let came = moves::table.filter(moves::target_id.eq(actor.0)).order(moves::moved_at.desc());
    let came = came.select(moves::moved_at).first::<i64>(&mut tx.conn).optional()?;
    Ok(went.max(came).map(Time))
}

/// An actor has become another one.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, actor: ActorId, target: ActorId, now: Time) -> Result<()> {
    diesel::delete(moves::table.find(actor.0)).execute(&mut tx.conn)?;
    let row = (moves::actor_id.eq(actor.0), moves::target_id.eq(target.0), moves::moved_at.eq(now.0));
    diesel::insert_into(moves::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}
