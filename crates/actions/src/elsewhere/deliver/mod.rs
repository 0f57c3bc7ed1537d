//! Brings what we say to other servers. A lane leads to each server: whoever leases it brings what waits, in order, one thing at a
//! time, so that a server that is slow or away keeps nobody waiting but itself. What was sent is written down after it was sent: a crash
//! in between sends it again, and nothing is lost.
//!
//! Here: which lanes run. Not here: what is sent and to whom (`outbox` has it), what an answer means (`verdict`).

pub mod habits;
mod lane;
mod ledger;
mod software;
pub mod verdict;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use domain::Time;
use storage::Change;
use storage::outbox::{self, Due};
use storage::peers;
use tokio::sync::broadcast::{Receiver, error::RecvError, error::TryRecvError};
use tokio::sync::{Semaphore, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{Ctx, Result, elsewhere};
use habits::Habits;
use lane::{Load, Turn};
use ledger::{Lease, Then};

/// Lanes at the same time to servers that were reached the last time.
const LANES: usize = 256;
/// Lanes to the others: each may take the longest time there is, strangers can be as many as somebody likes, and they must not take the
/// places of the first.
const DOUBTFUL: usize = 64;
/// Lanes that are looked for at once: more than there are places, for a look goes from one server to the next.
const SEEN: usize = 1024;
/// Lanes that are taken in one transaction.
const TAKEN: usize = 64;
/// How long a lane is ours without a word, in milliseconds: that of a process that died is free again afterwards.
const LEASE_MS: i64 = 30_000;
/// How often is looked without any reason: for what was not heard of, and for lanes of a process that died.
const NET: Duration = Duration::from_secs(30);
/// The shortest time between two looks for what is due again.
const BREATH: Duration = Duration::from_millis(50);
/// After a failure of the database.
const PAUSE: Duration = Duration::from_secs(1);
/// Servers that are asked at the same time what they run.
const ASKED: usize = 8;

/// Brings what waits to other servers, until `stop`.
pub async fn run(ctx: Ctx, stop: impl Future<Output = ()>) {
    // Before the first look, so that nothing said in between is missed.
    let mut news = ctx.db().changes().watch();
    let (mut lanes, mut stop) = (Lanes::new(ctx), pin!(stop));
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(ended) = lanes.running.join_next_with_id() => lanes.end(ended),
            () = told(&mut news) => lanes.look = Look::Due,
            () = sleep_until(lanes.wake) => lanes.look = Look::Due,
        }
        if let Err(error) = lanes.round().await {
            tracing::warn!(%error, "deliveries could not be written down, or not be looked for; trying again");
            sleep(PAUSE).await;
            lanes.wake = Instant::now();
        }
    }
    lanes.stop().await;
}

/// Ends when something is to be brought, or may be. What else was said until then is heard too: one look sees it all.
async fn told(news: &mut Receiver<Change>) {
    loop {
        match news.recv().await {
            Ok(Change::Outbox | Change::Site) | Err(RecvError::Lagged(_)) => break,
            Ok(Change::Thread { .. } | Change::Inbox | Change::Queue) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
    while !matches!(news.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
}

/// Whether there may be lanes to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Something new may be due.
    Due,
    /// When those that were seen are taken.
    More,
    /// There are none but those that were seen.
    Done,
}

/// Whether a server was reached the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Sound,
    Doubtful,
}

impl Standing {
    const fn of(failures: i64, reached: i64) -> Self {
        if failures == 0 && reached > 0 { Self::Sound } else { Self::Doubtful }
    }
}

/// The lanes of this process.
struct Lanes {
    ctx: Ctx,
    look: Look,
    /// Lanes that were seen to be due, and wait for a place.
    due: Vec<Due>,
    /// When it is looked at the latest.
    wake: Instant,
    running: JoinSet<Turn>,
    hosts: HashMap<Id, String>,
    /// To where lanes lead, those included that have ended and are not written down.
    taken: HashMap<String, Standing>,
    ended: Vec<Turn>,
    habits: HashMap<String, Habits>,
    asking: JoinSet<()>,
    turns_to_ask: Arc<Semaphore>,
    stop: watch::Sender<bool>,
    stopping: watch::Receiver<bool>,
}

impl Lanes {
    fn new(ctx: Ctx) -> Self {
        let (stop, stopping) = watch::channel(false);
        Self {
            ctx,
            look: Look::Due,
            due: Vec::new(),
            wake: Instant::now(),
            running: JoinSet::new(),
            hosts: HashMap::new(),
            taken: HashMap::new(),
            ended: Vec::new(),
            habits: HashMap::new(),
            asking: JoinSet::new(),
            turns_to_ask: Arc::new(Semaphore::new(ASKED)),
            stop,
            stopping,
        }
    }

    fn end(&mut self, ended: std::result::Result<(Id, Turn), JoinError>) {
        match ended {
            Ok((id, turn)) => {
                self.hosts.remove(&id);
                self.ended.push(turn);
            }
            Err(error) => {
                let host = self.hosts.remove(&error.id()).unwrap_or_default();
                tracing::error!(host, %error, "a lane broke off; it goes on when its lease has run out");
                self.taken.remove(&host);
            }
        }
    }

    /// Writes down what has ended and takes what is due.
    async fn round(&mut self) -> Result<()> {
        // Lanes that run ask what is known, and bring nothing more to whoever was blocked meanwhile.
        elsewhere::policy::current(&self.ctx).await?;
        while let Some(ended) = self.running.try_join_next_with_id() {
            self.end(ended);
        }
        self.settle(Then::GoOn).await?;
        if self.look == Look::Due || (self.look == Look::More && self.due.is_empty()) {
            self.look().await?;
        }
        self.take().await?;
        metrics::gauge!("rejoinder_delivery_lanes").set(self.taken.len() as f64);
        Ok(())
    }

    fn lease(&self) -> Lease {
        let now = self.ctx.now();
        Lease { now, until: now.plus_ms(LEASE_MS) }
    }

    async fn settle(&mut self, then: Then) -> Result<()> {
        if self.ended.is_empty() {
            return Ok(());
        }
        // Kept until they are written: else they would be sent again.
        let (turns, lease) = (self.ended.clone(), self.lease());
        let more = self.ctx.db().write(move |tx| ledger::settle(tx, &turns, then, lease)).await?;
        for turn in std::mem::take(&mut self.ended) {
            self.written(turn, lease);
        }
        more.into_iter().try_for_each(|load| self.start(load))
    }

    fn written(&mut self, turn: Turn, lease: Lease) {
        let host = turn.peer.host.clone();
        self.taken.remove(&host);
        if let Some(put_off) = turn.failed().filter(|_| turn.peer.failures == 0) {
            tracing::info!(
                host,
                error = put_off.error,
                "a server cannot be reached; what waits for it is kept and tried again"
            );
        }
        while self.asking.try_join_next().is_some() {}
        let asks = turn.answered.clone().filter(|_| ledger::asks(&turn, lease.now));
        if let (Some(inbox), Ok(client)) = (asks, elsewhere::client_in_hand(&self.ctx)) {
            let turns = Arc::clone(&self.turns_to_ask);
            self.asking.spawn(software::ask(self.ctx.clone(), client.clone(), inbox, turns));
        }
        let next = turn.failed().map(|put_off| lease.now.plus_ms(put_off.wait_ms)).or(turn.habits.next(lease.now));
        self.wake_at(next, lease.now);
        if turn.habits.is_empty() {
            self.habits.remove(&host);
        } else {
            self.habits.insert(host, turn.habits);
        }
    }

    /// Looks again when something is due again, and not a round later.
    fn wake_at(&mut self, next: Option<Time>, now: Time) {
        let Some(wait_ms) = next.and_then(|next| u64::try_from(next.0.saturating_sub(now.0)).ok()) else { return };
        let wait = Duration::from_millis(wait_ms).clamp(BREATH, NET);
        self.wake = self.wake.min(Instant::now() + wait);
    }

    /// Looks which lanes are due.
    async fn look(&mut self) -> Result<()> {
        let lease = self.lease();
        let look = move |tx: &mut storage::Read| -> storage::Result<_> {
            Ok((outbox::due(tx, lease.now, SEEN as i64)?, peers::next_due(tx, lease.now)?))
        };
        let (due, next) = self.ctx.db().read(look).await?;
        self.look = if due.len() == SEEN { Look::More } else { Look::Done };
        self.due = due;
        self.wake = Instant::now() + NET;
        let aside = self.habits.values().filter_map(|habits| habits.next(lease.now)).min();
        self.wake_at(next.into_iter().chain(aside).min(), lease.now);
        Ok(())
    }

    /// Takes as many lanes as there are places; the others wait until one has ended.
    async fn take(&mut self) -> Result<()> {
        let lease = self.lease();
        let places = self.places(lease);
        if !places.is_empty() {
            // Without a client no lane is taken.
            elsewhere::client(&self.ctx).await?;
        }
        for batch in places.chunks(TAKEN) {
            let batch = batch.to_vec();
            let take = move |tx: &mut storage::Write| -> storage::Result<Vec<Load>> {
                let loads = batch.iter().map(|(host, aside)| ledger::take(tx, host, aside, lease));
                loads.filter_map(std::result::Result::transpose).collect()
            };
            let loads = self.ctx.db().write(take).await?;
            loads.into_iter().try_for_each(|load| self.start(load))?;
        }
        Ok(())
    }

    /// Which lanes are to be taken, each with the inboxes there that are left alone.
    fn places(&mut self, lease: Lease) -> Vec<(String, Vec<String>)> {
        let doubtful = self.taken.values().filter(|standing| **standing == Standing::Doubtful).count();
        let mut sound_left = LANES.saturating_sub(self.taken.len() - doubtful);
        let mut doubtful_left = DOUBTFUL.saturating_sub(doubtful);
        let mut places = Vec::new();
        for due in std::mem::take(&mut self.due).into_iter().filter(|due| !self.taken.contains_key(&due.host)) {
            let left = match Standing::of(due.failures, due.reached) {
                Standing::Sound => &mut sound_left,
                Standing::Doubtful => &mut doubtful_left,
            };
            if *left == 0 {
                self.due.push(due);
                continue;
            }
            *left -= 1;
            let aside = self.habits.get(&due.host).map(|habits| habits.aside(lease.now)).unwrap_or_default();
            places.push((due.host, aside));
        }
        places
    }

    /// The client is made when something is first to be brought: it holds all certificates of the system, and on many servers nothing
    /// ever is.
    fn start(&mut self, load: Load) -> Result<()> {
        let client = elsewhere::client_in_hand(&self.ctx)?.clone();
        let host = load.peer.host.clone();
        let standing = Standing::of(load.peer.failures, load.peer.reached.0);
        let habits = self.habits.get(&host).cloned().unwrap_or_default();
        let turn = lane::turn(self.ctx.clone(), client, load, habits, self.stopping.clone());
        self.hosts.insert(self.running.spawn(turn).id(), host.clone());
        self.taken.insert(host, standing);
        Ok(())
    }

    /// Takes no more, gives what is under way a little time, and gives all lanes back.
    async fn stop(mut self) {
        self.stop.send_replace(true);
        while let Some(ended) = self.running.join_next_with_id().await {
            self.end(ended);
        }
        if let Err(error) = self.settle(Then::Stop).await {
            tracing::warn!(%error, "what was brought last could not be written down and will be brought again");
        }
    }
}
