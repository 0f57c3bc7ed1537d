//! Comments that wait for somebody's word: a moderator's, or that of an author elsewhere whom they answer. They come out as if they had
//! been written then, and can be taken back to where nobody but their author knows of them.

use domain::authority::{Act, Standing};
use domain::rights::Right;
use domain::{ActorId, CommentId, Deed, EventKind, Noun, Origin, Refusal, State};
use storage::comments::{self, Spot};
use storage::threads::{self, Touch};
use storage::{Write, objects};

use crate::elsewhere::say::{self, Home};
use crate::elsewhere::{approval, policy};
use crate::writing::{index, notify, permitted, reasoned, still_permitted};
use crate::{Ctx, Error, Person, Result, retract};

/// Lets a comment out that waited for a moderator. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals: of those who are no moderators, of what is not held, or waits for somebody else; failures.
pub async fn approve(ctx: &Ctx, who: &Person, comment: CommentId, reason: &str) -> Result<()> {
    who.must(Right::Approve)?;
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let spot = comments::spot_to_change(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
            who.must_on(Right::Approve, spot.board)?;
            if spot.state == State::Published {
                return Ok(());
            }
            waits_for_a_moderator(tx, &cx, &spot)?;
            retract::note(tx, &cx, who.actor, Deed::Approve, comment, reason)?;
            release(tx, &cx, comment)
        })
        .await
}

fn waits_for_a_moderator(tx: &mut Write, ctx: &Ctx, spot: &Spot) -> Result<()> {
    let refused = |problem: &str| Err(Error::Refused(Refusal::field("id", problem)));
    if spot.state != State::Held {
        return refused("it does not wait; a comment that was removed is restored");
    }
    // Also what waited before it was blocked.
    if policy::is_blocked(tx, ctx, spot.author)? {
        return refused("its server is blocked; it can be let out when that is lifted");
    }
    if approval::may_be_shown(tx, spot.id)? {
        return Ok(());
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
        threads::set_listed(tx, spot.thread, true)?;
        threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event, now })?;
        return Ok(None);
    };
    let who = Standing::member(spot.author);
    let answered = permitted(tx, &who, act, parent)?;
    let touched = threads::touch(tx, spot.thread, Touch { comments: 1, active: Some(now), event, now })?;
    still_permitted(&who, act, &answered, touched.openness)?;
    Ok(answered.state.is_signed().then_some(answered.author))
}

/// Takes a comment out of everybody's sight but its author's. Others who heard of one of ours from here are told that it is gone.
///
/// # Errors
/// Storage failures only.
pub(crate) fn withhold(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<()> {
    let Some(spot) = comments::spot_to_change(tx, comment)?.filter(|spot| spot.state.stands()) else { return Ok(()) };
    say::removed(tx, ctx, comment)?;
    retract::hide(tx, ctx, &spot, State::Held)
}

/// TEMPORARY until the branch with rules is merged.
pub async fn reject(ctx: &Ctx, who: &Person, comment: CommentId, reason: &str) -> Result<()> {
    retract::remove(ctx, who, comment, reason).await
}
