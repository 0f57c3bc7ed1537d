//! Managing a thread: locking and unlocking it, pinning and unpinning it.

use domain::authority::Act;
use domain::rights::Right;
use domain::{ActorId, CommentId, Deed, Month, Noun, Refusal, ThreadId, first_made_at};
use storage::log::{self, Entry, Listed, Sought};
use storage::threads::{self, Touch};
use storage::{Read, actors};

use crate::hosting::{By, and_one, cut};
use crate::writing::{permitted, reasoned};
use crate::{Ctx, Error, Person, Result};

/// Locks, unlocks, pins or unpins a thread. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals of the table of rights; failures.
pub async fn manage(ctx: &Ctx, who: &Person, thread: ThreadId, deed: Deed, reason: &str) -> Result<()> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let spot = permitted(tx, &who.standing(), Act::Manage, thread.root())?;
            let found = threads::find(tx, thread)?.ok_or(Error::missing(domain::Noun::Thread))?;
            match deed {
                Deed::Lock | Deed::Unlock if found.locked == (deed == Deed::Lock) => return Ok(()),
                Deed::Pin | Deed::Unpin if found.pinned == (deed == Deed::Pin) => return Ok(()),
                Deed::Lock | Deed::Unlock => threads::set_locked(tx, thread, deed == Deed::Lock)?,
                Deed::Pin | Deed::Unpin => threads::set_pinned(tx, thread, deed == Deed::Pin)?,
                _ => {
                    return Err(Error::Refused(Refusal::field(
                        "deed",
                        "threads are locked and pinned, and nothing else",
                    )));
                }
            }
            let now = cx.now();
            let entry = Entry {
                id: cx.id(),
                moderator: who.actor,
                moderator_name: who.name.clone(),
                deed,
                comment: Some(spot.id),
                host: None,
                person: None,
                reason,
                at: now,
            };
            log::insert(tx, &entry)?;
            threads::touch(tx, thread, Touch { comments: 0, active: None, event: None, now })?;
            Ok(())
        })
        .await
}

/// What is looked for in the log; all that is said has to fit.
#[derive(Clone, Debug, Default)]
pub struct LogQuery {
    /// What was done.
    pub deed: Option<Deed>,
    /// The name of whoever did it.
    pub moderator: Option<String>,
    /// To which comment.
    pub comment: Option<CommentId>,
    /// In which month (UTC), as `2026-11`.
    pub month: Option<String>,
}

/// Entries of the log by what is looked for, newest first, for those who moderate; and the cursor of the next page.
///
/// # Errors
/// Refusals to others, of a name that nobody has, of what is no month; failures.
pub async fn search_log(
    ctx: &Ctx,
    by: &By,
    query: &LogQuery,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Listed>, Option<i64>)> {
    by.must(Right::SeeLog)?;
    let no_month = || Error::Refused(Refusal::field("month", "write it as 2026-11"));
    let between = query.month.as_deref().map(|month| Month::parse(month).ok_or_else(no_month)).transpose()?;
    let between = between.map(|month| (first_made_at(month.begins()), first_made_at(month.plus(1).begins())));
    let query = query.clone();
    let found = move |tx: &mut Read| -> Result<Vec<Listed>> {
        let moderator = query.moderator.map(|name| named(tx, &name)).transpose()?;
        let sought = Sought { deed: query.deed, moderator, comment: query.comment, between, public: false };
        Ok(log::page(tx, sought, before, and_one(limit))?)
    };
    let mut found = ctx.db().read(found).await?;
    let next = cut(&mut found, limit, |listed| listed.entry.id);
    Ok((found, next))
}

/// Whoever has a name here, or the handle of somebody elsewhere.
fn named(tx: &mut Read, handle: &str) -> Result<ActorId> {
    let (name, host) = handle.split_once('@').unwrap_or((handle, ""));
    Ok(actors::by_handle(tx, host, name)?.ok_or(Error::missing(Noun::Person))?.id)
}

/// A page of the moderation log, newest first, and the cursor of the next.
///
/// # Errors
/// Failures only.
pub async fn log(ctx: &Ctx, before: Option<i64>, limit: usize) -> Result<(Vec<Listed>, Option<i64>)> {
    let mut found = ctx
        .db()
        .read(move |tx| log::page(tx, Sought { public: true, ..Sought::default() }, before, and_one(limit)))
        .await?;
    let next = cut(&mut found, limit, |listed| listed.entry.id);
    Ok((found, next))
}
