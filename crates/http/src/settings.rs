//! What the host has decided about the door. Made once at the start.

use std::num::NonZeroU32;
use std::time::Duration;

/// Decisions of the host. Where they come from (file, environment) is the server's business.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address that people use, without a slash at the end: `https://talk.example`.
    pub public_url: String,
    /// What the instance is called until somebody names it.
    pub name: String,
    /// Where a hole is to be reported: an address that begins with `mailto:` or `https://`.
    pub security_contact: Option<String>,
    /// The source of the running program, as a gzipped tar archive: offered at `/source` (AGPL section 13).
    pub source: &'static [u8],
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Largest request body, in bytes.
    pub body_bytes: usize,
    /// Longest time for one request; live connections excepted.
    pub request_timeout: Duration,
    /// Requests a minute; `None` for no limit.
    pub rates: Rates,
    /// Bits that are zero in a proof of work; 0: none is asked for.
    pub proof_bits: u32,
    /// Memory for rendered pages, in bytes.
    pub page_cache_bytes: u64,
    /// Readers who follow threads live at the same time, at most.
    pub live_connections: usize,
    /// Who is shown the documents that other servers read.
    pub documents: Documents,
    /// Token that opens `/metrics` on the public listener; `None`: not served there.
    pub metrics_token: Option<String>,
}

/// Who is shown the documents that other servers read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Documents {
    /// Everybody.
    #[default]
    Open,
    /// Whoever signs the request ("secure mode").
    Signed,
}

/// Requests a minute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    /// Reads of one account.
    pub account_reads: Option<NonZeroU32>,
    /// Writes of one account.
    pub account_writes: Option<NonZeroU32>,
    /// Reads of one address without an account.
    pub address_reads: Option<NonZeroU32>,
    /// Writes of one address without an account.
    pub address_writes: Option<NonZeroU32>,
    /// Accounts made from one address within an hour.
    pub address_joins: Option<NonZeroU32>,
    /// The same within a day.
    pub address_joins_of_a_day: Option<NonZeroU32>,
    /// The same within a day, for those that show no proof of work.
    pub address_unproven_joins: Option<NonZeroU32>,
    /// Notices of illegal content from one address within a day.
    pub address_notices_of_a_day: Option<NonZeroU32>,
    /// The same, for those that show no proof of work.
    pub address_unproven_notices: Option<NonZeroU32>,
    /// Failed logins of one name, and of one address, within `login_minutes`.
    pub login_tries: Option<NonZeroU32>,
    /// How long a failed login counts, in minutes.
    pub login_minutes: u32,
}

impl Settings {
    /// Whether people reach this instance by https: then cookies are for https only.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Name of the session cookie. The prefix makes browsers refuse one that another host or plain http has set.
    #[must_use]
    pub fn cookie(&self) -> &'static str {
        if self.secure() { "__Host-session" } else { "session" }
    }
}
