//! What is there before anything is measured: stored by the same actions that the server runs.

use std::path::Path;
use std::time::Duration;

use actions::elsewhere::Elsewhere;
use actions::import::foreign::{ForeignThread, Given};
use actions::import::merge::{self, Plan, Run};
use actions::import::page_text;
use actions::{Ctx, Joining, Limits, SystemChance, SystemClock, account, board};
use domain::text::{Places, TextLimits};
use domain::{CommentId, Role, Scope, ThreadId};
use storage::{Db, Holder, Place};

use crate::Failure;
use crate::words::Words;

/// The real discussion, where it lies beside the project.
const DISCUSSION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/discussion.txt");
/// How many comments it has, and what is made in its place has.
const DISCUSSION_COMMENTS: usize = 165;
/// What a SQLite database is called in its folder.
pub const FILE: &str = "rejoinder.db";
/// The board that everything stands in.
const BOARD: &str = "bench";
/// Everybody's password who has one.
pub const PASSWORD: &str = "correct horse battery staple";

/// A database that is filled.
pub struct Filling {
    /// Actions are done with it.
    pub ctx: Ctx,
    words: Words,
}

/// A thread to be read.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// Its page, as the page itself names it.
    pub path: String,
    /// Comments in it, the root included.
    pub comments: Vec<CommentId>,
}

/// A context as the server has it.
pub fn context(db: Db) -> Ctx {
    let limits = Limits {
        text: TextLimits::default(),
        depth: 200,
        page: 200,
        joining: Joining::Open,
        question: String::new(),
        log_names: false,
        retention: actions::retention::Retention::default(),
    };
    let elsewhere =
        Elsewhere::new("http://localhost:8536", Vec::new(), None).unwrap_or_else(|_| unreachable!("an address"));
    Ctx::new(db, Box::new(SystemClock), Box::new(SystemChance), limits, Places::default(), elsewhere)
}

/// Opens a database beside whoever else has it open.
pub fn open(url: &str) -> Result<Db, Failure> {
    Ok(Db::open(Place { url: url.to_owned(), connections: 4, holder: Holder::Tool })?)
}

/// The address of a SQLite database in a folder.
pub fn sqlite_in(folder: &Path) -> String {
    format!("sqlite://{}", folder.join(FILE).display())
}

impl Filling {
    /// Makes the database and its board.
    pub async fn begin(url: &str) -> Result<Self, Failure> {
        let filling = Self::of(url)?;
        let said = board::Description { title: "Measured".into(), ..board::Description::default() };
        board::create_as_host(&filling.ctx, BOARD, &said).await?;
        Ok(filling)
    }

    /// One that was made before.
    pub fn of(url: &str) -> Result<Self, Failure> {
        Ok(Self { ctx: context(open(url)?), words: Words::new(1) })
    }

    /// The thread of 165 comments: the real one, or one like it.
    pub async fn discussion(&mut self) -> Result<Thread, Failure> {
        let given = Given { saved_at: 1_738_368_000_000, title: Some("The measured discussion"), url: None };
        let foreign = match std::fs::read(DISCUSSION) {
            Ok(bytes) => page_text::parse(&bytes, &given)?,
            Err(_) => self.words.discussion("discussion", DISCUSSION_COMMENTS),
        };
        self.store(foreign).await
    }

    /// A thread with so many comments.
    pub async fn thread(&mut self, name: &str, comments: usize) -> Result<Thread, Failure> {
        let foreign = self.words.discussion(name, comments);
        self.store(foreign).await
    }

    /// So many threads, each with so many comments.
    pub async fn threads(&mut self, count: usize, comments: usize) -> Result<Vec<Thread>, Failure> {
        let mut stored = Vec::with_capacity(count);
        for number in 0..count {
            stored.push(self.thread(&format!("thread{number}"), comments).await?);
            if count >= 1000 && stored.len().is_multiple_of(count / 10) {
                eprintln!("  stored {} of {count} threads", stored.len());
            }
        }
        Ok(stored)
    }

    async fn store(&self, foreign: ForeignThread) -> Result<Thread, Failure> {
        let plan = Plan { board: BOARD.into(), site: "example.org".into(), run: Run::Real };
        let report = merge::merge(&self.ctx, foreign, plan, |_, _| {}).await?;
        let id = report.thread.ok_or("the import made no thread")?;
        let leaves = self.ctx.db().read(move |tx| storage::comments::leaves(tx, id)).await?;
        let comments = leaves.iter().filter(|leaf| leaf.state.has_words()).map(|leaf| leaf.branch.id).collect();
        let path = format!("/t/{id}/{}", domain::text::slug(&report.title));
        Ok(Thread { id, path, comments })
    }

    /// Somebody with an account and a token that may write.
    pub async fn writer(&self, name: &str) -> Result<String, Failure> {
        account::create(&self.ctx, name, None, Role::Member, None).await?;
        let no_end: Option<u32> = None;
        Ok(account::create_token(&self.ctx, name, Scope::Write, "measuring", no_end).await?.secret)
    }

    /// Somebody who can log in.
    pub async fn reader(&self, name: &str) -> Result<(), Failure> {
        account::create(&self.ctx, name, Some(PASSWORD), Role::Member, None).await?;
        Ok(())
    }
}

/// A runtime to work on databases in.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    // Threads that have ended are missing from the CPU time of the process.
    Ok(runtime.enable_all().thread_keep_alive(Duration::from_secs(600)).build()?)
}
