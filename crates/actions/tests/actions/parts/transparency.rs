//! How long decisions took.

use actions::transparency::Numbers;
use domain::{Figure, Month};
use storage::figures::Count;

fn waited(hours: &[(i64, i64)]) -> Numbers {
    let month = Month::numbered(24_322);
    let count = |&(hours, count): &(i64, i64)| Count { month, figure: Figure::Waited, hours, count };
    let removed = Count { month, figure: Figure::Removed, hours: 0, count: 9 };
    Numbers { month, counts: std::iter::once(removed).chain(hours.iter().map(count)).collect() }
}

#[test]
fn half_was_decided_within_the_median() {
    assert_eq!(waited(&[]).median_hours(), None);
    for (hours, median) in [
        (&[(5, 1)][..], 5),
        (&[(0, 1), (9, 1)], 0),
        (&[(0, 1), (3, 1), (9, 1)], 3),
        (&[(0, 4), (3, 2), (720, 3)], 3),
        (&[(0, 1), (720, 9)], 720),
    ] {
        assert_eq!(waited(hours).median_hours(), Some(median), "{hours:?}");
    }
    assert_eq!(waited(&[(0, 4)]).of(Figure::Removed), 9);
}
