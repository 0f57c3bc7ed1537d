//! One comment by itself: its line, its source, its earlier versions.

use domain::authority::{Act, knows, may};
use domain::{CommentId, Noun, Refusal, State};
use storage::comments::{self, Line, Revision, Spot};

use crate::caller::subject;
use crate::elsewhere::approval::{self, Waiting};
use crate::{Ctx, Error, Person, Result};

/// The comment as everybody may see it.
///
/// # Errors
/// [`Refusal::NotFound`]; failures.
pub async fn find(ctx: &Ctx, id: CommentId) -> Result<Line> {
    let found = ctx.db().read(move |tx| comments::lines(tx, &[id])).await?.pop();
    found.filter(|line| line.state != State::Held).ok_or(Error::missing(Noun::Comment))
}

/// The comment as this person may see it: also one that is held, if they know of it.
///
/// # Errors
/// [`Refusal::NotFound`]; failures.
pub async fn find_as(ctx: &Ctx, who: Option<&Person>, id: CommentId) -> Result<Line> {
    let standing = who.map(Person::standing);
    ctx.db()
        .read(move |tx| {
            let spot = comments::spot(tx, id)?.ok_or(Error::missing(Noun::Comment))?;
            if spot.state == State::Held && !knows(standing.as_ref(), spot.author, spot.board) {
                return Err(Error::missing(Noun::Comment));
            }
            comments::lines(tx, &[id])?.pop().ok_or(Error::missing(Noun::Comment))
        })
        .await
}

/// For whose word a comment waits that this person knows of; nothing for all others.
///
/// # Errors
/// Failures only.
pub async fn waiting(ctx: &Ctx, who: &Person, id: CommentId) -> Result<Option<Waiting>> {
    let standing = who.standing();
    ctx.db()
        .read(move |tx| {
            let held = comments::spot(tx, id)?.filter(|spot| spot.state == State::Held);
            let known = held.filter(|spot| knows(Some(&standing), spot.author, spot.board));
            known.map_or(Ok(None), |_| approval::waiting(tx, id))
        })
        .await
}

/// The comment, if this person (or nobody in particular) may do this with it: for pages that ask before they act.
///
/// # Errors
/// The refusal that the act itself would meet; failures.
pub async fn permitted(ctx: &Ctx, who: Option<&Person>, act: Act, id: CommentId) -> Result<Spot> {
    let spot = ctx.db().read(move |tx| comments::spot(tx, id)).await?.ok_or(Error::missing(Noun::Comment))?;
    may(who.map(Person::standing).as_ref(), act, subject(&spot))?;
    Ok(spot)
}

/// The words as written: everybody's who can read them, so that they can be quoted.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Tombstone`]; failures.
pub async fn source(ctx: &Ctx, who: Option<&Person>, id: CommentId) -> Result<String> {
    if find_as(ctx, who, id).await?.state != State::Held {
        permitted(ctx, None, Act::ReadHistory, id).await?;
    }
    Ok(ctx.db().read(move |tx| comments::source(tx, id)).await?.unwrap_or_default())
}

/// Earlier versions, newest first.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Tombstone`]; failures.
pub async fn history(ctx: &Ctx, id: CommentId) -> Result<Vec<Revision>> {
    permitted(ctx, None, Act::ReadHistory, id).await?;
    Ok(ctx.db().read(move |tx| comments::revisions(tx, id)).await?)
}

/// Makes sure that an unknown name of a category is refused in words.
///
/// # Errors
/// [`Refusal::Field`].
pub fn category(name: &str) -> Result<domain::Category> {
    domain::Category::named(name).ok_or_else(|| {
        let names: Vec<_> = domain::Category::ALL.iter().map(|category| category.name()).collect();
        Error::Refused(Refusal::field("category", format!("choose one of {}", names.join(", "))))
    })
}
