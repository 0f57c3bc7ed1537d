//! Other servers: how each stands, and pausing, opening, trying it.

use domain::policy::Coverage;
use domain::{Deed, Level, Noun, Refusal, Time};
use storage::peers::{self, Peer, State};
use storage::policies::{self, Policy};
use storage::{Read, Write, inbox, outbox, stats};

use super::{By, and_one, cut};
use crate::elsewhere::policy;
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// How another server stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is kept of it.
    pub peer: Peer,
    /// Whether anything came from there, or was to be brought there: of others nothing is kept, and they cannot be paused or tried.
    pub is_met: bool,
    /// How it is dealt with.
    pub level: Level,
    /// What was decided about it by name.
    pub policy: Option<Policy>,
    /// Deliveries that wait for it.
    pub waiting: i64,
    /// Deliveries to it that were given up.
    pub given_up: i64,
    /// When what waits longest was said.
    pub oldest: Option<Time>,
    /// Why something was not brought there the last time; empty if everything was. Also where the server as a whole does not fail.
    pub reason: String,
    /// The moment of all this.
    pub now: Time,
}

impl Standing {
    /// How long something has waited for it, at most, in milliseconds.
    #[must_use]
    pub fn lag_ms(&self) -> Option<i64> {
        self.oldest.map(|oldest| self.now.0.saturating_sub(oldest.0).max(0))
    }

    /// When it is tried again, if it is left alone until then. One that is paused or asleep is not tried.
    #[must_use]
    pub fn next(&self) -> Option<Time> {
        Some(self.peer.next).filter(|next| self.peer.state == State::Open && *next > self.now)
    }
}

fn standing(tx: &mut Read, ctx: &Ctx, peer: Peer, is_met: bool) -> Result<Standing> {
    let (waiting, given_up) = peers::backlog(tx, &peer.host)?;
    let oldest = peers::oldest(tx, &peer.host)?;
    let reason = if peer.error.is_empty() {
        outbox::last_error(tx, &peer.host)?.unwrap_or_default()
    } else {
        peer.error.clone()
    };
    let (level, decided) =
        (policy::of_hosts(tx, ctx, &[&peer.host])?.level(&peer.host), policies::find(tx, &peer.host)?);
    Ok(Standing { level, policy: decided, now: ctx.now(), peer, is_met, waiting, given_up, oldest, reason })
}

/// A page of the servers that are known, by name, and the name after which the next page begins.
///
/// # Errors
/// Refusals of those who do not run this instance; failures.
pub async fn page(ctx: &Ctx, by: &By, after: &str, limit: usize) -> Result<(Vec<Standing>, Option<String>)> {
    by.allowed()?;
    let (cx, after) = (ctx.clone(), after.to_owned());
    ctx.db()
        .read(move |tx| {
            let mut found = peers::page(tx, &after, and_one(limit))?;
            let next = cut(&mut found, limit, |peer| peer.host.clone());
            let standings: Result<Vec<_>> = found.into_iter().map(|peer| standing(tx, &cx, peer, true)).collect();
            Ok((standings?, next))
        })
        .await
}

/// Those that have not heard everything: first those for which something waits, the longest first, then those that fail without.
///
/// # Errors
/// As for [`page`].
pub async fn by_lag(ctx: &Ctx, by: &By, limit: usize) -> Result<Vec<Standing>> {
    by.allowed()?;
    let (cx, most) = (ctx.clone(), i64::try_from(limit).unwrap_or(i64::MAX));
    ctx.db()
        .read(move |tx| {
            let mut hosts: Vec<String> = stats::lagging(tx, most)?.into_iter().map(|lag| lag.host).collect();
            let failing = peers::failing(tx, most)?.into_iter().map(|peer| peer.host);
            hosts.extend(failing.filter(|host| !hosts.contains(host)).collect::<Vec<_>>());
            hosts.truncate(limit);
            hosts.iter().map(|host| known(tx, &cx, host)).collect()
        })
        .await
}

/// One of them.
///
/// # Errors
/// [`Refusal::NotFound`], and as for [`page`].
pub async fn find(ctx: &Ctx, by: &By, host: &str) -> Result<Standing> {
    by.allowed()?;
    let (cx, host) = (ctx.clone(), named(host));
    ctx.db().read(move |tx| known(tx, &cx, &host)).await
}

/// One of them, or one that was never met: something can be decided about that, too.
///
/// # Errors
/// [`Refusal::Field`] for what is no server that could be decided about, and as for [`page`].
pub async fn look(ctx: &Ctx, by: &By, host: &str) -> Result<Standing> {
    by.allowed()?;
    let (cx, host) = (ctx.clone(), host.to_owned());
    let found = ctx.db().read(move |tx| match known(tx, &cx, &named(&host)) {
        // It is dealt with as the list says, or as all that are not in it.
        Err(Error::Refused(Refusal::NotFound(_))) => {
            let (host, _) = super::policies::named(&cx, &host, Coverage::Host)?;
            known(tx, &cx, &host).or_else(|_| standing(tx, &cx, Peer::unmet(host), false))
        }
        other => other,
    });
    found.await
}

/// Also one that was never met, if something was decided about it.
fn known(tx: &mut Read, ctx: &Ctx, host: &str) -> Result<Standing> {
    if let Some(peer) = peers::find(tx, host)? {
        return standing(tx, ctx, peer, true);
    }
    let policy = policies::find(tx, host)?.ok_or(Error::missing(Noun::Peer))?;
    standing(tx, ctx, Peer::unmet(policy.host), false)
}

/// Hosts are kept in small letters.
fn named(host: &str) -> String {
    host.trim().to_ascii_lowercase()
}

/// What is to become of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// It is brought nothing until it is opened.
    Pause,
    /// It is brought what waits, beginning now, whatever was before.
    Resume,
    /// It is tried now and not when its time comes; so is what came from there and is to be tried again.
    Retry,
}

impl Order {
    const fn deed(self) -> Deed {
        match self {
            Self::Pause => Deed::Pause,
            Self::Resume => Deed::Resume,
            Self::Retry => Deed::Retry,
        }
    }

    /// Says whether it makes a difference.
    fn give(self, tx: &mut Write, peer: &Peer, now: Time) -> storage::Result<bool> {
        match self {
            Self::Pause => Ok(peer.state != State::Paused && peers::pause(tx, &peer.host)?),
            Self::Resume => Ok(peer.state != State::Open && peers::resume(tx, &peer.host)?),
            Self::Retry => {
                let waits = peer.state != State::Open || peer.next > now;
                let tried = waits && peers::retry(tx, &peer.host)?;
                Ok(inbox::hasten(tx, &peer.host, now)? || tried)
            }
        }
    }
}

/// Pauses, opens or tries a server, and says how it stands then. Doing it twice does nothing the second time.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::Field`] for a paused server that is to be tried; as for [`page`].
pub async fn order(ctx: &Ctx, by: &By, host: &str, order: Order, reason: &str) -> Result<Standing> {
    by.allowed()?;
    let (cx, by, host, reason) = (ctx.clone(), by.clone(), named(host), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let now = cx.now();
            let peer = peers::find(tx, &host)?.ok_or(Error::missing(Noun::Peer))?;
            if order == Order::Retry && peer.state == State::Paused {
                let problem = "it is paused; resume it, and what waits for it is brought at once";
                return Err(Error::Refused(Refusal::field("host", problem)));
            }
            if order.give(tx, &peer, now)? {
                by.note(tx, &cx, order.deed(), Some(&host), &reason)?;
            }
            known(tx, &cx, &host)
        })
        .await
}
