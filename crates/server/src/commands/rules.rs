//! `rejoinder rules`: what looks at comments before they are published.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use std::path::Path;

use actions::Ctx;
use actions::hosting::By;
use actions::rules::keeping::{self, Tried};
use actions::rules::written::Book;

use super::table::{self, print_json};
use crate::boot::Failure;
use crate::cli::RulesOrder;

/// `rejoinder rules`
pub async fn run(ctx: &Ctx, order: Option<RulesOrder>) -> Result<(), Failure> {
    match order.unwrap_or(RulesOrder::List) {
        RulesOrder::List => print_json(&keeping::list(ctx, &By::Host).await?.book),
        RulesOrder::Set { file } => {
            let edition = keeping::set(ctx, &By::Host, read(&file)?, None).await?;
            println!(
                "{} rules count from the next comment on; a server that runs hears of them within a second",
                edition.book.rules.len()
            );
            Ok(())
        }
        RulesOrder::Test { file } => test(ctx, read(&file)?).await,
    }
}

fn read(file: &Path) -> Result<Book, Failure> {
    let name = file.display();
    let text = std::fs::read(file).map_err(|error| format!("cannot read {name}: {error}; name another file"))?;
    Ok(serde_json::from_slice(&text).map_err(|error| format!("{name} holds no rules: {error}"))?)
}

async fn test(ctx: &Ctx, book: Book) -> Result<(), Failure> {
    let trial = keeping::test(ctx, &By::Host, book).await?;
    let row = |tried: &Tried| {
        let author = &tried.line.author;
        let by = if author.host.is_empty() { author.name.clone() } else { format!("{}@{}", author.name, author.host) };
        vec![tried.effect.name().to_owned(), tried.line.id.to_string(), by, tried.rules.join(", ")]
    };
    table::print(&["EFFECT", "COMMENT", "AUTHOR", "RULES"], &trial.found.iter().map(row).collect::<Vec<_>>());
    println!("{} of the newest {} comments; nothing was changed", trial.found.len(), trial.looked_at);
    Ok(())
}
