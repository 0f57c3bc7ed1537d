//! Answering a comment.

use domain::authority::{Act, Standing};
use domain::text::Rendered;
use domain::{ActorId, CommentId, EventKind, Noun, Origin, Refusal, State, Time, Votes};
use storage::Write;
use storage::comments::{self, Line, NewComment, Spot, Words};
use storage::threads::{self, Author, Touch};

use crate::elsewhere::consent;
use crate::elsewhere::say::{self, Home};
use crate::once::{self, Once};
use crate::writing::{index, notify, permitted, render, still_permitted};
use crate::{Ctx, Error, Person, Result};

/// An answer as it stands right after it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The answer.
    pub line: Line,
    /// Its words as written.
    pub source: String,
}

/// Publishes an answer and returns its id; see [`write()`].
///
/// # Errors
/// As [`write()`].
pub async fn reply(ctx: &Ctx, who: &Person, parent: CommentId, source: &str, once: Option<Once>) -> Result<CommentId> {
    Ok(write(ctx, who, parent, source, once).await?.line.id)
}

/// Publishes an answer and returns it. With `once`, the same request again returns the same comment.
///
/// # Errors
/// Refusals of the text, of the depth, of the table of rights; failures.
pub async fn write(ctx: &Ctx, who: &Person, parent: CommentId, source: &str, once: Option<Once>) -> Result<Written> {
    let rendered = render(ctx, source)?;
    let (cx, who, source) = (ctx.clone(), who.clone(), domain::text::tidy(source));
    ctx.db()
        .write(move |tx| {
            if let Some(comment) = once::seen(tx, &who, once.as_ref())? {
                return stored(tx, comment);
            }
            consent::may_answer(tx, &cx, parent, &who)?;
            let (id, now) = (CommentId(cx.id()), cx.now());
            let answer = Answer { act: Act::Reply, id, parent, source: &source, rendered: &rendered, published: now };
            let new = add(tx, &cx, who.standing(), &answer)?;
            say::published(tx, &cx, id, Home::Here(&who.name))?;
            once::remember(tx, &who, once.as_ref(), id, now)?;
            let line = line(&new, &who);
            Ok(Written { line: Line { html: rendered.html, ..line }, source })
        })
        .await
}

/// Whether this person may answer a comment: for pages that ask before somebody writes.
///
/// # Errors
/// The refusal that the answer itself would meet; failures.
pub async fn permitted_to(ctx: &Ctx, who: &Person, parent: CommentId) -> Result<()> {
    crate::comment::permitted(ctx, Some(who), Act::Reply, parent).await?;
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db().read(move |tx| consent::may_answer(tx, &cx, parent, &who)).await
}

/// An answer to be put into its thread.
pub(crate) struct Answer<'a> {
    /// What its author does: answer here, or have answered elsewhere.
    pub(crate) act: Act,
    /// Its number.
    pub(crate) id: CommentId,
    /// What it answers.
    pub(crate) parent: CommentId,
    /// Its words as written.
    pub(crate) source: &'a str,
    /// The same, rendered.
    pub(crate) rendered: &'a Rendered,
    /// When it was published.
    pub(crate) published: Time,
}

/// Puts an answer into its thread, whoever wrote it and wherever.
pub(crate) fn add<'a>(tx: &mut Write, ctx: &Ctx, who: Standing, answer: &Answer<'a>) -> Result<NewComment<'a>> {
    let Answer { act, id, parent, source, rendered, published } = *answer;
    let spot = permitted(tx, who, act, parent)?;
    let max = ctx.limits().depth;
    if spot.depth > max {
        return Err(Error::Refused(Refusal::TooDeep { max }));
    }
    let new = new(id, &spot, who.actor, Words { source, html: &rendered.html }, published);
    comments::insert(tx, &new)?;
    let (event, now) = (Some((EventKind::Comment, id)), ctx.now());
    let touched = threads::touch(tx, spot.thread, Touch { comments: 1, active: Some(published), event, now })?;
    still_permitted(who, act, &spot, touched.openness)?;
    index(tx, id, new.state, None, &rendered.plain)?;
    notify(tx, ctx, id, who.actor, Some(spot.author), &rendered.mentions, now)?;
    Ok(new)
}

/// What came of the same request before.
fn stored(tx: &mut Write, comment: CommentId) -> Result<Written> {
    let line = comments::lines(tx, &[comment])?.pop().ok_or(Error::missing(Noun::Comment))?;
    let source = comments::sources(tx, &[comment])?.pop().map(|(_, source)| source);
    Ok(Written { line, source: source.unwrap_or_default() })
}

/// The new comment as it would be read, but for its words: so that it need not be.
fn line(new: &NewComment<'_>, who: &Person) -> Line {
    let author = Author { id: who.actor, name: who.name.clone(), host: String::new(), origin: Origin::Local };
    Line {
        id: new.id,
        thread: new.thread,
        parent: new.parent,
        depth: new.depth,
        state: new.state,
        published: new.published,
        edited: None,
        votes: new.votes,
        author,
        html: String::new(),
    }
}

fn new<'a>(id: CommentId, parent: &Spot, author: ActorId, words: Words<'a>, published: Time) -> NewComment<'a> {
    NewComment {
        id,
        thread: parent.thread,
        parent: Some(parent.id),
        author,
        depth: parent.depth + 1,
        state: State::Published,
        published,
        votes: Votes::default(),
        words: Some(words),
    }
}
