//! Brings a database to the schema of this program. The migrations are part of the program.

use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::conn::Conn;
use crate::{Error, Result};

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Any number: nodes that start together take turns under it.
#[cfg(feature = "postgres")]
const TURN: i64 = 0x7265_6a6f_696e;

/// Applies what is missing and returns the names of what was applied.
pub(crate) fn run(conn: &mut Conn) -> Result<Vec<String>> {
    match conn {
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(c) => apply(c, SQLITE),
        #[cfg(feature = "postgres")]
        Conn::Pg(c) => {
            use diesel::connection::SimpleConnection as _;
            c.batch_execute(&format!("SELECT pg_advisory_lock({TURN})"))?;
            let applied = apply(c, POSTGRES);
            c.batch_execute(&format!("SELECT pg_advisory_unlock({TURN})"))?;
            applied
        }
    }
}

fn apply<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> Result<Vec<String>>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| Error::Unavailable(format!("migration: {error}"));
    // A database of a later version is left alone: this program does not know what it must not break.
    let known: Vec<String> = MigrationSource::<DB>::migrations(&source)
        .map_err(failed)?
        .iter()
        .map(|migration: &Box<dyn Migration<DB>>| migration.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    if let Some(newer) = applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        return Err(Error::Unavailable(format!(
            "the database was made by a newer version of Rejoinder (migration {newer}); start that version, or restore a backup"
        )));
    }
    let versions = conn.run_pending_migrations(source).map_err(failed)?;
    Ok(versions.iter().map(ToString::to_string).collect())
}
