//! What somebody wants of an address that has a page and a document (RFC 9110, 12.5.1).

use axum::http::{HeaderMap, header};

const DOCUMENTS: [&str; 2] = ["application/activity+json", "application/ld+json"];
const PAGES: [&str; 2] = ["text/html", "application/xhtml+xml"];

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The document: it is named, and no page is named that were liked better.
    Document,
    /// The page.
    Page,
    /// Neither is named. What takes everything (`*/*`) is no server of ours: they all name what they can read.
    Anything,
}

impl Wanted {
    /// What the headers of a request say.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let (mut document, mut page) = (0.0, 0.0);
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        for range in accepted.flat_map(|value| value.split(',')) {
            let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
            let is = |known: &&str| name.trim().eq_ignore_ascii_case(known);
            if DOCUMENTS.iter().any(is) {
                document = weight(parameters).max(document);
            } else if PAGES.iter().any(is) {
                page = weight(parameters).max(page);
            }
        }
        match () {
            () if document > 0.0 && document >= page => Self::Document,
            () if page > 0.0 => Self::Page,
            () => Self::Anything,
        }
    }
}

/// From 0 to 1, which it is where nothing that could be read says otherwise.
fn weight(parameters: &str) -> f32 {
    let mut named = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let weight = named.find(|(name, _)| name.eq_ignore_ascii_case("q")).and_then(|(_, weight)| weight.parse().ok());
    weight.filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(1.0)
}
