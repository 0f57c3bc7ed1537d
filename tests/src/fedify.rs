//! A server that is not ours: the program in `tests/peers`, on Fedify. It is told what its people do, and tells what
//! arrives.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::network::{Front, Network, Speaks};
use crate::within;

/// Something that the server has told.
#[derive(Clone, Debug)]
pub struct Told {
    /// When that was.
    pub at: Instant,
    /// What.
    pub what: Value,
}

/// The running server. It ends with this value.
pub struct Fedify {
    child: Child,
    commands: Mutex<ChildStdin>,
    numbers: AtomicU64,
    told: watch::Receiver<Vec<Told>>,
    _front: Front,
}

impl Fedify {
    /// Starts it under that name. `settings` are its own, without its address.
    ///
    /// # Panics
    /// If it does not start; its packages are installed by `tests/run`, or by `npm ci --prefix tests/peers`.
    pub async fn start(network: &Network, host: &str, mut settings: Value) -> Self {
        settings["origin"] = json!(format!("https://{host}"));
        let mut child = Command::new("node")
            .arg(program())
            .arg(settings.to_string())
            .env("NODE_EXTRA_CA_CERTS", network.authority())
            .env("NODE_NO_WARNINGS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js does not start");
        let commands = Mutex::new(child.stdin.take().expect("its input is piped"));
        let told = listen(child.stdout.take().expect("its output is piped"));
        let mut front = network.front(host, Speaks::Http1).await;
        let listening = heard(&told, "Fedify to be ready", |what| what["listening"].as_u64()).await.0;
        front.lead_to(([127, 0, 0, 1], u16::try_from(listening).expect("a port")).into()).await;
        Self { child, commands, numbers: AtomicU64::new(1), told, _front: front }
    }

    /// Lets somebody there do something, and returns what was done.
    ///
    /// # Panics
    /// If it failed.
    pub async fn does(&self, what: &str, mut how: Value) -> Value {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        (how["ask"], how["do"]) = (json!(number), json!(what));
        let mut line = how.to_string();
        line.push('\n');
        self.commands.lock().expect("a thread has failed").write_all(line.as_bytes()).expect("Fedify has ended");
        let (answer, _) =
            heard(&self.told, &format!("Fedify to {line}"), |told| (told["answer"] == number).then(|| told.clone()))
                .await;
        assert_eq!(answer.get("failed"), None, "{line}");
        answer["is"].clone()
    }

    /// The first thing that has arrived there, or will, of which this is true.
    ///
    /// # Panics
    /// If nothing does.
    pub async fn receives(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Told {
        let (what, at) =
            heard(&self.told, what, |told| told.get("arrived").filter(|arrived| is_it(arrived)).cloned()).await;
        Told { at, what }
    }

    /// All that has arrived until now.
    #[must_use]
    pub fn received(&self) -> Vec<Value> {
        self.told.borrow().iter().filter_map(|told| told.what.get("arrived").cloned()).collect()
    }

    /// When it began to send the activity of that id.
    ///
    /// # Panics
    /// If it has not.
    #[must_use]
    pub fn said(&self, id: &str) -> Instant {
        let told = self.told.borrow();
        told.iter()
            .find(|told| told.what["id"] == id && told.what["saying"] != Value::Null)
            .expect("it was not said")
            .at
    }

    /// What went wrong there.
    #[must_use]
    pub fn failures(&self) -> Vec<Value> {
        self.told.borrow().iter().filter_map(|told| told.what.get("failed").cloned()).collect()
    }
}

impl Drop for Fedify {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            for told in self.told.borrow().iter() {
                eprintln!("Fedify told: {}", told.what);
            }
        }
    }
}

fn program() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    assert!(folder.join("node_modules").exists(), "Fedify is not installed: npm ci --prefix tests/peers");
    folder.join("fedify.mjs")
}

fn listen(stream: impl std::io::Read + Send + 'static) -> watch::Receiver<Vec<Told>> {
    let (all, told) = watch::channel(Vec::new());
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let what = serde_json::from_str(&line).unwrap_or(Value::String(line));
            all.send_modify(|all| all.push(Told { at: Instant::now(), what }));
        }
    });
    told
}

/// The first thing told of which `find` makes something, and when it was told.
async fn heard<T>(told: &watch::Receiver<Vec<Told>>, what: &str, find: impl Fn(&Value) -> Option<T>) -> (T, Instant) {
    let mut told = told.clone();
    let first = |all: &[Told]| all.iter().find_map(|told| Some((find(&told.what)?, told.at)));
    within(what, async {
        // Whether it ends well or not: what was told last may have come together with the end.
        let _ = told.wait_for(|all| first(all).is_some()).await;
        first(&told.borrow()).unwrap_or_else(|| panic!("Fedify has ended, and {what} has not come"))
    })
    .await
}
