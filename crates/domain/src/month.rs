//! Months of the calendar, in UTC: by them is counted what happens here.

use std::fmt;

use crate::Time;

/// A month, as the number of months since January of the year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i64);

const DAY_MS: i64 = 24 * 3600 * 1000;

impl Month {
    /// The month in which a moment is.
    #[must_use]
    pub fn of(time: Time) -> Self {
        // By the civil calendar, whose years begin in March here: a leap day is then the last day of a year.
        let days = time.0.div_euclid(DAY_MS) + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        Self((era * 400 + year_of_era) * 12 + month_from_march + 2)
    }

    /// When it begins.
    #[must_use]
    pub fn begins(self) -> Time {
        let from_march = self.0 - 2;
        let (year, month) = (from_march.div_euclid(12), from_march.rem_euclid(12));
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * month + 2) / 5;
        Time((era * 146_097 + day_of_era - 719_468) * DAY_MS)
    }

    /// The one that many months later; earlier, if it is negative.
    #[must_use]
    pub fn plus(self, months: i64) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// The number under which it is stored.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// The month stored under that number.
    #[must_use]
    pub fn numbered(number: i64) -> Self {
        Self(number)
    }

    /// Reads what `Display` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-').filter(|(year, month)| (year.len(), month.len()) == (4, 2))?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (year, month): (i64, i64) =
            (year.parse().ok().filter(|_| digits(year))?, month.parse().ok().filter(|_| digits(month))?);
        (1..=12).contains(&month).then(|| Self(year * 12 + month - 1))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_where_the_calendar_says() {
        for (text, ms) in [
            ("1970-01", 0),
            ("2000-02", 949_363_200_000),
            ("2000-03", 951_868_800_000),
            ("2026-11", 1_793_491_200_000),
            ("2027-01", 1_798_761_600_000),
        ] {
            let month = Month::parse(text).unwrap();
            assert_eq!((month.begins(), month.to_string().as_str()), (Time(ms), text));
            assert_eq!((Month::of(Time(ms)), Month::of(Time(ms - 1))), (month, month.plus(-1)), "{text}");
        }
        for bad in ["", "2026", "2026-13", "2026-00", "26-11", "2026-1", "2026-11-28", "+026-11", "2026-+1"] {
            assert_eq!(Month::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn each_month_ends_where_the_next_begins() {
        for number in 23_000..26_000 {
            let month = Month::numbered(number);
            let days = (month.plus(1).begins().0 - month.begins().0) / DAY_MS;
            assert!((28..=31).contains(&days), "{month}: {days}");
            assert_eq!((Month::of(month.begins()), Month::of(month.plus(1).begins().plus_ms(-1))), (month, month));
        }
    }
}
