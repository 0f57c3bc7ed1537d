//! Our comments as others read them.

use domain::text::{Mention, Places};
use domain::{CommentId, Origin, State};
use federation::wire::addresses::OurActor;
use federation::wire::build::{Named, Note, Part, Replies};
use storage::approvals::{self, Stage};
use storage::comments::{self, Line};
use storage::threads::{self, Author, Thread};
use storage::{Read, actors, boards, objects, remotes};

use crate::{Ctx, Result};

/// Answers that are sent with a comment.
const FIRST_REPLIES: i64 = 20;

/// What there is where a comment is asked for.
pub enum Seen {
    /// A comment of ours.
    Note(Box<Note>),
    /// One that was there.
    Gone {
        /// The id of what it answered; none if it began a thread.
        answered: Option<String>,
    },
    /// One that is at home elsewhere, under this id.
    Elsewhere(String),
}

/// What there is under the id of a comment; nothing where nothing has ever been seen.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn seen(tx: &mut Read, ctx: &Ctx, id: CommentId) -> Result<Option<Seen>> {
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(None) };
    // Before anything else: what cannot be seen here is not pointed to either.
    match line.state {
        State::Published => {}
        // It was known before it was taken back.
        State::Held if !is_taken_back(tx, id)? => return Ok(None),
        State::Held | State::Flagged | State::Deleted | State::Removed => {
            let answered = line.parent.map(|parent| self::id(tx, ctx, parent)).transpose()?;
            return Ok(Some(Seen::Gone { answered }));
        }
    }
    if let Some(object) = objects::of_comments(tx, &[id])?.remove(&id) {
        return Ok(Some(Seen::Elsewhere(object.uri)));
    }
    let Some(thread) = threads::find(tx, line.thread)? else { return Ok(None) };
    Ok(Some(Seen::Note(Box::new(note(tx, ctx, line, &thread)?))))
}

fn is_taken_back(tx: &mut Read, id: CommentId) -> Result<bool> {
    Ok(approvals::find(tx, id)?.is_some_and(|approval| approval.stage == Stage::TakenBack))
}

/// A comment of ours for whoever has to allow it before it can be read by others.
pub(super) fn to_be_allowed(tx: &mut Read, ctx: &Ctx, id: CommentId) -> Result<Option<Note>> {
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(None) };
    let thread = threads::find(tx, line.thread)?;
    thread.map(|thread| note(tx, ctx, line, &thread)).transpose()
}

fn note(tx: &mut Read, ctx: &Ctx, line: Line, thread: &Thread) -> Result<Note> {
    let source = comments::source(tx, line.id)?.unwrap_or_default();
    let (html, mentioned) = written(ctx, &line, &source);
    let mut mentions = Vec::new();
    for mention in mentioned {
        mentions.extend(mentioned_actor(tx, ctx, &mention)?);
    }
    Ok(Note {
        id: line.id,
        thread: line.thread,
        board: board(tx, ctx, thread)?,
        author: author(&line.author, thread),
        part: part(tx, ctx, &line, thread)?,
        mentions,
        html,
        markdown: source,
        language: None,
        published: line.published.0,
        edited: line.edited.map(|time| time.0),
        openness: thread.openness(),
        approval: approvals::find(tx, line.id)?.and_then(|approval| approval.stamp),
        sensitive: line.sensitive,
        replies: replies(tx, ctx, line.id)?,
    })
}

/// The board of a thread as others know it.
pub(super) fn board(tx: &mut Read, ctx: &Ctx, thread: &Thread) -> Result<Named> {
    let addresses = ctx.elsewhere().addresses();
    let host = if thread.is_ours() { addresses.host() } else { &thread.board_host };
    let handle = format!("@{}@{host}", thread.board_name);
    let elsewhere = if thread.is_ours() { None } else { boards::find(tx, thread.board)?.and_then(|board| board.group) };
    let ours = || addresses.actor(&OurActor::Board(thread.board_name.clone()));
    Ok(Named { id: elsewhere.map_or_else(ours, |group| group.uri), handle })
}

/// In whose name a comment stands: of an import, whose authors are names and nobody that could be followed, in its board's.
pub(super) fn author(author: &Author, thread: &Thread) -> OurActor {
    match author.origin {
        Origin::Local => OurActor::Person(author.name.clone()),
        Origin::Imported | Origin::Remote => OurActor::Board(thread.board_name.clone()),
    }
}

/// The words with links that lead here from everywhere, and who is mentioned in them.
fn written(ctx: &Ctx, line: &Line, source: &str) -> (String, Vec<Mention>) {
    if line.author.origin == Origin::Imported {
        let by = format!("<p><strong>{}</strong> ({}):</p>", escaped(&line.author.name), escaped(&line.author.host));
        return (by + &line.html, Vec::new());
    }
    let person = format!("{}/u/", ctx.elsewhere().rules().ours());
    let places = Places { person, ..ctx.places().clone() };
    // Limits may have become narrower since it was written.
    match domain::text::render(source, &ctx.limits().text, &places) {
        Ok(rendered) => (rendered.html, rendered.mentions),
        Err(_) => (line.html.clone(), Vec::new()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn part(tx: &mut Read, ctx: &Ctx, line: &Line, thread: &Thread) -> Result<Part> {
    let Some(parent) = line.parent else {
        return Ok(Part::Root { title: thread.title.clone(), link: thread.url.clone() });
    };
    let to = id(tx, ctx, parent)?;
    let answered = comments::lines(tx, &[parent])?.pop().filter(|parent| parent.state.is_signed());
    let author = match answered {
        Some(answered) => named(tx, ctx, &answered.author)?,
        None => None,
    };
    Ok(Part::Answer { to, author })
}

/// The id of a comment, wherever it is at home.
pub fn id(tx: &mut Read, ctx: &Ctx, comment: CommentId) -> Result<String> {
    let elsewhere = objects::of_comments(tx, &[comment])?.remove(&comment);
    Ok(elsewhere.map_or_else(|| ctx.elsewhere().addresses().comment(comment), |object| object.uri))
}

/// The ids of comments, in the same order.
pub fn ids(tx: &mut Read, ctx: &Ctx, all: &[CommentId]) -> Result<Vec<String>> {
    let mut elsewhere = objects::of_comments(tx, all)?;
    let addresses = ctx.elsewhere().addresses();
    let id = |id: &CommentId| elsewhere.remove(id).map_or_else(|| addresses.comment(*id), |object| object.uri);
    Ok(all.iter().map(id).collect())
}

/// An author as an actor; nobody for a name that came with an import.
fn named(tx: &mut Read, ctx: &Ctx, author: &Author) -> Result<Option<Named>> {
    let addresses = ctx.elsewhere().addresses();
    Ok(match author.origin {
        Origin::Imported => None,
        Origin::Local => Some(Named {
            id: addresses.actor(&OurActor::Person(author.name.clone())),
            handle: format!("@{}@{}", author.name, addresses.host()),
        }),
        Origin::Remote => remotes::of_actor(tx, author.id)?
            .map(|known| Named { id: known.uri, handle: format!("@{}@{}", author.name, author.host) }),
    })
}

fn mentioned_actor(tx: &mut Read, ctx: &Ctx, mention: &Mention) -> Result<Option<Named>> {
    let host = mention.host.as_deref().unwrap_or_default();
    let Some(actor) = actors::by_handle(tx, host, &mention.name)? else { return Ok(None) };
    named(tx, ctx, &Author { id: actor.id, name: actor.name, host: actor.host, origin: actor.origin })
}

fn replies(tx: &mut Read, ctx: &Ctx, id: CommentId) -> Result<Replies> {
    let first = comments::children(tx, id, None, FIRST_REPLIES)?;
    let shown = first.len() as u64;
    // Of most there are fewer than may be shown: these are all.
    let may_be_more = first.len() >= FIRST_REPLIES as usize;
    let total = if may_be_more { u64::try_from(comments::count_children(tx, id)?).unwrap_or(0) } else { shown };
    let next = first.last().filter(|_| total > shown).map(|last| last.0);
    Ok(Replies { total, first: ids(tx, ctx, &first)?, next })
}
