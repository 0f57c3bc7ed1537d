//! What is read besides the cached page of a thread.

use bytes::Bytes;

use crate::load::Next;
use crate::populate::PASSWORD;
use crate::request::Request;
use crate::sections::store::{Stock, reader};
use crate::server::Server;
use crate::table::{Row, Table};
use crate::words::{Dice, Words};
use crate::{Failure, Run};

/// Readers at the same time.
const READERS: usize = 16;

/// Measures it; `on` stands before each name.
pub fn measure(run: &Run, on: &str, server: &Server, stock: &Stock, table: &mut Table) -> Result<(), Failure> {
    let mut row = |what: &str, requests: Vec<Request>| -> Result<(), Failure> {
        let outcome = server.drive(run.load(READERS), 200, |number| any(&requests, number))?;
        table.push(Row::load(format!("{on}{what}"), &outcome));
        Ok(())
    };
    row("front page", vec![Request::page("/", "gzip, br")])?;
    let comments = &stock.thousand.comments;
    row("page of a comment, any of 1,000", pages(comments.iter().skip(1).map(|id| format!("/c/{id}"))))?;
    let cookie = log_in(server)?;
    let page = Request::page(&stock.discussion.path, "gzip, br").with("cookie", &cookie);
    row("page of 165 comments, logged in", vec![page])?;
    let mut words = Words::new(2);
    row("search for two words", pages((0..200).map(|_| format!("/search?q={}", words.some(2).replace(' ', "+")))))?;
    let thread = |id, limit| Request::new("GET", &format!("/api/v1/threads/{id}?limit={limit}"));
    row("API: thread, 165 comments", vec![thread(stock.discussion.id, 200)])?;
    row("API: thread, 200 of 10,000 comments", vec![thread(stock.ten_thousand.id, 200)])?;
    let one = |id| Request::new("GET", &format!("/api/v1/comments/{id}"));
    row("API: comment, any of 1,000", comments.iter().map(one).collect())?;
    Ok(())
}

fn pages(paths: impl Iterator<Item = String>) -> Vec<Request> {
    paths.map(|path| Request::page(&path, "gzip, br")).collect()
}

/// Any of these requests, at random.
pub fn any(requests: &[Request], number: usize) -> Next {
    let requests: Vec<Bytes> = requests.iter().map(Request::bytes).collect();
    let mut dice = Dice(number as u64);
    Box::new(move || dice.pick(&requests).cloned().unwrap_or_default())
}

/// Logs in and returns the cookie.
fn log_in(server: &Server) -> Result<String, Failure> {
    let body = format!("name={}&password={}", reader(0), PASSWORD.replace(' ', "+"));
    let answer = server.fetch(&form("/login", body))?;
    let cookie = answer.header("set-cookie").ok_or("logging in gave no cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

/// A form as a browser sends it.
pub fn form(path: &str, body: String) -> Request {
    Request::new("POST", path).with("sec-fetch-site", "same-origin").form(body)
}
