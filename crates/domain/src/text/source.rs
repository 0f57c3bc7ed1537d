//! From clean HTML back to Markdown that can be edited: best effort, nothing lost. Not here: the escaping of words
//! ([`escape`](super::escape)), and HTML that is not clean.

use super::escape::{push_line, push_words};
use super::links;
use super::mentions;
use super::tags::{Tag, Token, Tokens, unescape};

/// The Markdown of clean HTML.
pub(super) fn source(html: &str) -> String {
    let mut source = Source::default();
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => source.text(&unescape(text)),
            Token::Open(tag) => source.open(&tag),
            Token::Close(name) => source.close(name),
        }
    }
    source.end_block(Gap::Blank);
    source.out
}

/// What parts a block from the one before.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Gap {
    #[default]
    None,
    Line,
    Blank,
}

/// How the lines of a block are written.
#[derive(Clone, Copy)]
enum Lines {
    /// As they are.
    Exact,
    /// So that none begins something else than it did.
    Words,
}

/// What the lines of a quotation or an item begin with.
struct Margin {
    /// The bullet or number of an item, until it is written.
    first: Option<String>,
    rest: String,
}

struct Anchor {
    from: usize,
    href: String,
    text: String,
    is_mention: bool,
}

#[derive(Default)]
struct Source {
    out: String,
    margins: Vec<Margin>,
    /// The fewest margins since the last block: what its line and the next one have in common.
    common: usize,
    gap: Gap,
    /// Numbers of the open lists' next items.
    lists: Vec<Option<u32>>,
    /// The text of the block that is being read.
    block: String,
    /// Marks of open emphasis, and how many of the last ones are not written yet.
    styles: Vec<&'static str>,
    unwritten: usize,
    anchor: Option<Anchor>,
    code: Option<String>,
    is_verbatim: bool,
}

impl Source {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name {
            "p" => self.end_block(Gap::Blank),
            "br" => self.line_break(),
            "hr" => self.rule(),
            "blockquote" => self.open_margin(Margin { first: None, rest: "> ".to_owned() }),
            "ul" => self.open_list(None),
            "ol" => self.open_list(Some(tag.attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1))),
            "li" => self.open_item(),
            "pre" => self.open_verbatim(),
            "code" if !self.is_verbatim => self.code = Some(String::new()),
            "a" => self.open_anchor(tag),
            name => self.open_style(name),
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => self.end_block(Gap::Blank),
            "blockquote" => self.close_margin(Gap::Blank),
            "li" => self.close_margin(Gap::Line),
            "ul" | "ol" => self.close_list(),
            "pre" => self.close_verbatim(),
            "code" => self.close_code(),
            "a" => self.close_anchor(),
            name if style(name).is_some() => self.close_style(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(anchor) = &mut self.anchor {
            anchor.text.push_str(text);
        }
        if let Some(code) = &mut self.code {
            code.push_str(text);
            return;
        }
        let words = text.trim_start();
        if words.len() < text.len() && !self.block.is_empty() && !self.block.ends_with([' ', '\n']) {
            self.block.push(' ');
        }
        if !words.is_empty() {
            self.write_styles();
            push_words(&mut self.block, words);
        }
    }

    fn line_break(&mut self) {
        if !self.block.is_empty() {
            self.block.truncate(self.block.trim_end_matches(' ').len());
            self.block.push_str("\\\n");
        }
    }

    fn rule(&mut self) {
        self.end_block(Gap::Blank);
        self.write_block("---", Lines::Exact, Gap::Blank);
    }

    fn open_style(&mut self, name: &str) {
        if let Some(mark) = style(name) {
            // The same mark within itself would end it.
            let mark = if self.styles.contains(&mark) { "" } else { mark };
            self.styles.push(mark);
            self.unwritten += 1;
        }
    }

    fn write_styles(&mut self) {
        let written = self.styles.len() - self.unwritten;
        for mark in self.styles.iter().skip(written) {
            self.block.push_str(mark);
        }
        self.unwritten = 0;
    }

    fn close_style(&mut self) {
        let Some(mark) = self.styles.pop() else { return };
        if self.unwritten > 0 {
            self.unwritten -= 1;
            return;
        }
        let end = self.block.trim_end().len();
        let space = self.block.split_off(end);
        self.block.push_str(mark);
        self.block.push_str(&space);
    }

    fn close_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        if self.is_verbatim || code.is_empty() {
            self.code = self.is_verbatim.then_some(code);
            return;
        }
        self.write_styles();
        let ticks = "`".repeat(longest_run(&code) + 1);
        let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
        for part in [&ticks, pad, &code, pad, &ticks] {
            self.block.push_str(part);
        }
    }

    fn open_verbatim(&mut self) {
        self.end_block(Gap::Blank);
        self.is_verbatim = true;
        self.code = Some(String::new());
    }

    fn close_verbatim(&mut self) {
        self.is_verbatim = false;
        let code = self.code.take().unwrap_or_default();
        let fence = "`".repeat(longest_run(&code).max(2) + 1);
        self.write_block(&format!("{fence}\n{}\n{fence}", code.trim_end_matches('\n')), Lines::Exact, Gap::Blank);
    }

    fn open_anchor(&mut self, tag: &Tag<'_>) {
        if self.is_verbatim {
            return;
        }
        let Some(href) = tag.attribute("href") else { return };
        self.write_styles();
        let is_mention = tag.attribute("class").is_some_and(|class| class.split(' ').any(|class| class == "mention"));
        self.anchor =
            Some(Anchor { from: self.block.len(), href: unescape(href).into_owned(), text: String::new(), is_mention });
    }

    fn close_anchor(&mut self) {
        let Some(anchor) = self.anchor.take() else { return };
        let label = self.block.split_off(anchor.from);
        let written = anchor.handle().or_else(|| anchor.bare()).unwrap_or_else(|| {
            let pointed = anchor.href.contains(['(', ')', '\\', '*', '_']);
            let (before, after) = if pointed { ("<", ">") } else { ("", "") };
            format!("[{}]({before}{}{after})", label.trim(), anchor.href)
        });
        self.block.push_str(&written);
        if label.ends_with(' ') {
            self.block.push(' ');
        }
    }

    fn open_margin(&mut self, margin: Margin) {
        self.end_block(Gap::Line);
        self.margins.push(margin);
    }

    fn close_margin(&mut self, gap: Gap) {
        self.end_block(gap);
        self.margins.pop();
        self.common = self.common.min(self.margins.len());
    }

    fn open_list(&mut self, number: Option<u32>) {
        self.end_block(Gap::Line);
        self.lists.push(number);
    }

    fn close_list(&mut self) {
        self.lists.pop();
        if self.lists.is_empty() {
            self.gap = Gap::Blank;
        }
    }

    fn open_item(&mut self) {
        let bullet = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{}. ", number.saturating_sub(1))
            }
            _ => "- ".to_owned(),
        };
        let rest = " ".repeat(bullet.len());
        self.open_margin(Margin { first: Some(bullet), rest });
    }

    /// Ends the block that is being read; `gap` is what will part it from the next one.
    fn end_block(&mut self, gap: Gap) {
        let block = std::mem::take(&mut self.block);
        let block = block.trim_end().trim_end_matches('\\').trim_end();
        if !block.is_empty() {
            self.write_block(block, Lines::Words, gap);
        }
    }

    fn write_block(&mut self, block: &str, lines: Lines, gap: Gap) {
        let starts_item = self.margins.last().is_none_or(|margin| margin.first.is_some());
        if self.gap == Gap::Line && !starts_item {
            self.gap = Gap::Blank;
        }
        self.part();
        for (index, line) in block.split('\n').enumerate() {
            if index > 0 {
                self.out.push('\n');
            }
            for margin in &mut self.margins {
                self.out.push_str(margin.first.take().as_ref().unwrap_or(&margin.rest));
            }
            match lines {
                Lines::Exact => self.out.push_str(line),
                Lines::Words => push_line(&mut self.out, line),
            }
            self.out.truncate(self.out.trim_end_matches([' ', '\t']).len());
        }
        self.gap = gap;
        self.common = self.margins.len();
    }

    fn part(&mut self) {
        if self.gap != Gap::None {
            self.out.push('\n');
        }
        if self.gap == Gap::Blank {
            let margins: String = self.margins.iter().take(self.common).map(|margin| margin.rest.as_str()).collect();
            self.out.push_str(margins.trim_end());
            self.out.push('\n');
        }
    }
}

impl Anchor {
    /// A mention as it is written here, wherever it came from.
    fn handle(&self) -> Option<String> {
        let mention = mentions::linked(&self.text, &self.href).filter(|_| self.is_mention)?;
        Some(format!("@{}", mention.handle()))
    }

    /// The address alone, where that stood for its own text.
    fn bare(&self) -> Option<String> {
        let text = self.text.trim();
        if self.href.strip_prefix("mailto:").is_some_and(|address| address == text) {
            return Some(format!("<{text}>"));
        }
        let is_own_text = text == self.href || links::bare_href(text).as_ref() == Some(&self.href);
        let is_beginning = text.is_empty() || links::is_shortened(text, &self.href);
        let written = if is_own_text { text } else { &self.href };
        let is_found = links::bare(written).any(|range| range == (0..written.len()));
        match (is_own_text || is_beginning, is_found) {
            (true, true) => Some(written.to_owned()),
            (true, false) => Some(format!("<{}>", self.href)),
            (false, _) => None,
        }
    }
}

fn style(name: &str) -> Option<&'static str> {
    match name {
        "b" | "strong" => Some("**"),
        "i" | "em" => Some("*"),
        "s" | "del" => Some("~~"),
        _ => None,
    }
}

fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
