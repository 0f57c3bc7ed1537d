//! What counts against whom, in memory, as the list of other servers is (`elsewhere::policy`): it counts until something changes that
//! stands on many pages, so that what comes from people against whom nothing was decided costs no look-up. Other nodes learn of it as they
//! learn of such a change.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::ActorId;
use domain::sanction::{Bar, Bars};
use storage::sanctions;

use crate::{Ctx, Result};

type All = HashMap<ActorId, Arc<[Bar]>>;

/// As it was last looked up, with the epoch of the site.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    known: RwLock<Option<(u64, All)>>,
}

/// Looks it up again if anything may have changed. Whoever is about to judge somebody has called this.
///
/// # Errors
/// Failures only.
pub(crate) async fn refresh(ctx: &Ctx) -> Result<()> {
    let kept = ctx.sanctions();
    // Before it is read: what changes meanwhile is looked up again.
    let epoch = ctx.db().changes().epoch();
    let is_new = kept.known.read().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|(at, _)| *at == epoch);
    if is_new {
        return Ok(());
    }
    let all = ctx.db().read(sanctions::all).await?;
    let all = all.into_iter().map(|(actor, bars)| (actor, bars.into())).collect();
    *kept.known.write().unwrap_or_else(PoisonError::into_inner) = Some((epoch, all));
    Ok(())
}

/// What counts against somebody now.
pub(crate) fn of(ctx: &Ctx, actor: ActorId) -> Bars {
    let known = ctx.sanctions().known.read().unwrap_or_else(PoisonError::into_inner);
    let decided = known.as_ref().and_then(|(_, all)| all.get(&actor));
    decided.map_or_else(Bars::default, |decided| Bars::new(decided, ctx.now()))
}
