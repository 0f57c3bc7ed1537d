//! Comments that wait for somebody's word: a moderator's, or that of an author elsewhere whom they answer. They come out as if they had
//! been written then, and can be taken back to where nobody but their author knows of them.

use domain::authority::{Act, Standing};
use domain::{CommentId, EventKind, Noun, State};
use storage::Write;
use storage::comments;
use storage::threads::{self, Touch};

use crate::elsewhere::say::{self, Home};
use crate::writing::{index, notify, permitted, still_permitted};
use crate::{Ctx, Error, Result, retract};

/// Publishes an answer of ours that was held: everybody is told who would have been told at once.
///
/// # Errors
/// Refusals of the table of rights, which are those of an answer that is written now; failures.
pub(crate) fn release(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<()> {
    let spot = comments::spot_to_change(tx, comment)?.filter(|spot| spot.state == State::Held);
    let line = comments::lines(tx, &[comment])?.pop();
    let source = comments::source(tx, comment)?;
    let (Some(spot), Some(line), Some(source)) = (spot, line, source) else {
        return Err(Error::missing(Noun::Comment));
    };
    let parent = spot.parent.ok_or(Error::missing(Noun::Comment))?;
    let who = Standing::member(spot.author);
    let answered = permitted(tx, &who, Act::Reply, parent)?;
    comments::set_state(tx, comment, State::Published)?;
    let (event, now) = (Some((EventKind::Comment, comment)), ctx.now());
    let touched = threads::touch(tx, spot.thread, Touch { comments: 1, active: Some(now), event, now })?;
    still_permitted(&who, Act::Reply, &answered, touched.openness)?;
    index(tx, comment, State::Published, None, &domain::text::plain(&line.html))?;
    let rendered = domain::text::render(&source, &ctx.limits().text, ctx.places());
    let mentions = rendered.map(|text| text.mentions).unwrap_or_default();
    notify(tx, ctx, comment, spot.author, Some(answered.author), &mentions, now)?;
    say::published(tx, ctx, comment, Home::Here(&line.author.name))
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
