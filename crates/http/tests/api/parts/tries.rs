//! Passwords tried in vain.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actions::Error;
use domain::Refusal;
use door::tries::Tries;

async fn knowing() -> Result<(), Error> {
    Ok(())
}

async fn guessing() -> Result<(), Error> {
    Err(Refusal::BadCredentials.into())
}

async fn broken() -> Result<(), Error> {
    Err(Refusal::Conflict.into())
}

fn tries() -> Tries {
    Tries::new(NonZeroU32::new(3), 10)
}

fn address(n: u8) -> IpAddr {
    [192, 0, 2, n].into()
}

fn throttled(outcome: &Result<(), Error>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::Throttled { seconds: 590..=601 })))
}

#[tokio::test]
async fn guessing_is_stopped_by_name_wherever_it_comes_from() {
    let tries = tries();
    for n in 1..=3 {
        assert!(!throttled(&tries.attempt("Ana", address(n), guessing()).await));
    }
    assert!(throttled(&tries.attempt("ana ", address(9), knowing()).await));
    assert!(tries.attempt("bo", address(9), knowing()).await.is_ok());
}

#[tokio::test]
async fn guessing_is_stopped_by_address_whatever_the_name() {
    let tries = tries();
    for name in ["ana", "bo", "cy"] {
        assert!(!throttled(&tries.attempt(name, address(1), guessing()).await));
    }
    assert!(throttled(&tries.attempt("dan", address(1), knowing()).await));
    assert!(tries.attempt("dan", address(2), knowing()).await.is_ok());
}

#[tokio::test]
async fn who_knows_the_password_may_come_as_often_as_they_like() {
    let tries = tries();
    for _ in 0..20 {
        assert!(tries.attempt("ana", address(1), knowing()).await.is_ok());
        assert!(!throttled(&tries.attempt("ana", address(1), broken()).await));
    }
    for _ in 0..2 {
        assert!(tries.attempt("ana", address(1), guessing()).await.is_err());
    }
    assert!(tries.attempt("ana", address(1), knowing()).await.is_ok());
    assert!(tries.attempt("ana", address(1), guessing()).await.is_err());
    assert!(throttled(&tries.attempt("ana", address(1), knowing()).await));
}

#[tokio::test]
async fn many_at_once_and_those_given_up_count_too() {
    let tries = tries();
    let mut waiting: Vec<_> = (0..3)
        .map(|_| Box::pin(tries.attempt("ana", address(1), std::future::pending::<Result<(), Error>>())))
        .collect();
    for one in &mut waiting {
        assert!(futures::poll!(one).is_pending());
    }
    assert!(throttled(&tries.attempt("ana", address(1), knowing()).await));
    drop(waiting);
    assert!(throttled(&tries.attempt("ana", address(1), knowing()).await));
}
