//! Votes and reports.

use actions::{report, vote};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::CommentId;
use serde::Deserialize;
use storage::votes::Vote;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::answer::{Answer, json};
use super::input::{Json, Path};
use super::refusals::{Forbidden, Gone, Missing, NotLoggedIn, Refused};
use super::shape::Votes;
use super::value::{Category, Id};
use crate::door::App;
use crate::gate::Member;
use crate::problem::Problem;

/// A vote.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    /// 1 for, -1 against, 0 takes the vote back.
    #[schema(schema_with = value_schema)]
    value: Value,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
struct Value(Option<Vote>);

impl TryFrom<i64> for Value {
    type Error = &'static str;

    fn try_from(value: i64) -> Result<Self, Self::Error> {
        match value {
            1 => Ok(Self(Some(Vote::Up))),
            0 => Ok(Self(None)),
            -1 => Ok(Self(Some(Vote::Down))),
            _ => Err("value must be 1, 0 or -1"),
        }
    }
}

fn value_schema() -> Object {
    let words = "1 for, -1 against, 0 takes the vote back.";
    ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some([1, 0, -1])).description(Some(words)).build()
}

/// Votes on a comment, or takes the vote back
#[utoipa::path(
    put,
    path = "/api/v1/comments/{id}/vote",
    tag = "comments",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = Ballot,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 200, body = Votes), NotLoggedIn, Forbidden, Missing, Gone, Refused)
)]
pub async fn vote_on_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(id): Path<Id>,
    Json(ballot): Json<Ballot>,
) -> Answer {
    let Value(given) = ballot.value;
    let votes = vote::vote(&app.ctx, &who, CommentId(id.0), given).await?;
    let value = super::shape::vote(given.as_ref());
    json(StatusCode::OK, &Votes { comment_id: id, value, score: votes.score(), ups: votes.ups, downs: votes.downs })
}

/// A word to the moderators.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// What is wrong with the comment.
    category: Category,
    /// The same in words; required when the category is `other`.
    #[serde(default)]
    #[schema(max_length = 2000)]
    text: String,
}

/// Reports a comment to the moderators
///
/// Reporting the same comment again changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/comments/{id}/reports",
    tag = "comments",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = NewReport,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 202, description = "The moderators will see it"), NotLoggedIn, Forbidden, Missing, Gone, Refused)
)]
pub async fn report_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(new): Json<NewReport>,
) -> Result<Response, Problem> {
    report::report(&app.ctx, &who, CommentId(id), new.category.into(), &new.text).await?;
    let control = [(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"))];
    Ok((StatusCode::ACCEPTED, control).into_response())
}
