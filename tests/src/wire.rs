//! HTTP by hand, for requests that no client sends: slow ones, cut-off ones.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::within;

/// One connection, on which the test says each byte.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    read: String,
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(address: SocketAddr) -> std::io::Result<Self> {
        Ok(Self { stream: TcpStream::connect(address).await?, read: String::new() })
    }

    /// Sends these bytes.
    ///
    /// # Panics
    /// If the other side has closed the connection.
    pub async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("the connection is closed");
    }

    /// Reads on until these words have come, and returns all that came.
    ///
    /// # Panics
    /// If the connection ends first.
    pub async fn until(&mut self, words: &str) -> &str {
        while !self.read.contains(words) {
            let more = self.part().await;
            assert!(more, "the connection ended before {words:?} came: {:?}", self.read);
        }
        &self.read
    }

    /// Reads until the other side closes the connection, and returns all that came.
    pub async fn end(mut self) -> String {
        while self.part().await {}
        self.read
    }

    /// Whether there was more to read. A connection that is reset has ended too.
    async fn part(&mut self) -> bool {
        let mut part = [0; 4096];
        let count = within("the server to send or to close", self.stream.read(&mut part)).await.unwrap_or(0);
        self.read.push_str(&String::from_utf8_lossy(part.get(..count).unwrap_or_default()));
        count > 0
    }
}
