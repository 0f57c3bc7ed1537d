//! Measures Rejoinder: `cargo run --release -p rejoinder-bench`. It builds the server, runs it on loopback with fresh data,
//! asks it for everything that has a target, beside baselines of the same run, and prints one table. What a reader of
//! the table must know to judge it is printed below it.

mod baseline;
mod load;
mod populate;
mod process;
mod request;
mod sections;
mod server;
mod sink;
mod strangers;
mod table;
mod wire;
mod words;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::load::Load;
use crate::sections::{elsewhere, size, store, uncached};
use crate::table::Table;

/// As the server has it: what answers beside it differs in nothing but the work.
#[cfg(target_os = "linux")]
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Any reason why nothing could be measured.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures Rejoinder and prints one table.
#[derive(Clone, Debug, Parser)]
#[command(name = "rejoinder-bench", version)]
pub struct Arguments {
    /// Measure shortly, and with 100,000 comments in place of 1,000,000: to see that all works
    #[arg(long)]
    pub quick: bool,
    /// Write the table to a file, too, for programs
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Measure only these sections
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Section>,
    /// The server to measure, instead of building it
    #[arg(long, value_name = "PROGRAM")]
    pub server: Option<PathBuf>,
    /// Where the databases are made for the time of measuring
    #[arg(long, value_name = "FOLDER", default_value = "target")]
    pub folder: PathBuf,
    /// Leave the databases there
    #[arg(long)]
    pub keep: bool,
    /// Measure writing and reading on this PostgreSQL database too; it must be empty, and is filled
    #[arg(long, value_name = "URL")]
    pub postgres: Option<String>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Section {
    /// The cached page against a static answer
    Pages,
    /// Everything else that is read
    Reads,
    /// Replies, votes, logins
    Writes,
    /// Making a page: read, arranged, rendered
    Uncached,
    /// What many comments cost
    Size,
    /// What comes from other servers
    Inbound,
    /// What is brought to them
    Outbound,
    /// What waits to be worked off, and whom that keeps waiting
    Waiting,
    /// Decisions about very much at once
    Moderation,
}

/// What this program runs as a process of its own.
#[derive(Clone, Debug, Subcommand)]
enum Part {
    /// Serve one answer, as baseline
    #[command(hide = true)]
    Static {
        /// The body; its headers are beside it
        file: PathBuf,
    },
    /// Make the page of a thread over and over, and say what it costs
    #[command(hide = true)]
    Uncached {
        /// The database
        url: String,
        /// The thread
        thread: String,
        /// How often
        times: u32,
    },
}

/// How this run measures.
#[derive(Clone, Debug)]
pub struct Run {
    /// The server's program.
    pub program: PathBuf,
    /// What was asked for.
    pub arguments: Arguments,
}

impl Run {
    /// Load from so many connections.
    #[must_use]
    pub fn load(&self, connections: usize) -> Load {
        let (warm_up, counted) = if self.arguments.quick { (200, 800) } else { (500, 3000) };
        Load { connections, warm_up: Duration::from_millis(warm_up), counted: Duration::from_millis(counted) }
    }

    /// How often what is compared is measured, in turns.
    #[must_use]
    pub fn rounds(&self) -> usize {
        if self.arguments.quick { 1 } else { 3 }
    }

    /// Whether a section is to be measured.
    #[must_use]
    pub fn measures(&self, section: Section) -> bool {
        self.arguments.only.is_empty() || self.arguments.only.contains(&section)
    }

    /// A folder for a database, which vanishes with it.
    pub fn folder(&self) -> Result<tempfile::TempDir, Failure> {
        let folder = std::path::absolute(&self.arguments.folder)?;
        let mut made = tempfile::Builder::new().prefix("bench-").tempdir_in(folder)?;
        made.disable_cleanup(self.arguments.keep);
        Ok(made)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.part {
        Some(Part::Static { file }) => baseline::serve(file),
        Some(Part::Uncached { url, thread, times }) => uncached::make(url, thread, *times),
        None => measure(arguments.clone()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rejoinder-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: Arguments) -> Result<(), Failure> {
    let program = match &arguments.server {
        Some(program) => std::path::absolute(program)?,
        None => build()?,
    };
    let run = Run { program, arguments };
    let mut table = Table::default();
    let before = process::load_average();
    store::measure(&run, &mut table)?;
    if run.measures(Section::Size) {
        size::measure(&run, &mut table)?;
    }
    elsewhere::measure(&run, &mut table)?;
    let (targets, met) = table.score();
    let cores = std::thread::available_parallelism()?;
    println!("{}", table.markdown());
    println!("{met} of {targets} targets met. {cores} cores, load before {before}, after {}.", process::load_average());
    println!("{}", sections::NOTES);
    if let Some(file) = &run.arguments.json {
        std::fs::write(file, serde_json::to_vec_pretty(&table.json())?)?;
    }
    Ok(())
}

/// Builds the server as it is released, and says where it is: beside this program.
fn build() -> Result<PathBuf, Failure> {
    if cfg!(debug_assertions) {
        eprintln!("rejoinder-bench is not a release build: what it measures within itself says nothing");
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let built =
        Command::new(cargo).current_dir(root).args(["build", "--release", "-p", "rejoinder-server"]).status()?;
    if !built.success() {
        return Err("the server could not be built".into());
    }
    let own = std::env::current_exe()?;
    let target = own.parent().and_then(Path::parent).ok_or("this program is nowhere")?;
    Ok(target.join("release").join("rejoinder"))
}
