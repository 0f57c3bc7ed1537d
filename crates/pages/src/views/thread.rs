//! The page of a thread.

use std::borrow::Cow;

use askama::Template;

use super::{Author, BoardLink, CommentState, Frame, Notice, Replies, Robots, Tree};
use crate::{
    personal::Cast,
    slots::{SlotClose, SlotKind, SlotOpen},
};

/// In which order comments stand beside their siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentSort {
    /// The most certainly liked.
    Best,
    /// Most points.
    Top,
    /// Newest first.
    New,
    /// Oldest first.
    Old,
    /// Most disputed.
    Controversial,
}

impl CommentSort {
    /// All orders, as the tabs show them.
    pub const ALL: [Self; 5] = [Self::Best, Self::Top, Self::New, Self::Old, Self::Controversial];

    /// The word in the address and on the tab.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Top => "top",
            Self::New => "new",
            Self::Old => "old",
            Self::Controversial => "controversial",
        }
    }
}

/// A thread's own part of its page.
#[derive(Debug, Clone)]
pub struct ThreadHead<'a> {
    /// Its id, which is that of its root comment too.
    pub id: i64,
    /// Its canonical path.
    pub path: String,
    /// Its title.
    pub title: String,
    /// The link it is about, if it has one.
    pub url: Option<String>,
    /// The host of that link, as people read it.
    pub host: Option<String>,
    /// Where it stands.
    pub board: BoardLink,
    /// Who started it, where that is known.
    pub author: Option<Author<'a>>,
    /// The site that it was imported from, if it was.
    pub imported_from: Option<String>,
    /// When, Unix milliseconds.
    pub published_ms: i64,
    /// When it was last edited, if it was.
    pub edited_ms: Option<i64>,
    /// Ups minus downs.
    pub score: i64,
    /// What has become of it.
    pub state: CommentState,
    /// Its text, sanitised markup; may be empty.
    pub html: Cow<'a, str>,
    /// The version of the thread that the page shows, from which on a script asks for what is new.
    pub version: i64,
    /// All comments below it.
    pub comments: u64,
    /// Whether it is pinned to the top of its board.
    pub pinned: bool,
    /// Whether it takes no new comments at all.
    pub locked: bool,
    /// How long everybody has to wait between two comments of theirs, in words.
    pub slow: Option<String>,
    /// Off which thread it was split.
    pub split_from: Option<Joint>,
    /// What was split off it.
    pub split_off: Vec<Joint>,
    /// Whether it takes answers.
    pub replies: Replies,
}

/// Another thread that hangs together with this one.
#[derive(Clone, Debug)]
pub struct Joint {
    /// Its path.
    pub path: String,
    /// Its title.
    pub title: String,
}

impl ThreadHead<'_> {
    const fn slot(&self, kind: SlotKind) -> SlotOpen {
        kind.open(self.id)
    }

    const fn is_open_to_readers(&self) -> bool {
        matches!(self.state, CommentState::Shown | CommentState::Flagged)
    }
}

/// The page of a thread, or one part of a large one.
#[derive(Debug, Template)]
#[template(path = "thread.html")]
pub struct ThreadPage<'a> {
    /// What stands around it.
    pub frame: Frame,
    /// The thread.
    pub thread: ThreadHead<'a>,
    /// The order of its comments.
    pub sort: CommentSort,
    /// The comments of this part.
    pub tree: Tree<'a>,
    /// Address of the next part, if the thread goes on.
    pub next: Option<String>,
    /// Address of the page that shows everything, if this one does not.
    pub all: Option<String>,
}
