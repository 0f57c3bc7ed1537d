//! How a node hears of what another node on the same PostgreSQL has committed: LISTEN and NOTIFY.
//!
//! Nothing depends on a message arriving: versions are trusted for a second at most, and whether something changed that stands
//! on many pages is looked up once a second. So a lost message costs a second: one that a command had no time left to send, too.
//! Messages are sent after the commit, on a connection of their own, because NOTIFY inside a transaction makes all
//! commits of the database queue behind one lock.
//! The connection is also the sign that a server runs: it holds a shared lock, which a restore asks for alone.

use std::sync::{Arc, Weak};
use std::time::Duration;

use diesel::PgConnection;
use domain::{CommentId, EventKind, ThreadId};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, NoTls};

use crate::changes::Changes;
use crate::conn::Change;
use crate::postgres::{SERVED, patient};
use crate::settings::EPOCH;
use crate::{Holder, Place};

const CHANNEL: &str = "rejoinder";
const AGAIN: Duration = Duration::from_secs(1);
/// How often the epoch is looked up.
const LOOK: Duration = Duration::from_secs(1);
/// Batches that may wait to be told. What is more than that is not told, and costs the other nodes a second.
const BACKLOG: usize = 4096;

/// The way to the task that tells the other nodes.
pub(crate) struct Told(mpsc::Sender<Vec<Change>>);

impl Told {
    /// Hands over committed changes. Never waits.
    pub(crate) fn tell(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            let _ = self.0.try_send(changes);
        }
    }
}

/// Starts the task. It ends when `changes` and the returned handle are dropped. `serving` says that a server runs until the task does.
pub(crate) fn start(place: &Place, node: u64, changes: &Arc<Changes>, serving: Option<PgConnection>) -> Told {
    let (tell, told) = mpsc::channel(BACKLOG);
    let (url, changes) = (patient(&place.url), Arc::downgrade(changes));
    let task = Task { url, holder: place.holder, node, changes, told, serving };
    tokio::spawn(task.run());
    Told(tell)
}

struct Task {
    url: String,
    holder: Holder,
    node: u64,
    changes: Weak<Changes>,
    told: mpsc::Receiver<Vec<Change>>,
    serving: Option<PgConnection>,
}

impl Task {
    async fn run(mut self) {
        while self.changes.strong_count() > 0 && !self.told.is_closed() {
            if let Err(error) = self.session().await {
                tracing::warn!(%error, "not connected to hear of other nodes' changes; trying again");
            }
            // While nobody listens, only the check of each version keeps this node right.
            while self.told.try_recv().is_ok() {}
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn session(&mut self) -> Result<(), tokio_postgres::Error> {
        let Self { url, holder, node, changes, told, serving } = self;
        let (client, mut connection) = tokio_postgres::connect(url, NoTls).await?;
        let hear = async {
            loop {
                match std::future::poll_fn(|context| connection.poll_message(context)).await {
                    Some(Ok(AsyncMessage::Notification(message))) => {
                        let Some(changes) = changes.upgrade() else { return Ok(()) };
                        changes.publish(&decode(message.payload(), *node));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error),
                    None => return Ok(()),
                }
            }
        };
        let tell = async {
            if *holder == Holder::Server {
                client.batch_execute(&format!("SELECT pg_advisory_lock_shared({SERVED})")).await?;
                *serving = None;
            }
            client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
            // Before anything is forgotten: what changes from here on is noticed, and read again.
            let mut epoch = epoch_of(&client).await?;
            if let Some(changes) = changes.upgrade() {
                changes.forget();
            }
            let mut look = tokio::time::interval(LOOK);
            loop {
                tokio::select! {
                    batch = told.recv() => match batch {
                        Some(batch) => notify(&client, &batch, *node).await?,
                        None => return Ok(()),
                    },
                    _ = look.tick() => {
                        // Also after a change that was heard of: once too often is cheap, for such changes are rare.
                        let now = epoch_of(&client).await?;
                        if let Some(changes) = changes.upgrade().filter(|_| now != epoch) {
                            changes.publish(&[Change::Site]);
                        }
                        epoch = now;
                    }
                }
            }
        };
        tokio::select! { ended = hear => ended, ended = tell => ended }
    }
}

async fn notify(client: &Client, changes: &[Change], node: u64) -> Result<(), tokio_postgres::Error> {
    let lines: Vec<String> = changes.iter().map(|change| encode(change, node)).collect();
    client.execute("SELECT pg_notify($1, line) FROM unnest($2::text[]) AS line", &[&CHANNEL, &lines]).await?;
    Ok(())
}

/// What [`crate::settings::raise_epoch`] has raised; nothing before the first time.
async fn epoch_of(client: &Client) -> Result<Option<String>, tokio_postgres::Error> {
    let row = client.query_opt("SELECT value FROM settings WHERE key = $1", &[&EPOCH]).await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// `node thread version kind comment`, numbers; kind -1 where nothing is told live; thread 0 for what concerns none, and then the
/// version says what it is.
#[must_use]
pub fn encode(change: &Change, node: u64) -> String {
    match *change {
        Change::Thread { thread, version, event } => {
            let (kind, comment) = event.map_or((-1, 0), |(kind, comment)| (kind.code(), comment.0));
            format!("{node} {thread} {version} {kind} {comment}")
        }
        Change::Site => format!("{node} 0 0 -1 0"),
        Change::Inbox => format!("{node} 0 1 -1 0"),
        Change::Outbox => format!("{node} 0 2 -1 0"),
        Change::Queue => format!("{node} 0 3 -1 0"),
    }
}

/// The change that a message tells of, unless it is our own or not one of ours.
#[must_use]
pub fn decode(payload: &str, node: u64) -> Vec<Change> {
    let change = || -> Option<Change> {
        let mut words = payload.split(' ');
        let mut number = || words.next()?.parse::<i128>().ok();
        if number()? == i128::from(node) {
            return None;
        }
        let thread = i64::try_from(number()?).ok()?;
        let version = i64::try_from(number()?).ok()?;
        let kind = i16::try_from(number()?).ok().and_then(EventKind::coded);
        let comment = CommentId(i64::try_from(number()?).ok()?);
        match (thread, version) {
            (0, 1) => Some(Change::Inbox),
            (0, 2) => Some(Change::Outbox),
            (0, 3) => Some(Change::Queue),
            (0, _) => Some(Change::Site),
            _ => Some(Change::Thread { thread: ThreadId(thread), version, event: kind.map(|kind| (kind, comment)) }),
        }
    };
    change().into_iter().collect()
}
