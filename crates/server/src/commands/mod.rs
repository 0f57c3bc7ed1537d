//! What each command does, with whatever it prints.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

mod actors;
mod doctor;
mod export;
mod fetch;
mod hosting;
mod import;
mod joining;
mod law;
mod lists;
mod moderate;
mod moderating;
mod rules;
mod table;
mod webhooks;

use std::io::Read as _;
use std::path::Path;

use actions::elsewhere::following;
use actions::hosting::By;
use actions::joining::accounts::Decision;
use actions::staffing::{self, Appointment};
use actions::{account, board, machine, setup};
use domain::Refusal;
use domain::rights::Reach;
use storage::Holder;
use storage::backup::{self, Overwrite};
use storage::following::Stage;

use self::table::print_json;
use crate::boot::{self, Failure};
use crate::cli::{Account, Arguments, Board, Command, ConfigCommand, Keys, Token};
use crate::config::{Config, Setting};
use crate::{logging, serve};

/// Runs a command to its end.
pub async fn run(arguments: Arguments, config: Config) -> Result<(), Failure> {
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            logging::start(&config.server);
            serve::run(config).await
        }
        Command::Config(ConfigCommand::Check { json }) => {
            check(&config, Config::settings(arguments.config.as_deref(), std::env::vars_os())?, json)
        }
        other => {
            let subject = subject(&other);
            Box::pin(tool(other, config)).await.map_err(|failure| named(failure, subject))
        }
    }
}

/// Whom or what a command is about, as it was typed.
fn subject(command: &Command) -> Option<String> {
    match command {
        Command::Account(
            Account::Role { name, .. }
            | Account::Password { name }
            | Account::Approve { name, .. }
            | Account::Reject { name, .. }
            | Account::Sessions { name, .. }
            | Account::LogOut { name, id: None, .. },
        )
        | Command::Token(Token::Create { name, .. }) => Some(name.clone()),
        Command::Actor(given) => Some(given.handle.clone()),
        Command::Peers(given) => given.host.clone(),
        Command::Export { board, .. } => board.clone(),
        _ => None,
    }
}

/// A refusal says that there is no such thing, and not which: in a script of many commands nobody would know.
fn named(failure: Failure, subject: Option<String>) -> Failure {
    let is_missing = matches!(failure.downcast_ref(), Some(actions::Error::Refused(Refusal::NotFound(_))));
    match subject.filter(|_| is_missing) {
        Some(subject) => format!("{failure} You named “{subject}”.").into(),
        None => failure,
    }
}

/// Commands that work on the database, also beside a running server.
async fn tool(command: Command, config: Config) -> Result<(), Failure> {
    if let Command::Restore { file, overwrite } = &command {
        let overwrite = if *overwrite { Overwrite::Yes } else { Overwrite::No };
        return restore(&config, file, overwrite).await;
    }
    if let Command::Doctor(arguments) = command {
        return doctor::run(&config, arguments).await;
    }
    if let Command::Retention { json } = command {
        return law::retention(&config.retention.to_actions(), json);
    }
    if let Command::SetupLink = command {
        return setup_link(&config).await;
    }
    let ctx = boot::open_existing(&config)?;
    match command {
        Command::Account(Account::Create { name, role, password_stdin, email }) => {
            let password = if password_stdin { Some(password()?) } else { None };
            machine::create_account(&ctx, &name, password.as_deref(), role.into(), email).await?;
            println!("made the account {name}");
            if !password_stdin {
                println!(
                    "it has no password, so nobody can log in with it; `rejoinder account password {name}` gives it one"
                );
            }
        }
        Command::Account(Account::Role { name, role, boards, reason }) => {
            let to = Appointment { role: role.into(), boards: (!boards.is_empty()).then_some(boards) };
            let now = staffing::appoint(&ctx, &By::Host, &name, to, &reason).await?;
            println!("{} is {} {}", now.name, now.role.name(), held_on(&now.reach));
        }
        Command::Account(Account::Password { name }) => {
            machine::set_password(&ctx, &name, &password()?).await?;
            println!("{name} has a new password and no second factor, and is logged out everywhere");
        }
        Command::Account(Account::List { state, limit, json }) => joining::list(&ctx, state, limit, json).await?,
        Command::Account(Account::Approve { name, json }) => {
            joining::decide(&ctx, &name, Decision::Admit, json).await?;
        }
        Command::Account(Account::Reject { name, json }) => {
            joining::decide(&ctx, &name, Decision::TurnAway, json).await?;
        }
        Command::Account(Account::Sessions { name, json }) => joining::sessions(&ctx, &name, json).await?,
        Command::Account(Account::LogOut { name, id, json }) => joining::log_out(&ctx, &name, id, json).await?,
        Command::Actor(order) => actors::run(&ctx, order).await?,
        Command::Invitation(order) => joining::invitation(&ctx, &config, order).await?,
        Command::Token(Token::Create { name, scope, expires, label }) => {
            let granted = account::create_token(&ctx, &name, scope.into(), &label, expires).await?;
            println!("{}", granted.secret);
        }
        Command::Board(Board::Create { name, title, about, rules }) => {
            let said =
                board::Description { title: title.unwrap_or_default(), about, rules, ..board::Description::default() };
            let board = board::create_by(&ctx, &By::Host, &name, &said).await?;
            println!(
                "made the board {} at {}/b/{}",
                board.name,
                config.server.public_url.as_str().trim_end_matches('/'),
                board.name
            );
        }
        Command::Board(Board::Follow { board, account }) => {
            let followed = following::follow_as_host(&ctx, &account, &board).await?;
            let address = followed.board.address();
            match followed.stage {
                Stage::Accepted => println!("{account} follows the board {address}"),
                Stage::Asked | Stage::Refused => println!("asked to follow the board {address} as {account}"),
            }
        }
        Command::Board(Board::List { json }) => list_boards(&board::all(&ctx).await?, json)?,
        Command::Import(arguments) => import::run(&ctx, &config, arguments).await?,
        Command::Fetch { what, json } => fetch::run(&ctx, &config, &what, json).await?,
        Command::Rules { order } => rules::run(&ctx, order).await?,
        Command::Moderate(given) => moderate::moderate(&ctx, given).await?,
        Command::Queue(order) => moderate::queue(&ctx, order).await?,
        Command::Webhook(order) => webhooks::run(&ctx, order).await?,
        Command::Reports(order) => moderating::reports(&ctx, order).await?,
        Command::Appeals(order) => moderating::appeals(&ctx, order).await?,
        Command::Notices(order) => law::notices(&ctx, order).await?,
        Command::Preserved(order) => law::preserved(&ctx, order).await?,
        Command::Threads(order) => moderating::threads(&ctx, order).await?,
        Command::Log(arguments) => moderating::log(&ctx, arguments).await?,
        Command::Peers(arguments) => hosting::peers(&ctx, arguments).await?,
        Command::Inbox(arguments) => hosting::inbox(&ctx, arguments).await?,
        Command::Deliveries(arguments) => hosting::deliveries(&ctx, arguments).await?,
        Command::Keys(Keys::Rotate(whose)) => hosting::rotate(&ctx, whose).await?,
        Command::Export { file, board } => export::run(&ctx, &file, board.as_deref()).await?,
        Command::Backup { file } => {
            backup::backup(ctx.db(), &file).await?;
            println!("wrote {}", file.display());
        }
        Command::Migrate => println!("the database has the schema of this version"),
        Command::Serve
        | Command::SetupLink
        | Command::Config(_)
        | Command::Restore { .. }
        | Command::Retention { .. }
        | Command::Doctor(_) => {}
    }
    Ok(())
}

/// Who has not started the server yet may want the link first: it makes the database.
async fn setup_link(config: &Config) -> Result<(), Failure> {
    let secret = setup::renew(&boot::open(config, Holder::Tool)?).await?;
    println!("{}/setup/{secret}", config.server.public_url.as_str().trim_end_matches('/'));
    Ok(())
}

/// What is in force, and what set it. The first lines say what the settings come to.
fn check(config: &Config, settings: Vec<Setting>, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&serde_json::json!({ "warnings": config.warnings(), "settings": settings }));
    }
    for warning in config.warnings() {
        println!("warning: {warning}");
    }
    println!("address   {}", config.server.public_url.as_str());
    println!("listen    {}", config.server.listen);
    println!("database  {}\n", config.database_url());
    let row = |Setting { key, value, origin }: Setting| vec![key, value, origin];
    table::print(&["SETTING", "VALUE", "SET BY"], &settings.into_iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn password() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn held_on(reach: &Reach) -> String {
    match reach {
        Reach::Everywhere => "everywhere".into(),
        Reach::Boards(boards) if boards.len() == 1 => "on one board".into(),
        Reach::Boards(boards) => format!("on {} boards", boards.len()),
    }
}

fn list_boards(boards: &[storage::boards::Board], json: bool) -> Result<(), Failure> {
    if json {
        let rows: Vec<_> =
            boards.iter().map(|board| serde_json::json!({ "name": board.address(), "title": board.title })).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    for board in boards {
        println!("{:<30}  {}", board.address(), board.title);
    }
    Ok(())
}

async fn restore(config: &Config, file: &Path, overwrite: Overwrite) -> Result<(), Failure> {
    let place = boot::place(config, Holder::Tool)?;
    let restored = backup::restore(&place, file, overwrite).await?;
    println!("restored what {} holds", file.display());
    if let Some(kept) = restored.kept {
        println!("what was there before is kept in {}", kept.display());
    }
    Ok(())
}
