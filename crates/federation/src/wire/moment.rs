//! Times as they are written between servers (RFC 3339), and as they are kept: Unix milliseconds.

use jiff::Timestamp;

/// Nobody writes a longer one; a parser need not look at more.
const LONGEST: usize = 64;

/// The moment that a text names. Nothing if it names none, or not in which time zone.
pub(super) fn read(text: &str) -> Option<i64> {
    if text.len() > LONGEST {
        return None;
    }
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// A moment in whole seconds, with `Z`: GoToSocial sorts by seconds, and Lemmy wants the zone.
pub(super) fn written(ms: i64) -> String {
    Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_any_zone_and_written_in_one() {
        for text in ["2026-11-23T10:00:00Z", "2026-11-23T11:00:00+01:00", "2026-11-23T10:00:00.000Z"] {
            assert_eq!(read(text), Some(1_795_428_000_000), "{text}");
        }
        assert_eq!(read("2026-11-23T10:00:00.123456Z"), Some(1_795_428_000_123));
        assert_eq!(written(1_795_428_000_999), "2026-11-23T10:00:00Z");
    }

    #[test]
    fn what_names_no_moment_is_none() {
        let long = format!("2026-11-23T10:00:00.{}Z", "0".repeat(64));
        for text in ["", "yesterday", "2026-11-23", "2026-11-23T10:00:00", "2026-13-01T00:00:00Z", long.as_str()] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_written_as_some_moment() {
        assert_eq!(written(i64::MAX), "1970-01-01T00:00:00Z");
    }
}
