//! What is said of clocks and times.

use actions::hosting::checkup::answers::clock;
use actions::hosting::checkup::{Level, lasting};

#[test]
fn i9_a_clock_that_is_off_by_minutes_is_an_error() {
    let at = |off_ms: i64| clock("clock", "peer.example", 1_000_000_000 + off_ms, Some(1_000_000_000));
    for (off_ms, level) in
        [(0, Level::Good), (30_000, Level::Good), (31_000, Level::Warning), (-300_000, Level::Warning)]
    {
        assert_eq!(at(off_ms).level, level, "{off_ms}");
    }
    let ahead = at(7_200_000);
    assert_eq!(ahead.level, Level::Error);
    assert!(ahead.says.starts_with("our clock is 2 hours ahead of that of peer.example"), "{}", ahead.says);
    assert!(at(-301_000).says.contains("5 minutes behind"), "{}", at(-301_000).says);
    assert_eq!(clock("clock", "peer.example", 0, None).level, Level::Warning);
}

#[test]
fn times_are_said_roughly() {
    let said = [0, 119_999, 120_000, 7_200_000, 172_800_000, -5].map(lasting);
    assert_eq!(said, ["0 seconds", "119 seconds", "2 minutes", "2 hours", "2 days", "0 seconds"]);
}
