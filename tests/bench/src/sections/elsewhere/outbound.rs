//! A comment on its way to those who follow its author.

use std::time::{Duration, Instant};

use serde_json::json;
use storage::outbox;

use crate::request::Request;
use crate::sections::elsewhere::raw::Raw;
use crate::sections::elsewhere::{House, Stock, middle, until};
use crate::sink::Sink;
use crate::strangers::Stranger;
use crate::table::{Row, Table};
use crate::{Failure, Run};

/// Servers on which somebody follows.
const SERVERS: usize = 1_000;
/// Comments that are written one at a time, while nothing else happens.
const SINGLE: usize = 50;
/// The time between two of them.
const PAUSE: Duration = Duration::from_millis(100);

/// Somebody here who is followed elsewhere.
pub(super) struct Author {
    token: String,
    /// How many servers a comment is brought to.
    reach: usize,
}

/// What it took to bring a comment to everybody.
struct Brought {
    /// From when it was sent to us until the last of them had it, milliseconds.
    took: f64,
    /// Processor time of the server for each of them, until all was written down, milliseconds.
    cpu: f64,
}

/// Measures it.
pub fn measure(run: &Run, raw: &Raw, table: &mut Table) -> Result<(), Failure> {
    let sink = Sink::open(SERVERS)?;
    let stock = Stock::new(run, &sink.servers, 1)?;
    stock.reach_all()?;
    let everywhere = author(&stock, "everywhere", stock.people.clone())?;
    let somewhere = author(&stock, "somewhere", stock.people.iter().take(1).cloned().collect())?;
    let (mut house, mut first, mut again) = (stock.open(run)?, Vec::new(), Vec::new());
    for _ in 0..run.rounds() {
        house = house.restarted(run)?;
        // What a server does once (certificates are read, random numbers seeded) is not what a delivery costs.
        bring(&mut house, &sink, &somewhere)?;
        first.push(bring(&mut house, &sink, &everywhere)?);
        again.push(bring(&mut house, &sink, &everywhere)?);
    }
    row("outbound: a comment to 1,000 servers, no connection open", &first, raw, table);
    row("outbound: a comment to 1,000 servers, connections open", &again, raw, table);
    single(&mut house, &sink, &somewhere, table)
}

/// Makes somebody whom these follow.
pub(super) fn author(stock: &Stock, name: &'static str, followers: Vec<Stranger>) -> Result<Author, Failure> {
    let token = stock.runtime.block_on(stock.filling.writer(name))?;
    stock.follow(name, &followers)?;
    Ok(Author { token, reach: followers.len() })
}

/// Writes a comment and says when it was sent to the server.
pub(super) fn write(house: &mut House, author: &Author) -> Result<Instant, Failure> {
    let said = house.stock.talk.by(0)?;
    let comment = said.answers.rsplit('/').next().unwrap_or_default();
    let request = Request::new("POST", &format!("/api/v1/comments/{comment}/replies"));
    let sent = Instant::now();
    let answer = house.server.fetch(&request.token(&author.token).json(&json!({ "text": said.words })))?;
    if answer.answer.status == 201 {
        Ok(sent)
    } else {
        Err(format!("a comment was refused: {}", answer.answer.status).into())
    }
}

fn bring(house: &mut House, sink: &Sink, author: &Author) -> Result<Brought, Failure> {
    sink.is_silent()?;
    let process = house.server.process();
    let before = process.cpu()?;
    let sent = write(house, author)?;
    let last = sink.last_of(author.reach)?;
    let (filling, runtime) = (&house.stock.filling, &house.stock.runtime);
    until(|| Ok(runtime.block_on(filling.ctx.db().read(outbox::totals))?.waiting == 0))?;
    let used = process.cpu()?.saturating_sub(before);
    let took = last.saturating_duration_since(sent).as_secs_f64() * 1000.0;
    Ok(Brought { took, cpu: used.as_secs_f64() * 1000.0 / author.reach as f64 })
}

fn row(what: &str, all: &[Brought], raw: &Raw, table: &mut Table) {
    let took = middle(all.iter().map(|one| one.took).collect());
    let cpu = middle(all.iter().map(|one| one.cpu).collect());
    let rate = Some(SERVERS as f64 * 1000.0 / took);
    let row = Row { rate, p99: Some(took), cpu: Some(cpu), ..Row::named(what) };
    let (share, times) = (cpu / raw.signature, took / raw.thousand);
    let row = row.against(share, "CPU of a signature").at_most("CPU ", share, 2.0, " signatures");
    table.push(row.at_most("", times, 3.0, " × the time of the signatures"));
}

/// From the request that makes a comment to the one inbox that hears of it.
fn single(house: &mut House, sink: &Sink, author: &Author, table: &mut Table) -> Result<(), Failure> {
    let mut all = Vec::with_capacity(SINGLE);
    for _ in 0..SINGLE {
        std::thread::sleep(PAUSE);
        sink.is_silent()?;
        let sent = write(house, author)?;
        all.push(sink.last_of(1)?.saturating_duration_since(sent).as_secs_f64() * 1000.0);
    }
    all.sort_by(f64::total_cmp);
    let (p50, p99) = (middle(all.clone()), all.last().copied());
    let row = Row { p50: Some(p50), p99, ..Row::named("outbound: a comment to one server, idle") };
    table.push(row.at_most("p50 ", p50, 20.0, " ms"));
    Ok(())
}
