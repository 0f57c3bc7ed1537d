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
    epoch: AtomicU64,
    news: broadcast::Sender<Change>,
}

impl Changes {
    /// `trusted_for`: how long a version counts without asking the database; `None` where nobody else can write unseen.
    pub(crate) fn new(trusted_for: Option<Duration>) -> Self {
        let mut versions = Cache::builder().max_capacity(VERSIONS);
        if let Some(trusted_for) = trusted_for {
            versions = versions.time_to_live(trusted_for);
        }
        Self { versions: versions.build(), epoch: AtomicU64::new(0), news: broadcast::channel(BACKLOG).0 }
    }

    /// Makes committed changes known. A version only ever grows, whichever order the news arrive in.
    pub(crate) fn publish(&self, changes: &[Change]) {
        for change in changes {
            match *change {
                Change::Thread { thread, version, .. } => self.raise(thread, version),
                Change::Site => drop(self.epoch.fetch_add(1, Ordering::AcqRel)),
            }
            // Nobody watching is no fault.
            let _ = self.news.send(*change);
        }
    }

    /// Forgets everything: somebody wrote unseen.
    pub(crate) fn forget(&self) {
        self.versions.invalidate_all();
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    /// Remembers a version read from the database, unless a later one is known already.
    pub(crate) fn raise(&self, thread: ThreadId, version: i64) {
        self.versions.entry(thread).and_compute_with(|known| match known {
            Some(known) if *known.value() >= version => Op::Nop,
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

    /// All changes from now on.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Change> {
        self.news.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_read_late_never_hides_a_later_one() {
        let changes = Changes::new(None);
        let thread = ThreadId(7);
        changes.publish(&[Change::Thread { thread, version: 5, event: None }]);
        changes.raise(thread, 4);
        assert_eq!(changes.version(thread), Some(5));
        changes.forget();
        assert_eq!((changes.version(thread), changes.epoch()), (None, 1));
    }
}
