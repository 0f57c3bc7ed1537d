//! A program of the host's, on a port of its own: it keeps what it is sent, and answers what it is told to answer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};

/// Something that was sent.
#[derive(Clone)]
pub struct Letter {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Letter {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Whether it was sealed with this secret, as the documentation says.
    pub fn is_sealed_with(&self, secret: &str) -> bool {
        let sealed = [self.header("x-rejoinder-timestamp").as_bytes(), b".", &self.body[..]].concat();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let seal: String = hmac::sign(&key, &sealed).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.header("x-rejoinder-signature") == format!("sha256={seal}")
    }
}

/// What it answers.
#[derive(Clone)]
pub enum Reply {
    Json(Value),
    Text(&'static str, String),
    Status(u16),
    Redirect(String),
    Hang,
    /// That it is taken, for each of which it is allowed to say so.
    Allowed(Arc<Semaphore>),
}

struct Kept {
    letters: Mutex<Vec<Letter>>,
    reply: Mutex<Reply>,
    now: AtomicUsize,
    most: AtomicUsize,
    came: Notify,
}

/// It.
pub struct Receiver {
    pub url: String,
    kept: Arc<Kept>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(kept): State<Arc<Kept>>, headers: HeaderMap, body: Bytes) -> Response {
    kept.letters.lock().unwrap().push(Letter { headers, body });
    kept.came.notify_one();
    let now = kept.now.fetch_add(1, Ordering::SeqCst) + 1;
    kept.most.fetch_max(now, Ordering::SeqCst);
    let _leaving = Leaving(Arc::clone(&kept));
    let reply = kept.reply.lock().unwrap().clone();
    match reply {
        Reply::Json(said) => axum::Json(said).into_response(),
        Reply::Text(kind, text) => ([("content-type", kind)], text).into_response(),
        Reply::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Reply::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response(),
        Reply::Hang => std::future::pending().await,
        Reply::Allowed(places) => {
            places.acquire().await.unwrap().forget();
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

/// Counts who leaves, also who does not wait for the answer.
struct Leaving(Arc<Kept>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Receiver {
    pub async fn new(reply: Reply) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}/told", listener.local_addr().unwrap().port());
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let kept =
            Arc::new(Kept { letters: Mutex::default(), reply: Mutex::new(reply), now, most, came: Notify::new() });
        let router = Router::new().fallback(take).with_state(Arc::clone(&kept));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, kept, serving }
    }

    /// A program that says this of each comment.
    pub async fn saying(verdict: &str) -> Self {
        Self::new(Reply::Json(json!({ "verdict": verdict }))).await
    }

    pub fn answers(&self, reply: Reply) {
        *self.kept.reply.lock().unwrap() = reply;
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.kept.letters.lock().unwrap().clone()
    }

    /// Waits until the first is sent.
    pub async fn first(&self) {
        self.kept.came.notified().await;
    }

    /// The most that it was asked at the same time.
    pub fn most_at_once(&self) -> usize {
        self.kept.most.load(Ordering::SeqCst)
    }
}
