//! What one decision of a moderator does to very much: somebody who wrote a thousand comments is suspended, a server that wrote ten
//! thousand is blocked and let in again.

use std::time::Instant;

use domain::{CommentId, Role, Scope};
use serde_json::{Value, json};

use crate::populate::{PASSWORD, Thread};
use crate::request::Request;
use crate::sections::elsewhere::outbound::{Author, author, write};
use crate::sections::elsewhere::{House, Stock, until};
use crate::sink::Sink;
use crate::table::{Row, Table};
use crate::{Failure, Run};

/// Servers on which somebody follows whoever is suspended.
const SERVERS: usize = 10;
/// What both decisions may take, milliseconds.
const LIMIT: f64 = 2_000.0;
/// Stands in each comment of whoever is suspended, and nowhere else.
const MARK: &str = "suspendable";

/// Measures it.
pub fn measure(run: &Run, table: &mut Table) -> Result<(), Failure> {
    let (own, foreign) = if run.arguments.quick { (200, 1_000) } else { (1_000, 10_000) };
    suspension(run, own, table)?;
    block(run, foreign, table)
}

/// A server with an administrator, who asks it over HTTP.
struct Desk {
    house: House,
    token: String,
}

impl Desk {
    fn open(stock: Stock, run: &Run) -> Result<Self, Failure> {
        let ctx = &stock.filling.ctx;
        let made = async {
            actions::account::create(ctx, "desk", Some(PASSWORD), Role::Admin, None).await?;
            actions::account::create_token(ctx, "desk", Scope::Admin, "measuring", None).await
        };
        let token = stock.runtime.block_on(made)?.secret;
        Ok(Self { house: stock.open(run)?, token })
    }

    /// Asks for something, and gives back what is said.
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let mut request = Request::new(method, path).token(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self.house.server.fetch(&request)?;
        match answer.answer.status {
            200 | 201 => Ok(serde_json::from_slice(&answer.body)?),
            status => Err(format!("{method} {path}: {status} {}", String::from_utf8_lossy(&answer.body)).into()),
        }
    }

    /// How many comments of somebody readers see, as moderators are told.
    fn standing(&self, handle: &str) -> Result<u64, Failure> {
        let known = self.ask("GET", &format!("/api/v1/admin/actors/{handle}"), None)?;
        known.get("comments_count").and_then(Value::as_u64).ok_or_else(|| "no number of comments".into())
    }

    /// How many comments with the mark stand on the pages of these threads.
    fn marked(&self, threads: &[Thread]) -> Result<usize, Failure> {
        threads.iter().map(|thread| self.marks(&thread.path)).sum()
    }

    fn marks(&self, page: &str) -> Result<usize, Failure> {
        let whole = self.house.server.fetch(&Request::page(page, "identity"))?;
        Ok(String::from_utf8(whole.body)?.matches(MARK).count())
    }
}

/// Somebody here is suspended, with what they wrote.
fn suspension(run: &Run, count: usize, table: &mut Table) -> Result<(), Failure> {
    let sink = Sink::open(SERVERS)?;
    let stock = Stock::new(run, &sink.servers, 1)?;
    stock.reach_all()?;
    let token = stock.runtime.block_on(stock.filling.writer("talker"))?;
    let desk = Desk::open(stock, run)?;
    // All of them are there before anybody follows: what is brought afterwards are the Deletes alone.
    let threads = desk.house.stock.threads.clone();
    let answered: Vec<CommentId> = threads.iter().flat_map(|thread| thread.comments.clone()).collect();
    for answered in answered.iter().cycle().take(count) {
        let said = json!({ "text": format!("{MARK}, {answered}") });
        let request = Request::new("POST", &format!("/api/v1/comments/{answered}/replies"));
        let status = desk.house.server.fetch(&request.token(&token).json(&said))?.answer.status;
        (status == 201).then_some(()).ok_or_else(|| format!("a comment was refused: {status}"))?;
    }
    desk.house.stock.follow("talker", &desk.house.stock.people)?;
    expect("comments on the pages", desk.marked(&threads)?, count)?;
    sink.is_silent()?;
    let process = desk.house.server.process();
    let (begun, before) = (Instant::now(), process.cpu()?);
    let decision = json!({ "reason": "measured", "remove_comments": true });
    desk.ask("POST", "/api/v1/admin/actors/talker/suspend", Some(&decision))?;
    let answered = ms(begun);
    until(|| Ok(desk.marked(&threads)? == 0 && desk.standing("talker")? == 0))?;
    let gone = ms(begun);
    let (last, told_of) = sink.deletions(count)?;
    let told = last.saturating_duration_since(begun).as_secs_f64() * 1000.0;
    let used = process.cpu()?.saturating_sub(before).as_secs_f64() * 1000.0;
    let what = format!("somebody with {count} comments is suspended: answered; gone from every page");
    table.push(Row { p50: Some(answered), p99: Some(gone), ..Row::named(what) }.at_most("", gone, LIMIT, " ms"));
    let what = format!("and {SERVERS} servers have its {count} Deletes, each once");
    let rate = (count * SERVERS) as f64 * 1000.0 / told;
    table.push(Row {
        rate: Some(rate),
        p99: Some(told),
        cpu: Some(used / (count * SERVERS) as f64),
        ..Row::named(what)
    });
    // Nothing waits: whatever was to be brought a second time has been.
    let (filling, runtime) = (&desk.house.stock.filling, &desk.house.stock.runtime);
    until(|| Ok(runtime.block_on(filling.ctx.db().read(storage::outbox::totals))?.waiting == 0))?;
    sink.tells_no_more(told_of)
}

/// A server elsewhere is blocked, and let in again.
fn block(run: &Run, count: usize, table: &mut Table) -> Result<(), Failure> {
    let sink = Sink::open(1)?;
    let mut stock = Stock::new(run, &sink.servers, 1)?;
    stock.reach_all()?;
    stock.arrived(count, 1)?;
    let people = stock.people.clone();
    let known = author(&stock, "known", people.clone())?;
    let mut desk = Desk::open(stock, run)?;
    desk.house.worked_off()?;
    let (host, handle) = people.first().map(|one| (one.host(), format!("somebody@{}", one.host()))).unwrap_or_default();
    expect("comments of the server", desk.standing(&handle)? as usize, count)?;
    let policy = format!("/api/v1/admin/peers/{host}/policy");
    let decide = |desk: &Desk, level: &str, left: u64| {
        let begun = Instant::now();
        desk.ask("PUT", &policy, Some(&json!({ "level": level, "reason": "measured" })))?;
        let answered = ms(begun);
        until(|| Ok(desk.standing(&handle)? == left))?;
        Ok::<_, Failure>((answered, ms(begun)))
    };
    let (answered, hidden) = decide(&desk, "block", 0)?;
    let what = format!("a server with {count} comments is blocked: answered; hidden everywhere");
    table.push(Row { p50: Some(answered), p99: Some(hidden), ..Row::named(what) }.at_most("", hidden, LIMIT, " ms"));
    unheard(&mut desk, &sink, &known)?;
    let (answered, back) = decide(&desk, "allow", count as u64)?;
    let what = "it is let in again: answered; all of it back";
    table.push(Row { p50: Some(answered), p99: Some(back), ..Row::named(what) });
    Ok(())
}

/// Nothing is brought to whom is blocked: neither a new comment of somebody who was followed there, nor what waited.
fn unheard(desk: &mut Desk, sink: &Sink, known: &Author) -> Result<(), Failure> {
    write(&mut desk.house, known)?;
    let (filling, runtime) = (&desk.house.stock.filling, &desk.house.stock.runtime);
    until(|| Ok(runtime.block_on(filling.ctx.db().read(storage::outbox::totals))?.waiting == 0))?;
    sink.is_silent()
}

fn expect(what: &str, found: usize, wanted: usize) -> Result<(), Failure> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found} in place of {wanted}").into()) }
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
