//! Words as they are compared where somebody looks for a text. Not here: what is found, and in which order.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Characters of a word that are compared.
const WORD: usize = 64;

/// Bytes of words that are indexed of one text. PostgreSQL refuses a megabyte; no text that a person writes comes near.
const INDEXED: usize = 256 * 1024;

/// Words as they are compared: without case, without accents, cut at everything that is not a letter or a digit.
/// Whoever looks and whatever is looked through get the same words, so that every database finds the same.
#[must_use]
pub fn fold(text: &str) -> Vec<String> {
    words(&folded(text)).map(str::to_owned).collect()
}

/// The words that a text is found by: each once, parted by spaces.
#[must_use]
pub fn indexed(text: &str) -> String {
    let folded = folded(text);
    let mut words: Vec<&str> = words(&folded).collect();
    words.sort_unstable();
    words.dedup();
    let mut bytes = 0;
    words.retain(|word| {
        bytes += word.len() + 1;
        bytes <= INDEXED
    });
    words.join(" ")
}

/// The same words in one text, with anything between them that is not a letter or a digit.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd()
        // Upper case first: some letters have several lower ones (σ and ς).
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c))
        .collect()
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    let long = |word: &str| word.char_indices().nth(WORD).map_or(word.len(), |(end, _)| end);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(move |word| word.get(..long(word)).unwrap_or_default())
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
    fn long_words_are_compared_by_their_beginning() {
        assert_eq!(fold(&"x".repeat(100)), ["x".repeat(64)]);
        assert_eq!(fold(&"ж".repeat(100)), ["ж".repeat(64)]);
    }

    #[test]
    fn what_is_indexed_of_one_comment_has_an_end() {
        assert_eq!(indexed("b a b A"), "a b");
        let long: String = (0..100_000).map(|n| format!("word{n} ")).collect();
        assert!((INDEXED - 64..INDEXED).contains(&indexed(&long).len()));
    }
}
