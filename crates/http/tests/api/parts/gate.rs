//! What a request says of where it comes from.

use std::net::IpAddr;

use axum::http::HeaderMap;
use domain::Refusal;
use door::gate::{Shown, address, same_origin, shown};

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect::<Vec<(axum::http::HeaderName, _)>>()
        .into_iter()
        .collect()
}

#[test]
fn only_trusted_proxies_are_believed() {
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    let trusted: Vec<ipnet::IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
    let forwarded = headers(&[("x-forwarded-for", "198.51.100.7, 203.0.113.5, 10.0.0.3")]);
    assert_eq!(address(Some(ip("10.0.0.2")), &forwarded, &trusted), ip("203.0.113.5"));
    assert_eq!(address(Some(ip("192.0.2.1")), &forwarded, &trusted), ip("192.0.2.1"));
    assert_eq!(address(Some(ip("10.0.0.2")), &headers(&[("x-forwarded-for", "junk")]), &trusted), ip("10.0.0.2"));
    assert_eq!(address(Some(ip("10.0.0.2")), &HeaderMap::new(), &[]), ip("10.0.0.2"));
}

#[test]
fn pages_of_other_sites_cannot_write() {
    let here = "https://talk.example";
    let allowed = [
        headers(&[("sec-fetch-site", "same-origin"), ("cookie", "session=x")]),
        headers(&[("origin", "https://talk.example"), ("cookie", "session=x")]),
        headers(&[("origin", "http://127.0.0.1:9000"), ("host", "127.0.0.1:9000"), ("cookie", "session=x")]),
        headers(&[]),
    ];
    for headers in allowed {
        assert_eq!(same_origin(&headers, here), Ok(()), "{headers:?}");
    }
    let refused = [
        headers(&[("sec-fetch-site", "cross-site"), ("cookie", "session=x")]),
        headers(&[("sec-fetch-site", "same-site"), ("origin", "https://talk.example")]),
        headers(&[("origin", "https://evil.example")]),
        headers(&[("origin", "null")]),
        headers(&[("cookie", "session=x")]),
    ];
    for headers in refused {
        assert_eq!(same_origin(&headers, here), Err(Refusal::ForeignOrigin), "{headers:?}");
    }
}

#[test]
fn secrets_are_found_in_header_and_cookie() {
    let token = shown(&headers(&[("authorization", "bearer abc"), ("cookie", "session=x")]), "session");
    assert!(matches!(token, Some(Shown::Token(secret)) if secret == "abc"));
    let session = shown(&headers(&[("cookie", "a=b; session=xyz; c")]), "session");
    assert!(matches!(session, Some(Shown::Session(secret)) if secret == "xyz"));
    assert!(
        matches!(shown(&headers(&[("authorization", "Basic abc")]), "session"), Some(Shown::Token(secret)) if secret.is_empty())
    );
    assert!(shown(&headers(&[("cookie", "other=x")]), "session").is_none());
}
