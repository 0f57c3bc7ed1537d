//! Parts of actions that need no database, each with its tests.

mod blocklist;
mod challenge;
mod checkup;
mod choosing;
mod consent;
mod fetching;
mod habits;
mod hook;
mod maintenance;
mod retention;
mod sealed;
mod search;
mod second_factor;
mod secrets;
mod stats;
mod telling;
mod transparency;
mod verdict;
