//! How long something is decided for.

use domain::Time;
use door::web::admin::actors::until;

#[test]
fn a_day_ends_as_it_begins_and_nothing_is_for_good() {
    assert_eq!(until(" 1970-01-02 "), Ok(Some(Time(24 * 3600 * 1000))));
    assert_eq!(until(""), Ok(None));
    assert!(until("tomorrow").is_err() && until("1970-02-30").is_err());
}
