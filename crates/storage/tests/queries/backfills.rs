//! Threads that are looked after, and actors that are asked for by name.

use domain::{ActorId, CommentId, Origin, State, ThreadId, Time};
use storage::actors::{self, Actor};
use storage::backfills::{self, Ended, Last};
use storage::objects::{self, Object};
use storage::testing::{database, world};
use storage::{Result, Write, comments, introductions};

use crate::{read, scene, write};

fn at_home(tx: &mut Write, comment: CommentId, uri: &str) -> Result<()> {
    let object = Object { uri: uri.into(), comment, url: None, updated: Time(1), announced: true };
    objects::insert(tx, &object)
}

#[tokio::test]
async fn a_thread_is_due_when_it_was_said_and_leased_once() {
    let db = database().await;
    let thread = scene(&db).await.thread;
    write(&db, move |tx| {
        assert_eq!(backfills::find(tx, thread)?, None);
        backfills::news(tx, thread, Time(100), Time(400))?;
        assert_eq!(backfills::lease(tx, Time(399), Time(999), 10)?, []);
        // What comes later moves nothing further away.
        backfills::news(tx, thread, Time(200), Time(500))?;
        let leased = backfills::lease(tx, Time(400), Time(999), 10)?;
        assert_eq!((leased.len(), leased[0].thread, leased[0].fresh, leased[0].step), (1, thread, Time(200), 0));
        assert_eq!(backfills::lease(tx, Time(999), Time(2_000), 10)?, []);
        assert_eq!(backfills::lease_one(tx, thread, Time(999), Time(2_000))?, None);
        // That of somebody who died runs out.
        assert_eq!(backfills::lease(tx, Time(1_000), Time(2_000), 10)?.len(), 1);
        backfills::put_off(tx, thread, Time(3_000))?;
        assert_eq!(backfills::lease(tx, Time(2_999), Time(4_000), 10)?, []);
        assert!(backfills::lease_one(tx, thread, Time(2_999), Time(4_000))?.is_some());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn how_a_look_ended_is_kept_and_what_came_meanwhile_counts() {
    let db = database().await;
    let thread = scene(&db).await.thread;
    write(&db, move |tx| {
        backfills::news(tx, thread, Time(100), Time(400))?;
        let leased = backfills::lease(tx, Time(400), Time(999), 10)?.remove(0);
        let last = Last { ran: Time(500), known: 12, fetched: 3, refused: 2, failed: 1, gone: 4, error: "why".into() };
        let mut ended = Ended {
            thread,
            fresh: leased.fresh,
            next: (1, Some(Time(900))),
            seen: CommentId(7),
            turn: CommentId(3),
            context: Some("https://a.example/context".into()),
            last: last.clone(),
        };
        backfills::finish(tx, &ended)?;
        let found = backfills::find(tx, thread)?.unwrap();
        assert_eq!((found.step, found.next, found.leased_until), (1, Some(Time(900)), Time(0)));
        assert_eq!((found.seen, found.turn), (CommentId(7), CommentId(3)));
        assert_eq!((found.context.as_deref(), found.last), (Some("https://a.example/context"), Some(last)));
        // Something came while it was looked: that has said when it is looked the next time.
        backfills::news(tx, thread, Time(600), Time(700))?;
        ended.next = (2, None);
        backfills::finish(tx, &ended)?;
        assert_eq!(backfills::find(tx, thread)?.map(|found| (found.step, found.next)), Some((0, Some(Time(700)))));
        ended.fresh = Time(600);
        backfills::finish(tx, &ended)?;
        assert_eq!(backfills::find(tx, thread)?.map(|found| (found.step, found.next)), Some((2, None)));
        assert_eq!(backfills::lease(tx, Time(1 << 50), Time(1 << 51), 10)?, []);
        backfills::wanted(tx, thread, Time(5_000))?;
        assert_eq!(backfills::lease(tx, Time(5_000), Time(6_000), 10)?.len(), 1);
        backfills::wanted(tx, thread, Time(5_000))?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_at_home_elsewhere_is_found_in_its_thread() {
    let db = database().await;
    let scene = scene(&db).await;
    let thread: ThreadId = scene.thread;
    let (first, second, gone) = write(&db, move |tx| {
        let first = world::reply(tx, thread.root(), scene.bob.actor, "First")?;
        let own = world::reply(tx, first, scene.alice.actor, "Own")?;
        let second = world::reply(tx, own, scene.bob.actor, "Second")?;
        let gone = world::reply(tx, own, scene.bob.actor, "Gone")?;
        at_home(tx, first, "https://a.example/1")?;
        at_home(tx, second, "https://a.example/2")?;
        at_home(tx, gone, "https://a.example/3")?;
        comments::set_state(tx, gone, State::Deleted)?;
        objects::bar(tx, "https://a.example/4", Time(1))?;
        Ok((first, second, gone))
    })
    .await;
    read(&db, move |tx| {
        let away = |comment, number: i32| (comment, format!("https://a.example/{number}"));
        assert_eq!(backfills::after(tx, thread, CommentId(0), 10)?, [away(first, 1), away(second, 2)]);
        assert_eq!(backfills::after(tx, thread, first, 10)?, [away(second, 2)]);
        assert_eq!(backfills::newest(tx, thread, 1)?, [away(second, 2)]);
        assert_eq!(backfills::of_these(tx, thread, &[first, gone, thread.root()])?, [away(first, 1)]);
        assert_eq!(backfills::count(tx, thread)?, 3);
        let members = backfills::members(tx, thread, CommentId(0), 10)?;
        let uris: Vec<_> = members.iter().map(|(_, uri)| uri.as_deref()).collect();
        assert_eq!(uris, [None, Some("https://a.example/1"), None, Some("https://a.example/2")]);
        assert_eq!(backfills::members(tx, thread, first, 1)?.len(), 1);
        let asked: Vec<String> = (1..6).map(|number| format!("https://a.example/{number}")).collect();
        let mut known: Vec<_> = objects::known(tx, &asked)?.into_iter().collect();
        known.sort();
        assert_eq!(known, asked[..4]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_actor_is_asked_for_by_name_until_it_is_known() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let actor = ActorId(world::id());
        let new = Actor { host: "social.example".into(), origin: Origin::Remote, ..world::local(actor, "bo") };
        actors::insert(tx, &new)?;
        let reply = world::reply(tx, scene.thread.root(), actor, "First")?;
        world::reply(tx, reply, actor, "Second")?;
        introductions::insert(tx, actor, Time(10))?;
        introductions::insert(tx, actor, Time(20))?;
        assert_eq!(introductions::lease(tx, Time(9), Time(30), 5)?, []);
        assert_eq!(introductions::lease(tx, Time(10), Time(30), 5)?, [(actor, 1)]);
        assert_eq!(introductions::lease(tx, Time(30), Time(40), 5)?, []);
        introductions::again(tx, actor, Time(35))?;
        assert_eq!(introductions::lease(tx, Time(35), Time(50), 5)?, [(actor, 2)]);
        introductions::done(tx, actor)?;
        assert_eq!(introductions::lease(tx, Time(99), Time(100), 5)?, []);
        assert!(introductions::rename(tx, actor, "example", "Bo")?);
        assert!(!introductions::rename(tx, actor, "example", "Bo")?);
        assert_eq!(
            actors::by_handle(tx, "example", "bo")?.map(|found| (found.id, found.name)),
            Some((actor, "Bo".into()))
        );
        assert_eq!(introductions::threads_of(tx, actor, 10)?, [scene.thread]);
        Ok(())
    })
    .await;
}
