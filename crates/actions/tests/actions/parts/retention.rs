//! What is kept for how long, and that its document says so.

use actions::retention::{Retention, STAYS, TABLE, document};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/retention.md");

#[test]
fn every_table_stands_in_one_of_the_lists_or_is_shared_by_both() {
    let kept = TABLE.iter().flat_map(|kept| kept.tables).chain(STAYS.iter().flat_map(|(_, tables)| *tables));
    let mut listed: Vec<&str> = kept.copied().collect();
    listed.sort_unstable();
    listed.dedup();
    let mut tables: Vec<&str> = storage::testing::shape::tables().collect();
    tables.sort_unstable();
    assert_eq!(listed, tables);
}

/// Written anew by `REJOINDER_BLESS=1`.
#[test]
fn the_document_says_what_is_done() {
    let text = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = text.split_once("<!-- made: -->\n").unwrap();
    let (said, after) = rest.split_once("<!-- :made -->").unwrap();
    let now = document(&Retention::default());
    if std::env::var_os("REJOINDER_BLESS").is_some() {
        std::fs::write(DOCUMENT, format!("{before}<!-- made: -->\n{now}<!-- :made -->{after}")).unwrap();
        return;
    }
    assert_eq!(said, now);
}
