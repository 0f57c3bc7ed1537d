//! Comments that a suspension took down. What they were before is kept, so that they can be that again; what a moderator decided about
//! one of them alone outlasts it.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::{ActorId, BoardId, CommentId, Deed, State, ThreadId};

use crate::comments::is_published;
use crate::conn::{Read, Write, on_either};
use crate::hidden::{self, Covered, PLACE, Place, covered};
use crate::schema::{comments, moderation_log, swept, threads};
use crate::{Result, marks, outbox, search};

/// Comments of somebody that readers see, by id, but for those that a moderator has put back or let out after this decision. Nobody else
/// changes them until this transaction ends.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn standing(
    tx: &mut Write,
    author: ActorId,
    board: Option<BoardId>,
    decision: i64,
    limit: i64,
) -> Result<Vec<Covered>> {
    let word = moderation_log::table
        .filter(moderation_log::comment_id.eq(comments::id.nullable()))
        .filter(moderation_log::id.gt(decision))
        .filter(moderation_log::deed.eq_any([Deed::Restore.code(), Deed::Approve.code()]));
    let mut seen = comments::table
        .inner_join(threads::table)
        .filter(comments::author_id.eq(author.0))
        .filter(comments::state.eq_any([State::Published.code(), State::Flagged.code()]))
        .filter(not(exists(word)))
        .order(comments::id)
        .limit(limit)
        .select(comments::id)
        .into_boxed();
    if let Some(board) = board {
        seen = seen.filter(threads::board_id.eq(board.0));
    }
    let ids: Vec<i64> = seen.load(&mut tx.conn)?;
    let mut found = hidden::held(tx, &ids)?;
    // What became of something meanwhile is somebody else's.
    found.retain(|one| matches!(one.state, State::Published | State::Flagged));
    Ok(found)
}

/// Comments that this took down, by id. Nobody else changes them until this transaction ends.
pub fn of(tx: &mut Write, sanction: i64, limit: i64) -> Result<Vec<Covered>> {
    let ids: Vec<i64> = swept::table
        .filter(swept::sanction_id.eq(sanction))
        .order(swept::comment_id)
        .limit(limit)
        .select(swept::comment_id)
        .load(&mut tx.conn)?;
    // Asked for none of them, a database would look at all there are.
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    hidden::hold(tx, &ids)?;
    let rows: Vec<(Place, i16, i16)> = swept::table
        .inner_join(comments::table)
        .filter(swept::comment_id.eq_any(ids))
        .order(swept::comment_id)
        .select((PLACE, comments::state, swept::state))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(place, state, before)| covered(place, state, before)).collect()
}

/// Whether nothing is left that this took down.
pub fn is_empty(tx: &mut Read, sanction: i64) -> Result<bool> {
    let one = swept::table.filter(swept::sanction_id.eq(sanction)).select(swept::comment_id).limit(1);
    Ok(one.get_result::<i64>(&mut tx.conn).optional()?.is_none())
}

/// Takes comments down, a few hundred at most. What waited with their words to be brought elsewhere is dropped, and nobody finds them.
/// Counters and news are [`crate::threads::touch`]'s, and what begins a thread is more: both for the caller.
pub fn remove(tx: &mut Write, sanction: i64, those: &[Covered]) -> Result<()> {
    let row = |one: &Covered| {
        (swept::comment_id.eq(one.id.0), swept::sanction_id.eq(sanction), swept::state.eq(one.before.code()))
    };
    let rows: Vec<_> = those.iter().map(row).collect();
    on_either!(&mut tx.conn, |c| diesel::insert_into(swept::table).values(rows).on_conflict_do_nothing().execute(c))?;
    let ids: Vec<CommentId> = those.iter().map(|one| one.id).collect();
    hidden::set_state(tx, &ids, State::Removed)?;
    outbox::take_all_back(tx, &ids)?;
    search::forget_all(tx, &ids)
}

/// With what one was taken down, if it was with others.
pub fn with(tx: &mut Read, comment: CommentId) -> Result<Option<i64>> {
    Ok(swept::table.find(comment.0).select(swept::sanction_id).get_result(&mut tx.conn).optional()?)
}

/// Those that are down because of this, the newest first.
pub fn shown(tx: &mut Read, sanction: i64, limit: i64) -> Result<Vec<CommentId>> {
    let ids: Vec<i64> = swept::table
        .filter(swept::sanction_id.eq(sanction))
        .order(swept::comment_id.desc())
        .limit(limit)
        .select(swept::comment_id)
        .load(&mut tx.conn)?;
    Ok(ids.into_iter().map(CommentId).collect())
}

/// How many are down because of this.
pub fn count(tx: &mut Read, sanction: i64) -> Result<i64> {
    Ok(swept::table.filter(swept::sanction_id.eq(sanction)).count().get_result(&mut tx.conn)?)
}

/// These are down because of another decision from now on.
pub fn hand_over(tx: &mut Write, those: &[CommentId], to: i64) -> Result<()> {
    // Asked for none of them, a database would look at all there are.
    if those.is_empty() {
        return Ok(());
    }
    let rows = swept::table.filter(swept::comment_id.eq_any(those.iter().map(|id| id.0)));
    diesel::update(rows).set(swept::sanction_id.eq(to)).execute(&mut tx.conn)?;
    Ok(())
}

/// Forgets that these were taken down with others.
pub fn forget(tx: &mut Write, those: &[Covered]) -> Result<()> {
    let ids: Vec<i64> = those.iter().map(|one| one.id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    diesel::delete(swept::table.filter(swept::comment_id.eq_any(ids))).execute(&mut tx.conn)?;
    Ok(())
}

/// Has one stay as it is when the others are put back. Says whether it was taken down with others.
pub fn stay(tx: &mut Write, comment: CommentId) -> Result<bool> {
    Ok(diesel::delete(swept::table.find(comment.0)).execute(&mut tx.conn)? > 0)
}

/// A thread that readers see and no list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unlisted {
    /// The thread.
    pub thread: ThreadId,
    /// Its author.
    pub author: ActorId,
    /// Its board.
    pub board: BoardId,
}

/// Threads of these that readers see and no list shows, by id and after that one: they were opened while what their authors wrote was made
/// known to nobody. Not those that a rule keeps from the lists.
pub fn unlisted(
    tx: &mut Read,
    authors: &[ActorId],
    board: Option<BoardId>,
    after: ThreadId,
    limit: i64,
) -> Result<Vec<Unlisted>> {
    let mut found = comments::table
        .inner_join(threads::table)
        .filter(comments::author_id.eq_any(authors.iter().map(|author| author.0)))
        .filter(comments::parent_id.is_null())
        .filter(is_published!())
        .filter(comments::id.gt(after.0))
        .filter(threads::listed.eq(false))
        .filter(not(exists(marks::limiting(threads::id))))
        .order(comments::id)
        .limit(limit)
        .select((comments::thread_id, comments::author_id, threads::board_id))
        .into_boxed();
    if let Some(board) = board {
        found = found.filter(threads::board_id.eq(board.0));
    }
    let one =
        |(thread, author, board)| Unlisted { thread: ThreadId(thread), author: ActorId(author), board: BoardId(board) };
    Ok(found.load::<(i64, i64, i64)>(&mut tx.conn)?.into_iter().map(one).collect())
}
