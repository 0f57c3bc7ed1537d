//! What those who run the instance look at to see how it fares: how much came on a day, which servers wait for something, how many want to
//! join. Each is a look along an index, or along the rows of a day; nothing here reads a whole table.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::{State, Time, first_made_at, made_at};

use crate::Result;
use crate::applications;
use crate::conn::Read;
use crate::schema::{applications as applicants, comments, reports};
use crate::search::SEEN;

/// Comments that came between two moments and that readers can see. Ids begin with when they were made.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn comments_between(tx: &mut Read, from: Time, to: Time) -> Result<i64> {
    let those = comments::table.filter(comments::state.eq_any(SEEN.map(State::code)));
    let those = those.filter(comments::id.ge(first_made_at(from))).filter(comments::id.lt(first_made_at(to)));
    Ok(those.count().get_result(&mut tx.conn)?)
}

/// Reports that came between two moments, whatever has become of them.
///
/// # Errors
/// Storage failures only.
pub fn reports_between(tx: &mut Read, from: Time, to: Time) -> Result<i64> {
    let those = reports::table.filter(reports::id.ge(first_made_at(from))).filter(reports::id.lt(first_made_at(to)));
    Ok(those.count().get_result(&mut tx.conn)?)
}

/// A server for which something waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    /// Its host.
    pub host: String,
    /// When what waits longest for it was said.
    pub oldest: Time,
}

#[derive(QueryableByName)]
struct LagRow {
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = BigInt)]
    oldest: i64,
}

/// Servers for which something waits, those first for which it waits longest.
///
/// # Errors
/// Storage failures only.
pub fn lagging(tx: &mut Read, limit: i64) -> Result<Vec<Lag>> {
    // From one host to the next by the index, and of each the first that waits: for one that sleeps, very much may.
    let lagging = "WITH RECURSIVE waiting (host) AS (
            SELECT (SELECT host FROM deliveries WHERE state = 0 ORDER BY host LIMIT 1)
            UNION ALL
            SELECT (SELECT deliveries.host FROM deliveries WHERE deliveries.state = 0 AND deliveries.host > waiting.host
                ORDER BY deliveries.host LIMIT 1)
            FROM waiting WHERE waiting.host IS NOT NULL
        ), first (host, oldest) AS (
            SELECT host, (SELECT deliveries.id FROM deliveries WHERE deliveries.state = 0 AND deliveries.host = waiting.host
                ORDER BY deliveries.id LIMIT 1)
            FROM waiting WHERE host IS NOT NULL
        )
        SELECT host, oldest FROM first ORDER BY oldest, host LIMIT $1";
    let rows: Vec<LagRow> = diesel::sql_query(lagging).bind::<BigInt, _>(limit).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|row| Lag { host: row.host, oldest: made_at(row.oldest) }).collect())
}

/// How many have applied and wait for a decision; nobody counts beyond `most`.
///
/// # Errors
/// Storage failures only.
pub fn applied(tx: &mut Read, most: i64) -> Result<i64> {
    let waiting = applicants::table.filter(applicants::state.eq(applications::State::Waiting.code()));
    let ids: Vec<i64> = waiting.limit(most).select(applicants::id).load(&mut tx.conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(most))
}
