//! What administrators see of other servers, and what they do about them.

use domain::{Time, made_at, next_id};
use storage::follows::Address;
use storage::inbox::{self, Arrival};
use storage::keys::Holder;
use storage::outbox::{self, Activity, Reach, State, Totals};
use storage::peers::{self, Census, Failure};
use storage::testing::database;
use storage::{Result, Write};

use crate::write;

fn place(host: &str) -> Address {
    Address { inbox: format!("https://{host}/inbox"), host: host.into() }
}

/// Says something at that moment; the deliveries have the numbers of the moment, in order.
fn say(tx: &mut Write, at: i64, to: &[&str]) -> Result<Vec<i64>> {
    let first = next_id(0, at, 1);
    let activity = Activity {
        id: first,
        body: format!("{{\"at\":{at}}}"),
        signer: Holder::Instance,
        key_id: "https://ours.example/actor#main-key".into(),
        reach: Reach::Public,
        created: Time(at),
        words_of: None,
    };
    let to: Vec<Address> = to.iter().map(|host| place(host)).collect();
    let mut next = first;
    outbox::say(tx, &activity, &to, || {
        next += 1;
        next
    })?;
    Ok((first + 1..=next).collect())
}

const THEN: i64 = 1_800_000_000_000;

#[tokio::test]
async fn deliveries_are_listed_by_state_and_server_newest_first() {
    let db = database().await;
    write(&db, |tx| {
        let early = say(tx, THEN, &["a.example", "b.example"])?;
        let late = say(tx, THEN + 5, &["a.example"])?;
        let ids = |tx: &mut Write, state, host: Option<&str>, before: Option<i64>| -> Result<Vec<i64>> {
            Ok(outbox::page(tx, state, host, before, 10)?.into_iter().map(|entry| entry.id).collect())
        };
        assert_eq!(ids(tx, State::Waiting, None, None)?, [late[0], early[1], early[0]]);
        assert_eq!(ids(tx, State::Waiting, None, Some(early[1]))?, [early[0]]);
        assert_eq!(ids(tx, State::Waiting, Some("a.example"), None)?, [late[0], early[0]]);
        assert_eq!(ids(tx, State::Waiting, Some("c.example"), None)?, []);
        assert_eq!(outbox::totals(tx)?, Totals { waiting: 3, given_up: 0, oldest: Some(Time(THEN)) });
        assert_eq!(peers::oldest(tx, "a.example")?, Some(Time(THEN)));

        assert_eq!(outbox::last_error(tx, "a.example")?, None);
        assert!(outbox::give_up(tx, early[0], "it is too large")?);
        assert_eq!(outbox::last_error(tx, "a.example")?.as_deref(), Some("it is too large"));
        outbox::failed(tx, late[0], "it was refused")?;
        assert_eq!(outbox::last_error(tx, "a.example")?.as_deref(), Some("it was refused"));
        let given_up = outbox::page(tx, State::GivenUp, Some("a.example"), None, 10)?;
        assert_eq!((given_up.len(), given_up[0].error.as_str()), (1, "it is too large"));
        assert_eq!(outbox::find(tx, early[0])?.as_ref(), given_up.first());
        assert_eq!((given_up[0].body.as_str(), made_at(given_up[0].activity)), ("{\"at\":1800000000000}", Time(THEN)));
        assert_eq!(outbox::totals(tx)?, Totals { waiting: 2, given_up: 1, oldest: Some(Time(THEN)) });
        assert_eq!(peers::oldest(tx, "a.example")?, Some(Time(THEN + 5)));

        assert!(outbox::skip(tx, early[1])? && !outbox::skip(tx, early[1])?);
        assert_eq!(ids(tx, State::Skipped, None, None)?, [early[1]]);
        assert!(outbox::retry(tx, early[1])? && !outbox::retry(tx, early[1])?);
        assert_eq!(ids(tx, State::Waiting, Some("b.example"), None)?, [early[1]]);
        assert_eq!(outbox::find(tx, 7)?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_or_skipped_is_kept_for_a_time_and_then_with_its_activity_forgotten() {
    let db = database().await;
    write(&db, |tx| {
        let old = say(tx, THEN, &["a.example", "b.example", "c.example"])?;
        let new = say(tx, THEN + 10, &["a.example"])?;
        outbox::give_up(tx, old[0], "410")?;
        outbox::skip(tx, old[1])?;
        outbox::give_up(tx, new[0], "410")?;
        assert_eq!(outbox::forget_ended_before(tx, Time(THEN), 10)?, 0);
        assert_eq!(outbox::forget_ended_before(tx, Time(THEN + 10), 10)?, 2);
        // What waits is kept, and what it brings.
        assert_eq!(outbox::forget_before(tx, Time(THEN + 10), 10)?, 0);
        outbox::give_up(tx, old[2], "410")?;
        assert_eq!(outbox::forget_ended_before(tx, Time(THEN + 10), 10)?, 1);
        assert_eq!(outbox::forget_before(tx, Time(THEN + 10), 10)?, 1);
        assert_eq!(outbox::page(tx, State::GivenUp, None, None, 10)?.len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_waits_too_long_for_a_server_that_is_not_tried_is_given_up() {
    let db = database().await;
    write(&db, |tx| {
        let old = say(tx, THEN, &["asleep.example", "open.example", "paused.example"])?;
        say(tx, THEN + 10, &["asleep.example"])?;
        let asleep = Failure {
            since: Time(1),
            failures: 9,
            next: Time(1),
            soonest: Time(1),
            state: peers::State::Asleep,
            error: "no answer",
        };
        peers::failed(tx, "asleep.example", &asleep)?;
        peers::pause(tx, "paused.example")?;
        assert_eq!(outbox::give_up_before(tx, Time(THEN), 10)?, 0);
        assert_eq!(outbox::give_up_before(tx, Time(THEN + 10), 10)?, 2);
        assert_eq!(outbox::totals(tx)?, Totals { waiting: 2, given_up: 2, oldest: Some(Time(THEN)) });
        assert_eq!(outbox::page(tx, State::Waiting, Some("open.example"), None, 10)?[0].id, old[1]);
        assert_eq!(outbox::find(tx, old[0])?.map(|one| one.error), Some("its server was away for too long".into()));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn servers_are_counted_by_how_they_stand_and_opened_by_administrators() {
    let db = database().await;
    write(&db, |tx| {
        for host in ["asleep.example", "failing.example", "paused.example", "sound.example", "worse.example"] {
            peers::know(tx, host)?;
        }
        let failure = |failures, next, state| Failure {
            since: Time(1),
            failures,
            next: Time(next),
            soonest: Time(next),
            state,
            error: "no",
        };
        peers::failed(tx, "failing.example", &failure(1, 50, peers::State::Open))?;
        peers::failed(tx, "worse.example", &failure(9, 40, peers::State::Open))?;
        peers::failed(tx, "asleep.example", &failure(99, 30, peers::State::Asleep))?;
        assert!(peers::pause(tx, "paused.example")? && !peers::pause(tx, "unknown.example")?);
        assert_eq!(peers::census(tx)?, Census { sound: 1, failing: 2, paused: 1, asleep: 1 });
        let failing: Vec<_> = peers::failing(tx, 10)?.into_iter().map(|peer| peer.host).collect();
        assert_eq!(failing, ["worse.example", "failing.example"]);

        // Those that sleep or are paused are not waited for.
        assert_eq!((peers::next_due(tx, Time(20))?, peers::next_due(tx, Time(40))?), (Some(Time(40)), Some(Time(50))));
        assert_eq!(peers::next_due(tx, Time(50))?, None);

        assert!(!peers::retry(tx, "paused.example")? && peers::retry(tx, "asleep.example")?);
        let tried = peers::find(tx, "asleep.example")?.unwrap();
        assert_eq!((tried.state, tried.next, tried.failing_since), (peers::State::Open, Time(0), Some(Time(1))));
        assert!(peers::resume(tx, "asleep.example")? && peers::resume(tx, "paused.example")?);
        let open = peers::find(tx, "asleep.example")?.unwrap();
        assert_eq!((open.failures, open.failing_since), (0, None));
        assert_eq!(peers::census(tx)?, Census { sound: 3, failing: 2, paused: 0, asleep: 0 });
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_came_is_found_by_its_number_and_counted_while_it_waits() {
    let db = database().await;
    write(&db, |tx| {
        for id in 1..=3 {
            let (uri, actor) = (format!("https://a.example/{id}"), "https://a.example/u");
            let host = "a.example";
            let arrival =
                Arrival { id, uri: &uri, actor, host, kind: "Like", body: "{}", received: Time(100), again: None };
            inbox::insert(tx, &arrival)?;
        }
        inbox::settle(tx, 1, inbox::State::Failed, "it is not there")?;
        inbox::again(tx, 2, Time(500), "it did not answer")?;
        assert_eq!(inbox::waiting(tx)?, 2);
        let found = inbox::find(tx, 1)?.unwrap();
        assert_eq!((found.state, found.reason.as_str()), (inbox::State::Failed, "it is not there"));
        assert_eq!((inbox::find(tx, 2)?.unwrap().state, inbox::find(tx, 9)?), (inbox::State::Again, None));
        inbox::replay(tx, 1, Time(600))?;
        assert_eq!(inbox::waiting(tx)?, 3);
        let due = |tx: &mut _| -> storage::Result<usize> {
            Ok(inbox::lease(tx, Time(400), Time(400), 9, &mut |one| one.id != 3)?.len())
        };
        assert_eq!((due(tx)?, inbox::hasten(tx, "b.example", Time(399))?, due(tx)?), (0, false, 0));
        assert_eq!((inbox::hasten(tx, "a.example", Time(399))?, due(tx)?), (true, 2));
        assert_eq!(inbox::find(tx, 2)?.unwrap().attempts, 1, "what is hastened often is not given up for it");
        assert!(!inbox::hasten(tx, "a.example", Time(399))?, "nothing of it waits any longer");
        Ok(())
    })
    .await;
}
