//! Search: the one place with a statement of its own for each database, behind one function each way.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::text::indexed;
use domain::{ActorId, BoardId, CommentId, State, Time};

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::kept::{Sql, Value};
use crate::schema::{comments, threads};

pub(crate) mod terms;

use terms::{Term, author_word, board_word, phrase, terms};

/// What is looked for. Everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words, all of which must occur; a trailing `*` makes one a prefix.
    pub words: String,
    /// Written by.
    pub author: Option<ActorId>,
    /// In this board.
    pub board: Option<BoardId>,
    /// Published at or after.
    pub since: Option<Time>,
    /// Published before.
    pub until: Option<Time>,
}

const SQLITE_INDEX: &str = "INSERT OR REPLACE INTO comment_words (rowid, words) VALUES (?, ?)";
const PG_INDEX: &str = "INSERT INTO comment_words (rowid, words) \
     VALUES (?, array_to_tsvector(string_to_array(?, ' '))) ON CONFLICT (rowid) DO UPDATE SET words = excluded.words";

/// Puts the words of a comment into the index, in place of what was there. The comment must be stored already: where it
/// stands and who wrote it are looked for as words are. A flagged one is put in without words, which readers do not see.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn index(tx: &mut Write, comment: CommentId, text: &str) -> Result<()> {
    let (author, board) = on_either!(&mut tx.conn, |c| {
        let place = comments::table.inner_join(threads::table).filter(comments::id.eq(comment.0));
        place.select((comments::author_id, threads::board_id)).get_result::<(i64, i64)>(c)
    })?;
    let entry = Entry { comment: comment.0, author, board, text };
    enter(tx, Indexed { comment: entry.comment, words: Some(entry.words()) })
}

/// The words that a comment is found by from now on; `None`: it is not found any more.
pub(crate) struct Indexed {
    comment: i64,
    words: Option<String>,
}

/// The embedded database writes its index of words anew with every savepoint in which something was entered, and merges what it has written:
/// what is entered in a group is written once, with its commit.
fn enter(tx: &mut Write, entry: Indexed) -> Result<()> {
    if tx.conn.is_sqlite() {
        tx.words.push(entry);
        return Ok(());
    }
    write_one(tx, PG_INDEX, entry.comment, entry.words.as_deref())
}

/// Writes what was entered, the last word about each comment. Called before a commit of the embedded database.
pub(crate) fn write_index(tx: &mut Write) -> Result<()> {
    // By id: the index takes them in that order in one piece.
    let last: BTreeMap<i64, Option<String>> =
        std::mem::take(&mut tx.words).into_iter().map(|entry| (entry.comment, entry.words)).collect();
    last.iter().try_for_each(|(comment, words)| write_one(tx, SQLITE_INDEX, *comment, words.as_deref()))
}

fn write_one(tx: &mut Write, enter: &'static str, comment: i64, words: Option<&str>) -> Result<()> {
    on_either!(&mut tx.conn, |c| match words {
        Some(words) => Sql::<2>::new(enter, [Value::Number(comment), Value::Text(words)]).execute(c),
        None => Sql::<1>::new("DELETE FROM comment_words WHERE rowid = ?", [Value::Number(comment)]).execute(c),
    })?;
    Ok(())
}

/// A comment as the index knows it.
pub(crate) struct Entry<T> {
    pub(crate) comment: i64,
    pub(crate) author: i64,
    pub(crate) board: i64,
    pub(crate) text: T,
}

impl<T: AsRef<str>> Entry<T> {
    fn words(&self) -> String {
        format!("{} {} {}", author_word(self.author), board_word(self.board), indexed(self.text.as_ref()))
            .trim_end()
            .to_owned()
    }
}

/// Puts comments into an index that has none of them, for copying a database.
#[cfg(any(all(feature = "sqlite", feature = "postgres"), feature = "testing"))]
pub(crate) fn fill(conn: &mut crate::conn::Conn, entries: &[Entry<String>]) -> Result<()> {
    use crate::conn::Conn;
    match conn {
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(conn) => {
            let insert = "INSERT INTO comment_words (rowid, words) VALUES (?, ?)";
            for entry in entries {
                let row = diesel::sql_query(insert).bind::<BigInt, _>(entry.comment).bind::<Text, _>(entry.words());
                row.execute(conn)?;
            }
            Ok(())
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            diesel::table! { comment_words (rowid) { rowid -> BigInt, words -> Text, } }
            // These words need no quotes and no escapes, neither in a tsvector nor in COPY's text format.
            let write = |to: &mut dyn std::io::Write| {
                let mut line = |entry: &Entry<String>| writeln!(to, "{}\t{}", entry.comment, entry.words());
                entries.iter().try_for_each(&mut line).map_err(|error| crate::Error::Unavailable(error.to_string()))
            };
            diesel::copy_from(comment_words::table).from_raw_data(comment_words::table, write).execute(conn)?;
            Ok(())
        }
    }
}

/// Takes a comment out of the index.
///
/// # Errors
/// Storage failures only.
pub fn forget(tx: &mut Write, comment: CommentId) -> Result<()> {
    enter(tx, Indexed { comment: comment.0, words: None })
}

/// The same of several comments, a few hundred at most.
///
/// # Errors
/// Storage failures only.
pub fn forget_all(tx: &mut Write, those: &[CommentId]) -> Result<()> {
    if tx.conn.is_sqlite() || those.is_empty() {
        return those.iter().try_for_each(|comment| forget(tx, *comment));
    }
    let ids: Vec<String> = those.iter().map(ToString::to_string).collect();
    // Numbers need no quoting, and one statement for each is what takes long.
    diesel::sql_query(format!("DELETE FROM comment_words WHERE rowid IN ({})", ids.join(", ")))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// The comments that match, newest first, before the cursor. Only what readers may see.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, query: &Query, before: Option<CommentId>, limit: i64) -> Result<Vec<CommentId>> {
    let words = terms(&query.words);
    if words.is_empty() && !query.words.trim().is_empty() {
        // Nothing has no words: what consists of signs only is not found.
        return Ok(Vec::new());
    }
    let found = if words.is_empty() && query.board.is_none() {
        without_words(tx, query, before, limit)?
    } else {
        with_words(tx, query, words, before, limit)?
    };
    Ok(found.into_iter().map(CommentId).collect())
}

/// States in which readers know of a comment: those in the index.
pub const SEEN: [State; 2] = [State::Published, State::Flagged];

fn without_words(tx: &mut Read, query: &Query, before: Option<CommentId>, limit: i64) -> Result<Vec<i64>> {
    let mut found = comments::table
        .filter(comments::id.lt(before.map_or(i64::MAX, |before| before.0)))
        .filter(comments::state.eq_any(SEEN.map(State::code)))
        .filter(comments::published_at.ge(query.since.map_or(i64::MIN, |since| since.0)))
        .filter(comments::published_at.lt(query.until.map_or(i64::MAX, |until| until.0)))
        .order(comments::id.desc())
        .limit(limit)
        .select(comments::id)
        .into_boxed();
    if let Some(author) = query.author {
        found = found.filter(comments::author_id.eq(author.0));
    }
    Ok(found.load(&mut tx.conn)?)
}

/// `CROSS JOIN` holds SQLite to walking the index backwards and looking up each comment, until there are enough.
const SQLITE: &str = "SELECT comments.id FROM comment_words CROSS JOIN comments ON comments.id = comment_words.rowid \
     WHERE comment_words MATCH ? AND comment_words.rowid < ? AND comments.published_at >= ? AND comments.published_at < ? \
     AND comments.state IN (0, 1) ORDER BY comment_words.rowid DESC LIMIT ?";
/// PostgreSQL knows how common the common words are, and takes all others for equally rare: of authors it knows better from
/// the column. Author 0 is nobody, and then the condition is folded away.
const POSTGRES: &str = "SELECT comments.id FROM comment_words JOIN comments ON comments.id = comment_words.rowid \
     WHERE words @@ CAST($1 AS tsquery) AND comment_words.rowid < $2 AND published_at >= $3 AND published_at < $4 \
     AND ($6 = 0 OR author_id = $6) AND state IN (0, 1) ORDER BY comment_words.rowid DESC LIMIT $5";

fn with_words(
    tx: &mut Read,
    query: &Query,
    mut terms: Vec<Term>,
    before: Option<CommentId>,
    limit: i64,
) -> Result<Vec<i64>> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let sqlite = tx.conn.is_sqlite();
    terms.extend(query.author.map(|author| Term::whole(author_word(author.0))));
    terms.extend(query.board.map(|board| Term::whole(board_word(board.0))));
    if !sqlite {
        // How common the words are decides how to look for them: a plan for any words would be a bad one for these.
        tx.conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")?;
    }
    let asked = diesel::sql_query(if sqlite { SQLITE } else { POSTGRES })
        .bind::<Text, _>(phrase(&terms, sqlite))
        .bind::<BigInt, _>(before.map_or(i64::MAX, |before| before.0))
        .bind::<BigInt, _>(query.since.map_or(i64::MIN, |since| since.0))
        .bind::<BigInt, _>(query.until.map_or(i64::MAX, |until| until.0))
        .bind::<BigInt, _>(limit);
    let rows: Vec<Row> = if sqlite {
        asked.load(&mut tx.conn)?
    } else {
        asked.bind::<BigInt, _>(query.author.map_or(0, |author| author.0)).load(&mut tx.conn)?
    };
    Ok(rows.into_iter().map(|row| row.id).collect())
}
