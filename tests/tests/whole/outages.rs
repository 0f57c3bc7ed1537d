//! Databases that are not there: taken by another server, in a place that cannot be written, gone for a while.

use std::collections::HashMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rejoinder_tests::cluster::Stop;
use rejoinder_tests::program::{rejoinder, run};
use rejoinder_tests::wire::Wire;
use rejoinder_tests::{Answer, Api, Server, Site, within};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::{mpsc, watch};

#[tokio::test]
async fn two_servers_share_a_postgresql_and_never_a_file() {
    let site = Site::new().await;
    let token = site.token("ada", "admin", "admin").await;
    let first = site.start().await;
    if site.file().is_some() {
        let said = site.run(&["serve"]).await.refusal(1);
        assert!(said.contains("another Rejoinder server is running on"), "{said}");
        assert!(said.contains("stop it first") && said.contains("another place in storage.url"), "{said}");
        assert_eq!(first.anonymous().get("/readyz").await.expect(200).body, "ready");
        // What a dead server leaves behind keeps nobody out.
        let mut first = first;
        first.crash();
        site.start().await.stop().await;
        return;
    }
    let second = site.start().await;
    let board = json!({ "name": "talk", "title": "General talk" });
    first.api(&token).post("/api/v1/boards", &board).await.expect(201);
    let opening = json!({ "title": "Both know", "text": "of this" });
    let thread = second.api(&token).post("/api/v1/boards/talk/threads", &opening).await.expect(201).json();
    told_of_the_other(&first, &second, &token, thread["id"].as_str().unwrap()).await;
}

/// Whoever watches or reads on one node is told of what is written on the other.
async fn told_of_the_other(here: &Server, there: &Server, token: &str, thread: &str) {
    let page = here.browser().open(&format!("/t/{thread}")).await.expect(200);
    assert!(!page.answer.body.contains("From the other node."), "{page:?}");
    let mut watcher = Wire::connect(here.address()).await.unwrap();
    watcher.send(&format!("GET /api/v1/threads/{thread}/events HTTP/1.1\r\nHost: talk.test\r\n\r\n")).await;
    watcher.until("watching").await;
    let reply = json!({ "text": "From the other node." });
    there.api(token).post(&format!("/api/v1/comments/{thread}/replies"), &reply).await.expect(201);
    watcher.until("event: comment").await;
    let page = here.browser().open(&format!("/t/{thread}")).await.expect(200);
    assert!(page.answer.body.contains("From the other node."), "{page:?}");
}

/// A folder in which nobody but root may make anything, readable by all.
fn closed_folder(site: &Site) -> PathBuf {
    let folder = site.folder().join("closed");
    std::fs::create_dir(&folder).unwrap();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(&folder, 0o555);
    mode(site.folder(), 0o755);
    folder
}

/// The program as somebody for whom permissions count: root becomes nobody.
fn as_nobody(site: &Site) -> Command {
    let copy = site.folder().join("rejoinder");
    std::fs::copy(rejoinder(), &copy).unwrap();
    let mut command = site.command(&copy);
    if rustix::process::geteuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    command
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_said_in_one_line() {
    let site = Site::new().await;
    let (closed, file) = (closed_folder(&site), site.folder().join("file"));
    std::fs::write(&file, "no folder").unwrap();
    let (closed, file) = (closed.display(), file.display());
    let folders = [
        (format!("{closed}/data"), "cannot make the folder", "name another one in server.data_dir"),
        (format!("{file}/data"), "cannot make the folder", "name another one in server.data_dir"),
        (file.to_string(), "cannot make the folder", "name another one in server.data_dir"),
        (closed.to_string(), "cannot write", "server.data_dir"),
    ];
    for (folder, problem, remedy) in folders {
        let mut command = as_nobody(&site);
        command.env("REJOINDER_STORAGE__URL", "").env("REJOINDER_SERVER__DATA_DIR", &folder);
        let said = run(command, "").await.refusal(1);
        assert!(said.contains(problem) && said.contains(&folder) && said.contains(remedy), "{said}");
    }
    let unreachable = "postgres://rejoinder@127.0.0.1:1/postgres";
    let urls = [
        (format!("sqlite://{}", site.folder().display()), "storage.url"),
        (unreachable.to_owned(), "storage.url"),
        (format!("{unreachable}?password=secret"), "storage.url"),
    ];
    for (url, remedy) in urls {
        let said = site.set_apart("STORAGE__URL", &url).await.refusal(1);
        assert!(said.contains(remedy) && !said.contains("secret"), "{said}");
    }
}

/// A client that writes one comment after another, each until it is acknowledged.
struct Client {
    api: Api,
    name: String,
    thread: String,
}

/// What a client was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Acknowledged,
    Unavailable,
}

impl Client {
    /// Writes until it is told to stop, and returns how many comments it has written.
    async fn write(self, told: mpsc::UnboundedSender<(String, Said)>, stop: watch::Receiver<()>) -> (String, u32) {
        let path = format!("/api/v1/comments/{}/replies", self.thread);
        let mut number = 0;
        while stop.has_changed().is_ok() {
            let text = text(&self.name, number);
            loop {
                let request = self.api.write(Method::POST, &path, &json!({ "text": text }));
                let sent = request.header("idempotency-key", &text.replace(' ', "-")).send().await;
                let answer = Answer::read(sent.expect("no answer")).await.expect("half an answer");
                let said = if answer.status.is_success() { Said::Acknowledged } else { Said::Unavailable };
                let _ = told.send((self.name.clone(), said));
                match said {
                    Said::Acknowledged => break,
                    Said::Unavailable => is_outage(&answer),
                }
            }
            number += 1;
        }
        (self.name, number)
    }
}

fn text(client: &str, number: u32) -> String {
    format!("{client} says {number}")
}

/// The answer of a server whose database is away, to a program.
fn is_outage(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 503, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
    assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{answer:?}");
    assert_eq!(answer.json()["code"], "unavailable", "{answer:?}");
}

/// How the database of a site goes away.
#[derive(Clone, Copy, Debug)]
enum Outage {
    /// SQLite: no byte more can be written.
    NoRoom,
    /// SQLite: so many bytes fit, and then no more.
    LittleRoom(u64),
    /// PostgreSQL ends.
    Stopped(Stop),
}

impl Outage {
    fn begin(self, site: &Site, server: &Server) {
        match self {
            Self::NoRoom => server.limit_files(Some(1)),
            Self::LittleRoom(bytes) => server.limit_files(Some(log_size(site) + bytes)),
            Self::Stopped(how) => site.cluster().unwrap().stop(how),
        }
    }

    fn end(self, site: &Site, server: &Server) {
        match self {
            Self::NoRoom | Self::LittleRoom(_) => server.limit_files(None),
            Self::Stopped(_) => site.cluster().unwrap().start(),
        }
    }
}

/// Size of the file that SQLite writes to first.
fn log_size(site: &Site) -> u64 {
    let mut path = site.file().unwrap().as_os_str().to_owned();
    path.push("-wal");
    std::fs::metadata(path).map_or(0, |facts| facts.len())
}

/// A server that lives on when a file cannot grow: the signal that says so would otherwise end it.
async fn start_patient(site: &Site) -> Server {
    let mut command = site.command(Path::new("bash"));
    command.args(["-c", "trap '' XFSZ; exec \"$0\" serve"]).arg(rejoinder());
    Server::start(command).await
}

const CLIENTS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_and_comes_back_loses_nothing() {
    let site = Site::with_outages().await.unlimited();
    let outages = match site.cluster() {
        Some(_) => [Outage::Stopped(Stop::Orderly), Outage::Stopped(Stop::Crash)],
        None => [Outage::NoRoom, Outage::LittleRoom(30_000)],
    };
    let token = site.token("ada", "admin", "admin").await;
    let server = start_patient(&site).await;
    let thread = thread(&server.api(&token)).await;

    let (stop, stopped) = watch::channel(());
    let (told, mut said) = mpsc::unbounded_channel();
    let mut clients = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client { api: server.api(&token), name: format!("client{number}"), thread: thread.clone() };
        clients.spawn(client.write(told.clone(), stopped.clone()));
    }
    drop((told, stopped));
    all_are_told(Said::Acknowledged, &mut said).await;
    for outage in outages {
        outage.begin(&site, &server);
        all_are_told(Said::Unavailable, &mut said).await;
        during(outage, &server, &thread).await;
        outage.end(&site, &server);
        all_are_told(Said::Acknowledged, &mut said).await;
        assert_eq!(server.anonymous().get("/readyz").await.expect(200).body, "ready");
    }
    drop(stop);
    let written = within("the clients to end", clients.join_all()).await;
    everything_is_there_once(&server.anonymous(), &thread, written).await;
    let log = server.log().text();
    assert!(log.contains("the database is not available"), "the log does not say what was the matter:\n{log}");
    server.stop().await;
}

async fn thread(api: &Api) -> String {
    api.post("/api/v1/boards", &json!({ "name": "talk", "title": "General talk" })).await.expect(201);
    let opening = json!({ "title": "The well", "text": "Write here." });
    let thread = api.post("/api/v1/boards/talk/threads", &opening).await.expect(201).json();
    thread["id"].as_str().unwrap().to_owned()
}

/// Waits until each client was answered so at least once from now on.
async fn all_are_told(wanted: Said, said: &mut mpsc::UnboundedReceiver<(String, Said)>) {
    // What is in the channel was said before.
    while said.try_recv().is_ok() {}
    let mut by_client: HashMap<String, Said> = HashMap::new();
    while by_client.len() < CLIENTS {
        let (name, answer) = within(&format!("{wanted:?}"), said.recv()).await.expect("no client is left");
        if answer == wanted {
            by_client.insert(name, answer);
        }
    }
}

/// What still works while the database is away, and what says plainly that it does not.
async fn during(outage: Outage, server: &Server, thread: &str) {
    let api = server.anonymous();
    assert_eq!(api.get("/healthz").await.expect(200).body, "ok");
    let style = server.browser().open("/about").await.attributes("link[rel=stylesheet]", "href");
    for address in style {
        api.get(&address).await.expect(200);
    }
    let read = format!("/api/v1/threads/{thread}?sort=controversial&limit=7");
    let page = server.browser().open(&format!("/t/{thread}?sort=controversial")).await;
    match outage {
        Outage::NoRoom | Outage::LittleRoom(_) => {
            assert_eq!(api.get(&read).await.expect(200).json()["thread"]["text"], "Write here.");
            assert_eq!(page.expect(200).text("h1"), "The well");
            assert_eq!(api.get("/readyz").await.expect(200).body, "ready");
        }
        Outage::Stopped(_) => {
            is_outage(&api.get(&read).await);
            is_outage(&api.get("/readyz").await);
            let page = page.expect(503);
            assert!(page.answer.body.contains("try again"), "{page:?}");
            assert!(!page.answer.header("retry-after").is_empty(), "{page:?}");
        }
    }
}

async fn everything_is_there_once(api: &Api, thread: &str, written: Vec<(String, u32)>) {
    let read = api.all(&format!("/api/v1/threads/{thread}?sort=old&limit=500"), "comments").await;
    let mut read: Vec<&str> = read.iter().filter_map(|comment| comment["text"].as_str()).collect();
    let mut expected: Vec<String> =
        written.iter().flat_map(|(client, count)| (0..*count).map(|number| text(client, number))).collect();
    read.sort_unstable();
    expected.sort_unstable();
    assert_eq!(read, expected);
    let counted: Value = api.get(&format!("/api/v1/threads/{thread}?limit=1")).await.expect(200).json();
    assert_eq!(counted["thread"]["comments_count"], expected.len());
}
