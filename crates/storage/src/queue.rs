//! What moderators look at beside what waits (`holds`) and what is reported (`cases`): what was taken down lately, and what is known of
//! whoever wrote something.

use diesel::prelude::*;
use domain::rights::Reach;
use domain::{ActorId, BoardId, CommentId, Deed, State, Time};

use crate::conn::Read;
use crate::log::HOST;
use crate::schema::{actors, comments, moderation_log, threads};
use crate::{Error, Result};

/// A comment that a moderator took down, and that has not been put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The comment.
    pub comment: CommentId,
    /// The board of its thread.
    pub board: BoardId,
    /// The thread's title.
    pub title: String,
    /// The entry of the log; removals are in this order.
    pub entry: i64,
}

/// What was taken down on boards within reach, or on one of these, the latest first, before that entry of the log.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn removed(
    tx: &mut Read,
    reach: &Reach,
    board: Option<BoardId>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Removal>> {
    // What was put back and taken down again stands where it was taken down last.
    let later = diesel::alias!(moderation_log as later);
    let again = later
        .filter(later.field(moderation_log::comment_id).eq(moderation_log::comment_id))
        .filter(later.field(moderation_log::deed).eq(Deed::Remove.code()))
        .filter(later.field(moderation_log::id).gt(moderation_log::id));
    let mut found = moderation_log::table
        .inner_join(comments::table.on(moderation_log::comment_id.eq(comments::id.nullable())))
        .inner_join(threads::table.on(comments::thread_id.eq(threads::id)))
        .filter(moderation_log::deed.eq(Deed::Remove.code()))
        .filter(moderation_log::id.lt(before.unwrap_or(i64::MAX)))
        .filter(comments::state.eq(State::Removed.code()))
        .filter(diesel::dsl::not(diesel::dsl::exists(again)))
        .order(moderation_log::id.desc())
        .limit(limit)
        .select((comments::id, threads::board_id, threads::title, moderation_log::id))
        .into_boxed();
    if let Reach::Boards(boards) = reach {
        found = found.filter(threads::board_id.eq_any(boards.iter().map(|board| board.0).collect::<Vec<_>>()));
    }
    if let Some(board) = board {
        found = found.filter(threads::board_id.eq(board.0));
    }
    let rows: Vec<(i64, i64, String, i64)> = found.load(&mut tx.conn)?;
    let removal =
        |(comment, board, title, entry)| Removal { comment: CommentId(comment), board: BoardId(board), title, entry };
    Ok(rows.into_iter().map(removal).collect())
}

/// The last comments of somebody on boards within reach, the newest first, whatever has become of them.
///
/// # Errors
/// Storage failures only.
pub fn lately(tx: &mut Read, author: ActorId, reach: &Reach, limit: i64) -> Result<Vec<(CommentId, State)>> {
    let mut found = comments::table
        .inner_join(threads::table)
        .filter(comments::author_id.eq(author.0))
        .order(comments::id.desc())
        .limit(limit)
        .select((comments::id, comments::state))
        .into_boxed();
    if let Reach::Boards(boards) = reach {
        found = found.filter(threads::board_id.eq_any(boards.iter().map(|board| board.0).collect::<Vec<_>>()));
    }
    let rows: Vec<(i64, i16)> = found.load(&mut tx.conn)?;
    let read = |(id, state)| Ok((CommentId(id), State::coded(state).ok_or(Error::Unknown("comments.state"))?));
    rows.into_iter().map(read).collect()
}

/// Something that was decided about a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The comment.
    pub comment: CommentId,
    /// What was done.
    pub deed: Deed,
    /// By whom.
    pub by: String,
    /// Why; may be empty.
    pub reason: String,
    /// When.
    pub at: Time,
}

type DecidedRow = (i64, Option<i64>, i16, Option<String>, String, i64);

/// What was decided about these comments, a few hundred at most, the latest first.
///
/// # Errors
/// Storage failures only.
pub fn decisions(tx: &mut Read, about: &[CommentId], limit: usize) -> Result<Vec<Decided>> {
    if about.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<DecidedRow> = moderation_log::table
        .left_join(actors::table)
        .filter(moderation_log::comment_id.eq_any(about.iter().map(|comment| comment.0)))
        .select((
            moderation_log::id,
            moderation_log::comment_id,
            moderation_log::deed,
            actors::name.nullable(),
            moderation_log::reason,
            moderation_log::created_at,
        ))
        .load(&mut tx.conn)?;
    // About each there are a few: sorted here, the database keeps nothing aside for it.
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.0));
    let read = |(_, comment, deed, by, reason, at): DecidedRow| {
        let deed = Deed::coded(deed).ok_or(Error::Unknown("moderation_log.deed"))?;
        let by = by.unwrap_or_else(|| HOST.to_owned());
        Ok(Decided { comment: CommentId(comment.unwrap_or_default()), deed, by, reason, at: Time(at) })
    };
    rows.into_iter().take(limit).map(read).collect()
}
