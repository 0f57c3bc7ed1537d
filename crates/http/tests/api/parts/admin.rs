//! The pages of those who run the place.

use door::web::admin::{back, is_below, many};
use door::web::shell::Fields;

#[test]
fn a_page_below_another_is_marked_there_and_not_above() {
    assert!(is_below("/admin", "/admin") && is_below("/admin/peers/a.example", "/admin/peers"));
    assert!(!is_below("/admin/peers", "/admin") && !is_below("/admin/peersons", "/admin/peers"));
}

#[test]
fn who_did_something_comes_back_to_where_they_were_and_nowhere_else() {
    let at = |path: &str| {
        let fields = Fields(vec![("back".into(), path.into())]);
        back(&fields, "skip", "/admin/inbox").headers()["location"].to_str().unwrap_or_default().to_owned()
    };
    assert_eq!(at("/admin/deliveries?state=given-up&said=retry"), "/admin/deliveries?state=given-up&said=skip");
    for elsewhere in ["https://evil.example/admin", "/logout", "//evil.example", ""] {
        assert_eq!(at(elsewhere), "/admin/inbox?said=skip");
    }
}

#[test]
fn numbers_are_said_as_far_as_anybody_counts() {
    assert_eq!([0, 7, 999, 1_000].map(many), ["", "7", "999", "1,000+"]);
}
