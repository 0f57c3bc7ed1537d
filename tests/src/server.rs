//! A whole server process.

use std::net::SocketAddr;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use tokio::process::Command;

use crate::output::Output;
use crate::{Api, Browser, within};

/// A running server. It is killed with this value, if it has not ended before.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    took: Duration,
    stdout: Output,
    stderr: Output,
}

/// What the server prints before the address that it listens on.
const LISTENING: &str = "(listening on ";

impl Server {
    /// Starts a server that listens on a port of the system's choice, and returns when it has printed its address.
    ///
    /// # Panics
    /// If it ends, or prints none; with all that it has printed.
    pub async fn start(command: Command) -> Self {
        let (mut child, begun) = (spawned(command), Instant::now());
        let stdout = Output::of(child.stdout.take().expect("the server's output is piped"));
        let stderr = Output::of(child.stderr.take().expect("the server's log is piped"));
        let line = within("the server to be ready", stdout.line(LISTENING)).await;
        let took = begun.elapsed();
        let address = line.as_deref().and_then(listening);
        // From here on it is killed with this value, whatever it has printed.
        let server = Self { child, address: address.unwrap_or(([127, 0, 0, 1], 0).into()), took, stdout, stderr };
        if address.is_none() {
            server.stderr.end().await;
            panic!("the server did not start");
        }
        server
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How long it took from its start to its address being printed.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// What it has printed.
    #[must_use]
    pub fn stdout(&self) -> &Output {
        &self.stdout
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> &Output {
        &self.stderr
    }

    /// A program that speaks to it without an account.
    #[must_use]
    pub fn anonymous(&self) -> Api {
        Api::new(self.address, None)
    }

    /// A program that speaks to it with a token.
    #[must_use]
    pub fn api(&self, token: &str) -> Api {
        Api::new(self.address, Some(token))
    }

    /// A browser without cookies, history or script.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// Ends it at once and without a word to it, as a crash would.
    ///
    /// # Panics
    /// If it cannot be ended.
    pub fn crash(&mut self) {
        self.child.kill().expect("the server cannot be killed");
        self.child.wait().expect("the server cannot be waited for");
    }

    /// Asks it to stop.
    ///
    /// # Panics
    /// If it is gone.
    pub fn terminate(&self) {
        kill_process(self.pid(), Signal::TERM).expect("the server is gone");
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn ended(&mut self) -> ExitStatus {
        within("the server to end", async {
            self.stdout.end().await;
            self.stderr.end().await;
        })
        .await;
        self.child.wait().expect("the server cannot be waited for")
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Panics
    /// If it does not end, or not in peace.
    pub async fn stop(mut self) {
        self.terminate();
        let status = self.ended().await;
        assert!(status.success(), "the server ended with {status}");
    }

    /// From now on no file of its may be larger than so many bytes; `None`: as large as it likes. A server that is not to
    /// die of it has to be started with SIGXFSZ ignored; what it meets then is much like a full disk.
    ///
    /// # Panics
    /// If the system does not allow it.
    pub fn limit_files(&self, bytes: Option<u64>) {
        prlimit(Some(self.pid()), Resource::Fsize, Rlimit { current: bytes, maximum: None })
            .expect("prlimit is refused");
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

fn spawned(command: Command) -> Child {
    let mut command = command.into_std();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the server does not start")
}

fn listening(line: &str) -> Option<SocketAddr> {
    line.split_once(LISTENING)?.1.trim_end_matches(')').parse().ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the server printed:\n{}\nand logged:\n{}", self.stdout.text(), self.stderr.text());
        }
    }
}
