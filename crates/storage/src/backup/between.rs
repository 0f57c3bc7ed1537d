//! From PostgreSQL into a backup and back: every table as it is, and the index of words anew.

use std::path::Path;

use diesel::prelude::*;
use domain::State;

use super::{BackupError, Overwrite};
use crate::conn::Conn;
use crate::postgres::{self, SERVED};
use crate::schema::{comments, texts, threads};
use crate::search::{self, Entry};
use crate::{Result, migrate, rows};

/// Copying takes as long as it takes.
const PATIENTLY: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// Writes one moment of a PostgreSQL database into a file.
pub(super) fn from_postgres(url: &str, file: &Path) -> Result<(), BackupError> {
    let mut from = Conn::Pg(postgres::connect(url)?);
    from.execute(PATIENTLY)?;
    from.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")?;
    let mut to = crate::sqlite::open(file)?;
    migrate::sqlite(&mut to)?;
    let mut to = Conn::Sqlite(to);
    // Nobody sees the file before it is whole. Rows come in any order.
    to.execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN")?;
    rows::copy_all(&mut from, &mut to)?;
    index(&mut from, &mut to)?;
    to.execute("COMMIT; PRAGMA journal_mode = DELETE")?;
    from.execute("COMMIT")?;
    Ok(())
}

/// Puts a file that was looked at into a PostgreSQL database, in one transaction.
pub(super) fn into_postgres(url: &str, file: &Path, overwrite: Overwrite) -> Result<(), BackupError> {
    let mut from = Conn::Sqlite(crate::sqlite::open_reader(file)?);
    let mut to = postgres::connect(url)?;
    migrate::postgres(&mut to)?;
    let mut to = Conn::Pg(to);
    to.execute(PATIENTLY)?;
    to.execute("BEGIN")?;
    // Whatever fails from here on is undone with the connection.
    if !answer(&mut to, &format!("SELECT pg_try_advisory_xact_lock({SERVED}) AS yes"))? {
        return Err(BackupError::Running);
    }
    let content = "SELECT EXISTS (SELECT 1 FROM actors) OR EXISTS (SELECT 1 FROM boards) AS yes";
    if overwrite == Overwrite::No && answer(&mut to, content)? {
        return Err(BackupError::HasContent);
    }
    to.execute(&format!("TRUNCATE comment_words, {}", rows::TABLES.join(", ")))?;
    to.execute("SET CONSTRAINTS ALL DEFERRED")?;
    rows::copy_all(&mut from, &mut to)?;
    index(&mut from, &mut to)?;
    to.execute("COMMIT")?;
    // Good plans need numbers, and autovacuum would be late with them.
    to.execute("ANALYZE")?;
    Ok(())
}

fn answer(conn: &mut Conn, question: &str) -> Result<bool> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        yes: bool,
    }
    Ok(diesel::sql_query(question).get_result::<Row>(conn)?.yes)
}

type Found = (i64, i64, i64, i16, Option<i64>, String, Option<String>);

/// Fills the index of words from what is written: a root is found by its title too, what is flagged only by its author and
/// board, a tombstone by nothing.
fn index(from: &mut Conn, to: &mut Conn) -> Result<()> {
    let found = comments::table
        .inner_join(threads::table)
        .left_join(texts::table)
        .filter(comments::state.eq_any(search::SEEN.map(State::code)))
        .select((
            comments::id,
            comments::author_id,
            threads::board_id,
            comments::state,
            comments::parent_id,
            threads::title,
            texts::html.nullable(),
        ));
    let entry = |(comment, author, board, state, parent, title, html): Found| {
        let shown = html.filter(|_| State::coded(state).is_some_and(State::has_words));
        let plain = domain::text::plain(shown.as_deref().unwrap_or_default());
        let text = if parent.is_none() { format!("{title}\n{plain}") } else { plain };
        Entry { comment, author, board, text }
    };
    let mut fill = |found: Vec<Found>| search::fill(to, &found.into_iter().map(entry).collect::<Vec<_>>());
    match from {
        Conn::Sqlite(from) => rows::stretches(found.load_iter::<Found, _>(from)?, &mut fill),
        Conn::Pg(from) => {
            rows::stretches(found.load_iter::<Found, diesel::pg::PgRowByRowLoadingMode>(from)?, &mut fill)
        }
    }
}
