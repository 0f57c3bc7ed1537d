//! Looking at a list: at once when it is subscribed to, then each day, less and less often while it is not to be had.

use std::collections::HashMap;
use std::time::Duration;

use domain::Time;
use domain::listing::{Alarm, alarm};
use domain::rights::Right;
use federation::budget::{Allowance, Budget, Cause};
use federation::client::{Edition, FetchError, File};
use storage::blocklists::{self, Blocklist, Line, State, Unread};
use storage::jobs::{self, Job};
use storage::{Read, Write};

use super::super::By;
use super::super::blocklist::{self, Listed};
use super::{found, review};
use crate::elsewhere::{self, policy};
use crate::{Ctx, Error, Result};

/// The kind of the work; each list has one, of its own number.
pub(crate) const KIND: &str = "blocklist";
/// How often a list is looked at.
pub(crate) const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60 * 1000;
/// How long after the first failure it is tried again; then after twice as long each time, up to a day.
const FIRST_MS: i64 = 15 * MINUTE_MS;
/// Lists are spread over so much time, so that not all of them are asked for at once.
const SPREAD_MS: i64 = 60 * MINUTE_MS;
/// Other work waits for it, and its lease is three times as long.
const TIME: Duration = Duration::from_secs(20);
/// Lines that are no entries: so many are kept, to be shown.
const MOST_UNREAD: usize = 200;

/// Looks at a list now, and says how it goes.
///
/// # Errors
/// [`domain::Refusal::NotFound`]; refusals of those who do not run this instance; failures of ours. That the list is not to be had is none.
pub async fn fetch(ctx: &Ctx, by: &By, id: i64) -> Result<Blocklist> {
    by.must(Right::RunPeers)?;
    let list = ctx.db().read(move |tx| found(tx, id)).await?;
    look(ctx, list).await?;
    ctx.db().read(move |tx| found(tx, id)).await
}

/// Does it because it is due.
///
/// # Errors
/// Failures only.
pub(crate) async fn go_on(ctx: &Ctx, job: Job) -> Result<()> {
    match ctx.db().read(move |tx| blocklists::find(tx, job.id)).await? {
        Some(list) => look(ctx, list).await,
        None => ctx.db().write(move |tx| Ok::<_, Error>(jobs::done(tx, job.id)?)).await,
    }
}

async fn look(ctx: &Ctx, list: Blocklist) -> Result<()> {
    let (cx, id) = (ctx.clone(), list.id);
    match read(ctx, &list).await? {
        Ok(None) => ctx.db().write(move |tx| settle(tx, id, |state| had(state, &cx))).await,
        Ok(Some(read)) => ctx.db().write(move |tx| take(tx, &cx, id, read)).await,
        Err(NotHad { why, wait_ms }) => {
            tracing::warn!(url = list.url, why, "a list of servers was not to be had");
            ctx.db().write(move |tx| settle(tx, id, |state| failed(state, &cx, (why, wait_ms)))).await
        }
    }
}

/// What a list says now.
struct Found {
    listed: Vec<Listed>,
    unread: Vec<blocklist::Unread>,
    edition: Edition,
}

/// Why there is nothing, and how long its server asks to wait.
struct NotHad {
    why: String,
    wait_ms: i64,
}

impl From<FetchError> for NotHad {
    fn from(error: FetchError) -> Self {
        let wait_ms = if let FetchError::Later { retry_after_ms, .. } = &error { *retry_after_ms } else { None };
        Self { why: error.to_string(), wait_ms: wait_ms.unwrap_or(0) }
    }
}

/// `None`: it is as it was.
async fn read(ctx: &Ctx, list: &Blocklist) -> Result<std::result::Result<Option<Found>, NotHad>> {
    let rules = ctx.elsewhere().rules();
    let Ok(url) = rules.callable(&list.url) else {
        return Ok(Err(NotHad { why: "its address is not fetched from any more".into(), wait_ms: 0 }));
    };
    let budget = Budget::new(Allowance { time: TIME, ..Allowance::default() }, Cause::Ours);
    let known = Edition { etag: list.state.etag.clone(), modified: list.state.modified.clone() };
    let client = elsewhere::client(ctx).await?;
    Ok(match client.fetch_file(&url, &known, blocklist::MAX_BYTES, &budget, ctx.now().0).await {
        Ok(File::Known) => Ok(None),
        Ok(File::New(bytes, edition)) => understood(ctx, &bytes, edition).map(Some),
        Err(error) => Err(error.into()),
    })
}

fn understood(ctx: &Ctx, bytes: &[u8], edition: Edition) -> std::result::Result<Found, NotHad> {
    let text = String::from_utf8_lossy(bytes);
    let (listed, unread) = blocklist::read(&text, ctx.elsewhere().addresses().host(), policy::network(ctx));
    if listed.len() > blocklist::MAX_ENTRIES {
        let why = format!("it has more than {} entries", blocklist::MAX_ENTRIES);
        return Err(NotHad { why, wait_ms: 0 });
    }
    Ok(Found { listed, unread, edition })
}

fn had(state: State, ctx: &Ctx) -> State {
    let next = ctx.now().plus_ms(DAY_MS);
    State { fetched: Some(ctx.now()), next, failures: 0, error: String::new(), ..state }
}

fn failed(state: State, ctx: &Ctx, (why, wait_ms): (String, i64)) -> State {
    let failures = state.failures.saturating_add(1);
    let next = ctx.now().plus_ms(pause(failures).max(wait_ms));
    State { failures, error: why, next, ..state }
}

/// After so many failures in a row.
#[must_use]
pub fn pause(failures: i64) -> i64 {
    let doubled = u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_MS.saturating_mul(2_i64.saturating_pow(doubled)).min(DAY_MS)
}

/// Writes down how it goes, and when the work is done again. Whoever has ended the subscription meanwhile has ended the work.
fn settle(tx: &mut Write, id: i64, now: impl FnOnce(State) -> State) -> Result<()> {
    let Some(list) = blocklists::find(tx, id)? else { return Ok(()) };
    let state = now(list.state);
    let state = State { waiting: review::count(tx, id)?, next: spread(id, state.next), ..state };
    jobs::again(tx, id, state.next, &state.error)?;
    Ok(blocklists::set(tx, id, &state)?)
}

/// Always the same for the same list.
fn spread(id: i64, at: Time) -> Time {
    at.plus_ms(id.rem_euclid(SPREAD_MS))
}

fn take(tx: &mut Write, ctx: &Ctx, id: i64, found: Found) -> Result<()> {
    if blocklists::find(tx, id)?.is_none() {
        return Ok(());
    }
    let alarm = replace(tx, id, found.listed)?;
    let (unread, Edition { etag, modified }) =
        (found.unread.into_iter().take(MOST_UNREAD).map(kept).collect(), found.edition);
    settle(tx, id, |state| {
        // What was suspicious stays so until somebody has looked at it.
        let alarm = alarm.or(state.alarm);
        State { etag, modified, unread, alarm, ..had(state, ctx) }
    })
}

fn kept(blocklist::Unread { line, text, reason }: blocklist::Unread) -> Unread {
    Unread { line: i64::try_from(line).unwrap_or(i64::MAX), text, reason }
}

/// Keeps what a list says now. Says what about it is suspicious.
fn replace(tx: &mut Write, id: i64, listed: Vec<Listed>) -> Result<Option<Alarm>> {
    let mut known = known(tx, id)?;
    let before = known.values().filter(|line| line.says.is_some()).count();
    let (mut now, mut changed) = (0, 0);
    // Of what is listed twice the first counts: of the second nothing is known any more.
    let mut seen = std::collections::HashSet::new();
    for one in listed.into_iter().filter(|one| seen.insert(one.host.clone())) {
        now += 1;
        let line = known.remove(&one.host);
        changed += usize::from(line.as_ref().and_then(|line| line.says) != Some(one.entry));
        say(tx, id, one, line)?;
    }
    for line in known.into_values().filter(|line| line.says.is_some()) {
        changed += 1;
        fall_silent(tx, id, line)?;
    }
    Ok(alarm(before, now, changed))
}

fn known(tx: &mut Read, id: i64) -> Result<HashMap<String, Line>> {
    Ok(blocklists::lines(tx, id)?.into_iter().map(|line| (line.host.clone(), line)).collect())
}

fn say(tx: &mut Write, id: i64, Listed { host, entry, reason }: Listed, line: Option<Line>) -> Result<()> {
    let says = Some(entry);
    if line.as_ref().is_some_and(|line| line.says == says && line.reason == reason) {
        return Ok(());
    }
    let (refused, applied) = line.map_or((None, None), |line| (line.refused, line.applied));
    Ok(blocklists::keep(tx, id, &Line { host, says, reason, refused, applied })?)
}

/// What was decided because of a line, or about it, is remembered.
fn fall_silent(tx: &mut Write, id: i64, line: Line) -> Result<()> {
    if line.applied.is_none() && line.refused.is_none() {
        return Ok(blocklists::forget(tx, id, &line.host)?);
    }
    Ok(blocklists::keep(tx, id, &Line { says: None, ..line })?)
}
