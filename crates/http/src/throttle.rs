//! How often one account or one address may ask. In memory of each node: a host with n nodes allows n times as much.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use domain::{AccountId, Refusal};
use federation::address::may_dial;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use moka::sync::Cache;

use crate::settings::Rates;

type Limiter = RateLimiter<Who, DashMapStateStore<Who>, DefaultClock, StateInformationMiddleware>;

/// Reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// GET, HEAD, OPTIONS.
    Read,
    /// Everything else.
    Write,
}

/// Whom requests are counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Somebody with an account.
    Account(AccountId),
    /// Anybody at an address; an IPv6 network of 64 bits counts as one.
    Address(IpAddr),
}

/// Whether the machine of somebody who joins has shown that it worked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// It has, or nobody asked for it.
    Proven,
    /// It has not: it runs no scripts, or there is a program behind it.
    Unproven,
}

impl Who {
    /// The address as it is counted.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self::Address(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            v4 @ IpAddr::V4(_) => Self::Address(v4),
        }
    }
}

/// All counters.
pub struct Throttle {
    account_reads: Option<Gauge>,
    account_writes: Option<Gauge>,
    address_reads: Option<Gauge>,
    address_writes: Option<Gauge>,
    joins: Option<Gauge>,
    joins_of_a_day: Option<Gauge>,
    unproven_joins: Option<Gauge>,
    notices_of_a_day: Option<Gauge>,
    unproven_notices: Option<Gauge>,
    /// Requests to inboxes that were refused.
    refused: Option<Gauge>,
    /// From where nothing more is heard at the moment.
    unheard: Cache<Who, ()>,
}

/// Requests to inboxes from one address that may be refused in a minute. Each may make us ask another server who its sender is, and what
/// is asked for strangers is bounded for all of them together: one of them must not use it up.
const REFUSED: Option<NonZeroU32> = NonZeroU32::new(300);
/// How long an address is not heard that has sent more.
const UNHEARD: Duration = Duration::from_secs(60);
/// Such addresses that are remembered; each takes about a hundred bytes.
const MOST_UNHEARD: u64 = 100_000;

/// Minutes of a day.
const DAY: u32 = 24 * 60;

struct Gauge {
    limiter: Limiter,
    quota: NonZeroU32,
    window: u64,
}

/// What is left of an allowance, for the `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// What the allowance is called.
    pub name: &'static str,
    /// How many requests it is.
    pub quota: u32,
    /// In how many seconds.
    pub window: u64,
    /// How many of them are left.
    pub rest: u32,
}

impl Left {
    /// Writes the headers.
    pub fn write(&self, headers: &mut HeaderMap) {
        let Self { name, quota, window, rest } = self;
        let each = window.div_ceil(u64::from((*quota).max(1)));
        let policy = HeaderValue::try_from(format!("\"{name}\";q={quota};w={window}"));
        let state = HeaderValue::try_from(format!("\"{name}\";r={rest};t={each}"));
        if let (Ok(policy), Ok(state)) = (policy, state) {
            headers.insert("ratelimit-policy", policy);
            headers.insert("ratelimit", state);
        }
    }
}

impl Gauge {
    fn new(quota: Option<NonZeroU32>, minutes: u32) -> Option<Self> {
        let quota = quota?;
        let window = u64::from(minutes.max(1)) * 60;
        let each = Duration::from_secs(window).checked_div(quota.get())?;
        let limiter = RateLimiter::dashmap(Quota::with_period(each)?.allow_burst(quota));
        Some(Self { limiter: limiter.with_middleware::<StateInformationMiddleware>(), quota, window })
    }

    fn take(&self, key: &Who, name: &'static str) -> Result<Left, Refusal> {
        match self.limiter.check_key(key) {
            Ok(state) => {
                Ok(Left { name, quota: self.quota.get(), window: self.window, rest: state.remaining_burst_capacity() })
            }
            Err(not_yet) => {
                // A new clock would ask the processor what it can, for which a virtual machine has to ask its host.
                let seconds = not_yet.wait_time_from(self.limiter.clock().now()).as_secs() + 1;
                Err(Refusal::Throttled { seconds })
            }
        }
    }
}

impl Throttle {
    /// Counters with the host's rates.
    #[must_use]
    pub fn new(rates: Rates) -> Self {
        Self {
            account_reads: Gauge::new(rates.account_reads, 1),
            account_writes: Gauge::new(rates.account_writes, 1),
            address_reads: Gauge::new(rates.address_reads, 1),
            address_writes: Gauge::new(rates.address_writes, 1),
            joins: Gauge::new(rates.address_joins, 60),
            joins_of_a_day: Gauge::new(rates.address_joins_of_a_day, DAY),
            unproven_joins: Gauge::new(rates.address_unproven_joins, DAY),
            notices_of_a_day: Gauge::new(rates.address_notices_of_a_day, DAY),
            unproven_notices: Gauge::new(rates.address_unproven_notices, DAY),
            refused: Gauge::new(REFUSED, 1),
            unheard: Cache::builder().max_capacity(MOST_UNHEARD).time_to_live(UNHEARD).build(),
        }
    }

    /// Counts a request; `None` where nothing limits it.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] when there were too many.
    pub fn request(&self, who: Who, kind: Kind) -> Result<Option<Left>, Refusal> {
        let (gauge, name) = match (who, kind) {
            (Who::Account(_), Kind::Read) => (&self.account_reads, "account-reads"),
            (Who::Account(_), Kind::Write) => (&self.account_writes, "account-writes"),
            (Who::Address(_), Kind::Read) => (&self.address_reads, "address-reads"),
            (Who::Address(_), Kind::Write) => (&self.address_writes, "address-writes"),
        };
        gauge.as_ref().map(|gauge| gauge.take(&who, name)).transpose()
    }

    /// Counts a new account against the address it is made from: each brings allowances of its own.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] when there were too many.
    pub fn join(&self, address: IpAddr, effort: Effort) -> Result<(), Refusal> {
        let unproven = self.unproven_joins.as_ref().filter(|_| effort == Effort::Unproven);
        // The shortest time first: what an hour refuses does not use up the day.
        for gauge in self.joins.iter().chain(unproven).chain(&self.joins_of_a_day) {
            gauge.take(&Who::at(address), "join")?;
        }
        Ok(())
    }

    /// Counts a notice of illegal content against the address it comes from: each is work for somebody.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] when there were too many.
    pub fn notice(&self, address: IpAddr, effort: Effort) -> Result<(), Refusal> {
        let unproven = self.unproven_notices.as_ref().filter(|_| effort == Effort::Unproven);
        for gauge in unproven.into_iter().chain(&self.notices_of_a_day) {
            gauge.take(&Who::at(address), "notice")?;
        }
        Ok(())
    }

    /// Whether an inbox listens to an address.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] when too much came from there that was refused.
    pub fn hear(&self, address: IpAddr) -> Result<(), Refusal> {
        let seconds = UNHEARD.as_secs();
        if self.unheard.contains_key(&Who::at(address)) { Err(Refusal::Throttled { seconds }) } else { Ok(()) }
    }

    /// Counts what came from an address and was refused. A private one is a proxy of ours that is not listed among those to be trusted:
    /// not to hear it would be to hear nobody.
    pub fn refused(&self, address: IpAddr) {
        let who = Who::at(address);
        let is_too_much = self.refused.as_ref().is_some_and(|gauge| gauge.take(&who, "inbox").is_err());
        if is_too_much && may_dial(address, &[]) {
            self.unheard.insert(who, ());
        }
    }

    /// Forgets those who have not come for so long that they start afresh anyway. Called now and then.
    pub fn tidy(&self) {
        let reads_and_writes = [&self.account_reads, &self.account_writes, &self.address_reads, &self.address_writes];
        let joins = [&self.joins, &self.joins_of_a_day, &self.unproven_joins, &self.refused];
        let notices = [&self.notices_of_a_day, &self.unproven_notices];
        for gauge in reads_and_writes.into_iter().chain(joins).chain(notices).flatten() {
            gauge.limiter.retain_recent();
        }
    }
}
