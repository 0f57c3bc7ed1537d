//! HTTP/1.1 as far as generating load needs it: whole requests as bytes, one answer after another from a kept connection.
//! It must cost little, because it shares the machine with what it measures.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Room for what is read at once, and for the longest head.
const ROOM: usize = 128 * 1024;

/// One connection, kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Bytes on the wire, head and body.
    pub bytes: usize,
}

/// An answer with all that was in it.
#[derive(Clone, Debug, Default)]
pub struct Whole {
    /// Status and size.
    pub answer: Answer,
    /// Names (in lower case) and values.
    pub headers: Vec<(String, String)>,
    /// The body, without its chunks' frames.
    pub body: Vec<u8>,
}

impl Whole {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Clone, Copy)]
enum Framing {
    Length(usize),
    Chunked,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; ROOM], start: 0, end: 0 })
    }

    /// Sends a request and reads the answer to its end, keeping nothing of it.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.read(&mut None).await
    }

    /// The same, keeping everything.
    pub async fn fetch(&mut self, request: &[u8]) -> io::Result<Whole> {
        self.stream.write_all(request).await?;
        let mut kept = Some(Whole::default());
        let answer = self.read(&mut kept).await?;
        Ok(Whole { answer, ..kept.unwrap_or_default() })
    }

    async fn read(&mut self, keep: &mut Option<Whole>) -> io::Result<Answer> {
        let (status, framing, head) = loop {
            if let Some(found) = self.head(keep)? {
                break found;
            }
            self.fill().await?;
        };
        let body = match framing {
            Framing::Length(length) => self.body(length, keep).await?,
            Framing::Chunked => self.chunks(keep).await?,
        };
        Ok(Answer { status, bytes: head + body })
    }

    /// Takes the head out of the buffer, if it is there: status, framing, size.
    fn head(&mut self, keep: &mut Option<Whole>) -> io::Result<Option<(u16, Framing, usize)>> {
        let mut headers = [httparse::EMPTY_HEADER; 48];
        let mut response = httparse::Response::new(&mut headers);
        let read = self.buffer.get(self.start..self.end).unwrap_or_default();
        let httparse::Status::Complete(size) = response.parse(read).map_err(io::Error::other)? else {
            return Ok(None);
        };
        let status = response.code.unwrap_or(0);
        let mut framing = Framing::Length(0);
        for header in response.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") && status != 304 {
                let text = std::str::from_utf8(header.value).map_err(io::Error::other)?;
                framing = Framing::Length(text.parse().map_err(io::Error::other)?);
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                framing = Framing::Chunked;
            }
        }
        if let Some(whole) = keep {
            whole.headers =
                response.headers.iter().map(|header| (header.name.to_lowercase(), text(header.value))).collect();
        }
        self.start += size;
        Ok(Some((status, framing, size)))
    }

    async fn body(&mut self, length: usize, keep: &mut Option<Whole>) -> io::Result<usize> {
        let mut left = length;
        loop {
            let taken = left.min(self.end - self.start);
            self.take(taken, keep);
            left -= taken;
            if left == 0 {
                return Ok(length);
            }
            self.fill().await?;
        }
    }

    async fn chunks(&mut self, keep: &mut Option<Whole>) -> io::Result<usize> {
        let mut bytes = 0;
        loop {
            let read = self.buffer.get(self.start..self.end).unwrap_or_default();
            let parsed = httparse::parse_chunk_size(read).map_err(|_broken| io::Error::other("a broken chunk"))?;
            let httparse::Status::Complete((head, size)) = parsed else {
                self.fill().await?;
                continue;
            };
            self.start += head;
            let size = usize::try_from(size).map_err(io::Error::other)?;
            self.body(size, keep).await?;
            self.body(2, &mut None).await?;
            bytes += head + size + 2;
            if size == 0 {
                return Ok(bytes);
            }
        }
    }

    fn take(&mut self, count: usize, keep: &mut Option<Whole>) {
        let end = self.start + count;
        if let Some(whole) = keep {
            whole.body.extend_from_slice(self.buffer.get(self.start..end).unwrap_or_default());
        }
        self.start = end;
    }

    async fn fill(&mut self) -> io::Result<()> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        match self.stream.read(room).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
            count => {
                self.end += count;
                Ok(())
            }
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
