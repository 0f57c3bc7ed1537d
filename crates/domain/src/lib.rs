//! Nouns and rules of Rejoinder: no I/O, no clock, no serde, no SQL.
