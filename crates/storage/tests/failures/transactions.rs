//! Transactions on whichever database the tests run on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use domain::{Category, ReportState, State};
use storage::objects::{self, Object};
use storage::reports::{self, NewReport};
use storage::testing::{TestDb, database, execute, number, world};
use storage::{Change, Db, Error, Write, cases, hidden, settings, threads};
use tokio::sync::broadcast::Receiver;

use crate::{answer, answers, read, thread, write};

#[tokio::test]
async fn what_was_acknowledged_is_seen_by_the_next_reader() {
    let db = database().await;
    let thread = thread(&db).await;
    for n in 1..=50 {
        write(&db, move |tx| answer(tx, thread)).await;
        assert_eq!(read(&db, move |tx| threads::find(tx, thread)).await.unwrap().comments, n);
        assert_eq!(db.thread_version(thread).await.unwrap(), Some(n + 1));
    }
}

#[tokio::test]
async fn a_refused_write_leaves_nothing_and_tells_nobody() {
    let db = database().await;
    let thread = thread(&db).await;
    let mut news = db.changes().watch();
    let refused: Result<(), Error> = db
        .write(move |tx| {
            answer(tx, thread)?;
            Err(Error::Unknown("a refusal"))
        })
        .await;
    assert!(matches!(refused, Err(Error::Unknown("a refusal"))), "{refused:?}");
    assert_eq!(answers(&db, thread).await, 0);
    told_nothing(&db, &mut news);
    assert_eq!(db.thread_version(thread).await.unwrap(), Some(1));
}

/// PostgreSQL's listener may have begun to listen meanwhile, and says that something may have been missed before.
#[track_caller]
fn told_nothing(db: &Db, news: &mut Receiver<Change>) {
    let began = db.place().url.starts_with("postgres");
    while let Ok(change) = news.try_recv() {
        assert!(began && change == Change::Site, "{change:?}");
    }
}

#[tokio::test]
async fn a_panic_is_an_answer_and_leaves_nothing() {
    let db = database().await;
    let thread = thread(&db).await;
    let mut news = db.changes().watch();
    // More often than there are connections to lose.
    for _ in 0..20 {
        let outcome: Result<(), Error> = db
            .write(move |tx| {
                answer(tx, thread)?;
                panic!("on purpose")
            })
            .await;
        assert!(matches!(outcome, Err(Error::Panicked(_))), "{outcome:?}");
        let outcome: Result<(), Error> = db.read(|_| panic!("on purpose")).await;
        assert!(matches!(outcome, Err(Error::Panicked(_))), "{outcome:?}");
    }
    assert_eq!(answers(&db, thread).await, 0);
    told_nothing(&db, &mut news);
    write(&db, move |tx| answer(tx, thread)).await;
    assert_eq!(answers(&db, thread).await, 1);
}

/// PostgreSQL rolls back silently what goes on after a failed statement; SQLite keeps it. Either is right as long as the
/// answer says so.
#[tokio::test]
async fn a_write_that_swallows_a_failure_is_done_only_if_it_is_kept() {
    let db = database().await;
    let outcome: Result<(), Error> = db
        .write(|tx| {
            settings::set(tx, "kept", "yes")?;
            let nonsense = execute(tx, "INSERT INTO settings (key, value) VALUES ('kept', 'twice')");
            assert!(nonsense.is_err());
            Ok(())
        })
        .await;
    let kept = read(&db, |tx| settings::get(tx, "kept")).await;
    assert_eq!(outcome.is_ok(), kept.is_some(), "{outcome:?}");
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_stop_a_write() {
    let db = database().await;
    let thread = thread(&db).await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = channel::<()>();
    let clone = Db::clone(&db);
    let caller = tokio::spawn(async move {
        let write = clone.write(move |tx| {
            let _ = begun.send(());
            let _ = may_go_on.recv();
            answer(tx, thread)
        });
        write.await
    });
    has_begun.await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    let mut news = db.changes().watch();
    go_on.send(()).unwrap();
    // On SQLite the news come with the commit; on PostgreSQL nobody is left to tell them.
    while answers(&db, thread).await == 0 {
        tokio::select! {
            _ = news.recv() => {}
            () = tokio::task::yield_now() => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_one_moment() {
    let db = database().await;
    write(&db, |tx| settings::set(tx, "name", "before")).await;
    let (first, is_first) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = channel::<()>();
    let clone = Db::clone(&db);
    let reader = tokio::spawn(async move {
        let both = clone.read(move |tx| {
            let one = settings::get(tx, "name")?;
            let _ = first.send(());
            let _ = may_go_on.recv();
            Ok::<_, Error>((one, settings::get(tx, "name")?))
        });
        both.await.unwrap()
    });
    is_first.await.unwrap();
    write(&db, |tx| settings::set(tx, "name", "after")).await;
    go_on.send(()).unwrap();
    let both = reader.await.unwrap();
    assert_eq!(both, (Some("before".to_owned()), Some("before".to_owned())));
}

#[tokio::test]
async fn readers_cannot_write() {
    let db = database().await;
    let outcome = db.read(|tx| execute(tx, "INSERT INTO settings (key, value) VALUES ('a', 'b')")).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    assert_eq!(read(&db, |tx| settings::get(tx, "a")).await, None);
}

/// All connections are lent: the next reader waits a while, without a thread, and is then told to come back.
#[tokio::test]
async fn who_waits_too_long_is_told_to_come_back() {
    let db = database().await;
    let connections = db.place().connections;
    let mut held = Vec::new();
    for _ in 0..connections {
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (go_on, may_go_on) = channel::<()>();
        let clone = Db::clone(&db);
        let reader = tokio::spawn(async move {
            let read = clone.read(move |tx| {
                let _ = begun.send(());
                let _ = may_go_on.recv();
                settings::get(tx, "name")
            });
            read.await
        });
        has_begun.await.unwrap();
        held.push((go_on, reader));
    }
    tokio::time::pause();
    let waiting = db.read(|tx| settings::get(tx, "name"));
    let (outcome, ()) = tokio::join!(waiting, tokio::time::advance(Duration::from_secs(6)));
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    tokio::time::resume();
    for (go_on, reader) in held {
        go_on.send(()).unwrap();
        assert_eq!(reader.await.unwrap().unwrap(), None);
    }
}

/// On PostgreSQL a server that was restarted has closed the connections in the pool.
#[tokio::test]
async fn closed_connections_are_replaced() {
    let db = database().await;
    let thread = thread(&db).await;
    for _ in 0..3 {
        lose_connections(&db).await;
        write(&db, move |tx| answer(tx, thread)).await;
        lose_connections(&db).await;
        assert!(read(&db, move |tx| threads::find(tx, thread)).await.is_some());
    }
    assert_eq!(answers(&db, thread).await, 3);
}

/// Ends every connection of the database but the one that does so; SQLite's cannot be ended from outside.
async fn lose_connections(db: &TestDb) {
    if db.place().url.starts_with("postgres") {
        let others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()";
        // Not on the pool: its own connection is to be lost too.
        let other = Db::open(db.place()).unwrap();
        assert!(read(&other, |tx| number(tx, others)).await > 0);
    }
}

#[tokio::test]
async fn a_connection_lost_while_it_is_used_is_said_plainly() {
    let db = database().await;
    let thread = thread(&db).await;
    if db.place().url.starts_with("postgres") {
        let outcome: Result<(), Error> = db
            .write(move |tx| {
                answer(tx, thread)?;
                execute(tx, "SELECT pg_terminate_backend(pg_backend_pid())")?;
                Ok(())
            })
            .await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
        let outcome: Result<(), Error> = db
            .write(move |tx| {
                answer(tx, thread)?;
                let _ = execute(tx, "SELECT pg_terminate_backend(pg_backend_pid())");
                Err(Error::Unknown("said in some language"))
            })
            .await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(answers(&db, thread).await, 0);
    write(&db, move |tx| answer(tx, thread)).await;
    assert_eq!(answers(&db, thread).await, 1);
}

/// Two transactions, the second begun while the first stands still between what it does first and what it does then. Says what the second
/// found, which is to have waited.
async fn one_after_the_other<T: Send + 'static>(
    db: &TestDb,
    first: impl FnOnce(&mut Write) -> storage::Result<()> + Send + 'static,
    then: impl FnOnce(&mut Write) -> storage::Result<()> + Send + 'static,
    second: impl FnOnce(&mut Write) -> storage::Result<T> + Send + 'static,
) -> T {
    let (one, other) = (Db::open(db.place()).unwrap(), Db::open(db.place()).unwrap());
    let (stands, has_stood) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = channel::<()>();
    let one = tokio::spawn(async move {
        let write = one.write(move |tx| {
            first(tx)?;
            let _ = stands.send(());
            let _ = may_go_on.recv();
            then(tx)
        });
        write.await
    });
    has_stood.await.unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let other = tokio::spawn(async move {
        let write = other.write(move |tx| {
            let _ = begun.send(());
            second(tx)
        });
        write.await
    });
    // On SQLite the second does not begin before the first has ended.
    if db.place().url.starts_with("postgres") {
        has_begun.await.unwrap();
    }
    go_on.send(()).unwrap();
    one.await.unwrap().unwrap();
    other.await.unwrap().unwrap()
}

/// Two who hide the same comments at once hide them once: the second waits for the first, and finds nothing left.
#[tokio::test]
async fn what_two_hide_at_once_is_hidden_once() {
    let db = database().await;
    let thread = thread(&db).await;
    for _ in 0..3 {
        write(&db, move |tx| answer(tx, thread)).await;
    }
    let author = read(&db, move |tx| storage::comments::spot(tx, thread.root())).await.unwrap().author;
    let look = move |tx: &mut Write| hidden::seen_of(tx, &[author], 10);
    let found = move |tx: &mut Write| look(tx).map(|found| assert_eq!(found.len(), 4));
    let hide = move |tx: &mut Write| {
        let those = look(tx)?;
        hidden::hide(tx, "bad.example", &those, (State::Removed, State::Held))
    };
    assert_eq!(one_after_the_other(&db, found, hide, look).await.len(), 0);
}

/// Nobody decides about reports without having seen those that came at the same moment.
#[tokio::test]
async fn who_decides_about_reports_waits_for_those_that_are_being_made() {
    let db = database().await;
    let root = thread(&db).await.root();
    let report = move |tx: &mut Write, id| {
        let reporter = world::person(tx, &format!("reporter{id}"))?.actor;
        let new = NewReport {
            id,
            comment: root,
            reporter,
            category: Category::Spam,
            text: "",
            host: "",
            flag: None,
            now: world::now(),
        };
        reports::insert(tx, &new).map(drop)
    };
    write(&db, move |tx| report(tx, 1)).await;
    let looked = move |tx: &mut Write| {
        cases::find_to_change(tx, root)?;
        Ok(reports::open_after(tx, root, 1)?.len())
    };
    assert_eq!(one_after_the_other(&db, move |tx| report(tx, 2), |_| Ok(()), looked).await, 1);
    // And what is decided is decided for whoever asks then.
    let look = move |tx: &mut Write| cases::find_to_change(tx, root).map(drop);
    let decide = move |tx: &mut Write| cases::decide(tx, root, ReportState::Dismissed, world::now()).map(drop);
    let state = move |tx: &mut Write| Ok(cases::find_to_change(tx, root)?.map(|case| case.state));
    assert_eq!(one_after_the_other(&db, look, decide, state).await, Some(ReportState::Dismissed));
}

/// Who changes a setting because of what it is knows what it is.
#[tokio::test]
async fn who_changes_a_setting_waits_for_whoever_is_about_to() {
    let db = database().await;
    let look = |tx: &mut Write| settings::get_to_change(tx, "rules").map(drop);
    let found =
        one_after_the_other(&db, look, |tx| settings::set(tx, "rules", "1"), |tx| settings::get_to_change(tx, "rules"));
    assert_eq!(found.await.as_deref(), Some("1"));
}

/// A statement that never ends, or a lock that is never given back, ends as an outage.
#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let db = database().await;
    let thread = thread(&db).await;
    let postgres = db.place().url.starts_with("postgres");
    let other = Db::open(db.place()).unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = channel::<()>();
    let slow = tokio::spawn(async move {
        let write = other.write(move |tx| {
            execute(tx, "UPDATE threads SET locked = locked")?;
            let _ = begun.send(());
            let _ = may_go_on.recv();
            Ok::<_, Error>(())
        });
        write.await
    });
    has_begun.await.unwrap();
    let outcome = db
        .write(move |tx| {
            if postgres {
                execute(tx, "SET LOCAL statement_timeout = '50ms'")?;
            }
            answer(tx, thread)
        })
        .await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    go_on.send(()).unwrap();
    slow.await.unwrap().unwrap();
    write(&db, move |tx| answer(tx, thread)).await;
    assert_eq!(answers(&db, thread).await, 1);
}

/// What another process commits is heard of: on PostgreSQL each change, on SQLite that there was one.
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_another_process_are_noticed() {
    let db = database().await;
    let thread = thread(&db).await;
    assert_eq!(db.thread_version(thread).await.unwrap(), Some(1));
    let epoch = db.changes().epoch();
    let mut news = db.changes().watch();
    let other = Db::open(db.place()).unwrap();
    let comment = write(&other, move |tx| answer(tx, thread)).await;
    let heard = loop {
        match news.recv().await.unwrap() {
            // The other one's own listener may have begun to listen after its write: then only the check helps.
            Change::Site if db.place().url.starts_with("postgres") => {}
            change => break change,
        }
    };
    match heard {
        Change::Site => assert!(db.changes().epoch() > epoch),
        Change::Inbox | Change::Outbox | Change::Queue => panic!("nothing was sent or received"),
        Change::Thread { event, version, .. } => {
            assert_eq!((version, event.map(|(_, comment)| comment)), (2, Some(comment)));
        }
    }
    assert_eq!(db.thread_version(thread).await.unwrap(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_of_many_at_once_are_all_kept() {
    let db = database().await;
    let thread = thread(&db).await;
    let writers: Vec<_> = (0..32)
        .map(|_| {
            let db = Db::clone(&db);
            tokio::spawn(async move {
                for _ in 0..10 {
                    db.write(move |tx| answer(tx, thread)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(answers(&db, thread).await, 320);
    assert_eq!(db.thread_version(thread).await.unwrap(), Some(321));
    let doubled =
        "SELECT count(*) FROM (SELECT version FROM events GROUP BY thread_id, version HAVING count(*) > 1) AS d";
    assert_eq!(read(&db, |tx| number(tx, doubled)).await, 0);
}

/// Transactions that wait for a lock that another one took for an id.
const WAITING: &str = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database \
                       WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted";

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_of_an_id_waits_for_who_makes_a_comment_of_it() {
    let (db, uri) = (database().await, "https://peer.example/notes/1");
    let thread = thread(&db).await;
    let (held, is_held) = tokio::sync::oneshot::channel();
    let ended = Arc::new(AtomicBool::new(false));
    let (clone, is_ended) = (Db::clone(&db), Arc::clone(&ended));
    let first = tokio::spawn(async move {
        let made = clone.write(move |tx| {
            objects::hold(tx, uri)?;
            let _ = held.send(());
            // On a server the other one comes as far as it can meanwhile; the embedded database has one writer.
            let is_server = number(tx, "SELECT count(*) FROM pg_locks").is_ok();
            while is_server && number(tx, WAITING)? == 0 && !is_ended.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            let comment = answer(tx, thread)?;
            let (uri, updated) = (uri.to_owned(), domain::Time(1));
            objects::insert(tx, &Object { uri, comment, url: None, updated, announced: true })
        });
        made.await
    });
    is_held.await.unwrap();
    let known = write(&db, move |tx| {
        objects::hold(tx, uri)?;
        let known = objects::by_uri(tx, uri)?;
        ended.store(true, Ordering::SeqCst);
        Ok(known)
    });
    assert!(known.await.is_some());
    first.await.unwrap().unwrap();
}
