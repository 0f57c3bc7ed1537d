//! What an author elsewhere says to an answer.

use actions::elsewhere::consent::{EVERYBODY, weigh};
use federation::wire::parse::Grant;
use storage::answering::Allowed;

#[test]
fn who_is_named_counts_before_everybody_and_a_yes_before_a_perhaps() {
    let list = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let bo = "https://a.example/bo";
    for (automatic, manual, expected) in [
        (vec![], vec![], Grant::Refused),
        (vec![EVERYBODY], vec![], Grant::Automatic),
        (vec![], vec![EVERYBODY], Grant::Manual),
        (vec![bo], vec![EVERYBODY], Grant::Automatic),
        (vec![EVERYBODY], vec![bo], Grant::Manual),
        (vec![bo], vec![bo], Grant::Automatic),
        (vec!["https://a.example/bo/followers"], vec!["https://a.example/bob"], Grant::Refused),
    ] {
        let allowed = Allowed { automatic: list(&automatic), manual: list(&manual) };
        assert_eq!(weigh(&allowed, bo), expected, "{allowed:?}");
    }
}
