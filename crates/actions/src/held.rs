//! Comments that wait for somebody's word: a moderator's, or that of an author elsewhere whom they answer. They come out as if they had
//! been written then, and can be taken back to where nobody but their author knows of them.

use domain::authority::{Act, Standing, knows};
use domain::rights::Right;
use domain::{ActorId, CommentId, Deed, EventKind, News, Noun, Origin, Refusal, State, Time, Told};
use storage::comments::{self, Spot};
use storage::holds::{self, Hold, Stage};
use storage::notifications::{self, Notification};
use storage::threads::{self, Touch};
use storage::{Read, Write, accounts, actors, approvals, log, objects};

use crate::elsewhere::consent::{self, Consent};
use crate::elsewhere::say::{self, Home};
use crate::elsewhere::{approval, permission, policy};
use crate::tell::tell;
use crate::writing::{index, notify, permitted, reasoned, still_permitted};
use crate::{Ctx, Error, Person, Result, appeals, quiet, retract, webhooks};

/// Lets a comment out that waited for a moderator. `seen` is the edition of its words that they have looked at, if they say (see
/// [`edition`]). Doing it twice does nothing the second time. Says whether anything was done; also the other functions here that decide.
///
/// # Errors
/// Refusals: of those who are no moderators, of what is not held, or waits for somebody else; [`Refusal::Overtaken`] where the words are
/// others now; failures.
pub async fn approve(ctx: &Ctx, who: &Person, comment: CommentId, seen: Option<i64>, reason: &str) -> Result<bool> {
    who.must(Right::Approve)?;
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let spot = comments::spot_to_change(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
            who.must_on(Right::Approve, spot.board)?;
            if spot.state == State::Published {
                return Ok(false);
            }
            let hold = waits_for_a_moderator(tx, &cx, &spot)?;
            not_ones_own(tx, who.actor, &spot, "let out this comment")?;
            as_seen(&spot, seen)?;
            let entry = retract::note(tx, &cx, who.actor, Deed::Approve, comment, reason)?;
            let_out(tx, &cx, &spot, hold)?;
            if appeals::given_way(tx, comment, entry)? {
                tell(tx, &cx, spot.author, Told::AppealGranted, (comment, entry))?;
            }
            Ok(true)
        })
        .await
}

/// What was rejected, its author neither lets out nor takes down to put it back, whatever they may do with the comments of others.
///
/// # Errors
/// [`Refusal::Forbidden`]; failures.
pub(crate) fn not_ones_own(tx: &mut Read, who: ActorId, spot: &Spot, doing: &'static str) -> Result<()> {
    let is_rejected = holds::find(tx, spot.id)?.is_some_and(|hold| hold.stage == Stage::Rejected);
    if spot.author != who || spot.state != State::Held || !is_rejected {
        return Ok(());
    }
    const OWN: &str =
        "It is yours, and was rejected: appeal, and somebody else decides. As its author you can delete it.";
    Err(Error::Refused(Refusal::Forbidden(doing, OWN)))
}

/// Lets a comment out that was rejected, because of an appeal.
///
/// # Errors
/// As of [`approve`].
pub(crate) fn let_out_after_all(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Person,
    comment: CommentId,
    reason: &str,
) -> Result<()> {
    let spot = comments::spot_to_change(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
    who.must_on(Right::Approve, spot.board)?;
    let hold = waits_for_a_moderator(tx, ctx, &spot)?;
    retract::note(tx, ctx, who.actor, Deed::Approve, comment, reason.to_owned())?;
    let_out(tx, ctx, &spot, hold)
}

/// Which words a comment has: another number after each change, 0 before the first.
#[must_use]
pub fn edition(edited: Option<Time>) -> i64 {
    edited.map_or(0, |edited| edited.0)
}

/// Nobody answers for words that they have not read.
fn as_seen(spot: &Spot, seen: Option<i64>) -> Result<()> {
    match seen {
        Some(seen) if seen != edition(spot.edited) => {
            Err(Error::Refused(Refusal::Overtaken("Its author has changed it in the meantime.".into())))
        }
        _ => Ok(()),
    }
}

/// Says no to a comment that waits for a moderator: it stays where nobody but its author and those who moderate knows of it, with its words.
/// Its author is told, and elsewhere whoever asked to be. It can be let out later. Doing it twice does nothing the second time.
///
/// # Errors
/// As of [`approve`].
pub async fn reject(ctx: &Ctx, who: &Person, comment: CommentId, reason: &str) -> Result<bool> {
    who.must(Right::Approve)?;
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let spot = comments::spot_to_change(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
            who.must_on(Right::Approve, spot.board)?;
            let hold = holds::find(tx, comment)?.filter(|_| spot.state == State::Held);
            let Some(hold) = hold else { return refused(no_longer(spot.state)) };
            if hold.stage == Stage::Rejected {
                return Ok(false);
            }
            let entry = retract::note(tx, &cx, who.actor, Deed::RejectComment, comment, reason)?;
            say_no(tx, &cx, &spot, (&hold, entry))?;
            Ok(true)
        })
        .await
}

/// Whoever wrote it is told, with the reason that stands in that entry of the log.
fn say_no(tx: &mut Write, ctx: &Ctx, spot: &Spot, (hold, entry): (&Hold, i64)) -> Result<()> {
    holds::reject(tx, spot.id)?;
    if let Some(account) = accounts::of_actor(tx, spot.author)? {
        let (id, told, entry, at) = (ctx.id(), Told::Comment, Some(entry), ctx.now());
        return Ok(notifications::tell(
            tx,
            account,
            &Notification { id, comment: spot.id, told, entry, at, read: None },
        )?);
    }
    hold.request.as_deref().map_or(Ok(()), |request| permission::decided(tx, ctx, spot.id, request))
}

/// A moderator has nothing against it. Whoever wrote what it answers may have to be asked now, and whoever asked us is answered.
fn let_out(tx: &mut Write, ctx: &Ctx, spot: &Spot, hold: Option<Hold>) -> Result<()> {
    holds::forget(tx, spot.id)?;
    if !approval::may_be_shown(tx, spot.id)? {
        return Ok(());
    }
    if let Some((author, name)) = to_be_asked(tx, ctx, spot)? {
        return approval::ask(tx, ctx, spot.id, &name, author);
    }
    release(tx, ctx, spot.id)?;
    let request = hold.and_then(|hold| hold.request);
    request.map_or(Ok(()), |request| permission::decided(tx, ctx, spot.id, &request))
}

/// Who has to be asked before something of ours is shown, as if it were written now; and who asks.
fn to_be_asked(tx: &mut Write, ctx: &Ctx, spot: &Spot) -> Result<Option<(ActorId, String)>> {
    let is_proven = approvals::find(tx, spot.id)?.is_some();
    let ours = actors::find(tx, spot.author)?.filter(|author| author.origin == Origin::Local);
    let (Some(parent), Some(author), false) = (spot.parent, ours, is_proven) else { return Ok(None) };
    Ok(match consent::to_answer(tx, ctx, parent, (author.id, &author.name))? {
        Consent::Given => None,
        Consent::Asked(whom) => Some((whom, author.name)),
    })
}

/// Why a comment waits for a moderator, or that one has said no, and with what reason: for whoever knows of it; nothing for all others.
///
/// # Errors
/// Failures only.
pub async fn why(ctx: &Ctx, who: &Person, comment: CommentId) -> Result<Option<(Hold, String)>> {
    let standing = who.standing();
    ctx.db()
        .read(move |tx| {
            let held = comments::spot(tx, comment)?.filter(|spot| spot.state == State::Held);
            let known = held.filter(|spot| knows(Some(&standing), spot.author, spot.board));
            let Some(hold) = known.map_or(Ok(None), |_| holds::find(tx, comment))? else { return Ok(None) };
            let rejected = log::last_about(tx, comment, Deed::RejectComment)?;
            Ok(Some((hold, rejected.map(|entry| entry.reason).unwrap_or_default())))
        })
        .await
}

/// With what reason a comment was rejected that few may see: what everybody can read in the log; nothing of all others.
///
/// # Errors
/// Failures only.
pub async fn rejection(ctx: &Ctx, comment: CommentId) -> Result<Option<String>> {
    ctx.db()
        .read(move |tx| {
            let hold = holds::find(tx, comment)?.filter(|hold| hold.stage == Stage::Rejected);
            let held = comments::spot(tx, comment)?.filter(|spot| spot.state == State::Held && hold.is_some());
            let entry = held.map_or(Ok(None), |_| log::last_about(tx, comment, Deed::RejectComment))?;
            Ok(entry.map(|entry| entry.reason))
        })
        .await
}

/// Why there is nothing to say no to, and what can be done instead.
fn no_longer(state: State) -> &'static str {
    match state {
        State::Published | State::Flagged => "it does not wait: everybody can read it. Remove it, if it is to go",
        State::Removed => "it does not wait: it was removed, and nobody can read it",
        State::Deleted => "it does not wait: its author has deleted it",
        State::Held => "it waits for the author of what it answers, not for a moderator",
    }
}

fn refused<T>(problem: &str) -> Result<T> {
    Err(Error::Refused(Refusal::field("id", problem)))
}

/// Why it waits, which is not known of all that do.
fn waits_for_a_moderator(tx: &mut Write, ctx: &Ctx, spot: &Spot) -> Result<Option<Hold>> {
    if spot.state != State::Held {
        return refused("it does not wait; a comment that was removed is restored");
    }
    // Also what waited before it was blocked.
    if policy::is_blocked(tx, ctx, spot.author)? {
        return refused("its server is blocked; it can be let out when that is lifted");
    }
    let hold = holds::find(tx, spot.id)?;
    if hold.is_some() || approval::may_be_shown(tx, spot.id)? {
        return Ok(hold);
    }
    refused("it waits for the author of what it answers, who was asked")
}

/// Publishes a comment that was held: everybody is told who would have been told at once.
///
/// # Errors
/// Refusals of the table of rights, which are those of an answer that is written now; failures.
pub(crate) fn release(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<()> {
    let spot = comments::spot_to_change(tx, comment)?.filter(|spot| spot.state == State::Held);
    let line = comments::lines(tx, &[comment])?.pop();
    let source = comments::source(tx, comment)?;
    let (Some(spot), Some(line)) = (spot, line) else { return Err(Error::missing(Noun::Comment)) };
    // Its author may have taken it back. A thread may begin with a link alone.
    if source.is_none() && spot.parent.is_some() {
        return Err(Error::missing(Noun::Comment));
    }
    let is_ours = line.author.origin == Origin::Local;
    let act = if is_ours { Act::Reply } else { Act::ReplyElsewhere };
    comments::set_state(tx, comment, State::Published)?;
    let answered = put_in_place(tx, ctx, &spot, act)?;
    let title = spot.parent.is_none().then_some(spot.title.as_str());
    index(tx, comment, State::Published, title, &domain::text::plain(&line.html))?;
    let rendered = domain::text::render(&source.unwrap_or_default(), &ctx.limits().text, ctx.places());
    let mentions = rendered.map(|text| text.mentions).unwrap_or_default();
    // Nobody is told either of what is limited and has not waited.
    if quiet::is_quiet(tx, ctx, spot.id)? {
        let name = &line.author.name;
        return if is_ours { say::published(tx, ctx, comment, Home::Quiet(name)) } else { Ok(()) };
    }
    notify(tx, ctx, comment, spot.author, answered, &mentions, ctx.now())?;
    if is_ours {
        return say::published(tx, ctx, comment, Home::Here(&line.author.name));
    }
    let may_be_known = objects::of_comments(tx, &[comment])?.get(&comment).is_some_and(|home| home.announced);
    if may_be_known { say::published(tx, ctx, comment, Home::Elsewhere) } else { Ok(()) }
}

/// It stands in its thread from now on, or the thread in the lists. Says whom it answers.
fn put_in_place(tx: &mut Write, ctx: &Ctx, spot: &Spot, act: Act) -> Result<Option<ActorId>> {
    let (event, now) = (Some((EventKind::Comment, spot.id)), ctx.now());
    let Some(parent) = spot.parent else {
        quiet::list_again(tx, ctx, spot.thread)?;
        threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event, now })?;
        webhooks::happened(tx, ctx, News::ThreadStarted, spot.id)?;
        return Ok(None);
    };
    let who = Standing::member(spot.author);
    let answered = permitted(tx, &who, act, parent)?;
    let touched = threads::touch(tx, spot.thread, Touch { comments: 1, active: Some(now), event, now })?;
    still_permitted(&who, act, &answered, touched.openness)?;
    webhooks::happened(tx, ctx, News::CommentPublished, spot.id)?;
    Ok(answered.state.is_signed().then_some(answered.author))
}

/// What waited for a moderator is deleted by its author, or was rejected before: that is remembered, for its author may put it back.
pub(crate) fn outlasts(tx: &mut Write, hold: Hold) -> Result<()> {
    let stage = if hold.stage == Stage::Waiting { Stage::Deleted } else { hold.stage };
    Ok(holds::put(tx, &Hold { stage, ..hold })?)
}

/// What waited when its author deleted it is put back, and waits again: else deleting it would be a way past the moderators. What they have
/// rejected stays so. `spot`: what it was until now.
///
/// # Errors
/// Storage failures only.
pub(crate) fn waits_again(tx: &mut Write, ctx: &Ctx, spot: &Spot, hold: Hold) -> Result<()> {
    retract::hide(tx, ctx, spot, State::Held)?;
    let stage = if hold.stage == Stage::Deleted { Stage::Waiting } else { hold.stage };
    Ok(holds::put(tx, &Hold { stage, held: ctx.now(), ..hold })?)
}

/// Takes a comment out of everybody's sight but its author's. Others who heard of one of ours from here are told that it is gone.
///
/// # Errors
/// Storage failures only.
pub(crate) fn withhold(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<()> {
    // A tombstone stays one.
    let seen = |spot: &Spot| matches!(spot.state, State::Published | State::Flagged);
    let Some(spot) = comments::spot_to_change(tx, comment)?.filter(seen) else { return Ok(()) };
    say::removed(tx, ctx, comment)?;
    retract::hide(tx, ctx, &spot, State::Held)
}
