//! Texts as runs of words: what is compared where letter case, punctuation and the width of letters do not matter. In scripts that do not
//! separate words a whole run of letters is one; patterns find parts of it.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::text::is_invisible;

/// The least length of a text that can be a repetition, in letters: everybody says “Thank you”.
const LEAST: usize = 20;

/// A text as it is compared: words in small letters, with one space between them.
fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase) {
        match c {
            // Nobody sees them: a word with one in it is the same word.
            c if is_invisible(c) => {}
            c if c.is_alphanumeric() => normal.push(c),
            _ if normal.ends_with(' ') || normal.is_empty() => {}
            _ => normal.push(' '),
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// A number that two texts share if they say the same, and hardly ever otherwise: FNV-1a over what is compared. None for a text that is
/// too short to be a repetition. The same on every machine.
#[must_use]
pub fn fingerprint(text: &str) -> Option<i64> {
    let normal = normal(text);
    if normal.chars().count() < LEAST {
        return None;
    }
    let hash = normal
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    Some(i64::from_ne_bytes(hash.to_ne_bytes()))
}

/// Phrases by their first word, with the rules that ask for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases {
    by_first: HashMap<String, Vec<(Vec<String>, usize)>>,
}

impl Phrases {
    /// Adds a phrase that a rule asks for. Says whether there is a word in it.
    pub(super) fn add(&mut self, phrase: &str, rule: usize) -> bool {
        let normal = normal(phrase);
        let mut words = normal.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
        let Some(first) = words.next() else { return false };
        self.by_first.entry(first).or_default().push((words.collect(), rule));
        true
    }

    /// The rules whose phrases are in a text.
    pub(super) fn found(&self, text: &str) -> Vec<usize> {
        if self.by_first.is_empty() {
            return Vec::new();
        }
        let normal = normal(text);
        let words: Vec<&str> = normal.split(' ').collect();
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let rest = words.get(at + 1..).unwrap_or_default();
            let begun = self.by_first.get(*word).into_iter().flatten();
            let whole =
                begun.filter(|(phrase, _)| rest.len() >= phrase.len() && phrase.iter().zip(rest).all(|(a, b)| a == b));
            found.extend(whole.map(|(_, rule)| *rule));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_has_the_same_number() {
        let one = fingerprint("Buy CHEAP watches at example.com!").unwrap();
        assert_eq!(Some(one), fingerprint("buy, cheap —  watches at\nexample com"));
        assert_ne!(Some(one), fingerprint("Buy cheap clocks at example.com!"));
        assert_eq!(fingerprint("Thank you!"), None);
        // From the test vectors of FNV: it is stored, and must be the same on every machine.
        let known = 0x8450_deb1_cdc3_82a2_u64;
        assert_eq!(fingerprint("abcdefghijklmnopqrstuvwxyz"), Some(i64::from_ne_bytes(known.to_ne_bytes())));
    }

    #[test]
    fn phrases_are_found_as_whole_words() {
        let mut phrases = Phrases::default();
        for (rule, phrase) in ["casino", "buy now", "CAFÉ", "c++"].iter().enumerate() {
            assert!(phrases.add(phrase, rule));
        }
        assert!(!phrases.add("!!", 9));
        assert_eq!(phrases.found("The Casino: buy—now!"), [0, 1]);
        assert_eq!(phrases.found("casinos buy it now"), [] as [usize; 0]);
        assert_eq!(phrases.found("the cafe\u{301} has ｃａｓｉｎｏ"), [2, 0]);
        assert_eq!(phrases.found("buy"), [] as [usize; 0]);
        assert_eq!(phrases.found("cas\u{200b}i\u{ad}no"), [0]);
    }
}
