//! The text of comments: Markdown with the habits of discussion sites, and HTML from elsewhere, rendered and sanitised once, when they
//! are written. Titles, names and links, and the words that a text is found by, too. Not here: who may write, I/O, a clock.
//!
//! A source goes through [`tidy`] (characters), `shield` and `lazy` (habits that CommonMark does not have), `markdown` (parsed by
//! pulldown-cmark, written by `writer`), and HTML from elsewhere through `foreign`; both then through `sanitise` (ammonia).
//!
//! Time: about 30 µs for a comment of 500 characters on a 2020s server core, half of it the sanitiser. At the default limits no
//! source takes longer than about 20 ms, whatever is in it; the parsers behind this have inputs on which they are quadratic, so raise
//! `max_chars` with care.

mod characters;
mod elements;
mod escape;
mod foreign;
mod lazy;
mod lines;
mod links;
mod markdown;
mod mentions;
mod names;
mod opening;
mod plain;
mod refusal;
mod sanitise;
mod shield;
mod source;
mod tags;
#[cfg(test)]
mod tests;
mod titles;
mod words;
mod writer;

pub(crate) use characters::is_invisible;
pub use characters::tidy;
pub use lines::lines;
pub use links::link;
pub use mentions::Mention;
pub use names::{Giver, NameRefusal, name, name_given};
pub use opening::{Opening, opening};
pub use plain::plain;
pub use refusal::TextRefusal;
pub use titles::{excerpt, slug, title};
pub use words::{fold, indexed};

use tags::{Tag, Token, Tokens, unescape};
use writer::Writer;

/// Bytes of foreign HTML per character that a text may have: tags, long addresses and character references take room.
const FOREIGN_BYTES_PER_CHAR: usize = 16;

/// What limits a text. Lengths are in Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLimits {
    /// Longest source, and longest text of foreign HTML.
    pub max_chars: usize,
    /// Longest title.
    pub max_title: usize,
    /// Addresses that become links; further ones stay text.
    pub max_links: usize,
    /// People that can be mentioned; further names stay text.
    pub max_mentions: usize,
    /// Quotations and list items within each other.
    pub max_block_depth: usize,
}

impl Default for TextLimits {
    fn default() -> Self {
        Self { max_chars: 20_000, max_title: 200, max_links: 100, max_mentions: 20, max_block_depth: 16 }
    }
}

/// Where mentions lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// What the page of a person begins with: `/u/` leads to `/u/name` and `/u/name@host`. A path on this host, or an absolute address.
    pub person: String,
    /// This instance's own host, with a port if it has one: `@name@host` with it is `@name`.
    pub host: Option<String>,
}

impl Default for Places {
    fn default() -> Self {
        Self { person: "/u/".to_owned(), host: None }
    }
}

impl Places {
    fn person_page(&self, person: &Mention) -> String {
        format!("{}{}", self.person, person.handle())
    }

    fn at_home(&self, mut mention: Mention) -> Mention {
        let is_ours = |host: &String| self.host.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(host));
        mention.host = mention.host.filter(|host| !is_ours(host));
        mention
    }
}

/// A text as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Clean HTML: nothing in it needs escaping or a further look.
    pub html: String,
    /// The same on one line without markup, for search and excerpts.
    pub plain: String,
    /// Who is mentioned, each once, in order.
    pub mentions: Vec<Mention>,
    /// Links in it, mentions not counted.
    pub links: usize,
}

impl Rendered {
    /// The Markdown of it, as [`html_to_source`] makes it; what is clean need not be cleaned once more.
    #[must_use]
    pub fn source(&self) -> String {
        source::source(&tidy(&in_form(&self.html)))
    }
}

/// Renders a source: CommonMark with `~~struck~~`, without HTML, headings and pictures, with bare links and mentions. All names that look
/// like a mention become one.
///
/// # Errors
///
/// [`TextRefusal::Empty`], [`TextRefusal::TooLong`], [`TextRefusal::TooDeep`].
pub fn render(source: &str, limits: &TextLimits, places: &Places) -> Result<Rendered, TextRefusal> {
    render_known(source, limits, places, &|_| true)
}

/// Renders a source in which only people who are `known` are mentioned; names of others stay text.
///
/// # Errors
///
/// As [`render`].
pub fn render_known(
    source: &str,
    limits: &TextLimits,
    places: &Places,
    known: &dyn Fn(&Mention) -> bool,
) -> Result<Rendered, TextRefusal> {
    // Browsers send `\r\n` for what their own `maxlength` counts as one.
    let chars = source.chars().filter(|&c| c != '\r').count();
    if chars > limits.max_chars {
        return Err(TextRefusal::TooLong { chars, max: limits.max_chars });
    }
    let mut writer = Writer::new(limits, places, known);
    markdown::write(&tidy(source), limits.max_block_depth, &mut writer)?;
    let (html, plain) = finish(&writer.html)?;
    Ok(Rendered { html, plain, mentions: writer.mentions, links: writer.links })
}

/// Sanitises HTML from elsewhere. What is not allowed is left out and its text is kept; headings become strong paragraphs, pictures
/// links, quotations and lists beyond the limit flat. A mention here is what the other server marked as one; one of a person of this
/// instance has this instance's host.
///
/// # Errors
///
/// [`TextRefusal::Empty`], [`TextRefusal::TooLong`].
pub fn from_html(foreign: &str, limits: &TextLimits) -> Result<Rendered, TextRefusal> {
    if foreign.len() / FOREIGN_BYTES_PER_CHAR > limits.max_chars {
        return Err(TextRefusal::TooLong { chars: foreign.chars().count(), max: limits.max_chars });
    }
    let (html, plain) = finish(&foreign::normalise(foreign, limits)?)?;
    let (links, mentions) = survey(&html, limits.max_mentions);
    Ok(Rendered { html, plain, mentions, links })
}

/// The Markdown of HTML that [`from_html`] took, as well as it can be had, so that a text that came as HTML can be edited. Whoever quotes
/// with `>` at the beginning of a paragraph, as on sites without markup, finds a quotation.
#[must_use]
pub fn html_to_source(html: &str) -> String {
    source::source(&tidy(&sanitise::sanitise(&in_form(html))))
}

/// HTML in our form, all of it.
fn in_form(html: &str) -> String {
    let limits = TextLimits { max_chars: usize::MAX, max_links: usize::MAX, ..TextLimits::default() };
    foreign::normalise(html, &limits).unwrap_or_default()
}

/// The last steps: the sanitiser, and characters once more, since character references may have brought back what [`tidy`] took. That only
/// takes characters away, and none that markup is made of.
fn finish(html: &str) -> Result<(String, String), TextRefusal> {
    let html = without_empty_lines(tidy(&sanitise::sanitise(html)));
    let plain = plain::plain(&html);
    if characters::has_something_to_see(&plain) { Ok((html, plain)) } else { Err(TextRefusal::Empty) }
}

/// Line breaks in a row that still mean something: as many as [`tidy`] leaves of line ends.
const BREAKS: &str = "<br><br><br><br>";

/// Clean HTML without more line breaks in a row than mean something.
fn without_empty_lines(html: String) -> String {
    if !html.contains(BREAKS) {
        return html;
    }
    let (mut out, mut rest) = (String::with_capacity(html.len()), html.as_str());
    while let Some((before, behind)) = rest.split_once(BREAKS) {
        out.push_str(before);
        out.push_str(BREAKS);
        rest = behind.trim_start_matches("<br>");
    }
    out.push_str(rest);
    out
}

/// How many people clean HTML mentions, each once.
#[must_use]
pub fn count_mentions(html: &str) -> usize {
    survey(html, usize::MAX).1.len()
}

/// The hosts that clean HTML links to, in small letters, mentions not counted.
#[must_use]
pub fn link_hosts(html: &str) -> Vec<String> {
    let anchors = Tokens::new(html).filter_map(|token| match token {
        Token::Open(tag) if tag.name == "a" && !is_mention(&tag) => tag.attribute("href"),
        _ => None,
    });
    let host = |href: &str| url::Url::parse(&unescape(href)).ok()?.host_str().map(str::to_lowercase);
    anchors.filter_map(host).collect()
}

fn is_mention(tag: &Tag<'_>) -> bool {
    tag.attribute("class").is_some_and(|class| class.split(' ').any(|class| class == "mention"))
}

/// Links and mentions in clean HTML that was not written here.
fn survey(html: &str, max_mentions: usize) -> (usize, Vec<Mention>) {
    let mut links = 0;
    let mut mentions: Vec<Mention> = Vec::new();
    let mut open: Option<(String, String)> = None;
    for token in Tokens::new(html) {
        match token {
            Token::Open(tag) if tag.name == "a" => {
                let is_mention = is_mention(&tag);
                links += usize::from(!is_mention);
                open = is_mention
                    .then(|| (unescape(tag.attribute("href").unwrap_or_default()).into_owned(), String::new()));
            }
            Token::Text(text) => {
                if let Some((_, written)) = &mut open {
                    written.push_str(&unescape(text));
                }
            }
            Token::Close("a") => {
                let mention = open.take().and_then(|(href, written)| mentions::linked(&written, &href));
                let new = mention.filter(|mention| !mentions.iter().any(|other| other.is_same(mention)));
                mentions.extend(new.filter(|_| mentions.len() < max_mentions));
            }
            _ => {}
        }
    }
    (links, mentions)
}
