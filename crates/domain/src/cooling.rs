//! How a thread that lives on several servers cools: the longer nothing new has come, the seldomer it is worth looking for more.

use crate::Time;

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// When it is looked, in milliseconds after something new came. The first is some minutes later: by then the answers that were written at
/// once are there. After the last nothing has been said for a month, and whoever takes the thread up again will say it to us.
const LOOKS: [i64; 10] =
    [5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 28 * DAY];

/// The first look after something new came.
#[must_use]
pub fn first(fresh: Time) -> Time {
    fresh.plus_ms(LOOKS[0])
}

/// The next look at `now`, after so many of them since something new came at `fresh`: which look that is, and when. A look whose time has
/// passed is not made up for. `None` when it has cooled.
#[must_use]
pub fn next(fresh: Time, looks: i64, now: Time) -> Option<(i64, Time)> {
    let done = usize::try_from(looks).unwrap_or(0);
    let mut times = LOOKS.iter().enumerate().skip(done).map(|(step, after)| (step, fresh.plus_ms(*after)));
    let (step, at) = times.find(|(_, at)| *at > now)?;
    Some((i64::try_from(step).unwrap_or(looks), at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn looks_become_seldom_and_end() {
        let (mut now, mut looks, mut pauses) = (Time(0), 0, Vec::new());
        while let Some((step, at)) = next(Time(0), looks, now) {
            pauses.push(at.0 - now.0);
            (now, looks) = (at, step + 1);
        }
        assert_eq!((pauses.len(), pauses[0], now), (10, 5 * MINUTE, Time(28 * DAY)));
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert_eq!(first(Time(7)), Time(7 + 5 * MINUTE));
    }

    #[test]
    fn what_was_missed_is_not_made_up_for() {
        assert_eq!(next(Time(0), 1, Time(2 * HOUR)), Some((3, Time(4 * HOUR))));
        assert_eq!(next(Time(0), 1, Time(30 * DAY)), None);
    }

    proptest! {
        #[test]
        fn the_next_look_is_ahead_and_within_a_month(fresh in 0_i64..1 << 50, looks in -3_i64..20, passed in 0..40 * DAY) {
            let now = Time(fresh + passed);
            if let Some((step, at)) = next(Time(fresh), looks, now) {
                prop_assert!(at > now && at.0 <= fresh + 30 * DAY && step >= looks);
            } else {
                prop_assert!(passed >= 28 * DAY || looks >= 10);
            }
        }
    }
}
