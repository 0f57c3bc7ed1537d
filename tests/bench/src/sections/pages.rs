//! The page of a thread as everybody gets it, kept by the server, against the same bytes served by nothing but axum.

use std::path::Path;

use crate::load::{Next, Outcome};
use crate::request::Request;
use crate::sections::median;
use crate::sections::store::Stock;
use crate::server::Server;
use crate::table::{Row, Table};
use crate::{Failure, Run, baseline};

/// Readers at the same time.
const READERS: usize = 16;

/// Measures it in each encoding, and unchanged.
pub fn measure(run: &Run, server: &Server, folder: &Path, stock: &Stock, table: &mut Table) -> Result<(), Failure> {
    let path = &stock.discussion.path;
    for encoding in ["br", "gzip", "identity"] {
        let request = Request::page(path, encoding);
        compare(run, server, folder, (encoding, 200), &request, table)?;
    }
    let tag = server.fetch(&Request::page(path, "br"))?;
    let tag = tag.header("etag").ok_or("the page has no tag")?;
    compare(
        run,
        server,
        folder,
        ("unchanged (304)", 304),
        &Request::page(path, "br").with("if-none-match", tag),
        table,
    )?;
    for encoding in ["br", "gzip"] {
        let page = server.fetch(&Request::page(&stock.ten_thousand.path, encoding))?;
        let bytes = page.answer.bytes as f64;
        let row = Row { bytes: Some(bytes), ..Row::named(format!("first part of a thread of 10,000, {encoding}")) };
        table.push(row.at_most("", bytes / 1000.0, 60.0, " kB"));
    }
    Ok(())
}

fn compare(
    run: &Run,
    server: &Server,
    folder: &Path,
    (what, status): (&str, u16),
    request: &Request,
    table: &mut Table,
) -> Result<(), Failure> {
    let file = folder.join("static");
    let whole = server.fetch(request)?;
    if whole.answer.status != status {
        return Err(format!("the page was answered with {}", whole.answer.status).into());
    }
    baseline::keep(&whole, &file)?;
    let still = Server::baseline(&file)?;
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..run.rounds() {
        bare.push(drive(run, &still, request, status)?);
        ours.push(drive(run, server, request, status)?);
    }
    let (bare, ours) = (median(bare), median(ours));
    table.push(Row::load(format!("static answer of the same bytes, {what}"), &bare));
    let ratio = ours.rate / bare.rate;
    let row = Row::load(format!("cached page of 165 comments, {what}"), &ours).against(ratio, "static");
    table.push(row.at_least("", ratio, 0.5, " × static").at_most("", ours.cpu, 0.15, " ms CPU"));
    Ok(())
}

fn drive(run: &Run, server: &Server, request: &Request, status: u16) -> Result<Outcome, Failure> {
    let bytes = request.bytes();
    server.drive(run.load(READERS), status, |_| {
        let bytes = bytes.clone();
        let next: Next = Box::new(move || bytes.clone());
        next
    })
}
