//! Commands on programs that are told of what happens.

use clap::{Args, Subcommand};
use domain::News;

/// Programs that are told of what happens.
#[derive(Debug, Subcommand)]
pub enum Webhook {
    /// Have a program told, and print its number and the secret by which it knows this server, once
    Add {
        /// Its address
        #[arg(value_name = "URL")]
        url: String,
        /// Of what; may be given several times, and of everything without it
        #[arg(long = "event", value_name = "EVENT", value_parser = event)]
        events: Vec<News>,
    },
    /// List them, and how it goes with them
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Have one told nothing any more, and forget what it was still to be told
    Remove(OneWebhook),
    /// Bring one nothing for now; what happens is kept for it
    Pause(OneWebhook),
    /// Bring one what waits again, beginning now
    Resume(OneWebhook),
    /// Tell one something that means nothing, after all that waits
    Test(OneWebhook),
    /// Bring one again what was given up
    Replay(OneWebhook),
}

/// One of them.
#[derive(Debug, Args)]
pub struct OneWebhook {
    /// Its number, as the list shows it
    #[arg(value_name = "ID")]
    pub id: i64,
}

fn event(text: &str) -> Result<News, String> {
    let known = || News::ALL.iter().copied().filter(|news| *news != News::Ping);
    let names = || known().map(News::name).collect::<Vec<_>>().join(", ");
    known().find(|news| news.name() == text).ok_or_else(|| format!("choose from {}", names()))
}
