//! Comments that go from one thread to another, with all that hangs below them: what is split off becomes the root of a thread, what is
//! merged hangs below the root of another. Every table knows comments by their numbers, which stay; that of votes says the thread as well.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{BoardId, CommentId, State, ThreadId, Time, Votes, rank};

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::kept::LIST;
use crate::schema::{comments, splits, stood, threads, votes};
use crate::search::SEEN;

/// A comment that goes elsewhere, with all below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Graft {
    /// The comment.
    pub comment: CommentId,
    /// Where it stands.
    pub from: ThreadId,
    /// How deep.
    pub depth: u32,
    /// Where it is to stand; a thread that is there.
    pub to: ThreadId,
    /// Below which comment of that, and how deep that stands; `None`: it begins the thread.
    pub below: Option<(CommentId, u32)>,
}

/// Moves them, and says how many. Counters and news are [`recount`]'s and [`crate::threads::touch`]'s, to be called afterwards: whoever
/// answers locks the comment first and then the thread.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn graft(tx: &mut Write, graft: Graft) -> Result<usize> {
    let (parent, depth) = match graft.below {
        Some((parent, depth)) => (Some(parent.0), i64::from(depth) + 1),
        None => (None, 0),
    };
    hold(tx, graft)?;
    diesel::update(comments::table.find(graft.comment.0)).set(comments::parent_id.eq(parent)).execute(&mut tx.conn)?;
    let deeper = depth - i64::from(graft.depth);
    let mut moved = 0;
    // Once they are moved nobody can answer them before this transaction ends; who was about to while they were not, is found by the
    // second look. The embedded database has one writer, who would find nobody.
    loop {
        let all = hanging(tx, graft)?;
        let found = shift(tx, graft, &all, deeper)?;
        moved += found;
        if found == 0 || tx.conn.is_sqlite() {
            take_votes_along(tx, &all, graft.to)?;
            return Ok(moved);
        }
    }
}

/// A comment and all that hangs below it, by id: found by what it answers in both threads, for some of it may stand in the other already.
fn hanging(tx: &mut Read, graft: Graft) -> Result<Vec<i64>> {
    let in_both = comments::table.filter(comments::thread_id.eq_any([graft.from.0, graft.to.0]));
    let rows: Vec<(i64, Option<i64>)> = in_both.select((comments::id, comments::parent_id)).load(&mut tx.conn)?;
    let mut below: HashMap<i64, Vec<i64>> = HashMap::new();
    for (id, parent) in rows {
        if let Some(parent) = parent {
            below.entry(parent).or_default().push(id);
        }
    }
    let mut found = vec![graft.comment.0];
    let mut next = 0;
    while let Some(above) = found.get(next) {
        found.extend(below.remove(above).unwrap_or_default());
        next += 1;
    }
    found.sort_unstable();
    Ok(found)
}

/// Takes what is to be moved in the order in which everybody takes several comments: an update takes them in any.
fn hold(tx: &mut Write, graft: Graft) -> Result<()> {
    #[cfg(feature = "postgres")]
    if !tx.conn.is_sqlite() {
        let all = hanging(tx, graft)?;
        if let crate::conn::Conn::Pg(conn) = &mut tx.conn {
            let standing =
                comments::table.filter(comments::thread_id.eq(graft.from.0)).filter(comments::id.eq_any(all));
            standing.order(comments::id).select(comments::id).for_no_key_update().load::<i64>(conn)?;
        }
    }
    let _ = (tx, graft);
    Ok(())
}

/// Moves these of a thread, and says how many of them stood there.
fn shift(tx: &mut Write, graft: Graft, all: &[i64], deeper: i64) -> Result<usize> {
    let mut moved = 0;
    for batch in all.chunks(LIST) {
        let standing = comments::table.filter(comments::thread_id.eq(graft.from.0)).filter(comments::id.eq_any(batch));
        let set = (comments::thread_id.eq(graft.to.0), comments::depth.eq(comments::depth + deeper));
        moved += diesel::update(standing).set(set).execute(&mut tx.conn)?;
    }
    Ok(moved)
}

fn take_votes_along(tx: &mut Write, all: &[i64], to: ThreadId) -> Result<()> {
    for batch in all.chunks(LIST) {
        let theirs = votes::table.filter(votes::comment_id.eq_any(batch));
        diesel::update(theirs).set(votes::thread_id.eq(to.0)).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Counts the comments of a thread, and looks when the last one came. Called after [`crate::threads::touch`], which keeps others from
/// changing either.
pub fn recount(tx: &mut Write, thread: ThreadId) -> Result<()> {
    let standing = comments::table
        .filter(comments::thread_id.eq(thread.0))
        .filter(comments::id.ne(thread.0))
        .filter(comments::state.eq_any([State::Published.code(), State::Flagged.code()]));
    let counted = standing.select((diesel::dsl::count_star(), diesel::dsl::max(comments::published_at)));
    let (count, last): (i64, Option<i64>) = counted.get_result(&mut tx.conn)?;
    let began: i64 = threads::table.find(thread.0).select(threads::published_at).get_result(&mut tx.conn)?;
    let set = (threads::comments.eq(count), threads::active_at.eq(last.unwrap_or(began).max(began)));
    diesel::update(threads::table.find(thread.0)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// Makes a thread again of one that was merged into another, with the title that it is given. Says whether there was one: its version
/// grows on.
pub fn begin_again(tx: &mut Write, id: ThreadId, (board, title): (BoardId, &str), of: (Time, Votes)) -> Result<bool> {
    let (published, votes) = of;
    let set = (
        threads::board_id.eq(board.0),
        threads::title.eq(title),
        threads::url.eq(None::<String>),
        threads::listed.eq(true),
        threads::locked.eq(false),
        threads::published_at.eq(published.0),
        threads::score.eq(votes.score()),
        threads::hot.eq(rank::hot(votes, published)),
        threads::best.eq(rank::best(votes)),
    );
    Ok(diesel::update(threads::table.find(id.0)).set(set).execute(&mut tx.conn)? > 0)
}

/// Closes a thread whose comments have gone to another. Title and link are words of who wrote them, and go with these.
pub fn end(tx: &mut Write, id: ThreadId) -> Result<()> {
    let set = (
        threads::title.eq(""),
        threads::url.eq(None::<String>),
        threads::listed.eq(false),
        threads::locked.eq(true),
        threads::pinned.eq(false),
        threads::slow.eq(0),
    );
    diesel::update(threads::table.find(id.0)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// Moves a thread to another board, where it does not stand at the head.
pub fn set_board(tx: &mut Write, id: ThreadId, board: BoardId) -> Result<()> {
    let set = (threads::board_id.eq(board.0), threads::pinned.eq(false));
    diesel::update(threads::table.find(id.0)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// The comments of a thread that are found by their words, by id, after `after`.
pub fn found_by_words(tx: &mut Read, thread: ThreadId, after: CommentId, limit: i64) -> Result<Vec<CommentId>> {
    let rows = comments::table
        .filter(comments::thread_id.eq(thread.0))
        .filter(comments::state.eq_any(SEEN.map(State::code)))
        .filter(comments::id.gt(after.0))
        .order(comments::id)
        .limit(limit)
        .select(comments::id);
    Ok(rows.load::<i64>(&mut tx.conn)?.into_iter().map(CommentId).collect())
}

/// Where a thread was split off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// The thread.
    pub thread: ThreadId,
    /// The one that it was part of, or the one into which that was merged since.
    pub from: ThreadId,
    /// What its root answered there.
    pub parent: CommentId,
}

/// Remembers where a thread was split off.
pub fn split(tx: &mut Write, new: Split) -> Result<()> {
    let row = (splits::thread_id.eq(new.thread.0), splits::from_id.eq(new.from.0), splits::parent_id.eq(new.parent.0));
    diesel::insert_into(splits::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Where something stood before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The board.
    pub board: BoardId,
    /// The thread that it was part of there.
    pub thread: ThreadId,
}

/// What is in a thread now, or some of it, stood there before, and wherever what was there had stood before that.
pub fn stood(tx: &mut Write, thread: ThreadId, before: Earlier) -> Result<()> {
    let mut all = earlier(tx, before.thread)?;
    all.push(before);
    let row = |one: &Earlier| {
        (stood::thread_id.eq(thread.0), stood::board_id.eq(one.board.0), stood::earlier_id.eq(one.thread.0))
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    on_either!(&mut tx.conn, |c| diesel::insert_into(stood::table).values(rows).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Where what is in a thread stood before. Moderators move threads by hand: these are few.
pub fn earlier(tx: &mut Read, thread: ThreadId) -> Result<Vec<Earlier>> {
    let rows: Vec<(i64, i64)> = stood::table
        .filter(stood::thread_id.eq(thread.0))
        .order((stood::board_id, stood::earlier_id))
        .select((stood::board_id, stood::earlier_id))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(board, thread)| Earlier { board: BoardId(board), thread: ThreadId(thread) }).collect())
}

/// A thread was merged into another: it was split off nothing any more, and what was split off it was split off the other.
pub fn merged(tx: &mut Write, from: ThreadId, into: ThreadId) -> Result<()> {
    diesel::delete(splits::table.find(from.0)).execute(&mut tx.conn)?;
    let theirs = splits::table.filter(splits::from_id.eq(from.0));
    diesel::update(theirs).set(splits::from_id.eq(into.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// Where a thread was split off, if it was.
pub fn split_of(tx: &mut Read, thread: ThreadId) -> Result<Option<Split>> {
    let found: Option<(i64, i64, i64)> = splits::table.find(thread.0).get_result(&mut tx.conn).optional()?;
    Ok(found.map(|(thread, from, parent)| Split {
        thread: ThreadId(thread),
        from: ThreadId(from),
        parent: CommentId(parent),
    }))
}

/// What was split off a thread, with titles: of those that lists show the oldest. Moderators do it by hand; a page names so many.
pub fn split_off(tx: &mut Read, from: ThreadId, limit: i64) -> Result<Vec<(ThreadId, String)>> {
    let rows: Vec<(i64, String)> = splits::table
        .inner_join(threads::table.on(threads::id.eq(splits::thread_id)))
        .filter(splits::from_id.eq(from.0))
        .filter(threads::listed)
        .order(splits::thread_id)
        .limit(limit)
        .select((threads::id, threads::title))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, title)| (ThreadId(id), title)).collect())
}
