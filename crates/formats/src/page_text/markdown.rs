//! From the lines of a comment to CommonMark that shows them: paragraphs, quotations, lists, verbatim text.
//! Not here: what happens to characters inside a line.

use super::escape;
use super::lines::BodyLine;

/// Quotations within quotations that are kept as such.
const QUOTE_LEVELS: usize = 8;

/// CommonMark that shows the lines as people meant them. What only looks like markup is escaped.
pub(super) fn markdown(lines: &[BodyLine<'_>]) -> String {
    let mut writer = Writer::default();
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        if line.text.is_empty() {
            writer.blank = true;
            rest = after;
        } else if line.indent > 0 {
            let (verbatim, after) = rest.split_at_checked(verbatim_lines(rest)).unwrap_or((rest, &[]));
            writer.verbatim(verbatim);
            rest = after;
        } else {
            writer.line(line.text, after.iter().find(|line| !line.text.is_empty()));
            rest = after;
        }
    }
    writer.out
}

/// How many lines the verbatim text has that the lines begin with. Blank lines inside belong to it.
fn verbatim_lines(lines: &[BodyLine<'_>]) -> usize {
    let inside = lines.iter().take_while(|line| line.text.is_empty() || line.indent > 0);
    let last = inside.zip(1..).filter(|(line, _)| !line.text.is_empty()).last();
    last.map_or(1, |(_, count)| count)
}

#[derive(Default)]
struct Writer {
    out: String,
    last: Option<Block>,
    /// Whether a blank line stands after what was written last.
    blank: bool,
    /// The item of a list that what is written next would follow.
    item: Option<Marker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Text,
    /// With its level.
    Quote(usize),
    Definition,
    Verbatim,
}

/// What begins an item of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    Bullet(char),
    /// The number and the sign after it.
    Number(u32, char),
}

impl Writer {
    fn line(&mut self, text: &str, next: Option<&BodyLine<'_>>) {
        let text = &escape::one_line(text);
        if text.starts_with('>') {
            self.quote(text);
        } else if escape::is_link_definition(text) {
            self.begin(Block::Definition, None);
            self.out.push_str(text);
        } else if let Some((marker, rest)) = self.item(text, next) {
            self.begin(Block::Text, Some(marker));
            self.out.push_str(text.strip_suffix(rest).unwrap_or("").trim_end());
            self.out.push(' ');
            self.out.push_str(&escape::line(rest.trim_start()));
        } else {
            let continued = if self.blank { None } else { self.item };
            self.begin(Block::Text, continued);
            self.out.push_str(&escape::line(text));
        }
    }

    /// Ends the line before, and the block before where another one begins.
    fn begin(&mut self, block: Block, item: Option<Marker>) {
        let same = self.last == Some(block) && !self.blank && block != Block::Verbatim;
        self.out.push_str(match self.last {
            None => "",
            Some(_) if same => "\n",
            Some(_) => "\n\n",
        });
        (self.last, self.blank, self.item) = (Some(block), false, item);
    }

    fn quote(&mut self, text: &str) {
        let mut rest = text;
        let mut level = 0;
        while let Some(inner) = rest.strip_prefix('>').filter(|_| level < QUOTE_LEVELS) {
            rest = inner.trim_start();
            level += 1;
        }
        self.begin(Block::Quote(level), None);
        self.out.push_str(&"> ".repeat(level));
        self.out.push_str(&escape::line(rest));
        self.out.truncate(self.out.trim_end().len());
    }

    /// The marker and the words, when the line is an item of a list that shows the marker as it was typed: dashes always, numbers
    /// when they count up from 1, `*` and `+` when there are several, because a single one is a footnote's mark or a plus.
    fn item<'t>(&self, text: &'t str, next: Option<&BodyLine<'_>>) -> Option<(Marker, &'t str)> {
        let (marker, rest) = split_marker(text)?;
        let listed = match marker {
            Marker::Bullet('-') => true,
            Marker::Bullet(_) => self.item == Some(marker) || next.is_some_and(|next| begins_with(next, marker)),
            Marker::Number(number, sign) => match self.item {
                Some(Marker::Number(before, same)) if same == sign => before.checked_add(1) == Some(number),
                _ => number == 1,
            },
        };
        listed.then_some((marker, rest))
    }

    fn verbatim(&mut self, lines: &[BodyLine<'_>]) {
        self.begin(Block::Verbatim, None);
        let fence = "`".repeat(longest_backticks(lines).max(2) + 1);
        let margin = lines.iter().filter(|line| !line.text.is_empty()).map(|line| line.indent).min().unwrap_or(0);
        self.out.push_str(&fence);
        for line in lines {
            self.out.push('\n');
            if !line.text.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', line.indent.saturating_sub(margin)));
                self.out.push_str(&escape::one_line(line.text));
            }
        }
        self.out.push('\n');
        self.out.push_str(&fence);
    }
}

fn begins_with(line: &BodyLine<'_>, marker: Marker) -> bool {
    line.indent == 0 && split_marker(line.text).is_some_and(|(found, _)| found == marker)
}

/// A list marker and the words after it, of which there have to be some.
fn split_marker(text: &str) -> Option<(Marker, &str)> {
    let (marker, rest) = text.split_once([' ', '\t'])?;
    if rest.trim().is_empty() || escape::is_rule(text) {
        return None;
    }
    let sign = marker.chars().next_back()?;
    match marker.strip_suffix(sign)? {
        "" => matches!(sign, '-' | '+' | '*').then_some((Marker::Bullet(sign), rest)),
        digits => {
            let plain =
                digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0') && digits.len() <= 9;
            let number = digits.parse().ok().filter(|_| plain && matches!(sign, '.' | ')'))?;
            Some((Marker::Number(number, sign), rest))
        }
    }
}

fn longest_backticks(lines: &[BodyLine<'_>]) -> usize {
    let runs = lines.iter().flat_map(|line| line.text.split(|c| c != '`'));
    runs.map(str::len).max().unwrap_or(0)
}
