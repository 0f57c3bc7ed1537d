//! The queue live: server-sent events for moderators who have it open, so that two do not look at the same thing for long.

use std::convert::Infallible;
use std::time::Duration;

use actions::{Person, queue};
use axum::extract::State;
use axum::response::Response;
use axum::response::sse::Event as Message;
use futures::stream::{self, Stream};
use serde::Serialize;
use storage::Change;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, Interval};
use utoipa::ToSchema;

use crate::api::refusals::{Forbidden, NotLoggedIn};
use crate::door::App;
use crate::gate::{Address, Member};
use crate::live;
use crate::problem::Problem;
use crate::seats::Seat;
use crate::throttle::Who;

/// After so long a client has to come again, and to show that it still may.
const AT_LONGEST: Duration = Duration::from_mins(5);
/// It is not counted more often than that, however much comes.
const AT_MOST_EVERY: Duration = Duration::from_millis(500);

/// How much waits on the boards of the caller, 1,000 at most of each.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueCounts {
    /// Held.
    held: usize,
    /// Reported.
    reported: usize,
}

/// What waits for moderators, as it changes
///
/// Server-sent events called `queue`, the first at once, another whenever something has come or was decided. Their data is a QueueCounts as
/// JSON. The connection ends after five minutes; come again.
#[utoipa::path(
    get,
    path = "/api/v1/admin/queue/events",
    tag = "moderation",
    security(("token" = ["moderate"]), ("session" = [])),
    responses(
        (status = 200, description = "Events", content_type = "text/event-stream", body = String),
        NotLoggedIn,
        Forbidden
    )
)]
pub async fn queue_events(
    State(app): State<App>,
    Member(who): Member,
    Address(address): Address,
) -> Result<Response, Problem> {
    // Listening begins before the first count: what happens in between is heard.
    let news = app.ctx.db().changes().watch();
    let counts = queue::counts(&app.ctx, &who).await?;
    let seat = app.live.take(Who::at(address)).ok_or_else(live::full)?;
    let watch = Watch {
        ready: message(counts),
        pulse: live::pulse(),
        until: Instant::now() + AT_LONGEST,
        counted: Instant::now(),
        is_due: false,
        app,
        who,
        news,
        _seat: seat,
    };
    Ok(live::streamed(watch.messages()))
}

/// A moderator who has the queue open.
struct Watch {
    app: App,
    who: Person,
    ready: Option<Message>,
    news: Receiver<Change>,
    pulse: Interval,
    until: Instant,
    /// When it was last counted.
    counted: Instant,
    /// Whether it has to be again.
    is_due: bool,
    _seat: Seat,
}

impl Watch {
    fn messages(self) -> impl Stream<Item = Result<Message, Infallible>> {
        stream::unfold(self, |mut watch| async move {
            let message = watch.next().await?;
            Some((Ok(message), watch))
        })
    }

    /// The next message; `None` when the server stops, cannot go on, or the client is to come again.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.ready.take() {
                return Some(message);
            }
            tokio::select! {
                biased;
                () = self.app.stopped() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep_until(self.counted + AT_MOST_EVERY), if self.is_due => self.count().await?,
                news = self.news.recv() => self.hear(&news)?,
                _ = self.pulse.tick() => self.ready = Some(Message::default().comment("")),
            }
        }
    }

    fn hear(&mut self, news: &Result<Change, RecvError>) -> Option<()> {
        match news {
            Ok(Change::Thread { .. } | Change::Inbox | Change::Outbox) => {}
            Ok(Change::Queue | Change::Site) | Err(RecvError::Lagged(_)) => self.is_due = true,
            Err(RecvError::Closed) => return None,
        }
        Some(())
    }

    async fn count(&mut self) -> Option<()> {
        // Before it is counted: what comes meanwhile is heard.
        (self.is_due, self.counted) = (false, Instant::now());
        self.ready = message(queue::counts(&self.app.ctx, &self.who).await.ok()?);
        Some(())
    }
}

fn message(counts: queue::Counts) -> Option<Message> {
    let told = QueueCounts { held: counts.held, reported: counts.reported };
    let words = serde_json::to_string(&told).ok()?;
    Some(Message::default().retry(live::RETRY).event("queue").data(words))
}
