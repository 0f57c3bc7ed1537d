//! What servers say to one another: what peers send is read as meant, what is wrong is refused, nothing panics, and what we send has
//! exactly the shape that it had.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is wrong")]

extern crate rejoinder_federation as federation;

mod chance;
mod golden;
mod peers;
mod refusals;
mod telling;
mod words;
