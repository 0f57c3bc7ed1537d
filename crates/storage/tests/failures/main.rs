//! What happens when something goes wrong, and what must not happen even then.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

extern crate rejoinder_storage as storage;

mod changes;
mod leases;
mod log;
mod opening;
mod transactions;
mod writer;

use domain::{CommentId, ThreadId};
use storage::testing::{TestDb, world};
use storage::{Db, Read, Result, Write};

async fn write<T: Send + 'static>(db: &Db, work: impl FnOnce(&mut Write) -> Result<T> + Send + 'static) -> T {
    db.write(work).await.unwrap()
}

async fn read<T: Send + 'static>(db: &Db, work: impl FnOnce(&mut Read) -> Result<T> + Send + 'static) -> T {
    db.read(work).await.unwrap()
}

/// A thread to write in.
async fn thread(db: &Db) -> ThreadId {
    write(db, |tx| {
        let board = world::board(tx, "news")?;
        let alice = world::person(tx, "alice")?;
        world::thread(tx, board, alice.actor, "The first")
    })
    .await
}

/// An answer in the thread, by its own author.
fn answer(tx: &mut Write, thread: ThreadId) -> Result<CommentId> {
    let author = storage::comments::spot(tx, thread.root())?.unwrap().author;
    world::reply(tx, thread.root(), author, "An answer")
}

async fn answers(db: &TestDb, thread: ThreadId) -> i64 {
    let stored = format!("SELECT count(*) FROM comments WHERE thread_id = {thread} AND parent_id IS NOT NULL");
    let (stored, counted) = read(db, move |tx| {
        let counted = storage::threads::find(tx, thread)?.unwrap().comments;
        Ok((storage::testing::number(tx, &stored)?, counted))
    })
    .await;
    assert_eq!(stored, counted, "half of a write was kept");
    stored
}
