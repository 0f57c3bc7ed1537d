//! Atom (RFC 4287), in pages (RFC 5005).

use atom_syndication::{Content, Entry as AtomEntry, Feed as AtomFeed, FixedDateTime, Generator, Link, Person, Text};
use domain::Time;

use super::entries::{Entry, Writer};
use super::{Feed, Writing};
use crate::api::value::Moment;

/// Writes a page of a feed.
pub(super) fn write(feed: &Feed, before: Option<&str>) -> Result<Vec<u8>, String> {
    let mut links = vec![
        link("self", feed.address(Writing::Atom, before), Some("application/atom+xml")),
        link("alternate", feed.home.clone(), Some("text/html")),
    ];
    if let Some(next) = &feed.next {
        links.push(link("next", feed.address(Writing::Atom, Some(next)), Some("application/atom+xml")));
    }
    let atom = AtomFeed {
        title: Text::plain(legal(&feed.title)),
        id: feed.home.clone(),
        updated: time(feed.updated()),
        generator: Some(Generator {
            value: "Rejoinder".to_owned(),
            uri: None,
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        links,
        entries: feed.entries.iter().map(entry).collect(),
        ..AtomFeed::default()
    };
    atom.write_to(Vec::new()).map_err(|error| error.to_string())
}

fn entry(entry: &Entry) -> AtomEntry {
    let mut links = vec![link("alternate", entry.url.clone(), Some("text/html"))];
    links.extend(entry.about.clone().map(|about| link("related", about, None)));
    AtomEntry {
        title: Text::plain(legal(&entry.title)),
        id: entry.url.clone(),
        updated: time(entry.updated),
        published: Some(time(entry.published)),
        authors: vec![person(&entry.author)],
        links,
        content: Some(Content {
            content_type: Some("html".to_owned()),
            value: Some(legal(&entry.html)),
            ..Content::default()
        }),
        ..AtomEntry::default()
    }
}

fn person(writer: &Writer) -> Person {
    Person { name: legal(&writer.name), uri: Some(writer.url.clone()), ..Person::default() }
}

fn link(rel: &str, href: String, kind: Option<&str>) -> Link {
    Link { rel: rel.to_owned(), href, mime_type: kind.map(str::to_owned), ..Link::default() }
}

fn time(time: Time) -> FixedDateTime {
    Moment(time).to_string().parse().unwrap_or_default()
}

/// Without the characters that XML 1.0 cannot contain in any form.
fn legal(text: &str) -> String {
    let legal =
        |c: &char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.chars().filter(legal).collect()
}
