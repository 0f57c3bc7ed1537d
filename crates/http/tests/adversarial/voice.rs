//! Somebody on another server, whether that server is there or not: a name, a key, and what is said.

use std::sync::Arc;

use federation::keys::PrivateKey;
use serde_json::{Value, json};

use crate::house::House;
use crate::letter::{Letter, USUAL};

/// Everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Somebody.
#[derive(Clone)]
pub struct Voice {
    /// Their server, such as `https://remote.example`.
    pub base: String,
    pub name: String,
    pub key: Arc<PrivateKey>,
}

/// The key of everybody who does not need one of their own: making one takes tenths of a second.
pub fn usual_key() -> Arc<PrivateKey> {
    let key = include_bytes!("../../../federation/tests/fixtures/rsa-2048.pk8");
    Arc::new(PrivateKey::from_pkcs8(key).unwrap())
}

/// Another one.
pub fn other_key() -> Arc<PrivateKey> {
    Arc::new(PrivateKey::generate().unwrap())
}

impl Voice {
    pub fn new(base: &str, name: &str) -> Self {
        Self { base: base.to_owned(), name: name.to_owned(), key: usual_key() }
    }

    /// Somebody else on the same server, with the same key in their name.
    pub fn neighbour(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    pub fn with_key(&self, key: Arc<PrivateKey>) -> Self {
        Self { key, ..self.clone() }
    }

    pub fn id(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    pub fn me(&self) -> String {
        self.id(&format!("users/{}", self.name))
    }

    pub fn key_id(&self) -> String {
        format!("{}#main-key", self.me())
    }

    /// As their server shows them.
    pub fn actor(&self) -> Value {
        let id = self.me();
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": "Person", "preferredUsername": self.name,
            "inbox": format!("{id}/inbox"), "outbox": format!("{id}/outbox"), "followers": format!("{id}/followers"),
            "endpoints": { "sharedInbox": self.id("inbox") },
            "publicKey": { "id": self.key_id(), "owner": id, "publicKeyPem": self.key.public_pem() },
        })
    }

    /// A public note that answers `to`.
    pub fn note(&self, path: &str, to: &str, content: &str) -> Value {
        json!({
            "id": self.id(path), "type": "Note", "attributedTo": self.me(), "inReplyTo": to,
            "to": [PUBLIC], "cc": [format!("{}/followers", self.me())],
            "published": "2027-01-15T07:00:00Z", "content": content,
        })
    }

    pub fn activity(&self, path: &str, kind: &str, object: &Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": self.id(path), "type": kind,
            "actor": self.me(), "object": object, "to": [PUBLIC],
        })
    }

    /// A request to an inbox, dated and not signed.
    pub fn unsigned(&self, house: &House, inbox: &str, activity: &str) -> Letter {
        Letter::new("POST", inbox, activity.as_bytes())
            .with("host", house.host())
            .with("content-type", "application/activity+json")
            .dated(house.now())
    }

    /// The parameters of a usual signature.
    pub fn parameters(&self) -> String {
        format!(r#"keyId="{}",algorithm="rsa-sha256""#, self.key_id())
    }

    /// Whatever it is, signed as it should be.
    pub fn signed(&self, house: &House, activity: &str) -> Letter {
        self.unsigned(house, "/inbox", activity).cavage(&self.key, USUAL, &self.parameters())
    }

    pub fn letter(&self, house: &House, activity: &Value) -> Letter {
        self.signed(house, &activity.to_string())
    }
}
