//! The ways in: logging in, joining, and setting up a new instance.

use askama::Template;
use domain::joining::Joining;

use super::{Field, FieldKind, Form, Frame, Notice, Problems, Robots};

/// A field that somebody had filled in when their session had lapsed, carried through logging in.
#[derive(Debug, Clone)]
pub struct Carried {
    /// The field's name, as it was sent.
    pub name: String,
    /// What it held.
    pub value: String,
}

/// Whether a second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// Not yet: nobody knows who it is.
    NotAsked,
    /// It is.
    Asked,
}

/// Logging in: POST `/login` with `name`, `password`, `otp` where it is asked for, `next`, and what was carried as `kept:NAME`.
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
    /// Whether a second factor is asked for.
    pub factor: Factor,
    /// What is wrong; fields: `name`, `password`, `otp`.
    pub problems: Problems,
}

impl LoginPage {
    fn fields(&self) -> Vec<Field> {
        let mut fields = vec![name_field(&self.name), password_field("current-password")];
        if self.factor == Factor::Asked {
            fields.push(code_field());
        }
        fields.push(Field::new("next", "", FieldKind::Hidden).value(self.next.clone()));
        fields
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
    /// Everybody whom somebody lets in afterwards.
    Approval,
    /// Whoever has an invitation.
    Invitation,
    /// Nobody by themselves.
    Closed,
}

impl From<Joining> for Registration {
    fn from(joining: Joining) -> Self {
        match joining {
            Joining::Open => Self::Open,
            Joining::Approval => Self::Approval,
            Joining::Invitation => Self::Invitation,
            Joining::Closed => Self::Closed,
        }
    }
}

/// A field that nobody sees: who fills it in is a program.
pub const BAIT: &str = "website";

/// Joining: POST `/join` with `name`, `password`, and `answer` or `invitation` where they are asked for.
#[derive(Debug, Clone, Template)]
#[template(path = "join.html")]
pub struct JoinPage {
    /// What stands around it.
    pub frame: Frame,
    /// Whether joining is possible.
    pub registration: Registration,
    /// What is asked of those whom somebody lets in; empty for nothing.
    pub question: String,
    /// The rules of the instance, sanitised markup; may be empty.
    pub rules_html: String,
    /// The name as entered.
    pub name: String,
    /// The answer as entered.
    pub answer: String,
    /// The code of the invitation as entered, or as it stands in the address.
    pub invitation: String,
    /// What a proof of work is asked for, if one is; the script puts it into `proof`.
    pub challenge: Option<String>,
    /// Where to go afterwards.
    pub next: String,
    /// What is wrong; fields: `name`, `password`, `answer`, `invitation`.
    pub problems: Problems,
}

impl JoinPage {
    fn form(&self) -> Form {
        let mut fields = vec![
            name_field(&self.name).hint(format!("{NAMES} It cannot be changed.")),
            password_field("new-password").hint("At least 10 characters."),
        ];
        fields.extend(self.pass_field());
        fields.push(Field::new(BAIT, "Leave this empty", FieldKind::Bait));
        fields.push(Field::new("next", "", FieldKind::Hidden).value(self.next.clone()));
        if let Some(challenge) = &self.challenge {
            fields.push(Field::new("challenge", "", FieldKind::Hidden).value(challenge.clone()));
            fields.push(Field::new("proof", "", FieldKind::Hidden));
        }
        let submit = if self.is_decided() { "Apply" } else { "Join" };
        Form::new("/join", submit, fields).problems(&self.problems)
    }

    /// Whether somebody decides about whoever sends this form.
    fn is_decided(&self) -> bool {
        self.registration == Registration::Approval && self.invitation.is_empty()
    }

    /// What is asked for besides name and password.
    fn pass_field(&self) -> Option<Field> {
        if self.is_decided() {
            let answer = Field::new("answer", "Your answer", FieldKind::Text(4)).value(self.answer.clone());
            let asked = answer.hint(self.question.clone()).required().longest(2_000);
            return (!self.question.is_empty()).then_some(asked);
        }
        let code = Field::new("invitation", "Your invitation", FieldKind::Line).value(self.invitation.clone());
        let asked = code.hint("The code that somebody here gave you.").required().longest(100);
        (self.registration == Registration::Invitation || !self.invitation.is_empty()).then_some(asked)
    }
}

/// What somebody is told whose account waits for somebody's decision.
#[derive(Debug, Clone, Template)]
#[template(path = "waiting.html")]
pub struct WaitingPage {
    /// What stands around it.
    pub frame: Frame,
    /// The name that they have applied for.
    pub name: String,
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
            name_field(&self.name).hint(format!("Yours, as the administrator. {NAMES}")),
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

/// A field for a code of a second factor.
pub(super) fn code_field() -> Field {
    let field = Field::new("otp", "One-time code", FieldKind::Line).required().autocomplete("one-time-code");
    field.longest(40).hint("From your authenticator, or one of your recovery codes.")
}

/// What names of people and boards may be made of, as `domain::text::name` has it.
pub(super) const NAMES: &str = "2 to 30 of the letters a to z, digits, “_”, and inside also “-” and “.”.";

fn name_field(value: &str) -> Field {
    Field::new("name", "Name", FieldKind::Line).value(value).required().autocomplete("username").longest(60)
}

fn password_field(autocomplete: &'static str) -> Field {
    Field::new("password", "Password", FieldKind::Password).required().autocomplete(autocomplete).longest(200)
}
