//! Text (being written).
/// Refusal of a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    /// Nothing in it.
    #[error("empty")]
    Empty,
}
/// Refusal of a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameRefusal {
    /// Nothing in it.
    #[error("empty")]
    Empty,
}
