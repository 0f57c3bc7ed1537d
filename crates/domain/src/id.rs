//! Ids: what names a thing for ever. How they are made lives here too, as arithmetic; the clock and the noise come from outside.

use std::fmt;
use std::str::FromStr;

use crate::Time;

/// First millisecond that ids count from: 2024-01-01T00:00:00Z, in Unix milliseconds.
const EPOCH_MS: i64 = 1_704_067_200_000;
/// Low bits of an id: they tell apart what was made in the same millisecond, on any number of nodes.
const NOISE_BITS: u32 = 22;

/// The next id after `last`, at `now_ms`, starting from `noise` when the millisecond is new.
///
/// Ids are positive 64-bit numbers, grow with time and are never used again: the upper bits are milliseconds, so a
/// database restored from an old backup continues above what it once gave out. Nodes need no number of their own: in a
/// new millisecond each starts at a random place of the lower 22 bits, and a collision meets the primary key.
#[must_use]
pub fn next_id(last: i64, now_ms: i64, noise: u32) -> i64 {
    let millis = now_ms.saturating_sub(EPOCH_MS).max(1);
    // The top bit of the noise stays clear, so that counting up within a millisecond has room.
    let low = i64::from(noise & ((1 << (NOISE_BITS - 1)) - 1));
    let fresh = (millis << NOISE_BITS) | low;
    if fresh > last && (fresh >> NOISE_BITS) > (last >> NOISE_BITS) { fresh } else { last.saturating_add(1) }
}

/// When an id was made: its upper bits say so. An id that was never made so is taken for an old one.
#[must_use]
pub fn made_at(id: i64) -> Time {
    Time(EPOCH_MS + (id.max(0) >> NOISE_BITS))
}

/// The least number that can be made at a time: all that were made before it are less.
#[must_use]
pub fn first_made_at(time: Time) -> i64 {
    time.0.saturating_sub(EPOCH_MS).clamp(0, i64::MAX >> NOISE_BITS) << NOISE_BITS
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> { parse(text).map(Self) }
        }
    )+};
}

ids! {
    /// A comment, the root of a thread included.
    CommentId,
    /// A thread; the same number as its root comment.
    ThreadId,
    /// A board.
    BoardId,
    /// Whoever acts: local, remote or imported.
    ActorId,
    /// The login of a local person.
    AccountId,
}

impl ThreadId {
    /// The comment that the thread hangs from.
    #[must_use]
    pub fn root(self) -> CommentId {
        CommentId(self.0)
    }
}

/// The text is no id: ids are positive decimal numbers without sign or leading zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is a positive decimal number")]
pub struct NotAnId;

fn parse(text: &str) -> Result<i64, NotAnId> {
    let canonical = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let number = text.parse().ok().filter(|_| canonical);
    number.ok_or(NotAnId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_read_back_and_nothing_else_does() {
        assert_eq!("7".parse(), Ok(CommentId(7)));
        for bad in ["", "0", "07", "+7", "-7", " 7", "7 ", "９", "9223372036854775808", "7\0"] {
            assert_eq!(bad.parse::<CommentId>(), Err(NotAnId), "{bad:?}");
        }
    }

    #[test]
    fn an_id_says_when_it_was_made() {
        assert_eq!(made_at(next_id(0, 1_800_000_000_123, u32::MAX)), Time(1_800_000_000_123));
        assert_eq!((made_at(7), made_at(-1)), (Time(EPOCH_MS), Time(EPOCH_MS)));
        let (then, next) = (Time(1_800_000_000_123), Time(1_800_000_000_124));
        let made = next_id(0, then.0, u32::MAX);
        assert!(first_made_at(then) <= made && made < first_made_at(next));
        assert_eq!((first_made_at(Time(0)), made_at(first_made_at(Time(i64::MAX))) > then), (0, true));
    }

    proptest! {
        #[test]
        fn ids_always_grow(steps in prop::collection::vec((-5_000_i64..5_000, any::<u32>()), 1..200)) {
            let (mut last, mut now) = (0, 1_800_000_000_000);
            for (step, noise) in steps {
                now += step;
                let id = next_id(last, now, noise);
                prop_assert!(id > last);
                last = id;
            }
        }
    }
}
