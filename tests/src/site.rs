//! An installation: a folder, a database, settings. Servers and commands run on it.

use std::path::Path;

use storage::testing::{self, Kept};
use storage::{Db, Holder, Place};
use tempfile::TempDir;
use tokio::process::Command;

use crate::cluster::Cluster;
use crate::network::{ADDRESSES, Network};
use crate::program::{Done, rejoinder, run};
use crate::server::Server;

/// The address that people use. The server listens elsewhere, as behind a proxy.
pub const PUBLIC_URL: &str = "http://talk.test";

/// An installation of a test's own. It vanishes with this value.
#[derive(Debug)]
pub struct Site {
    folder: TempDir,
    place: Place,
    database: Database,
    settings: Vec<(String, String)>,
}

/// What keeps the database of a site.
enum Database {
    /// One on the server that `REJOINDER_TEST_DATABASE` names.
    Shared(#[expect(dead_code, reason = "kept for its Drop")] Kept),
    /// A whole cluster.
    Own(Cluster),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Shared(_) => "shared",
            Self::Own(_) => "own",
        })
    }
}

impl Site {
    /// A fresh one, on the database server that `REJOINDER_TEST_DATABASE` names.
    ///
    /// # Panics
    /// If there is no such server.
    pub async fn new() -> Self {
        let (place, kept) = testing::migrated().await;
        Self::on(place, Database::Shared(kept))
    }

    /// A fresh one on SQLite, whatever `REJOINDER_TEST_DATABASE` names.
    ///
    /// # Panics
    /// If there is no room for one.
    #[must_use]
    pub fn embedded() -> Self {
        let (place, kept) = testing::migrated_embedded();
        Self::on(place, Database::Shared(kept))
    }

    /// A fresh one that is prepared for outages: where `REJOINDER_TEST_DATABASE` names a PostgreSQL server, on a
    /// cluster of its own.
    ///
    /// # Panics
    /// If there is no such server.
    pub async fn with_outages() -> Self {
        let (place, kept) = testing::migrated().await;
        if place.url.starts_with("sqlite:") {
            return Self::on(place, Database::Shared(kept));
        }
        let cluster = Cluster::start_new();
        let place = Place { url: cluster.url().to_owned(), ..place };
        // Commands work on what is there, and many tests fill a site before its server starts.
        drop(Db::open(place.clone()).expect("the database does not open"));
        Self::on(place, Database::Own(cluster))
    }

    fn on(place: Place, database: Database) -> Self {
        let folder = tempfile::tempdir().expect("no room for a site");
        let site = Self { folder, place, database, settings: Vec::new() };
        let url = site.place.url.clone();
        site.set("STORAGE__URL", &url)
            .set("SERVER__LISTEN", "127.0.0.1:0")
            .set("SERVER__PUBLIC_URL", PUBLIC_URL)
            .set("SERVER__DATA_DIR", "data")
    }

    /// The same with another setting: `set("LIMITS__DEPTH", "7")`.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.settings.push((format!("REJOINDER_{key}"), value.to_owned()));
        self
    }

    /// The same as a server of that network, under that name.
    #[must_use]
    pub fn at(self, network: &Network, host: &str) -> Self {
        self.set("SERVER__PUBLIC_URL", &format!("https://{host}"))
            .set("FEDERATION__DANGEROUS_ALLOW_ADDRESSES", ADDRESSES)
            .set("FEDERATION__EXTRA_CA_FILE", &network.authority().display().to_string())
    }

    /// The same without limits on how often anybody may ask.
    #[must_use]
    pub fn unlimited(self) -> Self {
        let rates = ["ACCOUNT_READS", "ACCOUNT_WRITES", "ADDRESS_READS", "ADDRESS_WRITES"];
        rates.iter().fold(self, |site, rate| site.set(&format!("LIMITS__{rate}_PER_MINUTE"), "0"))
    }

    /// Its folder, in which all its processes run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its database file, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.place.url.strip_prefix("sqlite://").map(Path::new)
    }

    /// Its cluster, if it has one of its own.
    #[must_use]
    pub fn cluster(&self) -> Option<&Cluster> {
        match &self.database {
            Database::Own(cluster) => Some(cluster),
            Database::Shared(_) => None,
        }
    }

    /// A look behind the scenes: its database, opened beside whatever runs.
    ///
    /// # Panics
    /// If it does not open.
    #[must_use]
    pub fn open(&self) -> Db {
        let place = Place { connections: 2, holder: Holder::Tool, ..self.place.clone() };
        Db::open(place).expect("the database does not open")
    }

    /// A process on this site, not started: `program`, usually [`rejoinder`], in the site's folder and with nothing but
    /// the site's settings in its environment.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder()).env_clear().envs(self.settings.iter().cloned());
        for kept in ["PATH", "LLVM_PROFILE_FILE"] {
            command.envs(std::env::var_os(kept).map(|value| (kept, value)));
        }
        command
    }

    /// Runs a command of the program to its end.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, "").await
    }

    /// The same with this on its standard input.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Done {
        let mut command = self.command(rejoinder());
        command.args(arguments);
        run(command, input).await
    }

    /// Runs the server, with another setting for this once, to an end that it should meet at once.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn set_apart(&self, key: &str, value: &str) -> Done {
        let mut command = self.command(rejoinder());
        command.arg("serve").env(format!("REJOINDER_{key}"), value);
        run(command, "").await
    }

    /// Starts the server and returns when it is ready.
    ///
    /// # Panics
    /// If it does not start; with all that it has printed.
    pub async fn start(&self) -> Server {
        Server::start(self.command(rejoinder())).await
    }

    /// A token of an account that is made for it.
    ///
    /// # Panics
    /// If either is refused.
    pub async fn token(&self, name: &str, role: &str, scope: &str) -> String {
        let _ = self.run(&["account", "create", name, "--role", role]).await.ok();
        self.run(&["token", "create", name, "--scope", scope]).await.ok()
    }
}
