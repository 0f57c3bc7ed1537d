//! `rejoinder fetch`: asks other servers for the comments of a thread that have not come, or for one comment, and says what came of it.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use actions::Ctx;
use actions::elsewhere::backfill::{self, Report};
use domain::ThreadId;

use crate::boot::Failure;
use crate::config::Config;

/// Fetches what is named by its address, or a thread of ours by its number.
pub async fn run(ctx: &Ctx, config: &Config, what: &str, json: bool) -> Result<(), Failure> {
    let report = match what.parse::<ThreadId>() {
        Ok(thread) => backfill::thread(ctx, thread).await?,
        Err(_) => backfill::object(ctx, what).await?,
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&as_json(&report))?);
    } else {
        println!("{}", words(&report));
        if let Some(thread) = report.thread {
            println!("thread    {}/t/{thread}", config.server.public_url.as_str().trim_end_matches('/'));
        }
        if report.more {
            println!("There is more than one look takes. Run the command again to go on.");
        }
    }
    // A comment that was asked for by its address is here now, or it is not.
    if report.thread.is_none() { Err(format!("it is not here: {}", report.error).into()) } else { Ok(()) }
}

/// “12 known, 3 fetched, 1 refused: it is private, and is shown to nobody”.
fn words(report: &Report) -> String {
    let counted = [(report.refused, "refused"), (report.failed, "failed"), (report.gone, "deleted")];
    let mut words = format!("{} known, {} fetched", report.known, report.fetched);
    for (count, what) in counted.into_iter().filter(|(count, _)| *count > 0) {
        words.push_str(&format!(", {count} {what}"));
    }
    if !report.error.is_empty() {
        words.push_str(&format!(": {}", report.error));
    }
    words
}

fn as_json(report: &Report) -> serde_json::Value {
    serde_json::json!({
        "thread": report.thread.map(|thread| thread.to_string()),
        "comment": report.comment.map(|comment| comment.to_string()),
        "known": report.known,
        "fetched": report.fetched,
        "refused": report.refused,
        "failed": report.failed,
        "gone": report.gone,
        "error": report.error,
        "more": report.more,
    })
}
