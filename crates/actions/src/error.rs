//! How an action ends when it does not do what was asked.

use domain::text::{NameRefusal, TextRefusal};
use domain::{Noun, Refusal};

/// A refusal (for the person) or a failure (ours).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Shown to the person, with the remedy.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something that is needed is away now, for that reason; what came is to come again.
    #[error("{0}")]
    Later(&'static str),
    /// Logged where it is handled; the person is told only that it was not their fault.
    #[error(transparent)]
    Failed(#[from] storage::Error),
}

impl From<TextRefusal> for Error {
    fn from(refusal: TextRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<NameRefusal> for Error {
    fn from(refusal: NameRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl Error {
    /// The same refusal of a text or a name, said of this field: where a form has several of them.
    pub(crate) fn at(self, field: &'static str) -> Self {
        match self {
            Self::Refused(refusal @ (Refusal::Text(_) | Refusal::Name(_) | Refusal::NameTaken(_))) => {
                Self::Refused(Refusal::field(field, refusal.to_string()))
            }
            other => other,
        }
    }

    /// There is no such thing.
    #[must_use]
    pub fn missing(noun: Noun) -> Self {
        Self::Refused(Refusal::NotFound(noun))
    }
}

/// The result of an action.
pub type Result<T, E = Error> = std::result::Result<T, E>;
