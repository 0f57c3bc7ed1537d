//! The pages about the place itself: its boards, its moderation log, what it is, and what went wrong.

use askama::Template;

use super::entry::NAMES;
use super::{BoardLink, Field, FieldKind, Form, Frame, Notice, Problems, Registration, Robots};

/// A board in the list of boards.
#[derive(Debug, Clone)]
pub struct BoardEntry {
    /// Its name and title.
    pub link: BoardLink,
    /// What it is for, in one line of text; may be empty.
    pub description: String,
    /// How many threads it has.
    pub threads: u64,
    /// The server it is at home on, if that is another one.
    pub host: Option<String>,
}

/// Who may make a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardMaking {
    /// The reader may.
    Allowed,
    /// The reader may not.
    Refused,
}

/// All boards.
#[derive(Debug, Clone, Template)]
#[template(path = "boards.html")]
pub struct BoardsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The boards.
    pub boards: Vec<BoardEntry>,
    /// Whether to link to the form for a new one.
    pub making: BoardMaking,
    /// The form to follow one of another server, for those who have an account.
    pub following: Option<BoardFollowing>,
}

/// Following a board of another server: POST `/boards/follow` with `name`.
#[derive(Debug, Clone, Default)]
pub struct BoardFollowing {
    /// The handle as entered.
    pub name: String,
    /// What is wrong; fields as above.
    pub problems: Problems,
}

impl BoardFollowing {
    fn form(&self) -> Form {
        let name = Field::new("name", "Name or address", FieldKind::Line)
            .value(self.name.clone())
            .hint("Such as @news@example.org. What is said there then comes here, and can be answered here.")
            .required()
            .longest(2_000);
        Form::new("/boards/follow", "Follow", vec![name]).problems(&self.problems)
    }
}

/// Making a board: POST `/boards/new` with `name`, `title`, `description`, `rules`.
#[derive(Debug, Clone, Template)]
#[template(path = "board_new.html")]
pub struct NewBoardPage {
    /// What stands around it.
    pub frame: Frame,
    /// The name as entered.
    pub name: String,
    /// The title as entered.
    pub title: String,
    /// The description as entered.
    pub description: String,
    /// The rules as entered.
    pub rules: String,
    /// What is wrong; fields as above.
    pub problems: Problems,
}

impl NewBoardPage {
    fn form(&self) -> Form {
        let fields = vec![
            Field::new("name", "Name", FieldKind::Line)
                .value(self.name.clone())
                .hint(format!("Part of its address. {NAMES} It cannot be changed."))
                .required()
                .longest(60),
            Field::new("title", "Title", FieldKind::Line)
                .value(self.title.clone())
                .hint("What people read.")
                .required()
                .longest(100),
            Field::new("description", "Description", FieldKind::Text(3))
                .value(self.description.clone())
                .hint("What belongs here."),
            Field::new("rules", "Rules", FieldKind::Text(6))
                .value(self.rules.clone())
                .hint("Shown beside the threads and where a thread is started."),
        ];
        Form::new("/boards/new", "Make the board", fields).problems(&self.problems).cancel("/boards")
    }
}

/// One thing a moderator did.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Its id.
    pub id: i64,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// Who did it.
    pub moderator: String,
    /// What was done, in the past tense: "removed a comment".
    pub action: String,
    /// To what: where it leads, and how it is called.
    pub target: Option<(String, String)>,
    /// Why; may be empty.
    pub reason: String,
}

/// The public moderation log.
#[derive(Debug, Clone, Template)]
#[template(path = "modlog.html")]
pub struct LogPage {
    /// What stands around it.
    pub frame: Frame,
    /// Newest first.
    pub entries: Vec<LogEntry>,
    /// Address of the next page.
    pub next: Option<String>,
}

/// A month of moderation.
#[derive(Debug, Clone)]
pub struct MonthView {
    /// Which, as 2026-11.
    pub name: String,
    /// What was counted, and how often.
    pub numbers: Vec<(&'static str, i64)>,
}

/// How much was moderated.
#[derive(Debug, Clone, Template)]
#[template(path = "transparency.html")]
pub struct NumbersPage {
    /// What stands around it.
    pub frame: Frame,
    /// The newest first.
    pub months: Vec<MonthView>,
}

/// What this place is.
#[derive(Debug, Clone, Template)]
#[template(path = "about.html")]
pub struct AboutPage {
    /// What stands around it.
    pub frame: Frame,
    /// What the operator says of it, its rules among that, sanitised markup; may be empty.
    pub description_html: String,
    /// Whether this reader may change it.
    pub may_describe: bool,
    /// Who may join.
    pub registration: Registration,
    /// The names of those who run it.
    pub administrators: Vec<String>,
    /// How many people have an account.
    pub people: u64,
    /// How many threads there are.
    pub threads: u64,
    /// How many comments there are.
    pub comments: u64,
}

/// Naming this place and saying what it is about: POST `/about/edit` with `name`, `rules`.
#[derive(Debug, Clone, Template)]
#[template(path = "describe.html")]
pub struct DescribePage {
    /// What stands around it.
    pub frame: Frame,
    /// The name as entered.
    pub name: String,
    /// What is said of it, as entered.
    pub rules: String,
    /// What is wrong; fields as above.
    pub problems: Problems,
}

impl DescribePage {
    fn form(&self) -> Form {
        let fields = vec![
            Field::new("name", "Name", FieldKind::Line)
                .value(self.name.clone())
                .hint("Stands at the head of every page.")
                .required()
                .longest(100),
            Field::new("rules", "What it is about, and its rules", FieldKind::Text(10))
                .value(self.rules.clone())
                .hint("Shown here and to those who join. Markdown."),
        ];
        Form::new("/about/edit", "Save", fields).problems(&self.problems).cancel("/about")
    }
}

/// What somebody had written when sending it failed.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What it was: "Your reply".
    pub label: String,
    /// The text.
    pub text: String,
}

/// Something went wrong, or is not there.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What stands around it.
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// What happened, in a sentence.
    pub detail: String,
    /// What the reader can do now.
    pub remedy: String,
    /// What they had written.
    pub kept: Vec<Kept>,
    /// To be named when asking for help; may be empty.
    pub request_id: String,
}
