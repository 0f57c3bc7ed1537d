//! How much was moderated, by month: for everybody to read. It was counted where it happened; here it is only added up.

use domain::{Figure, Month};
use storage::figures::{self, Count};

use crate::{Ctx, Result};

/// Months that are shown, this one included.
pub const MONTHS: i64 = 24;

/// A month of moderation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Which.
    pub month: Month,
    /// What was counted in it.
    pub counts: Vec<Count>,
}

impl Numbers {
    /// How often something happened.
    #[must_use]
    pub fn of(&self, figure: Figure) -> i64 {
        self.counts.iter().filter(|count| count.figure == figure).map(|count| count.count).sum()
    }

    /// After how many whole hours half of what was decided was decided; `None`: nothing was.
    #[must_use]
    pub fn median_hours(&self) -> Option<i64> {
        let waited = || self.counts.iter().filter(|count| count.figure == Figure::Waited);
        let half = (waited().map(|count| count.count).sum::<i64>() + 1) / 2;
        let mut so_far = 0;
        let reaches = |count: &&Count| {
            so_far += count.count;
            so_far >= half
        };
        waited().find(reaches).map(|count| count.hours)
    }
}

/// The last months in which anything was counted, the newest first.
///
/// # Errors
/// Failures only.
pub async fn months(ctx: &Ctx) -> Result<Vec<Numbers>> {
    let first = Month::of(ctx.now()).plus(1 - MONTHS);
    let counts = ctx.db().read(move |tx| figures::since(tx, first)).await?;
    let mut months: Vec<Numbers> = Vec::new();
    for count in counts {
        match months.last_mut().filter(|last| last.month == count.month) {
            Some(last) => last.counts.push(count),
            None => months.push(Numbers { month: count.month, counts: vec![count] }),
        }
    }
    months.reverse();
    Ok(months)
}
