//! A client that writes without a pause, and remembers.

use std::collections::HashMap;

use rejoinder_tests::{Answer, Api, Server};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use super::audit::Stored;
use super::ledger::Known;

/// Where all write.
#[derive(Clone, Debug)]
pub struct Board {
    /// As it is addressed on the writers' server.
    pub name: String,
    /// A thread that all write in.
    pub thread: String,
    /// Comments in it that all vote on.
    pub targets: Vec<String>,
}

/// The words of the comments that all vote on.
pub const TARGET: &str = "Vote on me.";
/// How many these are.
pub const TARGETS: usize = 3;

impl Board {
    /// Starts the thread and writes the comments.
    pub async fn new(api: &Api) -> Self {
        let thread = open(api).await;
        let mut targets = Vec::new();
        for _ in 0..TARGETS {
            targets.push(target(api, &thread).await);
        }
        Self { name: "talk".to_owned(), thread, targets }
    }
}

/// Starts the thread that all write in, and returns its id.
pub async fn open(api: &Api) -> String {
    let opening = json!({ "title": "The well", "text": "Write here." });
    id(&api.post("/api/v1/boards/talk/threads", &opening).await.expect(201))
}

/// Writes a comment that all vote on, and returns its id.
pub async fn target(api: &Api, thread: &str) -> String {
    id(&api.post(&format!("/api/v1/comments/{thread}/replies"), &json!({ "text": TARGET })).await.expect(201))
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().expect("no id").to_owned()
}

/// A comment of a writer.
#[derive(Clone, Debug)]
pub struct Own {
    /// What it answers; `None` for the root of a thread.
    pub parent: Option<String>,
    /// Its words; `None` once it is deleted.
    pub words: Known<Option<String>>,
}

/// A comment that was sent and not acknowledged.
#[derive(Clone, Debug)]
struct Unsure {
    path: String,
    body: Value,
    key: String,
    parent: Option<String>,
    words: String,
}

/// The client.
#[derive(Debug)]
pub struct Writer {
    number: usize,
    token: String,
    board: Board,
    /// Comments by id.
    own: HashMap<String, Own>,
    /// Ids in the order of writing.
    order: Vec<String>,
    /// Votes by target.
    votes: HashMap<String, Known<i64>>,
    unsure: Option<Unsure>,
    step: usize,
}

/// What one step came to.
enum Step {
    Acknowledged,
    CutOff,
}

impl Writer {
    /// A writer that has written nothing yet.
    pub fn new(number: usize, token: String, board: Board) -> Self {
        let votes = board.targets.iter().map(|target| (target.clone(), Known::new(0))).collect();
        Self { number, token, board, own: HashMap::new(), order: Vec::new(), votes, unsure: None, step: 0 }
    }

    /// Which of the writers it is.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Its account's name.
    pub fn name(&self) -> String {
        format!("writer{}", self.number)
    }

    /// Its token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Its comments, by id.
    pub fn own(&self) -> &HashMap<String, Own> {
        &self.own
    }

    /// Its votes on the comments that all vote on.
    pub fn votes(&self) -> &HashMap<String, Known<i64>> {
        &self.votes
    }

    /// Its comments in the thread of all, with their words.
    pub fn answers(&self) -> Vec<(String, String)> {
        // What is answered that others wrote stands there.
        let here = |own: &Own| !self.top(own).is_empty();
        let words = |own: &Own| own.words.value().clone().unwrap_or_default();
        self.own.iter().filter(|(_, own)| here(own)).map(|(id, own)| (id.clone(), words(own))).collect()
    }

    /// What stands at the top of the answers that a comment belongs to.
    fn top<'a>(&'a self, own: &'a Own) -> &'a str {
        match &own.parent {
            Some(parent) => self.own.get(parent).map_or(parent.as_str(), |parent| self.top(parent)),
            None => "",
        }
    }

    /// A word that stands in its last comment and nowhere else.
    pub fn last_word(&self) -> String {
        let words = self.order.iter().rev().find_map(|id| self.own[id].words.value().as_deref());
        words.and_then(|words| words.split(' ').next_back()).expect("it wrote nothing").to_owned()
    }

    /// Writes until something is not acknowledged, and tells of everything that is; or until nobody wants to hear of it.
    pub async fn write_until_cut_off(mut self, api: &Api, round: u32, told: &Sender<()>) -> Self {
        while let Step::Acknowledged = self.next(api, round).await {
            if told.send(()).await.is_err() {
                break;
            }
        }
        self
    }

    /// Mostly answers; edits, votes, threads and deletions in between, at another step for each writer.
    async fn next(&mut self, api: &Api, round: u32) -> Step {
        self.step += 1;
        let word = format!("w{}r{round}s{}", self.number, self.step);
        match (self.step + self.number) % 12 {
            1 | 6 => self.vote_on_a_target(api).await,
            2 | 7 => self.edit(api, &word).await,
            4 => self.start_thread(api, &word).await,
            8 => self.delete(api, &word).await,
            9 => self.answer_oneself(api, &word).await,
            5 => self.answer(api, self.board.targets[self.step % TARGETS].clone(), &word).await,
            10 => self.answer_another(api, &word).await,
            11 => self.vote_on_another(api).await,
            _ => self.answer(api, self.board.thread.clone(), &word).await,
        }
    }

    async fn answer(&mut self, api: &Api, parent: String, word: &str) -> Step {
        let words = format!("Answer number {word}");
        let path = format!("/api/v1/comments/{parent}/replies");
        let body = json!({ "text": words });
        self.create(api, Unsure { path, body, key: word.to_owned(), parent: Some(parent), words }).await
    }

    async fn answer_oneself(&mut self, api: &Api, word: &str) -> Step {
        let parent = self.latest().unwrap_or(self.board.thread.clone());
        self.answer(api, parent, word).await
    }

    async fn answer_another(&mut self, api: &Api, word: &str) -> Step {
        let Some(answered) = self.another(api).await else { return Step::CutOff };
        self.answer(api, answered, word).await
    }

    async fn vote_on_another(&mut self, api: &Api) -> Step {
        let Some(target) = self.another(api).await else { return Step::CutOff };
        self.vote(api, target).await
    }

    /// Something new that somebody else wrote, or else the first target.
    async fn another(&self, api: &Api) -> Option<String> {
        let path = format!("/api/v1/threads/{}?sort=new&limit=20", self.board.thread);
        let page = acknowledged(api.request(Method::GET, &path)).await?.json();
        // Nobody elsewhere is called as the writers here are.
        let is_own = |comment: &Value| comment["author"]["name"] == *self.name();
        let stands = |comment: &&Value| comment["state"] == "published" && !is_own(comment);
        let others: Vec<&Value> = page["comments"].as_array()?.iter().filter(stands).collect();
        let found = others.get(self.step % others.len().max(1));
        Some(found.map_or_else(|| self.board.targets[0].clone(), |found| found["id"].as_str().unwrap().to_owned()))
    }

    async fn start_thread(&mut self, api: &Api, word: &str) -> Step {
        let words = format!("Thread number {word}");
        let body = json!({ "title": format!("Thread {}", self.step), "text": words });
        let path = format!("/api/v1/boards/{}/threads", self.board.name);
        self.create(api, Unsure { path, body, key: word.to_owned(), parent: None, words }).await
    }

    async fn create(&mut self, api: &Api, unsure: Unsure) -> Step {
        let request = unsure.request(api);
        self.unsure = Some(unsure);
        match acknowledged(request).await {
            Some(answer) if is_gone(&answer) => {
                self.unsure = None;
                Step::Acknowledged
            }
            Some(answer) => self.created(&answer),
            None => Step::CutOff,
        }
    }

    fn created(&mut self, answer: &Answer) -> Step {
        let (id, unsure) = (id(answer), self.unsure.take().expect("nothing was sent"));
        assert_eq!(answer.json()["text"].as_str(), Some(unsure.words.as_str()), "{answer:?}");
        let own = Own { parent: unsure.parent, words: Known::new(Some(unsure.words)) };
        assert!(self.own.insert(id.clone(), own).is_none(), "two comments have the id {id}");
        self.order.push(id);
        Step::Acknowledged
    }

    /// The last of its comments that has words.
    fn latest(&self) -> Option<String> {
        self.order.iter().rev().find(|id| self.own[*id].words.value().is_some()).cloned()
    }

    async fn edit(&mut self, api: &Api, word: &str) -> Step {
        let Some(id) = self.latest() else { return self.vote_on_a_target(api).await };
        let words = format!("Edited to {word}");
        self.own.get_mut(&id).unwrap().words.send(Some(words.clone()));
        let request = api.write(Method::PATCH, &format!("/api/v1/comments/{id}"), &json!({ "text": words }));
        self.changed(&id, request).await
    }

    /// Deletes an answer that nobody has answered, and writes another instead the first time.
    async fn delete(&mut self, api: &Api, word: &str) -> Step {
        let answered = |id: &String| self.own.values().any(|own| own.parent.as_ref() == Some(id));
        let words = |id: &String| self.own[id].parent.is_some() && self.own[id].words.value().is_some();
        let Some(id) = self.order.iter().find(|id| words(id) && !answered(id)).cloned() else {
            return self.answer_oneself(api, word).await;
        };
        self.own.get_mut(&id).unwrap().words.send(None);
        let request = api.request(Method::DELETE, &format!("/api/v1/comments/{id}"));
        self.changed(&id, request).await
    }

    async fn changed(&mut self, id: &str, request: RequestBuilder) -> Step {
        if acknowledged(request).await.is_none() {
            return Step::CutOff;
        }
        self.own.get_mut(id).unwrap().words.acknowledge();
        Step::Acknowledged
    }

    async fn vote_on_a_target(&mut self, api: &Api) -> Step {
        self.vote(api, self.board.targets[self.step % TARGETS].clone()).await
    }

    /// Up, down, and back again.
    async fn vote(&mut self, api: &Api, target: String) -> Step {
        let vote = self.votes.entry(target.clone()).or_insert(Known::new(0));
        let value = [1, -1, 0][(vote.value() + 1) as usize % 3];
        vote.send(value);
        let request = api.write(Method::PUT, &format!("/api/v1/comments/{target}/vote"), &json!({ "value": value }));
        let Some(answer) = acknowledged(request).await else { return Step::CutOff };
        if is_gone(&answer) {
            vote.take_back();
            return Step::Acknowledged;
        }
        assert_eq!(answer.json()["value"], value, "{answer:?}");
        vote.acknowledge();
        Step::Acknowledged
    }

    /// Compares with what is stored, and takes it for the truth where both were possible.
    pub fn learn(&mut self, stored: &Stored) {
        for (id, own) in &mut self.own {
            let words = stored.words(id).unwrap_or_else(|| panic!("{id} was acknowledged and is gone: {own:?}"));
            own.words.learn(words, id);
        }
        for (target, vote) in &mut self.votes {
            vote.learn(stored.vote(self.number, target), &(self.number, target));
        }
    }

    /// Sends again what was not acknowledged: twice, and both times it must come to the same comment. Says how many that
    /// were: none or one.
    pub async fn send_again(&mut self, server: &Server) -> usize {
        let Some(unsure) = self.unsure.clone() else { return 0 };
        let api = server.api(&self.token);
        let again = async || Answer::read(unsure.request(&api).send().await.unwrap()).await.unwrap();
        let (first, second) = (again().await, again().await);
        if is_gone(&first) {
            self.unsure = None;
            return 1;
        }
        assert_eq!(id(&first.clone().expect(201)), id(&second.expect(201)));
        self.created(&first);
        1
    }
}

impl Unsure {
    fn request(&self, api: &Api) -> RequestBuilder {
        api.write(Method::POST, &self.path, &self.body).header("idempotency-key", &self.key)
    }
}

/// The answer, if it acknowledges. Otherwise the connection broke, or the server said that it could not: anything else is
/// a fault.
async fn acknowledged(request: RequestBuilder) -> Option<Answer> {
    let answer = Answer::read(request.send().await.ok()?).await.ok()?;
    if answer.status.as_u16() == 503 {
        assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
        return None;
    }
    assert!(answer.status.is_success() || is_gone(&answer), "{answer:?}");
    Some(answer)
}

/// Whether its author has taken back in the meantime what was to be answered, or voted on: nothing is done then.
fn is_gone(answer: &Answer) -> bool {
    answer.status.as_u16() == 410
}
