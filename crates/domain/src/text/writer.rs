//! Writes runs of text as HTML: bare addresses become links, `@name` becomes a mention. Not here: Markdown, blocks.

use super::links;
use super::mentions::{self, Mention};
use super::tags::push_escaped;
use super::{Places, TextLimits};

/// HTML being written, with what was met on the way.
pub(super) struct Writer<'a> {
    pub html: String,
    /// Links so far, mentions not counted.
    pub links: usize,
    /// People mentioned so far, each once.
    pub mentions: Vec<Mention>,
    limits: &'a TextLimits,
    places: &'a Places,
    known: &'a dyn Fn(&Mention) -> bool,
}

impl<'a> Writer<'a> {
    pub fn new(limits: &'a TextLimits, places: &'a Places, known: &'a dyn Fn(&Mention) -> bool) -> Self {
        Self { html: String::new(), links: 0, mentions: Vec::new(), limits, places, known }
    }

    /// Markup of our own.
    pub fn markup(&mut self, markup: &str) {
        self.html.push_str(markup);
    }

    /// Text in which nothing is looked for.
    pub fn literal(&mut self, text: &str) {
        push_escaped(&mut self.html, text);
    }

    /// Text in which addresses and people are looked for.
    pub fn text(&mut self, text: &str) {
        let mut from = 0;
        for link in links::bare(text) {
            self.with_people(text.get(from..link.start).unwrap_or_default());
            from = link.end;
            self.bare_link(text.get(link).unwrap_or_default());
        }
        self.with_people(text.get(from..).unwrap_or_default());
    }

    /// Opens a link to `address` if it may be linked to and there are not too many already.
    pub fn open_link(&mut self, address: &str) -> bool {
        let Some(href) = self.may_link(links::href(address)) else { return false };
        self.open_anchor(&href);
        true
    }

    fn may_link(&self, href: Option<String>) -> Option<String> {
        href.filter(|_| self.links < self.limits.max_links)
    }

    fn open_anchor(&mut self, href: &str) {
        self.links += 1;
        self.markup("<a href=\"");
        self.literal(href);
        self.markup("\">");
    }

    fn bare_link(&mut self, address: &str) {
        match self.may_link(links::bare_href(address)) {
            Some(href) => {
                self.open_anchor(&href);
                self.literal(&links::shown(address));
                self.markup("</a>");
            }
            None => self.literal(address),
        }
    }

    fn with_people(&mut self, text: &str) {
        let mut from = 0;
        for (range, mention) in mentions::find(text) {
            let Some(person) = self.admit(mention) else { continue };
            self.literal(text.get(from..range.start).unwrap_or_default());
            self.markup("<a href=\"");
            self.literal(&self.places.person_page(&person));
            self.markup("\" class=\"mention\">");
            from = range.end;
            self.literal(text.get(range).unwrap_or_default());
            self.markup("</a>");
        }
        self.literal(text.get(from..).unwrap_or_default());
    }

    /// The person as we know them, if they are to be linked to.
    fn admit(&mut self, mention: Mention) -> Option<Mention> {
        let person = self.places.at_home(mention);
        if self.mentions.iter().any(|other| other.is_same(&person)) {
            return Some(person);
        }
        if self.mentions.len() >= self.limits.max_mentions || !(self.known)(&person) {
            return None;
        }
        self.mentions.push(person.clone());
        Some(person)
    }
}
