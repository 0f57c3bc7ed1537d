//! The server database: how a connection to it is made.

use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::sql_types::Bool;
use diesel::{Connection as _, PgConnection, RunQueryDsl as _};

use crate::Result;

/// No statement of ours needs longer; one that does is a fault, and must not hold its connection for ever.
const SETTINGS: &str = "SET statement_timeout = '15s'; SET idle_in_transaction_session_timeout = '30s'; \
     SET client_min_messages = warning;";

/// Advisory lock that every running server shares. Any number, but always this one.
pub(crate) const SERVED: i64 = 0x7265_6a6f_0001;
/// Advisory lock under which nodes that start together take turns to migrate.
pub(crate) const MIGRATION: i64 = 0x7265_6a6f_0002;

/// Connects.
pub(crate) fn connect(url: &str) -> Result<PgConnection> {
    let mut conn = PgConnection::establish(&patient(url))?;
    conn.batch_execute(SETTINGS)?;
    Ok(conn)
}

/// Whether somebody has made our tables there.
pub(crate) fn has_tables(url: &str) -> Result<bool> {
    let found = sql::<Bool>("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL");
    Ok(found.get_result(&mut connect(url)?)?)
}

/// Begins to be a running server: from here on this connection says so, and whoever drops it has another one that does. The first server,
/// beside which no other runs, takes over from those before it.
pub(crate) fn serve(mut conn: PgConnection) -> Result<PgConnection> {
    let alone = sql::<Bool>(&format!("SELECT pg_try_advisory_lock({SERVED})")).get_result(&mut conn)?;
    if alone {
        conn.transaction(|conn| conn.batch_execute(crate::leases::FREE))?;
    }
    // While it is alone, whoever starts beside it waits here, and then is not.
    conn.batch_execute(&format!("SELECT pg_advisory_lock_shared({SERVED})"))?;
    if alone {
        conn.batch_execute(&format!("SELECT pg_advisory_unlock({SERVED})"))?;
    }
    Ok(conn)
}

/// The address, with which a server that does not answer is given up after a few seconds.
pub(crate) fn patient(url: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    if url.contains("connect_timeout=") { url.to_owned() } else { format!("{url}{joint}connect_timeout=3") }
}

/// A number that tells this process from the other nodes.
pub(crate) fn node() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
