//! The habits of discussion sites that CommonMark does not have, brought about before it parses: characters that the parser must
//! take literally are replaced by control characters, which no tidied text contains, and put back in what it makes of them. So code
//! stays exactly as it was written, without knowing beforehand what is code. Not here: parsing and output.
//!
//! - A line that begins with `[` is no link reference definition: `[1]: https://…` stays visible.
//! - `<` begins nothing but `<https://…>` and `<name@host>`: other HTML is text, and emphasis works in it.
//! - `_`, `*`, `~`, `[`, `]` in a bare address belong to the address.
//! - A single `~` is “about”; only `~~` strikes through.
//! - Markers of more than a hundred quotations and lists on one line are text, or the parser's time grows with their square.

use std::borrow::Cow;
use std::collections::HashMap;
use std::iter::Peekable;
use std::ops::Range;

use super::links;

/// Stands before a character that must not begin anything, and disappears.
const NOTHING: char = '\u{1}';

/// Characters and what stands for them.
const STAND_INS: [(char, char); 5] =
    [('_', '\u{10}'), ('*', '\u{11}'), ('~', '\u{12}'), ('[', '\u{13}'), (']', '\u{14}')];

/// Markers on one line that are looked at.
const MARKERS: usize = 100;

/// Longest label of a definition that other links may refer to.
const LONGEST_LABEL: usize = 60;

/// A source the parser can be given.
pub(super) struct Shielded {
    pub source: String,
    /// Addresses by label in lower case, from lines like `[1]: https://…`. The first of several counts.
    pub definitions: HashMap<String, String>,
}

/// Shields a tidied source.
pub(super) fn shield(source: &str) -> Shielded {
    let mut shield = Shield {
        source,
        links: protected(source).peekable(),
        out: String::with_capacity(source.len() + source.len() / 8),
        definitions: HashMap::new(),
    };
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        shield.line(start, line);
        start += line.len();
    }
    Shielded { source: shield.out, definitions: shield.definitions }
}

/// Puts back what was replaced.
pub(super) fn unshield(shielded: &str) -> Cow<'_, str> {
    if !shielded.bytes().any(|byte| byte < 0x20 && byte != b'\n' && byte != b'\t') {
        return Cow::Borrowed(shielded);
    }
    let back = |c: char| match STAND_INS.iter().find(|(_, stand_in)| *stand_in == c) {
        Some((own, _)) => Some(*own),
        None => (c != NOTHING).then_some(c),
    };
    Cow::Owned(shielded.chars().filter_map(back).collect())
}

/// Whether a line, in what [`shield`] made, begins with a footnote's number or a definition's label: `[1]`, `[label]:`.
pub(super) fn is_footnote(line: &str) -> bool {
    let line = line.split('\n').next().and_then(|line| line.strip_prefix(NOTHING)?.strip_prefix('['));
    let Some((label, rest)) = line.and_then(|line| line.split_once(']')) else { return false };
    let is_number = (1..=3).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_digit());
    is_number || rest.starts_with(':') && label.len() <= LONGEST_LABEL
}

/// A label as it is looked up.
pub(super) fn folded(label: &str) -> String {
    unshield(label).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Bare addresses, except those that already are the target of a link: there CommonMark's own rules hold.
fn protected(source: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    links::bare(source).filter(|range| {
        let before = source.get(..range.start).unwrap_or_default();
        !before.ends_with('<') && !before.ends_with("](")
    })
}

struct Shield<'a, L: Iterator<Item = Range<usize>>> {
    source: &'a str,
    links: Peekable<L>,
    out: String,
    definitions: HashMap<String, String>,
}

impl<L: Iterator<Item = Range<usize>>> Shield<'_, L> {
    fn line(&mut self, start: usize, line: &str) {
        let prefix = Prefix::of(line);
        let (before, content) = line.split_at_checked(prefix.length).unwrap_or((line, ""));
        self.out.push_str(before);
        if prefix.is_cut || content.starts_with('[') {
            self.out.push(NOTHING);
        }
        if content.starts_with('[') {
            self.define(content);
        }
        let mut previous = ' ';
        for (at, c) in content.char_indices() {
            self.character(start + before.len() + at, previous, c);
            previous = c;
        }
    }

    fn character(&mut self, at: usize, previous: char, c: char) {
        while self.links.next_if(|link| link.end <= at).is_some() {}
        let in_link = self.links.peek().is_some_and(|link| link.start <= at);
        match c {
            '\n' | '\t' => self.out.push(c),
            // `\_` in an address is an escape as everywhere else.
            _ if in_link && previous != '\\' => self.out.push(stand_in(c)),
            _ if in_link => self.out.push(c),
            '<' if !self.begins_autolink(at) => self.out.extend([c, NOTHING]),
            '~' if !matches!(previous, '~' | '\\') && !self.behind(at).starts_with('~') => self.out.push(stand_in(c)),
            c => self.out.push(c),
        }
    }

    fn behind(&self, at: usize) -> &str {
        self.source.get(at + 1..).unwrap_or_default()
    }

    fn begins_autolink(&self, at: usize) -> bool {
        let behind = self.behind(at);
        let Some(end) = behind.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>')) else { return false };
        let inside = behind.get(..end).unwrap_or_default();
        behind.get(end..).is_some_and(|rest| rest.starts_with('>')) && inside.contains([':', '@'])
    }

    fn define(&mut self, content: &str) {
        let Some((label, rest)) = content.get(1..).and_then(|rest| rest.split_once(']')) else { return };
        let Some(address) = rest.strip_prefix(':').and_then(|rest| rest.split_whitespace().next()) else { return };
        let address = address.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(address);
        if label.len() <= LONGEST_LABEL && links::href(address).is_some() {
            self.definitions.entry(folded(label)).or_insert_with(|| address.to_owned());
        }
    }
}

fn stand_in(c: char) -> char {
    STAND_INS.iter().find(|(own, _)| *own == c).map_or(c, |(_, stand_in)| *stand_in)
}

/// The markers of quotations and lists at the beginning of a line, with the space around them.
struct Prefix {
    length: usize,
    /// Whether there were more than are looked at.
    is_cut: bool,
}

impl Prefix {
    fn of(line: &str) -> Self {
        let mut length = 0;
        let mut markers = 0;
        while let Some(step) = line.get(length..).and_then(marker_or_space) {
            markers += usize::from(step.is_marker);
            if markers > MARKERS {
                return Self { length, is_cut: !is_rule(line) };
            }
            length += step.length;
        }
        Self { length, is_cut: false }
    }
}

/// A line of `- - -` is no list in a list, however long.
fn is_rule(line: &str) -> bool {
    let sign = line.trim_start().chars().next().filter(|sign| matches!(sign, '-' | '*'));
    sign.is_some_and(|sign| line.chars().all(|c| c == sign || c.is_ascii_whitespace()))
}

struct Step {
    length: usize,
    is_marker: bool,
}

fn marker_or_space(line: &str) -> Option<Step> {
    let followed = |length: usize| line.get(length..).is_some_and(|rest| rest.starts_with([' ', '\t', '\n']));
    let marker = |length| Some(Step { length, is_marker: true });
    match line.as_bytes().first()? {
        b' ' | b'\t' => Some(Step { length: 1, is_marker: false }),
        b'>' => marker(1),
        b'-' | b'*' | b'+' if followed(1) => marker(1),
        b'0'..=b'9' => {
            let digits = line.bytes().take(10).take_while(u8::is_ascii_digit).count();
            let closed = line.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')']));
            if digits < 10 && closed && followed(digits + 1) { marker(digits + 1) } else { None }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_back() {
        for source in [
            "[1]: https://a.example/_x_\n> [2]: y\n- [3] z",
            "a < b <i>c</i> <https://a.example/_> <a@b.example>",
            "~2x, ~~gone~~, https://a.example/~me/*x*_y_",
            "``` [1]: x\n[1]: <b>~\n```",
        ] {
            assert_eq!(unshield(&shield(source).source), source);
        }
    }

    #[test]
    fn only_what_would_begin_something_is_replaced() {
        assert_eq!(shield("*a* _b_ [c](d) ~~e~~").source, "*a* _b_ [c](d) ~~e~~");
        assert_eq!(shield("> - 1. [c] ~1").source, "> - 1. \u{1}[c] \u{12}1");
        assert_eq!(shield("<b <https://a.example>").source, "<\u{1}b <https://a.example>");
        assert_eq!(shield("https://a.example/_b_c _d_").source, "https://a.example/\u{10}b\u{10}c _d_");
        assert_eq!(shield("[a](https://a.example/_b_c)").source, "\u{1}[a](https://a.example/_b_c)");
        assert_eq!(shield("https://a.example/a\\_b").source, "https://a.example/a\\_b");
    }

    #[test]
    fn definitions_are_known() {
        let shielded =
            shield("[One  two]: https://a.example/_x_\n[one two]: https://b.example\n[js]: javascript:x\n[x] y");
        assert_eq!(shielded.definitions.len(), 1);
        assert_eq!(shielded.definitions["one two"], "https://a.example/_x_");
    }

    #[test]
    fn footnotes_are_recognised() {
        let begins = |line| is_footnote(&shield(line).source);
        assert!(begins("[1] x") && begins("[12]: x") && begins("[a]: x"));
        assert!(!begins("[a] x") && !begins("[] x") && !begins("1] x") && !begins("[1234] x"));
    }

    #[test]
    fn markers_without_end_are_cut() {
        let shielded = shield(&">".repeat(100_000)).source;
        assert_eq!(shielded.find('\u{1}'), Some(MARKERS));
        assert_eq!(shield(&("- ".repeat(1_000) + "x")).source.find('\u{1}'), Some(2 * MARKERS));
        assert_eq!(shield(&"- ".repeat(1_000)).source, "- ".repeat(1_000));
    }
}
