//! What an author is told of the removal of their comment.

use actions::statements::{self, Stated};
use axum::extract::State;
use axum::http::HeaderMap;
use domain::CommentId;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Audience, fresh};
use super::input::Path;
use super::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use super::value::{Ground, Id, Moment};
use crate::door::App;
use crate::gate::Member;

/// How far the removal of a comment goes.
pub const SCOPE: &str = "The comment was removed: nobody but its author and those who moderate reads its words, everywhere and without \
     limit of time. Answers to it stay, and so does the account.";
/// What an author can do when they do not agree.
pub const REDRESS: &str = "You can appeal here, once and within thirty days: somebody else looks at it, where there is somebody else. You \
     can also go to a court; in the European Union, to a body that settles disputes out of court.";

/// Why a comment was removed (Regulation (EU) 2022/2065, article 17).
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementOfReasons {
    /// The comment.
    comment_id: Id,
    /// When it was removed.
    removed_at: Moment,
    /// What was decided, and how far that goes.
    scope: String,
    /// The facts, and why they are against the law or the rules; may be empty.
    facts: String,
    /// The ground.
    ground: Ground,
    /// Which law, or which rule; may be empty.
    provision: String,
    /// Whether somebody had told of it; not who.
    on_notice: bool,
    /// Whether a program decided.
    automated: bool,
    /// What can be done by whoever does not agree.
    redress: String,
    /// Until when there can be an appeal.
    appeal_until: Moment,
}

impl From<Stated> for StatementOfReasons {
    fn from(stated: Stated) -> Self {
        let Stated { removal, statement } = stated;
        Self {
            comment_id: Id(statement.comment.0),
            removed_at: Moment(removal.decision.at),
            scope: SCOPE.to_owned(),
            facts: statement.facts,
            ground: statement.ground.into(),
            provision: statement.provision,
            on_notice: statement.on_notice,
            automated: statement.automated,
            redress: REDRESS.to_owned(),
            appeal_until: Moment(removal.until),
        }
    }
}

/// Why one's comment was removed
///
/// For its author.
#[utoipa::path(
    get,
    path = "/api/v1/comments/{id}/statement",
    tag = "me",
    params(("id" = Id, Path, description = "The comment's id")),
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = StatementOfReasons), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn read_statement(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    headers: HeaderMap,
) -> Answer {
    let stated = statements::read(&app.ctx, &who, CommentId(id)).await?;
    fresh(&headers, Audience::Nobody, &StatementOfReasons::from(stated))
}
