//! When what is old is looked for again.

use actions::maintenance::{HOUR_MS, SOON_MS, pause};
use actions::retention;

#[test]
fn what_is_left_over_is_done_soon() {
    let most = usize::try_from(retention::AT_ONCE).unwrap();
    assert_eq!([0, most - 1, most].map(pause), [HOUR_MS, HOUR_MS, SOON_MS]);
}
