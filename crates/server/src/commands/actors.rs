//! `rejoinder actor`: what is known of somebody, and what is done about them.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use actions::Ctx;
use actions::hosting::By;
use actions::sanctions::{self, Decision, Dossier, Titled, Written};
use domain::{Sanction, Time};
use door::api::admin::actors::ModeratedActor;

use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::{Actor, ActorOrder, Measure};

/// Does what is asked, and says how things stand then.
pub async fn run(ctx: &Ctx, Actor { handle, order, json }: Actor) -> Result<(), Failure> {
    let lifts = matches!(order, Some(ActorOrder::Restore { .. }));
    let found = done(ctx, &handle, order).await?;
    let was_suspended = found.decided.iter().any(|one| one.decided.bar.level == Sanction::Suspend);
    if json {
        return print_json(&ModeratedActor::from(found));
    }
    show(&found);
    if lifts && was_suspended {
        println!("what they followed, and who followed them from other servers, stays ended: each has to follow again");
    }
    Ok(())
}

async fn done(ctx: &Ctx, handle: &str, order: Option<ActorOrder>) -> actions::Result<Dossier> {
    let by = &By::Host;
    let sanction =
        async |measure, level, written| sanctions::sanction(ctx, by, handle, decision(measure, level, written)).await;
    match order {
        None => sanctions::find(ctx, by, handle).await,
        Some(ActorOrder::Warn { reason, board }) => sanctions::warn(ctx, by, handle, board.as_deref(), &reason).await,
        Some(ActorOrder::Hold(measure)) => sanction(measure, Sanction::Hold, Written::Stays).await,
        Some(ActorOrder::Limit(measure)) => sanction(measure, Sanction::Limit, Written::Stays).await,
        Some(ActorOrder::Suspend { measure, remove_comments }) => {
            sanction(measure, Sanction::Suspend, written(remove_comments)).await
        }
        Some(ActorOrder::Restore { board, restore_comments, reason }) => {
            sanctions::restore(ctx, by, handle, board.as_deref(), written(restore_comments), &reason).await
        }
        Some(ActorOrder::Note { text }) => sanctions::note(ctx, by, handle, &text).await,
    }
}

fn decision(Measure { reason, board, until }: Measure, level: Sanction, written: Written) -> Decision {
    let until = until.map(|until| Time(until.as_millisecond()));
    Decision { level, board, until, written, reason }
}

fn written(turns: bool) -> Written {
    if turns { Written::Turns } else { Written::Stays }
}

fn show(found: &Dossier) {
    let Dossier { actor, standing, removed, reports, .. } = found;
    let host = if actor.host.is_empty() { String::new() } else { format!("@{}", actor.host) };
    println!("{}{host}: {standing} comments stand, {removed} were removed, {reports} reports", actor.name);
    let row = |one: &Titled| {
        let state = if one.counts { "counts" } else { "ended" };
        let until = one.decided.bar.until.map(moment).unwrap_or_default();
        let board = one.board.clone().unwrap_or_default();
        vec![one.decided.bar.level.name().into(), state.into(), board, until, one.decided.reason.clone()]
    };
    if !found.decided.is_empty() {
        table::print(
            &["LEVEL", "STATE", "BOARD", "UNTIL", "REASON"],
            &found.decided.iter().map(row).collect::<Vec<_>>(),
        );
    }
    for (note, by) in &found.notes {
        println!("note by {}: {}", by.as_deref().unwrap_or("the host"), domain::text::excerpt(&note.text, 500));
    }
}
