//! Copies of what was taken down as against the law, and of what an administrator wants kept. That one was made, prolonged or read stands in
//! the moderation log, in the part that is not for everybody.

use actions::hosting::By;
use actions::preserving::{self, Preserved};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::CommentId;
use serde::{Deserialize, Serialize};
use storage::preserved::{Copy, Edition};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query};
use crate::api::instance::Pages;
use crate::api::moderation::Reason;
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Id, Moment};
use crate::door::App;
use crate::gate::Member;

/// What is known of a copy without reading it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreservedCopy {
    /// Its id.
    id: Id,
    /// The comment it was made of.
    comment_id: Id,
    /// The thread in which that stood.
    thread_id: Id,
    /// The handle of its author, as it was.
    author: String,
    /// Its id as other servers know it.
    address: String,
    /// Why it is kept.
    reason: String,
    /// When it was made.
    at: Moment,
    /// When it is deleted.
    until: Moment,
}

/// A copy with what it holds. Attachments are none: none are stored here.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreservedContent {
    /// What is known of it.
    copy: PreservedCopy,
    /// The thread's title, where it began one.
    #[schema(required)]
    title: Option<String>,
    /// The thread's link, where it had one.
    #[schema(required)]
    url: Option<String>,
    /// As written.
    source: String,
    /// As shown.
    html: String,
    /// When it was published.
    published: Moment,
    /// When it was changed last; null if it was not.
    #[schema(required)]
    edited: Option<Moment>,
    /// What it said before, the newest first.
    editions: Vec<PreservedEdition>,
    /// How many older ones there were that the copy leaves out. Earlier titles and links of a thread are in none.
    editions_left_out: i64,
}

/// What a comment said until it was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreservedEdition {
    /// As written.
    source: String,
    /// As shown.
    html: String,
    /// When it was changed.
    replaced: Moment,
}

impl From<Copy> for PreservedCopy {
    fn from(copy: Copy) -> Self {
        Self {
            id: Id(copy.id),
            comment_id: Id(copy.comment.0),
            thread_id: Id(copy.thread.0),
            author: copy.author,
            address: copy.address,
            reason: copy.reason,
            at: Moment(copy.created),
            until: Moment(copy.until),
        }
    }
}

impl From<Preserved> for PreservedContent {
    fn from(preserved: Preserved) -> Self {
        let Preserved { copy, content } = preserved;
        let edition =
            |Edition { source, html, replaced }| PreservedEdition { source, html, replaced: Moment(replaced) };
        Self {
            copy: copy.into(),
            title: content.title,
            url: content.url,
            source: content.source,
            html: content.html,
            published: Moment(content.published),
            edited: content.edited.map(Moment),
            editions: content.editions.into_iter().map(edition).collect(),
            editions_left_out: content.left_out,
        }
    }
}

/// What copies there are, newest first, without what they hold
#[utoipa::path(
    get,
    path = "/api/v1/admin/preserved",
    tag = "moderation",
    params(Pages),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<PreservedCopy>), NotLoggedIn, Forbidden)
)]
pub async fn list_preserved(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<Pages>,
    headers: HeaderMap,
) -> Answer {
    let before = Cursor::Preserved.read(pages.cursor.as_deref())?;
    let (found, next) = preserving::page(&app.ctx, &By::Administrator(who), before, pages.limit()?).await?;
    let items = found.into_iter().map(PreservedCopy::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Preserved.after(id)) })
}

/// For what it is read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WhyRead {
    /// For the moderation log; may be left out.
    #[serde(default)]
    #[param(max_length = 500, nullable = false)]
    reason: String,
}

/// Reads a copy
///
/// That it was read, and by whom, stands in the moderation log, in the part that is not for everybody.
#[utoipa::path(
    get,
    path = "/api/v1/admin/preserved/{id}",
    tag = "moderation",
    params(("id" = Id, Path, description = "The copy's id"), WhyRead),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = PreservedContent), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn read_preserved(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Query(why): Query<WhyRead>,
) -> Answer {
    let read = preserving::read(&app.ctx, &By::Administrator(who), id, &why.reason).await?;
    json(StatusCode::OK, &PreservedContent::from(read))
}

/// How long, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Prolonging {
    /// For how many days from now on.
    #[schema(minimum = 1, maximum = 3650)]
    days: u32,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Has a copy kept longer
#[utoipa::path(
    post,
    path = "/api/v1/admin/preserved/{id}/prolong",
    tag = "moderation",
    params(("id" = Id, Path, description = "The copy's id")),
    request_body = Prolonging,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = PreservedCopy), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn prolong_preserved(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<Prolonging>,
) -> Answer {
    let now = preserving::prolong(&app.ctx, &By::Administrator(who), id, given.days, &given.reason).await?;
    json(StatusCode::OK, &PreservedCopy::from(now))
}

/// Has a copy of a comment kept
///
/// Where there is one that holds the same, that one is kept. It takes a reason.
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/{id}/preserve",
    tag = "moderation",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = Reason,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = PreservedCopy), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn preserve_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<Reason>,
) -> Answer {
    let made = preserving::preserve(&app.ctx, &By::Administrator(who), CommentId(id), &given.reason).await?;
    json(StatusCode::OK, &PreservedCopy::from(made))
}
