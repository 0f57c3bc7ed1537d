//! Commands for whoever decides who joins.

use clap::{Subcommand, ValueEnum};

/// Where somebody stands who has joined, or wants to.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Standing {
    /// They have an account
    Active,
    /// They have applied for one, and nobody has decided
    Waiting,
    /// They were not let in
    Rejected,
}

/// Commands on invitations.
#[derive(Debug, Subcommand)]
pub enum Invitation {
    /// Make an invitation and print the address where it is used, once
    Create {
        /// How many may join with it
        #[arg(long, value_name = "N", default_value = "1")]
        uses: u32,
        /// How many days it lasts
        #[arg(long, value_name = "DAYS", default_value_t = door::api::admin::invitations::DAYS)]
        days: u32,
    },
    /// List the invitations
    List {
        /// How many to show, the newest
        #[arg(long, default_value = "50", value_name = "N")]
        limit: usize,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Make an invitation worthless; whoever has joined with it stays
    Revoke {
        /// Its number, as the list shows it
        #[arg(value_name = "ID")]
        id: i64,
    },
}
