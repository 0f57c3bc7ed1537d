//! Connections that are lent for one transaction each. Waiting is a future, never a parked thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::conn::Conn;
use crate::{Error, Result};

/// How long a request waits for a connection before it is told to come back later.
const WAIT: Duration = Duration::from_secs(5);

type Connect = Box<dyn Fn() -> Result<Conn> + Send + Sync>;

/// How a transaction begins, and how it ends when its work has succeeded.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) begin: &'static str,
    pub(crate) commit: &'static str,
}

pub(crate) struct Pool {
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Conn>>,
    connect: Connect,
}

impl Pool {
    /// A pool of at most `size` connections, made when they are needed.
    pub(crate) fn new(size: usize, connect: Connect) -> Self {
        Self { places: Arc::new(Semaphore::new(size.max(1))), idle: Mutex::new(Vec::new()), connect }
    }

    /// Runs `work` within a transaction on a thread that may block. `work` gives the connection back with its outcome;
    /// the transaction is committed if that is `Ok` and rolled back otherwise. If `work` panics the connection goes with it.
    pub(crate) async fn run<T, E>(
        self: &Arc<Self>,
        frame: Frame,
        work: impl FnOnce(Conn) -> (Conn, Result<T, E>) + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let place = self.place().await?;
        let pool = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            pool.transact(frame, work)
        });
        done.await.map_err(|panic| Error::Panicked(panic.to_string()))?
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit> {
        let waiting = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout(WAIT, waiting).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Error::Unavailable("all connections are in use".into())),
        }
    }

    fn transact<T, E: From<Error>>(
        &self,
        frame: Frame,
        work: impl FnOnce(Conn) -> (Conn, Result<T, E>),
    ) -> Result<T, E> {
        let (mut conn, outcome) = work(self.begun(frame.begin)?);
        match outcome {
            Ok(value) => {
                // A connection whose COMMIT failed is dropped with whatever state it is in.
                conn.execute(frame.commit)?;
                self.keep(conn);
                Ok(value)
            }
            Err(error) => match conn.execute("ROLLBACK") {
                Ok(()) => {
                    self.keep(conn);
                    Err(error)
                }
                // The connection is gone: that is what happened, in whatever words (and language) the work was told.
                Err(gone) => Err(Error::Unavailable(gone.reason()).into()),
            },
        }
    }

    /// A connection inside a fresh transaction. The first statement is also the probe: idle connections that a restart of
    /// the database has killed are dropped here, before any work has been done on them.
    fn begun(&self, begin: &str) -> Result<Conn> {
        while let Some(mut conn) = self.pop() {
            if conn.execute(begin).is_ok() {
                return Ok(conn);
            }
        }
        let mut conn = (self.connect)()?;
        conn.execute(begin)?;
        Ok(conn)
    }

    fn pop(&self) -> Option<Conn> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, conn: Conn) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
    }
}
