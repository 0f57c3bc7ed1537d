//! What follows from how an attempt to bring something went.

use actions::elsewhere::deliver::verdict::{
    Blame, Case, FAILING_MS, HEARD_WAIT_MS, LONGEST_WAIT_MS, Verdict, backoff, judge, standing,
};
use domain::Time;
use federation::client::{Answer, SendError};
use federation::client::{CannotSign, NoAnswer};
use storage::peers::State;

fn status(status: u16, case: Case) -> Verdict {
    judge(&Ok(Answer { status, retry_after_ms: None }), case)
}

#[test]
fn each_answer_has_its_consequence() {
    let names = |codes: &[u16], case: Case| -> Vec<_> {
        codes.iter().map(|code| status(*code, case).name()).collect::<Vec<_>>()
    };
    let fresh = Case::default();
    for code in [200, 201, 202, 204, 299] {
        assert_eq!(status(code, fresh), Verdict::Brought, "{code}");
    }
    assert_eq!(names(&[410], fresh), ["gone"]);
    assert_eq!(names(&[401, 403, 404], fresh), ["refused"; 3]);
    assert_eq!(names(&[400, 402, 405, 406, 413, 415, 422, 451], fresh), ["given_up"; 8]);
    assert_eq!(names(&[301, 302, 408, 429, 500, 501, 502, 503, 504, 520, 999], fresh), ["put_off"; 11]);
    let struck = Case { strikes: 2, ..fresh };
    assert_eq!(names(&[401, 403, 404], struck), ["given_up"; 3]);
    assert_eq!(status(403, struck), Verdict::GivenUp("the inbox answered with status 403".into()));
}

#[test]
fn an_inbox_that_refuses_is_tried_three_times_and_afterwards_once() {
    let waits: Vec<_> = (0..5).map(|strikes| status(401, Case { strikes, ..Case::default() })).collect();
    assert!(matches!(waits[0], Verdict::Aside { wait_ms: 15_000, .. }), "{waits:?}");
    assert!(matches!(waits[1], Verdict::Aside { wait_ms: 60_000, .. }), "{waits:?}");
    assert!(waits[2..].iter().all(|verdict| verdict.name() == "given_up"), "{waits:?}");
}

#[test]
fn one_activity_that_a_server_cannot_bear_does_not_stop_all_others() {
    let at = |faults, code| status(code, Case { faults, failures: 9, ..Case::default() }).name();
    assert_eq!((at(8, 500), at(9, 500)), ("put_off", "given_up"));
    // These are said by what stands before the server, and say nothing about the activity.
    assert_eq!((at(9, 502), at(9, 503), at(9, 429)), ("put_off", "put_off", "put_off"));
}

#[test]
fn the_wait_grows_from_some_seconds_to_six_hours_and_differs() {
    let wait = |failures, chance| backoff(Case { failures, chance, ..Case::default() });
    assert_eq!((wait(0, u16::MAX), wait(0, 0)), (7_500, 10_000));
    assert_eq!((wait(1, u16::MAX), wait(1, 0)), (15_000, 20_000));
    for failures in [12, 63, i64::MAX] {
        assert_eq!((wait(failures, u16::MAX), wait(failures, 0)), (16_200_000, LONGEST_WAIT_MS));
    }
    assert!(wait(0, 1) > wait(0, 40_000));
}

#[test]
fn a_server_that_says_when_is_obeyed() {
    let at = |retry_after_ms| {
        let case = Case { failures: 3, ..Case::default() };
        match judge(&Ok(Answer { status: 503, retry_after_ms: Some(retry_after_ms) }), case) {
            Verdict::Later { wait_ms, at_least_ms, .. } if wait_ms == at_least_ms => wait_ms,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((at(0), at(5_000), at(86_400_000)), (1_000, 5_000, 86_400_000));
}

#[test]
fn no_answer_is_the_servers_fault_and_no_key_is_ours() {
    let timeout = judge(&Err(NoAnswer::Timeout.into()), Case { failures: 2, ..Case::default() });
    assert_eq!(
        timeout,
        Verdict::Later {
            blame: Blame::Server,
            wait_ms: 40_000,
            at_least_ms: HEARD_WAIT_MS,
            error: "it did not answer in time".into()
        }
    );
    assert_eq!(judge(&Err(SendError::Ours), Case::default()).name(), "given_up");
    let unsigned = |strikes| judge(&Err(CannotSign("no key".into()).into()), Case { strikes, ..Case::default() });
    assert_eq!((unsigned(0).name(), unsigned(2).name()), ("refused", "given_up"));
}

#[test]
fn a_server_that_fails_for_a_week_sleeps() {
    let since = Time(1_000);
    assert_eq!(standing(since, since), State::Open);
    assert_eq!(standing(since, since.plus_ms(FAILING_MS - 1)), State::Open);
    assert_eq!(standing(since, since.plus_ms(FAILING_MS)), State::Asleep);
}
