//! Every query function, on whichever database `REJOINDER_TEST_DATABASE` names.

#![expect(clippy::unwrap_used, reason = "a test ends where something is wrong")]

extern crate rejoinder_storage as storage;

mod approvals;
mod backfills;
mod blocklists;
mod comments;
mod elsewhere;
mod following;
mod grafts;
mod groups;
mod holds;
mod hosting;
mod jobs;
mod joining;
mod kept;
mod law;
mod news;
mod once;
mod people;
mod places;
mod rules;
mod search;
mod threads;
mod votes;
mod webhooks;

use storage::testing::world::{self, Person};
use storage::{Db, Read, Result, Write};

use domain::{BoardId, ThreadId};

async fn write<T: Send + 'static>(db: &Db, work: impl FnOnce(&mut Write) -> Result<T> + Send + 'static) -> T {
    db.write(work).await.unwrap()
}

async fn read<T: Send + 'static>(db: &Db, work: impl FnOnce(&mut Read) -> Result<T> + Send + 'static) -> T {
    db.read(work).await.unwrap()
}

/// Alice, who began a thread in the board `news`, and Bob.
#[derive(Clone, Copy)]
struct Scene {
    alice: Person,
    bob: Person,
    board: BoardId,
    thread: ThreadId,
}

async fn scene(db: &Db) -> Scene {
    write(db, |tx| {
        let (alice, bob) = (world::person(tx, "Alice")?, world::person(tx, "bob")?);
        let board = world::board(tx, "news")?;
        let thread = world::thread(tx, board, alice.actor, "The first")?;
        Ok(Scene { alice, bob, board, thread })
    })
    .await
}
