//! Commands for whoever moderates from the machine. Decisions are made as an account: its rights count, and the log names it.

use actions::queue::List;
use clap::{Args, Subcommand, ValueEnum};

/// What is reported.
#[derive(Debug, Subcommand)]
pub enum Reports {
    /// List what is reported, the oldest first
    List {
        /// Show what stands so
        #[arg(long, value_enum, default_value = "open", value_name = "S")]
        state: ReportState,
        /// How many to show
        #[arg(long, default_value = "50", value_name = "N")]
        limit: usize,
        #[command(flatten)]
        as_whom: AsWhom,
    },
    /// Say that reports on a comment are dealt with
    Resolve(Deciding),
    /// Say that there is nothing in reports on a comment
    Dismiss(Deciding),
    /// Tell the server where a comment is at home that it is reported, once
    Forward(Deciding),
}

/// What people say against what was decided about their comments and themselves.
#[derive(Debug, Subcommand)]
pub enum Appeals {
    /// List appeals, the oldest first
    List {
        /// Show what stands so
        #[arg(long, value_enum, default_value = "open", value_name = "S")]
        state: AppealState,
        /// How many to show
        #[arg(long, default_value = "50", value_name = "N")]
        limit: usize,
        #[command(flatten)]
        as_whom: AsWhom,
    },
    /// Reject an appeal: what was decided stays
    Reject(Deciding),
    /// Grant an appeal: what was decided is undone, a comment is put back
    Grant(Deciding),
}

/// The queue in a terminal.
#[derive(Debug, Args)]
pub struct Moderate {
    /// Which part to begin with
    #[arg(long, value_enum, default_value = "held", value_name = "PART")]
    pub part: QueuePart,
    /// Print the part as a table, and end
    #[arg(long)]
    pub plain: bool,
    #[command(flatten)]
    pub as_whom: AsWhom,
}

/// What waits for moderators, and what they took down.
#[derive(Debug, Subcommand)]
pub enum Queue {
    /// List a part of it
    List {
        /// Which part
        #[arg(long, value_enum, default_value = "held", value_name = "PART")]
        part: QueuePart,
        /// How many to show
        #[arg(long, default_value = "50", value_name = "N")]
        limit: usize,
        #[command(flatten)]
        as_whom: AsWhom,
    },
    /// Let comments out that wait
    Approve {
        /// Only if its words are still those of this edition, which `list --json` shows; for one comment
        #[arg(long, value_name = "N")]
        edition: Option<i64>,
        /// Also if it was rejected, as `list --part rejected` shows: let it out after all
        #[arg(long)]
        rejected: bool,
        #[command(flatten)]
        given: QueueDeciding,
    },
    /// Say no to comments that wait
    Reject(QueueDeciding),
    /// Take comments down
    Remove(QueueDeciding),
    /// Put comments back
    Restore(QueueDeciding),
    /// Take on what is held or reported, so that others see who looks at it
    Take {
        /// Which comment
        #[arg(value_name = "ID")]
        id: i64,
        /// Somebody else who is to have it
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
        /// Also if somebody else works on it already
        #[arg(long)]
        over: bool,
        #[command(flatten)]
        as_whom: AsWhom,
    },
    /// Write something beside a comment that nobody but moderators sees
    Note {
        /// Beside which comment
        #[arg(value_name = "ID")]
        id: i64,
        /// What
        #[arg(value_name = "TEXT")]
        text: String,
        #[command(flatten)]
        as_whom: AsWhom,
    },
}

/// A part of the queue.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum QueuePart {
    /// What waits, the oldest first
    Held,
    /// What is reported, the oldest first
    Reported,
    /// What waited and was not let out, the newest first
    Rejected,
    /// What was taken down, the latest first
    Removed,
}

impl From<QueuePart> for List {
    fn from(part: QueuePart) -> Self {
        match part {
            QueuePart::Held => Self::Held,
            QueuePart::Reported => Self::Reported,
            QueuePart::Rejected => Self::Rejected,
            QueuePart::Removed => Self::Removed,
        }
    }
}

/// A decision about comments.
#[derive(Debug, Args)]
pub struct QueueDeciding {
    /// About which
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<i64>,
    /// Why, for the moderation log and those whom it concerns
    #[arg(long, value_name = "WHY", default_value = "", hide_default_value = true)]
    pub reason: String,
    #[command(flatten)]
    pub as_whom: AsWhom,
}

/// What is done with whole threads, and with what people write in them.
#[derive(Debug, Subcommand)]
pub enum Threads {
    /// Move a thread to another board of this instance
    Move {
        /// The name of the board
        #[arg(long, value_name = "NAME")]
        board: String,
        #[command(flatten)]
        given: Deciding,
    },
    /// Make a thread of a comment and all below it
    Split {
        /// The title of the thread
        #[arg(long, value_name = "TEXT")]
        title: String,
        /// The name of the board; where the comment stood if it is left out
        #[arg(long, value_name = "NAME")]
        board: Option<String>,
        #[command(flatten)]
        given: Deciding,
    },
    /// Move all of a thread below the root of another, to which it leads from then on
    Merge {
        /// The id of the other thread
        #[arg(long, value_name = "ID")]
        into: i64,
        #[command(flatten)]
        given: Deciding,
    },
    /// Say how many seconds everybody has to let pass between two comments of theirs in a thread
    Slow {
        /// How many; 0: none
        #[arg(long, value_name = "N")]
        seconds: i64,
        #[command(flatten)]
        given: Deciding,
    },
    /// Take no new comments in a thread
    Lock(Deciding),
    /// Take them again
    Unlock(Deciding),
    /// Put a thread at the head of its board
    Pin(Deciding),
    /// Take it from there
    Unpin(Deciding),
    /// Show the words of a comment to those only who want to see them
    Nsfw(Deciding),
    /// Show them to everybody again
    Sfw(Deciding),
}

/// Who looks, or decides.
#[derive(Debug, Args)]
pub struct AsWhom {
    /// The account that looks or decides; it sees and may do here what it may elsewhere
    #[arg(long = "as", value_name = "ACCOUNT")]
    pub account: String,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// A decision.
#[derive(Debug, Args)]
pub struct Deciding {
    /// About which: the number that the list shows
    #[arg(value_name = "ID")]
    pub id: i64,
    /// Why, for the moderation log and those whom it concerns
    #[arg(long, value_name = "WHY", default_value = "", hide_default_value = true)]
    pub reason: String,
    #[command(flatten)]
    pub as_whom: AsWhom,
}

/// The moderation log, with names.
#[derive(Debug, Args)]
pub struct Log {
    /// Show what was done by this account
    #[arg(long, value_name = "ACCOUNT")]
    pub moderator: Option<String>,
    /// Show what was done to this comment
    #[arg(long, value_name = "ID")]
    pub comment: Option<i64>,
    /// Show what was done in this month, as 2026-11
    #[arg(long, value_name = "MONTH")]
    pub month: Option<String>,
    /// How many to show, the newest
    #[arg(long, default_value = "50", value_name = "N")]
    pub limit: usize,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// Where reports stand.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ReportState {
    /// Nobody has decided
    Open,
    /// There was something in them
    Resolved,
    /// There was not
    Dismissed,
}

impl From<ReportState> for domain::ReportState {
    fn from(state: ReportState) -> Self {
        match state {
            ReportState::Open => Self::Open,
            ReportState::Resolved => Self::Resolved,
            ReportState::Dismissed => Self::Dismissed,
        }
    }
}

/// Where an appeal stands.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum AppealState {
    /// Nobody has decided
    Open,
    /// What was decided stays
    Rejected,
    /// What was decided was undone
    Granted,
}

impl From<AppealState> for domain::AppealState {
    fn from(state: AppealState) -> Self {
        match state {
            AppealState::Open => Self::Open,
            AppealState::Rejected => Self::Rejected,
            AppealState::Granted => Self::Granted,
        }
    }
}
