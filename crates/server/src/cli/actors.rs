//! Commands of moderators about people.

use clap::{Args, Subcommand};

/// Somebody, and what is to be done about them.
#[derive(Debug, Args)]
pub struct Actor {
    /// A name here, or name@host
    pub handle: String,
    /// What to do; without it: show what is known
    #[command(subcommand)]
    pub order: Option<ActorOrder>,
    /// For programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// What can be done about somebody.
#[derive(Debug, Subcommand)]
pub enum ActorOrder {
    /// Tell somebody with an account here what is wrong
    Warn {
        /// What they are told
        reason: String,
        /// The board that it is about
        #[arg(long, value_name = "NAME")]
        board: Option<String>,
    },
    /// Have each new comment of theirs wait for a moderator
    Hold(Measure),
    /// Have what they write made known to nobody who did not ask for it
    Limit(Measure),
    /// Let them write, vote and report nothing
    Suspend {
        /// Why, where and how long
        #[command(flatten)]
        measure: Measure,
        /// Take down what they have written
        #[arg(long)]
        remove_comments: bool,
    },
    /// Lift what was decided
    Restore {
        /// Lift only what counts on this board
        #[arg(long, value_name = "NAME")]
        board: Option<String>,
        /// Put back what a suspension took down
        #[arg(long)]
        restore_comments: bool,
        /// Why
        #[arg(long, default_value = "", value_name = "TEXT", hide_default_value = true)]
        reason: String,
    },
    /// Write something about them that only moderators see
    Note {
        /// What
        text: String,
    },
}

/// Why, where and how long.
#[derive(Debug, Args)]
pub struct Measure {
    /// Why
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub reason: String,
    /// The board on which it counts; without it, on all
    #[arg(long, value_name = "NAME")]
    pub board: Option<String>,
    /// When it ends by itself (RFC 3339); without it, never
    #[arg(long, value_name = "TIME")]
    pub until: Option<jiff::Timestamp>,
}
