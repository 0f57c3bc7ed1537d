//! People and what they wrote; looking for comments.

use actions::passage::{self, Sources};
use actions::people::{self, Titled};
use actions::search::{self, Ask};
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use domain::{CommentId, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{Answer, Audience, fresh};
use super::cursor;
use super::input::{Path, Query};
use super::instance::Pages;
use super::refusals::{Missing, Refused};
use super::shape::{Actor, Comment, List, title};
use crate::door::{App, Door};
use crate::settings::Settings;

/// A person
#[utoipa::path(
    get,
    path = "/api/v1/actors/{handle}",
    tag = "actors",
    params(("handle" = String, Path, description = "`name` for somebody here, `name@host` for somebody elsewhere")),
    responses((status = 200, body = Actor<'static>), Missing)
)]
pub async fn read_actor(Shared(app): Shared<App>, Path(handle): Path<String>, headers: HeaderMap) -> Answer {
    let profile = people::find(&app.ctx, &handle).await?;
    fresh(&headers, Audience::Everybody, &Actor::new(&app.settings, &profile))
}

/// What a person wrote, newest first
#[utoipa::path(
    get,
    path = "/api/v1/actors/{handle}/comments",
    tag = "actors",
    params(Pages, ("handle" = String, Path, description = "`name` for somebody here, `name@host` for somebody elsewhere")),
    responses((status = 200, body = List<Comment<'static>>), Missing)
)]
pub async fn list_actor_comments(
    Shared(app): Shared<App>,
    Path(handle): Path<String>,
    Query(pages): Query<Pages>,
    headers: HeaderMap,
) -> Answer {
    let before = cursor::List::Actor.read(pages.cursor.as_deref())?.map(CommentId);
    let limit = pages.limit()?;
    let profile = people::find(&app.ctx, &handle).await?;
    let (found, next) = people::comments(&app.ctx, &profile, before, limit).await?;
    let sources = sources(&app, &found).await?;
    let items = found.iter().map(|titled| shown(&app.settings, titled, &sources)).collect();
    let next = next.map(|id| cursor::List::Actor.after(id.0));
    fresh(&headers, Audience::Everybody, &List { items, next })
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words; a comment is found when it has all of them.
    #[param(nullable = false)]
    q: Option<String>,
    /// The handle of whoever wrote it.
    #[param(nullable = false)]
    author: Option<String>,
    /// The name of its board.
    #[param(nullable = false)]
    board: Option<String>,
    /// From this day or moment on: `2026-11-23`, or RFC 3339.
    #[param(nullable = false)]
    since: Option<String>,
    /// Before this day or moment.
    #[param(nullable = false)]
    until: Option<String>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many comments it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// Looks for comments, newest first
///
/// Without words, author and board nothing is found.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "search",
    params(SearchQuery), responses((status = 200, body = List<Comment<'static>>), Refused)
)]
pub async fn search_comments(Shared(app): Shared<App>, Query(query): Query<SearchQuery>, headers: HeaderMap) -> Answer {
    let SearchQuery { q, author, board, since, until, cursor, limit } = query;
    let before = cursor::List::Search.read(cursor.as_deref())?.map(CommentId);
    let limit = super::input::limit(limit, 30, 100)?;
    let ask = Ask {
        words: q.unwrap_or_default(),
        author: author.unwrap_or_default(),
        board: board.unwrap_or_default(),
        since: since.unwrap_or_default(),
        until: until.unwrap_or_default(),
    };
    let (found, next) = search::search(&app.ctx, &ask, before, limit).await?;
    let sources = sources(&app, &found).await?;
    let items = found.iter().map(|titled| shown(&app.settings, titled, &sources)).collect();
    let next = next.map(|id| cursor::List::Search.after(id.0));
    fresh(&headers, Audience::Everybody, &List { items, next })
}

async fn sources(app: &Door, found: &[Titled]) -> actions::Result<Sources> {
    passage::sources(&app.ctx, found.iter().map(|titled| &titled.comment)).await
}

fn shown<'a>(settings: &Settings, titled: &'a Titled, sources: &'a Sources) -> Comment<'a> {
    let id = titled.comment.id;
    let comment = Comment::new(settings, &titled.comment, sources.of(id), sources.home(id));
    Comment { thread_title: Some(title(&titled.title, State::Deleted).to_owned()), ..comment }
}
