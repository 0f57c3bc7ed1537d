//! What other servers are told of moderation here. Those who keep groups act on what our boards pass on of it; it is said in the name of the
//! moderator, whom our boards list and the public log names, or of the server where whoever has the machine decided.

use domain::sanction::Bar;
use domain::{ActorId, CommentId, Sanction, State};
use federation::wire::addresses::{OurActor, Ours};
use federation::wire::build::{self, Deletion, Document, ShutOut};
use storage::boards::{self, Board};
use storage::outbox::Reach;
use storage::sanctions::{Decided, Sweep};
use storage::threads::Thread;
use storage::{Read, Write, actors, comments, objects, remotes, threads};

use super::regroup::{self, Circle, Done};
use super::{notes, say};
use crate::{Ctx, Result, quiet};

/// Who has decided, and why.
#[derive(Clone, Copy)]
pub(crate) struct Moderator<'a> {
    /// Who.
    pub(crate) actor: &'a OurActor,
    /// Why, as the log has it.
    pub(crate) reason: &'a str,
}

/// In whose name something is said that this moderator decided.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub(crate) fn moderator(tx: &mut Read, by: Option<ActorId>) -> Result<OurActor> {
    let named = by.map_or(Ok(None), |by| actors::find(tx, by))?;
    Ok(named.map_or(OurActor::Instance, |actor| OurActor::Person(actor.name)))
}

/// A comment that is at home elsewhere is taken down here: our board passes on that it is. Of ours its author's `Delete` says it.
pub(crate) fn taken_down(tx: &mut Write, ctx: &Ctx, comment: CommentId, by: Moderator<'_>) -> Result<()> {
    let Some((circle, document)) = removal(tx, ctx, comment, by)? else { return Ok(()) };
    regroup::done(tx, ctx, &circle, &Done { document, reach: Reach::Addressed, words_of: None })
}

/// It is put back.
pub(crate) fn put_back(tx: &mut Write, ctx: &Ctx, comment: CommentId, by: Moderator<'_>) -> Result<()> {
    let Some((circle, removal)) = removal(tx, ctx, comment, by)? else { return Ok(()) };
    let document = build::undo(say::heading(ctx, ctx.id(), by.actor), &removal);
    regroup::done(tx, ctx, &circle, &Done { document, reach: Reach::Addressed, words_of: None })
}

/// What says that it is taken down, and who hears of that: nobody, if it was not made known from here.
fn removal(tx: &mut Write, ctx: &Ctx, comment: CommentId, by: Moderator<'_>) -> Result<Option<(Circle, Document)>> {
    let home = objects::of_comments(tx, &[comment])?.remove(&comment).filter(|home| home.announced);
    let (Some(home), Some(spot)) = (home, comments::spot(tx, comment)?) else { return Ok(None) };
    let Some(thread) = threads::find(tx, spot.thread)? else { return Ok(None) };
    let circle = Circle::of_holders(tx, &thread)?;
    if circle.is_empty() {
        return Ok(None);
    }
    let board = notes::board(tx, ctx, &thread)?;
    let heading = say::heading(ctx, ctx.id(), by.actor);
    Ok(Some((circle, build::delete(heading, &home.uri, &board, Deletion::Moderator { reason: by.reason }))))
}

/// A thread of one of our boards was closed by a moderator, as the entry of that number in the log says; or it was opened again, by whoever
/// is named last: then all of the closing is as it was said, with who closed it and why, and taken back.
pub(crate) fn closed(
    tx: &mut Write,
    ctx: &Ctx,
    thread: &Thread,
    (closing, by): (i64, Moderator<'_>),
    opened: Option<&OurActor>,
) -> Result<()> {
    let Some((circle, root)) = concerns(tx, ctx, thread)? else { return Ok(()) };
    let lock = build::lock(say::heading(ctx, closing, by.actor), &root, &thread.board_name, by.reason);
    let document = match opened {
        Some(opened) => build::undo(say::heading(ctx, ctx.id(), opened), &lock),
        None => lock,
    };
    regroup::done(tx, ctx, &circle, &Done { document, reach: Reach::Addressed, words_of: None })
}

/// A thread of one of our boards was put at its head, or taken from there.
pub(crate) fn pinned(tx: &mut Write, ctx: &Ctx, thread: &Thread, by: Moderator<'_>, pinned: bool) -> Result<()> {
    let Some((circle, root)) = concerns(tx, ctx, thread)? else { return Ok(()) };
    let list = ctx.elsewhere().addresses().of(&Ours::Featured(thread.board_name.clone()));
    let say = if pinned { build::add } else { build::remove };
    let document = say(say::heading(ctx, ctx.id(), by.actor), &root, &list, &thread.board_name);
    regroup::done(tx, ctx, &circle, &Done { document, reach: Reach::Addressed, words_of: None })
}

/// Who hears of what is done with a whole thread, and what its root is called; nothing if that was not made known from here.
fn concerns(tx: &mut Write, ctx: &Ctx, thread: &Thread) -> Result<Option<(Circle, String)>> {
    let root = thread.id.root();
    let home = objects::of_comments(tx, &[root])?.remove(&root);
    if !remotes::any(tx)? || !thread.state.has_words() || home.is_some_and(|home| !home.announced) {
        return Ok(None);
    }
    // Nobody but those who follow its author has heard of it.
    if comments::spot(tx, root)?.is_none_or(|spot| spot.state == State::Held) || quiet::is_quiet(tx, ctx, root)? {
        return Ok(None);
    }
    let circle = Circle::of_holders(tx, thread)?;
    if circle.is_empty() { Ok(None) } else { Ok(Some((circle, notes::id(tx, ctx, root)?))) }
}

/// Somebody is suspended on our boards, or no longer: `lifted` says by whom.
pub(crate) fn suspended(tx: &mut Write, ctx: &Ctx, decided: &Decided, lifted: Option<&OurActor>) -> Result<()> {
    if decided.bar.level != Sanction::Suspend || !remotes::any(tx)? {
        return Ok(());
    }
    let Some(person) = id(tx, ctx, decided.actor)? else { return Ok(()) };
    let by = moderator(tx, decided.by)?;
    for board in concerned(tx, &decided.bar)? {
        let circle = Circle::of_board(tx, &board)?;
        if circle.is_empty() {
            continue;
        }
        let block = block(ctx, (decided, &person), &by, &board.name);
        let document = match lifted {
            None => block,
            Some(by) => build::undo(say::heading(ctx, ctx.id(), by), &block),
        };
        regroup::done(tx, ctx, &circle, &Done { document, reach: Reach::Addressed, words_of: None })?;
    }
    Ok(())
}

/// The same each time it is said, so that it can be taken back.
fn block(ctx: &Ctx, (decided, person): (&Decided, &str), by: &OurActor, board: &str) -> Document {
    let out = ShutOut {
        person,
        board,
        until: decided.bar.until.map(|until| until.0),
        with_comments: decided.sweep == Sweep::Remove,
        reason: &decided.reason,
    };
    let number = ctx.elsewhere().addresses().of(&Ours::Activity(decided.id));
    build::block(say::heading(ctx, decided.id, by), out).called(format!("{number}#{board}"))
}

/// Our boards on which it counts.
fn concerned(tx: &mut Read, bar: &Bar) -> Result<Vec<Board>> {
    let mut found = match bar.board {
        Some(board) => boards::find(tx, board)?.into_iter().collect(),
        None => boards::all(tx)?,
    };
    found.retain(|board: &Board| board.group.is_none());
    Ok(found)
}

/// What somebody is called, here or elsewhere.
fn id(tx: &mut Read, ctx: &Ctx, actor: ActorId) -> Result<Option<String>> {
    if let Some(remote) = remotes::of_actor(tx, actor)? {
        return Ok(Some(remote.uri));
    }
    let found = actors::find(tx, actor)?;
    Ok(found.map(|found| ctx.elsewhere().addresses().actor(&OurActor::Person(found.name))))
}
