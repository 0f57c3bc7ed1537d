//! What every action works with: the database, a clock, chance, limits. Not here: anything of one request.

use std::sync::{Arc, Mutex, PoisonError};

use domain::joining::Joining;
use domain::text::{Places, TextLimits};
use domain::{CommentSort, ThreadId, Time, next_id};
use moka::sync::Cache;
use storage::Db;
use tokio::sync::Semaphore;

use crate::elsewhere::Elsewhere;
use crate::reading::Arranged;
use crate::retention::Retention;
use crate::rules::Kept;
use crate::rules::hook::Hook;
use crate::sanctions::known;
use crate::secrets::Hashing;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}

/// Fills bytes with chance that nobody can foresee.
pub trait Chance: Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> Time {
        Time(jiff::Timestamp::now().as_millisecond())
    }
}

/// The chance of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    #[expect(clippy::disallowed_methods, reason = "the one place where chance comes from")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}

/// What the host allows.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Limits of texts.
    pub text: TextLimits,
    /// The deepest comment; direct answers to the root have depth 0.
    pub depth: u32,
    /// Comments of a thread, or entries of a list, on one page.
    pub page: usize,
    /// Who may make an account by form.
    pub joining: Joining,
    /// What those are asked whom an administrator lets in; empty for nothing.
    pub question: String,
    /// Whether everybody, and other servers, may know which moderator did something; else they learn the role.
    pub log_names: bool,
    /// How long what is kept.
    pub retention: Retention,
}

/// Everything an action needs; clones share it.
#[derive(Clone)]
pub struct Ctx {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    clock: Box<dyn Clock>,
    chance: Box<dyn Chance>,
    limits: Limits,
    places: Places,
    elsewhere: Elsewhere,
    last_id: Mutex<i64>,
    arranged: Cache<(ThreadId, i64, CommentSort), Arc<Arranged>>,
    hashing: Arc<Hashing>,
    sanctions: known::Kept,
    searches: Arc<Semaphore>,
    rules: Kept,
    hook: Option<Hook>,
}

/// How many bytes of arranged trees are kept.
const ARRANGED_BYTES: u64 = 16 * 1024 * 1024;
/// Searches at the same time.
const SEARCHES: usize = 2;

impl Ctx {
    /// Puts together what actions need.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Box<dyn Clock>,
        chance: Box<dyn Chance>,
        limits: Limits,
        places: Places,
        elsewhere: Elsewhere,
    ) -> Self {
        let arranged = Cache::builder()
            .max_capacity(ARRANGED_BYTES)
            .weigher(|_, arranged: &Arc<Arranged>| arranged.bytes())
            .build();
        let inner = Inner {
            db,
            clock,
            chance,
            limits,
            places,
            elsewhere,
            last_id: Mutex::new(0),
            arranged,
            hashing: Arc::new(Hashing::new()),
            sanctions: known::Kept::default(),
            searches: Arc::new(Semaphore::new(SEARCHES)),
            rules: Kept::default(),
            hook: None,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The same, which asks this program about each comment before it is published. Before it is shared.
    #[must_use]
    pub fn asking(mut self, hook: Hook) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.hook = Some(hook);
        }
        self
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// How mentions become links.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.inner.places
    }

    /// How other servers are spoken to.
    #[must_use]
    pub fn elsewhere(&self) -> &Elsewhere {
        &self.inner.elsewhere
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.inner.clock.now()
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> i64 {
        let noise = u32::from_le_bytes(self.bytes());
        let mut last = self.inner.last_id.lock().unwrap_or_else(PoisonError::into_inner);
        *last = next_id(*last, self.now().0, noise);
        *last
    }

    /// Bytes that nobody can foresee.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.inner.chance.fill(&mut bytes);
        bytes
    }

    pub(crate) fn arranged(&self) -> &Cache<(ThreadId, i64, CommentSort), Arc<Arranged>> {
        &self.inner.arranged
    }

    pub(crate) fn searches(&self) -> &Arc<Semaphore> {
        &self.inner.searches
    }

    pub(crate) fn hook(&self) -> Option<&Hook> {
        self.inner.hook.as_ref()
    }

    pub(crate) fn rules(&self) -> &Kept {
        &self.inner.rules
    }

    pub(crate) fn sanctions(&self) -> &known::Kept {
        &self.inner.sanctions
    }

    pub(crate) fn hashing(&self) -> &Arc<Hashing> {
        &self.inner.hashing
    }
}
