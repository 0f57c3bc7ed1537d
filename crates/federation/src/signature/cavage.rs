//! Signatures by draft-cavage-http-signatures-12: what Mastodon, GoToSocial, Misskey, Lemmy and nearly all others send.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;

use super::field::{self, BLANK, MAX_COVERED, MAX_NAME, shown};
use super::{Claim, Here, Incoming, Refused, digest, has_body, window};
use crate::keys::Hash;

/// More parameters than the draft knows, with room for those that it does not.
const MAX_PARAMETERS: usize = 16;

/// What stands in the header.
#[derive(Debug)]
pub(super) struct Parameters {
    key_id: String,
    algorithm: Option<String>,
    /// Seconds.
    created: Option<i64>,
    /// Seconds.
    expires: Option<i64>,
    covered: Vec<String>,
    pub(super) signature: Vec<u8>,
}

/// Reads the signature in this text and holds the request to all but its key.
pub(super) fn read(request: &Incoming<'_>, here: &Here<'_>, text: &str) -> Result<Claim, Refused> {
    let parameters = Parameters::read(text)?;
    let hashes = parameters.hashes()?;
    parameters.cover(request)?;
    let signed_ms = parameters.are_of_now(request, here)?;
    if parameters.covers("digest") {
        digest::check(field::only(request.headers, "digest")?, request.body)?;
    }
    // The draft signs the query; Fedify and older Mastodons leave it out. Our inboxes have none, and for reading it decides at most
    // which page of one collection is seen.
    let mut bases = vec![parameters.base(request, request.target)?];
    if let Some((path, _)) = request.target.split_once('?') {
        bases.push(parameters.base(request, path)?);
    }
    Ok(Claim { key_id: parameters.key_id, signed_ms, bases, hashes, signature: parameters.signature })
}

impl Parameters {
    pub(super) fn read(text: &str) -> Result<Self, Refused> {
        let pairs = pairs(text)?;
        let find = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let need = |name: &'static str| find(name).ok_or(Refused::ParameterMissing(name));
        let seconds = |name: &'static str| find(name).map(|text| seconds(name, text)).transpose();
        Ok(Self {
            key_id: need("keyId")?.to_owned(),
            algorithm: find("algorithm").map(str::to_owned),
            created: seconds("created")?,
            expires: seconds("expires")?,
            covered: covered(need("headers")?)?,
            signature: STANDARD.decode(need("signature")?).ok().ok_or(Refused::Parameters)?,
        })
    }

    fn covers(&self, name: &str) -> bool {
        self.covered.iter().any(|covered| covered == name)
    }

    /// The key is RSA, whatever the label says: a label may not contradict it, and cannot choose it (RFC 9421, section 7.3.6). `hs2019`
    /// leaves the hash open: it is SHA-512 at PeerTube, and SHA-256 at all others.
    fn hashes(&self) -> Result<&'static [Hash], Refused> {
        let timed = self.covers("(created)") || self.covers("(expires)");
        match self.algorithm.as_deref() {
            None | Some("hs2019") => Ok(&[Hash::Sha256, Hash::Sha512]),
            Some("rsa-sha256" | "rsa-sha512") if timed => Err(Refused::OldLabel),
            Some("rsa-sha256") => Ok(&[Hash::Sha256]),
            Some("rsa-sha512") => Ok(&[Hash::Sha512]),
            Some(_) => Err(Refused::Algorithm),
        }
    }

    /// Holds the signature to covering what must not be changed.
    fn cover(&self, request: &Incoming<'_>) -> Result<(), Refused> {
        for name in ["(request-target)", "host"] {
            if !self.covers(name) {
                return Err(Refused::NotCovered(name));
            }
        }
        if has_body(request) && !self.covers("digest") {
            return Err(Refused::NotCovered("digest"));
        }
        if !self.covers("date") && !self.covers("(created)") {
            return Err(Refused::NotCovered("date or (created)"));
        }
        Ok(())
    }

    /// Holds every time that is given to the window, covered or not. Says when it was signed: of two times the earlier.
    fn are_of_now(&self, request: &Incoming<'_>, here: &Here<'_>) -> Result<i64, Refused> {
        let mut signed = here.now_ms;
        if let Some(created) = self.created {
            let created = window::milliseconds("created", created)?;
            window::recent(created, here.now_ms)?;
            signed = signed.min(created);
        }
        if let Some(expires) = self.expires {
            window::running(window::milliseconds("expires", expires)?, here.now_ms)?;
        }
        if self.covers("date") {
            let date = window::date(field::only(request.headers, "date")?)?;
            window::recent(date, here.now_ms)?;
            signed = signed.min(date);
        }
        Ok(signed)
    }

    /// What was signed, if this is the target (section 2.3).
    pub(super) fn base(&self, request: &Incoming<'_>, target: &str) -> Result<String, Refused> {
        let mut lines = Vec::with_capacity(self.covered.len());
        for name in &self.covered {
            let value = match name.as_str() {
                "(request-target)" => format!("{} {target}", request.method.to_ascii_lowercase()),
                "(created)" => self.created.ok_or(Refused::ParameterMissing("created"))?.to_string(),
                "(expires)" => self.expires.ok_or(Refused::ParameterMissing("expires"))?.to_string(),
                name => field::only(request.headers, name)?.to_owned(),
            };
            lines.push(format!("{name}: {value}"));
        }
        Ok(lines.join("\n"))
    }
}

/// The names that are covered, in lower case.
fn covered(text: &str) -> Result<Vec<String>, Refused> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split(' ').map(str::to_ascii_lowercase) {
        let known = matches!(name.as_str(), "(request-target)" | "(created)" | "(expires)");
        if !known && (name.len() > MAX_NAME || HeaderName::from_bytes(name.as_bytes()).is_err()) {
            return Err(Refused::Component(shown(&name)));
        }
        if names.contains(&name) {
            return Err(Refused::CoveredTwice(name));
        }
        if names.len() == MAX_COVERED {
            return Err(Refused::CoversTooMuch);
        }
        names.push(name);
    }
    Ok(names)
}

/// Digits and nothing else: a sign, a fraction or a blank is another number to another parser.
fn seconds(name: &'static str, text: &str) -> Result<i64, Refused> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(Refused::NotSeconds(name))
}

/// `name="value"` or `name=value`, with commas between (section 4.1). No name twice (section 2.2), in whatever case.
fn pairs(text: &str) -> Result<Vec<(&str, &str)>, Refused> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = rest.split_once('=').ok_or(Refused::Parameters)?;
        let (value, after) = value(after).ok_or(Refused::Parameters)?;
        let is_name = (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_name || pairs.len() == MAX_PARAMETERS {
            return Err(Refused::Parameters);
        }
        if pairs.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Err(Refused::ParameterRepeated(name.to_owned()));
        }
        pairs.push((name, value));
        let after = after.trim_start_matches(BLANK);
        if after.is_empty() {
            return Ok(pairs);
        }
        rest = after.strip_prefix(',').ok_or(Refused::Parameters)?.trim_start_matches(BLANK);
    }
}

/// A value at the beginning of a text, and what follows it. A backslash would end a quoted value for one parser and not for another.
fn value(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"').filter(|(value, _)| !value.contains('\\'));
    }
    let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(value, _)| !value.is_empty() && !value.contains(['"', '\\', '=']))
}
