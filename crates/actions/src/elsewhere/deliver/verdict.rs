//! What follows from how an attempt to bring something went: decided from values alone. Not here: doing it.

use domain::Time;
use federation::client::{Answer, SendError};
use storage::peers::State;

/// How often an inbox that refuses us, or is not found, is tried for one activity. GoToSocial refuses whatever comes while it makes
/// itself acquainted with the actor, so that the first refusals say little.
const TRIES: u32 = 3;
/// How long such an inbox is left alone after the first refusal, and after the second.
const ASIDE_MS: [i64; 2] = [15_000, 60_000];
/// How often one activity may be answered with a fault (500) before it is taken for the cause: else it would stand before all others
/// until its server is given up. With the waits between them it takes an hour, and where the server is heard of all the time a minute.
const FAULTS: u32 = 10;
/// The longest that a server is left alone after its first failure: most are only being started again. Each further one doubles it.
const FIRST_WAIT_MS: i64 = 10_000;
/// How long it is left alone though it is heard of: one that we cannot reach may speak all the time.
const HEARD_WAIT_MS: i64 = 5_000;
/// The longest of all.
const LONGEST_WAIT_MS: i64 = 6 * 60 * 60 * 1_000;
/// How long a server may fail before it is brought nothing until it is heard of. Mastodon waits as long.
const FAILING_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// What else is known where an attempt is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Case {
    /// How often in a row the inbox has refused us or was not found, or there was no key to sign with, before.
    pub strikes: u32,
    /// How often in a row this activity was answered with a fault, before.
    pub faults: u32,
    /// How often in a row the server could not be reached, before.
    pub failures: i64,
    /// Any number: servers that failed together are not to be tried again together.
    pub chance: u16,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was brought.
    Brought,
    /// The inbox is no more: nothing is brought there again, and whoever was reached there follows no longer.
    Gone(String),
    /// This activity is not brought there; others are.
    GivenUp(String),
    /// The inbox is left alone for a while, and the server's others are not.
    Aside {
        /// In milliseconds.
        wait_ms: i64,
        /// Why.
        error: String,
    },
    /// The server is left alone for a while.
    Later {
        /// What may be the matter.
        blame: Blame,
        /// In milliseconds.
        wait_ms: i64,
        /// No shorter if it is heard of in the meantime, in milliseconds.
        at_least_ms: i64,
        /// Why.
        error: String,
    },
}

/// What is the matter, when a server does not take something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// The server.
    Server,
    /// The server, or what it was brought.
    Either,
}

impl Verdict {
    /// As it is counted.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Brought => "brought",
            Self::Gone(_) => "gone",
            Self::GivenUp(_) => "given_up",
            Self::Aside { .. } => "refused",
            Self::Later { .. } => "put_off",
        }
    }
}

/// What follows from an answer, or from there being none.
pub(super) fn judge(sent: &Result<Answer, SendError>, case: Case) -> Verdict {
    match sent {
        Ok(answer) => by_status(*answer, case),
        Err(SendError::NoAnswer(why)) => {
            let wait_ms = backoff(case);
            Verdict::Later { blame: Blame::Server, wait_ms, at_least_ms: HEARD_WAIT_MS, error: why.to_string() }
        }
        // Nothing that its server could change: it must not stand before what others have signed.
        Err(SendError::CannotSign(why)) => aside(why.to_string(), case),
        Err(why @ (SendError::Ours | SendError::Barred)) => Verdict::GivenUp(why.to_string()),
    }
}

fn by_status(answer: Answer, case: Case) -> Verdict {
    let error = format!("the inbox answered with status {}", answer.status);
    match answer.status {
        200..=299 => Verdict::Brought,
        410 => Verdict::Gone(error),
        401 | 403 | 404 => aside(error, case),
        408 | 429 | 502..=504 => later(Blame::Server, error, answer, case),
        400..=499 => Verdict::GivenUp(error),
        _ if case.faults + 1 >= FAULTS => Verdict::GivenUp(error),
        // Redirects too: what is signed for one address is not for another, and they may be those of a machine being repaired.
        _ => later(Blame::Either, error, answer, case),
    }
}

fn aside(error: String, case: Case) -> Verdict {
    // One that refused everything before is asked once for each activity.
    match ASIDE_MS.get(case.strikes as usize).filter(|_| case.strikes + 1 < TRIES) {
        Some(wait_ms) => Verdict::Aside { wait_ms: *wait_ms, error },
        None => Verdict::GivenUp(error),
    }
}

fn later(blame: Blame, error: String, answer: Answer, case: Case) -> Verdict {
    // The server knows better, but "at once" is no answer of one that just could not.
    let asked = answer.retry_after_ms.map(|asked| asked.max(1_000));
    let (wait_ms, at_least_ms) = asked.map_or_else(|| (backoff(case), HEARD_WAIT_MS), |asked| (asked, asked));
    Verdict::Later { blame, wait_ms, at_least_ms, error }
}

/// Between three quarters and the whole of a time that doubles with each failure.
fn backoff(case: Case) -> i64 {
    let doubled = 1_i64 << case.failures.clamp(0, 16);
    let whole = FIRST_WAIT_MS.saturating_mul(doubled).min(LONGEST_WAIT_MS);
    whole - whole / 4 * i64::from(case.chance) / i64::from(u16::MAX)
}

/// Whether a server that has failed since then goes on being tried.
pub(super) fn standing(since: Time, now: Time) -> State {
    if now >= since.plus_ms(FAILING_MS) { State::Asleep } else { State::Open }
}

#[cfg(test)]
mod tests {
    use federation::client::{CannotSign, NoAnswer};

    use super::*;

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
}
