//! What it costs that many comments are stored: the same requests to a server with 10,000 and to one with a hundred times as many.

use crate::load::Outcome;
use crate::populate::{self, Filling, Thread};
use crate::request::Request;
use crate::sections::median;
use crate::sections::reads::any;
use crate::server::Server;
use crate::table::{Row, Table};
use crate::{Failure, Run};

/// Comments of each thread.
const EACH: usize = 100;
/// Threads in the small database.
const FEW: usize = 100;
/// Readers at the same time: few, so that CPU time is not spent on waiting for one another.
const READERS: usize = 4;

/// A server with threads in it.
struct Hall {
    server: Server,
    threads: Vec<Thread>,
    // After the server, which works in it.
    _folder: tempfile::TempDir,
}

/// Measures it.
pub fn measure(run: &Run, table: &mut Table) -> Result<(), Failure> {
    let many = if run.arguments.quick { 1_000 } else { 10_000 };
    eprintln!("storing {} and {} comments", FEW * EACH, many * EACH);
    let small = hall(run, FEW)?;
    let large = hall(run, many)?;
    let front =
        |_: &Hall| pages(["", "?sort=new", "?sort=top", "?sort=best", "?sort=active"].map(|sort| format!("/{sort}")));
    compare(run, "front page", &small, &large, front, table)?;
    let threads = |hall: &Hall| pages(hall.threads.iter().map(|thread| thread.path.clone()));
    compare(run, "page of a thread of 100", &small, &large, threads, table)?;
    let comments = |hall: &Hall| {
        let some = hall.threads.iter().flat_map(|thread| thread.comments.iter().skip(1).step_by(7));
        pages(some.map(|id| format!("/c/{id}")))
    };
    compare(run, "page of a comment", &small, &large, comments, table)?;
    let boards = |_: &Hall| pages(["/b/bench", "/b/bench?sort=new", "/b/bench?sort=active"].map(str::to_owned));
    compare(run, "page of a board", &small, &large, boards, table)
}

fn hall(run: &Run, threads: usize) -> Result<Hall, Failure> {
    let folder = run.folder()?;
    let url = populate::sqlite_in(folder.path());
    let threads = populate::runtime()?.block_on(async { Filling::begin(&url).await?.threads(threads, EACH).await })?;
    let settings = [("REJOINDER_LIMITS__PAGE_CACHE_BYTES", "0")];
    Ok(Hall { server: Server::rejoinder(&run.program, folder.path(), &url, &settings)?, threads, _folder: folder })
}

fn pages(paths: impl IntoIterator<Item = String>) -> Vec<Request> {
    paths.into_iter().map(|path| Request::page(&path, "gzip, br")).collect()
}

fn compare(
    run: &Run,
    what: &str,
    small: &Hall,
    large: &Hall,
    requests: impl Fn(&Hall) -> Vec<Request>,
    table: &mut Table,
) -> Result<(), Failure> {
    let drive = |hall: &Hall| -> Result<Outcome, Failure> {
        let requests = requests(hall);
        hall.server.drive(run.load(READERS), 200, |number| any(&requests, number))
    };
    let (mut few, mut many) = (Vec::new(), Vec::new());
    for _ in 0..run.rounds() {
        few.push(drive(small)?);
        many.push(drive(large)?);
    }
    let (few, many) = (median(few), median(many));
    let stored = |hall: &Hall| thousands(hall.threads.len() * EACH);
    table.push(Row::load(format!("{what}, {} comments stored", stored(small)), &few));
    let ratio = many.cpu / few.cpu;
    let row = Row::load(format!("{what}, {} comments stored", stored(large)), &many).against(ratio, "CPU of the few");
    table.push(row.at_most("", ratio, 1.5, " ×"));
    Ok(())
}

fn thousands(count: usize) -> String {
    match count {
        1_000_000.. => format!("{},000,000", count / 1_000_000),
        _ => format!("{},000", count / 1_000),
    }
}
