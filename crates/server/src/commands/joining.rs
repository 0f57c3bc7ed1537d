//! `rejoinder account list`, `approve`, `reject`, `invitation`: who joins.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use actions::Ctx;
use actions::hosting::{By, credentials};
use actions::joining::accounts::{self, Decision, Entry, Standing};
use actions::joining::invitations::{self, Wanted};
use door::api::admin;
use storage::accounts::{Credential, Kind};
use storage::invitations::Invitation as Row;

use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::{self, Invitation};
use crate::config::Config;

/// `rejoinder account list`
pub async fn list(ctx: &Ctx, standing: cli::Standing, limit: usize, json: bool) -> Result<(), Failure> {
    let standing = match standing {
        cli::Standing::Active => Standing::Active,
        cli::Standing::Waiting => Standing::Waiting,
        cli::Standing::Rejected => Standing::TurnedAway,
    };
    let (found, _) = accounts::page(ctx, &By::Host, standing, None, limit).await?;
    if json {
        return print_json(&found.into_iter().map(admin::accounts::Account::from).collect::<Vec<_>>());
    }
    let heads = ["NAME", "ROLE", "BOARDS", "SINCE", "INVITED BY", "ANSWER"];
    table::print(&heads, &found.into_iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn row(entry: Entry) -> Vec<String> {
    let role = entry.role.map_or_else(String::new, |role| role.name().to_owned());
    let (inviter, answer) = (entry.inviter.unwrap_or_default(), entry.answer.unwrap_or_default());
    let boards = entry.boards.unwrap_or_default().join(" ");
    vec![entry.name, role, boards, moment(entry.created), inviter, answer]
}

/// `rejoinder account approve` and `reject`
pub async fn decide(ctx: &Ctx, name: &str, decision: Decision, json: bool) -> Result<(), Failure> {
    let entry = accounts::decide(ctx, &By::Host, (name, None), decision, "").await?;
    if json {
        return print_json(&admin::accounts::Account::from(entry));
    }
    match decision {
        Decision::Admit => println!("{} has an account", entry.name),
        Decision::TurnAway => println!("{} was not let in, and the name is free", entry.name),
    }
    Ok(())
}

/// `rejoinder account sessions`
pub async fn sessions(ctx: &Ctx, name: &str, json: bool) -> Result<(), Failure> {
    listed(credentials::list(ctx, &By::Host, name).await?, json)
}

/// `rejoinder account log-out`: shows what is left.
pub async fn log_out(ctx: &Ctx, name: &str, one: Option<i64>, json: bool) -> Result<(), Failure> {
    let left = credentials::end(ctx, &By::Host, name, one, "").await?;
    match one {
        _ if json => listed(left, json),
        Some(id) => {
            println!("{id} is worth nothing any more; {} of {name} left", left.len());
            Ok(())
        }
        None => {
            println!("{name} is logged out everywhere, and no token of theirs is worth anything any more");
            Ok(())
        }
    }
}

fn listed(found: Vec<Credential>, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&found.into_iter().map(admin::credentials::AccountCredential::from).collect::<Vec<_>>());
    }
    let row = |one: &Credential| {
        let kind = if one.kind == Kind::Session { "session" } else { "token" };
        let until = if one.expires.0 == i64::MAX { String::new() } else { moment(one.expires) };
        vec![one.id.to_string(), kind.into(), one.scope.name().into(), moment(one.created), until, one.label.clone()]
    };
    table::print(&["ID", "KIND", "SCOPE", "SINCE", "UNTIL", "LABEL"], &found.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

/// `rejoinder invitation`
pub async fn invitation(ctx: &Ctx, config: &Config, order: Invitation) -> Result<(), Failure> {
    match order {
        Invitation::Create { uses, days } => {
            let issued = invitations::create(ctx, &By::Host, Wanted { uses, days }, "").await?;
            let public_url = config.server.public_url.as_str().trim_end_matches('/');
            println!("{}", admin::invitations::address(public_url, &issued.code));
        }
        Invitation::List { limit, json } => {
            let (found, _) = invitations::page(ctx, &By::Host, None, limit).await?;
            if json {
                return print_json(&found.into_iter().map(admin::invitations::Invitation::from).collect::<Vec<_>>());
            }
            let row = |one: &Row| {
                let by = one.inviter_name.clone().unwrap_or_default();
                vec![one.id.to_string(), by, one.uses_left.to_string(), moment(one.created), moment(one.expires)]
            };
            let heads = ["ID", "BY", "USES LEFT", "MADE", "EXPIRES"];
            table::print(&heads, &found.iter().map(row).collect::<Vec<_>>());
        }
        Invitation::Revoke { id } => {
            if invitations::revoke(ctx, &By::Host, id).await? {
                println!("the invitation {id} is worth nothing from now on");
            } else {
                println!(
                    "nothing was done: the invitation {id} is used up, too old, revoked or unknown, and worth nothing already"
                );
            }
        }
    }
    Ok(())
}
