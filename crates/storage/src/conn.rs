//! One connection type over both databases, and what a transaction looks like from inside.

use std::ops::{Deref, DerefMut};

use diesel::connection::SimpleConnection;
use domain::{CommentId, EventKind, ThreadId};

use crate::Result;
use crate::search::Indexed;

/// A connection to either database. Queries are written against this type and compiled for both.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded database.
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
    /// The server.
    #[cfg(feature = "postgres")]
    Pg(diesel::PgConnection),
}

/// Runs the same expression on whichever connection it is: for what Diesel cannot compile against the enum
/// (`on_conflict`, inserts of many rows).
macro_rules! on_either {
    ($conn:expr, |$c:ident| $statement:expr) => {
        match $conn {
            #[cfg(feature = "sqlite")]
            $crate::conn::Conn::Sqlite($c) => $statement,
            #[cfg(feature = "postgres")]
            $crate::conn::Conn::Pg($c) => $statement,
        }
    };
}
pub(crate) use on_either;

impl Conn {
    /// Runs statements without parameters or rows.
    pub(crate) fn execute(&mut self, sql: &str) -> Result<()> {
        Ok(on_either!(self, |c| c.batch_execute(sql))?)
    }

    /// Runs one statement without parameters or rows, kept prepared.
    #[cfg(feature = "sqlite")]
    pub(crate) fn execute_kept(&mut self, sql: &'static str) -> Result<()> {
        use diesel::RunQueryDsl as _;
        on_either!(self, |c| crate::kept::Sql::<0>::new(sql, []).execute(c))?;
        Ok(())
    }

    /// Whether this is the embedded database: for the few statements whose text differs.
    pub(crate) fn is_sqlite(&self) -> bool {
        #[cfg(feature = "sqlite")]
        if matches!(self, Self::Sqlite(_)) {
            return true;
        }
        false
    }
}

/// A transaction that reads: one moment of the database.
pub struct Read {
    pub(crate) conn: Conn,
}

/// A transaction that writes. What it changes is seen by others, and told to them, only once it is committed.
pub struct Write {
    read: Read,
    pub(crate) changes: Vec<Change>,
    /// What becomes of the index of words with the commit, where that is not done at once: see [`crate::search::write_index`].
    pub(crate) words: Vec<Indexed>,
}

impl Write {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { read: Read { conn }, changes: Vec::new(), words: Vec::new() }
    }

    pub(crate) fn into_conn(self) -> Conn {
        self.read.conn
    }

    /// Records what those who watch will be told after the commit.
    pub(crate) fn tell(&mut self, change: Change) {
        self.changes.push(change);
    }
}

impl Deref for Write {
    type Target = Read;
    fn deref(&self) -> &Read {
        &self.read
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.read
    }
}

/// A committed change, as told to caches and to those who watch a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something that a reader of this thread can see.
    Thread {
        /// The thread.
        thread: ThreadId,
        /// Its version after the change.
        version: i64,
        /// What happened; `None` for what is not told live (a lock, a bulk import).
        event: Option<(EventKind, CommentId)>,
    },
    /// Something that stands on many pages: a board's title, the instance's name.
    Site,
    /// Something has come from another server.
    Inbox,
    /// Something is to be brought to another server.
    Outbox,
    /// What waits for moderators.
    Queue,
}
