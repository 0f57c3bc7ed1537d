//! Commands for whoever looks after what goes to other servers and comes from them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Other servers.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Peers {
    /// Show this one alone, by its host name
    #[arg(value_name = "HOST")]
    pub host: Option<String>,
    /// Deal with it like that from now on; `*.HOST` for all below it, too
    #[arg(long, value_enum, value_name = "LEVEL", requires = "host")]
    pub policy: Option<Policy>,
    /// Why, for whoever looks at the list later
    #[arg(long, value_name = "WHY", default_value = "", requires = "policy", hide_default_value = true)]
    pub reason: String,
    /// For programs
    #[arg(long)]
    pub json: bool,
    /// What to do; without one: show them
    #[command(subcommand)]
    pub order: Option<PeerOrder>,
}

/// How a server is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Policy {
    /// As all are
    Allow,
    /// Its comments are made known to nobody who did not ask for them
    Limit,
    /// Each of its comments waits for a moderator
    Hold,
    /// Nothing is taken from it, nothing is brought to it
    Reject,
    /// The same, and what is here of it is hidden
    Block,
}

impl From<Policy> for domain::Level {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Allow => Self::Allow,
            Policy::Limit => Self::Limit,
            Policy::Hold => Self::Hold,
            Policy::Reject => Self::Reject,
            Policy::Block => Self::Block,
        }
    }
}

/// What is to become of a server.
#[derive(Debug, Subcommand)]
pub enum PeerOrder {
    /// Bring it nothing until it is resumed
    Pause(OnePeer),
    /// Bring it what waits again, beginning now
    Resume(OnePeer),
    /// Try it now, though it is left alone for a while or sleeps; and what came from there and is to be tried again
    Retry(OnePeer),
    /// Say what a list of servers that somebody passes on would change, or take it over
    Import(Blocklist),
    /// Write what was decided about servers as a list that others can take over
    Export,
    /// Subscribe to lists of servers that somebody else keeps, and decide about what changes in them
    Lists(Lists),
}

/// Subscriptions to lists of servers.
#[derive(Debug, Args)]
pub struct Lists {
    /// For programs
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do; without one: show them
    #[command(subcommand)]
    pub order: Option<ListOrder>,
}

/// What is to become of a subscription.
#[derive(Debug, Subcommand)]
pub enum ListOrder {
    /// Have a list looked at, at once and then each day; nothing of it counts before it is decided about
    Subscribe {
        /// Its address, which begins with https://
        #[arg(value_name = "URL")]
        url: String,
    },
    /// Have it looked at no more; what was decided because of it stays
    Unsubscribe {
        /// Its number, as the list shows it
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Have it looked at now
    Fetch {
        /// Its number, as the list shows it
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Show what has changed in it, or decide about that
    Review(ListReview),
}

/// What has changed in a list, and what is decided about it.
#[derive(Debug, Args)]
pub struct ListReview {
    /// Its number, as the list shows it
    #[arg(value_name = "ID")]
    pub id: i64,
    /// What you have seen: the version that was shown
    #[arg(long, value_name = "VERSION")]
    pub seen: Option<String>,
    /// Do as proposed about this server; may be given several times
    #[arg(long, value_name = "HOST", requires = "seen")]
    pub approve: Vec<String>,
    /// Do not, nor propose it again until the list says something else; may be given several times
    #[arg(long, value_name = "HOST", requires = "seen")]
    pub refuse: Vec<String>,
    /// What becomes of all others
    #[arg(long, value_enum, value_name = "WHAT", requires = "seen")]
    pub rest: Option<ListRest>,
}

/// What becomes of lines that are not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListRest {
    /// It is done as proposed
    Approve,
    /// It is not
    Refuse,
}

/// A list of servers.
#[derive(Debug, Args)]
pub struct Blocklist {
    /// As Mastodon writes it (CSV), or a host name on each line
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Take it over
    #[arg(long)]
    pub apply: bool,
    /// Why, for the moderation log
    #[arg(long, default_value = "", value_name = "WHY", hide_default_value = true)]
    pub reason: String,
    /// Answer for programs
    #[arg(long)]
    pub json: bool,
}

/// One server.
#[derive(Debug, Args)]
pub struct OnePeer {
    /// Its host name
    #[arg(value_name = "HOST")]
    pub host: String,
    /// Why, for the moderation log
    #[arg(long, default_value = "", value_name = "WHY", hide_default_value = true)]
    pub reason: String,
    /// Answer for programs
    #[arg(long)]
    pub json: bool,
}

/// What came from other servers.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Inbox {
    /// Show what is in this state
    #[arg(long, value_enum, default_value = "waiting", value_name = "S")]
    pub state: ArrivalState,
    /// How many to show, the newest
    #[arg(long, default_value = "50", value_name = "N")]
    pub limit: usize,
    /// For programs
    #[arg(long)]
    pub json: bool,
    /// What to do; without one: show it
    #[command(subcommand)]
    pub order: Option<InboxOrder>,
}

/// What became of something that came.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ArrivalState {
    /// It waits for its turn, or for being tried again
    Waiting,
    /// It failed too often
    Failed,
    /// It was not for the sender to say
    Refused,
    /// It concerned nothing that is here
    Ignored,
    /// It had its effect
    Done,
}

/// What to do with something that came.
#[derive(Debug, Subcommand)]
pub enum InboxOrder {
    /// Deal with something again that was refused or has failed
    Replay {
        /// Its number, as the list shows it
        #[arg(value_name = "ID")]
        id: i64,
        /// Answer for programs
        #[arg(long)]
        json: bool,
    },
}

/// What is to be brought to other servers.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Deliveries {
    /// Show what is in this state
    #[arg(long, value_enum, default_value = "waiting", value_name = "S")]
    pub state: DeliveryState,
    /// Show what is for this server alone
    #[arg(long, value_name = "H")]
    pub host: Option<String>,
    /// How many to show, the newest
    #[arg(long, default_value = "50", value_name = "N")]
    pub limit: usize,
    /// For programs
    #[arg(long)]
    pub json: bool,
    /// What to do; without one: show it
    #[command(subcommand)]
    pub order: Option<DeliveryOrder>,
}

/// Where a delivery stands that is not brought.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DeliveryState {
    /// It is to be brought
    Waiting,
    /// It was tried for the last time
    GivenUp,
    /// It is not to be brought
    Skipped,
}

/// What to do with a delivery.
#[derive(Debug, Subcommand)]
pub enum DeliveryOrder {
    /// Have something brought again that was given up or skipped
    Retry(OneDelivery),
    /// Have something not brought
    Skip(OneDelivery),
}

/// One delivery.
#[derive(Debug, Args)]
pub struct OneDelivery {
    /// Its number, as the list shows it
    #[arg(value_name = "ID")]
    pub id: i64,
    /// Answer for programs
    #[arg(long)]
    pub json: bool,
}

/// Keys by which other servers know who speaks.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a new pair in the place of one that somebody may have read, and tell followers
    Rotate(Whose),
}

/// Whose pair.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// That of a board
    #[arg(long, value_name = "NAME")]
    pub board: Option<String>,
    /// That of somebody with an account here
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// That of the server, which threads share
    #[arg(long)]
    pub server: bool,
    /// All there are
    #[arg(long)]
    pub all: bool,
}

/// What to look at.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Compare the clock with that of this server as well; may be given several times
    #[arg(long = "peer", value_name = "HOST")]
    pub peers: Vec<String>,
    /// For programs
    #[arg(long)]
    pub json: bool,
}
