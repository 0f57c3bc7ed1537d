//! Passwords tried in vain: how often for one name, how often from one address. Who knows the password is never counted. In
//! memory of each node.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use actions::Error;
use domain::Refusal;
use moka::ops::compute::Op;
use moka::sync::Cache;

use crate::throttle::Who;

/// Names and addresses that are remembered at most; each costs about two hundred bytes.
const REMEMBERED: u64 = 100_000;
/// As much of a name as is remembered; no name is longer.
const NAME: usize = 64;

/// Against what a try counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    Address(Who),
}

/// Tries that failed, or have not ended yet.
#[derive(Clone, Copy, Debug)]
struct Failed {
    count: u32,
    last: Instant,
}

/// All counters.
pub struct Tries {
    failed: Cache<Key, Failed>,
    most: Option<NonZeroU32>,
    window: Duration,
}

impl Tries {
    /// At most `most` of one name and from one address (`None`: as many as they like), each forgotten so many minutes after
    /// the last.
    #[must_use]
    pub fn new(most: Option<NonZeroU32>, minutes: u32) -> Self {
        let window = Duration::from_secs(u64::from(minutes.max(1)) * 60);
        Self { failed: Cache::builder().max_capacity(REMEMBERED).time_to_live(window).build(), most, window }
    }

    /// Lets somebody try a password. The try counts from its beginning, so that many at once are not let past, and for good
    /// if it ends with [`Refusal::BadCredentials`] or [`Refusal::BadCode`], or is given up.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] when too many failed before; what `login` returns.
    pub async fn attempt<T>(
        &self,
        name: &str,
        address: IpAddr,
        login: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let name = Key::Name(name.trim().to_lowercase().chars().take(NAME).collect());
        let address = Key::Address(Who::at(address));
        self.begin(&address)?;
        if let Err(refusal) = self.begin(&name) {
            self.take_back(&address);
            return Err(refusal.into());
        }
        let outcome = login.await;
        if !matches!(outcome, Err(Error::Refused(Refusal::BadCredentials | Refusal::BadCode))) {
            self.take_back(&address);
            self.take_back(&name);
        }
        outcome
    }

    fn begin(&self, key: &Key) -> Result<(), Refusal> {
        let Some(most) = self.most else { return Ok(()) };
        let now = Instant::now();
        let mut wait = None;
        self.failed.entry_by_ref(key).and_compute_with(|known| {
            let known = known.map(|entry| *entry.value());
            let count = known.map_or(0, |failed| failed.count);
            if count >= most.get() {
                wait = known.map(|failed| self.window.saturating_sub(now.saturating_duration_since(failed.last)));
                return Op::Nop;
            }
            Op::Put(Failed { count: count + 1, last: now })
        });
        wait.map_or(Ok(()), |wait| Err(Refusal::Throttled { seconds: wait.as_secs() + 1 }))
    }

    fn take_back(&self, key: &Key) {
        self.failed.entry_by_ref(key).and_compute_with(|known| match known.map(|entry| *entry.value()) {
            None => Op::Nop,
            Some(Failed { count: 0 | 1, .. }) => Op::Remove,
            Some(Failed { count, last }) => Op::Put(Failed { count: count - 1, last }),
        });
    }
}
