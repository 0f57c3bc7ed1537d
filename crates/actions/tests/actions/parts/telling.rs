//! How long a program is left alone.

use actions::webhooks::telling::pause;

#[test]
fn pauses_grow_and_end_with_an_hour() {
    let pauses: Vec<i64> = (0..9).map(pause).collect();
    assert!(pauses.is_sorted() && pauses[0] == 1_000 && pauses[6..] == [3_600_000; 3], "{pauses:?}");
    assert_eq!(pause(i64::MAX), 3_600_000);
}
