//! Programs that are told of what happens.

use domain::{CommentId, News, Time};
use storage::testing::{database, world};
use storage::webhooks::{self, Item, State, Turn, Webhook};
use storage::{Read, Result, Write};

use crate::{read, write};

fn webhook(id: i64, kinds: &[News]) -> Webhook {
    Webhook {
        id,
        url: format!("https://{id}.example/"),
        secret: "secret".into(),
        kinds: kinds.to_vec(),
        paused: false,
        created: Time(7),
        failures: 0,
        error: String::new(),
        next: Time(0),
        reached: None,
        resumed: None,
    }
}

fn item(id: i64, kind: News) -> Item {
    Item { id, kind, comment: Some(CommentId(7)), entry: None, at: Time(id) }
}

fn waiting(tx: &mut Read, webhook: i64) -> Result<Vec<i64>> {
    Ok(webhooks::page(tx, webhook, State::Waiting, 0, 100)?.into_iter().map(|item| item.id).collect())
}

fn leased(tx: &mut Write, now: i64) -> Result<Vec<i64>> {
    Ok(webhooks::lease(tx, Time(now), Time(now + 10), 10)?.into_iter().map(|webhook| webhook.id).collect())
}

#[tokio::test]
async fn each_is_told_of_what_it_wants_to_know_in_order() {
    let db = database().await;
    write(&db, |tx| {
        let new = webhook(1, &[News::CommentPublished, News::Ping]);
        webhooks::insert(tx, &new)?;
        webhooks::insert(tx, &webhook(2, News::ALL))?;
        assert_eq!(webhooks::find(tx, 1)?, Some(new));
        for (id, kind) in [(12, News::CommentPublished), (11, News::ReportOpened), (10, News::CommentPublished)] {
            webhooks::tell(tx, &item(id, kind))?;
        }
        webhooks::tell_one(tx, 1, &Item { comment: None, entry: Some(3), ..item(13, News::CommentHeld) })?;
        assert_eq!((waiting(tx, 1)?, waiting(tx, 2)?), (vec![10, 12, 13], vec![10, 11, 12]));
        assert_eq!(
            webhooks::page(tx, 1, State::Waiting, 12, 1)?,
            [Item { comment: None, entry: Some(3), ..item(13, News::CommentHeld) }]
        );
        assert_eq!(webhooks::page(tx, 2, State::Waiting, 10, 1)?, [item(11, News::ReportOpened)]);
        assert_eq!((webhooks::count(tx, 2, State::Waiting, 2)?, webhooks::count(tx, 2, State::GivenUp, 2)?), (2, 0));
        // What it was to be told goes with it, and nothing of the others.
        assert!(webhooks::remove(tx, 2)? && !webhooks::remove(tx, 2)?);
        assert_eq!((waiting(tx, 1)?.len(), waiting(tx, 2)?.len(), webhooks::all(tx, 9)?.len()), (3, 0, 1));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_happens_in_a_transaction_that_fails_has_not_happened() {
    let db = database().await;
    write(&db, |tx| webhooks::insert(tx, &webhook(1, News::ALL))).await;
    let failed: Result<()> = db
        .write(|tx| {
            webhooks::tell(tx, &item(10, News::CommentPublished))?;
            Err(storage::Error::Unknown("a test"))
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(read(&db, |tx| waiting(tx, 1)).await, [] as [i64; 0]);
}

#[tokio::test]
async fn one_at_a_time_has_a_program_and_it_is_left_alone_after_a_failure() {
    let db = database().await;
    write(&db, |tx| {
        webhooks::insert(tx, &webhook(1, News::ALL))?;
        assert_eq!((leased(tx, 100)?, webhooks::next_due(tx, Time(100))?), (vec![], None));
        for id in [10, 11, 12] {
            webhooks::tell(tx, &item(id, News::CommentPublished))?;
        }
        assert_eq!(webhooks::next_due(tx, Time(100))?, Some(Time(0)));
        assert_eq!((leased(tx, 100)?, leased(tx, 109)?), (vec![1], vec![]));
        // Whoever had it has died.
        assert_eq!(leased(tx, 111)?, [1]);
        let turn = Turn { told: vec![10], failed: Some(("it was away".into(), Time(500))) };
        webhooks::settle(tx, 1, &turn, Time(112))?;
        let now = webhooks::find(tx, 1)?.unwrap();
        assert_eq!(
            (now.failures, now.error.as_str(), now.next, now.reached),
            (1, "it was away", Time(500), Some(Time(112)))
        );
        assert_eq!(
            (waiting(tx, 1)?, leased(tx, 499)?, webhooks::next_due(tx, Time(499))?),
            (vec![11, 12], vec![], Some(Time(500)))
        );
        // Whoever resumes it need not wait.
        webhooks::set_paused(tx, 1, true, Time(7))?;
        assert_eq!((leased(tx, 600)?, webhooks::next_due(tx, Time(600))?), (vec![], None));
        webhooks::set_paused(tx, 1, false, Time(7))?;
        assert_eq!(leased(tx, 200)?, [1]);
        webhooks::settle(tx, 1, &Turn { told: vec![11, 12], failed: None }, Time(201))?;
        let now = webhooks::find(tx, 1)?.unwrap();
        assert_eq!((now.failures, now.error.as_str(), leased(tx, 300)?), (0, "", vec![]));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_given_up_can_be_told_again_for_a_while() {
    let db = database().await;
    write(&db, |tx| {
        webhooks::insert(tx, &webhook(1, News::ALL))?;
        let ids = [world::id(), world::id(), world::id()];
        for (id, at) in ids.into_iter().zip([100, 200, 300]) {
            webhooks::tell(tx, &Item { at: Time(at), ..item(id, News::CommentPublished) })?;
        }
        assert_eq!(webhooks::give_up_before(tx, 1, Time(250), 9)?, 2);
        assert_eq!((waiting(tx, 1)?, webhooks::count(tx, 1, State::GivenUp, 9)?), (ids[2..].to_vec(), 2));
        assert_eq!(webhooks::replay(tx, 1, 1, Time(1_000))?, 1);
        assert_eq!(waiting(tx, 1)?, [ids[0], ids[2]]);
        // It waits anew.
        assert_eq!(webhooks::give_up_before(tx, 1, Time(1_000), 9)?, 1);
        assert_eq!((webhooks::forget_before(tx, 1, Time(0), 9)?, waiting(tx, 1)?), (0, vec![ids[0]]));
        assert_eq!(
            (webhooks::forget_before(tx, 1, Time(i64::MAX), 2)?, webhooks::forget_before(tx, 1, Time(i64::MAX), 9)?),
            (2, 1)
        );
        Ok(())
    })
    .await;
}
