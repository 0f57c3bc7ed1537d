//! The language of other servers: whose request it is, what it says, how we say it back, and how anything is fetched from elsewhere.
//! Not here: SQL, routes, what is done about what was said.
//!
//! What comes in passes three doors, each of which takes only what the one before has made: [`signature`] finds out who speaks,
//! [`wire`] reads what is said into a closed set of activities, and whoever acts decides by the rules of `domain`.

pub mod address;
pub mod budget;
pub mod client;
pub mod keys;
pub mod media_type;
pub mod nodeinfo;
pub mod origin;
pub mod signature;
pub mod webfinger;
pub mod wire;
