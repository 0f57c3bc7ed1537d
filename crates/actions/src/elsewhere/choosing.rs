//! Which of what has come is worked off next. Not here: working it off.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use storage::inbox::Candidate;

use super::aside::Aside;

/// Things that are worked off at the same time. Most need a moment of the database, and the more of them share a commit the less each
/// costs; some wait for another server.
pub const AT_ONCE: usize = 32;
/// As much of one actor is taken at once.
pub const CHAIN: usize = 8;
/// Whatever takes as long has waited for another server.
pub const LONG: Duration = Duration::from_secs(2);
/// Places of a server that lets us wait, or may.
pub const SLOW_EACH: usize = 2;
/// What a group passes on of what others did.
pub const PASSED_ON: &str = "Announce";
/// Servers that are remembered for being quick.
pub const MOST_QUICK: usize = 10_000;

/// What is known of a task.
#[derive(Clone)]
pub struct Task {
    /// Who has said what is worked off.
    pub actor: String,
    /// Where they are at home.
    pub host: String,
    /// When it was begun.
    pub begun: Instant,
    /// How much of its time it has waited for others than that host.
    pub aside: Arc<Aside>,
}

impl Task {
    /// How long its host has let us wait, or our own work has taken.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.begun.elapsed().saturating_sub(self.aside.so_far())
    }
}

/// Remembers of the host of a task that has ended whether it is quick.
pub fn judge(known: &mut Arc<HashSet<String>>, task: Task) {
    let is_quick = task.took() < LONG;
    if known.contains(&task.host) == is_quick {
        return;
    }
    let quick = Arc::make_mut(known);
    if !is_quick {
        quick.remove(&task.host);
        return;
    }
    if quick.len() >= MOST_QUICK {
        quick.clear();
    }
    quick.insert(task.host);
}

/// What is taken of what is due. What somebody says next may change what they said before, and waits for it; what a group passes on is
/// about what others did, and is taken in no order (`announced` asks each home), for it would make one board wait for the slowest of them.
/// Servers that are not known to be quick have a few places each, and half of all together: whoever lets us wait lets nobody else wait.
pub struct Choice {
    busy: HashSet<String>,
    quick: Arc<HashSet<String>>,
    /// Hosts of which something is taking long.
    late: HashSet<String>,
    /// How much of each server that is not quick is being worked off.
    waiting: HashMap<String, usize>,
    /// How much of each actor was taken.
    taken: HashMap<String, usize>,
}

impl Choice {
    /// Beside these tasks, where these hosts are quick.
    pub fn new<'a>(tasks: impl Iterator<Item = &'a Task> + Clone, quick: &Arc<HashSet<String>>) -> Self {
        let late = tasks.clone().filter(|task| task.took() >= LONG).map(|task| task.host.clone());
        let mut choice = Self {
            busy: tasks.clone().map(|task| task.actor.clone()).collect(),
            quick: Arc::clone(quick),
            late: late.collect(),
            waiting: HashMap::new(),
            taken: HashMap::new(),
        };
        for task in tasks.filter(|task| !choice.is_quick(&task.host)).collect::<Vec<_>>() {
            *choice.waiting.entry(task.host.clone()).or_default() += 1;
        }
        choice
    }

    fn is_quick(&self, host: &str) -> bool {
        self.quick.contains(host) && !self.late.contains(host)
    }

    /// Whether one more is taken, which then counts.
    pub fn takes(&mut self, one: &Candidate) -> bool {
        let in_order = one.kind == PASSED_ON || !self.busy.contains(&one.actor);
        let taken = self.taken.get(&one.actor).copied().unwrap_or_default();
        if !in_order || taken >= CHAIN || !self.has_place(&one.host) {
            return false;
        }
        self.taken.insert(one.actor.clone(), taken + 1);
        true
    }

    fn has_place(&mut self, host: &str) -> bool {
        if self.is_quick(host) {
            return true;
        }
        let all: usize = self.waiting.values().sum();
        let own = self.waiting.entry(host.to_owned()).or_default();
        if *own >= SLOW_EACH || all >= AT_ONCE / 2 {
            return false;
        }
        *own += 1;
        true
    }
}
