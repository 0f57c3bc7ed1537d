//! The line that begins a comment: `AUTHOR AGE`, with a bullet before it in replies. Here: whether a line reads so, and what age
//! it tells. Not here: whether it stands where such a line may stand.

use jiff::civil::Date;
use jiff::tz::TimeZone;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A line that reads like the beginning of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub bullet: Bullet,
    pub author: &'a str,
    pub age: Age,
}

/// Whether the line is a reply's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bullet {
    Absent,
    Present,
}

/// How old a comment is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// That many milliseconds before the page was saved.
    Before(i64),
    /// On the day that begins at this Unix millisecond, UTC.
    On(i64),
}

impl Age {
    /// The moment in Unix milliseconds, for a page saved at `saved_at`. A month is 30 days and a year 365, as the sites that
    /// print such ages count.
    pub fn moment(self, saved_at: i64) -> i64 {
        match self {
            Self::Before(ms) => saved_at.saturating_sub(ms),
            Self::On(moment) => moment,
        }
    }
}

/// Reads a line without its indentation. Nothing but an author without spaces and a whole age will do.
pub(super) fn header(line: &str) -> Option<Header<'_>> {
    let (bullet, rest) = match after_bullet(line) {
        Some(rest) => (Bullet::Present, rest),
        None => (Bullet::Absent, line),
    };
    let (author, age) = rest.split_once(' ')?;
    let named = !author.is_empty() && !author.chars().any(|c| c.is_whitespace() || c.is_control());
    let age = parse_age(age)?;
    named.then_some(Header { bullet, author, age })
}

/// What follows a reply's bullet, if the line has one.
pub(super) fn after_bullet(line: &str) -> Option<&str> {
    line.strip_prefix("• ").map(str::trim_start)
}

fn parse_age(text: &str) -> Option<Age> {
    if text == "just now" {
        return Some(Age::Before(0));
    }
    match text.strip_prefix("on ") {
        Some(day) => parse_day(day).map(Age::On),
        None => parse_span(text.strip_suffix(" ago")?).map(Age::Before),
    }
}

fn parse_span(text: &str) -> Option<i64> {
    let (count, unit) = text.split_once(' ')?;
    let count = match count {
        "a" | "an" => 1,
        digits => number(digits, 4)?,
    };
    Some(count.saturating_mul(unit_ms(unit.strip_suffix('s').unwrap_or(unit))?))
}

fn unit_ms(unit: &str) -> Option<i64> {
    Some(match unit {
        "second" => SECOND,
        "minute" => MINUTE,
        "hour" => HOUR,
        "day" => DAY,
        "week" => 7 * DAY,
        "month" => 30 * DAY,
        "year" => 365 * DAY,
        _ => return None,
    })
}

fn parse_day(text: &str) -> Option<i64> {
    let (month_day, year) = text.split_once(", ")?;
    let (month, day) = month_day.split_once(' ')?;
    let year = i16::try_from(number(year, 4)?).ok()?;
    let day = i8::try_from(number(day, 2)?).ok()?;
    let midnight = Date::new(year, month_number(month)?, day).ok()?.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(midnight.timestamp().as_millisecond())
}

fn month_number(name: &str) -> Option<i8> {
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
    let short = if name == "Sept" { "Sep" } else { name };
    (1..).zip(MONTHS).find(|(_, month)| *month == short || month.get(..3) == Some(short)).map(|(number, _)| number)
}

fn number(digits: &str, longest: usize) -> Option<i64> {
    let plain = digits.len() <= longest && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(line: &str) -> Option<i64> {
        match header(line)?.age {
            Age::Before(ms) => Some(ms),
            Age::On(_) => None,
        }
    }

    #[test]
    fn every_age_is_read() {
        let ages = [
            ("just now", 0),
            ("30 seconds ago", 30 * SECOND),
            ("0 minutes ago", 0),
            ("a minute ago", MINUTE),
            ("59 minutes ago", 59 * MINUTE),
            ("an hour ago", HOUR),
            ("1 hour ago", HOUR),
            ("21 hours ago", 21 * HOUR),
            ("a day ago", DAY),
            ("2 weeks ago", 14 * DAY),
            ("a month ago", 30 * DAY),
            ("11 months ago", 330 * DAY),
            ("a year ago", 365 * DAY),
            ("9999 years ago", 9999 * 365 * DAY),
        ];
        for (age, ms) in ages {
            assert_eq!(before(&format!("ann {age}")), Some(ms), "{age}");
        }
    }

    #[test]
    fn a_day_is_its_beginning_in_utc() {
        let days = [
            ("on Jan 5, 2025", 1_736_035_200_000),
            ("on April 5, 2021", 1_617_580_800_000),
            ("on May 31, 1970", 150 * DAY),
            ("on Sept 1, 2020", 1_598_918_400_000),
        ];
        for (age, ms) in days {
            assert_eq!(header(&format!("ann {age}")).unwrap().age, Age::On(ms), "{age}");
        }
    }

    #[test]
    fn what_is_not_wholly_author_and_age_is_no_header() {
        let others = [
            "",
            "ann",
            "ann ",
            " a day ago",
            "a day ago",
            "I left a day ago",
            "ann a day ago.",
            "ann a day ago today",
            "ann  a day ago",
            "ann -3 days ago",
            "ann +3 days ago",
            "ann 3.5 days ago",
            "ann three days ago",
            "ann 12345 days ago",
            "ann 3 days",
            "ann 3 dayss ago",
            "ann 3 lightyears ago",
            "ann ٣ days ago",
            "ann on Feb 30, 2024",
            "ann on 5 Jan 2024",
            "ann on Janu 5, 2024",
            "ann on Jan 5 2024",
            "ann last week",
            "an\u{7}n a day ago",
            "ann\u{a0}lee a day ago",
            "•ann a day ago ",
        ];
        for line in others {
            assert_eq!(header(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_bullet_makes_it_a_reply() {
        let reply = header("• ann_b- 3 hours ago").unwrap();
        assert_eq!((reply.bullet, reply.author, reply.age), (Bullet::Present, "ann_b-", Age::Before(3 * HOUR)));
        assert_eq!(header("ann 3 hours ago").unwrap().bullet, Bullet::Absent);
    }

    #[test]
    fn a_moment_never_overflows() {
        assert_eq!(Age::Before(5).moment(i64::MIN), i64::MIN);
        assert_eq!(Age::Before(9999 * 365 * DAY).moment(0), -9999 * 365 * DAY);
    }
}
