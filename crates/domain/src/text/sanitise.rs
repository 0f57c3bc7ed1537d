//! The last gate: every HTML that is stored passes here, whoever wrote it. Not here: making HTML.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::links;

/// Elements that a text may have.
const ELEMENTS: [&str; 18] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "u",
    "ul",
];

/// Elements that may say in which direction they read.
const DIRECTED: [&str; 6] = ["blockquote", "li", "ol", "p", "pre", "ul"];

/// Classes that fediverse software gives to links and parts of links, and that our stylesheet knows.
pub(super) const CLASSES: [&str; 6] = ["ellipsis", "h-card", "hashtag", "invisible", "mention", "u-url"];

/// What every link says of itself: it was put there by somebody, and tells the other site nothing.
const REL: &str = "nofollow noopener noreferrer ugc";

static POLICY: LazyLock<Builder<'static>> = LazyLock::new(policy);

/// What is escaped in one piece of text at most.
const ESCAPES: usize = 64;

/// HTML of which nothing is left but what a text may have, of HTML in our form: as `Form` and `Writer` make it, with no `<` or `>` but those
/// of tags. Clean HTML comes out as it went in.
pub(super) fn sanitise(html: &str) -> String {
    POLICY.clean(&parted(html)).to_string()
}

/// The HTML with a comment wherever a text would have more than 64 to escape, counting each `&` and each character that begins with the
/// same byte as a no-break space. html5ever 0.40 writes texts in time that grows by the square of that: at each it looks for the next `<`
/// or `>`, to the end of the text. A comment ends a text, and is left out. Attributes are short enough: see [`links::href`].
fn parted(html: &str) -> Cow<'_, str> {
    let (mut out, mut from, mut is_text, mut escapes) = (String::new(), 0, true, 0);
    for (at, byte) in html.bytes().enumerate() {
        match byte {
            b'<' | b'>' => (is_text, escapes) = (byte == b'>', 0),
            b'&' | 0xC2 if is_text => escapes += 1,
            _ => {}
        }
        if escapes > ESCAPES {
            out.push_str(html.get(from..at).unwrap_or_default());
            out.push_str("<!---->");
            (from, escapes) = (at, 1);
        }
    }
    if from == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(html.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

fn policy() -> Builder<'static> {
    let direction = || HashMap::from([("dir", HashSet::from(["auto"]))]);
    let mut policy = Builder::empty();
    policy
        .tags(HashSet::from(ELEMENTS))
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .tag_attribute_values(DIRECTED.into_iter().map(|element| (element, direction())).collect())
        .allowed_classes(HashMap::from([("a", HashSet::from(CLASSES)), ("span", HashSet::from(CLASSES))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // Mentions of people here are paths on this host; which relative addresses pass is decided below.
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(REL))
        .attribute_filter(attribute);
    policy
}

fn attribute<'u>(_element: &str, attribute: &str, value: &'u str) -> Option<Cow<'u, str>> {
    match attribute {
        "href" if is_path_here(value) => Some(Cow::Borrowed(value)),
        "href" => links::href(value).map(Cow::Owned),
        "start" => value.parse::<u32>().ok().map(|_| Cow::Borrowed(value)),
        _ => Some(Cow::Borrowed(value)),
    }
}

/// `/u/name`, and nothing that a browser could take for another host.
fn is_path_here(href: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '@' | ':' | '%');
    href.starts_with('/') && !href.starts_with("//") && href.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::in_form;
    use crate::text::tags::{Token, Tokens};

    proptest! {
        /// Texts of much that is escaped, in elements, links and what is no markup.
        #[test]
        fn comments_between_pieces_of_text_change_nothing(
            pieces in prop::collection::vec(
                (prop::sample::select(vec!["&amp;", "&amp", "&nbsp;", "&#160", "\u{a0}", "\u{a7}x", "&lt;", "& ", "< ", ">", "\n", "<br>", "<p>",
                    "</p>", "<pre>", "</pre>", "<em>", "</em>", "<!-- & > -->", "<table>", "<td>", "<textarea>", "</b>",
                    "<a href=\"https://a.example/?a=1&amp;b=>&b=2\">", "</a>", "words"]), 1_usize..150),
                1..8,
            ),
        ) {
            let html = in_form(&pieces.iter().map(|(piece, times)| piece.repeat(*times)).collect::<String>());
            prop_assert_eq!(sanitise(&html), POLICY.clean(&html).to_string());
            for token in Tokens::new(&parted(&html)) {
                if let Token::Text(text) = token {
                    prop_assert!(!text.contains(['<', '>']), "{text}");
                    prop_assert!(text.matches(['&', '\u{a0}', '\u{a7}']).count() <= ESCAPES, "{text}");
                }
            }
        }
    }

    #[test]
    fn no_piece_of_text_has_more_to_escape_than_64() {
        for text in ["&nbsp;", "&amp;x", "\u{a0}", "\u{a7}"] {
            let html = format!("<p>{}</p>", text.repeat(1_000));
            let parted = parted(&html);
            let most = parted.split("<!---->").map(|piece| piece.matches(['&', '\u{a0}', '\u{a7}']).count()).max();
            assert_eq!(most, Some(ESCAPES), "{text}");
            assert_eq!(parted.replace("<!---->", ""), html);
        }
    }

    #[test]
    fn an_address_is_in_one_piece() {
        let html = format!("<p><a href=\"https://a.example/?{}\">x</a></p>", "a=1&amp;".repeat(100));
        assert_eq!(parted(&html), html);
        assert_eq!(in_form(&html), html.replace("<p>", "<p dir=\"auto\">"), "all of them are linked to");
    }

    #[test]
    fn only_the_list_passes() {
        for (html, clean) in [
            ("<p dir=\"auto\">x</p>", "<p dir=\"auto\">x</p>"),
            ("<p dir=rtl style=x id=y onclick=z title=t lang=l>x</p>", "<p>x</p>"),
            ("<h1>x</h1><img src=x onerror=y><table><tr><td>z</table>", "xz"),
            (
                "<span class=\"mention admin\">x</span><p class=mention>y</p>",
                "<span class=\"mention\">x</span><p>y</p>",
            ),
            ("<ol start=3 type=a></ol><ol start=\"3;x\"></ol>", "<ol start=\"3\"></ol><ol></ol>"),
            ("<script>x</script><style>y</style><!-- z -->", ""),
        ] {
            assert_eq!(sanitise(html), clean);
        }
    }

    #[test]
    fn links_point_to_the_web_or_to_people_here() {
        let rel = "rel=\"nofollow noopener noreferrer ugc\"";
        for (href, clean) in [
            ("https://a.example", format!("<a href=\"https://a.example/\" {rel}>x</a>")),
            ("/u/ann@b.example:8536", format!("<a href=\"/u/ann@b.example:8536\" {rel}>x</a>")),
            ("//evil.example", format!("<a {rel}>x</a>")),
            ("/\\evil.example", format!("<a {rel}>x</a>")),
            ("/u/ann?x=<y>", format!("<a {rel}>x</a>")),
            ("javascript:alert(1)", format!("<a {rel}>x</a>")),
            ("java&#10;script&colon;alert(1)", format!("<a {rel}>x</a>")),
            ("u/ann", format!("<a {rel}>x</a>")),
            ("https://u@a.example", format!("<a {rel}>x</a>")),
        ] {
            assert_eq!(sanitise(&format!("<a href=\"{href}\" rel=opener target=_top>x</a>")), clean, "{href}");
            assert_eq!(sanitise(&clean), clean);
        }
    }
}
