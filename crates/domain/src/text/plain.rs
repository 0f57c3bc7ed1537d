//! From clean HTML to the text in it. Not here: HTML that has not been through [`sanitise`](super::sanitise).

use std::borrow::Cow;

use super::links::is_shortened;
use super::tags::{Tag, Token, Tokens, unescape};

/// The text of clean HTML on one line, without markup, for search and excerpts. An address that is shown shortened stands here whole.
pub fn plain(html: &str) -> String {
    let mut plain = Plain { out: String::with_capacity(html.len()), anchor: None };
    for token in Tokens::new(html) {
        plain.take(&token);
    }
    let end = plain.out.trim_end().len();
    plain.out.truncate(end);
    plain.out
}

struct Plain<'a> {
    out: String,
    /// Where the text of the open anchor begins, and where it points to.
    anchor: Option<(usize, Cow<'a, str>)>,
}

impl<'a> Plain<'a> {
    fn take(&mut self, token: &Token<'a>) {
        match token {
            Token::Text(text) => self.text(&unescape(text)),
            Token::Open(tag) if tag.name == "a" => self.open_anchor(tag),
            Token::Close("a") => self.close_anchor(),
            Token::Open(Tag { name, .. }) | Token::Close(name) if !is_inline(name) => self.gap(),
            Token::Open(_) | Token::Close(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() { self.gap() } else { self.out.push(c) }
        }
    }

    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    fn open_anchor(&mut self, tag: &Tag<'a>) {
        self.anchor = tag.attribute("href").map(|href| (self.out.len(), unescape(href)));
    }

    fn close_anchor(&mut self) {
        let Some((start, href)) = self.anchor.take() else { return };
        if self.out.get(start..).is_some_and(|text| is_shortened(text.trim(), &href)) {
            self.out.truncate(start);
            self.out.push_str(&href);
        }
    }
}

fn is_inline(name: &str) -> bool {
    matches!(name, "a" | "b" | "code" | "del" | "em" | "i" | "s" | "span" | "strong" | "u")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn blocks_are_parted_and_inline_markup_is_not() {
        assert_eq!(plain("<p>a<em>b</em> c<br>d</p>\n<ul><li>e</li><li>f</li></ul>"), "ab c d e f");
        assert_eq!(plain("<pre><code>x  =\n\n 1</code></pre>"), "x = 1");
        assert_eq!(plain("<p>&lt;b&gt; &amp;amp; &quot;\u{a0}x</p>"), "<b> &amp; \" x");
    }

    #[test]
    fn shortened_addresses_are_whole() {
        assert_eq!(
            plain("<p>see <a href=\"https://a.example/?x=1&amp;y=2\" rel=\"ugc\">https://a.exam…</a>, yes</p>"),
            "see https://a.example/?x=1&y=2, yes"
        );
    }
}
