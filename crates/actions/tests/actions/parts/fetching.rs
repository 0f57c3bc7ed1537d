//! How often a list is asked for.

use actions::hosting::subscriptions::fetching::{MINUTE_MS, pause};

#[test]
fn a_list_that_is_not_to_be_had_is_asked_for_less_and_less_often() {
    let minutes = |failures| pause(failures) / MINUTE_MS;
    assert_eq!([1, 2, 3, 7, 8, i64::MAX].map(minutes), [15, 30, 60, 960, 1_440, 1_440]);
}
