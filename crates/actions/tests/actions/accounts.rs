//! Joining, logging in, credentials, the set-up link, housekeeping.

use actions::account::{self, Recognised};
use actions::hosting::By;
use actions::setup::{self, Decisions};
use actions::staffing::{self, Appointment};
use actions::{board, machine, maintenance, manage};
use domain::{Deed, Role, Scope};
use storage::accounts::Kind;
use storage::testing::execute;

use crate::world::{PASSWORD, World, join, refusal};

#[tokio::test]
async fn somebody_joins_logs_in_and_out() {
    let world = World::new().await;
    let ctx = &world.ctx;
    join(ctx, "Cleo", PASSWORD).await.unwrap();
    assert_eq!(refusal(join(ctx, "cleo", PASSWORD).await), "name-taken");
    assert_eq!(refusal(join(ctx, "dan", "short").await), "bad-field");
    assert_eq!(refusal(join(ctx, "a b", PASSWORD).await), "name-refused");
    assert_eq!(refusal(account::log_in(ctx, "cleo", "wrong password", "").await), "bad-credentials");
    assert_eq!(refusal(account::log_in(ctx, "nobody", PASSWORD, "").await), "bad-credentials");

    let granted = account::log_in(ctx, "CLEO", PASSWORD, "Firefox").await.unwrap();
    let Recognised { person, kind, .. } = account::recognise(ctx, &granted.secret).await.unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.role, kind), ("Cleo", Role::Member, Kind::Session));
    account::revoke(ctx, &person, person.credential).await.unwrap();
    assert!(account::recognise(ctx, &granted.secret).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let world = World::new().await;
    join(&world.ctx, "cleo", PASSWORD).await.unwrap();
    let granted = account::log_in(&world.ctx, "cleo", PASSWORD, "").await.unwrap();
    world.hands.forward(account::SESSION_MS + 1);
    assert!(account::recognise(&world.ctx, &granted.secret).await.unwrap().is_none());
    maintenance::schedule(&world.ctx).await.unwrap();
    assert_eq!(maintenance::run_due(&world.ctx).await.unwrap(), 1);
    assert_eq!(maintenance::run_due(&world.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn what_cannot_be_forgotten_keeps_nothing_else_from_it() {
    let world = World::new().await;
    join(&world.ctx, "cleo", PASSWORD).await.unwrap();
    account::log_in(&world.ctx, "cleo", PASSWORD, "").await.unwrap();
    let away = world.ctx.db().write(|tx| execute(tx, "ALTER TABLE applications RENAME TO away"));
    away.await.unwrap();
    world.hands.forward(account::SESSION_MS + 1);
    maintenance::schedule(&world.ctx).await.unwrap();
    assert_eq!(maintenance::run_due(&world.ctx).await.unwrap(), 1);
}

#[tokio::test]
async fn a_session_that_is_used_goes_on() {
    let world = World::new().await;
    join(&world.ctx, "cleo", PASSWORD).await.unwrap();
    let granted = account::log_in(&world.ctx, "cleo", PASSWORD, "").await.unwrap();
    let found = || async { account::recognise(&world.ctx, &granted.secret).await.unwrap() };
    assert!(!found().await.unwrap().is_worn(&world.ctx), "a fresh one need not be written again");
    world.hands.forward(account::SESSION_MS - 1);
    let worn = found().await.unwrap();
    assert!(worn.is_worn(&world.ctx));
    account::prolong(&world.ctx, &worn.person).await.unwrap();
    world.hands.forward(account::SESSION_MS - 1);
    assert!(found().await.is_some());
}

#[tokio::test]
async fn the_host_gives_a_password_and_that_ends_sessions_but_no_tokens() {
    let world = World::new().await;
    let ctx = &world.ctx;
    account::create(ctx, "cleo", None, Role::Member, None).await.unwrap();
    account::set_password(ctx, "CLEO", PASSWORD).await.unwrap();
    let session = account::log_in(ctx, "cleo", PASSWORD, "").await.unwrap();
    let token = account::create_token(ctx, "cleo", Scope::Read, "feed", None).await.unwrap();
    account::set_password(ctx, "cleo", "a wholly new secret").await.unwrap();
    assert!(account::recognise(ctx, &session.secret).await.unwrap().is_none());
    assert!(account::recognise(ctx, &token.secret).await.unwrap().is_some());
    assert!(account::log_in(ctx, "cleo", "a wholly new secret", "").await.is_ok());
    assert_eq!(refusal(account::set_password(ctx, "zoe", PASSWORD).await), "not-found");
}

#[tokio::test]
async fn a_setup_link_ends_when_an_administrator_was_made_otherwise() {
    let world = World::new().await;
    let ctx = &world.ctx;
    let link = setup::renew(ctx).await.unwrap();
    account::create(ctx, "cleo", Some(PASSWORD), Role::Admin, None).await.unwrap();
    assert!(!setup::opens(ctx, &link).await.unwrap());
    assert_eq!(refusal(setup::renew(ctx).await), "forbidden", "whoever used another would name the place anew");
}

#[tokio::test]
async fn a_setup_link_ends_when_somebody_is_made_an_administrator() {
    let world = World::new().await;
    let ctx = &world.ctx;
    let link = setup::renew(ctx).await.unwrap();
    let to = Appointment { role: Role::Admin, boards: None };
    staffing::appoint(ctx, &By::Host, "ana", to, "").await.unwrap();
    assert!(!setup::opens(ctx, &link).await.unwrap());
    assert_eq!(refusal(setup::claim(ctx, &link, Decisions::default()).await), "not-found");
}

#[tokio::test]
async fn what_is_done_on_the_machine_stands_in_the_log() {
    let world = World::new().await;
    let ctx = &world.ctx;
    machine::create_account(ctx, "cleo", None, Role::Admin, None).await.unwrap();
    machine::create_account(ctx, "dan", None, Role::Member, None).await.unwrap();
    machine::set_password(ctx, "CLEO", PASSWORD).await.unwrap();
    let said = board::Description::default();
    board::create_by(ctx, &By::Host, "night", &said).await.unwrap();
    assert_eq!(refusal(board::create_by(ctx, &By::Administrator(world.bo.clone()), "day", &said).await), "forbidden");
    let (log, _) = manage::log(ctx, None, 10).await.unwrap();
    let told: Vec<_> = log
        .iter()
        .map(|one| {
            (one.entry.deed, one.entry.moderator_name.as_str(), one.entry.person.as_deref(), one.entry.reason.as_str())
        })
        .collect();
    let host = storage::log::HOST;
    let expected = [
        (Deed::MakeBoard, host, None, "night"),
        (Deed::ResetPassword, host, Some("cleo"), ""),
        (Deed::MakeAdmin, host, Some("cleo"), ""),
    ];
    assert_eq!(told, expected);
    assert!(log.iter().all(|one| (one.entry.moderator, one.role) == (None, None)));
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let world = World::new().await;
    let ctx = &world.ctx;
    join(ctx, "cleo", PASSWORD).await.unwrap();
    let here = account::log_in(ctx, "cleo", PASSWORD, "here").await.unwrap();
    let there = account::log_in(ctx, "cleo", PASSWORD, "there").await.unwrap();
    let change = |old: &'static str, new: &'static str| account::change_password(ctx, &here.person, old, new);
    assert_eq!(refusal(change("not it at all", "a wholly new secret").await), "bad-credentials");
    change(PASSWORD, "a wholly new secret").await.unwrap();
    assert!(account::recognise(ctx, &here.secret).await.unwrap().is_some());
    assert!(account::recognise(ctx, &there.secret).await.unwrap().is_none());
    assert!(account::log_in(ctx, "cleo", "a wholly new secret", "").await.is_ok());
}

#[tokio::test]
async fn a_token_makes_no_stronger_one() {
    let world = World::new().await;
    let writer = actions::Person { scope: Scope::Write, ..world.bo.clone() };
    assert!(account::issue_token(&world.ctx, &writer, Scope::Read, "reader", None).await.is_ok());
    let stronger = account::issue_token(&world.ctx, &writer, Scope::Admin, "more", None).await;
    assert_eq!(refusal(stronger), "scope-missing");
    assert_eq!(refusal(account::issue_token(&world.ctx, &writer, Scope::Read, " ", None).await), "bad-field");
}

#[tokio::test]
async fn the_setup_link_works_once() {
    let world = World::new().await;
    let ctx = &world.ctx;
    let old = setup::renew(ctx).await.unwrap();
    let link = setup::renew_if_needed(ctx).await.unwrap().unwrap();
    assert!(!setup::opens(ctx, &old).await.unwrap());
    let decisions = |password: &str| Decisions {
        name: "root1".into(),
        password: password.into(),
        instance: "Corner".into(),
        board: "news".into(),
        board_title: "News".into(),
    };
    assert_eq!(refusal(setup::claim(ctx, &link, decisions("short")).await), "bad-field");
    setup::claim(ctx, &link, decisions(PASSWORD)).await.unwrap();
    assert_eq!(refusal(setup::claim(ctx, &link, decisions(PASSWORD)).await), "not-found");
    let admin = account::log_in(ctx, "root1", PASSWORD, "").await.unwrap();
    assert_eq!(admin.person.role, Role::Admin);
    assert_eq!(actions::board::find(ctx, "NEWS").await.unwrap().title, "News");
    assert_eq!(actions::instance::facts(ctx).await.unwrap().name, "Corner");
    assert!(setup::renew_if_needed(ctx).await.unwrap().is_none());
}

#[tokio::test]
async fn people_and_boards_have_one_namespace() {
    let world = World::new().await;
    let (ctx, said) = (&world.ctx, board::Description::default());
    for taken in ["talk", "TALK", "ana", "Ana"] {
        assert_eq!(refusal(join(ctx, taken, PASSWORD).await), "name-taken", "{taken}");
        assert_eq!(refusal(account::create(ctx, taken, None, Role::Member, None).await), "name-taken", "{taken}");
        assert_eq!(refusal(board::create_as_host(ctx, taken, &said).await), "name-taken", "{taken}");
    }
    for kept in ["t-7", "T-x", "news.all", "talk.example", "Talk.Example", "admin"] {
        assert_eq!(refusal(join(ctx, kept, PASSWORD).await), "name-refused", "{kept}");
        assert_eq!(refusal(board::create_as_host(ctx, kept, &said).await), "name-refused", "{kept}");
    }
    account::create(ctx, "support", Some(PASSWORD), Role::Moderator, None).await.unwrap();
    account::log_in(ctx, "Support", PASSWORD, "").await.unwrap();
    let link = setup::renew(ctx).await.unwrap();
    let decisions = Decisions {
        name: "ivy".into(),
        password: PASSWORD.into(),
        instance: "Corner".into(),
        board: "Ivy".into(),
        board_title: String::new(),
    };
    assert_eq!(refusal(setup::claim(ctx, &link, decisions).await), "name-taken");
    assert_eq!(refusal(board::find(ctx, "ivy").await), "not-found", "what is refused is undone");
}
