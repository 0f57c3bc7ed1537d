//! What was written lately: who wrote where, and a number for each text. It is kept only while a rule asks how often something was written.

use diesel::prelude::*;
use domain::{ActorId, BoardId, CommentId};

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::schema::traces;

/// What is remembered of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The comment. Its upper bits say when it came.
    pub comment: CommentId,
    /// Who wrote it.
    pub author: ActorId,
    /// Their host; empty for people here.
    pub host: String,
    /// On which board.
    pub board: BoardId,
    /// What its text says, as a number; none for a text too short to be a repetition.
    pub text: Option<i64>,
}

/// Whose comments are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of<'a> {
    /// An actor's.
    Author(ActorId),
    /// Those of a host.
    Host(&'a str),
    /// Those on a board.
    Board(BoardId),
    /// Those of a host with the same text.
    TextOfHost(i64, &'a str),
    /// Those of somebody here with the same text.
    TextOf(i64, ActorId),
}

/// Remembers a comment.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Trace) -> Result<()> {
    let row = (
        traces::comment_id.eq(new.comment.0),
        traces::author_id.eq(new.author.0),
        traces::host.eq(&new.host),
        traces::board_id.eq(new.board.0),
        traces::text.eq(new.text),
    );
    on_either!(&mut tx.conn, |c| diesel::insert_into(traces::table).values(row).execute(c))?;
    Ok(())
}

/// How many came since that number was given, counted up to `most`.
///
/// # Errors
/// Storage failures only.
pub fn count(tx: &mut Read, of: Of<'_>, since: i64, most: i64) -> Result<i64> {
    let lately = traces::table.filter(traces::comment_id.ge(since)).select(traces::comment_id).limit(most).into_boxed();
    let those = match of {
        Of::Author(author) => lately.filter(traces::author_id.eq(author.0)),
        Of::Host(host) => lately.filter(traces::host.eq(host)),
        Of::Board(board) => lately.filter(traces::board_id.eq(board.0)),
        Of::TextOfHost(text, host) => lately.filter(traces::text.eq(text)).filter(traces::host.eq(host)),
        Of::TextOf(text, author) => lately.filter(traces::text.eq(text)).filter(traces::author_id.eq(author.0)),
    };
    Ok(i64::try_from(those.load::<i64>(&mut tx.conn)?.len()).unwrap_or(i64::MAX))
}

/// Forgets what came before that number was given.
///
/// # Errors
/// Storage failures only.
pub fn forget_before(tx: &mut Write, before: i64, most: i64) -> Result<usize> {
    Ok(crate::conn::forget_oldest!(tx, traces by comment_id, before, most))
}
