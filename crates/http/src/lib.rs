//! The door of Rejoinder: routes, pages, JSON API, feeds.
