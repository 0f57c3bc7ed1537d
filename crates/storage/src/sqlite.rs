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
const GROUP: usize = 512;
/// How often the writer looks whether another process (the command line) has written.
const LOOK: Duration = Duration::from_secs(1);

const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
     PRAGMA synchronous = FULL;";

/// Opens a connection that may write. Creates the file, not the folder.
pub(crate) fn open(path: &Path) -> Result<SqliteConnection> {
    let conn =
        connect(path, "PRAGMA journal_mode = WAL; PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 67108864;")?;
    Ok(conn)
}

/// Opens a connection that cannot write.
pub(crate) fn open_reader(path: &Path) -> Result<Conn> {
    Ok(Conn::Sqlite(connect(path, "PRAGMA query_only = ON; PRAGMA cache_size = -4000;")?))
}

fn connect(path: &Path, pragmas: &str) -> Result<SqliteConnection> {
    use diesel::connection::SimpleConnection as _;
    let name = path.to_str().ok_or_else(|| Error::Unavailable(format!("{} is not valid UTF-8", path.display())))?;
    let mut conn = SqliteConnection::establish(name)
        .map_err(|error| Error::Unavailable(format!("cannot open {}: {error}", path.display())))?;
    conn.batch_execute(PRAGMAS)?;
    conn.batch_execute(pragmas)?;
    Ok(conn)
}

/// The transaction that a group shares, or why there is none any more.
type Group = Result<Write, String>;
/// Told, after the commit, whether it succeeded.
type Answer = Box<dyn FnOnce(Result<(), String>) + Send>;
type Job = Box<dyn FnOnce(Group) -> (Group, Answer) + Send>;

/// The way to the writer thread. The thread ends when the last clone is dropped, after it has done all that waits.
#[derive(Clone)]
pub(crate) struct Writer {
    jobs: SyncSender<Job>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(path: PathBuf, conn: SqliteConnection, changes: Arc<Changes>) -> Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE);
        let mut state =
            State { path, conn: Some(Conn::Sqlite(conn)), changes, data_version: 0, looked: Instant::now() };
        state.look();
        std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || state.run(&queue))
            .map_err(|error| Error::Unavailable(format!("cannot start the writer thread: {error}")))?;
        Ok(Self { jobs })
    }

    /// Runs `work` in the next group and waits until it is committed.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Write) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |tx| run_one(tx, work, answer));
        self.jobs.try_send(job).map_err(|full| match full {
            TrySendError::Full(_) => Error::Unavailable("too many writes wait".into()),
            TrySendError::Disconnected(_) => Error::Unavailable("the writer has stopped".into()),
        })?;
        match answered.await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Unavailable("the writer has stopped".into()).into()),
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
    if let Err(error) = tx.conn.execute("SAVEPOINT one") {
        return (Err(error.to_string()), Err(error.into()));
    }
    let told = tx.changes.len();
    let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut tx)))
        .unwrap_or_else(|_| Err(Error::Panicked("a write".into()).into()));
    let end = if outcome.is_ok() {
        "RELEASE one"
    } else {
        tx.changes.truncate(told);
        "ROLLBACK TO one; RELEASE one"
    };
    // On a full disk SQLite gives up the whole transaction, and with it the savepoint: then the group is lost.
    match tx.conn.execute(end) {
        Ok(()) => (Ok(tx), outcome),
        Err(error) => (Err(error.to_string()), outcome),
    }
}

struct State {
    path: PathBuf,
    /// `None` only after a failure that left the connection useless; it is opened again for the next group.
    conn: Option<Conn>,
    changes: Arc<Changes>,
    data_version: i32,
    looked: Instant,
}

impl State {
    fn run(mut self, queue: &Receiver<Job>) {
        loop {
            match queue.recv_timeout(LOOK) {
                Ok(first) => {
                    let group: Vec<Job> = std::iter::once(first).chain(queue.try_iter().take(GROUP - 1)).collect();
                    self.group(group);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.looked.elapsed() >= LOOK {
                self.look();
            }
        }
    }

    fn group(&mut self, jobs: Vec<Job>) {
        metrics::histogram!("rejoinder_write_group_size").record(jobs.len() as f64);
        let mut group = self.begin().map_err(|error| error.to_string());
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            let (next, answer) = job(group);
            group = next;
            answers.push(answer);
        }
        let committed = group.and_then(|tx| self.commit(tx).map_err(|error| error.to_string()));
        if let Err(reason) = &committed {
            tracing::error!(reason, writes = answers.len(), "a group of writes was not committed");
        }
        for answer in answers {
            answer(committed.clone());
        }
    }

    fn commit(&mut self, mut tx: Write) -> Result<()> {
        let changes = std::mem::take(&mut tx.changes);
        let mut conn = tx.into_conn();
        conn.execute("COMMIT")?;
        self.conn = Some(conn);
        self.changes.publish(&changes);
        Ok(())
    }

    fn begin(&mut self) -> Result<Write> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => Conn::Sqlite(open(&self.path)?),
        };
        conn.execute("BEGIN IMMEDIATE")?;
        Ok(Write::new(conn))
    }

    /// Notices commits of other processes: SQLite counts them for each connection.
    fn look(&mut self) {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = sql_types::Integer)]
            data_version: i32,
        }
        self.looked = Instant::now();
        let Some(Conn::Sqlite(conn)) = self.conn.as_mut() else { return };
        match diesel::sql_query("PRAGMA data_version").get_result::<Row>(conn) {
            Ok(row) if row.data_version != self.data_version => {
                self.data_version = row.data_version;
                self.changes.forget();
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "cannot tell whether another process has written"),
        }
    }
}
