//! What this process knows of changes, and how another node hears of them: nothing that is old is believed, and nothing is missed unsaid.

use domain::{CommentId, EventKind, ThreadId};
use storage::Change;
use storage::testing::inside::{Known, decode, encode};

const THREAD: ThreadId = ThreadId(7);

fn news(version: i64) -> [Change; 1] {
    [Change::Thread { thread: THREAD, version, event: None }]
}

#[test]
fn a_version_read_late_never_hides_a_later_one() {
    let changes = Known::default();
    let before = changes.moment();
    changes.publish(&news(5));
    changes.learn(THREAD, 4, before);
    assert_eq!(changes.version(THREAD), Some(5));
    changes.publish(&news(3));
    assert_eq!(changes.version(THREAD), Some(5));
}

#[test]
fn a_version_read_before_everything_was_forgotten_is_not_believed() {
    let changes = Known::default();
    let before = changes.moment();
    changes.forget();
    changes.learn(THREAD, 4, before);
    assert_eq!((changes.version(THREAD), changes.epoch()), (None, 1));
    changes.learn(THREAD, 6, changes.moment());
    assert_eq!(changes.version(THREAD), Some(6));
}

#[test]
fn those_who_watch_hear_of_what_was_missed() {
    let changes = Known::default();
    let mut watch = changes.watch();
    changes.publish(&news(5));
    changes.forget();
    assert_eq!(watch.try_recv().ok(), Some(news(5)[0]));
    assert_eq!(watch.try_recv().ok(), Some(Change::Site));
    assert!(watch.try_recv().is_err());
}

#[test]
fn messages_read_back_on_another_node_and_are_ignored_on_their_own() {
    let changes = [
        Change::Site,
        Change::Inbox,
        Change::Outbox,
        Change::Queue,
        Change::Thread { thread: ThreadId(3), version: 9, event: None },
        Change::Thread { thread: ThreadId(3), version: 10, event: Some((EventKind::Vote, CommentId(5))) },
    ];
    for change in changes {
        let line = encode(&change, u64::MAX);
        assert_eq!(decode(&line, 2), [change]);
        assert_eq!(decode(&line, u64::MAX), []);
    }
    for junk in ["", "x", "1 2", "1 2 3 4 five", "1 99999999999999999999 3 4 5"] {
        assert_eq!(decode(junk, 2), [], "{junk:?}");
    }
}
