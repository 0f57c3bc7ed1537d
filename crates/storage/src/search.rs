//! Full-text search: the one place with a statement of its own for each database, behind one function each way.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::{ActorId, BoardId, CommentId, State, Time};
use unicode_normalization::UnicodeNormalization as _;

use crate::Result;
use crate::conn::{Conn, Read, Write};
use crate::schema::{comments, threads};

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

/// Words as they are compared: without case, without accents, cut at everything that is not a letter or a digit.
/// Both databases get the same words, so that both find the same.
#[must_use]
pub fn fold(text: &str) -> Vec<String> {
    let folded: String = text
        .nfkd()
        // Upper case first: some letters have several lower ones (σ and ς).
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    folded.split_whitespace().map(|word| word.chars().take(64).collect()).collect()
}

/// Bytes of words that are indexed of one comment. PostgreSQL refuses a megabyte; no text that a person writes comes near.
const INDEXED: usize = 256 * 1024;

/// The words that a comment is found by: each once, parted by spaces.
fn indexed(text: &str) -> String {
    let mut words = fold(text);
    words.sort_unstable();
    words.dedup();
    let mut bytes = 0;
    words.retain(|word| {
        bytes += word.len() + 1;
        bytes <= INDEXED
    });
    words.join(" ")
}

/// Puts the words of a comment into the index, in place of what was there.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn index(tx: &mut Write, comment: CommentId, text: &str) -> Result<()> {
    store(&mut tx.conn, comment.0, text)
}

pub(crate) fn store(conn: &mut Conn, comment: i64, text: &str) -> Result<()> {
    let sql = if conn.is_sqlite() {
        "INSERT OR REPLACE INTO comment_words (rowid, words) VALUES (?, ?)"
    } else {
        "INSERT INTO comment_words (rowid, words) VALUES ($1, array_to_tsvector(string_to_array($2, ' '))) \
         ON CONFLICT (rowid) DO UPDATE SET words = excluded.words"
    };
    diesel::sql_query(sql).bind::<BigInt, _>(comment).bind::<Text, _>(indexed(text)).execute(conn)?;
    Ok(())
}

/// Takes a comment out of the index.
///
/// # Errors
/// Storage failures only.
pub fn forget(tx: &mut Write, comment: CommentId) -> Result<()> {
    let sql = if tx.conn.is_sqlite() {
        "DELETE FROM comment_words WHERE rowid = ?"
    } else {
        "DELETE FROM comment_words WHERE rowid = $1"
    };
    diesel::sql_query(sql).bind::<BigInt, _>(comment.0).execute(&mut tx.conn)?;
    Ok(())
}

/// The comments that match, newest first, before the cursor. Only what readers may see.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, query: &Query, before: Option<CommentId>, limit: i64) -> Result<Vec<CommentId>> {
    let before = before.map_or(i64::MAX, |before| before.0);
    let mut found = comments::table
        .inner_join(threads::table)
        .filter(comments::id.lt(before))
        .filter(comments::state.eq_any([State::Published.code(), State::Flagged.code()]))
        .order(comments::id.desc())
        .limit(limit)
        .select(comments::id)
        .into_boxed();
    if let Some(author) = query.author {
        found = found.filter(comments::author_id.eq(author.0));
    }
    if let Some(board) = query.board {
        found = found.filter(threads::board_id.eq(board.0));
    }
    if let Some(since) = query.since {
        found = found.filter(comments::published_at.ge(since.0));
    }
    if let Some(until) = query.until {
        found = found.filter(comments::published_at.lt(until.0));
    }
    if !query.words.trim().is_empty() {
        // Nothing has no words: what consists of signs only is not found.
        let Some(phrase) = phrase(&query.words, tx.conn.is_sqlite()) else { return Ok(Vec::new()) };
        let (start, end) = if tx.conn.is_sqlite() {
            ("comments.id IN (SELECT rowid FROM comment_words WHERE comment_words MATCH ", ")")
        } else {
            ("comments.id IN (SELECT rowid FROM comment_words WHERE words @@ CAST(", " AS tsquery))")
        };
        let matches = diesel::dsl::sql::<diesel::sql_types::Bool>(start).bind::<Text, _>(phrase).sql(end);
        found = found.filter(matches);
    }
    let rows: Vec<i64> = found.load(&mut tx.conn)?;
    Ok(rows.into_iter().map(CommentId).collect())
}

/// Words that are looked for at most; further ones are not.
const TERMS: usize = 16;

/// The words in the language of the database's index; only letters and digits of the reader get into it.
fn phrase(words: &str, sqlite: bool) -> Option<String> {
    let mut terms = Vec::new();
    for word in words.split_whitespace() {
        let prefix = word.ends_with('*');
        let parts = fold(word);
        let last = parts.len().saturating_sub(1);
        for (n, part) in parts.into_iter().enumerate() {
            let open = prefix && n == last;
            terms.push(match (sqlite, open) {
                (true, true) => format!("\"{part}\"*"),
                (true, false) => format!("\"{part}\""),
                (false, true) => format!("'{part}':*"),
                (false, false) => format!("'{part}'"),
            });
        }
    }
    terms.truncate(TERMS);
    let joint = if sqlite { " AND " } else { " & " };
    (!terms.is_empty()).then(|| terms.join(joint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded() {
        assert_eq!(fold("Crème-brûlée, ＦＵＬＬ width! it's"), ["creme", "brulee", "full", "width", "it", "s"]);
        assert_eq!(fold("日本語 Ελλάς İstanbul Straße"), ["日本語", "ελλασ", "istanbul", "strasse"]);
    }

    #[test]
    fn what_is_indexed_of_one_comment_has_an_end() {
        assert_eq!(indexed("b a b A"), "a b");
        let long: String = (0..100_000).map(|n| format!("word{n} ")).collect();
        assert!((INDEXED - 64..INDEXED).contains(&indexed(&long).len()));
    }

    #[test]
    fn operators_of_the_index_are_only_words() {
        assert_eq!(
            phrase("a\" OR b* NEAR(x) 'c", true).as_deref(),
            Some("\"a\" AND \"or\" AND \"b\"* AND \"near\" AND \"x\" AND \"c\"")
        );
        assert_eq!(phrase("a & !b | c:*", false).as_deref(), Some("'a' & 'b' & 'c':*"));
        assert_eq!(phrase(" \" * ", true), None);
        let many = "a-".repeat(10_000);
        assert_eq!(phrase(&many, true).map(|phrase| phrase.matches("AND").count()), Some(TERMS - 1));
    }
}
