//! How other servers are dealt with, as whoever runs this one has decided. The list is in memory and counts until something changes that
//! stands on many pages, so that what comes costs no look-up. Not here: deciding (`hosting::policies`), what follows from it (`parting`).

use std::sync::{Arc, PoisonError, RwLock};

use domain::policy::{Network, Policies};
use domain::{ActorId, Level};
use federation::client::{Barring, Way};
use storage::follows::Address;
use storage::{Read, actors, policies};

use crate::sanctions::known;
use crate::{Ctx, Result};

/// Why something of a server is not taken that is not spoken to.
pub(crate) const NOT_SPOKEN_TO: &str = "this server does not speak with yours, as its administrators have decided";

/// The list as it was last looked up, with the epoch of the site.
#[derive(Debug)]
pub(crate) struct Kept {
    unlisted: Level,
    known: RwLock<Option<(u64, Arc<Policies>)>>,
}

impl Kept {
    pub(crate) fn new(unlisted: Level) -> Self {
        Self { unlisted, known: RwLock::new(None) }
    }

    fn known(&self) -> Option<(u64, Arc<Policies>)> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The client asks what is known: whoever takes it in hand has had it looked up.
impl Barring for Kept {
    fn bars(&self, host: &str, way: Way) -> bool {
        let level = self.known().map_or(self.unlisted, |(_, policies)| policies.level(host));
        match way {
            Way::Fetching => !level.is_spoken_to(),
            // That we part is still said to one that is rejected; nothing else is.
            Way::Sending => level == Level::Block,
        }
    }
}

/// The list.
///
/// # Errors
/// Failures only; also of the other functions here.
pub(crate) async fn current(ctx: &Ctx) -> Result<Arc<Policies>> {
    let kept = ctx.elsewhere().policies();
    // Before it is read: what changes meanwhile is looked up again.
    let epoch = ctx.db().changes().epoch();
    if let Some((known, policies)) = kept.known()
        && known == epoch
    {
        return Ok(policies);
    }
    let entries = ctx.db().read(policies::all).await?;
    let policies = Arc::new(Policies::new(entries, kept.unlisted));
    *kept.known.write().unwrap_or_else(PoisonError::into_inner) = Some((epoch, Arc::clone(&policies)));
    Ok(policies)
}

/// How a host is dealt with.
pub(crate) async fn level(ctx: &Ctx, host: &str) -> Result<Level> {
    // Whoever asks is about to judge somebody of there.
    known::refresh(ctx).await?;
    Ok(current(ctx).await?.level(host))
}

/// How these hosts are dealt with, as this transaction sees it.
pub(crate) fn of_hosts(tx: &mut Read, ctx: &Ctx, hosts: &[&str]) -> Result<Policies> {
    Ok(Policies::new(policies::of_hosts(tx, hosts)?, ctx.elsewhere().policies().unlisted))
}

/// How a host is dealt with, as this transaction sees it.
pub(crate) fn now(tx: &mut Read, ctx: &Ctx, host: &str) -> Result<Level> {
    Ok(of_hosts(tx, ctx, &[host])?.level(host))
}

/// Whether somebody's server is blocked: no decision about one comment brings anything of it back.
pub(crate) fn is_blocked(tx: &mut Read, ctx: &Ctx, actor: ActorId) -> Result<bool> {
    let host = actors::find(tx, actor)?.map(|actor| actor.host).unwrap_or_default();
    Ok(!host.is_empty() && of_hosts(tx, ctx, &[&host])?.level(&host) == Level::Block)
}

/// Those of these places to which something may be said.
pub(crate) fn spoken_to(tx: &mut Read, ctx: &Ctx, to: &[Address]) -> Result<Vec<Address>> {
    let hosts: Vec<&str> = to.iter().map(|address| address.host.as_str()).collect();
    let policies = of_hosts(tx, ctx, &hosts)?;
    Ok(to.iter().filter(|address| policies.level(&address.host).is_spoken_to()).cloned().collect())
}

/// Which names there may be on the list.
pub(crate) fn network(ctx: &Ctx) -> Network {
    if ctx.elsewhere().rules().networks().is_empty() { Network::Public } else { Network::Testing }
}
