//! Names that people write down, and what a server says about them (WebFinger, RFC 7033): the grammar of a handle, our answers, and
//! the reading of those of others. Who asks our server for which name is the door's affair.

mod handle;
mod resolve;

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::budget::registrable_domain;
use crate::media_type::{ACTIVITY_JSON, is_activity};
use crate::origin::{Id, Rules};

pub use handle::{BadHandle, Handle, MAX_HANDLE, MAX_NAME};
pub use resolve::{ResolveError, Resolved, resolve};

/// The type of an answer.
pub const JRD_JSON: &str = "application/jrd+json";
/// The longest answer that is read, in bytes.
pub const MAX_JRD: usize = 256 << 10;
/// The most links of one that are read.
pub const MAX_LINKS: usize = 100;

const SELF: &str = "self";
const PROFILE_PAGE: &str = "http://webfinger.net/rel/profile-page";
const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
/// What FEP-3b86 puts before the kind of what is intended.
const INTENT: &str = "https://w3id.org/fep/3b86/";
/// The property in which Lemmy says whether a link is a person or a community, who may share a name.
const TYPE: &str = "https://www.w3.org/ns/activitystreams#type";

/// What stands unchanged in a query (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a server says about a name: a JSON Resource Descriptor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jrd {
    /// The name in its proper form, as `acct:name@host`.
    #[serde(default)]
    pub subject: String,
    /// Other addresses of the same. Not read.
    #[serde(skip_deserializing)]
    pub aliases: Vec<String>,
    /// Where to find what.
    #[serde(default)]
    pub links: Vec<Link>,
}

/// One link of a [`Jrd`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is for.
    pub rel: String,
    /// The media type of what is found there.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// An address with a gap in braces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// More about it. Not read.
    #[serde(skip_deserializing, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<&'static str, &'static str>,
}

/// An actor of ours, as it is made known.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// `name@host`.
    pub handle: &'a str,
    /// Its id.
    pub id: &'a str,
    /// The page that people read.
    pub page: &'a str,
    /// `Person`, `Group` or `Application`.
    pub kind: &'static str,
    /// Where somebody with an account here acts on what they found elsewhere: an address with `{uri}` in it (OStatus).
    pub subscribe: Option<&'a str>,
    /// The same by kind of act (FEP-3b86): such as `Object`, and an address with `{object}` in it.
    pub intents: &'a [(&'a str, &'a str)],
}

/// Why what was sent is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadJrd {
    /// No JSON, or a field has an impossible value.
    #[error("the answer is no JSON resource descriptor: {0}")]
    NotJson(String),
    /// More than [`MAX_LINKS`].
    #[error("the answer has more than {MAX_LINKS} links")]
    TooManyLinks,
}

impl Jrd {
    /// Our answer.
    #[must_use]
    pub fn of(account: Account<'_>) -> Self {
        let Account { handle, id, page, kind, subscribe, intents } = account;
        let html = Some("text/html".to_owned());
        let page_link =
            Link { rel: PROFILE_PAGE.to_owned(), media_type: html, href: Some(page.to_owned()), ..Link::default() };
        let actor = Link {
            rel: SELF.to_owned(),
            media_type: Some(ACTIVITY_JSON.to_owned()),
            href: Some(id.to_owned()),
            template: None,
            properties: BTreeMap::from([(TYPE, kind)]),
        };
        let mut links = vec![page_link, actor];
        links.extend(subscribe.map(|template| Link::with_template(SUBSCRIBE.to_owned(), template)));
        links.extend(intents.iter().map(|(kind, template)| Link::with_template(format!("{INTENT}{kind}"), template)));
        let mut aliases = vec![page.to_owned(), id.to_owned()];
        aliases.dedup();
        Self { subject: format!("acct:{handle}"), aliases, links }
    }

    /// Reads another server's answer.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(body: &[u8]) -> Result<Self, BadJrd> {
        let jrd: Self = serde_json::from_slice(body)
            .map_err(|error| BadJrd::NotJson(error.to_string().chars().take(200).collect()))?;
        if jrd.links.len() > MAX_LINKS { Err(BadJrd::TooManyLinks) } else { Ok(jrd) }
    }

    /// The id of the actor. Of several the last: where a person and a community share a name, Lemmy puts the community last because
    /// Mastodon takes that.
    #[must_use]
    pub fn actor(&self, rules: &Rules) -> Option<Id> {
        let is_actor = |link: &&Link| link.rel == SELF && link.media_type.as_deref().is_some_and(is_activity);
        rules.id(self.links.iter().rev().find(is_actor)?.href.as_deref()?).ok()
    }

    fn template(&self, rel: &str) -> Option<&str> {
        self.links.iter().find(|link| link.rel == rel)?.template.as_deref()
    }
}

impl Link {
    fn with_template(rel: String, template: &str) -> Self {
        Self { rel, template: Some(template.to_owned()), ..Self::default() }
    }
}

/// Where somebody with this handle can answer one of our objects from their own server, if that server says so: by FEP-3b86, or else
/// by OStatus. Only to where the handle is at home: otherwise our page would send people to wherever a stranger likes
/// (CVE-2026-33868).
#[must_use]
pub fn remote_interaction(jrd: &Jrd, handle: &Handle, object: &Id, rules: &Rules) -> Option<Url> {
    let home = registrable_domain(handle.server());
    let value = utf8_percent_encode(object.as_str(), RESERVED).to_string();
    [(format!("{INTENT}Object"), "{object}"), (SUBSCRIBE.to_owned(), "{uri}")].iter().find_map(|(rel, gap)| {
        let template = jrd.template(rel)?;
        let filled = template.contains(gap).then(|| template.replace(gap, &value))?;
        let address = rules.id(&filled).ok()?;
        (registrable_domain(&address) == home).then(|| address.url().clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn rules() -> Rules {
        Rules::new("https://ours.example", Vec::new()).unwrap()
    }

    #[test]
    fn our_answer_has_page_actor_and_templates() {
        let jrd = Jrd::of(Account {
            handle: "news@ours.example",
            id: "https://ours.example/b/news",
            page: "https://ours.example/news",
            kind: "Group",
            subscribe: Some("https://ours.example/interact?uri={uri}"),
            intents: &[("Object", "https://ours.example/interact?uri={object}")],
        });
        assert_eq!(
            serde_json::to_value(jrd).unwrap(),
            json!({
                "subject": "acct:news@ours.example",
                "aliases": ["https://ours.example/news", "https://ours.example/b/news"],
                "links": [
                    {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://ours.example/news"},
                    {
                        "rel": "self", "type": "application/activity+json", "href": "https://ours.example/b/news",
                        "properties": {"https://www.w3.org/ns/activitystreams#type": "Group"}
                    },
                    {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": "https://ours.example/interact?uri={uri}"},
                    {"rel": "https://w3id.org/fep/3b86/Object", "template": "https://ours.example/interact?uri={object}"}
                ]
            })
        );
    }

    #[test]
    fn of_person_and_community_of_one_name_the_last_is_taken() {
        let jrd = Jrd::read(
            json!({"subject": "acct:x@a.example", "links": [
                {"rel": "self", "type": "application/activity+json", "href": "https://a.example/u/x"},
                {"rel": "self", "type": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                 "href": "https://a.example/c/x", "properties": {TYPE: "Group"}, "titles": {"en": "X"}},
                {"rel": "self", "type": "text/html", "href": "https://a.example/html"},
                {"rel": "http://webfinger.net/rel/avatar", "type": "image/png", "href": "https://a.example/png"}
            ]})
            .to_string()
            .as_bytes(),
        );
        assert_eq!(jrd.unwrap().actor(&rules()).unwrap().as_str(), "https://a.example/c/x");
    }

    #[test]
    fn e04_an_answer_with_many_links_or_in_xml_is_refused() {
        let link = json!({"rel": "self", "href": "https://a.example/"});
        let many = json!({"subject": "acct:x@a.example", "links": vec![link.clone(); MAX_LINKS + 1]}).to_string();
        assert_eq!(Jrd::read(many.as_bytes()), Err(BadJrd::TooManyLinks));
        let most = json!({"links": vec![link; MAX_LINKS]}).to_string();
        assert!(Jrd::read(most.as_bytes()).is_ok());
        assert!(matches!(Jrd::read(b"<XRD/>"), Err(BadJrd::NotJson(_))));
        let deep = format!("{{\"x\":{}", "[".repeat(5_000));
        assert!(matches!(Jrd::read(deep.as_bytes()), Err(BadJrd::NotJson(_))));
    }

    fn interaction(links: serde_json::Value) -> Option<String> {
        let jrd = Jrd::read(json!({"links": links}).to_string().as_bytes()).unwrap();
        let handle = Handle::parse("bo@a.example", &rules()).unwrap();
        let object = rules().id("https://ours.example/c/7?a=1&b").unwrap();
        remote_interaction(&jrd, &handle, &object, &rules()).map(String::from)
    }

    #[test]
    fn the_newer_way_to_answer_from_elsewhere_comes_first() {
        let encoded = "https%3A%2F%2Fours.example%2Fc%2F7%3Fa%3D1%26b";
        let older = json!({"rel": SUBSCRIBE, "template": "https://a.example/old?uri={uri}"});
        let newer =
            json!({"rel": "https://w3id.org/fep/3b86/Object", "template": "https://social.a.example/new?o={object}"});
        assert_eq!(interaction(json!([older, newer])).unwrap(), format!("https://social.a.example/new?o={encoded}"));
        assert_eq!(interaction(json!([older])).unwrap(), format!("https://a.example/old?uri={encoded}"));
        assert_eq!(interaction(json!([])), None);
    }

    #[test]
    fn e07_a_template_that_leads_elsewhere_is_not_used() {
        for template in [
            "javascript:alert('{uri}')",
            "http://a.example/?uri={uri}",
            "https://evil.example/?uri={uri}",
            "https://a.example.evil.example/?uri={uri}",
            "https://a.example@evil.example/?uri={uri}",
            "https://{uri}.a.example/",
            "//a.example/?uri={uri}",
            "/interact?uri={uri}",
            "https://a.example/interact",
            "https://a.example/?uri={object}",
        ] {
            assert_eq!(interaction(json!([{"rel": SUBSCRIBE, "template": template}])), None, "{template}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_may_be_sent_as_an_answer(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Jrd::read(&body);
        }

        #[test]
        fn any_links_may_be_sent(rel in ".{0,20}", media_type in prop::option::of(".{0,40}"), href in ".{0,60}") {
            let body = json!({"subject": rel, "links": [
                {"rel": "self", "type": media_type, "href": href}, {"rel": SUBSCRIBE, "template": href},
            ]});
            let jrd = Jrd::read(body.to_string().as_bytes()).unwrap();
            let _ = jrd.actor(&rules());
            prop_assert_eq!(interaction(json!([{"rel": SUBSCRIBE, "template": href}])), None);
        }
    }
}
