//! `rejoinder webhook`: programs that are told of what happens.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use actions::Ctx;
use actions::hosting::By;
use actions::webhooks::{self, Order, Seen};
use door::api::admin::webhooks::Webhook as Shown;

use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::Webhook;

/// `rejoinder webhook`
pub async fn run(ctx: &Ctx, order: Webhook) -> Result<(), Failure> {
    match order {
        Webhook::Add { url, events } => {
            let added = webhooks::add(ctx, &By::Host, &url, &events, "").await?;
            println!(
                "{} is told from now on, as number {}; its secret, which is not shown again:",
                added.url, added.id
            );
            println!("{}", added.secret);
            Ok(())
        }
        Webhook::List { json } => list(webhooks::list(ctx, &By::Host).await?, json),
        Webhook::Remove(one) => {
            webhooks::remove(ctx, &By::Host, one.id).await?;
            println!("{} is told nothing any more", one.id);
            Ok(())
        }
        Webhook::Pause(one) => change(ctx, one.id, Order::Pause).await,
        Webhook::Resume(one) => change(ctx, one.id, Order::Resume).await,
        Webhook::Test(one) => change(ctx, one.id, Order::Test).await,
        Webhook::Replay(one) => change(ctx, one.id, Order::Replay).await,
    }
}

async fn change(ctx: &Ctx, id: i64, order: Order) -> Result<(), Failure> {
    list(vec![webhooks::order(ctx, &By::Host, id, order).await?], false)
}

fn list(found: Vec<Seen>, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&found.into_iter().map(Shown::from).collect::<Vec<_>>());
    }
    let heads = ["ID", "ADDRESS", "STATE", "WAITING", "GIVEN UP", "REACHED", "ERROR"];
    table::print(&heads, &found.into_iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn row(Seen { webhook, waiting, given_up }: Seen) -> Vec<String> {
    let state = match (webhook.paused, webhook.failures) {
        (true, _) => "paused",
        (false, 0) => "told",
        (false, _) => "failing",
    };
    let reached = webhook.reached.map(moment).unwrap_or_default();
    let (id, waiting, given_up) = (webhook.id.to_string(), waiting.to_string(), given_up.to_string());
    vec![id, webhook.url, state.to_owned(), waiting, given_up, reached, webhook.error]
}
