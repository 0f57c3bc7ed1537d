//! `rejoinder peers lists`: subscriptions to lists of servers.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use actions::Ctx;
use actions::hosting::By;
use actions::hosting::subscriptions::review::{self, Proposed, Rest, Review, Verdict};
use actions::hosting::subscriptions::{self, fetching};
use domain::listing::{Alarm, Proposal};
use door::api::admin::subscriptions::{BlocklistDecided, BlocklistReview, Subscription};
use storage::blocklists::Blocklist;

use super::hosting::dealt_with;
use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::{ListOrder, ListRest, ListReview, Lists};

/// `rejoinder peers lists`
pub async fn run(ctx: &Ctx, Lists { json, order }: Lists) -> Result<(), Failure> {
    let list = match order {
        None => return show(subscriptions::list(ctx, &By::Host).await?, json),
        Some(ListOrder::Subscribe { url }) => subscriptions::subscribe(ctx, &By::Host, &url, "").await?,
        Some(ListOrder::Fetch { id }) => fetching::fetch(ctx, &By::Host, id).await?,
        Some(ListOrder::Review(wanted)) => return decide(ctx, wanted, json).await,
        Some(ListOrder::Unsubscribe { id }) => {
            subscriptions::unsubscribe(ctx, &By::Host, id).await?;
            if !json {
                println!("it is looked at no more; what was decided because of it stays");
            }
            return Ok(());
        }
    };
    if json { print_json(&Subscription::from(list)) } else { show(vec![list], false) }
}

fn show(lists: Vec<Blocklist>, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&lists.into_iter().map(Subscription::from).collect::<Vec<_>>());
    }
    let heads = ["ID", "URL", "TO DECIDE", "LAST HAD", "NEXT", "LOOK TWICE", "LAST ERROR"];
    table::print(&heads, &lists.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn row(Blocklist { id, url, state, .. }: &Blocklist) -> Vec<String> {
    let alarm = match state.alarm {
        None => "",
        Some(Alarm::Emptied) => "all gone",
        Some(Alarm::Upset) => "much changed",
    };
    let (id, waiting, had) = (id.to_string(), state.waiting.to_string(), state.fetched.map(moment).unwrap_or_default());
    vec![id, url.clone(), waiting, had, moment(state.next), alarm.to_owned(), state.error.clone()]
}

async fn decide(ctx: &Ctx, wanted: ListReview, json: bool) -> Result<(), Failure> {
    let ListReview { id, seen, approve, refuse, rest } = wanted;
    let Some(version) = seen else {
        let review = review::look(ctx, &By::Host, id).await?;
        return if json { print_json(&BlocklistReview::from(review)) } else { print(&review) };
    };
    let rest = rest.map(|rest| if rest == ListRest::Approve { Rest::Approve } else { Rest::Refuse });
    let verdict = Verdict { version, approve, refuse, rest, reason: String::new() };
    let (done, review) = review::decide(ctx, &By::Host, id, verdict).await?;
    if json {
        return print_json(&BlocklistDecided::from((done, review)));
    }
    println!("{}; {} wait", done.words(), review.lines.len());
    Ok(())
}

fn print(review: &Review) -> Result<(), Failure> {
    for Proposed { host, proposal, reason, also } in &review.lines {
        let what = match proposal {
            Proposal::Follow { from: None, to } => format!("new      {host}: {}", dealt_with(*to)),
            Proposal::Follow { from: Some(from), to } => {
                format!("changed  {host}: {}, was {}", dealt_with(*to), dealt_with(*from))
            }
            Proposal::Lift { from } => format!("lift     {host}: was {}", dealt_with(*from)),
        };
        let also = if also.is_empty() { String::new() } else { format!(" (also on {})", also.join(", ")) };
        println!("{what}{also} {reason}");
    }
    for one in &review.list.state.unread {
        println!("refused  line {}: “{}” {}", one.line, one.text, one.reason);
    }
    println!("{} wait; to decide about them: --seen {} --rest approve", review.lines.len(), review.version);
    Ok(())
}
