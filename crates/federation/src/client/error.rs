//! Why something was not fetched, or not sent, in words that tell an administrator where to look.

use std::error::Error;
use std::iter::successors;

use crate::address::NoPublicAddress;
use crate::budget::{Busy, Spent};
use crate::client::CannotSign;
use crate::origin::BadId;

/// The other server could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Its name leads nowhere, or into a private network.
    #[error(transparent)]
    NoPublicAddress(#[from] NoPublicAddress),
    /// It took too long.
    #[error("it did not answer in time")]
    Timeout,
    /// It cannot prove that it is who it says.
    #[error("its certificate is not accepted: {reason}")]
    Certificate {
        /// Expired, for another name, from an authority that is not known.
        reason: String,
    },
    /// Anything else: no such name, no connection, no HTTP.
    #[error("it could not be reached: {reason}")]
    Unreachable {
        /// What the system says.
        reason: String,
    },
}

/// Why a redirect was not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRedirect {
    /// No `Location`, two of them, or one that is no address.
    #[error("it does not say where to")]
    Nowhere,
    /// To what may not be fetched.
    #[error("the new address {why}: {location}")]
    BadId {
        /// What is wrong with the address.
        why: BadId,
        /// The beginning of it.
        location: String,
    },
    /// To where it was before.
    #[error("it leads in a circle")]
    Loop,
    /// More than [`crate::client::MAX_REDIRECTS`].
    #[error("there are too many of them")]
    TooMany,
}

/// Why something was not fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is one of ours, and is in the database.
    #[error("it is on this server, which does not fetch from itself")]
    Ours,
    /// It was decided that nothing is.
    #[error("its server is not spoken to, as the administrators of this one have decided")]
    Barred,
    /// What was asked for is no id.
    #[error("what was asked for {0}")]
    BadId(#[from] BadId),
    /// Nobody could be asked.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// There is no key.
    #[error(transparent)]
    CannotSign(#[from] CannotSign),
    /// It will not be given to us: 401, 403, and every other answer that stays the same when asked again.
    #[error("it was refused with status {status}")]
    Refused {
        /// The status.
        status: u16,
    },
    /// Not now: 408, 429 and faults of theirs (5xx).
    #[error("it was put off with status {status}")]
    Later {
        /// The status.
        status: u16,
        /// How long they ask to wait, in milliseconds, at most a day.
        retry_after_ms: Option<i64>,
    },
    /// 404, which says nothing about whether it ever was.
    #[error("it was not found there (status 404)")]
    NotFound,
    /// 410: it was deleted.
    #[error("it was deleted there (status 410)")]
    Gone,
    /// Where it was moved to, it is not fetched.
    #[error("it redirects, and {0}")]
    BadRedirect(#[from] BadRedirect),
    /// Not what was asked for.
    #[error("it is of type {content_type:?} and not {due}")]
    WrongType {
        /// The beginning of what it says it is.
        content_type: String,
        /// What it would have to be.
        due: &'static str,
    },
    /// Compressed, though we ask that it is not.
    #[error("it was sent compressed, which was not asked for")]
    Compressed,
    /// More than is read.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// How much is read.
        limit: usize,
    },
    /// Not JSON, not an object, or a field has an impossible value.
    #[error("it is no JSON document that can be read: {reason}")]
    NotJson {
        /// What stands where.
        reason: String,
    },
    /// It does not say what it is.
    #[error("the id in the document {0}")]
    NoId(BadId),
    /// It says that it is something else.
    #[error("the document found at {at} says that it is {found}")]
    WrongId {
        /// Where it was found.
        at: String,
        /// The id it gives.
        found: String,
    },
    /// What came in has caused enough.
    #[error(transparent)]
    BudgetSpent(#[from] Spent),
    /// Strangers cause enough at the moment.
    #[error(transparent)]
    Busy(#[from] Busy),
}

impl FetchError {
    /// Whether the same may be had later: nobody answered, it was put off, or too much is fetched at the moment.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::Later { .. } | Self::Busy(_))
    }
}

impl FetchError {
    /// As it is counted.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Ours | Self::Barred | Self::BadId(_) => "not_asked",
            Self::NoAnswer(_) => "no_answer",
            Self::CannotSign(_) => "no_key",
            Self::Refused { .. } => "refused",
            Self::Later { .. } => "put_off",
            Self::NotFound | Self::Gone => "missing",
            Self::BadRedirect(_)
            | Self::WrongType { .. }
            | Self::Compressed
            | Self::TooLarge { .. }
            | Self::NotJson { .. }
            | Self::NoId(_)
            | Self::WrongId { .. } => "unusable",
            Self::BudgetSpent(_) | Self::Busy(_) => "too_many",
        }
    }
}

/// Why something was not sent. A status that refuses it is an answer and no error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The inbox is one of ours.
    #[error("the inbox is on this server, which does not send to itself")]
    Ours,
    /// It was decided that nothing is.
    #[error("its server is blocked here")]
    Barred,
    /// Nobody could be asked.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// There is no key.
    #[error(transparent)]
    CannotSign(#[from] CannotSign),
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        if let Some(why) = chain(&error).find_map(|cause| cause.downcast_ref::<NoPublicAddress>()) {
            return why.clone().into();
        }
        if error.is_timeout() {
            return Self::Timeout;
        }
        let reason = root_cause(&error);
        // The type of the error is that of a library below the client's; its text is what both agree on.
        match reason.strip_prefix("invalid peer certificate: ") {
            Some(reason) => Self::Certificate { reason: reason.to_owned() },
            None => Self::Unreachable { reason },
        }
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        NoAnswer::from(error).into()
    }
}

/// What began it. What stands above it ("error sending request") tells nobody anything.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    // No chain is that long; a chain that ended nowhere would hang us.
    successors(Some(error), |above| (*above).source()).take(32)
}

/// The beginning of what others have written, for messages.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(200).collect()
}
