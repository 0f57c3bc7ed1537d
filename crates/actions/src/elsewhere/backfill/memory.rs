//! What looks remember from one to the next: what was asked for in vain, and what a look had not come to. In memory only: after a restart
//! it is asked for once more.

use std::sync::Arc;

use domain::{ThreadId, Time};
use federation::origin::Id;
use moka::sync::Cache;

use super::walk::Rest;

/// Ids that are remembered; each takes about two hundred bytes.
const KEPT_IDS: u64 = 50_000;
/// Ids of all looks together that are to be gone on with.
const KEPT_REST: u64 = 200_000;
/// Digests that are remembered.
const KEPT_DIGESTS: u64 = 10_000;

/// What is remembered.
pub struct Memory {
    /// Until when it is not asked for again.
    vain: Cache<String, i64>,
    rests: Cache<ThreadId, Arc<Rest>>,
    /// By thread and its version.
    pub(super) digests: Cache<(ThreadId, i64), String>,
}

impl Memory {
    pub(in crate::elsewhere) fn new() -> Self {
        let weigh = |_: &ThreadId, rest: &Arc<Rest>| rest.weight();
        Self {
            vain: Cache::new(KEPT_IDS),
            rests: Cache::builder().max_capacity(KEPT_REST).weigher(weigh).build(),
            digests: Cache::new(KEPT_DIGESTS),
        }
    }

    /// Whether something is not worth asking for at the moment.
    pub(super) fn is_vain(&self, id: &Id, now: Time) -> bool {
        self.vain.get(id.as_str()).is_some_and(|until| now.0 < until)
    }

    /// Something is not worth asking for until then.
    pub(super) fn in_vain(&self, id: &Id, until: Time) {
        self.vain.insert(id.to_string(), until.0);
    }

    /// What a look at a thread had not come to. Whoever takes it goes on with it.
    pub(super) fn take_rest(&self, thread: ThreadId) -> Option<Rest> {
        self.rests.remove(&thread).map(|rest| Arc::try_unwrap(rest).unwrap_or_else(|shared| (*shared).clone()))
    }

    pub(super) fn keep_rest(&self, thread: ThreadId, rest: Rest) {
        self.rests.insert(thread, Arc::new(rest));
    }
}
