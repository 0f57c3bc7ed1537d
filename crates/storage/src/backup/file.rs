//! Backups as files: written under another name until they are whole, looked at before they are believed.

use std::fs::File;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::{RunQueryDsl as _, SqliteConnection, sql_types};

use super::{BackupError, Overwrite, Restored};
use crate::{Error, Result, migrate, sqlite};

/// A file that is not whole yet. It vanishes with this value unless it is finished.
pub(super) struct Partial {
    path: PathBuf,
}

impl Partial {
    /// In the folder of `file`, which must not exist, so that it can take its name in one step.
    pub(super) fn beside(file: &Path) -> Result<Self, BackupError> {
        if file.try_exists().map_err(|error| unusable(file, error))? {
            return Err(BackupError::Exists(file.to_owned()));
        }
        Self::empty(with_suffix(file, &format!(".{}.partial", std::process::id())))
    }

    /// Where temporary files are.
    pub(super) fn temporary() -> Result<Self, BackupError> {
        Self::empty(std::env::temp_dir().join(format!("rejoinder-restore-{}.partial", std::process::id())))
    }

    fn empty(path: PathBuf) -> Result<Self, BackupError> {
        // Also says in plain words that the folder is missing or closed, which SQLite does not.
        let created = sqlite::private().write(true).create(true).truncate(true).open(&path);
        created.map_err(|error| unusable(&path, error))?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Flushes it to the disk and gives it its name.
    pub(super) fn finish(self, name: &Path) -> Result<(), BackupError> {
        let flushed = File::open(&self.path).and_then(|file| file.sync_all());
        flushed.map_err(|error| unusable(&self.path, error))?;
        std::fs::rename(&self.path, name).map_err(|error| unusable(name, error))?;
        sync_folder(name)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            // After it was finished there is nothing left to delete.
            let _ = std::fs::remove_file(with_suffix(&self.path, suffix));
        }
    }
}

fn unusable(path: &Path, because: std::io::Error) -> BackupError {
    BackupError::File { path: path.to_owned(), because }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A file has its name for sure only when the folder is on disk.
fn sync_folder(file: &Path) -> Result<(), BackupError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| unusable(folder, error))
}

/// Copies one moment of a database that others may be writing to.
pub(super) fn snapshot(database: &Path, to: &Path) -> Result<()> {
    let name = to.to_str().ok_or_else(|| Error::Unavailable(format!("{} is not valid UTF-8", to.display())))?;
    let mut conn = sqlite::open_existing(database)?;
    diesel::sql_query("VACUUM INTO ?").bind::<sql_types::Text, _>(name).execute(&mut conn)?;
    Ok(())
}

/// Copies a backup and makes sure of the copy: it is one, it is whole, and it has the tables of this version.
pub(super) fn prepare(backup: &Path, copy: &Path) -> Result<(), BackupError> {
    // Not as the file system copies: who can read the one is not who can read the other.
    let copied =
        || std::io::copy(&mut File::open(backup)?, &mut File::options().write(true).truncate(true).open(copy)?);
    copied().map_err(|error| unusable(backup, error))?;
    let not_one = |because: String| BackupError::NotABackup { path: backup.to_owned(), because };
    let mut conn = sqlite::open(copy).map_err(|error| not_one(error.reason()))?;
    let migrations = "SELECT count(*) AS number FROM sqlite_master WHERE name = '__diesel_schema_migrations'";
    match number(&mut conn, migrations) {
        Ok(0) => return Err(not_one("it is a database of something else".into())),
        Ok(_) => {}
        Err(error) => return Err(not_one(error.reason())),
    }
    if let Some(because) = damage(&mut conn) {
        return Err(BackupError::Damaged { path: backup.to_owned(), because });
    }
    migrate::sqlite(&mut conn)?;
    // One file again, without a journal beside it.
    conn.batch_execute("PRAGMA journal_mode = DELETE").map_err(Error::from)?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = sql_types::BigInt)]
    number: i64,
}

fn number(conn: &mut SqliteConnection, sql: &str) -> Result<i64> {
    Ok(diesel::sql_query(sql).get_result::<Number>(conn)?.number)
}

/// What SQLite finds wrong with a file.
fn damage(conn: &mut SqliteConnection) -> Option<String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Text)]
        found: String,
    }
    let wrong = "SELECT integrity_check AS found FROM pragma_integrity_check WHERE integrity_check <> 'ok' \
         UNION ALL SELECT 'a row of ' || \"table\" || ' refers to nothing' FROM pragma_foreign_key_check LIMIT 10";
    match diesel::sql_query(wrong).load::<Row>(conn) {
        Ok(rows) if rows.is_empty() => None,
        Ok(rows) => Some(rows.into_iter().map(|row| row.found).collect::<Vec<_>>().join("; ")),
        Err(error) => Some(Error::from(error).reason()),
    }
}

/// Puts a backup in the place of a database file.
pub(super) fn replace(database: &Path, backup: &Path, overwrite: Overwrite) -> Result<Restored, BackupError> {
    let lock = sqlite::lock(database)?.ok_or(BackupError::Running)?;
    let exists = database.try_exists().map_err(|error| unusable(database, error))?;
    if exists && overwrite == Overwrite::No && has_content(database) {
        return Err(BackupError::HasContent);
    }
    let copy = Partial::empty(with_suffix(database, &format!(".{}.partial", std::process::id())))?;
    prepare(backup, copy.path())?;
    let kept = if exists { Some(move_away(database)?) } else { None };
    copy.finish(database)?;
    drop(lock);
    Ok(Restored { kept })
}

/// What cannot be read may be precious too.
fn has_content(database: &Path) -> bool {
    let made = |table: &str| format!("SELECT count(*) AS number FROM (SELECT 1 FROM {table} LIMIT 1)");
    let content = |conn: &mut SqliteConnection| -> Result<i64> {
        if number(conn, "SELECT count(*) AS number FROM sqlite_master")? == 0 {
            return Ok(0);
        }
        Ok(number(conn, &made("actors"))? + number(conn, &made("boards"))?)
    };
    let opened = sqlite::open_existing(database);
    opened.and_then(|mut conn| content(&mut conn)).map_or(true, |rows| rows > 0)
}

/// Gives a database another name, with the journal that is part of it. The journal goes first: left alone beside another file of
/// the same name it would be played into that one.
fn move_away(database: &Path) -> Result<PathBuf, BackupError> {
    let free = |n: &u32| !with_suffix(database, &format!(".replaced-{n}")).exists();
    let number = (1..).find(free).unwrap_or_default();
    let kept = with_suffix(database, &format!(".replaced-{number}"));
    for suffix in ["-wal", ""] {
        let from = with_suffix(database, suffix);
        if from.exists() {
            std::fs::rename(&from, with_suffix(&kept, suffix)).map_err(|error| unusable(&from, error))?;
        }
    }
    let _ = std::fs::remove_file(with_suffix(database, "-shm"));
    sync_folder(database)?;
    Ok(kept)
}
