//! Everything that can happen, one file each: gather, decide (by `domain`), one `db.write`. Not here: SQL, HTTP, JSON of the
//! API. A transaction never spans an `.await`.

pub mod account;
pub mod appeals;
pub mod board;
mod caller;
pub mod cases;
pub mod comment;
mod ctx;
pub mod edit;
pub mod elsewhere;
mod error;
pub mod feed;
pub mod held;
pub mod hosting;
pub mod import;
pub mod instance;
pub mod joining;
pub mod maintenance;
pub mod manage;
mod naming;
mod once;
pub mod passage;
pub mod people;
pub mod personal;
pub mod reading;
pub mod reply;
pub mod report;
pub mod retract;
pub mod search;
pub mod second_factor;
pub mod secrets;
pub mod setup;
pub mod staffing;
pub mod start_thread;
mod tell;
pub mod transparency;
pub mod vote;
pub mod watch;
mod writing;

pub use caller::Person;
pub use ctx::{Chance, Clock, Ctx, Limits, SystemChance, SystemClock};
pub use domain::joining::Joining;
pub use error::{Error, Result};
pub use once::Once;
pub use writing::render;
