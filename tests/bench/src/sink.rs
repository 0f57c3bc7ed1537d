//! Inboxes of other servers: they take whatever is posted and tell what came when, and know nothing else. Each has a port of its own on
//! this machine, by which servers are told apart on a test network.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::Failure;

/// The longest that is waited for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Inboxes. They are closed with this value.
pub struct Sink {
    /// The server of each: `http://localhost:port`.
    pub servers: Vec<String>,
    came: Receiver<Came>,
    _runtime: tokio::runtime::Runtime,
}

/// Something that was posted.
struct Came {
    at: Instant,
    /// To which server, by its place in the list.
    server: usize,
    body: Vec<u8>,
}

impl Came {
    /// The id of what was deleted, if something was.
    fn deleted(&self) -> Option<String> {
        let said: Value = serde_json::from_slice(&self.body).ok()?;
        let object = said.get("object")?;
        let id = object.get("id").unwrap_or(object).as_str()?.to_owned();
        (said.get("type")? == "Delete").then_some(id)
    }
}

impl Sink {
    /// So many.
    pub fn open(count: usize) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (tell, came) = channel();
        let mut servers = Vec::with_capacity(count);
        for server in 0..count {
            let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
            servers.push(format!("http://localhost:{}", listener.local_addr()?.port()));
            runtime.spawn(listen(listener, server, tell.clone()));
        }
        Ok(Self { servers, came, _runtime: runtime })
    }

    /// Nothing has come since.
    pub fn is_silent(&self) -> Result<(), Failure> {
        if self.came.try_recv().is_ok() { Err("something was brought twice".into()) } else { Ok(()) }
    }

    /// Waits until so much has come, and says when the last of it did.
    pub fn last_of(&self, count: usize) -> Result<Instant, Failure> {
        let mut last = None;
        for _ in 0..count {
            last = Some(self.came.recv_timeout(PATIENCE)?.at);
        }
        Ok(last.ok_or("nothing was to come")?)
    }

    /// Waits until each server has been told of so many deletions, and says when the last was told. What else comes does not count.
    pub fn deletions(&self, count: usize) -> Result<(Instant, Deletions), Failure> {
        let mut known = Deletions::default();
        loop {
            let came = self.came.recv_timeout(PATIENCE)?;
            known.hear(&came)?;
            if known.0.len() == count * self.servers.len() {
                return Ok((came.at, known));
            }
        }
    }

    /// No server has been told of a deletion since that it knew of, nor of any other.
    pub fn tells_no_more(&self, mut known: Deletions) -> Result<(), Failure> {
        let before = known.0.len();
        self.came.try_iter().try_for_each(|came| known.hear(&came))?;
        if known.0.len() == before { Ok(()) } else { Err("more was deleted than was there".into()) }
    }
}

/// What each server was told is deleted.
#[derive(Default)]
pub struct Deletions(HashSet<(usize, String)>);

impl Deletions {
    fn hear(&mut self, came: &Came) -> Result<(), Failure> {
        match came.deleted() {
            Some(id) if !self.0.insert((came.server, id.clone())) => Err(format!("{id} was deleted twice").into()),
            Some(_) | None => Ok(()),
        }
    }
}

async fn listen(listener: TcpListener, server: usize, tell: Sender<Came>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, server, tell.clone()));
    }
}

/// Answers one request after the other until the connection ends.
async fn serve(mut stream: TcpStream, server: usize, tell: Sender<Came>) {
    let mut read = Vec::with_capacity(8 * 1024);
    // A small answer is not to wait for the last one's receipt.
    let _ = stream.set_nodelay(true);
    while let Some(posted) = request(&mut stream, &mut read).await {
        let answer: &[u8] = if let Some(body) = posted {
            // Whoever measures may have what they want already.
            let _ = tell.send(Came { at: Instant::now(), server, body });
            b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"
        } else {
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
        };
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

/// Reads one request to its end; what was posted, if it is a POST.
async fn request(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<Option<Vec<u8>>> {
    loop {
        if let Some((post, head, size)) = head(read)
            && read.len() >= size
        {
            let whole: Vec<u8> = read.drain(..size).collect();
            return Some(post.then(|| whole.into_iter().skip(head).collect()));
        }
        if stream.read_buf(read).await.ok()? == 0 {
            return None;
        }
    }
}

/// Whether it is a POST, the size of its head, and its size with its body, once its head is there.
fn head(read: &[u8]) -> Option<(bool, usize, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 48];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = request.parse(read).ok()? else { return None };
    let post = request.method == Some("POST");
    let length = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.parse::<usize>().ok());
    Some((post, head, head + length.unwrap_or(0)))
}
