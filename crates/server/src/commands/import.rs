//! `rejoinder import`: reads the file, says what it would do, does it, reports.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "commands answer on standard output, progress goes to standard error"
)]

use std::io::IsTerminal as _;
use std::path::Path;

use actions::Ctx;
use actions::import::foreign::{ForeignThread, Given};
use actions::import::merge::{Plan, Report, Run, merge};
use actions::import::{hn_algolia, hn_firebase, page_text};

use crate::boot::Failure;
use crate::cli::{Format, Import};
use crate::config::Config;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 512 * 1024 * 1024;
/// The site of imported names when nothing names it.
const UNNAMED_SITE: &str = "saved-page";

/// Imports a file.
pub async fn run(ctx: &Ctx, config: &Config, arguments: Import) -> Result<(), Failure> {
    let foreign = parse(&arguments)?;
    let run = if arguments.dry_run { Run::Dry } else { Run::Real };
    let site = arguments.from.clone().unwrap_or_else(|| match arguments.format {
        Format::PageText => UNNAMED_SITE.into(),
        Format::HnAlgolia | Format::HnFirebase => "news.ycombinator.com".into(),
    });
    let shown = std::io::stderr().is_terminal();
    let progress = |done: usize, total: usize| {
        if shown {
            eprint!("\r{done} of {total} comments");
            if done == total {
                eprintln!();
            }
        }
    };
    let report = merge(ctx, foreign, Plan { board: arguments.board.clone(), site, run }, progress).await?;
    if arguments.json {
        print_json(&report)?
    } else {
        print(&report, config, run)
    }
    Ok(())
}

fn parse(arguments: &Import) -> Result<ForeignThread, Failure> {
    let file = &arguments.file;
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let facts = std::fs::metadata(file).map_err(|error| named(&error))?;
    if facts.len() > MAX_FILE {
        return Err(named(&format!("{} bytes are too many to read at once; split the file", facts.len())).into());
    }
    let bytes = std::fs::read(file).map_err(|error| named(&error))?;
    let saved_at = arguments.saved_at.map_or_else(|| written(file), jiff::Timestamp::as_millisecond);
    let given = Given { saved_at, title: arguments.title.as_deref(), url: arguments.url.as_deref() };
    let parsed = match arguments.format {
        Format::PageText => page_text::parse(&bytes, &given),
        Format::HnAlgolia => hn_algolia::parse(&bytes, &given),
        Format::HnFirebase => hn_firebase::parse(&bytes, &given),
    };
    Ok(parsed.map_err(|error| named(&error))?)
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

fn print_json(report: &Report) -> Result<(), Failure> {
    let unplaced: Vec<_> = report
        .unplaced
        .iter()
        .map(|entry| serde_json::json!({ "place": entry.place, "reason": entry.reason, "words": entry.words }))
        .collect();
    let doubts: Vec<_> =
        report.doubts.iter().map(|entry| serde_json::json!({ "place": entry.place, "reason": entry.reason })).collect();
    let json = serde_json::json!({
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
    });
    println!("{}", serde_json::to_string_pretty(&json)?);
    Ok(())
}
