//! What authors say against removals, and what becomes of it: somebody else decides than who removed the comment, where there is somebody else.

use actions::appeals::{self, Appealed, Verdict};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::appeals::Appeal;
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::moderation::Reason;
use crate::api::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::{List, handle};
use crate::api::value::{AppealState, Id, State as CommentState};
use crate::door::App;
use crate::gate::Member;

/// An appeal with all that is needed to decide it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenAppeal {
    /// The appeal.
    appeal: Appeal,
    /// The handle of the comment's author.
    author: String,
    /// What became of the comment.
    comment_state: CommentState,
    /// Its words as HTML, which readers do not see; empty once its author has deleted it.
    html: String,
    /// The handle of whoever removed it.
    removed_by: String,
    /// The handle of whoever decided the appeal; null if nobody did yet.
    #[schema(required)]
    decided_by: Option<String>,
}

impl From<Appealed> for OpenAppeal {
    fn from(appealed: Appealed) -> Self {
        Self {
            appeal: Appeal::from(&appealed),
            author: handle(&appealed.line.author.name, &appealed.line.author.host),
            comment_state: appealed.line.state.into(),
            html: appealed.line.html,
            removed_by: appealed.decision.moderator_name,
            decided_by: appealed.outcome.map(|entry| entry.moderator_name),
        }
    }
}

/// Which of them, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AppealPages {
    /// In which state; `open` if it is left out.
    #[param(nullable = false, inline)]
    state: Option<AppealState>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// Appeals on the boards of the caller, the oldest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/appeals",
    tag = "moderation",
    params(AppealPages),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = List<OpenAppeal>), NotLoggedIn, Forbidden)
)]
pub async fn list_open_appeals(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<AppealPages>,
    headers: HeaderMap,
) -> Answer {
    let after = Cursor::Appeals.read(pages.cursor.as_deref())?;
    let (state, limit) = (pages.state.unwrap_or(AppealState::Open), limit(pages.limit, 30, 100)?);
    let (found, next) = appeals::page(&app.ctx, &who, state.into(), after, limit).await?;
    let items = found.into_iter().map(OpenAppeal::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Appeals.after(id)) })
}

macro_rules! verdicts {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $verdict:ident),+ $(,)?) => {$(
        $(#[doc = $doc])+
        ///
        /// Whoever removed the comment may not, unless nobody else moderates its board; nor may its author. The author is told.
        #[utoipa::path(
            post,
            path = $path,
            tag = "moderation",
            params(("id" = Id, Path, description = "The appeal's id")),
            request_body = Reason,
            security(("token" = ["moderate"]), ("session" = [])),
            responses((status = 200, body = OpenAppeal), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
        )]
        pub async fn $name(
            State(app): State<App>,
            Member(who): Member,
            Path(Id(id)): Path<Id>,
            Json(given): Json<Reason>,
        ) -> Answer {
            let now = appeals::decide(&app.ctx, &who, id, Verdict::$verdict, &given.reason).await?;
            json(StatusCode::OK, &OpenAppeal::from(now))
        }
    )+};
}

verdicts! {
    /// Leaves a comment removed in spite of an appeal
    uphold_appeal "/api/v1/admin/appeals/{id}/uphold" Uphold,
    /// Puts a comment back because of an appeal
    overturn_appeal "/api/v1/admin/appeals/{id}/overturn" Overturn,
}
