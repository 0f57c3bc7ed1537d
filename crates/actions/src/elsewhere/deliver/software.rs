//! Asking a server what it runs, beside the deliveries.

use std::sync::Arc;
use std::time::Duration;

use federation::budget::{Allowance, Budget, Cause, PerDomain};
use federation::client::Client;
use federation::nodeinfo::{self, software_of, speaks_1b12};
use federation::origin::Id;
use storage::peers::{self, Dialect};
use tokio::sync::Semaphore;

use crate::Ctx;

/// Two documents, with a redirect of each.
const ALLOWANCE: Allowance = Allowance {
    fetches: 4,
    bytes: 512 << 10,
    time: Duration::from_secs(20),
    per_domain: PerDomain { fetches: 4, hosts: 2, per_host: 4 },
};

/// Asks the server of an inbox, when it is its turn, and keeps what it says. What it does not say is asked again in an hour.
pub(super) async fn ask(ctx: Ctx, client: Client, inbox: Id, turns: Arc<Semaphore>) {
    let Ok(_turn) = turns.acquire().await else { return };
    let (host, now) = (inbox.host(), ctx.now());
    let said = match software_of(&client, &inbox, &Budget::new(ALLOWANCE, Cause::Ours), now.0).await {
        Ok(said) => said,
        Err(error) => return tracing::debug!(host, %error, "it is not known what a server runs"),
    };
    let dialect = match speaks_1b12(&said.name) {
        nodeinfo::Dialect::GroupActivities => Dialect::Groups,
        nodeinfo::Dialect::Plain => Dialect::Plain,
    };
    let kept = ctx.db().write(move |tx| peers::set_software(tx, &host, (&said.name, &said.version), dialect, now));
    if let Err(error) = kept.await {
        tracing::debug!(%error, "what a server runs could not be kept");
    }
}
