//! From comment to comment: each is asked for at its home, what answers it there is read, and what is not here is put into the tree. Breadth
//! first, so that one long list keeps no other waiting. Lists may be endless, lead in circles or name a million things that are not
//! there (PeerTube CVE-2025-32947): everything here is counted, and what is left when a count is reached is gone on with later.
//!
//! Here: what is asked for next, and when to stop. What a comment leads to is in `comment`, what a list leads to in `list`.

mod comment;
mod list;

use std::collections::{HashMap, HashSet, VecDeque};

use domain::{CommentId, ThreadId};
use federation::budget::{Budget, Busy, Full, Spent};
use federation::client::FetchError;
use federation::origin::Id;
use federation::wire::parse::Note;

use super::tally::Tally;
use super::{Asker, Memory};
use crate::elsewhere::signer::Signer;
use crate::{Ctx, Result};

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
/// How long a comment that its home does not list, though it shows it, is not asked for again; and another address of a known one.
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

    fn is_vain(&self, id: &Id) -> bool {
        self.asker == Asker::Schedule && self.memory().is_vain(id, self.ctx.now())
    }
}
