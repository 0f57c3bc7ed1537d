//! Words as Markdown: what would be taken for markup gets a backslash. Only that, since people will edit it. Not here: HTML.

use super::links;

/// Adds words to a line.
pub(super) fn push_words(out: &mut String, words: &str) {
    let mut links = links::bare(words).peekable();
    let mut rest = words;
    // Most characters are no marks, and are copied as they are.
    while let Some((plain, behind)) = rest.bytes().position(is_mark).and_then(|at| rest.split_at_checked(at)) {
        let at = words.len() - behind.len();
        while links.next_if(|link| link.end <= at).is_some() {}
        let in_link = links.peek().is_some_and(|link| link.start <= at);
        out.push_str(plain);
        let before = out.chars().next_back();
        let mut chars = behind.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        if !in_link && is_markup(before, c, rest) {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out.push_str(rest);
}

/// The first byte of what [`is_markup`] has something to decide about, and of a line's end.
fn is_mark(byte: u8) -> bool {
    matches!(byte, b'\\' | b'`' | b'*' | b'_' | b'~' | b'(' | b'<' | b'&' | b'\n')
}

fn is_markup(before: Option<char>, c: char, behind: &str) -> bool {
    let next = behind.chars().next();
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '\\' => next.is_some_and(|next| next.is_ascii_punctuation()),
        '`' => true,
        '*' => !(is_space(before) && is_space(next)),
        '_' => !(is_space(before) && is_space(next) || is_word(before) && is_word(next)),
        '~' => next == Some('~') || before == Some('~'),
        '(' => before == Some(']'),
        '<' => is_autolink(behind),
        '&' => is_reference(behind),
        _ => false,
    }
}

fn is_autolink(behind: &str) -> bool {
    let end = behind.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>')).unwrap_or(behind.len());
    behind.get(..end).is_some_and(|inside| inside.contains([':', '@']))
}

fn is_reference(name: &str) -> bool {
    let end = name.bytes().take(32).position(|byte| !byte.is_ascii_alphanumeric() && byte != b'#');
    end.is_some_and(|end| end > 0 && name.as_bytes().get(end) == Some(&b';'))
}

/// Adds a line, so that its beginning begins nothing but a paragraph or, on purpose, a quotation: on sites without markup people
/// quote with `>` too.
pub(super) fn push_line(out: &mut String, line: &str) {
    let line = line.trim_start_matches([' ', '\t']);
    let digits = line.bytes().take(10).take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits).unwrap_or_default();
    if digits > 0 && rest.starts_with(['.', ')']) && begins_with_space(rest.get(1..)) {
        out.push_str(number);
        out.push('\\');
        out.push_str(rest);
        return;
    }
    let only = |c: char| !line.is_empty() && line.chars().all(|other| other == c || other == ' ');
    let is_marker = line.starts_with(['-', '+', '*']) && begins_with_space(line.get(1..));
    let is_heading = line.starts_with('#') && begins_with_space(Some(line.trim_start_matches('#')));
    if is_marker || is_heading || only('-') || only('=') || line.starts_with("~~~") {
        out.push('\\');
    }
    out.push_str(line);
}

fn begins_with_space(rest: Option<&str>) -> bool {
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, one character at a time.
    fn slowly(out: &mut String, words: &str) {
        let links: Vec<_> = links::bare(words).collect();
        let mut chars = words.char_indices();
        while let Some((at, c)) = chars.next() {
            let in_link = links.iter().any(|link| link.contains(&at));
            if !in_link && is_markup(out.chars().next_back(), c, chars.as_str()) {
                out.push('\\');
            }
            out.push(if c == '\n' { ' ' } else { c });
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_no_mark_is_copied_as_it_is(
            before in prop::sample::select(vec!["", "a", " ", "]", "~"]),
            pieces in prop::collection::vec(prop_oneof![
                prop::sample::select(vec!["words", "é", " ", "\\", "`", "*", "_", "~", "(", "<", "&", "]", "\n"]).prop_map(str::to_owned),
                prop::sample::select(vec!["https://a.example/_b_*c*", "&lt;", "<a@b.example>", "~~"]).prop_map(str::to_owned),
                "[ -~]",
            ], 0..12),
        ) {
            let (words, mut quickly, mut one_by_one) = (pieces.concat(), before.to_owned(), before.to_owned());
            push_words(&mut quickly, &words);
            slowly(&mut one_by_one, &words);
            prop_assert_eq!(quickly, one_by_one);
        }
    }

    fn words(text: &str) -> String {
        let mut out = String::new();
        push_words(&mut out, text);
        out
    }

    fn line(text: &str) -> String {
        let mut out = String::new();
        push_line(&mut out, text);
        out
    }

    #[test]
    fn only_what_is_markup_is_escaped() {
        assert_eq!(
            words("2 * 3, snake_case, ~2x, [1], a < b, R&D, C:\\dir"),
            "2 * 3, snake_case, ~2x, [1], a < b, R&D, C:\\dir"
        );
        assert_eq!(words("*a* _b_ `c` ~~d~~ [e](f)"), "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~ [e]\\(f)");
        assert_eq!(words("&lt; \\* <https://a.example>"), "\\&lt; \\\\\\* \\<https://a.example>");
        assert_eq!(words("https://a.example/_b_*c*"), "https://a.example/_b_*c\\*");
    }

    #[test]
    fn beginnings_of_lines() {
        for (text, escaped) in [
            ("- a", "\\- a"),
            ("1. a", "1\\. a"),
            ("1984", "1984"),
            ("# a", "\\# a"),
            ("#tag", "#tag"),
            ("---", "\\---"),
            ("> a", "> a"),
            ("  a", "a"),
        ] {
            assert_eq!(line(text), escaped);
        }
    }
}
