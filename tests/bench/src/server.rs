//! A server as a child process on loopback: the release binary, or the baseline.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::load::{self, Load, Next, Outcome};
use crate::process::Process;
use crate::request::Request;
use crate::wire::{Connection, Whole};

/// Opens `/metrics` of the measured server, which only this machine can reach.
const METRICS_TOKEN: &str = "only-for-measuring";

/// A running server. It is ended when this is dropped.
pub struct Server {
    child: Child,
    /// What it says comes here, for as long as it runs.
    _said: BufReader<ChildStdout>,
    address: SocketAddr,
    /// From the start of the process until it could be asked.
    pub ready_after: Duration,
}

impl Server {
    /// The release binary with its data in this folder, and settings beside those that every measurement has.
    ///
    /// Requests are counted against limits that nobody can reach, so that the counting is part of what is measured.
    pub fn rejoinder(program: &Path, folder: &Path, database: &str, more: &[(&str, &str)]) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REJOINDER_")) {
            command.env_remove(name);
        }
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("server.log"))?;
        command.arg("serve").current_dir(folder).stderr(log).envs(more.iter().copied()).envs([
            ("REJOINDER_SERVER__LISTEN", "127.0.0.1:0"),
            ("REJOINDER_SERVER__LOG_FILTER", "warn"),
            ("REJOINDER_STORAGE__URL", database),
            ("REJOINDER_METRICS__TOKEN", METRICS_TOKEN),
            ("REJOINDER_LIMITS__ACCOUNT_READS_PER_MINUTE", "4000000000"),
            ("REJOINDER_LIMITS__ACCOUNT_WRITES_PER_MINUTE", "4000000000"),
            ("REJOINDER_LIMITS__ADDRESS_READS_PER_MINUTE", "4000000000"),
            ("REJOINDER_LIMITS__ADDRESS_WRITES_PER_MINUTE", "4000000000"),
            ("REJOINDER_LIMITS__LOGIN_TRIES", "1000"),
        ]);
        Self::start(command)
    }

    /// The baseline: this program once more, serving one answer.
    pub fn baseline(answer: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("static").arg(answer);
        Self::start(command)
    }

    fn start(mut command: Command) -> Result<Self, Failure> {
        let begun = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let said = child.stdout.take().ok_or("the server has no output")?;
        let mut said = BufReader::new(said);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let ready_after = begun.elapsed();
        let address = line.split_once("(listening on ").and_then(|(_, rest)| rest.trim_end().strip_suffix(')'));
        let Some(address) = address.and_then(|text| text.parse().ok()) else {
            child.kill()?;
            return Err(format!("the server did not start: {line:?}").into());
        };
        Ok(Self { child, _said: said, address, ready_after })
    }

    /// What `/proc` tells of it.
    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Loads it.
    pub fn drive(&self, load: Load, status: u16, source: impl FnMut(usize) -> Next) -> Result<Outcome, Failure> {
        load::drive((self.address, self.process()), load, status, source)
    }

    /// One request.
    pub fn fetch(&self, request: &Request) -> Result<Whole, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let fetched = async { Connection::open(self.address).await?.fetch(&request.bytes()).await };
        Ok(runtime.block_on(fetched)?)
    }

    /// A sum or count of the server's metrics.
    pub fn metric(&self, name: &str) -> Result<f64, Failure> {
        let page = self.fetch(&Request::new("GET", "/metrics").token(METRICS_TOKEN))?;
        let text = String::from_utf8(page.body)?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        Ok(value.unwrap_or(0.0))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
