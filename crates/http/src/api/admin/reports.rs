//! What readers and other servers report, by comment: one entry for all reports on it, decided once.

use actions::cases::{self, Decision, Reported};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::CommentId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::moderation::Reason;
use crate::api::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::{List, handle};
use crate::api::value::{Category, Id, Moment, ReportState, State as CommentState};
use crate::door::App;
use crate::gate::Member;

/// What is reported, by whom, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedComment {
    /// The comment's id: all reports on it are dealt with under it.
    id: Id,
    /// Its thread.
    thread_id: Id,
    /// The thread's title.
    title: String,
    /// The handle of its author, also where readers are not told any more.
    author: String,
    /// What became of it.
    comment_state: CommentState,
    /// Its words as HTML, also where readers do not see them; empty once its author has deleted it.
    html: String,
    /// When it was published.
    published: Moment,
    /// Where the reports stand.
    state: ReportState,
    /// Who has taken them on; null: nobody.
    #[schema(required)]
    assigned_to: Option<String>,
    /// When the server where it is at home was told of them; null if it was not.
    #[schema(required)]
    forwarded_at: Option<Moment>,
    /// The reports, the oldest first.
    reports: Vec<OneReport>,
    /// What moderators wrote for one another, the oldest first.
    notes: Vec<Note>,
}

/// One person's report.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneReport {
    /// Its id.
    id: Id,
    /// Who reports: a local name, or name@host. Often another server itself, which does not say who asked it.
    by: String,
    /// Why.
    category: Category,
    /// In their words; may be empty.
    text: String,
    /// Where it stands.
    state: ReportState,
    /// When it came.
    at: Moment,
}

/// What a moderator wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct Note {
    /// Who.
    by: String,
    /// What.
    text: String,
    /// When.
    at: Moment,
}

impl From<storage::reports::Report> for OneReport {
    fn from(report: storage::reports::Report) -> Self {
        Self {
            id: Id(report.id),
            by: handle(&report.name, &report.host),
            category: report.category.into(),
            text: report.text,
            state: report.state.into(),
            at: Moment(report.created),
        }
    }
}

impl From<storage::cases::Note> for Note {
    fn from(note: storage::cases::Note) -> Self {
        Self { by: note.author_name, text: note.text, at: Moment(note.created) }
    }
}

impl From<Reported> for ReportedComment {
    fn from(reported: Reported) -> Self {
        let Reported { case, line, assigned, reports, notes } = reported;
        Self {
            id: Id(case.comment.0),
            thread_id: Id(line.thread.0),
            title: case.title,
            author: handle(&line.author.name, &line.author.host),
            comment_state: line.state.into(),
            html: line.html,
            published: Moment(line.published),
            state: case.state.into(),
            assigned_to: assigned,
            forwarded_at: case.forwarded.map(Moment),
            reports: reports.into_iter().map(OneReport::from).collect(),
            notes: notes.into_iter().map(Note::from).collect(),
        }
    }
}

/// Which of them, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportPages {
    /// In which state; `open` if it is left out.
    #[param(nullable = false, inline)]
    state: Option<ReportState>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// What is reported on the boards of the caller, the oldest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/reports",
    tag = "moderation",
    params(ReportPages),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = List<ReportedComment>), NotLoggedIn, Forbidden)
)]
pub async fn list_reports(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<ReportPages>,
    headers: HeaderMap,
) -> Answer {
    let after = Cursor::Reports.read(pages.cursor.as_deref())?;
    let (state, limit) = (pages.state.unwrap_or(ReportState::Open), limit(pages.limit, 30, 100)?);
    let (found, next) = cases::page(&app.ctx, &who, state.into(), after, limit).await?;
    let items = found.into_iter().map(ReportedComment::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Reports.after(id)) })
}

/// Who is to work on it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The name of somebody who moderates the board or helps there; the caller if it is left out or null.
    to: Option<String>,
    /// Also if somebody else works on it already.
    #[serde(default)]
    take: bool,
}

impl From<Assignment> for cases::Assignment {
    fn from(given: Assignment) -> Self {
        Self { to: given.to, take: given.take }
    }
}

/// Has somebody take reports on
#[utoipa::path(
    post,
    path = "/api/v1/admin/reports/{id}/assign",
    tag = "moderation",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = Assignment,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = ReportedComment), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
)]
pub async fn assign_reports(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<Assignment>,
) -> Answer {
    let now = cases::assign(&app.ctx, &who, CommentId(id), given.into()).await?;
    json(StatusCode::OK, &ReportedComment::from(now))
}

/// Something for other moderators.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// At most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// Writes something beside reports that nobody but moderators sees
#[utoipa::path(
    post,
    path = "/api/v1/admin/reports/{id}/note",
    tag = "moderation",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = NewNote,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = ReportedComment), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn note_reports(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<NewNote>,
) -> Answer {
    let now = cases::note(&app.ctx, &who, CommentId(id), &given.text).await?;
    json(StatusCode::OK, &ReportedComment::from(now))
}

/// A decision about reports.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty. Those who reported are told it.
    #[schema(max_length = 500)]
    reason: String,
    /// The newest report that was looked at: if there are others since, nothing is decided.
    #[serde(default)]
    seen: Option<Id>,
}

macro_rules! decisions {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $decision:ident),+ $(,)?) => {$(
        $(#[doc = $doc])+
        ///
        /// What is done to the comment is another matter: it is removed by `POST /admin/comments/{id}/remove`. Whoever decides second, and
        /// otherwise, is told that it was decided in the meantime. Nobody decides about a comment of their own.
        #[utoipa::path(
            post,
            path = $path,
            tag = "moderation",
            params(("id" = Id, Path, description = "The comment's id")),
            request_body = Ruling,
            security(("token" = ["moderate"]), ("session" = [])),
            responses((status = 200, body = ReportedComment), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
        )]
        pub async fn $name(
            State(app): State<App>,
            Member(who): Member,
            Path(Id(id)): Path<Id>,
            Json(given): Json<Ruling>,
        ) -> Answer {
            let (decision, seen) = (Decision::$decision, given.seen.map(|id| id.0));
            let ruling = cases::Ruling { decision, seen, reason: given.reason };
            let now = cases::decide(&app.ctx, &who, CommentId(id), ruling).await?;
            json(StatusCode::OK, &ReportedComment::from(now))
        }
    )+};
}

decisions! {
    /// Says that reports are dealt with
    resolve_reports "/api/v1/admin/reports/{id}/resolve" Resolve,
    /// Says that there is nothing in reports
    dismiss_reports "/api/v1/admin/reports/{id}/dismiss" Dismiss,
}

/// Tells the server where a comment is at home that it is reported
///
/// Once. What is said in the reports goes there, and not who sent them.
#[utoipa::path(
    post,
    path = "/api/v1/admin/reports/{id}/forward",
    tag = "moderation",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = Reason,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = ReportedComment), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn forward_reports(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<Reason>,
) -> Answer {
    let now = cases::forward(&app.ctx, &who, CommentId(id), &given.reason).await?;
    json(StatusCode::OK, &ReportedComment::from(now))
}
