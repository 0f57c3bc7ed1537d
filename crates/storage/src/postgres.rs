//! The server database: how a connection to it is made.

use diesel::{Connection as _, PgConnection};

use crate::conn::Conn;
use crate::{Error, Result};

/// No statement of ours needs longer; one that does is a fault, and must not hold its connection for ever.
const SETTINGS: &str = "SET statement_timeout = '15s'; SET idle_in_transaction_session_timeout = '30s'; \
     SET client_min_messages = warning;";

/// Connects; a server that does not answer is given up after a few seconds.
pub(crate) fn connect(url: &str) -> Result<Conn> {
    let joint = if url.contains('?') { '&' } else { '?' };
    let url = if url.contains("connect_timeout=") { url.to_owned() } else { format!("{url}{joint}connect_timeout=3") };
    let mut conn = Conn::Pg(PgConnection::establish(&url).map_err(|error| Error::Unavailable(error.to_string()))?);
    conn.execute(SETTINGS)?;
    Ok(conn)
}

/// A number that tells this process from the other nodes.
pub(crate) fn node() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
