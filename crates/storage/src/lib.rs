//! Rows: the only crate that knows SQL. One file per noun; query functions take the transaction first. Not here: rules
//! (they are in `domain`), the order of steps (in `actions`), ActivityStreams, HTTP.

pub mod accounts;
pub mod actors;
pub mod announcements;
pub mod answering;
pub mod appeals;
pub mod applications;
pub mod approvals;
pub mod backfills;
pub mod backup;
pub mod blocklists;
pub mod boards;
pub mod comments;
pub mod events;
pub mod figures;
pub mod following;
pub mod follows;
mod forgetting;
pub mod grafts;
pub mod hidden;
pub mod holds;
pub mod idempotency;
pub mod imports;
pub mod inbox;
pub mod introductions;
pub mod invitations;
pub mod jobs;
pub mod keys;
pub mod log;
pub mod marks;
pub mod moderators;
pub mod moves;
pub mod notices;
pub mod notifications;
pub mod objects;
pub mod outbox;
pub mod peers;
pub mod permissions;
pub mod policies;
pub mod preserved;
pub mod queue;
pub mod remotes;
pub mod reports;
pub mod sanctions;
pub mod search;
pub mod second_factors;
pub mod settings;
pub mod staff;
pub mod statements;
pub mod stats;
pub mod swept;
#[cfg(feature = "testing")]
pub mod testing;
pub mod threads;
pub mod traces;
pub mod visits;
pub mod votes;
pub mod warnings;
pub mod webhooks;

pub mod cases;
mod changes;
mod conn;
mod db;
mod error;
mod kept;
mod leases;
#[cfg(feature = "postgres")]
mod listen;
mod literal;
mod migrate;
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(all(feature = "sqlite", feature = "postgres"), feature = "testing"))]
mod rows;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use changes::Changes;
pub use conn::{Change, Read, Write};
pub use db::{Db, Holder, Place};
pub use error::{Error, Result};
