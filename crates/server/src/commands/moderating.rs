//! `rejoinder reports`, `appeals`, `threads`, `log`: what moderators decide.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use actions::appeals::{self, Appealed, Kind, Matter, Verdict};
use actions::cases::{self, Decision, Reported, Ruling};
use actions::hosting::By;
use actions::manage::{self, LogQuery};
use actions::{Ctx, Person, account, passage, rearrange};
use domain::{CommentId, Deed, ThreadId};
use door::api::admin::appeals::OpenAppeal;
use door::api::admin::reports::ReportedComment;
use door::api::moderation::Moderated;
use door::api::shape::LogEntry;
use storage::log::Listed;

use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::{Appeals, Deciding, Log, Reports, Threads};

/// Characters of a text in a table.
const EXCERPT: usize = 60;

/// `rejoinder reports`
pub async fn reports(ctx: &Ctx, order: Reports) -> Result<(), Failure> {
    match order {
        Reports::List { state, limit, as_whom } => {
            let who = account::stand_in(ctx, &as_whom.account).await?;
            let (found, _) = cases::page(ctx, &who, state.into(), None, limit).await?;
            if as_whom.json {
                return print_json(&found.into_iter().map(ReportedComment::from).collect::<Vec<_>>());
            }
            let heads = ["COMMENT", "AUTHOR", "REPORTS", "ASSIGNED TO", "THREAD", "WORDS"];
            table::print(&heads, &found.iter().map(reported).collect::<Vec<_>>());
            Ok(())
        }
        Reports::Resolve(given) => decide(ctx, given, Decision::Resolve).await,
        Reports::Dismiss(given) => decide(ctx, given, Decision::Dismiss).await,
        Reports::Forward(given) => {
            let who = account::stand_in(ctx, &given.as_whom.account).await?;
            let now = cases::forward(ctx, &who, CommentId(given.id), &given.reason).await?;
            said(&given, ReportedComment::from(now), "was reported to the server where it is at home")
        }
    }
}

async fn decide(ctx: &Ctx, given: Deciding, decision: Decision) -> Result<(), Failure> {
    let who = account::stand_in(ctx, &given.as_whom.account).await?;
    let ruling = Ruling { decision, seen: None, reason: given.reason.clone() };
    let now = cases::decide(ctx, &who, CommentId(given.id), ruling).await?;
    let done = format!("its reports are {}", now.case.state.name());
    said(&given, ReportedComment::from(now), &done)
}

fn said(given: &Deciding, now: impl serde::Serialize, done: &str) -> Result<(), Failure> {
    if given.as_whom.json {
        return print_json(&now);
    }
    println!("{}: {done}", given.id);
    Ok(())
}

fn reported(one: &Reported) -> Vec<String> {
    vec![
        one.case.comment.to_string(),
        one.line.author.name.clone(),
        one.reports.len().to_string(),
        one.assigned.clone().unwrap_or_default(),
        one.case.title.clone(),
        domain::text::excerpt(&domain::text::plain(&one.line.html), EXCERPT),
    ]
}

/// `rejoinder appeals`
pub async fn appeals(ctx: &Ctx, order: Appeals) -> Result<(), Failure> {
    let (given, verdict) = match order {
        Appeals::List { state, limit, as_whom } => {
            let who = account::stand_in(ctx, &as_whom.account).await?;
            let (found, _) = appeals::page(ctx, &who, state.into(), None, limit).await?;
            if as_whom.json {
                return print_json(&found.into_iter().map(OpenAppeal::from).collect::<Vec<_>>());
            }
            let heads = ["ID", "AGAINST", "COMMENT", "AUTHOR", "DECIDED BY", "WHY", "APPEAL"];
            table::print(&heads, &found.iter().map(appealed).collect::<Vec<_>>());
            return Ok(());
        }
        Appeals::Reject(given) => (given, Verdict::Reject),
        Appeals::Grant(given) => (given, Verdict::Grant),
    };
    let who = account::stand_in(ctx, &given.as_whom.account).await?;
    let now = appeals::decide(ctx, &who, given.id, verdict, &given.reason).await?;
    let done = format!("the appeal is {}", now.appeal.state.name());
    said(&given, OpenAppeal::from(now), &done)
}

fn appealed(one: &Appealed) -> Vec<String> {
    let comment = match &one.matter {
        Matter::Comment(line) => line.id.to_string(),
        Matter::Person(_) => String::new(),
    };
    vec![
        one.appeal.id.to_string(),
        against(one.decision.kind).to_owned(),
        comment,
        one.author.clone(),
        one.decision.name.clone().unwrap_or_default(),
        one.decision.reason.clone(),
        domain::text::excerpt(&one.appeal.text, EXCERPT),
    ]
}

fn against(kind: Kind) -> &'static str {
    match kind {
        Kind::Removal => "removal",
        Kind::Rejection => "rejection",
        Kind::Warning => "warning",
        Kind::Sanction(level) => level.name(),
    }
}

/// `rejoinder threads`
pub async fn threads(ctx: &Ctx, order: Threads) -> Result<(), Failure> {
    match order {
        Threads::Move { board, given } => {
            let (who, thread) = given_thread(ctx, &given).await?;
            rearrange::move_thread(ctx, &who, thread, &board, &given.reason).await?;
            arranged(ctx, &who, &given).await
        }
        Threads::Split { title, board, given } => {
            let (who, thread) = given_thread(ctx, &given).await?;
            let opening = rearrange::Opening { title, board };
            rearrange::split(ctx, &who, thread.root(), &opening, &given.reason).await?;
            arranged(ctx, &who, &given).await
        }
        Threads::Merge { into, given } => {
            let (who, thread) = given_thread(ctx, &given).await?;
            rearrange::merge(ctx, &who, thread, ThreadId(into), &given.reason).await?;
            arranged(ctx, &who, &given).await
        }
        Threads::Slow { seconds, given } => {
            let (who, thread) = given_thread(ctx, &given).await?;
            manage::slow(ctx, &who, thread, seconds, &given.reason).await?;
            arranged(ctx, &who, &given).await
        }
        Threads::Nsfw(given) => cover(ctx, &given, true).await,
        Threads::Sfw(given) => cover(ctx, &given, false).await,
        Threads::Lock(given) => managed(ctx, &given, Deed::Lock).await,
        Threads::Unlock(given) => managed(ctx, &given, Deed::Unlock).await,
        Threads::Pin(given) => managed(ctx, &given, Deed::Pin).await,
        Threads::Unpin(given) => managed(ctx, &given, Deed::Unpin).await,
    }
}

async fn given_thread(ctx: &Ctx, given: &Deciding) -> Result<(Person, ThreadId), Failure> {
    Ok((account::stand_in(ctx, &given.as_whom.account).await?, ThreadId(given.id)))
}

async fn cover(ctx: &Ctx, given: &Deciding, sensitive: bool) -> Result<(), Failure> {
    let (who, thread) = given_thread(ctx, given).await?;
    manage::cover(ctx, &who, thread.root(), sensitive, &given.reason).await?;
    arranged(ctx, &who, given).await
}

async fn managed(ctx: &Ctx, given: &Deciding, deed: Deed) -> Result<(), Failure> {
    let (who, thread) = given_thread(ctx, given).await?;
    manage::manage(ctx, &who, thread, deed, &given.reason).await?;
    arranged(ctx, &who, given).await
}

/// Says where it stands now.
async fn arranged(ctx: &Ctx, who: &Person, given: &Deciding) -> Result<(), Failure> {
    let now = Moderated::from(passage::in_context(ctx, Some(who), CommentId(given.id), 0).await?);
    let place = format!("stands in thread {}, on {}", now.thread(), now.board());
    said(given, now, &place)
}

/// `rejoinder log`
pub async fn log(ctx: &Ctx, arguments: Log) -> Result<(), Failure> {
    let Log { moderator, comment, month, limit, json } = arguments;
    let query = LogQuery { deed: None, moderator, comment: comment.map(CommentId), month };
    let (found, _) = manage::search_log(ctx, &By::Host, &query, None, limit).await?;
    if json {
        return print_json(&found.into_iter().map(LogEntry::whole).collect::<Vec<_>>());
    }
    let heads = ["WHEN", "WHO", "WHAT", "COMMENT", "WHOM", "WHY"];
    table::print(&heads, &found.into_iter().map(entry).collect::<Vec<_>>());
    Ok(())
}

fn entry(listed: Listed) -> Vec<String> {
    let entry = listed.entry;
    vec![
        moment(entry.at),
        entry.moderator_name,
        entry.deed.name().to_owned(),
        entry.comment.map(|comment| comment.to_string()).unwrap_or_default(),
        entry.host.or(entry.person).unwrap_or_default(),
        entry.reason,
    ]
}
