//! Pages for people: view structs with their templates, the parts of a page that differ from
//! reader to reader, and the files that pages load. No storage, no routes, no decisions: a handler
//! gathers plain data, fills a view, and sends what comes out.

pub mod assets;
pub mod escape;
pub mod personal;
pub mod slots;
pub mod views;
