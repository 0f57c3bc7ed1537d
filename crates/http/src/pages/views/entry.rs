//! The ways in: logging in, joining, and setting up a new instance.

use askama::Template;

use super::{Field, FieldKind, Form, Frame, Notice, Problems, Robots};

/// A field that somebody had filled in when their session had lapsed, carried through logging in.
#[derive(Debug, Clone)]
pub struct Carried {
    /// The field's name, as it was sent.
    pub name: String,
    /// What it held.
    pub value: String,
}

/// Logging in: POST `/login` with `name`, `password`, `next`, and what was carried as `kept:NAME`.
#[derive(Debug, Clone, Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// What stands around it.
    pub frame: Frame,
    /// Where to go afterwards: a path of this site.
    pub next: String,
    /// What was about to be sent there.
    pub carried: Vec<Carried>,
    /// The name as entered.
    pub name: String,
    /// What is wrong; fields: `name`, `password`.
    pub problems: Problems,
}

impl LoginPage {
    fn fields(&self) -> Vec<Field> {
        vec![
            name_field(&self.name),
            password_field("current-password"),
            Field::new("next", "", FieldKind::Hidden).value(self.next.clone()),
        ]
    }

    fn form(&self) -> Form {
        Form::new("/login", "Log in", self.fields()).problems(&self.problems).carrying(&self.carried)
    }
}

/// Who may join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    Open,
    /// Nobody by themselves.
    Closed,
}

/// Joining: POST `/join` with `name` and `password`.
#[derive(Debug, Clone, Template)]
#[template(path = "join.html")]
pub struct JoinPage {
    /// What stands around it.
    pub frame: Frame,
    /// Whether joining is possible.
    pub registration: Registration,
    /// The rules of the instance, sanitised markup; may be empty.
    pub rules_html: String,
    /// The name as entered.
    pub name: String,
    /// Where to go afterwards.
    pub next: String,
    /// What is wrong; fields: `name`, `password`.
    pub problems: Problems,
}

impl JoinPage {
    fn form(&self) -> Form {
        let fields = vec![
            name_field(&self.name).hint("Letters, digits and underscores. It cannot be changed."),
            password_field("new-password").hint("At least 10 characters."),
            Field::new("next", "", FieldKind::Hidden).value(self.next.clone()),
        ];
        Form::new("/join", "Join", fields).problems(&self.problems)
    }
}

/// Setting up: POST `/setup/{token}` with `name`, `password`, `instance`, `board`, `title`.
#[derive(Debug, Clone, Template)]
#[template(path = "setup.html")]
pub struct SetupPage {
    /// What stands around it.
    pub frame: Frame,
    /// The one-time token of the link.
    pub token: String,
    /// The administrator's name as entered.
    pub name: String,
    /// The instance's name as entered.
    pub instance: String,
    /// The first board's name as entered.
    pub board: String,
    /// The first board's title as entered.
    pub title: String,
    /// What is wrong; fields: `name`, `password`, `instance`, `board`, `title`.
    pub problems: Problems,
}

impl SetupPage {
    fn form(&self) -> Form {
        let fields = vec![
            Field::new("instance", "Name of this place", FieldKind::Line)
                .value(self.instance.clone())
                .hint("It stands at the top of every page.")
                .required()
                .longest(60),
            name_field(&self.name).hint("Yours, as the administrator: letters, digits and underscores."),
            password_field("new-password").hint("At least 10 characters."),
            Field::new("board", "Name of the first board", FieldKind::Line)
                .value(self.board.clone())
                .hint("It becomes part of addresses: a word in small letters, such as “talk”.")
                .required()
                .longest(60),
            Field::new("title", "Title of the first board", FieldKind::Line)
                .value(self.title.clone())
                .hint("What people read, such as “General talk”.")
                .required()
                .longest(100),
        ];
        let action = format!("/setup/{}", self.token);
        Form::new(action, "Set it up", fields).problems(&self.problems)
    }
}

fn name_field(value: &str) -> Field {
    Field::new("name", "Name", FieldKind::Line).value(value).required().autocomplete("username").longest(60)
}

fn password_field(autocomplete: &'static str) -> Field {
    Field::new("password", "Password", FieldKind::Password).required().autocomplete(autocomplete).longest(200)
}
