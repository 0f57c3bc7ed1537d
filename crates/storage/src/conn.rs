//! One connection type over both databases, and what a transaction looks like from inside.

use std::ops::{Deref, DerefMut};

use diesel::connection::SimpleConnection;
use domain::{CommentId, EventKind, ThreadId};

use crate::Result;

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

/// Deletes the oldest rows of a table that fit, at most so many, and those of the same moment as the last of them: however many have
/// gathered, no statement outlasts its time. What is looked at has an index by age.
macro_rules! forget_oldest {
    ($tx:expr, $table:ident by $age:ident $(if $fits:expr)?, $before:expr, $most:expr) => {{
        let (conn, before) = (&mut $tx.conn, $before);
        let old = $table::table$(.filter($fits))?.filter($table::$age.lt(before)).order($table::$age);
        let last: Option<i64> = old.offset($most - 1).select($table::$age).first(conn).optional()?;
        let until = last.map_or(before, |last| last + 1);
        diesel::delete($table::table$(.filter($fits))?.filter($table::$age.lt(until))).execute(conn)?
    }};
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
pub(crate) use {forget_oldest, on_either};

impl Conn {
    /// Runs statements without parameters or rows.
    pub(crate) fn execute(&mut self, sql: &str) -> Result<()> {
        Ok(on_either!(self, |c| c.batch_execute(sql))?)
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
}

impl Write {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { read: Read { conn }, changes: Vec::new() }
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
