//! The page of a person.

use askama::Template;

use super::{Author, Frame, Notice, Origin, Robots, Role};

/// A comment outside its tree, with the thread it stands in.
#[derive(Debug, Clone)]
pub struct PlacedComment {
    /// Its id.
    pub id: i64,
    /// Title of its thread.
    pub thread_title: String,
    /// Path of its thread.
    pub thread_path: String,
    /// When it was written, Unix milliseconds.
    pub published_ms: i64,
    /// Ups minus downs.
    pub score: i64,
    /// What it says, sanitised markup.
    pub html: String,
}

/// A person and what they wrote.
#[derive(Debug, Clone, Template)]
#[template(path = "person.html")]
pub struct PersonPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who.
    pub person: Author<'static>,
    /// What they say of themselves, sanitised markup; may be empty.
    pub about_html: String,
    /// Since when they are known here, Unix milliseconds.
    pub since_ms: i64,
    /// Where moderators decide about them, for those who may.
    pub moderated: Option<String>,
    /// How many comments they wrote.
    pub comments: u64,
    /// Newest first.
    pub placed: Vec<PlacedComment>,
    /// Address of the next page.
    pub next: Option<String>,
}
