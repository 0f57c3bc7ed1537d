//! One server with the real discussion and two large threads in it: start, memory, pages, reads, writes.

use std::path::Path;
use std::time::Duration;

use crate::populate::{self, Filling, Thread};
use crate::sections::{pages, reads, uncached, writes};
use crate::server::Server;
use crate::table::{Row, Table};
use crate::{Failure, Run, Section};

/// Requests at the same time that write: the number of the target.
pub const WRITERS: usize = 32;

/// What is in the database.
pub struct Stock {
    /// The thread of 165 comments.
    pub discussion: Thread,
    /// A thread of 1,000.
    pub thousand: Thread,
    /// A thread of 10,000.
    pub ten_thousand: Thread,
    /// Tokens of those who write.
    pub tokens: Vec<String>,
}

/// Who logs in, by number.
pub fn reader(number: usize) -> String {
    format!("reader{number}")
}

/// Measures all of it.
pub fn measure(run: &Run, table: &mut Table) -> Result<(), Failure> {
    let folder = run.folder()?;
    let url = populate::sqlite_in(folder.path());
    eprintln!("filling a database");
    let stock = populate::runtime()?.block_on(stock(&url))?;
    // First, because those who write make the threads longer.
    if run.measures(Section::Uncached) {
        uncached::measure(run, &url, &stock, table)?;
    }
    served(run, folder.path(), &url, &stock, table)?;
    if let Some(url) = &run.arguments.postgres {
        let stock = populate::runtime()?.block_on(self::stock(url))?;
        let server = Server::rejoinder(&run.program, folder.path(), url, &[])?;
        reads::measure(run, "PostgreSQL: ", &server, &stock, table)?;
        writes::measure(run, "PostgreSQL: ", &server, &stock, table)?;
    }
    Ok(())
}

async fn stock(url: &str) -> Result<Stock, Failure> {
    let mut filling = Filling::begin(url).await?;
    let mut tokens = Vec::new();
    for number in 0..WRITERS {
        tokens.push(filling.writer(&format!("writer{number}")).await?);
    }
    for number in 0..4 {
        filling.reader(&reader(number)).await?;
    }
    Ok(Stock {
        discussion: filling.discussion().await?,
        thousand: filling.thread("thousand", 1_000).await?,
        ten_thousand: filling.thread("tenthousand", 10_000).await?,
        tokens,
    })
}

fn served(run: &Run, folder: &Path, url: &str, stock: &Stock, table: &mut Table) -> Result<(), Failure> {
    let server = Server::rejoinder(&run.program, folder, url, &[])?;
    let ready = server.ready_after.as_secs_f64() * 1000.0;
    table.push(Row { p50: Some(ready), ..Row::named("start until ready") }.at_most("", ready, 300.0, " ms"));
    std::thread::sleep(Duration::from_secs(2));
    memory(&server, "memory, idle", 30.0, table)?;
    if run.measures(Section::Pages) {
        pages::measure(run, &server, folder, stock, table)?;
    }
    if run.measures(Section::Reads) {
        reads::measure(run, "", &server, stock, table)?;
    }
    if run.measures(Section::Writes) {
        writes::measure(run, "", &server, stock, table)?;
    }
    memory(&server, "memory, after all of this", 150.0, table)
}

fn memory(server: &Server, what: &str, limit: f64, table: &mut Table) -> Result<(), Failure> {
    let resident = server.process().resident()?;
    let row = Row { resident: Some(resident), ..Row::named(what) };
    table.push(row.at_most("", resident as f64 / 1e6, limit, " MB"));
    Ok(())
}
