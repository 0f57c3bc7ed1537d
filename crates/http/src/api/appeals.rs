//! What people say against what was decided about their comments or about themselves. Not here: deciding it (`admin::appeals`).

use actions::appeals::{self, Aim, Appealed, Kind, Matter};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::{CommentId, Refusal, Sanction};
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

/// What was decided, as far as it can be appealed against: a comment was removed, or was not let out that waited; somebody was warned, or
/// limited, held or suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// Removal
    Removal,
    /// Rejection
    Rejection,
    /// Warning
    Warning,
    /// Limit
    Limit,
    /// Hold
    Hold,
    /// Suspend
    Suspend,
}

impl From<Kind> for Decided {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Removal => Self::Removal,
            Kind::Rejection => Self::Rejection,
            Kind::Warning => Self::Warning,
            Kind::Sanction(Sanction::Limit) => Self::Limit,
            Kind::Sanction(Sanction::Hold) => Self::Hold,
            Kind::Sanction(Sanction::Suspend) => Self::Suspend,
        }
    }
}

/// What somebody says against a decision, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appeal {
    /// Its id.
    id: Id,
    /// What it is against.
    against: Decided,
    /// The comment that was removed or not let out; null if it is about a person.
    #[schema(required)]
    comment_id: Option<Id>,
    /// Its thread.
    #[schema(required)]
    thread_id: Option<Id>,
    /// The thread's title.
    #[schema(required)]
    title: Option<String>,
    /// Its words as HTML, which only its author and those who moderate read; empty once they are gone.
    #[schema(required)]
    html: Option<String>,
    /// What was decided about whoever appeals, as in `GET /me/decisions`; null if it is about a comment.
    #[schema(required)]
    decision_id: Option<Id>,
    /// When that was decided which it is against.
    imposed_at: Moment,
    /// Why; may be empty.
    imposed_because: String,
    /// What is said against that.
    text: String,
    /// When it was said.
    at: Moment,
    /// Where it stands.
    state: AppealState,
    /// When the appeal was decided; null if it was not yet.
    #[schema(required)]
    decided_at: Option<Moment>,
    /// Why; may be empty. Null if it was not decided yet.
    #[schema(required)]
    decided_because: Option<String>,
}

impl From<&Appealed> for Appeal {
    fn from(appealed: &Appealed) -> Self {
        let Appealed { appeal, matter, decision, outcome, .. } = appealed;
        let (line, said) = match matter {
            Matter::Comment(line) => (Some(line), None),
            Matter::Person(said) => (None, Some(said)),
        };
        Self {
            id: Id(appeal.id),
            against: decision.kind.into(),
            comment_id: line.map(|line| Id(line.id.0)),
            thread_id: line.map(|line| Id(line.thread.0)),
            title: appeal.title.clone(),
            html: line.map(|line| line.html.clone()),
            decision_id: said.map(|said| Id(said.word.id)),
            imposed_at: Moment(decision.at),
            imposed_because: decision.reason.clone(),
            text: appeal.text.clone(),
            at: Moment(appeal.created),
            state: appeal.state.into(),
            decided_at: outcome.as_ref().map(|entry| Moment(entry.at)),
            decided_because: outcome.as_ref().map(|entry| entry.reason.clone()),
        }
    }
}

/// Against what, and why. One of `comment` and `decision` is named.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    /// A comment of the caller that was removed or not let out. Where it was taken down with its author, the appeal is against what was
    /// decided about them.
    #[schema(nullable = false)]
    comment: Option<Id>,
    /// What was decided about the caller, as in `GET /me/decisions`.
    #[schema(nullable = false)]
    decision: Option<Id>,
    /// Why that should not stand, as plain text.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

impl NewAppeal {
    fn aim(&self) -> Result<Aim, Refusal> {
        match (self.comment, self.decision) {
            (Some(comment), None) => Ok(Aim::Comment(CommentId(comment.0))),
            (None, Some(decision)) => Ok(Aim::Word(decision.0)),
            _ => Err(Refusal::field("comment", "name the comment, or the decision about you: one of both")),
        }
    }
}

/// Appeals against what was decided about one's comment, or about oneself
///
/// Once against each decision, within thirty days. Somebody else than who decided looks at it, where there is somebody else. Who is suspended
/// can appeal, too.
#[utoipa::path(
    post,
    path = "/api/v1/appeals",
    tag = "me",
    request_body = NewAppeal,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 201, body = Appeal), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
)]
pub async fn appeal(State(app): State<App>, Member(who): Member, Json(new): Json<NewAppeal>) -> Answer {
    let aim = new.aim().map_err(actions::Error::Refused)?;
    let made = appeals::appeal(&app.ctx, &who, aim, &new.text).await?;
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
