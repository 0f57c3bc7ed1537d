//! Deciding how another server is dealt with. Not here: which entry counts for whom (`domain::policy`), what follows for what is here
//! (`elsewhere::parting`).

use std::collections::HashSet;

use domain::policy::{Coverage, Entry, Merged, merged, subject};
use domain::{ActorId, Deed, Level, Refusal};
use storage::policies::{self, Policy};
use storage::{Read, Write, jobs};

use super::By;
use super::blocklist::{self, Listed, Unread};
use super::peers::{self, Standing};
use crate::elsewhere::parting::{self, Look, Whom};
use crate::elsewhere::policy;
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How the server is dealt with.
    pub level: Level,
    /// Whether those below its name are, too.
    pub coverage: Coverage,
    /// Why, for the moderation log.
    pub reason: String,
}

/// Decides about a server, whether or not it was ever met, and puts that into effect: when it is answered, what was to be hidden is. Doing
/// it twice does nothing the second time.
///
/// # Errors
/// [`Refusal::Field`] for what is no server that could be decided about; refusals of those who do not run this instance; failures.
pub async fn decide(ctx: &Ctx, by: &By, host: &str, decision: Decision) -> Result<Standing> {
    by.allowed()?;
    let (host, coverage) = named(ctx, host, decision.coverage)?;
    let (entry, reason) = (Entry { level: decision.level, coverage }, reasoned(&decision.reason)?);
    let (cx, who, name) = (ctx.clone(), by.clone(), host.clone());
    let changed = ctx.db().write(move |tx| decided(tx, &cx, &who, &name, (entry, reason))).await?;
    if let Some(whom) = changed {
        parting::carry_out(ctx, &whom, Look::First).await?;
    }
    peers::find(ctx, by, &host).await
}

/// The name that is meant, and for whom it counts: for those that are wanted at least.
pub(super) fn named(ctx: &Ctx, host: &str, covers: Coverage) -> Result<(String, Coverage)> {
    let read = subject(host, covers, ctx.elsewhere().addresses().host(), policy::network(ctx));
    read.map_err(|bad| Error::Refused(Refusal::field("host", format!("“{}” {bad}", domain::text::excerpt(host, 100)))))
}

/// Writes down what was decided, with the work that follows. Says whom it is about, if it is new.
fn decided(tx: &mut Write, ctx: &Ctx, by: &By, host: &str, (entry, reason): (Entry, String)) -> Result<Option<Whom>> {
    let before = policies::find(tx, host)?.map(|before| before.entry);
    if before == Some(entry) {
        return Ok(None);
    }
    by.note(tx, ctx, deed(entry.level), Some(host), &reason)?;
    keep(tx, ctx, by.actor(), host, (entry, reason))?;
    // What counted before may have been for those below, too.
    let wide = [before, Some(entry)].into_iter().flatten().any(|entry| entry.coverage == Coverage::Subdomains);
    let whom = if wide { Whom::Below(host.to_owned()) } else { Whom::Host(host.to_owned()) };
    look_again(tx, ctx, &whom)?;
    Ok(Some(whom))
}

fn keep(tx: &mut Write, ctx: &Ctx, by: Option<ActorId>, host: &str, (entry, reason): (Entry, String)) -> Result<()> {
    Ok(policies::set(tx, &Policy { host: host.to_owned(), entry, reason, by, decided: ctx.now() })?)
}

fn look_again(tx: &mut Write, ctx: &Ctx, whom: &Whom) -> Result<()> {
    let at = ctx.now().plus_ms(parting::AGAIN_MS);
    Ok(jobs::insert(tx, ctx.id(), parting::KIND, &whom.payload(), at)?)
}

const fn deed(level: Level) -> Deed {
    match level {
        Level::Allow => Deed::Allow,
        Level::Limit => Deed::Limit,
        Level::Hold => Deed::Hold,
        Level::Reject => Deed::Reject,
        Level::Block => Deed::Block,
    }
}

/// Whether a list is taken over, or only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Nothing is changed.
    Dry,
    /// It is.
    Real,
}

/// What a list changes, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Hosts about which nothing was decided, and how they are dealt with.
    pub new: Vec<(String, Entry)>,
    /// Those that are dealt with more strictly, or more of whom are: from, to.
    pub changed: Vec<(String, Entry, Entry)>,
    /// Those about which enough was decided.
    pub kept: Vec<String>,
    /// Lines that are no entries.
    pub refused: Vec<Unread>,
}

/// Compares a list of somebody else's with what was decided, and takes it over if that is wanted. Nothing becomes milder by it.
///
/// # Errors
/// [`Refusal::Field`] for a list that is too long; refusals of those who do not run this instance; failures.
pub async fn import(ctx: &Ctx, by: &By, list: &str, run: Run, reason: &str) -> Result<Difference> {
    by.allowed()?;
    if list.len() > blocklist::MAX_BYTES {
        return Err(too_long());
    }
    let reason = reasoned(reason)?;
    let (listed, refused) = blocklist::read(list, ctx.elsewhere().addresses().host(), policy::network(ctx));
    if listed.len() > blocklist::MAX_ENTRIES {
        return Err(too_long());
    }
    let (cx, by) = (ctx.clone(), by.clone());
    let taken = match run {
        Run::Dry => ctx.db().read(move |tx| compare(tx, listed)).await?,
        Run::Real => ctx.db().write(move |tx| take_over(tx, &cx, &by, listed, &reason)).await?,
    };
    if run == Run::Real && !taken.followed.is_empty() {
        parting::carry_out(ctx, &Whom::All, Look::First).await?;
    }
    Ok(Difference { refused, ..taken.difference })
}

fn too_long() -> Error {
    let problem = format!(
        "it is too long; take over at most {} entries, in {} bytes, at a time",
        blocklist::MAX_ENTRIES,
        blocklist::MAX_BYTES
    );
    Error::Refused(Refusal::field("list", problem))
}

/// What a list comes to.
struct Compared {
    difference: Difference,
    /// Entries that are followed.
    followed: Vec<Listed>,
}

fn compare(tx: &mut Read, listed: Vec<Listed>) -> Result<Compared> {
    let (known, mut seen) = (policies::all(tx)?, HashSet::new());
    let (mut difference, mut followed) = (Difference::default(), Vec::new());
    // Of what is listed twice the first counts.
    for one in listed.into_iter().filter(|one| seen.insert(one.host.clone())) {
        let before = known.get(&one.host).copied();
        match (merged(before, one.entry), before) {
            (Merged::Stricter(entry), Some(before)) => {
                difference.changed.push((one.host.clone(), before, entry));
                followed.push(Listed { entry, ..one });
            }
            (Merged::New, _) => {
                difference.new.push((one.host.clone(), one.entry));
                followed.push(one);
            }
            (Merged::Kept | Merged::Stricter(_), _) => difference.kept.push(one.host),
        }
    }
    Ok(Compared { difference, followed })
}

fn take_over(tx: &mut Write, ctx: &Ctx, by: &By, listed: Vec<Listed>, reason: &str) -> Result<Compared> {
    let compared = compare(tx, listed)?;
    if compared.followed.is_empty() {
        return Ok(compared);
    }
    by.note(tx, ctx, Deed::Blocklist, None, reason)?;
    for one in &compared.followed {
        // Where the list does not say why it has somebody, whoever took it over says why they did.
        let why = if one.reason.is_empty() { reason } else { &one.reason };
        keep(tx, ctx, by.actor(), &one.host, (one.entry, why.to_owned()))?;
    }
    look_again(tx, ctx, &Whom::All)?;
    Ok(compared)
}

/// Decisions that are read at a time.
const PAGE: i64 = 500;

/// All that was decided, but for what is allowed, as CSV that Mastodon reads.
///
/// # Errors
/// Refusals of those who do not run this instance; failures.
pub async fn export(ctx: &Ctx, by: &By) -> Result<String> {
    by.allowed()?;
    let all = ctx.db().read(|tx| {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = policies::page(tx, &after, PAGE)?;
            let Some(last) = page.last() else { return Ok::<_, Error>(all) };
            after.clone_from(&last.host);
            all.extend(page);
        }
    });
    Ok(blocklist::write(&all.await?))
}
