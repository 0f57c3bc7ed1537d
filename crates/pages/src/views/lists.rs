//! Lists of threads: the front page and the page of a board.

use askama::Template;

use super::{Author, BoardLink, Frame, Notice, Robots};

/// In which order threads are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListSort {
    /// Points and newness together.
    Hot,
    /// Newest first.
    New,
    /// Most points.
    Top,
    /// The most certainly liked.
    Best,
    /// Last answered first.
    Active,
}

impl ListSort {
    /// All orders, as the tabs show them.
    pub const ALL: [Self; 5] = [Self::Hot, Self::New, Self::Top, Self::Best, Self::Active];

    /// The word in the address and on the tab.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::New => "new",
            Self::Top => "top",
            Self::Best => "best",
            Self::Active => "active",
        }
    }
}

/// A thread in a list.
#[derive(Debug, Clone)]
pub struct ThreadRow {
    /// Its id.
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
    /// Who started it.
    pub author: Option<Author<'static>>,
    /// When, Unix milliseconds.
    pub published_ms: i64,
    /// Ups minus downs.
    pub score: i64,
    /// Comments below it.
    pub comments: u64,
    /// Whether it is pinned to the top.
    pub pinned: bool,
    /// Whether it takes no more answers.
    pub locked: bool,
}

/// A board, as the head of its page.
#[derive(Debug, Clone)]
pub struct BoardHead {
    /// Its name and title.
    pub link: BoardLink,
    /// What it is for, sanitised markup; may be empty.
    pub description_html: String,
    /// Its rules, sanitised markup; may be empty.
    pub rules_html: String,
    /// Where it is at home, if that is another server.
    pub home: Option<BoardHome>,
}

/// Where a board is at home that is not ours. Following and unfollowing it: POST `/b/{board}/followed` with `intent=follow` or
/// `intent=unfollow`.
#[derive(Debug, Clone)]
pub struct BoardHome {
    /// The other server.
    pub host: String,
    /// The board's page there.
    pub url: String,
    /// How the reader follows it.
    pub follow: BoardFollow,
}

/// How a reader follows a board of another server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardFollow {
    /// Nobody is logged in.
    Nobody,
    /// Not at all.
    Not,
    /// They have asked to.
    Asked,
    /// They do.
    Does,
    /// The board has said no.
    Refused,
}

/// The front page, or a board's when it has a board.
#[derive(Debug, Clone, Template)]
#[template(path = "list.html")]
pub struct ListPage {
    /// What stands around it.
    pub frame: Frame,
    /// The board, unless this is the front page.
    pub board: Option<BoardHead>,
    /// The order of the threads.
    pub sort: ListSort,
    /// The threads.
    pub threads: Vec<ThreadRow>,
    /// Address of the next page.
    pub next: Option<String>,
}

impl ListPage {
    fn base(&self) -> String {
        self.board.as_ref().map_or_else(|| "/".to_owned(), |board| format!("/b/{}", board.link.name))
    }
}
