//! Threads.

use actions::passage::Passage;
use serde::Serialize;
use storage::threads;
use utoipa::ToSchema;

use super::{Author, Comment};
use crate::api::value::{Id, Moment, State};
use crate::settings::Settings;

/// A thread, as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Thread<'a> {
    /// Its id; its root comment's, too.
    pub id: Id,
    /// The handle of its board.
    pub board: String,
    /// Its title; `[deleted]` or `[removed]` where it was taken away with the words.
    pub title: &'a str,
    /// What it discusses; null if that is not a page elsewhere.
    #[schema(required)]
    pub url: Option<&'a str>,
    /// Who started it; null for a tombstone.
    #[schema(required)]
    pub author: Option<Author<'a>>,
    /// The score of its root.
    pub score: i64,
    /// What became of its root.
    pub state: State,
    /// When it began.
    pub published: Moment,
    /// When its last comment came.
    pub active: Moment,
    /// Comments that stand in it, without the root and without tombstones.
    pub comments_count: i64,
    /// Whether it takes no new comments.
    pub locked: bool,
    /// Whether it stands at the head of its board.
    pub pinned: bool,
    /// Slow mode: seconds that everybody has to let pass between two comments of theirs in it, for its own sake or for its board's; 0 if
    /// it is off.
    pub slow_seconds: i64,
    /// Its page, and what it is known by everywhere, for ever.
    pub uri: String,
}

impl<'a> Thread<'a> {
    /// A thread as everybody sees it.
    #[must_use]
    pub fn new(settings: &Settings, thread: &'a threads::Thread) -> Self {
        Self {
            id: Id(thread.id.0),
            board: thread.board_address(),
            title: title(&thread.title, thread.state),
            url: thread.url.as_deref(),
            author: Author::of(settings, &thread.author, thread.state),
            score: thread.score,
            state: thread.state.into(),
            published: Moment(thread.published),
            active: Moment(thread.active),
            comments_count: thread.comments,
            locked: thread.locked,
            pinned: thread.pinned,
            slow_seconds: thread.slow.max(thread.board_slow),
            uri: format!("{}/t/{}", settings.public_url, thread.id),
        }
    }
}

/// A title, also where it was taken away with the words of a root in this state.
#[must_use]
pub fn title(title: &str, state: domain::State) -> &str {
    match (title, state) {
        ("", domain::State::Removed) => "[removed]",
        ("", _) => "[deleted]",
        _ => title,
    }
}

/// A thread with its words.
#[derive(Debug, Serialize, ToSchema)]
pub struct FullThread<'a> {
    /// What lists show of it.
    #[serde(flatten)]
    pub thread: Thread<'a>,
    /// Its words as clean HTML; empty where there are none to show.
    pub html: &'a str,
    /// Its words as written (Markdown); empty where there are none to show.
    pub text: &'a str,
    /// Votes up on its root.
    pub ups: i64,
    /// Votes down on its root.
    pub downs: i64,
    /// When its words last changed; null if they never did.
    #[schema(required)]
    pub edited: Option<Moment>,
    /// Whether its words are for those only who want to see them.
    pub sensitive: bool,
    /// Direct answers to its root.
    pub replies_count: u32,
    /// The caller's vote on its root: 1, 0 or -1. Left out for those who are not logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = -1, maximum = 1)]
    pub own_vote: Option<i8>,
}

impl<'a> FullThread<'a> {
    /// A thread with its root.
    #[must_use]
    pub fn new(settings: &Settings, thread: &'a threads::Thread, root: &'a Passage) -> Self {
        Self {
            thread: Thread::new(settings, thread),
            html: &root.line.html,
            text: &root.source,
            ups: root.line.votes.ups,
            downs: root.line.votes.downs,
            edited: root.line.edited.map(Moment),
            sensitive: root.line.sensitive,
            replies_count: root.replies,
            own_vote: None,
        }
    }
}

/// A thread with a stretch of its comments.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadPage<'a> {
    /// The thread.
    pub thread: FullThread<'a>,
    /// Comments in display order: depth first, siblings in the chosen order.
    pub comments: Vec<Comment<'a>>,
    /// The cursor of the next stretch; null on the last one.
    #[schema(required)]
    pub next: Option<String>,
}
