//! Rearranging discussions: a thread goes to another board, a comment with all below it becomes a thread, a thread goes below the root of
//! another. Ids and addresses stay what they were; what was merged leads to where its root stands.
//!
//! Each is one transaction: half a thread in two places would be seen, counted and answered in both. It costs a few microseconds for each
//! comment of both threads (`storage::grafts`; a test says how much for ten thousand). What takes longer, the words by which a board's
//! comments are found, follows in pieces, and a job does what a crash has left.

use domain::authority::Act;
use domain::rights::Right;
use domain::text::{html_to_source, plain};
use domain::{CommentId, Deed, EventKind, Noun, Refusal, State, ThreadId};
use storage::boards::{self, Board};
use storage::comments::{self, Spot, Words};
use storage::grafts::{self, Earlier, Graft, Split};
use storage::jobs::{self, Job};
use storage::threads::{self, NewThread, Thread, Touch};
use storage::{Read, Write};

use crate::elsewhere::{backfill, shift};
use crate::retract::note;
use crate::writing::{index, permitted, reasoned, render};
use crate::{Ctx, Error, Person, Result, quiet};

/// The kind of the job that looks after the words by which comments are found.
pub(crate) const KIND: &str = "reindex";
/// Comments whose words are put into the index at once: others wait to write.
const AT_ONCE: i64 = 200;
/// After how long a job does what was not finished.
const AGAIN_MS: i64 = 60 * 1000;

/// Moves a thread to another board. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals of the table of rights, on either board; of boards on other servers; failures.
pub async fn move_thread(ctx: &Ctx, who: &Person, thread: ThreadId, board: &str, reason: &str) -> Result<()> {
    let (cx, who, board, reason) = (ctx.clone(), who.clone(), board.to_owned(), reasoned(reason)?);
    let moved = ctx.db().write(move |tx| {
        let spot = permitted(tx, &who.standing(), Act::Manage, thread.root())?;
        let before = rooted(tx, &spot)?;
        let board = target(tx, &who, &board)?;
        if before.board == board.id {
            return Ok(None);
        }
        ours(&before)?;
        shift::leaves(tx, &cx, spot.id, &before)?;
        grafts::set_board(tx, thread, board.id)?;
        list(tx, &cx, thread)?;
        let reason = said(&format!("From {} to {}", before.board_address(), board.name), &reason);
        note(tx, &cx, who.actor, Deed::Move, spot.id, reason)?;
        let event = Some((EventKind::Move, spot.id));
        threads::touch(tx, thread, Touch { comments: 0, active: None, event, now: cx.now() })?;
        shift::comes(tx, &cx, spot.id)?;
        grafts::stood(tx, thread, Earlier { board: before.board, thread })?;
        Ok::<_, Error>(Some(search_later(tx, &cx, thread)?))
    });
    found_anew(ctx, thread, moved.await?).await
}

/// A thread that begins with a comment that was part of another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// Its title.
    pub title: String,
    /// On which board; where it stood, if none is named.
    pub board: Option<String>,
}

/// Makes a thread of a comment and all below it. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals of the title, of the table of rights, on either board; of boards on other servers; failures.
pub async fn split(ctx: &Ctx, who: &Person, comment: CommentId, opening: &Opening, reason: &str) -> Result<()> {
    let title = domain::text::title(&opening.title, &ctx.limits().text)?;
    let (cx, who, board, reason) = (ctx.clone(), who.clone(), opening.board.clone(), reasoned(reason)?);
    let thread = ThreadId(comment.0);
    let moved = ctx.db().write(move |tx| {
        let spot = permitted(tx, &who.standing(), Act::Manage, comment)?;
        let Some(parent) = spot.parent else { return already_split(tx, thread).map(|()| None) };
        let from = threads::find(tx, spot.thread)?.ok_or(Error::missing(Noun::Thread))?;
        ours(&from)?;
        readable(&spot, "make a thread of this comment")?;
        let board = board.map_or(Ok(None), |name| target(tx, &who, &name).map(Some))?;
        let to = board.map_or(from.board, |board| board.id);
        if to != from.board {
            shift::leaves(tx, &cx, comment, &from)?;
        }
        open(tx, &spot, (to, &title))?;
        grafts::split(tx, Split { thread, from: from.id, parent })?;
        carry(tx, &cx, Graft { comment, from: from.id, depth: spot.depth, to: thread, below: None })?;
        list(tx, &cx, thread)?;
        note(tx, &cx, who.actor, Deed::Split, comment, said(&format!("Off thread {}", from.id), &reason))?;
        let html = comments::html(tx, comment)?.unwrap_or_default();
        index(tx, comment, spot.state, Some(&title), &plain(&html))?;
        shift::comes(tx, &cx, comment)?;
        grafts::stood(tx, thread, Earlier { board: from.board, thread: from.id })?;
        if to == from.board { Ok(None) } else { Ok::<_, Error>(Some(search_later(tx, &cx, thread)?)) }
    });
    found_anew(ctx, thread, moved.await?).await
}

/// Moves all of a thread below the root of another, to which it leads from then on. Its title and its link stand above the words of its
/// root. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals of the table of rights, on either board; of boards on other servers; failures.
pub async fn merge(ctx: &Ctx, who: &Person, thread: ThreadId, into: ThreadId, reason: &str) -> Result<()> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    let moved = ctx.db().write(move |tx| {
        // Both at once, and in one order: who merges them the other way round at this moment would wait for us, and we for them.
        comments::hold(tx, &[thread.root(), into.root()])?;
        let spot = permitted(tx, &who.standing(), Act::Manage, thread.root())?;
        let other = other(tx, into)?;
        who.must_on(Right::ManageThreads, other.board)?;
        if spot.thread == into && spot.parent.is_some() {
            return Ok(None);
        }
        let from = rooted(tx, &spot)?;
        if from.id == into {
            return Err(Error::Refused(Refusal::field("into", "name another thread than the one that is merged")));
        }
        ours(&from)?;
        ours(&other)?;
        readable(&spot, "merge this thread")?;
        shift::leaves(tx, &cx, spot.id, &from)?;
        head_into_words(tx, &cx, &spot, &from)?;
        carry(tx, &cx, Graft { comment: spot.id, from: thread, depth: 0, to: into, below: Some((into.root(), 0)) })?;
        // Not before: whoever answers has locked a comment, and waits for its thread.
        grafts::end(tx, thread)?;
        grafts::merged(tx, thread, into)?;
        note(tx, &cx, who.actor, Deed::Merge, spot.id, said(&format!("Into thread {into}"), &reason))?;
        shift::comes(tx, &cx, spot.id)?;
        grafts::stood(tx, into, Earlier { board: from.board, thread })?;
        if from.board == other.board { Ok(None) } else { Ok::<_, Error>(Some(search_later(tx, &cx, into)?)) }
    });
    found_anew(ctx, into, moved.await?).await
}

/// Moves what is to be moved, counts both threads anew, and tells those who watch them.
fn carry(tx: &mut Write, ctx: &Ctx, graft: Graft) -> Result<()> {
    grafts::graft(tx, graft)?;
    // Whoever touches several does so in this order.
    for thread in [graft.from.min(graft.to), graft.from.max(graft.to)] {
        let event = Some((EventKind::Move, graft.comment));
        threads::touch(tx, thread, Touch { comments: 0, active: None, event, now: ctx.now() })?;
        grafts::recount(tx, thread)?;
    }
    if storage::backfills::count(tx, graft.to)? > 0 {
        backfill::noticed(tx, ctx, graft.to)?;
    }
    Ok(())
}

/// Lists show a thread that readers see, unless what it begins with is made known to nobody where it stands now.
fn list(tx: &mut Write, ctx: &Ctx, thread: ThreadId) -> Result<()> {
    let root = comments::spot(tx, thread.root())?.filter(|root| root.state == State::Published);
    let is_shown = root.is_some() && !quiet::is_quiet(tx, ctx, thread.root())?;
    Ok(threads::set_listed(tx, thread, is_shown)?)
}

/// Makes the thread, or makes it one again that was merged once.
fn open(tx: &mut Write, root: &Spot, (board, title): (domain::BoardId, &str)) -> Result<()> {
    let (id, published, votes) = (ThreadId(root.id.0), root.published, root.votes);
    if grafts::begin_again(tx, id, (board, title), (published, votes))? {
        return Ok(());
    }
    Ok(threads::insert(tx, &NewThread { id, board, title, url: None, published, votes })?)
}

/// What stood at the head of a thread is to be read where its root stands now: it is its author's.
fn head_into_words(tx: &mut Write, ctx: &Ctx, root: &Spot, thread: &Thread) -> Result<()> {
    let link = thread.url.as_deref().map(|url| format!("<p><a href=\"{0}\">{0}</a></p>", escaped(url)));
    let head = format!("<p><strong>{}</strong></p>{}", escaped(&thread.title), link.unwrap_or_default());
    let head = html_to_source(&head);
    let above = render(ctx, &head)?.html;
    let (source, html) = (comments::source(tx, root.id)?, comments::html(tx, root.id)?.unwrap_or_default());
    let source = source.map_or(head.clone(), |source| format!("{head}\n\n{source}"));
    let html = above + &html;
    comments::replace_words(tx, root.id, Words { source: &source, html: &html })?;
    index(tx, root.id, root.state, None, &plain(&html))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The thread that a comment begins.
pub(crate) fn rooted(tx: &mut Read, spot: &Spot) -> Result<Thread> {
    match threads::find(tx, ThreadId(spot.id.0))? {
        Some(thread) if spot.parent.is_none() => Ok(thread),
        Some(thread) => Err(Error::Refused(Refusal::Merged(thread.place))),
        None => Err(Error::missing(Noun::Thread)),
    }
}

/// The thread into which another is to be merged. What it is told by is a field, not the address.
fn other(tx: &mut Write, into: ThreadId) -> Result<Thread> {
    let wrong = |problem: String| Error::Refused(Refusal::field("into", problem));
    let root = comments::spot_to_change(tx, into.root())?;
    let found = threads::find(tx, into)?.filter(|thread| thread.state.stands());
    let found = found.ok_or_else(|| wrong("there is no such thread; give the id of one".into()))?;
    if let Some(place) = found.merged_into() {
        return Err(wrong(format!("it was merged itself; name thread {place} instead")));
    }
    // Below what looks like a tombstone nobody would look for it.
    if root.is_none_or(|root| root.state != State::Published) {
        return Err(wrong("what it begins with cannot be read; restore that first, or name another thread".into()));
    }
    Ok(found)
}

/// What begins a thread already is one.
fn already_split(tx: &mut Read, thread: ThreadId) -> Result<()> {
    match grafts::split_of(tx, thread)? {
        Some(_) => Ok(()),
        None => Err(Error::Refused(Refusal::Forbidden(
            "make a thread of this comment",
            "It begins one already. Move that to another board, or split one of its answers.",
        ))),
    }
}

/// What is passed on by another server's board stands there as that board has it.
fn ours(thread: &Thread) -> Result<()> {
    if thread.is_ours() { Ok(()) } else { Err(Error::Refused(Refusal::Forbidden("rearrange this thread", ELSEWHERE))) }
}

const ELSEWHERE: &str =
    "Its board is on another server, and only that server can move, split or merge what stands on it.";

/// What looks like a tombstone may come back as what it was; and it has no words that could begin anything.
fn readable(spot: &Spot, doing: &'static str) -> Result<()> {
    if spot.state == State::Published {
        return Ok(());
    }
    Err(Error::Refused(Refusal::Forbidden(
        doing,
        "What it begins with cannot be read. Restore that first, or take an answer to it.",
    )))
}

/// The board on which something is to stand, for somebody who may manage threads there.
fn target(tx: &mut Read, who: &Person, name: &str) -> Result<Board> {
    let wrong = |problem: String| Error::Refused(Refusal::field("board", problem));
    let found = boards::by_address(tx, name)?;
    let found = found.ok_or_else(|| wrong(format!("there is no board “{}”", domain::text::excerpt(name, 100))))?;
    if found.group.is_some() {
        return Err(wrong(
            "it is on another server, which alone decides what stands on it; name a board of this one".into(),
        ));
    }
    who.must_on(Right::ManageThreads, found.id)?;
    Ok(found)
}

/// What was done stands before why.
pub(crate) fn said(what: &str, reason: &str) -> String {
    format!("{what}: {reason}").trim_end_matches([' ', ':']).to_owned()
}

/// The words by which the comments of a thread are found name its board. Says which job looks after them.
fn search_later(tx: &mut Write, ctx: &Ctx, thread: ThreadId) -> Result<i64> {
    let job = ctx.id();
    jobs::insert(tx, job, KIND, &thread.to_string(), ctx.now().plus_ms(AGAIN_MS))?;
    Ok(job)
}

async fn found_anew(ctx: &Ctx, thread: ThreadId, job: Option<i64>) -> Result<()> {
    let Some(job) = job else { return Ok(()) };
    let mut after = CommentId(0);
    while let Some(last) = piece(ctx, thread, after).await? {
        after = last;
    }
    Ok(ctx.db().write(move |tx| jobs::done(tx, job)).await?)
}

/// Does what was left. Says how many rows were deleted: none.
pub(crate) async fn go_on(ctx: &Ctx, job: Job) -> Result<usize> {
    let Ok(thread) = job.payload.parse::<ThreadId>() else {
        return ctx.db().write(move |tx| Ok::<_, Error>(jobs::done(tx, job.id).map(|()| 0)?)).await;
    };
    found_anew(ctx, thread, Some(job.id)).await?;
    Ok(0)
}

/// Puts the words of the next comments into the index again. Says which was the last, if there were any.
async fn piece(ctx: &Ctx, thread: ThreadId, after: CommentId) -> Result<Option<CommentId>> {
    ctx.db()
        .write(move |tx| {
            let ids = grafts::found_by_words(tx, thread, after, AT_ONCE)?;
            // What is deleted at this moment is not to be found again: its words are read once nobody else changes it.
            comments::hold(tx, &ids)?;
            let title = threads::find(tx, thread)?.map(|thread| thread.title).unwrap_or_default();
            for line in comments::lines(tx, &ids)? {
                let title = line.parent.is_none().then_some(title.as_str());
                index(tx, line.id, line.state, title, &plain(&line.html))?;
            }
            Ok(ids.last().copied())
        })
        .await
}
