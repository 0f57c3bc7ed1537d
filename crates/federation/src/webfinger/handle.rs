//! The grammar of handles. It is strict before any request is made: what a person types must not become a path, a port or a query.

use std::fmt;

use crate::origin::{BadId, Id, Rules};

/// The longest handle that is read, in bytes.
pub const MAX_HANDLE: usize = 320;
/// The longest name before the host, in bytes. Misskey takes as much.
pub const MAX_NAME: usize = 128;

/// A name on a server: `name@host`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    name: String,
    server: Id,
}

/// Why a text is no handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHandle {
    /// Longer than [`MAX_HANDLE`].
    #[error("a handle has at most {MAX_HANDLE} bytes")]
    Long,
    /// Not one name and one host.
    #[error("a handle is a name and a host, such as @name@example.org")]
    Shape,
    /// A name with other characters, or a long one.
    #[error("the name in a handle has letters, digits, “_”, and between them “-” and “.”, at most {MAX_NAME}")]
    Name,
    /// A host that cannot be.
    #[error("the host in the handle {0}")]
    Host(BadId),
}

impl Handle {
    /// Reads `@name@host`, `name@host` or `acct:name@host`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, rules: &Rules) -> Result<Self, BadHandle> {
        if text.len() > MAX_HANDLE {
            return Err(BadHandle::Long);
        }
        let bare = text.strip_prefix("acct:").or_else(|| text.strip_prefix('@')).unwrap_or(text);
        let (name, host) = bare.split_once('@').ok_or(BadHandle::Shape)?;
        if !is_name(name) {
            return Err(BadHandle::Name);
        }
        let read = Self { name: name.to_owned(), server: server(host, rules)? };
        // A host of other letters is longer as it is written between servers.
        if read.name.len() + 1 + read.host().len() > MAX_HANDLE { Err(BadHandle::Long) } else { Ok(read) }
    }

    /// What stands before the host, as it was written. Most servers take upper and lower case for the same.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The host, in lower case, with the port on a test network.
    #[must_use]
    pub fn host(&self) -> String {
        self.server.host()
    }

    /// The root of the host, which is asked about the name.
    #[must_use]
    pub fn server(&self) -> &Id {
        &self.server
    }

    /// As WebFinger asks for it: `acct:name@host`.
    #[must_use]
    pub fn acct(&self) -> String {
        format!("acct:{self}")
    }

    /// Whether both are the same name; case counts for nothing.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.name.eq_ignore_ascii_case(&other.name) && self.server == other.server
    }

    /// The same name on the server of an actor.
    #[must_use]
    pub(super) fn moved_to(&self, actor: &Id, rules: &Rules) -> Option<Self> {
        Some(Self { name: self.name.clone(), server: rules.id(&format!("{}/", actor.origin())).ok()? })
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.server.host())
    }
}

fn is_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let outer = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    name.len() <= MAX_NAME && name.bytes().all(inner) && outer(name.bytes().next()) && outer(name.bytes().next_back())
}

fn server(host: &str, rules: &Rules) -> Result<Id, BadHandle> {
    // The parser of addresses decodes percent signs, drops line breaks, and ends a host at more than one character.
    if !host.chars().all(|character| character.is_alphanumeric() || ".-:".contains(character)) {
        return Err(BadHandle::Shape);
    }
    // A port is judged as it is written: that of the scheme is none to the parser.
    if host.contains(':') && rules.networks().is_empty() {
        return Err(BadHandle::Host(BadId::Port));
    }
    rules.id(&format!("{}://{host}/", scheme(rules))).map_err(BadHandle::Host)
}

/// Handles have no scheme. On a test network all servers speak as we do.
fn scheme(rules: &Rules) -> &'static str {
    if !rules.networks().is_empty() && rules.ours().to_string().starts_with("http://") { "http" } else { "https" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Handle, BadHandle> {
        Handle::parse(text, &Rules::new("https://ours.example", Vec::new()).unwrap())
    }

    #[test]
    fn a_handle_is_written_in_three_ways() {
        for text in ["@Ana.B-c_@a.example", "Ana.B-c_@A.EXAMPLE", "acct:Ana.B-c_@a.example"] {
            let handle = parse(text).unwrap();
            assert_eq!((handle.name(), handle.host().as_str()), ("Ana.B-c_", "a.example"));
            assert_eq!(handle.acct(), "acct:Ana.B-c_@a.example");
        }
        assert_eq!(parse("a@bücher.example").unwrap().host(), "xn--bcher-kva.example");
        assert!(parse("Ana@a.example").unwrap().is_same(&parse("ana@a.example").unwrap()));
    }

    #[test]
    fn e01_what_is_no_handle_is_refused_before_any_request() {
        let (long, long_name) = (format!("a@{}", "b.".repeat(5_000)), format!("{}@a.example", "a".repeat(129)));
        let long_in_ascii = format!("{}@{}example", "a".repeat(128), "ü.".repeat(30));
        for (text, why) in [
            (long.as_str(), BadHandle::Long),
            (&long_in_ascii, BadHandle::Long),
            (&long_name, BadHandle::Name),
            ("", BadHandle::Shape),
            ("@", BadHandle::Shape),
            ("@@", BadHandle::Name),
            ("name", BadHandle::Shape),
            ("@name", BadHandle::Shape),
            ("name@", BadHandle::Host(BadId::NotAbsolute)),
            ("a@b@c", BadHandle::Shape),
            ("@@a@b.example", BadHandle::Name),
            ("user@localhost:1234/x?y#", BadHandle::Shape),
            ("user@a.example:1234", BadHandle::Host(BadId::Port)),
            ("user@a.example:443", BadHandle::Host(BadId::Port)),
            ("user@a.example?x", BadHandle::Shape),
            ("user@a.example#x", BadHandle::Shape),
            ("user@a.example\\x", BadHandle::Shape),
            ("user@a%2eexample", BadHandle::Shape),
            ("user@a.exam\nple", BadHandle::Shape),
            (" user@a.example", BadHandle::Name),
            ("us er@a.example", BadHandle::Name),
            ("user@ a.example", BadHandle::Shape),
            ("üser@a.example", BadHandle::Name),
            (".user@a.example", BadHandle::Name),
            ("user.@a.example", BadHandle::Name),
            ("us/er@a.example", BadHandle::Name),
            ("user@127.0.0.1", BadHandle::Host(BadId::Host)),
            ("user@2130706433", BadHandle::Host(BadId::Host)),
            ("user@[::1]", BadHandle::Shape),
            ("user@a.example.", BadHandle::Host(BadId::Host)),
            ("acct:acct:user@a.example", BadHandle::Name),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_test_network_has_ports() {
        let rules = Rules::new("http://localhost:1", vec!["127.0.0.0/8".parse().unwrap()]).unwrap();
        let handle = Handle::parse("@a@localhost:8001", &rules).unwrap();
        assert_eq!(
            (handle.acct().as_str(), handle.server().as_str()),
            ("acct:a@localhost:8001", "http://localhost:8001/")
        );
    }

    proptest! {
        #[test]
        fn any_text_may_be_read_and_what_is_read_reads_the_same_again(text in "(acct:|@)?[a-zA-Z0-9_.@:/-]{0,12}@.{0,20}") {
            if let Ok(handle) = parse(&text) {
                let again = parse(&handle.to_string());
                prop_assert_eq!(again.as_ref(), Ok(&handle));
                prop_assert!(handle.to_string().matches('@').count() == 1);
            }
        }
    }
}
