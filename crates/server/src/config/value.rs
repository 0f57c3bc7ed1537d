//! The types of single values, each of which can only hold what the server can use. A refusal says what to write
//! instead. Rules between several keys are in `check`.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The address of the instance as the world sees it: an origin without path, query or account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicUrl {
    text: String,
    https: bool,
    local: bool,
}

impl PublicUrl {
    /// The origin, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether browsers come by https, so that cookies are `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether only this machine or a test network knows the name.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.local
    }
}

impl Default for PublicUrl {
    fn default() -> Self {
        Self { text: "http://localhost:8536".to_owned(), https: false, local: true }
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = Url::parse(&text).map_err(|error| format!("not an address ({error}); {WRITE_URL}"))?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(format!("neither https nor http; {WRITE_URL}")),
        };
        let local = url.host().is_some_and(|host| is_local(&host));
        refuse_extras(&url)?;
        if !local && !https {
            return Err(format!("only a local name may go without https; {WRITE_URL}"));
        }
        if !local && url.port().is_some() {
            return Err(format!("other servers expect the usual port; {WRITE_URL}"));
        }
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), https, local })
    }
}

const WRITE_URL: &str = "write https:// and the host, such as https://talk.example.org";

/// Ids of comments are made from the address, so that what is not part of the origin would spoil every one.
fn refuse_extras(url: &Url) -> Result<(), String> {
    let account = !url.username().is_empty() || url.password().is_some();
    let rest = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    if account || rest {
        return Err(format!("an account, a path, a query or a fragment does not belong here; {WRITE_URL}"));
    }
    Ok(())
}

fn is_local(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost") || name.ends_with(".test"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl From<PublicUrl> for String {
    fn from(url: PublicUrl) -> Self {
        url.text
    }
}

/// A range of network addresses. A single address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// The range.
    #[must_use]
    pub fn net(self) -> IpNet {
        self.0
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let single = text.parse::<IpAddr>().map(IpNet::from);
        single.or_else(|_| text.parse::<IpNet>()).map(|net| Self(net.trunc())).map_err(|error| {
            format!(
                "{text:?} is not a network ({error}); write an address and a prefix, such as 10.0.0.0/8 or fd00::/8"
            )
        })
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

/// Where the database is: `sqlite://PATH`, `postgres://…`, or empty before it is resolved.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address, password included: for opening the database, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn or_sqlite_in(self, folder: &Path) -> Self {
        if !self.0.is_empty() {
            return self;
        }
        Self(format!("sqlite://{}", folder.join("rejoinder.db").display()))
    }
}

/// Shows the address with its password masked.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask_password(&self.0))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", mask_password(&self.0))
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once("://") {
            None if text.is_empty() => Ok(()),
            Some(("sqlite", path)) if !path.is_empty() => supported("sqlite", cfg!(feature = "sqlite")),
            // What may follow is libpq's business: it takes several hosts, and sockets, that no URL parser does.
            Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => {
                supported("postgres", cfg!(feature = "postgres"))
            }
            _ => Err(format!("no known database; {WRITE_DATABASE}")),
        }
        .map(|()| Self(text))
    }
}

const WRITE_DATABASE: &str =
    "write sqlite://PATH, postgres://USER:PASSWORD@HOST/NAME, or nothing for SQLite in the data folder";

fn supported(feature: &str, compiled_in: bool) -> Result<(), String> {
    if compiled_in {
        return Ok(());
    }
    Err(format!("this program was built without {feature}; build it with --features {feature}"))
}

impl From<DatabaseUrl> for String {
    fn from(url: DatabaseUrl) -> Self {
        url.0
    }
}

/// The address without what only the database should hear: a password before the `@`, or a `password` parameter.
pub(super) fn mask_password(text: &str) -> String {
    let (address, parameters) = text.split_once('?').map_or((text, None), |(address, rest)| (address, Some(rest)));
    let masked = match address.rsplit_once('@').and_then(|(account, host)| Some((account.split_once("://")?, host))) {
        Some(((scheme, account), host)) => {
            let user = account.split_once(':').map_or(account, |(user, _)| user);
            format!("{scheme}://{user}:***@{host}")
        }
        None => address.to_owned(),
    };
    match parameters {
        Some(rest) if rest.contains("password") => format!("{masked}?***"),
        Some(rest) => format!("{masked}?{rest}"),
        None => masked,
    }
}

/// A word that no log and no error may show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The word itself, for comparing with what a caller sends.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// TOML has no null and an environment variable cannot be unset from a file, so that "" says "none".
pub(super) mod empty_is_none {
    use serde::de::IntoDeserializer;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => value.serialize(serializer),
            None => serializer.serialize_str(""),
        }
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(None);
        }
        T::deserialize(text.into_deserializer()).map(Some)
    }
}
