//! The embedded database: how it is opened, and the one thread that writes to it.
//!
//! The writer takes all closures that wait, runs each in a savepoint within one `BEGIN IMMEDIATE`, commits once, and only
//! then answers them. So what was acknowledged survives a power cut (`synchronous=FULL`) at the price of one fsync for the
//! whole group, and nobody ever meets "database is locked" inside this process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_types};
use tokio::sync::oneshot;

use crate::changes::Changes;
use crate::conn::{Conn, Write};
use crate::{Error, Result};

/// Closures that may wait; beyond it callers are told that the database is too busy.
const QUEUE: usize = 4096;
/// Closures committed together at most, so that the first of a group never waits long for the last.
pub(crate) const GROUP: usize = 512;
/// How often the writer looks whether another process (the command line) has written.
const LOOK: Duration = Duration::from_secs(1);

pub(crate) const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
     PRAGMA synchronous = FULL;";
/// Under load the log is written back when it has 256 MB and not, as by default, 4: a page that many commits change is written back once.
/// Where much is stored each comment changes other pages, and everybody who writes waits while they are written back (docs/benchmarks.md).
/// Its file keeps its length: commits that make it longer take the disk more time.
pub(crate) const WRITES: &str = "PRAGMA journal_mode = WAL; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 268435456; \
     PRAGMA wal_autocheckpoint = 64000;";
/// When the log did not get longer for so many looks, it is written back if it is worth it, so that where little is written it stays
/// short, and nobody waits for much.
pub const QUIET: u32 = 15;
/// So many pages of 4 kB are worth it.
pub const MUCH: i32 = 1000;
const READS: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -4000;";

/// Opens a connection that may write. Creates the file, not the folder.
pub(crate) fn open(path: &Path) -> Result<SqliteConnection> {
    let _turn = turn(path);
    // If it cannot be made, opening it says why. What lies beside it is as closed as it is. A file that is there must not be touched:
    // closing it would take all locks of this process from it (POSIX), and a command that ends would delete the log that we write.
    let _ = private().write(true).create_new(true).open(path);
    connect(path, WRITES)
}

/// How files are made in which all of a database stands: nobody else on the machine can read them, for signing keys, e-mail addresses and
/// the hashes of passwords are in them.
pub(crate) fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Waits for its turn to open a database in this folder: SQLite does not wait for others where it switches a new file to
/// WAL, but says that the file is locked. Without a lock (a file system that has none) opening goes on as it can.
fn turn(path: &Path) -> Option<std::fs::File> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = std::fs::File::open(folder).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// The same, of a database that is there. A file that was taken away must not come back empty.
pub(crate) fn open_existing(path: &Path) -> Result<SqliteConnection> {
    exists(path)?;
    open(path)
}

/// Opens a connection that cannot write, of a database that is there.
///
/// # Errors
/// [`Error::Unavailable`], in words for the host.
pub fn open_reader(path: &Path) -> Result<SqliteConnection> {
    exists(path)?;
    connect(path, READS)
}

fn exists(path: &Path) -> Result<()> {
    if is_there(path)? { Ok(()) } else { Err(Error::Unavailable(format!("{} is gone", path.display()))) }
}

/// Whether there is a file of this name.
pub(crate) fn is_there(path: &Path) -> Result<bool> {
    path.try_exists().map_err(|error| Error::Unavailable(format!("cannot open {}: {error}", path.display())))
}

fn connect(path: &Path, pragmas: &str) -> Result<SqliteConnection> {
    use diesel::connection::SimpleConnection as _;
    let name = path.to_str().ok_or_else(|| Error::Unavailable(format!("{} is not valid UTF-8", path.display())))?;
    let opened = || -> Result<SqliteConnection> {
        let mut conn = SqliteConnection::establish(name)?;
        conn.batch_execute(PRAGMAS)?;
        conn.batch_execute(pragmas)?;
        Ok(conn)
    };
    opened().map_err(|error| error.during(format_args!("cannot open {}", path.display())))
}

/// Takes the lock file beside the database; `None` if a running server has it.
pub(crate) fn lock(path: &Path) -> Result<Option<std::fs::File>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let place = PathBuf::from(name);
    let cannot =
        |error: &dyn std::fmt::Display| Error::Unavailable(format!("cannot write {}: {error}", place.display()));
    let file =
        std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&place).map_err(|e| cannot(&e))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(cannot(&error)),
    }
}

/// Takes over from the server that had the lock before.
pub(crate) fn succeed(conn: &mut SqliteConnection) -> Result<()> {
    use diesel::connection::SimpleConnection as _;
    Ok(conn.immediate_transaction(|conn| conn.batch_execute(crate::leases::FREE))?)
}

/// The transaction that a group shares, or why there is none any more.
type Group = Result<Write, String>;
/// Told, after the commit, whether it succeeded.
type Answer = Box<dyn FnOnce(Result<(), String>) + Send>;
type Job = Box<dyn FnOnce(Group) -> (Group, Answer) + Send>;

/// The way to the writer thread. The thread ends when this is dropped, after it has done all that waits.
pub(crate) struct Writer {
    jobs: SyncSender<Job>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(path: PathBuf, conn: SqliteConnection, changes: Arc<Changes>) -> Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE);
        let state = State::new(path, conn, changes)?;
        std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || state.run(&queue))
            .map_err(|error| Error::Unavailable(format!("cannot start the writer thread: {error}")))?;
        Ok(Self { jobs })
    }

    /// Runs `work` in the next group and waits until it is committed. It is done even if the caller stops waiting.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Write) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |group| run_one(group, work, answer));
        self.jobs.try_send(job).map_err(|full| match full {
            TrySendError::Full(_) => Error::Unavailable("too many writes wait".into()),
            TrySendError::Disconnected(_) => Error::Unavailable("the writer has stopped".into()),
        })?;
        match answered.await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Unavailable("the writer gave no answer".into()).into()),
        }
    }
}

/// Runs one closure in its savepoint and prepares its answer.
fn run_one<T, E>(
    group: Group,
    work: impl FnOnce(&mut Write) -> Result<T, E>,
    answer: oneshot::Sender<Result<T, E>>,
) -> (Group, Answer)
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (group, outcome) = match group {
        Ok(tx) => savepoint(tx, work),
        Err(reason) => (Err(reason.clone()), Err(Error::Unavailable(reason).into())),
    };
    let answer: Answer = Box::new(move |committed| {
        let outcome = match committed {
            Ok(()) => outcome,
            // A refusal stays what it is: nothing of it was to be committed.
            Err(reason) => outcome.and(Err(Error::Unavailable(reason).into())),
        };
        // The caller may have gone away; the work is done all the same.
        let _ = answer.send(outcome);
    });
    (group, answer)
}

fn savepoint<T, E: From<Error>>(mut tx: Write, work: impl FnOnce(&mut Write) -> Result<T, E>) -> (Group, Result<T, E>) {
    if let Err(error) = tx.conn.execute_kept("SAVEPOINT one") {
        return (Err(error.reason()), Err(error.into()));
    }
    let (told, entered) = (tx.changes.len(), tx.words.len());
    let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut tx)))
        .unwrap_or_else(|_| Err(Error::Panicked("a write".into()).into()));
    let ended = if outcome.is_ok() {
        tx.conn.execute_kept("RELEASE one")
    } else {
        tx.changes.truncate(told);
        tx.words.truncate(entered);
        tx.conn.execute("ROLLBACK TO one; RELEASE one")
    };
    // On a full disk SQLite gives up the whole transaction, and with it the savepoint: then the group is lost.
    match ended {
        Ok(()) => (Ok(tx), outcome),
        Err(error) => (Err(error.reason()), outcome),
    }
}

/// What the thread keeps from group to group.
pub(crate) struct State {
    path: PathBuf,
    /// `None` only after a failure that left the connection useless; it is opened again for the next group.
    pub(crate) conn: Option<Conn>,
    changes: Arc<Changes>,
    /// As last seen by `conn`; another connection counts from another number.
    commits_of_others: i32,
    looked: Instant,
    /// Pages in the log when it was looked at last, and how many times they have been as many.
    logged: i32,
    quiet: u32,
}

impl State {
    /// As `conn` finds the database.
    pub(crate) fn new(path: PathBuf, conn: SqliteConnection, changes: Arc<Changes>) -> Result<Self> {
        let mut conn = Conn::Sqlite(conn);
        let commits_of_others = commits_of_others(&mut conn)?;
        Ok(Self { path, conn: Some(conn), changes, commits_of_others, looked: Instant::now(), logged: 0, quiet: 0 })
    }

    fn run(mut self, queue: &Receiver<Job>) {
        loop {
            match queue.recv_timeout(LOOK) {
                Ok(first) => {
                    // Also what comes while the group is worked on joins it: the more are committed together, the fewer pages each
                    // of them costs.
                    let group = std::iter::once(first).chain(queue.try_iter()).take(GROUP);
                    guarded("a group of writes", || self.group(group));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.looked.elapsed() >= LOOK {
                guarded("a look at what others have written", || self.look());
            }
        }
    }

    pub(crate) fn group(&mut self, jobs: impl Iterator<Item = Job>) {
        let mut group = self.begin().map_err(|error| error.reason());
        let mut answers = Vec::new();
        for job in jobs {
            let (next, answer) = job(group);
            group = next;
            answers.push(answer);
        }
        metrics::histogram!("rejoinder_write_group_size").record(answers.len() as f64);
        let committed = group.and_then(|tx| self.commit(tx).map_err(|error| error.reason()));
        if let Err(reason) = &committed {
            tracing::error!(reason, writes = answers.len(), "a group of writes was not committed");
        }
        for answer in answers {
            answer(committed.clone());
        }
    }

    fn begin(&mut self) -> Result<Write> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.reopened()?,
        };
        conn.execute("BEGIN IMMEDIATE")?;
        Ok(Write::new(conn))
    }

    /// A new connection after one that failed. What others committed in between went unseen.
    fn reopened(&mut self) -> Result<Conn> {
        let mut conn = Conn::Sqlite(open_existing(&self.path)?);
        self.commits_of_others = commits_of_others(&mut conn)?;
        self.changes.forget();
        Ok(conn)
    }

    fn commit(&mut self, mut tx: Write) -> Result<()> {
        crate::search::write_index(&mut tx)?;
        let changes = std::mem::take(&mut tx.changes);
        let mut conn = tx.into_conn();
        conn.execute("COMMIT")?;
        self.conn = Some(conn);
        self.changes.publish(&changes);
        Ok(())
    }

    /// Notices commits of other processes, and that there were none at all for long.
    pub(crate) fn look(&mut self) {
        self.looked = Instant::now();
        let Some(conn) = self.conn.as_mut() else { return };
        match commits_of_others(conn) {
            Ok(now) if now != self.commits_of_others => {
                self.commits_of_others = now;
                self.changes.forget();
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "cannot tell whether another process has written"),
        }
        if let Err(error) = self.keep_log_short() {
            tracing::warn!(%error, "the log cannot be written back");
        }
    }

    /// Writes the log back when it is quiet. Whoever reads is not waited for: what is newer than they see stays in it until the next time.
    fn keep_log_short(&mut self) -> Result<()> {
        let Some(conn) = self.conn.as_mut() else { return Ok(()) };
        let log = checkpoint(conn, "NOOP")?;
        // Not whether there was a group: those that look for work come every few seconds, and mostly change nothing.
        self.quiet = if log.pages == self.logged { self.quiet + 1 } else { 0 };
        self.logged = log.pages;
        if self.quiet >= QUIET && log.pages - log.written_back >= MUCH {
            self.quiet = 0;
            checkpoint(conn, "PASSIVE")?;
        }
        Ok(())
    }
}

/// Diesel panics when SQLite cannot close a statement or a connection. Without the thread nothing could be written until a restart.
fn guarded(what: &str, work: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        tracing::error!(what, "lost to a panic outside of what is written");
    }
}

/// How much of the log is written back.
#[derive(diesel::QueryableByName)]
pub(crate) struct Log {
    #[diesel(sql_type = sql_types::Integer, column_name = log)]
    pub(crate) pages: i32,
    #[diesel(sql_type = sql_types::Integer, column_name = checkpointed)]
    pub(crate) written_back: i32,
}

/// Writes the log back, or not, and says how it is then: <https://www.sqlite.org/pragma.html#pragma_wal_checkpoint>.
pub(crate) fn checkpoint(conn: &mut Conn, kind: &str) -> Result<Log> {
    Ok(diesel::sql_query(format!("PRAGMA wal_checkpoint({kind})")).get_result(conn)?)
}

/// A number that changes when another connection has committed.
fn commits_of_others(conn: &mut Conn) -> Result<i32> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Integer)]
        data_version: i32,
    }
    Ok(diesel::sql_query("PRAGMA data_version").get_result::<Row>(conn)?.data_version)
}
