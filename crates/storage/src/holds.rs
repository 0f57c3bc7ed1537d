//! Comments that are known to nobody because a moderator is to look at them first: why, since when, and which were rejected. Not here: those
//! that wait for an author elsewhere (`approvals`), and those that are hidden with their server (`hidden`).

use std::collections::HashMap;

use diesel::prelude::*;
use domain::rights::Reach;
use domain::{ActorId, BoardId, Cause, CommentId, State, Time};

use crate::conn::{Change, Read, Write, on_either};
use crate::kept::{LIST, kept, places};
use crate::schema::{comments, holds, threads};
use crate::{Error, Result};

/// What moderators have said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing yet.
    Waiting,
    /// No: it stays where nobody but its author and those who moderate knows of it.
    Rejected,
    /// Nothing, and its author has deleted it: it waits again if they put it back.
    Deleted,
}

impl Stage {
    pub(crate) fn code(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::Rejected => 1,
            Self::Deleted => 2,
        }
    }

    fn coded(code: i16) -> Result<Self> {
        let known = [Self::Waiting, Self::Rejected, Self::Deleted].into_iter().find(|stage| stage.code() == code);
        known.ok_or(Error::Unknown("holds.stage"))
    }
}

/// Why a comment is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The comment.
    pub comment: CommentId,
    /// What moderators have said.
    pub stage: Stage,
    /// What holds it.
    pub cause: Cause,
    /// The name of the rule, where it is one; empty otherwise.
    pub rule: String,
    /// The host of its author; empty for people here.
    pub host: String,
    /// Since when.
    pub held: Time,
    /// What its author's server has asked, and is answered when moderators have decided: the id of its `ReplyRequest`.
    pub request: Option<String>,
    /// Who of those who moderate or help has taken it on.
    pub assigned: Option<ActorId>,
}

/// A comment that waits, or was rejected, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Why.
    pub hold: Hold,
    /// The board of its thread.
    pub board: BoardId,
    /// The thread's title.
    pub title: String,
}

type Row = (i64, i16, i16, String, String, i64, Option<String>, Option<i64>);

fn hold((comment, stage, cause, rule, host, held, request, assigned): Row) -> Result<Hold> {
    let cause = Cause::coded(cause).ok_or(Error::Unknown("holds.cause"))?;
    let (comment, stage, held, assigned) =
        (CommentId(comment), Stage::coded(stage)?, Time(held), assigned.map(ActorId));
    Ok(Hold { comment, stage, cause, rule, host, held, request, assigned })
}

/// Says why a comment is held, in place of what was said before. What state it is in is the caller's.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn put(tx: &mut Write, new: &Hold) -> Result<()> {
    let set = (
        holds::stage.eq(new.stage.code()),
        holds::cause.eq(new.cause.code()),
        holds::rule.eq(&new.rule),
        holds::host.eq(&new.host),
        holds::held_at.eq(new.held.0),
        holds::request.eq(&new.request),
        holds::assigned_to.eq(new.assigned.map(|actor| actor.0)),
    );
    let row = (holds::comment_id.eq(new.comment.0), set);
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(holds::table).values(row).on_conflict(holds::comment_id).do_update().set(set).execute(c)
    })?;
    tx.tell(Change::Queue);
    Ok(())
}

/// Why a comment is held, if a moderator is to look at it, or has rejected it.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, comment: CommentId) -> Result<Option<Hold>> {
    holds::table.find(comment.0).get_result::<Row>(&mut tx.conn).optional()?.map(hold).transpose()
}

/// The same of several.
///
/// # Errors
/// Storage failures only.
pub fn of(tx: &mut Read, ids: &[CommentId]) -> Result<HashMap<CommentId, Hold>> {
    let mut found = HashMap::new();
    for batch in ids.chunks(LIST) {
        let those = holds::table.filter(holds::comment_id.eq_any(places(batch.iter().map(|id| id.0))));
        for row in kept(those).load::<Row>(&mut tx.conn)? {
            let hold = hold(row)?;
            found.insert(hold.comment, hold);
        }
    }
    Ok(found)
}

/// Comments that wait on boards within reach, or on one of these, the oldest first, after that one.
///
/// # Errors
/// Storage failures only.
pub fn page(
    tx: &mut Read,
    reach: &Reach,
    board: Option<BoardId>,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let mut found = holds::table
        .inner_join(comments::table.inner_join(threads::table))
        .filter(holds::stage.eq(Stage::Waiting.code()))
        .filter(holds::comment_id.gt(after.unwrap_or(0)))
        .order(holds::comment_id)
        .limit(limit)
        .select((holds::all_columns, threads::board_id, threads::title))
        .into_boxed();
    if let Reach::Boards(boards) = reach {
        found = found.filter(threads::board_id.eq_any(boards.iter().map(|board| board.0).collect::<Vec<_>>()));
    }
    if let Some(board) = board {
        found = found.filter(threads::board_id.eq(board.0));
    }
    found.load(&mut tx.conn)?.into_iter().map(waiting).collect()
}

/// Comments that were rejected on boards within reach, or on one of these, the newest first, before that one. Not those whose words are gone.
///
/// # Errors
/// Storage failures only.
pub fn rejected(
    tx: &mut Read,
    reach: &Reach,
    board: Option<BoardId>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let mut found = holds::table
        .inner_join(comments::table.inner_join(threads::table))
        .filter(holds::stage.eq(Stage::Rejected.code()))
        .filter(holds::comment_id.lt(before.unwrap_or(i64::MAX)))
        .filter(comments::state.eq(State::Held.code()))
        .order(holds::comment_id.desc())
        .limit(limit)
        .select((holds::all_columns, threads::board_id, threads::title))
        .into_boxed();
    if let Reach::Boards(boards) = reach {
        found = found.filter(threads::board_id.eq_any(boards.iter().map(|board| board.0).collect::<Vec<_>>()));
    }
    if let Some(board) = board {
        found = found.filter(threads::board_id.eq(board.0));
    }
    found.load(&mut tx.conn)?.into_iter().map(waiting).collect()
}

fn waiting((row, board, title): (Row, i64, String)) -> Result<Waiting> {
    Ok(Waiting { hold: hold(row)?, board: BoardId(board), title })
}

/// Whether so many wait at least, of all or of authors of this host (empty: of ours).
///
/// # Errors
/// Storage failures only.
pub fn are_at_least(tx: &mut Read, host: Option<&str>, count: i64) -> Result<bool> {
    // The last of so many, and not how many there are: there may be thousands.
    let mut waits = holds::table
        .filter(holds::stage.eq(Stage::Waiting.code()))
        .select(holds::comment_id)
        .offset((count - 1).max(0))
        .limit(1)
        .into_boxed();
    waits = match host {
        Some(host) => waits.filter(holds::host.eq(host)),
        None => waits.order(holds::comment_id),
    };
    Ok(!waits.load::<i64>(&mut tx.conn)?.is_empty())
}

/// Remembers what the server of its author has asked, if it waits. Says whether it does.
///
/// # Errors
/// Storage failures only.
pub fn ask(tx: &mut Write, comment: CommentId, request: &str) -> Result<bool> {
    let waits = holds::table.find(comment.0).filter(holds::stage.eq(Stage::Waiting.code()));
    Ok(diesel::update(waits).set(holds::request.eq(request)).execute(&mut tx.conn)? > 0)
}

/// Says who has taken on what waits.
///
/// # Errors
/// Storage failures only.
pub fn assign(tx: &mut Write, comment: CommentId, to: ActorId) -> Result<()> {
    let waits = holds::table.find(comment.0).filter(holds::stage.eq(Stage::Waiting.code()));
    if diesel::update(waits).set(holds::assigned_to.eq(to.0)).execute(&mut tx.conn)? > 0 {
        tx.tell(Change::Queue);
    }
    Ok(())
}

/// Says that a comment was rejected, if it waits. Says whether it did.
///
/// # Errors
/// Storage failures only.
pub fn reject(tx: &mut Write, comment: CommentId) -> Result<bool> {
    let waits = holds::table.find(comment.0).filter(holds::stage.eq(Stage::Waiting.code()));
    let rejected = diesel::update(waits).set(holds::stage.eq(Stage::Rejected.code())).execute(&mut tx.conn)? > 0;
    if rejected {
        tx.tell(Change::Queue);
    }
    Ok(rejected)
}

/// A comment waits no more.
///
/// # Errors
/// Storage failures only.
pub fn forget(tx: &mut Write, comment: CommentId) -> Result<()> {
    if diesel::delete(holds::table.find(comment.0)).execute(&mut tx.conn)? > 0 {
        tx.tell(Change::Queue);
    }
    Ok(())
}
