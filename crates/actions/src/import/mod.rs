//! Bringing discussions in from elsewhere: what `formats` has read, and what another Rejoinder has exported, merged into a thread.
//! Not here: files, the network, a clock.

pub mod merge;
pub mod rejoinder;

pub use formats::{foreign, hn_algolia, hn_firebase, page_text};
