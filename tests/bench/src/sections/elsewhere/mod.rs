//! Other servers: what comes from them, what is brought to them, what waits.

mod inbound;
mod moderation;
mod outbound;
mod raw;
mod waiting;

use std::time::{Duration, Instant};

use domain::ActorId;
use storage::follows::{self, Followed};
use storage::{actors, peers, settings};
use tokio::runtime::Runtime;

use crate::load::{self, Outcome, Sent};
use crate::populate::{self, Filling, Thread};
use crate::server::Server;
use crate::strangers::{self, AS_CALLED, Said, Stranger, Talk};
use crate::table::Table;
use crate::{Failure, Run, Section};

/// How often is looked whether all is done.
const LOOK: Duration = Duration::from_millis(10);
/// How long anything may take before measuring is given up.
const PATIENCE: Duration = Duration::from_secs(300);
/// So many megabytes the file of a copy's log has from the start, as under load: there it keeps the length that it once had, and has as much as
/// it gets after some fifteen thousand replies. Until then commits make it longer, for which a large one takes two fifths longer.
const LOG: usize = 256;
/// What little is written when it is to be quick needs no more.
const SHORT_LOG: usize = 32;
/// Threads in each database, and comments in each of them.
const THREADS: (usize, usize) = (20, 50);

/// Measures it.
pub fn measure(run: &Run, table: &mut Table) -> Result<(), Failure> {
    if run.measures(Section::Moderation) {
        moderation::measure(run, table)?;
    }
    if ![Section::Inbound, Section::Outbound, Section::Waiting].into_iter().any(|section| run.measures(section)) {
        return Ok(());
    }
    let raw = raw::measure(run, table)?;
    if run.measures(Section::Inbound) {
        inbound::measure(run, table)?;
    }
    if run.measures(Section::Outbound) {
        outbound::measure(run, &raw, table)?;
    }
    if run.measures(Section::Waiting) {
        waiting::measure(run, table)?;
    }
    Ok(())
}

/// A database with threads in it, and people elsewhere who answer.
struct Stock {
    filling: Filling,
    talk: Talk,
    people: Vec<Stranger>,
    threads: Vec<Thread>,
    // After what works in them.
    runtime: Runtime,
    folder: tempfile::TempDir,
}

impl Stock {
    /// With somebody on each of these servers, who have so many keys among them.
    fn new(run: &Run, servers: &[String], keys: usize) -> Result<Self, Failure> {
        let (folder, runtime, keys) = (run.folder()?, populate::runtime()?, strangers::keys(keys)?);
        let url = populate::sqlite_in(folder.path());
        let filled = async {
            let mut filling = Filling::begin(&url).await?;
            let threads = filling.threads(THREADS.0, THREADS.1).await?;
            let answered = threads.iter().flat_map(|thread| &thread.comments).map(|id| strangers::ours(*id));
            let people = filling.strangers(servers, &keys).await?;
            let talk = Talk::new(people.clone(), answered.collect());
            Ok::<_, Failure>((filling, talk, people, threads))
        };
        let (filling, talk, people, threads) = runtime.block_on(filled)?;
        Ok(Self { filling, talk, people, threads, runtime, folder })
    }

    /// All servers have been reached before, and need not be asked what they run.
    fn reach_all(&self) -> Result<(), Failure> {
        let (known, now) = (self.people.clone(), self.filling.ctx.now());
        let reach = move |tx: &mut storage::Write| known.iter().try_for_each(|one| reached(tx, &one.host(), now));
        Ok(self.runtime.block_on(self.filling.ctx.db().write(reach))?)
    }

    /// These follow somebody here.
    fn follow(&self, name: &'static str, followers: &[Stranger]) -> Result<(), Failure> {
        let (followers, now) = (followers.to_vec(), self.filling.ctx.now());
        let follow = move |tx: &mut storage::Write| {
            let followed = actors::by_handle(tx, "", name)?.map_or(ActorId(0), |actor| actor.id);
            for one in &followers {
                follows::insert(tx, Followed::Person(followed), one.actor, &format!("{}#follow", one.uri), now)?;
            }
            Ok::<_, storage::Error>(())
        };
        Ok(self.runtime.block_on(self.filling.ctx.db().write(follow))?)
    }

    /// So much of what the first so many of them say has come, and waits; returns what it will be called.
    fn arrived(&mut self, count: usize, of: usize) -> Result<Vec<String>, Failure> {
        let said = (0..count).map(|person| self.talk.by(person % of)).collect::<Result<Vec<_>, Failure>>()?;
        let notes = said.iter().map(Said::note).collect();
        self.runtime.block_on(self.filling.arrived(said))?;
        Ok(notes)
    }

    /// The requests that bring what is said, signed now.
    fn signed(&self, said: Vec<Said>) -> Result<Vec<bytes::Bytes>, Failure> {
        strangers::signed(said, self.filling.ctx.now())
    }

    /// How much waits that has come.
    fn waiting(&self) -> Result<i64, Failure> {
        self.runtime.block_on(self.filling.waiting())
    }

    /// Starts the server on it.
    fn open(self, run: &Run) -> Result<House, Failure> {
        Ok(House { server: serve(run, self.folder.path())?, stock: self })
    }
}

/// A database in which so much of what everybody says has been worked off, closed. What is measured works in copies, so that each finds as
/// much in it as all others.
struct Stored {
    talk: Talk,
    people: Vec<Stranger>,
    threads: Vec<Thread>,
    /// What has been said, as it is called.
    notes: Vec<String>,
    folder: tempfile::TempDir,
}

impl Stored {
    /// Fills it.
    fn new(run: &Run, servers: &[String], count: usize) -> Result<Self, Failure> {
        let mut stock = Stock::new(run, servers, servers.len())?;
        let notes = stock.arrived(count, servers.len())?;
        let house = stock.open(run)?;
        house.worked_off()?;
        let House { server, stock: Stock { filling, talk, people, threads, runtime, folder } } = house;
        drop((server, filling, runtime));
        // Whoever is the last to close a database writes its log back.
        until(|| Ok(!folder.path().join(format!("{}-wal", populate::FILE)).exists()))?;
        Ok(Self { talk, people, threads, notes, folder })
    }

    /// Starts a server on a copy with a long log, where people answer the latest so much of what was said, and what was there before that.
    fn open(&self, run: &Run, answered: usize) -> Result<House, Failure> {
        let (folder, runtime, mut talk) = (run.folder()?, populate::runtime()?, self.talk.clone());
        talk.answers(self.notes.iter().rev().take(answered).cloned());
        let copy = folder.path().join(populate::FILE);
        std::fs::copy(self.folder.path().join(populate::FILE), &copy)?;
        // Not while something is measured.
        std::fs::File::open(copy)?.sync_all()?;
        let filling = runtime.block_on(async {
            let filling = Filling::of(&populate::sqlite_in(folder.path()))?;
            let megabytes = if run.arguments.quick { SHORT_LOG } else { LOG };
            lengthen_log(&filling, folder.path(), megabytes).await?;
            Ok::<_, Failure>(filling)
        })?;
        Stock { filling, talk, people: self.people.clone(), threads: self.threads.clone(), runtime, folder }.open(run)
    }
}

/// Makes the file of the log long, and leaves next to nothing in it: what is written there before a commit, and taken back, is written over.
async fn lengthen_log(filling: &Filling, folder: &std::path::Path, megabytes: usize) -> Result<(), Failure> {
    let write = move |tx: &mut storage::Write| {
        let megabyte = "-".repeat(1 << 20);
        // What SQLite has in memory it need not write: 16 MB at most.
        (0..megabytes + 16).try_for_each(|number| settings::set(tx, &format!("ballast{number}"), &megabyte))?;
        Err::<(), Failure>("taken back".into())
    };
    let outcome = filling.ctx.db().write(write).await;
    let log = std::fs::File::open(folder.join(format!("{}-wal", populate::FILE)))?;
    let length = log.metadata()?.len();
    if length < (megabytes << 20) as u64 {
        return Err(format!("the log has {length} bytes, not {megabytes} MB: {outcome:?}").into());
    }
    // Not while something is measured.
    Ok(log.sync_all()?)
}

/// A stock with the server that runs on it.
struct House {
    server: Server,
    stock: Stock,
}

impl House {
    /// Ends the server and starts another, which has no connections and knows nothing.
    fn restarted(self, run: &Run) -> Result<Self, Failure> {
        let Self { server, stock } = self;
        drop(server);
        stock.open(run)
    }

    /// How much has had its effect, as the server counts.
    fn done(&self) -> Result<usize, Failure> {
        Ok(self.server.metric("rejoinder_inbox_settled_total{outcome=\"done\"}")? as usize)
    }

    /// Waits until nothing waits any more.
    fn worked_off(&self) -> Result<(), Failure> {
        until(|| Ok(self.stock.waiting()? == 0))
    }

    /// Has everybody say something in turn, so often; waits until it stands in the tree, and tells what that took.
    fn take_in(&mut self, count: usize, connections: usize) -> Result<Outcome, Failure> {
        let said = self.stock.talk.some(count)?;
        let requests = self.stock.signed(said)?;
        let (process, done) = (self.server.process(), self.done()?);
        let (begun, before) = (Instant::now(), process.cpu()?);
        let sent = load::send(self.server.address(), requests, connections, 202)?;
        self.worked_off()?;
        let (took, used) = (begun.elapsed(), process.cpu()?.saturating_sub(before));
        let (taken, done) = (sent.taken, self.done()? - done);
        if (taken, done) != (count, count) {
            return Err(format!("of {count} replies {taken} were taken, and {done} had their effect").into());
        }
        Ok(outcome(&sent, count, took, used, process.resident()?))
    }
}

fn reached(tx: &mut storage::Write, host: &str, now: domain::Time) -> storage::Result<()> {
    peers::know(tx, host)?;
    peers::set_asked(tx, host, now)?;
    peers::reached(tx, host, now)
}

fn serve(run: &Run, folder: &std::path::Path) -> Result<Server, Failure> {
    let settings = [AS_CALLED, ("REJOINDER_FEDERATION__DANGEROUS_ALLOW_ADDRESSES", "127.0.0.0/8")];
    Server::rejoinder(&run.program, folder, &populate::sqlite_in(folder), &settings)
}

fn outcome(sent: &Sent, count: usize, took: Duration, used: Duration, resident: u64) -> Outcome {
    let (rate, cpu) = (count as f64 / took.as_secs_f64(), used.as_secs_f64() * 1000.0 / count as f64);
    Outcome { rate, p50: sent.within(0.5), p99: sent.within(0.99), cpu, bytes: 0.0, resident }
}

/// Looks again and again until it is so.
fn until(mut is_so: impl FnMut() -> Result<bool, Failure>) -> Result<(), Failure> {
    let begun = Instant::now();
    while !is_so()? {
        if begun.elapsed() > PATIENCE {
            return Err("what was waited for did not happen".into());
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// The middle one.
fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
