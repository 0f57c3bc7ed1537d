//! Servers that live beside one another, each under its name, with one person who runs it.

use std::time::Duration;

use rejoinder_tests::network::{Front, Speaks};
use rejoinder_tests::{Api, Network, Server, Site};
use serde_json::json;

/// How long what waits for a server that is back may wait: one that was away is tried again after 40 seconds, and what is due
/// is looked for twice a minute.
const BACK: Duration = Duration::from_secs(150);

/// A server with one person.
pub struct House {
    /// Its name, by which the others know it.
    pub host: &'static str,
    /// What stays when its server goes.
    pub site: Site,
    /// The server, or what is left of the last one.
    pub server: Server,
    /// The person, who may do everything here.
    pub api: Api,
    token: String,
    front: Front,
}

impl House {
    /// Builds it and starts its server.
    pub async fn new(network: &Network, host: &'static str, name: &str, site: Site) -> Self {
        let site = site.unlimited().at(network, host);
        let token = site.token(name, "admin", "admin").await;
        let server = site.start().await;
        let mut front = network.front(host, Speaks::Http2).await;
        front.lead_to(server.address()).await;
        Self { host, api: server.api(&token), token, site, server, front }
    }

    /// Its server is away, without a word.
    pub async fn crash(&mut self) {
        self.server.crash();
        self.front.close().await;
    }

    /// A server runs here again.
    pub async fn start(&mut self) {
        self.server = self.site.start().await;
        self.api = self.server.api(&self.token);
        self.front.lead_to(self.server.address()).await;
    }

    /// Its person follows the board, and is told yes.
    pub async fn follow(&self, board: &str) {
        let path = format!("/api/v1/boards/{board}/follow");
        self.api.post(&path, &json!({})).await.expect(200);
        let accepted = async || self.api.get(&path).await.expect(200).json()["state"] == "accepted";
        until(&format!("{} to be told yes by {board}", self.host), accepted).await;
    }
}

/// Waits until something is so.
pub async fn until(what: &str, so: impl AsyncFn() -> bool) {
    assert!(comes_true(BACK, so).await, "still waiting for {what} after {BACK:?}");
}

/// Whether something is so within a time.
pub async fn comes_true(limit: Duration, so: impl AsyncFn() -> bool) -> bool {
    let waiting = async {
        while !so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(limit, waiting).await.is_ok()
}
