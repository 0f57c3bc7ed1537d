//! People elsewhere ask to do something with comments of ours (GoToSocial's `ReplyRequest`, `LikeRequest`). Whoever may do it is answered yes,
//! at once, with a document under an id of ours that proves it to others; whoever may not is answered no.

use domain::{CommentId, State};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::build;
use federation::wire::parse::{Note, Object, Wish};
use storage::permissions::{self, Deed, Permission};
use storage::remotes::{self, Remote};
use storage::votes::{self, Vote};
use storage::{Read, Write, comments, holds, objects, threads};

use super::documents::Found;
use super::notes::{self, Seen};
use super::place::{self, Told};
use super::receive::comment;
use super::say;
use super::work::{self, Came, Given, Outcome, Postponed};
use crate::{Ctx, Error, Result};

/// A request as it came.
pub(super) struct Request {
    /// What it is called.
    pub(super) id: String,
    /// To do what.
    pub(super) wish: Wish,
    /// With what.
    pub(super) target: Id,
    /// Who asks.
    pub(super) by: Remote,
    /// When that came.
    pub(super) came: Came,
}

/// Does what is asked for, if it may be done, and answers.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(super) async fn asked(ctx: &Ctx, request: Request, budget: &Budget) -> Result<Outcome, Postponed> {
    let Request { id, wish, target, by, came } = request;
    if !ctx.elsewhere().rules().is_ours(&target) {
        return Ok(Outcome::Refused("it is not ours to allow".into()));
    }
    let (deed, object, outcome) = match wish {
        Wish::Like(like) => {
            let outcome =
                work::cast(ctx, target.clone(), (by.clone(), None), Given { vote: Some(Vote::Up), came }, budget)
                    .await?;
            (Deed::Like, like.to_string(), outcome)
        }
        Wish::Reply(words) => {
            let Some(note) = answer(ctx, words, (&target, &by), budget).await? else {
                return Ok(Outcome::Refused("what it asks for is no answer of the sender's".into()));
            };
            let object = note.id.to_string();
            // As if it had been said: the request itself is nothing to be passed on.
            (Deed::Reply, object, place::created(ctx, note, by.clone(), Told::Author, budget).await?)
        }
    };
    let (cx, asking) = (ctx.clone(), Asking { id, deed, object, by });
    Ok(ctx.db().write(move |tx| answered(tx, &cx, &target, &asking, outcome)).await?)
}

/// The words that are to be allowed: as they came with the request, or as their home shows them.
async fn answer(
    ctx: &Ctx,
    words: Object,
    (target, by): (&Id, &Remote),
    budget: &Budget,
) -> Result<Option<Note>, Postponed> {
    match words {
        Object::Here(note) => Ok(Some(*note)),
        Object::There(id) => {
            let found = place::fetched(ctx, &id, budget).await?;
            let is_it =
                |(note, author): &(Note, Remote)| author.actor == by.actor && note.in_reply_to.as_ref() == Some(target);
            Ok(found.filter(is_it).map(|(note, _)| note))
        }
    }
}

struct Asking {
    id: String,
    deed: Deed,
    object: String,
    by: Remote,
}

/// Says yes where it was done, and stands; otherwise no. Where nothing is to be known of what was asked for, nothing is said.
fn answered(tx: &mut Write, ctx: &Ctx, target: &Id, asking: &Asking, outcome: Outcome) -> Result<Outcome> {
    let Some(comment) = comment(tx, ctx, target)? else { return Ok(outcome) };
    let Some(line) = comments::lines(tx, &[comment])?.pop() else { return Ok(outcome) };
    let Some(thread) = threads::find(tx, line.thread)? else { return Ok(outcome) };
    if !line.state.stands() || !line.state.is_signed() {
        return Ok(outcome);
    }
    let author = notes::author(&line.author, &thread);
    // A moderator looks at it first, and whoever asked is answered then.
    if asking.deed == Deed::Reply && waits(tx, asking)? {
        return Ok(outcome);
    }
    let done = outcome == Outcome::Done && stands(tx, asking.deed, (comment, &asking.by), &asking.object)?;
    let number = if done { Some(granted(tx, ctx, comment, asking)?) } else { None };
    let request = build::Request {
        id: &asking.id,
        deed: written(asking.deed),
        actor: &asking.by.uri,
        instrument: &asking.object,
        object: target.as_str(),
    };
    say::permitted(tx, ctx, &author, (request, number), &asking.by)?;
    let gone = Outcome::Refused("what it asks for was taken down here".into());
    Ok(if outcome == Outcome::Done && !done { gone } else { outcome })
}

/// Whether what is asked for waits for a moderator here. The request is remembered, to be answered once one has decided.
fn waits(tx: &mut Write, asking: &Asking) -> Result<bool> {
    let Some(comment) = objects::comment_of(tx, &asking.object)? else { return Ok(false) };
    Ok(holds::ask(tx, comment, &asking.id)?)
}

/// A moderator has decided about an answer from elsewhere whose server has asked: yes where it stands now, no otherwise.
///
/// # Errors
/// Storage failures only.
pub(crate) fn decided(tx: &mut Write, ctx: &Ctx, comment: CommentId, request: &str) -> Result<()> {
    let home = objects::of_comments(tx, &[comment])?.remove(&comment);
    let spot = comments::spot(tx, comment)?;
    let (Some(home), Some((author, Some(parent)))) = (home, spot.map(|spot| (spot.author, spot.parent))) else {
        return Ok(());
    };
    let Some(by) = remotes::of_actor(tx, author)? else { return Ok(()) };
    let target = ctx.elsewhere().rules().id(&notes::id(tx, ctx, parent)?);
    let (Ok(target), asking) = (target, Asking { id: request.to_owned(), deed: Deed::Reply, object: home.uri, by })
    else {
        return Ok(());
    };
    answered(tx, ctx, &target, &asking, Outcome::Done).map(drop)
}

/// The number of the permission, which is given once for each answer and each like.
fn granted(tx: &mut Write, ctx: &Ctx, comment: CommentId, asking: &Asking) -> Result<i64> {
    if let Some(known) = permissions::of(tx, comment, &asking.object)? {
        return Ok(known.id);
    }
    let (id, granted) = (ctx.id(), ctx.now());
    let (actor, object) = (asking.by.actor, asking.object.clone());
    permissions::insert(tx, &Permission { id, deed: asking.deed, comment, actor, object, granted })?;
    Ok(id)
}

/// Whether what was allowed is still here.
fn stands(tx: &mut Read, deed: Deed, (comment, by): (CommentId, &Remote), object: &str) -> Result<bool> {
    match deed {
        Deed::Like => likes(tx, comment, by.actor),
        Deed::Reply => replies(tx, object),
    }
}

fn likes(tx: &mut Read, comment: CommentId, actor: domain::ActorId) -> Result<bool> {
    Ok(votes::one(tx, comment, actor)?.is_some_and(|(vote, _)| vote == Vote::Up))
}

fn replies(tx: &mut Read, object: &str) -> Result<bool> {
    let Some(comment) = objects::comment_of(tx, object)? else { return Ok(false) };
    let spot = comments::spot(tx, comment)?;
    Ok(spot.is_some_and(|spot| matches!(spot.state, State::Published | State::Flagged)))
}

fn written(deed: Deed) -> build::Deed {
    match deed {
        Deed::Reply => build::Deed::Reply,
        Deed::Like => build::Deed::Like,
    }
}

/// The document that proves a permission. It is gone when what was allowed is gone, whoever took it away, and when the comment is.
///
/// # Errors
/// [`domain::Refusal::NotFound`] for what was never given; failures.
pub(super) async fn document(ctx: &Ctx, number: i64) -> Result<Found> {
    let cx = ctx.clone();
    ctx.db()
        .read(move |tx| {
            let known = permissions::find(tx, number)?.ok_or(Error::missing(domain::Noun::Page))?;
            let addresses = cx.elsewhere().addresses();
            let gone = Found::Gone(build::revoked(addresses, number).json());
            let Some(Seen::Note(target)) = notes::seen(tx, &cx, known.comment)? else { return Ok(gone) };
            let holds = match known.deed {
                Deed::Like => likes(tx, known.comment, known.actor)?,
                Deed::Reply => replies(tx, &known.object)?,
            };
            if !holds {
                return Ok(gone);
            }
            let permission = build::Authorization {
                number,
                deed: written(known.deed),
                author: target.author,
                object: known.object,
                target: addresses.comment(known.comment),
            };
            Ok(Found::Document(build::authorization(addresses, &permission).json()))
        })
        .await
}
