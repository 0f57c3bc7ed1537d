//! One schema: what both migration trees make, what the queries are written for, and what is written down are the same.
#![expect(clippy::panic, reason = "a test ends where something is wrong")]

extern crate rejoinder_storage as storage;

use storage::testing::shape::{declared, shape};
use storage::testing::{database, embedded};

/// Written anew by `REJOINDER_GOLDEN=write`.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema.golden");

#[tokio::test]
async fn this_database_has_the_schema_that_is_written_down() {
    let db = database().await;
    let shape = shape(&db).await.unwrap();
    if std::env::var_os("REJOINDER_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &shape).unwrap();
    }
    equal(&std::fs::read_to_string(GOLDEN).unwrap(), &shape);
}

#[tokio::test]
async fn sqlite_has_the_schema_that_is_written_down() {
    let db = embedded().await;
    equal(&std::fs::read_to_string(GOLDEN).unwrap(), &shape(&db).await.unwrap());
}

#[test]
fn queries_are_written_for_the_schema_that_is_written_down() {
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    let bare = |line: &&str| !line.contains(" refers to ") && !line.contains("index ");
    let golden: String = golden.lines().filter(bare).map(|line| format!("{line}\n")).collect();
    equal(&golden, &declared());
}

fn equal(expected: &str, found: &str) {
    if expected != found {
        let missing: Vec<_> = expected.lines().filter(|line| !found.lines().any(|other| other == *line)).collect();
        let new: Vec<_> = found.lines().filter(|line| !expected.lines().any(|other| other == *line)).collect();
        panic!("missing: {missing:#?}\nnew: {new:#?}\n(or the order differs)");
    }
}
