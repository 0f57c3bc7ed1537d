//! What a worker waits for that is no fault of the server whose things it works off: the host's own program. Places are given by how long
//! servers let us wait; when that program is slow, they would all seem to be.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

tokio::task_local! {
    static ASIDE: Arc<Aside>;
}

/// How long somebody has waited so, and since when they do now.
#[derive(Debug, Default)]
pub struct Aside(Mutex<(Duration, Option<Instant>)>);

impl Aside {
    /// All of it, until now.
    pub fn so_far(&self) -> Duration {
        let (ended, since) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ended + since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// From then on it waits.
    pub fn begin_at(&self, now: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(now);
    }

    fn end(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = kept.1.take().map_or(Duration::ZERO, |since| since.elapsed());
        kept.0 += last;
    }
}

/// Does something whose waiting is counted there.
pub async fn counted<T>(aside: Arc<Aside>, work: impl Future<Output = T>) -> T {
    ASIDE.scope(aside, work).await
}

/// Waits, and counts that if anybody wants to know it.
pub async fn waits<T>(waiting: impl Future<Output = T>) -> T {
    let Ok(aside) = ASIDE.try_with(Arc::clone) else { return waiting.await };
    aside.begin_at(Instant::now());
    let _ends = Ends(aside);
    waiting.await
}

/// Also when nobody waits for it any more.
struct Ends(Arc<Aside>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.end();
    }
}
