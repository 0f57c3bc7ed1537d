//! Markdown to HTML: walks over what the parser found. Not here: the habits that are brought about before
//! ([`shield`](super::shield), [`lazy`](super::lazy)), links and mentions in running text ([`writer`](super::writer)).

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::shield::{Shielded, folded, is_footnote, shield, unshield};
use super::writer::Writer;
use super::{TextRefusal, lazy, links};

/// CommonMark with `~~`, nothing else.
pub(super) const OPTIONS: Options = Options::ENABLE_STRIKETHROUGH;

/// Emphasis within emphasis that is still shown. Nobody writes more; ten thousand levels would cost every reader's browser dear.
const STYLES: usize = 8;

/// Writes a tidied source.
///
/// # Errors
///
/// [`TextRefusal::TooDeep`] if quotations and lists are nested deeper than `max_depth`.
pub(super) fn write(source: &str, max_depth: usize, writer: &mut Writer<'_>) -> Result<(), TextRefusal> {
    let Shielded { source, definitions } = shield(source);
    let source = &*lazy::part(&source);
    let resolve = |broken: BrokenLink<'_>| {
        let address = definitions.get(&folded(&broken.reference)).filter(|_| is_spelled_out(source, &broken))?;
        Some((CowStr::from(address.clone()), CowStr::Borrowed("")))
    };
    let mut walk = Walk {
        source,
        writer,
        max_depth,
        depth: 0,
        blocks: 0,
        styles: 0,
        in_code: false,
        run: String::new(),
        targets: Vec::new(),
        anchor: None,
    };
    for (event, range) in Parser::new_with_broken_link_callback(source, OPTIONS, Some(resolve)).into_offset_iter() {
        walk.event(event, range)?;
    }
    Ok(())
}

/// `[text][label]` and `[label][]` refer to a line `[label]: https://…`. `[1]` and `[1][2]` do not: they are footnotes, and would lose
/// their brackets.
fn is_spelled_out(source: &str, broken: &BrokenLink<'_>) -> bool {
    let text = source.get(broken.span.clone()).and_then(|span| span.split_once(']')).map_or("", |(text, _)| text);
    let is_number = text.trim_start_matches(['[', '!']).bytes().all(|byte| byte.is_ascii_digit());
    let full = matches!(broken.link_type, LinkType::Reference | LinkType::ReferenceUnknown);
    let collapsed = matches!(broken.link_type, LinkType::Collapsed | LinkType::CollapsedUnknown);
    (full || collapsed) && !is_number
}

/// What an open link or image becomes.
enum Target {
    /// The anchor.
    Anchor,
    /// Text, since it must not be linked to: what comes behind the link's own text.
    Text(String),
    /// Nothing of its own: it stands within the anchor.
    Part,
}

/// The open anchor. There is one at most.
struct Anchor {
    /// Where its text begins. If nothing stands in it when it ends, its address does.
    text_from: usize,
    address: String,
    /// Its text is its address.
    is_bare: bool,
}

struct Walk<'a, 'w> {
    source: &'a str,
    writer: &'a mut Writer<'w>,
    max_depth: usize,
    /// Quotations and list items that are open.
    depth: usize,
    /// Blocks that are open.
    blocks: usize,
    styles: usize,
    in_code: bool,
    /// Text that is not written yet: the parser hands it out in pieces, an address or a name may lie across them.
    run: String,
    targets: Vec<Target>,
    anchor: Option<Anchor>,
}

impl Walk<'_, '_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) -> Result<(), TextRefusal> {
        match event {
            Event::Start(tag) => return self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&unshield(&text)),
            Event::Code(code) => self.code(&unshield(&code)),
            Event::SoftBreak => self.soft_break(range.end),
            Event::HardBreak => self.markup("<br>"),
            Event::Rule => self.markup("<hr>"),
            // Extensions that are off.
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), TextRefusal> {
        match tag {
            Tag::BlockQuote(_) => {
                self.nest()?;
                self.open("blockquote", "");
            }
            Tag::Item => {
                self.nest()?;
                self.open("li", "");
            }
            Tag::List(None) => self.open("ul", ""),
            Tag::List(Some(1)) => self.open("ol", ""),
            Tag::List(Some(number)) => self.open("ol", &format!(" start=\"{number}\"")),
            Tag::CodeBlock(_) => self.open_code(),
            // The page has headings of its own; a comment's must not disturb its outline.
            Tag::Heading { .. } => {
                self.open("p", "");
                self.markup("<strong>");
            }
            Tag::Emphasis => self.open_style("<em>"),
            Tag::Strong => self.open_style("<strong>"),
            Tag::Strikethrough => self.open_style("<del>"),
            Tag::Link { link_type, dest_url, .. } => self.open_link(link_type, &unshield(&dest_url), "["),
            Tag::Image { link_type, dest_url, .. } => self.open_link(link_type, &unshield(&dest_url), "!["),
            _ => self.open("p", ""),
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::BlockQuote(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.close("</blockquote>");
            }
            TagEnd::Item => {
                self.depth = self.depth.saturating_sub(1);
                self.close("</li>");
            }
            TagEnd::List(false) => self.close("</ul>"),
            TagEnd::List(true) => self.close("</ol>"),
            TagEnd::CodeBlock => {
                self.in_code = false;
                self.close("</code></pre>");
            }
            TagEnd::Heading(_) => self.close("</strong></p>"),
            TagEnd::Emphasis => self.close_style("</em>"),
            TagEnd::Strong => self.close_style("</strong>"),
            TagEnd::Strikethrough => self.close_style("</del>"),
            TagEnd::Link | TagEnd::Image => self.close_link(),
            _ => self.close("</p>"),
        }
    }

    fn nest(&mut self) -> Result<(), TextRefusal> {
        self.depth += 1;
        if self.depth > self.max_depth { Err(TextRefusal::TooDeep { max: self.max_depth }) } else { Ok(()) }
    }

    /// The outermost block says that it reads in the direction of its first letter, and what it contains inherits that: a quotation
    /// whose paragraphs chose for themselves would have its bar on the wrong side.
    fn open(&mut self, element: &str, attributes: &str) {
        let direction = if self.blocks == 0 { " dir=\"auto\"" } else { "" };
        self.markup(&format!("<{element}{attributes}{direction}>"));
        self.blocks += 1;
    }

    fn close(&mut self, end: &str) {
        self.markup(end);
        self.blocks = self.blocks.saturating_sub(1);
    }

    fn open_code(&mut self) {
        self.markup("<pre dir=\"auto\"><code>");
        self.blocks += 1;
        self.in_code = true;
    }

    fn open_style(&mut self, start: &str) {
        self.styles += 1;
        if self.styles <= STYLES {
            self.markup(start);
        }
    }

    fn close_style(&mut self, end: &str) {
        if self.styles <= STYLES {
            self.markup(end);
        }
        self.styles = self.styles.saturating_sub(1);
    }

    fn text(&mut self, text: &str) {
        if self.in_code { self.writer.literal(text) } else { self.run.push_str(text) }
    }

    fn code(&mut self, code: &str) {
        self.markup("<code>");
        self.writer.literal(code);
        self.writer.markup("</code>");
    }

    /// Lines of a paragraph flow together, except footnotes, which people write line by line.
    fn soft_break(&mut self, line: usize) {
        let line = self.source.get(line..).unwrap_or_default().trim_start_matches([' ', '\t', '>']);
        if is_footnote(line) { self.markup("<br>") } else { self.run.push('\n') }
    }

    fn markup(&mut self, markup: &str) {
        self.write_run();
        self.writer.markup(markup);
    }

    fn write_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let run = std::mem::take(&mut self.run);
        match &self.anchor {
            Some(anchor) if anchor.is_bare => self.writer.literal(&links::shown(&run)),
            Some(_) => self.writer.literal(&run),
            None => self.writer.text(&run),
        }
    }

    fn open_link(&mut self, kind: LinkType, target: &str, bracket: &str) {
        if self.anchor.is_some() {
            self.targets.push(Target::Part);
            return;
        }
        let is_bare = matches!(kind, LinkType::Autolink | LinkType::Email);
        let address = if kind == LinkType::Email { format!("mailto:{target}") } else { target.to_owned() };
        self.write_run();
        if self.writer.open_link(&address) {
            self.anchor = Some(Anchor { text_from: self.writer.html.len(), address, is_bare });
            self.targets.push(Target::Anchor);
        } else {
            self.run.push_str(if is_bare { "<" } else { bracket });
            self.targets.push(Target::Text(if is_bare { ">".to_owned() } else { format!("]({address})") }));
        }
    }

    fn close_link(&mut self) {
        match self.targets.pop() {
            Some(Target::Anchor) => self.close_anchor(),
            Some(Target::Text(behind)) => self.run.push_str(&behind),
            Some(Target::Part) | None => {}
        }
    }

    fn close_anchor(&mut self) {
        self.write_run();
        if let Some(anchor) = self.anchor.take() {
            if self.writer.html.len() == anchor.text_from {
                self.writer.literal(&links::shown(&anchor.address));
            }
            self.writer.markup("</a>");
        }
    }
}
