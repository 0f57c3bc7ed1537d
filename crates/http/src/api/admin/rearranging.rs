//! What moderators do with whole threads: to another board, split, merged, slowed down. Each takes a reason, answers the state that results,
//! and writes the moderation log; doing it twice answers the same and does nothing.

use actions::{manage, rearrange};
use axum::extract::State;
use domain::{CommentId, ThreadId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::input::{Json, Path};
use crate::api::moderation::{self, Moderated};
use crate::api::refusals::{Forbidden, Gone, Missing, NotLoggedIn, Refused};
use crate::api::value::Id;
use crate::door::App;
use crate::gate::Member;

/// Where a thread is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The name of a board of this instance.
    board: String,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// Moves a thread to another board
///
/// The right is needed on both boards, which are boards of this instance.
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/{id}/move",
    tag = "moderation",
    params(("id" = Id, Path, description = "The thread's id")),
    request_body = Move,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Moderated), NotLoggedIn, Forbidden, Missing, Gone, Refused)
)]
pub async fn move_thread(
    State(app): State<App>,
    Member(who): Member,
    Path(id): Path<Id>,
    Json(asked): Json<Move>,
) -> Answer {
    rearrange::move_thread(&app.ctx, &who, ThreadId(id.0), &asked.board, &asked.reason).await?;
    moderation::now(&app, &who, id).await
}

/// A thread to be made of a comment and all below it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Its title.
    title: String,
    /// The name of a board of this instance; where the comment stood if it is left out.
    board: Option<String>,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// Makes a thread of a comment and all below it
///
/// Ids and addresses stay what they were; the thread's id is the comment's. On another board the right is needed there, too.
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/{id}/split",
    tag = "moderation",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = Split,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Moderated), NotLoggedIn, Forbidden, Missing, Gone, Refused)
)]
pub async fn split_thread(
    State(app): State<App>,
    Member(who): Member,
    Path(id): Path<Id>,
    Json(asked): Json<Split>,
) -> Answer {
    let opening = rearrange::Opening { title: asked.title, board: asked.board };
    rearrange::split(&app.ctx, &who, CommentId(id.0), &opening, &asked.reason).await?;
    moderation::now(&app, &who, id).await
}

/// The thread into which another is merged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// Its id.
    into: Id,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// Merges a thread into another
///
/// All of it hangs below the root of the other from then on, to which its address leads. Its title and its link stand above the words
/// of its root.
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/{id}/merge",
    tag = "moderation",
    params(("id" = Id, Path, description = "The thread's id")),
    request_body = Merge,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Moderated), NotLoggedIn, Forbidden, Missing, Gone, Refused)
)]
pub async fn merge_thread(
    State(app): State<App>,
    Member(who): Member,
    Path(id): Path<Id>,
    Json(asked): Json<Merge>,
) -> Answer {
    rearrange::merge(&app.ctx, &who, ThreadId(id.0), ThreadId(asked.into.0), &asked.reason).await?;
    moderation::now(&app, &who, id).await
}

/// How fast people may write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Slow {
    /// Seconds that everybody has to let pass between two comments of theirs, a day at most; 0: none.
    #[schema(minimum = 0, maximum = 86_400)]
    seconds: i64,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// Sets how fast people may write in a thread
///
/// Moderators may write as they like. What comes too soon is refused with 429 and `Retry-After`.
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/{id}/slow",
    tag = "moderation",
    params(("id" = Id, Path, description = "The thread's id")),
    request_body = Slow,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Moderated), NotLoggedIn, Forbidden, Missing, Gone, Refused)
)]
pub async fn slow_thread(
    State(app): State<App>,
    Member(who): Member,
    Path(id): Path<Id>,
    Json(asked): Json<Slow>,
) -> Answer {
    manage::slow(&app.ctx, &who, ThreadId(id.0), asked.seconds, &asked.reason).await?;
    moderation::now(&app, &who, id).await
}
