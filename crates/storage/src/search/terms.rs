//! What the indexes of words are asked for, and what they know a comment by that is no word of its text.

use domain::text::fold;

/// Author and board are words of the index too, so that one look-up finds what all that is asked for holds of, newest first,
/// however rare or common each is. They begin with a character that no reader's word has: [`fold`] lets only letters and
/// digits through, and this one is for private use.
#[must_use]
pub fn author_word(author: i64) -> String {
    format!("\u{e000}a{author}")
}

/// The same of a board.
#[must_use]
pub fn board_word(board: i64) -> String {
    format!("\u{e000}b{board}")
}

/// Words that are looked for at most; further ones are not.
pub const TERMS: usize = 16;

/// A word that is looked for: letters and digits only.
pub struct Term {
    word: String,
    prefix: bool,
}

impl Term {
    /// A word and not the beginning of one.
    #[must_use]
    pub fn whole(word: String) -> Self {
        Self { word, prefix: false }
    }
}

/// What somebody has typed, as words that are looked for.
#[must_use]
pub fn terms(words: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for word in words.split_whitespace() {
        let first = terms.len();
        terms.extend(fold(word).into_iter().map(Term::whole));
        if let Some(last) = terms.get_mut(first..).and_then(<[Term]>::last_mut) {
            last.prefix = word.ends_with('*');
        }
        if terms.len() >= TERMS {
            break;
        }
    }
    terms.truncate(TERMS);
    terms
}

/// The terms in the language of the database's index; nothing of the reader's but letters and digits gets into it.
#[must_use]
pub fn phrase(terms: &[Term], sqlite: bool) -> String {
    let term = |Term { word, prefix }: &Term| match (sqlite, prefix) {
        (true, true) => format!("\"{word}\"*"),
        (true, false) => format!("\"{word}\""),
        (false, true) => format!("'{word}':*"),
        (false, false) => format!("'{word}'"),
    };
    let joint = if sqlite { " AND " } else { " & " };
    terms.iter().map(term).collect::<Vec<_>>().join(joint)
}
