//! What belongs to one account: its settings and its notifications.

use askama::Template;

use super::entry::code_field;
use super::{Author, Choice, DecidedView, Field, FieldKind, Form, Frame, Notice, Problems, Robots};

/// A session of the account.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// Its id, for ending it; not the secret.
    pub id: i64,
    /// The program it runs in, as the program calls itself.
    pub program: String,
    /// When it began, Unix milliseconds.
    pub began_ms: i64,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A token of the account.
#[derive(Debug, Clone)]
pub struct TokenView {
    /// Its id, for revoking it; not the secret.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// What it may do, as words.
    pub scopes: String,
    /// When it was made, Unix milliseconds.
    pub made_ms: i64,
    /// When it ends, if it does.
    pub ends_ms: Option<i64>,
}

/// The second factor of the account.
#[derive(Debug, Clone)]
pub enum FactorView {
    /// This account can have none.
    Unavailable,
    /// There is none.
    Off,
    /// One was made, and is to be confirmed; shown this once.
    Begun {
        /// Its secret, to be typed.
        secret: String,
        /// The same as an address.
        uri: String,
    },
    /// It was confirmed just now: the recovery codes are shown this once.
    Confirmed {
        /// The codes.
        codes: Vec<String>,
    },
    /// It is asked for.
    On {
        /// How many recovery codes are left.
        left: i64,
    },
}

/// The settings: POST `/settings/about` with `about`; `/settings/password` with `name`,
/// `current`, `password`; `/settings/sessions/{id}/end`; `/settings/tokens` with `name`, `scope`;
/// `/settings/tokens/{id}/revoke`.
#[derive(Debug, Clone, Template)]
#[template(path = "settings.html")]
pub struct SettingsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The account's name, which password managers want to know.
    pub name: String,
    /// What the person says of themselves, as written.
    pub about: String,
    /// The sessions, the current one first.
    pub sessions: Vec<SessionView>,
    /// The tokens.
    pub tokens: Vec<TokenView>,
    /// What a token may be allowed to do.
    pub scopes: Vec<Choice>,
    /// A token just made: shown this once.
    pub fresh_token: Option<String>,
    /// The second factor: POST `/settings/second-factor`, `/settings/second-factor/confirm` and `/settings/second-factor/end` with `otp`.
    pub factor: FactorView,
    /// What is wrong with its code; field `otp`.
    pub factor_problems: Problems,
    /// What is wrong with the about text; field `about`.
    pub about_problems: Problems,
    /// What is wrong with the password; fields `current`, `password`.
    pub password_problems: Problems,
    /// What is wrong with the token; fields `name`, `scope`.
    pub token_problems: Problems,
}

impl SettingsPage {
    fn about_form(&self) -> Form {
        let about = Field::new("about", "About you", FieldKind::Text(4))
            .value(self.about.clone())
            .hint("Shown on your page. Markdown.");
        Form::new("/settings/about", "Save", vec![about]).problems(&self.about_problems)
    }

    fn password_form(&self) -> Form {
        let fields = vec![
            Field::new("name", "", FieldKind::Hidden).value(self.name.clone()).autocomplete("username"),
            Field::new("current", "Current password", FieldKind::Password).required().autocomplete("current-password"),
            Field::new("password", "New password", FieldKind::Password)
                .required()
                .autocomplete("new-password")
                .hint("At least 10 characters. Your other sessions will end."),
        ];
        Form::new("/settings/password", "Change the password", fields).problems(&self.password_problems)
    }

    fn begin_form(&self) -> Form {
        let password = Field::new("factor-password", "Your password", FieldKind::Password);
        let password = password.required().autocomplete("current-password");
        // Whatever else was wrong belongs to no field of this form.
        let problems = self.factor_problems.0.iter().cloned().map(|mut problem| {
            problem.field = if problem.field == "factor-password" { problem.field } else { "" };
            problem
        });
        let fields =
            vec![Field::new("name", "", FieldKind::Hidden).value(self.name.clone()).autocomplete("username"), password];
        Form::new("/settings/second-factor", "Set it up", fields).problems(&Problems(problems.collect()))
    }

    fn confirm_form(&self) -> Form {
        Form::new("/settings/second-factor/confirm", "Switch it on", vec![code_field()]).problems(&self.factor_problems)
    }

    fn end_form(&self) -> Form {
        Form::new("/settings/second-factor/end", "Switch it off", vec![code_field()]).problems(&self.factor_problems)
    }

    fn token_form(&self) -> Form {
        let fields = vec![
            Field::new("name", "Name of the token", FieldKind::Line)
                .required()
                .longest(60)
                .hint("What it is for, so that you know it again."),
            Field::new("scope", "It may", FieldKind::Choice(self.scopes.clone())).value("read"),
        ];
        Form::new("/settings/tokens", "Make a token", fields).problems(&self.token_problems)
    }
}

/// Something an account was told of.
#[derive(Debug, Clone)]
pub struct NotificationView {
    /// The comment that caused it.
    pub comment: i64,
    /// Who, if it was somebody.
    pub author: Option<Author<'static>>,
    /// What they did: "replied to you", "mentioned you"; or what happened, as a sentence.
    pub what: String,
    /// Why; may be empty.
    pub reason: String,
    /// Where something can be said against it.
    pub appeal: Option<String>,
    /// Title of the thread.
    pub thread_title: String,
    /// Whether the comment is sensitive: then its beginning is unfolded by who wants to see it.
    pub covered: bool,
    /// The beginning of the comment, as text.
    pub excerpt: String,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// Whether it has been read.
    pub read: bool,
}

/// What an account was told of; all marked read by POST `/notifications/read`.
#[derive(Debug, Clone, Template)]
#[template(path = "notifications.html")]
pub struct NotificationsPage {
    /// What stands around it.
    pub frame: Frame,
    /// What the reader wrote that waits for somebody's permission, or has not got it.
    pub waiting: Vec<WaitingView>,
    /// What moderators have said to the reader about themselves, newest first.
    pub warnings: Vec<WarningView>,
    /// Newest first.
    pub notifications: Vec<NotificationView>,
    /// Address of the next page.
    pub next: Option<String>,
}

/// What moderators say to somebody about themselves.
#[derive(Debug, Clone)]
pub struct WarningView {
    /// What was decided.
    pub decided: DecidedView,
    /// Where all of it stands.
    pub href: String,
    /// Whether it was read.
    pub read: bool,
}

/// A comment that only its author sees yet.
#[derive(Debug, Clone)]
pub struct WaitingView {
    /// Its id.
    pub comment: i64,
    /// For whose permission, in words.
    pub waits: String,
    /// Title of its thread.
    pub thread_title: String,
}

impl NotificationsPage {
    fn has_unread(&self) -> bool {
        self.notifications.iter().any(|one| !one.read) || self.warnings.iter().any(|one| !one.read)
    }
}
