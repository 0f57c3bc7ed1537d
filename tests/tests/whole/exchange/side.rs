//! One of the servers, with those who write there.

use domain::Time;
use rejoinder_tests::{Network, Site};
use storage::inbox::{self, Entry, State};
use storage::peers::{self, Dialect};
use storage::testing::number;
use storage::{Db, Read, Result, outbox};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::task::JoinSet;

use crate::crash::all_noticed;
use crate::crash::audit::audit_with;
use crate::crash::writer::{Board, Writer};
use crate::house::House;

/// How many write at each server at the same time.
const WRITERS: usize = 4;

/// A server and its writers.
pub struct Side {
    /// The server.
    pub house: House,
    /// Its database, looked into beside it.
    db: Db,
    /// Comments that are at home here and that no writer wrote.
    pub seeds: i64,
    /// Those who write.
    running: JoinSet<Writer>,
    /// Those who do not write now.
    writers: Vec<Writer>,
}

/// What goes on between a server and the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// What is to be brought to others.
    pub going: i64,
    /// What came from others and is to be worked off.
    pub waiting: i64,
    /// What came from others, ever.
    pub come: i64,
}

impl Side {
    /// A server with nobody who writes.
    pub async fn new(network: &Network, host: &'static str, name: &str, site: Site) -> Self {
        let house = House::new(network, host, name, site).await;
        let db = house.site.open();
        Self { house, db, seeds: 0, running: JoinSet::new(), writers: Vec::new() }
    }

    /// Where the board is found here.
    pub fn board(&self) -> &'static str {
        if self.house.host == "one.test" { "talk" } else { "talk@one.test" }
    }

    /// Writers are made, with numbers that no other server's have.
    pub async fn invite(&mut self, side: usize, board: &Board) {
        for number in side * WRITERS..(side + 1) * WRITERS {
            let token = self.house.site.token(&format!("writer{number}"), "member", "write").await;
            self.writers.push(Writer::new(number, token, board.clone()));
        }
    }

    /// Its writers.
    pub fn writers(&self) -> &[Writer] {
        &self.writers
    }

    /// It knows what another server runs.
    pub async fn knows(&self, host: &'static str) {
        let known = self.db.write(|tx| peers::set_software(tx, host, ("rejoinder", ""), Dialect::Groups, Time(0)));
        known.await.unwrap();
    }

    /// Lets them write.
    pub fn set_off(&mut self, round: u32, told: &Sender<()>) {
        for writer in self.writers.drain(..) {
            let (api, told) = (self.house.server.api(writer.token()), told.clone());
            self.running.spawn(async move { writer.write_until_cut_off(&api, round, &told).await });
        }
    }

    /// Waits until they have noticed that they are to stop, or were stopped; says how much was acknowledged until then, here and elsewhere.
    pub async fn noticed(&mut self, acknowledged: &mut Receiver<()>) -> usize {
        let late;
        (self.writers, late) = all_noticed(&mut self.running, acknowledged).await;
        late
    }

    /// Kills its server and starts it again at once. Nothing that was acknowledged may be missing, nothing half; what was not acknowledged
    /// is sent again. Returns what [`noticed`](Self::noticed) does.
    pub async fn kill(&mut self, acknowledged: &mut Receiver<()>) -> usize {
        self.house.crash().await;
        let late = self.noticed(acknowledged).await;
        self.house.start().await;
        let stored = audit_with(&self.house.site, &self.writers, self.seeds).await;
        for writer in &mut self.writers {
            writer.learn(&stored);
            writer.send_again(&self.house.server).await;
        }
        late
    }

    /// Looks at everything once more.
    pub async fn audit(&self) {
        audit_with(&self.house.site, &self.writers, self.seeds).await;
    }

    /// What goes on now.
    pub async fn traffic(&self) -> Traffic {
        let look = |tx: &mut Read| -> Result<_> {
            Ok(Traffic {
                going: number(tx, "SELECT count(*) FROM deliveries WHERE state = 0")?,
                waiting: number(tx, "SELECT count(*) FROM inbox WHERE state IN (0, 1)")?,
                come: number(tx, "SELECT count(*) FROM inbox")?,
            })
        };
        self.db.read(look).await.unwrap()
    }

    /// What came and had no effect, or not yet, with the reasons.
    pub async fn unsettled(&self, states: &'static [State]) -> Vec<String> {
        let look = move |tx: &mut Read| -> Result<_> {
            let mut found = Vec::new();
            for state in states {
                found.extend(inbox::page(tx, *state, None, 10_000)?);
            }
            Ok(found)
        };
        let line = |entry: Entry| format!("{:?}: {} ({}): {}", entry.state, entry.uri, entry.kind, entry.reason);
        self.db.read(look).await.unwrap().into_iter().map(line).collect()
    }

    /// What was not brought, or not yet, with the reasons.
    pub async fn unbrought(&self, state: outbox::State) -> Vec<String> {
        let entries = self.db.read(move |tx| outbox::page(tx, state, None, None, 10_000)).await.unwrap();
        let line = |entry: outbox::Entry| {
            format!(
                "{:?}, {} attempts: {} to {}: {}",
                entry.state, entry.attempts, entry.body, entry.inbox, entry.error
            )
        };
        entries.into_iter().map(line).collect()
    }
}
