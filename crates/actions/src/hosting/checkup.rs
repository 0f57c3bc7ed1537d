//! Whether other servers can speak with this one: our public address is asked as they would ask it, through whatever stands before the
//! server. Here: which questions, and what an answer means. Not here: what only the machine knows (configuration, disk), which is the
//! command's.

pub mod answers;
mod proxy;

use federation::client::{Client, NoAnswer, Probe, Seen, SendError};
use federation::wire::addresses::OurActor;
use storage::Read;
use storage::peers::{self, Peer};

use super::numbers::{Numbers, numbers};
use crate::elsewhere::client;
use crate::notices::OVERDUE_DAYS;
use crate::stats::open_notices;
use crate::{Ctx, Result};

/// How grave something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is as it should be.
    Good,
    /// It works, or cannot be told; somebody should look.
    Warning,
    /// It does not work.
    Error,
}

/// What was found out about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in one word.
    pub check: &'static str,
    /// How grave it is.
    pub level: Level,
    /// What was found, in a sentence.
    pub says: String,
    /// What to do about it; empty where nothing is to be done.
    pub remedy: String,
}

impl Finding {
    /// Something that is as it should be.
    #[must_use]
    pub fn good(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, level: Level::Good, says: says.into(), remedy: String::new() }
    }

    /// Something to look at.
    #[must_use]
    pub fn warning(check: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Warning, says: says.into(), remedy: remedy.into() }
    }

    /// Something that does not work.
    #[must_use]
    pub fn error(check: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Error, says: says.into(), remedy: remedy.into() }
    }
}

/// Asks our public address everything that other servers depend on. If it does not answer at all, nothing else is asked.
///
/// # Errors
/// Failures only.
pub async fn from_outside(ctx: &Ctx) -> Result<Vec<Finding>> {
    let client = client(ctx).await?;
    let seen = match read(ctx, client, "/healthz", "*/*").await {
        Ok(seen) => seen,
        Err(error) => return Ok(vec![answers::unreached(&error)]),
    };
    let mut found = answers::reached(ctx, &seen);
    if seen.status != 200 {
        return Ok(found);
    }
    found.push(answers::clock("clock", "the public address", ctx.now().0, seen.date_ms()));
    found.extend(proxy::findings(ctx, client).await?);
    let instance = ctx.elsewhere().addresses().username(&OurActor::Instance);
    let handle = format!("acct:{instance}@{}", ctx.elsewhere().addresses().host());
    let path = format!("/.well-known/webfinger?resource={handle}");
    let asked = read(ctx, client, &path, "application/jrd+json").await;
    found.push(answers::webfinger(ctx, &handle, &asked));
    found.push(node(ctx, client).await);
    Ok(found)
}

async fn read(ctx: &Ctx, client: &Client, path: &str, accept: &str) -> Result<Seen, SendError> {
    client.ask_ourselves(path, Probe::Read(accept), ctx.now().0).await
}

async fn node(ctx: &Ctx, client: &Client) -> Finding {
    let links = match read(ctx, client, "/.well-known/nodeinfo", "application/json").await {
        Ok(seen) => seen,
        Err(error) => return answers::unanswered("nodeinfo", "/.well-known/nodeinfo", &error),
    };
    let ours = ctx.elsewhere().rules().ours().to_string();
    let Some(path) = answers::document(&links, &ours) else { return answers::no_document(&links) };
    match read(ctx, client, &path, "application/json").await {
        Ok(seen) => answers::node(&seen),
        Err(error) => answers::unanswered("nodeinfo", &path, &error),
    }
}

/// Compares our clock with those of other servers.
///
/// # Errors
/// Failures only.
pub async fn clocks(ctx: &Ctx, hosts: &[String]) -> Result<Vec<Finding>> {
    let client = client(ctx).await?;
    let mut found = Vec::new();
    for host in hosts {
        found.push(match client.clock_of(host).await {
            Ok(date_ms) => answers::clock("clock", host, ctx.now().0, date_ms),
            Err(error) => {
                let says = format!("{host} does not tell the time: {error}");
                Finding::warning("clock", says, "Name another server with --peer, one that is up.")
            }
        });
    }
    Ok(found)
}

/// How many of the servers that fail are named.
const NAMED: i64 = 5;
/// What has waited so long is worth a look, in milliseconds.
const LONG_MS: i64 = 60 * 60 * 1_000;

/// What waits here for other servers, and which of them fail.
///
/// # Errors
/// Failures only.
pub async fn queues(ctx: &Ctx) -> Result<Vec<Finding>> {
    let (numbers, failing) = (numbers(ctx).await?, ctx.db().read(|tx: &mut Read| peers::failing(tx, NAMED)).await?);
    let mut found = of_queues(&numbers, &failing);
    found.push(noticed(open_notices(ctx).await?));
    Ok(found)
}

/// Whoever runs a place may be held to have known since a notice came.
fn noticed((waiting, overdue): (i64, i64)) -> Finding {
    let says =
        format!("{waiting} notices of illegal content wait, {overdue} of them for more than {OVERDUE_DAYS} days");
    if overdue == 0 {
        return Finding::good("notices", says);
    }
    Finding::warning("notices", says, "Decide them: `/admin/notices`, or `rejoinder notices list`.")
}

/// The same from numbers that somebody has already.
#[must_use]
pub fn of_queues(numbers: &Numbers, failing: &[Peer]) -> Vec<Finding> {
    let inbox = Finding::good("inbox", format!("{} activities of other servers wait", numbers.inbox_waiting));
    vec![deliveries(numbers), reached(numbers, failing), inbox]
}

fn deliveries(numbers: &Numbers) -> Finding {
    let (waiting, given_up) = (numbers.deliveries.waiting, numbers.deliveries.given_up);
    let oldest = numbers.oldest_ms();
    let says = format!("{waiting} deliveries wait, the oldest for {}; {given_up} were given up", lasting(oldest));
    if oldest > LONG_MS || given_up > 0 {
        let remedy = "`rejoinder peers` shows which servers they are for, `rejoinder deliveries --state given-up` why.";
        Finding::warning("deliveries", says, remedy)
    } else {
        Finding::good("deliveries", says)
    }
}

fn reached(numbers: &Numbers, failing: &[Peer]) -> Finding {
    let (sound, count) = (numbers.peers.sound, numbers.peers.failing);
    let asides = format!("{} are paused, {} asleep", numbers.peers.paused, numbers.peers.asleep);
    if failing.is_empty() {
        return Finding::good("peers", format!("{sound} other servers are known and none of them fails; {asides}"));
    }
    let named = failing.iter().take(usize::try_from(NAMED).unwrap_or(usize::MAX));
    let named: Vec<_> = named.map(|peer| format!("{} ({})", peer.host, peer.error)).collect();
    let says = format!("{count} of {} other servers fail: {}; {asides}", sound + count, named.join(", "));
    Finding::warning(
        "peers",
        says,
        "If it is the fault of none of them, look at the network and at the other findings.",
    )
}

/// A time in words, roughly.
#[must_use]
pub fn lasting(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    match seconds {
        0..=119 => format!("{seconds} seconds"),
        120..=7_199 => format!("{} minutes", seconds / 60),
        7_200..=172_799 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Whether an error says that our own name leads to where this server dials nobody.
fn is_private(error: &SendError) -> bool {
    matches!(error, SendError::NoAnswer(NoAnswer::NoPublicAddress(_)))
}
