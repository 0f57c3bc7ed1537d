//! How much may be fetched: for one thing that came in ([`Budget`]), and for all that strangers cause together ([`Limits`]).
//!
//! A small request can ask for much work: an unknown actor, whose posts name other actors, on a thousand hosts of one domain. So
//! everything that one request sets off draws from one budget, whichever task it runs in, and what is fetched for strangers is counted
//! by host, by registrable domain (hosts below one cost their owner nothing) and over all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::origin::Id;

/// How often one registrable domain may be fetched from.
#[derive(Clone, Copy, Debug)]
pub struct PerDomain {
    /// Fetches in all.
    pub fetches: u32,
    /// Hosts below the domain, itself among them.
    pub hosts: usize,
    /// Fetches from each of the hosts.
    pub per_host: u32,
}

/// What may be spent on one thing that came in.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Requests, redirects among them.
    pub fetches: u32,
    /// Bytes of all answers together.
    pub bytes: u64,
    /// Time from when the budget was made.
    pub time: Duration,
    /// What of it may go to one domain.
    pub per_domain: PerDomain,
}

impl Default for Allowance {
    /// Enough for a reply with the thread above it, as deep as Lemmy's deepest (50), and for their authors on a few servers.
    fn default() -> Self {
        Self {
            fetches: 150,
            bytes: 16 << 20,
            time: Duration::from_secs(120),
            per_domain: PerDomain { fetches: 120, hosts: 5, per_host: 120 },
        }
    }
}

/// Who wants something fetched.
#[derive(Clone, Debug)]
pub enum Cause {
    /// Somebody with an account here, or this server of its own accord.
    Ours,
    /// Anybody: what is fetched counts against the limits of all strangers together.
    Stranger(Limits),
}

/// What is left for one thing that came in. Clones share it, so that a task started on the way gets none of its own.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Purse>);

#[derive(Debug)]
struct Purse {
    allowance: Allowance,
    cause: Cause,
    until: Instant,
    spent: Mutex<(Tally, u64)>,
}

/// What of a budget is used up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Spent {
    /// The requests.
    #[error("the requests that one activity may cause are used up: {0}")]
    Fetches(#[from] Full),
    /// The bytes.
    #[error("the bytes that one activity may cause to be fetched are used up")]
    Bytes,
    /// The time.
    #[error("the time that one activity may take is used up")]
    Time,
}

/// Which count is reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// That over all.
    #[error("there were as many as there may be in all")]
    All,
    /// That of a registrable domain.
    #[error("there were as many to the domain {0} as there may be")]
    Domain(String),
    /// That of the hosts below a registrable domain.
    #[error("there were as many hosts below {0} as there may be")]
    Hosts(String),
    /// That of a host.
    #[error("there were as many to {0} as there may be")]
    Host(String),
}

impl Budget {
    /// A budget whose time begins now.
    #[must_use]
    pub fn new(allowance: Allowance, cause: Cause) -> Self {
        let until = Instant::now() + allowance.time;
        Self(Arc::new(Purse { allowance, cause, until, spent: Mutex::default() }))
    }

    /// Pays for one request.
    ///
    /// # Errors
    /// What is used up.
    pub fn take(&self, id: &Id) -> Result<(), Spent> {
        if self.time_left().is_zero() {
            return Err(Spent::Time);
        }
        let Allowance { fetches, per_domain, .. } = &self.0.allowance;
        Ok(lock(&self.0.spent).0.take(id, *fetches, per_domain)?)
    }

    /// Pays for bytes that have come.
    ///
    /// # Errors
    /// When there are no more.
    pub fn take_bytes(&self, count: usize) -> Result<(), Spent> {
        let bytes = &mut lock(&self.0.spent).1;
        *bytes = bytes.saturating_add(count as u64);
        if *bytes > self.0.allowance.bytes { Err(Spent::Bytes) } else { Ok(()) }
    }

    /// How long what it pays for may still take.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.0.until.saturating_duration_since(Instant::now())
    }

    /// Asks the limits of strangers, if it is one who wants this.
    ///
    /// # Errors
    /// When strangers cause too much at the moment.
    pub fn enter(&self, id: &Id, now_ms: i64) -> Result<Option<Permit>, Busy> {
        match &self.0.cause {
            Cause::Ours => Ok(None),
            Cause::Stranger(limits) => limits.enter(id, now_ms).map(Some),
        }
    }
}

/// What strangers may cause to be fetched, over the whole process.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Requests at once.
    pub in_flight: usize,
    /// Requests at once to one registrable domain: one that answers slowly must not take the place of all others.
    pub in_flight_per_domain: usize,
    /// Requests in a minute. Bounds the memory, too: at most so many domains are known.
    pub per_minute: u32,
    /// Requests in a minute to one domain.
    pub per_domain: PerDomain,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            in_flight: 64,
            in_flight_per_domain: 8,
            per_minute: 3_000,
            per_domain: PerDomain { fetches: 300, hosts: 10, per_host: 300 },
        }
    }
}

/// How long requests are counted, in milliseconds, before the counts begin anew.
const WINDOW_MS: i64 = 60_000;

/// Counts what strangers cause. Clones count together.
#[derive(Clone, Debug)]
pub struct Limits {
    bounds: Bounds,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    since_ms: i64,
    tally: Tally,
    in_flight: HashMap<String, usize>,
}

/// Why a stranger's wish has to wait. Nobody waits here: what waits takes memory, and strangers have more patience than we have memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// The requests of this minute.
    #[error("this minute's requests for strangers are used up: {0}; it can be tried again in a minute")]
    Minute(Full),
    /// The requests at once.
    #[error("too many requests for strangers are under way; it can be tried again in a minute")]
    InFlight,
    /// The requests at once to one domain.
    #[error("too many requests for strangers to {0} are under way; it can be tried again in a minute")]
    InFlightTo(String),
}

/// Stands for one request under way.
#[derive(Debug)]
pub struct Permit {
    domain: String,
    counts: Arc<Mutex<Counts>>,
}

impl Limits {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, counts: Arc::default() }
    }

    /// Counts one request, which is under way until the permit is dropped.
    ///
    /// # Errors
    /// When it has to wait.
    pub fn enter(&self, id: &Id, now_ms: i64) -> Result<Permit, Busy> {
        let domain = registrable_domain(id);
        let mut counts = lock(&self.counts);
        if !(0..WINDOW_MS).contains(&now_ms.saturating_sub(counts.since_ms)) {
            counts.since_ms = now_ms;
            counts.tally = Tally::default();
        }
        if counts.in_flight.values().sum::<usize>() >= self.bounds.in_flight {
            return Err(Busy::InFlight);
        }
        if counts.in_flight.get(&domain).is_some_and(|count| *count >= self.bounds.in_flight_per_domain) {
            return Err(Busy::InFlightTo(domain));
        }
        counts.tally.take(id, self.bounds.per_minute, &self.bounds.per_domain).map_err(Busy::Minute)?;
        *counts.in_flight.entry(domain.clone()).or_default() += 1;
        Ok(Permit { domain, counts: Arc::clone(&self.counts) })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        if let Some(count) = counts.in_flight.get_mut(&self.domain) {
            *count -= 1;
            if *count == 0 {
                counts.in_flight.remove(&self.domain);
            }
        }
    }
}

/// How often was fetched from where.
#[derive(Debug, Default)]
struct Tally {
    fetches: u32,
    domains: HashMap<String, Domain>,
}

#[derive(Debug, Default)]
struct Domain {
    fetches: u32,
    hosts: HashMap<String, u32>,
}

impl Tally {
    /// Counts one more if no count is reached, and nothing otherwise.
    fn take(&mut self, id: &Id, all: u32, per_domain: &PerDomain) -> Result<(), Full> {
        if self.fetches >= all {
            return Err(Full::All);
        }
        let name = registrable_domain(id);
        let domain = self.domains.entry(name.clone()).or_default();
        if domain.fetches >= per_domain.fetches {
            return Err(Full::Domain(name));
        }
        let host = id.host();
        let known = domain.hosts.get(&host).copied();
        if known.is_none() && domain.hosts.len() >= per_domain.hosts {
            return Err(Full::Hosts(name));
        }
        if known.unwrap_or(0) >= per_domain.per_host {
            return Err(Full::Host(host));
        }
        *domain.hosts.entry(host).or_default() += 1;
        domain.fetches += 1;
        self.fetches += 1;
        Ok(())
    }
}

/// The part of a host's name that somebody had to register, by the public suffix list. On a test network, where several servers share
/// a name, the port tells them apart.
#[must_use]
pub fn registrable_domain(id: &Id) -> String {
    if id.url().port().is_some() {
        return id.host();
    }
    let host = id.host();
    psl::domain_str(&host).map(str::to_owned).unwrap_or(host)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Counts are right after each statement; a panic elsewhere takes nothing from them.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Rules;

    fn id(text: &str) -> Id {
        Rules::new("https://ours.example", Vec::new()).unwrap().id(text).unwrap()
    }

    const SMALL: PerDomain = PerDomain { fetches: 4, hosts: 2, per_host: 3 };

    fn budget() -> Budget {
        Budget::new(Allowance { fetches: 6, bytes: 100, time: Duration::from_secs(10), per_domain: SMALL }, Cause::Ours)
    }

    #[tokio::test]
    async fn f10_clones_of_a_budget_share_it() {
        let budget = budget();
        for host in ["a", "b", "c", "d", "e", "f"] {
            let clone = budget.clone();
            let id = id(&format!("https://{host}.example/"));
            tokio::spawn(async move { clone.take(&id) }).await.unwrap().unwrap();
        }
        assert_eq!(budget.take(&id("https://g.example/")), Err(Spent::Fetches(Full::All)));
        budget.clone().take_bytes(100).unwrap();
        assert_eq!(budget.take_bytes(1), Err(Spent::Bytes));
    }

    #[tokio::test(start_paused = true)]
    async fn a_budget_ends_with_its_time() {
        let budget = budget();
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(budget.time_left(), Duration::from_secs(1));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(budget.take(&id("https://a.example/")), Err(Spent::Time));
    }

    #[tokio::test]
    async fn f13_hosts_below_one_domain_are_few_within_a_budget() {
        let budget = budget();
        budget.take(&id("https://a.evil.co.uk/")).unwrap();
        budget.take(&id("https://b.evil.co.uk/")).unwrap();
        let hosts = Full::Hosts("evil.co.uk".to_owned());
        assert_eq!(budget.take(&id("https://c.evil.co.uk/")), Err(Spent::Fetches(hosts)));
        budget.take(&id("https://good.co.uk/")).unwrap();
        budget.take(&id("https://a.evil.co.uk/")).unwrap();
        budget.take(&id("https://a.evil.co.uk/")).unwrap();
        let domain = Full::Domain("evil.co.uk".to_owned());
        assert_eq!(budget.take(&id("https://a.evil.co.uk/")), Err(Spent::Fetches(domain)));
    }

    fn limits() -> Limits {
        Limits::new(Bounds { in_flight: 3, in_flight_per_domain: 2, per_minute: 10, per_domain: SMALL })
    }

    #[test]
    fn a25_requests_under_way_for_strangers_are_few() {
        let limits = limits();
        let first = limits.enter(&id("https://a.example.org/"), 0).unwrap();
        let _second = limits.enter(&id("https://b.example.org/"), 0).unwrap();
        let busy = Busy::InFlightTo("example.org".to_owned());
        assert_eq!(limits.enter(&id("https://a.example.org/"), 0).unwrap_err(), busy);
        let _third = limits.enter(&id("https://example.net/"), 0).unwrap();
        assert_eq!(limits.enter(&id("https://example.com/"), 0).unwrap_err(), Busy::InFlight);
        drop(first);
        limits.enter(&id("https://example.com/"), 0).unwrap();
    }

    #[test]
    fn a25_a_host_is_asked_a_few_times_a_minute_for_strangers() {
        let limits = limits();
        for _ in 0..3 {
            limits.enter(&id("https://a.example/"), 100_000).unwrap();
        }
        let full = Busy::Minute(Full::Host("a.example".to_owned()));
        assert_eq!(limits.enter(&id("https://a.example/"), 159_999).unwrap_err(), full);
        limits.enter(&id("https://a.example/"), 160_000).unwrap();
        limits.enter(&id("https://a.example/"), 0).unwrap();
    }

    #[test]
    fn f13_ten_thousand_hosts_are_not_remembered() {
        let limits = limits();
        let entered =
            (0..10_000).filter(|n| limits.enter(&id(&format!("https://host{n}.example/")), 0).is_ok()).count();
        assert_eq!(entered, 10);
        assert_eq!(lock(&limits.counts).tally.domains.len(), 10);
        assert!(lock(&limits.counts).in_flight.is_empty());
    }

    #[test]
    fn a_budget_of_a_stranger_asks_the_limits() {
        let stranger = Budget::new(Allowance::default(), Cause::Stranger(limits()));
        for _ in 0..3 {
            assert!(stranger.enter(&id("https://a.example/"), 0).unwrap().is_some());
        }
        assert!(stranger.enter(&id("https://a.example/"), 0).is_err());
        assert!(budget().enter(&id("https://a.example/"), 0).unwrap().is_none());
    }

    #[test]
    fn what_is_registered_is_found_by_the_public_suffixes() {
        for (address, domain) in [
            ("https://a.b.example.co.uk/", "example.co.uk"),
            ("https://example.org/", "example.org"),
            ("https://localhost/", "localhost"),
        ] {
            assert_eq!(registrable_domain(&id(address)), domain);
        }
    }
}
