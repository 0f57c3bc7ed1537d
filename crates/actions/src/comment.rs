//! One comment by itself: its line, its source, its earlier versions.

use domain::authority::{Act, may};
use domain::{CommentId, Noun, Refusal, State};
use storage::comments::{self, Line, Revision, Spot};

use crate::caller::subject;
use crate::{Ctx, Error, Person, Result};

/// The comment as everybody may see it.
///
/// # Errors
/// [`Refusal::NotFound`]; failures.
pub async fn find(ctx: &Ctx, id: CommentId) -> Result<Line> {
    let found = ctx.db().read(move |tx| comments::lines(tx, &[id])).await?.pop();
    found.filter(|line| line.state != State::Held).ok_or(Error::missing(Noun::Comment))
}

/// The comment, if this person (or nobody in particular) may do this with it: for pages that ask before they act.
///
/// # Errors
/// The refusal that the act itself would meet; failures.
pub async fn permitted(ctx: &Ctx, who: Option<&Person>, act: Act, id: CommentId) -> Result<Spot> {
    let spot = ctx.db().read(move |tx| comments::spot(tx, id)).await?.ok_or(Error::missing(Noun::Comment))?;
    may(who.map(Person::standing), act, subject(&spot))?;
    Ok(spot)
}

/// The words as written: everybody's who can read them, so that they can be quoted.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Tombstone`]; failures.
pub async fn source(ctx: &Ctx, id: CommentId) -> Result<String> {
    permitted(ctx, None, Act::ReadHistory, id).await?;
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
