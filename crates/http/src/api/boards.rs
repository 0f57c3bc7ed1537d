//! Boards.

use actions::board::{self, Description};
use actions::elsewhere::following;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::authority::Admission;
use domain::{Noun, Refusal};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{Answer, Audience, Tag, created, done, encode, fresh, fresh_bytes, json};
use super::condition::{is_conditional, overtaken};
use super::input::{Json, Path};
use super::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused, Stale};
use super::shape::{Board, Follow, List};
use crate::door::App;
use crate::gate::Member;
use crate::problem::Problem;

/// All boards
///
/// Those of this instance, then those of other servers that somebody here follows.
#[utoipa::path(get, path = "/api/v1/boards", tag = "boards", responses((status = 200, body = List<Board<'static>>)))]
pub async fn list_boards(State(app): State<App>, headers: HeaderMap) -> Answer {
    let site = app.site().await?;
    let items = site.boards.iter().map(|board| Board::new(&app.settings, board)).collect();
    fresh(&headers, Audience::Everybody, &List { items, next: None })
}

/// A board
#[utoipa::path(
    get,
    path = "/api/v1/boards/{name}",
    tag = "boards",
    params(("name" = String, Path, description = "The board's name")),
    responses((status = 200, body = Board<'static>), Missing)
)]
pub async fn read_board(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Answer {
    Ok(fresh_bytes(&headers, Audience::Everybody, whole(&app, &name).await?))
}

/// A board as everybody reads it.
async fn whole(app: &App, name: &str) -> Result<Vec<u8>, Problem> {
    let site = app.site().await?;
    if let Some(board) = site.boards.iter().find(|board| board.address().eq_ignore_ascii_case(name)) {
        return encode(&Board::new(&app.settings, board));
    }
    // One of another server that nobody follows any more.
    let board = board::find(&app.ctx, name).await?;
    encode(&Board::new(&app.settings, &board))
}

/// A new board.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBoard {
    /// Its name in addresses: 2 to 30 letters, digits, `_`, `-`, `.`.
    #[schema(min_length = 2, max_length = 30, pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z0-9_]$")]
    name: String,
    /// Its title; the name if it is left out.
    #[serde(default)]
    title: String,
    /// What it is about (Markdown).
    #[serde(default)]
    about: String,
    /// Its rules (Markdown).
    #[serde(default)]
    rules: String,
    /// Whether people of other servers may start threads on it; they may if it is left out.
    #[schema(nullable = false)]
    remote_threads: Option<bool>,
    /// Slow mode: seconds that everybody has to let pass between two comments of theirs on it, a day at most; 0 is off.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 86_400)]
    slow_seconds: i64,
}

/// Makes a board
///
/// For administrators.
#[utoipa::path(
    post,
    path = "/api/v1/boards",
    tag = "boards",
    request_body = NewBoard,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 201, body = Board<'static>, headers(("Location" = String))), NotLoggedIn, Forbidden, Conflict, Refused)
)]
pub async fn create_board(State(app): State<App>, Member(who): Member, Json(new): Json<NewBoard>) -> Answer {
    let admission = new.remote_threads.map_or(Admission::Everybody, admission);
    let slow = new.slow_seconds;
    let said = Description { title: new.title, about: new.about, rules: new.rules, admission, slow };
    let board = board::create(&app.ctx, &who, &new.name, &said).await?;
    created(&format!("/api/v1/boards/{}", board.name), &Board::new(&app.settings, &board))
}

/// What is to be said of a board from now on; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardChange {
    /// Its title; not empty.
    title: Option<String>,
    /// What it is about (Markdown).
    about: Option<String>,
    /// Its rules (Markdown).
    rules: Option<String>,
    /// Whether people of other servers may start threads on it, by naming it in a public note.
    remote_threads: Option<bool>,
    /// Slow mode: seconds that everybody has to let pass between two comments of theirs on it, a day at most; 0 is off.
    #[schema(minimum = 0, maximum = 86_400)]
    slow_seconds: Option<i64>,
}

fn admission(remote_threads: bool) -> Admission {
    if remote_threads { Admission::Everybody } else { Admission::OurPeople }
}

/// Describes a board
///
/// For administrators. With `If-Match`, only if the board is still as it was read.
#[utoipa::path(
    patch,
    path = "/api/v1/boards/{name}",
    tag = "boards",
    params(
        ("name" = String, Path, description = "The board's name"),
        ("If-Match" = Option<String>, Header, description = "`ETag` of the board that is changed", nullable = false)
    ),
    request_body = BoardChange,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Board<'static>), NotLoggedIn, Forbidden, Missing, Stale, Refused)
)]
pub async fn describe_board(
    State(app): State<App>,
    Member(who): Member,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(change): Json<BoardChange>,
) -> Answer {
    let old = board::find(&app.ctx, &name).await?;
    if is_conditional(&headers) {
        let now = Tag::of([whole(&app, &name).await?.as_slice()]);
        if let Some(stale) = overtaken(&headers, now.value()) {
            return Ok(stale);
        }
    }
    let said = Description {
        title: change.title.unwrap_or(old.title),
        about: change.about.unwrap_or(old.about),
        rules: change.rules.unwrap_or(old.rules),
        admission: change.remote_threads.map_or(old.admission, admission),
        slow: change.slow_seconds.unwrap_or(old.slow),
    };
    let board = board::describe(&app.ctx, &who, &name, &said).await?;
    json(StatusCode::OK, &Board::new(&app.settings, &board))
}

/// Follows a board of another server
///
/// What the board passes on comes here from then on. The board is asked; `state` says whether it has answered. Asking again asks
/// nothing once it has said yes.
#[utoipa::path(
    post,
    path = "/api/v1/boards/{name}/follow",
    tag = "boards",
    params(("name" = String, Path, description = "The board's handle, `name@host`, or its id on its server")),
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 200, body = Follow<'static>), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn follow_board(State(app): State<App>, Member(who): Member, Path(name): Path<String>) -> Answer {
    let followed = following::follow(&app.ctx, &who, &name).await?;
    let board = Board::new(&app.settings, &followed.board);
    json(StatusCode::OK, &Follow { board, state: followed.stage.into() })
}

/// How the caller follows a board of another server
#[utoipa::path(
    get,
    path = "/api/v1/boards/{name}/follow",
    tag = "boards",
    params(("name" = String, Path, description = "The board's handle, `name@host`")),
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = Follow<'static>), NotLoggedIn, Forbidden, Missing)
)]
pub async fn read_follow(
    State(app): State<App>,
    Member(who): Member,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let board = board::find(&app.ctx, &name).await?;
    let stage = following::stage(&app.ctx, &who, board.id).await?.ok_or(Refusal::NotFound(Noun::Board))?;
    let board = Board::new(&app.settings, &board);
    fresh(&headers, Audience::Caller, &Follow { board, state: stage.into() })
}

/// Follows a board of another server no longer
#[utoipa::path(
    delete,
    path = "/api/v1/boards/{name}/follow",
    tag = "boards",
    params(("name" = String, Path, description = "The board's handle, `name@host`")),
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 204), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn unfollow_board(
    State(app): State<App>,
    Member(who): Member,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    following::unfollow(&app.ctx, &who, &name).await?;
    Ok(done())
}
