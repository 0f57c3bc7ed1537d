//! How much of a search is looked for.

use actions::search::bounded;

#[test]
fn a_search_is_bounded() {
    assert_eq!(bounded("a* ab* abc* x"), "a ab abc* x");
    assert_eq!(bounded("1 2 3 4 5 6 7 8 9"), "1 2 3 4 5 6 7 8");
}
