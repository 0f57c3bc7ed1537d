//! What stands around every page: its head, the header with the boards, the footer.

use crate::{
    assets,
    slots::{SlotClose, SlotKind, SlotOpen},
    views::DeskLink,
    views::time::{Stamp, day},
};

/// Which way the page's own language is written. What people write finds its way by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// As English is.
    LeftToRight,
    /// As Arabic and Hebrew are.
    RightToLeft,
}

impl Direction {
    /// The value of the `dir` attribute.
    #[must_use]
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// Whether search engines are welcome to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Robots {
    /// A page to be found: threads, boards.
    Index,
    /// Forms, searches, what belongs to one person.
    Ignore,
}

/// A board, as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardLink {
    /// What it is called in its address: `name`, or `name@host`.
    pub name: String,
    /// The title people read.
    pub title: String,
}

impl BoardLink {
    /// Whether it is a board of this instance.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        !self.name.contains('@')
    }
}

/// A feed of the page, for the head of the document and for a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// Path.
    pub href: String,
    /// Media type: `application/atom+xml` or `application/feed+json`.
    pub kind: &'static str,
    /// What the feed holds.
    pub title: String,
}

/// A line above the page that says what just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It worked.
    Done(String),
    /// It did not, or not as asked.
    Warning(String),
}

/// What every page needs besides its own content.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The name of the instance.
    pub instance: String,
    /// Language of the page's own words, BCP 47.
    pub lang: String,
    /// Direction of that language.
    pub direction: Direction,
    /// The boards to link from the header: a handful at most.
    pub boards: Vec<BoardLink>,
    /// Path and query of this page, to come back to after logging in.
    pub path: String,
    /// The address of this page without what varies it, absolute.
    pub canonical: Option<String>,
    /// Feeds of this page.
    pub feeds: Vec<FeedLink>,
    /// Whether search engines may list it.
    pub robots: Robots,
    /// The pages of those who run the place, where this is one of them.
    pub desk: Vec<DeskLink>,
    /// What just happened, if something did.
    pub notice: Option<Notice>,
    /// Where the source of the running version is offered.
    pub source_url: String,
    /// The running version.
    pub version: String,
    /// When the page is made, Unix milliseconds.
    pub now_ms: i64,
}

impl Frame {
    /// Address of the stylesheet.
    #[must_use]
    pub fn style(&self) -> &'static str {
        assets::STYLE.url()
    }

    /// Address of the script.
    #[must_use]
    pub fn script(&self) -> &'static str {
        assets::SCRIPT.url()
    }

    /// Address of the icon.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        assets::ICON.url()
    }

    /// A time as seen from this page. Print with `safe`.
    #[must_use]
    pub const fn time(&self, at_ms: &i64) -> Stamp {
        Stamp { at_ms: *at_ms, now_ms: self.now_ms }
    }

    /// The day of a time: "3 February 2025".
    #[must_use]
    pub fn day(&self, at_ms: &i64) -> String {
        day(*at_ms)
    }

    /// A count with its noun: "1 comment", "1,204 comments".
    #[must_use]
    pub fn count(&self, number: &u64, one: &str, many: &str) -> String {
        count(*number, one, many)
    }

    /// Points with their noun; the minus is the typographic one, which screen readers speak.
    #[must_use]
    pub fn points(&self, score: &i64) -> String {
        points(*score)
    }

    /// Opens the slot of the account corner. Print with `safe`.
    #[must_use]
    pub const fn account_slot(&self) -> SlotOpen {
        SlotKind::Account.open(0)
    }

    /// Opens the slot for a thread's unread count. Print with `safe`.
    #[must_use]
    pub const fn news_slot(&self, thread: &i64) -> SlotOpen {
        SlotKind::News.open(*thread)
    }

    /// Closes any slot. Print with `safe`.
    #[must_use]
    pub const fn end_slot(&self) -> SlotClose {
        SlotClose
    }
}

/// A score in words; see [`Frame::points`].
pub(super) fn points(score: i64) -> String {
    let sign = if score < 0 { "\u{2212}" } else { "" };
    format!("{sign}{}", count(score.unsigned_abs(), "point", "points"))
}

/// A number with commas between its thousands, and its noun.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + many.len() + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push(' ');
    text.push_str(if number == 1 { one } else { many });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_people_write_them() {
        assert_eq!(count(0, "comment", "comments"), "0 comments");
        assert_eq!(count(1, "comment", "comments"), "1 comment");
        assert_eq!(count(999, "reply", "replies"), "999 replies");
        assert_eq!(count(1_204_567, "reply", "replies"), "1,204,567 replies");
    }
}
