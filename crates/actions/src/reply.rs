//! Answering a comment.

use domain::authority::{Act, Standing};
use domain::rules::Occasion;
use domain::text::Rendered;
use domain::{ActorId, CommentId, EventKind, Level, News, Noun, Origin, Refusal, State, Time, Votes};
use storage::comments::{self, Line, NewComment, Spot, Words};
use storage::threads::{self, Author, Touch};
use storage::{Write, remotes};

use crate::elsewhere::approval;
use crate::elsewhere::consent::{self, Consent};
use crate::elsewhere::say::{self, Home};
use crate::once::{self, Once};
use crate::pace::Came;
use crate::rules::hook::{self, At, Question};
use crate::rules::{self, Entering, Look, Matter, Words as Looked};
use crate::writing::{index, notify, permitted, render, still_permitted};
use crate::{Ctx, Error, Person, Result, pace, webhooks};

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

/// Publishes an answer and returns it; where the author of what it answers wants to be asked first, it is held. With `once`, the same request again returns the same comment.
///
/// # Errors
/// Refusals of the text, of the depth, of the table of rights; failures.
pub async fn write(ctx: &Ctx, who: &Person, parent: CommentId, source: &str, once: Option<Once>) -> Result<Written> {
    let rendered = render(ctx, source)?;
    let mut look = Look::new(&rules::current(ctx).await?, Looked::of(&rendered));
    // As it will be stored, and nothing else.
    let source = domain::text::tidy(source);
    let words = Some((source.as_str(), &rendered));
    let (at, standing) = (At::Below(parent, Act::Reply), who.standing());
    hook::ask(ctx, &mut look, Question { who: standing, host: "", at, title: "", link: None, words }).await?;
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            if let Some(comment) = once::seen(tx, &who, once.as_ref())? {
                return stored(tx, comment);
            }
            let consent = consent::to_answer(tx, &cx, parent, (who.actor, &who.name))?;
            let state = if consent == Consent::Given { State::Published } else { State::Held };
            let (id, now) = (CommentId(cx.id()), cx.now());
            let words = (source.as_str(), &rendered);
            let entering = Entering { host: "", level: Level::Allow, look: &look };
            let answer =
                Answer { id, act: Act::Reply, parent, words, published: now, came: Came::Now, state, entering };
            let added = add(tx, &cx, &who.standing(), &answer)?;
            match (consent, added.level) {
                // Whoever has to be asked is asked when it is let out.
                (_, Level::Hold) => {}
                (Consent::Given, level) => say::published(tx, &cx, id, Home::of(&who.name, level))?,
                (Consent::Asked(author), _) => approval::ask(tx, &cx, id, &who.name, author)?,
            }
            once::remember(tx, &who, once.as_ref(), id, now)?;
            let line = line(&added.new, &who);
            Ok(Written { line: Line { html: rendered.html, ..line }, source })
        })
        .await
}

/// Whether this person may answer a comment, and the host on which somebody has to be asked first: for pages that ask before somebody
/// writes.
///
/// # Errors
/// The refusal that the answer itself would meet; failures.
pub async fn permitted_to(ctx: &Ctx, who: &Person, parent: CommentId) -> Result<Option<String>> {
    crate::comment::permitted(ctx, Some(who), Act::Reply, parent).await?;
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .read(move |tx| match consent::to_answer(tx, &cx, parent, (who.actor, &who.name))? {
            Consent::Given => Ok(None),
            Consent::Asked(author) => Ok(remotes::of_actor(tx, author)?.and_then(|author| say::host(&author))),
        })
        .await
}

/// An answer to be put into its thread.
pub(crate) struct Answer<'a> {
    /// Its number.
    pub(crate) id: CommentId,
    /// What the table of rights is asked: whether it was written here or elsewhere.
    pub(crate) act: Act,
    /// What it answers.
    pub(crate) parent: CommentId,
    /// Its words as written, and rendered.
    pub(crate) words: (&'a str, &'a Rendered),
    /// When it was published.
    pub(crate) published: Time,
    /// By what slow mode measures it.
    pub(crate) came: Came,
    /// Whether it is, or waits for an author elsewhere.
    pub(crate) state: State,
    /// Where it comes from, and what was found in it.
    pub(crate) entering: Entering<'a>,
}

/// An answer that was put into its thread.
pub(crate) struct Added<'a> {
    /// It.
    pub(crate) new: NewComment<'a>,
    /// How it is dealt with, for all that its author's server, its author and its words have to do with it.
    pub(crate) level: Level,
}

/// Puts an answer into its thread, whoever wrote it and wherever.
pub(crate) fn add<'a>(tx: &mut Write, ctx: &Ctx, who: &Standing, answer: &Answer<'a>) -> Result<Added<'a>> {
    let Answer { id, act, parent, words: (source, rendered), published, came, state, entering } = *answer;
    let spot = permitted(tx, who, act, parent)?;
    let max = ctx.limits().depth;
    if spot.depth > max {
        return Err(Error::Refused(Refusal::TooDeep { max }));
    }
    pace::keep(tx, ctx, who, (Some(spot.thread), spot.board), (spot.pace, came))?;
    let matter = Matter { who, comment: id, board: spot.board, occasion: Occasion::New };
    let ruling = rules::ask(tx, ctx, entering, matter)?;
    let state = if ruling.is_held() { State::Held } else { state };
    let new = NewComment { state, ..new(id, &spot, who.actor, Words { source, html: &rendered.html }, published) };
    comments::insert(tx, &new)?;
    ruling.keep(tx, ctx)?;
    if state == State::Held {
        return Ok(Added { new, level: ruling.level });
    }
    let (event, now) = (Some((EventKind::Comment, id)), ctx.now());
    let touched = threads::touch(tx, spot.thread, Touch { comments: 1, active: Some(published), event, now })?;
    still_permitted(who, act, &spot, touched.openness)?;
    index(tx, id, new.state, None, &rendered.plain)?;
    webhooks::happened(tx, ctx, News::CommentPublished, id)?;
    if ruling.level == Level::Limit {
        return Ok(Added { new, level: ruling.level });
    }
    let answered = spot.state.is_signed().then_some(spot.author);
    notify(tx, ctx, id, who.actor, answered, &rendered.mentions, now)?;
    Ok(Added { new, level: ruling.level })
}

/// What came of the same request before.
fn stored(tx: &mut Write, comment: CommentId) -> Result<Written> {
    let line = comments::lines(tx, &[comment])?.pop().ok_or(Error::missing(Noun::Comment))?;
    let shown = line.state.has_words() || line.state == State::Held;
    let source = if shown { comments::source(tx, comment)? } else { None };
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
        sensitive: false,
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
