//! What this process knows of changes: the version of each thread that is being read, and those who wait for news.
//! Not here: how another node hears of them (`listen.rs`), or what is done with them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::ThreadId;
use moka::ops::compute::Op;
use moka::sync::Cache;
use tokio::sync::broadcast;

use crate::conn::Change;

/// How many threads' versions are kept in memory; each costs about a hundred bytes.
const VERSIONS: u64 = 100_000;
/// How many changes a slow watcher may fall behind before it has to read the events from the database.
const BACKLOG: usize = 4096;

/// Versions in memory, and the news.
pub struct Changes {
    versions: Cache<ThreadId, i64>,
    /// Counts what was heard, so that what was read before it is not believed after it.
    heard: AtomicU64,
    epoch: AtomicU64,
    news: broadcast::Sender<Change>,
}

/// A moment before a version is read from the database; see [`Changes::learn`].
#[derive(Clone, Copy)]
pub struct Moment(u64);

impl Changes {
    /// `trusted_for`: how long a version counts without asking the database; `None` where nobody else can write unseen.
    pub(crate) fn new(trusted_for: Option<Duration>) -> Self {
        let mut versions = Cache::builder().max_capacity(VERSIONS);
        if let Some(trusted_for) = trusted_for {
            versions = versions.time_to_live(trusted_for);
        }
        Self {
            versions: versions.build(),
            heard: AtomicU64::new(0),
            epoch: AtomicU64::new(0),
            news: broadcast::channel(BACKLOG).0,
        }
    }

    /// Makes committed changes known. A version only ever grows, whichever order the news arrive in.
    pub(crate) fn publish(&self, changes: &[Change]) {
        if changes.is_empty() {
            return;
        }
        self.heard.fetch_add(1, Ordering::SeqCst);
        for change in changes {
            match *change {
                Change::Thread { thread, version, .. } => self.raise(thread, version, None),
                Change::Site => drop(self.epoch.fetch_add(1, Ordering::AcqRel)),
                Change::Inbox | Change::Outbox | Change::Queue => {}
            }
            // Nobody watching is no fault.
            let _ = self.news.send(*change);
        }
    }

    /// Forgets everything and says so: somebody wrote unseen.
    pub(crate) fn forget(&self) {
        self.heard.fetch_add(1, Ordering::SeqCst);
        self.versions.invalidate_all();
        self.publish(&[Change::Site]);
    }

    /// Now.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.heard.load(Ordering::SeqCst))
    }

    /// Remembers a version that was read from the database after `since`. If any news came in the meantime it may be old
    /// already, and nothing might ever correct it: then the next reader asks again.
    pub(crate) fn learn(&self, thread: ThreadId, version: i64, since: Moment) {
        self.raise(thread, version, Some(since));
    }

    fn raise(&self, thread: ThreadId, version: i64, since: Option<Moment>) {
        self.versions.entry(thread).and_compute_with(|known| match known {
            Some(known) if *known.value() >= version => Op::Nop,
            _ if since.is_some_and(|since| since.0 != self.heard.load(Ordering::SeqCst)) => Op::Nop,
            _ => Op::Put(version),
        });
    }

    pub(crate) fn version(&self, thread: ThreadId) -> Option<i64> {
        self.versions.get(&thread)
    }

    /// Grows when something changes that stands on many pages.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// All changes from now on. After [`Change::Site`] events may have been missed too: those are in the database.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Change> {
        self.news.subscribe()
    }
}
