//! Feeds: what is new on the site, on a board, in a thread, by a person, as Atom (RFC 4287) and as JSON Feed 1.1. Long ones come in
//! pages (RFC 5005). Here is what stands in a feed; how it is written is in `atom` and `json`.

mod atom;
pub mod entries;
mod json;

use actions::people;
use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::{HeaderMap, StatusCode, request::Parts};
use axum::response::Response;
use domain::{CommentId, Noun, Refusal, ThreadId, ThreadSort, Time};

use crate::api::answer::{Audience, Tag, unchanged, whole};
use crate::api::cursor::{self, List};
use crate::api::input::Path;
use crate::api::shape::{handle as handle_of, person_url, title};
use crate::api::value::Id;
use crate::door::{App, Door};
use crate::problem::{Form, Problem};
use crate::routes::get;
use entries::{Entry, of_comment, of_deed, of_thread, of_titled};

/// Comments on one page of a feed.
const COMMENTS: usize = 200;
/// Entries of the moderation log on one page of a feed.
const DEEDS: usize = 100;
/// Threads on one page of a feed.
const THREADS: usize = 50;

/// All feeds. Each address has two, told apart by their ending.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/feed.atom", get(site))
        .route("/feed.json", get(site))
        .route("/b/{board}/feed.atom", get(board))
        .route("/b/{board}/feed.json", get(board))
        .route("/t/{thread}/feed.atom", get(thread))
        .route("/t/{thread}/feed.json", get(thread))
        .route("/u/{handle}/feed.atom", get(person))
        .route("/u/{handle}/feed.json", get(person))
        .route("/modlog/feed.atom", get(log))
        .route("/modlog/feed.json", get(log))
}

/// A feed before it is written.
struct Feed {
    /// The page that it is about; what the feed is known by.
    home: String,
    /// Its own address, without ending and query.
    place: String,
    title: String,
    /// Where the next page begins.
    next: Option<String>,
    entries: Vec<Entry>,
}

impl Feed {
    /// When the newest thing in it happened.
    fn updated(&self) -> Time {
        self.entries.iter().map(|entry| entry.updated).max().unwrap_or_default()
    }

    /// The address of this feed's page that begins at a cursor.
    fn address(&self, writing: Writing, cursor: Option<&str>) -> String {
        let query = cursor.map(|cursor| format!("?before={cursor}")).unwrap_or_default();
        format!("{}/feed.{}{query}", self.place, writing.ending())
    }
}

/// In which form a feed is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    Atom,
    Json,
}

impl Writing {
    fn ending(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json",
        }
    }

    fn write(self, feed: &Feed, before: Option<&str>) -> Result<Vec<u8>, Problem> {
        let written = match self {
            Self::Atom => atom::write(feed, before),
            Self::Json => json::write(feed, before),
        };
        written.map_err(|error| {
            tracing::error!(error, "answered 500: a feed could not be written");
            let words = "Something went wrong on our side. It has been noted for those who run this server.";
            Problem::request(StatusCode::INTERNAL_SERVER_ERROR, "internal", words, Form::Json)
        })
    }
}

/// What is asked of a feed.
struct Asked {
    writing: Writing,
    /// Where the page begins. Readers of feeds add parameters of their own; they are left alone.
    before: Option<String>,
    headers: HeaderMap,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let writing = if parts.uri.path().ends_with(".json") { Writing::Json } else { Writing::Atom };
        let mut query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let before = query.find(|(name, _)| name == "before").map(|(_, before)| before.into_owned());
        Ok(Self { writing, before, headers: parts.headers.clone() })
    }
}

impl Asked {
    fn answer(&self, feed: &Feed) -> Result<Response, Problem> {
        let body = self.writing.write(feed, self.before.as_deref())?;
        let tag = Tag::of([body.as_slice()]);
        Ok(self.unchanged(&tag).unwrap_or_else(|| self.whole(&tag, body)))
    }

    fn unchanged(&self, tag: &Tag) -> Option<Response> {
        unchanged(&self.headers, Audience::Everybody, tag)
    }

    fn whole(&self, tag: &Tag, body: Vec<u8>) -> Response {
        whole(Audience::Everybody, tag, self.writing.kind(), body)
    }
}

async fn site(State(app): State<App>, asked: Asked) -> Result<Response, Problem> {
    let title = app.site().await?.facts.name.clone();
    threads(&app, &asked, None, title).await
}

async fn board(State(app): State<App>, Path(name): Path<String>, asked: Asked) -> Result<Response, Problem> {
    threads(&app, &asked, Some(name), String::new()).await
}

async fn threads(app: &Door, asked: &Asked, board: Option<String>, title: String) -> Result<Response, Problem> {
    let after = cursor::read(ThreadSort::New, asked.before.as_deref())?;
    let found = actions::feed::threads(&app.ctx, board, after, THREADS).await?;
    let (place, home, title) = match &found.board {
        Some(board) => {
            let page = app.url(&format!("/b/{}", board.address()));
            (page.clone(), page, board.title.clone())
        }
        None => (app.url(""), app.url("/"), title),
    };
    let entries = found.threads.iter().map(|(thread, root)| of_thread(&app.settings, thread, root)).collect();
    let next = found.next.map(|after| cursor::after(ThreadSort::New, after));
    asked.answer(&Feed { home, place, title, next, entries })
}

async fn thread(State(app): State<App>, Path(Id(id)): Path<Id>, asked: Asked) -> Result<Response, Problem> {
    let before = List::Feed.read(asked.before.as_deref())?.map(CommentId);
    let id = ThreadId(id);
    let version = app.ctx.db().thread_version(id).await.map_err(actions::Error::from)?;
    let version = version.ok_or(Refusal::NotFound(Noun::Thread))?;
    if let Some(answer) = asked.unchanged(&tag(&app, &asked, id, version)) {
        return Ok(answer);
    }
    let found = actions::feed::comments(&app.ctx, id, before, COMMENTS).await?;
    let title = title(&found.thread.title, found.thread.state);
    let home = app.url(&format!("/t/{id}"));
    let feed = Feed {
        place: home.clone(),
        home,
        title: title.to_owned(),
        next: found.next.map(|before| List::Feed.after(before.0)),
        entries: found.comments.iter().map(|line| of_comment(&app.settings, title, line)).collect(),
    };
    let body = asked.writing.write(&feed, asked.before.as_deref())?;
    Ok(asked.whole(&tag(&app, &asked, id, found.thread.version), body))
}

/// A version of a thread as one page of a feed, written by one program.
fn tag(app: &Door, asked: &Asked, id: ThreadId, version: i64) -> Tag {
    Tag::of([
        env!("CARGO_PKG_VERSION").as_bytes(),
        app.settings.public_url.as_bytes(),
        asked.writing.ending().as_bytes(),
        asked.before.as_deref().unwrap_or_default().as_bytes(),
        &id.0.to_le_bytes(),
        &version.to_le_bytes(),
    ])
}

async fn person(State(app): State<App>, Path(handle): Path<String>, asked: Asked) -> Result<Response, Problem> {
    let before = List::Feed.read(asked.before.as_deref())?.map(CommentId);
    let profile = people::find(&app.ctx, &handle).await?;
    let (found, next) = people::comments(&app.ctx, &profile, before, COMMENTS).await?;
    let handle = handle_of(&profile.actor.name, &profile.actor.host);
    let home = person_url(&app.settings, &handle);
    asked.answer(&Feed {
        place: home.clone(),
        home,
        title: handle,
        next: next.map(|before| List::Feed.after(before.0)),
        entries: found.iter().map(|titled| of_titled(&app.settings, titled)).collect(),
    })
}

/// The public part of the moderation log.
async fn log(State(app): State<App>, asked: Asked) -> Result<Response, Problem> {
    let before = List::Log.read(asked.before.as_deref())?;
    let (found, next) = actions::manage::log(&app.ctx, before, DEEDS).await?;
    let home = app.url("/modlog");
    asked.answer(&Feed {
        place: home.clone(),
        home,
        title: format!("Moderation log – {}", app.site().await?.facts.name),
        next: next.map(|before| List::Log.after(before)),
        entries: found.iter().map(|listed| of_deed(&app.ctx, &app.settings, listed)).collect(),
    })
}
