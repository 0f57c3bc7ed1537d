//! People: who they are and what they wrote.

use domain::{CommentId, Noun, Role};
use storage::accounts;
use storage::actors::{self, Actor};
use storage::comments::{self, Line};

use crate::{Ctx, Error, Person, Result};

/// A person as everybody may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The actor.
    pub actor: Actor,
    /// Their role here; `None` for people without an account here.
    pub role: Option<Role>,
}

/// The person of a handle: `name` here, `name@host` elsewhere.
///
/// # Errors
/// [`domain::Refusal::NotFound`]; failures.
pub async fn find(ctx: &Ctx, handle: &str) -> Result<Profile> {
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let (name, host) = handle.split_once('@').unwrap_or((handle, ""));
    let (name, host) = (name.to_owned(), host.to_lowercase());
    ctx.db()
        .read(move |tx| {
            let actor = actors::by_handle(tx, &host, &name)?.ok_or(Error::missing(Noun::Person))?;
            let role = match accounts::of_actor(tx, actor.id)? {
                Some(account) => accounts::find(tx, account)?.map(|account| account.role),
                None => None,
            };
            Ok(Profile { actor, role })
        })
        .await
}

/// A comment with the title of its thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Titled {
    /// The comment.
    pub comment: Line,
    /// Its thread's title.
    pub title: String,
}

/// A page of what somebody wrote, newest first, and the cursor of the next.
///
/// # Errors
/// Failures only.
pub async fn comments(
    ctx: &Ctx,
    profile: &Profile,
    before: Option<CommentId>,
    limit: usize,
) -> Result<(Vec<Titled>, Option<CommentId>)> {
    let author = profile.actor.id;
    let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows = ctx.db().read(move |tx| comments::by_author(tx, author, before, more)).await?;
    let mut found: Vec<_> = rows.into_iter().map(|(comment, title)| Titled { comment, title }).collect();
    let next = (found.len() > limit).then(|| found.get(limit.saturating_sub(1)).map(|last| last.comment.id)).flatten();
    found.truncate(limit);
    Ok((found, next))
}

/// Changes what a person says of themselves.
///
/// # Errors
/// Refusals of the text; failures.
pub async fn describe(ctx: &Ctx, who: &Person, about: &str) -> Result<()> {
    who.must_be(Role::Member, "describe yourself")?;
    who.must_be_free("describe yourself")?;
    let html = if about.trim().is_empty() { String::new() } else { crate::writing::render(ctx, about)?.html };
    let (actor, about) = (who.actor, domain::text::tidy(about));
    Ok(ctx.db().write(move |tx| actors::set_about(tx, actor, &about, &html)).await?)
}

/// How many comments of theirs can be read.
///
/// # Errors
/// Failures only.
pub async fn count(ctx: &Ctx, profile: &Profile) -> Result<i64> {
    let author = profile.actor.id;
    Ok(ctx.db().read(move |tx| comments::count_by_author(tx, author)).await?)
}
