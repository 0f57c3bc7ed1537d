//! Load: so many connections, each sending its next request when the last was answered, for a fixed time.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::vec::IntoIter;

use bytes::Bytes;
use tokio::task::LocalSet;

use crate::Failure;
use crate::process::Process;
use crate::wire::Connection;

/// How hard and how long.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Connections, each with one request at a time.
    pub connections: usize,
    /// How long before anything is counted.
    pub warm_up: Duration,
    /// How long is counted.
    pub counted: Duration,
}

/// Gives a connection its next request.
pub type Next = Box<dyn FnMut() -> Bytes>;

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Answers a second.
    pub rate: f64,
    /// Half of the answers came within, milliseconds.
    pub p50: f64,
    /// All but a hundredth came within, milliseconds.
    pub p99: f64,
    /// CPU time of the server for each answer, milliseconds.
    pub cpu: f64,
    /// Bytes on the wire of an answer, on average.
    pub bytes: f64,
    /// Resident memory of the server right afterwards, bytes.
    pub resident: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    WarmUp,
    Counted,
    Over,
}

#[derive(Default)]
struct Tally {
    micros: Vec<u32>,
    bytes: u64,
}

/// Loads a server. All answers must have this status.
pub fn drive(
    server: (SocketAddr, Process),
    load: Load,
    status: u16,
    mut source: impl FnMut(usize) -> Next,
) -> Result<Outcome, Failure> {
    let (address, process) = server;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    let phase = Rc::new(Cell::new(Phase::WarmUp));
    let clients: Vec<_> = (0..load.connections)
        .map(|number| local.spawn_local(client(address, Rc::clone(&phase), status, source(number))))
        .collect();
    let counting = async {
        tokio::time::sleep(load.warm_up).await;
        phase.set(Phase::Counted);
        let (begun, before) = (Instant::now(), process.cpu()?);
        tokio::time::sleep(load.counted).await;
        let (took, used) = (begun.elapsed(), process.cpu()?.saturating_sub(before));
        phase.set(Phase::Over);
        let mut all = Tally::default();
        for client in clients {
            let tally = client.await??;
            all.micros.extend(tally.micros);
            all.bytes += tally.bytes;
        }
        Ok::<_, Failure>((took, used, all))
    };
    let (took, used, all) = runtime.block_on(local.run_until(counting))?;
    summarise(took, used, all, process.resident()?)
}

async fn client(address: SocketAddr, phase: Rc<Cell<Phase>>, status: u16, mut next: Next) -> io::Result<Tally> {
    let mut connection = Connection::open(address).await?;
    let mut tally = Tally::default();
    while phase.get() != Phase::Over {
        let request = next();
        let sent = Instant::now();
        let answer = connection.ask(&request).await?;
        if answer.status != status {
            let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
            return Err(io::Error::other(format!("{line} was answered with {} instead of {status}", answer.status)));
        }
        if phase.get() == Phase::Counted {
            tally.micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
            tally.bytes += answer.bytes as u64;
        }
    }
    Ok(tally)
}

/// What came of requests that were each sent once.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// How many were answered with the status that was hoped for.
    pub taken: usize,
    /// How long each answer took, microseconds, in order.
    pub micros: Vec<u32>,
}

impl Sent {
    /// So much of the answers came within this, milliseconds.
    pub fn within(&self, share: f64) -> f64 {
        let at = ((self.micros.len() as f64 * share) as usize).min(self.micros.len().saturating_sub(1));
        self.micros.get(at).copied().map_or(f64::NAN, |micros| f64::from(micros) / 1000.0)
    }
}

/// Sends each of these once, from so many connections.
pub fn send(address: SocketAddr, requests: Vec<Bytes>, connections: usize, hoped: u16) -> Result<Sent, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    let waiting = Rc::new(RefCell::new(requests.into_iter()));
    let clients: Vec<_> =
        (0..connections).map(|_| local.spawn_local(sender(address, Rc::clone(&waiting), hoped))).collect();
    let mut all = runtime.block_on(local.run_until(async {
        let mut all = Sent::default();
        for client in clients {
            let sent = client.await??;
            all.taken += sent.taken;
            all.micros.extend(sent.micros);
        }
        Ok::<_, Failure>(all)
    }))?;
    all.micros.sort_unstable();
    Ok(all)
}

async fn sender(address: SocketAddr, waiting: Rc<RefCell<IntoIter<Bytes>>>, hoped: u16) -> io::Result<Sent> {
    let mut connection = Connection::open(address).await?;
    let mut all = Sent::default();
    loop {
        let next = waiting.borrow_mut().next();
        let Some(request) = next else { return Ok(all) };
        let sent = Instant::now();
        let answer = connection.ask(&request).await?;
        all.micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        all.taken += usize::from(answer.status == hoped);
    }
}

fn summarise(took: Duration, used: Duration, mut all: Tally, resident: u64) -> Result<Outcome, Failure> {
    all.micros.sort_unstable();
    let count = all.micros.len();
    let at = |share: f64| all.micros.get(((count as f64 * share) as usize).min(count.saturating_sub(1)));
    let (Some(p50), Some(p99)) = (at(0.5), at(0.99)) else { return Err("no request was answered in time".into()) };
    Ok(Outcome {
        rate: count as f64 / took.as_secs_f64(),
        p50: f64::from(*p50) / 1000.0,
        p99: f64::from(*p99) / 1000.0,
        cpu: used.as_secs_f64() * 1000.0 / count as f64,
        bytes: all.bytes as f64 / count as f64,
        resident,
    })
}
