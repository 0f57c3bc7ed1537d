//! Why a document is not read.

use super::json::MAX_BYTES;
use crate::origin::BadId;

/// What is wrong with a document. The text goes to the log and to the peer's operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More bytes than are looked at.
    #[error("The document is longer than {MAX_BYTES} bytes.")]
    Large,
    /// Not JSON, or JSON that two parsers could read differently.
    #[error("The document cannot be read: {0}.")]
    Unreadable(String),
    /// A part without which the rest means nothing.
    #[error("`{0}` is missing.")]
    Missing(&'static str),
    /// A part in a shape in which it cannot be read with certainty.
    #[error("`{field}` has to be {due}.")]
    Shape {
        /// Which part.
        field: &'static str,
        /// What it has to be.
        due: &'static str,
    },
    /// An id that is none.
    #[error("`{field}` {why}.")]
    Id {
        /// Which part.
        field: &'static str,
        /// What is wrong with it.
        why: BadId,
    },
    /// More entries than are looked at.
    #[error("`{field}` has more than {max} entries.")]
    Many {
        /// Which part.
        field: &'static str,
        /// How many it may have.
        max: usize,
    },
    /// More text than is kept.
    #[error("`{field}` is longer than {max} bytes.")]
    Long {
        /// Which part.
        field: &'static str,
        /// How long it may be.
        max: usize,
    },
    /// One server speaks for another (FEP-fe34).
    #[error("`{0}` is on another server than what it belongs to. Scheme, host and port have to be the same.")]
    Elsewhere(&'static str),
    /// Somebody speaks for us.
    #[error("`{0}` is an address of this server, for which nobody else speaks.")]
    Ours(&'static str),
    /// Somebody speaks for somebody else.
    #[error("`{0}` belongs to somebody else than who speaks.")]
    NotTheirs(&'static str),
    /// Another document than the one asked for. It may be asked for once under its own name.
    #[error("The document calls itself {0}, which is not what was asked for.")]
    OtherId(String),
    /// A thing of another kind than the one due.
    #[error("The document is of the type `{0}`, which is not what was asked for.")]
    Kind(String),
    /// No key that belongs to who shows it.
    #[error("None of the first keys under `publicKey` has this actor for its owner and an id on this actor's server.")]
    Key,
}
