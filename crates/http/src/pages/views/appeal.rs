//! What an author says against the removal of a comment.

use askama::Template;

use super::{Field, FieldKind, Form, Frame, Notice, Problems, Robots};

/// Where an author's matter stands.
#[derive(Debug, Clone)]
pub enum Appealing {
    /// Something can be said.
    Possible,
    /// It was said, and nobody has decided.
    Waits {
        /// What was said.
        text: String,
    },
    /// The comment stays removed.
    Upheld {
        /// What was said.
        text: String,
        /// Why it was decided so; may be empty.
        because: String,
    },
    /// The comment was put back.
    Overturned {
        /// What was said.
        text: String,
        /// Why it was decided so; may be empty.
        because: String,
    },
    /// It is not removed any more.
    Restored,
    /// It was removed too long ago.
    TooLate,
}

/// What an author is told of a removal (Regulation (EU) 2022/2065, article 17).
#[derive(Debug, Clone)]
pub struct Stating {
    /// What was decided, and how far that goes.
    pub scope: &'static str,
    /// The facts, where they are more than the reason says; may be empty.
    pub facts: String,
    /// On which ground, in words.
    pub ground: &'static str,
    /// Which law or rule; may be empty.
    pub provision: String,
    /// Whether somebody had told of it, in words.
    pub origin: &'static str,
    /// Whether a program decided, in words.
    pub means: &'static str,
    /// What can be done by whoever does not agree.
    pub redress: &'static str,
}

/// Appealing: POST `/appeal/{id}` with `text`.
#[derive(Debug, Clone, Template)]
#[template(path = "appeal.html")]
pub struct AppealPage {
    /// What stands around it.
    pub frame: Frame,
    /// The comment.
    pub id: i64,
    /// Title of its thread.
    pub thread_title: String,
    /// When it was removed, Unix milliseconds.
    pub removed_ms: i64,
    /// Why; may be empty.
    pub because: String,
    /// What is stated of it.
    pub statement: Stating,
    /// Where the matter stands.
    pub stands: Appealing,
    /// What has been written so far.
    pub text: String,
    /// What is wrong; field: `text`.
    pub problems: Problems,
}

impl AppealPage {
    fn form(&self) -> Form {
        let text = Field::new("text", "Why should it stand?", FieldKind::Text(6))
            .value(self.text.clone())
            .required()
            .longest(2_000)
            .hint("Moderators will read it, and nobody else.");
        Form::new(format!("/appeal/{}", self.id), "Appeal", vec![text]).problems(&self.problems)
    }
}
