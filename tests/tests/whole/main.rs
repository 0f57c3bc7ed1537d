//! Rejoinder as a whole: server processes and commands, on whichever database `REJOINDER_TEST_DATABASE` names, seen only
//! from outside, except where it is asked whether what was promised is really stored.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test ends where something is wrong"
)]

mod commands;
mod crash;
mod entry;
mod exchange;
mod fedify;
mod fetching;
mod hosting;
mod house;
mod import;
mod moderating;
mod neighbours;
mod outages;
mod stopping;
mod webhooks;
mod writing;
