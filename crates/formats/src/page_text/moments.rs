//! From rounded ages to moments that keep the order of the page.

use std::collections::HashMap;

/// For each comment, a moment close to what its age says, so that no comment precedes the one it answers, and comments of the
/// same age stand in the order of the page, a millisecond apart.
///
/// `said` are the moments that the ages name, `parents` point to smaller indices. A comment whose rounded age makes it older than what it answers
/// counts as of the same age as that.
pub(super) fn moments(said: &[i64], parents: &[Option<usize>]) -> Vec<i64> {
    let mut found: Vec<Placed> = Vec::with_capacity(said.len());
    let mut latest: HashMap<i64, i64> = HashMap::new();
    for (said, parent) in said.iter().zip(parents) {
        let above = parent.and_then(|parent| found.get(parent).copied());
        let rounded = above.map_or(*said, |above| above.rounded.max(*said));
        let after = [latest.get(&rounded).copied(), above.map(|above| above.moment)].into_iter().flatten().max();
        let moment = after.map_or(rounded, |after| rounded.max(after.saturating_add(1)));
        latest.insert(rounded, moment);
        found.push(Placed { rounded, moment });
    }
    found.into_iter().map(|placed| placed.moment).collect()
}

#[derive(Clone, Copy)]
struct Placed {
    rounded: i64,
    moment: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_age_keeps_the_order_of_the_page() {
        assert_eq!(moments(&[50, 50, 90, 50], &[None; 4]), [50, 51, 90, 52]);
    }

    #[test]
    fn an_answer_never_precedes_its_question() {
        let parents = [None, Some(0), Some(0), Some(1), None];
        assert_eq!(moments(&[90, 50, 50, 50, 50], &parents), [90, 91, 92, 93, 50]);
    }

    #[test]
    fn the_end_of_time_is_the_end() {
        assert_eq!(moments(&[i64::MAX, i64::MAX], &[None, Some(0)]), [i64::MAX, i64::MAX]);
    }
}
