//! Answering and following from another server.

use askama::Template;

use super::{Field, FieldKind, Form, Frame, Notice, Problems, Robots};

/// What somebody is about to do from their own server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Answer a comment or a thread.
    Answer,
    /// Follow a thread.
    FollowThread,
    /// Follow a board.
    FollowBoard,
}

/// Acting from one's own server: POST to `path` with `handle`.
#[derive(Debug, Clone, Template)]
#[template(path = "interact.html")]
pub struct InteractPage {
    /// What stands around it.
    pub frame: Frame,
    /// What is to be done.
    pub doing: Doing,
    /// Where the form is sent: `/c/7/elsewhere`, `/b/news/follow`.
    pub path: String,
    /// What it is about: the title of the thread or of the board.
    pub title: String,
    /// Where that stands here.
    pub back: String,
    /// Its id, to be searched for elsewhere.
    pub id: String,
    /// What can be followed: handles and what one hears of who follows them.
    pub handles: Vec<(String, &'static str)>,
    /// Where one logs in to do it here, if nobody is logged in and it can be done here.
    pub login: Option<String>,
    /// The handle as entered.
    pub handle: String,
    /// The server that does not say where it takes such things.
    pub by_hand: Option<String>,
    /// What is wrong; fields: `handle`.
    pub problems: Problems,
}

impl InteractPage {
    fn form(&self) -> Form {
        let field = Field::new("handle", "Your handle there", FieldKind::Line)
            .value(self.handle.clone())
            .hint("Such as @name@mastodon.example. Your browser remembers it; this server does not.")
            .required()
            .longest(320);
        let submit = match self.doing {
            Doing::Answer => "Reply there",
            Doing::FollowThread | Doing::FollowBoard => "Follow there",
        };
        Form::new(self.path.clone(), submit, vec![field]).problems(&self.problems).cancel(self.back.clone())
    }
}
