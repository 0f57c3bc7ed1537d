//! Threads: lists of them, starting one, reading one.

use actions::Once;
use actions::passage::{self, InContext, Stretch};
use actions::personal::{self, Own};
use actions::start_thread::{Opening, start_thread as publish};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use domain::{CommentId, Noun, Refusal, ThreadId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Audience, Tag, created, fresh, unchanged, with_tag};
use super::cursor;
use super::input::{Path, Query, Repeatable, limit};
use super::refusals::{Conflict, Forbidden, Gone, Missing, NotLoggedIn, Refused};
use super::shape::{Comment, FullThread, List, Thread, ThreadPage, vote};
use super::value::{CommentSort, Id, ThreadSort};
use crate::door::{App, Door};
use crate::gate::{Member, Visitor};

/// Which page of a list of threads.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ThreadsQuery {
    /// The order; `hot` if it is left out.
    #[param(nullable = false)]
    sort: Option<ThreadSort>,
    /// Where the page begins: `next` of the page before, of the same list in the same order.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many threads it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// The threads of all boards
#[utoipa::path(get, path = "/api/v1/threads", tag = "threads", params(ThreadsQuery), responses((status = 200, body = List<Thread<'static>>)))]
pub async fn list_threads(State(app): State<App>, Query(query): Query<ThreadsQuery>, headers: HeaderMap) -> Answer {
    list(&app, None, &query, &headers).await
}

/// The threads of a board
///
/// Those that are pinned stand at the head of the first page, whatever the order, and nowhere else.
#[utoipa::path(
    get,
    path = "/api/v1/boards/{name}/threads",
    tag = "threads",
    params(ThreadsQuery, ("name" = String, Path, description = "The board's name")),
    responses((status = 200, body = List<Thread<'static>>), Missing)
)]
pub async fn list_board_threads(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(query): Query<ThreadsQuery>,
    headers: HeaderMap,
) -> Answer {
    list(&app, Some(name), &query, &headers).await
}

async fn list(app: &Door, board: Option<String>, query: &ThreadsQuery, headers: &HeaderMap) -> Answer {
    let sort = query.sort.map(domain::ThreadSort::from).unwrap_or_default();
    let after = cursor::read(sort, query.cursor.as_deref())?;
    let limit = limit(query.limit, 30, 100)?;
    let found = actions::board::listing(&app.ctx, board, sort, after, limit).await?;
    let items = found.pinned.iter().chain(&found.threads).map(|thread| Thread::new(&app.settings, thread)).collect();
    let next = found.next.map(|after| cursor::after(sort, after));
    fresh(headers, Audience::Everybody, &List { items, next })
}

/// What a thread begins with: a title, and a link or words or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewThread {
    /// Its title.
    #[schema(min_length = 1)]
    title: String,
    /// What it discusses: an address that begins with `https://` or `http://`.
    #[schema(pattern = "^(https?://.+)?$")]
    url: Option<String>,
    /// Its words (Markdown).
    text: Option<String>,
}

/// Starts a thread
#[utoipa::path(
    post,
    path = "/api/v1/boards/{name}/threads",
    tag = "threads",
    params(
        ("name" = String, Path, description = "The board's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key counts once; kept for a week",
         pattern = "^[!-~]{1,200}$", nullable = false)
    ),
    request_body = NewThread,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 201, body = FullThread<'static>, headers(("Location" = String))), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
)]
pub async fn start_thread(
    State(app): State<App>,
    Member(who): Member,
    Path(name): Path<String>,
    Repeatable { body, once }: Repeatable<NewThread>,
) -> Answer {
    let NewThread { title, url, text } = body;
    let opening = Opening { title, url: url.unwrap_or_default(), text: text.unwrap_or_default() };
    let id = Once::settle(once, |once| publish(&app.ctx, &who, &name, &opening, once)).await?;
    // Its author sees it, also where it waits for a moderator.
    let InContext { thread, passage, .. } = passage::in_context(&app.ctx, Some(&who), id.root(), 0).await?;
    created(&format!("/api/v1/threads/{id}"), &FullThread::new(&app.settings, &thread, &passage))
}

/// Which stretch of a thread.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ThreadQuery {
    /// The order of siblings; `best` if it is left out.
    #[param(nullable = false)]
    sort: Option<CommentSort>,
    /// Where the stretch begins: `next` of the one before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many comments it holds; 200 if it is left out.
    #[param(minimum = 1, maximum = 500, nullable = false)]
    limit: Option<u32>,
}

/// A thread and its comments
///
/// The comments come flat, in display order: depth first, siblings in the chosen order. `parent_id` and `depth` say how they
/// hang together.
#[utoipa::path(
    get,
    path = "/api/v1/threads/{id}",
    tag = "threads",
    params(ThreadQuery, ("id" = Id, Path, description = "The thread's id")),
    responses((status = 200, body = ThreadPage<'static>), Missing, Gone)
)]
pub async fn read_thread(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    Path(Id(id)): Path<Id>,
    Query(query): Query<ThreadQuery>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    let after = cursor::List::Thread.read(query.cursor.as_deref())?.map(CommentId);
    let (sort, limit) = (query.sort.map(domain::CommentSort::from).unwrap_or_default(), limit(query.limit, 200, 500)?);
    let id = ThreadId(id);
    let audience = if visitor.is_some() { Audience::Caller } else { Audience::Everybody };
    let actor = visitor.as_ref().map_or(0, |who| who.actor.0);
    let version = app.ctx.db().thread_version(id).await.map_err(actions::Error::from)?;
    let version = version.ok_or(Refusal::NotFound(Noun::Thread))?;
    if let Some(answer) = unchanged(&headers, audience, &tag(&app, &uri, version, actor)) {
        return Ok(answer);
    }
    let stretch = passage::stretch(&app.ctx, id, sort, after, limit).await?;
    let own = match &visitor {
        Some(who) => Some(personal::own(&app.ctx, who, id).await?),
        None => None,
    };
    let tag = tag(&app, &uri, stretch.thread.version, actor);
    with_tag(audience, &tag, &page(&app, &stretch, own.as_ref()))
}

/// A version of a thread, as one caller sees one stretch of it from one program.
fn tag(app: &Door, uri: &Uri, version: i64, actor: i64) -> Tag {
    let place = uri.path_and_query().map_or("", |place| place.as_str());
    Tag::of([
        env!("CARGO_PKG_VERSION").as_bytes(),
        app.settings.public_url.as_bytes(),
        place.as_bytes(),
        &version.to_le_bytes(),
        &actor.to_le_bytes(),
    ])
}

fn page<'a>(app: &Door, stretch: &'a Stretch, own: Option<&Own>) -> ThreadPage<'a> {
    let vote_on = |id: CommentId| own.map(|own| vote(own.votes.get(&id)));
    let comment = |passage: &'a passage::Passage| Comment {
        own_vote: vote_on(passage.line.id),
        ..Comment::placed(&app.settings, passage)
    };
    let root = stretch.thread.id.root();
    ThreadPage {
        thread: FullThread {
            own_vote: vote_on(root),
            ..FullThread::new(&app.settings, &stretch.thread, &stretch.root)
        },
        comments: stretch.comments.iter().map(comment).collect(),
        next: stretch.next.map(|id| cursor::List::Thread.after(id.0)),
    }
}
