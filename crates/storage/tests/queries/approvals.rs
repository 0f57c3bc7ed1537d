//! What others have to allow, and what was allowed here.

use domain::{CommentId, State, Time};
use storage::answering::{self, Allowed};
use storage::approvals::{self, Approval, Stage, Wish};
use storage::permissions::{self, Deed, Permission};
use storage::testing::{database, world};
use storage::{comments, notifications};

use crate::elsewhere::remote;
use crate::{read, scene, write};

const STAMP: &str = "https://a.example/stamps/1";

#[tokio::test]
async fn an_approval_is_found_by_what_it_is_for_by_the_request_and_by_the_stamp() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let author = remote(tx, "a.example", "bo", true)?.actor;
        let first = world::reply(tx, scene.thread.root(), scene.bob.actor, "May I?")?;
        let second = world::reply(tx, scene.thread.root(), scene.bob.actor, "And I?")?;
        let asked = Approval { comment: first, author, stage: Stage::Asked, request: Some(77), stamp: None };
        // Of those that were not ours to ask for there are many without a number.
        let theirs =
            |comment| Approval { comment, request: None, stamp: Some(STAMP.into()), stage: Stage::Allowed, author };
        approvals::insert(tx, &asked)?;
        approvals::insert(tx, &theirs(second))?;
        approvals::insert(tx, &theirs(scene.thread.root()))?;
        assert_eq!(approvals::find(tx, first)?.as_ref(), Some(&asked));
        assert_eq!((approvals::by_request(tx, 77)?, approvals::by_request(tx, 78)?), (Some(asked.clone()), None));
        assert_eq!(approvals::by_stamp(tx, STAMP)?.len(), 2);

        for stage in [Stage::Allowed, Stage::Refused, Stage::TakenBack, Stage::Asked] {
            approvals::set(tx, first, stage, Some("https://a.example/stamps/2"))?;
            let found = approvals::of_comments(tx, &[first, CommentId(1)])?.remove(&first);
            let stamp = Some("https://a.example/stamps/2".into());
            assert_eq!(found, Some(Approval { stage, stamp, ..asked.clone() }));
        }
        assert_eq!(approvals::by_stamp(tx, STAMP)?.iter().filter(|found| found.comment == first).count(), 0);
        approvals::remove(tx, first)?;
        assert_eq!(approvals::find(tx, first)?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn who_waits_sees_what_waits_and_is_told_only_of_a_no() {
    let db = database().await;
    let scene = scene(&db).await;
    let (waiting, of_alice) = write(&db, move |tx| {
        let author = remote(tx, "a.example", "bo", true)?.actor;
        let mut all = Vec::new();
        for who in [scene.bob, scene.alice] {
            let comment = world::reply(tx, scene.thread.root(), who.actor, "May I?")?;
            comments::set_state(tx, comment, State::Held)?;
            let new = Approval { comment, author, stage: Stage::Asked, request: Some(world::id()), stamp: None };
            approvals::insert(tx, &new)?;
            // Also of others', as it was when they could be read.
            notifications::insert(tx, world::id(), scene.bob.account, comment, Time(5))?;
            all.push(comment);
        }
        Ok((all[0], all[1]))
    })
    .await;
    let seen = async || {
        read(&db, move |tx| {
            let told = notifications::page(tx, scene.bob.account, None, 9)?.into_iter().map(|one| one.comment);
            let unread = notifications::unread(tx, scene.bob.account, 9)?;
            let waits = approvals::waiting(tx, scene.bob.actor, 9)?.into_iter().map(|one| one.comment);
            Ok((told.collect::<Vec<_>>(), unread, waits.collect::<Vec<_>>()))
        })
        .await
    };
    assert_eq!(seen().await, (vec![], 0, vec![waiting]));
    for stage in [Stage::Refused, Stage::TakenBack] {
        write(&db, move |tx| {
            approvals::set(tx, waiting, stage, None)?;
            approvals::set(tx, of_alice, stage, None)
        })
        .await;
        assert_eq!(seen().await, (vec![waiting], 1, vec![waiting]), "{stage:?}");
    }
    write(&db, move |tx| {
        approvals::set(tx, waiting, Stage::Allowed, Some(STAMP))?;
        comments::set_state(tx, waiting, State::Published)
    })
    .await;
    assert_eq!(seen().await, (vec![waiting], 1, vec![]));
}

#[tokio::test]
async fn a_like_is_asked_for_once() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let (comment, actor) = (scene.thread.root(), scene.bob.actor);
        let wish = Wish { comment, actor, request: 9, asked: Time(3) };
        approvals::wish_for(tx, wish)?;
        assert_eq!(approvals::wished(tx, comment, actor)?, Some(wish));
        assert_eq!(approvals::wished(tx, comment, scene.alice.actor)?, None);
        assert_eq!(approvals::wished_in(tx, actor, scene.thread)?, [comment]);
        assert_eq!(approvals::wished_in(tx, scene.alice.actor, scene.thread)?, []);
        assert!(!comments::has_answers(tx, comment)?);
        let reply = world::reply(tx, comment, actor, "Yes.")?;
        comments::set_state(tx, reply, State::Deleted)?;
        assert!(comments::has_answers(tx, comment)?);
        assert_eq!((approvals::wish_by_request(tx, 9)?, approvals::wish_by_request(tx, 8)?), (Some(wish), None));
        approvals::unwish(tx, comment, actor)?;
        assert_eq!(approvals::wished(tx, comment, actor)?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_permission_is_kept_once_for_what_it_allows() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let actor = remote(tx, "a.example", "bo", true)?.actor;
        let comment = scene.thread.root();
        for (id, deed, object) in [(5, Deed::Reply, "https://a.example/1"), (6, Deed::Like, "https://a.example/u#l/1")]
        {
            let new = Permission { id, deed, comment, actor, object: object.into(), granted: Time(4) };
            permissions::insert(tx, &new)?;
            assert_eq!(permissions::find(tx, id)?.as_ref(), Some(&new));
            assert_eq!(permissions::of(tx, comment, object)?, Some(new));
        }
        assert_eq!((permissions::find(tx, 7)?, permissions::of(tx, comment, "https://a.example/2")?), (None, None));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn who_may_like_a_comment_is_kept_apart_from_who_may_answer_it() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let comment = scene.thread.root();
        let some = Allowed { automatic: vec!["https://a.example/1".into()], manual: vec!["x".into(), "y".into()] };
        answering::set_likers(tx, comment, Some(&some))?;
        assert_eq!((answering::likers(tx, comment)?, answering::find(tx, comment)?), (Some(some), None));
        answering::set_likers(tx, comment, None)?;
        assert_eq!(answering::likers(tx, comment)?, None);
        Ok(())
    })
    .await;
}
