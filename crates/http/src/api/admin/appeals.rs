//! What people say against decisions, and what becomes of it: somebody else looks at it than who decided, where there is somebody else.

use actions::appeals::{self, Appealed, Matter, Verdict};
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
use crate::api::shape::List;
use crate::api::value::{AppealState, Id, State as CommentState};
use crate::door::App;
use crate::gate::Member;

/// An appeal with all that is needed to decide it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenAppeal {
    /// The appeal.
    appeal: Appeal,
    /// The handle of whoever appeals.
    author: String,
    /// What became of the comment; null if it is about a person.
    #[schema(required)]
    comment_state: Option<CommentState>,
    /// The handle of whoever decided what it is against; null: whoever has the machine.
    #[schema(required)]
    imposed_by: Option<String>,
    /// The handle of whoever decided the appeal; null if nobody did yet.
    #[schema(required)]
    decided_by: Option<String>,
}

impl From<Appealed> for OpenAppeal {
    fn from(appealed: Appealed) -> Self {
        let state = match &appealed.matter {
            Matter::Comment(line) => Some(line.state.into()),
            Matter::Person(_) => None,
        };
        Self {
            appeal: Appeal::from(&appealed),
            author: appealed.author,
            comment_state: state,
            imposed_by: appealed.decision.name,
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

/// Appeals on the boards of the caller, the oldest first; about the whole instance, for those who moderate all of it
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
        /// Whoever decided what it is against may not, unless nobody else could; nor may who appeals, who is told.
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
    /// Rejects an appeal: what it is against stays
    reject_appeal "/api/v1/admin/appeals/{id}/reject" Reject,
    /// Grants an appeal: a comment is back, or comes out; what was decided about somebody is lifted, with what was taken down because of it
    grant_appeal "/api/v1/admin/appeals/{id}/grant" Grant,
}
