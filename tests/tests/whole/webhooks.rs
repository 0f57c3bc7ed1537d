//! A program that is told of what happens, while it is away and the server is killed again and again: it is told of everything, in order, and
//! can prove that it is the server that tells it, by the script of the documentation. And one that is asked first, while the same happens.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rejoinder_tests::program::run;
use rejoinder_tests::{Network, Server, Site, within};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::house::{House, until};

/// Something that the program was told.
#[derive(Clone, Debug)]
struct Letter {
    headers: HashMap<String, String>,
    body: String,
}

impl Letter {
    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: HashMap<_, _> = head.lines().filter_map(header).collect();
        let length: usize = headers.get("content-length")?.parse().ok()?;
        (body.len() >= length).then(|| Self { headers, body: body.to_owned() })
    }

    fn id(&self) -> i64 {
        self.headers["x-rejoinder-id"].parse().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A program that can be away, at an address that stays the same.
struct Program {
    address: SocketAddr,
    letters: Arc<Mutex<Vec<Letter>>>,
    count: Arc<watch::Sender<usize>>,
    /// What it answers, as JSON.
    says: &'static str,
    here: Option<JoinHandle<()>>,
}

impl Program {
    /// One that is away.
    async fn new() -> Self {
        Self::saying("").await
    }

    async fn saying(says: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, letters: Arc::default(), count: Arc::new(watch::channel(0).0), says, here: None }
    }

    async fn come(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let (letters, count, says) = (Arc::clone(&self.letters), Arc::clone(&self.count), self.says);
        self.here = Some(tokio::spawn(async move {
            let mut told = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                told.spawn(hear(stream, Arc::clone(&letters), Arc::clone(&count), says));
            }
        }));
    }

    async fn go(&mut self) {
        if let Some(here) = self.here.take() {
            here.abort();
            // Only then its address is free.
            let _ = here.await;
        }
    }

    /// Waits until it was told so often, whatever it was told twice.
    async fn told(&self, times: usize) {
        let mut count = self.count.subscribe();
        within("a program to be told", count.wait_for(|told| *told >= times)).await.unwrap();
    }

    fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    /// Each thing once, as it was told first.
    fn first(&self) -> Vec<Letter> {
        let mut first: Vec<Letter> = Vec::new();
        for letter in self.letters() {
            if first.iter().all(|known| known.id() != letter.id()) {
                first.push(letter);
            }
        }
        first
    }

    /// The comments of which it was told that they were published, in that order.
    fn published(&self) -> Vec<String> {
        let letters = self.first().into_iter().map(|letter| letter.json());
        let published = letters.filter(|letter| letter["event"] == "comment.published");
        published.map(|letter| letter["comment"]["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// Keeps what is said on a connection, and then says that it is kept.
async fn hear(
    mut stream: TcpStream,
    letters: Arc<Mutex<Vec<Letter>>>,
    count: Arc<watch::Sender<usize>>,
    says: &'static str,
) {
    let answer =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{says}", says.len());
    let mut bytes = Vec::new();
    while stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
        let Some(letter) = Letter::read(&String::from_utf8_lossy(&bytes)) else { continue };
        bytes.clear();
        letters.lock().unwrap().push(letter);
        count.send_modify(|told| *told += 1);
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Somebody who writes, and what was acknowledged.
struct Scene {
    site: Site,
    token: String,
    admin: String,
    thread: String,
    webhook: String,
    written: Vec<String>,
}

impl Scene {
    async fn write(&mut self, server: &Server, times: usize) {
        for n in 0..times {
            let answer = json!({ "text": format!("The {n}th of many") });
            let path = format!("/api/v1/comments/{}/replies", self.thread);
            let written = server.api(&self.token).post(&path, &answer).await.expect(201).json();
            self.written.push(written["id"].as_str().unwrap().to_owned());
        }
    }

    /// Has what waits brought now: pauses grow, and nobody here waits for them.
    async fn resume(&self, server: &Server) {
        let path = format!("/api/v1/admin/webhooks/{}/resume", self.webhook);
        server.api(&self.admin).post(&path, &json!({})).await.expect(200);
    }
}

async fn scene(program: &Program) -> (Scene, Server, String) {
    let site = Site::new().await.unlimited().set("FEDERATION__DANGEROUS_ALLOW_ADDRESSES", "127.0.0.0/8");
    let (admin, token) = (site.token("ada", "admin", "admin").await, site.token("bo", "member", "write").await);
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let server = site.start().await;
    let opening = json!({ "title": "Which kettle?", "text": "Hm." });
    let thread = server.api(&admin).post("/api/v1/boards/talk/threads", &opening).await.expect(201).json();
    let thread = thread["id"].as_str().unwrap().to_owned();
    let url = format!("http://localhost:{}/told", program.address.port());
    let said =
        site.run(&["webhook", "add", &url, "--event", "comment.published", "--event", "comment.edited"]).await.ok();
    let secret = said.lines().last().unwrap().to_owned();
    let list = site.run(&["webhook", "list", "--json"]).await.json();
    let webhook = list[0]["id"].as_str().unwrap().to_owned();
    (Scene { site, token, admin, thread, webhook, written: Vec::new() }, server, secret)
}

/// The script of the documentation, as it stands there.
fn script() -> &'static str {
    let page = include_str!("../../../docs/webhooks.md");
    let (_, script) = page.split_once("```python\n").unwrap();
    script.split_once("```").unwrap().0
}

/// Whether it says that this came from the server.
async fn is_ours(folder: &std::path::Path, secret: &str, letter: &Letter) -> bool {
    let file = folder.join("verify.py");
    std::fs::write(&file, script()).unwrap();
    let mut command = Command::new("python3");
    let of = |name: &str| letter.headers[name].as_str();
    command.arg(file).args([secret, of("x-rejoinder-timestamp"), of("x-rejoinder-signature")]);
    run(command, &letter.body).await.status.success()
}

/// Has the function of the script look at all letters: a program for each would take long.
async fn all_are_ours(folder: &std::path::Path, secret: &str, letters: &[Letter]) {
    let ask = "import json, sys, verify\nsys.exit(any(not verify.is_ours(*a[:3], a[3].encode()) for a in json.load(sys.stdin)))";
    let of = |letter: &Letter, name: &str| letter.headers[name].clone();
    let line = |letter: &Letter| {
        json!([secret, of(letter, "x-rejoinder-timestamp"), of(letter, "x-rejoinder-signature"), letter.body])
    };
    let mut command = Command::new("python3");
    command.args(["-c", ask]).current_dir(folder);
    let said = run(command, &letters.iter().map(line).collect::<Value>().to_string()).await;
    assert!(said.status.success(), "{said:?}");
}

#[tokio::test]
async fn a_program_that_was_away_is_told_of_everything_in_order_though_the_server_is_killed() {
    let mut program = Program::new().await;
    let (mut scene, mut server, secret) = scene(&program).await;
    // It is away, and the server dies after each few comments.
    for _ in 0..3 {
        scene.write(&server, 20).await;
        server.crash();
        server = scene.site.start().await;
    }
    let list = server.api(&scene.admin).get("/api/v1/admin/webhooks").await.expect(200).json();
    assert_eq!(list["items"][0]["waiting"], 60, "{list}");
    // It is there, and the server dies while it tells.
    program.come().await;
    for round in 1..=3 {
        scene.resume(&server).await;
        scene.write(&server, 5).await;
        program.told(round * 15).await;
        server.crash();
        server = scene.site.start().await;
    }
    // It goes, and comes back.
    program.go().await;
    scene.write(&server, 5).await;
    program.come().await;
    scene.resume(&server).await;
    let last = scene.written.last().unwrap().clone();
    let edit = json!({ "text": "The last" });
    let path = format!("/api/v1/comments/{last}");
    let request = server.api(&scene.token).write(reqwest::Method::PATCH, &path, &edit);
    assert!(request.send().await.unwrap().status().is_success());
    let mut seen = 0;
    while program.first().last().is_none_or(|letter| letter.json()["event"] != "comment.edited") {
        seen = program.letters().len().max(seen) + 1;
        program.told(seen).await;
    }
    // None is lost, none stands before another, and what came twice has the same number.
    assert_eq!(program.published(), scene.written);
    let ids: Vec<i64> = program.first().iter().map(Letter::id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let again = program.letters().len() - ids.len();
    println!("{} were told, {again} of them again", program.letters().len());
    let list = scene.site.run(&["webhook", "list", "--json"]).await.json();
    assert_eq!((&list[0]["given_up"], &list[0]["error"]), (&json!(0), &json!("")), "{list}");
    assert!(is_ours(scene.site.folder(), &secret, &program.letters()[0]).await);
    all_are_ours(scene.site.folder(), &secret, &program.letters()).await;
    let changed =
        Letter { body: program.letters()[0].body.replace("published", "removed"), ..program.letters()[0].clone() };
    assert!(!is_ours(scene.site.folder(), &secret, &changed).await);
    assert!(!is_ours(scene.site.folder(), "another secret", &program.letters()[0]).await);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_program_that_is_asked_is_away_all_that_comes_waits_in_order_though_the_server_is_killed() {
    const SECRET: &str = "0123456789abcdef";
    let network = Network::take().await;
    let mut program = Program::saying(r#"{"verdict":"approve"}"#).await;
    let url = format!("http://localhost:{}/ask", program.address.port());
    let site = Site::new().await.set("MODERATION__HOOK__URL", &url).set("MODERATION__HOOK__SECRET", SECRET);
    let mut one = House::new(&network, "one.test", "ada", site.set("MODERATION__HOOK__ON_FAILURE", "closed")).await;
    let two = House::new(&network, "two.test", "bo", Site::embedded()).await;
    one.api.post("/api/v1/boards", &json!({ "name": "talk", "title": "General talk" })).await.expect(201);
    two.follow("talk.all@one.test").await;
    let opening = json!({ "title": "Which kettle?", "text": "I want one that lasts." });
    let home = one.api.post("/api/v1/boards/talk/threads", &opening).await.expect(201).json();
    let (home, copy) = (home["id"].as_str().unwrap(), two.thread("talk.all@one.test").await);
    let words = |n: usize| format!("The {n}th of many.");
    let queue = async |house: &House| house.api.all("/api/v1/admin/queue?list=held", "items").await;

    for n in 0..6 {
        two.reply(&copy, &words(n)).await;
        until("it to wait for a moderator", async || queue(&one).await.len() == n + 1).await;
        one.crash().await;
        one.start().await;
    }
    let waiting = queue(&one).await;
    for (n, item) in waiting.iter().enumerate() {
        assert!(item["html"].as_str().unwrap().contains(&words(n)), "{n}: {item}");
    }
    let why = &waiting[0]["held"];
    assert_eq!(why["cause"], "hook");
    assert!(why["rule"].as_str().unwrap().starts_with("it could not be reached"), "{why}");
    assert!(one.comments(home).await.is_empty());

    // It is back, and the server was killed once more since: it is asked about what is new, and what waited still does.
    program.come().await;
    one.crash().await;
    one.start().await;
    two.reply(&copy, &words(6)).await;
    until("the answer that was let through", async || one.comments(home).await.len() == 1).await;
    assert_eq!(queue(&one).await.len(), 6);
    let asked = program.letters();
    assert_eq!(asked.iter().map(|letter| letter.json()["text"].clone()).collect::<Vec<_>>(), [json!(words(6))]);
    assert!(is_ours(one.site.folder(), SECRET, &asked[0]).await);
    let ids: Vec<_> = waiting.iter().map(|item| item["id"].clone()).collect();
    let approve = json!({ "action": "approve", "list": "held", "ids": ids, "reason": "" });
    one.api.post("/api/v1/admin/comments/bulk", &approve).await.expect(200);
    assert_eq!(one.comments(home).await.len(), 7);
}

#[tokio::test]
async fn without_being_allowed_no_program_of_this_machine_is_called() {
    let site = Site::new().await;
    for address in ["http://localhost/", "https://127.0.0.1/", "https://[::1]:8443/"] {
        let said = site.run(&["webhook", "add", address]).await.refusal(1);
        assert!(said.contains("https://"), "{said}");
    }
    let (url, secret) = ("https://10.0.0.1/ask", "0123456789abcdef");
    let mut command = site.command(rejoinder_tests::program::rejoinder());
    command.arg("serve").env("REJOINDER_MODERATION__HOOK__URL", url).env("REJOINDER_MODERATION__HOOK__SECRET", secret);
    let said = run(command, "").await.refusal(1);
    assert!(said.contains("moderation.hook.url") && said.contains(url) && !said.contains(secret), "{said}");
}
