//! Threads that are put in order while something else is done with them. On PostgreSQL it is done at the same time; the embedded database has
//! one writer, and does one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actions::import::foreign::Given;
use actions::import::merge::{self, Plan, Run};
use actions::import::page_text;
use actions::rearrange::{merge, move_thread};
use actions::{board, manage, reading, reply};
use domain::{State, ThreadId};
use storage::comments;
use storage::grafts::{self, Graft};
use storage::testing::{number, somebody_waits};
use storage::{Write, search};

use crate::world::World;

/// Does something while the first transaction stands still before its end, until what is done meanwhile waits for it, or has ended.
async fn meanwhile<T>(
    world: &World,
    first: impl FnOnce(&mut Write) -> storage::Result<()> + Send + 'static,
    other: impl Future<Output = T>,
) -> T {
    let (stands, has_stood) = tokio::sync::oneshot::channel();
    let ended = Arc::new(AtomicBool::new(false));
    let (db, has_ended) = (world.ctx.db().clone(), Arc::clone(&ended));
    let one = tokio::spawn(async move {
        let write = db.write(move |tx| {
            first(tx)?;
            let _ = stands.send(());
            let is_server = number(tx, "SELECT count(*) FROM pg_locks").is_ok();
            while is_server && !somebody_waits(tx)? && !has_ended.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            Ok::<_, storage::Error>(())
        });
        write.await
    });
    has_stood.await.unwrap();
    let done = other.await;
    ended.store(true, Ordering::SeqCst);
    one.await.unwrap().unwrap();
    done
}

const PAGE: &str =
    "ada 2 hours ago\n\nBoats are slow.\n\n  • ben an hour ago\n\n    Not mine.\n\ncy an hour ago\n\nTrains too.\n";

async fn import(world: &World, comments: usize) -> ThreadId {
    let given = Given { saved_at: 1_800_000_000_000, title: Some("Slowness"), url: None };
    let mut foreign = page_text::parse(PAGE.as_bytes(), &given).unwrap();
    foreign.comments.truncate(comments);
    let plan = Plan { board: "talk".into(), site: "elsewhere.example".into(), run: Run::Real };
    merge::merge(&world.ctx, foreign, plan, |_, _| {}).await.unwrap().thread.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_imported_while_its_thread_is_merged_goes_along() {
    let world = World::new().await;
    let (thread, into) = (import(&world, 1).await, world.thread("Kept").await);
    let merging = move |tx: &mut Write| {
        let below = Some((into.root(), 0));
        grafts::graft(tx, Graft { comment: thread.root(), from: thread, depth: 0, to: into, below })?;
        grafts::end(tx, thread)
    };
    meanwhile(&world, merging, import(&world, 3)).await;
    let left = format!("SELECT count(*) FROM comments WHERE thread_id = {thread}");
    let deep = format!("SELECT count(*) FROM comments WHERE thread_id = {into} AND depth > 1");
    let found = world.ctx.db().read(move |tx| Ok::<_, storage::Error>((number(tx, &left)?, number(tx, &deep)?))).await;
    assert_eq!(found.unwrap(), (0, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_while_its_thread_moves_is_not_found_again() {
    let world = World::new().await;
    board::create_as_host(&world.ctx, "quiet", &board::Description::default()).await.unwrap();
    let thread = world.thread("Trains").await;
    let answer = world.reply(&world.bo, thread.root(), "xylophone").await;
    let deleting = move |tx: &mut Write| {
        comments::spot_to_change(tx, answer)?;
        comments::erase_words(tx, answer)?;
        comments::set_state(tx, answer, State::Deleted)?;
        search::forget(tx, answer)
    };
    meanwhile(&world, deleting, async { move_thread(&world.ctx, &world.mo, thread, "quiet", "").await.unwrap() }).await;
    let indexed = format!("SELECT count(*) FROM comment_words WHERE rowid = {answer}");
    assert_eq!(world.ctx.db().read(move |tx| number(tx, &indexed)).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_mode_lets_nobody_write_several_at_once() {
    let world = Arc::new(World::new().await);
    let thread = world.thread("Hot").await;
    // Who answers the same comment waits for one another anyway.
    let mut answered = Vec::new();
    for n in 0..8 {
        answered.push(world.reply(&world.ana, thread.root(), &format!("{n}")).await);
    }
    manage::slow(&world.ctx, &world.mo, thread, 60, "").await.unwrap();
    let at_once = answered.into_iter().map(|parent| {
        let world = Arc::clone(&world);
        tokio::spawn(async move { reply::reply(&world.ctx, &world.bo, parent, "now", None).await })
    });
    let mut taken = 0;
    for one in at_once.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => taken += 1,
            refused => assert_eq!(crate::world::refusal(refused), "too-soon"),
        }
    }
    assert_eq!(taken, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_threads_that_are_merged_into_each_other_at_once_are_one() {
    let world = Arc::new(World::new().await);
    for _ in 0..10 {
        let (one, other) = (world.thread("One").await, world.thread("Other").await);
        let merging = [(one, other), (other, one)].map(|(thread, into)| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { merge(&world.ctx, &world.mo, thread, into, "").await })
        });
        let mut merged = 0;
        for outcome in merging {
            match outcome.await.unwrap() {
                Ok(()) => merged += 1,
                // Whichever comes second: its thread, or the one that it names, leads elsewhere now.
                refused => assert!(["merged", "bad-field"].contains(&crate::world::refusal(refused))),
            }
        }
        assert_eq!(merged, 1);
        let heads = [reading::head(&world.ctx, one).await, reading::head(&world.ctx, other).await];
        assert_eq!(heads.iter().flatten().map(|head| head.comments).collect::<Vec<_>>(), [1]);
    }
}
