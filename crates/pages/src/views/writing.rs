//! Pages on which something is written: a reply, an edit, a new thread, a report; and the question
//! before a comment is deleted.

use askama::Template;

use super::forms::optional_text;
use super::{BoardLink, Choice, Compose, Field, FieldKind, Form, Frame, Notice, Problems, Robots, Tree};

/// Writing an answer: POST `/c/{id}/reply` with `text`, and `intent=preview` to see it first.
#[derive(Debug, Template)]
#[template(path = "reply.html")]
pub struct ReplyPage<'a> {
    /// What stands around it.
    pub frame: Frame,
    /// What is answered: a comment's id, or a thread's.
    pub id: i64,
    /// Title of the thread.
    pub thread_title: String,
    /// Path of the thread.
    pub thread_path: String,
    /// The comment that is answered, alone: [`Tree::chain`]. Empty when it is the thread.
    pub parent: Tree<'a>,
    /// What has been written so far.
    pub text: String,
    /// How it will look, sanitised markup.
    pub preview: Option<String>,
    /// What is wrong with it; fields: `text`.
    pub problems: Problems,
}

impl ReplyPage<'_> {
    fn compose(&self) -> Compose {
        Compose::reply(self.id, &self.text).preview(self.preview.clone()).problems(&self.problems)
    }
}

/// Changing one's comment: POST `/c/{id}/edit` with `text`, and `intent=preview`.
#[derive(Debug, Clone, Template)]
#[template(path = "edit.html")]
pub struct EditPage {
    /// What stands around it.
    pub frame: Frame,
    /// The comment.
    pub id: i64,
    /// Title of the thread.
    pub thread_title: String,
    /// Path of the thread.
    pub thread_path: String,
    /// Its text as written.
    pub text: String,
    /// When what is being changed was last changed, Unix milliseconds, as it comes back in `of`: another tab may be quicker.
    pub of: String,
    /// How it will look, sanitised markup.
    pub preview: Option<String>,
    /// What is wrong with it; fields: `text`.
    pub problems: Problems,
}

impl EditPage {
    fn compose(&self) -> Compose {
        Compose::edit(self.id, &self.text, &self.of).preview(self.preview.clone()).problems(&self.problems)
    }
}

/// The question before deleting: POST `/c/{id}/delete`.
#[derive(Debug, Template)]
#[template(path = "delete.html")]
pub struct DeletePage<'a> {
    /// What stands around it.
    pub frame: Frame,
    /// The comment.
    pub id: i64,
    /// The comment, alone: [`Tree::chain`].
    pub comment: Tree<'a>,
}

impl DeletePage<'_> {
    fn form(&self) -> Form {
        let id = self.id;
        Form::new(format!("/c/{id}/delete"), "Delete it", Vec::new()).cancel(format!("/c/{id}"))
    }
}

/// Reporting a comment: POST `/c/{id}/report` with `category` and `text`.
#[derive(Debug, Template)]
#[template(path = "report.html")]
pub struct ReportPage<'a> {
    /// What stands around it.
    pub frame: Frame,
    /// The comment.
    pub id: i64,
    /// Its address.
    pub address: String,
    /// The comment, alone: [`Tree::chain`].
    pub comment: Tree<'a>,
    /// What can be reported.
    pub categories: Vec<Choice>,
    /// The chosen category; may be empty.
    pub category: String,
    /// What has been written so far.
    pub text: String,
    /// What is wrong; fields: `category`, `text`.
    pub problems: Problems,
}

impl ReportPage<'_> {
    fn form(&self) -> Form {
        let id = self.id;
        let kinds = FieldKind::Choice(self.categories.clone());
        let fields = vec![
            Field::new("category", "What is wrong with it?", kinds).value(self.category.clone()).required(),
            Field::new("text", "What should a moderator know?", FieldKind::Text(4))
                .value(self.text.clone())
                .longest(2_000),
        ];
        Form::new(format!("/c/{id}/report"), "Send the report", fields)
            .cancel(format!("/c/{id}"))
            .problems(&self.problems)
    }
}

/// Starting a thread: POST `/b/{board}/submit` with `title`, `url`, `text`, and `intent=preview`.
#[derive(Debug, Clone, Template)]
#[template(path = "submit.html")]
pub struct SubmitPage {
    /// What stands around it.
    pub frame: Frame,
    /// Where it will stand.
    pub board: BoardLink,
    /// The board's rules, sanitised markup; may be empty.
    pub rules_html: String,
    /// The title so far.
    pub title: String,
    /// The link so far.
    pub url: String,
    /// The text so far.
    pub text: String,
    /// How the text will look, sanitised markup.
    pub preview: Option<String>,
    /// What is wrong; fields: `title`, `url`, `text`.
    pub problems: Problems,
}

impl SubmitPage {
    fn compose(&self) -> Compose {
        let fields = vec![
            Field::new("title", "Title", FieldKind::Line).value(self.title.clone()).required().longest(200),
            Field::new("url", "Link", FieldKind::Url)
                .value(self.url.clone())
                .hint("What the thread is about, if it is about a page elsewhere.")
                .longest(2_000),
            optional_text(&self.text),
        ];
        let form = Form::new(format!("/b/{}/submit", self.board.name), "Start the thread", fields);
        Compose {
            form: form.button("Preview", "preview").keeps_draft().problems(&self.problems),
            preview: self.preview.clone(),
        }
    }
}

/// A comment that nobody sees but its author and the moderators, until somebody on another server agrees.
#[derive(Debug, Template)]
#[template(path = "held.html")]
pub struct HeldPage<'a> {
    /// What stands around it.
    pub frame: Frame,
    /// The comment.
    pub id: i64,
    /// Title of its thread.
    pub thread_title: String,
    /// Path of its thread.
    pub thread_path: String,
    /// The comment, alone: [`Tree::chain`].
    pub comment: Tree<'a>,
    /// For whose permission it waits, in words.
    pub waits: String,
    /// What that means.
    pub says: &'a str,
    /// Why a moderator has not let it out; empty if none was asked, or no reason was given.
    pub reason: String,
    /// Whether the reader wrote it.
    pub own: bool,
    /// Whether a moderator has said no to it.
    pub is_rejected: bool,
    /// Whether the reader may let it out after all: POST `/admin/queue/{id}` with `do`, `list`, `back`.
    pub may_decide: bool,
}
