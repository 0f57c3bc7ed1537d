//! Copies that are kept of what was taken down as against the law. The list says what there is; reading one takes a button, since it is
//! written down in the log who did, and why.

use actions::hosting::By;
use actions::preserving::{self, Preserved};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{CommentId, Noun, Refusal};
use pages::views::{DeskForm, DeskPage, DeskTab, Fact, Field, FieldKind, Form, Line, Notice, Problems, time};
use storage::preserved::{Copy, Edition};

use super::{PAGE, address, back, before, said, unknown};
use crate::door::App;
use crate::web::shell::{Answer, Fields, Query, Shell, problems, see};

const LIST: &str = "/admin/preserved";

/// What can be done about one: its word, its tab, its button.
const FORMS: [(&str, &str, &str); 2] = [("read", "Read", "Read it"), ("prolong", "Keep longer", "Keep it longer")];

/// `GET /admin/preserved`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    shown(&shell, &query, &query, Problems::default()).await
}

async fn shown(shell: &Shell, query: &Fields, typed: &Fields, problems: Problems) -> Answer {
    let mut frame = shell.desk(Right::Preserve).await?;
    let by = By::Administrator(shell.member("see what is preserved")?.clone());
    let (found, next) = preserving::page(&shell.app.ctx, &by, before(query)?, PAGE).await?;
    frame.notice = said(query);
    frame.path = address(LIST, &[("before", query.get("before"))]);
    let view = DeskPage {
        forms: vec![keep_form(typed, &problems)],
        lines: found.iter().map(line).collect(),
        empty: "No copy is kept.",
        next: next.map(|id| address(LIST, &[("before", &id.to_string())])),
        ..DeskPage::new(
            frame,
            "Copies",
            "What was taken down as against the law, and what an administrator wants kept, whatever becomes of the comment.",
        )
    };
    shell.form(&view, &problems).await
}

fn keep_form(typed: &Fields, problems: &Problems) -> DeskForm {
    let fields = vec![
        Field::new("comment", "Of which comment", FieldKind::Line)
            .value(typed.text("comment"))
            .required()
            .hint("Its id, as in /c/ and its address."),
        why(typed).required(),
    ];
    let form = Form::new(LIST, "Keep a copy", fields).problems(problems);
    DeskForm { id: "keep-title", title: "Have a copy kept", form, code: false }
}

fn why(typed: &Fields) -> Field {
    let field = Field::new("reason", "Reason", FieldKind::Line).value(typed.text("reason")).longest(500);
    field.hint("For the log, in the part that is not for everybody.")
}

fn line(copy: &Copy) -> Line {
    let facts = vec![
        Fact::When("made", copy.created.0),
        Fact::Words(format!("until {}", time::day(copy.until.0))),
        Fact::Link("its place".into(), format!("/c/{}", copy.comment)),
    ];
    Line {
        href: Some(format!("{LIST}/{}", copy.id)),
        facts,
        words: copy.reason.clone(),
        ..Line::new(copy.id, format!("By {}", copy.author))
    }
}

/// `POST /admin/preserved`: has a copy kept.
pub async fn made(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("have copies kept")?.clone());
    let done = async {
        let problem = || Refusal::field("comment", "give its id, which is a number");
        let id = fields.get("comment").trim().parse().ok().ok_or_else(problem)?;
        preserving::preserve(&app.ctx, &by, CommentId(id), fields.get("reason")).await
    };
    match done.await {
        Ok(copy) => Ok(see(&address(&format!("{LIST}/{}", copy.id), &[("said", "preserve")]))),
        Err(error) => {
            let problems = problems(none(error), &[("id", "comment")])?;
            shown(&shell, &Fields::default(), &fields, problems).await
        }
    }
}

/// That there is no such comment is said beside its field.
fn none(error: actions::Error) -> actions::Error {
    match error {
        actions::Error::Refused(Refusal::NotFound(Noun::Comment)) => {
            actions::Error::Refused(Refusal::field("comment", "there is none with this id"))
        }
        other => other,
    }
}

fn id(text: &str) -> Result<i64, Refusal> {
    text.parse().ok().ok_or(Refusal::NotFound(Noun::Preserved))
}

/// `GET /admin/preserved/{id}`, with `do` for one of the forms
pub async fn one(shell: Shell, Path(text): Path<String>, Query(query): Query) -> Answer {
    about(&shell, id(&text)?, &query, Problems::default(), None).await
}

async fn about(shell: &Shell, id: i64, typed: &Fields, problems: Problems, read: Option<Preserved>) -> Answer {
    let mut frame = shell.desk(Right::Preserve).await?;
    let by = By::Administrator(shell.member("read what is preserved")?.clone());
    let copy = preserving::find(&shell.app.ctx, &by, id).await?;
    let form = FORMS.iter().find(|(word, ..)| *word == typed.get("do")).unwrap_or(&FORMS[0]);
    let path = format!("{LIST}/{id}");
    frame.notice = said(typed);
    if read.is_some() {
        frame.notice = Some(Notice::Done("That you have read it stands in the log.".into()));
    }
    frame.path = address(&path, &[("do", form.0)]);
    let tab = |(word, title, _): &(&str, &'static str, &str)| DeskTab {
        href: address(&path, &[("do", word)]),
        title,
        current: *word == form.0,
    };
    let forms = if read.is_some() { Vec::new() } else { vec![desk_form(&path, form, typed, &problems)] };
    let view = DeskPage {
        tabs: FORMS.iter().map(tab).collect(),
        links: vec![("All copies".into(), LIST.into()), ("Its place".into(), format!("/c/{}", copy.comment))],
        facts: facts(&copy),
        forms,
        lines: read.as_ref().map(content).unwrap_or_default(),
        ..DeskPage::new(frame, format!("Copy {id}"), "")
    };
    let status = if problems.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    shell.page_with(status, &view).await
}

fn facts(copy: &Copy) -> Vec<(String, String)> {
    let facts = [
        ("Author", copy.author.clone()),
        ("Address", copy.address.clone()),
        ("Why it is kept", copy.reason.clone()),
        ("Made", time::exact(copy.created.0)),
        ("Kept until", time::exact(copy.until.0)),
    ];
    facts.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}

fn desk_form(
    path: &str,
    (word, title, button): &(&'static str, &'static str, &'static str),
    typed: &Fields,
    problems: &Problems,
) -> DeskForm {
    let days =
        Field::new("days", "For how many days from now on", FieldKind::Line).value(typed.text("days")).required();
    let mut fields = match *word {
        "prolong" => vec![days.longest(4), why(typed).required()],
        _ => vec![why(typed)],
    };
    fields.push(Field::new("do", "", FieldKind::Hidden).value(*word));
    let form = Form::new(path, button, fields).problems(problems);
    DeskForm { id: "deed-title", title, form, code: false }
}

/// What it holds: the words as they stood, and what they were before.
fn content(read: &Preserved) -> Vec<Line> {
    let content = &read.content;
    let words = |source: &str, html: &str| {
        if source.is_empty() { domain::text::plain(html) } else { source.to_owned() }
    };
    let mut facts = vec![Fact::When("published", content.published.0)];
    facts.extend(content.edited.map(|edited| Fact::When("changed", edited.0)));
    let newest = Line {
        facts,
        about: content.url.clone().unwrap_or_default(),
        words: words(&content.source, &content.html),
        ..Line::new("words", content.title.clone().unwrap_or_else(|| "What it says".into()))
    };
    let earlier = content.editions.iter().enumerate().map(|(at, Edition { source, html, replaced })| Line {
        facts: vec![Fact::When("until", replaced.0)],
        words: words(source, html),
        ..Line::new(format!("edition-{at}"), "What it said before")
    });
    std::iter::once(newest).chain(earlier).collect()
}

/// `POST /admin/preserved/{id}`
pub async fn done(shell: Shell, State(app): State<App>, Path(text): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("read what is preserved")?.clone());
    let (id, reason) = (id(&text)?, fields.get("reason"));
    let refused = match fields.get("do") {
        "read" => match preserving::read(&app.ctx, &by, id, reason).await {
            Ok(read) => return about(&shell, id, &Fields::default(), Problems::default(), Some(read)).await,
            Err(error) => error,
        },
        "prolong" => {
            // What is no number is refused in the same words as one that is too small.
            let days = fields.get("days").trim().parse().unwrap_or(0);
            match preserving::prolong(&app.ctx, &by, id, days, reason).await {
                Ok(_) => return Ok(back(&fields, "prolong", &format!("{LIST}/{id}"))),
                Err(error) => error,
            }
        }
        _ => return Err(unknown()),
    };
    about(&shell, id, &fields, problems(refused, &[])?, None).await
}
