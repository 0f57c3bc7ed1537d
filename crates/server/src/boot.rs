//! From the configuration to what actions and the door need.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actions::elsewhere::Elsewhere;
use actions::rules::hook::{Hook, OnFailure};
use actions::{Ctx, Joining, Limits, SystemChance, SystemClock};
use domain::Level;
use domain::text::{Places, TextLimits};
use door::settings::{Documents, Rates, Settings};
use storage::{Db, Holder, Place};

use crate::config::{self, Config, FederationMode, RegistrationMode};

/// The source of this program, as it was compiled.
const SOURCE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/source.tar.gz"));

/// Any reason why a command ends.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Opens the database for a command that works on what is there. Run in another folder, or with another configuration, than the server, it
/// would otherwise make an empty one and seem to have done its work.
pub fn open_existing(config: &Config) -> Result<Ctx, Failure> {
    let there = described(config, Holder::Tool).has_database();
    if there.map_err(|error| unusable(config, &error.to_string()))? {
        return open(config, Holder::Tool);
    }
    Err(format!(
        "there is no database at {}; start the server first (`rejoinder`), or name where it keeps its data by {} or --config",
        config.database_url(),
        key_of_place(config)
    )
    .into())
}

/// Opens the database; makes it, if there is none.
pub fn open(config: &Config, holder: Holder) -> Result<Ctx, Failure> {
    let db = Db::open(place(config, holder)?).map_err(|error| unusable(config, &error.to_string()))?;
    let (clock, chance) = (Box::new(SystemClock), Box::new(SystemChance));
    let elsewhere = elsewhere(config)?;
    let hook = hook(config, &elsewhere)?;
    let ctx = Ctx::new(db, clock, chance, limits(config), places(config), elsewhere);
    Ok(match hook {
        Some(hook) => ctx.asking(hook),
        None => ctx,
    })
}

/// The program that is asked about each comment, if there is one.
fn hook(config: &Config, elsewhere: &Elsewhere) -> Result<Option<Hook>, Failure> {
    let config::Hook { url, secret, on_failure } = &config.moderation.hook;
    let Some(secret) = secret.as_ref().filter(|_| !url.is_empty()) else { return Ok(None) };
    let on_failure = match on_failure {
        config::OnFailure::Open => OnFailure::Open,
        config::OnFailure::Closed => OnFailure::Closed,
    };
    let hook = Hook::new(elsewhere, url, secret.reveal(), on_failure);
    Ok(Some(hook.map_err(|refused| {
        format!("moderation.hook.url is \u{201c}{url}\u{201d}, which cannot be called: {refused}")
    })?))
}

/// How other servers are spoken to.
fn elsewhere(config: &Config) -> Result<Elsewhere, Failure> {
    let read = |file: &PathBuf| {
        std::fs::read(file).map_err(|error| {
            format!("cannot read {}: {error}; name another file in federation.extra_ca_file", file.display())
        })
    };
    let extra = config.federation.extra_ca_file.as_ref().map(read).transpose()?;
    let networks = config.federation.dangerous_allow_addresses.iter().map(|network| network.net()).collect();
    let url = config.server.public_url.as_str();
    let unlisted = match config.federation.mode {
        FederationMode::Open => Level::Allow,
        FederationMode::AllowList => Level::Reject,
    };
    Elsewhere::new(url, networks, extra)
        .map(|elsewhere| elsewhere.dealing_with_others(unlisted))
        .map_err(|bad| format!("server.public_url is “{url}”, which {bad}; give the address that others use").into())
}

/// Where the database is; the folder of a SQLite file is made, if it is not there.
pub fn place(config: &Config, holder: Holder) -> Result<Place, Failure> {
    let place = described(config, holder);
    if let Some(folder) = place.url.strip_prefix("sqlite://").and_then(|file| Path::new(file).parent()) {
        private_folder(folder).map_err(|error| {
            format!("cannot make the folder {}: {error}; name another one in server.data_dir", folder.display())
        })?;
    }
    Ok(place)
}

/// The same, and nothing is made.
fn described(config: &Config, holder: Holder) -> Place {
    let url = config.database_url().as_str().to_owned();
    let is_file = url.starts_with("sqlite:");
    let connections = if is_file { config.storage.sqlite_readers } else { config.storage.postgres_connections };
    Place { url, connections, holder }
}

/// Nobody else on the machine can look into it.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Why the database cannot be used, on one line (libpq speaks in several), and which key names another.
fn unusable(config: &Config, reason: &str) -> String {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let key = key_of_place(config);
    let reason = reason.trim_end_matches(['.', '?', '!']);
    format!("{reason}. If that cannot be put right, name another place in {key}")
}

/// The key that names where the database is.
fn key_of_place(config: &Config) -> &'static str {
    if config.storage.url.as_str().is_empty() { "server.data_dir" } else { "storage.url" }
}

fn limits(config: &Config) -> Limits {
    let joining = match config.registration.mode {
        RegistrationMode::Open => Joining::Open,
        RegistrationMode::Approval => Joining::Approval,
        RegistrationMode::Invitation => Joining::Invitation,
        RegistrationMode::Closed => Joining::Closed,
    };
    let text = TextLimits {
        max_chars: config.limits.comment_chars,
        max_title: config.limits.title_chars,
        ..TextLimits::default()
    };
    Limits {
        text,
        depth: u32::try_from(config.limits.depth).unwrap_or(u32::MAX),
        page: config.limits.page_size,
        joining,
        question: config.registration.question.trim().to_owned(),
        log_names: config.moderation.show_names,
        retention: config.retention.to_actions(),
    }
}

fn places(config: &Config) -> Places {
    let host = config.server.public_url.as_str().split_once("://").map(|(_, host)| host.to_owned());
    Places { host, ..Places::default() }
}

/// What the door is told.
pub fn settings(config: &Config) -> Settings {
    let limits = &config.limits;
    Settings {
        public_url: config.server.public_url.as_str().trim_end_matches('/').to_owned(),
        name: config.server.name.clone(),
        security_contact: Some(config.server.security_contact.clone()).filter(|contact| !contact.is_empty()),
        source: SOURCE,
        trusted_proxies: config.server.trusted_proxies.iter().map(|network| network.net()).collect(),
        body_bytes: limits.body_bytes,
        request_timeout: Duration::from_secs(limits.request_timeout_seconds),
        rates: Rates {
            account_reads: NonZeroU32::new(limits.account_reads_per_minute),
            account_writes: NonZeroU32::new(limits.account_writes_per_minute),
            address_reads: NonZeroU32::new(limits.address_reads_per_minute),
            address_writes: NonZeroU32::new(limits.address_writes_per_minute),
            address_joins: NonZeroU32::new(limits.address_joins_per_hour),
            address_joins_of_a_day: NonZeroU32::new(limits.address_joins_per_day),
            address_unproven_joins: NonZeroU32::new(limits.address_unproven_joins_per_day),
            address_notices_of_a_day: NonZeroU32::new(limits.address_notices_per_day),
            address_unproven_notices: NonZeroU32::new(limits.address_unproven_notices_per_day),
            login_tries: NonZeroU32::new(limits.login_tries),
            login_minutes: limits.login_window_minutes,
        },
        proof_bits: config.registration.proof_bits,
        page_cache_bytes: limits.page_cache_bytes,
        live_connections: limits.live_connections,
        documents: if config.federation.secure_mode { Documents::Signed } else { Documents::Open },
        metrics_token: config.metrics.token.as_ref().map(|token| token.reveal().to_owned()),
    }
}
