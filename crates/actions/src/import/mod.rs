//! Bringing discussions in from elsewhere. Here: the parsers of foreign formats, as pure functions from bytes to a [`foreign::ForeignThread`].
//! Not here: files, the network, a clock.

mod decoding;
pub mod foreign;
mod hn;
pub mod hn_algolia;
pub mod hn_firebase;
mod json;
pub mod merge;
pub mod page_text;
pub mod rejoinder;
mod site;
