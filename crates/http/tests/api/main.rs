//! The API, the feeds and live threads through the whole door, on a real database, whichever is chosen.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::indexing_slicing, reason = "a test that finds something else has failed")]

extern crate rejoinder_http as door;

mod accounts;
mod appeals;
mod approval;
mod backfill;
mod bad_input;
mod checkup;
mod consent;
mod desk;
mod documented;
mod elsewhere;
mod feeds;
mod flags;
mod groups;
mod hidden;
mod home;
mod hook;
mod hosting;
mod interacting;
mod joining;
mod law;
mod leaving;
mod live;
mod logins;
mod moderated;
mod moderating;
mod naming;
mod once;
mod overtaking;
mod pages;
mod parts;
mod peer;
mod permission;
mod permissions;
mod policies;
mod queue;
mod reading;
mod rearranging;
mod received;
mod receiver;
mod reports;
mod rules;
mod running;
mod sanctions;
mod second_factor;
mod secure;
mod shapes;
mod shared;
mod subscriptions;
mod taken_back;
mod two;
mod webhooks;
mod world;
mod writing;
