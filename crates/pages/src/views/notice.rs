//! Telling that something is against the law, and what became of it.

use askama::Template;

use super::{BAIT, Choice, Field, FieldKind, Form, Frame, Notice, Problems, Robots};

/// Telling: POST `/notice` with `addresses`, `category`, `explanation`, `name`, `email`, `good_faith`.
#[derive(Debug, Clone, Template)]
#[template(path = "notice.html")]
pub struct NoticePage {
    /// What stands around it.
    pub frame: Frame,
    /// The addresses as entered, each on a line, or as they stand in the address of the form.
    pub addresses: String,
    /// What it can be.
    pub categories: Vec<Choice>,
    /// What was chosen.
    pub category: String,
    /// The explanation as entered.
    pub explanation: String,
    /// The name as entered.
    pub name: String,
    /// The e-mail address as entered.
    pub email: String,
    /// `yes` if it was ticked.
    pub good_faith: String,
    /// What a proof of work is asked for, if one is; the script puts it into `proof`.
    pub challenge: Option<String>,
    /// What is wrong; fields as above.
    pub problems: Problems,
}

impl NoticePage {
    fn form(&self) -> Form {
        let mut fields = vec![self.where_field(), self.what_field(), self.why_field()];
        fields.extend(self.who_fields());
        fields.push(self.faith_field());
        fields.push(Field::new(BAIT, "Leave this empty", FieldKind::Bait));
        if let Some(challenge) = &self.challenge {
            fields.push(Field::new("challenge", "", FieldKind::Hidden).value(challenge.clone()));
            fields.push(Field::new("proof", "", FieldKind::Hidden));
        }
        Form::new("/notice", "Send the notice", fields).problems(&self.problems)
    }

    fn where_field(&self) -> Field {
        Field::new("addresses", "Where is it?", FieldKind::Text(3))
            .value(self.addresses.clone())
            .hint("Its exact address here, as your browser shows it; the time beside each comment leads there. Each on a line of its own.")
            .required()
            .longest(40_000)
    }

    fn what_field(&self) -> Field {
        Field::new("category", "What is it?", FieldKind::Choice(self.categories.clone()))
            .value(self.category.clone())
            .required()
    }

    fn why_field(&self) -> Field {
        Field::new("explanation", "Why is it against the law?", FieldKind::Text(8))
            .value(self.explanation.clone())
            .hint("What exactly, against which law if you know it, and how you know.")
            .required()
            .longest(5_000)
    }

    /// Not required by the browser: there is a kind of thing for which they are not.
    fn who_fields(&self) -> [Field; 2] {
        let name =
            Field::new("name", "Your name", FieldKind::Line).sometimes().value(self.name.clone()).autocomplete("name");
        let email = Field::new("email", "Your e-mail address", FieldKind::Line).sometimes().value(self.email.clone());
        [
            name.longest(200).hint("Needed, but for the sexual abuse of children. The author does not learn it."),
            email.autocomplete("email").longest(254).hint("Needed likewise. Nothing is sent there by this server."),
        ]
    }

    fn faith_field(&self) -> Field {
        let label = "I believe in good faith that what I write is true and complete.".into();
        let choice = Choice { value: "yes".into(), label };
        Field::new("good_faith", "Good faith", FieldKind::Tick(choice)).value(self.good_faith.clone()).required()
    }
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody has decided.
    Waits,
    /// What it names was taken down.
    Removed,
    /// Some of it was.
    PartlyRemoved,
    /// It stays.
    Kept,
}

/// The receipt of a notice.
#[derive(Debug, Clone, Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// What stands around it.
    pub frame: Frame,
    /// Its number.
    pub number: i64,
    /// The address of this page.
    pub url: String,
    /// When it came, Unix milliseconds.
    pub sent_ms: i64,
    /// What it is about.
    pub category: &'static str,
    /// Where that is.
    pub addresses: Vec<String>,
    /// Those of them that were taken down and are shown again since.
    pub put_back: Vec<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// When that was decided, Unix milliseconds.
    pub decided_ms: i64,
    /// Why.
    pub because: String,
    /// Whether a program decided.
    pub automated: bool,
    /// What can be done by whoever does not agree.
    pub redress: &'static str,
}

/// Something that a notice is about, for those who decide.
#[derive(Debug, Clone)]
pub struct NoticedView {
    /// Its address, as whoever told it wrote it.
    pub address: String,
    /// The comment that is there; none: somebody's page, or a board's.
    pub comment: Option<i64>,
    /// Where something can be done about that page, and what; none for comments.
    pub remedy: Option<(String, &'static str)>,
    /// The handle of its author.
    pub author: String,
    /// Its words, sanitised markup; empty where there are none any more.
    pub html: String,
    /// Whether it is ticked: all is, until somebody has chosen.
    pub ticked: bool,
}

/// A notice, for those who decide: POST `/admin/notices/{id}` with `do` (`remove`, `keep`), `comment` (several), `of`, `reason`, `facts`,
/// `ground`, `provision`.
#[derive(Debug, Clone)]
pub struct NoticeView {
    /// Its number.
    pub id: i64,
    /// When it came, Unix milliseconds.
    pub at_ms: i64,
    /// What it is about.
    pub category: &'static str,
    /// Why that is against the law, in the words of whoever told it.
    pub explanation: String,
    /// Who that is; may be empty.
    pub by: String,
    /// Whether it is about whoever decides, and who told it is left out.
    pub alone: bool,
    /// How many comments it is about.
    pub of: usize,
    /// What it is about.
    pub about: Vec<NoticedView>,
    /// The reason as entered.
    pub reason: String,
    /// The facts as entered.
    pub facts: String,
    /// Whether the ground is the rules of the place, as chosen.
    pub by_rules: bool,
    /// The law or rule as entered.
    pub provision: String,
}

/// Notices that nobody has decided.
#[derive(Debug, Clone, Template)]
#[template(path = "notices.html")]
pub struct NoticesPage {
    /// What stands around it.
    pub frame: Frame,
    /// The oldest first.
    pub items: Vec<NoticeView>,
    /// Address of the next page.
    pub next: Option<String>,
}
