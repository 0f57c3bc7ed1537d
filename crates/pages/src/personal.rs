//! What a logged-in reader's page has in its slots instead of the defaults: plain data in, markup
//! out. Which slot is whose is decided by the handler.

use askama::Template;

use crate::views::Compose;

/// Which way somebody has voted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Not at all.
    None,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// The account corner: who is logged in, and what waits for them.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/account.html")]
pub struct AccountCorner {
    /// The account's name.
    pub name: String,
    /// Notifications not read yet.
    pub unread: u32,
    /// Whether they are suspended everywhere.
    pub suspended: bool,
    /// Whether they have a part in moderating.
    pub moderates: bool,
    /// How many have applied for an account and wait; `None` for those who do not decide about that.
    pub applications: Option<u32>,
}

/// The vote buttons of one comment.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/vote.html")]
pub struct VoteButtons {
    /// The comment.
    pub id: i64,
    /// What the reader has voted.
    pub cast: Cast,
}

/// What an author may do with their own comment, and whoever moderates with any.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/own.html")]
pub struct OwnLinks {
    /// The comment.
    pub id: i64,
    /// Whether it is theirs to delete.
    pub may_delete: bool,
    /// Whether its words can still be changed, too.
    pub may_edit: bool,
    /// The thread it stands in, if that is theirs to manage.
    pub managed: Option<i64>,
    /// The thread it stands in, if it is theirs to remove.
    pub removable: Option<i64>,
    /// Whether they may decide about its author.
    pub may_suspend: bool,
}

impl OwnLinks {
    fn is_empty(&self) -> bool {
        !self.may_delete && self.managed.is_none() && self.removable.is_none() && !self.may_suspend
    }

    /// Its markup; nothing where nothing can be done.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        if self.is_empty() { None } else { self.render().ok() }
    }
}

/// The form that answers a thread.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/answer.html")]
pub struct AnswerForm {
    /// The thread.
    pub thread: i64,
}

impl AnswerForm {
    fn compose(&self) -> Compose {
        Compose::reply(self.thread, "")
    }
}

/// Marks a comment unread, inside its class attribute.
pub const UNREAD: &str = " new";

/// How many comments of a listed thread are new to the reader; nothing when none are.
#[must_use]
pub fn news(unread: u32) -> String {
    match unread {
        0 => String::new(),
        more => format!(" <b class=\"mark fresh\">{more} new</b>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_vote_is_pressed_and_takes_itself_back() {
        let cast = Cast::Up;
        let html = VoteButtons { id: 7, cast }.render().unwrap();
        assert!(html.contains(r#"name="clear" aria-pressed="true" value="7" aria-label="Vote up""#));
        assert!(html.contains(r#"name="down" value="7" aria-label="Vote down""#));
    }

    #[test]
    fn names_are_escaped() {
        let name = "<i>".to_owned();
        let html = AccountCorner { name, unread: 3, suspended: false, moderates: true, applications: Some(2) }
            .render()
            .unwrap();
        assert!(html.contains("&lt;i&gt;") && !html.contains("<i>"));
    }

    #[test]
    fn nothing_new_says_nothing() {
        assert_eq!(news(0), "");
        assert!(news(2).contains("2 new"));
    }
}
