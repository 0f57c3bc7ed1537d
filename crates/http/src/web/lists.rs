//! Lists of threads: the front page and the boards.

use actions::board::{self, Listing};
use actions::elsewhere::following;
use axum::extract::{Path, State};
use domain::{Refusal, ThreadSort};
use pages::views::{BoardFollow, BoardHead, BoardHome, ListPage, ListSort};
use storage::boards::Board;
use storage::following::Stage;
use storage::threads::After;

use super::convert;
use super::shell::{Answer, Oops, Query, Shell, feeds};
use crate::door::App;

/// Threads on one page of a list.
const PAGE: usize = 30;

/// `/`
pub async fn front(shell: Shell, State(app): State<App>, Query(query): Query) -> Answer {
    list(&shell, &app, None, &query).await
}

/// `/b/{board}`
pub async fn board(shell: Shell, State(app): State<App>, Path(name): Path<String>, Query(query): Query) -> Answer {
    list(&shell, &app, Some(name), &query).await
}

async fn list(shell: &Shell, app: &App, board: Option<String>, query: &super::shell::Fields) -> Answer {
    let sort = sort(query.get("sort"))?;
    let after = after(query.get("after"))?;
    let listing = board::listing(&app.ctx, board, sort, after, PAGE).await?;
    let site = app.site().await?;
    let mut frame = shell.frame().await?;
    let base = listing.board.as_ref().map_or("/".to_owned(), |board| format!("/b/{}", board.address()));
    let title = listing.board.as_ref().map_or_else(|| site.facts.name.clone(), |board| board.title.clone());
    frame.feeds = feeds(base.trim_end_matches('/'), &title);
    // Search engines find a board where it is at home.
    let elsewhere = listing.board.as_ref().and_then(|board| board.group.as_ref());
    frame.canonical = Some(elsewhere.map_or_else(|| app.url(&base), |group| group.uri.clone()));
    let next = listing.next.map(|next| format!("{base}?sort={}&after={}.{}", sort.name(), next.key, next.id));
    let view = ListPage {
        board: match &listing.board {
            Some(board) => Some(head(shell, board).await?),
            None => None,
        },
        sort: sort_view(sort),
        threads: rows(&site, &listing),
        next,
        frame,
    };
    shell.page(&view).await
}

async fn head(shell: &Shell, board: &Board) -> Result<BoardHead, Oops> {
    let home = match &board.group {
        Some(group) => Some(BoardHome {
            host: board.host.clone(),
            url: group.url.clone().unwrap_or_else(|| group.uri.clone()),
            follow: follow(shell, board).await?,
        }),
        None => None,
    };
    Ok(BoardHead {
        link: convert::board_link(board),
        description_html: board.about_html.clone(),
        rules_html: board.rules_html.clone(),
        home,
    })
}

/// How the reader follows a board of another server.
async fn follow(shell: &Shell, board: &Board) -> Result<BoardFollow, Oops> {
    let Some(person) = &shell.visitor else { return Ok(BoardFollow::Nobody) };
    Ok(match following::stage(&shell.app.ctx, person, board.id).await? {
        None => BoardFollow::Not,
        Some(Stage::Asked) => BoardFollow::Asked,
        Some(Stage::Accepted) => BoardFollow::Does,
        Some(Stage::Refused) => BoardFollow::Refused,
    })
}

fn rows(site: &crate::door::Site, listing: &Listing) -> Vec<pages::views::ThreadRow> {
    listing.pinned.iter().chain(&listing.threads).map(|thread| convert::row(site, thread)).collect()
}

fn sort(name: &str) -> Result<ThreadSort, Oops> {
    if name.is_empty() {
        return Ok(ThreadSort::default());
    }
    ThreadSort::named(name).ok_or_else(|| {
        let names: Vec<_> = ThreadSort::ALL.iter().map(|sort| sort.name()).collect();
        Refusal::field("sort", format!("choose one of {}", names.join(", "))).into()
    })
}

fn sort_view(sort: ThreadSort) -> ListSort {
    match sort {
        ThreadSort::Hot => ListSort::Hot,
        ThreadSort::New => ListSort::New,
        ThreadSort::Top => ListSort::Top,
        ThreadSort::Best => ListSort::Best,
        ThreadSort::Active => ListSort::Active,
    }
}

/// A cursor in an address: `key.id`.
fn after(text: &str) -> Result<Option<After>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = || {
        let (key, id) = text.split_once('.')?;
        Some(After { key: key.parse().ok()?, id: id.parse().ok()? })
    };
    read().map(Some).ok_or(Refusal::BadCursor)
}
