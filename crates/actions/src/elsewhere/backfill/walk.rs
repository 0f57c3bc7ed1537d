//! From comment to comment: each is asked for at its home, what answers it there is read, and what is not here is put into the tree. Breadth
//! first, so that one long list keeps no other waiting. Lists may be endless, lead in circles or name a million things that are not
//! there (PeerTube CVE-2025-32947): everything here is counted, and what is left when a count is reached is gone on with later.

use std::collections::{HashMap, HashSet, VecDeque};

use domain::authority::Standing;
use domain::{CommentId, Role, Scope, ThreadId, Time};
use federation::budget::{Budget, Busy, Full, Spent};
use federation::client::FetchError;
use federation::origin::Id;
use federation::wire::parse::{self, Collection, Found, Note};
use storage::objects::{self, Object};
use storage::{Write, backfills, comments};

use super::tally::Tally;
use super::{Asker, Memory};
use crate::elsewhere::known::{self, Unknown};
use crate::elsewhere::place;
use crate::elsewhere::signer::Signer;
use crate::elsewhere::work::{Outcome, Postponed};
use crate::{Ctx, Error, Result, retract};

/// Comments that are asked for in one run.
const MOST_OBJECTS: usize = 500;
/// Pages of lists that are asked for in one run.
const MOST_PAGES: usize = 100;
/// Pages of one comment's answers.
const MOST_PAGES_OF_REPLIES: usize = 20;
/// Pages of one thread's collection.
const MOST_PAGES_OF_CONTEXT: usize = 400;
/// Answers to answers that are followed from one comment on.
const MOST_DEEP: usize = 50;
/// Ids that all lists of a look may name.
const MOST_NAMED: usize = 10_000;
/// Runs that one look may take.
const MOST_RUNS: usize = 10;
/// Comments that are asked for in one look because their home lists them no more.
const MOST_UNLISTED: usize = 100;

const HOUR_MS: i64 = 3600 * 1000;
/// How long what was not taken is not asked for again.
const REFUSED_MS: i64 = 12 * HOUR_MS;
/// How long what could not be had is not asked for again.
const FAILED_MS: i64 = HOUR_MS;
/// How long a comment that its home does not list, though it shows it, is not asked for again.
const THERE_MS: i64 = 24 * HOUR_MS;

/// Something to be asked for.
#[derive(Clone, Debug)]
enum Task {
    /// A comment that is here: who answers it at its home?
    Known { comment: CommentId, id: Id },
    /// A comment that is here, and that its home does not list: is it still there?
    Unlisted { comment: CommentId, id: Id },
    /// One that was named.
    New { id: Id, depth: usize },
    /// A page of a list.
    Page { id: Id, list: List },
}

impl Task {
    fn id(&self) -> &Id {
        match self {
            Self::Known { id, .. } | Self::Unlisted { id, .. } | Self::New { id, .. } | Self::Page { id, .. } => id,
        }
    }
}

/// Which list a page is of.
#[derive(Clone, Copy, Debug)]
struct List {
    kind: ListKind,
    /// How deep what it names stands below the comment that the walk began with.
    depth: usize,
    /// Pages of it so far.
    pages: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListKind {
    Replies,
    Context,
}

impl ListKind {
    const fn most_pages(self) -> usize {
        match self {
            Self::Replies => MOST_PAGES_OF_REPLIES,
            Self::Context => MOST_PAGES_OF_CONTEXT,
        }
    }
}

/// What a look had not come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest {
    queue: VecDeque<Task>,
    /// Every comment that was named.
    named: HashSet<String>,
    /// Every page that was asked for.
    pages: HashSet<String>,
    runs: usize,
    tally: Tally,
}

impl Rest {
    pub(super) fn weight(&self) -> u32 {
        let ids = self.queue.len() + self.named.len() + self.pages.len() + 1;
        u32::try_from(ids).unwrap_or(u32::MAX)
    }
}

/// Whether a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It did.
    Whole,
    /// There is more to be asked for.
    More,
}

/// What became of a comparison with a thread's collection at its home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// Both know the same comments.
    Same,
    /// They do not, or it does not say: what it lists is looked at.
    Listed,
    /// It could not be read.
    Unread,
}

/// What is shown at a comment's home.
enum Shown {
    Note(Box<Note>),
    Gone,
    Nothing(String),
}

/// How a task ended.
enum Step {
    Done,
    /// Nothing more can be asked of that host in this run.
    Closed(Closed),
    /// Nothing more can be asked of anybody in this run.
    Full,
}

/// Why nothing more is asked of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closed {
    /// It has been asked often enough for now.
    Enough,
    /// It does not answer.
    Away,
}

/// A walk.
pub(super) struct Walk {
    ctx: Ctx,
    signer: Signer,
    asker: Asker,
    budget: Budget,
    thread: Option<ThreadId>,
    rest: Rest,
    objects: usize,
    pages: usize,
    closed: HashMap<String, Closed>,
    aside: Vec<Task>,
}

impl Walk {
    /// A walk that begins, or goes on with what is left of one.
    ///
    /// # Errors
    /// Failures only.
    pub(super) async fn new(ctx: &Ctx, thread: Option<ThreadId>, asker: Asker, rest: Option<Rest>) -> Result<Self> {
        Ok(Self {
            ctx: ctx.clone(),
            signer: Signer::instance(ctx).await?,
            asker,
            budget: asker.budget(ctx.elsewhere()),
            thread,
            rest: rest.unwrap_or_default(),
            objects: 0,
            pages: 0,
            closed: HashMap::new(),
            aside: Vec::new(),
        })
    }

    /// Counts what was here before.
    pub(super) fn set_known(&mut self, known: i64) {
        self.rest.tally.known = known;
    }

    /// A comment that is here is to be asked for, and who answers it.
    pub(super) fn ask_again(&mut self, comment: CommentId, id: Id) {
        self.rest.queue.push_back(Task::Known { comment, id });
    }

    /// A comment that may not be here is to be asked for.
    pub(super) fn ask_for(&mut self, id: Id) {
        self.rest.named.insert(id.to_string());
        self.rest.queue.push_back(Task::New { id, depth: 0 });
    }

    /// Goes on until everything is looked at, or a bound is reached.
    ///
    /// # Errors
    /// Failures only.
    pub(super) async fn go(&mut self) -> Result<Ending> {
        self.rest.runs += 1;
        while let Some(task) = self.rest.queue.pop_front() {
            match self.closed.get(&task.id().host()).copied() {
                Some(Closed::Enough) => {
                    self.aside.push(task);
                    continue;
                }
                Some(Closed::Away) => {
                    self.rest.tally.failed += 1;
                    continue;
                }
                None => {}
            }
            if !self.count(&task) {
                self.rest.queue.push_front(task);
                return Ok(self.ending());
            }
            let host = task.id().host();
            match self.step(task.clone()).await? {
                Step::Done => {}
                Step::Closed(why) => {
                    if why == Closed::Enough {
                        self.aside.push(task);
                    }
                    self.closed.insert(host, why);
                }
                Step::Full => {
                    self.rest.queue.push_front(task);
                    return Ok(self.ending());
                }
            }
        }
        Ok(self.ending())
    }

    fn ending(&mut self) -> Ending {
        self.rest.queue.extend(self.aside.drain(..));
        let over = self.rest.queue.is_empty() || self.rest.runs >= MOST_RUNS;
        if over { Ending::Whole } else { Ending::More }
    }

    /// What came of it, and what is left.
    pub(super) fn end(self) -> (Tally, Rest) {
        (self.rest.tally.clone(), self.rest)
    }

    /// Counts a task, if the counts allow it.
    fn count(&mut self, task: &Task) -> bool {
        let (count, most) = match task {
            Task::Page { .. } => (&mut self.pages, MOST_PAGES),
            Task::Known { .. } | Task::Unlisted { .. } | Task::New { .. } => (&mut self.objects, MOST_OBJECTS),
        };
        *count += 1;
        *count <= most
    }

    async fn step(&mut self, task: Task) -> Result<Step> {
        match task {
            Task::Known { comment, id } => self.again(comment, &id, ListKind::Replies).await,
            Task::Unlisted { comment, id } => self.again(comment, &id, ListKind::Context).await,
            Task::New { id, depth } => self.new_one(&id, depth).await,
            Task::Page { id, list } => self.page(&id, list).await,
        }
    }

    fn memory(&self) -> &Memory {
        self.ctx.elsewhere().memory()
    }

    /// A comment as its home shows it now.
    async fn shown(&self, id: &Id) -> Result<Result<Shown, FetchError>> {
        let client = crate::elsewhere::client(&self.ctx)?;
        let document = match client.fetch(id, Some(&self.signer), &self.budget, self.ctx.now().0).await {
            Ok(document) => document,
            Err(FetchError::Gone) => return Ok(Ok(Shown::Gone)),
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(match parse::object(&document.body, self.ctx.elsewhere().rules(), &document.id) {
            Ok(Found::Note(note)) => Shown::Note(note),
            Ok(Found::Gone) => Shown::Gone,
            Ok(Found::Activity(_) | Found::Stamp(_) | Found::Other(_)) => Shown::Nothing("it is no comment".to_owned()),
            Err(refused) => Shown::Nothing(refused.to_string()),
        }))
    }

    /// Asks for a comment that is here. What has become of it since is made good; a comment of a list is asked who answers it.
    async fn again(&mut self, comment: CommentId, id: &Id, why: ListKind) -> Result<Step> {
        let note = match self.shown(id).await? {
            Ok(Shown::Note(note)) if note.id == *id => note,
            Ok(Shown::Note(_)) => return Ok(self.failed(id, "it has another id now")),
            Ok(Shown::Nothing(why)) => return Ok(self.failed(id, &why)),
            Ok(Shown::Gone) => return self.gone(comment).await,
            Err(error) => return Ok(self.trouble(id, &error)),
        };
        match why {
            ListKind::Context => self.memory().in_vain(id, self.ctx.now().plus_ms(THERE_MS)),
            ListKind::Replies => {
                let list = List { kind: ListKind::Replies, depth: 1, pages: 0 };
                self.look_into(note.replies.clone(), list).await?;
            }
        }
        self.renewed(*note).await?;
        Ok(Step::Done)
    }

    /// Its home has newer words than we have.
    async fn renewed(&mut self, note: Note) -> Result<()> {
        let Some(updated) = note.updated else { return Ok(()) };
        let (uri, author) = (note.id.to_string(), note.author.clone());
        let known = self.ctx.db().read(move |tx| {
            let known: Option<Object> = objects::by_uri(tx, &uri)?;
            Ok::<_, Error>((known, known::stored(tx, &author)?))
        });
        if let (Some(object), Some(by)) = known.await?
            && object.updated < Time(updated)
        {
            place::updated(&self.ctx, note, by).await?;
        }
        Ok(())
    }

    /// Its home says that a comment was deleted, which only its author could have done.
    async fn gone(&mut self, comment: CommentId) -> Result<Step> {
        let cx = self.ctx.clone();
        let ended = place::judged(self.ctx.db().write(move |tx| erase(tx, &cx, comment)).await)?;
        if matches!(ended, Outcome::Done) {
            self.rest.tally.gone += 1;
        }
        Ok(Step::Done)
    }

    async fn new_one(&mut self, id: &Id, depth: usize) -> Result<Step> {
        // It may have come since it was named: above another one, or by itself.
        if self.is_here(id).await? {
            self.rest.tally.fetched += 1;
            return Ok(Step::Done);
        }
        match self.shown(id).await? {
            Ok(Shown::Note(note)) => self.place(*note, depth).await,
            Ok(Shown::Nothing(why)) => Ok(self.failed(id, &why)),
            Ok(Shown::Gone) => Ok(self.failed(id, "it was deleted")),
            Err(error) => Ok(self.trouble(id, &error)),
        }
    }

    async fn is_here(&self, id: &Id) -> Result<bool> {
        let uri = id.to_string();
        Ok(self.ctx.db().read(move |tx| objects::by_uri(tx, &uri)).await?.is_some())
    }

    async fn place(&mut self, note: Note, depth: usize) -> Result<Step> {
        let (id, replies) = (note.id.clone(), note.replies.clone());
        let by = match known::met(&self.ctx, &note.author, &self.budget).await {
            Ok(by) => by,
            Err(Unknown::Ours(error)) => return Err(error),
            Err(Unknown::Fetch(error)) => return Ok(self.trouble(&id, &error)),
            Err(other) => return Ok(self.refused(&id, &other.to_string())),
        };
        match place::created(&self.ctx, note, by, &self.budget).await {
            Ok(Outcome::Done) => {}
            Ok(Outcome::Ignored(why)) => return Ok(self.refused(&id, why)),
            Ok(Outcome::Refused(why)) => return Ok(self.refused(&id, &why)),
            Err(Postponed::Elsewhere(why)) => return Ok(self.failed(&id, &why)),
            // Another worker was quicker.
            Err(Postponed::Ours(Error::Failed(storage::Error::Duplicate(_)))) => return Ok(Step::Done),
            Err(Postponed::Ours(error)) => return Err(error),
        }
        self.rest.tally.fetched += 1;
        if depth < MOST_DEEP {
            let list = List { kind: ListKind::Replies, depth: depth + 1, pages: 0 };
            self.look_into(replies, list).await?;
        }
        Ok(Step::Done)
    }

    fn refused(&mut self, id: &Id, why: &str) -> Step {
        self.rest.tally.refuse(why);
        self.memory().in_vain(id, self.ctx.now().plus_ms(REFUSED_MS));
        Step::Done
    }

    fn failed(&mut self, id: &Id, why: &str) -> Step {
        self.rest.tally.fail(why);
        self.memory().in_vain(id, self.ctx.now().plus_ms(FAILED_MS));
        Step::Done
    }

    /// What it means for the rest of the walk that something was not fetched.
    fn trouble(&mut self, id: &Id, error: &FetchError) -> Step {
        match error {
            FetchError::Busy(Busy::InFlight | Busy::Minute(Full::All))
            | FetchError::BudgetSpent(Spent::Bytes | Spent::Time | Spent::Fetches(Full::All)) => Step::Full,
            FetchError::Busy(_) | FetchError::BudgetSpent(_) => Step::Closed(Closed::Enough),
            FetchError::NoAnswer(_) | FetchError::Later { .. } => {
                self.failed(id, &error.to_string());
                Step::Closed(Closed::Away)
            }
            _ => self.failed(id, &error.to_string()),
        }
    }

    /// Compares a thread's collection at its home with what is here, of which `ours` is the digest.
    ///
    /// # Errors
    /// Failures only.
    pub(super) async fn compare(&mut self, context: &Id, ours: &str) -> Result<Compared> {
        self.rest.pages.insert(context.to_string());
        let client = crate::elsewhere::client(&self.ctx)?;
        let fetched = client.fetch_list(context, Some(&self.signer), &self.budget, self.ctx.now().0).await;
        let document = match fetched {
            Ok(document) => document,
            Err(error) => {
                self.rest.tally.note(&error.to_string());
                return Ok(Compared::Unread);
            }
        };
        let rules = self.ctx.elsewhere().rules();
        if parse::members_digest(&document.body, rules).is_ok_and(|theirs| theirs.as_deref() == Some(ours)) {
            return Ok(Compared::Same);
        }
        match parse::collection(&document.body, rules, &document.id) {
            Ok(collection) => {
                let list = List { kind: ListKind::Context, depth: 0, pages: 0 };
                self.go_through(collection, list).await?;
                Ok(Compared::Listed)
            }
            Err(refused) => {
                self.rest.tally.note(&refused.to_string());
                Ok(Compared::Unread)
            }
        }
    }

    /// The collection of its thread that a root names, if its own home has it.
    ///
    /// # Errors
    /// Failures only.
    pub(super) async fn context_of(&mut self, comment: CommentId, root: &Id) -> Result<Option<Id>> {
        let note = match self.shown(root).await? {
            Ok(Shown::Note(note)) if note.id == *root => note,
            Ok(Shown::Gone) => {
                self.gone(comment).await?;
                return Ok(None);
            }
            Ok(Shown::Note(_) | Shown::Nothing(_)) | Err(_) => return Ok(None),
        };
        let context = note.context.as_deref().and_then(|text| self.ctx.elsewhere().rules().id(text).ok());
        self.renewed(*note).await?;
        Ok(context.filter(|context| context.is_with(root)))
    }

    async fn page(&mut self, id: &Id, list: List) -> Result<Step> {
        let client = crate::elsewhere::client(&self.ctx)?;
        let fetched = client.fetch_list(id, Some(&self.signer), &self.budget, self.ctx.now().0).await;
        let document = match fetched {
            Ok(document) => document,
            Err(error) => return Ok(self.trouble(id, &error)),
        };
        match parse::collection(&document.body, self.ctx.elsewhere().rules(), &document.id) {
            Ok(collection) => self.go_through(collection, list).await?,
            Err(refused) => return Ok(self.failed(id, &refused.to_string())),
        }
        Ok(Step::Done)
    }

    /// Goes through a list that stands in a comment: written out, in parts, or by its id alone.
    async fn look_into(&mut self, mut collection: Collection, list: List) -> Result<()> {
        let is_bare = collection.items.is_empty() && collection.first.is_none() && collection.next.is_none();
        if is_bare && collection.total != Some(0) {
            collection.first = collection.id.clone();
        }
        self.go_through(collection, list).await
    }

    async fn go_through(&mut self, collection: Collection, list: List) -> Result<()> {
        self.take(&collection.items, list).await?;
        let Some(next) = collection.first.or(collection.next) else {
            return if list.kind == ListKind::Context { self.ask_for_unlisted().await } else { Ok(()) };
        };
        let (is_ours, is_vain) = (self.ctx.elsewhere().rules().is_ours(&next), self.is_vain(&next));
        let is_new = !is_ours && !is_vain && self.rest.pages.insert(next.to_string());
        if is_new && list.pages < list.kind.most_pages() {
            self.rest.queue.push_back(Task::Page { id: next, list: List { pages: list.pages + 1, ..list } });
        }
        Ok(())
    }

    fn is_vain(&self, id: &Id) -> bool {
        self.asker == Asker::Schedule && self.memory().is_vain(id, self.ctx.now())
    }

    /// Notes what is not here of what a list names.
    async fn take(&mut self, items: &[Id], list: List) -> Result<()> {
        let mut new = Vec::new();
        for id in items {
            let is_ours = self.ctx.elsewhere().rules().is_ours(id);
            if !is_ours && self.rest.named.len() < MOST_NAMED && self.rest.named.insert(id.to_string()) {
                new.push(id);
            }
        }
        let uris: Vec<String> = new.iter().map(|id| id.to_string()).collect();
        let known = self.ctx.db().read(move |tx| objects::known(tx, &uris)).await?;
        for id in new {
            if !known.contains(id.as_str()) && !self.is_vain(id) {
                self.rest.queue.push_back(Task::New { id: id.clone(), depth: list.depth });
            }
        }
        Ok(())
    }

    /// The collection of the thread is read to its end. What is here and at home there, and is not in it, may have been deleted.
    async fn ask_for_unlisted(&mut self) -> Result<()> {
        let Some(thread) = self.thread.filter(|_| self.rest.named.len() < MOST_NAMED) else { return Ok(()) };
        let (mut after, mut asked) = (CommentId(0), 0);
        let home = self.home_of_root(thread).await?;
        let Some(home) = home else { return Ok(()) };
        while asked < MOST_UNLISTED {
            let batch = self.ctx.db().read(move |tx| backfills::after(tx, thread, after, 256)).await?;
            let Some((last, _)) = batch.last() else { break };
            after = *last;
            for (comment, uri) in batch {
                let id = self.ctx.elsewhere().rules().id(&uri).ok().filter(|id| id.is_with(&home));
                let Some(id) = id.filter(|id| !self.rest.named.contains(id.as_str()) && !self.is_vain(id)) else {
                    continue;
                };
                self.rest.queue.push_back(Task::Unlisted { comment, id });
                asked += 1;
            }
        }
        Ok(())
    }

    async fn home_of_root(&self, thread: ThreadId) -> Result<Option<Id>> {
        let root = thread.root();
        let object = self.ctx.db().read(move |tx| objects::of_comments(tx, &[root])).await?.remove(&root);
        Ok(object.and_then(|object| self.ctx.elsewhere().rules().id(&object.uri).ok()))
    }
}

/// Makes a tombstone of a comment in the name of its author.
fn erase(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<Outcome> {
    let Some(spot) = comments::spot(tx, comment)? else { return Ok(Outcome::Ignored("it is not here")) };
    let author = Standing { actor: spot.author, role: Role::Member, scope: Scope::Write };
    retract::erase(tx, ctx, author, comment)?;
    Ok(Outcome::Done)
}
