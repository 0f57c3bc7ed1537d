//! Signatures by RFC 9421: Mastodon from 4.5 on, Fedify, NodeBB, WordPress.
//!
//! Structured fields are taken only in the form in which they are written back (RFC 9651, section 4.1). So a key that comes twice is
//! refused, where the standard lets the last one win, and the text received is the text signed.

use http::HeaderName;
use sfv::{BareItem, Dictionary, FieldType as _, InnerList, Item, ListEntry, Parser};

use super::field::{MAX_COVERED, MAX_NAME, shown};
use super::{Claim, Here, Incoming, Refused, digest, field, has_body, window};
use crate::keys::Hash;

/// A signature and what it says of itself.
#[derive(Debug)]
pub(super) struct Labelled<'a> {
    list: InnerList,
    /// The list as received, which is the last line of what was signed.
    params: &'a str,
    pub(super) signature: Vec<u8>,
}

/// Reads the signature in `Signature` and `Signature-Input`, and holds the request to all but its key.
pub(super) fn read(request: &Incoming<'_>, here: &Here<'_>) -> Result<Claim, Refused> {
    let input = field::only(request.headers, "signature-input")?;
    let labelled = Labelled::read(input, field::only(request.headers, "signature")?)?;
    labelled.is_rsa()?;
    labelled.covers_enough(request)?;
    let signed_ms = labelled.is_of_now(request, here)?;
    if labelled.covers("content-digest") {
        digest::check_content(field::only(request.headers, "content-digest")?, request.body)?;
    }
    let key_id = labelled.parameter("keyid").ok_or(Refused::ParameterMissing("keyid"))?;
    let key_id = key_id.as_string().ok_or(Refused::Structured("Signature-Input"))?.as_str().to_owned();
    let base = labelled.base(request, here)?;
    Ok(Claim { key_id, signed_ms, bases: vec![base], hashes: &[Hash::Sha256], signature: labelled.signature })
}

/// Reads a dictionary that is written in its one form.
pub(super) fn dictionary(header: &'static str, text: &str) -> Result<Dictionary, Refused> {
    let read: Dictionary = Parser::new(text).parse().ok().ok_or(Refused::Structured(header))?;
    if read.serialize().as_deref() == Some(text) { Ok(read) } else { Err(Refused::Structured(header)) }
}

/// The only member of a dictionary.
fn only_member(header: &'static str, text: &str) -> Result<(sfv::Key, ListEntry), Refused> {
    let mut members = dictionary(header, text)?.into_iter();
    match (members.next(), members.next()) {
        (None, _) => Err(Refused::Structured(header)),
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Refused::SeveralSignatures),
    }
}

impl<'a> Labelled<'a> {
    pub(super) fn read(input: &'a str, signature: &str) -> Result<Self, Refused> {
        let (label, ListEntry::InnerList(list)) = only_member("Signature-Input", input)? else {
            return Err(Refused::Structured("Signature-Input"));
        };
        let (same, ListEntry::Item(Item { bare_item: BareItem::ByteSequence(signature), .. })) =
            only_member("Signature", signature)?
        else {
            return Err(Refused::Structured("Signature"));
        };
        if label != same {
            return Err(Refused::Structured("Signature"));
        }
        let (_, params) = input.split_once('=').ok_or(Refused::Structured("Signature-Input"))?;
        let labelled = Self { list, params, signature };
        labelled.names_each_once()?;
        Ok(labelled)
    }

    /// Every component is a plain name, and named once (section 2.5). A name with a parameter (`;sf`, `;bs`, `;req` …) is another
    /// component; nobody here sends one.
    fn names_each_once(&self) -> Result<(), Refused> {
        let mut seen = Vec::new();
        for item in &self.list.items {
            match item.bare_item.as_string() {
                Some(name) if item.params.is_empty() && name.as_str().len() <= MAX_NAME => {
                    if seen.contains(&name.as_str()) {
                        return Err(Refused::CoveredTwice(name.to_string()));
                    }
                    seen.push(name.as_str());
                }
                _ => return Err(Refused::Component(shown(&item.serialize()))),
            }
            if seen.len() > MAX_COVERED {
                return Err(Refused::CoversTooMuch);
            }
        }
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.list.items.iter().filter_map(|item| item.bare_item.as_string()).map(|name| name.as_str())
    }

    fn covers(&self, name: &str) -> bool {
        self.names().any(|covered| covered == name)
    }

    fn parameter(&self, name: &str) -> Option<&BareItem> {
        self.list.params.get(name)
    }

    fn is_rsa(&self) -> Result<(), Refused> {
        match self.parameter("alg").map(BareItem::as_string) {
            None => Ok(()),
            Some(Some(label)) if label.as_str() == "rsa-v1_5-sha256" => Ok(()),
            Some(_) => Err(Refused::Algorithm),
        }
    }

    /// The target holds our host, so that it need not be covered by itself.
    fn covers_enough(&self, request: &Incoming<'_>) -> Result<(), Refused> {
        for name in ["@method", "@target-uri"] {
            if !self.covers(name) {
                return Err(Refused::NotCovered(name));
            }
        }
        if has_body(request) && !self.covers("content-digest") {
            return Err(Refused::NotCovered("content-digest"));
        }
        Ok(())
    }

    /// Says when it was signed.
    fn is_of_now(&self, request: &Incoming<'_>, here: &Here<'_>) -> Result<i64, Refused> {
        let created = self.seconds("created")?.ok_or(Refused::ParameterMissing("created"))?;
        window::recent(created, here.now_ms)?;
        if let Some(expires) = self.seconds("expires")? {
            window::running(expires, here.now_ms)?;
        }
        if self.covers("date") {
            window::recent(window::date(field::only(request.headers, "date")?)?, here.now_ms)?;
        }
        Ok(created)
    }

    /// A parameter that is a time, in milliseconds.
    fn seconds(&self, name: &'static str) -> Result<Option<i64>, Refused> {
        let Some(item) = self.parameter(name) else { return Ok(None) };
        let seconds = item.as_integer().ok_or(Refused::NotSeconds(name))?;
        window::milliseconds(name, i64::from(seconds)).map(Some)
    }

    /// What was signed (section 2.5).
    pub(super) fn base(&self, request: &Incoming<'_>, here: &Here<'_>) -> Result<String, Refused> {
        let mut base = String::new();
        for name in self.names() {
            base.push_str(&format!("\"{name}\": {}\n", component(name, request, here)?));
        }
        base.push_str(&format!("\"@signature-params\": {}", self.params));
        Ok(base)
    }
}

/// The value of a component (section 2.1 and 2.2). Where we are is what we know ourselves to be called, not what a proxy calls us.
fn component(name: &str, request: &Incoming<'_>, here: &Here<'_>) -> Result<String, Refused> {
    match name {
        "@method" => Ok(request.method.to_owned()),
        "@target-uri" => Ok(format!("{}{}", here.origin, request.target)),
        "@authority" => Ok(here.origin.authority()),
        "@path" => Ok(request.target.split_once('?').map_or(request.target, |(path, _)| path).to_owned()),
        name if HeaderName::from_lowercase(name.as_bytes()).is_ok() => {
            field::only(request.headers, name).map(str::to_owned)
        }
        _ => Err(Refused::Component(name.to_owned())),
    }
}
