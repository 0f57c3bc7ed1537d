//! Actions on a real database, whichever is chosen: what each does, and what it refuses.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

extern crate rejoinder_actions as actions;

mod accounts;
mod at_once;
mod delivering;
mod exporting;
mod importing;
mod parts;
mod reading;
mod rearranging;
mod world;
mod writing;
