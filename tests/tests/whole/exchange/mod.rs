//! Three servers share a board and write to one another, while one after the other is killed, whatever it is about, and started again
//! at once. When all have come to rest, the same stands on all three: everything that was acknowledged, and nothing twice. One of the
//! servers is on PostgreSQL where `REJOINDER_TEST_DATABASE` names one.
//!
//! `REJOINDER_CRASH_ROUNDS` says how often one is killed, `REJOINDER_CRASH_ACTIVITIES` how much at least is to come from one server to
//! another, `REJOINDER_CRASH_SEED` which servers are killed and when.

mod seen;
mod side;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rejoinder_tests::{Network, Site, comes_true, within};
use serde_json::json;
use storage::inbox::State;
use storage::outbox;
use tokio::sync::mpsc::{Receiver, channel};

use crate::crash::rounds_asked;
use crate::crash::writer::{self, Board, TARGET};
use crate::house::until;
use seen::{Line, Seen};
use side::{Side, Traffic};

/// How many kills an ordinary run takes.
const ROUNDS: u32 = 6;
/// How much is to come from one server to another in an ordinary run.
const ACTIVITIES: i64 = 300;
/// Writes that are acknowledged between two kills, at most.
const MOST: usize = 30;
/// How many acknowledged writes may wait to be counted: then the writers wait, and not the servers.
const UNCOUNTED: usize = 4;
/// How long it may take until nothing waits anywhere.
const REST: Duration = Duration::from_secs(900);

/// How much is to come from one server to another.
fn activities() -> i64 {
    asked("REJOINDER_CRASH_ACTIVITIES").unwrap_or(ACTIVITIES)
}

fn asked<T: std::str::FromStr>(name: &str) -> Option<T> {
    let asked = std::env::var(name).ok()?;
    Some(asked.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// Another one each time, unless one is named.
fn seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    asked("REJOINDER_CRASH_SEED").unwrap_or_else(|| RandomState::new().hash_one(()))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exchanged_by_servers_that_are_killed_stands_on_all_of_them_once() {
    let (seed, rounds) = (seed(), rounds_asked().unwrap_or(ROUNDS));
    println!("REJOINDER_CRASH_SEED={seed}");
    let network = Network::take().await;
    let mut sides = sides(&network).await;
    let begun = Instant::now();
    let written = exchange(&mut sides, StdRng::seed_from_u64(seed), rounds).await;
    let wrote = begun.elapsed();
    rest(&sides).await;
    let (come, rested) = (come(&sides).await, begun.elapsed());
    println!("{rounds} kills, {written} writes in {wrote:?}, {come} activities; at rest after {rested:?}");
    assert!(come >= activities(), "only {come} activities have come from one server to another");
    let lost = left(&sides, &[State::Failed], outbox::State::GivenUp).await;
    assert!(lost.is_empty(), "tried for the last time:\n{}", lost.join("\n"));
    the_same_stands_everywhere(&sides).await;
    for side in &sides {
        side.audit().await;
    }
}

/// The servers, and those who write on them.
async fn sides(network: &Network) -> Vec<Side> {
    let mut sides = vec![
        Side::new(network, "one.test", "ada", Site::embedded()).await,
        Side::new(network, "two.test", "bo", Site::new().await).await,
        Side::new(network, "three.test", "cy", Site::embedded()).await,
    ];
    share_a_board(&sides).await;
    let (thread, targets) = open_a_thread(&mut sides).await;
    for (number, side) in sides.iter_mut().enumerate() {
        let mut board =
            Board { name: side.board().to_owned(), thread: id_at(side, &thread).await, targets: Vec::new() };
        for target in &targets {
            board.targets.push(id_at(side, target).await);
        }
        side.invite(number, &board).await;
    }
    sides
}

/// The first has a board, which the others follow, and knows that they act on what it passes on.
async fn share_a_board(sides: &[Side]) {
    let home = &sides[0].house.api;
    home.post("/api/v1/boards", &json!({ "name": "talk", "title": "General talk" })).await.expect(201);
    for side in &sides[1..] {
        side.house.follow(side.board()).await;
        let path = format!("/api/v1/admin/peers/{}", side.house.host);
        let is_known = async || home.get(&path).await.expect(200).json()["dialect"] == "groups";
        until(&format!("{} to be asked what it runs", side.house.host), is_known).await;
    }
    // The others ask when they first have something to bring: what is brought twice before is taken for what was done twice.
    for side in &sides[1..] {
        for other in sides {
            side.knows(other.house.host).await;
        }
    }
}

/// A thread in which each has a comment that all vote on; the ids of both.
async fn open_a_thread(sides: &mut [Side]) -> (String, Vec<String>) {
    let thread = format!("https://one.test/c/{}", writer::open(&sides[0].house.api).await);
    sides[0].seeds += 1;
    let mut targets = Vec::new();
    for side in sides {
        let target = writer::target(&side.house.api, &id_at(side, &thread).await).await;
        targets.push(format!("https://{}/c/{target}", side.house.host));
        side.seeds += 1;
    }
    (thread, targets)
}

/// The id that a comment has on a server, once it is there.
async fn id_at(side: &Side, uri: &str) -> String {
    let find = async || Seen::at(&side.house, side.board()).await.ids.remove(uri);
    until(&format!("{uri} on {}", side.house.host), async || find().await.is_some()).await;
    find().await.unwrap()
}

/// Lets all write, and kills, as often as is asked for and until so much was exchanged as is asked for. Says how much was acknowledged.
async fn exchange(sides: &mut [Side], mut chance: StdRng, rounds: u32) -> usize {
    let (told, mut acknowledged) = channel(UNCOUNTED);
    sides.iter_mut().for_each(|side| side.set_off(0, &told));
    let mut written = 0;
    for round in 1..=rounds {
        written += count(chance.random_range(1..=MOST), &mut acknowledged).await;
        let side = &mut sides[chance.random_range(0..3_usize)];
        let host = side.house.host;
        written += side.kill(&mut acknowledged).await;
        side.set_off(round, &told);
        println!("round {round}: {host} killed after {written} writes");
        tried_again(sides, host).await;
    }
    let enough = activities();
    // What is on its way will come.
    while traffic(sides).await.iter().map(|one| one.come + one.going).sum::<i64>() < enough {
        written += count(1, &mut acknowledged).await;
    }
    acknowledged.close();
    for side in sides {
        written += side.noticed(&mut acknowledged).await;
    }
    written
}

/// Nobody waits before a server is tried again that is back, nor does what came from it and needed it.
async fn tried_again(sides: &[Side], host: &str) {
    for side in sides.iter().filter(|side| side.house.host != host) {
        let path = format!("/api/v1/admin/peers/{host}/retry");
        let status = side.house.api.post(&path, &json!({ "reason": "it is back" })).await.status.as_u16();
        assert!(matches!(status, 200 | 404), "{status}: it is tried again, or has never been heard of");
    }
}

async fn count(writes: usize, acknowledged: &mut Receiver<()>) -> usize {
    for _ in 0..writes {
        within("enough acknowledged writes", acknowledged.recv()).await.expect("all writers were refused");
    }
    writes
}

async fn traffic(sides: &[Side]) -> Vec<Traffic> {
    let mut all = Vec::new();
    for side in sides {
        all.push(side.traffic().await);
    }
    all
}

/// How much has come from one server to another.
async fn come(sides: &[Side]) -> i64 {
    traffic(sides).await.iter().map(|one| one.come).sum()
}

/// Waits until nothing waits anywhere. What went from one to another while they were looked at one after the other has come there the
/// second time.
async fn rest(sides: &[Side]) {
    for side in sides {
        tried_again(sides, side.house.host).await;
    }
    let is_quiet = async || {
        let (before, after) = (traffic(sides).await, traffic(sides).await);
        before == after && after.iter().all(|one| one.going == 0 && one.waiting == 0)
    };
    if !comes_true(REST, is_quiet).await {
        let waits = left(sides, &[State::Waiting, State::Again], outbox::State::Waiting).await;
        panic!("not at rest after {REST:?}:\n{}", waits.join("\n"));
    }
}

/// What came and was brought, or was not, and is in such a state, on all servers.
async fn left(sides: &[Side], arrivals: &'static [State], deliveries: outbox::State) -> Vec<String> {
    let mut left = Vec::new();
    for side in sides {
        let host = side.house.host;
        left.extend(side.unsettled(arrivals).await.into_iter().map(|what| format!("to {host}: {what}")));
        left.extend(side.unbrought(deliveries).await.into_iter().map(|what| format!("from {host}: {what}")));
    }
    left
}

async fn the_same_stands_everywhere(sides: &[Side]) {
    let mut all = Vec::new();
    for side in sides {
        let seen = Seen::at(&side.house, side.board()).await;
        nothing_twice(&seen, side.house.host);
        everything_acknowledged(&seen, sides, side.house.host);
        all.push(seen);
    }
    for (seen, side) in all.iter().zip(sides).skip(1) {
        let others = |one: &Seen, other: &Seen| -> Vec<(String, Line)> {
            let differ = one.lines.iter().filter(|(uri, line)| other.lines.get(*uri) != Some(line));
            differ.map(|(uri, line)| (uri.clone(), line.clone())).collect()
        };
        let (here, there) = (others(seen, &all[0]), others(&all[0], seen));
        assert_eq!(here, there, "left: {}, right: {}", side.house.host, sides[0].house.host);
    }
    (0..sides.len()).for_each(|here| votes(&all, sides, here));
}

/// Every writer's words are its own, and no two of them are the same.
fn nothing_twice(seen: &Seen, host: &str) {
    let mut known = BTreeMap::new();
    for (uri, line) in seen.lines.iter().filter(|(_, line)| line.words.as_deref() != Some(TARGET)) {
        let Some(words) = &line.words else { continue };
        let before = known.insert(words, uri);
        assert!(before.is_none(), "{host}: “{words}” stands twice: {before:?}, {uri}");
    }
}

/// What was acknowledged is there, with the words that were acknowledged last, and no words are there that nobody wrote.
fn everything_acknowledged(seen: &Seen, sides: &[Side], host: &str) {
    let mut left: BTreeMap<&String, &Line> = seen.lines.iter().collect();
    let mut wrong = Vec::new();
    for side in sides {
        for (id, own) in side.writers().iter().flat_map(writer::Writer::own) {
            let uri = format!("https://{}/c/{id}", side.house.host);
            let found = left.remove(&uri).and_then(|line| line.words.clone());
            if found != *own.words.value() {
                wrong.push(format!("{uri}: {found:?} instead of {:?}", own.words));
            }
        }
    }
    assert!(wrong.is_empty(), "{host}: {} missing or other:\n{}", wrong.len(), wrong.join("\n"));
    let seeds: i64 = sides.iter().map(|side| side.seeds).sum();
    assert_eq!(left.len() as i64, seeds, "{host} has more than was written: {left:?}");
}

/// Votes are counted by the board, at the home of a comment, and where they were given.
fn votes(all: &[Seen], sides: &[Side], here: usize) {
    let host = sides[here].house.host;
    for uri in all[here].lines.iter().filter(|(_, line)| line.words.is_some()).map(|(uri, _)| uri) {
        let at_home = here == 0 || uri.starts_with(&format!("https://{host}/"));
        let mut counted = (0, 0);
        for (side, seen) in sides.iter().zip(all).filter(|(side, _)| at_home || side.house.host == host) {
            for vote in side.writers().iter().filter_map(|writer| writer.votes().get(&seen.ids[uri])) {
                counted.0 += i64::from(*vote.value() > 0);
                counted.1 += i64::from(*vote.value() < 0);
            }
        }
        assert_eq!(all[here].votes[uri], counted, "votes on {uri} at {host}");
    }
}
