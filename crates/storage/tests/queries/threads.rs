//! Threads: lists, counters, versions, title and link.

use domain::{ActorId, BoardId, EventKind, Origin, State, ThreadId, ThreadSort, Time, Votes, rank};
use storage::testing::{database, world};
use storage::threads::{self, After, NewThread, Thread, Touch};
use storage::{Change, Db, Write, comments, events};

use crate::{read, scene, write};

#[tokio::test]
async fn a_thread_is_what_was_stored() {
    let db = database().await;
    let scene = scene(&db).await;
    let thread = read(&db, move |tx| threads::find(tx, scene.thread)).await.unwrap();
    assert_eq!((thread.id, thread.board, thread.board_name.as_str()), (scene.thread, scene.board, "news"));
    assert_eq!((thread.board_title.as_str(), thread.title.as_str()), ("All about news", "The first"));
    assert_eq!((thread.author.id, thread.author.name.as_str()), (scene.alice.actor, "Alice"));
    assert_eq!((thread.author.host.as_str(), thread.author.origin), ("", Origin::Local));
    assert_eq!((thread.listed, thread.locked, thread.pinned), (true, false, false));
    assert_eq!((thread.comments, thread.version, thread.state), (0, 1, State::Published));
    assert_eq!((thread.active, thread.hot), (thread.published, rank::hot(Votes::default(), thread.published)));
    assert_eq!(read(&db, |tx| threads::find(tx, ThreadId(1))).await, None);
}

#[tokio::test]
async fn every_change_raises_the_version_keeps_the_counters_and_is_told() {
    let db = database().await;
    let scene = scene(&db).await;
    assert_eq!(db.thread_version(scene.thread).await.unwrap(), Some(1));
    let mut news = db.changes().watch();
    let comment = write(&db, move |tx| world::reply(tx, scene.thread.root(), scene.bob.actor, "Hello")).await;
    let event = Some((EventKind::Comment, comment));
    assert_eq!(news.try_recv().ok(), Some(Change::Thread { thread: scene.thread, version: 2, event }));
    assert_eq!(db.thread_version(scene.thread).await.unwrap(), Some(2));
    let version = write(&db, move |tx| {
        let touch = Touch { comments: -1, active: None, event: None, now: world::now() };
        Ok(threads::touch(tx, scene.thread, touch)?.version)
    })
    .await;
    assert_eq!((version, db.thread_version(scene.thread).await.unwrap()), (3, Some(3)));
    read(&db, move |tx| {
        let thread = threads::find(tx, scene.thread)?.unwrap();
        assert_eq!((thread.comments, thread.version), (0, 3));
        assert_eq!(thread.active, comments::spot(tx, comment)?.unwrap().published);
        assert_eq!(events::after(tx, scene.thread, 0, 10)?.len(), 1, "what is not told live is no event");
        Ok(())
    })
    .await;
    assert_eq!(db.thread_version(ThreadId(1)).await.unwrap(), None);
}

#[tokio::test]
async fn an_answer_that_is_stored_late_does_not_set_the_thread_back() {
    let db = database().await;
    let scene = scene(&db).await;
    let (earlier, later) = (world::now(), world::now());
    for active in [later, earlier] {
        let touch = Touch { comments: 1, active: Some(active), event: None, now: active };
        write(&db, move |tx| threads::touch(tx, scene.thread, touch)).await;
    }
    assert_eq!(read(&db, move |tx| threads::find(tx, scene.thread)).await.unwrap().active, later);
}

#[tokio::test]
async fn votes_on_the_root_rank_the_thread() {
    let db = database().await;
    let scene = scene(&db).await;
    let votes = Votes { ups: 7, downs: 2 };
    write(&db, move |tx| threads::set_votes(tx, scene.thread, Time(1_700_000_000_000), votes)).await;
    let thread = read(&db, move |tx| threads::find(tx, scene.thread)).await.unwrap();
    assert_eq!((thread.score, thread.best), (5, rank::best(votes)));
    assert_eq!(thread.hot, rank::hot(votes, Time(1_700_000_000_000)));
}

#[tokio::test]
async fn threads_are_locked_pinned_and_unlisted() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        threads::set_locked(tx, scene.thread, true)?;
        threads::set_pinned(tx, scene.thread, true)?;
        let thread = threads::find(tx, scene.thread)?.unwrap();
        assert_eq!((thread.locked, thread.pinned), (true, true));
        assert!(comments::spot(tx, scene.thread.root())?.unwrap().locked);
        assert_eq!(ids(&threads::pinned(tx, scene.board)?), [scene.thread]);
        threads::set_listed(tx, scene.thread, false)?;
        assert_eq!(threads::pinned(tx, scene.board)?, []);
        assert_eq!(threads::page(tx, None, ThreadSort::New, None, 10)?, []);
        threads::set_listed(tx, scene.thread, true)?;
        threads::set_pinned(tx, scene.thread, false)?;
        assert_eq!(threads::pinned(tx, scene.board)?, []);
        assert_eq!(threads::page(tx, None, ThreadSort::New, None, 10)?.len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn title_and_link_are_withheld_given_back_and_erased() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let id = linked(tx, scene.board, scene.alice.actor, 5, Votes::default())?;
        threads::withhold(tx, id)?;
        let thread = threads::find(tx, id)?.unwrap();
        assert_eq!((thread.title.as_str(), thread.url), ("", None));
        assert_eq!(threads::give_back(tx, id)?.as_deref(), Some("Linked"));
        assert_eq!(threads::give_back(tx, id)?, None);
        let thread = threads::find(tx, id)?.unwrap();
        assert_eq!((thread.title.as_str(), thread.url.as_deref()), ("Linked", Some("https://example.org/")));
        threads::erase_title(tx, id)?;
        let thread = threads::find(tx, id)?.unwrap();
        assert_eq!((thread.title.as_str(), thread.url), ("", None));
        Ok(())
    })
    .await;
}

fn linked(tx: &mut Write, board: BoardId, author: ActorId, at: i64, votes: Votes) -> storage::Result<ThreadId> {
    let (id, published) = (ThreadId(world::id()), Time(at));
    let url = Some("https://example.org/");
    threads::insert(tx, &NewThread { id, board, title: "Linked", url, published, votes })?;
    let root = comments::NewComment {
        id: id.root(),
        thread: id,
        parent: None,
        author,
        depth: 0,
        state: State::Published,
        published,
        votes,
        words: None,
    };
    comments::insert(tx, &root)?;
    Ok(id)
}

fn ids(threads: &[Thread]) -> Vec<ThreadId> {
    threads.iter().map(|thread| thread.id).collect()
}

/// 60 threads in two boards that have few different times, scores and ranks, so that most pages end within a tie.
async fn crowd(db: &Db) -> (BoardId, BoardId) {
    let scene = scene(db).await;
    write(db, move |tx| {
        let other = world::board(tx, "other")?;
        for n in 0..60_i64 {
            let board = if n % 3 == 0 { other } else { scene.board };
            let votes = Votes { ups: n % 4, downs: n % 2 };
            let id = linked(tx, board, scene.bob.actor, 1_000_000 * (n % 5), votes)?;
            let active = Some(Time(4_000_000_000_000 + n % 3));
            threads::touch(tx, id, Touch { comments: 0, active, event: None, now: Time(0) })?;
        }
        Ok((scene.board, other))
    })
    .await
}

fn key(thread: &Thread, sort: ThreadSort) -> i64 {
    match sort {
        ThreadSort::Hot => thread.hot,
        ThreadSort::New => thread.published.0,
        ThreadSort::Top => thread.score,
        ThreadSort::Best => thread.best,
        ThreadSort::Active => thread.active.0,
    }
}

#[tokio::test]
async fn pages_by_cursor_hold_every_thread_once_in_every_order() {
    let db = database().await;
    let (news, other) = crowd(&db).await;
    read(&db, move |tx| {
        for &sort in ThreadSort::ALL {
            for (board, count) in [(None, 61), (Some(news), 41), (Some(other), 20)] {
                let mut all = Vec::new();
                let mut after: Option<After> = None;
                loop {
                    let page = threads::page(tx, board, sort, after, 7)?;
                    let Some(last) = page.last() else { break };
                    after = Some(last.after(sort));
                    all.extend(page);
                }
                let order: Vec<_> = all.iter().map(|thread| (key(thread, sort), thread.id)).collect();
                let mut expected = order.clone();
                expected.sort_by(|a, b| b.cmp(a));
                expected.dedup();
                assert_eq!(order, expected, "{sort:?} {board:?}");
                assert_eq!(order.len(), count, "{sort:?} {board:?}");
                assert!(all.iter().all(|thread| board.is_none_or(|board| thread.board == board)));
                let whole = threads::page(tx, board, sort, None, 100)?;
                assert_eq!(ids(&whole), ids(&all), "{sort:?} {board:?}");
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_cursor_that_names_no_thread_begins_where_it_would_stand() {
    let db = database().await;
    crowd(&db).await;
    read(&db, |tx| {
        assert_eq!(threads::page(tx, None, ThreadSort::Top, Some(After { key: i64::MIN, id: 0 }), 5)?, []);
        let all = threads::page(tx, None, ThreadSort::Top, Some(After { key: i64::MAX, id: i64::MAX }), 100)?;
        assert_eq!(all.len(), 61);
        Ok(())
    })
    .await;
}
