//! Rows of Rejoinder: the only crate that knows SQL.
