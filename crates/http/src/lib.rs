//! The door of Rejoinder: routes, pages, JSON API, feeds. Here lives what is about status codes, headers, what pages
//! are filled with and the API's JSON. Its parts are tested in `tests/api/parts`. Not here: SQL, rules, the order of steps, markup.

pub mod api;
pub mod body;
pub mod cache;
pub mod door;
mod echo;
pub mod elsewhere;
pub mod feeds;
mod files;
pub mod gate;
mod inbox;
pub mod live;
pub mod measured;
mod modlog;
pub mod problem;
pub mod queued;
pub mod router;
mod routes;
pub mod seats;
pub mod settings;
pub mod throttle;
pub mod tries;
pub mod web;
