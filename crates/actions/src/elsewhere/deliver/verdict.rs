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
pub const HEARD_WAIT_MS: i64 = 5_000;
/// The longest of all.
pub const LONGEST_WAIT_MS: i64 = 6 * 60 * 60 * 1_000;
/// How long a server may fail before it is brought nothing until it is heard of. Mastodon waits as long.
pub const FAILING_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// What else is known where an attempt is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Case {
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
pub enum Verdict {
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
pub enum Blame {
    /// The server.
    Server,
    /// The server, or what it was brought.
    Either,
}

impl Verdict {
    /// As it is counted.
    #[must_use]
    pub const fn name(&self) -> &'static str {
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
#[must_use]
pub fn judge(sent: &Result<Answer, SendError>, case: Case) -> Verdict {
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
#[must_use]
pub fn backoff(case: Case) -> i64 {
    let doubled = 1_i64 << case.failures.clamp(0, 16);
    let whole = FIRST_WAIT_MS.saturating_mul(doubled).min(LONGEST_WAIT_MS);
    whole - whole / 4 * i64::from(case.chance) / i64::from(u16::MAX)
}

/// Whether a server that has failed since then goes on being tried.
#[must_use]
pub fn standing(since: Time, now: Time) -> State {
    if now >= since.plus_ms(FAILING_MS) { State::Asleep } else { State::Open }
}
