//! Commands for what the law asks for.

use clap::{Args, Subcommand, ValueEnum};

use super::moderating::AsWhom;

/// Notices that something is against the law.
#[derive(Debug, Subcommand)]
pub enum Notices {
    /// List notices, the oldest first
    List {
        /// Show what stands so
        #[arg(long, value_enum, default_value = "open", value_name = "S")]
        state: NoticeState,
        /// How many to show
        #[arg(long, default_value = "50", value_name = "N")]
        limit: usize,
        #[command(flatten)]
        as_whom: AsWhom,
    },
    /// Decide a notice; whoever told it and the author are told why
    Decide(NoticeRuling),
}

/// A decision about a notice.
#[derive(Debug, Args)]
pub struct NoticeRuling {
    /// About which: the number that the list shows
    #[arg(value_name = "ID")]
    pub id: i64,
    /// What becomes of it
    #[arg(value_enum)]
    pub decision: NoticeDecision,
    /// With partly-removed: a comment that is taken down; may be given several times
    #[arg(long = "comment", value_name = "ID")]
    pub comments: Vec<i64>,
    /// Why, for the moderation log, for whoever told it and for the author; name nobody in it
    #[arg(long, value_name = "WHY")]
    pub reason: String,
    /// What it is about and why that is against the law, for the author alone; without it, the reason
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub facts: String,
    /// The ground
    #[arg(long, value_enum, default_value = "law")]
    pub ground: Ground,
    /// Which law, or which rule
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub provision: String,
    #[command(flatten)]
    pub as_whom: AsWhom,
}

/// Copies of what was taken down as against the law.
#[derive(Debug, Subcommand)]
pub enum Preserved {
    /// List them, the newest first, without what they hold
    List {
        /// How many to show
        #[arg(long, default_value = "50", value_name = "N")]
        limit: usize,
        #[command(flatten)]
        as_whom: AsWhom,
    },
    /// Read one, as JSON; that it was read stands in the moderation log
    Read {
        /// Which: the number that the list shows
        #[arg(value_name = "ID")]
        id: i64,
        /// Why
        #[arg(long, value_name = "WHY", default_value = "", hide_default_value = true)]
        reason: String,
        #[command(flatten)]
        as_whom: AsWhom,
    },
    /// Have one kept for so many days from now on
    Prolong {
        /// Which: the number that the list shows
        #[arg(value_name = "ID")]
        id: i64,
        /// How long
        #[arg(long, value_name = "DAYS")]
        days: u32,
        /// Why
        #[arg(long, value_name = "WHY")]
        reason: String,
        #[command(flatten)]
        as_whom: AsWhom,
    },
    /// Have a copy of a comment kept
    Make {
        /// Which comment
        #[arg(value_name = "COMMENT")]
        comment: i64,
        /// Why
        #[arg(long, value_name = "WHY")]
        reason: String,
        #[command(flatten)]
        as_whom: AsWhom,
    },
}

/// Where notices stand.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum NoticeState {
    /// Nobody has decided
    Open,
    /// What it names was taken down
    Removed,
    /// Some of it was
    PartlyRemoved,
    /// It stays
    Kept,
}

impl From<NoticeState> for domain::NoticeState {
    fn from(state: NoticeState) -> Self {
        match state {
            NoticeState::Open => Self::Open,
            NoticeState::Removed => Self::Removed,
            NoticeState::PartlyRemoved => Self::PartlyRemoved,
            NoticeState::Kept => Self::Kept,
        }
    }
}

/// What becomes of a notice.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum NoticeDecision {
    /// What it names is taken down
    Removed,
    /// Some of it is
    PartlyRemoved,
    /// It stays
    Kept,
}

impl From<NoticeDecision> for domain::NoticeState {
    fn from(decision: NoticeDecision) -> Self {
        match decision {
            NoticeDecision::Removed => Self::Removed,
            NoticeDecision::PartlyRemoved => Self::PartlyRemoved,
            NoticeDecision::Kept => Self::Kept,
        }
    }
}

/// On which ground something is taken down.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Ground {
    /// It is against the law
    Law,
    /// It is against the rules of the place
    Rules,
}

impl From<Ground> for domain::Ground {
    fn from(ground: Ground) -> Self {
        match ground {
            Ground::Law => Self::Law,
            Ground::Rules => Self::Rules,
        }
    }
}
