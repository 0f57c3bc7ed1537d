//! Comments: reading, answering, changing and deleting them; seeing a text as it will be shown.

use actions::edit::Of;
use actions::{Once, Person, comment, edit, passage, personal, reply, retract};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::{CommentId, Refusal, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Audience, Tag, created, done, encode, fresh, fresh_bytes, json};
use super::condition::{is_conditional, overtaken};
use super::input::{Json, Path, Query, Repeatable, bad_query};
use super::refusals::{Conflict, Forbidden, Gone, Missing, NotLoggedIn, Refused, Stale};
use super::shape::{Approval, Comment, CommentInContext, List, Source, Version, vote};
use super::value::Id;
use crate::door::App;
use crate::gate::{Member, Visitor};
use crate::problem::Problem;

/// Most comments that stand before the one asked for.
const MAX_CONTEXT: u32 = 500;

/// How much of what a comment answers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContextQuery {
    /// How many of the comments between the root and this one come along; none if it is left out.
    #[param(minimum = 0, maximum = 500, nullable = false)]
    context: Option<u32>,
}

/// A comment, and what it answers
#[utoipa::path(
    get,
    path = "/api/v1/comments/{id}",
    tag = "comments",
    params(ContextQuery, ("id" = Id, Path, description = "The comment's id")),
    responses((status = 200, body = CommentInContext<'static>), Missing)
)]
pub async fn read_comment(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    Path(Id(id)): Path<Id>,
    Query(query): Query<ContextQuery>,
    headers: HeaderMap,
) -> Answer {
    let context = query.context.unwrap_or(0);
    if context > MAX_CONTEXT {
        return Err(bad_query(&format!("context is {context}, but must be between 0 and {MAX_CONTEXT}")));
    }
    let (body, _) = whole(&app, visitor.as_ref(), CommentId(id), context).await?;
    let audience = if visitor.is_some() { Audience::Caller } else { Audience::Everybody };
    Ok(fresh_bytes(&headers, audience, body))
}

/// A comment as somebody reads it, and since when it has these words.
async fn whole(
    app: &App,
    visitor: Option<&Person>,
    id: CommentId,
    context: u32,
) -> Result<(Vec<u8>, Option<Time>), Problem> {
    let found = passage::in_context(&app.ctx, visitor, id, context as usize).await?;
    let approval = match visitor {
        Some(who) => comment::waiting(&app.ctx, who, id).await?,
        None => None,
    };
    let own = match visitor {
        Some(who) => Some(personal::own(&app.ctx, who, found.thread.id).await?),
        None => None,
    };
    let shown = |passage| {
        let shown = Comment::placed(&app.settings, passage);
        Comment { own_vote: own.as_ref().map(|own| vote(own.votes.get(&passage.line.id))), ..shown }
    };
    let asked = Comment { approval: approval.map(Approval::from), ..shown(&found.passage) };
    let body = CommentInContext { comment: asked, context: found.context.iter().map(shown).collect() };
    Ok((encode(&body)?, found.passage.line.edited))
}

/// The words of a comment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    /// Markdown.
    #[schema(min_length = 1)]
    text: String,
}

/// Answers a comment
///
/// Where its author, on another server, wants to be asked first, the answer is `held`: nobody but the caller sees it until they agree.
#[utoipa::path(
    post,
    path = "/api/v1/comments/{id}/replies",
    tag = "comments",
    params(
        ("id" = Id, Path, description = "The id of the comment that is answered; the thread's for an answer at the top"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key counts once; kept for a week",
         pattern = "^[!-~]{1,200}$", nullable = false)
    ),
    request_body = NewReply,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 201, body = Comment<'static>, headers(("Location" = String))), NotLoggedIn, Forbidden, Missing, Conflict, Gone, Refused)
)]
pub async fn reply_to_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Repeatable { body, once }: Repeatable<NewReply>,
) -> Answer {
    let write = |once| reply::write(&app.ctx, &who, CommentId(id), &body.text, once);
    let written = Once::settle(once, write).await?;
    let approval = comment::waiting(&app.ctx, &who, written.line.id).await?.map(Approval::from);
    let shown = Comment::new(&app.settings, &written.line, &written.source, None).counted(0, 0);
    let shown = Comment { approval, ..shown };
    created(&format!("/api/v1/comments/{}", written.line.id), &shown)
}

/// The words that a comment is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Markdown.
    #[schema(min_length = 1)]
    text: String,
    /// The words that were changed, as written: if they are not the comment's any more, nothing is changed.
    of: Option<String>,
}

/// Changes one's words
///
/// With `If-Match`, only if the comment is still as the caller has read it.
#[utoipa::path(
    patch,
    path = "/api/v1/comments/{id}",
    tag = "comments",
    params(
        ("id" = Id, Path, description = "The comment's id"),
        ("If-Match" = Option<String>, Header, description = "`ETag` of the comment, read by the caller without context", nullable = false)
    ),
    request_body = Change,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 200, body = Comment<'static>), NotLoggedIn, Forbidden, Missing, Conflict, Stale, Gone, Refused)
)]
pub async fn edit_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    headers: HeaderMap,
    Json(change): Json<Change>,
) -> Answer {
    let mut of = change.of.map_or(Of::Anything, Of::Words);
    if is_conditional(&headers) {
        let (body, edited) = whole(&app, Some(&who), CommentId(id), 0).await?;
        if let Some(stale) = overtaken(&headers, Tag::of([body.as_slice()]).value()) {
            return Ok(stale);
        }
        // Nobody comes in between.
        if of == Of::Anything {
            of = Of::Edition(edited);
        }
    }
    edit::edit(&app.ctx, &who, CommentId(id), &change.text, of).await?;
    let found = passage::in_context(&app.ctx, Some(&who), CommentId(id), 0).await?;
    json(StatusCode::OK, &Comment::placed(&app.settings, &found.passage))
}

/// Deletes one's comment
///
/// Its words are gone for good; its place and the answers to it stay.
#[utoipa::path(
    delete,
    path = "/api/v1/comments/{id}",
    tag = "comments",
    params(("id" = Id, Path, description = "The comment's id")),
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 204, description = "It is a tombstone now"), NotLoggedIn, Forbidden, Missing, Gone)
)]
pub async fn delete_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    retract::delete(&app.ctx, &who, CommentId(id)).await?;
    Ok(done())
}

/// The words of a comment as written
#[utoipa::path(
    get,
    path = "/api/v1/comments/{id}/source",
    tag = "comments",
    params(("id" = Id, Path, description = "The comment's id")),
    responses((status = 200, body = Source), Missing, Gone)
)]
pub async fn read_source(State(app): State<App>, Path(Id(id)): Path<Id>, headers: HeaderMap) -> Answer {
    let text = comment::source(&app.ctx, None, CommentId(id)).await?;
    fresh(&headers, Audience::Everybody, &Source { text })
}

/// Earlier words of a comment, newest first
#[utoipa::path(
    get,
    path = "/api/v1/comments/{id}/history",
    tag = "comments",
    params(("id" = Id, Path, description = "The comment's id")),
    responses((status = 200, body = List<Version>), Missing, Gone)
)]
pub async fn read_history(State(app): State<App>, Path(Id(id)): Path<Id>, headers: HeaderMap) -> Answer {
    let revisions = comment::history(&app.ctx, CommentId(id)).await?;
    let items = revisions.into_iter().map(Version::from).collect();
    fresh(&headers, Audience::Everybody, &List { items, next: None })
}

/// A text that may be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Markdown.
    text: String,
}

/// A text as it would be shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Clean HTML.
    html: String,
}

/// Shows a text as it would be published
///
/// Nothing is stored.
#[utoipa::path(
    post,
    path = "/api/v1/preview",
    tag = "comments",
    request_body = Draft,
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = Preview), NotLoggedIn, Refused)
)]
pub async fn preview(State(app): State<App>, Member(_who): Member, Json(draft): Json<Draft>) -> Answer {
    let rendered = match actions::render(&app.ctx, &draft.text) {
        Err(actions::Error::Refused(Refusal::Text(domain::text::TextRefusal::Empty))) => String::new(),
        other => other?.html,
    };
    json(StatusCode::OK, &Preview { html: rendered })
}
