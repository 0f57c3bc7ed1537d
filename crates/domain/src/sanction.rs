//! What was decided against an actor: how severe it is, where it counts and until when. What it forbids stands in [`crate::authority`].

use std::sync::Arc;

use crate::{BoardId, Level, Sanction, Time};

/// A decision against one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// How severe it is.
    pub level: Sanction,
    /// The board on which it counts; `None`: on the whole instance.
    pub board: Option<BoardId>,
    /// When it ends by itself.
    pub until: Option<Time>,
}

impl Bar {
    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self, now: Time) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// All that counts against one actor; against nearly everybody there is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bars(Option<Arc<[Bar]>>);

impl Bars {
    /// Of what was decided, that which counts now.
    #[must_use]
    pub fn new(decided: &Arc<[Bar]>, now: Time) -> Self {
        if decided.iter().any(|bar| bar.is_over(now)) {
            let left: Arc<[Bar]> = decided.iter().filter(|bar| !bar.is_over(now)).copied().collect();
            return Self(Some(left));
        }
        Self(Some(Arc::clone(decided)))
    }

    /// The severest that counts on a board.
    #[must_use]
    pub fn on(&self, board: BoardId) -> Option<Sanction> {
        self.severest(|bar| bar.board.is_none_or(|own| own == board))
    }

    /// The severest that counts everywhere.
    #[must_use]
    pub fn everywhere(&self) -> Option<Sanction> {
        self.severest(|bar| bar.board.is_none())
    }

    /// How what they write on a board is dealt with.
    #[must_use]
    pub fn level_on(&self, board: BoardId) -> Level {
        match self.on(board) {
            None => Level::Allow,
            Some(Sanction::Limit) => Level::Limit,
            // Who is suspended writes nothing; what nevertheless came waits.
            Some(Sanction::Hold | Sanction::Suspend) => Level::Hold,
        }
    }

    fn severest(&self, counts: impl Fn(&Bar) -> bool) -> Option<Sanction> {
        self.0.iter().flat_map(|bars| bars.iter()).filter(|bar| counts(bar)).map(|bar| bar.level).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(level: Sanction, board: Option<i64>, until: Option<i64>) -> Bar {
        Bar { level, board: board.map(BoardId), until: until.map(Time) }
    }

    #[test]
    fn the_severest_counts_where_it_was_decided_and_as_long() {
        let decided: Arc<[Bar]> = [
            bar(Sanction::Limit, None, None),
            bar(Sanction::Suspend, Some(1), Some(10)),
            bar(Sanction::Hold, Some(2), None),
        ]
        .into();
        let bars = Bars::new(&decided, Time(9));
        let on = |bars: &Bars, board| bars.on(BoardId(board));
        assert_eq!(bars.everywhere(), Some(Sanction::Limit));
        assert_eq!(
            (on(&bars, 1), on(&bars, 2), on(&bars, 3)),
            (Some(Sanction::Suspend), Some(Sanction::Hold), Some(Sanction::Limit))
        );
        assert_eq!((bars.level_on(BoardId(2)), bars.level_on(BoardId(3))), (Level::Hold, Level::Limit));
        let later = Bars::new(&decided, Time(10));
        assert_eq!(on(&later, 1), Some(Sanction::Limit));
        assert_eq!((Bars::default().everywhere(), Bars::default().level_on(BoardId(1))), (None, Level::Allow));
    }
}
