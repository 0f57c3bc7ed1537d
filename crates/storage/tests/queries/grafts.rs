//! Comments that go from one thread to another.

use std::time::Instant;

use domain::{CommentId, State, ThreadId, Votes};
use storage::comments::{NewComment, Words};
use storage::grafts::{self, Graft, Split};
use storage::testing::{database, world};
use storage::threads::{self, NewThread};
use storage::votes::{self, Vote};
use storage::{Write, comments};

use crate::{read, scene, write};

const MANY: usize = 10_000;

/// A comment with so many below it, ten answers to each, and a vote on every second.
fn grow(tx: &mut Write, scene: crate::Scene) -> storage::Result<Vec<CommentId>> {
    let mut grown = vec![(scene.thread.root(), 0)];
    for n in 0..=MANY {
        let (parent, depth) = *grown.get(n.div_ceil(10)).unwrap();
        let (id, words) = (CommentId(world::id()), Some(Words { source: "words", html: "<p>words</p>" }));
        let new = NewComment {
            id,
            thread: scene.thread,
            parent: Some(parent),
            author: scene.bob.actor,
            depth: depth + 1,
            state: State::Published,
            published: world::now(),
            votes: Votes::default(),
            words,
        };
        comments::insert(tx, &new)?;
        if n % 2 == 0 {
            votes::set(tx, id, scene.alice.actor, Some(Vote::Up), world::now())?;
        }
        grown.push((id, depth + 1));
    }
    Ok(grown.into_iter().skip(1).map(|(id, _)| id).collect())
}

#[tokio::test]
async fn ten_thousand_comments_go_at_once() {
    let db = database().await;
    let scene = scene(&db).await;
    let grown = write(&db, move |tx| grow(tx, scene)).await;
    let (first, last) = (grown[0], grown[MANY]);
    // What hangs beside it stays, and so does the vote on it.
    write(&db, move |tx| {
        let beside = world::reply(tx, scene.thread.root(), scene.bob.actor, "beside")?;
        votes::set(tx, beside, scene.alice.actor, Some(Vote::Up), world::now())
    })
    .await;
    let (to, began) = (ThreadId(first.0), Instant::now());
    let moved = write(&db, move |tx| {
        let spot = comments::spot(tx, first)?.unwrap();
        let (board, title, published, votes) = (scene.board, "Another", spot.published, spot.votes);
        threads::insert(tx, &NewThread { id: to, board, title, url: None, published, votes })?;
        grafts::split(tx, Split { thread: to, from: scene.thread, parent: scene.thread.root() })?;
        let moved = grafts::graft(tx, Graft { comment: first, from: scene.thread, depth: 1, to, below: None })?;
        grafts::recount(tx, to)?;
        grafts::recount(tx, scene.thread)?;
        Ok(moved)
    })
    .await;
    println!("{moved} comments in {:?}", began.elapsed());
    read(&db, move |tx| {
        let (old, new) = (threads::find(tx, scene.thread)?.unwrap(), threads::find(tx, to)?.unwrap());
        let spot = comments::spot(tx, last)?.unwrap();
        assert_eq!((moved, new.comments, old.comments), (MANY + 1, i64::try_from(MANY).unwrap(), 1));
        assert_eq!((spot.thread, spot.depth), (to, 4));
        let mut voted = |thread| votes::of_actor(tx, scene.alice.actor, thread).map(|votes| votes.len());
        assert_eq!((voted(to)?, voted(scene.thread)?), (MANY / 2 + 1, 1));
        assert_eq!(grafts::split_of(tx, to)?.unwrap().from, scene.thread);
        Ok(())
    })
    .await;
}

/// Two that answer each other, below the root of another thread and back again: what was there stays as it was.
#[tokio::test]
async fn what_hangs_below_another_thread_is_as_much_deeper_and_comes_out_again() {
    let db = database().await;
    let scene = scene(&db).await;
    let (thread, bob) = (scene.thread, scene.bob.actor);
    let places = async |ids: [CommentId; 4]| {
        read(&db, move |tx| {
            let mut places = Vec::new();
            for id in ids {
                let spot = comments::spot(tx, id)?.unwrap();
                places.push((spot.thread, spot.parent, spot.depth));
            }
            Ok(places)
        })
        .await
    };
    let (other, [answer, below, there]) = write(&db, move |tx| {
        let other = world::thread(tx, scene.board, bob, "Other")?;
        let answer = world::reply(tx, thread.root(), bob, "answer")?;
        let below = world::reply(tx, answer, bob, "below")?;
        let there = world::reply(tx, other.root(), bob, "there")?;
        Ok((other, [answer, below, there]))
    })
    .await;
    let ids = [thread.root(), answer, below, there];
    let before = places(ids).await;
    let into = Graft { comment: thread.root(), from: thread, depth: 0, to: other, below: Some((there, 1)) };
    assert_eq!(write(&db, move |tx| grafts::graft(tx, into)).await, 3);
    let root = thread.root();
    let merged = [(other, Some(there), 2), (other, Some(root), 3), (other, Some(answer), 4), before[3]];
    assert_eq!(places(ids).await, merged);
    let out = Graft { comment: thread.root(), from: other, depth: 2, to: thread, below: None };
    assert_eq!(write(&db, move |tx| grafts::graft(tx, out)).await, 3);
    assert_eq!(places(ids).await, before);
}

/// On a database with several writers somebody may have answered what is moved while it was not yet.
#[tokio::test]
async fn what_still_stands_in_the_old_thread_below_what_is_moved_is_moved_as_well() {
    let db = database().await;
    let scene = scene(&db).await;
    let places = write(&db, move |tx| {
        let other = world::thread(tx, scene.board, scene.bob.actor, "Other")?;
        let first = world::reply(tx, scene.thread.root(), scene.bob.actor, "first")?;
        let stays = world::reply(tx, scene.thread.root(), scene.bob.actor, "stays")?;
        let graft = Graft { comment: first, from: scene.thread, depth: 1, to: other, below: Some((other.root(), 0)) };
        assert_eq!(grafts::graft(tx, graft)?, 1);
        let between = world::reply(tx, first, scene.bob.actor, "between")?;
        let late = world::reply(tx, between, scene.bob.actor, "late")?;
        // Where what it answers stood before.
        let back = Graft { comment: late, from: other, depth: 3, to: scene.thread, below: Some((between, 2)) };
        assert_eq!(grafts::graft(tx, back)?, 1);
        assert_eq!(comments::spot(tx, late)?.unwrap().thread, scene.thread);
        assert_eq!(grafts::graft(tx, graft)?, 1);
        let mut thread = |id| comments::spot(tx, id).map(|spot| spot.unwrap().thread == other);
        Ok([thread(between)?, thread(late)?, thread(stays)?])
    })
    .await;
    assert_eq!(places, [true, true, false]);
}
