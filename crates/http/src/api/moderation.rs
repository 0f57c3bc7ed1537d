//! What moderators do with a comment or a thread. Each takes a reason, answers the state that results, and writes the
//! moderation log; doing it twice answers the same and does nothing.

use actions::passage::InContext;
use actions::{Person, held, manage, passage, retract};
use axum::extract::State;
use axum::http::StatusCode;
use domain::{CommentId, Deed, Refusal, ThreadId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, json};
use super::input::{Json, Path};
use super::refusals::{Conflict, Forbidden, Gone, Missing, NotLoggedIn, Refused};
use super::value::{Id, State as CommentState};
use crate::door::{App, Door};
use crate::gate::Member;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    pub(super) reason: String,
}

/// What a comment and its thread are now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Moderated {
    /// The comment.
    comment_id: Id,
    /// What became of it.
    state: CommentState,
    /// Its thread.
    thread_id: Id,
    /// Whether the thread takes no new comments.
    locked: bool,
    /// Whether the thread stands at the head of its board.
    pinned: bool,
    /// The handle of the thread's board.
    board: String,
    /// Seconds that everybody has to let pass between two comments of theirs in the thread; 0 if they need not.
    slow_seconds: i64,
    /// Whether the comment's words are for those only who want to see them.
    sensitive: bool,
}

async fn act(app: &Door, who: &Person, id: Id, deed: Deed, reason: &Reason) -> Answer {
    let (ctx, comment, reason) = (&app.ctx, CommentId(id.0), reason.reason.as_str());
    match deed {
        Deed::Remove => drop(retract::remove(ctx, who, comment, reason).await?),
        Deed::Restore => drop(retract::restore(ctx, who, comment, reason).await?),
        Deed::RejectComment => drop(held::reject(ctx, who, comment, reason).await?),
        Deed::Cover | Deed::Uncover => manage::cover(ctx, who, comment, deed == Deed::Cover, reason).await?,
        _ => {
            manage::manage(ctx, who, ThreadId(id.0), deed, reason).await?;
        }
    }
    now(app, who, id).await
}

/// What a comment and its thread are now, for whoever has just decided about them.
pub(crate) async fn now(app: &Door, who: &Person, id: Id) -> Answer {
    let found = passage::in_context(&app.ctx, Some(who), CommentId(id.0), 0).await?;
    json(StatusCode::OK, &Moderated::from(found))
}

impl From<InContext> for Moderated {
    fn from(InContext { thread, passage, .. }: InContext) -> Self {
        Self {
            comment_id: Id(passage.line.id.0),
            state: passage.line.state.into(),
            thread_id: Id(thread.id.0),
            locked: thread.locked,
            pinned: thread.pinned,
            board: thread.board_address(),
            slow_seconds: thread.slow.max(thread.board_slow),
            sensitive: passage.line.sensitive,
        }
    }
}

impl Moderated {
    /// The thread in which it stands.
    #[must_use]
    pub fn thread(&self) -> i64 {
        self.thread_id.0
    }

    /// The handle of that thread's board.
    #[must_use]
    pub fn board(&self) -> &str {
        &self.board
    }
}

macro_rules! deeds {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $deed:ident),+ $(,)?) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "moderation",
            params(("id" = Id, Path, description = "The comment's id; a thread's is that of its root")),
            request_body = Reason,
            security(("token" = ["moderate"]), ("session" = [])),
            responses((status = 200, body = Moderated), NotLoggedIn, Forbidden, Missing, Gone, Refused)
        )]
        pub async fn $name(
            State(app): State<App>,
            Member(who): Member,
            Path(id): Path<Id>,
            Json(reason): Json<Reason>,
        ) -> Answer {
            act(&app, &who, id, Deed::$deed, &reason).await
        }
    )+};
}

deeds! {
    /// Takes a comment down
    remove_comment "/api/v1/admin/comments/{id}/remove" Remove,
    /// Puts a comment back
    restore_comment "/api/v1/admin/comments/{id}/restore" Restore,
    /// Says no to a comment that waits for a moderator
    reject_comment "/api/v1/admin/comments/{id}/reject" RejectComment,
    /// Closes a thread to new comments
    lock_thread "/api/v1/admin/comments/{id}/lock" Lock,
    /// Opens a thread to new comments again
    unlock_thread "/api/v1/admin/comments/{id}/unlock" Unlock,
    /// Puts a thread at the head of its board
    pin_thread "/api/v1/admin/comments/{id}/pin" Pin,
    /// Takes a thread from the head of its board
    unpin_thread "/api/v1/admin/comments/{id}/unpin" Unpin,
    /// Has the words of a comment shown to those only who want to see them
    cover_comment "/api/v1/admin/comments/{id}/nsfw" Cover,
    /// Has the words of a comment shown to everybody again
    uncover_comment "/api/v1/admin/comments/{id}/sfw" Uncover,
}

/// Why, and what was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approving {
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
    /// `edition` of the comment in the queue, as it was read: if its author has changed it since, that is said and nothing done. If it is
    /// left out, the comment comes out whatever its words are now.
    #[schema(nullable = false, pattern = "^[0-9]{1,19}$")]
    edition: Option<String>,
}

/// Lets a comment out that waits for a moderator
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/{id}/approve",
    tag = "moderation",
    params(("id" = Id, Path, description = "The comment's id; a thread's is that of its root")),
    request_body = Approving,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Moderated), NotLoggedIn, Forbidden, Missing, Conflict, Gone, Refused)
)]
pub async fn approve_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(id): Path<Id>,
    Json(given): Json<Approving>,
) -> Answer {
    let number = |text: String| text.parse().ok().ok_or(Refusal::field("edition", "it is no number of an edition"));
    let edition = given.edition.map(number).transpose()?;
    held::approve(&app.ctx, &who, CommentId(id.0), edition, &given.reason).await?;
    now(&app, &who, id).await
}
