//! What is kept for what groups pass on, and of people elsewhere who leave.

use std::collections::HashSet;

use domain::{Category, CommentId, ReportState, State, Time};
use storage::answering::{self, Allowed};
use storage::moderators::{self, Moderators};
use storage::peers::{self, Dialect};
use storage::reports::{self, NewReport};
use storage::testing::{database, world};
use storage::{comments, moves, remotes};

use crate::elsewhere::remote;
use crate::{scene, write};

#[tokio::test]
async fn servers_that_keep_groups_are_told_from_the_others() {
    let db = database().await;
    write(&db, |tx| {
        peers::know(tx, "plain.example")?;
        peers::set_software(tx, "groups.example", ("lemmy", "1"), Dialect::Groups, Time(1))?;
        peers::set_software(tx, "other.example", ("mastodon", "4"), Dialect::Plain, Time(1))?;
        let mut hosts = vec!["plain.example", "groups.example", "other.example", "unknown.example"];
        let names: Vec<String> = (0..600).map(|n| format!("{n}.example")).collect();
        hosts.extend(names.iter().map(String::as_str));
        assert_eq!(peers::in_groups(tx, &hosts)?, HashSet::from(["groups.example".to_owned()]));
        assert_eq!(peers::in_groups(tx, &[])?, HashSet::new());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn when_an_actor_last_took_part_in_a_move() {
    let db = database().await;
    write(&db, move |tx| {
        let (old, new) = (remote(tx, "a.example", "bo", true)?, remote(tx, "b.example", "bo", true)?);
        assert_eq!((moves::last(tx, old.actor)?, moves::last(tx, new.actor)?), (None, None));
        moves::set(tx, old.actor, new.actor, Time(5))?;
        assert_eq!((moves::last(tx, old.actor)?, moves::last(tx, new.actor)?), (Some(Time(5)), Some(Time(5))));
        let third = remote(tx, "c.example", "bo", true)?;
        moves::set(tx, new.actor, third.actor, Time(9))?;
        moves::set(tx, old.actor, third.actor, Time(7))?;
        assert_eq!((moves::last(tx, new.actor)?, moves::last(tx, third.actor)?), (Some(Time(9)), Some(Time(9))));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn whom_a_comment_lets_answer_is_kept_and_may_change() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let comment = scene.thread.root();
        assert_eq!(answering::find(tx, comment)?, None);
        let nobody = Allowed::default();
        answering::set(tx, comment, Some(&nobody))?;
        assert_eq!(answering::find(tx, comment)?, Some(nobody));
        let ids = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect();
        let some = Allowed { automatic: ids(&["https://a.example/1", "https://a.example/2"]), manual: ids(&["x"]) };
        answering::set(tx, comment, Some(&some))?;
        assert_eq!(answering::find(tx, comment)?, Some(some));
        answering::set(tx, comment, None)?;
        assert_eq!(answering::find(tx, comment)?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn who_moderates_a_group_is_kept_with_the_time() {
    let db = database().await;
    write(&db, |tx| {
        let group = remote(tx, "a.example", "tea", true)?.actor;
        assert_eq!(moderators::find(tx, group)?, None);
        moderators::set(tx, group, &["https://a.example/1".into(), "https://b.example/2".into()], Time(3))?;
        moderators::set(tx, group, &["https://b.example/2".into()], Time(4))?;
        let kept = Moderators { uris: vec!["https://b.example/2".into()], asked: Time(4) };
        assert_eq!(moderators::find(tx, group)?, Some(kept));
        moderators::set(tx, group, &[], Time(5))?;
        assert_eq!(moderators::find(tx, group)?, Some(Moderators { uris: Vec::new(), asked: Time(5) }));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_somebody_left_is_found_piece_by_piece() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(world::reply(tx, scene.thread.root(), scene.bob.actor, "words")?);
        }
        world::reply(tx, scene.thread.root(), scene.alice.actor, "words")?;
        for (id, state) in ids.iter().zip([State::Deleted, State::Held, State::Flagged, State::Removed]) {
            comments::set_state(tx, *id, state)?;
        }
        let bob = scene.bob.actor;
        assert_eq!(comments::left_by(tx, bob, CommentId(0), 2)?, [ids[1], ids[2]]);
        assert_eq!(comments::left_by(tx, bob, ids[2], 2)?, [ids[4]]);
        assert_eq!(comments::left_by(tx, bob, ids[4], 2)?, []);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_actor_is_found_by_its_key() {
    let db = database().await;
    write(&db, |tx| {
        let bo = remote(tx, "a.example", "bo", true)?;
        assert_eq!(remotes::by_key(tx, &bo.key_id)?.as_ref(), Some(&bo));
        assert_eq!(remotes::by_key(tx, "https://a.example/users/bo")?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_reports_on_a_comment_are_listed() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let comment = scene.thread.root();
        for (reporter, text) in [(scene.bob.actor, "first"), (scene.alice.actor, "second"), (scene.bob.actor, "again")]
        {
            let (id, category, now) = (world::id(), Category::Other, Time(3));
            reports::insert(tx, &NewReport { id, comment, reporter, host: "", flag: None, category, text, now })?;
        }
        let found = reports::on(tx, comment)?;
        let told: Vec<_> = found.iter().map(|report| (report.reporter, report.text.as_str(), report.state)).collect();
        let open = ReportState::Open;
        assert_eq!(told, [(scene.bob.actor, "first", open), (scene.alice.actor, "second", open)]);
        assert_eq!(reports::on(tx, CommentId(1))?, []);
        Ok(())
    })
    .await;
}
