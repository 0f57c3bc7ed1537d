//! Who is who: the ids of things on other servers, and which of them belong together.
//!
//! An id is the address of a thing on the server that is responsible for it. Two ids belong to the same server if scheme, host and
//! port are the same, and in no other case (FEP-fe34). Ids are compared in the one form that the URL standard gives them, so that
//! no other spelling of a name is another name.

use std::fmt;

use ipnet::IpNet;
use url::{Host, Url};

/// The longest id that is taken, in bytes. Mastodon and Misskey store at most 2,048 and 512 characters.
pub const MAX_ID: usize = 2_048;

/// The id of a thing on some server: an absolute `https` address, without name and password, without fragment, whose host is a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(Url);

/// Scheme, host and port of an id: whoever speaks from there may speak for whatever else is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    secure: bool,
    host: String,
    port: u16,
}

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// Longer than [`MAX_ID`].
    #[error("is longer than {MAX_ID} bytes")]
    Long,
    /// Relative, or no address at all.
    #[error("is not an absolute address")]
    NotAbsolute,
    /// `http:`, `did:`, `data:` and all others.
    #[error("does not begin with https://")]
    Scheme,
    /// Name or password before the host.
    #[error("has a name or password before the host")]
    Userinfo,
    /// A number in place of a name, or a name that no public host has.
    #[error("has no host name that others could know")]
    Host,
    /// A port, which no public server of the fediverse has.
    #[error("names a port")]
    Port,
    /// A part of a document instead of a document.
    #[error("has a fragment")]
    Fragment,
}

/// What this server takes for an id, and which ids are its own.
#[derive(Clone, Debug)]
pub struct Rules {
    ours: Origin,
    networks: Vec<IpNet>,
}

impl Rules {
    /// `public_url` is our own address. `networks` are those that may be dialled though they are private: on a test network, and only
    /// there, ids may also begin with `http://` and name a port.
    ///
    /// # Errors
    /// When our own address is none.
    pub fn new(public_url: &str, networks: Vec<IpNet>) -> Result<Self, BadId> {
        let url = Url::parse(public_url).ok().ok_or(BadId::NotAbsolute)?;
        Ok(Self { ours: Origin::of(&url).ok_or(BadId::Host)?, networks })
    }

    /// Networks that may be dialled though they are private.
    #[must_use]
    pub fn networks(&self) -> &[IpNet] {
        &self.networks
    }

    /// Our own origin.
    #[must_use]
    pub fn ours(&self) -> &Origin {
        &self.ours
    }

    /// Reads an id.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn id(&self, text: &str) -> Result<Id, BadId> {
        let url = self.address(text)?;
        if url.fragment().is_some() {
            return Err(BadId::Fragment);
        }
        Ok(Id(url))
    }

    /// Reads the id of a key, which by custom is the id of its owner with a fragment; returned is the document that holds the key.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn document_of(&self, key: &str) -> Result<Id, BadId> {
        let mut url = self.address(key)?;
        url.set_fragment(None);
        Ok(Id(url))
    }

    /// Reads the address of a program that the host named: as an id, but that it may name a port, for it need not be a server that
    /// others know.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn callable(&self, text: &str) -> Result<Id, BadId> {
        let url = self.address_with_port(text)?;
        if url.fragment().is_some() { Err(BadId::Fragment) } else { Ok(Id(url)) }
    }

    fn address(&self, text: &str) -> Result<Url, BadId> {
        let url = self.address_with_port(text)?;
        if url.port().is_some() && self.networks.is_empty() { Err(BadId::Port) } else { Ok(url) }
    }

    fn address_with_port(&self, text: &str) -> Result<Url, BadId> {
        if text.len() > MAX_ID {
            return Err(BadId::Long);
        }
        let url = Url::parse(text).ok().ok_or(BadId::NotAbsolute)?;
        // As compared and stored it may be longer: what is not ASCII is written out.
        if url.as_str().len() > MAX_ID {
            return Err(BadId::Long);
        }
        let testing = !self.networks.is_empty();
        match url.scheme() {
            "https" => {}
            "http" if testing => {}
            _ => return Err(BadId::Scheme),
        }
        // The parser drops what stands before an empty `@`, and leading blanks: whoever writes that has something in mind.
        if !url.username().is_empty() || url.password().is_some() || !text.starts_with(url.scheme()) {
            return Err(BadId::Userinfo);
        }
        match url.host() {
            Some(Host::Domain(name)) if is_public_name(name) => {}
            _ => return Err(BadId::Host),
        }
        Ok(url)
    }

    /// Whether an id claims to be one of ours: by host, whichever scheme and port. Nobody else may speak for it.
    #[must_use]
    pub fn is_ours(&self, id: &Id) -> bool {
        // On a test network several servers share a host, and differ by port.
        if self.networks.is_empty() { id.host() == self.ours.host } else { id.origin() == self.ours }
    }
}

/// Whether a name may be a host's: letters, digits and hyphens between dots. (The parser has made of all others, where it could, one
/// of these.) A name with a dot at the end is the same host under another name, and none that anybody needs.
fn is_public_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.len() <= 63 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

impl Id {
    /// As sent and compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> Origin {
        // An id without host is never made.
        Origin::of(&self.0).unwrap_or(Origin { secure: false, host: String::new(), port: 0 })
    }

    /// The host, with the port if it names one: what a server is called here.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether both are on one server.
    #[must_use]
    pub fn is_with(&self, other: &Self) -> bool {
        self.origin() == other.origin()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Origin {
    fn of(url: &Url) -> Option<Self> {
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Some(Self { secure, host: url.host_str()?.to_owned(), port: url.port_or_known_default()? })
    }

    /// The host as it stands in a `Host` header and after the `@` of a handle: with the port where it is not the scheme's.
    #[must_use]
    pub fn authority(&self) -> String {
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules::new("https://ours.example", Vec::new()).unwrap()
    }

    #[test]
    fn an_id_has_one_form() {
        for same in ["https://a.example/u/x", "HTTPS://A.example/u/x", "https://a.example:443/u/x"] {
            if let Ok(id) = rules().id(same) {
                assert_eq!(id.as_str(), "https://a.example/u/x");
            } else {
                assert!(same.starts_with("HTTPS"));
            }
        }
        assert_eq!(rules().id("https://bücher.example/1").unwrap().host(), "xn--bcher-kva.example");
    }

    #[test]
    fn what_is_no_id_is_refused() {
        let long = format!("https://a.example/{}", "x".repeat(MAX_ID));
        let growing = format!("https://a.example/{}", "ü".repeat(500));
        for (text, why) in [
            (long.as_str(), BadId::Long),
            (growing.as_str(), BadId::Long),
            ("/u/x", BadId::NotAbsolute),
            ("", BadId::NotAbsolute),
            ("http://a.example/", BadId::Scheme),
            ("did:key:z6Mk", BadId::Scheme),
            ("data:text/html,x", BadId::Scheme),
            ("https://me@a.example/", BadId::Userinfo),
            ("https://:pass@a.example/", BadId::Userinfo),
            (" https://a.example/", BadId::Userinfo),
            ("https://127.0.0.1/", BadId::Host),
            ("https://[::1]/", BadId::Host),
            ("https://2130706433/", BadId::Host),
            ("https://0x7f.1/", BadId::Host),
            ("https://a.example./u/x", BadId::Host),
            ("https://a_b.example/", BadId::Host),
            ("https://a.example:8443/", BadId::Port),
            ("https://a.example/u/x#main-key", BadId::Fragment),
        ] {
            assert_eq!(rules().id(text), Err(why), "{text}");
        }
    }

    #[test]
    fn our_own_is_ours_however_it_is_written() {
        for ours in ["https://ours.example/u/x", "https://OURS.example/u/x", "https://ours.example:443/c/7"] {
            assert!(rules().is_ours(&rules().id(ours).unwrap()), "{ours}");
        }
        assert!(!rules().is_ours(&rules().id("https://ours.example.evil.example/").unwrap()));
    }

    #[test]
    fn a_test_network_has_ports_and_plain_http_and_neighbours_by_port() {
        let rules = Rules::new("http://a.test:8001", vec!["127.0.0.0/8".parse().unwrap()]).unwrap();
        let neighbour = rules.id("http://a.test:8002/u/x").unwrap();
        assert!(!rules.is_ours(&neighbour) && rules.is_ours(&rules.id("http://a.test:8001/u/x").unwrap()));
        assert_eq!(neighbour.host(), "a.test:8002");
        assert!(!neighbour.is_with(&rules.id("https://a.test:8002/").unwrap()));
    }

    #[test]
    fn what_is_called_may_name_a_port_and_is_otherwise_as_strict() {
        assert!(rules().callable("https://hook.example:8443/ask").is_ok());
        for (text, why) in [
            ("http://hook.example/", BadId::Scheme),
            ("https://127.0.0.1:8443/", BadId::Host),
            ("https://[::1]/", BadId::Host),
            ("https://me:pass@hook.example/", BadId::Userinfo),
            ("https://hook.example/#there", BadId::Fragment),
        ] {
            assert_eq!(rules().callable(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_key_is_found_in_its_document() {
        let found = rules().document_of("https://a.example/u/x#main-key").unwrap();
        assert_eq!(found.as_str(), "https://a.example/u/x");
    }
}
