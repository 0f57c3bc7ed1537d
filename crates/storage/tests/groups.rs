//! Group commit: many writes, few commits. Alone in this file, because it counts the statements of the whole process.

extern crate rejoinder_storage as storage;

use std::future::Future;
use std::sync::mpsc::channel;
use std::task::{Context, Waker};

use storage::testing::{embedded, number, plans};
use storage::{Db, Error, settings};

#[tokio::test]
async fn many_writes_at_once_are_one_commit() {
    plans::record();
    let db = embedded().await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = channel::<()>();
    let clone = Db::clone(&db);
    let held = tokio::spawn(async move {
        let write = clone.write(move |_| {
            let _ = begun.send(());
            let _ = may_go_on.recv();
            Ok::<_, Error>(())
        });
        write.await
    });
    has_begun.await.unwrap();
    plans::take();
    let mut waiting = Vec::new();
    for n in 0..500 {
        let db = Db::clone(&db);
        let mut write =
            Box::pin(async move { db.write(move |tx| settings::set(tx, &format!("key{n}"), "value")).await });
        assert!(write.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        waiting.push(write);
    }
    go_on.send(()).unwrap();
    held.await.unwrap().unwrap();
    for write in waiting {
        write.await.unwrap();
    }
    let statements = plans::take();
    let commits = statements.iter().filter(|statement| statement.sql == "COMMIT").count();
    // All the others have joined what held the writer.
    assert_eq!(commits, 1);
    assert_eq!(statements.iter().filter(|statement| statement.sql == "SAVEPOINT one").count(), 500);
    let kept = db.read(|tx| number(tx, "SELECT count(*) FROM settings WHERE key LIKE 'key%'")).await;
    assert_eq!(kept.unwrap(), 500);
}
