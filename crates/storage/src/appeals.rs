//! What authors say against the removal of their comments, and what became of it. Not here: the decisions themselves (`log`).

use diesel::prelude::*;
use domain::rights::Reach;
use domain::{ActorId, AppealState, BoardId, CommentId, Time};

use crate::conn::{Read, Write};
use crate::schema::{appeals, comments, threads};
use crate::{Error, Result};

/// An appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// Its id; appeals are in order of their ids.
    pub id: i64,
    /// The comment that was removed.
    pub comment: CommentId,
    /// The board of its thread; not stored with the appeal.
    pub board: BoardId,
    /// The thread's title; not stored with the appeal.
    pub title: String,
    /// The entry of the log that says who removed it, and why.
    pub decision: i64,
    /// Who wrote the comment, and appeals.
    pub author: ActorId,
    /// In their words.
    pub text: String,
    /// Where it stands.
    pub state: AppealState,
    /// The entry of the log that says what became of it.
    pub outcome: Option<i64>,
    /// When.
    pub created: Time,
}

/// Stores an appeal. Says whether it did: there is one at most against each decision.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Appeal) -> Result<bool> {
    let row = (
        appeals::id.eq(new.id),
        appeals::comment_id.eq(new.comment.0),
        appeals::entry_id.eq(new.decision),
        appeals::author_id.eq(new.author.0),
        appeals::text.eq(&new.text),
        appeals::state.eq(new.state.code()),
        appeals::outcome_id.eq(new.outcome),
        appeals::created_at.eq(new.created.0),
    );
    let stored = crate::conn::on_either!(&mut tx.conn, |c| {
        diesel::insert_into(appeals::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    Ok(stored > 0)
}

type Row = (i64, i64, i64, String, i64, i64, String, i16, Option<i64>, i64);

fn appeal((id, comment, board, title, decision, author, text, state, outcome, created): Row) -> Result<Appeal> {
    let state = AppealState::coded(state).ok_or(Error::Unknown("appeals.state"))?;
    let (comment, board, author, created) = (CommentId(comment), BoardId(board), ActorId(author), Time(created));
    Ok(Appeal { id, comment, board, title, decision, author, text, state, outcome, created })
}

macro_rules! rows {
    () => {
        appeals::table.inner_join(comments::table.inner_join(threads::table)).select((
            appeals::id,
            appeals::comment_id,
            threads::board_id,
            threads::title,
            appeals::entry_id,
            appeals::author_id,
            appeals::text,
            appeals::state,
            appeals::outcome_id,
            appeals::created_at,
        ))
    };
}

/// An appeal by its id.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Appeal>> {
    let row = rows!().filter(appeals::id.eq(id)).get_result::<Row>(&mut tx.conn).optional()?;
    row.map(appeal).transpose()
}

/// The appeal against a decision.
pub fn against(tx: &mut Read, decision: i64) -> Result<Option<Appeal>> {
    let row = rows!().filter(appeals::entry_id.eq(decision)).get_result::<Row>(&mut tx.conn).optional()?;
    row.map(appeal).transpose()
}

/// The newest appeal about a comment.
pub fn newest(tx: &mut Read, comment: CommentId) -> Result<Option<Appeal>> {
    let of = rows!().filter(appeals::comment_id.eq(comment.0)).order(appeals::id.desc());
    of.first::<Row>(&mut tx.conn).optional()?.map(appeal).transpose()
}

/// A page of what somebody has appealed against, newest first.
pub fn of_author(tx: &mut Read, author: ActorId, before: Option<i64>, limit: i64) -> Result<Vec<Appeal>> {
    let rows: Vec<Row> = rows!()
        .filter(appeals::author_id.eq(author.0))
        .filter(appeals::id.lt(before.unwrap_or(i64::MAX)))
        .order(appeals::id.desc())
        .limit(limit)
        .load(&mut tx.conn)?;
    rows.into_iter().map(appeal).collect()
}

/// Appeals on boards within reach, the oldest first, after that one.
pub fn page(tx: &mut Read, state: AppealState, reach: &Reach, after: Option<i64>, limit: i64) -> Result<Vec<Appeal>> {
    let mut found = rows!()
        .filter(appeals::state.eq(state.code()))
        .filter(appeals::id.gt(after.unwrap_or(0)))
        .order(appeals::id)
        .limit(limit)
        .into_boxed();
    if let Reach::Boards(boards) = reach {
        found = found.filter(threads::board_id.eq_any(boards.iter().map(|board| board.0).collect::<Vec<_>>()));
    }
    found.load::<Row>(&mut tx.conn)?.into_iter().map(appeal).collect()
}

/// Decides an appeal that is open. Says whether it was.
pub fn settle(tx: &mut Write, id: i64, to: AppealState, outcome: i64) -> Result<bool> {
    let open = appeals::table.find(id).filter(appeals::state.eq(AppealState::Open.code()));
    let set = (appeals::state.eq(to.code()), appeals::outcome_id.eq(outcome));
    Ok(diesel::update(open).set(set).execute(&mut tx.conn)? > 0)
}
