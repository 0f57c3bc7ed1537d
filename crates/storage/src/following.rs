//! Which boards of other servers people here follow.

use diesel::prelude::*;
use domain::{ActorId, BoardId, Time};

use crate::conn::{Change, Read, Write};
use crate::schema::following;
use crate::{Error, Result};

/// What became of a Follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It was sent, and is not answered.
    Asked,
    /// The board has said yes.
    Accepted,
    /// The board has said no, perhaps after a yes.
    Refused,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Asked, Self::Accepted, Self::Refused];

    pub(crate) const fn code(self) -> i16 {
        match self {
            Self::Asked => 0,
            Self::Accepted => 1,
            Self::Refused => 2,
        }
    }
}

/// Somebody here follows a board elsewhere, or has asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Following {
    /// Who.
    pub actor: ActorId,
    /// Which.
    pub board: BoardId,
    /// The number of the Follow, which stands in its id.
    pub follow: i64,
    /// What became of it.
    pub stage: Stage,
    /// When it was sent.
    pub asked: Time,
    /// When it was answered last.
    pub answered: Option<Time>,
}

type Row = (i64, i64, i64, i16, i64, Option<i64>);

fn row((actor, board, follow, state, asked, answered): Row) -> Result<Following> {
    let stage = Stage::ALL.into_iter().find(|stage| stage.code() == state).ok_or(Error::Unknown("following.state"))?;
    let (actor, board) = (ActorId(actor), BoardId(board));
    Ok(Following { actor, board, follow, stage, asked: Time(asked), answered: answered.map(Time) })
}

/// Somebody asks to follow a board, by a Follow of that number; whatever they asked before counts no longer.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn ask(tx: &mut Write, actor: ActorId, board: BoardId, follow: i64, now: Time) -> Result<()> {
    let (state, answered) = (following::state.eq(Stage::Asked.code()), following::answered_at.eq(None::<i64>));
    let (follow, asked) = (following::follow.eq(follow), following::asked_at.eq(now.0));
    let known = diesel::update(following::table.find((actor.0, board.0))).set((follow, state, asked, answered));
    if known.execute(&mut tx.conn)? == 0 {
        let of = (following::actor_id.eq(actor.0), following::board_id.eq(board.0));
        diesel::insert_into(following::table).values((of, follow, state, asked, answered)).execute(&mut tx.conn)?;
    }
    tx.tell(Change::Site);
    Ok(())
}

/// Whether and how somebody follows a board.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, actor: ActorId, board: BoardId) -> Result<Option<Following>> {
    following::table.find((actor.0, board.0)).get_result::<Row>(&mut tx.conn).optional()?.map(row).transpose()
}

/// What the Follow of that number asks for.
///
/// # Errors
/// Storage failures only.
pub fn by_follow(tx: &mut Read, follow: i64) -> Result<Option<Following>> {
    let found = following::table.filter(following::follow.eq(follow));
    found.get_result::<Row>(&mut tx.conn).optional()?.map(row).transpose()
}

/// The board has answered.
///
/// # Errors
/// Storage failures only.
pub fn answer(tx: &mut Write, follow: i64, stage: Stage, now: Time) -> Result<()> {
    diesel::update(following::table.filter(following::follow.eq(follow)))
        .set((following::state.eq(stage.code()), following::answered_at.eq(now.0)))
        .execute(&mut tx.conn)?;
    tx.tell(Change::Site);
    Ok(())
}

/// Somebody follows a board no longer. Says whether they did, or had asked to.
///
/// # Errors
/// Storage failures only.
pub fn remove(tx: &mut Write, actor: ActorId, board: BoardId) -> Result<bool> {
    let removed = diesel::delete(following::table.find((actor.0, board.0))).execute(&mut tx.conn)? > 0;
    if removed {
        tx.tell(Change::Site);
    }
    Ok(removed)
}

/// The board is gone: nobody follows it any more.
///
/// # Errors
/// Storage failures only.
pub fn end(tx: &mut Write, board: BoardId, now: Time) -> Result<()> {
    let all = following::table.filter(following::board_id.eq(board.0));
    let set = (following::state.eq(Stage::Refused.code()), following::answered_at.eq(now.0));
    diesel::update(all).set(set).execute(&mut tx.conn)?;
    tx.tell(Change::Site);
    Ok(())
}

/// Who follows a board or has asked to, and was not refused.
///
/// # Errors
/// Storage failures only.
pub fn of_board(tx: &mut Read, board: BoardId) -> Result<Vec<Following>> {
    let all = following::table.filter(following::board_id.eq(board.0));
    let all = all.filter(following::state.ne(Stage::Refused.code())).order((following::state, following::actor_id));
    all.load::<Row>(&mut tx.conn)?.into_iter().map(row).collect()
}

/// What somebody follows, or has asked to.
///
/// # Errors
/// Storage failures only.
pub fn of_actor(tx: &mut Read, actor: ActorId) -> Result<Vec<Following>> {
    let all = following::table.filter(following::actor_id.eq(actor.0)).order(following::board_id);
    all.load::<Row>(&mut tx.conn)?.into_iter().map(row).collect()
}

/// How many boards of other servers somebody follows.
///
/// # Errors
/// Storage failures only.
pub fn count(tx: &mut Read, actor: ActorId) -> Result<i64> {
    let theirs = following::table.filter(following::actor_id.eq(actor.0));
    Ok(theirs.filter(following::state.eq(Stage::Accepted.code())).count().get_result(&mut tx.conn)?)
}

/// Whether anybody here follows a board, and the board has said yes.
///
/// # Errors
/// Storage failures only.
pub fn is_followed(tx: &mut Read, board: BoardId) -> Result<bool> {
    let accepted = following::table
        .filter(following::board_id.eq(board.0))
        .filter(following::state.eq(Stage::Accepted.code()))
        .select(following::actor_id);
    Ok(accepted.first::<i64>(&mut tx.conn).optional()?.is_some())
}
