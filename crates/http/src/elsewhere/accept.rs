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

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: &str) -> Wanted {
        Wanted::of(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]))
    }

    #[test]
    fn servers_get_documents() {
        for accept in [
            "application/activity+json",
            "Application/Activity+JSON; charset=utf-8",
            // Mastodon, Misskey
            "application/activity+json, application/ld+json",
            // Mastodon, for what somebody looks up
            r#"application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1"#,
            // Lemmy, Akkoma
            r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#,
            // GoToSocial
            r#"application/activity+json,application/ld+json;profile="https://www.w3.org/ns/activitystreams""#,
            "application/json;q=0.5, application/ld+json;q=0.9, */*;q=0.1",
            "text/html, application/activity+json",
            "text/html;q=0.5, application/activity+json;q=0.50",
            "application/activity+json;q=x",
        ] {
            assert_eq!(wanted(accept), Wanted::Document, "{accept}");
        }
    }

    #[test]
    fn browsers_get_pages() {
        for accept in [
            // Firefox
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            // Chrome
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
            "text/html, application/activity+json;q=0.9",
            "TEXT/HTML;level=1, application/ld+json;q=0",
        ] {
            assert_eq!(wanted(accept), Wanted::Page, "{accept}");
        }
    }

    #[test]
    fn who_names_neither_takes_anything() {
        for accept in ["*/*", "", "application/json", "application/*", "application/activity+json;q=0.000", ",;,=;q"] {
            assert_eq!(wanted(accept), Wanted::Anything, "{accept}");
        }
        assert_eq!(Wanted::of(&HeaderMap::new()), Wanted::Anything);
    }

    #[test]
    fn several_headers_are_one() {
        let headers = HeaderMap::from_iter([(header::ACCEPT, "text/html;q=0.2".parse().unwrap())]);
        let mut both = headers.clone();
        both.append(header::ACCEPT, "application/ld+json".parse().unwrap());
        assert_eq!((Wanted::of(&headers), Wanted::of(&both)), (Wanted::Page, Wanted::Document));
    }
}
