//! Keeping a copy of what was taken down as against the law, or of what an administrator wants kept, for a set time. What becomes of the
//! comment does not touch it. Whoever reads one is in the log, in the part that is not for everybody.

use domain::rights::Right;
use domain::{CommentId, Deed, Noun, Refusal, State, Time};
use federation::wire::addresses::Ours;
use storage::comments::{self, Revision, Spot};
use storage::preserved::{self, Content, Copy, Edition};
use storage::{Read, Write, actors, objects, threads};

use crate::hosting::{By, and_one, cut};
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// For how many days at most a copy is kept from now on: whoever needs it longer says so again.
pub const MAX_DAYS: u32 = 3_650;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A copy with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preserved {
    /// What is known of it.
    pub copy: Copy,
    /// What it holds.
    pub content: Content,
}

/// Makes a copy of a comment. Where the newest one holds the same, that one stands.
///
/// # Errors
/// Refusals to those who may not, of no reason, of what has no words any more; failures.
pub async fn preserve(ctx: &Ctx, by: &By, comment: CommentId, reason: &str) -> Result<Copy> {
    by.must(Right::Preserve)?;
    let (cx, by, reason) = (ctx.clone(), by.clone(), given(reason)?);
    ctx.db()
        .write(move |tx| {
            let made = keep(tx, &cx, comment, &reason)?.ok_or_else(wordless)?;
            by.log(tx, &cx, Deed::Preserve, &named(made.id, &reason))?;
            Ok(made)
        })
        .await
}

fn wordless() -> Error {
    Error::Refused(Refusal::field("id", "its author has deleted it, and there are no words any more to be kept"))
}

/// A reason, which there has to be.
fn given(reason: &str) -> Result<String> {
    let reason = reasoned(reason)?;
    if reason.is_empty() {
        return Err(Error::Refused(Refusal::field(
            "reason",
            "say why it is kept; whoever looks at the log later has to understand it",
        )));
    }
    Ok(reason)
}

/// Which copy the log speaks of. The comment is not named: what was done to that is looked up by it, and this is no decision about it.
fn named(id: i64, reason: &str) -> String {
    if reason.is_empty() { format!("copy {id}") } else { format!("copy {id}: {reason}") }
}

/// Makes a copy of a comment, if it has words. Where the newest one holds the same and lasts as long, that one stands.
pub(crate) fn keep(tx: &mut Write, ctx: &Ctx, comment: CommentId, reason: &str) -> Result<Option<Copy>> {
    let spot = comments::spot_to_change(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
    let Some(content) = content(tx, &spot)? else { return Ok(None) };
    let until = ctx.now().plus_ms(i64::from(ctx.limits().retention.preserved_days) * DAY_MS);
    if let Some(former) = preserved::newest(tx, comment)?
        && preserved::content(tx, former.id)?.as_ref() == Some(&content)
    {
        preserved::prolong(tx, former.id, former.until.max(until))?;
        return Ok(preserved::find(tx, former.id)?);
    }
    let (author, address) = (handle(tx, &spot)?, address(tx, ctx, comment)?);
    let (thread, reason, created) = (spot.thread, reason.to_owned(), ctx.now());
    let copy = Copy { id: ctx.id(), comment, thread, author, address, reason, created, until };
    preserved::insert(tx, &copy, &content)?;
    Ok(Some(copy))
}

/// What there is of it: attachments are none, for none are stored here.
fn content(tx: &mut Read, spot: &Spot) -> Result<Option<Content>> {
    let is_root = spot.parent.is_none();
    // What was deleted has none; a thread may begin with a link alone.
    let source = comments::source(tx, spot.id)?.or_else(|| (is_root && spot.state != State::Deleted).then(String::new));
    let Some(source) = source else { return Ok(None) };
    let head = if is_root { threads::head_words(tx, spot.thread)? } else { None };
    let (title, url) = head.map_or((None, None), |(title, url)| (Some(title), url));
    let editions = comments::revisions(tx, spot.id)?;
    let all = comments::count_revisions(tx, spot.id)?;
    let left_out = all - i64::try_from(editions.len()).unwrap_or(all);
    let edition = |Revision { source, html, replaced }| Edition { source, html, replaced };
    Ok(Some(Content {
        title,
        url,
        source,
        html: comments::html(tx, spot.id)?.unwrap_or_default(),
        published: spot.published,
        edited: spot.edited,
        editions: editions.into_iter().map(edition).collect(),
        left_out,
    }))
}

fn handle(tx: &mut Read, spot: &Spot) -> Result<String> {
    let author = actors::find(tx, spot.author)?.ok_or(Error::missing(Noun::Person))?;
    Ok(if author.host.is_empty() { author.name } else { format!("{}@{}", author.name, author.host) })
}

fn address(tx: &mut Read, ctx: &Ctx, comment: CommentId) -> Result<String> {
    let home = objects::of_comments(tx, &[comment])?.remove(&comment).map(|object| object.uri);
    Ok(home.unwrap_or_else(|| ctx.elsewhere().addresses().of(&Ours::Comment(comment))))
}

/// What copies there are, newest first, without what they hold; and after which one the next page begins.
///
/// # Errors
/// Refusals to those who may not; failures. Also of the other functions here.
pub async fn page(ctx: &Ctx, by: &By, before: Option<i64>, limit: usize) -> Result<(Vec<Copy>, Option<i64>)> {
    by.must(Right::Preserve)?;
    let mut found = ctx.db().read(move |tx| preserved::page(tx, before, and_one(limit))).await?;
    let next = cut(&mut found, limit, |copy| copy.id);
    Ok((found, next))
}

/// What is known of one without reading it.
///
/// # Errors
/// [`Refusal::NotFound`]; as for [`page`].
pub async fn find(ctx: &Ctx, by: &By, id: i64) -> Result<Copy> {
    by.must(Right::Preserve)?;
    let now = ctx.now();
    ctx.db().read(move |tx| lasting(tx, id, now)).await
}

/// Reads one, and writes down that it was read.
///
/// # Errors
/// [`Refusal::NotFound`]; as for [`page`].
pub async fn read(ctx: &Ctx, by: &By, id: i64, reason: &str) -> Result<Preserved> {
    by.must(Right::Preserve)?;
    let (cx, by, reason) = (ctx.clone(), by.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let copy = lasting(tx, id, cx.now())?;
            let content = preserved::content(tx, id)?.ok_or(Error::missing(Noun::Preserved))?;
            by.log(tx, &cx, Deed::ReadPreserved, &named(id, &reason))?;
            Ok(Preserved { copy, content })
        })
        .await
}

/// Has one kept for so many days from now on, which must be longer than it is anyway.
///
/// # Errors
/// Refusals of no reason, of too few or too many days; as for [`read`].
pub async fn prolong(ctx: &Ctx, by: &By, id: i64, days: u32, reason: &str) -> Result<Copy> {
    by.must(Right::Preserve)?;
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(Error::Refused(Refusal::field("days", format!("choose from 1 to {MAX_DAYS}"))));
    }
    let (cx, by, reason) = (ctx.clone(), by.clone(), given(reason)?);
    ctx.db()
        .write(move |tx| {
            let (copy, until) = (lasting(tx, id, cx.now())?, cx.now().plus_ms(i64::from(days) * DAY_MS));
            if until < copy.until {
                let problem = "it is kept longer than that anyway; nothing ends sooner than it was said";
                return Err(Error::Refused(Refusal::field("days", problem)));
            }
            preserved::prolong(tx, id, until)?;
            by.log(tx, &cx, Deed::Prolong, &named(id, &reason))?;
            Ok(Copy { until, ..copy })
        })
        .await
}

/// One whose time is not over, also where nobody has deleted it yet.
fn lasting(tx: &mut Read, id: i64, now: Time) -> Result<Copy> {
    preserved::find(tx, id)?.filter(|copy| copy.until > now).ok_or(Error::missing(Noun::Preserved))
}
