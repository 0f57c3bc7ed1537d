//! Files that say what is expected. With `REJOINDER_BLESS=1` they are written anew, to be read with care before they are committed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A place among the golden files.
pub fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(path)
}

/// Holds `found` against the file at `path`.
pub fn compare(path: &Path, found: &str) {
    if env::var_os("REJOINDER_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, found).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    let parted = expected.lines().zip(found.lines()).find(|(expected, found)| expected != found);
    assert_eq!(expected, found, "{} first differs at {parted:?}", path.display());
}

/// The entries of a folder, in order.
pub fn entries(path: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}
