//! The page of one comment in its context, and the page of what it said before.

use askama::Template;

use super::{Author, Frame, Notice, Robots, Tree};

/// One comment: what it answers above, what answers it below.
#[derive(Debug, Template)]
#[template(path = "context.html")]
pub struct ContextPage<'a> {
    /// What stands around it.
    pub frame: Frame,
    /// Title of its thread.
    pub thread_title: String,
    /// Path of its thread.
    pub thread_path: String,
    /// Path of the comment's place in its thread.
    pub place_path: String,
    /// The name of who wrote it, for the title of the page.
    pub author: Option<Author<'a>>,
    /// What it answers, from the top of the thread down: [`Tree::chain`].
    pub above: Tree<'a>,
    /// The comment and all below it: [`Tree::nested`].
    pub below: Tree<'a>,
    /// Address of the next part of what is below, if it goes on.
    pub next: Option<String>,
}

/// One version of a comment.
#[derive(Debug, Clone)]
pub struct Revision {
    /// When it was written, Unix milliseconds.
    pub written_ms: i64,
    /// What it said, sanitised markup.
    pub html: String,
}

/// Every version of a comment.
#[derive(Debug, Clone, Template)]
#[template(path = "history.html")]
pub struct HistoryPage {
    /// What stands around it.
    pub frame: Frame,
    /// The comment.
    pub id: i64,
    /// Title of its thread.
    pub thread_title: String,
    /// Who wrote it.
    pub author: Option<Author<'static>>,
    /// Newest first; the first is what it says now.
    pub revisions: Vec<Revision>,
}
