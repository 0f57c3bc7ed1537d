//! The command line: its words and their help. What they do is in `commands`.

mod actors;
mod hosting;
mod joining;
mod law;
mod moderating;
mod webhooks;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub use actors::{Actor, ActorOrder, Measure};
pub use hosting::{
    ArrivalState, Blocklist, Deliveries, DeliveryOrder, DeliveryState, Doctor, Inbox, InboxOrder, Keys, ListOrder,
    ListRest, ListReview, Lists, PeerOrder, Peers, Whose,
};
pub use joining::{Invitation, Standing};
pub use law::{NoticeRuling, Notices, Preserved};
pub use moderating::{Appeals, AsWhom, Deciding, Log, Moderate, Queue, QueueDeciding, QueuePart, Reports, Threads};
pub use webhooks::Webhook;

/// A federated comment server: threads of comments that people answer from wherever they are.
#[derive(Debug, Parser)]
#[command(name = "rejoinder", version)]
pub struct Arguments {
    /// The configuration file (config/rejoinder.toml where it exists)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do; without one: serve
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server (the default)
    Serve,
    /// Print a fresh one-time link that makes the first administrator
    SetupLink,
    /// Accounts of this instance
    #[command(subcommand)]
    Account(Account),
    /// Somebody, here or elsewhere: what is known of them; warn, limit, hold, suspend them, and lift that
    Actor(Actor),
    /// Invitations: with one somebody can join
    #[command(subcommand)]
    Invitation(Invitation),
    /// Tokens for programs
    #[command(subcommand)]
    Token(Token),
    /// Boards
    #[command(subcommand)]
    Board(Board),
    /// Bring a discussion in from elsewhere: merges, and adds nothing twice
    Import(Import),
    /// Ask other servers for comments that have not come
    Fetch {
        /// The address of a comment on another server, or the number of a thread here
        #[arg(value_name = "URL|THREAD")]
        what: String,
        /// Report for programs
        #[arg(long)]
        json: bool,
    },
    /// Write the discussions that are at home here to a file, as lines of JSON, while the server runs
    Export {
        /// The file to write; it must not exist yet. `-`: standard output
        file: PathBuf,
        /// Only this board
        #[arg(long, value_name = "NAME")]
        board: Option<String>,
    },
    /// Write everything to a file, while the server runs
    Backup {
        /// The file to write; it must not exist yet
        file: PathBuf,
    },
    /// Put back what a backup holds; the server must be stopped
    Restore {
        /// The file to read
        file: PathBuf,
        /// Replace what is there (it is kept beside, on SQLite)
        #[arg(long)]
        overwrite: bool,
    },
    /// Work off the queue of moderators in this terminal
    Moderate(Moderate),
    /// The queue of moderators: list it, decide it
    #[command(subcommand)]
    Queue(Queue),
    /// What is reported: list it, decide it, tell the home of a comment
    #[command(subcommand)]
    Reports(Reports),
    /// What authors say against removals: list it, decide it
    #[command(subcommand)]
    Appeals(Appeals),
    /// Notices that something is against the law: list them, decide them
    #[command(subcommand)]
    Notices(Notices),
    /// Copies of what was taken down as against the law: list, read, prolong, make them
    #[command(subcommand)]
    Preserved(Preserved),
    /// How long what is kept
    Retention {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Whole threads: move, split, merge, lock, pin, slow down
    #[command(subcommand)]
    Threads(Threads),
    /// What moderators did, with names
    Log(Log),
    /// Other servers: how they stand; pause, resume, try one
    Peers(Peers),
    /// Rules that look at comments before they are published: list, set, try them
    Rules {
        /// What is to be done; without it, they are listed
        #[command(subcommand)]
        order: Option<RulesOrder>,
    },
    /// Programs that are told of what happens here
    #[command(subcommand)]
    Webhook(Webhook),
    /// What came from other servers
    Inbox(Inbox),
    /// What is to be brought to other servers
    Deliveries(Deliveries),
    /// Keys by which other servers know who speaks
    #[command(subcommand)]
    Keys(Keys),
    /// Find out what may keep other servers from speaking with this one
    Doctor(Doctor),
    /// Bring the database to the schema of this version; the server does so by itself
    Migrate,
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// Commands on accounts.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Make an account
    Create {
        /// The name: 2 to 30 of the letters a to z, digits, “_”, and inside also “-” and “.”
        name: String,
        /// What it may do
        #[arg(long, value_enum, default_value = "member")]
        role: Role,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// Where mail would go
        #[arg(long, value_name = "E")]
        email: Option<String>,
    },
    /// Give somebody a role: on all boards, or on some
    Role {
        /// Whose
        name: String,
        /// What they may do
        #[arg(value_enum)]
        role: Role,
        /// A board on which they have it; may be given several times. Without it they have it on all
        #[arg(long = "board", value_name = "NAME")]
        boards: Vec<String>,
        /// Why, for the moderation log
        #[arg(long, default_value = "", value_name = "WHY", hide_default_value = true)]
        reason: String,
    },
    /// Give an account a password, read from standard input, and end its sessions and its second factor
    Password {
        /// Whose
        name: String,
    },
    /// List the accounts, or those who have applied for one
    List {
        /// Show those who stand so
        #[arg(long, value_enum, default_value = "active", value_name = "S")]
        state: Standing,
        /// How many to show, the newest
        #[arg(long, default_value = "50", value_name = "N")]
        limit: usize,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Give somebody the account that they have applied for
    Approve {
        /// The name
        name: String,
        /// Answer for programs
        #[arg(long)]
        json: bool,
    },
    /// Do not let in somebody who has applied; the name is free again
    Reject {
        /// The name
        name: String,
        /// Answer for programs
        #[arg(long)]
        json: bool,
    },
    /// List the sessions and tokens of an account
    Sessions {
        /// Whose
        name: String,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// End sessions and tokens of an account; its password stays
    LogOut {
        /// Whose
        name: String,
        /// Only this one, by its number in the list
        #[arg(long, value_name = "ID")]
        id: Option<i64>,
        /// Answer for programs
        #[arg(long)]
        json: bool,
    },
}

/// Commands on tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token for an account and print it, once
    Create {
        /// Whose it is
        name: String,
        /// What it allows at most
        #[arg(long, value_enum)]
        scope: Scope,
        /// How many days it lasts; without it, for good
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
        expires: Option<u32>,
        /// What it is for
        #[arg(long, default_value = "command line")]
        label: String,
    },
}

/// Commands on boards.
#[derive(Debug, Subcommand)]
pub enum Board {
    /// Make a board
    Create {
        /// Its name in addresses
        name: String,
        /// Its title
        #[arg(long, value_name = "T")]
        title: Option<String>,
        /// What it is about (Markdown)
        #[arg(long, value_name = "TEXT", default_value = "")]
        about: String,
        /// Its rules (Markdown)
        #[arg(long, value_name = "TEXT", default_value = "")]
        rules: String,
    },
    /// Follow a board of another server; the running server brings it there
    Follow {
        /// Its handle, @name@host, or its address
        board: String,
        /// The account that follows it
        #[arg(long = "as", value_name = "ACCOUNT")]
        account: String,
    },
    /// List the boards
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

/// What to import and where.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The form of the file
    #[arg(value_enum)]
    pub format: Format,
    /// The file
    pub file: PathBuf,
    /// The board that the thread belongs in. Without it, what another Rejoinder exported goes to the boards of the same names
    #[arg(
        long,
        value_name = "NAME",
        required_if_eq_any([("format", "page-text"), ("format", "hn-algolia"), ("format", "hn-firebase")])
    )]
    pub board: Option<String>,
    /// Say what would be done, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// When the page was saved (RFC 3339), for ages like “3 hours ago”; without it, when the file was last written
    #[arg(long, value_name = "TIME")]
    pub saved_at: Option<jiff::Timestamp>,
    /// The thread's title, where the file has none
    #[arg(long, value_name = "T")]
    pub title: Option<String>,
    /// The page that is discussed
    #[arg(long, value_name = "U")]
    pub url: Option<String>,
    /// The site that the authors' names belong to: a host name
    #[arg(long, value_name = "SITE")]
    pub from: Option<String>,
    /// Report for programs
    #[arg(long)]
    pub json: bool,
}

/// Forms of files.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// A discussion saved as page text
    PageText,
    /// Hacker News by Algolia: /api/v1/items/ID
    HnAlgolia,
    /// Hacker News by Firebase: items as JSON array or lines
    HnFirebase,
    /// What `rejoinder export` wrote on another instance
    Rejoinder,
}

/// Commands on rules.
#[derive(Debug, Subcommand)]
pub enum RulesOrder {
    /// Print them, as a file for `set`
    List,
    /// Set all rules
    Set {
        /// A file of JSON, as the list prints it
        file: PathBuf,
    },
    /// Try rules on the newest 1,000 comments, and change nothing
    Test {
        /// A file of JSON, as the list prints it
        file: PathBuf,
    },
}

/// Commands on the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check it, and print every setting with what set it
    Check {
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

/// What an account may do.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Role {
    /// Read and write
    Member,
    /// And work on reports
    Helper,
    /// And decide about comments
    Moderator,
    /// And about everything
    Admin,
}

impl From<Role> for domain::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Helper => Self::Helper,
            Role::Moderator => Self::Moderator,
            Role::Admin => Self::Admin,
        }
    }
}

/// What a token allows.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Scope {
    /// Read
    Read,
    /// And write, vote, report
    Write,
    /// And moderate, if the account may
    Moderate,
    /// And administer, if the account may
    Admin,
}

impl From<Scope> for domain::Scope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Write => Self::Write,
            Scope::Moderate => Self::Moderate,
            Scope::Admin => Self::Admin,
        }
    }
}
