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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u8) -> Who {
        Who::at(std::net::Ipv4Addr::new(192, 0, 2, last).into())
    }

    #[test]
    fn one_address_never_has_all_seats_and_gives_back_what_it_had() {
        let seats = Seats::new(20);
        let mut own: Vec<_> = (0..8).map(|_| seats.take(at(1)).unwrap()).collect();
        assert!(seats.take(at(1)).is_none());
        assert!(seats.take(at(2)).is_some());
        own.pop();
        assert!(seats.take(at(1)).is_some());
    }

    #[test]
    fn there_are_no_more_than_there_are() {
        let seats = Seats::new(3);
        let all: Vec<_> = (0..3).map(|n| seats.take(at(n)).unwrap()).collect();
        assert!(seats.take(at(9)).is_none());
        assert_eq!(seats.taken.lock().unwrap().len(), 3, "nothing is remembered of those who got none");
        drop(all);
        assert!(seats.take(at(9)).is_some());
        assert!(seats.taken.lock().unwrap().is_empty());
    }
}
