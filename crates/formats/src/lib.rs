//! What other systems write discussions down in: pure functions from bytes to a [`foreign::ForeignThread`]. Not here: files, the network,
//! a clock, rows.

pub mod decoding;
pub mod foreign;
mod hn;
pub mod hn_algolia;
pub mod hn_firebase;
mod json;
pub mod page_text;
pub mod site;
