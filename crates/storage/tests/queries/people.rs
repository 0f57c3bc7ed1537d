//! Actors, accounts, credentials.

use domain::rights::Reach;
use domain::{AccountId, ActorId, Origin, Role, Scope, Time};
use storage::accounts::{self, Account, Credential, Kind};
use storage::actors::{self, Actor};
use storage::testing::{database, world};
use storage::{Change, Error, staff};

use crate::{read, scene, write};

#[tokio::test]
async fn local_names_are_one_in_any_letter_case() {
    let db = database().await;
    let alice = scene(&db).await.alice;
    read(&db, move |tx| {
        for name in ["Alice", "alice", "ALICE"] {
            let found = actors::by_handle(tx, "", name)?.unwrap();
            assert_eq!((found.id, found.name.as_str(), found.origin), (alice.actor, "Alice", Origin::Local));
            let account = accounts::by_name(tx, name)?.unwrap();
            assert_eq!((account.id, account.actor, account.name.as_str()), (alice.account, alice.actor, "Alice"));
            assert_eq!(accounts::named(tx, name)?, Some((alice.account, alice.actor)));
        }
        assert_eq!(actors::find(tx, alice.actor)?.unwrap().name, "Alice");
        assert_eq!(accounts::find(tx, alice.account)?.unwrap().actor, alice.actor);
        assert_eq!(accounts::of_actor(tx, alice.actor)?, Some(alice.account));
        assert_eq!(actors::by_handle(tx, "", "nobody")?, None);
        assert_eq!(actors::by_handle(tx, "example.org", "Alice")?, None);
        assert_eq!(accounts::by_name(tx, "nobody")?, None);
        assert_eq!(accounts::named(tx, "nobody")?, None);
        assert_eq!(actors::find(tx, ActorId(1))?, None);
        assert_eq!(accounts::find(tx, AccountId(1))?, None);
        assert_eq!(accounts::of_actor(tx, ActorId(1))?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_name_is_taken_in_every_letter_case() {
    let db = database().await;
    scene(&db).await;
    let taken = db.write(|tx| actors::insert(tx, &world::local(ActorId(world::id()), "aLICE"))).await;
    assert!(matches!(taken, Err(Error::Duplicate(_))), "{taken:?}");
    // The database is as usable as before.
    write(&db, |tx| actors::insert(tx, &world::local(ActorId(world::id()), "alice2"))).await;
}

#[tokio::test]
async fn a_name_that_no_database_can_hold_is_nobodys() {
    let db = database().await;
    scene(&db).await;
    read(&db, |tx| {
        assert_eq!(actors::by_handle(tx, "", "ali\0ce")?, None);
        assert_eq!(actors::by_handle(tx, "exam\0ple", "alice")?, None);
        assert_eq!(accounts::by_name(tx, "ali\0ce")?, None);
        assert_eq!(accounts::named(tx, "ali\0ce")?, None);
        assert_eq!(storage::boards::by_name(tx, "ne\0ws")?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn imported_names_keep_their_letter_case_and_are_made_once() {
    let db = database().await;
    write(&db, |tx| {
        let first = actors::imported(tx, ActorId(world::id()), "news.example", "Pat", world::now())?;
        assert_eq!(actors::imported(tx, ActorId(world::id()), "news.example", "Pat", world::now())?, first);
        let other_case = actors::imported(tx, ActorId(world::id()), "news.example", "pat", world::now())?;
        let other_site = actors::imported(tx, ActorId(world::id()), "other.example", "Pat", world::now())?;
        assert!(first != other_case && first != other_site);
        assert_eq!(actors::by_handle(tx, "news.example", "Pat")?.unwrap().id, first);
        assert_eq!(actors::by_handle(tx, "news.example", "pat")?.unwrap().id, other_case);
        assert_eq!(actors::by_handle(tx, "news.example", "PAT")?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_remote_actor_comes_before_an_imported_name() {
    let db = database().await;
    write(&db, |tx| {
        actors::imported(tx, ActorId(world::id()), "example.org", "pat", world::now())?;
        let remote =
            Actor { origin: Origin::Remote, host: "example.org".into(), ..world::local(ActorId(world::id()), "Pat") };
        actors::insert(tx, &remote)?;
        assert_eq!(actors::by_handle(tx, "example.org", "pat")?.unwrap().id, remote.id);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_one_says_of_oneself() {
    let db = database().await;
    let alice = scene(&db).await.alice.actor;
    write(&db, move |tx| actors::set_about(tx, alice, "*me*", "<p><em>me</em></p>")).await;
    let actor = read(&db, move |tx| actors::find(tx, alice)).await.unwrap();
    assert_eq!((actor.about.as_str(), actor.about_html.as_str()), ("*me*", "<p><em>me</em></p>"));
}

#[tokio::test]
async fn accounts_are_counted_by_role_and_staff_is_listed() {
    let db = database().await;
    scene(&db).await;
    let mut news = db.changes().watch();
    write(&db, |tx| {
        for (name, role) in [("Zoe", Role::Admin), ("Yan", Role::Moderator)] {
            let actor = ActorId(world::id());
            actors::insert(tx, &world::local(actor, name))?;
            let account = Account {
                id: AccountId(world::id()),
                actor,
                name: name.into(),
                password: Some("$argon2id$…".into()),
                role,
                email: Some("z@example.org".into()),
                created: world::now(),
            };
            accounts::insert(tx, &account)?;
            assert_eq!(accounts::by_name(tx, name)?, Some(account));
        }
        Ok(())
    })
    .await;
    assert_eq!(news.try_recv().ok(), Some(Change::Site));
    read(&db, |tx| {
        assert_eq!(accounts::count(tx, None)?, 4);
        assert_eq!(accounts::count(tx, Some(Role::Member))?, 2);
        assert_eq!(accounts::count(tx, Some(Role::Admin))?, 1);
        let staff = staff::list(tx)?;
        let staff: Vec<_> = staff.iter().map(|one| (one.name.as_str(), one.role)).collect();
        assert_eq!(staff, [("Yan", Role::Moderator), ("Zoe", Role::Admin)]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_role_is_given_on_boards_and_everywhere() {
    let db = database().await;
    let scene = scene(&db).await;
    let (account, board) = (scene.alice.account, scene.board);
    let on_it = Reach::Boards([board].into());
    let of = move |tx: &mut storage::Read| Ok::<_, Error>(accounts::find(tx, account)?.map(|account| account.role));
    for (role, reach) in [(Role::Helper, on_it.clone()), (Role::Moderator, on_it), (Role::Moderator, Reach::Everywhere)]
    {
        let given = reach.clone();
        write(&db, move |tx| staff::appoint(tx, account, role, &given)).await;
        let found = read(&db, move |tx| Ok((of(tx)?, staff::reach(tx, account, role)?))).await;
        assert_eq!(found, (Some(role), reach.clone()));
        let listed = read(&db, staff::list).await;
        assert!(listed.iter().any(|one| one.actor == scene.alice.actor && (one.role, &one.reach) == (role, &reach)));
    }
    write(&db, move |tx| staff::appoint(tx, account, Role::Member, &Reach::Everywhere)).await;
    assert!(read(&db, staff::list).await.iter().all(|one| one.actor != scene.alice.actor));
}

#[tokio::test]
async fn a_password_is_changed() {
    let db = database().await;
    let alice = scene(&db).await.alice.account;
    write(&db, move |tx| accounts::set_password(tx, alice, "$argon2id$new")).await;
    let account = read(&db, move |tx| accounts::find(tx, alice)).await.unwrap();
    assert_eq!(account.password.as_deref(), Some("$argon2id$new"));
}

fn credential(account: AccountId, kind: Kind, expires: i64) -> Credential {
    let label = "a browser".to_owned();
    Credential { id: world::id(), account, kind, scope: Scope::Write, label, created: Time(5), expires: Time(expires) }
}

#[tokio::test]
async fn credentials_log_in_until_they_expire_or_are_revoked() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let session = credential(scene.alice.account, Kind::Session, 100);
        let token = credential(scene.alice.account, Kind::Token, 200);
        let bobs = credential(scene.bob.account, Kind::Session, 200);
        accounts::insert_credential(tx, &session, b"one")?;
        accounts::insert_credential(tx, &token, b"two")?;
        accounts::insert_credential(tx, &bobs, b"three")?;

        let login = accounts::login(tx, b"one", Time(99))?.unwrap();
        assert_eq!((&login.credential, login.actor, login.name.as_str()), (&session, scene.alice.actor, "Alice"));
        assert_eq!(login.role, Role::Member);
        assert_eq!(accounts::login(tx, b"one", Time(100))?, None);
        assert_eq!(accounts::login(tx, b"four", Time(0))?, None);
        assert_eq!(accounts::credentials(tx, scene.alice.account, Time(99))?, [token.clone(), session.clone()]);
        assert_eq!(accounts::credentials(tx, scene.alice.account, Time(100))?, std::slice::from_ref(&token));

        assert!(!accounts::revoke(tx, scene.bob.account, token.id)?, "nobody revokes another's token");
        assert!(accounts::revoke(tx, scene.alice.account, token.id)?);
        assert!(!accounts::revoke(tx, scene.alice.account, token.id)?);
        assert_eq!(accounts::login(tx, b"two", Time(0))?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn all_credentials_but_one_are_revoked_and_old_ones_forgotten() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let account = scene.alice.account;
        let kept = credential(account, Kind::Session, 100);
        accounts::insert_credential(tx, &kept, b"kept")?;
        for secret in [b"a", b"b"] {
            accounts::insert_credential(tx, &credential(account, Kind::Session, 100), secret)?;
        }
        accounts::insert_credential(tx, &credential(scene.bob.account, Kind::Session, 50), b"bob")?;
        assert_eq!(accounts::revoke_all(tx, account, Some(kept.id))?, 2);
        assert_eq!(accounts::credentials(tx, account, Time(0))?, [kept]);
        assert_eq!(accounts::forget_expired(tx, Time(50), 100)?, 1);
        assert_eq!(accounts::login(tx, b"bob", Time(0))?, None);
        assert_eq!(accounts::revoke_all(tx, account, None)?, 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn two_credentials_never_share_a_secret() {
    let db = database().await;
    let account = scene(&db).await.alice.account;
    let twice = db
        .write(move |tx| {
            accounts::insert_credential(tx, &credential(account, Kind::Session, 100), b"same")?;
            accounts::insert_credential(tx, &credential(account, Kind::Session, 100), b"same")
        })
        .await;
    assert!(matches!(twice, Err(Error::Duplicate(_))), "{twice:?}");
    assert_eq!(read(&db, |tx| accounts::login(tx, b"same", Time(0))).await, None, "nothing of it is kept");
}
