//! The database as the rest of the program sees it: `read`, `write`, and news of what changed.

use std::path::PathBuf;
use std::sync::Arc;

use diesel::prelude::*;
use domain::ThreadId;

use crate::changes::Changes;
use crate::conn::{Read, Write};
use crate::pool::{Frame, Pool};
use crate::schema::threads;
use crate::{Error, Result};

/// Where the database is and how many connections read it.
#[derive(Clone, Debug)]
pub struct Place {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// Connections at most: readers on SQLite, all on PostgreSQL.
    pub connections: usize,
    /// Who opens it.
    pub holder: Holder,
}

/// Who opens the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A server, which keeps versions in memory: at most one on a SQLite file.
    Server,
    /// A command, which may work beside the server.
    Tool,
}

/// A handle on the database; clones share it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Arc<Pool>,
    writer: Writing,
    changes: Arc<Changes>,
    place: Place,
    /// Held while the program runs, so that no second server opens the same file.
    _lock: Option<std::fs::File>,
}

enum Writing {
    #[cfg(feature = "sqlite")]
    Thread(crate::sqlite::Writer),
    #[cfg(feature = "postgres")]
    Pool(crate::listen::Told),
}

/// How long a version counts where other nodes write: their news may be lost.
#[cfg(feature = "postgres")]
const TRUSTED_FOR: std::time::Duration = std::time::Duration::from_secs(1);

/// How transactions that read begin and end on SQLite, where each sees one moment.
#[cfg(feature = "sqlite")]
const SQLITE_READ: Frame = Frame { begin: "BEGIN", commit: "COMMIT" };
/// The same on PostgreSQL.
#[cfg(feature = "postgres")]
const PG_READ: Frame = Frame { begin: "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", commit: "COMMIT" };
/// PostgreSQL answers the COMMIT of a failed transaction with a silent rollback. If work went on after a failed
/// statement, the SELECT fails, and the COMMIT after it is not done.
#[cfg(feature = "postgres")]
const PG_WRITE: Frame = Frame { begin: "BEGIN", commit: "SELECT 1; COMMIT" };

impl Db {
    /// Opens the database, makes or migrates its tables, and starts what belongs to it. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Unavailable`], in words for the host, when it cannot be opened.
    pub fn open(place: Place) -> Result<Self> {
        match place.kind()? {
            Kind::Sqlite(path) => Self::open_sqlite(place, path),
            Kind::Postgres => Self::open_postgres(place),
        }
    }

    #[cfg(feature = "sqlite")]
    fn open_sqlite(place: Place, path: PathBuf) -> Result<Self> {
        use crate::sqlite;
        let lock = match place.holder {
            Holder::Server => Some(sqlite::lock(&path)?.ok_or_else(|| taken(&path))?),
            Holder::Tool => None,
        };
        let mut conn = sqlite::open(&path)?;
        crate::migrate::sqlite(&mut conn)?;
        if lock.is_some() {
            sqlite::succeed(&mut conn)?;
        }
        let changes = Arc::new(Changes::new(None));
        let writer = Writing::Thread(sqlite::Writer::start(path.clone(), conn, Arc::clone(&changes))?);
        let read = move || Ok(crate::conn::Conn::Sqlite(sqlite::open_reader(&path)?));
        let readers = Arc::new(Pool::new(place.connections, Box::new(read)));
        Ok(Self { inner: Arc::new(Inner { readers, writer, changes, place, _lock: lock }) })
    }

    #[cfg(not(feature = "sqlite"))]
    fn open_sqlite(_place: Place, _path: PathBuf) -> Result<Self> {
        Err(Error::Unavailable("this program was built without SQLite (feature “sqlite”)".into()))
    }

    #[cfg(feature = "postgres")]
    fn open_postgres(place: Place) -> Result<Self> {
        let url = place.url.clone();
        let connect = move || crate::postgres::connect(&url);
        let mut conn = connect()?;
        crate::migrate::postgres(&mut conn)?;
        let serving = match place.holder {
            Holder::Server => Some(crate::postgres::serve(conn)?),
            Holder::Tool => None,
        };
        let changes = Arc::new(Changes::new(Some(TRUSTED_FOR)));
        let told = crate::listen::start(&place, crate::postgres::node(), &changes, serving);
        let readers = Arc::new(Pool::new(place.connections, Box::new(move || Ok(crate::conn::Conn::Pg(connect()?)))));
        Ok(Self { inner: Arc::new(Inner { readers, writer: Writing::Pool(told), changes, place, _lock: None }) })
    }

    #[cfg(not(feature = "postgres"))]
    fn open_postgres(_place: Place) -> Result<Self> {
        Err(Error::Unavailable("this program was built without PostgreSQL (feature “postgres”)".into()))
    }

    /// Runs `work` on one moment of the database.
    ///
    /// # Errors
    /// What `work` returns, or [`Error::Unavailable`].
    pub async fn read<T, E>(&self, work: impl FnOnce(&mut Read) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let run = |conn| {
            let mut tx = Read { conn };
            let outcome = work(&mut tx);
            (tx.conn, outcome)
        };
        self.inner.readers.run(self.inner.reading(), run).await
    }

    /// Runs `work` in a transaction. When it returns, what it wrote is on disk and those who watch have been told.
    ///
    /// # Errors
    /// What `work` returns (nothing of it is kept then), or [`Error::Unavailable`].
    pub async fn write<T, E>(&self, work: impl FnOnce(&mut Write) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.writer {
            #[cfg(feature = "sqlite")]
            Writing::Thread(writer) => writer.write(work).await,
            #[cfg(feature = "postgres")]
            Writing::Pool(told) => {
                let run = |conn| {
                    let mut tx = Write::new(conn);
                    let outcome = work(&mut tx).and_then(|value| {
                        if tx.changes.contains(&crate::conn::Change::Site) {
                            crate::settings::raise_epoch(&mut tx.conn)?;
                        }
                        Ok(value)
                    });
                    let changes = std::mem::take(&mut tx.changes);
                    (tx.into_conn(), outcome.map(|value| (value, changes)))
                };
                let (value, changes) = self.inner.readers.run(PG_WRITE, run).await?;
                self.inner.changes.publish(&changes);
                told.tell(changes);
                Ok(value)
            }
        }
    }

    /// The thread's present version; `None` if there is no such thread. Usually without touching the database.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn thread_version(&self, thread: ThreadId) -> Result<Option<i64>> {
        if let Some(version) = self.inner.changes.version(thread) {
            return Ok(Some(version));
        }
        let before = self.inner.changes.moment();
        let version = self
            .read(move |tx| {
                let row = threads::table.find(thread.0).select(threads::version);
                Ok::<_, Error>(row.get_result::<i64>(&mut tx.conn).optional()?)
            })
            .await?;
        if let Some(version) = version {
            self.inner.changes.learn(thread, version, before);
        }
        Ok(version)
    }

    /// News of committed changes, and the site's epoch.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.inner.changes
    }

    /// How many may write at the same time while others go on reading: those who write to one thread wait for one another, on PostgreSQL
    /// with a connection each. On SQLite they wait in the writer's queue.
    #[must_use]
    pub fn spare_writers(&self) -> usize {
        match &self.inner.writer {
            #[cfg(feature = "sqlite")]
            Writing::Thread(_) => crate::sqlite::GROUP,
            #[cfg(feature = "postgres")]
            Writing::Pool(_) => (self.inner.place.connections / 4).max(1),
        }
    }

    /// Where this database is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.inner.place
    }
}

impl Inner {
    fn reading(&self) -> Frame {
        match &self.writer {
            #[cfg(feature = "sqlite")]
            Writing::Thread(_) => SQLITE_READ,
            #[cfg(feature = "postgres")]
            Writing::Pool(_) => PG_READ,
        }
    }
}

/// Which database a place is in.
pub(crate) enum Kind {
    /// The file.
    Sqlite(PathBuf),
    /// The server.
    Postgres,
}

impl Place {
    /// Whether a database of Rejoinder is there. Nothing is made to find out.
    ///
    /// # Errors
    /// [`Error::Unavailable`], in words for the host.
    pub fn has_database(&self) -> Result<bool> {
        match self.kind()? {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(path) => crate::sqlite::is_there(&path),
            #[cfg(feature = "postgres")]
            Kind::Postgres => crate::postgres::has_tables(&self.url),
            // Opening it says why it cannot be used.
            #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
            _ => Ok(true),
        }
    }

    pub(crate) fn kind(&self) -> Result<Kind> {
        if let Some(path) = self.url.strip_prefix("sqlite://") {
            // SQLite makes of these names databases that vanish, or takes them apart as addresses.
            if path.is_empty() || path.starts_with(':') || path.starts_with("file:") {
                return Err(Error::Unavailable(format!("storage.url is “{}”, but must name a file", self.url)));
            }
            return Ok(Kind::Sqlite(path.into()));
        }
        if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            return Ok(Kind::Postgres);
        }
        Err(Error::Unavailable(format!("storage.url is “{}”, but must begin with sqlite:// or postgres://", self.url)))
    }
}

#[cfg(feature = "sqlite")]
fn taken(path: &std::path::Path) -> Error {
    Error::Unavailable(format!(
        "another Rejoinder server is running on {}; stop it first, or give this one another storage.url",
        path.display()
    ))
}
