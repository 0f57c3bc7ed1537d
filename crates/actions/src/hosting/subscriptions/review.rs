//! What has changed in a list, put before those who decide, and what they have decided. Whoever decides says what they have seen: if it is
//! otherwise by then, nothing is done.

use std::collections::{HashMap, HashSet};

use domain::listing::{Named, Proposal, proposal};
use domain::policy::Entry;
use domain::rights::Right;
use domain::{Deed, Refusal, Time};
use sha2::{Digest as _, Sha256};
use storage::blocklists::{self, Blocklist, Line};
use storage::policies::{self, Policy};
use storage::{Read, Write, jobs};

use super::super::{By, and_one};
use super::{MOST, found, host};
use crate::elsewhere::parting::{self, Look, Whom};
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// What is proposed about a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The host.
    pub host: String,
    /// What.
    pub proposal: Proposal,
    /// Why, as the list has it.
    pub reason: String,
    /// The addresses of other lists that name it, too.
    pub also: Vec<String>,
}

/// What has changed in a list.
#[derive(Clone, Debug)]
pub struct Review {
    /// The list, and what about it is suspicious.
    pub list: Blocklist,
    /// By host.
    pub lines: Vec<Proposed>,
    /// What tells it from every other.
    pub version: String,
}

/// What is decided.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// What whoever decides has seen.
    pub version: String,
    /// Hosts about which is done as proposed.
    pub approve: Vec<String>,
    /// Hosts about which it is not, nor proposed again until the list says something else.
    pub refuse: Vec<String>,
    /// What becomes of all others; `None`: they wait.
    pub rest: Option<Rest>,
    /// Why, for the moderation log.
    pub reason: String,
}

/// What becomes of lines that are not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It is done as proposed.
    Approve,
    /// It is not.
    Refuse,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Hosts about which something is decided now that were not known.
    pub new: usize,
    /// Those that are dealt with more strictly.
    pub stricter: usize,
    /// Those about which nothing is decided any more.
    pub lifted: usize,
    /// Lines that were refused.
    pub refused: usize,
}

/// What has changed in a list and is not decided.
///
/// # Errors
/// [`Refusal::NotFound`]; refusals of those who do not run this instance; failures.
pub async fn look(ctx: &Ctx, by: &By, id: i64) -> Result<Review> {
    by.must(Right::RunPeers)?;
    ctx.db().read(move |tx| reviewed(tx, id)).await
}

fn reviewed(tx: &mut Read, id: i64) -> Result<Review> {
    let (list, lines) = (found(tx, id)?, proposed(tx, id)?);
    let lines: Vec<Proposed> = lines.into_iter().map(|(_, proposed)| proposed).collect();
    let version = version(&lines);
    Ok(Review { list, lines, version })
}

/// How many lines wait for somebody to decide.
pub(super) fn count(tx: &mut Read, id: i64) -> Result<i64> {
    Ok(i64::try_from(proposed(tx, id)?.len()).unwrap_or(i64::MAX))
}

/// Of the same proposals it is the same, whatever they come from: a list that was fetched again, or what somebody decided by hand.
fn version(lines: &[Proposed]) -> String {
    let mut digest = Sha256::new();
    for Proposed { host, proposal, .. } in lines {
        digest.update(format!("{host} {proposal:?}\n"));
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn proposed(tx: &mut Read, id: i64) -> Result<Vec<(Line, Proposed)>> {
    let (lines, known) = (blocklists::lines(tx, id)?, policies::all_with_times(tx)?);
    let hint = |line: &Line, elsewhere| propose(line, &known, elsewhere).is_some();
    let candidates: Vec<Line> = lines.into_iter().filter(|line| hint(line, false)).collect();
    let hosts: Vec<String> = candidates.iter().map(|line| line.host.clone()).collect();
    let naming = others(tx, id, &hosts)?;
    let line = |line: Line| {
        let also = naming.get(&line.host).cloned().unwrap_or_default();
        let proposal = propose(&line, &known, !also.is_empty())?;
        let (host, reason) = (line.host.clone(), line.reason.clone());
        Some((line, Proposed { host, proposal, reason, also }))
    };
    Ok(candidates.into_iter().filter_map(line).collect())
}

fn propose(line: &Line, known: &HashMap<String, (Entry, Time)>, elsewhere: bool) -> Option<Proposal> {
    let counts = known.get(&line.host);
    let applied = is_applied(line, counts);
    proposal(&Named { says: line.says, refused: line.refused, applied, elsewhere }, counts.map(|(entry, _)| *entry))
}

/// Whether what counts was decided because of the line: whoever decides by hand does so at another time.
fn is_applied(line: &Line, counts: Option<&(Entry, Time)>) -> bool {
    line.applied.is_some() && line.applied == counts.map(|(_, decided)| *decided)
}

/// Which other lists name these hosts: their addresses, by host.
fn others(tx: &mut Read, id: i64, hosts: &[String]) -> Result<HashMap<String, Vec<String>>> {
    let urls: HashMap<i64, String> = blocklists::all(tx, and_one(MOST))?
        .into_iter()
        .filter(|one| one.id != id)
        .map(|one| (one.id, one.url))
        .collect();
    let named = |ids: Vec<i64>| ids.iter().filter_map(|id| urls.get(id).cloned()).collect();
    Ok(blocklists::naming(tx, hosts)?.into_iter().map(|(host, ids)| (host, named(ids))).collect())
}

/// Does what was decided, and puts it into effect. Says how much that was, and how it is then.
///
/// # Errors
/// [`Refusal::Overtaken`] if it is not what was seen; [`Refusal::Field`] for hosts about which nothing is proposed; as of [`look`].
pub async fn decide(ctx: &Ctx, by: &By, id: i64, verdict: Verdict) -> Result<(Done, Review)> {
    by.must(Right::RunPeers)?;
    let (cx, who, reason) = (ctx.clone(), by.clone(), reasoned(&verdict.reason)?);
    let done = ctx.db().write(move |tx| decided(tx, &cx, &who, id, &Verdict { reason, ..verdict })).await?;
    if done.new + done.stricter > 0 {
        parting::carry_out(ctx, &Whom::All, Look::First).await?;
    }
    Ok((done, look(ctx, by, id).await?))
}

fn decided(tx: &mut Write, ctx: &Ctx, by: &By, id: i64, verdict: &Verdict) -> Result<Done> {
    let list = found(tx, id)?;
    let lines = proposed(tx, id)?;
    let seen: Vec<Proposed> = lines.iter().map(|(_, proposed)| proposed.clone()).collect();
    if version(&seen) != verdict.version {
        let what = "The list, or what was decided about a server in it, has changed since you looked.";
        return Err(Error::Refused(Refusal::Overtaken(what.to_owned())));
    }
    let chosen = Chosen::of(verdict, &seen)?;
    let mut done = Done::default();
    for (line, proposed) in lines {
        match chosen.about(&line.host) {
            Some(Rest::Approve) => approve(tx, (ctx, by), id, (line, proposed.proposal), (&verdict.reason, &mut done))?,
            Some(Rest::Refuse) => refuse(tx, id, line, &mut done)?,
            None => {}
        }
    }
    finish(tx, (ctx, by), list, done, &verdict.reason).map(|()| done)
}

/// What becomes of each line.
struct Chosen<'a> {
    approve: HashSet<&'a str>,
    refuse: HashSet<&'a str>,
    rest: Option<Rest>,
}

impl<'a> Chosen<'a> {
    fn of(verdict: &'a Verdict, seen: &[Proposed]) -> Result<Self> {
        let there: HashSet<&str> = seen.iter().map(|one| one.host.as_str()).collect();
        let set = |field: &'static str, hosts: &'a [String]| {
            let hosts: HashSet<&str> = hosts.iter().map(String::as_str).collect();
            let Some(other) = hosts.iter().find(|host| !there.contains(*host)) else { return Ok(hosts) };
            let problem = format!("nothing is proposed about “{}”", domain::text::excerpt(other, 100));
            Err(Error::Refused(Refusal::field(field, problem)))
        };
        let (approve, refuse) = (set("approve", &verdict.approve)?, set("refuse", &verdict.refuse)?);
        if !approve.is_disjoint(&refuse) {
            return Err(Error::Refused(Refusal::field("refuse", "a host is approved as well; name it once")));
        }
        Ok(Self { approve, refuse, rest: verdict.rest })
    }

    fn about(&self, host: &str) -> Option<Rest> {
        match (self.approve.contains(host), self.refuse.contains(host)) {
            (true, _) => Some(Rest::Approve),
            (_, true) => Some(Rest::Refuse),
            _ => self.rest,
        }
    }
}

fn approve(
    tx: &mut Write,
    (ctx, by): (&Ctx, &By),
    id: i64,
    (line, proposal): (Line, Proposal),
    (reason, done): (&str, &mut Done),
) -> Result<()> {
    let Proposal::Follow { from, to } = proposal else {
        done.lifted += 1;
        return lift(tx, ctx, id, &line.host);
    };
    let counts = policies::find(tx, &line.host)?.map(|known| (known.entry, known.decided));
    // What was decided by hand before is not the list's to lift.
    let applied = (from.is_none() || is_applied(&line, counts.as_ref())).then_some(ctx.now());
    *(if from.is_none() { &mut done.new } else { &mut done.stricter }) += 1;
    let why = if line.reason.is_empty() { reason.to_owned() } else { line.reason.clone() };
    let (host, by, decided) = (line.host.clone(), by.actor(), ctx.now());
    policies::set(tx, &Policy { host, entry: to, reason: why, by, decided })?;
    Ok(blocklists::keep(tx, id, &Line { refused: None, applied, ..line })?)
}

/// What was hidden comes back by work of its own: whoever decides does not wait for it.
fn lift(tx: &mut Write, ctx: &Ctx, id: i64, host: &str) -> Result<()> {
    policies::remove(tx, host)?;
    blocklists::forget(tx, id, host)?;
    Ok(jobs::insert(tx, ctx.id(), parting::KIND, &Whom::Below(host.to_owned()).payload(), ctx.now())?)
}

fn refuse(tx: &mut Write, id: i64, line: Line, done: &mut Done) -> Result<()> {
    done.refused += 1;
    Ok(blocklists::keep(tx, id, &Line { refused: Some(line.says), ..line })?)
}

fn finish(tx: &mut Write, (ctx, by): (&Ctx, &By), list: Blocklist, done: Done, reason: &str) -> Result<()> {
    if done == Done::default() {
        return Ok(());
    }
    by.note(tx, ctx, Deed::ReviewList, Some(&host(ctx, &list)), format!("{}. {reason}", done.words()).trim())?;
    if done.new + done.stricter > 0 {
        jobs::insert(tx, ctx.id(), parting::KIND, &Whom::All.payload(), ctx.now().plus_ms(parting::AGAIN_MS))?;
    }
    let waiting = count(tx, list.id)?;
    // Somebody has looked at it.
    let state = blocklists::State { alarm: None, waiting, ..list.state };
    Ok(blocklists::set(tx, list.id, &state)?)
}

impl Done {
    /// It in words, for the moderation log.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { new, stricter, lifted, refused } = self;
        format!("{new} new, {stricter} more strict, {lifted} lifted, {refused} refused")
    }
}
