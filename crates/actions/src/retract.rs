//! Making a tombstone of a comment, and undoing it: deletion by its author, removal and restoration by a moderator.

use domain::authority::{Act, Standing};
use domain::rights::Right;
use domain::{ActorId, BoardId, CommentId, Deed, EventKind, News, Refusal, State, ThreadId, Told};
use federation::wire::addresses::OurActor;
use storage::comments::{self, Spot};
use storage::log::{self, Entry};
use storage::threads::{self, Touch};
use storage::{Read, Write, grafts, hidden, holds, outbox, search, swept};

use crate::elsewhere::say::{self, Home};
use crate::elsewhere::told::{self, Moderator};
use crate::elsewhere::{approval, policy};
use crate::tell::tell;
use crate::writing::{index, permitted, reasoned};
use crate::{Ctx, Error, Person, Result, appeals, cases, held, quiet, webhooks};

/// Deletes one's comment: its words are gone for good, its place and the answers to it stay.
///
/// # Errors
/// Refusals of the table of rights; failures.
pub async fn delete(ctx: &Ctx, who: &Person, comment: CommentId) -> Result<()> {
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            if taken_back_unseen(tx, &who.standing(), comment)? {
                return Ok(());
            }
            say::withdrawn(tx, &cx, comment, Home::Here(&who.name))?;
            erase(tx, &cx, &who.standing(), comment)
        })
        .await
}

/// Makes a tombstone of a comment, whoever wrote it and wherever.
pub(crate) fn erase(tx: &mut Write, ctx: &Ctx, who: &Standing, comment: CommentId) -> Result<()> {
    if taken_back_unseen(tx, who, comment)? {
        return Ok(());
    }
    let spot = permitted(tx, who, Act::Delete, comment)?;
    let hold = holds::find(tx, comment)?;
    comments::erase_words(tx, comment)?;
    cases::gone(tx, ctx, (comment, spot.author))?;
    // What nobody knows of, and nothing hangs from, leaves nothing behind that could be known.
    if spot.state == State::Held && spot.parent.is_some() && !comments::has_answers(tx, comment)? {
        outbox::take_back(tx, comment)?;
        // Programs were told that it waits.
        if hold.is_some() {
            webhooks::happened(tx, ctx, News::CommentDeleted, comment)?;
        }
        return Ok(());
    }
    if spot.parent.is_none() {
        unname(tx, spot.thread)?;
    }
    hide(tx, ctx, &spot, State::Deleted)?;
    hold.map_or(Ok(()), |hold| held::outlasts(tx, hold))
}

/// Title and link go with the words of who began the thread. Of what a comment was made here the title is the moderator's, who gave it: nobody
/// reads it, and it is there again when its author shows the comment again, who knows nothing of it.
fn unname(tx: &mut Write, thread: ThreadId) -> Result<()> {
    let given_here = grafts::split_of(tx, thread)?.is_some();
    if given_here { Ok(threads::withhold(tx, thread)?) } else { Ok(threads::erase_title(tx, thread)?) }
}

/// Whether it was a comment of theirs that nobody sees, because its server is blocked or it was taken down with its author: from then on it
/// does not come back. Nobody sees a difference.
fn taken_back_unseen(tx: &mut Write, who: &Standing, comment: CommentId) -> Result<bool> {
    let theirs = comments::spot_to_change(tx, comment)?.filter(|spot| spot.author == who.actor);
    let Some(spot) = theirs.filter(|spot| matches!(spot.state, State::Removed | State::Held)) else { return Ok(false) };
    // Moderators keep the words of what they took down.
    if swept::stay(tx, comment)? {
        return Ok(true);
    }
    if !hidden::stay(tx, comment)? {
        return Ok(false);
    }
    comments::erase_words(tx, comment)?;
    // The title that a moderator gave is withheld already.
    if spot.parent.is_none() && grafts::split_of(tx, spot.thread)?.is_none() {
        threads::erase_for_good(tx, spot.thread)?;
    }
    if spot.parent.is_none() || comments::has_answers(tx, comment)? {
        comments::set_state(tx, comment, State::Deleted)?;
    }
    Ok(true)
}

/// The same of what is gone at its home, which its author alone could have done there. Says whether it was no such tombstone yet.
pub(crate) fn erase_for_author(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<bool> {
    let Some(spot) = comments::spot_to_change(tx, comment)? else { return Ok(false) };
    let covered = hidden::is_hidden(tx, comment)?;
    if matches!(spot.state, State::Deleted | State::Removed) && !covered {
        swept::stay(tx, comment)?;
        return Ok(false);
    }
    erase(tx, ctx, &Standing::member(spot.author), comment)?;
    Ok(true)
}

/// Takes a comment down. Its words are kept for the moderators. Doing it twice does nothing the second time. Says whether anything was done.
///
/// # Errors
/// Refusals of the table of rights; failures.
pub async fn remove(ctx: &Ctx, who: &Person, comment: CommentId, reason: &str) -> Result<bool> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db().write(move |tx| removed(tx, &cx, &who, comment, reason)).await
}

/// The same, within a transaction.
pub(crate) fn removed(tx: &mut Write, ctx: &Ctx, who: &Person, comment: CommentId, reason: String) -> Result<bool> {
    if let Some(board) = already(tx, comment, State::Removed)? {
        who.must_on(Right::Remove, board)?;
        // What is hidden, or was taken down with its author, looks like it; from now on it stays so whatever becomes of them.
        let is_new = hidden::stay(tx, comment)? | swept::stay(tx, comment)?;
        if is_new {
            note(tx, ctx, who.actor, Deed::Remove, comment, reason)?;
        }
        return Ok(is_new);
    }
    if let Some(spot) = comments::spot_to_change(tx, comment)? {
        held::not_ones_own(tx, who.actor, &spot, "remove this comment")?;
    }
    say::removed(tx, ctx, comment)?;
    let by = OurActor::Person(who.name.clone());
    told::taken_down(tx, ctx, comment, Moderator { actor: &by, reason: &reason })?;
    take_down(tx, ctx, (&who.standing(), Some(&who.name)), comment, reason)?;
    Ok(true)
}

/// Decides once more that a comment stays removed, on a ground of its own: with an entry of the log, of which its author is told.
pub(crate) fn removed_anew(tx: &mut Write, ctx: &Ctx, who: &Person, spot: &Spot, reason: String) -> Result<()> {
    who.must_on(Right::Remove, spot.board)?;
    hidden::stay(tx, spot.id)?;
    swept::stay(tx, spot.id)?;
    let entry = note(tx, ctx, who.actor, Deed::Remove, spot.id, reason)?;
    if spot.author == who.actor { Ok(()) } else { tell(tx, ctx, spot.author, Told::Removed, (spot.id, entry)) }
}

/// Takes a comment down, whoever moderates and wherever, and says so in the log, to its author, and to those who had reported it. With the name
/// of whoever does it, if they are at home here.
pub(crate) fn take_down(
    tx: &mut Write,
    ctx: &Ctx,
    (who, name): (&Standing, Option<&str>),
    comment: CommentId,
    reason: String,
) -> Result<()> {
    let spot = permitted(tx, who, Act::Remove, comment)?;
    let entry = note(tx, ctx, who.actor, Deed::Remove, comment, reason)?;
    if spot.author != who.actor {
        tell(tx, ctx, spot.author, Told::Removed, (comment, entry))?;
    }
    cases::acted_on(tx, ctx, (who.actor, name), (comment, entry))?;
    if spot.parent.is_none() {
        threads::withhold(tx, spot.thread)?;
    }
    hide(tx, ctx, &spot, State::Removed)
}

/// Puts a comment back that was removed or flagged. Doing it twice does nothing the second time. Says whether anything was done.
///
/// # Errors
/// Refusals of the table of rights; failures.
pub async fn restore(ctx: &Ctx, who: &Person, comment: CommentId, reason: &str) -> Result<bool> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            if let Some(board) = already(tx, comment, State::Published)? {
                who.must_on(Right::Restore, board)?;
                return Ok(false);
            }
            let (author, entry) = put_back(tx, &cx, &who, comment, reason)?;
            appeals::given_way(tx, comment, entry)?;
            if author != who.actor {
                tell(tx, &cx, author, Told::Restored, (comment, entry))?;
            }
            Ok(true)
        })
        .await
}

/// A comment that was removed elsewhere stands again by the word of those who did, in the log and for its author, too.
pub(crate) fn stand_again(tx: &mut Write, ctx: &Ctx, who: &Standing, comment: CommentId) -> Result<()> {
    let spot = permitted(tx, who, Act::Restore, comment)?;
    let entry = note(tx, ctx, who.actor, Deed::Restore, comment, String::new())?;
    show(tx, ctx, &spot)?;
    appeals::given_way(tx, comment, entry)?;
    if spot.author == who.actor { Ok(()) } else { tell(tx, ctx, spot.author, Told::Restored, (comment, entry)) }
}

/// Puts a comment back and says so in the log. Says whose it is, and by which entry.
pub(crate) fn put_back(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Person,
    comment: CommentId,
    reason: String,
) -> Result<(ActorId, i64)> {
    let spot = permitted(tx, &who.standing(), Act::Restore, comment)?;
    if spot.author == who.actor && removed_by_others(tx, &spot)? {
        return Err(Error::Refused(Refusal::Forbidden("restore this comment", OWN)));
    }
    if policy::is_blocked(tx, ctx, spot.author)? {
        return Err(Error::Refused(Refusal::Forbidden("restore this comment", BLOCKED)));
    }
    swept::stay(tx, comment)?;
    let by = OurActor::Person(who.name.clone());
    told::put_back(tx, ctx, comment, Moderator { actor: &by, reason: &reason })?;
    let entry = note(tx, ctx, who.actor, Deed::Restore, comment, reason)?;
    show(tx, ctx, &spot)?;
    // What is flagged was told of to nobody.
    if spot.state == State::Removed {
        say::restored(tx, ctx, comment)?;
    }
    Ok((spot.author, entry))
}

/// Whether somebody else than its author took it down, alone or with all that they wrote.
fn removed_by_others(tx: &mut Read, spot: &Spot) -> Result<bool> {
    let singly = log::last_removal(tx, spot.id)?.is_some_and(|removal| removal.moderator != Some(spot.author));
    Ok(singly || swept::with(tx, spot.id)?.is_some())
}

/// Why nobody puts their own comment back.
const OWN: &str = "It is yours, and somebody else removed it: appeal, and somebody else decides.";

/// Why a comment is not put back.
const BLOCKED: &str = "Its server is blocked; it comes back when that is lifted.";

/// The board of a comment that is in this state already.
fn already(tx: &mut Write, comment: CommentId, state: State) -> Result<Option<BoardId>> {
    let spot = comments::spot_to_change(tx, comment)?.filter(|spot| spot.state == state);
    Ok(spot.map(|spot| spot.board))
}

/// Writes the log. Says under which id.
pub(crate) fn note(
    tx: &mut Write,
    ctx: &Ctx,
    who: ActorId,
    deed: Deed,
    comment: CommentId,
    reason: String,
) -> Result<i64> {
    note_of(tx, ctx, (who, deed), (Some(comment), None), reason)
}

/// The same of a comment or a person, by their handle.
pub(crate) fn note_of(
    tx: &mut Write,
    ctx: &Ctx,
    (who, deed): (ActorId, Deed),
    (comment, person): (Option<CommentId>, Option<String>),
    reason: String,
) -> Result<i64> {
    let entry = Entry {
        id: ctx.id(),
        moderator: Some(who),
        moderator_name: String::new(),
        deed,
        comment,
        host: None,
        person,
        reason,
        at: ctx.now(),
    };
    log::insert(tx, &entry)?;
    Ok(entry.id)
}

/// Whether the thread's count includes a comment in this state.
fn counts(state: State) -> i64 {
    i64::from(matches!(state, State::Published | State::Flagged))
}

/// Takes a comment out of sight, into a state in which readers do not see its words.
pub(crate) fn hide(tx: &mut Write, ctx: &Ctx, spot: &Spot, state: State) -> Result<()> {
    // A tombstone was taken back when it became one, and what is held when it came to be, if it was known to anybody before.
    if counts(spot.state) > 0 {
        say::unannounced(tx, ctx, spot.id)?;
    }
    comments::set_state(tx, spot.id, state)?;
    outbox::take_back(tx, spot.id)?;
    search::forget(tx, spot.id)?;
    if spot.parent.is_none() {
        threads::set_listed(tx, spot.thread, false)?;
    }
    turn(tx, ctx, spot, state)
}

/// Makes a comment of a tombstone again, with the words that it has.
pub(crate) fn show(tx: &mut Write, ctx: &Ctx, spot: &Spot) -> Result<()> {
    // What an author elsewhere has not allowed goes back to where only its author knows of it.
    if !approval::may_be_shown(tx, spot.id)? {
        return hide(tx, ctx, spot, State::Held);
    }
    comments::set_state(tx, spot.id, State::Published)?;
    let html = comments::html(tx, spot.id)?.unwrap_or_default();
    let title = match spot.parent {
        None => Some(threads::give_back(tx, spot.thread)?.unwrap_or_else(|| spot.title.clone())),
        Some(_) => None,
    };
    index(tx, spot.id, State::Published, title.as_deref(), &domain::text::plain(&html))?;
    if spot.parent.is_none() {
        quiet::list_again(tx, ctx, spot.thread)?;
    }
    turn(tx, ctx, spot, State::Published)
}

/// Tells the thread that one of its comments turned from one state into another.
fn turn(tx: &mut Write, ctx: &Ctx, spot: &Spot, to: State) -> Result<()> {
    let root = spot.parent.is_none();
    let comments = if root { 0 } else { counts(to) - counts(spot.state) };
    let event = Some((EventKind::Delete, spot.id));
    threads::touch(tx, spot.thread, Touch { comments, active: None, event, now: ctx.now() })?;
    webhooks::happened(tx, ctx, News::of_turn(to), spot.id)
}
