//! Permissions for what is done with comments, as GoToSocial asks for them and gives them: the request with what is to be allowed in it,
//! the answer, and the document that proves it.

use serde_json::{Value, json};

use super::activity::Heading;
use super::document::{Context, Document};
use super::note::{self, Note};
use crate::wire::addresses::{Addresses, OurActor, Ours};

/// What is done with a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is answered.
    Reply,
    /// It is liked.
    Like,
}

impl Deed {
    fn request(self) -> &'static str {
        match self {
            Self::Reply => "ReplyRequest",
            Self::Like => "LikeRequest",
        }
    }

    fn authorization(self) -> &'static str {
        match self {
            Self::Reply => "ReplyAuthorization",
            Self::Like => "LikeAuthorization",
        }
    }
}

/// A request as it came from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// What it is called.
    pub id: &'a str,
    /// To do what.
    pub deed: Deed,
    /// Who asks.
    pub actor: &'a str,
    /// What is to be allowed: the answer, the like.
    pub instrument: &'a str,
    /// With what: the comment.
    pub object: &'a str,
}

/// Somebody here asks to answer what `to` wrote. The comment is for everybody; the request, with the comment in it, is for `to` alone.
#[must_use]
pub fn ask_to_reply(heading: Heading<'_>, comment: &Note, to: &str) -> Document {
    let note = note::note(heading.addresses, comment);
    let object = note.body.get("inReplyTo").cloned();
    let rest = json!({"to": [to], "object": object, "instrument": note.body});
    heading.document(Context::Asking, Deed::Reply.request(), rest)
}

/// Somebody here asks to like `object`, which `to` wrote, by this `Like`.
#[must_use]
pub fn ask_to_like(heading: Heading<'_>, like: &Document, object: &str, to: &str) -> Document {
    let rest = json!({"to": [to], "object": object, "instrument": like.body});
    heading.document(Context::Permission, Deed::Like.request(), rest)
}

/// Yes to a request; `authorization` is where that can be read.
#[must_use]
pub fn allow(heading: Heading<'_>, request: Request<'_>, authorization: i64) -> Document {
    let result = heading.addresses.of(&Ours::Authorization(authorization));
    answer(heading, "Accept", request, json!(result))
}

/// No to a request.
#[must_use]
pub fn deny(heading: Heading<'_>, request: Request<'_>) -> Document {
    answer(heading, "Reject", request, Value::Null)
}

fn answer(heading: Heading<'_>, kind: &str, request: Request<'_>, result: Value) -> Document {
    let Request { id, deed, actor, instrument, object } = request;
    let asked = json!({"id": id, "type": deed.request(), "actor": actor, "instrument": instrument, "object": object});
    heading.document(Context::Permission, kind, json!({"to": [actor], "object": asked, "result": result}))
}

/// The permission for something that was done elsewhere with a comment of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Its number.
    pub number: i64,
    /// What was done.
    pub deed: Deed,
    /// Who permits it: in whose name the comment stands.
    pub author: OurActor,
    /// The id of what was done: the answer, the like.
    pub object: String,
    /// The id of the comment.
    pub target: String,
}

/// The document that proves a permission.
#[must_use]
pub fn authorization(addresses: &Addresses, permission: &Authorization) -> Document {
    let Authorization { number, deed, author, object, target } = permission;
    let body = json!({
        "id": addresses.of(&Ours::Authorization(*number)),
        "type": deed.authorization(),
        "attributedTo": addresses.actor(author),
        "interactingObject": object,
        "interactionTarget": target,
    });
    Document::new(Context::Permission, body)
}

/// What is left of a permission that does not hold any more.
#[must_use]
pub fn revoked(addresses: &Addresses, number: i64) -> Document {
    Document::new(Context::Plain, note::tomb(&addresses.of(&Ours::Authorization(number))))
}

/// A like that whoever wrote what is liked has allowed, which can be read there.
#[must_use]
pub fn allowed_like(mut like: Document, authorization: &str) -> Document {
    like.context = Context::Permission;
    for name in ["likeAuthorization", "approvedBy"] {
        like.body.insert(name.to_owned(), json!(authorization));
    }
    like
}
