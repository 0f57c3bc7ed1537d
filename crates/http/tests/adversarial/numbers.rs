//! Every number of `numbers.txt` has its test, and every test its number.

use std::collections::BTreeSet;
use std::path::Path;

/// The groups, each a file.
const FILES: [&str; 9] = [
    include_str!("a_signature.rs"),
    include_str!("b_identity.rs"),
    include_str!("c_authority.rs"),
    include_str!("d_fetching.rs"),
    include_str!("e_names.rs"),
    include_str!("f_size.rs"),
    include_str!("g_text.rs"),
    include_str!("h_disclosure.rs"),
    include_str!("i_operations.rs"),
];

/// The numbers that are written down, as `A1`.
fn numbers() -> Vec<String> {
    let lines = include_str!("numbers.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once(' ').unwrap().0.to_owned()).collect()
}

/// The numbers of the tests in a file, by the beginnings of their names: `a01_…` is `A1`.
fn tested(text: &str) -> impl Iterator<Item = String> {
    let names = text.split("#[tokio::test").skip(1).map(|rest| rest.split_once("async fn ").unwrap().1);
    names.map(|name| {
        let number = name.split('_').next().unwrap();
        let (letter, digits) = number.split_at(1);
        assert_eq!(digits.len(), 2, "{number} is to be a letter and two digits");
        format!("{}{}", letter.to_uppercase(), digits.parse::<u8>().unwrap())
    })
}

#[test]
fn every_number_has_a_test_and_every_test_a_number() {
    let listed = numbers();
    let known: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(known.len(), listed.len(), "a number stands twice");
    let tested: BTreeSet<_> = FILES.iter().flat_map(|file| tested(file)).collect();
    assert_eq!(known.difference(&tested).collect::<Vec<_>>(), Vec::<&String>::new(), "without a test");
    assert_eq!(tested.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "tests without a number");
    println!("{} numbers, each with a test", known.len());
}

#[test]
fn every_group_is_counted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/adversarial");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let groups = names.filter(|name| name.ends_with(".rs") && name.as_bytes()[1] == b'_').count();
    assert_eq!(groups, FILES.len());
}
