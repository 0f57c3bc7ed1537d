//! Boards of other servers, who here follows them, and what of all is ours.

use domain::authority::Admission;
use domain::{ActorId, Origin, Time};
use storage::actors::{self, Actor};
use storage::boards::{self, Board, Group};
use storage::following::{self, Following, Stage};
use storage::remotes::{self, Kind, Presence, Remote};
use storage::testing::{database, world};
use storage::{Change, Error, Result, Write, comments, threads};

use crate::{read, scene, write};

/// A board of another server.
fn elsewhere(tx: &mut Write, host: &str, name: &str) -> Result<Board> {
    let actor = ActorId(world::id());
    actors::insert(tx, &Actor { host: host.into(), origin: Origin::Remote, ..world::local(actor, name) })?;
    let uri = format!("https://{host}/c/{name}");
    let url = Some(format!("https://{host}/about/{name}"));
    let remote = Remote {
        actor,
        kind: Kind::Group,
        inbox: format!("{uri}/inbox"),
        shared_inbox: None,
        followers: None,
        url: url.clone(),
        key_id: format!("{uri}#main-key"),
        key: "a key".into(),
        presence: Presence::There,
        fetched: world::now(),
        uri: uri.clone(),
    };
    remotes::insert(tx, &remote)?;
    let board = Board { host: host.into(), group: Some(Group { actor, uri, url }), ..world::a_board(name) };
    boards::insert(tx, &board)?;
    Ok(board)
}

#[tokio::test]
async fn boards_of_one_name_on_several_servers_are_told_apart() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let (one, other) = (elsewhere(tx, "one.example", "News")?, elsewhere(tx, "other.example", "news")?);
        assert_eq!(boards::by_name(tx, "news")?.map(|board| board.id), Some(scene.board));
        assert_eq!(boards::by_address(tx, "news")?.map(|board| board.id), Some(scene.board));
        assert_eq!(boards::by_address(tx, "nEws@One.example")?.as_ref(), Some(&one));
        assert_eq!(boards::by_address(tx, "news@none.example")?, None);
        assert_eq!(boards::by_address(tx, "news@one.ex\0ample")?, None);
        assert_eq!(boards::find(tx, other.id)?.as_ref(), Some(&other));
        assert_eq!(boards::of_actor(tx, one.group.clone().unwrap().actor)?.as_ref(), Some(&one));
        assert_eq!(boards::of_actor(tx, scene.alice.actor)?, None);
        assert_eq!((one.address(), boards::address("news", "")), ("News@one.example".into(), "news".into()));
        let thread = world::thread(tx, one.id, scene.alice.actor, "There")?;
        let (there, here) = (threads::find(tx, thread)?.unwrap(), threads::find(tx, scene.thread)?.unwrap());
        assert_eq!((there.board_address(), there.is_ours()), ("News@one.example".into(), false));
        assert_eq!((here.board_address(), here.is_ours()), ("news".into(), true));
        Ok(())
    })
    .await;
    let taken = db.write(|tx| elsewhere(tx, "one.example", "NEWS").map(|_| ())).await;
    assert!(matches!(taken, Err(Error::Duplicate(_))), "{taken:?}");
}

#[tokio::test]
async fn a_follow_is_asked_answered_and_taken_back() {
    let db = database().await;
    let scene = scene(&db).await;
    let board = write(&db, |tx| elsewhere(tx, "one.example", "tea")).await;
    let (alice, bob, id) = (scene.alice.actor, scene.bob.actor, board.id);
    let mut news = db.changes().watch();
    write(&db, move |tx| {
        assert_eq!(boards::all(tx)?.len(), 1, "nobody has chosen it");
        following::ask(tx, alice, id, 501, Time(10))?;
        let known = following::find(tx, alice, id)?.unwrap();
        let asked =
            Following { actor: alice, board: id, follow: 501, stage: Stage::Asked, asked: Time(10), answered: None };
        assert_eq!(known, asked);
        assert_eq!((following::is_followed(tx, id)?, following::count(tx, alice)?), (false, 0));
        assert_eq!(boards::all(tx)?.last().map(|board| board.id), Some(id));
        // Asked again: the first Follow counts no longer.
        following::ask(tx, alice, id, 502, Time(20))?;
        assert_eq!(following::by_follow(tx, 501)?, None);
        following::answer(tx, 502, Stage::Accepted, Time(30))?;
        let known = following::by_follow(tx, 502)?.unwrap();
        assert_eq!((known.actor, known.stage, known.answered), (alice, Stage::Accepted, Some(Time(30))));
        assert_eq!((following::is_followed(tx, id)?, following::count(tx, alice)?), (true, 1));
        following::ask(tx, bob, id, 503, Time(40))?;
        following::answer(tx, 502, Stage::Refused, Time(50))?;
        assert_eq!((following::is_followed(tx, id)?, boards::all(tx)?.len()), (false, 2));
        following::end(tx, id, Time(60))?;
        assert_eq!(boards::all(tx)?.len(), 1, "it is gone");
        assert!(following::remove(tx, bob, id)? && !following::remove(tx, bob, id)?);
        Ok(())
    })
    .await;
    assert_eq!(news.try_recv().ok(), Some(Change::Site));
}

#[tokio::test]
async fn a_board_remembers_whom_it_admits() {
    let db = database().await;
    scene(&db).await;
    let board = write(&db, |tx| {
        let board = Board { admission: Admission::OurPeople, ..boards::by_name(tx, "news")?.unwrap() };
        boards::update(tx, &board)?;
        Ok(board)
    })
    .await;
    assert_eq!(read(&db, |tx| boards::by_name(tx, "news")).await, Some(board));
}

#[tokio::test]
async fn what_people_here_wrote_is_counted_apart() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let bo = ActorId(world::id());
        let there = Actor { host: "one.example".into(), origin: Origin::Remote, ..world::local(bo, "bo") };
        actors::insert(tx, &there)?;
        let theirs = world::thread(tx, scene.board, bo, "Theirs")?;
        world::reply(tx, theirs.root(), bo, "Theirs.")?;
        assert_eq!(comments::count_local(tx)?, (1, 0));
        let ours = world::reply(tx, theirs.root(), scene.bob.actor, "Ours.")?;
        world::reply(tx, scene.thread.root(), scene.alice.actor, "Ours, too.")?;
        assert_eq!(comments::count_local(tx)?, (1, 2));
        comments::set_state(tx, ours, domain::State::Removed)?;
        assert_eq!(comments::count_local(tx)?, (1, 1));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_thread_is_called_otherwise_only_if_it_is() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let thread = scene.thread;
        assert!(!threads::retitle(tx, thread, "The first", None)?);
        assert!(threads::retitle(tx, thread, "The second", None)?);
        assert!(threads::retitle(tx, thread, "The second", Some("https://a.example/"))?);
        assert!(!threads::retitle(tx, thread, "The second", Some("https://a.example/"))?);
        let found = threads::find(tx, thread)?.unwrap();
        assert_eq!((found.title.as_str(), found.url.as_deref()), ("The second", Some("https://a.example/")));
        assert!(threads::retitle(tx, thread, "The second", None)?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn who_follows_a_board_is_known_but_for_those_who_were_refused() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let (board, other) = (elsewhere(tx, "one.example", "news")?.id, elsewhere(tx, "two.example", "news")?.id);
        let (alice, bob, carol) = (scene.alice.actor, scene.bob.actor, world::person(tx, "carol")?.actor);
        for (number, actor) in [(1, alice), (2, bob), (3, carol)] {
            following::ask(tx, actor, board, number, Time(5))?;
        }
        following::ask(tx, alice, other, 4, Time(5))?;
        following::answer(tx, 1, Stage::Accepted, Time(6))?;
        following::answer(tx, 2, Stage::Refused, Time(6))?;
        let found: Vec<_> = following::of_board(tx, board)?.into_iter().map(|known| known.follow).collect();
        assert_eq!(found, [3, 1]);
        Ok(())
    })
    .await;
}
