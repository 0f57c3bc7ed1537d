//! What people say against what was decided about their comments or about themselves, and what became of it. Not here: the decisions
//! themselves (`log`, `warnings`).

use diesel::prelude::*;
use domain::rights::Reach;
use domain::{ActorId, AppealState, BoardId, CommentId, Time};

use crate::conn::{Read, Write};
use crate::schema::{appeals, comments, threads, warnings};
use crate::{Error, Result};

/// What an appeal is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// What was done with a comment, and the entry of the log that says so.
    Comment(CommentId, i64),
    /// What was said to a person about themselves.
    Word(i64),
}

/// An appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// Its id; appeals are in order of their ids.
    pub id: i64,
    /// Against what.
    pub against: Against,
    /// The board of the comment's thread, or on which the decision counts; `None`: the whole instance. Not stored with the appeal.
    pub board: Option<BoardId>,
    /// The title of the comment's thread; not stored with the appeal.
    pub title: Option<String>,
    /// Who appeals.
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
    let (comment, entry, word) = match new.against {
        Against::Comment(comment, entry) => (Some(comment.0), Some(entry), None),
        Against::Word(word) => (None, None, Some(word)),
    };
    let row = (
        appeals::id.eq(new.id),
        appeals::comment_id.eq(comment),
        appeals::entry_id.eq(entry),
        appeals::author_id.eq(new.author.0),
        appeals::text.eq(&new.text),
        appeals::state.eq(new.state.code()),
        appeals::outcome_id.eq(new.outcome),
        appeals::created_at.eq(new.created.0),
        appeals::warning_id.eq(word),
    );
    let stored = crate::conn::on_either!(&mut tx.conn, |c| {
        diesel::insert_into(appeals::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    Ok(stored > 0)
}

/// Against what, and where.
type Aim = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<String>);
type Row = (i64, Aim, i64, String, i16, Option<i64>, i64);

fn appeal((id, aim, author, text, state, outcome, created): Row) -> Result<Appeal> {
    let (comment, entry, word, there, here, title) = aim;
    let against = match (comment, entry, word) {
        (Some(comment), Some(entry), None) => Against::Comment(CommentId(comment), entry),
        (None, None, Some(word)) => Against::Word(word),
        _ => return Err(Error::Unknown("appeals")),
    };
    let state = AppealState::coded(state).ok_or(Error::Unknown("appeals.state"))?;
    let (board, author, created) = (there.or(here).map(BoardId), ActorId(author), Time(created));
    Ok(Appeal { id, against, board, title, author, text, state, outcome, created })
}

macro_rules! rows {
    () => {
        appeals::table
            .left_join(comments::table)
            .left_join(threads::table.on(comments::thread_id.nullable().eq(threads::id.nullable())))
            .left_join(warnings::table)
            .select((
                appeals::id,
                (
                    appeals::comment_id,
                    appeals::entry_id,
                    appeals::warning_id,
                    threads::board_id.nullable(),
                    warnings::board_id.nullable(),
                    threads::title.nullable(),
                ),
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

/// The appeal against what an entry of the log says of a comment.
pub fn against(tx: &mut Read, decision: i64) -> Result<Option<Appeal>> {
    let row = rows!().filter(appeals::entry_id.eq(decision)).get_result::<Row>(&mut tx.conn).optional()?;
    row.map(appeal).transpose()
}

/// Appeals against what was said to people.
pub fn against_words(tx: &mut Read, words: &[i64]) -> Result<Vec<Appeal>> {
    // Asked for none of them, a database would look at all there are.
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let rows = rows!().filter(appeals::warning_id.eq_any(words.to_vec())).load::<Row>(&mut tx.conn)?;
    rows.into_iter().map(appeal).collect()
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

/// Appeals within reach, the oldest first, after that one: who moderates named boards has those about comments there, and those about
/// what was decided about people there.
pub fn page(tx: &mut Read, state: AppealState, reach: &Reach, after: Option<i64>, limit: i64) -> Result<Vec<Appeal>> {
    let mut found = rows!()
        .filter(appeals::state.eq(state.code()))
        .filter(appeals::id.gt(after.unwrap_or(0)))
        .order(appeals::id)
        .limit(limit)
        .into_boxed();
    if let Reach::Boards(boards) = reach {
        let boards: Vec<_> = boards.iter().map(|board| board.0).collect();
        let here = threads::board_id.nullable().eq_any(boards.clone());
        found = found.filter(here.or(warnings::board_id.nullable().eq_any(boards)));
    }
    found.load::<Row>(&mut tx.conn)?.into_iter().map(appeal).collect()
}

/// Decides an appeal that is open. Says whether it was.
pub fn settle(tx: &mut Write, id: i64, to: AppealState, outcome: Option<i64>) -> Result<bool> {
    let open = appeals::table.find(id).filter(appeals::state.eq(AppealState::Open.code()));
    let set = (appeals::state.eq(to.code()), appeals::outcome_id.eq(outcome));
    Ok(diesel::update(open).set(set).execute(&mut tx.conn)? > 0)
}
