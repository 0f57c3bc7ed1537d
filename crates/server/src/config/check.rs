//! Rules that no single type can hold: ranges, and what two keys must be to each other. Also what is allowed but
//! deserves a warning. Types of values are in `value`.

use tracing_subscriber::EnvFilter;

use super::{Config, RegistrationMode};

/// A key and what is wrong with its value, the remedy included.
pub(super) type Complaint = (&'static str, String);

/// Everything that forbids starting with `config`.
pub(super) fn complaints(config: &Config) -> Vec<Complaint> {
    let mut found: Vec<Complaint> = ranges(config).iter().filter_map(Range::complaint).collect();
    found.extend(names(config));
    found.extend(body_too_small(config));
    found.extend(token_too_short(config));
    found.extend(hook(config));
    found
}

struct Range {
    key: &'static str,
    value: u64,
    least: u64,
    most: u64,
}

impl Range {
    fn complaint(&self) -> Option<Complaint> {
        let Self { key, value, least, most } = *self;
        (value < least || value > most).then(|| (key, format!("write a whole number from {least} to {most}")))
    }
}

fn ranges(config: &Config) -> Vec<Range> {
    let Config { server, storage, limits, .. } = config;
    let range = |key, value, least, most| Range { key, value, least, most };
    vec![
        range("server.shutdown_grace_seconds", server.shutdown_grace_seconds, 0, 3_600),
        range("storage.sqlite_readers", storage.sqlite_readers as u64, 1, 64),
        range("storage.postgres_connections", storage.postgres_connections as u64, 2, 1_000),
        range("limits.comment_chars", limits.comment_chars as u64, 1, 1_000_000),
        range("limits.title_chars", limits.title_chars as u64, 1, 2_000),
        range("limits.depth", limits.depth as u64, 1, 10_000),
        range("limits.body_bytes", limits.body_bytes as u64, 1, 67_108_864),
        range("limits.request_timeout_seconds", limits.request_timeout_seconds, 1, 600),
        range("limits.page_size", limits.page_size as u64, 1, 1_000),
        range("limits.login_tries", limits.login_tries.into(), 1, 1_000),
        range("limits.login_window_minutes", limits.login_window_minutes.into(), 1, 1_440),
        range("registration.proof_bits", config.registration.proof_bits.into(), 0, 24),
        // Reports are looked at for a month to see what is in somebody's; what was said and heard is needed for as long as queues last.
        range("retention.reports_days", config.retention.reports_days.into(), 31, 36_500),
        range("retention.notices_days", config.retention.notices_days.into(), 31, 36_500),
        range("retention.preserved_days", config.retention.preserved_days.into(), 1, 3_650),
        range("retention.editions_days", config.retention.editions_days.into(), 1, 36_500),
        range("retention.applications_days", config.retention.applications_days.into(), 1, 36_500),
        range("retention.arrivals_days", config.retention.arrivals_days.into(), 7, 36_500),
        range("retention.deliveries_days", config.retention.deliveries_days.into(), 7, 36_500),
        range("limits.live_connections", limits.live_connections as u64, 0, 1_000_000),
    ]
}

fn names(config: &Config) -> Vec<Complaint> {
    let server = &config.server;
    let mut found = Vec::new();
    if server.name.trim().is_empty() || server.name.chars().any(char::is_control) || server.name.chars().count() > 100 {
        found.push(("server.name", "write a name of 1 to 100 characters on one line".to_owned()));
    }
    if server.data_dir.as_os_str().is_empty() {
        found.push(("server.data_dir", "write a folder, such as data or /var/lib/rejoinder".to_owned()));
    }
    let contact = &server.security_contact;
    let named = contact.starts_with("mailto:") || contact.starts_with("https://");
    if !contact.is_empty() && (!named || contact.chars().any(|c| c.is_control() || c.is_whitespace())) {
        let remedy = "write mailto: and an address, or a page that begins with https://; empty for none";
        found.push(("server.security_contact", remedy.to_owned()));
    }
    if let Err(error) = EnvFilter::try_new(&server.log_filter) {
        let remedy = "write a level, such as info, or targets with levels, such as warn,rejoinder=debug";
        found.push(("server.log_filter", format!("not a filter ({error}); {remedy}")));
    }
    found
}

/// A form escapes each of the up to four bytes of a character as three.
const FORM_BYTES_PER_CHAR: usize = 12;
/// Room for a form's other fields.
const FORM_OVERHEAD: usize = 4_096;

/// A comment that is short enough must never be refused because its request is too long.
fn body_too_small(config: &Config) -> Option<Complaint> {
    let chars = config.limits.comment_chars;
    let needed = chars.saturating_mul(FORM_BYTES_PER_CHAR).saturating_add(FORM_OVERHEAD);
    (config.limits.body_bytes < needed).then(|| {
        let why = format!("a comment of limits.comment_chars = {chars} can need {needed} bytes as a form");
        ("limits.body_bytes", format!("{why}; write at least that, or allow shorter comments"))
    })
}

/// Shorter tokens can be guessed over the network.
const TOKEN_CHARS: usize = 16;

fn token_too_short(config: &Config) -> Option<Complaint> {
    let token = config.metrics.token.as_ref()?;
    let short = token.reveal().chars().count() < TOKEN_CHARS;
    short.then(|| ("metrics.token", format!("write at least {TOKEN_CHARS} characters, chosen at random")))
}

/// That its address can be called is looked at where the client is: it knows which networks are allowed.
fn hook(config: &Config) -> Option<Complaint> {
    let hook = &config.moderation.hook;
    let secret = hook.secret.as_ref().map_or(0, |secret| secret.reveal().chars().count());
    let remedy = format!("write at least {TOKEN_CHARS} characters, chosen at random, and tell the program the same");
    if hook.url.is_empty() && secret > 0 {
        return Some((
            "moderation.hook.url",
            "write the address of the program that is asked, or no secret".to_owned(),
        ));
    }
    (!hook.url.is_empty() && secret < TOKEN_CHARS).then_some(("moderation.hook.secret", remedy))
}

/// See [`Config::warnings`].
pub(super) fn warnings(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    let networks = &config.federation.dangerous_allow_addresses;
    if !networks.is_empty() {
        let list = networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        found.push(format!(
            "federation.dangerous_allow_addresses lets other servers make this one call {list}: for test networks only"
        ));
    }
    if config.registration.mode == RegistrationMode::Open && !config.server.public_url.is_local() {
        found.push(
            "registration.mode is open: anyone on the internet can make an account here; \
             set it to approval, invitation or closed unless somebody looks after the instance every day"
                .to_owned(),
        );
    }
    found
}
