//! Databases on a PostgreSQL cluster: each is copied from a template that was migrated once, which takes a tenth of the time.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, RunQueryDsl as _};

use crate::migrate;

/// One database on the cluster, dropped with this value.
pub(super) struct Database {
    /// URL of the database that was there before, from which others are made.
    server: String,
    name: String,
    folder: tempfile::TempDir,
}

/// Advisory lock under which the processes of a test run make the template.
const TEMPLATE_LOCK: i64 = 0x7265_6a6f_0003;

impl Database {
    pub(super) fn create(server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let mut conn = connect(server);
        let template = template(server, &mut conn);
        // The number of a process comes again; the database of an earlier one may be there still.
        let unique = crate::postgres::node();
        let name =
            format!("rejoinder_test_{}_{unique:x}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // As files: what a connection has to know of the tables is copied with them, and the first need not find it out.
        let copy = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
        conn.batch_execute(&copy).expect("cannot copy the template");
        let folder = tempfile::tempdir().expect("no room for the files of a test");
        Self { server: server.to_owned(), name, folder }
    }

    pub(super) fn url(&self) -> String {
        in_database(&self.server, &self.name)
    }

    /// Takes everything out that the template has.
    pub(super) fn empty(&self) {
        let all = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
        connect(&self.url()).batch_execute(all).expect("cannot empty a test database");
    }

    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server may be gone, and the test may have failed already: nothing to add to that.
        if let Ok(mut conn) = PgConnection::establish(&self.server) {
            disconnect(&mut conn, &self.name);
            let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).expect("the test server does not answer")
}

/// The URL of another database on the same server.
fn in_database(url: &str, name: &str) -> String {
    let (address, settings) = url.split_once('?').map_or((url, None), |(address, settings)| (address, Some(settings)));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    settings.map_or_else(|| format!("{base}/{name}"), |settings| format!("{base}/{name}?{settings}"))
}

/// So often is looked at most whether the connections have ended.
const LOOKS: usize = 1000;

/// Ends the connections that a database still has. Dropping it ends them too, and then looks again after a tenth of a second only.
fn disconnect(conn: &mut PgConnection, name: &str) {
    let ended =
        format!("SELECT count(pg_terminate_backend(pid)) AS found FROM pg_stat_activity WHERE datname = '{name}'");
    let _none_left = (0..LOOKS).find(|_| !matches!(count(conn, &ended), Ok(1..)));
}

/// The name of the template for these migrations, made now if nobody has yet.
fn template(server: &str, conn: &mut PgConnection) -> String {
    let name = format!("rejoinder_template_{}", env!("MIGRATIONS"));
    let named = format!("SELECT count(*) AS found FROM pg_database WHERE datname = '{name}'");
    let exists = |conn: &mut PgConnection| count(conn, &named).expect("cannot list the databases") > 0;
    if exists(conn) {
        return name;
    }
    conn.batch_execute(&format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).expect("cannot take turns");
    if !exists(conn) {
        // Renamed when it is whole: a run that was killed leaves no half template behind.
        let raw = format!("{name}_raw");
        conn.batch_execute(&format!("DROP DATABASE IF EXISTS {raw}")).expect("cannot drop a half template");
        conn.batch_execute(&format!("CREATE DATABASE {raw}")).expect("cannot make a database on the test server");
        migrate::postgres(&mut connect(&in_database(server, &raw))).expect("cannot migrate the template");
        conn.batch_execute(&format!("ALTER DATABASE {raw} RENAME TO {name}")).expect("cannot name the template");
    }
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).expect("cannot take turns");
    name
}

/// What a statement counts and calls `found`.
fn count(conn: &mut PgConnection, statement: &str) -> diesel::QueryResult<i64> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        found: i64,
    }
    Ok(diesel::sql_query(statement).get_result::<Row>(conn)?.found)
}
