//! The addresses of documents.

use domain::Refusal;
use door::elsewhere::documents::{after, without_slug};

#[test]
fn a_slug_is_no_part_of_an_id() {
    for path in ["/t/7", "/t/7/", "/t/7/a-title", "/t/7/a/b"] {
        assert_eq!(without_slug(path), "/t/7", "{path}");
    }
    assert_eq!(without_slug("/u/ana"), "/u/ana");
}

#[test]
fn a_page_of_a_collection_begins_after_a_number() {
    assert_eq!(
        (after(""), after("x=1"), after("after=0"), after("x=1&after=77")),
        (Ok(None), Ok(None), Ok(Some(0)), Ok(Some(77)))
    );
    for query in ["after=", "after", "after=x", "after=-1", "after=+1", "after=1.5", "after=99999999999999999999"] {
        assert_eq!(after(query), Err(Refusal::BadCursor), "{query}");
    }
}
