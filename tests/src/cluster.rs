//! A PostgreSQL cluster of a test's own, which it may stop, start and crash. It loses nothing that it has committed.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// The cluster. It is stopped, and gone, with this value.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    url: String,
}

/// How the cluster stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// As its operator stops it: connections are closed, everything is on disk.
    Orderly,
    /// As `kill -9` of all its processes: it must recover when it starts again.
    Crash,
}

impl Cluster {
    /// Makes a cluster and starts it.
    ///
    /// # Panics
    /// If PostgreSQL is not installed, or does not start.
    #[must_use]
    pub fn start_new() -> Self {
        let folder = tempfile::tempdir().expect("no room for a cluster");
        let url = script(&["start", &path(folder.path()), "--durable"]);
        Self { folder, url }
    }

    /// URL of its one database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it, and returns when all its processes have ended.
    ///
    /// # Panics
    /// If it does not stop.
    pub fn stop(&self, how: Stop) {
        let folder = path(self.folder.path());
        match how {
            Stop::Orderly => script(&["stop", &folder]),
            Stop::Crash => script(&["stop", &folder, "--immediate"]),
        };
    }

    /// Starts it again on the same port, and returns when it takes connections.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(&self) {
        script(&["start", &path(self.folder.path()), "--durable"]);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The test may have failed already, and may have stopped it: nothing to add to that.
        let _ = command(&["stop", &path(self.folder.path()), "--immediate"]).output();
    }
}

fn path(folder: &Path) -> String {
    folder.display().to_string()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/postgres"));
    command.args(arguments);
    command
}

fn script(arguments: &[&str]) -> String {
    let done = command(arguments).output().expect("tests/postgres does not start");
    let (stdout, stderr) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "tests/postgres {arguments:?}: {stdout}{stderr}");
    stdout.trim_end().to_owned()
}
