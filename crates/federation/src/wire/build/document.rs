//! What is sent or served: an object, and the meaning of its names.

use activitypub_federation::kinds;
use activitypub_federation::protocol::context::WithContext;
use serde_json::{Map, Value, json};

use crate::wire::members;

/// Which names a document uses. Only contexts that peers carry with them are referred to: Fedify answers 500 to any other. What
/// they lack is defined in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    Plain,
    Actor,
    /// Notes, and whatever may have one in it.
    Note,
    /// The collection of a thread.
    Discussion,
    /// Permissions, requests for them and answers: who has to do with them knows GoToSocial's names.
    Permission,
    /// A request that has a Note in it.
    Asking,
}

/// Where GoToSocial's names are defined.
const GOTOSOCIAL: &str = "https://gotosocial.org/ns";

impl Context {
    fn value(self) -> Value {
        let plain = kinds::context();
        match self {
            Self::Plain => json!(plain),
            Self::Actor => json!([plain, kinds::security(), "https://purl.archive.org/socialweb/webfinger", {
                "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
                "toot": "http://joinmastodon.org/ns#",
                "discoverable": "toot:discoverable",
                "indexable": "toot:indexable",
                "featured": {"@id": "toot:featured", "@type": "@id"},
            }]),
            Self::Permission => json!([plain, GOTOSOCIAL]),
            Self::Asking => json!([plain, GOTOSOCIAL, {
                "sensitive": "as:sensitive",
                "ostatus": "http://ostatus.org#",
                "conversation": "ostatus:conversation",
                "canQuote": {"@id": "https://gotosocial.org/ns#canQuote", "@type": "@id"},
            }]),
            Self::Discussion => json!([plain, {(members::TERM): members::MEANING}]),
            Self::Note => json!([plain, {
                "sensitive": "as:sensitive",
                "ostatus": "http://ostatus.org#",
                "conversation": "ostatus:conversation",
                "gts": "https://gotosocial.org/ns#",
                "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
                "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
                "canReply": {"@id": "gts:canReply", "@type": "@id"},
                "canLike": {"@id": "gts:canLike", "@type": "@id"},
                "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
                "replyAuthorization": {"@id": "gts:replyAuthorization", "@type": "@id"},
                "approvedBy": {"@id": "gts:approvedBy", "@type": "@id"},
                "lemmy": "https://join-lemmy.org/ns#",
                "Lock": "lemmy:Lock",
            }]),
        }
    }
}

/// A whole document. As text ([`Document::json`]) it is what is sent, served, signed and kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub(super) context: Context,
    pub(super) body: Map<String, Value>,
}

impl Document {
    /// Takes the object that `value` is, without the parts that are `null`.
    pub(super) fn new(context: Context, value: Value) -> Self {
        let mut body = match value {
            Value::Object(body) => body,
            other => Map::from_iter([("object".to_owned(), other)]),
        };
        body.retain(|_, part| !part.is_null());
        Self { context, body }
    }

    /// The same under another id: an activity that nobody asks for by its number.
    #[must_use]
    pub fn called(mut self, id: String) -> Self {
        self.body.insert("id".to_owned(), Value::String(id));
        self
    }

    /// The document with its context, which comes first.
    #[must_use]
    pub fn value(&self) -> Value {
        json!(WithContext::new(&self.body, self.context.value()))
    }

    /// The same as text.
    #[must_use]
    pub fn json(&self) -> String {
        self.value().to_string()
    }

    /// The document without context, as it stands in another one.
    #[must_use]
    pub fn inner(&self) -> Value {
        Value::Object(self.body.clone())
    }
}

pub(super) fn public() -> String {
    kinds::public().into()
}
