//! What rules leave behind and ask for.

use domain::{CommentId, Effect, State};
use storage::comments;
use storage::marks::{self, Mark};
use storage::testing::{database, world};
use storage::traces::{self, Of, Trace};

use crate::elsewhere::remote;
use crate::{scene, write};

#[tokio::test]
async fn what_was_written_lately_is_counted_by_who_where_and_what() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let mut ids = Vec::new();
        for (author, host, text) in [
            (scene.alice, "", Some(7)),
            (scene.bob, "", Some(7)),
            (scene.bob, "a.example", Some(7)),
            (scene.bob, "a.example", None),
        ] {
            let comment = world::reply(tx, scene.thread.root(), author.actor, "Again")?;
            let trace = Trace { comment, author: author.actor, host: host.into(), board: scene.board, text };
            traces::insert(tx, &trace)?;
            ids.push(comment.0);
        }
        let mut count = |of, since, most| traces::count(tx, of, since, most);
        assert_eq!(count(Of::Author(scene.bob.actor), 0, 9)?, 3);
        assert_eq!(count(Of::Author(scene.bob.actor), ids[2], 9)?, 2);
        assert_eq!(count(Of::Board(scene.board), 0, 3)?, 3, "no further than that");
        assert_eq!((count(Of::Host("a.example"), 0, 9)?, count(Of::TextOfHost(7, "a.example"), 0, 9)?), (2, 1));
        assert_eq!(
            (count(Of::TextOf(7, scene.alice.actor), 0, 9)?, count(Of::TextOf(8, scene.alice.actor), 0, 9)?),
            (1, 0)
        );
        assert_eq!(traces::forget_before(tx, ids[3], 2)?, 2, "no more than that at once");
        assert_eq!(traces::forget_before(tx, ids[3], 2)?, 1);
        assert_eq!(traces::count(tx, Of::Board(scene.board), 0, 9)?, 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_readers_can_see_of_somebody_and_of_a_server_is_known() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let bo = remote(tx, "a.example", "bo", true)?.actor;
        let [first, second] = [0, 1].map(|_| world::reply(tx, scene.thread.root(), bo, "Yes"));
        let (first, second) = (first?, second?);
        assert_eq!(comments::published_by(tx, bo, CommentId(0), 9)?, 2);
        assert_eq!(
            (comments::published_by(tx, bo, first, 9)?, comments::published_by(tx, bo, CommentId(0), 1)?),
            (1, 1)
        );
        comments::set_state(tx, second, State::Held)?;
        assert!(comments::any_of_host(tx, "a.example", second)? && !comments::any_of_host(tx, "a.example", first)?);
        assert!(!comments::any_of_host(tx, "b.example", first)?);
        assert_eq!(comments::latest(tx, 2)?, [first, scene.thread.root()]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_rule_marks_a_comment_once() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let comment = scene.thread.root();
        let mark = Mark { comment, rule: "links".into(), effect: Effect::Tag, at: world::now() };
        marks::put(tx, &mark)?;
        marks::put(tx, &Mark { effect: Effect::Notify, ..mark.clone() })?;
        assert_eq!(marks::of(tx, &[comment, CommentId(1)])?.into_values().collect::<Vec<_>>(), [[mark]]);
        Ok(())
    })
    .await;
}
