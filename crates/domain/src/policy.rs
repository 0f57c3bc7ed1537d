//! What is done with other servers: which entry of the list counts for a host, and what can be an entry.

use std::collections::HashMap;

use url::Host;

use crate::Level;

/// What an entry counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The host alone.
    Host,
    /// The host and all that end in its name.
    Subdomains,
}

/// What was decided about a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it is dealt with.
    pub level: Level,
    /// Whether those below it are, too.
    pub coverage: Coverage,
}

/// The whole list, and what counts for those who are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies {
    entries: HashMap<String, Entry>,
    unlisted: Level,
}

impl Policies {
    /// From the entries, by host.
    #[must_use]
    pub fn new(entries: HashMap<String, Entry>, unlisted: Level) -> Self {
        Self { entries, unlisted }
    }

    /// How a host is dealt with: by its own entry, or else by that of the nearest above it that counts for those below.
    #[must_use]
    pub fn level(&self, host: &str) -> Level {
        let counts = |(name, entry): &(&str, &Entry)| {
            *name == host || is_bare(host, name) || entry.coverage == Coverage::Subdomains
        };
        let mut known = names(host).filter_map(|name| Some((name, self.entries.get(name)?)));
        known.find(counts).map_or(self.unlisted, |(_, entry)| entry.level)
    }
}

/// The same host, but for the port that its addresses name.
fn is_bare(host: &str, name: &str) -> bool {
    host.split_once(':').is_some_and(|(bare, _)| bare == name)
}

/// The names under which there may be an entry for a host, the most specific first: with the port, if it has one, its own, those above.
pub fn names(host: &str) -> impl Iterator<Item = &str> {
    let bare = host.split_once(':').map(|(bare, _)| bare);
    let above = std::iter::successors(name_above(bare.unwrap_or(host)), |name| name_above(name));
    std::iter::once(host).chain(bare).chain(above)
}

fn name_above(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, above)| above).filter(|above| !above.is_empty())
}

/// What becomes of what was decided when a list of somebody else's is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merged {
    /// Nothing was decided: the list is followed.
    New,
    /// The list is stricter, or counts for more, and is followed: what counts then.
    Stricter(Entry),
    /// What was decided stays: it is as strict, or it is an exception.
    Kept,
}

/// Whether a list is followed that wants somebody dealt with like that. Nobody's list makes anything milder, nor undoes an exception; and
/// whoever is below a name that was decided about for all of them stays so.
#[must_use]
pub fn merged(known: Option<Entry>, listed: Entry) -> Merged {
    let Some(known) = known else { return Merged::New };
    let wider = known.coverage == Coverage::Host && listed.coverage == Coverage::Subdomains;
    let stricter = known.level < listed.level || (known.level == listed.level && wider);
    if known.level == Level::Allow || !stricter {
        return Merged::Kept;
    }
    let coverage = if wider { listed.coverage } else { known.coverage };
    Merged::Stricter(Entry { level: listed.level, coverage })
}

/// Why there cannot be an entry for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHost {
    /// An address, a number, a name with a port.
    #[error("is no host name; write it like talk.example, without https:// and without a port")]
    NoName,
    /// Some letters are hidden by whoever published the list.
    #[error("is made unreadable by asterisks; ask whoever published it for the whole name")]
    Obfuscated,
    /// Whoever would be blocked with it have nothing in common.
    #[error("is an ending under which anybody can have a name, and not somebody's server")]
    PublicSuffix,
    /// It would shut ourselves out.
    #[error("is this server")]
    Ours,
}

/// Where the names are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// The internet.
    Public,
    /// A test network, where several servers share a host, and differ by port.
    Testing,
}

/// What an entry is for, as it is written: `name`, or `*.name` for all that end in it; `covers` is for whom the first counts. The name is
/// returned in small letters and ASCII.
///
/// # Errors
/// Why there cannot be one.
pub fn subject(text: &str, covers: Coverage, ours: &str, network: Network) -> Result<(String, Coverage), BadHost> {
    let text = text.trim();
    let (name, coverage) = match text.strip_prefix("*.") {
        Some(below) => (below, Coverage::Subdomains),
        None => (text, covers),
    };
    let host = host(name, network)?;
    if host == ours || (coverage == Coverage::Subdomains && ours.ends_with(&format!(".{host}"))) {
        return Err(BadHost::Ours);
    }
    Ok((host, coverage))
}

fn host(name: &str, network: Network) -> Result<String, BadHost> {
    if name.contains('*') {
        return Err(BadHost::Obfuscated);
    }
    if network == Network::Testing && name.split_once(':').is_some_and(|(bare, port)| is_name(bare) && is_port(port)) {
        return Ok(name.to_ascii_lowercase());
    }
    let Ok(Host::Domain(host)) = Host::parse(name) else { return Err(BadHost::NoName) };
    if !is_name(&host) {
        return Err(BadHost::NoName);
    }
    let suffix = psl::suffix(host.as_bytes()).filter(|suffix| suffix.as_bytes() == host.as_bytes());
    // What somebody owns who lets names under it to anybody (duckdns.org) is somebody's.
    match suffix.map(|suffix| suffix.typ()) {
        None | Some(Some(psl::Type::Private)) => Ok(host),
        Some(_) => Err(BadHost::PublicSuffix),
    }
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

/// Letters, digits and hyphens between dots.
fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.len() <= 63 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(&str, Level, Coverage)], unlisted: Level) -> Policies {
        let entry = |(host, level, coverage): &(&str, Level, Coverage)| {
            ((*host).to_owned(), Entry { level: *level, coverage: *coverage })
        };
        Policies::new(entries.iter().map(entry).collect(), unlisted)
    }

    #[test]
    fn the_most_specific_entry_counts() {
        let all = list(
            &[
                ("bad.example", Level::Block, Coverage::Subdomains),
                ("good.bad.example", Level::Limit, Coverage::Host),
                ("worse.bad.example", Level::Reject, Coverage::Subdomains),
                ("alone.example", Level::Block, Coverage::Host),
            ],
            Level::Allow,
        );
        for (host, level) in [
            ("bad.example", Level::Block),
            ("a.b.bad.example", Level::Block),
            ("good.bad.example", Level::Limit),
            // It counts for the host alone: those below have that of the next above.
            ("x.good.bad.example", Level::Block),
            ("x.worse.bad.example", Level::Reject),
            ("alone.example", Level::Block),
            ("alone.example:8443", Level::Block),
            ("x.alone.example", Level::Allow),
            ("notbad.example", Level::Allow),
            ("example", Level::Allow),
            ("", Level::Allow),
        ] {
            assert_eq!(all.level(host), level, "{host}");
        }
    }

    #[test]
    fn whoever_is_not_listed_is_dealt_with_as_the_host_says() {
        let all = list(&[("friend.example", Level::Allow, Coverage::Host)], Level::Reject);
        assert_eq!((all.level("friend.example"), all.level("other.example")), (Level::Allow, Level::Reject));
        assert!(Level::Allow.is_spoken_to() && Level::Hold.is_spoken_to() && !Level::Reject.is_spoken_to());
    }

    #[test]
    fn an_entry_is_a_host_name() {
        let read = |text| subject(text, Coverage::Host, "talk.example", Network::Public);
        let host = |name: &str| Ok((name.to_owned(), Coverage::Host));
        assert_eq!(read(" Bad.Example "), host("bad.example"));
        assert_eq!(read("*.bad.example"), Ok(("bad.example".into(), Coverage::Subdomains)));
        assert_eq!(read("bücher.example"), host("xn--bcher-kva.example"));
        assert_eq!(read("someone.duckdns.org"), host("someone.duckdns.org"));
        assert_eq!(read("duckdns.org"), host("duckdns.org"));
        for (text, why) in [
            ("", BadHost::NoName),
            ("https://bad.example", BadHost::NoName),
            ("bad.example:8443", BadHost::NoName),
            ("bad.example.", BadHost::NoName),
            ("bad_one.example", BadHost::NoName),
            ("127.0.0.1", BadHost::NoName),
            ("[::1]", BadHost::NoName),
            ("a b.example", BadHost::NoName),
            ("ba*.example", BadHost::Obfuscated),
            ("*", BadHost::Obfuscated),
            ("com", BadHost::PublicSuffix),
            ("*.com", BadHost::PublicSuffix),
            ("*.co.uk", BadHost::PublicSuffix),
            ("co.uk", BadHost::PublicSuffix),
            ("talk.example", BadHost::Ours),
            ("*.talk.example", BadHost::Ours),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
        let read = |text, covers| subject(text, covers, "talk.town.example", Network::Public);
        assert_eq!(read("*.town.example", Coverage::Host), Err(BadHost::Ours));
        assert_eq!(read("town.example", Coverage::Subdomains), Err(BadHost::Ours));
        assert_eq!(read("town.example", Coverage::Host), Ok(("town.example".into(), Coverage::Host)));
    }

    #[test]
    fn a_list_makes_nothing_milder_and_leaves_exceptions() {
        use Coverage::{Host, Subdomains};
        let entry = |level, coverage| Entry { level, coverage };
        let (mild, strict) = (entry(Level::Limit, Host), entry(Level::Block, Host));
        let (mild_below, strict_below) = (entry(Level::Limit, Subdomains), entry(Level::Block, Subdomains));
        for (known, listed, becomes) in [
            (None, mild, Merged::New),
            (Some(mild), strict, Merged::Stricter(strict)),
            (Some(strict), strict_below, Merged::Stricter(strict_below)),
            (Some(mild), strict_below, Merged::Stricter(strict_below)),
            (Some(mild_below), strict, Merged::Stricter(strict_below)),
            (Some(strict_below), strict, Merged::Kept),
            (Some(strict), mild_below, Merged::Kept),
            (Some(strict), strict, Merged::Kept),
            (Some(entry(Level::Allow, Host)), strict_below, Merged::Kept),
        ] {
            assert_eq!(merged(known, listed), becomes, "{known:?} {listed:?}");
        }
    }

    #[test]
    fn on_a_test_network_servers_differ_by_port() {
        let read = |text| subject(text, Coverage::Host, "talk.example", Network::Testing);
        assert_eq!(read("localhost:8443"), Ok(("localhost:8443".into(), Coverage::Host)));
        assert_eq!(read("localhost:x"), Err(BadHost::NoName));
    }
}
