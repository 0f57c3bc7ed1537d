//! Actions on a real database, whichever is chosen: what each does, and what it refuses.

extern crate rejoinder_actions as actions;

mod accounts;
mod importing;
mod reading;
mod world;
mod writing;
