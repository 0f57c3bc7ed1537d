//! Fills a database with generated content, and looks at how its queries are planned.
//!
//!     cargo run --release -p rejoinder-storage --features testing --example generate -- URL COUNT
//!     cargo run --release -p rejoinder-storage --features testing --example generate -- URL --check
//!
//! The first makes COUNT comments in an empty database and prints what there is to look at. The second prints the plan of every
//! statement and how long searches and lists take, and fails if a plan reads a whole table.

extern crate rejoinder_storage as storage;

use std::process::ExitCode;
use std::time::Instant;

use domain::{BoardId, ThreadSort};
use storage::testing::generate::{generate, landmarks};
use storage::testing::plans::{self, Planner};
use storage::testing::tour::{questions, tour};
use storage::{Db, Error, Holder, Place, search, threads};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [url, "--check"] => check(place(url)).await,
        [url, count] if count.parse::<u64>().is_ok() => fill(place(url), count.parse().unwrap_or(0)).await,
        _ => {
            eprintln!("usage: generate URL COUNT | generate URL --check");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(0) => ExitCode::SUCCESS,
        Ok(faults) => {
            eprintln!("{faults} faulty plans, marked with !!");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn place(url: &str) -> Place {
    Place { url: url.to_owned(), connections: 4, holder: Holder::Tool }
}

async fn fill(place: Place, count: u64) -> Result<usize, Error> {
    let started = Instant::now();
    let mut told = 0;
    generate(&place, count, &mut |done| {
        if done >= told + 100_000 {
            told = done;
            eprintln!("{done} comments after {:.1?}", started.elapsed());
        }
    })?;
    eprintln!("{count} comments in {:.1?}", started.elapsed());
    let db = Db::open(place)?;
    println!("{:#?}", db.read(landmarks).await?);
    Ok(0)
}

async fn check(place: Place) -> Result<usize, Error> {
    plans::record();
    let db = Db::open(place)?;
    let content = db.read(landmarks).await?;
    plans::take();
    tour(&db, content).await?;
    let plans = plans::explain(&db, plans::take(), Planner::Natural).await?;
    println!("{}", plans::text(&plans));
    time(&db).await?;
    Ok(plans.iter().filter(|plan| !plan.faults.is_empty()).count())
}

/// How long what is asked most takes, the second time.
async fn time(db: &Db) -> Result<(), Error> {
    for (name, query) in questions() {
        let found = db
            .read({
                let query = query.clone();
                move |tx| search::find(tx, &query, None, 30)
            })
            .await?;
        let started = Instant::now();
        db.read(move |tx| search::find(tx, &query, None, 30)).await?;
        println!("{name}: {} found in {:.1?}", found.len(), started.elapsed());
    }
    for &sort in ThreadSort::ALL {
        for board in [None, Some(BoardId(1)), Some(BoardId(5))] {
            let page = move |tx: &mut storage::Read| threads::page(tx, board, sort, None, 30);
            db.read(page).await?;
            let started = Instant::now();
            db.read(page).await?;
            println!("threads {} {board:?}: {:.1?}", sort.name(), started.elapsed());
        }
    }
    Ok(())
}
