//! How many may watch threads live: each holds a connection for as long as it likes, so that nobody gets all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use crate::throttle::Who;

/// Places for those who watch a thread live: so many in all, and no more than a part of them for one address.
pub struct Seats {
    all: usize,
    each: usize,
    taken: Arc<Mutex<HashMap<Who, usize>>>,
}

/// A place that is given back when it is dropped.
pub struct Seat {
    who: Who,
    taken: Arc<Mutex<HashMap<Who, usize>>>,
}

impl Seats {
    /// So many in all. An address gets a sixteenth of them, but some tabs at least: people share addresses.
    #[must_use]
    pub fn new(all: usize) -> Self {
        Self { all, each: (all / 16).max(8), taken: Arc::default() }
    }

    /// A place, if there is one for that address.
    #[must_use]
    pub fn take(&self, who: Who) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = taken.values().sum::<usize>() >= self.all;
        if full || taken.get(&who).is_some_and(|own| *own >= self.each) {
            return None;
        }
        *taken.entry(who).or_default() += 1;
        Some(Seat { who, taken: Arc::clone(&self.taken) })
    }

    /// How many addresses have a place; nothing is remembered of others.
    #[must_use]
    pub fn addresses(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut own) = taken.entry(self.who) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}
