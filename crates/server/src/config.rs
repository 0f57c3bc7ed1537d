//! The configuration: every key, its type and its default, and how defaults, file and environment become one
//! checked [`Config`]. What a value means to the server is decided where it is used, not here; nothing here
//! reads the process environment, so that a test needs none.

mod check;
mod error;
mod source;
#[cfg(test)]
mod tests;
mod value;

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use actions::retention;
use serde::{Deserialize, Serialize};

pub use error::{ConfigError, Problem};
use source::Sources;
pub use value::{DatabaseUrl, Network, PublicUrl, Secret};

/// The file that is read when none is named, relative to the working directory.
pub const DEFAULT_FILE: &str = "config/rejoinder.toml";

/// The whole configuration, one field per section. `config/rejoinder.toml` says of every key why it is as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens, under what name and how it logs.
    pub server: Server,
    /// Where threads and accounts are kept.
    pub storage: Storage,
    /// What one request, one person or one address may ask for.
    pub limits: Limits,
    /// Who may make an account.
    pub registration: Registration,
    /// How other servers are reached.
    pub federation: Federation,
    /// How moderation is told of.
    pub moderation: Moderation,
    /// How long what is kept.
    pub retention: Retention,
    /// Where measurements can be read.
    pub metrics: Metrics,
}

/// Section `[server]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address that takes HTTP connections.
    pub listen: SocketAddr,
    /// The address that people and other servers use; every link and every id is made from it.
    pub public_url: PublicUrl,
    /// What the instance is called, on pages and in feeds.
    pub name: String,
    /// Where a security hole is to be reported (RFC 9116): `mailto:` or `https://`; empty for nowhere.
    pub security_contact: String,
    /// The folder for everything the server keeps, relative to the working directory.
    pub data_dir: PathBuf,
    /// The networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// How long a stop waits for requests in progress, in seconds.
    pub shutdown_grace_seconds: u64,
    /// The form of a log line.
    pub log_format: LogFormat,
    /// Which events are logged, in the notation of `tracing_subscriber::EnvFilter`.
    pub log_filter: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8536)),
            public_url: PublicUrl::default(),
            name: "Rejoinder".to_owned(),
            security_contact: String::new(),
            data_dir: PathBuf::from("data"),
            trusted_proxies: Vec::new(),
            shutdown_grace_seconds: 25,
            log_format: LogFormat::Auto,
            log_filter: "info".to_owned(),
        }
    }
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// One line for people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Section `[storage]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// The database; empty for SQLite in `server.data_dir`. [`Config::database_url`] resolves it.
    pub url: DatabaseUrl,
    /// How many SQLite connections read at the same time. There is always exactly one that writes.
    pub sqlite_readers: usize,
    /// How many connections to PostgreSQL this node opens at most.
    pub postgres_connections: usize,
}

impl Default for Storage {
    fn default() -> Self {
        Self { url: DatabaseUrl::default(), sqlite_readers: 4, postgres_connections: 16 }
    }
}

/// Section `[limits]`. Rates are per minute; a rate of 0 means no limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The longest comment, in Unicode scalar values of its source text.
    pub comment_chars: usize,
    /// The longest title of a thread, in Unicode scalar values.
    pub title_chars: usize,
    /// The deepest comment; a thread's top comments have depth 0.
    pub depth: usize,
    /// The largest request body, in bytes.
    pub body_bytes: usize,
    /// How long one request may take, in seconds.
    pub request_timeout_seconds: u64,
    /// How many comments of a thread, or entries of a list, one page holds.
    pub page_size: usize,
    /// What one account may read, in requests a minute.
    pub account_reads_per_minute: u32,
    /// What one account may write, in requests a minute.
    pub account_writes_per_minute: u32,
    /// What one network address may read, in requests a minute.
    pub address_reads_per_minute: u32,
    /// What one network address may write, in requests a minute.
    pub address_writes_per_minute: u32,
    /// How many accounts can be made from one network address within an hour.
    pub address_joins_per_hour: u32,
    /// How many accounts can be made from one network address within a day.
    pub address_joins_per_day: u32,
    /// How many of them without a proof of work.
    pub address_unproven_joins_per_day: u32,
    /// How many notices of illegal content are taken from one network address within a day.
    pub address_notices_per_day: u32,
    /// How many of them without a proof of work.
    pub address_unproven_notices_per_day: u32,
    /// How many failed logins an account or an address has within `login_window_minutes`.
    pub login_tries: u32,
    /// How long a failed login counts, in minutes.
    pub login_window_minutes: u32,
    /// How much memory rendered pages may take, in bytes.
    pub page_cache_bytes: u64,
    /// How many readers may follow threads live at the same time.
    pub live_connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            comment_chars: 20_000,
            title_chars: 200,
            depth: 200,
            body_bytes: 262_144,
            request_timeout_seconds: 30,
            page_size: 200,
            account_reads_per_minute: 1_200,
            account_writes_per_minute: 30,
            address_reads_per_minute: 1_200,
            address_writes_per_minute: 60,
            address_joins_per_hour: 10,
            address_joins_per_day: 30,
            address_unproven_joins_per_day: 3,
            address_notices_per_day: 20,
            address_unproven_notices_per_day: 5,
            login_tries: 10,
            login_window_minutes: 15,
            page_cache_bytes: 25_165_824,
            live_connections: 2_000,
        }
    }
}

/// Section `[registration]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// Who may make an account.
    pub mode: RegistrationMode,
    /// What those are asked whom an administrator lets in.
    pub question: String,
    /// How much a proof of work costs, in bits that are zero; 0: none is asked for.
    pub proof_bits: u32,
}

impl Default for Registration {
    fn default() -> Self {
        Self { mode: RegistrationMode::default(), question: "What brings you here?".into(), proof_bits: 16 }
    }
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegistrationMode {
    /// Anyone.
    #[default]
    Open,
    /// Anyone, but an administrator lets them in.
    Approval,
    /// Whoever has an invitation.
    Invitation,
    /// Nobody; `rejoinder account create` still works.
    Closed,
}

/// How servers are dealt with about which nothing was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FederationMode {
    /// As all are.
    #[default]
    Open,
    /// They are rejected.
    AllowList,
}

/// Section `[federation]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Federation {
    /// Show documents only to servers that sign their requests.
    pub secure_mode: bool,
    /// How servers are dealt with about which nothing was decided.
    pub mode: FederationMode,
    /// Private networks that may be dialled all the same: for test networks, never for production.
    pub dangerous_allow_addresses: Vec<Network>,
    /// A PEM file of certificate authorities that are trusted beside the usual ones.
    #[serde(with = "value::empty_is_none")]
    pub extra_ca_file: Option<PathBuf>,
}

/// Section `[moderation]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Moderation {
    /// Have the public moderation log name who did something, and not their role alone.
    pub show_names: bool,
    /// A program that is asked about each comment before it is published.
    pub hook: Hook,
}

/// Section `[moderation.hook]`. Without an address nobody is asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hook {
    /// Its address.
    pub url: String,
    /// By which it knows that it is this server that asks.
    #[serde(with = "value::empty_is_none")]
    pub secret: Option<Secret>,
    /// What becomes of a comment about which it has not answered.
    pub on_failure: OnFailure,
}

/// What becomes of a comment about which the program has not answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// As if nobody had been asked.
    #[default]
    Open,
    /// It waits for a moderator.
    Closed,
}

/// Section `[retention]`, in days. What else is kept for how long is fixed, and stands in `docs/retention.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Reports that were decided.
    pub reports_days: u32,
    /// Notices of illegal content that were decided.
    pub notices_days: u32,
    /// Copies of what was taken down as against the law.
    pub preserved_days: u32,
    /// What removed comments said before they were changed.
    pub editions_days: u32,
    /// Applications that were turned away, or that nobody has decided about, and invitations that are over.
    pub applications_days: u32,
    /// What other servers sent.
    pub arrivals_days: u32,
    /// What was said to other servers.
    pub deliveries_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        let retention::Retention {
            reports_days,
            notices_days,
            preserved_days,
            editions_days,
            applications_days,
            arrivals_days,
            deliveries_days,
        } = retention::Retention::default();
        Self {
            reports_days,
            notices_days,
            preserved_days,
            editions_days,
            applications_days,
            arrivals_days,
            deliveries_days,
        }
    }
}

impl Retention {
    /// As actions are told.
    #[must_use]
    pub fn to_actions(&self) -> retention::Retention {
        let Self {
            reports_days,
            notices_days,
            preserved_days,
            editions_days,
            applications_days,
            arrivals_days,
            deliveries_days,
        } = *self;
        retention::Retention {
            reports_days,
            notices_days,
            preserved_days,
            editions_days,
            applications_days,
            arrivals_days,
            deliveries_days,
        }
    }
}

/// Section `[metrics]`. With neither key set there is no `/metrics`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// An own address that serves `/metrics` to everybody who reaches it.
    #[serde(with = "value::empty_is_none")]
    pub listen: Option<SocketAddr>,
    /// The bearer token that opens `/metrics` on the main address.
    #[serde(with = "value::empty_is_none")]
    pub token: Option<Secret>,
}

/// A setting that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// `section.key`.
    pub key: String,
    /// Its value, as in the file; what is secret is masked.
    pub value: String,
    /// What set it: the file, the variable, or `default`.
    pub origin: String,
}

impl Config {
    /// Every setting that [`Config::load`] would put in force, and what set it.
    ///
    /// # Errors
    /// Those of [`Config::load`] about what cannot be read.
    pub fn settings(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Vec<Setting>, ConfigError> {
        Sources::read(path, environment)?.settings()
    }

    /// Reads defaults, then the file, then the environment, and checks the result.
    ///
    /// Without a `path`, [`DEFAULT_FILE`] is read if it exists. Of `environment`, only `REJOINDER_SECTION__KEY`
    /// counts. The error names every key that is unknown, or every value that cannot be, with the remedy.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let sources = Sources::read(path, environment)?;
        let config = sources.extract()?;
        let complaints = check::complaints(&config);
        if complaints.is_empty() { Ok(config) } else { Err(sources.refuse(complaints)) }
    }

    /// The database to open: `storage.url`, or `rejoinder.db` in the data folder.
    #[must_use]
    pub fn database_url(&self) -> DatabaseUrl {
        self.storage.url.clone().or_sqlite_in(&self.server.data_dir)
    }

    /// What is allowed but should be known to whoever starts the server, one sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        check::warnings(self)
    }
}
