//! An instance with a thread, another server that is known to it and follows everything, and what is made sure of after something came.

use actions::Clock as _;
use domain::{ActorId, Origin};
use serde_json::{Value, json};
use storage::inbox::{self, State};
use storage::remotes::{Kind, Presence, Remote};

use crate::house::{Answer, House, Wishes, same};
use crate::letter::Letter;
use crate::peer::Peer;
use crate::voice::Voice;

/// Tables in which it is written that something came, and nothing of what it did.
pub const ARRIVALS: [&str; 2] = ["inbox", "peers"];
/// The same, and who was met on the way.
pub const ACQUAINTANCE: [&str; 6] = ["inbox", "peers", "remotes", "actors", "introductions", "keys"];

/// An instance and another server.
pub struct Scene {
    pub house: House,
    pub peer: Peer,
    /// The id of a thread by Ana.
    pub thread: String,
}

impl Scene {
    pub async fn new() -> Self {
        Self::with(Wishes::default()).await
    }

    pub async fn with(wishes: Wishes) -> Self {
        let house = House::with(wishes).await;
        let peer = Peer::new().await;
        let thread = house.thread("Which kettle?").await;
        let scene = Self { house, peer, thread };
        for (number, followed) in ["b/talk", "b/talk.all", "u/ana"].iter().enumerate() {
            let follow = scene.peer.activity(&format!("follows/{number}"), "Follow", &json!(scene.house.id(followed)));
            scene.says(&scene.peer, &follow).await;
        }
        scene.peer.forget();
        scene
    }

    /// The id of the root.
    pub fn root(&self) -> String {
        self.house.id(&format!("c/{}", self.thread))
    }

    /// A note of Bo's in the thread.
    pub fn note(&self, path: &str, content: &str) -> Value {
        self.peer.note(path, &self.root(), content)
    }

    /// How it was made known.
    pub fn create(&self, path: &str, note: &Value) -> Value {
        self.peer.activity(path, "Create", note)
    }

    /// An answer in the thread, sent as it should be: what is to be spoiled.
    pub fn letter(&self) -> Letter {
        self.peer.letter(&self.house, &self.create("creates/spoiled", &self.note("notes/spoiled", "<p>Spoiled.</p>")))
    }

    /// Somebody says something, which is taken, and worked off.
    pub async fn says(&self, who: &Voice, activity: &Value) {
        self.house.send(&who.letter(&self.house, activity)).await.is(202);
        self.house.work().await;
    }

    /// The same of a new note of Bo's; the number that its comment has here.
    pub async fn writes(&self, path: &str, content: &str) -> String {
        self.says(&self.peer, &self.create(&format!("creates/{path}"), &self.note(path, content))).await;
        self.comment(&self.peer.id(path)).await.unwrap()
    }

    /// The comment that has this id elsewhere.
    pub async fn comment(&self, uri: &str) -> Option<String> {
        let uri = uri.to_owned();
        let found = self.house.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap();
        found.map(|object| object.comment.to_string())
    }

    /// The thread as its readers see it.
    pub async fn shown(&self) -> Answer {
        self.house.get(&format!("/api/v1/threads/{}", self.thread)).await.is(200)
    }

    /// The words of a comment as its readers see them.
    pub async fn words(&self, comment: &str) -> String {
        self.house.get(&format!("/api/v1/comments/{comment}")).await.is(200).body
    }

    /// Why the last thing that came had no effect.
    pub async fn reason(&self, state: State) -> String {
        let mut found = self.house.ctx.db().read(move |tx| inbox::page(tx, state, None, 1)).await.unwrap();
        found.pop().map(|entry| entry.reason).unwrap_or_default()
    }

    /// It is refused at the door with this status and code: nothing is stored, nothing is asked for, nothing has changed.
    #[track_caller]
    pub fn refuses(&self, letter: &Letter, status: u16, code: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        let (letter, code) = (letter.clone(), code.to_owned());
        async move {
            let before = self.house.rows(&[]).await;
            let answer = self.house.send(&letter).await;
            self.house.work().await;
            let found = (answer.status, answer.body.contains(&format!("\"code\":\"{code}\"")));
            assert_eq!(found, (status, true), "{place}: {}", answer.body);
            same(&before, &self.house.rows(&[]).await);
            assert!(self.peer.seen().is_empty(), "{place}: {:?}", self.peer.asked());
        }
    }

    /// It is taken, and has its effect: Bo's note stands in the thread.
    #[track_caller]
    pub fn takes(&self, letter: &Letter) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        let letter = letter.clone();
        async move {
            let answer = self.house.send(&letter).await;
            assert_eq!(answer.status, 202, "{place}: {}", answer.body);
            self.house.work().await;
            let body: Value = serde_json::from_slice(&letter.body).unwrap();
            let note = body["object"]["id"].as_str().unwrap();
            let why = (self.reason(State::Refused).await, self.reason(State::Ignored).await);
            assert!(self.comment(note).await.is_some(), "{place}: {why:?}");
        }
    }

    /// It is answered with 202 and changes nothing, whatever is written down of its having come.
    pub async fn ignores(&self, who: &Voice, activity: &Value) {
        self.ignores_letter(&who.letter(&self.house, activity)).await;
    }

    pub async fn ignores_letter(&self, letter: &Letter) {
        let before = self.house.rows(&ARRIVALS).await;
        self.house.send(letter).await.is(202);
        self.house.work().await;
        same(&before, &self.house.rows(&ARRIVALS).await);
    }

    /// The same where strangers may be met on the way.
    pub async fn ignores_strangers(&self, who: &Voice, activity: &Value) {
        let before = self.house.rows(&ACQUAINTANCE).await;
        self.house.send(&who.letter(&self.house, activity)).await;
        self.house.work().await;
        same(&before, &self.house.rows(&ACQUAINTANCE).await);
    }

    /// Whatever is answered, nothing changes.
    pub async fn unmoved(&self, letter: &Letter) -> Answer {
        let before = self.house.rows(&ARRIVALS).await;
        let answer = self.house.send(letter).await;
        self.house.work().await;
        same(&before, &self.house.rows(&ARRIVALS).await);
        answer
    }

    /// Somebody is known here without having been asked for.
    pub async fn acquaint(&self, who: &Voice) {
        acquaint(&self.house, who).await;
    }
}

/// Somebody is known here without having been asked for: on the internet, where nobody can be asked by a test.
pub async fn acquaint(house: &House, who: &Voice) {
    let id = ActorId(house.ctx.id());
    let host = who.base.split_once("://").unwrap().1.to_owned();
    let now = house.hands.now();
    let actor = storage::actors::Actor {
        id,
        origin: Origin::Remote,
        name: who.name.clone(),
        host,
        about: String::new(),
        about_html: String::new(),
        created: now,
    };
    let remote = Remote {
        actor: id,
        uri: who.me(),
        kind: Kind::Person,
        inbox: format!("{}/inbox", who.me()),
        shared_inbox: None,
        followers: None,
        url: None,
        key_id: who.key_id(),
        key: who.key.public_pem(),
        presence: Presence::There,
        fetched: now,
    };
    let known = house.ctx.db().write(move |tx| {
        storage::actors::insert(tx, &actor)?;
        storage::remotes::insert(tx, &remote)
    });
    known.await.unwrap();
}
