//! What can go wrong between a query and its rows. None of it is shown to people; `Unavailable` becomes a 503 with Retry-After.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of storage.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be used now, but may be later: stopped, locked by another process, disk full, read-only, too busy.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A row with the same key is there already. Carries the name of the constraint where the database tells it.
    #[error("a row with this key exists already ({0})")]
    Duplicate(String),
    /// A stored number that no version of this program wrote.
    #[error("the database holds a value that this version does not know: {0}")]
    Unknown(&'static str),
    /// A closure panicked; nothing of it was kept.
    #[error("a transaction panicked: {0}")]
    Panicked(String),
    /// Anything else: a fault of ours.
    #[error("a query failed: {0}")]
    Query(#[source] DieselError),
}

impl Error {
    /// Why, without saying again that the database is not available.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Unavailable(reason) => reason.clone(),
            Self::Duplicate(_) | Self::Unknown(_) | Self::Panicked(_) | Self::Query(_) => self.to_string(),
        }
    }

    /// The same failure, with what was being done when it happened.
    #[cfg(feature = "sqlite")]
    pub(crate) fn during(self, what: impl std::fmt::Display) -> Self {
        Self::Unavailable(format!("{what}: {}", self.reason()))
    }
}

/// Words by which SQLite and PostgreSQL say that it is the place or the moment, and not the statement, that fails.
const OUTAGES: &[&str] = &[
    "database is locked",
    "database table is locked",
    "disk is full",
    "disk i/o error",
    "readonly database",
    "unable to open database",
    "no such savepoint",
    "no space left",
    "server closed the connection",
    "connection to server",
    "no connection to the server",
    "terminating connection",
    "shutting down",
    "starting up",
    "in recovery mode",
    "could not extend file",
    "too many clients",
    "connection slots are reserved",
    "statement timeout",
    "deadlock detected",
];

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, SerializationFailure, UniqueViolation};
        match error {
            DieselError::DatabaseError(UniqueViolation, info) => {
                Self::Duplicate(info.constraint_name().unwrap_or_else(|| info.message()).to_owned())
            }
            DieselError::DatabaseError(ClosedConnection | ReadOnlyTransaction | SerializationFailure, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(_, ref info) if is_outage(info.message()) => {
                Self::Unavailable(info.message().to_owned())
            }
            other => Self::Query(other),
        }
    }
}

impl From<diesel::ConnectionError> for Error {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

fn is_outage(message: &str) -> bool {
    let message = message.to_lowercase();
    OUTAGES.iter().any(|words| message.contains(words))
}

/// The result of a query.
pub type Result<T, E = Error> = std::result::Result<T, E>;
