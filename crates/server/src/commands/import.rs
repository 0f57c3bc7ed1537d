//! `rejoinder import`: reads the file, says what it would do, does it, reports.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "commands answer on standard output, progress goes to standard error"
)]

use std::io::IsTerminal as _;
use std::path::Path;

use actions::Ctx;
use actions::import::foreign::{ForeignThread, Given, ParseError};
use actions::import::merge::{Plan, Report, Run, merge};
use actions::import::rejoinder::{self, Exported};
use actions::import::{hn_algolia, hn_firebase, page_text};
use domain::{Noun, Refusal};

use super::table::print_json;
use crate::boot::Failure;
use crate::cli::{Format, Import};
use crate::config::Config;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 512 * 1024 * 1024;
/// The site of imported names when nothing names it.
const UNNAMED_SITE: &str = "saved-page";
const HACKER_NEWS: &str = "news.ycombinator.com";

/// Imports a file.
pub async fn run(ctx: &Ctx, config: &Config, arguments: Import) -> Result<(), Failure> {
    let parsed = parse(&arguments)?;
    if parsed.instance.as_deref() == Some(config.server.public_url.as_str()) {
        let file = arguments.file.display();
        let remedy = "import it on another instance, or put back what is lost from a backup with `rejoinder restore`";
        return Err(format!("{file} was exported here, and everything in it would be there twice; {remedy}").into());
    }
    let run = if arguments.dry_run { Run::Dry } else { Run::Real };
    let site = arguments.from.clone().unwrap_or(parsed.site);
    let mut reports = Vec::with_capacity(parsed.threads.len());
    for (board, foreign) in parsed.threads {
        let board = arguments.board.clone().or(board).unwrap_or_default();
        reports.push(merged(ctx, foreign, Plan { board, site: site.clone(), run }).await?);
    }
    match (arguments.format, arguments.json, reports.as_slice()) {
        (Format::Rejoinder, true, all) => print_json(&all.iter().map(told).collect::<Vec<_>>()),
        (_, true, all) => all.iter().map(told).try_for_each(|one| print_json(&one)),
        (_, false, all) => {
            all.iter().for_each(|one| print(one, config, run));
            Ok(())
        }
    }
}

/// A name of a board that is not here is answered with the remedy: a file may name several.
async fn merged(ctx: &Ctx, foreign: ForeignThread, plan: Plan) -> Result<Report, Failure> {
    let board = plan.board.clone();
    let shown = std::io::stderr().is_terminal();
    let progress = |done: usize, total: usize| {
        if shown {
            eprint!("\r{done} of {total} comments");
            if done == total {
                eprintln!();
            }
        }
    };
    match merge(ctx, foreign, plan, progress).await {
        Err(actions::Error::Refused(Refusal::NotFound(Noun::Board))) => {
            Err(format!("There is no such board here: “{board}”; make it with `rejoinder board create {board}`, or name another by --board").into())
        }
        other => Ok(other?),
    }
}

/// What a file holds.
struct Parsed {
    /// Each thread, with the board that the file names.
    threads: Vec<(Option<String>, ForeignThread)>,
    /// The site that the authors' names belong to.
    site: String,
    /// The instance that exported it.
    instance: Option<String>,
}

fn parse(arguments: &Import) -> Result<Parsed, Failure> {
    let file = &arguments.file;
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let facts = std::fs::metadata(file).map_err(|error| named(&error))?;
    if facts.len() > MAX_FILE {
        return Err(named(&format!("{} bytes are too many to read at once; split the file", facts.len())).into());
    }
    let bytes = std::fs::read(file).map_err(|error| named(&error))?;
    let saved_at = arguments.saved_at.map_or_else(|| written(file), jiff::Timestamp::as_millisecond);
    let given = Given { saved_at, title: arguments.title.as_deref(), url: arguments.url.as_deref() };
    let one = |parsed: Result<ForeignThread, ParseError>, site: &str| {
        parsed.map(|thread| Parsed { threads: vec![(None, thread)], site: site.to_owned(), instance: None })
    };
    let parsed = match arguments.format {
        Format::PageText => one(page_text::parse(&bytes, &given), UNNAMED_SITE),
        Format::HnAlgolia => one(hn_algolia::parse(&bytes, &given), HACKER_NEWS),
        Format::HnFirebase => one(hn_firebase::parse(&bytes, &given), HACKER_NEWS),
        Format::Rejoinder => rejoinder::parse(&bytes, &given).map(exported),
    };
    Ok(parsed.map_err(|error| named(&error))?)
}

fn exported(Exported { instance, threads }: Exported) -> Parsed {
    let host = url::Url::parse(&instance).ok().and_then(|url| url.host_str().map(str::to_owned));
    let threads = threads.into_iter().map(|(board, thread)| (Some(board), thread)).collect();
    Parsed { threads, site: host.unwrap_or_else(|| UNNAMED_SITE.into()), instance: Some(instance) }
}

/// When the file was last written, Unix milliseconds.
fn written(file: &Path) -> i64 {
    let time = std::fs::metadata(file).and_then(|facts| facts.modified()).ok();
    time.and_then(|time| jiff::Timestamp::try_from(time).ok()).map_or(0, jiff::Timestamp::as_millisecond)
}

fn print(report: &Report, config: &Config, run: Run) {
    let would = if run == Run::Dry { " (nothing was written)" } else { "" };
    println!("{}{would}", report.title);
    println!("comments  {}: {} new, {} known", report.comments, report.new, report.known);
    let depths: Vec<String> =
        report.depths.iter().enumerate().map(|(depth, count)| format!("{depth}:{count}")).collect();
    println!("by depth  {}", depths.join("  "));
    println!("authors   {}", report.authors);
    println!("flagged   {}", report.flagged);
    if let Some(thread) = report.thread {
        println!("thread    {}/t/{thread}", config.server.public_url.as_str().trim_end_matches('/'));
    }
    for doubt in &report.doubts {
        println!("unclear   {}: {}", doubt.place, doubt.reason);
    }
    for unplaced in &report.unplaced {
        println!("no place  {}: {} ({})", unplaced.place, unplaced.reason, unplaced.words);
    }
}

fn told(report: &Report) -> serde_json::Value {
    let unplaced: Vec<_> = report
        .unplaced
        .iter()
        .map(|entry| serde_json::json!({ "place": entry.place, "reason": entry.reason, "words": entry.words }))
        .collect();
    let doubts: Vec<_> =
        report.doubts.iter().map(|entry| serde_json::json!({ "place": entry.place, "reason": entry.reason })).collect();
    serde_json::json!({
        "thread": report.thread.map(|thread| thread.to_string()),
        "title": report.title,
        "comments": report.comments,
        "new": report.new,
        "known": report.known,
        "depths": report.depths,
        "authors": report.authors,
        "flagged": report.flagged,
        "unplaced": unplaced,
        "doubts": doubts,
    })
}
