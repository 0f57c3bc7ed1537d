//! What is written and changed is made known.

use domain::{BoardId, CommentId, ThreadId};
use federation::wire::addresses::OurActor;
use federation::wire::build::{self, Announced, Document, Heading, Note};
use storage::follows::Followed;
use storage::outbox::Reach;
use storage::threads::Thread;
use storage::{Read, Write, announcements, comments, follows, objects};

use super::taking_back::{Around, everybody};
use super::{Home, Saying, heading, listeners, nobody_hears, ours, say, tell};
use crate::elsewhere::regroup::{Circle, Passed};
use crate::elsewhere::{notes, regroup};
use crate::{Ctx, Result, quiet};

/// A comment has been published.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub(crate) fn published(tx: &mut Write, ctx: &Ctx, id: CommentId, home: Home<'_>) -> Result<()> {
    if let Home::Quiet(name) = home {
        return to_followers(tx, ctx, id, name, build::create);
    }
    if nobody_hears(tx)? || (!matches!(home, Home::Here(_) | Home::Again(_)) && nobody_follows(tx, id)?) {
        return Ok(());
    }
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    let Some(thread) = storage::threads::find(tx, line.thread)? else { return Ok(()) };
    let circle = Circle::of(tx, &thread)?;
    let passed = match home {
        Home::Here(name) | Home::Again(name) => {
            let number = if matches!(home, Home::Again(_)) { ctx.id() } else { id.0 };
            let to = listeners(tx, ctx, id, &line.author)?;
            if !(to.is_empty() && circle.is_empty())
                && let Some(note) = ours(tx, ctx, id)?
            {
                let actor = OurActor::Person(name.to_owned());
                let document = build::create(heading(ctx, number, &actor), &note);
                let saying = Saying { actor: &actor, document, number, reach: Reach::Public, words_of: Some(id) };
                tell(tx, ctx, saying, to, &circle)?;
            }
            Passed::On
        }
        Home::Heard(heard) => regroup::heard(tx, ctx, &circle, (heard, Some(id)))?,
        Home::Elsewhere | Home::Quiet(_) => Passed::Not,
    };
    let object = notes::id(tx, ctx, id)?;
    if passed == Passed::Not {
        regroup::name(tx, ctx, &circle, &object)?;
    }
    // What stands on a board elsewhere is passed on by that board.
    if !thread.is_ours() {
        return Ok(());
    }
    announce(tx, ctx, (id, object, matches!(home, Home::Again(_))), Place::of(&thread), &circle)
}

/// Says something of a comment to those alone who follow its author.
fn to_followers(
    tx: &mut Write,
    ctx: &Ctx,
    id: CommentId,
    name: &str,
    said: fn(Heading<'_>, &Note) -> Document,
) -> Result<()> {
    let Some(spot) = comments::spot(tx, id)? else { return Ok(()) };
    let to = follows::addresses(tx, &[Followed::Person(spot.author)])?;
    let note = if to.is_empty() { None } else { ours(tx, ctx, id)? };
    let Some(note) = note else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let document = said(heading(ctx, number, &actor), &note);
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Public, words_of: Some(id) }, &to)
}

/// Whether nobody follows where a comment stands: then what comes from elsewhere is passed on to nobody.
fn nobody_follows(tx: &mut Write, id: CommentId) -> Result<bool> {
    let Some(spot) = comments::spot(tx, id)? else { return Ok(true) };
    let there = [Followed::Everything(spot.board), Followed::Threads(spot.board), Followed::Thread(spot.thread)];
    Ok(!follows::any(tx, &there)?)
}

/// Where a comment stands.
#[derive(Clone, Copy)]
pub(in crate::elsewhere) struct Place<'a> {
    board: BoardId,
    name: &'a str,
    thread: ThreadId,
}

impl<'a> Place<'a> {
    pub(in crate::elsewhere) fn of(thread: &'a Thread) -> Self {
        Self { board: thread.board, name: &thread.board_name, thread: thread.id }
    }
}

/// The board and the thread pass a comment on to those who follow them and are not in the circle. `again`: under another id, for servers that
/// take nothing twice; our own is taken back with a `Delete`, so that nobody has to know the id then.
pub(in crate::elsewhere) fn announce(
    tx: &mut Write,
    ctx: &Ctx,
    (comment, object, again): (CommentId, String, bool),
    at: Place<'_>,
    circle: &Circle,
) -> Result<()> {
    for (actor, followed) in announcers(comment, at) {
        let to = circle.others(follows::addresses(tx, &[followed])?);
        if to.is_empty() {
            continue;
        }
        let number = ctx.id();
        let document = if again {
            build::announce(heading(ctx, number, &actor), Announced::Id(object.clone()), ctx.now().0)
        } else {
            announcement(tx, ctx, (number, &actor), (comment, object.clone()))?
        };
        say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Public, words_of: None }, &to)?;
    }
    Ok(())
}

/// Who announces a comment, and to the followers of what.
pub(super) fn announcers(comment: CommentId, at: Place<'_>) -> [(OurActor, Followed); 2] {
    let all = (OurActor::BoardAll(at.name.to_owned()), Followed::Everything(at.board));
    let one = if comment == at.thread.root() {
        (OurActor::Board(at.name.to_owned()), Followed::Threads(at.board))
    } else {
        (OurActor::Thread(at.thread), Followed::Thread(at.thread))
    };
    [one, all]
}

/// A comment is announced under an id that is known of the comment, so that it can be taken back.
pub(super) fn announcement(
    tx: &mut Read,
    ctx: &Ctx,
    (number, actor): (i64, &OurActor),
    (comment, object): (CommentId, String),
) -> Result<Document> {
    let document = build::announce(heading(ctx, number, actor), Announced::Id(object), ctx.now().0);
    let before = announcements::taken_back(tx, comment)?;
    Ok(document.called(ctx.elsewhere().addresses().announcement(actor, comment, before)))
}

/// A comment of ours has other words.
pub(crate) fn edited(tx: &mut Write, ctx: &Ctx, id: CommentId, home: Home<'_>) -> Result<()> {
    if let Home::Quiet(name) = home {
        return to_followers(tx, ctx, id, name, build::update);
    }
    let Home::Here(name) = home else { return Ok(()) };
    if nobody_hears(tx)? {
        return Ok(());
    }
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    let Some(around) = Around::of(tx, ctx, line.thread, line.author.id)? else { return Ok(()) };
    let to = everybody(tx, ctx, id, &around)?;
    if to.is_empty() && around.circle.is_empty() {
        return Ok(());
    }
    let Some(note) = ours(tx, ctx, id)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let document = build::update(heading(ctx, number, &actor), &note);
    let saying = Saying { actor: &actor, document, number, reach: Reach::Public, words_of: Some(id) };
    tell(tx, ctx, saying, to, &around.circle)
}

/// As [`unannounced`] took it back.
pub(crate) fn announced_again(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<()> {
    let home = objects::of_comments(tx, &[id])?.remove(&id).filter(|home| home.announced);
    let (Some(home), Some(spot)) = (home, comments::spot(tx, id)?) else { return Ok(()) };
    if quiet::is_quiet(tx, ctx, id)? {
        return Ok(());
    }
    let thread = storage::threads::find(tx, spot.thread)?.filter(Thread::is_ours);
    let Some(thread) = thread else { return Ok(()) };
    let circle = Circle::of(tx, &thread)?;
    let at = Place { board: thread.board, name: &thread.board_name, thread: thread.id };
    announce(tx, ctx, (id, home.uri, false), at, &circle)
}

/// An actor of ours is shown otherwise from now on: those who follow it are told.
pub(crate) fn changed(tx: &mut Write, ctx: &Ctx, actor: &OurActor, shown: &Document) -> Result<()> {
    let Some(Some(followed)) = crate::elsewhere::documents::followed(tx, actor)? else { return Ok(()) };
    let (number, to) = (ctx.id(), follows::addresses(tx, &[followed])?);
    let document = build::update_actor(heading(ctx, number, actor), shown);
    say(tx, ctx, Saying { actor, document, number, reach: Reach::Public, words_of: None }, &to)
}
