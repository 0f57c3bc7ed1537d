//! What other servers have of a thread and was fetched from them, for those who moderate.

use actions::elsewhere::backfill::{self, State as Backfilled};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::ThreadId;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Audience, fresh, json};
use super::input::Path;
use super::refusals::{Forbidden, Missing, NotLoggedIn};
use super::value::{Id, Moment};
use crate::door::App;
use crate::gate::Member;

/// What is known of the comments that other servers have of a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadBackfill {
    /// The thread.
    thread_id: Id,
    /// Comments from other servers that are here.
    here: i64,
    /// Whether more are being looked for now.
    looking: bool,
    /// When more are looked for the next time; null: not before something new comes.
    #[schema(required)]
    next_at: Option<Moment>,
    /// What came of the last look; null before the first.
    #[schema(required)]
    last: Option<BackfillLook>,
}

/// What came of a look: “n known, m fetched”.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackfillLook {
    /// When it ended.
    ran_at: Moment,
    /// Comments from other servers that were here before.
    known: i64,
    /// New ones.
    fetched: i64,
    /// Those that were fetched and not taken, because a rule forbids it.
    refused: i64,
    /// Those that could not be had.
    failed: i64,
    /// Known ones that were found deleted at their homes.
    gone: i64,
    /// Why, of the last that was refused or could not be had; otherwise empty.
    error: String,
}

impl From<Backfilled> for ThreadBackfill {
    fn from(state: Backfilled) -> Self {
        Self {
            thread_id: Id(state.thread.0),
            here: state.here,
            looking: state.looking,
            next_at: state.next.map(Moment),
            last: state.last.map(|last| BackfillLook {
                ran_at: Moment(last.ran),
                known: last.known,
                fetched: last.fetched,
                refused: last.refused,
                failed: last.failed,
                gone: last.gone,
                error: last.error,
            }),
        }
    }
}

/// What was fetched for a thread
#[utoipa::path(
    get,
    path = "/api/v1/admin/threads/{id}/backfill",
    tag = "moderation",
    params(("id" = Id, Path, description = "The thread's id")),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = ThreadBackfill), NotLoggedIn, Forbidden, Missing)
)]
pub async fn read_backfill(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    headers: HeaderMap,
) -> Answer {
    let state = backfill::state(&app.ctx, &who, ThreadId(id)).await?;
    fresh(&headers, Audience::Nobody, &ThreadBackfill::from(state))
}

/// Looks for more comments of a thread now
///
/// The look itself takes its time; the answer is what is known before it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/threads/{id}/backfill",
    tag = "moderation",
    params(("id" = Id, Path, description = "The thread's id")),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 202, body = ThreadBackfill), NotLoggedIn, Forbidden, Missing)
)]
pub async fn want_backfill(State(app): State<App>, Member(who): Member, Path(Id(id)): Path<Id>) -> Answer {
    let state = backfill::want(&app.ctx, &who, ThreadId(id)).await?;
    json(StatusCode::ACCEPTED, &ThreadBackfill::from(state))
}
