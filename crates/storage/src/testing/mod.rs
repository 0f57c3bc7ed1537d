//! What tests and measurements of every crate need of a database: one of their own, generated content, the plans of its
//! statements, the shape of its tables. Only with the feature `testing`. Failing here is a failing test: this module panics.
#![expect(clippy::expect_used, reason = "a test that has no database cannot go on")]

use std::ops::Deref;

use crate::conn::{Conn, Read};
use crate::{Db, Holder, Place, Result};

#[cfg(feature = "postgres")]
mod cluster;
mod file;
pub mod generate;
pub mod inside;
pub mod plans;
pub mod shape;
pub mod tour;
pub mod world;

/// Names the database server for tests: `sqlite` (the default), or the URL of a PostgreSQL database on a cluster in which
/// databases may be made.
pub const DATABASE: &str = "REJOINDER_TEST_DATABASE";

/// A database of its own for one test, migrated and empty. It vanishes with this value.
pub struct TestDb {
    db: Db,
    // After `db`, so that its connections are closed first.
    home: Home,
}

enum Home {
    Folder(file::Database),
    #[cfg(feature = "postgres")]
    Cluster(cluster::Database),
}

impl TestDb {
    /// The same database, for opening it a second time beside the test's own server.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { holder: Holder::Tool, ..self.db.place().clone() }
    }

    /// A folder that lasts as long as the database, for files of the test. On SQLite the database is in it.
    ///
    /// # Panics
    /// If there is no room for one.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        match &self.home {
            Home::Folder(database) => database.folder(),
            #[cfg(feature = "postgres")]
            Home::Cluster(database) => database.folder(),
        }
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

/// A fresh database on the server that [`DATABASE`] names. Must be called within a tokio runtime.
///
/// # Panics
/// If there is no such server.
pub async fn database() -> TestDb {
    opened(home().await).await
}

/// A fresh database on SQLite, whatever [`DATABASE`] names.
///
/// # Panics
/// If there is no room for one.
pub async fn embedded() -> TestDb {
    opened(folder()).await
}

async fn opened(home: Home) -> TestDb {
    let place = Place { url: home.url(), connections: 8, holder: Holder::Server };
    let db = Db::open(place).expect("the test database does not open");
    listening(&db, &home).await;
    TestDb { db, home }
}

fn folder() -> Home {
    Home::Folder(file::Database::create())
}

/// Waits until a node on PostgreSQL hears of the others: it tells its watchers so, which a test would take for news.
async fn listening(db: &Db, home: &Home) {
    let mut news = db.changes().watch();
    while !matches!(home, Home::Folder(_)) && db.changes().epoch() == 0 {
        news.recv().await.expect("nobody tells news");
    }
}

/// A place for a fresh database on the server that [`DATABASE`] names, and what keeps it: migrated and empty, and not opened.
///
/// # Panics
/// If there is no such server.
pub async fn migrated() -> (Place, Kept) {
    kept(home().await)
}

/// The same on SQLite, whatever [`DATABASE`] names.
///
/// # Panics
/// If there is no room for one.
#[must_use]
pub fn migrated_embedded() -> (Place, Kept) {
    kept(folder())
}

/// A place for a fresh database, not made yet, on the server that [`DATABASE`] names, and what keeps it.
///
/// # Panics
/// If there is no such server.
pub async fn empty() -> (Place, Kept) {
    kept(home().await.emptied())
}

/// The same on SQLite, whatever [`DATABASE`] names.
///
/// # Panics
/// If there is no room for one.
#[must_use]
pub fn empty_embedded() -> (Place, Kept) {
    kept(folder().emptied())
}

fn kept(home: Home) -> (Place, Kept) {
    (Place { url: home.url(), connections: 8, holder: Holder::Tool }, Kept(home))
}

/// Keeps a database until it is dropped.
pub struct Kept(#[expect(dead_code, reason = "kept for its Drop")] Home);

impl Home {
    fn url(&self) -> String {
        match self {
            Self::Folder(database) => database.url(),
            #[cfg(feature = "postgres")]
            Self::Cluster(database) => database.url(),
        }
    }

    fn emptied(self) -> Self {
        match &self {
            Self::Folder(database) => database.empty(),
            #[cfg(feature = "postgres")]
            Self::Cluster(database) => database.empty(),
        }
        self
    }
}

async fn home() -> Home {
    let server = std::env::var(DATABASE).unwrap_or_default();
    if server.is_empty() || server == "sqlite" {
        return folder();
    }
    #[cfg(feature = "postgres")]
    if server.starts_with("postgres") {
        let made = tokio::task::spawn_blocking(move || cluster::Database::create(&server));
        return Home::Cluster(made.await.expect("no test database"));
    }
    panic!("{DATABASE} is “{server}”, but must be sqlite or postgres://…")
}

/// Runs statements that no query function has: faults, and looks behind the scenes.
///
/// # Errors
/// As the statement fails.
pub fn execute(tx: &mut Read, sql: &str) -> Result<()> {
    tx.conn.execute(sql)
}

/// Whether anybody waits for a lock in this database. On SQLite nobody ever does: there is one who writes.
pub fn somebody_waits(tx: &mut Read) -> Result<bool> {
    // Who waits for a row waits for a transaction, which belongs to no database; but who waits has a lock of some table of one.
    const WAITING: &str = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks \
                           JOIN pg_database ON pg_database.oid = database WHERE datname = current_database())";
    Ok(!tx.conn.is_sqlite() && number(tx, WAITING)? > 0)
}

/// The one number that a query gives.
///
/// # Errors
/// As the query fails.
pub fn number(tx: &mut Read, sql: &str) -> Result<i64> {
    count(&mut tx.conn, sql)
}

fn count(conn: &mut Conn, sql: &str) -> Result<i64> {
    use diesel::RunQueryDsl as _;
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        number: i64,
    }
    Ok(diesel::sql_query(format!("SELECT CAST(({sql}) AS BIGINT) AS number")).get_result::<Row>(conn)?.number)
}

/// Every row of every table, in words and in order: equal for databases with the same content.
///
/// # Errors
/// As the database fails.
pub async fn contents(db: &Db) -> Result<Vec<String>> {
    db.read(|tx| crate::rows::in_words(&mut tx.conn)).await
}
