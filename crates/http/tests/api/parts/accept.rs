//! What somebody wants of an address that has a page and a document.

use axum::http::{HeaderMap, header};
use door::elsewhere::accept::Wanted;

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
