//! What a thread is called whose first words came from elsewhere, where a title is often just how the words begin. Not here: markup that
//! has not been through [`sanitise`](super::sanitise).

use super::{TextLimits, TextRefusal, excerpt, plain, title};

/// What a thread begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Its title, which is never empty.
    pub title: String,
    /// The words without what became the title, clean HTML; may be empty.
    pub html: String,
}

/// Makes an opening of clean HTML. A thread that was given a `name` is called so; otherwise the first line that says something is its
/// title, cut if it is too long. What merely repeats the title or the link at the head of the words is taken out of them. Names of those
/// who are addressed at the beginning of a line are no part of a title, and stay in the words.
///
/// # Errors
///
/// [`TextRefusal::EmptyTitle`] where there is nothing to call it by.
pub fn opening(
    html: &str,
    name: Option<&str>,
    link: Option<&str>,
    limits: &TextLimits,
) -> Result<Opening, TextRefusal> {
    let first = name.map(str::trim).filter(|name| !name.is_empty()).map_or_else(|| first_line(html), str::to_owned);
    // Folded before it is cut, so that what is counted is what is kept.
    let folded = title(&first, &TextLimits { max_title: usize::MAX, ..limits.clone() })?;
    let title = title(&excerpt(&folded, limits.max_title), limits)?;
    let mut rest = without(html, &title);
    if let Some(link) = link {
        rest = without(rest, link);
    }
    Ok(Opening { title, html: rest.trim().to_owned() })
}

/// The HTML without its first paragraph, if that says this and leads nowhere else.
fn without<'a>(html: &'a str, said: &str) -> &'a str {
    match paragraph(html) {
        Some((inside, rest)) if plain(inside) == said && (!inside.contains("<a ") || said.contains("://")) => rest,
        _ => html,
    }
}

/// What stands in the first paragraph of clean HTML that begins with one, and what follows it.
fn paragraph(html: &str) -> Option<(&str, &str)> {
    let (attributes, inside) = html.trim_start().strip_prefix("<p")?.split_once('>')?;
    if attributes.is_empty() || attributes.starts_with(' ') { inside.split_once("</p>") } else { None }
}

/// The first line in which more stands than names of those who are addressed.
fn first_line(html: &str) -> String {
    let lines = html.split("<br>").flat_map(|part| part.split("</p>"));
    lines.map(|line| unaddressed(&plain(line)).to_owned()).find(|line| !line.is_empty()).unwrap_or_default()
}

/// A line without the names at its beginning.
fn unaddressed(line: &str) -> &str {
    let mut rest = line.trim_start();
    while let Some(named) = rest.strip_prefix('@').filter(|named| !named.starts_with(char::is_whitespace)) {
        rest = named.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(html: &str, name: Option<&str>, link: Option<&str>) -> (String, String) {
        let opening = opening(html, name, link, &TextLimits { max_title: 30, ..TextLimits::default() }).unwrap();
        (opening.title, opening.html)
    }

    fn pair(title: &str, html: &str) -> (String, String) {
        (title.to_owned(), html.to_owned())
    }

    #[test]
    fn a_name_is_the_title_and_is_not_said_twice() {
        assert_eq!(opened("<p>Words.</p>", Some(" A name "), None), pair("A name", "<p>Words.</p>"));
        assert_eq!(
            opened("<p><strong>A name</strong></p><p>Words.</p>", Some("A name"), None),
            pair("A name", "<p>Words.</p>")
        );
        assert_eq!(opened("", Some("A name"), None), pair("A name", ""));
    }

    #[test]
    fn what_we_say_ourselves_reads_back() {
        let link = "https://kettles.example/?a=1&b=2";
        let html = r#"<p><strong>Tea &amp; kettles</strong></p><p><a href="https://kettles.example/?a=1&amp;b=2">https://kettles.example/?a=1&amp;b=2</a></p><p>Which one?</p>"#;
        assert_eq!(opened(html, None, Some(link)), pair("Tea & kettles", "<p>Which one?</p>"));
        // A link that is not the one the thread is about stays.
        assert!(opened(html, None, None).1.contains("kettles.example"));
    }

    #[test]
    fn the_first_line_that_says_something_is_the_title() {
        let named = r#"<p><a href="https://c.example/b/news" class="mention">@news</a> Which kettle?</p>"#;
        assert_eq!(opened(named, None, None), pair("Which kettle?", named));
        let alone = r#"<p><a href="https://c.example/b/news">@news</a></p><p dir="auto">Which<br>kettle?</p>"#;
        assert_eq!(opened(alone, None, None), pair("Which", alone));
        let lines = "<p>@news@c.example<br>Tea</p>";
        assert_eq!(opened(lines, None, None), pair("Tea", lines));
        assert_eq!(opened("<p>Tea</p>", None, None), pair("Tea", ""));
    }

    #[test]
    fn a_long_first_line_is_cut_and_kept() {
        let html = "<p>One two three four five six seven eight nine ten</p>";
        let (title, rest) = opened(html, None, None);
        assert_eq!((title.as_str(), rest.as_str()), ("One two three four five six…", html));
    }

    #[test]
    fn nothing_cannot_be_called_anything() {
        for html in ["", "<p></p>", "<p>@news@c.example</p>", "<p>@a<br>@b</p>"] {
            assert_eq!(opening(html, None, None, &TextLimits::default()), Err(TextRefusal::EmptyTitle), "{html}");
        }
        assert_eq!(opened("<p>@ home</p>", None, None), pair("@ home", ""));
    }

    #[test]
    fn what_is_no_paragraph_is_left_as_it_is() {
        for html in ["<pre>x</pre>", "<ul><li>One</li></ul>", "plain <b>text", "<p", "<p>x"] {
            assert_eq!(opened(html, Some("N"), None).1, html);
        }
    }
}
