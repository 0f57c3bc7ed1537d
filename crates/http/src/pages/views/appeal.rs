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
