//! Boards.

use actions::board::{self, Description};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::{Noun, Refusal};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{Answer, Audience, created, fresh, json};
use super::input::{Json, Path};
use super::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused};
use super::shape::{Board, List};
use crate::door::App;
use crate::gate::Member;

/// All boards
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
    let site = app.site().await?;
    let found = site.boards.iter().find(|board| board.name.eq_ignore_ascii_case(&name));
    let board = found.ok_or(Refusal::NotFound(Noun::Board))?;
    fresh(&headers, Audience::Everybody, &Board::new(&app.settings, board))
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
    let said = Description { title: new.title, about: new.about, rules: new.rules };
    let board = board::create(&app.ctx, &who, &new.name, &said).await?;
    created(&format!("/api/v1/boards/{}", board.name), &Board::new(&app.settings, &board))
}

/// What is to be said of a board from now on; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardChange {
    /// Its title.
    title: Option<String>,
    /// What it is about (Markdown).
    about: Option<String>,
    /// Its rules (Markdown).
    rules: Option<String>,
}

/// Describes a board
///
/// For administrators.
#[utoipa::path(
    patch,
    path = "/api/v1/boards/{name}",
    tag = "boards",
    params(("name" = String, Path, description = "The board's name")),
    request_body = BoardChange,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Board<'static>), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn describe_board(
    State(app): State<App>,
    Member(who): Member,
    Path(name): Path<String>,
    Json(change): Json<BoardChange>,
) -> Answer {
    let old = board::find(&app.ctx, &name).await?;
    let said = Description {
        title: change.title.unwrap_or(old.title),
        about: change.about.unwrap_or(old.about),
        rules: change.rules.unwrap_or(old.rules),
    };
    let board = board::describe(&app.ctx, &who, &name, &said).await?;
    json(StatusCode::OK, &Board::new(&app.settings, &board))
}
