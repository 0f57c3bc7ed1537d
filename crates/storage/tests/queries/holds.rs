//! What waits for a moderator.

use domain::rights::Reach;
use domain::{BoardId, Category, Cause, CommentId, Figure, Month, ReportState, State};
use storage::holds::{self, Hold, Stage};
use storage::testing::{database, world};
use storage::{Read, Result, cases, comments, figures, reports};

use crate::{read, scene, write};

fn ids(tx: &mut Read, reach: &Reach, board: Option<BoardId>, after: Option<i64>) -> Result<Vec<CommentId>> {
    Ok(holds::page(tx, reach, board, after, 2)?.into_iter().map(|waiting| waiting.hold.comment).collect())
}

#[tokio::test]
async fn what_waits_is_listed_by_reach_and_board_the_oldest_first() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let other = world::board(tx, "other")?;
        let there = world::thread(tx, other, scene.bob.actor, "There")?;
        let mut waiting = Vec::new();
        for parent in [scene.thread.root(), there.root(), scene.thread.root()] {
            let comment = world::reply(tx, parent, scene.bob.actor, "May I?")?;
            comments::set_state(tx, comment, State::Held)?;
            waiting.push(comment);
        }
        for comment in waiting.iter().rev() {
            holds::put(tx, &world::hold(*comment, "first", "a.example"))?;
        }
        let (all, ours) = (Reach::Everywhere, Reach::Boards([scene.board].into()));
        assert_eq!(ids(tx, &all, None, None)?, waiting[..2]);
        assert_eq!(ids(tx, &all, None, Some(waiting[1].0))?, waiting[2..]);
        assert_eq!(ids(tx, &ours, None, None)?, [waiting[0], waiting[2]]);
        assert_eq!(ids(tx, &all, Some(other), None)?, [waiting[1]]);
        assert_eq!(ids(tx, &ours, Some(other), None)?, []);
        assert_eq!(ids(tx, &Reach::Boards([].into()), None, None)?, []);
        let first = holds::page(tx, &all, None, None, 1)?.remove(0);
        assert_eq!((first.board, first.title.as_str(), first.hold.rule.as_str()), (scene.board, "The first", "first"));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn it_is_known_why_one_waits_and_the_last_word_counts() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let comment = world::reply(tx, scene.thread.root(), scene.bob.actor, "May I?")?;
        let by_rule = world::hold(comment, "first", "a.example");
        holds::put(tx, &by_rule)?;
        assert_eq!(holds::find(tx, comment)?.as_ref(), Some(&by_rule));
        let by_server = Hold { cause: Cause::Server, rule: String::new(), ..by_rule };
        holds::put(tx, &by_server)?;
        assert!(holds::ask(tx, comment, "https://a.example/requests/1")?);
        let asked = Hold { request: Some("https://a.example/requests/1".into()), ..by_server };
        assert_eq!(holds::of(tx, &[comment, CommentId(1)])?.into_values().collect::<Vec<_>>(), [asked]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_rejected_waits_no_more_and_is_not_counted() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        for host in ["", "a.example", "a.example", "b.example"] {
            let comment = world::reply(tx, scene.thread.root(), scene.bob.actor, "May I?")?;
            holds::put(tx, &world::hold(comment, "first", host))?;
        }
        let enough = |tx: &mut Read, host, count| holds::are_at_least(tx, host, count);
        assert!(enough(tx, Some("a.example"), 2)? && !enough(tx, Some("a.example"), 3)?);
        assert!(enough(tx, None, 4)? && !enough(tx, None, 5)?);
        assert!(enough(tx, Some(""), 1)? && !enough(tx, Some("c.example"), 1)?);
        let one = holds::page(tx, &Reach::Everywhere, None, None, 2)?.remove(1).hold.comment;
        assert!(holds::reject(tx, one)? && !holds::reject(tx, one)?);
        assert_eq!(holds::find(tx, one)?.map(|hold| hold.stage), Some(Stage::Rejected));
        assert!(enough(tx, Some("a.example"), 1)? && !enough(tx, Some("a.example"), 2)? && !enough(tx, None, 4)?);
        assert!(!holds::ask(tx, one, "https://a.example/requests/1")?, "it was decided");
        assert_eq!(holds::page(tx, &Reach::Everywhere, None, None, 9)?.len(), 3);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_let_out_or_taken_down_or_without_words_waits_no_more() {
    let db = database().await;
    let scene = scene(&db).await;
    let all = write(&db, move |tx| {
        let mut all = Vec::new();
        for _ in 0..3 {
            let comment = world::reply(tx, scene.thread.root(), scene.bob.actor, "May I?")?;
            comments::set_state(tx, comment, State::Held)?;
            holds::put(tx, &world::hold(comment, "first", ""))?;
            all.push(comment);
        }
        comments::set_state(tx, all[0], State::Published)?;
        comments::set_state(tx, all[1], State::Removed)?;
        comments::erase_words(tx, all[2])?;
        Ok(all)
    })
    .await;
    assert!(read(&db, move |tx| holds::of(tx, &all)).await.is_empty());
}

#[tokio::test]
async fn what_was_rejected_is_listed_by_reach_and_board_the_newest_first() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let other = world::board(tx, "other")?;
        let there = world::thread(tx, other, scene.bob.actor, "There")?;
        let mut rejected = Vec::new();
        for parent in [scene.thread.root(), there.root(), scene.thread.root(), scene.thread.root()] {
            let comment = world::reply(tx, parent, scene.bob.actor, "May I?")?;
            comments::set_state(tx, comment, State::Held)?;
            holds::put(tx, &world::hold(comment, "first", ""))?;
            holds::reject(tx, comment)?;
            rejected.push(comment);
        }
        let ids = |tx: &mut Read, reach: Reach, board, before| -> Result<Vec<CommentId>> {
            let found = holds::rejected(tx, &reach, board, before, 2)?;
            Ok(found.into_iter().map(|one| one.hold.comment).collect())
        };
        let ours = Reach::Boards([scene.board].into());
        assert_eq!(ids(tx, Reach::Everywhere, None, None)?, [rejected[3], rejected[2]]);
        assert_eq!(ids(tx, Reach::Everywhere, None, Some(rejected[2].0))?, [rejected[1], rejected[0]]);
        assert_eq!(ids(tx, ours.clone(), None, Some(rejected[2].0))?, [rejected[0]]);
        assert_eq!(ids(tx, Reach::Everywhere, Some(other), None)?, [rejected[1]]);
        assert_eq!(ids(tx, ours, Some(other), None)?, []);
        comments::erase_words(tx, rejected[3])?;
        assert_eq!(ids(tx, Reach::Everywhere, None, None)?, [rejected[2], rejected[1]]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn reports_about_what_is_gone_end_and_are_no_decisions() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let root = scene.thread.root();
        let report = reports::NewReport {
            id: world::id(),
            comment: root,
            reporter: scene.bob.actor,
            host: "",
            flag: None,
            category: Category::Spam,
            text: "",
            now: world::now(),
        };
        reports::insert(tx, &report)?;
        assert!(cases::end(tx, root, world::now())? && !cases::end(tx, root, world::now())?);
        assert!(reports::on(tx, root)?.iter().all(|report| report.state == ReportState::Resolved));
        let counted = figures::since(tx, Month::of(world::now()))?;
        assert!(counted.iter().all(|count| count.figure == Figure::Reported), "{counted:?}");
        Ok(())
    })
    .await;
}
