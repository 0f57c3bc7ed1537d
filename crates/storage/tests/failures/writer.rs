//! The one thread that writes to SQLite: groups, and what a failure in one does to the others. These run on SQLite always.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Waker};

use domain::{CommentId, ThreadId};
use storage::testing::{TestDb, embedded, execute, number};
use storage::{Change, Db, Error};

use crate::{answer, answers, read, thread, write};

type Waiting = Pin<Box<dyn Future<Output = Result<CommentId, Error>> + Send>>;

/// Holds the writer until it is told to go on, so that what is written meanwhile becomes one group.
async fn hold(db: &TestDb) -> (Sender<()>, tokio::task::JoinHandle<Result<(), Error>>) {
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = channel::<()>();
    let clone = Db::clone(db);
    let held = tokio::spawn(async move {
        let write = clone.write(move |_| {
            let _ = begun.send(());
            let _ = may_go_on.recv();
            Ok(())
        });
        write.await
    });
    has_begun.await.unwrap();
    (go_on, held)
}

/// A write that waits in the queue. Futures do nothing until they are polled.
fn queue(db: &TestDb, work: impl FnOnce(&mut storage::Write) -> Result<CommentId, Error> + Send + 'static) -> Waiting {
    let db = Db::clone(db);
    let mut waiting: Waiting = Box::pin(async move { db.write(work).await });
    assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    waiting
}

fn good(db: &TestDb, thread: ThreadId) -> Waiting {
    queue(db, move |tx| answer(tx, thread))
}

/// The events that were told, without what is told of a fresh connection.
fn told(news: &mut tokio::sync::broadcast::Receiver<Change>) -> Vec<CommentId> {
    let mut told = Vec::new();
    while let Ok(change) = news.try_recv() {
        if let Change::Thread { event: Some((_, comment)), .. } = change {
            told.push(comment);
        }
    }
    told
}

#[tokio::test]
async fn a_refusal_and_a_panic_undo_only_themselves() {
    let db = embedded().await;
    let thread = thread(&db).await;
    let mut news = db.changes().watch();
    let (go_on, held) = hold(&db).await;
    let first = good(&db, thread);
    let refused = queue(&db, move |tx| {
        answer(tx, thread)?;
        Err(Error::Unknown("a refusal"))
    });
    let second = good(&db, thread);
    let panicked = queue(&db, move |tx| {
        answer(tx, thread)?;
        panic!("on purpose")
    });
    let third = good(&db, thread);
    go_on.send(()).unwrap();
    held.await.unwrap().unwrap();
    let kept = [first.await.unwrap(), second.await.unwrap(), third.await.unwrap()];
    assert!(matches!(refused.await, Err(Error::Unknown("a refusal"))));
    assert!(matches!(panicked.await, Err(Error::Panicked(_))));
    assert_eq!(answers(&db, thread).await, 3);
    assert_eq!(told(&mut news), kept);
    assert_eq!(db.thread_version(thread).await.unwrap(), Some(4));
}

/// A commit that fails is answered as a failure to all whose work was in it, and nothing of it is kept or told.
#[tokio::test]
async fn a_commit_that_fails_is_nobodys_success() {
    let db = embedded().await;
    let thread = thread(&db).await;
    let mut news = db.changes().watch();
    let (go_on, held) = hold(&db).await;
    let before = good(&db, thread);
    let refused = queue(&db, |_| Err(Error::Unknown("a refusal")));
    let breaking = queue(&db, move |tx| {
        // An answer without an author, found out only by the commit.
        execute(tx, "PRAGMA defer_foreign_keys = ON")?;
        execute(tx, &format!("UPDATE comments SET author_id = 1 WHERE id = {thread}"))?;
        Ok(thread.root())
    });
    let after = good(&db, thread);
    go_on.send(()).unwrap();
    // What came while it was held has joined it.
    assert!(matches!(held.await.unwrap(), Err(Error::Unavailable(_))));
    for lost in [before, breaking, after] {
        let outcome = lost.await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    assert!(matches!(refused.await, Err(Error::Unknown("a refusal"))));
    assert_eq!((answers(&db, thread).await, told(&mut news)), (0, vec![]));
    // The writer goes on without being started again.
    write(&db, move |tx| answer(tx, thread)).await;
    assert_eq!(answers(&db, thread).await, 1);
    assert_eq!(db.thread_version(thread).await.unwrap(), Some(2));
}

/// A disk with room for a few pages more: SQLite meets its end in the middle of a write, and gives up the statement or the
/// whole transaction.
#[tokio::test]
async fn a_full_disk_is_an_outage_and_over_when_there_is_room_again() {
    let db = embedded().await;
    let thread = thread(&db).await;
    let pages = read(&db, |tx| number(tx, "SELECT page_count FROM pragma_page_count")).await;
    let mut kept = 0;
    let outage = loop {
        match db.write(move |tx| large_answer(tx, thread, pages + 40)).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(kept > 0);
    assert!(matches!(&outage, Error::Unavailable(words) if words.contains("full")), "{outage:?}");
    for _ in 0..5 {
        let outcome = db.write(move |tx| large_answer(tx, thread, pages + 40)).await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
        assert_eq!(answers(&db, thread).await, kept);
        assert_eq!(db.thread_version(thread).await.unwrap(), Some(kept + 1));
    }
    write(&db, move |tx| large_answer(tx, thread, 1_000_000)).await;
    assert_eq!(answers(&db, thread).await, kept + 1);
    let damage = "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
    assert_eq!(read(&db, |tx| number(tx, damage)).await, 0);
}

/// An answer of several pages on a disk of so many. SQLite counts for each connection, and the writer may have a new one.
fn large_answer(tx: &mut storage::Write, thread: ThreadId, room: i64) -> Result<CommentId, Error> {
    execute(tx, &format!("PRAGMA max_page_count = {room}"))?;
    let author = storage::comments::spot(tx, thread.root())?.unwrap().author;
    storage::testing::world::reply(tx, thread.root(), author, &"word ".repeat(2_000))
}

/// The same when SQLite ends the transaction itself in the middle of a group.
#[tokio::test]
async fn a_transaction_that_sqlite_gives_up_is_lost_for_the_whole_group() {
    let db = embedded().await;
    let thread = thread(&db).await;
    let mut news = db.changes().watch();
    let (go_on, held) = hold(&db).await;
    let before = good(&db, thread);
    let breaking = queue(&db, |tx| {
        execute(tx, "ROLLBACK")?;
        Ok(CommentId(1))
    });
    let after = good(&db, thread);
    go_on.send(()).unwrap();
    // What came while it was held has joined it.
    assert!(matches!(held.await.unwrap(), Err(Error::Unavailable(_))));
    for lost in [before, breaking, after] {
        let outcome = lost.await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!((answers(&db, thread).await, told(&mut news)), (0, vec![]));
    write(&db, move |tx| answer(tx, thread)).await;
    assert_eq!(db.thread_version(thread).await.unwrap(), Some(2));
}

#[tokio::test]
async fn more_writes_than_can_wait_are_told_to_come_back() {
    let db = embedded().await;
    let (go_on, held) = hold(&db).await;
    let mut waiting = Vec::new();
    let too_many = loop {
        let mut next: Waiting = {
            let db = Db::clone(&db);
            Box::pin(async move { db.write(|_| Ok(CommentId(1))).await })
        };
        match next.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            std::task::Poll::Pending => waiting.push(next),
            std::task::Poll::Ready(outcome) => break outcome,
        }
    };
    assert!(matches!(too_many, Err(Error::Unavailable(_))), "{too_many:?}");
    go_on.send(()).unwrap();
    held.await.unwrap().unwrap();
    for write in waiting {
        assert_eq!(write.await.unwrap(), CommentId(1));
    }
}

/// A write lock held by another process: those who wait are told, and the next ones succeed.
#[tokio::test]
async fn a_database_that_is_taken_away_does_not_come_back_empty() {
    let db = embedded().await;
    let thread = thread(&db).await;
    let path = db.folder().join("rejoinder.db");
    let away = db.folder().join("away.db");
    for name in ["", "-wal", "-shm"] {
        let from = format!("{}{name}", path.display());
        if std::fs::exists(&from).unwrap() {
            std::fs::rename(from, format!("{}{name}", away.display())).unwrap();
        }
    }
    // A failed commit makes the writer open the file again.
    let broken: Result<(), Error> = db.write(|tx| execute(tx, "ROLLBACK")).await;
    assert!(broken.is_err());
    let outcome = db.write(move |tx| answer(tx, thread)).await;
    assert!(matches!(&outcome, Err(Error::Unavailable(words)) if words.contains("gone")), "{outcome:?}");
    assert!(!path.exists());
    for name in ["-wal", "-shm", ""] {
        let from = format!("{}{name}", away.display());
        if std::fs::exists(&from).unwrap() {
            std::fs::rename(from, format!("{}{name}", path.display())).unwrap();
        }
    }
    write(&db, move |tx| answer(tx, thread)).await;
    assert_eq!(answers(&db, thread).await, 1);
}

#[tokio::test]
async fn the_last_write_is_kept_though_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("rejoinder.db").display());
    let place = storage::Place { url, connections: 1, holder: storage::Holder::Tool };
    let db = Db::open(place.clone()).unwrap();
    let thread = thread(&db).await;
    {
        let mut forgotten = pin!(db.write(move |tx| answer(tx, thread)));
        assert!(forgotten.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    drop(db);
    let again = Db::open(place).unwrap();
    let mut news = again.changes().watch();
    while again.thread_version(thread).await.unwrap() != Some(2) {
        news.recv().await.unwrap();
    }
}
