//! How what waits is counted.

use actions::stats::{DAY_MS, Waits, days};
use domain::Time;

const HOUR: i64 = 3_600_000;

#[test]
fn thirty_days_end_with_today() {
    let all: Vec<_> = days(Time(100 * DAY_MS + 5)).collect();
    assert_eq!((all.len(), all.first(), all.last()), (30, Some(&Time(71 * DAY_MS)), Some(&Time(100 * DAY_MS))));
}

#[test]
fn what_waits_is_told_apart_by_age() {
    let now = Time(1_000 * HOUR);
    let ago = |hours: i64| Time(now.0 - hours * HOUR);
    let waits = Waits::of(&[ago(0), ago(1), ago(23), ago(24)], &[ago(71), ago(72), ago(168), ago(900)], now);
    let counts: Vec<_> = waits.by_age.iter().map(|(_, held, reported)| (*held, *reported)).collect();
    assert_eq!(counts, [(1, 0), (2, 0), (1, 1), (0, 1), (0, 2)]);
    assert_eq!((waits.held(), waits.reported(), waits.oldest), (4, 4, Some(ago(900))));
    assert_eq!(Waits::of(&[], &[], now).oldest, None);
}
