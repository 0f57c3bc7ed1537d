//! The log of SQLite's writer: when it is written back. These run on SQLite always.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use storage::testing::inside::{MUCH, QUIET, Writer, open_reader};

fn file(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("rejoinder.db")
}

/// A writer whose log has eight megabytes that are not written back.
fn after_much(path: &Path) -> Writer {
    let mut writer = Writer::open(path).unwrap();
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT randomblob(4000) AS x FROM n";
    writer.execute(&format!("CREATE TABLE ballast AS {many}")).unwrap();
    writer
}

/// Pages in the log, and how many of them are written back, when it was looked at so many times.
fn after_looks(writer: &mut Writer, times: u32) -> (i32, i32) {
    (0..times).for_each(|_| writer.look());
    writer.log().unwrap()
}

#[test]
fn the_log_is_written_back_once_nothing_was_written_for_long() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = after_much(&file(&folder));
    // The first look sees how long it is.
    let (many, none) = after_looks(&mut writer, QUIET);
    assert!(many > MUCH && none == 0, "{none} of {many}");
    writer.execute("DELETE FROM ballast WHERE rowid = 1").unwrap();
    assert_eq!(after_looks(&mut writer, QUIET).1, 0);
    // Who looks for work and finds none changes nothing.
    writer.write_nothing();
    let (pages, written_back) = after_looks(&mut writer, 1);
    assert_eq!((pages > many, written_back), (true, pages));
    assert!(std::fs::metadata(file(&folder)).unwrap().len() > 8_000_000);
    // What is not worth it is left.
    writer.execute("DELETE FROM ballast WHERE rowid = 2").unwrap();
    let (pages, written_back) = after_looks(&mut writer, 2 * QUIET);
    assert!(written_back < pages && pages < MUCH, "{written_back} of {pages}");
}

#[test]
fn what_is_newer_than_somebody_reads_is_written_back_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = after_much(&file(&folder));
    let mut reader = open_reader(&file(&folder)).unwrap();
    reader.batch_execute("BEGIN; SELECT count(*) FROM ballast").unwrap();
    writer.execute("UPDATE ballast SET x = randomblob(4000)").unwrap();
    let (pages, written_back) = after_looks(&mut writer, QUIET + 1);
    assert!((MUCH..pages - MUCH).contains(&written_back), "{written_back} of {pages}");
    reader.batch_execute("COMMIT").unwrap();
    assert_eq!(after_looks(&mut writer, QUIET), (pages, pages));
}
