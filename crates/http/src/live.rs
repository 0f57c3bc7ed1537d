//! Threads live: server-sent events for those who watch one. Every event has the thread's version for its id, so that who was
//! cut off goes on where they were.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actions::watch;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event as Message, Sse};
use axum::response::{IntoResponse as _, Response};
use domain::{Noun, Refusal, ThreadId};
use futures::stream::{self, Stream};
use moka::future::Cache;
use serde::{Deserialize, Serialize};
use storage::Change;
use storage::comments::Line;
use storage::events::Event;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Interval, MissedTickBehavior};
use utoipa::{IntoParams, ToSchema};

use crate::api::input::{Path, Query, bad_query};
use crate::api::shape::Author;
use crate::api::value::{Id, State as CommentState};
use crate::door::{App, Door};
use crate::gate::Address;
use crate::problem::{Form, Problem};
use crate::seats::Seat;
use crate::throttle::Who;

/// How often something is sent when nothing happens: proxies end connections that are silent for longer.
const PULSE: Duration = Duration::from_secs(15);
/// How long a client waits before it comes again, in milliseconds.
pub(crate) const RETRY: Duration = Duration::from_millis(3000);
/// Events that are read from the database at once.
const BATCH: i64 = 500;
/// Events whose words are kept: as many as those who watch may fall behind.
const TOLD: u64 = 4096;
/// Seconds after which one of those who watch will have gone.
const FULL_FOR: u64 = 30;

/// From where on events are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// The id of the last event that was received, for clients that cannot send `Last-Event-ID`.
    #[param(minimum = 0, nullable = false)]
    since: Option<i64>,
}

/// What is told of a comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadEvent<'a> {
    /// The comment.
    comment_id: Id,
    /// What it answers; null for the root of the thread.
    #[schema(required)]
    parent_id: Option<Id>,
    /// Who wrote it; null for a tombstone.
    #[schema(required)]
    author: Option<Author<'a>>,
    /// What became of it.
    state: CommentState,
    /// Ups less downs.
    score: i64,
}

/// What happens in a thread, as it happens
///
/// Server-sent events: `comment` (a new one), `edit`, `delete` (it became a tombstone, or came back), `vote`. Their `id` is the
/// thread's version; send the last one as `Last-Event-ID` to go on after it. What happened is kept for a week.
#[utoipa::path(
    get,
    path = "/api/v1/threads/{id}/events",
    tag = "threads",
    params(
        EventsQuery,
        ("id" = Id, Path, description = "The thread's id"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received",
         pattern = "^[0-9]{1,18}$", nullable = false)
    ),
    responses(
        (status = 200, description = "Events; their data is a ThreadEvent as JSON", content_type = "text/event-stream", body = String),
        crate::api::refusals::Missing
    )
)]
pub async fn thread_events(
    State(app): State<App>,
    Address(address): Address,
    Path(Id(id)): Path<Id>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let thread = ThreadId(id);
    if actions::reading::thread_of(&app.ctx, thread.root()).await? != thread {
        return Err(Refusal::NotFound(Noun::Thread).into());
    }
    let since = since(&headers, &query)?;
    let seat = app.live.take(Who::at(address)).ok_or_else(full)?;
    // Listening begins before the present version is read: what happens in between is heard, and told once.
    let news = app.ctx.db().changes().watch();
    let version = app.ctx.db().thread_version(thread).await.map_err(actions::Error::from)?.unwrap_or_default();
    // A version that is yet to come was given before the database was restored from a backup.
    let told = since.map_or(version, |since| since.min(version));
    let watch = Watch::new(app, thread, told, news, seat);
    Ok(streamed(watch.messages()))
}

/// The answer that sends events as they come.
pub(crate) fn streamed(messages: impl Stream<Item = Result<Message, Infallible>> + Send + 'static) -> Response {
    let mut answer = Sse::new(messages).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // For proxies that would otherwise hold events back until there are enough of them.
    answer.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    answer
}

/// The header wins: a browser that comes again sends it beside the query of its first request.
fn since(headers: &HeaderMap, query: &EventsQuery) -> Result<Option<i64>, Problem> {
    let since = match headers.get("last-event-id") {
        None => query.since,
        Some(value) if value.is_empty() => query.since,
        Some(value) => {
            let id = value.to_str().ok().and_then(|id| id.parse().ok());
            Some(id.ok_or_else(|| bad_query("Last-Event-ID is not the id of an event"))?)
        }
    };
    match since {
        Some(negative) if negative < 0 => Err(bad_query("since is negative, but versions count from 1")),
        since => Ok(since),
    }
}

pub(crate) fn full() -> Problem {
    let words =
        "As many people as there are places watch threads live at the moment. Read the thread, and try again later.";
    let mut problem = Problem::request(StatusCode::SERVICE_UNAVAILABLE, "live-full", words, Form::Json);
    problem.retry_after = Some(FULL_FOR);
    problem
}

/// Beats as often as something is sent.
pub(crate) fn pulse() -> Interval {
    let mut pulse = tokio::time::interval_at(tokio::time::Instant::now() + PULSE, PULSE);
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pulse
}

/// Somebody who watches a thread.
struct Watch {
    app: App,
    thread: ThreadId,
    /// The version up to which everything has been put into `ready`.
    told: i64,
    ready: VecDeque<Message>,
    /// The version up to which the database knows more, when it does.
    behind: Option<i64>,
    news: Receiver<Change>,
    pulse: Interval,
    _seat: Seat,
}

impl Watch {
    fn new(app: App, thread: ThreadId, told: i64, news: Receiver<Change>, seat: Seat) -> Self {
        let pulse = pulse();
        let hello = Message::default().retry(RETRY).comment("watching");
        Self { app, thread, told, ready: VecDeque::from([hello]), behind: Some(told), news, pulse, _seat: seat }
    }

    fn messages(self) -> impl Stream<Item = Result<Message, Infallible>> {
        stream::unfold(self, |mut watch| async move {
            let message = watch.next().await?;
            Some((Ok(message), watch))
        })
    }

    /// The next message; `None` when the server stops, or cannot go on: the client comes again.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Some(message);
            }
            if let Some(version) = self.behind {
                self.catch_up(version).await.ok()?;
                continue;
            }
            tokio::select! {
                biased;
                () = self.app.stopped() => return None,
                news = self.news.recv() => self.hear(news).await?,
                _ = self.pulse.tick() => self.beat().await?,
            }
        }
    }

    /// Reads from the database what happened since, a batch at a time. Not every version has an event.
    async fn catch_up(&mut self, version: i64) -> Result<(), CutOff> {
        let events = watch::events(&self.app.ctx, self.thread, self.told, BATCH).await?;
        self.told = events.last().map_or(self.told, |last| last.version);
        if (events.len() as i64) < BATCH {
            self.told = self.told.max(version);
            self.behind = None;
        }
        self.tell(&events).await
    }

    async fn hear(&mut self, news: Result<Change, RecvError>) -> Option<()> {
        match news {
            Ok(Change::Thread { thread, version, event }) if thread == self.thread && version > self.told => {
                // Versions come in order from each node, but not among nodes: where one is missing, it is in the database.
                if version == self.told + 1 {
                    self.told = version;
                    let event = event.map(|(kind, comment)| Event { version, kind, comment });
                    self.tell(event.as_slice()).await.ok()?;
                } else {
                    self.behind = Some(version);
                }
            }
            Ok(Change::Thread { .. } | Change::Inbox | Change::Outbox | Change::Queue) => {}
            Ok(Change::Site) | Err(RecvError::Lagged(_)) => self.behind = Some(self.told),
            Err(RecvError::Closed) => return None,
        }
        Some(())
    }

    /// Shows that the connection is alive, and makes sure that nothing was missed.
    async fn beat(&mut self) -> Option<()> {
        let version = self.app.ctx.db().thread_version(self.thread).await.ok()??;
        self.behind = Some(version).filter(|version| *version > self.told);
        self.ready.push_back(Message::default().comment(""));
        Some(())
    }

    async fn tell(&mut self, events: &[Event]) -> Result<(), CutOff> {
        match events {
            [] => {}
            [event] => {
                let words = self.app.told.words(&self.app, self.thread, event).await?;
                self.ready.extend(words.map(|words| message(event, &words)));
            }
            several => {
                let lines = watch::comments(&self.app.ctx, several).await?;
                let told = several.iter().filter_map(|event| Some(message(event, &words(&self.app, &lines, event)?)));
                self.ready.extend(told);
            }
        }
        Ok(())
    }
}

/// The database is away: the connection ends, and the client comes again when it likes.
struct CutOff;

impl From<actions::Error> for CutOff {
    fn from(error: actions::Error) -> Self {
        tracing::debug!(error = &error as &dyn std::error::Error, "a live connection ends");
        Self
    }
}

impl From<Arc<actions::Error>> for CutOff {
    fn from(error: Arc<actions::Error>) -> Self {
        tracing::debug!(error = &*error as &dyn std::error::Error, "a live connection ends");
        Self
    }
}

/// What was told last, so that one read is enough for all who watch.
pub struct Told {
    words: Cache<(ThreadId, i64), Option<Arc<str>>>,
}

impl Default for Told {
    fn default() -> Self {
        Self { words: Cache::new(TOLD) }
    }
}

impl Told {
    /// What is told of an event; `None` where nobody may know of the comment.
    async fn words(&self, app: &App, thread: ThreadId, event: &Event) -> Result<Option<Arc<str>>, CutOff> {
        let read = async {
            let lines = watch::comments(&app.ctx, std::slice::from_ref(event)).await?;
            Ok::<_, actions::Error>(words(app, &lines, event).map(Arc::from))
        };
        Ok(self.words.try_get_with((thread, event.version), read).await?)
    }
}

fn words(app: &Door, lines: &[Line], event: &Event) -> Option<String> {
    let at = lines.binary_search_by_key(&event.comment, |line| line.id).ok()?;
    let line = lines.get(at)?;
    let told = ThreadEvent {
        comment_id: Id(line.id.0),
        parent_id: line.parent.map(|parent| Id(parent.0)),
        author: Author::of(&app.settings, &line.author, line.state),
        state: line.state.into(),
        score: line.votes.score(),
    };
    serde_json::to_string(&told).ok()
}

fn message(event: &Event, words: &str) -> Message {
    Message::default().id(event.version.to_string()).event(event.kind.name()).data(words)
}
