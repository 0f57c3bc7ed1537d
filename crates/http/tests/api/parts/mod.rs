//! The parts of the door, each by itself: no request, no database.

mod accept;
mod actors;
mod admin;
mod body;
mod cursor;
mod document;
mod documents;
mod entries;
mod gate;
mod links;
mod people;
mod reference;
mod seats;
mod shell;
mod throttle;
mod tries;
mod value;
mod webhooks;
