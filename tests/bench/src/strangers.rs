//! People on other servers, played: whom the measured server knows, with keys of their own; and what they say, signed before any
//! clock runs.

use std::sync::Arc;

use bytes::Bytes;
use domain::{ActorId, CommentId, Origin, Time};
use federation::keys::PrivateKey;
use federation::signature::{Form, sign};
use serde_json::json;
use storage::actors::{self, Actor};
use storage::inbox::{self, Arrival, Stored};
use storage::remotes::{self, Kind, Presence, Remote};
use url::Url;

use crate::Failure;
use crate::populate::Filling;
use crate::request::Request;
use crate::words::Words;

/// What the measured server is called where it is spoken to from elsewhere.
pub const PUBLIC_URL: &str = "https://localhost";
/// The setting that says so.
pub const AS_CALLED: (&str, &str) = ("REJOINDER_SERVER__PUBLIC_URL", PUBLIC_URL);
/// Threads that sign: as many as the machine has in the targets.
const SIGNING: usize = 2;
/// Rows that are stored in one transaction.
const BATCH: usize = 500;

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const PUBLISHED: &str = "2026-02-01T12:00:00Z";

/// Somebody elsewhere.
#[derive(Clone)]
pub struct Stranger {
    /// Their server: `https://host`.
    pub server: String,
    /// Their id.
    pub uri: String,
    /// Who they are here.
    pub actor: ActorId,
    key: Arc<PrivateKey>,
}

/// Something that is said.
pub struct Said {
    /// Its number among all that anybody says.
    pub number: usize,
    /// Who says it.
    pub by: Stranger,
    /// What it answers: an id.
    pub answers: String,
    /// In which words, as HTML.
    pub words: String,
}

/// So many servers, none of which is ever dialled.
pub fn servers(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("https://server{number}.example")).collect()
}

/// So many keys.
pub fn keys(count: usize) -> Result<Vec<Arc<PrivateKey>>, Failure> {
    in_turns((0..count).collect(), |_| Ok(Arc::new(PrivateKey::generate()?)))
}

/// Does something with each, in order, on as many threads as sign.
fn in_turns<T: Send, U: Send>(all: Vec<T>, work: impl Fn(T) -> Result<U, Failure> + Sync) -> Result<Vec<U>, Failure> {
    let each = all.len().div_ceil(SIGNING).max(1);
    let mut all = all.into_iter();
    let parts: Vec<Vec<T>> = (0..SIGNING).map(|_| all.by_ref().take(each).collect()).collect();
    std::thread::scope(|scope| {
        let work = &work;
        let run = |part: Vec<T>| scope.spawn(move || part.into_iter().map(work).collect::<Result<Vec<U>, Failure>>());
        let running: Vec<_> = parts.into_iter().map(run).collect();
        let mut done = Vec::new();
        for one in running {
            done.extend(one.join().map_err(|_panic| "a thread has panicked")??);
        }
        Ok(done)
    })
}

/// The id of a comment of the measured server.
pub fn ours(comment: CommentId) -> String {
    format!("{PUBLIC_URL}/c/{comment}")
}

impl Stranger {
    /// What their server is called.
    pub fn host(&self) -> String {
        self.server.split_once("://").map(|(_, host)| host.to_owned()).unwrap_or_default()
    }
}

impl Said {
    fn id(&self) -> String {
        format!("{}/activity", self.note())
    }

    /// The id of the comment that is made.
    pub fn note(&self) -> String {
        format!("{}/notes/{}", self.by.server, self.number)
    }

    /// As Mastodon would write it.
    fn body(&self) -> String {
        let (id, by) = (self.note(), &self.by.uri);
        let cc = json!([format!("{by}/followers"), format!("{PUBLIC_URL}/b/bench")]);
        json!({
            "@context": [
                "https://www.w3.org/ns/activitystreams",
                { "ostatus": "http://ostatus.org#", "atomUri": "ostatus:atomUri", "sensitive": "as:sensitive",
                  "conversation": "ostatus:conversation", "inReplyToAtomUri": "ostatus:inReplyToAtomUri" },
            ],
            "id": self.id(), "type": "Create", "actor": by, "published": PUBLISHED, "to": [PUBLIC], "cc": cc,
            "object": {
                "id": id, "type": "Note", "summary": null, "inReplyTo": self.answers, "published": PUBLISHED,
                "url": format!("{}/@somebody/{}", self.by.server, self.number), "attributedTo": by,
                "to": [PUBLIC], "cc": cc, "sensitive": false, "atomUri": id, "inReplyToAtomUri": self.answers,
                "conversation": format!("tag:localhost,2026-02-01:objectId={}:objectType=Conversation", self.number),
                "content": self.words, "contentMap": { "en": self.words }, "attachment": [],
                "tag": [{ "type": "Mention", "href": format!("{PUBLIC_URL}/b/bench"), "name": "@bench@localhost" }],
                "replies": { "id": format!("{id}/replies"), "type": "Collection", "first": {
                    "type": "CollectionPage", "next": format!("{id}/replies?page=true"),
                    "partOf": format!("{id}/replies"), "items": [] } },
            },
        })
        .to_string()
    }

    /// The request that brings it, signed at this time.
    fn request(&self, now: Time) -> Result<Bytes, Failure> {
        let (body, inbox) = (self.body(), Url::parse(PUBLIC_URL)?.join("inbox")?);
        let key_id = format!("{}#main-key", self.by.uri);
        let form = Form::Cavage;
        let headers = sign(form, &self.by.key, &key_id, &http::Method::POST, &inbox, Some(body.as_bytes()), now.0)?;
        let mut request = Request::new("POST", inbox.path());
        for (name, value) in headers.iter().filter(|(name, _)| *name != http::header::HOST) {
            request = request.with(name.as_str(), value.to_str()?);
        }
        Ok(request.body(body).bytes())
    }
}

/// The requests that bring these.
pub fn signed(said: Vec<Said>, now: Time) -> Result<Vec<Bytes>, Failure> {
    in_turns(said, |one| one.request(now))
}

/// Makes answers, one after the other by each of these people, to any of these comments.
#[derive(Clone)]
pub struct Talk {
    people: Vec<Stranger>,
    answered: Vec<String>,
    words: Words,
    number: usize,
}

impl Talk {
    /// Among these people, about these comments.
    pub fn new(people: Vec<Stranger>, answered: Vec<String>) -> Self {
        Self { people, answered, words: Words::new(7), number: 0 }
    }

    /// From now on these may be answered, too.
    pub fn answers(&mut self, more: impl IntoIterator<Item = String>) {
        self.answered.extend(more);
    }

    /// The next answer, by that one of them.
    pub fn by(&mut self, person: usize) -> Result<Said, Failure> {
        self.number += 1;
        let number = self.number;
        let by = self.people.get(person % self.people.len()).cloned().ok_or("nobody speaks")?;
        let answers = crate::words::Dice(number as u64).pick(&self.answered).cloned().ok_or("nothing is answered")?;
        let mention = format!("<a href=\"{PUBLIC_URL}/b/bench\" class=\"u-url mention\">@<span>bench</span></a>");
        let words = format!(
            "<p><span class=\"h-card\">{mention}</span> {}.</p><p>{}, <em>{}</em>.</p>",
            self.words.some(30),
            self.words.some(25),
            self.words.some(3)
        );
        Ok(Said { number, by, answers, words })
    }

    /// So many answers, by each in turn.
    pub fn some(&mut self, count: usize) -> Result<Vec<Said>, Failure> {
        (0..count).map(|person| self.by(person)).collect()
    }
}

impl Filling {
    /// Somebody on each of these servers, with these keys in turn, as the measured server knows whom it has met.
    pub async fn strangers(&self, servers: &[String], keys: &[Arc<PrivateKey>]) -> Result<Vec<Stranger>, Failure> {
        let mut all = Vec::with_capacity(servers.len());
        for (server, key) in servers.iter().zip(keys.iter().cycle()) {
            let (server, key, actor) = (server.clone(), Arc::clone(key), ActorId(self.ctx.id()));
            all.push(Stranger { uri: format!("{server}/users/somebody"), server, actor, key });
        }
        for batch in all.chunks(BATCH) {
            let (batch, now) = (batch.to_vec(), self.ctx.now());
            self.ctx.db().write(move |tx| batch.iter().try_for_each(|one| keep(tx, one, now))).await?;
        }
        Ok(all)
    }

    /// Stores what was said as if it had just come.
    pub async fn arrived(&self, said: Vec<Said>) -> Result<(), Failure> {
        let mut said = said.into_iter();
        loop {
            let batch: Vec<(i64, Said)> = said.by_ref().take(BATCH).map(|one| (self.ctx.id(), one)).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let now = self.ctx.now();
            self.ctx.db().write(move |tx| batch.iter().try_for_each(|(id, one)| arrive(tx, *id, one, now))).await?;
        }
    }

    /// How much waits that has come.
    pub async fn waiting(&self) -> Result<i64, Failure> {
        Ok(self.ctx.db().read(inbox::waiting).await?)
    }
}

fn arrive(tx: &mut storage::Write, id: i64, said: &Said, received: Time) -> storage::Result<()> {
    let (uri, body) = (said.id(), said.body());
    let (actor, host) = (&said.by.uri, said.by.host());
    let stored = inbox::insert(
        tx,
        &Arrival { id, uri: &uri, actor, host: &host, kind: "Create", body: &body, received, again: None },
    )?;
    if stored == Stored::New {
        Ok(())
    } else {
        Err(storage::Error::Unavailable(format!("{uri} was not taken: {stored:?}")))
    }
}

fn keep(tx: &mut storage::Write, who: &Stranger, now: Time) -> storage::Result<()> {
    let (origin, host, name) = (Origin::Remote, who.host(), "somebody".to_owned());
    let (about, about_html) = (String::new(), String::new());
    actors::insert(tx, &Actor { id: who.actor, origin, host, name, about, about_html, created: now })?;
    remotes::insert(tx, &remote(who, now))
}

fn remote(who: &Stranger, fetched: Time) -> Remote {
    let uri = &who.uri;
    Remote {
        actor: who.actor,
        uri: uri.clone(),
        kind: Kind::Person,
        inbox: format!("{uri}/inbox"),
        shared_inbox: Some(format!("{}/inbox", who.server)),
        followers: Some(format!("{uri}/followers")),
        url: None,
        key_id: format!("{uri}#main-key"),
        key: who.key.public_pem(),
        presence: Presence::There,
        fetched,
    }
}
