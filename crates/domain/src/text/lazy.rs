//! Lines that CommonMark counts to a quotation though they do not begin with `>` (“lazy continuation”). In discussions the answer
//! stands right below the quotation, so there such a line begins a new paragraph outside. Not here: output.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::markdown::OPTIONS;

/// The source with a line before each lazy one that ends the quotations it does not continue.
///
/// What is lazy only the parser knows, since in code a line may begin with `>` and mean nothing by it: so it is asked.
pub(super) fn part(source: &str) -> Cow<'_, str> {
    if !source.contains('>') {
        return Cow::Borrowed(source);
    }
    let mut lines = LazyLines { source, quotes: 0, last: 0, seen: 0, in_code: false, found: Vec::new() };
    for (event, range) in Parser::new_ext(source, OPTIONS).into_offset_iter() {
        lines.event(&event, range);
    }
    lines.parted()
}

struct LazyLines<'a> {
    source: &'a str,
    /// Quotations that are open.
    quotes: usize,
    /// `>` before the last line of the paragraph that was looked at.
    last: usize,
    /// The source up to here was looked at.
    seen: usize,
    in_code: bool,
    found: Vec<usize>,
}

impl<'a> LazyLines<'a> {
    fn event(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) if is_inline(tag) => self.inline(range),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image) => {}
            Event::Start(tag) => {
                self.in_code |= matches!(tag, Tag::CodeBlock(_) | Tag::HtmlBlock);
                self.quotes += usize::from(matches!(tag, Tag::BlockQuote(_)));
                self.last = self.quotes;
            }
            Event::End(end) => {
                self.in_code &= !matches!(end, TagEnd::CodeBlock | TagEnd::HtmlBlock);
                self.quotes -= usize::from(matches!(end, TagEnd::BlockQuote(_))).min(self.quotes);
                self.last = self.quotes;
            }
            _ => self.inline(range),
        }
    }

    /// Something within a paragraph, which may span lines: a link or a piece of code does.
    fn inline(&mut self, range: Range<usize>) {
        if self.quotes == 0 || self.in_code {
            return;
        }
        let start = self.seen.max(range.start);
        for (at, _) in self.source.get(start..range.end).unwrap_or_default().match_indices('\n') {
            self.line(start + at + 1);
        }
        self.seen = self.seen.max(range.end);
    }

    fn line(&mut self, start: usize) {
        let markers = self.prefix(start).matches('>').count().min(self.quotes);
        if markers < self.last {
            self.found.push(start);
        }
        self.last = markers;
    }

    /// The space and `>` at the beginning of the line that starts here.
    fn prefix(&self, start: usize) -> &'a str {
        let line = self.source.get(start..).unwrap_or_default();
        let content = line.find(|c| !matches!(c, ' ' | '\t' | '>')).unwrap_or(line.len());
        line.get(..content).unwrap_or_default()
    }

    fn parted(&self) -> Cow<'a, str> {
        if self.found.is_empty() {
            return Cow::Borrowed(self.source);
        }
        let mut out = String::with_capacity(self.source.len() + 2 * self.found.len());
        let mut from = 0;
        for &start in &self.found {
            out.push_str(self.source.get(from..start).unwrap_or_default());
            out.push_str(self.prefix(start).trim_end());
            out.push('\n');
            from = start;
        }
        out.push_str(self.source.get(from..).unwrap_or_default());
        Cow::Owned(out)
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_line_without_its_marker_stands_outside() {
        for (source, parted) in [
            ("> a\nb", "> a\n\nb"),
            ("> a\nb\nc", "> a\n\nb\nc"),
            ("> a\nb\n> c\nd", "> a\n\nb\n> c\n\nd"),
            (">> a\n> b\nc", ">> a\n>\n> b\n\nc"),
            ("> - a\nb", "> - a\n\nb"),
            ("- > a\n  b", "- > a\n\n  b"),
            ("> *a\nb*", "> *a\n\nb*"),
            ("> `a\nb`", "> `a\n\nb`"),
            ("> [a\nb](https://a.example)", "> [a\n\nb](https://a.example)"),
        ] {
            assert_eq!(part(source), parted);
        }
    }

    #[test]
    fn everything_else_stays() {
        for source in [
            "> a\n> b",
            "> a\n\nb",
            "```\n> a\nb\n```",
            "    > a\n    b",
            "> ```\n> a\n> ```\nb",
            "- a\nb",
            "a > b\nc",
            "> a\n>\n> b",
        ] {
            assert_eq!(part(source), source);
        }
    }
}
