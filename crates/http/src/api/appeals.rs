//! What authors say against the removal of their comments. Not here: deciding it (`admin::appeals`).

use actions::appeals::{self, Appealed};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::CommentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Audience, fresh, json};
use super::cursor;
use super::input::{Json, Query};
use super::instance::Pages;
use super::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused};
use super::shape::List;
use super::value::{AppealState, Id, Moment};
use crate::door::App;
use crate::gate::Member;

/// What an author says against a removal, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appeal {
    /// Its id.
    id: Id,
    /// The comment that was removed.
    comment_id: Id,
    /// Its thread.
    thread_id: Id,
    /// The thread's title.
    title: String,
    /// When it was removed.
    removed_at: Moment,
    /// Why; may be empty.
    removed_because: String,
    /// What its author says against that.
    text: String,
    /// When they said it.
    at: Moment,
    /// Where it stands.
    state: AppealState,
    /// When it was decided; null if it was not yet.
    #[schema(required)]
    decided_at: Option<Moment>,
    /// Why; may be empty. Null if it was not decided yet.
    #[schema(required)]
    decided_because: Option<String>,
}

impl From<&Appealed> for Appeal {
    fn from(appealed: &Appealed) -> Self {
        let Appealed { appeal, line, decision, outcome } = appealed;
        Self {
            id: Id(appeal.id),
            comment_id: Id(appeal.comment.0),
            thread_id: Id(line.thread.0),
            title: appeal.title.clone(),
            removed_at: Moment(decision.at),
            removed_because: decision.reason.clone(),
            text: appeal.text.clone(),
            at: Moment(appeal.created),
            state: appeal.state.into(),
            decided_at: outcome.as_ref().map(|entry| Moment(entry.at)),
            decided_because: outcome.as_ref().map(|entry| entry.reason.clone()),
        }
    }
}

/// Against what, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    /// The comment that was removed.
    comment: Id,
    /// Why it should stand, as plain text.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// Appeals against the removal of one's comment
///
/// Once against each removal, within thirty days. Somebody else than who removed it decides, where there is somebody else.
#[utoipa::path(
    post,
    path = "/api/v1/appeals",
    tag = "me",
    request_body = NewAppeal,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 201, body = Appeal), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
)]
pub async fn appeal(State(app): State<App>, Member(who): Member, Json(new): Json<NewAppeal>) -> Answer {
    let made = appeals::appeal(&app.ctx, &who, CommentId(new.comment.0), &new.text).await?;
    json(StatusCode::CREATED, &Appeal::from(&made))
}

/// What the caller has appealed against, newest first
#[utoipa::path(
    get,
    path = "/api/v1/appeals",
    tag = "me",
    params(Pages),
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = List<Appeal>), NotLoggedIn)
)]
pub async fn list_appeals(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<Pages>,
    headers: HeaderMap,
) -> Answer {
    let before = cursor::List::Appeals.read(pages.cursor.as_deref())?;
    let (found, next) = appeals::of_author(&app.ctx, &who, before, pages.limit()?).await?;
    let items = found.iter().map(Appeal::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| cursor::List::Appeals.after(id)) })
}
