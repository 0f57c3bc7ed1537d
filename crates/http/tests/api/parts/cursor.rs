//! Where the next page of a list begins.

use domain::{Refusal, ThreadSort};
use door::api::cursor::{List, after, after_host, read, read_host};
use storage::threads::After;

#[test]
fn cursors_read_back_in_their_own_list_only() {
    let cursor = List::Search.after(7);
    assert_eq!(List::Search.read(Some(&cursor)), Ok(Some(7)));
    assert_eq!(List::Log.read(Some(&cursor)), Err(Refusal::BadCursor));
    let place = After { key: -3, id: 9 };
    let cursor = after(ThreadSort::Top, place);
    assert_eq!(read(ThreadSort::Top, Some(&cursor)), Ok(Some(place)));
    assert_eq!(read(ThreadSort::Hot, Some(&cursor)), Err(Refusal::BadCursor));
    assert_eq!(List::Log.read(None), Ok(None));
    let cursor = after_host("peer.example:8443");
    assert_eq!((read_host(Some(&cursor)), read_host(None)), (Ok("peer.example:8443".into()), Ok(String::new())));
    assert_eq!(List::Log.read(Some(&cursor)), Err(Refusal::BadCursor));
    assert_eq!(read_host(Some(&List::Log.after(7))), Err(Refusal::BadCursor));
}

#[test]
fn junk_is_refused() {
    let long = "A".repeat(100_000);
    for junk in ["", "!", "0", "null", "dC4w", "dC4tNw", "\u{0}", "dC45MjIzMzcyMDM2ODU0Nzc1ODA4", &long] {
        assert_eq!(List::Thread.read(Some(junk)), Err(Refusal::BadCursor), "{junk:?}");
        assert_eq!(read(ThreadSort::Hot, Some(junk)), Err(Refusal::BadCursor), "{junk:?}");
        assert_eq!(read_host(Some(junk)), Err(Refusal::BadCursor), "{junk:?}");
    }
}
