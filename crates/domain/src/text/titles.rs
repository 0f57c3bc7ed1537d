//! What is made of titles and plain texts: titles of threads, their form in addresses, excerpts. Not here: markup.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::{has_something_to_see, one_line};
use super::{TextLimits, TextRefusal};

/// Longest slug, in characters.
const LONGEST_SLUG: usize = 60;

/// A title as it is stored: one line, composed (NFC), whitespace folded, without control characters and direction overrides.
///
/// # Errors
///
/// [`TextRefusal::EmptyTitle`], [`TextRefusal::TitleTooLong`].
pub fn title(raw: &str, limits: &TextLimits) -> Result<String, TextRefusal> {
    let title = one_line(raw);
    if !has_something_to_see(&title) {
        return Err(TextRefusal::EmptyTitle);
    }
    let chars = title.chars().count();
    if chars > limits.max_title {
        return Err(TextRefusal::TitleTooLong { chars, max: limits.max_title });
    }
    Ok(title)
}

/// The title as a part of an address: letters and digits of any script in lower case, hyphens between the words, at most 60
/// characters, cut between words where that is possible. May be empty. Percent-encoding is the caller's.
#[must_use]
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    let mut length = 0;
    for word in words(title) {
        let gap = usize::from(length > 0);
        let chars = word.chars().count();
        if length + gap + chars > LONGEST_SLUG {
            if length == 0 {
                slug.extend(word.chars().take(LONGEST_SLUG));
            }
            break;
        }
        if gap > 0 {
            slug.push('-');
        }
        slug.push_str(&word);
        length += gap + chars;
    }
    slug
}

/// Words in lower case, without the apostrophes in them.
fn words(title: &str) -> impl Iterator<Item = String> + '_ {
    let part = |c: char| c.is_alphanumeric() || is_combining_mark(c) || is_apostrophe(c);
    title.split(move |c| !part(c)).filter_map(|word| {
        let word: String = word.chars().filter(|&c| !is_apostrophe(c)).flat_map(char::to_lowercase).nfc().collect();
        word.contains(char::is_alphanumeric).then_some(word)
    })
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// The beginning of a plain text, at most `max_chars` characters with the `…` that says that there is more, cut between words unless a
/// single word fills it all.
#[must_use]
pub fn excerpt(plain: &str, max_chars: usize) -> String {
    let plain = plain.trim();
    if plain.chars().nth(max_chars).is_none() {
        return plain.to_owned();
    }
    let room: String = plain.chars().take(max_chars.saturating_sub(1)).collect();
    let goes_on = plain.get(room.len()..).is_some_and(|rest| !rest.starts_with(char::is_whitespace));
    let cut = room.rfind(char::is_whitespace).filter(|_| goes_on).and_then(|end| room.get(..end)).unwrap_or(&room);
    let sentence = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '-' | '–' | '—');
    if max_chars == 0 { String::new() } else { format!("{}…", cut.trim_end_matches(sentence)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(raw: &str) -> Result<String, TextRefusal> {
        title(raw, &TextLimits::default())
    }

    #[test]
    fn a_title_is_one_clean_line() {
        assert_eq!(
            titled(" On\tDeepSeek\r\n and  \u{202e}export\0 controls ").unwrap(),
            "On DeepSeek and export controls"
        );
        assert_eq!(titled("e\u{301}").unwrap(), "é");
        assert_eq!(titled("<b>x</b> & y").unwrap(), "<b>x</b> & y");
        assert_eq!(titled(&format!("a{}", "\u{301}".repeat(99))).unwrap().chars().count(), 4);
    }

    #[test]
    fn a_title_needs_something_to_see_and_an_end() {
        assert_eq!(titled(" \u{200b}\u{3164} "), Err(TextRefusal::EmptyTitle));
        assert!(titled(&"ü".repeat(200)).is_ok());
        assert_eq!(titled(&"ü".repeat(201)), Err(TextRefusal::TitleTooLong { chars: 201, max: 200 }));
    }

    #[test]
    fn slugs() {
        for (title, expected) in [
            ("On DeepSeek and Export Controls", "on-deepseek-and-export-controls"),
            ("Can't stop; won’t stop!", "cant-stop-wont-stop"),
            ("Größe über ALLES?", "größe-über-alles"),
            ("日本語の題名", "日本語の題名"),
            ("नमस्ते दुनिया", "नमस्ते-दुनिया"),
            ("../../etc/passwd", "etc-passwd"),
            ("a%2f<b>\"'&?#", "a-2f-b"),
            ("--- !!! ---", ""),
            ("", ""),
        ] {
            assert_eq!(slug(title), expected);
        }
        assert_eq!(slug(&"abcd ".repeat(30)), ["abcd"; 12].join("-"));
        assert_eq!(slug(&"x".repeat(99)).len(), 60);
    }

    #[test]
    fn excerpts_end_between_words() {
        assert_eq!(excerpt("one two three", 13), "one two three");
        assert_eq!(excerpt("one two three", 12), "one two…");
        assert_eq!(excerpt("one two three", 8), "one two…");
        assert_eq!(excerpt("one, two", 6), "one…");
        assert_eq!(excerpt("üüüüüüüüü", 4), "üüü…");
        assert_eq!(excerpt("abc", 0), "");
        assert_eq!(excerpt("abc", 1), "…");
        assert_eq!(excerpt("", 5), "");
    }
}
