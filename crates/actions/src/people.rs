//! People: who they are and what they wrote.

use domain::{CommentId, Level, Noun, Role, Sanction};
use storage::accounts;
use storage::actors::{self, Actor};
use storage::comments::{self, Line};

use crate::elsewhere::policy;
use crate::sanctions::known;
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
    let mut profile = ctx
        .db()
        .read(move |tx| {
            let actor = actors::by_handle(tx, &host, &name)?.ok_or(Error::missing(Noun::Person))?;
            let role = match accounts::of_actor(tx, actor.id)? {
                Some(account) => accounts::find(tx, account)?.map(|account| account.role),
                None => None,
            };
            Ok::<_, Error>(Profile { actor, role })
        })
        .await?;
    if is_silenced(ctx, &profile.actor).await? {
        profile.actor.about.clear();
        profile.actor.about_html.clear();
    }
    Ok(profile)
}

/// Whether what somebody says of themselves is shown to nobody: they are suspended, or their server is blocked.
async fn is_silenced(ctx: &Ctx, actor: &Actor) -> Result<bool> {
    known::refresh(ctx).await?;
    if known::of(ctx, actor.id).everywhere() == Some(Sanction::Suspend) {
        return Ok(true);
    }
    Ok(!actor.host.is_empty() && policy::level(ctx, &actor.host).await? == Level::Block)
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
