//! What mutation begins with: what real servers have sent, and what is kept in `corpus`.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The folder of this package.
fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files in a folder and below that have this ending, in the order of their names.
fn files(folder: &Path, ending: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path, ending)?);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(fs::read(&path)?);
        }
    }
    Ok(found)
}

/// What other servers have sent: activities and documents.
///
/// # Errors
/// When it is not there.
pub fn of_peers() -> io::Result<Vec<Vec<u8>>> {
    files(&home().join("../../crates/federation/tests/golden/in"), ".json")
}

/// What is kept for a target.
///
/// # Errors
/// When the folder cannot be read.
pub fn kept(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let folder = home().join("corpus").join(target);
    if folder.is_dir() { files(&folder, "") } else { Ok(Vec::new()) }
}
