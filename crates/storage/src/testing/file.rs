//! Databases on SQLite: each is a copy of a file that was migrated once, which takes a tenth of the time.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::{migrate, sqlite};

/// A folder with a database in it, deleted with this value.
pub(super) struct Database(tempfile::TempDir);

impl Database {
    pub(super) fn create() -> Self {
        let database = Self(tempfile::tempdir().expect("no room for a test database"));
        std::fs::copy(template(), database.file()).expect("cannot copy the template");
        database
    }

    pub(super) fn url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    /// Takes it away again.
    pub(super) fn empty(&self) {
        std::fs::remove_file(self.file()).expect("cannot empty a test database");
    }

    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }

    fn file(&self) -> PathBuf {
        self.folder().join("rejoinder.db")
    }
}

/// The template for these migrations and settings, beside the tests that were built with them; made now if nobody has yet.
fn template() -> PathBuf {
    let program = std::env::current_exe().expect("a test is a file");
    let folder = program.parent().expect("a test is in a folder");
    let mut settings = DefaultHasher::new();
    (sqlite::PRAGMAS, sqlite::WRITES).hash(&mut settings);
    let path = folder.join(format!("rejoinder_template_{}_{:016x}.db", env!("MIGRATIONS"), settings.finish()));
    if !path.exists() {
        // Renamed when it is whole: whoever finds it can copy it, whoever else makes it makes the same.
        let half = tempfile::NamedTempFile::new_in(folder).expect("no room for the template");
        let mut conn = sqlite::open(half.path()).expect("the template does not open");
        migrate::sqlite(&mut conn).expect("cannot migrate the template");
        drop(conn);
        half.persist(&path).expect("cannot name the template");
    }
    path
}
