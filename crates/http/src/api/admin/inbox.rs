//! What came from other servers.

use actions::hosting::By;
use actions::hosting::inbox::{self, Listed};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use storage::inbox::Entry;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::moderation::Reason;
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Id, Moment};
use crate::door::App;
use crate::gate::Member;

/// Something that another server said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Arrival {
    /// Our number for it.
    id: Id,
    /// Its own id.
    activity: String,
    /// What kind of activity it is.
    kind: String,
    /// Who said it.
    actor: String,
    /// Their server.
    host: String,
    /// What became of it.
    state: ArrivalState,
    /// Why it failed, was refused or ignored, or is still to be tried again.
    reason: String,
    /// How often it was tried.
    attempts: i64,
    /// When it came.
    received: Moment,
}

/// What became of something that another server said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArrivalState {
    /// It waits for its turn, or for being tried again.
    Waiting,
    /// It failed too often.
    Failed,
    /// It was not for the sender to say.
    Refused,
    /// It concerned nothing that is here.
    Ignored,
    /// It had its effect.
    Done,
}

impl From<Listed> for ArrivalState {
    fn from(listed: Listed) -> Self {
        match listed {
            Listed::Waiting => Self::Waiting,
            Listed::Failed => Self::Failed,
            Listed::Refused => Self::Refused,
            Listed::Ignored => Self::Ignored,
            Listed::Done => Self::Done,
        }
    }
}

impl From<ArrivalState> for Listed {
    fn from(state: ArrivalState) -> Self {
        match state {
            ArrivalState::Waiting => Self::Waiting,
            ArrivalState::Failed => Self::Failed,
            ArrivalState::Refused => Self::Refused,
            ArrivalState::Ignored => Self::Ignored,
            ArrivalState::Done => Self::Done,
        }
    }
}

impl From<Entry> for Arrival {
    fn from(entry: Entry) -> Self {
        Self {
            id: Id(entry.id),
            activity: entry.uri,
            kind: entry.kind,
            actor: entry.actor,
            host: entry.host,
            state: Listed::from(entry.state).into(),
            reason: entry.reason,
            attempts: entry.attempts,
            received: Moment(entry.received),
        }
    }
}

/// Which of them, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArrivalPages {
    /// In which state; `waiting` if it is left out.
    #[param(nullable = false, inline)]
    state: Option<ArrivalState>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// What came from other servers, newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/inbox",
    tag = "servers",
    params(ArrivalPages),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<Arrival>), NotLoggedIn, Forbidden)
)]
pub async fn list_arrivals(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<ArrivalPages>,
    headers: HeaderMap,
) -> Answer {
    let before = Cursor::Arrivals.read(pages.cursor.as_deref())?;
    let (state, limit) = (pages.state.unwrap_or(ArrivalState::Waiting), limit(pages.limit, 30, 100)?);
    let (found, next) = inbox::page(&app.ctx, &By::Administrator(who), state.into(), before, limit).await?;
    let items = found.into_iter().map(Arrival::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Arrivals.after(id)) })
}

/// Deals with something again that was refused or has failed
#[utoipa::path(
    post,
    path = "/api/v1/admin/inbox/{id}/replay",
    tag = "servers",
    params(("id" = Id, Path, description = "Our number for it")),
    request_body = Reason,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Arrival), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn replay_arrival(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<Reason>,
) -> Answer {
    let entry = inbox::replay(&app.ctx, &By::Administrator(who), id, &given.reason).await?;
    json(StatusCode::OK, &Arrival::from(entry))
}
