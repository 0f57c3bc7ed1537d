//! HTML as a run of tags and texts. What it takes for a tag may differ from a browser's opinion in corners, so nothing that comes
//! from here reaches a page before [`sanitise`](super::sanitise) has parsed it again. Not here: which tags are allowed.

use std::borrow::Cow;

/// A piece of HTML. Comments, doctypes and processing instructions are left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// As written, with its character references.
    Text(&'a str),
    Open(Tag<'a>),
    /// The name as written.
    Close(&'a str),
}

/// An opening tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// As written.
    pub name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute as written, with its character references. The first of several counts.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((found, value, behind)) = first_attribute(rest) {
            if found.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = behind;
        }
        None
    }
}

/// The tokens of a piece of HTML, in time linear in its length.
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub fn new(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// Leaves out everything up to and with the closing tag, or to the end: for elements whose content is no markup.
    pub fn skip_element(&mut self, name: &str) {
        let mut rest = self.rest;
        while let Some((_, behind)) = rest.split_once("</") {
            rest = behind;
            let (found, after) = split_where(behind, |c| !c.is_ascii_alphanumeric());
            if found.eq_ignore_ascii_case(name) {
                self.rest = tag_end(after).and_then(|end| after.get(end + 1..)).unwrap_or_default();
                return;
            }
        }
        self.rest = "";
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn markup(&mut self) -> Option<Token<'a>> {
        let behind = self.rest.get(1..)?;
        if let Some(comment) = behind.strip_prefix("!--") {
            self.rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            return None;
        }
        let Some(end) = tag_end(behind) else {
            // A tag that never ends is text to the very end; looking for further tags in it would take quadratic time.
            return Some(Token::Text(self.take(self.rest.len())));
        };
        let inside = self.take(end + 2).get(1..=end)?;
        match inside.strip_prefix('/') {
            Some(close) => named(close).map(|(name, _)| Token::Close(name)),
            None => named(inside).map(|(name, attributes)| Token::Open(Tag { name, attributes })),
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            let text = text_length(self.rest);
            if text > 0 {
                return Some(Token::Text(self.take(text)));
            }
            if let Some(token) = self.markup() {
                return Some(token);
            }
        }
        None
    }
}

/// How much of it is text before something like a tag begins.
fn text_length(html: &str) -> usize {
    let mut from = 0;
    while let Some(at) = html.get(from..).and_then(|rest| rest.find('<')).map(|at| from + at) {
        let mut behind = html.bytes().skip(at + 1);
        match (behind.next(), behind.next()) {
            (Some(b'/'), Some(c)) if c.is_ascii_alphabetic() => return at,
            (Some(b'!' | b'?'), _) => return at,
            (Some(c), _) if c.is_ascii_alphabetic() => return at,
            _ => from = at + 1,
        }
    }
    html.len()
}

/// Where the `>` of a tag stands, quoted values passed over.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    let mut value_begins = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            _ if quote == Some(byte) => quote = None,
            _ if quote.is_some() => {}
            b'>' => return Some(at),
            b'"' | b'\'' if value_begins => quote = Some(byte),
            b'=' => value_begins = true,
            _ if byte.is_ascii_whitespace() => {}
            _ => value_begins = false,
        }
        value_begins &= quote.is_none();
    }
    None
}

/// The name of a tag and what stands behind it.
fn named(tag: &str) -> Option<(&str, &str)> {
    let (name, rest) = split_where(tag, |c| c.is_ascii_whitespace() || c == '/');
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some((name, rest))
}

fn first_attribute(attributes: &str) -> Option<(&str, &str, &str)> {
    let is_gap = |c: char| c.is_ascii_whitespace() || c == '/';
    let start = attributes.trim_start_matches(is_gap);
    if start.is_empty() {
        return None;
    }
    // An attribute has a name even if that begins with `=`, or this would stand still.
    let (name, rest) = split_where_after_first(start, |c| is_gap(c) || c == '=');
    let Some(value) = rest.trim_ascii_start().strip_prefix('=') else { return Some((name, "", rest)) };
    let (value, behind) = first_value(value.trim_ascii_start());
    Some((name, value, behind))
}

fn first_value(value: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    split_where(value, |c| c.is_ascii_whitespace())
}

fn split_where(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    text.find(end).and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

fn split_where_after_first(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    let at = text.char_indices().skip(1).find(|&(_, c)| end(c)).map_or(text.len(), |(at, _)| at);
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// Text with `&`, `<`, `>` and `"` written so that it is text, in an attribute too.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// How many characters a text has at least, what may be a character reference counted as one.
pub(super) fn count(text: &str) -> usize {
    let mut parts = text.split('&');
    let first = parts.next().map_or(0, |part| part.chars().count());
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | ';');
    first + parts.map(|part| 1 + part.trim_start_matches(name).chars().count()).sum::<usize>()
}

/// Text without the character references that matter in addresses and clean HTML: numeric ones, and the few names. Others stay as
/// they are written.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        match part.split_once(';').and_then(|(name, rest)| Some((referred(name)?, rest))) {
            Some((c, rest)) => {
                out.push(c);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    Cow::Owned(out)
}

fn referred(name: &str) -> Option<char> {
    let number = name.strip_prefix('#').map(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    });
    match (number, name) {
        (Some(number), _) => number.ok().and_then(char::from_u32),
        (_, "amp") => Some('&'),
        (_, "lt") => Some('<'),
        (_, "gt") => Some('>'),
        (_, "quot") => Some('"'),
        (_, "apos") => Some('\''),
        (_, "nbsp") => Some('\u{A0}'),
        (_, "colon") => Some(':'),
        (_, "sol") => Some('/'),
        (_, "Tab") => Some('\t'),
        (_, "NewLine") => Some('\n'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> String {
        Tokens::new(html)
            .map(|token| match token {
                Token::Text(text) => format!("“{text}”"),
                Token::Open(tag) => format!("+{}", tag.name),
                Token::Close(name) => format!("-{name}"),
            })
            .collect()
    }

    #[test]
    fn tags_and_texts() {
        assert_eq!(read("a<b>c</b >d<br/>e"), "“a”+b“c”-b“d”+br“e”");
        assert_eq!(read("1 < 2 <3> a<é> </> </ p>"), "“1 < 2 <3> a<é> </> </ p>”");
        assert_eq!(read("x<!-- <b> -->y<!doctype html><?php ?>z"), "“x”“y”“z”");
        assert_eq!(read("x<!-- never ends <b>"), "“x”");
        assert_eq!(read("x<b never ends"), "“x”“<b never ends”");
        assert_eq!(read("<a title='>' x=\">\" y=z>t"), "+a“t”");
        assert_eq!(read("<"), "“<”");
    }

    #[test]
    fn attributes() {
        let html = "<a  HREF = 'x y'/class=m data-x href=z ==q w=>";
        let Some(Token::Open(tag)) = Tokens::new(html).next() else { panic!("no tag") };
        assert_eq!(tag.attribute("href"), Some("x y"));
        assert_eq!(tag.attribute("class"), Some("m"));
        assert_eq!(tag.attribute("data-x"), Some(""));
        assert_eq!(tag.attribute("w"), Some(""));
        assert_eq!(tag.attribute("id"), None);
    }

    #[test]
    fn elements_without_markup_are_left_out() {
        let mut tokens = Tokens::new("<script>if (a</b) '</scripty>'</SCRIPT x>after");
        tokens.next();
        tokens.skip_element("script");
        assert_eq!(tokens.next(), Some(Token::Text("after")));
    }

    #[test]
    fn character_references() {
        assert_eq!(unescape("&#x2F;&#47;&amp;lt;&colon;&copy; & &x"), "//&lt;:&copy; & &x");
        assert_eq!(unescape("&#xD800;&#99999999999;"), "&#xD800;&#99999999999;");
        assert_eq!([count("ab"), count("ä&eacute;&#x27; b"), count("&&&"), count("")], [2, 5, 3, 0]);
    }
}
