//! From clean HTML to lines for whoever has to judge it in a terminal: blocks stay apart, and a link says where it leads. Not here: HTML
//! that has not been through [`sanitise`](super::sanitise), and what a terminal must not be given.

use super::is_mention;
use super::links::is_shortened;
use super::tags::{Tag, Token, Tokens, unescape};

/// The text of clean HTML as lines: paragraphs with an empty line between them, items behind `- `, quotations behind `> `. Where the text of
/// a link is not its address, that stands behind it in `<>`: nobody can judge a link by what its author calls it.
#[must_use]
pub fn lines(html: &str) -> String {
    let mut lines = Lines::default();
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => lines.text(&unescape(text)),
            Token::Open(tag) => lines.open(&tag),
            Token::Close(name) => lines.close(name),
        }
    }
    lines.out
}

#[derive(Default)]
struct Lines {
    out: String,
    /// Line ends, and whether a space, before the next character.
    ends: usize,
    space: bool,
    quotations: usize,
    is_item: bool,
    is_verbatim: bool,
    anchor: Option<Anchor>,
}

struct Anchor {
    /// Where its text begins in what is written.
    from: usize,
    href: String,
    is_mention: bool,
}

impl Lines {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name {
            "br" => self.ends += 1,
            "a" => self.open_anchor(tag),
            "blockquote" => {
                self.part(2);
                self.quotations += 1;
            }
            "li" => {
                self.part(1);
                self.is_item = true;
            }
            "hr" => {
                self.part(2);
                self.text("---");
                self.part(2);
            }
            name => self.block(name),
        }
        self.is_verbatim |= tag.name == "pre";
    }

    fn close(&mut self, name: &str) {
        match name {
            "a" => self.close_anchor(),
            "blockquote" => {
                self.part(2);
                self.quotations = self.quotations.saturating_sub(1);
            }
            "li" => self.part(1),
            name => self.block(name),
        }
        self.is_verbatim &= name != "pre";
    }

    fn block(&mut self, name: &str) {
        // An item's own paragraph goes on behind its mark.
        if matches!(name, "p" | "pre" | "ul" | "ol") && !self.is_item {
            self.part(2);
        }
    }

    fn part(&mut self, ends: usize) {
        self.ends = self.ends.max(ends);
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' if self.is_verbatim => self.ends += 1,
                c if c.is_whitespace() && !self.is_verbatim => self.space = true,
                c => {
                    self.begin();
                    self.out.push(c);
                }
            }
        }
    }

    /// Writes what parts the next character from the one before.
    fn begin(&mut self) {
        let is_first = self.out.is_empty();
        let margin = "> ".repeat(self.quotations);
        if self.ends > 0 && !is_first {
            self.out.push_str(&"\n".repeat(self.ends));
        } else if self.space && !is_first {
            self.out.push(' ');
        }
        if self.ends > 0 || is_first {
            self.out.push_str(&margin);
        }
        if std::mem::take(&mut self.is_item) {
            self.out.push_str("- ");
        }
        (self.ends, self.space) = (0, false);
    }

    fn open_anchor(&mut self, tag: &Tag<'_>) {
        let Some(href) = tag.attribute("href") else { return };
        self.begin();
        let (from, href) = (self.out.len(), unescape(href).into_owned());
        self.anchor = Some(Anchor { from, href, is_mention: is_mention(tag) });
    }

    fn close_anchor(&mut self) {
        let Some(anchor) = self.anchor.take() else { return };
        let text = self.out.get(anchor.from..).unwrap_or_default().trim();
        if text.is_empty() || is_shortened(text, &anchor.href) {
            self.out.truncate(anchor.from);
            self.out.push_str(&anchor.href);
        } else if !anchor.is_plain(text) {
            self.out.push_str(&format!(" <{}>", anchor.href));
        }
    }
}

impl Anchor {
    /// Whether its text says where it leads. Letters that only look like those of another host do not.
    fn is_plain(&self, text: &str) -> bool {
        let is_here = self.href.starts_with('/') && !self.href.starts_with("//");
        let address = |href: &str| href.trim_end_matches('/') == text.trim_end_matches('/');
        let without = |scheme| self.href.strip_prefix(scheme).is_some_and(address);
        (self.is_mention && is_here) || address(&self.href) || ["https://", "http://", "mailto:"].iter().any(without)
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_link_says_where_it_leads() {
        let link =
            |href: &str, text: &str| lines(&format!("<p>see <a href=\"{href}\" rel=\"ugc\">{text}</a>, yes</p>"));
        assert_eq!(
            link("https://evil.test/x?a=1&amp;b=2", "your bank"),
            "see your bank <https://evil.test/x?a=1&b=2>, yes"
        );
        assert_eq!(
            link("https://evil.test/", "https://bank.test/"),
            "see https://bank.test/ <https://evil.test/>, yes"
        );
        assert_eq!(
            link("https://xn--pple-43d.test/", "аpple.test"),
            "see аpple.test <https://xn--pple-43d.test/>, yes"
        );
        assert_eq!(link("https://evil.test/", ""), "see https://evil.test/, yes");
        // What says so by itself is not said twice.
        assert_eq!(link("https://a.test/", "https://a.test"), "see https://a.test, yes");
        assert_eq!(link("https://www.a.test/b", "www.a.test/b"), "see www.a.test/b, yes");
        assert_eq!(link("mailto:bo@a.test", "bo@a.test"), "see bo@a.test, yes");
        assert_eq!(link("https://a.test/long/way", "https://a.test/lo…"), "see https://a.test/long/way, yes");
    }

    #[test]
    fn a_mention_of_somebody_elsewhere_says_where_it_leads() {
        let mention = |href: &str| lines(&format!("<p><a class=\"mention\" href=\"{href}\">@bo@good.test</a></p>"));
        assert_eq!(mention("/u/bo@good.test"), "@bo@good.test");
        assert_eq!(mention("https://evil.test/"), "@bo@good.test <https://evil.test/>");
        assert_eq!(mention("//evil.test/"), "@bo@good.test <//evil.test/>");
    }

    #[test]
    fn blocks_stay_apart() {
        assert_eq!(lines("<p>a <em>b</em>\nc<br>d</p>\n<p>e</p>"), "a b c\nd\n\ne");
        assert_eq!(lines("<p>a</p><ul><li>b</li><li><p>c</p></li></ul><p>d</p>"), "a\n\n- b\n- c\n\nd");
        assert_eq!(lines("<blockquote><p>a<br>b</p></blockquote><p>c</p>"), "> a\n> b\n\nc");
        assert_eq!(
            lines("<pre><code>if x\n  y\n\nz\n</code></pre><hr><p>&lt;b&gt;</p>"),
            "if x\n  y\n\nz\n\n---\n\n<b>"
        );
        assert_eq!(lines(""), "");
    }
}
