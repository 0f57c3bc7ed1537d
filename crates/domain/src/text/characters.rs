//! Characters: which of them a text keeps. Here: line ends, control characters, characters that steer the direction of a whole
//! page, heaps of combining marks. Not here: anything about markup.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// Blank lines in a row that still mean something; more of them only push other people's comments off the screen.
const NEWLINES: usize = 4;

/// Marks above and below one letter. Vocalised Hebrew and Arabic need three.
const STACKED_MARKS: usize = 4;

/// Marks of any kind after one letter. A Tibetan syllable or an Indic cluster needs up to seven, and these do not stack without end.
const MARKS: usize = 8;

/// The text with line ends as `\n` and without what no reader should meet: control characters (newline and tab stay), bidirectional
/// overrides and isolates (U+202A to U+202E, U+2066 to U+2069; the marks U+200E and U+200F stay, right-to-left writing needs them),
/// more than four combining marks above or below one letter, more than three blank lines in a row.
///
/// [`render`](super::render) does this by itself. A source that is stored has to pass here first: PostgreSQL takes no NUL.
#[must_use]
pub fn tidy(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut marks = Marks::default();
    let mut newlines = 0;
    let mut rest = raw;
    loop {
        // Most of a text is plain, and is copied as it is.
        let (plain, others) = rest.split_at_checked(plain(rest)).unwrap_or((rest, ""));
        if !plain.is_empty() {
            out.push_str(plain);
            (marks, newlines) = (Marks::default(), 0);
        }
        let mut chars = others.chars();
        let Some(c) = chars.next() else { return out };
        rest = chars.as_str();
        let c = match c {
            '\r' if rest.starts_with('\n') => continue,
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            c => c,
        };
        if is_dropped(c) || !marks.admit(c) {
            continue;
        }
        newlines = if c == '\n' { newlines + 1 } else { 0 };
        if newlines <= NEWLINES {
            out.push(c);
        }
    }
}

/// So many bytes at the front are characters of ASCII that stay, each of which ends a heap of marks and a row of blank lines.
fn plain(text: &str) -> usize {
    text.bytes().position(|byte| !matches!(byte, b' '..=b'~' | b'\t')).unwrap_or(text.len())
}

/// The text as one line: tidied, composed (NFC), each run of whitespace one space, none at the ends.
pub(super) fn one_line(raw: &str) -> String {
    let composed: String = tidy(raw).nfc().collect();
    let mut out = String::with_capacity(composed.len());
    for word in composed.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether there is anything in it to see.
pub(super) fn has_something_to_see(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_dropped(c) && !is_invisible(c) && !is_combining_mark(c))
}

fn is_dropped(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => true,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{206A}'..='\u{206F}' => true,
        '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FDD0}'..='\u{FDEF}' => true,
        c => (c as u32) & 0xFFFE == 0xFFFE,
    }
}

/// Takes room or none, but shows nothing: default-ignorable code points, fillers, the empty Braille cell.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2065}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Counts the combining marks since the last letter.
#[derive(Default)]
struct Marks {
    all: usize,
    stacked: usize,
}

impl Marks {
    fn admit(&mut self, c: char) -> bool {
        if c.is_ascii() {
            *self = Self::default();
            return true;
        }
        // A joiner between marks does not start a new heap: the marks behind it still sit on the same letter.
        if is_invisible(c) {
            return true;
        }
        if !is_combining_mark(c) {
            *self = Self::default();
            return true;
        }
        self.all += 1;
        self.stacked += usize::from(canonical_combining_class(c) != 0);
        self.all <= MARKS && self.stacked <= STACKED_MARKS
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is said of [`tidy`], one character after the other.
    fn one_at_a_time(raw: &str) -> String {
        let (mut out, mut marks, mut newlines) = (String::new(), Marks::default(), 0);
        let mut chars = raw.chars().peekable();
        while let Some(c) = chars.next() {
            let c = match c {
                '\r' if chars.peek() == Some(&'\n') => continue,
                '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
                c => c,
            };
            if !is_dropped(c) && marks.admit(c) {
                newlines = if c == '\n' { newlines + 1 } else { 0 };
                out.extend((newlines <= NEWLINES).then_some(c));
            }
        }
        out
    }

    proptest! {
        #[test]
        fn what_is_copied_as_it_is_changes_nothing(
            pieces in prop::collection::vec(prop_oneof![
                prop::sample::select(vec!["plain words", " ", "~", "\t", "\n\n\n", "\r", "\r\n", "\0", "\u{7f}", "\u{1f}"]).prop_map(str::to_owned),
                prop::sample::select(vec!["\u{85}", "\u{2028}", "\u{202e}", "e\u{301}\u{301}", "\u{301}\u{301}\u{301}", "\u{200d}", "ß"])
                    .prop_map(str::to_owned),
                any::<char>().prop_map(String::from),
            ], 0..30),
        ) {
            let text = pieces.concat();
            prop_assert_eq!(tidy(&text), one_at_a_time(&text));
        }
    }

    #[test]
    fn line_ends_become_newlines() {
        assert_eq!(tidy("a\r\nb\rc\u{2028}d\u{85}e"), "a\nb\nc\nd\ne");
    }

    #[test]
    fn control_characters_go_and_tabs_stay() {
        assert_eq!(tidy("a\0b\u{1}\tc\u{1b}[31m\u{7f}\u{9b}\u{fffe}\u{feff}d"), "ab\tc[31md");
    }

    #[test]
    fn overrides_and_isolates_go_and_direction_marks_stay() {
        assert_eq!(tidy("\u{202e}txt.exe\u{202c} \u{2067}x\u{2069} \u{200f}\u{200e}"), "txt.exe x \u{200f}\u{200e}");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let zalgo = format!("e{}x", "\u{301}".repeat(50));
        assert_eq!(tidy(&zalgo), format!("e{}x", "\u{301}".repeat(4)));
        let joined = format!("e{}", "\u{301}\u{200d}".repeat(50));
        assert_eq!(tidy(&joined).matches('\u{301}').count(), 4);
        let thai = format!("\u{e01}{}", "\u{e47}".repeat(50));
        assert_eq!(tidy(&thai).matches('\u{e47}').count(), 8);
    }

    #[test]
    fn real_writing_is_untouched() {
        for text in ["שָׁלוֹם", "مُحَمَّدٌ", "བསྒྲུབས", "क्ष्म्य", "👩🏽‍💻 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "ที่นี่", "Việt Nam"]
        {
            assert_eq!(tidy(text), text);
        }
    }

    #[test]
    fn ten_thousand_newlines_are_four() {
        assert_eq!(tidy(&format!("a{}b", "\n".repeat(10_000))), "a\n\n\n\nb");
    }

    #[test]
    fn invisible_text_is_nothing_to_see() {
        for text in ["", " \n\t", "\u{200b}\u{2060}", "\u{3164}\u{2800}", "\u{301}", "\u{e0041}"] {
            assert!(!has_something_to_see(text), "{text:?}");
        }
        assert!(has_something_to_see("."));
    }
}
