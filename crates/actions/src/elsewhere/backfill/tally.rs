//! What came of a look, counted.

use domain::Time;
use storage::backfills::Last;

/// The longest reason that is kept, in characters. It may have another server's words in it.
const MAX_REASON: usize = 300;

/// What came of a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Comments from elsewhere that were here before.
    pub known: i64,
    /// New ones.
    pub fetched: i64,
    /// Those that were fetched and not taken.
    pub refused: i64,
    /// Those that could not be had.
    pub failed: i64,
    /// Known ones of which their homes say that they were deleted.
    pub gone: i64,
    /// Why, of the last that was refused or could not be had.
    pub error: String,
}

impl Tally {
    pub(super) fn refuse(&mut self, why: &str) {
        self.refused += 1;
        self.note(why);
    }

    pub(super) fn fail(&mut self, why: &str) {
        self.failed += 1;
        self.note(why);
    }

    pub(super) fn note(&mut self, why: &str) {
        // PostgreSQL takes no NUL.
        self.error = why.chars().filter(|one| *one != '\0').take(MAX_REASON).collect();
    }

    pub(super) fn into_last(self, ran: Time) -> Last {
        let Self { known, fetched, refused, failed, gone, error } = self;
        Last { ran, known, fetched, refused, failed, gone, error }
    }
}
