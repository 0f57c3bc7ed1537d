//! Threads that are moved, split, merged, slowed down; comments that are covered.

#![expect(clippy::indexing_slicing, reason = "a test that finds something else has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actions::board::Description;
use actions::hosting::By;
use actions::rearrange::{Opening, merge, move_thread, split};
use actions::staffing::{Appointment, appoint};
use actions::{board, comment, feed, manage, passage, personal, reading, reply, retract, search, vote};
use domain::{CommentId, CommentSort, Deed, Refusal, Role, ThreadId, ThreadSort};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use storage::votes::Vote;
use storage::{comments, grafts};

use crate::world::{World, person, refusal};

async fn second_board(world: &World) {
    board::create_as_host(&world.ctx, "quiet", &Description::default()).await.unwrap();
}

fn opening(title: &str) -> Opening {
    Opening { title: title.into(), board: None }
}

fn to(title: &str, board: &str) -> Opening {
    Opening { title: title.into(), board: Some(board.into()) }
}

/// What stands in a thread, with depths, in the order in which it is shown.
async fn standing(world: &World, thread: ThreadId) -> Vec<(CommentId, u32)> {
    let stretch = passage::stretch(&world.ctx, thread, CommentSort::Old, None, 500).await.unwrap();
    stretch.comments.iter().map(|one| (one.line.id, one.line.depth)).collect()
}

async fn found_on(world: &World, words: &str, board: &str) -> Vec<CommentId> {
    let ask = search::Ask { words: words.into(), board: board.into(), ..Default::default() };
    let (found, _) = search::search(&world.ctx, &ask, None, 100).await.unwrap();
    found.into_iter().map(|one| one.comment.id).collect()
}

#[tokio::test]
async fn a_thread_goes_to_another_board_with_all_that_hangs_from_it() {
    let world = World::new().await;
    second_board(&world).await;
    let thread = world.thread("Trains").await;
    let answer = world.reply(&world.bo, thread.root(), "slowly").await;
    manage::manage(&world.ctx, &world.mo, thread, Deed::Pin, "").await.unwrap();
    move_thread(&world.ctx, &world.mo, thread, "quiet", "wrong place").await.unwrap();
    let head = reading::head(&world.ctx, thread).await.unwrap();
    assert_eq!((head.board_name.as_str(), head.pinned, head.comments), ("quiet", false, 1));
    let listed = async |board: &str| {
        let found = board::listing(&world.ctx, Some(board.into()), ThreadSort::Hot, None, 10).await.unwrap();
        found.pinned.iter().chain(&found.threads).map(|thread| thread.id).collect::<Vec<_>>()
    };
    assert_eq!((listed("talk").await, listed("quiet").await), (vec![], vec![thread]));
    let fed = feed::threads(&world.ctx, Some("talk".into()), None, 10).await.unwrap();
    assert!(fed.threads.is_empty());
    assert_eq!(
        (found_on(&world, "slowly", "talk").await, found_on(&world, "slowly", "quiet").await),
        (vec![], vec![answer])
    );
    assert_eq!(found_on(&world, "trains", "quiet").await, [thread.root()]);

    let version = head.version;
    move_thread(&world.ctx, &world.mo, thread, "quiet", "again").await.unwrap();
    assert_eq!(reading::head(&world.ctx, thread).await.unwrap().version, version);
    let (log, _) = manage::log(&world.ctx, None, 10).await.unwrap();
    let moves: Vec<_> =
        log.iter().filter(|one| one.entry.deed == Deed::Move).map(|one| one.entry.reason.as_str()).collect();
    assert_eq!(moves, ["From talk to quiet: wrong place"]);
}

#[tokio::test]
async fn who_moderates_one_board_brings_nothing_to_another() {
    let world = World::new().await;
    second_board(&world).await;
    let thread = world.thread("Trains").await;
    let answer = world.reply(&world.bo, thread.root(), "slowly").await;
    person(&world.ctx, "tea", Role::Moderator).await;
    let talk = Appointment { role: Role::Moderator, boards: Some(vec!["talk".into()]) };
    appoint(&world.ctx, &By::Host, "tea", talk, "").await.unwrap();
    let tea = actions::account::stand_in(&world.ctx, "tea").await.unwrap();
    assert_eq!(refusal(move_thread(&world.ctx, &tea, thread, "quiet", "").await), "forbidden");
    assert_eq!(refusal(split(&world.ctx, &tea, answer, &to("Slow", "quiet"), "").await), "forbidden");
    move_thread(&world.ctx, &world.mo, thread, "quiet", "").await.unwrap();
    let other = world.thread("Cars").await;
    assert_eq!(refusal(merge(&world.ctx, &tea, other, thread, "").await), "forbidden");
    assert_eq!(refusal(merge(&world.ctx, &tea, thread, other, "").await), "forbidden");
    split(&world.ctx, &world.mo, answer, &opening("Slow"), "").await.unwrap();
    for bad in ["nowhere", ""] {
        assert_eq!(refusal(move_thread(&world.ctx, &world.mo, thread, bad, "").await), "bad-field");
    }
    assert_eq!(refusal(move_thread(&world.ctx, &world.bo, thread, "talk", "").await), "forbidden");
}

#[tokio::test]
async fn a_comment_becomes_a_thread_with_all_below_it() {
    let world = World::new().await;
    let thread = world.thread("Trains").await;
    let first = world.reply(&world.bo, thread.root(), "first").await;
    let off = world.reply(&world.bo, first, "By the way: tea").await;
    let below = world.reply(&world.ana, off, "Green tea").await;
    let deeper = world.reply(&world.mo, below, "Black tea").await;
    vote::vote(&world.ctx, &world.ana, off, Some(Vote::Up)).await.unwrap();
    vote::vote(&world.ctx, &world.mo, below, Some(Vote::Down)).await.unwrap();
    let made = ThreadId(off.0);
    split(&world.ctx, &world.mo, off, &opening("Tea"), "another subject").await.unwrap();

    assert_eq!(standing(&world, thread).await, [(first, 1)]);
    assert_eq!(standing(&world, made).await, [(below, 1), (deeper, 2)]);
    let (old, new) = (reading::head(&world.ctx, thread).await.unwrap(), reading::head(&world.ctx, made).await.unwrap());
    assert_eq!((old.comments, new.comments, new.title.as_str(), new.score), (1, 2, "Tea", 1));
    assert_eq!(
        (old.active, new.active),
        (
            comment::find(&world.ctx, first).await.unwrap().published,
            comment::find(&world.ctx, deeper).await.unwrap().published
        )
    );
    assert_eq!(personal::own(&world.ctx, &world.mo, made).await.unwrap().votes.get(&below), Some(&Vote::Down));
    assert!(personal::own(&world.ctx, &world.mo, thread).await.unwrap().votes.is_empty());
    let listing = board::listing(&world.ctx, Some("talk".into()), ThreadSort::Top, None, 10).await.unwrap();
    assert_eq!(listing.threads.iter().map(|thread| thread.id).collect::<Vec<_>>(), [made, thread]);
    assert_eq!(found_on(&world, "tea by", "talk").await, [off], "by its title too");
    let kept = world.ctx.db().read(move |tx| grafts::split_off(tx, thread, 10)).await.unwrap();
    assert_eq!(kept, [(made, "Tea".to_owned())]);

    split(&world.ctx, &world.mo, off, &opening("Coffee"), "").await.unwrap();
    assert_eq!(reading::head(&world.ctx, made).await.unwrap().title, "Tea", "twice does nothing");
    let (log, _) = manage::log(&world.ctx, None, 10).await.unwrap();
    assert_eq!(
        (log.len(), log[0].entry.deed, log[0].entry.reason.as_str()),
        (1, Deed::Split, &*format!("Off thread {thread}: another subject"))
    );

    assert_eq!(refusal(split(&world.ctx, &world.mo, thread.root(), &opening("All"), "").await), "forbidden");
    retract::remove(&world.ctx, &world.mo, first, "").await.unwrap();
    assert_eq!(refusal(split(&world.ctx, &world.mo, first, &opening("Gone"), "").await), "forbidden");
    assert_eq!(refusal(split(&world.ctx, &world.mo, below, &opening(" "), "").await), "text-refused");
    // It is a thread like any other.
    let answer = world.reply(&world.bo, off, "Or water").await;
    assert_eq!(standing(&world, made).await, [(below, 1), (deeper, 2), (answer, 1)]);
    retract::remove(&world.ctx, &world.mo, off, "").await.unwrap();
    assert_eq!(reading::head(&world.ctx, made).await.unwrap().title, "");
    retract::restore(&world.ctx, &world.mo, off, "").await.unwrap();
    let head = reading::head(&world.ctx, made).await.unwrap();
    assert_eq!((head.title.as_str(), head.listed), ("Tea", true));
}

#[tokio::test]
async fn a_thread_is_merged_into_another_and_leads_there() {
    let world = World::new().await;
    let (kept, doubled) = (world.thread("Trains").await, world.thread("Trains *again*").await);
    let first = world.reply(&world.bo, kept.root(), "first").await;
    let second = world.reply(&world.bo, doubled.root(), "second").await;
    let third = world.reply(&world.ana, second, "third").await;
    merge(&world.ctx, &world.mo, doubled, kept, "the same").await.unwrap();

    let root = doubled.root();
    assert_eq!(standing(&world, kept).await, [(root, 1), (second, 2), (third, 3), (first, 1)]);
    assert_eq!(reading::head(&world.ctx, kept).await.unwrap().comments, 4);
    for gone in [
        reading::head(&world.ctx, doubled).await.map(drop),
        feed::comments(&world.ctx, doubled, None, 5).await.map(drop),
    ] {
        assert!(matches!(gone, Err(actions::Error::Refused(Refusal::Merged(place))) if place == kept), "{gone:?}");
    }
    assert_eq!(reading::thread_of(&world.ctx, root).await.unwrap(), kept);
    let html = comment::find(&world.ctx, root).await.unwrap().html;
    assert_eq!(domain::text::plain(&html), "Trains *again* What do you think?");
    assert!(html.contains("<strong>Trains *again*</strong>"), "{html}");
    assert_eq!(found_on(&world, "again think", "talk").await, [root]);
    let listing = board::listing(&world.ctx, None, ThreadSort::New, None, 10).await.unwrap();
    assert_eq!(listing.threads.iter().map(|thread| thread.id).collect::<Vec<_>>(), [kept]);

    merge(&world.ctx, &world.mo, doubled, kept, "").await.unwrap();
    let (log, _) = manage::log(&world.ctx, None, 10).await.unwrap();
    assert_eq!((log.len(), log[0].entry.reason.as_str()), (1, &*format!("Into thread {kept}: the same")));
    for deed in [Deed::Lock, Deed::Pin] {
        assert_eq!(refusal(manage::manage(&world.ctx, &world.mo, doubled, deed, "").await), "merged");
    }
    assert_eq!(refusal(move_thread(&world.ctx, &world.mo, doubled, "talk", "").await), "merged");
    let other = world.thread("Cars").await;
    assert_eq!(refusal(merge(&world.ctx, &world.mo, doubled, other, "").await), "merged");
    assert_eq!(refusal(merge(&world.ctx, &world.mo, other, doubled, "").await), "bad-field");
    assert_eq!(refusal(merge(&world.ctx, &world.mo, other, other, "").await), "bad-field");
    assert_eq!(refusal(merge(&world.ctx, &world.mo, other, ThreadId(7), "").await), "bad-field");

    // Below what cannot be read nobody would look.
    let (removed, deleted) = (world.thread("Removed").await, world.thread("Deleted").await);
    retract::remove(&world.ctx, &world.mo, removed.root(), "").await.unwrap();
    retract::delete(&world.ctx, &world.ana, deleted.root()).await.unwrap();
    for gone in [removed, deleted] {
        let refused = merge(&world.ctx, &world.mo, other, gone, "").await.unwrap_err().to_string();
        assert!(refused.contains("cannot be read"), "{refused}");
    }

    // What answers it lands there.
    let late = world.reply(&world.bo, root, "late").await;
    assert_eq!(reading::thread_of(&world.ctx, late).await.unwrap(), kept);
    // And it can be made a thread again.
    split(&world.ctx, &world.mo, root, &opening("Again"), "").await.unwrap();
    assert_eq!(standing(&world, doubled).await, [(second, 1), (third, 2), (late, 1)]);
    assert_eq!(
        (
            reading::head(&world.ctx, kept).await.unwrap().comments,
            reading::head(&world.ctx, doubled).await.unwrap().locked
        ),
        (1, false)
    );
}

#[tokio::test]
async fn a_link_that_is_merged_keeps_what_it_leads_to() {
    let world = World::new().await;
    let kept = world.thread("Trains").await;
    let link = actions::start_thread::Opening {
        title: "A page".into(),
        url: "https://a.example/?a=1&b=2".into(),
        ..Default::default()
    };
    let doubled = actions::start_thread::start_thread(&world.ctx, &world.ana, "talk", &link, None).await.unwrap();
    merge(&world.ctx, &world.mo, doubled, kept, "").await.unwrap();
    let left = world.ctx.db().read(move |tx| storage::threads::find(tx, doubled)).await.unwrap().unwrap();
    assert_eq!((left.title.as_str(), left.url), ("", None));
    assert_eq!(found_on(&world, "page", "talk").await, [doubled.root()]);
    let html = comment::find(&world.ctx, doubled.root()).await.unwrap().html;
    assert!(
        html.starts_with("<p dir=\"auto\"><strong>A page</strong></p>")
            && html.contains("href=\"https://a.example/?a=1&amp;b=2\""),
        "{html}"
    );
    retract::delete(&world.ctx, &world.ana, doubled.root()).await.unwrap();
    // Its title and its link were words of its root, and are gone with these.
    assert_eq!(found_on(&world, "page", "talk").await, []);
    assert_eq!(comment::find(&world.ctx, doubled.root()).await.unwrap().html, "");
    assert_eq!(refusal(comment::source(&world.ctx, None, doubled.root()).await), "tombstone");
}

#[tokio::test]
async fn slow_mode_lets_nobody_write_twice_in_a_hurry_but_moderators() {
    let world = World::new().await;
    let thread = world.thread("Hot").await;
    let other = world.thread("Cold").await;
    manage::slow(&world.ctx, &world.mo, thread, 60, "calm down").await.unwrap();
    world.hands.forward(60_000);
    world.reply(&world.bo, thread.root(), "one").await;
    world.hands.forward(20_000);
    let too_soon = reply::reply(&world.ctx, &world.bo, thread.root(), "two", None).await;
    assert!(matches!(too_soon, Err(actions::Error::Refused(Refusal::TooSoon { seconds: 40 }))), "{too_soon:?}");
    world.reply(&world.bo, other.root(), "elsewhere").await;
    world.reply(&world.ana, thread.root(), "somebody else").await;
    world.reply(&world.mo, thread.root(), "order").await;
    world.reply(&world.mo, thread.root(), "order!").await;
    world.hands.forward(40_000);
    world.reply(&world.bo, thread.root(), "two").await;
    manage::slow(&world.ctx, &world.mo, thread, 60, "").await.unwrap();
    manage::slow(&world.ctx, &world.mo, thread, 0, "").await.unwrap();
    world.reply(&world.bo, thread.root(), "three").await;
    let (log, _) = manage::log(&world.ctx, None, 10).await.unwrap();
    let said: Vec<_> = log.iter().map(|one| one.entry.reason.as_str()).collect();
    assert_eq!(said, ["As fast as they like", "Every 60 s: calm down"]);
    for bad in [-1, 86_401] {
        assert_eq!(refusal(manage::slow(&world.ctx, &world.mo, thread, bad, "").await), "bad-field");
    }
    assert_eq!(refusal(manage::slow(&world.ctx, &world.bo, thread, 5, "").await), "forbidden");

    let slow = Description { title: "Talk".into(), slow: 30, ..Description::default() };
    let admin = person(&world.ctx, "root", Role::Admin).await;
    board::describe(&world.ctx, &admin, "talk", &slow).await.unwrap();
    assert_eq!(refusal(reply::reply(&world.ctx, &world.bo, other.root(), "again", None).await), "too-soon");
    let start = actions::start_thread::Opening { title: "New".into(), ..Default::default() };
    let started = actions::start_thread::start_thread(&world.ctx, &world.bo, "talk", &start, None).await;
    assert_eq!(refusal(started), "too-soon");
    world.hands.forward(30_000);
    world.reply(&world.bo, other.root(), "again").await;
}

#[tokio::test]
async fn a_comment_is_covered_and_uncovered() {
    let world = World::new().await;
    let thread = world.thread("Pictures").await;
    let id = world.reply(&world.bo, thread.root(), "blood").await;
    for _ in 0..2 {
        manage::cover(&world.ctx, &world.mo, id, true, "not at work").await.unwrap();
    }
    assert!(comment::find(&world.ctx, id).await.unwrap().sensitive);
    manage::cover(&world.ctx, &world.mo, id, false, "").await.unwrap();
    assert!(!comment::find(&world.ctx, id).await.unwrap().sensitive);
    let (log, _) = manage::log(&world.ctx, None, 10).await.unwrap();
    assert_eq!(log.iter().map(|one| one.entry.deed).collect::<Vec<_>>(), [Deed::Uncover, Deed::Cover]);
    assert_eq!(refusal(manage::cover(&world.ctx, &world.bo, id, true, "").await), "forbidden");
}

/// Where everything is to stand.
#[derive(Default)]
struct Model {
    /// What each comment answers, and who wrote it.
    parent: BTreeMap<CommentId, Option<CommentId>>,
    /// The board of each thread.
    board: BTreeMap<CommentId, &'static str>,
    removed: BTreeSet<CommentId>,
    /// Those that were made threads of, and are none of another's since.
    split: BTreeSet<CommentId>,
    voted: BTreeSet<CommentId>,
}

impl Model {
    fn root(&self, mut id: CommentId) -> (CommentId, u32) {
        let mut depth = 0;
        while let Some(parent) = self.parent[&id] {
            (id, depth) = (parent, depth + 1);
        }
        (id, depth)
    }

    /// Why it cannot be answered: that it is there no more is said before where it stands. This world allows depths 0 to 5 below
    /// the root.
    fn refuses(&self, id: CommentId) -> Option<&'static str> {
        let is_deep = self.root(id).1 > 5;
        self.removed.contains(&id).then_some("tombstone").or(is_deep.then_some("too-deep"))
    }
}

const BOARDS: [&str; 2] = ["talk", "quiet"];

#[tokio::test]
async fn what_is_removed_is_no_more_even_where_nothing_could_be_answered() {
    let world = World::new().await;
    let mut at = world.thread("Deep").await.root();
    for n in 1..=6 {
        at = world.reply(&world.bo, at, &format!("depth {n}")).await;
    }
    let answer = async || refusal(reply::reply(&world.ctx, &world.bo, at, "deeper", None).await);
    assert_eq!(answer().await, "too-deep");
    retract::remove(&world.ctx, &world.mo, at, "").await.unwrap();
    assert_eq!(answer().await, "tombstone");
}

/// Does something with what the numbers choose, here and in the model.
async fn step(world: &World, model: &mut Model, (what, which, other): (u8, usize, usize)) {
    let ids: Vec<CommentId> = model.parent.keys().copied().collect();
    let roots: Vec<CommentId> = ids.iter().copied().filter(|id| model.parent[id].is_none()).collect();
    let (id, root, into) = (ids[which % ids.len()], roots[which % roots.len()], roots[other % roots.len()]);
    match what {
        0..=3 => {
            let done = reply::reply(&world.ctx, &world.bo, id, "words", None).await;
            match done {
                Ok(new) => {
                    assert_eq!(model.refuses(id), None);
                    model.parent.insert(new, Some(id));
                }
                refused => assert_eq!(Some(refusal(refused)), model.refuses(id)),
            }
        }
        4 => {
            let new = world.thread("words").await.root();
            model.parent.insert(new, None);
            model.board.insert(new, "talk");
        }
        5 => {
            let done = vote::vote(&world.ctx, &world.mo, id, Some(Vote::Up)).await;
            assert_eq!(done.is_ok(), !model.removed.contains(&id), "{done:?}");
            if done.is_ok() {
                model.voted.insert(id);
            }
        }
        6 if model.parent[&id].is_some() && model.removed.insert(id) => {
            retract::remove(&world.ctx, &world.mo, id, "").await.unwrap();
        }
        7 | 8 => {
            let board = BOARDS[other % 2];
            let done = split(&world.ctx, &world.mo, id, &to("words", board), "").await;
            let is_part = model.parent[&id].is_some();
            let expected = if is_part { !model.removed.contains(&id) } else { model.split.contains(&id) };
            assert_eq!(done.is_ok(), expected, "{done:?}");
            if is_part && expected {
                model.parent.insert(id, None);
                model.board.insert(id, board);
                model.split.insert(id);
            }
        }
        9 | 10 => {
            let done = merge(&world.ctx, &world.mo, ThreadId(root.0), ThreadId(into.0), "").await;
            assert_eq!(done.is_ok(), root != into, "{done:?}");
            if root != into {
                model.parent.insert(root, Some(into));
                model.board.remove(&root);
                model.split.remove(&root);
            }
        }
        11 => {
            let board = BOARDS[other % 2];
            move_thread(&world.ctx, &world.mo, ThreadId(root.0), board, "").await.unwrap();
            model.board.insert(root, board);
        }
        _ => {}
    }
}

/// Counts everything from the beginning.
async fn compare(world: &World, model: &Model) {
    let mut counts: BTreeMap<CommentId, i64> = BTreeMap::new();
    let mut on: BTreeMap<&str, BTreeSet<CommentId>> = BTreeMap::new();
    for (id, parent) in &model.parent {
        let (root, depth) = model.root(*id);
        let id = *id;
        let spot = world.ctx.db().read(move |tx| comments::spot(tx, id)).await.unwrap().unwrap();
        assert_eq!((spot.thread.root(), spot.parent, spot.depth), (root, *parent, depth), "{id}");
        let stands = !model.removed.contains(&id);
        *counts.entry(root).or_default() += i64::from(stands && id != root);
        if stands {
            on.entry(model.board[&root]).or_default().insert(id);
        }
        let own = personal::own(&world.ctx, &world.mo, spot.thread).await.unwrap();
        assert_eq!(own.votes.contains_key(&id), model.voted.contains(&id), "{id}");
    }
    for (root, count) in counts {
        let thread = ThreadId(root.0);
        let head = reading::head(&world.ctx, thread).await.unwrap();
        assert_eq!((head.comments, head.board_name.as_str(), head.listed), (count, model.board[&root], true));
        let shown = passage::stretch(&world.ctx, thread, CommentSort::New, None, 500).await.unwrap();
        let below = model.parent.keys().filter(|id| model.root(**id).0 == root).count() - 1;
        assert_eq!(shown.comments.len(), below);
    }
    for board in BOARDS {
        let found: BTreeSet<_> = found_on(world, "words", board).await.into_iter().collect();
        let expected = on.remove(board).unwrap_or_default();
        assert_eq!(found, expected, "on {board}");
    }
}

#[test]
fn whatever_is_rearranged_all_is_where_it_is_to_be() {
    let steps = prop::collection::vec((0_u8..12, any::<usize>(), any::<usize>()), 20..60);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(Config { cases: 8, max_shrink_iters: 200, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&steps, |steps| {
        runtime.block_on(async {
            let world = World::new().await;
            second_board(&world).await;
            let mut model = Model::default();
            let first = world.thread("words").await.root();
            model.parent.insert(first, None);
            model.board.insert(first, "talk");
            for one in steps {
                step(&world, &mut model, one).await;
            }
            compare(&world, &model).await;
        });
        Ok(())
    });
    outcome.unwrap();
}

/// On PostgreSQL they do it at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_meanwhile_goes_along() {
    let world = Arc::new(World::new().await);
    let (kept, thread) = (world.thread("Kept").await, world.thread("Busy").await);
    let mut at = Vec::new();
    for n in 0..6 {
        let top = world.reply(&world.bo, thread.root(), &format!("top {n}")).await;
        at.push(top);
        at.push(world.reply(&world.ana, top, "below").await);
    }
    let answering = at.clone().into_iter().map(|id| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let mut made = Vec::new();
            for _ in 0..8 {
                made.push(world.reply(&world.bo, id, "meanwhile").await);
            }
            made
        })
    });
    let answering: Vec<_> = answering.collect();
    for id in at.iter().step_by(4) {
        split(&world.ctx, &world.mo, *id, &opening("Off"), "").await.unwrap();
    }
    merge(&world.ctx, &world.mo, thread, kept, "").await.unwrap();
    let mut all = at;
    for made in answering {
        all.extend(made.await.unwrap());
    }
    let mut counts: BTreeMap<ThreadId, i64> = BTreeMap::new();
    for id in all {
        let (spot, above) = world
            .ctx
            .db()
            .read(move |tx| {
                let spot = comments::spot(tx, id)?.unwrap();
                let above = spot.parent.map_or(Ok(None), |parent| comments::spot(tx, parent))?;
                Ok::<_, storage::Error>((spot, above))
            })
            .await
            .unwrap();
        let expected = above.map_or((ThreadId(id.0), 0), |above| (above.thread, above.depth + 1));
        assert_eq!((spot.thread, spot.depth), expected, "{id}");
        *counts.entry(spot.thread).or_default() += i64::from(spot.parent.is_some());
    }
    // What was merged hangs there as well.
    *counts.get_mut(&kept).unwrap() += 1;
    for (thread, count) in counts {
        assert_eq!(reading::head(&world.ctx, thread).await.unwrap().comments, count, "{thread}");
    }
}
