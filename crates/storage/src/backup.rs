//! Backup and restore. A backup is one SQLite file with the tables of this program, whichever database it was made of: so it
//! goes into either, and moving from one to the other is a backup and a restore. Made while the server runs, of one moment.

use std::path::{Path, PathBuf};

use crate::{Db, Error, Place};

#[cfg(all(feature = "sqlite", feature = "postgres"))]
mod between;
#[cfg(feature = "sqlite")]
mod file;

/// What may become of content that is in the way of a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// It stays, and nothing is restored.
    No,
    /// It is replaced. A SQLite file is kept under another name.
    Yes,
}

/// What a restore did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Where the file is that stood in the way.
    pub kept: Option<PathBuf>,
}

/// Why there is no backup, or nothing restored. In words for the host, with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A backup never replaces a file.
    #[error("{} exists already; choose another name, or move it away", .0.display())]
    Exists(PathBuf),
    /// A file or a folder cannot be used.
    #[error("cannot use {}: {because}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        because: std::io::Error,
    },
    /// The file is something else.
    #[error("{} is not a backup of Rejoinder: {because}", .path.display())]
    NotABackup {
        /// Which.
        path: PathBuf,
        /// What is missing.
        because: String,
    },
    /// The file was a backup once.
    #[error("{} is damaged ({because}); restore another backup", .path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What SQLite found.
        because: String,
    },
    /// A server would go on with what it remembers.
    #[error("a server is running on this database; stop it first")]
    Running,
    /// The database is not empty.
    #[error("the database has content, which would be replaced; if that is meant, say --overwrite")]
    HasContent,
    /// Backups are SQLite files.
    #[error("backups are SQLite files, and this program was built without SQLite (feature “sqlite”)")]
    WithoutSqlite,
    /// The database failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Writes a backup of one moment into a new file, while the database is in use. There is no file until it is whole and on disk.
///
/// # Errors
/// [`BackupError::Exists`], [`BackupError::File`], [`BackupError::Failed`].
pub async fn backup(db: &Db, file: &Path) -> Result<(), BackupError> {
    let (place, file) = (db.place().clone(), file.to_owned());
    blocking(move || backup_now(&place, &file)).await
}

/// Makes a database of a backup, in place of what is at `place`. All of it or nothing: whatever fails, what was there is
/// still there. A backup of an earlier version is migrated; the file itself is not touched.
///
/// # Errors
/// See [`BackupError`].
pub async fn restore(place: &Place, file: &Path, overwrite: Overwrite) -> Result<Restored, BackupError> {
    let (place, file) = (place.clone(), file.to_owned());
    blocking(move || restore_now(&place, &file, overwrite)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|panic| Error::Panicked(panic.to_string()))?
}

#[cfg(feature = "sqlite")]
fn backup_now(place: &Place, file: &Path) -> Result<(), BackupError> {
    use crate::db::Kind;
    let partial = file::Partial::beside(file)?;
    match place.kind()? {
        Kind::Sqlite(path) => file::snapshot(&path, partial.path())?,
        Kind::Postgres => from_postgres(&place.url, partial.path())?,
    }
    partial.finish(file)
}

#[cfg(feature = "sqlite")]
fn restore_now(place: &Place, file: &Path, overwrite: Overwrite) -> Result<Restored, BackupError> {
    use crate::db::Kind;
    match place.kind()? {
        Kind::Sqlite(path) => file::replace(&path, file, overwrite),
        Kind::Postgres => {
            let copy = file::Partial::temporary()?;
            file::prepare(file, copy.path())?;
            into_postgres(&place.url, copy.path(), overwrite)?;
            Ok(Restored::default())
        }
    }
}

#[cfg(all(feature = "sqlite", feature = "postgres"))]
use between::{from_postgres, into_postgres};

#[cfg(all(feature = "sqlite", not(feature = "postgres")))]
fn from_postgres(_url: &str, _file: &Path) -> Result<(), BackupError> {
    Err(Error::Unavailable("this program was built without PostgreSQL (feature “postgres”)".into()).into())
}

#[cfg(all(feature = "sqlite", not(feature = "postgres")))]
fn into_postgres(url: &str, file: &Path, _overwrite: Overwrite) -> Result<(), BackupError> {
    from_postgres(url, file)
}

#[cfg(not(feature = "sqlite"))]
fn backup_now(_place: &Place, _file: &Path) -> Result<(), BackupError> {
    Err(BackupError::WithoutSqlite)
}

#[cfg(not(feature = "sqlite"))]
fn restore_now(_place: &Place, _file: &Path, _overwrite: Overwrite) -> Result<Restored, BackupError> {
    Err(BackupError::WithoutSqlite)
}
