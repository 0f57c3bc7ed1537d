//! The rules that look at comments before they are published: as the document that they are. What they would have done is shown before
//! they are set, and what somebody else has set meanwhile is not overwritten.

use actions::hosting::By;
use actions::rules::keeping::{self, Edition, Tried};
use actions::rules::written::Book;
use axum::extract::State;
use domain::Refusal;
use domain::rights::Right;
use pages::views::{DeskForm, DeskPage, Fact, Field, FieldKind, Form, Line, Notice, Problems};
use sha2::{Digest as _, Sha256};

use super::{back, said};
use crate::api::shape::handle;
use crate::door::App;
use crate::web::shell::{Answer, Fields, Query, Shell, problems};

/// Comments of a trial that are shown; the notice says how many there are.
const SHOWN: usize = 30;

/// Tells a text that was looked at from one that was changed since.
pub(super) fn digest(text: &str) -> String {
    // As a browser sends it: lines end with what forms end them with, whichever they were.
    let tidy = text.replace("\r\n", "\n");
    Sha256::digest(tidy.trim().as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What the form holds, and what was found.
struct Draft {
    document: String,
    of: String,
    problems: Problems,
    trial: Option<keeping::Trial>,
    notice: Option<Notice>,
}

/// `GET /admin/rules`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    shell.desk(Right::RunRules).await?;
    let by = By::Administrator(shell.member("see rules")?.clone());
    let Edition { book, number } = keeping::list(&shell.app.ctx, &by).await?;
    let draft = Draft {
        document: written(&book),
        of: number.to_string(),
        problems: Problems::default(),
        trial: None,
        notice: said(&query),
    };
    shown(&shell, draft).await
}

fn written(book: &Book) -> String {
    // A book of strings and numbers can always be written.
    serde_json::to_string_pretty(book).unwrap_or_default()
}

fn read(document: &str) -> Result<Book, Refusal> {
    serde_json::from_str(document).map_err(|error| {
        let problem =
            format!("this is not the document that rules are: {error}; the API describes it, under set_rules");
        Refusal::field("document", problem)
    })
}

async fn shown(shell: &Shell, draft: Draft) -> Answer {
    let mut frame = shell.desk(Right::RunRules).await?;
    let Draft { document, of, problems, trial, notice } = draft;
    let tried = trial.as_ref().map(|trial| {
        let (found, looked_at) = (trial.found.len(), trial.looked_at);
        Notice::Done(format!(
            "Nothing was changed yet. Of the newest {looked_at} comments they would have had an effect on {found}."
        ))
    });
    frame.notice = notice.or(tried);
    let field = Field::new("document", "Rules", FieldKind::Text(20))
        .value(&*document)
        .required()
        .hint("JSON, as the API takes it. The strictest rule that matches counts.");
    let mut form = Form::new("/admin/rules", "Try them", vec![field]).problems(&problems).carries("of", &of);
    if trial.is_some() {
        form = form.carries("tried", &digest(&document)).button("Set them", "set");
    }
    let view = DeskPage {
        links: vec![("How rules are written".into(), "/api#set_rules".into())],
        forms: vec![DeskForm { id: "rules-title", title: "The document", form, code: true }],
        lines: trial.map(|trial| trial.found.iter().take(SHOWN).map(line).collect()).unwrap_or_default(),
        ..DeskPage::new(
            frame,
            "Rules",
            "They look at each comment before it is published. Try them first: what they would have done to the newest comments is shown.",
        )
    };
    shell.form(&view, &problems).await
}

fn line(tried: &Tried) -> Line {
    let author = handle(&tried.line.author.name, &tried.line.author.host);
    Line {
        href: Some(format!("/c/{}", tried.line.id)),
        facts: vec![Fact::Mark(tried.effect.name().into()), Fact::Words(tried.rules.join(", "))],
        words: domain::text::excerpt(&domain::text::plain(&tried.line.html), 240),
        ..Line::new(tried.line.id, author)
    }
}

/// `POST /admin/rules`: sets what was tried, and nothing else.
pub async fn sent(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("set rules")?.clone());
    let (document, of) = (fields.text("document"), fields.text("of"));
    let sets = fields.get("intent") == "set" && fields.get("tried") == digest(&document);
    let done = async {
        let book = read(&document)?;
        if sets {
            // What was never given is the number of no edition.
            keeping::set(&app.ctx, &by, book, Some(of.parse().unwrap_or(u64::MAX))).await.map(|_| None)
        } else {
            keeping::test(&app.ctx, &by, book).await.map(Some)
        }
    };
    match done.await {
        Ok(None) => Ok(back(&fields, "rules", "/admin/rules")),
        Ok(trial) => shown(&shell, Draft { document, of, problems: Problems::default(), trial, notice: None }).await,
        Err(error) => {
            let problems = problems(error, &[("rules", "document")])?;
            shown(&shell, Draft { document, of, problems, trial: None, notice: None }).await
        }
    }
}
