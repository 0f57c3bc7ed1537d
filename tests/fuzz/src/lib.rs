//! Inputs made by chance for everything that reads what others send: the parsers of activities and documents, of signatures, names and
//! media types, and the two ways into the text of a comment. An input must end in bounded time and stack, without a panic, and what comes
//! out must hold what is promised of it.
//!
//! Coverage is not measured, which a stable compiler does not offer without its tools; instead an input is kept when its outcome is a new
//! one. Everything follows from a seed, so that what was found is found again.

pub mod chance;
pub mod corpus;
pub mod json;
pub mod mutate;
pub mod run;
pub mod targets;
