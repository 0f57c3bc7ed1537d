//! The queue of moderators.

use askama::Template;

use super::{Author, BoardLink, Frame, Notice, Robots};

/// A part of the queue, as a tab.
#[derive(Debug, Clone)]
pub struct QueueTab {
    /// Its word in the address.
    pub word: &'static str,
    /// What people read.
    pub title: &'static str,
    /// How much waits there, if it is counted: "12", "1,000+".
    pub count: Option<String>,
    /// Where it is.
    pub href: String,
    /// Whether it is shown.
    pub current: bool,
}

/// A comment that is answered.
#[derive(Debug, Clone)]
pub struct QueueAbove {
    /// Its id.
    pub id: i64,
    /// Who wrote it.
    pub author: Author<'static>,
    /// How it begins.
    pub excerpt: String,
}

/// What somebody says about a comment: a reader who reports it, a moderator who notes something, a decision about another one.
#[derive(Debug, Clone)]
pub struct QueueWord {
    /// Who; may be empty.
    pub by: String,
    /// What kind of word it is, as "spam" or "removed a comment".
    pub what: String,
    /// In their words; may be empty.
    pub text: String,
    /// When, Unix milliseconds.
    pub at_ms: i64,
}

/// Something a moderator can do with it: a button.
#[derive(Debug, Clone, Copy)]
pub struct QueueDeed {
    /// The value that is sent in `do`.
    pub word: &'static str,
    /// What the button says.
    pub label: &'static str,
    /// The key that presses it.
    pub key: &'static str,
    /// Whether it is what is done most.
    pub first: bool,
    /// Whether it stays in the queue.
    pub stays: bool,
}

/// A comment to be decided.
#[derive(Debug, Clone)]
pub struct QueueItem {
    /// Its id.
    pub id: i64,
    /// Who wrote it.
    pub author: Author<'static>,
    /// Their server; empty for people here.
    pub host: String,
    /// Title of its thread.
    pub thread_title: String,
    /// The board of its thread.
    pub board: Option<BoardLink>,
    /// When it was written, Unix milliseconds.
    pub published_ms: i64,
    /// What it says, sanitised markup; may be empty.
    pub html: String,
    /// Why it is here, in words; may be empty.
    pub why: String,
    /// What it answers, the nearest last.
    pub above: Vec<QueueAbove>,
    /// What is known of its author, in words.
    pub record: Vec<String>,
    /// What was decided about them before.
    pub earlier: Vec<QueueWord>,
    /// Reports on it.
    pub reports: Vec<QueueWord>,
    /// What moderators wrote for one another.
    pub notes: Vec<QueueWord>,
    /// The newest report that is shown: what is decided covers no later one.
    pub seen: Option<i64>,
    /// Who has taken it on.
    pub assigned: Option<String>,
    /// What can be done; nothing where it is the reader's own and was rejected: they can appeal.
    pub deeds: Vec<QueueDeed>,
}

/// A part of the queue: POST `/admin/queue/{id}` with `do`, `list`, `with`, `reason`, `note` and `back`.
#[derive(Debug, Template)]
#[template(path = "queue.html")]
pub struct QueuePage {
    /// What stands around it.
    pub frame: Frame,
    /// Its parts.
    pub tabs: Vec<QueueTab>,
    /// How many notices of illegal content wait, and how many of these are overdue, for those who decide about all of them.
    pub notices: Option<(i64, i64)>,
    /// The one that is shown, as in the address.
    pub list: &'static str,
    /// The address of the board that is shown alone; empty: all.
    pub board: String,
    /// The boards that can be looked at alone, with the address of each: shown when there are several.
    pub boards: Vec<(BoardLink, String, bool)>,
    /// What is in it.
    pub items: Vec<QueueItem>,
    /// Address of the next page.
    pub next: Option<String>,
}
