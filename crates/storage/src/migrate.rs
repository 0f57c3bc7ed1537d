//! Brings a database to the schema of this program. The migrations are part of the program.

use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Error, Result};

#[cfg(feature = "sqlite")]
const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Applies what is missing, all of it or nothing. Several processes may do so at once.
#[cfg(feature = "sqlite")]
pub(crate) fn sqlite(conn: &mut diesel::SqliteConnection) -> Result<()> {
    // Looked at first, so that opening an up-to-date database does not wait for those who write to it.
    if pending(conn, &SQLITE)? == 0 {
        return Ok(());
    }
    functions::id_digest_utils::register_impl(conn, |uri: String| crate::objects::digest(&uri).to_vec())?;
    conn.immediate_transaction(|conn| apply(conn, SQLITE))
}

/// What migrations of the embedded database need beyond what it can do.
#[cfg(feature = "sqlite")]
mod functions {
    use diesel::sql_types::Text;

    #[diesel::declare_sql_function]
    extern "SQL" {
        /// See [`crate::objects::digest`].
        fn id_digest(uri: Text) -> Binary;
    }
}

/// The same.
#[cfg(feature = "postgres")]
pub(crate) fn postgres(conn: &mut diesel::PgConnection) -> Result<()> {
    use diesel::connection::{Connection as _, SimpleConnection as _};
    conn.transaction(|conn| {
        let turn = crate::postgres::MIGRATION;
        conn.batch_execute(&format!("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({turn})"))?;
        apply(conn, POSTGRES)
    })
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
    let known: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(failed)?;
    let known: Vec<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
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
