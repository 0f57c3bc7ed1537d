//! Ranking: votes and age in, one whole number out, so that databases can index it and no sweep is ever needed.

use crate::Time;

/// z of the one-sided 90 % confidence that the Wilson bound is taken at.
const Z: f64 = 1.281_551_565_545;
/// Seconds in which a thread must gain ten times the votes to stay level with a newer one.
const HOT_SECONDS: f64 = 45_000.0;
/// Ranks are stored as whole numbers of millionths (hot) and billionths (Wilson, controversy).
const HOT_SCALE: f64 = 1e6;
const SHARE_SCALE: f64 = 1e9;

/// Votes on a comment. The author's own approval is implied and not counted here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Votes {
    /// Actors who voted up.
    pub ups: i64,
    /// Actors who voted down.
    pub downs: i64,
}

impl Votes {
    /// Ups less downs: the number that is shown.
    #[must_use]
    pub fn score(self) -> i64 {
        self.ups.saturating_sub(self.downs)
    }
}

/// How a list of threads is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ThreadSort {
    /// Score weighed against age.
    #[default]
    Hot,
    /// Newest first.
    New,
    /// Highest score first.
    Top,
    /// Surest approval first (Wilson).
    Best,
    /// Latest comment first.
    Active,
}

/// How siblings within a thread are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CommentSort {
    /// Surest approval first (Wilson), then oldest.
    #[default]
    Best,
    /// Highest score first, then oldest.
    Top,
    /// Newest first.
    New,
    /// Oldest first.
    Old,
    /// Most evenly disputed first.
    Controversial,
}

macro_rules! named {
    ($kind:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $kind {
            /// Every value, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in addresses.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The value of that name, if there is one.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}
pub(crate) use named;

named!(ThreadSort { Hot = "hot", New = "new", Top = "top", Best = "best", Active = "active" });
named!(CommentSort { Best = "best", Top = "top", New = "new", Old = "old", Controversial = "controversial" });

/// Hot rank in millionths: `sign·log10(max(|score|,1)) + t/45000`. It never has to be computed again until a vote comes.
#[must_use]
pub fn hot(votes: Votes, published: Time) -> i64 {
    let score = votes.score() as f64;
    let weight = score.signum() * score.abs().max(1.0).log10();
    ((weight + published.seconds() as f64 / HOT_SECONDS) * HOT_SCALE) as i64
}

/// Lower bound of the share of approval that may be expected (Wilson, z = 1.2816), in billionths.
/// The author counts as one who approves, so that a new comment stands above one that was voted down.
#[must_use]
pub fn best(votes: Votes) -> i64 {
    let ups = votes.ups.saturating_add(1) as f64;
    let all = ups + votes.downs as f64;
    let (share, z2) = (ups / all, Z * Z);
    let centre = share + z2 / (2.0 * all);
    let spread = Z * (share * (1.0 - share) / all + z2 / (4.0 * all * all)).sqrt();
    ((centre - spread) / (1.0 + z2 / all) * SHARE_SCALE) as i64
}

/// How evenly and how much a comment is disputed: `votes ^ balance`, in millionths; 0 when one side has none.
#[must_use]
pub fn controversy(votes: Votes) -> i64 {
    let (few, many) = (votes.ups.min(votes.downs), votes.ups.max(votes.downs));
    if few <= 0 {
        return 0;
    }
    let balance = few as f64 / many as f64;
    ((votes.ups as f64 + votes.downs as f64).powf(balance) * HOT_SCALE) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn votes(ups: i64, downs: i64) -> Votes {
        Votes { ups, downs }
    }

    #[test]
    fn hot_gives_ten_times_the_votes_for_twelve_and_a_half_hours() {
        let (old, new) = (Time(1_800_000_000_000), Time(1_800_045_000_000));
        assert_eq!(hot(votes(100, 0), old), hot(votes(10, 0), new));
        assert!(hot(votes(0, 10), new) < hot(votes(0, 0), new));
    }

    #[test]
    fn wilson_prefers_many_sure_votes_to_few() {
        assert!(best(votes(100, 10)) > best(votes(3, 0)));
        assert!(best(votes(0, 0)) > best(votes(0, 1)));
        // 10 of 11 approve (the author included): computed by hand from the formula.
        assert_eq!(best(votes(9, 1)) / 1_000_000, 739);
    }

    #[test]
    fn controversy_wants_both_sides() {
        assert_eq!(controversy(votes(50, 0)), 0);
        assert!(controversy(votes(50, 50)) > controversy(votes(90, 10)));
    }

    #[test]
    fn names_read_back() {
        for sort in ThreadSort::ALL {
            assert_eq!(ThreadSort::named(sort.name()), Some(*sort));
        }
        for sort in CommentSort::ALL {
            assert_eq!(CommentSort::named(sort.name()), Some(*sort));
        }
        assert_eq!(CommentSort::named("hot"), None);
    }

    proptest! {
        #[test]
        fn ranks_never_overflow(ups in 0..i64::MAX, downs in 0..i64::MAX, at in any::<i64>()) {
            let v = votes(ups, downs);
            let _ = hot(v, Time(at));
            let _ = controversy(v);
            prop_assert!((0..=1_000_000_000).contains(&best(v)));
        }

        #[test]
        fn another_vote_up_never_ranks_lower(ups in 0_i64..10_000, downs in 0_i64..10_000) {
            prop_assert!(best(votes(ups + 1, downs)) >= best(votes(ups, downs)));
            prop_assert!(hot(votes(ups + 1, downs), Time(0)) >= hot(votes(ups, downs), Time(0)));
        }
    }
}
