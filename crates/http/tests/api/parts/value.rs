//! Ids, times and words as the API writes them.

use domain::Time;
use door::api::value::{Category, CommentSort, Id, Moment};

#[test]
fn ids_are_strings_both_ways() {
    assert_eq!(serde_json::to_string(&Id(9_007_199_254_740_993)).unwrap(), "\"9007199254740993\"");
    assert_eq!(serde_json::from_str::<Id>("\"7\"").unwrap(), Id(7));
    assert_eq!(serde_json::from_str::<Id>("\"9999999999999999999\"").unwrap(), Id(i64::MAX));
    for bad in ["7", "\"07\"", "\"-7\"", "\"+7\"", "\"10000000000000000000\"", "null", "\"\""] {
        assert!(serde_json::from_str::<Id>(bad).is_err(), "{bad}");
    }
}

#[test]
fn moments_have_milliseconds_and_never_fail() {
    assert_eq!(Moment(Time(1_800_000_000_007)).to_string(), "2027-01-15T08:00:00.007Z");
    assert_eq!(Moment(Time(0)).to_string(), "1970-01-01T00:00:00.000Z");
    assert!(Moment(Time(i64::MAX)).to_string().starts_with("9999-12-3"));
}

#[test]
fn the_words_are_those_of_the_domain() {
    for category in domain::Category::ALL {
        let word = serde_json::to_value(Category::from(*category)).unwrap();
        assert_eq!(word, category.name());
    }
    for sort in domain::CommentSort::ALL {
        assert_eq!(serde_json::to_value(CommentSort::from(*sort)).unwrap(), sort.name());
    }
}
