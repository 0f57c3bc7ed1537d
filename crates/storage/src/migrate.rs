//! Brings a database to the schema of this program. The migrations are part of the program.

use diesel::Connection as _;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::conn::Conn;
use crate::{Error, Result};

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Applies what is missing, all of it or nothing. Several processes may do so at once.
pub(crate) fn run(conn: &mut Conn) -> Result<()> {
    match conn {
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(c) => {
            // Looked at first, so that opening an up-to-date database does not wait for those who write to it.
            if pending(c, &SQLITE)? == 0 {
                return Ok(());
            }
            c.immediate_transaction(|c| apply(c, SQLITE))
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(c) => c.transaction(|c| {
            use diesel::connection::SimpleConnection as _;
            let turn = crate::postgres::MIGRATION;
            c.batch_execute(&format!("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({turn})"))?;
            apply(c, POSTGRES)
        }),
    }
}

fn apply<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> Result<()>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    if pending(conn, &source)? > 0 {
        conn.run_pending_migrations(source).map_err(failed)?;
    }
    Ok(())
}

/// How many migrations are missing.
fn pending<DB, C>(conn: &mut C, source: &EmbeddedMigrations) -> Result<usize>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known: Vec<String> = MigrationSource::<DB>::migrations(source)
        .map_err(failed)?
        .iter()
        .map(|migration: &Box<dyn Migration<DB>>| migration.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    // A database of a later version is left alone: this program does not know what it must not break.
    if let Some(newer) = applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        return Err(Error::Unavailable(format!(
            "the database was made by a newer version of Rejoinder (migration {newer}); start that version, or restore a backup"
        )));
    }
    Ok(known.len().saturating_sub(applied.len()))
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Unavailable(format!("migration: {error}"))
}
