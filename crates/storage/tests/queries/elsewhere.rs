//! What is kept of other servers: their actors, what they follow, what came from them, what is to be brought to them.

use domain::{ActorId, Origin, Time};
use storage::actors::{self, Actor};
use storage::follows::{self, Address, Followed};
use storage::inbox::{self, Arrival, State, Stored};
use storage::keys::{self, Holder, Pair};
use storage::objects::{self, Object};
use storage::outbox::{self, Activity, Reach};
use storage::peers::{self, Failure};
use storage::remotes::{self, Kind, Presence, Remote};
use storage::testing::{database, world};
use storage::votes::{self, Vote};
use storage::{Error, Result, Write, comments};

use crate::{read, scene, write};

pub fn remote(tx: &mut Write, host: &str, name: &str, shared: bool) -> Result<Remote> {
    let actor = ActorId(world::id());
    let new = Actor { host: host.into(), origin: Origin::Remote, ..world::local(actor, name) };
    actors::insert(tx, &new)?;
    let uri = format!("https://{host}/users/{name}");
    let remote = Remote {
        actor,
        kind: Kind::Person,
        inbox: format!("{uri}/inbox"),
        shared_inbox: shared.then(|| format!("https://{host}/inbox")),
        followers: Some(format!("{uri}/followers")),
        url: None,
        key_id: format!("{uri}#main-key"),
        key: "a key".into(),
        presence: Presence::There,
        fetched: world::now(),
        uri,
    };
    remotes::insert(tx, &remote)?;
    Ok(remote)
}

#[tokio::test]
async fn of_two_pairs_made_at_once_the_first_counts_until_it_is_replaced() {
    let db = database().await;
    let pair = |text: &str| Pair { private: text.into(), public: text.to_uppercase() };
    write(&db, move |tx| {
        let holder = Holder::Person(ActorId(7));
        assert_eq!(keys::find(tx, holder)?, None);
        assert_eq!(keys::keep(tx, holder, pair("first"), Time(1))?, pair("first"));
        assert_eq!(keys::keep(tx, holder, pair("second"), Time(2))?, pair("first"));
        assert_eq!(keys::find(tx, Holder::Instance)?, None);
        keys::replace(tx, holder, pair("third"), Time(3))?;
        assert_eq!(keys::find(tx, holder)?, Some(pair("third")));
        keys::replace(tx, Holder::Instance, pair("new"), Time(4))?;
        assert_eq!(keys::holders(tx)?, [Holder::Instance, holder]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_actor_is_known_by_its_id_and_its_name_belongs_to_one() {
    let db = database().await;
    let known = write(&db, |tx| remote(tx, "a.example", "Bo", true)).await;
    write(&db, move |tx| {
        assert_eq!(remotes::by_uri(tx, &known.uri)?.as_ref(), Some(&known));
        assert_eq!(remotes::of_actor(tx, known.actor)?.as_ref(), Some(&known));
        assert_eq!(remotes::uris(tx, &[known.actor, ActorId(1)])?, [(known.actor, known.uri.clone())]);
        assert!(remotes::is_taken(tx, "a.example", "bo", "https://a.example/users/other")?);
        assert!(!remotes::is_taken(tx, "a.example", "bo", &known.uri)?);
        assert!(!remotes::is_taken(tx, "b.example", "bo", "https://b.example/users/bo")?);
        remotes::set_gone(tx, known.actor, Time(7))?;
        let gone = remotes::by_uri(tx, &known.uri)?.unwrap();
        assert_eq!((gone.presence, gone.fetched), (Presence::Gone, Time(7)));
        remotes::update(tx, &Remote { key: "another".into(), ..known.clone() })?;
        let again = remotes::by_uri(tx, &known.uri)?.unwrap();
        assert_eq!((again.key.as_str(), again.presence), ("another", Presence::There));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_comment_has_one_home_and_what_was_deleted_first_is_barred() {
    let db = database().await;
    let scene = scene(&db).await;
    let object = Object {
        uri: "https://a.example/notes/1".into(),
        comment: scene.thread.root(),
        url: None,
        updated: Time(5),
        announced: true,
    };
    let kept = object.clone();
    write(&db, move |tx| {
        objects::insert(tx, &object)?;
        assert_eq!(objects::by_uri(tx, &object.uri)?.as_ref(), Some(&object));
        assert_eq!(objects::of_comments(tx, &[object.comment])?.get(&object.comment), Some(&object));
        assert!(objects::set_updated(tx, &object.uri, Time(5))? && objects::set_updated(tx, &object.uri, Time(6))?);
        assert!(!objects::set_updated(tx, &object.uri, Time(5))?);
        objects::bar(tx, "https://a.example/notes/2", Time(10))?;
        objects::bar(tx, "https://a.example/notes/2", Time(11))?;
        assert!(objects::is_barred(tx, "https://a.example/notes/2")? && !objects::is_barred(tx, &object.uri)?);
        assert_eq!(objects::unbar_before(tx, Time(10), 100)?, 0);
        assert_eq!(objects::unbar_before(tx, Time(11), 100)?, 1);
        objects::bar(tx, "https://a.example/notes/2", Time(12))?;
        objects::unbar(tx, "https://a.example/notes/3")?;
        assert!(objects::is_barred(tx, "https://a.example/notes/2")?);
        objects::unbar(tx, "https://a.example/notes/2")?;
        assert!(!objects::is_barred(tx, "https://a.example/notes/2")?);
        Ok(())
    })
    .await;
    let again = db.write(move |tx| objects::insert(tx, &kept)).await;
    assert!(matches!(again, Err(Error::Duplicate(_))), "{again:?}");
}

#[tokio::test]
async fn followers_on_one_server_are_reached_at_one_place() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let (bo, cy) = (remote(tx, "a.example", "bo", true)?, remote(tx, "a.example", "cy", true)?);
        let (di, gone) = (remote(tx, "b.example:8443", "di", false)?, remote(tx, "c.example", "gone", true)?);
        let (threads, one) = (Followed::Threads(scene.board), Followed::Thread(scene.thread));
        assert!(follows::insert(tx, threads, bo.actor, "https://a.example/f/1", Time(1))?);
        assert!(!follows::insert(tx, threads, bo.actor, "https://a.example/f/2", Time(2))?);
        follows::renew(tx, threads, bo.actor, "https://a.example/f/2", Time(2))?;
        assert!(follows::insert(tx, threads, cy.actor, "https://a.example/f/3", Time(2))?);
        assert!(follows::insert(tx, one, di.actor, "https://b.example/f/1", Time(2))?);
        assert!(follows::insert(tx, one, gone.actor, "https://c.example/f/1", Time(2))?);
        remotes::set_gone(tx, gone.actor, Time(3))?;
        assert_eq!((follows::count(tx, threads)?, follows::count(tx, one)?), (2, 2));
        let shared = Address { inbox: "https://a.example/inbox".into(), host: "a.example".into() };
        let own = Address { inbox: di.inbox.clone(), host: "b.example:8443".into() };
        assert_eq!(follows::addresses(tx, &[threads])?.as_slice(), std::slice::from_ref(&shared));
        assert_eq!(follows::addresses(tx, &[threads, one])?, [shared, own]);
        // What was said before the last Follow changes nothing, and one of before does not stand in its place.
        assert!(!follows::insert(tx, threads, bo.actor, "https://a.example/f/1", Time(1))?);
        assert!(!follows::take_back(tx, threads, bo.actor, Time(1))?);
        assert!(!follows::take_back_by_uri(tx, bo.actor, "https://a.example/f/1", Time(9))?);
        assert!(!follows::take_back_by_uri(tx, bo.actor, "https://a.example/f/2", Time(1))?);
        assert!(follows::take_back_by_uri(tx, bo.actor, "https://a.example/f/2", Time(2))?);
        assert!(follows::insert(tx, threads, bo.actor, "https://a.example/f/4", Time(3))?);
        assert!(follows::take_back(tx, threads, bo.actor, Time(3))?);
        assert!(follows::remove(tx, threads, cy.actor)? && !follows::remove(tx, threads, cy.actor)?);
        assert_eq!(follows::remove_all(tx, di.actor)?, 1);
        assert_eq!(follows::addresses(tx, &[threads, one])?, []);
        Ok(())
    })
    .await;
}

fn arrive(tx: &mut Write, host: &str, number: i64) -> Result<Stored> {
    let (uri, actor) = (format!("https://{host}/activities/{number}"), format!("https://{host}/u"));
    let arrival = Arrival {
        id: world::id(),
        uri: &uri,
        actor: &actor,
        host,
        kind: "Create",
        body: &uri,
        received: Time(100),
        again: None,
    };
    inbox::insert(tx, &arrival)
}

#[tokio::test]
async fn whoever_sends_much_lets_others_pass() {
    let db = database().await;
    write(&db, |tx| {
        for number in 0..50 {
            assert_eq!(arrive(tx, "much.example", number)?, Stored::New);
        }
        let leased = inbox::lease(tx, Time(200), Time(300), 10, &mut |_| true)?;
        assert_eq!(leased.len(), 10);
        for one in leased {
            inbox::settle(tx, one.id, State::Done, "")?;
        }
        assert_eq!(arrive(tx, "one.example", 1)?, Stored::New);
        assert_eq!(arrive(tx, "one.example", 1)?, Stored::Known);
        assert!(inbox::is_known(tx, "https://one.example/activities/1", None)?);
        assert_eq!(inbox::forget_before(tx, Time(1_900_000_000_000), 100)?, 10);
        let next: Vec<_> =
            inbox::lease(tx, Time(200), Time(300), 2, &mut |_| true)?.into_iter().map(|one| one.actor).collect();
        assert!(next.contains(&"https://one.example/u".to_owned()), "{next:?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_put_off_is_taken_back_unless_it_came_later() {
    let db = database().await;
    write(&db, |tx| {
        arrive(tx, "one.example", 1)?;
        let one = inbox::lease(tx, Time(100), Time(200), 1, &mut |_| true)?.pop().unwrap();
        assert!(!one.is_late && one.received == Time(100));
        inbox::again(tx, one.id, Time(300), "the disk is full")?;
        let waits = |tx: &mut Write, actor: &str, until: i64| {
            inbox::overtake(tx, "https://one.example/activities/1", actor, Time(until), "it was taken back")?;
            inbox::waiting(tx)
        };
        assert_eq!(waits(tx, "https://one.example/u", 99)?, 1);
        assert_eq!(waits(tx, "https://one.example/other", 100)?, 1);
        let again = inbox::lease(tx, Time(300), Time(400), 4, &mut |_| true)?.pop().unwrap();
        assert!(again.is_late && again.received == Time(100));
        assert_eq!(waits(tx, "https://one.example/u", 100)?, 0);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_may_be_done_again_comes_again_when_it_was_signed_later() {
    let db = database().await;
    write(&db, |tx| {
        let arrive = |tx: &mut Write, actor: &str, received: i64, again: Option<i64>| {
            let uri = "https://one.example/follows/1/2";
            let (received, again) = (Time(received), again.map(Time));
            let host = "one.example";
            inbox::insert(
                tx,
                &Arrival { id: world::id(), uri, actor, host, kind: "Follow", body: "{}", received, again },
            )
        };
        let (bo, known) = ("https://one.example/bo", "https://one.example/follows/1/2");
        assert_eq!(arrive(tx, bo, 100, Some(99))?, Stored::New);
        // What waits is not renewed.
        assert_eq!(arrive(tx, bo, 300, Some(299))?, Stored::Known);
        assert!(inbox::is_known(tx, known, Some(Time(299)))?);
        let one = inbox::lease(tx, Time(300), Time(400), 1, &mut |_| true)?.pop().unwrap().id;
        inbox::settle(tx, one, State::Done, "")?;
        for (actor, again) in [(bo, None), (bo, Some(100)), ("https://one.example/cy", Some(299))] {
            assert_eq!(arrive(tx, actor, 300, again)?, Stored::Known);
        }
        assert!(inbox::is_known(tx, known, None)? && inbox::is_known(tx, known, Some(Time(100)))?);
        assert!(!inbox::is_known(tx, known, Some(Time(101)))?);
        assert_eq!(arrive(tx, bo, 300, Some(101))?, Stored::New);
        let again = inbox::lease(tx, Time(300), Time(400), 9, &mut |_| true)?;
        assert_eq!(again.iter().map(|one| (one.id, one.attempts)).collect::<Vec<_>>(), [(one, 1)]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_somebody_says_next_waits_for_what_they_said_before_and_what_they_pass_on_does_not() {
    let db = database().await;
    write(&db, |tx| {
        arrive(tx, "a.example", 1)?;
        arrive(tx, "b.example", 2)?;
        let (uri, actor) = ("https://a.example/activities/3", "https://a.example/u");
        let (id, host, received) = (world::id(), "a.example", Time(100));
        inbox::insert(tx, &Arrival { id, uri, actor, host, kind: "Announce", body: uri, received, again: None })?;
        let busy = "https://a.example/u";
        let leased =
            inbox::lease(tx, Time(200), Time(300), 10, &mut |one| one.actor != busy || one.kind == "Announce")?;
        let mut bodies: Vec<_> = leased.iter().map(|one| one.body.as_str()).collect();
        bodies.sort_unstable();
        assert_eq!(bodies, [uri, "https://b.example/activities/2"]);
        assert_eq!(inbox::lease(tx, Time(200), Time(300), 10, &mut |_| true)?.len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_came_is_leased_once_and_kept_with_its_reason() {
    let db = database().await;
    write(&db, |tx| {
        arrive(tx, "a.example", 1)?;
        arrive(tx, "a.example", 2)?;
        let leased = inbox::lease(tx, Time(200), Time(300), 10, &mut |_| true)?;
        assert_eq!((leased.len(), leased[0].attempts), (2, 1));
        assert_eq!(inbox::lease(tx, Time(300), Time(400), 10, &mut |_| true)?, []);
        // The lease of a worker that died runs out.
        assert_eq!(inbox::lease(tx, Time(301), Time(400), 10, &mut |_| true)?.len(), 2);
        inbox::settle(tx, leased[1].id, State::Refused, "it is not the author's")?;
        inbox::again(tx, leased[0].id, Time(1_000), "its parent could not be fetched")?;
        assert_eq!(inbox::lease(tx, Time(999), Time(1_000), 10, &mut |_| true)?, []);
        let again = inbox::lease(tx, Time(1_000), Time(2_000), 10, &mut |_| true)?;
        assert_eq!((again.len(), again[0].attempts, again[0].id), (1, 3, leased[0].id));
        inbox::settle(tx, leased[0].id, State::Failed, "its parent could not be fetched")?;
        let refused = inbox::page(tx, State::Refused, None, 10)?;
        assert_eq!((refused.len(), refused[0].reason.as_str()), (1, "it is not the author's"));
        assert!(inbox::replay(tx, leased[1].id, Time(3_000))? && !inbox::replay(tx, leased[1].id, Time(3_000))?);
        let replayed = inbox::lease(tx, Time(3_000), Time(4_000), 10, &mut |_| true)?;
        assert_eq!((replayed.len(), replayed[0].body.as_str()), (1, "https://a.example/activities/2"));
        // What has failed is kept for an administrator, but not for ever.
        assert_eq!(inbox::forget_before(tx, Time(1_900_000_000_000), 100)?, 1);
        assert_eq!(inbox::page(tx, State::Failed, None, 10)?, []);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_said_is_brought_to_each_place_in_order() {
    let db = database().await;
    let place = |host: &str| Address { inbox: format!("https://{host}/inbox"), host: host.into() };
    write(&db, move |tx| {
        let say = |tx: &mut Write, id: i64, reach, to: &[Address]| {
            let activity = Activity {
                id,
                body: format!("{{\"n\":{id}}}"),
                signer: Holder::Instance,
                key_id: "https://ours.example/actor#main-key".into(),
                reach,
                created: Time(id),
                words_of: None,
            };
            outbox::say(tx, &activity, to, world::id)
        };
        say(tx, 1, Reach::Public, &[place("a.example"), place("b.example")])?;
        say(tx, 2, Reach::Addressed, &[place("b.example")])?;
        say(tx, 3, Reach::Public, &[])?;
        assert_eq!(outbox::public(tx, 1)?.as_deref(), Some("{\"n\":1}"));
        assert_eq!(outbox::public(tx, 2)?, None);
        assert_eq!(due(tx, 10)?, ["a.example", "b.example"]);
        peers::lease(tx, "a.example", Time(10), Time(20))?;
        assert_eq!((due(tx, 20)?, due(tx, 21)?.len()), (vec!["b.example".to_owned()], 2));
        assert_eq!(outbox::waiting(tx, "b.example", &[place("b.example").inbox], 10)?, []);
        let waiting = outbox::waiting(tx, "b.example", &["https://b.example/other".into()], 10)?;
        let bodies: Vec<_> = waiting.iter().map(|delivery| delivery.body.as_str()).collect();
        assert_eq!(bodies, ["{\"n\":1}", "{\"n\":2}"]);
        outbox::failed(tx, waiting[0].id, "it did not answer")?;
        assert_eq!(outbox::waiting(tx, "b.example", &[], 1)?[0].attempts, 1);
        outbox::brought(tx, &[waiting[0].id])?;
        assert!(outbox::give_up(tx, waiting[1].id, "410")?);
        assert_eq!(due(tx, 21)?, ["a.example"]);
        assert_eq!(peers::backlog(tx, "b.example")?, (0, 1));
        // What waits somewhere is kept, and so is what was given up: it may be tried again.
        assert_eq!(outbox::forget_before(tx, Time(100), 10)?, 1);
        assert!(outbox::retry(tx, waiting[1].id)? && !outbox::retry(tx, waiting[1].id)?);
        assert_eq!(outbox::waiting(tx, "b.example", &[], 10)?.len(), 1);
        assert_eq!(outbox::end_inbox(tx, "b.example", &place("b.example").inbox, "410")?, 1);
        assert_eq!(peers::backlog(tx, "b.example")?, (0, 1));
        Ok(())
    })
    .await;
}

fn due(tx: &mut Write, now: i64) -> Result<Vec<String>> {
    Ok(outbox::due(tx, Time(now), 10)?.into_iter().map(|due| due.host).collect())
}

#[tokio::test]
async fn the_servers_that_are_reached_come_first_and_those_that_wait_not_at_all() {
    let db = database().await;
    write(&db, |tx| {
        let failure = |next, state| Failure {
            since: Time(1),
            failures: 2,
            next: Time(next),
            soonest: Time(next),
            state,
            error: "",
        };
        let hosts =
            ["asleep.example", "failing.example", "lately.example", "later.example", "long-ago.example", "new.example"];
        let to = hosts.map(|host| Address { inbox: format!("https://{host}/inbox"), host: host.into() });
        let activity = Activity {
            id: 1,
            body: "{}".into(),
            signer: Holder::Instance,
            key_id: String::new(),
            reach: Reach::Public,
            created: Time(1),
            words_of: None,
        };
        outbox::say(tx, &activity, &to, world::id)?;
        peers::failed(tx, "asleep.example", &failure(0, peers::State::Asleep))?;
        peers::failed(tx, "failing.example", &failure(10, peers::State::Open))?;
        peers::failed(tx, "later.example", &failure(11, peers::State::Open))?;
        peers::reached(tx, "lately.example", Time(5))?;
        peers::reached(tx, "long-ago.example", Time(4))?;
        assert_eq!(due(tx, 10)?, ["long-ago.example", "lately.example", "new.example", "failing.example"]);
        peers::answered(tx, "later.example")?;
        assert!(due(tx, 10)?.contains(&"later.example".to_owned()));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_said_of_words_that_are_taken_back_is_brought_to_nobody() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let to = [Address { inbox: "https://a.example/inbox".into(), host: "a.example".into() }];
        for (id, words_of) in [(1, Some(scene.thread.root())), (2, None), (3, Some(scene.thread.root()))] {
            let activity = Activity {
                id,
                body: format!("{{\"n\":{id}}}"),
                signer: Holder::Instance,
                key_id: String::new(),
                reach: Reach::Public,
                created: Time(id),
                words_of,
            };
            outbox::say(tx, &activity, &to, world::id)?;
        }
        outbox::take_back(tx, scene.thread.root())?;
        let waiting = outbox::waiting(tx, "a.example", &[], 10)?;
        assert_eq!(waiting.iter().map(|one| one.body.as_str()).collect::<Vec<_>>(), ["{\"n\":2}"]);
        assert_eq!((outbox::public(tx, 1)?, outbox::public(tx, 3)?), (None, None));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_comment_is_held_where_somebody_answered_it_or_voted_on_it() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let (bo, cy) = (remote(tx, "a.example", "bo", true)?, remote(tx, "b.example", "cy", false)?);
        let di = remote(tx, "c.example", "di", true)?;
        assert_eq!(follows::holders(tx, scene.thread.root())?, []);
        let answer = world::reply(tx, scene.thread.root(), bo.actor, "yes")?;
        world::reply(tx, answer, di.actor, "no")?;
        comments::spot_to_change(tx, scene.thread.root())?;
        votes::set(tx, scene.thread.root(), cy.actor, Some(Vote::Down), Time(1))?;
        let found = follows::holders(tx, scene.thread.root())?;
        let inboxes: Vec<_> = found.iter().map(|place| place.inbox.as_str()).collect();
        assert_eq!(inboxes, ["https://a.example/inbox", "https://b.example/users/cy/inbox"]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn those_whose_inbox_is_gone_follow_no_longer() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let (bo, cy) = (remote(tx, "a.example", "bo", true)?, remote(tx, "a.example", "cy", true)?);
        let di = remote(tx, "b.example", "di", false)?;
        let threads = Followed::Threads(scene.board);
        for follower in [&bo, &cy, &di] {
            follows::insert(tx, threads, follower.actor, "https://a.example/f", Time(1))?;
        }
        assert_eq!((follows::drop_inbox(tx, &di.inbox)?, follows::count(tx, threads)?), (1, 2));
        assert_eq!((follows::drop_inbox(tx, "https://a.example/inbox")?, follows::count(tx, threads)?), (2, 0));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_lane_is_had_by_one_and_waits_after_a_failure() {
    let db = database().await;
    write(&db, |tx| {
        assert_eq!(peers::lease(tx, "a.example", Time(10), Time(20))?, None);
        peers::know(tx, "a.example")?;
        assert!(peers::lease(tx, "a.example", Time(10), Time(20))?.is_some());
        assert_eq!(peers::lease(tx, "a.example", Time(20), Time(30))?, None);
        assert!(peers::lease(tx, "a.example", Time(21), Time(30))?.is_some());
        let failure = Failure {
            since: Time(21),
            failures: 1,
            next: Time(50),
            soonest: Time(30),
            state: peers::State::Open,
            error: "no answer",
        };
        peers::failed(tx, "a.example", &failure)?;
        assert_eq!(peers::lease(tx, "a.example", Time(49), Time(60))?, None);
        // One that is heard of is tried sooner, and not at once.
        peers::heard(tx, "a.example", Time(22))?;
        assert_eq!(peers::lease(tx, "a.example", Time(29), Time(60))?, None);
        assert!(peers::lease(tx, "a.example", Time(30), Time(31))?.is_some());
        peers::failed(tx, "a.example", &Failure { soonest: Time(50), ..failure.clone() })?;
        peers::heard(tx, "a.example", Time(23))?;
        assert_eq!(peers::lease(tx, "a.example", Time(49), Time(60))?, None);
        let peer = peers::lease(tx, "a.example", Time(50), Time(60))?.unwrap();
        assert_eq!((peer.failures, peer.failing_since, peer.error.as_str()), (1, Some(Time(21)), "no answer"));
        peers::failed(tx, "a.example", &Failure { state: peers::State::Asleep, failures: 2, ..failure })?;
        assert_eq!(peers::lease(tx, "a.example", Time(1_000), Time(1_100))?, None);
        peers::heard(tx, "a.example", Time(1_000))?;
        assert!(peers::lease(tx, "a.example", Time(1_000), Time(1_100))?.is_some());
        peers::reached(tx, "a.example", Time(1_001))?;
        let peer = peers::find(tx, "a.example")?.unwrap();
        assert_eq!((peer.failures, peer.failing_since, peer.reached), (0, None, Time(1_001)));
        assert!(peers::pause(tx, "a.example")?);
        peers::heard(tx, "a.example", Time(2_000))?;
        assert_eq!(peers::lease(tx, "a.example", Time(2_000), Time(2_100))?, None);
        Ok(())
    })
    .await;
    read(&db, |tx| {
        let all = peers::page(tx, "", 10)?;
        assert_eq!((all.len(), all[0].heard), (1, Time(2_000)));
        Ok(())
    })
    .await;
}
