//! Crashes under load: the server is killed while 32 clients write, over and over on the same data; on PostgreSQL the
//! database too. Each time everything that was acknowledged must be there, whole, and nothing else but what was in flight.

pub mod audit;
pub mod ledger;
pub mod writer;

use std::time::{Duration, Instant};

use rejoinder_tests::cluster::Stop;
use rejoinder_tests::{Server, Site, within};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinSet;

use audit::audit;
use writer::{Board, Writer};

/// How many write at the same time.
const WRITERS: usize = 32;
/// How many rounds an ordinary run takes; `REJOINDER_CRASH_ROUNDS` asks for more.
const ROUNDS: u32 = 5;
/// Acknowledged writes that may wait to be counted.
const UNCOUNTED: usize = 64;

/// What ends a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Crash {
    /// `kill -9` of the server.
    Server,
    /// `kill -9` of PostgreSQL; the server lives on.
    Database,
}

/// Writes that are acknowledged before the crash of this round: another number each time, so that each crash meets
/// something else.
fn enough(round: u32) -> u32 {
    64 + round * 53 % 191
}

/// How many rounds are asked for, if any are.
pub fn rounds_asked() -> Option<u32> {
    let asked = std::env::var("REJOINDER_CRASH_ROUNDS").ok();
    asked.map(|asked| asked.parse().expect("REJOINDER_CRASH_ROUNDS is no number"))
}

fn rounds() -> u32 {
    rounds_asked().unwrap_or(ROUNDS)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_and_nothing_is_half() {
    let site = Site::with_outages().await.unlimited();
    let begun = Instant::now();
    let board = board(&site).await;
    let mut writers = writers(&site, &board).await;
    let mut server = site.start().await;
    let mut slowest = Duration::ZERO;
    for round in 1..=rounds() {
        // On PostgreSQL the two take turns, and both meet both kinds of numbers.
        let crash = if site.cluster().is_some() && round % 2 == 0 { Crash::Database } else { Crash::Server };
        let acknowledged;
        (writers, acknowledged) = load(&site, &mut server, writers, round, crash).await;
        if crash == Crash::Server {
            server = site.start().await;
            slowest = slowest.max(server.took());
        }
        let stored = audit(&site, &writers, &board).await;
        let mut in_flight = 0;
        for writer in &mut writers {
            writer.learn(&stored);
            in_flight += writer.send_again(&server).await;
        }
        audit(&site, &writers, &board).await;
        println!(
            "round {round}, {crash:?}: {acknowledged} acknowledged, {in_flight} in flight, {} stored",
            stored.comments()
        );
    }
    everything_is_read(&server, &writers, &board).await;
    server.stop().await;
    println!("{} rounds in {:?}; the slowest start after a crash took {slowest:?}", rounds(), begun.elapsed());
}

/// A board with a thread that all write in, and comments that all vote on.
async fn board(site: &Site) -> Board {
    let _ = site.run(&["board", "create", "talk", "--title", "General talk"]).await.ok();
    let token = site.token("host", "admin", "write").await;
    let server = site.start().await;
    let board = Board::new(&server.api(&token)).await;
    server.stop().await;
    board
}

async fn writers(site: &Site, board: &Board) -> Vec<Writer> {
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let token = site.token(&format!("writer{number}"), "member", "write").await;
        writers.push(Writer::new(number, token, board.clone()));
    }
    writers
}

/// Lets all write until enough is acknowledged, crashes, and returns the writers with what they know.
async fn load(
    site: &Site,
    server: &mut Server,
    writers: Vec<Writer>,
    round: u32,
    crash: Crash,
) -> (Vec<Writer>, usize) {
    let mut tasks = JoinSet::new();
    let (told, mut acknowledged) = channel(UNCOUNTED);
    for writer in writers {
        let (api, told) = (server.api(writer.token()), told.clone());
        tasks.spawn(async move { writer.write_until_cut_off(&api, round, &told).await });
    }
    drop(told);
    let mut count = 0;
    while count < enough(round) as usize {
        within("enough acknowledged writes", acknowledged.recv()).await.expect("all writers were refused");
        count += 1;
    }
    match (crash, site.cluster()) {
        (Crash::Database, Some(cluster)) => cluster.stop(Stop::Crash),
        _ => server.crash(),
    }
    let (writers, late) = all_noticed(&mut tasks, &mut acknowledged).await;
    if let (Crash::Database, Some(cluster)) = (crash, site.cluster()) {
        cluster.start();
    }
    (writers, count + late)
}

/// The writers of a server that was killed, by number, once each has noticed; and what was acknowledged until then.
pub async fn all_noticed(tasks: &mut JoinSet<Writer>, acknowledged: &mut Receiver<()>) -> (Vec<Writer>, usize) {
    let (mut writers, mut count) = (Vec::new(), 0);
    // Whoever was acknowledged last goes on only when that is counted.
    while !tasks.is_empty() {
        let ended = async {
            tokio::select! {
                biased;
                Some(()) = acknowledged.recv() => { count += 1; None }
                Some(ended) = tasks.join_next() => Some(ended.expect("a writer gave up")),
            }
        };
        writers.extend(within("the writers to notice", ended).await);
    }
    while acknowledged.try_recv().is_ok() {
        count += 1;
    }
    writers.sort_by_key(Writer::number);
    (writers, count)
}

/// All that is stored can be read by everybody, page by page, with exactly the words that were acknowledged, and found.
async fn everything_is_read(server: &Server, writers: &[Writer], board: &Board) {
    let api = server.anonymous();
    let page = format!("/api/v1/threads/{}?sort=old&limit=500", board.thread);
    let read = api.all(&page, "comments").await;
    let mut shown: Vec<(String, String)> = Vec::new();
    for comment in &read {
        shown.push((comment["id"].as_str().unwrap().to_owned(), comment["text"].as_str().unwrap().to_owned()));
    }
    let mut written: Vec<(String, String)> = writers.iter().flat_map(|writer| writer.answers()).collect();
    written.extend(board.targets.iter().map(|id| (id.clone(), writer::TARGET.to_owned())));
    shown.sort();
    written.sort();
    assert_eq!(shown, written);
    for writer in writers {
        let word = writer.last_word();
        let found = api.get(&format!("/api/v1/search?q={word}")).await.expect(200).json();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{word}: {found}");
    }
}
