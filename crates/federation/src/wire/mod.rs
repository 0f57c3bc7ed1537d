//! What servers say to one another, in ActivityStreams: [`parse`] reads what others say into plain data, [`build`] writes what we
//! say, [`addresses`] knows what our own things are called.
//! Not here: whether a thing is true, allowed or known. Nothing here asks the network or a database.

pub mod addresses;
pub mod build;
pub mod members;
mod moment;
pub mod parse;
