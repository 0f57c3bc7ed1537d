//! What was decided about somebody's comment or about themselves, and what they say against it.

use askama::Template;

use super::{Field, FieldKind, Form, Frame, Notice, Problems, Robots};

/// Where somebody's matter stands.
#[derive(Debug, Clone)]
pub enum Appealing {
    /// Something can be said.
    Possible,
    /// It was said, and nobody has decided.
    Waits {
        /// What was said.
        text: String,
    },
    /// It was decided.
    Decided {
        /// What was said.
        text: String,
        /// How, as a sentence.
        how: &'static str,
        /// Why it was decided so; may be empty.
        because: String,
    },
    /// It does not stand any more.
    Over,
    /// It was decided too long ago.
    TooLate,
}

/// What somebody is told of a decision (Regulation (EU) 2022/2065, article 17).
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

/// A comment that is down, for its author.
#[derive(Debug, Clone)]
pub struct DownView {
    /// The comment.
    pub id: i64,
    /// Title of its thread.
    pub thread_title: String,
    /// Its words; empty once they are gone.
    pub html: String,
}

/// What was decided, in a line.
#[derive(Debug, Clone)]
pub struct DecidedView {
    /// What, as the beginning of a sentence.
    pub what: &'static str,
    /// The board that it is about, if it is about one.
    pub board: Option<String>,
    /// When it ends by itself, Unix milliseconds.
    pub until_ms: Option<i64>,
    /// Since when, Unix milliseconds.
    pub at_ms: i64,
    /// Why.
    pub because: String,
}

/// Appealing: POST to `action`, with `text`.
#[derive(Debug, Clone, Template)]
#[template(path = "appeal.html")]
pub struct AppealPage {
    /// What stands around it.
    pub frame: Frame,
    /// Where the appeal is sent.
    pub action: String,
    /// What was decided.
    pub decided: DecidedView,
    /// Whether that was about comments alone, of which there is one then.
    pub alone: bool,
    /// The comment, or those that were taken down with its author.
    pub down: Vec<DownView>,
    /// How many these are.
    pub count: u64,
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
        let text = Field::new("text", "Why should that not stand?", FieldKind::Text(6))
            .value(self.text.clone())
            .required()
            .longest(2_000)
            .hint("Moderators will read it, and nobody else.");
        Form::new(self.action.clone(), "Appeal", vec![text]).problems(&self.problems)
    }
}

/// A decision in the list of whom they are about.
#[derive(Debug, Clone)]
pub struct DecisionView {
    /// Where all of it stands.
    pub href: String,
    /// What was decided.
    pub decided: DecidedView,
    /// Whether it counts, and what became of an appeal, in words.
    pub stands: &'static str,
}

/// What was decided about somebody.
#[derive(Debug, Clone, Template)]
#[template(path = "decisions.html")]
pub struct DecisionsPage {
    /// What stands around it.
    pub frame: Frame,
    /// Whether they are suspended everywhere.
    pub suspended: bool,
    /// The newest first.
    pub decisions: Vec<DecisionView>,
}
