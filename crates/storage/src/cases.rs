//! What readers report, by comment: all reports on one are one case, which is decided once. And what moderators write beside it for one
//! another. Not here: the reports themselves (`reports`).

use diesel::prelude::*;
use domain::rights::Reach;
use domain::{ActorId, BoardId, CommentId, Figure, ReportState, Time};

use crate::conn::{Change, Conn, Read, Write};
use crate::kept::{Sql, Value};
use crate::schema::{actors, cases, comments, notes, reports, threads};
use crate::{Error, Result, figures};

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is reported.
    pub comment: CommentId,
    /// The board of its thread.
    pub board: BoardId,
    /// The thread's title.
    pub title: String,
    /// Where it stands.
    pub state: ReportState,
    /// The first report since it was opened; cases are in that order.
    pub opened: i64,
    /// Who has taken it on.
    pub assigned: Option<ActorId>,
    /// When the home of the comment was told of it.
    pub forwarded: Option<Time>,
}

/// What a moderator wrote beside a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: i64,
    /// Beside which.
    pub comment: CommentId,
    /// Who wrote it.
    pub author: ActorId,
    /// Their name.
    pub author_name: String,
    /// In their words.
    pub text: String,
    /// When.
    pub created: Time,
}

const OPEN: &str = "INSERT INTO cases (comment_id, state, opened_id) VALUES (?, 0, ?) \
     ON CONFLICT (comment_id) DO UPDATE SET state = 0, opened_id = excluded.opened_id, assigned_to = NULL WHERE cases.state <> 0";

/// There is a report. One that was decided is opened again.
pub(crate) fn open(tx: &mut Write, comment: CommentId, report: i64) -> Result<()> {
    let values = [Value::Number(comment.0), Value::Number(report)];
    crate::conn::on_either!(&mut tx.conn, |c| Sql::<_>::new(OPEN, values).execute(c))?;
    tx.tell(Change::Queue);
    Ok(())
}

type Row = (i64, i64, String, i16, i64, Option<i64>, Option<i64>);

fn case((comment, board, title, state, opened, assigned, forwarded): Row) -> Result<Case> {
    let state = ReportState::coded(state).ok_or(Error::Unknown("cases.state"))?;
    let (comment, board, assigned) = (CommentId(comment), BoardId(board), assigned.map(ActorId));
    Ok(Case { comment, board, title, state, opened, assigned, forwarded: forwarded.map(Time) })
}

macro_rules! rows {
    () => {
        cases::table.inner_join(comments::table.inner_join(threads::table)).select((
            cases::comment_id,
            threads::board_id,
            threads::title,
            cases::state,
            cases::opened_id,
            cases::assigned_to,
            cases::forwarded_at,
        ))
    };
}

/// Cases on boards within reach, or on one of these, the oldest first, after the one that was opened by that report.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn page(
    tx: &mut Read,
    state: ReportState,
    (reach, board): (&Reach, Option<BoardId>),
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<Case>> {
    let mut found = rows!()
        .filter(cases::state.eq(state.code()))
        .filter(cases::opened_id.gt(after.unwrap_or(0)))
        .order(cases::opened_id)
        .limit(limit)
        .into_boxed();
    if let Reach::Boards(boards) = reach {
        found = found.filter(threads::board_id.eq_any(boards.iter().map(|board| board.0).collect::<Vec<_>>()));
    }
    if let Some(board) = board {
        found = found.filter(threads::board_id.eq(board.0));
    }
    found.load::<Row>(&mut tx.conn)?.into_iter().map(case).collect()
}

/// The case of a comment, if it was ever reported.
pub fn find(tx: &mut Read, comment: CommentId) -> Result<Option<Case>> {
    let row = rows!().filter(cases::comment_id.eq(comment.0)).get_result::<Row>(&mut tx.conn).optional()?;
    row.map(case).transpose()
}

/// The same, and nobody else decides it, nor is the comment reported again, until this transaction ends. (On SQLite nobody can anyway.)
pub fn find_to_change(tx: &mut Write, comment: CommentId) -> Result<Option<Case>> {
    match &mut tx.conn {
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(_) => {}
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            cases::table.find(comment.0).select(cases::state).for_update().get_result::<i16>(conn).optional()?;
        }
    }
    find(tx, comment)
}

/// Says who has taken a case on.
pub fn assign(tx: &mut Write, comment: CommentId, to: Option<ActorId>) -> Result<()> {
    let set = cases::assigned_to.eq(to.map(|actor| actor.0));
    diesel::update(cases::table.find(comment.0)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// Decides a case that is open, and with it all reports that were, and counts them. Says whether it was.
pub fn decide(tx: &mut Write, comment: CommentId, to: ReportState, now: Time) -> Result<bool> {
    let Some((first, decided)) = close(tx, comment, to, now)? else { return Ok(false) };
    let figure = if to == ReportState::Dismissed { Figure::Dismissed } else { Figure::Resolved };
    figures::add(tx, now, figure, decided)?;
    first.map_or(Ok(()), |first| figures::waited(tx, Time(first), now))?;
    Ok(true)
}

/// Ends a case that nobody has decided and nobody has to any more: it was about what is gone. Says whether there was one.
pub fn end(tx: &mut Write, comment: CommentId, now: Time) -> Result<bool> {
    Ok(close(tx, comment, ReportState::Resolved, now)?.is_some())
}

/// When the first of the reports of a case that was open came, and how many they were.
fn close(tx: &mut Write, comment: CommentId, to: ReportState, now: Time) -> Result<Option<(Option<i64>, usize)>> {
    let at = cases::table.find(comment.0).filter(cases::state.eq(ReportState::Open.code()));
    if diesel::update(at).set(cases::state.eq(to.code())).execute(&mut tx.conn)? == 0 {
        return Ok(None);
    }
    let open =
        reports::table.filter(reports::comment_id.eq(comment.0)).filter(reports::state.eq(ReportState::Open.code()));
    let first: Option<i64> = open.select(diesel::dsl::min(reports::created_at)).get_result(&mut tx.conn)?;
    let decided = diesel::update(open)
        .set((reports::state.eq(to.code()), reports::decided_at.eq(now.0)))
        .execute(&mut tx.conn)?;
    tx.tell(Change::Queue);
    Ok(Some((first, decided)))
}

/// The home of a comment is told that it is reported here. Says whether it was not told before.
pub fn forward(tx: &mut Write, comment: CommentId, now: Time) -> Result<bool> {
    let untold = cases::table.find(comment.0).filter(cases::forwarded_at.is_null());
    Ok(diesel::update(untold).set(cases::forwarded_at.eq(now.0)).execute(&mut tx.conn)? > 0)
}

/// Writes something beside a comment.
pub fn note(tx: &mut Write, id: i64, comment: CommentId, author: ActorId, text: &str, now: Time) -> Result<()> {
    let row = (
        notes::id.eq(id),
        notes::comment_id.eq(comment.0),
        notes::author_id.eq(author.0),
        notes::text.eq(text),
        notes::created_at.eq(now.0),
    );
    diesel::insert_into(notes::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Notes beside one comment that are shown.
const MOST_NOTES: u16 = 500;

type NoteRow = (i64, i64, i64, String, String, i64);

fn written((id, comment, author, author_name, text, created): NoteRow) -> Note {
    Note { id, comment: CommentId(comment), author: ActorId(author), author_name, text, created: Time(created) }
}

macro_rules! written_rows {
    () => {
        notes::table.inner_join(actors::table).order(notes::id).limit(i64::from(MOST_NOTES)).select((
            notes::id,
            notes::comment_id,
            notes::author_id,
            actors::name,
            notes::text,
            notes::created_at,
        ))
    };
}

/// What is written beside a comment, the oldest first.
pub fn notes(tx: &mut Read, comment: CommentId) -> Result<Vec<Note>> {
    let rows: Vec<NoteRow> = written_rows!().filter(notes::comment_id.eq(comment.0)).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(written).collect())
}

/// The same of several; beside each as many as [`notes`] shows.
pub fn notes_beside(tx: &mut Read, comments: &[CommentId]) -> Result<Vec<Note>> {
    let those: Vec<i64> = comments.iter().map(|comment| comment.0).collect();
    // In this order: by id alone PostgreSQL would look through all notes for the first few.
    let found = written_rows!().filter(notes::comment_id.eq_any(those)).order((notes::comment_id, notes::id));
    let rows: Vec<NoteRow> = found.load(&mut tx.conn)?;
    if rows.len() < usize::from(MOST_NOTES) {
        return Ok(rows.into_iter().map(written).collect());
    }
    let mut found = Vec::new();
    for comment in comments {
        found.extend(notes(tx, *comment)?);
    }
    Ok(found)
}
