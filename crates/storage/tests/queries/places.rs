//! Boards and settings.

use storage::testing::{database, world};
use storage::{Change, Error, boards, settings};

use crate::{read, scene, write};

#[tokio::test]
async fn boards_are_found_in_any_letter_case_and_listed_by_name() {
    let db = database().await;
    let mut news = db.changes().watch();
    let (rust, ask) = (world::a_board("Rust"), world::a_board("ask"));
    let both = [rust.clone(), ask.clone()];
    write(&db, move |tx| both.iter().try_for_each(|board| boards::insert(tx, board))).await;
    assert_eq!(news.try_recv().ok(), Some(Change::Site));
    read(&db, move |tx| {
        assert_eq!(boards::by_name(tx, "rUST")?.as_ref(), Some(&rust));
        assert_eq!(boards::by_name(tx, "go")?, None);
        assert_eq!(boards::all(tx)?, [ask, rust]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_boards_name_is_taken_in_every_letter_case() {
    let db = database().await;
    scene(&db).await;
    let taken = db.write(|tx| boards::insert(tx, &world::a_board("NEWS"))).await;
    assert!(matches!(taken, Err(Error::Duplicate(_))), "{taken:?}");
}

#[tokio::test]
async fn a_board_is_described_anew() {
    let db = database().await;
    scene(&db).await;
    let mut news = db.changes().watch();
    let board = write(&db, |tx| {
        let mut board = boards::by_name(tx, "news")?.unwrap();
        board.title = "News".into();
        board.about = "*what*".into();
        board.about_html = "<em>what</em>".into();
        board.rules = "*be kind*".into();
        board.rules_html = "<em>be kind</em>".into();
        boards::update(tx, &board)?;
        Ok(board)
    })
    .await;
    assert_eq!(news.try_recv().ok(), Some(Change::Site));
    assert_eq!(read(&db, |tx| boards::by_name(tx, "news")).await, Some(board));
}

#[tokio::test]
async fn listed_threads_are_counted_by_board() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let other = world::board(tx, "other")?;
        let hidden = world::thread(tx, other, scene.bob.actor, "Hidden")?;
        world::thread(tx, other, scene.bob.actor, "Shown")?;
        world::thread(tx, other, scene.bob.actor, "Shown too")?;
        storage::threads::set_listed(tx, hidden, false)?;
        let mut counts = boards::thread_counts(tx)?;
        counts.sort();
        assert_eq!(counts, [(scene.board, 1), (other, 2)]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn settings_are_set_changed_and_removed_once() {
    let db = database().await;
    let epoch = db.changes().epoch();
    write(&db, |tx| {
        assert_eq!(settings::get(tx, "name")?, None);
        settings::set(tx, "name", "One")?;
        settings::set(tx, "name", "Two")?;
        assert_eq!(settings::get(tx, "name")?.as_deref(), Some("Two"));
        assert!(settings::remove(tx, "name")?);
        assert!(!settings::remove(tx, "name")?);
        assert_eq!(settings::get(tx, "name")?, None);
        Ok(())
    })
    .await;
    assert!(db.changes().epoch() > epoch);
}
