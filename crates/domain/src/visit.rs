//! Visits: what is new to somebody who comes back to a thread.

use crate::Time;

/// A visit goes on so long after its last page: reading, voting and coming back to the page belong together.
const PAUSE_MS: i64 = 30 * 60 * 1000;
/// Within a visit a later page is worth noting only so long after the one before.
const NOTE_MS: i64 = 60 * 1000;

/// What is kept of somebody's visits to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Up to here they had read before this visit: later comments are new to them.
    pub seen: Time,
    /// Up to here they have read by now.
    pub read: Time,
    /// When they last looked.
    pub last: Time,
}

/// What comes of a page that shows everything up to `shown`, looked at `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Comments later than this are new; `None` on the first visit, when everything is.
    pub new_after: Option<Time>,
    /// What is to be kept, when it differs from what was.
    pub keep: Option<Visit>,
}

/// Looks at a thread, after the visits of before.
#[must_use]
pub fn look(before: Option<Visit>, shown: Time, now: Time) -> Looked {
    let Some(before) = before else {
        return Looked { new_after: None, keep: Some(Visit { seen: shown, read: shown, last: now }) };
    };
    let read = before.read.max(shown);
    if now.0.saturating_sub(before.last.0) > PAUSE_MS {
        let visit = Visit { seen: before.read, read, last: now };
        return Looked { new_after: Some(visit.seen), keep: Some(visit) };
    }
    let changed = read > before.read || now.0.saturating_sub(before.last.0) > NOTE_MS;
    Looked { new_after: Some(before.seen), keep: changed.then_some(Visit { read, last: now, ..before }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn at(minutes: i64) -> Time {
        Time(minutes * MINUTE)
    }

    #[test]
    fn nothing_is_new_the_first_time_and_what_came_since_is_new_the_next_time() {
        let first = look(None, at(10), at(12));
        assert_eq!(first.new_after, None);
        let again = look(first.keep, at(50), at(60));
        assert_eq!(again.new_after, Some(at(10)));
    }

    #[test]
    fn marks_stay_through_a_visit() {
        let visit = look(look(None, at(10), at(12)).keep, at(50), at(60)).keep;
        let reload = look(visit, at(50), at(61));
        assert_eq!((reload.new_after, reload.keep), (Some(at(10)), None));
        let later = look(visit, at(70), at(75));
        assert_eq!(later.new_after, Some(at(10)));
        assert_eq!(look(later.keep, at(70), at(200)).new_after, Some(at(70)));
    }
}
