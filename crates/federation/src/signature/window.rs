//! When a request was signed, and whether that is now. Times are Unix milliseconds.

use std::time::SystemTime;

use super::Refused;

/// How far a date may lie from now, either way. Mastodon and the fediverse's report on signatures (SWICG, 2026-08) have the same.
const HOUR: i64 = 3_600_000;

/// Refuses what was made too long ago, or later than now.
pub(super) fn recent(made: i64, now: i64) -> Result<(), Refused> {
    if made > now.saturating_add(HOUR) {
        return Err(Refused::Future);
    }
    if made < now.saturating_sub(HOUR) {
        return Err(Refused::Old);
    }
    Ok(())
}

/// Refuses what is over.
pub(super) fn running(until: i64, now: i64) -> Result<(), Refused> {
    if until <= now { Err(Refused::Expired) } else { Ok(()) }
}

/// A `Date` header.
pub(super) fn date(text: &str) -> Result<i64, Refused> {
    let date = httpdate::parse_http_date(text).ok().ok_or(Refused::NotADate)?;
    let since = date.duration_since(SystemTime::UNIX_EPOCH).ok().ok_or(Refused::NotADate)?;
    i64::try_from(since.as_millis()).ok().ok_or(Refused::NotADate)
}

/// Seconds as they stand in a signature.
pub(super) fn milliseconds(name: &'static str, seconds: i64) -> Result<i64, Refused> {
    seconds.checked_mul(1_000).ok_or(Refused::NotSeconds(name))
}
