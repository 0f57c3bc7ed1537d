//! What was decided against actors, and what moderators wrote about them.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::sanction::Bar;
use domain::{ActorId, BoardId, Sanction, Time};

use crate::conn::{Change, Read, Write};
use crate::schema::{actor_notes, actors, sanctions};
use crate::{Error, Result};

/// What is done with what somebody had written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// Nothing.
    Leave,
    /// It is taken down.
    Remove,
    /// What was taken down is put back.
    Restore,
}

impl Sweep {
    const ALL: [Self; 3] = [Self::Leave, Self::Remove, Self::Restore];

    const fn code(self) -> i16 {
        match self {
            Self::Leave => 0,
            Self::Remove => 1,
            Self::Restore => 2,
        }
    }
}

/// A decision against an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Its id; decisions are in order of their ids.
    pub id: i64,
    /// Against whom.
    pub actor: ActorId,
    /// How severe, where and until when.
    pub bar: Bar,
    /// Why.
    pub reason: String,
    /// Who decided; `None` for whoever has the machine.
    pub by: Option<ActorId>,
    /// When.
    pub created: Time,
    /// When it ended; `None`: it has not.
    pub ended: Option<Time>,
    /// What is done with what they had written.
    pub sweep: Sweep,
}

type Row = (i64, i64, Option<i64>, i16, Option<i64>, String, Option<i64>, i64, Option<i64>, i16);

fn decided((id, actor, board, level, until, reason, by, created, ended, sweep): Row) -> Result<Decided> {
    let level = Sanction::coded(level).ok_or(Error::Unknown("sanctions.level"))?;
    let sweep = Sweep::ALL.into_iter().find(|one| one.code() == sweep).ok_or(Error::Unknown("sanctions.sweep"))?;
    let bar = Bar { level, board: board.map(BoardId), until: until.map(Time) };
    let (actor, by) = (ActorId(actor), by.map(ActorId));
    Ok(Decided { id, actor, bar, reason, by, created: Time(created), ended: ended.map(Time), sweep })
}

/// Nobody decides about an actor until this transaction has ended. (On SQLite nobody can anyway.)
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn hold(tx: &mut Write, actor: ActorId) -> Result<()> {
    #[cfg(feature = "postgres")]
    if let crate::conn::Conn::Pg(conn) = &mut tx.conn {
        actors::table.find(actor.0).select(actors::id).for_no_key_update().get_result::<i64>(conn).optional()?;
    }
    let _ = (tx, actor);
    Ok(())
}

/// Writes a decision down.
pub fn insert(tx: &mut Write, new: &Decided) -> Result<()> {
    let row = (
        sanctions::id.eq(new.id),
        sanctions::actor_id.eq(new.actor.0),
        sanctions::board_id.eq(new.bar.board.map(|board| board.0)),
        sanctions::level.eq(new.bar.level.code()),
        sanctions::until_at.eq(new.bar.until.map(|until| until.0)),
        sanctions::reason.eq(&new.reason),
        sanctions::moderator_id.eq(new.by.map(|by| by.0)),
        sanctions::created_at.eq(new.created.0),
        sanctions::ended_at.eq(None::<i64>),
        sanctions::sweep.eq(new.sweep.code()),
    );
    diesel::insert_into(sanctions::table).values(row).execute(&mut tx.conn)?;
    // What is remembered of all of them is looked up again.
    tx.tell(Change::Site);
    Ok(())
}

/// A decision ends.
pub fn end(tx: &mut Write, id: i64, at: Time) -> Result<()> {
    diesel::update(sanctions::table.find(id)).set(sanctions::ended_at.eq(at.0)).execute(&mut tx.conn)?;
    tx.tell(Change::Site);
    Ok(())
}

/// Says what is done with what they had written.
pub fn set_sweep(tx: &mut Write, id: i64, sweep: Sweep) -> Result<()> {
    diesel::update(sanctions::table.find(id)).set(sanctions::sweep.eq(sweep.code())).execute(&mut tx.conn)?;
    Ok(())
}

/// One decision.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Decided>> {
    sanctions::table.find(id).get_result::<Row>(&mut tx.conn).optional()?.map(decided).transpose()
}

/// What was decided against an actor, the newest first, also what has ended.
pub fn of_actor(tx: &mut Read, actor: ActorId, limit: i64) -> Result<Vec<Decided>> {
    let rows = sanctions::table.filter(sanctions::actor_id.eq(actor.0)).order(sanctions::id.desc()).limit(limit);
    rows.load::<Row>(&mut tx.conn)?.into_iter().map(decided).collect()
}

/// Decisions that have not ended, the newest first, before that one.
pub fn page(tx: &mut Read, level: Option<Sanction>, before: Option<i64>, limit: i64) -> Result<Vec<Decided>> {
    let mut rows = sanctions::table
        .filter(sanctions::ended_at.is_null())
        .filter(sanctions::id.lt(before.unwrap_or(i64::MAX)))
        .order(sanctions::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(level) = level {
        rows = rows.filter(sanctions::level.eq(level.code()));
    }
    rows.load::<Row>(&mut tx.conn)?.into_iter().map(decided).collect()
}

/// All that counts, by actor. There are thousands at most.
pub fn all(tx: &mut Read) -> Result<HashMap<ActorId, Vec<Bar>>> {
    let rows = sanctions::table.filter(sanctions::ended_at.is_null()).load::<Row>(&mut tx.conn)?;
    let mut found: HashMap<ActorId, Vec<Bar>> = HashMap::new();
    for row in rows {
        let one = decided(row)?;
        found.entry(one.actor).or_default().push(one.bar);
    }
    Ok(found)
}

/// Of what counts against people of a host, that which takes down what they write.
pub fn sweeping(tx: &mut Read, host: &str) -> Result<Vec<i64>> {
    let those = sanctions::table
        .inner_join(actors::table)
        .filter(sanctions::ended_at.is_null())
        .filter(sanctions::sweep.eq(Sweep::Remove.code()))
        .filter(actors::host.eq(host));
    Ok(those.select(sanctions::id).load(&mut tx.conn)?)
}

/// What a moderator wrote about somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: i64,
    /// Who wrote it; `None` for whoever has the machine.
    pub author: Option<ActorId>,
    /// In their words.
    pub text: String,
    /// When.
    pub created: Time,
}

/// Writes something about somebody.
pub fn note(tx: &mut Write, actor: ActorId, note: &Note) -> Result<()> {
    let row = (
        actor_notes::id.eq(note.id),
        actor_notes::actor_id.eq(actor.0),
        actor_notes::author_id.eq(note.author.map(|author| author.0)),
        actor_notes::text.eq(&note.text),
        actor_notes::created_at.eq(note.created.0),
    );
    diesel::insert_into(actor_notes::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// What was written about somebody, the newest first.
pub fn notes(tx: &mut Read, actor: ActorId, limit: i64) -> Result<Vec<Note>> {
    let rows: Vec<(i64, Option<i64>, String, i64)> = actor_notes::table
        .filter(actor_notes::actor_id.eq(actor.0))
        .order(actor_notes::id.desc())
        .limit(limit)
        .select((actor_notes::id, actor_notes::author_id, actor_notes::text, actor_notes::created_at))
        .load(&mut tx.conn)?;
    let note = |(id, author, text, created): (i64, Option<i64>, String, i64)| Note {
        id,
        author: author.map(ActorId),
        text,
        created: Time(created),
    };
    Ok(rows.into_iter().map(note).collect())
}
