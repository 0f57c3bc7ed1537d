//! Characters of a line that CommonMark would take for markup though nobody meant it so. Here: which those are, and the
//! backslashes before them. Not here: quotations and lists, which are whole lines.
//!
//! Emphasis with `*` and `_`, code between backticks and links stay what they are, because people type them as such everywhere.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// Longest entity in bytes: `&CounterClockwiseContourIntegral;`.
const LONGEST_ENTITY: usize = 33;

/// The text with control characters and line separators as spaces, so that what came as one line stays one.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let breaks = |c: char| (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}');
    if text.contains(breaks) { Cow::Owned(text.replace(breaks, " ").trim().to_owned()) } else { Cow::Borrowed(text) }
}

/// A line's words, escaped so that they begin no block and mean themselves.
pub(super) fn line(text: &str) -> String {
    let mut line =
        Line { text, at: 0, before: None, code: code_spans(text), out: String::with_capacity(text.len() + 8) };
    if let Some(marker) = block_marker(text) {
        line.copy_to(marker.start);
        line.escape_to(marker.end);
    }
    line.escape_rest();
    line.out
}

/// Whether the line is `[label]: https://…` and nothing more: people write their footnotes so, and they are shown.
pub(super) fn is_link_definition(text: &str) -> bool {
    let parts = text.strip_prefix('[').and_then(|text| text.split_once("]: "));
    parts.is_some_and(|(label, target)| {
        let simple = !label.trim().is_empty() && !label.contains(['[', ']', '\\']) && label.chars().count() < 100;
        let odd = |c: char| c.is_whitespace() || matches!(c, '<' | '\\' | '&');
        simple && is_web_address(target.trim()) && !target.trim().contains(odd)
    })
}

/// Whether the line consists of the signs that draw a line across the page, or that make a heading of the line before.
pub(super) fn is_rule(text: &str) -> bool {
    let sign = text.chars().next().filter(|sign| matches!(sign, '-' | '=' | '*' | '_'));
    sign.is_some_and(|sign| text.chars().all(|c| c == sign || c == ' ' || c == '\t'))
}

/// The characters at the beginning of the line that would make a heading, an item, a rule, a fence, a quotation or a definition
/// of it.
fn block_marker(text: &str) -> Option<Range<usize>> {
    if is_rule(text) {
        return Some(0..1);
    }
    let sign = text.chars().next()?;
    let rest = text.trim_start_matches(sign);
    let run = text.len() - rest.len();
    let spaced = rest.is_empty() || rest.starts_with([' ', '\t']);
    match sign {
        '#' => (run <= 6 && spaced).then_some(0..1),
        '-' | '+' | '*' => (run == 1 && spaced).then_some(0..1),
        '>' => Some(0..1),
        '`' => (run >= 3 && !rest.contains('`')).then_some(0..run),
        '~' => (run >= 3).then_some(0..run),
        '[' => defines_a_link(text).then_some(0..1),
        '0'..='9' => number_sign(text),
        _ => None,
    }
}

/// Whether the line has the form `[label]: target` or `[label]: target "title"`, which Markdown takes away.
fn defines_a_link(text: &str) -> bool {
    let Some((_, target)) = text.split_once("]:") else { return false };
    match target.trim_start().split_once([' ', '\t']) {
        Some((_, title)) => title.trim_start().starts_with(['"', '\'', '(']),
        None => true,
    }
}

/// The dot or parenthesis after a number that would make an item of the line.
fn number_sign(text: &str) -> Option<Range<usize>> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    let after = rest.strip_prefix(['.', ')'])?;
    let spaced = after.is_empty() || after.starts_with([' ', '\t']);
    (digits <= 9 && spaced).then_some(digits..digits + 1)
}

fn is_web_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// From where each code span of the line begins to where it ends: a run of backticks up to the next run as long.
fn code_spans(text: &str) -> HashMap<usize, usize> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('`') {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    let mut next: HashMap<usize, usize> = HashMap::new();
    let mut spans = HashMap::new();
    for run in runs.into_iter().rev() {
        if let Some(end) = next.insert(run.len(), run.end) {
            spans.insert(run.start, end);
        }
    }
    spans
}

struct Line<'a> {
    text: &'a str,
    /// How many bytes are done.
    at: usize,
    /// The character before that.
    before: Option<char>,
    code: HashMap<usize, usize>,
    out: String,
}

impl<'a> Line<'a> {
    fn escape_rest(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '`' => self.backticks(),
                '\\' => self.backslash(),
                '*' => self.stars(),
                '_' => self.underscores(),
                '&' if is_entity(self.rest()) => self.escape(1),
                ']' | '!' if self.makes_a_link() => self.pair(),
                '<' => self.angle(),
                'h' if self.begins_address() => self.copy_to(self.address_end()),
                _ => self.copy(c.len_utf8()),
            }
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn copy(&mut self, bytes: usize) {
        self.copy_to(self.at + bytes);
    }

    fn copy_to(&mut self, end: usize) {
        let part = self.text.get(self.at..end).unwrap_or("");
        self.out.push_str(part);
        self.before = part.chars().next_back().or(self.before);
        self.at = end;
    }

    fn escape(&mut self, bytes: usize) {
        self.escape_to(self.at + bytes);
    }

    /// Puts a backslash before every character up to there, all of which have to be ASCII punctuation.
    fn escape_to(&mut self, end: usize) {
        for c in self.text.get(self.at..end).unwrap_or("").chars() {
            self.out.extend(['\\', c]);
            self.before = Some(c);
        }
        self.at = end;
    }

    fn run(&self, sign: char) -> usize {
        self.rest().len() - self.rest().trim_start_matches(sign).len()
    }

    fn backticks(&mut self) {
        match self.code.get(&self.at) {
            Some(end) => self.copy_to(*end),
            None => self.escape(self.run('`')),
        }
    }

    /// A backslash shows itself only when the character after it is none that it could escape.
    fn backslash(&mut self) {
        match self.rest().chars().nth(1) {
            Some(next) if next.is_ascii_punctuation() => self.escape(2),
            Some(_) => self.copy(1),
            None => self.escape(1),
        }
    }

    /// Stars between letters or digits multiply.
    fn stars(&mut self) {
        let run = self.run('*');
        let after = self.rest().chars().nth(run);
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if word(self.before) && word(after) { self.escape(run) } else { self.copy(run) }
    }

    /// One underscore emphasises, two belong to names in programs.
    fn underscores(&mut self) {
        let run = self.run('_');
        if run > 1 { self.escape(run) } else { self.copy(run) }
    }

    /// Whether brackets that nobody meant as a link would become one: `](` before anything but an address, `][`, `![`.
    fn makes_a_link(&self) -> bool {
        let rest = self.rest();
        match rest.strip_prefix("](") {
            Some(target) => !is_web_address(target.strip_prefix('<').unwrap_or(target)),
            None => rest.starts_with("][") || rest.starts_with("!["),
        }
    }

    fn pair(&mut self) {
        self.copy(1);
        self.escape(1);
    }

    /// `<` of an address in angle brackets stays, any other that could begin a tag is escaped, so that Markdown goes on behind it.
    fn angle(&mut self) {
        let rest = self.rest();
        let inside = rest.strip_prefix('<').unwrap_or("");
        let end = inside.find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '`'));
        let closed = end.filter(|end| inside.get(*end..).is_some_and(|rest| rest.starts_with('>')));
        match closed {
            Some(end) if is_web_address(inside) => self.copy(end + 2),
            _ if inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) => {
                self.escape(1)
            }
            _ => self.copy(1),
        }
    }

    fn begins_address(&self) -> bool {
        is_web_address(self.rest()) && !self.before.is_some_and(char::is_alphanumeric)
    }

    /// Addresses are taken as they are: a backslash would become part of them.
    fn address_end(&self) -> usize {
        let stop = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '`' | '\\' | '"' | '[' | ']');
        self.at + self.rest().find(stop).unwrap_or(self.rest().len())
    }
}

fn is_entity(text: &str) -> bool {
    let mut inside = text.bytes().skip(1).take(LONGEST_ENTITY).skip_while(|byte| *byte == b'#');
    let mut name = 0;
    let end = inside.find(|byte| {
        name += 1;
        !byte.is_ascii_alphanumeric()
    });
    end == Some(b';') && name > 1
}
