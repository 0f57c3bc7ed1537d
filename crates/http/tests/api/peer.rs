//! Another server, on a port of its own: it shows what it is told to show, and signs what it sends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actions::Clock as _;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Method, Request, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use federation::keys::PrivateKey;
use federation::signature::{Form, sign};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::world::{Answer, World};

/// What a server shows, and which of its answers it holds back.
#[derive(Clone, Default)]
struct Shown {
    documents: Arc<Mutex<HashMap<String, Value>>>,
    held_back: Arc<Mutex<HashMap<String, Gate>>>,
}

/// Says that it was asked for, and waits.
type Gate = (oneshot::Sender<()>, oneshot::Receiver<()>);

/// An answer that is held back.
pub struct HeldBack {
    asked: oneshot::Receiver<()>,
    go: oneshot::Sender<()>,
}

impl HeldBack {
    /// Waits until it is asked for.
    pub async fn asked(&mut self) {
        (&mut self.asked).await.unwrap();
    }

    /// Lets it go, as it was when it was asked for.
    pub fn go(self) {
        self.go.send(()).unwrap();
    }
}

/// A server with one person, Bo.
pub struct Peer {
    pub base: String,
    pub key: PrivateKey,
    shown: Shown,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn show(State(shown): State<Shown>, Path(path): Path<String>) -> axum::response::Response {
    let document = shown.documents.lock().unwrap().get(&path).cloned();
    let gate = shown.held_back.lock().unwrap().remove(&path);
    if let Some((asked, go)) = gate {
        let _ = asked.send(());
        let _ = go.await;
    }
    match document {
        Some(Value::Null) => StatusCode::GONE.into_response(),
        Some(Value::Number(status)) => StatusCode::from_u16(status.as_u64().unwrap() as u16).unwrap().into_response(),
        Some(document) => ([(header::CONTENT_TYPE, kind(&path))], document.to_string()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn kind(path: &str) -> &'static str {
    if path == ".well-known/webfinger" { "application/jrd+json" } else { "application/activity+json" }
}

impl Peer {
    /// The key of every peer that does not need one of its own: making one takes tenths of a second.
    pub fn usual_key() -> PrivateKey {
        PrivateKey::from_pkcs8(include_bytes!("../../../federation/tests/fixtures/rsa-2048.pk8")).unwrap()
    }

    pub async fn new() -> Self {
        Self::with_key(Self::usual_key()).await
    }

    pub async fn with_key(key: PrivateKey) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let shown = Shown::default();
        let router = Router::new().route("/{*path}", get(show)).with_state(shown.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let peer = Self { base, key, shown, serving };
        peer.show("users/bo", peer.actor("bo", &peer.key));
        peer
    }

    pub fn id(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// Puts a document under a path; `null` for one that is gone, a number for that status.
    pub fn show(&self, path: &str, document: Value) {
        self.shown.documents.lock().unwrap().insert(path.to_owned(), document);
    }

    /// The next who asks for what is under a path is answered with what is there then, but late.
    pub fn hold_back(&self, path: &str) -> HeldBack {
        let ((ask, asked), (go, going)) = (oneshot::channel(), oneshot::channel());
        self.shown.held_back.lock().unwrap().insert(path.to_owned(), (ask, going));
        HeldBack { asked, go }
    }

    pub fn actor(&self, name: &str, key: &PrivateKey) -> Value {
        let id = self.id(&format!("users/{name}"));
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": "Person", "preferredUsername": name,
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"), "followers": format!("{id}/followers"),
            "endpoints": { "sharedInbox": self.id("inbox") },
            "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": key.public_pem() },
        })
    }

    /// A board, and its id.
    pub fn group(&self, name: &str) -> String {
        let mut group = self.actor(name, &self.key);
        group["type"] = json!("Group");
        group["name"] = json!(format!("All about {name}"));
        group["summary"] = json!("<p>Whatever is <b>new</b>.</p>");
        group["attributedTo"] = json!(self.id(&format!("users/{name}/moderators")));
        self.show(&format!("users/{name}"), group);
        self.id(&format!("users/{name}"))
    }

    /// The host, as it stands in handles.
    pub fn host(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A public note of Bo's that answers `to`.
    pub fn note(&self, path: &str, to: &str, content: &str) -> Value {
        json!({
            "id": self.id(path), "type": "Note", "attributedTo": self.id("users/bo"), "inReplyTo": to,
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [self.id("users/bo/followers")],
            "published": "2027-01-15T07:00:00Z", "content": content,
        })
    }

    /// An activity of Bo's.
    pub fn activity(&self, path: &str, kind: &str, object: &Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": self.id(path), "type": kind,
            "actor": self.id("users/bo"), "object": object,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
        })
    }

    /// An activity of somebody else's here.
    pub fn activity_of(&self, name: &str, path: &str, kind: &str, object: &Value) -> Value {
        let mut activity = self.activity(path, kind, object);
        activity["actor"] = json!(self.id(&format!("users/{name}")));
        activity
    }

    /// Posts an activity, signed by who acts, or by Bo if that is somebody elsewhere.
    pub async fn post(&self, world: &World, inbox: &str, activity: &Value) -> Answer {
        world.anon.send(self.signed(world, inbox, activity)).await
    }

    pub fn signed(&self, world: &World, inbox: &str, activity: &Value) -> Request<Body> {
        let actor = activity["actor"].as_str().and_then(|actor| actor.strip_prefix(&format!("{}/", self.base)));
        self.signed_by(actor.unwrap_or("users/bo"), world, (Method::POST, inbox), Some(activity.to_string()))
    }

    /// A request signed by the actor at that path.
    pub fn signed_by(
        &self,
        who: &str,
        world: &World,
        (method, path): (Method, &str),
        body: Option<String>,
    ) -> Request<Body> {
        let url = format!("https://talk.example{path}").parse().unwrap();
        let key_id = format!("{}#main-key", self.id(who));
        let (now, bytes) = (world.hands.now().0, body.as_ref().map(String::as_bytes));
        let signed = sign(Form::Cavage, &self.key, &key_id, &method, &url, bytes, now).unwrap();
        let body = body.map_or_else(Body::empty, Body::from);
        let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
        request.headers_mut().extend(signed);
        request
    }

    /// Says these very bytes as the actor at that path; they are taken, and all that has come is worked off.
    pub async fn say_as(&self, who: &str, world: &World, activity: String) {
        world.anon.send(self.signed_by(who, world, (Method::POST, "/inbox"), Some(activity))).await.is(202);
        while actions::elsewhere::work::round(&world.app.ctx).await.unwrap() > 0 {}
    }

    /// From now on this server is known to run something that keeps groups.
    pub async fn keeps_groups(&self, world: &World) {
        let (host, now) = (self.base.trim_start_matches("http://").to_owned(), world.hands.now());
        let known = world.app.ctx.db().write(move |tx| {
            storage::peers::set_software(tx, &host, ("lemmy", "0.19"), storage::peers::Dialect::Groups, now)
        });
        known.await.unwrap();
    }

    /// Posts an activity, which is taken, and works off all that has come.
    pub async fn say(&self, world: &World, activity: &Value) {
        self.post(world, "/inbox", activity).await.is(202);
        while actions::elsewhere::work::round(&world.app.ctx).await.unwrap() > 0 {}
    }
}
