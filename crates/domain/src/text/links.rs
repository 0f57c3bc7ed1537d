//! Links: which addresses may be linked to, where a bare address begins and ends in a text, how a long one is shown.
//! Not here: markup.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use linkify::{LinkFinder, LinkKind};
use url::Url;

use super::TextRefusal;

/// Longest address that is linked to, in characters. Browsers and proxies agree on little more.
const LONGEST: usize = 2_000;

/// Most `&` in an address that is linked to. html5ever 0.40 writes an attribute in time that grows by their number times its length.
const MOST_PARAMETERS: usize = 100;

/// Characters of a bare address that are shown.
const SHOWN: usize = 60;

static FINDER: LazyLock<LinkFinder> = LazyLock::new(|| {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(false);
    finder
});

/// The link of a thread: http or https, with a host, without a user name or password in it, at most 2,000 characters.
///
/// # Errors
///
/// [`TextRefusal::BadLink`], [`TextRefusal::LinkScheme`], [`TextRefusal::LinkUserinfo`], [`TextRefusal::LinkTooLong`].
pub fn link(raw: &str) -> Result<Url, TextRefusal> {
    let raw = raw.trim();
    let chars = raw.chars().count();
    if chars > LONGEST {
        return Err(TextRefusal::LinkTooLong { chars, max: LONGEST });
    }
    let url = Url::parse(raw).map_err(|reason| TextRefusal::BadLink { reason: reason.to_string() })?;
    if !is_web(&url) {
        return Err(TextRefusal::LinkScheme { scheme: url.scheme().to_owned() });
    }
    if has_userinfo(&url) {
        return Err(TextRefusal::LinkUserinfo);
    }
    Ok(url)
}

/// What an anchor to `raw` has to point to, written the way browsers understand it; nothing if it must not be linked to. Addresses
/// with a user name in them are not: they only serve to look like another host.
pub(super) fn href(raw: &str) -> Option<String> {
    if raw.chars().count() > LONGEST || raw.matches('&').count() > MOST_PARAMETERS {
        return None;
    }
    let url = Url::parse(raw).ok()?;
    let web = is_web(&url) && !has_userinfo(&url);
    let mail = url.scheme() == "mailto" && url.path().contains('@');
    (web || mail).then(|| url.into())
}

/// The same for a bare address as [`bare`] finds it.
pub(super) fn bare_href(found: &str) -> Option<String> {
    if starts_with_www(found) { href(&format!("https://{found}")) } else { href(found) }
}

/// Where bare addresses stand in a text: `http://`, `https://` or `www.`, without the punctuation and brackets of the sentence.
pub(super) fn bare(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let any = text.contains("://") || text.contains("www.") || text.contains("WWW.");
    any.then(|| FINDER.links(text)).into_iter().flatten().filter(|link| is_linkable(link.as_str())).map(|link| {
        let own = own_part(link.as_str());
        link.start()..link.start() + own.len()
    })
}

/// A bare address as it is shown: whole, or its beginning and `…`.
pub(super) fn shown(address: &str) -> Cow<'_, str> {
    match address.char_indices().nth(SHOWN).and_then(|(end, _)| address.get(..end)) {
        Some(beginning) => Cow::Owned(format!("{beginning}…")),
        None => Cow::Borrowed(address),
    }
}

/// Whether `text` is the beginning of `href`, cut off with `…` or `...`.
pub(super) fn is_shortened(text: &str, href: &str) -> bool {
    let Some(beginning) = text.strip_suffix('…').or_else(|| text.strip_suffix("...")) else { return false };
    let bare = |s: &'static str| href.strip_prefix(s).is_some_and(|rest| rest.starts_with(beginning));
    beginning.len() >= 8 && (href.starts_with(beginning) || bare("https://") || bare("http://") || bare("https://www."))
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

fn has_userinfo(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn is_linkable(found: &str) -> bool {
    let scheme = found.split_once("://").map(|(scheme, _)| scheme);
    match scheme {
        Some(scheme) => scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"),
        None => starts_with_www(found) && found.get(4..).is_some_and(|rest| rest.contains('.')),
    }
}

fn starts_with_www(found: &str) -> bool {
    found.get(..4).is_some_and(|www| www.eq_ignore_ascii_case("www."))
}

/// The finder lets an address run on through full-width punctuation, behind which Chinese and Japanese sentences go on without a
/// space, and ends it with the `_` or `~` that closes an emphasis.
fn own_part(found: &str) -> &str {
    let wide = |c: char| matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF65}');
    let narrow = found.split(wide).next().unwrap_or(found);
    narrow.trim_end_matches(['_', '~', '*'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        bare(text).map(|range| text.get(range).unwrap()).collect()
    }

    #[test]
    fn punctuation_of_the_sentence_stays_outside() {
        for (text, link) in [
            ("See https://a.example/x.", "https://a.example/x"),
            ("(https://a.example/x_(y))", "https://a.example/x_(y)"),
            ("“https://a.example/x”, then", "https://a.example/x”"),
            ("https://a.example/x?y=1&z=2; then", "https://a.example/x?y=1&z=2"),
            ("[https://a.example/x]", "https://a.example/x"),
            ("_https://a.example/x_", "https://a.example/x"),
            ("**https://a.example/x**", "https://a.example/x"),
            ("“https://a.example/x。”", "https://a.example/x"),
            ("看https://a.example/学，然后", "https://a.example/学"),
            ("HTTP://A.EXAMPLE/", "HTTP://A.EXAMPLE/"),
            ("www.a.example/b,", "www.a.example/b"),
        ] {
            assert_eq!(found(text), [link], "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_not_found() {
        for text in [
            "a.example",
            "www.",
            "www.a",
            "ftp://a.example",
            "javascript://a.example/%0aalert(1)",
            "Hello.World",
            "a:b",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn only_web_and_mail_are_linked_to() {
        assert_eq!(href("https://a.example").as_deref(), Some("https://a.example/"));
        assert_eq!(href("mailto:a@b.example").as_deref(), Some("mailto:a@b.example"));
        assert_eq!(bare_href("www.a.example").as_deref(), Some("https://www.a.example/"));
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//a.example",
            "/x",
            "x",
            "",
            "https://",
            "https://bank.example@evil.example/",
            "https://:x@evil.example/",
            "mailto:x",
            "blob:https://a.example/x",
        ] {
            assert_eq!(href(bad), None, "{bad}");
        }
        assert_eq!(href(&format!("https://a.example/{}", "x".repeat(2_000))), None);
        let parameters = |count| format!("https://a.example/?{}", "&a".repeat(count));
        assert_eq!(href(&parameters(100)), Some(parameters(100)));
        assert_eq!(href(&parameters(101)), None);
    }

    #[test]
    fn a_thread_links_to_the_web_only() {
        assert_eq!(link(" https://a.example/ü ").unwrap().as_str(), "https://a.example/%C3%BC");
        assert!(matches!(link("ftp://a.example"), Err(TextRefusal::LinkScheme { .. })));
        assert!(matches!(link("javascript:alert(1)"), Err(TextRefusal::LinkScheme { .. })));
        assert!(matches!(link("https://u:p@a.example"), Err(TextRefusal::LinkUserinfo)));
        assert!(matches!(link("a.example"), Err(TextRefusal::BadLink { .. })));
        assert!(matches!(
            link(&format!("https://a.example/{}", "x".repeat(2_000))),
            Err(TextRefusal::LinkTooLong { .. })
        ));
    }

    #[test]
    fn long_addresses_are_shown_short() {
        let long = format!("https://a.example/{}", "ü".repeat(80));
        assert_eq!(shown(&long).chars().count(), 61);
        assert!(is_shortened(&shown(&long), &long));
        assert!(is_shortened("a.example/xyz...", "https://a.example/xyzzy"));
        assert!(!is_shortened("read on…", "https://a.example/"));
        assert_eq!(shown("https://a.example/"), "https://a.example/");
    }
}
