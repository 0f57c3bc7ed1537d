//! A server on this machine that answers as it is told, for tests: also what no honest server would send.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{Client, Setup, Timeouts};
use crate::budget::{Allowance, Budget, Cause};
use crate::origin::{Id, Rules};

/// What is answered.
pub(crate) enum Reply {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// These bytes, and then more of the last without end.
    Endless(Vec<u8>),
    /// These bytes, and then nothing, not even the end.
    Hang(Vec<u8>),
}

impl Reply {
    /// Status and headers, each line ending in `\r\n`, and the body.
    pub(crate) fn new(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes())
    }

    pub(crate) fn activity(body: &str) -> Self {
        Self::new(200, "Content-Type: application/activity+json\r\n", body)
    }

    pub(crate) fn jrd(body: &str) -> Self {
        Self::new(200, "Content-Type: application/jrd+json\r\n", body)
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::new(302, &format!("Location: {location}\r\n"), "")
    }
}

/// The server. It ends with the test's runtime.
pub(crate) struct Peer {
    base: String,
    seen: Arc<Mutex<Vec<String>>>,
}

type Answering = Arc<dyn Fn(&str, &str) -> Reply + Send + Sync>;

impl Peer {
    /// Answers by path (with query) and its own address, such as `http://localhost:1234`.
    pub(crate) async fn start(answering: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen("http", None, Arc::new(answering)).await
    }

    /// The same with TLS.
    pub(crate) async fn secure(tls: TlsAcceptor, body: &'static str) -> Self {
        let answering = move |path: &str, base: &str| Reply::activity(&body.replace("ID", &format!("{base}{path}")));
        Self::listen("https", Some(tls), Arc::new(answering)).await
    }

    async fn listen(scheme: &str, tls: Option<TlsAcceptor>, answering: Answering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("{scheme}://localhost:{}", listener.local_addr().unwrap().port());
        let (seen, own) = (Arc::<Mutex<Vec<String>>>::default(), base.clone());
        let seen_here = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answering, own, tls) =
                    (Arc::clone(&seen_here), Arc::clone(&answering), own.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &seen, &answering, &own).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &seen, &answering, &own).await;
                            }
                        }
                    }
                });
            }
        });
        Self { base, seen }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn id(&self, path: &str) -> Id {
        rules().id(&self.url(path)).unwrap()
    }

    /// `localhost:1234`.
    pub(crate) fn host(&self) -> String {
        self.id("/").host()
    }

    /// The requests so far, heads and bodies.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    seen: &Mutex<Vec<String>>,
    answering: &Answering,
    own: &str,
) {
    let Some(request) = read_request(&mut stream).await else { return };
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.lock().unwrap().push(request);
    match answering(&path, own) {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Endless(mut bytes) => {
            while stream.write_all(&bytes).await.is_ok() {
                bytes = vec![b' '; 64 << 10];
            }
        }
        Reply::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
    }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
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

/// Rules of a server on a network of its own.
pub(crate) fn rules() -> Rules {
    Rules::new("http://localhost:1", vec!["127.0.0.0/8".parse().unwrap()]).unwrap()
}

pub(crate) fn setup(rules: Rules) -> Setup {
    let [connect, send, fetch] = [5_000, 5_000, 5_000].map(Duration::from_millis);
    let user_agent = "Rejoinder/0 (+http://localhost:1)".to_owned();
    Setup { user_agent, rules, extra_ca_pem: None, timeouts: Timeouts { connect, send, fetch } }
}

pub(crate) fn client() -> Client {
    Client::new(setup(rules())).unwrap()
}

pub(crate) fn budget() -> Budget {
    Budget::new(Allowance::default(), Cause::Ours)
}
