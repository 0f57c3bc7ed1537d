//! The program under test, and commands of it that run to their end.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::within;

/// Names a program that was built already.
const BIN: &str = "REJOINDER_BIN";

/// Path of the program. Unless `REJOINDER_BIN` names one it is built now, so that no test ever speaks to a stale one.
pub fn rejoinder() -> &'static Path {
    static PATH: LazyLock<PathBuf> = LazyLock::new(|| std::env::var_os(BIN).map_or_else(build, PathBuf::from));
    &PATH
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = std::process::Command::new(cargo)
        .args(["build", "--package=rejoinder-server", "--message-format=json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo does not start");
    assert!(built.status.success(), "the program under test does not build");
    let messages = String::from_utf8_lossy(&built.stdout);
    let program = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(executable);
    program.expect("cargo built no program")
}

fn executable(message: Value) -> Option<PathBuf> {
    message.get("executable")?.as_str().map(PathBuf::from)
}

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it answered.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Done {
    /// Standard output of a command that did what it was told, without the line end.
    ///
    /// # Panics
    /// If it did not.
    #[must_use]
    pub fn ok(self) -> String {
        assert!(self.status.success(), "{self:?}");
        self.stdout.trim_end().to_owned()
    }

    /// The same as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.ok()).expect("the command answers no JSON")
    }

    /// The one line by which a command that ended with this status says why.
    ///
    /// # Panics
    /// If it ended otherwise, or said more, or less.
    #[must_use]
    pub fn refusal(self, status: i32) -> String {
        assert_eq!(self.status.code(), Some(status), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        self.stderr.trim_end().to_owned()
    }
}

/// Runs a command to its end, with this on its standard input.
///
/// # Panics
/// If it does not start or does not end.
pub async fn run(mut command: Command, input: &str) -> Done {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("the command does not start");
    if let Some(mut stdin) = child.stdin.take() {
        // A command that ends before it has read its input says why in its output, not here.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let ended =
        within("the end of a command", child.wait_with_output()).await.expect("the command cannot be waited for");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Done { status: ended.status, stdout: text(ended.stdout), stderr: text(ended.stderr) }
}
