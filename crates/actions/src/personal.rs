//! What belongs to one reader: their votes, what is new to them, who answered them. Small, and never cached with what is shown to everybody.

use std::collections::HashMap;

use domain::visit::Visit;
use domain::{CommentId, Role, ThreadId, Told, Word};
use storage::comments::{self, Line};
use storage::notifications::{self, Notification};
use storage::votes::{self, Vote};
use storage::{Read, approvals, log, threads, visits, warnings};

use crate::elsewhere::approval::{self, Waiting};
use crate::words::{self, Said};
use crate::{Ctx, Person, Result};

/// A reader's own part of a thread.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// Their votes in it.
    pub votes: HashMap<CommentId, Vote>,
    /// Their visits to it; `None` on the first one.
    pub visit: Option<Visit>,
}

/// Reads it.
///
/// # Errors
/// Failures only.
pub async fn own(ctx: &Ctx, who: &Person, thread: ThreadId) -> Result<Own> {
    let (actor, account) = (who.actor, who.account);
    ctx.db()
        .read(move |tx| {
            let mut votes: HashMap<_, _> = votes::of_actor(tx, actor, thread)?.into_iter().collect();
            // What was asked for counts for nobody else yet.
            votes.extend(approvals::wished_in(tx, actor, thread)?.into_iter().map(|comment| (comment, Vote::Up)));
            Ok(Own { votes, visit: visits::find(tx, account, thread)? })
        })
        .await
}

/// Remembers a visit.
///
/// # Errors
/// Failures only.
pub async fn keep(ctx: &Ctx, who: &Person, thread: ThreadId, visit: Visit) -> Result<()> {
    let account = who.account;
    Ok(ctx.db().write(move |tx| visits::keep(tx, account, thread, visit)).await?)
}

/// Somebody answered or mentioned the person.
#[derive(Clone, Debug)]
pub struct News {
    /// The notification.
    pub notification: Notification,
    /// The comment.
    pub comment: Line,
    /// Its thread's title.
    pub title: String,
    /// What it is to the person.
    pub kind: Kind,
    /// Why, where something was decided.
    pub reason: Option<String>,
}

/// What a comment is to whom it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It answers them.
    Answer,
    /// It mentions them.
    Mention,
    /// It is their own, and an author elsewhere did not allow it.
    Refusal,
    /// It is their own, and was taken down.
    Removed,
    /// It is their own, and was put back.
    Restored,
    /// They reported it, and something was found in that.
    Resolved,
    /// They reported it, and nothing was found.
    Dismissed,
    /// They reported it, and its author has deleted it.
    Gone,
    /// It is their own, and stays removed in spite of their appeal.
    AppealRejected,
    /// It is their own, and was put back as they had asked.
    AppealGranted,
}

impl Kind {
    /// What was decided, if something was.
    fn of(told: Told) -> Option<Self> {
        Some(match told {
            Told::Comment => return None,
            Told::Removed => Self::Removed,
            Told::Restored => Self::Restored,
            Told::Resolved => Self::Resolved,
            Told::Dismissed => Self::Dismissed,
            Told::Gone => Self::Gone,
            Told::AppealRejected => Self::AppealRejected,
            Told::AppealGranted => Self::AppealGranted,
        })
    }
}

/// A page of the person's notifications, newest first, and the cursor of the next.
///
/// # Errors
/// Failures only.
pub async fn news(ctx: &Ctx, who: &Person, before: Option<i64>, limit: usize) -> Result<(Vec<News>, Option<i64>)> {
    let (account, actor) = (who.account, who.actor);
    ctx.db()
        .read(move |tx| {
            let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let mut found = notifications::page(tx, account, before, more)?;
            let next = (found.len() > limit).then(|| found.get(limit.saturating_sub(1)).map(|last| last.id)).flatten();
            found.truncate(limit);
            let entries: Vec<i64> = found.iter().filter_map(|one| one.entry).collect();
            let entries = log::these(tx, &entries)?;
            let mut news = Vec::with_capacity(found.len());
            for notification in found {
                let Some(comment) = comments::lines(tx, &[notification.comment])?.pop() else { continue };
                let title = threads::find(tx, comment.thread)?.map(|thread| thread.title).unwrap_or_default();
                let parent = match comment.parent {
                    Some(parent) => comments::spot(tx, parent)?,
                    None => None,
                };
                let reason = notification.entry.and_then(|entry| entries.get(&entry)).map(|entry| entry.reason.clone());
                let kind = match parent {
                    _ if comment.author.id == actor => Kind::Refusal,
                    Some(parent) if parent.author == actor => Kind::Answer,
                    _ => Kind::Mention,
                };
                let kind = Kind::of(notification.told).unwrap_or(kind);
                news.push(News { notification, comment, title, kind, reason });
            }
            Ok((news, next))
        })
        .await
}

/// What moderators have said to the person about themselves, of these kinds, the newest first: what stands among the notifications of this
/// page. The page holds what comes after `next`, and what was before `before`.
///
/// # Errors
/// Failures only.
pub async fn warnings(
    ctx: &Ctx,
    who: &Person,
    kinds: &'static [Word],
    before: Option<i64>,
    next: Option<i64>,
) -> Result<Vec<Said>> {
    let actor = who.actor;
    ctx.db()
        .read(move |tx| {
            let mut found = warnings::page(tx, actor, kinds, before, MOST_WARNINGS)?;
            found.retain(|one| next.is_none_or(|next| one.id > next));
            words::whole(tx, found)
        })
        .await
}

/// So much of that stands on one page.
const MOST_WARNINGS: i64 = 50;

/// Most that somebody is shown of what waits.
const MOST_WAITING: i64 = 50;

/// The newest of what the person wrote that waits for the word of an author elsewhere, or has waited in vain, with the titles of the threads.
///
/// # Errors
/// Failures only.
pub async fn waiting(ctx: &Ctx, who: &Person) -> Result<Vec<(Waiting, String)>> {
    let actor = who.actor;
    ctx.db()
        .read(move |tx| {
            let mut found = Vec::new();
            for approval in approvals::waiting(tx, actor, MOST_WAITING)? {
                let Some(waiting) = approval::named(tx, &approval)? else { continue };
                let title = comments::spot(tx, waiting.comment)?.map(|spot| spot.title).unwrap_or_default();
                found.push((waiting, title));
            }
            Ok(found)
        })
        .await
}

/// How many notifications are unread; 100 stands for "many".
///
/// # Errors
/// Failures only.
pub async fn unread(ctx: &Ctx, who: &Person) -> Result<usize> {
    let account = who.account;
    let (actor, most) = (who.actor, 100);
    let unread = move |tx: &mut Read| {
        let told = notifications::unread(tx, account, most)?;
        Ok::<_, storage::Error>(told + warnings::unread(tx, actor, most)?)
    };
    Ok(ctx.db().read(unread).await?.min(100))
}

/// Marks the notifications up to an id as read.
///
/// # Errors
/// [`domain::Refusal::ScopeMissing`]; failures.
pub async fn mark_read(ctx: &Ctx, who: &Person, up_to: i64) -> Result<()> {
    who.must_be(Role::Member, "mark notifications as read")?;
    let (account, actor, now) = (who.account, who.actor, ctx.now());
    ctx.db()
        .write(move |tx| {
            notifications::read_up_to(tx, account, up_to, now)?;
            Ok(warnings::read_up_to(tx, actor, up_to, now).map(drop)?)
        })
        .await
}
