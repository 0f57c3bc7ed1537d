//! The pages of those who run the place: a list with what can be done about each of its lines, and forms around it. All of them are made
//! of these parts, so that whoever knows one knows the others, and so that another one is soon made.

use askama::Template;

use super::{Form, Frame, Notice, Robots};

/// A page of those who run the place, as a link in their navigation.
#[derive(Debug, Clone)]
pub struct DeskLink {
    /// Its path.
    pub href: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// How much waits there; may be empty.
    pub count: String,
    /// Whether it is the one that is shown, or one below it is.
    pub current: bool,
}

/// Something said of a line.
#[derive(Debug, Clone)]
pub enum Fact {
    /// In words.
    Words(String),
    /// Something to be seen at once.
    Mark(String),
    /// When something was: what, and Unix milliseconds.
    When(&'static str, i64),
    /// What leads elsewhere: label and path.
    Link(String, String),
}

/// A button of a line.
#[derive(Debug, Clone, Copy)]
pub struct LineDeed {
    /// The value that is sent in `do`.
    pub word: &'static str,
    /// What the button says.
    pub label: &'static str,
    /// Whether it is what is done most.
    pub first: bool,
}

/// What can be done about a line: POST with `do`, `reason` where one is asked for, `back`, and what is sent along.
#[derive(Debug, Clone)]
pub struct LineForm {
    /// Where it is sent.
    pub action: String,
    /// What is sent along: name and value.
    pub carried: Vec<(&'static str, String)>,
    /// Whether a reason is asked for, which stands in the log.
    pub reasoned: bool,
    /// The buttons.
    pub deeds: Vec<LineDeed>,
}

/// A line of a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// What tells it from the others of the page.
    pub key: String,
    /// What it is about.
    pub title: String,
    /// Where that leads.
    pub href: Option<String>,
    /// What is said of it.
    pub facts: Vec<Fact>,
    /// What it is about, as text; may be empty.
    pub about: String,
    /// What somebody wrote, as text; may be empty.
    pub words: String,
    /// What can be done about it.
    pub form: Option<LineForm>,
}

impl Line {
    /// A line of which nothing more is said.
    #[must_use]
    pub fn new(key: impl ToString, title: impl Into<String>) -> Self {
        Self {
            key: key.to_string(),
            title: title.into(),
            href: None,
            facts: Vec::new(),
            about: String::new(),
            words: String::new(),
            form: None,
        }
    }
}

/// A part of a list, as a link.
#[derive(Debug, Clone)]
pub struct DeskTab {
    /// Its address.
    pub href: String,
    /// What it is called.
    pub title: &'static str,
    /// Whether it is shown.
    pub current: bool,
}

/// What is looked for: GET the page with this field.
#[derive(Debug, Clone)]
pub struct Find {
    /// Where it is sent.
    pub action: &'static str,
    /// The name of its field.
    pub name: &'static str,
    /// What it asks for.
    pub label: &'static str,
    /// What was looked for.
    pub value: String,
}

/// A form with its heading.
#[derive(Debug, Clone)]
pub struct DeskForm {
    /// Its id on the page.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// The form.
    pub form: Form,
    /// Whether what is written in it is for programs.
    pub code: bool,
}

/// A page of those who run the place.
#[derive(Debug, Clone, Template)]
#[template(path = "desk.html")]
pub struct DeskPage {
    /// What stands around it.
    pub frame: Frame,
    /// What it is.
    pub title: String,
    /// What it is for, in a sentence; may be empty.
    pub intro: String,
    /// Where else somebody may want to go: label and path.
    pub links: Vec<(String, String)>,
    /// Its parts.
    pub tabs: Vec<DeskTab>,
    /// What can be looked for.
    pub find: Option<Find>,
    /// What is shown this once: words and the secret.
    pub once: Option<(String, String)>,
    /// Facts: what, and how it stands.
    pub facts: Vec<(String, String)>,
    /// What can be done about all of it.
    pub deeds: Option<LineForm>,
    /// Forms above the list.
    pub forms: Vec<DeskForm>,
    /// The lines.
    pub lines: Vec<Line>,
    /// What is said where there are none; empty where the page has no list.
    pub empty: &'static str,
    /// Address of the next page.
    pub next: Option<String>,
}

impl DeskPage {
    /// A page that says only what it is.
    #[must_use]
    pub fn new(frame: Frame, title: impl Into<String>, intro: impl Into<String>) -> Self {
        Self {
            frame,
            title: title.into(),
            intro: intro.into(),
            links: Vec::new(),
            tabs: Vec::new(),
            find: None,
            once: None,
            facts: Vec::new(),
            deeds: None,
            forms: Vec::new(),
            lines: Vec::new(),
            empty: "",
            next: None,
        }
    }
}
