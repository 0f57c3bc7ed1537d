//! Comments, their words and earlier words.

use domain::{CommentId, State, Time, Votes, rank};
use storage::comments::{self, Line, NewComment, Words};
use storage::testing::{database, number, world};

use crate::{read, scene, write};

#[tokio::test]
async fn a_comment_is_what_was_stored() {
    let db = database().await;
    let scene = scene(&db).await;
    let id = write(&db, move |tx| world::reply(tx, scene.thread.root(), scene.bob.actor, "Hello")).await;
    read(&db, move |tx| {
        let spot = comments::spot(tx, id)?.unwrap();
        assert_eq!((spot.id, spot.thread, spot.parent), (id, scene.thread, Some(scene.thread.root())));
        assert_eq!((spot.author, spot.depth, spot.state), (scene.bob.actor, 1, State::Published));
        assert_eq!((spot.board, spot.locked, spot.title.as_str()), (scene.board, false, "The first"));
        assert_eq!((spot.edited, spot.votes), (None, Votes::default()));
        let [line] = comments::lines(tx, &[id])?.try_into().unwrap();
        assert_eq!((line.id, line.thread, line.parent), (spot.id, spot.thread, spot.parent));
        assert_eq!((line.author.id, line.author.name.as_str()), (scene.bob.actor, "bob"));
        assert_eq!((line.depth, line.state, line.html.as_str()), (1, State::Published, "<p>Hello</p>"));
        assert_eq!((line.published, line.edited, line.votes), (spot.published, None, spot.votes));
        assert_eq!(comments::source(tx, id)?.as_deref(), Some("Hello"));
        assert_eq!(comments::spot(tx, CommentId(1))?, None);
        assert_eq!(comments::source(tx, CommentId(1))?, None);
        assert_eq!(comments::lines(tx, &[CommentId(1)])?, []);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_comment_can_be_stored_with_votes_and_held_for_change() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let votes = Votes { ups: 9, downs: 1 };
        let new = NewComment {
            id: CommentId(world::id()),
            thread: scene.thread,
            parent: Some(scene.thread.root()),
            author: scene.bob.actor,
            depth: 1,
            state: State::Flagged,
            published: Time(7),
            votes,
            words: Some(Words { source: "s", html: "h" }),
        };
        comments::insert(tx, &new)?;
        let spot = comments::spot_to_change(tx, new.id)?.unwrap();
        assert_eq!((spot.votes, spot.state, spot.published), (votes, State::Flagged, Time(7)));
        let leaf = comments::leaves(tx, scene.thread)?.into_iter().find(|leaf| leaf.branch.id == new.id).unwrap();
        assert_eq!((leaf.branch.best, leaf.branch.votes), (rank::best(votes), votes));
        assert_eq!((leaf.branch.parent, leaf.branch.published), (new.parent, Time(7)));
        assert_eq!((leaf.author, leaf.state), (scene.bob.actor, State::Flagged));
        assert_eq!(comments::spot_to_change(tx, CommentId(1))?, None);
        Ok(())
    })
    .await;
}

fn ids(lines: &[Line]) -> Vec<CommentId> {
    lines.iter().map(|line| line.id).collect()
}

#[tokio::test]
async fn only_published_words_are_shown_and_held_comments_do_not_stand() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let root = scene.thread.root();
        let mut stored = vec![(root, State::Published)];
        for &state in State::ALL {
            let id = world::reply(tx, root, scene.bob.actor, state.name())?;
            comments::set_state(tx, id, state)?;
            stored.push((id, state));
        }
        let standing: Vec<_> = stored.iter().filter(|(_, state)| state.stands()).map(|(id, _)| *id).collect();
        let leaves: Vec<_> = comments::leaves(tx, scene.thread)?.iter().map(|leaf| leaf.branch.id).collect();
        assert_eq!(leaves, standing);
        let all = comments::all_lines(tx, scene.thread)?;
        assert_eq!(ids(&all), standing);
        for line in &all {
            let shown = line.state == State::Published && line.parent.is_some();
            assert_eq!(line.html, if shown { "<p>published</p>" } else { "" }, "{:?}", line.state);
        }
        let newest = comments::newest(tx, scene.thread, None, 100)?;
        assert_eq!(ids(&newest), standing.iter().rev().copied().collect::<Vec<_>>());
        // Whoever may see a held comment asks for it by id.
        let asked: Vec<_> = stored.iter().rev().map(|(id, _)| *id).collect();
        assert_eq!(ids(&comments::lines(tx, &asked)?), stored.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        let held: Vec<_> = stored.iter().filter(|(_, state)| *state == State::Held).map(|(id, _)| *id).collect();
        assert_eq!(comments::lines(tx, &held)?[0].html, "<p>held</p>");
        let published = stored.iter().filter(|(_, state)| *state == State::Published).count();
        assert_eq!(comments::count_published(tx)?, i64::try_from(published).unwrap());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn many_comments_are_read_in_one_call_and_paged_by_cursor() {
    let db = database().await;
    let scene = scene(&db).await;
    let replies = write(&db, move |tx| {
        (0..600).map(|n| world::reply(tx, scene.thread.root(), scene.bob.actor, &format!("Number {n}"))).collect()
    })
    .await;
    let replies: Vec<CommentId> = replies;
    read(&db, move |tx| {
        assert_eq!(ids(&comments::lines(tx, &replies)?), replies);
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let page = comments::newest(tx, scene.thread, before, 70)?;
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            seen.extend(ids(&page));
        }
        let mut expected = replies.clone();
        expected.insert(0, scene.thread.root());
        expected.reverse();
        assert_eq!(seen, expected);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_somebody_wrote_is_paged_with_titles_and_without_what_nobody_may_see() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let other = world::thread(tx, scene.board, scene.bob.actor, "The second")?;
        let mut seen = vec![(other.root(), "The second".to_owned())];
        for n in 0..10 {
            let (thread, title) = if n % 2 == 0 { (scene.thread, "The first") } else { (other, "The second") };
            let id = world::reply(tx, thread.root(), scene.bob.actor, "Mine")?;
            world::reply(tx, thread.root(), scene.alice.actor, "Not mine")?;
            let state = State::ALL[n % State::ALL.len()];
            comments::set_state(tx, id, state)?;
            if matches!(state, State::Published | State::Flagged) {
                seen.push((id, title.to_owned()));
            }
        }
        seen.reverse();
        let mut pages = Vec::new();
        let mut before = None;
        loop {
            let page = comments::by_author(tx, scene.bob.actor, before, 2)?;
            let Some((last, _)) = page.last() else { break };
            before = Some(last.id);
            pages.extend(page.into_iter().map(|(line, title)| (line.id, title)));
        }
        assert_eq!(pages, seen);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn earlier_words_are_kept_until_the_comment_becomes_a_tombstone() {
    let db = database().await;
    let scene = scene(&db).await;
    let id = write(&db, move |tx| {
        let id = world::reply(tx, scene.thread.root(), scene.bob.actor, "one")?;
        comments::edit(tx, id, Words { source: "two", html: "<p>two</p>" }, world::id(), Time(20))?;
        comments::edit(tx, id, Words { source: "three", html: "<p>three</p>" }, world::id(), Time(30))?;
        Ok(id)
    })
    .await;
    read(&db, move |tx| {
        assert_eq!(comments::source(tx, id)?.as_deref(), Some("three"));
        let line = comments::lines(tx, &[id])?.remove(0);
        assert_eq!((line.html.as_str(), line.edited), ("<p>three</p>", Some(Time(30))));
        let revisions = comments::revisions(tx, id)?;
        let revisions: Vec<_> = revisions.iter().map(|r| (r.source.as_str(), r.html.as_str(), r.replaced)).collect();
        assert_eq!(revisions, [("two", "<p>two</p>", Time(30)), ("one", "<p>one</p>", Time(20))]);
        Ok(())
    })
    .await;
    write(&db, move |tx| {
        comments::erase_words(tx, id)?;
        comments::set_state(tx, id, State::Deleted)?;
        assert_eq!(comments::source(tx, id)?, None);
        assert_eq!(comments::revisions(tx, id)?, []);
        assert_eq!(comments::spot(tx, id)?.unwrap().state, State::Deleted);
        // Nothing of the words is anywhere in the database.
        assert_eq!(number(tx, "SELECT count(*) FROM texts")?, 0);
        assert_eq!(number(tx, "SELECT count(*) FROM revisions")?, 0);
        Ok(())
    })
    .await;
}
