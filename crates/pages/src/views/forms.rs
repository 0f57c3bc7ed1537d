//! Forms: fields with their labels, hints and problems, shown alike everywhere. What was entered is
//! always put back.

use askama::Template;

use super::Carried;

/// Something that is wrong with what was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field it belongs to; empty when it concerns the whole form.
    pub field: &'static str,
    /// What is wrong and what to do, for people.
    pub text: String,
}

/// All that is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    fn of(&self, field: &str) -> Option<String> {
        let found = self.0.iter().find(|problem| problem.field == field);
        found.map(|problem| problem.text.clone())
    }
}

/// One of several things to choose from.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// What a field takes.
#[derive(Debug, Clone)]
pub enum FieldKind {
    /// One line.
    Line,
    /// A web address.
    Url,
    /// A day.
    Date,
    /// A secret.
    Password,
    /// Many lines, this many of them shown.
    Text(u8),
    /// One of these, all shown.
    Choice(Vec<Choice>),
    /// A box to tick, with what whoever ticks it says.
    Tick(Choice),
    /// As many of these as somebody wants, all shown; the value names them with commas between.
    Several(Vec<Choice>),
    /// One of these, in a list that opens; the first is what stands for none.
    Select(Vec<Choice>),
    /// Not shown.
    Hidden,
    /// One line that is not shown either, and that only programs fill in.
    Bait,
}

/// One field of a form. Already markup when printed with `safe`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    name: &'static str,
    label: &'static str,
    kind: FieldKind,
    value: String,
    hint: Option<String>,
    problem: Option<String>,
    is_required: bool,
    is_optional: bool,
    autocomplete: Option<&'static str>,
    longest: Option<u32>,
}

impl Field {
    /// An empty, optional field.
    #[must_use]
    pub fn new(name: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            label,
            kind,
            value: String::new(),
            hint: None,
            problem: None,
            is_required: false,
            is_optional: true,
            autocomplete: None,
            longest: None,
        }
    }

    /// What was entered.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// A line that says what is wanted.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// It has to be filled in.
    #[must_use]
    pub const fn required(mut self) -> Self {
        (self.is_required, self.is_optional) = (true, false);
        self
    }

    /// Whether it has to be filled in depends on what else is: its hint says on what.
    #[must_use]
    pub const fn sometimes(mut self) -> Self {
        self.is_optional = false;
        self
    }

    /// What a browser may fill in: a token of the `autocomplete` attribute.
    #[must_use]
    pub const fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// The most characters it takes.
    #[must_use]
    pub const fn longest(mut self, characters: u32) -> Self {
        self.longest = Some(characters);
        self
    }

    /// Takes its problem from among those of the form.
    #[must_use]
    pub fn check(mut self, problems: &Problems) -> Self {
        self.problem = problems.of(self.name);
        self
    }

    const fn input_type(&self) -> &'static str {
        match self.kind {
            FieldKind::Url => "url",
            FieldKind::Date => "date",
            FieldKind::Password => "password",
            _ => "text",
        }
    }

    fn is_chosen(&self, choice: &Choice) -> bool {
        match self.kind {
            FieldKind::Several(_) => self.value.split(',').any(|value| value == choice.value),
            _ => self.value == choice.value,
        }
    }

    /// The ids of what describes it, for `aria-describedby`.
    fn described_by(&self) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let problem = self.problem.as_ref().map(|_| format!("{}-bad", self.name));
        match (problem, hint) {
            (Some(problem), Some(hint)) => Some(format!("{problem} {hint}")),
            (one, other) => one.or(other),
        }
    }
}

/// What a button of a form does.
#[derive(Debug, Clone)]
pub struct Button {
    /// What people read.
    pub label: &'static str,
    /// Sent as `intent` when pressed; nothing for the plain submit.
    pub intent: Option<&'static str>,
}

/// A whole form, sent by POST. Already markup when printed with `safe`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/form.html")]
pub struct Form {
    action: String,
    fields: Vec<Field>,
    buttons: Vec<Button>,
    problems: Vec<Problem>,
    cancel: Option<String>,
    carried: Vec<Carried>,
    keeps_draft: bool,
}

impl Form {
    /// A form that is sent to `action` by one button.
    #[must_use]
    pub fn new(action: impl Into<String>, submit: &'static str, fields: Vec<Field>) -> Self {
        let button = Button { label: submit, intent: None };
        Self {
            action: action.into(),
            fields,
            buttons: vec![button],
            problems: Vec::new(),
            cancel: None,
            carried: Vec::new(),
            keeps_draft: false,
        }
    }

    /// Shows what is wrong: all of it above, each beside its field.
    #[must_use]
    pub fn problems(mut self, problems: &Problems) -> Self {
        let fields = self.fields.into_iter();
        self.fields = fields.map(|field| field.check(problems)).collect();
        self.problems.clone_from(&problems.0);
        self
    }

    /// A second button, which sends `intent` along.
    #[must_use]
    pub fn button(mut self, label: &'static str, intent: &'static str) -> Self {
        self.buttons.push(Button { label, intent: Some(intent) });
        self
    }

    /// A link beside the buttons that leads away without sending.
    #[must_use]
    pub fn cancel(mut self, href: impl Into<String>) -> Self {
        self.cancel = Some(href.into());
        self
    }

    /// Sends along what was carried here, each as `kept:NAME`, out of sight.
    #[must_use]
    pub fn carrying(mut self, carried: &[Carried]) -> Self {
        let named = |one: &Carried| Carried { name: format!("kept:{}", one.name), value: one.value.clone() };
        self.carried.extend(carried.iter().map(named));
        self
    }

    /// Sends a value along, out of sight.
    #[must_use]
    pub fn carries(mut self, name: &str, value: &str) -> Self {
        self.carried.push(Carried { name: name.to_owned(), value: value.to_owned() });
        self
    }

    /// The script may keep what is typed in the browser until it is sent.
    #[must_use]
    pub const fn keeps_draft(mut self) -> Self {
        self.keeps_draft = true;
        self
    }
}

const MARKDOWN: &str =
    "Markdown: *emphasis*, > quote, links as they are, code indented or fenced. A blank line starts a paragraph.";

/// The form for writing a text, with its preview. Already markup when printed with `safe`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/compose.html")]
pub struct Compose {
    /// The form.
    pub form: Form,
    /// The rendered preview, sanitised, when one was asked for.
    pub preview: Option<String>,
}

impl Compose {
    /// An answer to a comment (or to a thread, by its id): POST `/c/{id}/reply`, field `text`.
    #[must_use]
    pub fn reply(id: i64, text: &str) -> Self {
        Self::of(format!("/c/{id}/reply"), "Your reply", "Reply", text)
    }

    /// A change of a comment: POST `/c/{id}/edit`, fields `text` and `of`: which edition it is a change of.
    #[must_use]
    pub fn edit(id: i64, text: &str, of: &str) -> Self {
        let mut compose = Self::of(format!("/c/{id}/edit"), "Your comment", "Save", text);
        compose.form = compose.form.carries("of", of);
        compose.form = compose.form.cancel(format!("/c/{id}"));
        compose
    }

    fn of(action: String, label: &'static str, submit: &'static str, text: &str) -> Self {
        let field = Field::new("text", label, FieldKind::Text(8)).value(text).hint(MARKDOWN).required();
        Self { form: Form::new(action, submit, vec![field]).button("Preview", "preview").keeps_draft(), preview: None }
    }

    /// Shows how the text will look.
    #[must_use]
    pub fn preview(mut self, html: Option<String>) -> Self {
        self.preview = html;
        self
    }

    /// Shows what is wrong with it.
    #[must_use]
    pub fn problems(mut self, problems: &Problems) -> Self {
        self.form = self.form.problems(problems);
        self
    }
}

/// The field for a thread's text, which may stay empty.
#[must_use]
pub(super) fn optional_text(value: &str) -> Field {
    Field::new("text", "Text", FieldKind::Text(8)).value(value).hint(MARKDOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong() -> Problems {
        Problems(vec![
            Problem { field: "title", text: "Say <what> it is about.".to_owned() },
            Problem { field: "", text: "Too many threads today.".to_owned() },
        ])
    }

    #[test]
    fn problems_stand_above_and_beside_their_field() {
        let field = Field::new("title", "Title", FieldKind::Line).value("\"<b>");
        let html = Form::new("/b/x/submit", "Send", vec![field]).problems(&wrong()).render().unwrap();
        assert!(html.contains(r##"<a href="#title">Say &lt;what&gt; it is about.</a>"##));
        assert!(html.contains("Too many threads today."));
        assert!(html.contains(r#"aria-describedby="title-bad""#));
        assert!(html.contains(r#"aria-invalid="true""#));
        assert!(html.contains(r#"value="&#34;&lt;b&gt;""#), "{html}");
    }

    #[test]
    fn a_text_comes_back_as_it_was() {
        let html = Compose::reply(7, "\n</textarea><script>").render().unwrap();
        assert!(html.contains(">\n\n&lt;/textarea&gt;&lt;script&gt;</textarea>"), "{html}");
    }
}
