//! Inboxes of other servers: they take whatever is posted and tell when it came, and know nothing else. Each has a port of its own on
//! this machine, by which servers are told apart on a test network.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::Failure;

/// The longest that is waited for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Inboxes. They are closed with this value.
pub struct Sink {
    /// The server of each: `http://localhost:port`.
    pub servers: Vec<String>,
    came: Receiver<Instant>,
    _runtime: tokio::runtime::Runtime,
}

impl Sink {
    /// So many.
    pub fn open(count: usize) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (tell, came) = channel();
        let mut servers = Vec::with_capacity(count);
        for _ in 0..count {
            let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
            servers.push(format!("http://localhost:{}", listener.local_addr()?.port()));
            runtime.spawn(listen(listener, tell.clone()));
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
            last = Some(self.came.recv_timeout(PATIENCE)?);
        }
        Ok(last.ok_or("nothing was to come")?)
    }
}

async fn listen(listener: TcpListener, tell: Sender<Instant>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, tell.clone()));
    }
}

/// Answers one request after the other until the connection ends.
async fn serve(mut stream: TcpStream, tell: Sender<Instant>) {
    let mut read = Vec::with_capacity(8 * 1024);
    // A small answer is not to wait for the last one's receipt.
    let _ = stream.set_nodelay(true);
    while let Some(post) = request(&mut stream, &mut read).await {
        let answer: &[u8] = if post {
            // Whoever measures may have what they want already.
            let _ = tell.send(Instant::now());
            b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"
        } else {
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
        };
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

/// Reads one request to its end; says whether it is a POST.
async fn request(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<bool> {
    loop {
        if let Some((post, size)) = head(read)
            && read.len() >= size
        {
            read.drain(..size);
            return Some(post);
        }
        if stream.read_buf(read).await.ok()? == 0 {
            return None;
        }
    }
}

/// Whether it is a POST, and its size with its body, once its head is there.
fn head(read: &[u8]) -> Option<(bool, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 48];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = request.parse(read).ok()? else { return None };
    let post = request.method == Some("POST");
    let length = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.parse::<usize>().ok());
    Some((post, head + length.unwrap_or(0)))
}
