//! The page on which notices are decided. It works without script.

use actions::Error;
use actions::notices::{self, About, Ruling, Told};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::notice::Target;
use domain::{CommentId, Ground, NoticeState, Noun, Refusal};
use pages::views::{Notice, NoticeView, NoticedView, NoticesPage};
use url::Url;

use super::convert::encoded;
use super::notices::label;
use super::shell::{Answer, Fields, Query, Shell, problems, see};
use crate::api::cursor::List as Cursor;
use crate::api::shape::handle;
use crate::door::App;

/// Notices on one page: each has to be read.
const PAGE: usize = 10;

/// `GET /admin/notices`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    let done = (query.get("said") == "decided").then(|| Notice::Done("It is decided.".into()));
    shown(&shell, query.get("cursor"), StatusCode::OK, (done, None)).await
}

/// `POST /admin/notices/{id}`
pub async fn decided(shell: Shell, State(app): State<App>, Path(id): Path<String>, fields: Fields) -> Answer {
    let who = shell.member("decide notices")?;
    let id: i64 = id.parse().ok().ok_or(Refusal::NotFound(Noun::Notice))?;
    match notices::decide(&app.ctx, who, id, ruling(&fields)).await {
        Ok(_) => Ok(see("/admin/notices?said=decided")),
        Err(Error::Refused(Refusal::Conflict)) => {
            let by = notices::read(&app.ctx, who, id).await?;
            shown(&shell, "", StatusCode::CONFLICT, (Some(Notice::Warning(before(&by.notice))), None)).await
        }
        Err(error) => {
            let problems = problems(error, &[]).map_err(|oops| oops.keeping(&fields))?;
            let words = problems.0.into_iter().map(|problem| problem.text).collect::<Vec<_>>().join(" ");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            shown(&shell, "", status, (Some(Notice::Warning(words)), Some((id, &fields)))).await
        }
    }
}

/// What somebody has decided who was quicker.
fn before(notice: &storage::notices::Notice) -> String {
    let what = match notice.state {
        NoticeState::Removed => "what it names was taken down",
        NoticeState::PartlyRemoved => "some of what it names was taken down",
        NoticeState::Kept | NoticeState::Open => "it stays as it is",
    };
    format!("Somebody was quicker: number {} is decided, {what}. Why: {}", notice.id, notice.reason)
}

/// What is ticked is taken down; where that is all there is, nothing is left of it.
fn ruling(fields: &Fields) -> Ruling {
    let ticked = fields.0.iter().filter(|(name, _)| name == "comment").filter_map(|(_, id)| id.parse().ok());
    let comments: Vec<CommentId> = ticked.map(CommentId).collect();
    let all = fields.get("of").parse() == Ok(comments.len());
    let verdict = match fields.get("do") {
        "remove" if all => NoticeState::Removed,
        "remove" => NoticeState::PartlyRemoved,
        "keep" => NoticeState::Kept,
        _ => NoticeState::Open,
    };
    Ruling {
        verdict,
        comments,
        reason: fields.text("reason"),
        facts: fields.text("facts"),
        ground: Ground::named(fields.get("ground")).unwrap_or(Ground::Law),
        provision: fields.text("provision"),
        automated: false,
    }
}

async fn shown(
    shell: &Shell,
    cursor: &str,
    status: StatusCode,
    (notice, wrong): (Option<Notice>, Option<(i64, &Fields)>),
) -> Answer {
    let who = shell.member("decide notices")?;
    let after = Cursor::Notices.read(Some(cursor).filter(|cursor| !cursor.is_empty()))?;
    let (found, next) = notices::page(&shell.app.ctx, who, NoticeState::Open, after, PAGE).await?;
    let mut frame = shell.private_frame().await?;
    frame.notice = notice;
    let view = NoticesPage {
        frame,
        items: found.into_iter().map(|told| item(told, wrong)).collect(),
        next: next.map(|id| format!("/admin/notices?cursor={}", Cursor::Notices.after(id))),
    };
    shell.page_with(status, &view).await
}

/// A notice, with what somebody had written about it when it was refused.
fn item(told: Told, wrong: Option<(i64, &Fields)>) -> NoticeView {
    let Told { notice, about, alone } = told;
    let written = wrong.filter(|(id, _)| *id == notice.id).map(|(_, fields)| fields);
    let field = |name: &str| written.map(|fields| fields.text(name)).unwrap_or_default();
    NoticeView {
        id: notice.id,
        at_ms: notice.created.0,
        category: label(notice.category),
        explanation: notice.explanation,
        by: format!("{} {}", notice.name, notice.email).trim().to_owned(),
        of: about.iter().filter(|about| about.line.is_some()).count(),
        about: about.into_iter().map(|about| noticed(about, written)).collect(),
        alone,
        by_rules: field("ground") == Ground::Rules.name(),
        reason: field("reason"),
        facts: field("facts"),
        provision: field("provision"),
    }
}

/// Where something can be done about a page, and what.
fn remedy(address: &str) -> Option<(String, &'static str)> {
    match Target::of(Url::parse(address).ok()?.path())? {
        Target::Person(handle) => {
            Some((format!("/admin/actors/{}?do=suspend", encoded(&handle)), "Decide about this person"))
        }
        Target::Board(name) => Some((format!("/admin/boards/{}", encoded(&name)), "Change what the board says")),
        Target::Comment(_) => None,
    }
}

/// Something it is about, ticked as it was when it was refused.
fn noticed(about: About, written: Option<&Fields>) -> NoticedView {
    let line = about.line;
    let id = line.as_ref().map(|line| line.id.to_string());
    let is_ticked =
        |fields: &Fields| fields.0.iter().any(|(name, value)| name == "comment" && Some(value) == id.as_ref());
    let remedy = if line.is_none() { remedy(&about.address) } else { None };
    NoticedView {
        remedy,
        address: about.address,
        comment: line.as_ref().map(|line| line.id.0),
        author: line.as_ref().map(|line| handle(&line.author.name, &line.author.host)).unwrap_or_default(),
        html: line.map(|line| line.html).unwrap_or_default(),
        ticked: written.is_none_or(is_ticked),
    }
}
