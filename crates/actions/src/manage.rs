//! Managing a thread: locking and unlocking it, pinning and unpinning it, slowing it down; covering a comment and uncovering it.

use domain::authority::Act;
use domain::rights::Right;
use domain::{ActorId, CommentId, Deed, EventKind, Month, Noun, Origin, Refusal, ThreadId, first_made_at};
use federation::wire::addresses::OurActor;
use storage::log::{self, Entry, Listed, Sought};
use storage::threads::{self, Thread, Touch};
use storage::{Read, Write, actors, comments};

use crate::elsewhere::shift;
use crate::elsewhere::told::{self, Moderator};
use crate::hosting::{By, and_one, cut};
use crate::rearrange::{rooted, said};
use crate::retract::note;
use crate::writing::{permitted, reasoned};
use crate::{Ctx, Error, Person, Result, pace};

/// Locks, unlocks, pins or unpins a thread. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals of the table of rights; failures.
pub async fn manage(ctx: &Ctx, who: &Person, thread: ThreadId, deed: Deed, reason: &str) -> Result<()> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let spot = permitted(tx, &who.standing(), Act::Manage, thread.root())?;
            let found = rooted(tx, &spot)?;
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
            let closing = last_closing(tx, spot.id)?;
            let entry = note(tx, &cx, who.actor, deed, spot.id, reason.clone())?;
            changed(tx, &cx, thread)?;
            let by = OurActor::Person(who.name.clone());
            let by = Moderator { actor: &by, reason: &reason };
            match deed {
                Deed::Lock => told::closed(tx, &cx, &found, (entry, by), None)?,
                Deed::Unlock => opened(tx, &cx, &found, closing, (entry, by))?,
                _ => return told::pinned(tx, &cx, &found, by, deed == Deed::Pin),
            }
            shift::updated(tx, &cx, spot.id)
        })
        .await
}

/// The entry of the log by which a thread was closed last.
fn last_closing(tx: &mut Read, root: CommentId) -> Result<Option<Entry>> {
    let sought = Sought { deed: Some(Deed::Lock), comment: Some(root), ..Sought::default() };
    Ok(log::page(tx, sought, None, 1)?.pop().map(|listed| listed.entry))
}

/// What closed it is taken back, whoever did that. Where the log has nothing of it, or names nobody who is at home here, it is as if who
/// opens it had closed it.
fn opened(
    tx: &mut Write,
    ctx: &Ctx,
    thread: &Thread,
    closing: Option<Entry>,
    (entry, by): (i64, Moderator<'_>),
) -> Result<()> {
    let Some(closing) = closing else { return told::closed(tx, ctx, thread, (entry, by), Some(by.actor)) };
    let closer = closing.moderator.map_or(Ok(None), |closer| actors::find(tx, closer))?;
    let closer = closer.filter(|closer| closer.origin == Origin::Local);
    let closer = closer.map_or_else(|| by.actor.clone(), |closer| OurActor::Person(closer.name));
    let closer = Moderator { actor: &closer, reason: &closing.reason };
    told::closed(tx, ctx, thread, (closing.id, closer), Some(by.actor))
}

/// A thread is shown otherwise from now on.
fn changed(tx: &mut Write, ctx: &Ctx, thread: ThreadId) -> Result<()> {
    threads::touch(tx, thread, Touch { comments: 0, active: None, event: None, now: ctx.now() })?;
    Ok(())
}

/// Sets how many seconds everybody has to let pass between two comments of theirs in a thread; 0: none. Doing it twice does nothing the
/// second time.
///
/// # Errors
/// Refusals of the table of rights, of too long a pause; failures.
pub async fn slow(ctx: &Ctx, who: &Person, thread: ThreadId, seconds: i64, reason: &str) -> Result<()> {
    let seconds = pace::checked("seconds", seconds)?;
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let spot = permitted(tx, &who.standing(), Act::Manage, thread.root())?;
            if rooted(tx, &spot)?.slow == seconds {
                return Ok(());
            }
            threads::set_slow(tx, thread, seconds)?;
            let what = if seconds == 0 { "As fast as they like".to_owned() } else { format!("Every {seconds} s") };
            note(tx, &cx, who.actor, Deed::Slow, spot.id, said(&what, &reason))?;
            changed(tx, &cx, thread)
        })
        .await
}

/// Has the words of a comment shown to those only who want to see them, or to everybody again. Doing it twice does nothing the second
/// time.
///
/// # Errors
/// Refusals of the table of rights; failures.
pub async fn cover(ctx: &Ctx, who: &Person, comment: CommentId, sensitive: bool, reason: &str) -> Result<()> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let spot = permitted(tx, &who.standing(), Act::Manage, comment)?;
            if spot.sensitive == sensitive {
                return Ok(());
            }
            comments::set_sensitive(tx, comment, sensitive)?;
            let deed = if sensitive { Deed::Cover } else { Deed::Uncover };
            note(tx, &cx, who.actor, deed, comment, reason)?;
            let event = Some((EventKind::Edit, comment));
            threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event, now: cx.now() })?;
            shift::updated(tx, &cx, comment)
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
