//! Mentions: `@name` and `@name@host` in a text. Not here: whether there is such a person, and markup.

use std::ops::Range;

use url::{Host, Url};

use super::names::LONGEST_NAME;

/// A person addressed in a text, `@name` or `@name@host`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mention {
    /// As written, without the `@`.
    pub name: String,
    /// The person's server, in lower case, as DNS writes it, with a port if one was given. None for a person of this instance.
    pub host: Option<String>,
}

impl Mention {
    /// Whether both mean the same person: names are compared without regard to case.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.name.eq_ignore_ascii_case(&other.name) && self.host == other.host
    }

    /// `name` or `name@host`, as addresses of pages and handles have it.
    #[must_use]
    pub fn handle(&self) -> String {
        match &self.host {
            Some(host) => format!("{}@{host}", self.name),
            None => self.name.clone(),
        }
    }
}

/// A remote name may be longer than ours; a host name has at most 253 characters.
const LONGEST_REMOTE_NAME: usize = 64;
const LONGEST_HOST: usize = 253;

/// The mentions in a text and where they stand.
pub(super) fn find(text: &str) -> impl Iterator<Item = (Range<usize>, Mention)> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + text.get(from..)?.find('@')?;
            from = at + 1;
            if !begins_after(text.get(..at)?) {
                continue;
            }
            if let Some((length, mention)) = handle_at(text.get(from..)?) {
                let range = at..from + length;
                from = range.end;
                return Some((range, mention));
            }
        }
    })
}

/// `@name` or `@name@host` alone.
fn handle(written: &str) -> Option<Mention> {
    let bare = written.trim().strip_prefix('@')?;
    handle_at(bare).filter(|(length, _)| *length == bare.len()).map(|(_, mention)| mention)
}

/// The person whom a link with this text points to: `@name` or `@name@host`, the host taken from the address where the text has none.
pub(super) fn linked(text: &str, href: &str) -> Option<Mention> {
    let mut mention = handle(text)?;
    if mention.host.is_none() {
        mention.host = Url::parse(href).ok().and_then(|url| {
            let host = url.host_str()?.to_owned();
            Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
        });
    }
    Some(mention)
}

/// Whether a mention can stand behind this: not inside a word, an e-mail address or a path.
fn begins_after(before: &str) -> bool {
    let inside =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '/' | '@' | '=' | '%' | '&' | '~' | '#');
    !before.chars().next_back().is_some_and(inside)
}

fn handle_at(text: &str) -> Option<(usize, Mention)> {
    let name = name_at(text)?;
    let behind = text.get(name.len()..)?;
    let host = behind.strip_prefix('@').and_then(host_at);
    // `@name@` with something behind it that is no host is somebody's half-written address, not a person here.
    if host.is_none() && (behind.starts_with('@') || name.len() > LONGEST_NAME) {
        return None;
    }
    let length = name.len() + host.as_ref().map_or(0, |(length, _)| length + 1);
    Some((length, Mention { name: name.to_owned(), host: host.map(|(_, host)| host) }))
}

fn name_at(text: &str) -> Option<&str> {
    let run = run_of(text, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))?;
    let name = run.trim_end_matches(['-', '.']);
    let fits = !name.starts_with(['-', '.']) && (1..=LONGEST_REMOTE_NAME).contains(&name.len());
    // The name must not be the beginning of a longer word in another script.
    let ends = !text.get(run.len()..)?.starts_with(char::is_alphanumeric);
    (fits && ends).then_some(name)
}

fn host_at(text: &str) -> Option<(usize, String)> {
    let run = run_of(text, |c| c.is_alphanumeric() || matches!(c, '-' | '.'))?.trim_end_matches(['-', '.']);
    if run.is_empty() || run.len() > LONGEST_HOST || !(run.contains('.') || run.eq_ignore_ascii_case("localhost")) {
        return None;
    }
    let Ok(Host::Domain(host)) = Host::parse(run) else { return None };
    let port = text.get(run.len()..).and_then(port_at).unwrap_or_default();
    Some((run.len() + port.len(), format!("{host}{port}")))
}

/// `:8536`, as hosts in test networks have it.
fn port_at(text: &str) -> Option<&str> {
    let digits = run_of(text.strip_prefix(':')?, |c| c.is_ascii_digit())?;
    digits.parse::<u16>().ok()?;
    text.get(..=digits.len())
}

fn run_of(text: &str, part: impl Fn(char) -> bool) -> Option<&str> {
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    text.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        find(text).map(|(range, mention)| format!("{} = {}", text.get(range).unwrap(), mention.handle())).collect()
    }

    #[test]
    fn people_here_and_elsewhere() {
        for (text, mention) in [
            ("@ann", "@ann = ann"),
            ("(@Ann_b-c.d)", "@Ann_b-c.d = Ann_b-c.d"),
            ("thanks @ann.", "@ann = ann"),
            ("cc:@ann!", "@ann = ann"),
            ("@ann@A.Example, hello", "@ann@A.Example = ann@a.example"),
            ("@ann@a.example.", "@ann@a.example = ann@a.example"),
            ("@ann@a.example: hello", "@ann@a.example = ann@a.example"),
            ("@ann@localhost:8536 hello", "@ann@localhost:8536 = ann@localhost:8536"),
            ("@ann@bücher.example", "@ann@bücher.example = ann@xn--bcher-kva.example"),
            ("看，@ann", "@ann = ann"),
        ] {
            assert_eq!(found(text), [mention], "{text}");
        }
        assert_eq!(found("@ann @bob@b.example,@cy"), ["@ann = ann", "@bob@b.example = bob@b.example", "@cy = cy"]);
    }

    #[test]
    fn what_addresses_nobody() {
        for text in [
            "ann@a.example",
            "a.ann+x@a.example",
            "@",
            "@ ann",
            "@@ann",
            "@-ann",
            "@ann@",
            "@ann@host",
            "@ann@127.0.0.1",
            "https://a.example/@ann",
            "x/@ann",
            "@été",
            "@annü",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(found(&format!("@{}", "a".repeat(31))), Vec::<String>::new());
        assert_eq!(found(&format!("@{}@a.example", "a".repeat(65))), Vec::<String>::new());
    }

    #[test]
    fn a_link_to_a_person() {
        let linked = |text, href| linked(text, href).map(|mention| mention.handle());
        assert_eq!(linked(" @ann@a.example ", "https://b.example/@ann").as_deref(), Some("ann@a.example"));
        assert_eq!(linked("@ann", "https://b.example/@ann").as_deref(), Some("ann@b.example"));
        assert_eq!(linked("@ann", "https://b.example:8443/@ann").as_deref(), Some("ann@b.example:8443"));
        assert_eq!(linked("@ann", "/u/ann").as_deref(), Some("ann"));
        assert_eq!(linked("@ann and @bob", "/u/ann"), None);
        assert_eq!(linked("ann", "/u/ann"), None);
    }
}
