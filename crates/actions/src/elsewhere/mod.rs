//! Other servers: what of ours they may read, what they say, what they are told. What is said in their language is read and written by
//! `federation`, and what may be done by `domain`, as for everybody; here stands what follows from what.

mod admission;
pub mod admit;
mod announced;
pub mod approval;
pub mod aside;
mod at_once;
pub mod backfill;
pub mod choosing;
pub mod consent;
pub mod deliver;
pub(crate) mod departed;
pub mod documents;
mod flag;
pub mod following;
mod graves;
pub mod handles;
pub mod interact;
mod known;
mod moderation;
mod moved;
pub mod naming;
mod notes;
pub mod pairs;
pub(crate) mod parting;
pub(crate) mod permission;
mod place;
pub(crate) mod policy;
mod put_back;
pub mod receive;
pub(crate) mod regroup;
pub(crate) mod say;
pub(crate) mod shift;
pub(crate) mod signer;
mod stamp;
pub(crate) mod told;
pub mod work;

use std::sync::{Arc, OnceLock};

use domain::Level;
use federation::budget::{Bounds, Limits};
use federation::client::{BadSetup, Barring, Client, Setup, Timeouts};
use federation::keys::{PrivateKey, PublicKey};
use federation::origin::{BadId, Rules};
use federation::wire::addresses::Addresses;
use ipnet::IpNet;
use moka::future::Cache;
use storage::keys::Holder;
use storage::remotes::Remote;
use tokio::sync::Semaphore;

use crate::Ctx;

/// Private keys that are kept in memory, parsed.
const KEPT_PAIRS: u64 = 1_000;

/// Public keys of others that are kept likewise; each takes about a kilobyte.
const KEPT_KEYS: u64 = 10_000;
/// Actors that are remembered, of a kilobyte or two each.
const KEPT_ACQUAINTANCES: u64 = 4_000;

/// How other servers are spoken to; clones share it.
#[derive(Clone)]
pub struct Elsewhere {
    inner: Arc<Inner>,
}

struct Inner {
    rules: Rules,
    addresses: Addresses,
    extra_ca_pem: Option<Vec<u8>>,
    // Made when it is first needed: it reads all certificates of the system, which most commands have no use for.
    client: OnceLock<Client>,
    strangers: Limits,
    looks: Limits,
    memory: backfill::Memory,
    forgeries: stamp::Forgeries,
    // By whose they are, and the epoch of the site.
    pairs: Cache<(Holder, u64), Arc<PrivateKey>>,
    // By their PEM.
    keys: Cache<String, Arc<PublicKey>>,
    // By their ids. Whoever uses what is remembered looks whether it is so still.
    acquaintances: Cache<String, Arc<Remote>>,
    // What was decided about other servers.
    policies: Arc<policy::Kept>,
    // As many as the database bears, which is not known before it is open.
    at_once: OnceLock<Semaphore>,
}

impl Elsewhere {
    /// `public_url` is our own address, `networks` are those that may be dialled though they are private, `extra_ca_pem` are authorities
    /// to believe besides the system's.
    ///
    /// # Errors
    /// When our own address is none that others could know.
    pub fn new(public_url: &str, networks: Vec<IpNet>, extra_ca_pem: Option<Vec<u8>>) -> Result<Self, BadId> {
        let rules = Rules::new(public_url, networks)?;
        let inner = Inner {
            addresses: Addresses::new(rules.ours()),
            rules,
            extra_ca_pem,
            client: OnceLock::new(),
            strangers: Limits::new(Bounds::default()),
            looks: Limits::new(backfill::BOUNDS),
            memory: backfill::Memory::new(),
            forgeries: stamp::Forgeries::new(),
            pairs: Cache::new(KEPT_PAIRS),
            keys: Cache::new(KEPT_KEYS),
            acquaintances: Cache::new(KEPT_ACQUAINTANCES),
            policies: Arc::new(policy::Kept::new(Level::Allow)),
            at_once: OnceLock::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The same, where servers about which nothing was decided are dealt with like that. Before it is shared.
    #[must_use]
    pub fn dealing_with_others(mut self, unlisted: Level) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.policies = Arc::new(policy::Kept::new(unlisted));
        }
        self
    }

    pub(crate) fn policies(&self) -> &Arc<policy::Kept> {
        &self.inner.policies
    }

    /// What an id is, and which are ours.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.inner.rules
    }

    /// What our things are called.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.inner.addresses
    }

    /// Bounds what strangers can make us fetch.
    #[must_use]
    pub fn strangers(&self) -> &Limits {
        &self.inner.strangers
    }

    /// Bounds what we ask for of our own accord, because others have named it.
    pub(crate) fn looks(&self) -> &Limits {
        &self.inner.looks
    }

    /// What is remembered of it.
    pub(crate) fn memory(&self) -> &backfill::Memory {
        &self.inner.memory
    }

    /// Which stamps were found to prove nothing.
    pub(crate) fn forgeries(&self) -> &stamp::Forgeries {
        &self.inner.forgeries
    }

    /// The one client for all that is fetched and sent.
    ///
    /// # Errors
    /// When the extra certificates cannot be used.
    pub fn client(&self) -> Result<&Client, BadSetup> {
        if let Some(client) = self.inner.client.get() {
            return Ok(client);
        }
        let address = self.inner.rules.ours();
        let client = Client::new(Setup {
            user_agent: format!("Rejoinder/{} (+{address})", env!("CARGO_PKG_VERSION")),
            rules: self.inner.rules.clone(),
            extra_ca_pem: self.inner.extra_ca_pem.clone(),
            timeouts: Timeouts::default(),
        })?;
        let client = client.barring(Arc::clone(self.policies()) as Arc<dyn Barring>);
        Ok(self.inner.client.get_or_init(|| client))
    }

    pub(crate) fn keys(&self) -> &Cache<String, Arc<PublicKey>> {
        &self.inner.keys
    }

    /// Those whose words came last, as they were known then.
    pub(crate) fn acquaintances(&self) -> &Cache<String, Arc<Remote>> {
        &self.inner.acquaintances
    }

    /// Places of those who are dealt with while they wait for the answer.
    pub(crate) fn places_at_once(&self, places: usize) -> &Semaphore {
        self.inner.at_once.get_or_init(|| Semaphore::new(places))
    }

    pub(crate) fn pairs(&self) -> &Cache<(Holder, u64), Arc<PrivateKey>> {
        &self.inner.pairs
    }
}

/// The client, whose lack is a fault of ours. Whoever takes it in hand asks nobody who is not spoken to by now.
pub(crate) async fn client(ctx: &Ctx) -> crate::Result<&Client> {
    policy::current(ctx).await?;
    client_in_hand(ctx)
}

/// The same for whoever has had it before.
pub(crate) fn client_in_hand(ctx: &Ctx) -> crate::Result<&Client> {
    ctx.elsewhere().client().map_err(|bad| crate::Error::Failed(storage::Error::Unavailable(bad.to_string())))
}
