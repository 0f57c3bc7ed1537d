//! What feeds are made of: the newest threads of the site or of a board, the newest comments of a thread. What a person
//! wrote is `people.rs`.

use domain::{CommentId, Noun, State, ThreadId, ThreadSort};
use storage::boards::{self, Board};
use storage::comments::{self, Line};
use storage::threads::{self, After, Thread};

use crate::reading::standing;
use crate::{Ctx, Error, Result};

/// New threads with their openings.
#[derive(Clone, Debug)]
pub struct Threads {
    /// The board, when one was asked for.
    pub board: Option<Board>,
    /// The threads with their roots, newest first.
    pub threads: Vec<(Thread, Line)>,
    /// Where the next page begins, when there is one.
    pub next: Option<After>,
}

/// Reads a page of new threads: of one board, or of all.
///
/// # Errors
/// [`domain::Refusal::NotFound`]; failures.
pub async fn threads(ctx: &Ctx, board: Option<String>, after: Option<After>, limit: usize) -> Result<Threads> {
    ctx.db()
        .read(move |tx| {
            let board = match board {
                Some(name) => Some(boards::by_address(tx, &name)?.ok_or(Error::missing(Noun::Board))?),
                None => None,
            };
            let id = board.as_ref().map(|board| board.id);
            let mut found = threads::page(tx, id, ThreadSort::New, after, one_more(limit))?;
            let next = (found.len() > limit).then(|| found.get(limit.saturating_sub(1))).flatten();
            let next = next.map(|last| last.after(ThreadSort::New));
            found.truncate(limit);
            let ids: Vec<_> = found.iter().map(|thread| thread.id.root()).collect();
            let roots = comments::lines(tx, &ids)?;
            let root = |id: ThreadId| {
                let at = roots.binary_search_by_key(&id.root(), |line| line.id).ok()?;
                roots.get(at).cloned()
            };
            let threads = found.into_iter().filter_map(|thread| Some((root(thread.id)?, thread)));
            Ok(Threads { board, threads: threads.map(|(root, thread)| (thread, root)).collect(), next })
        })
        .await
}

/// New comments of a thread.
#[derive(Clone, Debug)]
pub struct Comments {
    /// The thread.
    pub thread: Thread,
    /// The comments, newest first: neither its root nor tombstones.
    pub comments: Vec<Line>,
    /// Where the next page begins, when there is one.
    pub next: Option<CommentId>,
}

/// Reads a page of new comments of a thread.
///
/// # Errors
/// [`domain::Refusal::NotFound`]; failures.
pub async fn comments(ctx: &Ctx, thread: ThreadId, before: Option<CommentId>, limit: usize) -> Result<Comments> {
    ctx.db()
        .read(move |tx| {
            let found = standing(tx, thread)?;
            let mut lines = comments::newest(tx, thread, before, one_more(limit))?;
            let next = (lines.len() > limit).then(|| lines.get(limit.saturating_sub(1)).map(|last| last.id)).flatten();
            lines.truncate(limit);
            lines.retain(|line| line.parent.is_some() && matches!(line.state, State::Published | State::Flagged));
            Ok(Comments { thread: found, comments: lines, next })
        })
        .await
}

fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}
