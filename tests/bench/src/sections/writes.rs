//! What is written: replies, votes, logins.

use serde_json::json;

use crate::load::{Load, Next};
use crate::populate::PASSWORD;
use crate::request::Request;
use crate::sections::reads::form;
use crate::sections::store::{Stock, WRITERS, reader};
use crate::server::Server;
use crate::table::{Row, Table};
use crate::words::{Dice, Words};
use crate::{Failure, Run};

/// Measures it; `on` stands before each name.
pub fn measure(run: &Run, on: &str, server: &Server, stock: &Stock, table: &mut Table) -> Result<(), Failure> {
    replies(run, on, server, stock, table)?;
    let load = run.load(WRITERS);
    let outcome = server.drive(load, 200, |number| voter(stock, number))?;
    table.push(Row::load(format!("{on}API: vote, {WRITERS} writers"), &outcome));
    let load = Load { connections: 4, ..load };
    let outcome = server.drive(load, 303, |number| {
        let body = format!("name={}&password={}", reader(number % 4), PASSWORD.replace(' ', "+"));
        let bytes = form("/login", body).bytes();
        let next: Next = Box::new(move || bytes.clone());
        next
    })?;
    table.push(Row::load(format!("{on}login (argon2id)"), &outcome));
    Ok(())
}

fn replies(run: &Run, on: &str, server: &Server, stock: &Stock, table: &mut Table) -> Result<(), Failure> {
    let groups =
        || Ok::<_, Failure>((server.metric(&format!("{GROUPS}_sum"))?, server.metric(&format!("{GROUPS}_count"))?));
    let before = groups()?;
    let load = Load { counted: run.load(0).counted * 2, ..run.load(WRITERS) };
    let outcome = server.drive(load, 201, |number| writer(stock, number))?;
    let after = groups()?;
    let group = (after.0 - before.0) / (after.1 - before.1).max(1.0);
    let name = match on {
        "" => format!("API: reply, {WRITERS} writers, durable; {group:.1} to a commit"),
        _ => format!("API: reply, {WRITERS} writers, durable"),
    };
    let row = Row::load(format!("{on}{name}"), &outcome);
    table.push(if on.is_empty() { row.at_least("", outcome.rate, 3000.0, "/s") } else { row });
    Ok(())
}

/// The metric that tells how many writes each commit held.
const GROUPS: &str = "rejoinder_write_group_size";

/// Answers comments of the large threads, each time another with other words.
fn writer(stock: &Stock, number: usize) -> Next {
    let mut dice = Dice(number as u64);
    let mut words = Words::new(1000 + number as u64);
    let token = stock.tokens.get(number).cloned().unwrap_or_default();
    let threads = [&stock.thousand, &stock.ten_thousand].map(|thread| thread.comments.clone());
    let texts: Vec<String> = (0..64).map(|_| words.comment()).collect();
    Box::new(move || {
        let comment = dice.pick(&threads).and_then(|comments| Dice(dice.roll()).pick(comments).copied());
        let text = dice.pick(&texts).cloned().unwrap_or_default();
        let path = format!("/api/v1/comments/{}/replies", comment.map_or(0, |comment| comment.0));
        Request::new("POST", &path).token(&token).json(&json!({ "text": text })).bytes()
    })
}

/// Votes on comment after comment, and starts over by taking the votes back.
fn voter(stock: &Stock, number: usize) -> Next {
    let token = stock.tokens.get(number).cloned().unwrap_or_default();
    let comments = stock.ten_thousand.comments.clone();
    let mut turn = 0;
    Box::new(move || {
        let comment = comments.get(turn % comments.len()).map_or(0, |comment| comment.0);
        let value = if (turn / comments.len()).is_multiple_of(2) { 1 } else { 0 };
        turn += 1;
        Request::new("PUT", &format!("/api/v1/comments/{comment}/vote"))
            .token(&token)
            .json(&json!({ "value": value }))
            .bytes()
    })
}
