//! What nobody outside of this crate has to know of it, for its own tests. Those are programs beside it, and none is inside: for a few
//! that were, all of this crate was built a second time.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use domain::ThreadId;

use crate::changes::{Changes, Moment};
use crate::conn::Change;
pub use crate::conn::Conn;
pub use crate::kept::{LIST, kept, places};
#[cfg(feature = "postgres")]
pub use crate::listen::{decode, encode};
pub use crate::search::terms::{TERMS, author_word, board_word, phrase, terms};
use crate::sqlite::{self, State};
pub use crate::sqlite::{MUCH, QUIET, open_reader};
use crate::{Error, Result};

/// What a process knows of changes, when nothing happens but what the test does. No other crate may: what is told must have been committed.
pub struct Known(Changes);

impl Default for Known {
    /// Nothing yet, and nobody else can write unseen.
    fn default() -> Self {
        Self(Changes::new(None))
    }
}

impl Known {
    /// Makes changes known.
    pub fn publish(&self, changes: &[Change]) {
        self.0.publish(changes);
    }

    /// Forgets everything and says so.
    pub fn forget(&self) {
        self.0.forget();
    }

    /// Now.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.0.moment()
    }

    /// Remembers a version that was read after that moment.
    pub fn learn(&self, thread: ThreadId, version: i64, since: Moment) {
        self.0.learn(thread, version, since);
    }

    /// The version that is remembered.
    #[must_use]
    pub fn version(&self, thread: ThreadId) -> Option<i64> {
        self.0.version(thread)
    }
}

impl Deref for Known {
    type Target = Changes;
    fn deref(&self) -> &Changes {
        &self.0
    }
}

/// SQLite's writer without its thread, which would look at its log once a second: here it looks when it is told to.
pub struct Writer(State);

impl Writer {
    /// Begins with a new file.
    ///
    /// # Errors
    /// As it cannot be made.
    pub fn open(path: &Path) -> Result<Self> {
        let conn = sqlite::open(path)?;
        Ok(Self(State::new(path.to_owned(), conn, Arc::new(Changes::new(None)))?))
    }

    /// Runs statements.
    ///
    /// # Errors
    /// As they fail.
    pub fn execute(&mut self, sql: &str) -> Result<()> {
        self.conn()?.execute(sql)
    }

    /// A group of writes with none in it.
    pub fn write_nothing(&mut self) {
        self.0.group(std::iter::empty());
    }

    /// Looks at the log and at what others have written.
    pub fn look(&mut self) {
        self.0.look();
    }

    /// Pages in the log, and how many of them are written back.
    ///
    /// # Errors
    /// As the database fails.
    pub fn log(&mut self) -> Result<(i32, i32)> {
        let log = sqlite::checkpoint(self.conn()?, "NOOP")?;
        Ok((log.pages, log.written_back))
    }

    fn conn(&mut self) -> Result<&mut Conn> {
        self.0.conn.as_mut().ok_or_else(|| Error::Unavailable("the writer has lost its connection".into()))
    }
}
