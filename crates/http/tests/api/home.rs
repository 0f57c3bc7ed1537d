//! Another server whose answers are computed, and which remembers what it was asked for. Everybody on it has the same key.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::peer::Peer;

type Answering = Arc<dyn Fn(&str, &str) -> Option<Value> + Send + Sync>;

#[derive(Clone)]
struct Inside {
    base: String,
    key: String,
    answering: Answering,
    asked: Arc<Mutex<Vec<String>>>,
}

/// The server. It ends with this value.
pub struct Home {
    pub base: String,
    asked: Arc<Mutex<Vec<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Home {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Home {
    /// Answers by path with query (without the first `/`) and its own address. `null` is what is gone; nothing is what is not there.
    /// Below `users/` it has everybody who is asked for.
    pub async fn new(answering: impl Fn(&str, &str) -> Option<Value> + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let key = Peer::usual_key().public_pem();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let inside = Inside { base: base.clone(), key, answering: Arc::new(answering), asked: Arc::clone(&asked) };
        let router = Router::new().fallback(answer).with_state(inside);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, asked, serving }
    }

    pub fn id(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// What it was asked for since the last time, people left out.
    pub fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.retain(|path| !path.starts_with("users/"));
        asked
    }
}

async fn answer(State(inside): State<Inside>, uri: Uri) -> Response {
    let path = uri.path_and_query().unwrap().as_str().trim_start_matches('/').to_owned();
    inside.asked.lock().unwrap().push(path.clone());
    let document = (inside.answering)(&path, &inside.base).or_else(|| {
        let name = path.strip_prefix("users/")?;
        Some(actor(&inside.base, name, &inside.key))
    });
    match document {
        Some(Value::Null) => StatusCode::GONE.into_response(),
        Some(document) => {
            let kind =
                if path.starts_with(".well-known/") { "application/jrd+json" } else { "application/activity+json" };
            ([(header::CONTENT_TYPE, kind)], document.to_string()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn actor(base: &str, name: &str, key: &str) -> Value {
    let id = format!("{base}/users/{name}");
    json!({
        "id": id, "type": "Person", "preferredUsername": name, "inbox": format!("{id}/inbox"),
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": key },
    })
}

/// A public note of Cy's that answers `to`, with the answers that its home knows.
pub fn note(base: &str, path: &str, to: &str, replies: Value) -> Value {
    json!({
        "id": format!("{base}/{path}"), "type": "Note", "attributedTo": format!("{base}/users/cy"), "inReplyTo": to,
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "published": "2027-01-15T07:00:00Z",
        "content": format!("<p>{path}</p>"), "replies": replies,
    })
}

/// A list that stands in a note, with its first page.
pub fn list(items: &[String], next: Option<String>) -> Value {
    json!({ "type": "Collection", "first": { "type": "CollectionPage", "items": items, "next": next } })
}

/// A page of a list.
pub fn page(items: &[String], next: Option<String>) -> Value {
    json!({ "type": "CollectionPage", "items": items, "next": next })
}
