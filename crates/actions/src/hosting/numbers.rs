//! How much there is between this server and others at the moment, in numbers for whoever watches over it.

use domain::Time;
use storage::outbox::{self, Totals};
use storage::peers::{self, Census};
use storage::{Read, inbox};

use crate::{Ctx, Result};

/// The numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// What came and waits.
    pub inbox_waiting: i64,
    /// What is not brought.
    pub deliveries: Totals,
    /// How servers stand.
    pub peers: Census,
    /// When they were counted.
    pub now: Time,
}

impl Numbers {
    /// How long something has waited to be brought, at most, in milliseconds; 0 if nothing waits.
    #[must_use]
    pub fn oldest_ms(&self) -> i64 {
        self.deliveries.oldest.map_or(0, |oldest| self.now.0.saturating_sub(oldest.0).max(0))
    }
}

/// Counts. A few look-ups by index, longer the more waits: for callers who keep the numbers some seconds.
///
/// # Errors
/// Failures only.
pub async fn numbers(ctx: &Ctx) -> Result<Numbers> {
    let now = ctx.now();
    let count = move |tx: &mut Read| -> storage::Result<Numbers> {
        let (inbox_waiting, deliveries, peers) = (inbox::waiting(tx)?, outbox::totals(tx)?, peers::census(tx)?);
        Ok(Numbers { inbox_waiting, deliveries, peers, now })
    };
    Ok(ctx.db().read(count).await?)
}
