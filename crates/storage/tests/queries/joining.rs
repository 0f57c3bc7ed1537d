//! Applications and invitations.

use domain::{Time, first_made_at};
use storage::applications::{self, State};
use storage::second_factors::{self, SecondFactor};
use storage::testing::{database, world};
use storage::{Error, accounts, invitations};

use crate::{read, scene, write};

#[tokio::test]
async fn an_application_keeps_its_name_until_it_is_turned_away() {
    let db = database().await;
    let first = world::applicant("Cleo");
    let (again, id, kept) = (world::applicant("cLEO"), first.id, first.clone());
    write(&db, move |tx| applications::insert(tx, &first)).await;
    let twice = again.clone();
    let taken = db.write(move |tx| applications::insert(tx, &twice)).await;
    assert!(matches!(taken, Err(Error::Duplicate(_))), "{taken:?}");
    write(&db, move |tx| {
        assert_eq!(applications::by_name(tx, "cleo")?, Some(kept.clone()));
        assert_eq!(applications::by_name(tx, "cl\0eo")?, None);
        assert_eq!(applications::page(tx, State::Waiting, None, 9)?, [kept]);
        applications::turn_away(tx, id)?;
        assert_eq!(applications::page(tx, State::Waiting, None, 9)?, []);
        let left = applications::page(tx, State::TurnedAway, None, 9)?;
        assert_eq!(
            left.iter().map(|one| (one.id, one.password.as_str(), one.answer.as_str())).collect::<Vec<_>>(),
            [(id, "", "")]
        );
        let next = again.id;
        applications::insert(tx, &again)?;
        assert_eq!(applications::page(tx, State::TurnedAway, None, 9)?, []);
        applications::remove(tx, next)?;
        assert_eq!(applications::by_name(tx, "cleo")?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn old_applications_are_forgotten_also_those_that_nobody_decided_about() {
    let db = database().await;
    write(&db, |tx| {
        let (then, later) = (Time(1_800_000_000_000), Time(1_800_000_000_001));
        for (name, time) in [("old", then), ("waits", then), ("new", later), ("waits-too", later)] {
            let waits = name.starts_with("waits");
            let application =
                applications::Application { id: first_made_at(time) + i64::from(waits), ..world::applicant(name) };
            applications::insert(tx, &application)?;
            if !waits {
                applications::turn_away(tx, application.id)?;
            }
        }
        assert_eq!(applications::forget_before(tx, later, 100)?, 2);
        assert_eq!((applications::by_name(tx, "old")?, applications::by_name(tx, "waits")?), (None, None));
        assert!(applications::by_name(tx, "new")?.is_some() && applications::by_name(tx, "waits-too")?.is_some());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_used_as_often_as_it_says() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let by_alice = world::invitation(Some(scene.alice.actor));
        let (id, host) = (by_alice.id, world::invitation(None));
        invitations::insert(tx, &by_alice, b"one")?;
        invitations::insert(tx, &host, b"two")?;
        let found = invitations::by_code(tx, b"one")?.unwrap();
        assert_eq!((found.id, found.inviter_name.as_deref(), found.uses_left), (id, Some("Alice"), 1));
        assert_eq!(invitations::by_code(tx, b"three")?, None);
        assert_eq!(invitations::page(tx, None, 9)?, [host.clone(), found]);
        assert!(invitations::take(tx, id)? && !invitations::take(tx, id)?);
        let third = world::invitation(None);
        invitations::insert(tx, &third, b"third")?;
        let (third, now) = (third.id, third.created);
        assert!(!invitations::revoke(tx, id, now)?, "it is used up, and worth nothing already");
        assert!(invitations::revoke(tx, third, now)? && !invitations::revoke(tx, third, now)?);
        assert_eq!(invitations::forget_expired(tx, host.expires, 100)?, 1, "the one that is used up");
        assert_eq!(invitations::forget_expired(tx, host.expires.plus_ms(1), 100)?, 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn accounts_are_listed_with_those_who_invited_them() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| invitations::record(tx, scene.bob.account, scene.alice.actor)).await;
    read(&db, move |tx| {
        let newest = accounts::page(tx, None, 1)?;
        assert_eq!(newest.iter().map(|one| one.id).collect::<Vec<_>>(), [scene.bob.account]);
        let rest = accounts::page(tx, Some(scene.bob.account.0), 9)?;
        assert_eq!(rest.iter().map(|one| one.id).collect::<Vec<_>>(), [scene.alice.account]);
        let inviters = invitations::inviters(tx, &[scene.alice.account, scene.bob.account])?;
        assert_eq!(inviters.into_iter().collect::<Vec<_>>(), [(scene.bob.account, "Alice".to_owned())]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_factor_takes_each_step_and_each_recovery_code_once() {
    let db = database().await;
    let account = scene(&db).await.alice.account;
    write(&db, move |tx| {
        assert_eq!(second_factors::find(tx, account)?, None);
        second_factors::begin(tx, account, b"first")?;
        second_factors::begin(tx, account, b"second")?;
        let factor = |state, last_step| SecondFactor { secret: b"second".to_vec(), state, last_step };
        assert_eq!(second_factors::find(tx, account)?, Some(factor(second_factors::State::Pending, 0)));
        assert!(second_factors::take_step(tx, account, 7)? && !second_factors::take_step(tx, account, 7)?);
        assert_eq!(second_factors::find(tx, account)?, Some(factor(second_factors::State::On, 7)));
        second_factors::insert_recovery(tx, account, &[[1; 32], [2; 32]])?;
        assert!(second_factors::take_recovery(tx, account, &[1; 32])?);
        assert!(!second_factors::take_recovery(tx, account, &[1; 32])?);
        assert_eq!(second_factors::count_recovery(tx, account)?, 1);
        second_factors::end(tx, account)?;
        assert_eq!((second_factors::find(tx, account)?, second_factors::count_recovery(tx, account)?), (None, 0));
        Ok(())
    })
    .await;
}
