//! HTML from elsewhere, brought into the form that our own has: paragraphs, few elements, all of them closed, none nested too deep.
//! It is a matter of form, and of time: a browser's parser can be made to take quadratic time and memory by a few kilobytes. What is
//! safe is decided afterwards, by [`sanitise`](super::sanitise).

use super::elements::{Element, PARTING, UNREAD};
use super::sanitise::CLASSES;
use super::tags::{Tag, Token, Tokens, count, push_escaped, unescape};
use super::{TextLimits, TextRefusal};
use super::{characters, links};

/// Elements within a paragraph within each other. Deeper ones are left out, not their text.
const INLINE_DEPTH: usize = 8;

/// The HTML in our form, with at most so many links, quotations and lists nested at most so deep: what goes beyond is kept as text.
///
/// # Errors
///
/// [`TextRefusal::TooLong`], by the characters of its text.
pub(super) fn normalise(foreign: &str, limits: &TextLimits) -> Result<String, TextRefusal> {
    let html = String::with_capacity(foreign.len());
    let mut form = Form {
        html,
        open: Vec::new(),
        is_fresh: true,
        words: 0,
        links_left: limits.max_links,
        max_depth: limits.max_block_depth,
        chars: 0,
    };
    let mut tokens = Tokens::new(foreign);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => form.text(text),
            Token::Close(name) => form.end_tag(&name.to_ascii_lowercase()),
            Token::Open(tag) => {
                let name = tag.name.to_ascii_lowercase();
                // Each takes a line of the page, and would cost its author nothing.
                form.chars += usize::from(matches!(name.as_str(), "br" | "hr" | "li" | "dd" | "dt"));
                if UNREAD.contains(&name.as_str()) { tokens.skip_element(&name) } else { form.start_tag(&name, &tag) }
            }
        }
    }
    form.close_down_to(0);
    let chars = form.chars;
    if chars > limits.max_chars { Err(TextRefusal::TooLong { chars, max: limits.max_chars }) } else { Ok(form.html) }
}

/// An element that is open, where in the HTML it and its content begin, whether its line was fresh before, and how many words there were.
struct Open {
    element: Element,
    start: usize,
    content: usize,
    was_fresh: bool,
    words: usize,
}

struct Form {
    html: String,
    open: Vec<Open>,
    /// Nothing stands in the line yet, so space would not show.
    is_fresh: bool,
    /// Texts so far in which there is something to see.
    words: usize,
    links_left: usize,
    max_depth: usize,
    /// Characters of text so far, also of what stands in attributes and is shown.
    chars: usize,
}

impl Form {
    fn start_tag(&mut self, name: &str, tag: &Tag<'_>) {
        match (name, Element::named(name)) {
            ("br", _) => self.line_break(),
            ("hr", _) => {
                self.part();
                self.html.push_str("<hr>");
            }
            ("img", _) => self.image(tag),
            ("td" | "th" | "wbr", _) => self.space(),
            (_, Some(Element::Inline("a"))) => self.anchor(tag),
            (_, Some(element)) if element.is_inline() => self.inline(element, &class(tag)),
            (_, Some(element)) if element.is_leaf() => self.leaf(element),
            (_, Some(Element::Item)) => self.item(),
            (_, Some(element)) => self.container(element, tag),
            _ if PARTING.contains(&name) => self.part_texts(),
            _ => {}
        }
    }

    fn end_tag(&mut self, name: &str) {
        match Element::named(name) {
            Some(element) => {
                // What stands within a paragraph does not end it, and a paragraph does not end the item around it.
                let barrier = |open: &Open| match element {
                    _ if element.is_inline() => !open.element.is_inline(),
                    _ if element.is_leaf() => open.element.is_container(),
                    _ => false,
                };
                let within = self.open.iter().rposition(barrier).map_or(0, |at| at + 1);
                let at = self.open.iter().rposition(|open| open.element == element);
                if let Some(at) = at.filter(|&at| at >= within) {
                    self.close_down_to(at);
                }
            }
            None if PARTING.contains(&name) => self.part_texts(),
            None => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.chars += count(text);
        if self.is_in(Element::Verbatim) {
            self.push(text);
            return;
        }
        for (index, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            if index > 0 {
                self.space();
            }
            if !word.is_empty() {
                self.make_place();
                self.push(word);
            }
        }
    }

    /// Text as it is written, with its character references, so that their decoding is left to a parser that knows them all.
    fn push(&mut self, text: &str) {
        self.words += usize::from(characters::has_something_to_see(&unescape(text)));
        for c in text.chars() {
            match c {
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                c => self.html.push(c),
            }
        }
        self.is_fresh = false;
    }

    fn space(&mut self) {
        if !self.is_fresh && !self.html.ends_with(' ') {
            self.html.push(' ');
        }
    }

    fn line_break(&mut self) {
        if self.is_in(Element::Verbatim) {
            self.html.push('\n');
        } else if self.innermost().is_some_and(|element| element.is_leaf() || element == Element::Item) {
            self.html.push_str("<br>");
            self.is_fresh = true;
        }
    }

    /// Ends the paragraph, if one is open.
    fn part(&mut self) {
        let block = self.open.iter().rposition(|open| !open.element.is_inline());
        if let Some(at) = block {
            let is_leaf = self.open.get(at).is_some_and(|open| open.element.is_leaf());
            self.close_down_to(if is_leaf { at } else { at + 1 });
        }
    }

    /// The same where no block follows that would part the texts of an item.
    fn part_texts(&mut self) {
        self.part();
        self.space();
    }

    /// Opens what has to be open for text to stand here.
    fn make_place(&mut self) {
        match self.innermost() {
            Some(element) if element.is_list() => self.item(),
            None | Some(Element::Quote) => self.leaf(Element::Paragraph),
            _ => {}
        }
    }

    fn leaf(&mut self, element: Element) {
        self.part();
        if self.innermost().is_some_and(Element::is_list) {
            self.item();
        }
        self.open(element, "");
    }

    fn item(&mut self) {
        self.part();
        if self.innermost() == Some(Element::Item) {
            self.close_down_to(self.open.len().saturating_sub(1));
        }
        if self.depth() >= self.max_depth {
            return;
        }
        if !self.innermost().is_some_and(Element::is_list) {
            self.open(Element::List, "");
        }
        self.open(Element::Item, "");
    }

    fn container(&mut self, element: Element, tag: &Tag<'_>) {
        self.part();
        if self.depth() >= self.max_depth {
            return;
        }
        if self.innermost().is_some_and(Element::is_list) {
            self.item();
        }
        let start = tag.attribute("start").filter(|_| element == Element::NumberedList);
        let start = start.and_then(|start| start.parse::<u32>().ok());
        self.open(element, &start.map(|start| format!(" start=\"{start}\"")).unwrap_or_default());
    }

    fn anchor(&mut self, tag: &Tag<'_>) {
        self.end_tag("a");
        let href = tag.attribute("href").and_then(|href| links::href(unescape(href).trim()));
        if let Some(href) = href.filter(|_| self.links_left > 0) {
            self.link(&href, &class(tag));
        }
    }

    fn inline(&mut self, element: Element, attributes: &str) {
        self.make_place();
        let depth = self.open.iter().rev().take_while(|open| open.element.is_inline()).count();
        let is_verbatim = self.is_in(Element::Verbatim) && element != Element::Inline("a");
        if depth < INLINE_DEPTH && !is_verbatim {
            self.open(element, attributes);
        }
    }

    /// A picture becomes a link to it: a reader's browser asks no other host for anything.
    fn image(&mut self, tag: &Tag<'_>) {
        let text = tag.attribute("alt").unwrap_or_default();
        let is_letter = tag.attribute("class").is_some_and(|class| class.contains("emoji"));
        let address = tag.attribute("src").and_then(|source| links::href(&unescape(source))).filter(|_| !is_letter);
        let is_link = address.is_some() && self.links_left > 0 && !self.is_in(Element::Inline("a"));
        if let Some(address) = address.as_ref().filter(|_| is_link) {
            self.link(address, "");
        }
        match address {
            Some(address) if text.trim().is_empty() => self.text(&links::shown(&address).replace('&', "&amp;")),
            _ => self.text(text),
        }
        if is_link {
            self.end_tag("a");
        }
    }

    fn link(&mut self, href: &str, class: &str) {
        let mut attributes = " href=\"".to_owned();
        push_escaped(&mut attributes, href);
        attributes.push('"');
        attributes.push_str(class);
        self.links_left -= 1;
        self.inline(Element::Inline("a"), &attributes);
    }

    fn open(&mut self, element: Element, attributes: &str) {
        let is_outermost = !element.is_inline() && self.open.is_empty();
        let direction = if is_outermost || element == Element::Verbatim { " dir=\"auto\"" } else { "" };
        let (inner, _) = element.inner();
        let start = self.html.len();
        for part in ["<", element.name(), attributes, direction, ">", inner] {
            self.html.push_str(part);
        }
        self.open.push(Open { element, start, content: self.html.len(), was_fresh: self.is_fresh, words: self.words });
        self.is_fresh |= !element.is_inline();
    }

    fn close_down_to(&mut self, length: usize) {
        while self.open.len() > length {
            let Some(open) = self.open.pop() else { return };
            // Blanks alone fill no paragraph: a thousand of them would push what others say off the page.
            let is_blank = open.element.is_leaf() && self.words == open.words;
            if is_blank || self.html.len() == open.content && open.element != Element::Item {
                self.leave_out(&open);
            } else {
                let (_, inner) = open.element.inner();
                for part in [inner, "</", open.element.name(), ">"] {
                    self.html.push_str(part);
                }
                self.is_fresh |= !open.element.is_inline();
            }
        }
    }

    /// Leaves out an element in which there is nothing. A block still parts the texts around it.
    fn leave_out(&mut self, open: &Open) {
        self.html.truncate(open.start);
        self.is_fresh = open.was_fresh;
        if !open.element.is_inline() {
            self.space();
        }
    }

    /// The innermost block that is open.
    fn innermost(&self) -> Option<Element> {
        self.open.iter().rev().map(|open| open.element).find(|element| !element.is_inline())
    }

    fn is_in(&self, element: Element) -> bool {
        self.open.iter().any(|open| open.element == element)
    }

    /// Quotations and list items that are open.
    fn depth(&self) -> usize {
        self.open.iter().filter(|open| matches!(open.element, Element::Quote | Element::Item)).count()
    }
}

/// The classes that mean something here, as an attribute.
fn class(tag: &Tag<'_>) -> String {
    let classes = tag.attribute("class").unwrap_or_default().split_ascii_whitespace();
    let known: Vec<_> = classes.filter(|class| CLASSES.contains(class)).collect();
    if known.is_empty() { String::new() } else { format!(" class=\"{}\"", known.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(html: &str) -> String {
        normalise(html, &TextLimits { max_block_depth: 3, max_links: 2, ..TextLimits::default() }).unwrap()
    }

    #[test]
    fn paragraphs() {
        for (foreign, own) in [
            ("one<p>two<p>three</p>", "<p dir=\"auto\">one</p><p dir=\"auto\">two</p><p dir=\"auto\">three</p>"),
            (" <div> one </div>\n two ", "<p dir=\"auto\">one </p><p dir=\"auto\">two </p>"),
            ("<b>x<p>y</b>z", "<p dir=\"auto\"><b>x</b></p><p dir=\"auto\">yz</p>"),
            ("<h1 id=a>One <i>two</i></h1>", "<p dir=\"auto\"><strong>One <i>two</i></strong></p>"),
            ("<p>&nbsp;</p>a<p> <br><b>&#8203;</b></p>b", "<p dir=\"auto\">a</p><p dir=\"auto\">b</p>"),
            ("<p>a<br> b<br/>c</p><p></p>", "<p dir=\"auto\">a<br>b<br>c</p>"),
            ("<li>a<p></p>b", "<ul dir=\"auto\"><li>a b</li></ul>"),
            ("a<hr>b", "<p dir=\"auto\">a</p><hr><p dir=\"auto\">b</p>"),
            ("<table><tr><td>a<td>b<tr><td>c</table>", "<p dir=\"auto\">a b</p><p dir=\"auto\">c</p>"),
        ] {
            assert_eq!(normal(foreign), own, "{foreign}");
        }
    }

    #[test]
    fn what_stands_for_a_picture_is_counted_as_text() {
        let limits = TextLimits { max_chars: 10, ..TextLimits::default() };
        for picture in ["<img alt='elevenchars'>", "<img src='https://a.example/x'>", "<p>five!<img alt='seven!!'>"] {
            let refused = normalise(picture, &limits);
            assert!(matches!(refused, Err(TextRefusal::TooLong { max: 10, .. })), "{picture}: {refused:?}");
        }
        assert!(normalise("<p>five!<img alt=five!>", &limits).is_ok());
    }

    #[test]
    fn verbatim_text_keeps_its_lines() {
        assert_eq!(
            normal("<pre><code class=x>a\n  <b>b</b> &lt;</code>\n</pre>c"),
            "<pre dir=\"auto\"><code>a\n  b &lt;\n</code></pre><p dir=\"auto\">c</p>"
        );
    }

    #[test]
    fn lists_and_quotations() {
        for (foreign, own) in [
            ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul dir=\"auto\"><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
            ("<ol start=3><li><p>a</ol>b", "<ol start=\"3\" dir=\"auto\"><li><p>a</p></li></ol><p dir=\"auto\">b</p>"),
            ("<li>a", "<ul dir=\"auto\"><li>a</li></ul>"),
            ("<ul>a<ul>b</ul></ul>", "<ul dir=\"auto\"><li>a<ul><li>b</li></ul></li></ul>"),
            ("<blockquote>a</blockquote>b", "<blockquote dir=\"auto\"><p>a</p></blockquote><p dir=\"auto\">b</p>"),
        ] {
            assert_eq!(normal(foreign), own, "{foreign}");
        }
    }

    #[test]
    fn depth_and_links_are_bounded() {
        let deep = normal(&format!("{}x", "<blockquote>".repeat(10_000)));
        assert_eq!(deep.matches("<blockquote").count(), 3);
        let deep = normal(&format!("{}x", "<ul><li>".repeat(10_000)));
        assert_eq!(deep.matches("<ul").count(), 3);
        let deep = normal(&format!("{}x", "<b>".repeat(10_000)));
        assert_eq!(deep.matches("<b>").count(), 8);
        let many = normal(&"<a href=\"https://a.example\">x</a>".repeat(10));
        assert_eq!(many.matches("<a href").count(), 2);
        assert_eq!(many.matches('x').count(), 10 + 2);
    }

    #[test]
    fn links_and_their_classes() {
        for (foreign, own) in [
            (
                "<a href='https://a.example/?x=1&amp;y=\"2' class='u-url mention x'>b</a>",
                "<p dir=\"auto\"><a href=\"https://a.example/?x=1&amp;y=%222\" class=\"mention u-url\">b</a></p>",
            ),
            ("<a href=\"java&#115;cript:alert(1)\">b</a>", "<p dir=\"auto\">b</p>"),
            ("<a href=\"/x\">b</a>", "<p dir=\"auto\">b</p>"),
            (
                "<a href=https://a.example>b<a href=https://b.example>c</a></a>d",
                "<p dir=\"auto\"><a href=\"https://a.example/\">b</a><a href=\"https://b.example/\">c</a>d</p>",
            ),
        ] {
            assert_eq!(normal(foreign).replace("u-url mention", "mention u-url"), own, "{foreign}");
        }
    }

    #[test]
    fn pictures_become_links() {
        assert_eq!(
            normal("<img src=https://a.example/b.png alt='a &lt; b'>"),
            "<p dir=\"auto\"><a href=\"https://a.example/b.png\">a &lt; b</a></p>"
        );
        assert_eq!(
            normal("<img src=https://a.example/b.png?x&y>"),
            "<p dir=\"auto\"><a href=\"https://a.example/b.png?x&amp;y\">https://a.example/b.png?x&amp;y</a></p>"
        );
        assert_eq!(normal("x <img class=emoji alt='☺' src=https://a.example/b.png>"), "<p dir=\"auto\">x ☺</p>");
        assert_eq!(normal("<img src=data:x alt=y>"), "<p dir=\"auto\">y</p>");
    }
}
