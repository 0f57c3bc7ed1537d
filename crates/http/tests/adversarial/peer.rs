//! Another server on a port of its own: it shows what it is told to show, as it is told to, and remembers who asked for what.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::voice::Voice;

/// What is answered.
#[derive(Clone)]
pub enum Reply {
    /// A document of ActivityPub.
    Document(Value),
    /// This status, headers (each ending in `\r\n`) and body.
    Status(u16, String, String),
    /// These bytes and then more of the last without end.
    Endless(Vec<u8>),
    /// These bytes and then nothing, not even the end. The clock of the test goes on by itself from then on.
    Hang(Vec<u8>),
}

impl Reply {
    /// A document under another type.
    pub fn typed(kind: &str, body: &str) -> Self {
        Self::Status(200, format!("Content-Type: {kind}\r\n"), body.to_owned())
    }

    pub fn redirect(location: &str) -> Self {
        Self::Status(302, format!("Location: {location}\r\n"), String::new())
    }

    pub fn status(status: u16) -> Self {
        Self::Status(status, String::new(), String::new())
    }
}

type Answering = Arc<dyn Fn(&str) -> Option<Reply> + Send + Sync>;

#[derive(Default)]
struct Shown {
    by_path: HashMap<String, Reply>,
    otherwise: Option<Answering>,
    seen: Vec<String>,
}

/// The server, with one person, Bo.
pub struct Peer {
    bo: Voice,
    shown: Arc<Mutex<Shown>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Deref for Peer {
    type Target = Voice;
    fn deref(&self) -> &Voice {
        &self.bo
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Peer {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bo = Voice::new(&format!("http://localhost:{}", listener.local_addr().unwrap().port()), "bo");
        let shown = Arc::<Mutex<Shown>>::default();
        let serving = tokio::spawn(listen(listener, Arc::clone(&shown)));
        let peer = Self { bo, shown, serving };
        peer.show("/users/bo", peer.actor());
        peer
    }

    /// `localhost:1234`.
    pub fn host(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Puts a document under a path.
    pub fn show(&self, path: &str, document: Value) {
        self.reply(path, Reply::Document(document));
    }

    /// Shows a person of this server.
    pub fn show_actor(&self, who: &Voice) {
        self.show(&format!("/users/{}", who.name), who.actor());
    }

    /// Puts an answer under a path.
    pub fn reply(&self, path: &str, reply: Reply) {
        self.shown.lock().unwrap().by_path.insert(path.to_owned(), reply);
    }

    /// What is answered where nothing else is.
    pub fn otherwise(&self, answering: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) {
        self.shown.lock().unwrap().otherwise = Some(Arc::new(answering));
    }

    /// The requests so far, heads and bodies.
    pub fn seen(&self) -> Vec<String> {
        self.shown.lock().unwrap().seen.clone()
    }

    /// What was asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        let path = |request: &String| request.strip_prefix("GET ")?.split(' ').next().map(str::to_owned);
        self.seen().iter().filter_map(path).collect()
    }

    /// Forgets who asked.
    pub fn forget(&self) {
        self.shown.lock().unwrap().seen.clear();
    }
}

async fn listen(listener: TcpListener, shown: Arc<Mutex<Shown>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&shown)));
    }
}

async fn serve(mut stream: TcpStream, shown: Arc<Mutex<Shown>>) {
    let Some(request) = read(&mut stream).await else { return };
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let is_post = request.starts_with("POST ");
    let reply = {
        let mut shown = shown.lock().unwrap();
        shown.seen.push(request);
        let known = shown.by_path.get(&path).cloned();
        known.or_else(|| shown.otherwise.as_ref().and_then(|answering| answering(&path)))
    };
    let missing = Reply::status(if is_post { 202 } else { 404 });
    match reply.unwrap_or(missing) {
        Reply::Document(document) => {
            finish(stream, &whole(200, "Content-Type: application/activity+json\r\n", &document.to_string())).await;
        }
        Reply::Status(status, headers, body) => finish(stream, &whole(status, &headers, &body)).await,
        Reply::Endless(mut bytes) => {
            while stream.write_all(&bytes).await.is_ok() {
                bytes = vec![b' '; 64 << 10];
            }
        }
        Reply::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            tokio::time::pause();
            std::future::pending::<()>().await;
        }
    }
}

fn whole(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

async fn finish(mut stream: TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
        if body.len() >= length {
            return Some(text.into_owned());
        }
    }
}
