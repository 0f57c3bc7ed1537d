//! What the end-to-end tests stand on: installations of their own, whole server processes, the command line, clients that
//! speak as programs and as browsers do. What is expected of the server is said in `tests/whole`, not here.
//!
//! Nothing here waits for a time. It waits for a line, an answer, an end of output, or looks until something is so, within a
//! limit that only something broken reaches. Failing here is a failing test: these modules panic.
#![expect(clippy::expect_used, reason = "a test that has no server cannot go on")]

pub mod api;
pub mod browser;
pub mod cluster;
pub mod fedify;
pub mod network;
pub mod output;
pub mod program;
pub mod server;
pub mod site;
pub mod wire;

pub use api::{Answer, Api};
pub use browser::{Browser, Page};
pub use cluster::Cluster;
pub use fedify::Fedify;
pub use network::Network;
pub use program::Done;
pub use server::Server;
pub use site::Site;

use std::time::Duration;

use tokio::time::MissedTickBehavior;

/// Far beyond what anything takes on a busy machine; whoever waits longer waits in vain.
pub const LIMIT: Duration = Duration::from_secs(60);

/// What `future` comes to, within [`LIMIT`].
///
/// # Panics
/// If it takes longer: `what` says what was waited for.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, future).await.unwrap_or_else(|_| panic!("still waiting for {what} after {LIMIT:?}"))
}

/// Between two looks at what does not say by itself that it is so: the processors are there for the servers that make it so.
const LOOK: Duration = Duration::from_millis(5);

/// Waits until something is so, within [`LIMIT`].
///
/// # Panics
/// If it takes longer: `what` says what was waited for.
pub async fn until(what: &str, so: impl AsyncFn() -> bool) {
    assert!(comes_true(LIMIT, so).await, "still waiting for {what} after {LIMIT:?}");
}

/// Whether something is so within a time.
pub async fn comes_true(limit: Duration, so: impl AsyncFn() -> bool) -> bool {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let waiting = async {
        while !so().await {
            looks.tick().await;
        }
    };
    tokio::time::timeout(limit, waiting).await.is_ok()
}
