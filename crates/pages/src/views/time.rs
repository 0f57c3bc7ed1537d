//! Times on pages: how long ago, and exactly when. All times are Unix milliseconds, UTC; `now` is
//! always given, never asked for.

use std::fmt::{self, Write};

use askama::{FastWritable, Values};
use jiff::{Timestamp, civil::DateTime, tz::Offset};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A twelfth of a mean Gregorian year; a page that says "3 months ago" needs no calendar.
const MONTH: i64 = 2_629_746_000;
const YEAR: i64 = 12 * MONTH;

const STEPS: [(i64, &str); 5] = [(YEAR, "year"), (MONTH, "month"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How long ago something was, in one rounded-down unit: "just now", "1 hour ago", "3 days ago".
/// What lies ahead of `now_ms` (a clock that runs fast elsewhere) is "just now".
#[must_use]
pub fn age(published_ms: i64, now_ms: i64) -> String {
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = write_age(&mut text, published_ms, now_ms);
    text
}

fn write_age(dest: &mut dyn Write, published_ms: i64, now_ms: i64) -> fmt::Result {
    let passed = now_ms.saturating_sub(published_ms);
    let Some((step, unit)) = STEPS.into_iter().find(|(step, _)| passed >= *step) else {
        return dest.write_str("just now");
    };
    let count = passed / step;
    write_number(dest, count)?;
    dest.write_char(' ')?;
    dest.write_str(unit)?;
    dest.write_str(if count == 1 { " ago" } else { "s ago" })
}

/// For how many milliseconds from `now_ms` on [`age`] keeps saying the same. A page holds at
/// least as long as the smallest of these over its times.
#[must_use]
pub fn age_holds_ms(published_ms: i64, now_ms: i64) -> i64 {
    let passed = now_ms.saturating_sub(published_ms);
    if passed < MINUTE {
        return MINUTE - passed;
    }
    let step = STEPS.into_iter().map(|(step, _)| step).find(|step| passed >= *step).unwrap_or(MINUTE);
    let next_count = step - passed % step;
    // The next larger unit may begin before this one's next count is reached.
    STEPS.into_iter().map(|(larger, _)| larger - passed).filter(|until| *until > 0).fold(next_count, i64::min)
}

/// The exact time for people: "3 February 2025, 14:07 UTC".
#[must_use]
pub fn exact(ms: i64) -> String {
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = write_exact(&mut text, civil(ms));
    text
}

/// The day alone: "3 February 2025".
#[must_use]
pub fn day(ms: i64) -> String {
    let at = civil(ms);
    format!("{} {} {}", at.day(), month_name(at), at.year())
}

/// The exact time for programs, to the millisecond, which tells what is new since a visit: "2025-02-03T14:07:21.012Z".
#[must_use]
pub fn machine(ms: i64) -> String {
    let mut text = String::new();
    // Writing into a String does not fail.
    let _ = write_machine(&mut text, civil(ms));
    text
}

fn write_exact(dest: &mut dyn Write, at: DateTime) -> fmt::Result {
    write_number(dest, at.day().into())?;
    dest.write_char(' ')?;
    dest.write_str(month_name(at))?;
    dest.write_char(' ')?;
    write_number(dest, at.year().into())?;
    dest.write_str(", ")?;
    write_digits(dest, b"00:00", &[at.hour(), at.minute()])?;
    dest.write_str(" UTC")
}

fn write_machine(dest: &mut dyn Write, at: DateTime) -> fmt::Result {
    match u8::try_from(at.year() / 100) {
        Ok(century) => {
            let year = [century.cast_signed(), i8::try_from(at.year() % 100).unwrap_or_default()];
            write_digits(dest, b"0000", &year)?;
        }
        Err(_) => write!(dest, "{:04}", at.year())?,
    }
    write_digits(dest, b"-00-00T00:00:00.", &[at.month(), at.day(), at.hour(), at.minute(), at.second()])?;
    let (tens, ones) = (at.millisecond() / 10, at.millisecond() % 10);
    write_digits(dest, b"00", &[i8::try_from(tens).unwrap_or_default()])?;
    write_number(dest, ones.into())?;
    dest.write_char('Z')
}

/// A number without the formatting machinery of `write!`, which is felt where a page has thousands of them.
fn write_number(dest: &mut dyn Write, number: i64) -> fmt::Result {
    number.write_into(dest, askama::NO_VALUES).map_err(|_unwritten| fmt::Error)
}

/// A short pattern whose pairs of zeros are taken by numbers below 100.
fn write_digits<const N: usize>(dest: &mut dyn Write, pattern: &[u8; N], numbers: &[i8]) -> fmt::Result {
    let mut text = *pattern;
    let mut places = text.iter_mut().filter(|byte| **byte == b'0');
    for number in numbers {
        let number = number.unsigned_abs();
        for digit in [number / 10, number % 10] {
            if let Some(place) = places.next() {
                *place += digit;
            }
        }
    }
    dest.write_str(str::from_utf8(&text).unwrap_or_default())
}

fn month_name(at: DateTime) -> &'static str {
    usize::try_from(at.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default()
}

/// Times beyond what the calendar covers are shown as its first or last moment.
fn civil(ms: i64) -> DateTime {
    let edge = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Offset::UTC.to_datetime(Timestamp::from_millisecond(ms).unwrap_or(edge))
}

/// A `<time>` element, already markup (print it with `safe`): the age as text, the exact time on
/// hover and for programs.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// When it happened.
    pub at_ms: i64,
    /// When the page is made.
    pub now_ms: i64,
}

impl Stamp {
    fn write(self, dest: &mut dyn Write) -> fmt::Result {
        let at = civil(self.at_ms);
        dest.write_str("<time datetime=\"")?;
        write_machine(dest, at)?;
        dest.write_str("\" title=\"")?;
        write_exact(dest, at)?;
        dest.write_str("\">")?;
        write_age(dest, self.at_ms, self.now_ms)?;
        dest.write_str("</time>")
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl FastWritable for Stamp {
    fn write_into(&self, dest: &mut dyn Write, _: &dyn Values) -> askama::Result<()> {
        Ok(self.write(dest)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_738_591_641_000; // 2025-02-03T14:07:21Z

    #[test]
    fn ages_round_down_to_one_unit() {
        for (passed, text) in [
            (-5 * HOUR, "just now"),
            (0, "just now"),
            (MINUTE - 1, "just now"),
            (MINUTE, "1 minute ago"),
            (HOUR - 1, "59 minutes ago"),
            (HOUR, "1 hour ago"),
            (DAY - 1, "23 hours ago"),
            (2 * DAY, "2 days ago"),
            (MONTH - 1, "30 days ago"),
            (MONTH, "1 month ago"),
            (YEAR - 1, "11 months ago"),
            (YEAR, "1 year ago"),
            (12 * YEAR, "12 years ago"),
        ] {
            assert_eq!(age(NOW - passed, NOW), text, "{passed}");
        }
        assert_eq!(age(i64::MIN, i64::MAX), age(0, i64::MAX));
    }

    #[test]
    fn an_age_holds_exactly_as_long_as_it_says() {
        for passed in
            [-3 * DAY, 0, 59_999, MINUTE, HOUR - 1, HOUR, DAY + 5, MONTH - 1, MONTH, YEAR - 1, YEAR, 5 * YEAR + DAY]
        {
            let published = NOW - passed;
            let holds = age_holds_ms(published, NOW);
            assert!(holds > 0, "{passed}");
            assert_eq!(age(published, NOW), age(published, NOW + holds - 1), "{passed}");
            assert_ne!(age(published, NOW), age(published, NOW + holds), "{passed}");
        }
    }

    #[test]
    fn exact_times_are_utc() {
        assert_eq!(exact(NOW), "3 February 2025, 14:07 UTC");
        assert_eq!(machine(NOW), "2025-02-03T14:07:21.000Z");
        assert_eq!(machine(NOW + 123), "2025-02-03T14:07:21.123Z");
        assert_eq!(day(NOW), "3 February 2025");
    }

    #[test]
    fn times_beyond_the_calendar_do_not_fail() {
        assert!(machine(i64::MAX).starts_with("9999-12-3"));
        assert!(machine(i64::MIN).contains("-01-0"));
    }

    #[test]
    fn a_stamp_is_one_element() {
        let stamp = Stamp { at_ms: NOW - HOUR, now_ms: NOW };
        assert_eq!(
            stamp.to_string(),
            "<time datetime=\"2025-02-03T13:07:21.000Z\" title=\"3 February 2025, 13:07 UTC\">1 hour ago</time>"
        );
    }
}
