//! Mutation of JSON as what it is: parts are exchanged, wrapped, repeated, taken away, and what comes out can be read again. Bytes alone
//! hardly get behind the first bracket.

use serde_json::{Map, Value};

use crate::chance::Chance;

/// Names that mean something to whoever reads it.
const NAMES: [&str; 44] = [
    "id",
    "type",
    "actor",
    "object",
    "target",
    "attributedTo",
    "inReplyTo",
    "to",
    "cc",
    "audience",
    "tag",
    "attachment",
    "content",
    "contentMap",
    "source",
    "mediaType",
    "url",
    "href",
    "replies",
    "context",
    "first",
    "next",
    "items",
    "orderedItems",
    "totalItems",
    "interactionPolicy",
    "canReply",
    "automaticApproval",
    "publicKey",
    "publicKeyPem",
    "owner",
    "inbox",
    "outbox",
    "followers",
    "endpoints",
    "sharedInbox",
    "name",
    "summary",
    "published",
    "updated",
    "preferredUsername",
    "subject",
    "links",
    "@context",
];

/// Texts that mean something, or mean harm.
const TEXTS: [&str; 40] = [
    "Create",
    "Undo",
    "Accept",
    "Announce",
    "Update",
    "Delete",
    "Flag",
    "Follow",
    "Like",
    "Move",
    "Note",
    "Page",
    "Person",
    "Group",
    "Tombstone",
    "Collection",
    "OrderedCollectionPage",
    "ReplyAuthorization",
    "https://a.example/u/x",
    "https://a.example/c/1",
    "https://a.example/u/x#main-key",
    "https://ours.example/c/7",
    "https://ours.example/u/ana",
    "http://127.0.0.1/",
    "https://www.w3.org/ns/activitystreams#Public",
    "as:Public",
    "2026-11-23T10:00:00Z",
    "9999-12-31T23:59:59Z",
    "-1",
    "",
    "acct:x@a.example",
    "application/activity+json",
    "text/markdown",
    "javascript:alert(1)",
    "\u{202e}",
    "\0",
    "a\u{300}\u{300}\u{300}",
    "<p>Hello</p>",
    "https://a.example:8443/",
    "https://xn--bcher-kva.example/",
];

/// A document with one to four changes, which may have parts of the other.
pub fn mutated(chance: &mut Chance, document: &[u8], other: &[u8]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(document).ok()?;
    let other: Value = serde_json::from_slice(other).unwrap_or(Value::Null);
    for _ in 0..=chance.below(4) {
        let place = chance.below(count(&value));
        change(chance, nth(&mut value, place)?, &other);
    }
    let mut bytes = serde_json::to_vec(&value).ok()?;
    if chance.once_in(8) {
        repeat_a_name(chance, &mut bytes);
    }
    Some(bytes)
}

/// How many values there are in one, itself included.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(entries) => 1 + entries.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// The value of that number, from without to within.
fn nth(value: &mut Value, number: usize) -> Option<&mut Value> {
    if number == 0 {
        return Some(value);
    }
    let mut left = number - 1;
    let inner: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(entries) => Box::new(entries.values_mut()),
        _ => return None,
    };
    for one in inner {
        let size = count(one);
        if left < size {
            return nth(one, left);
        }
        left -= size;
    }
    None
}

fn change(chance: &mut Chance, place: &mut Value, other: &Value) {
    let new = match chance.below(16) {
        0 => Value::Null,
        1 => Value::Bool(chance.once_in(2)),
        2 => number(chance),
        3..=5 => text(chance),
        6 => Value::Array(vec![place.take()]),
        7 => Value::Array(vec![place.clone(), place.take()]),
        8 => Value::Array(vec![place.take(); 1 << chance.below(10)]),
        9 => wrapped(chance, place.take()),
        10 => nested(chance, place.take()),
        11 | 12 => {
            let mut other = other.clone();
            let number = chance.below(count(&other));
            nth(&mut other, number).map(Value::take).unwrap_or_default()
        }
        13 => long(chance),
        _ => return within(chance, place),
    };
    *place = new;
}

/// Something is put into an object or an array, or taken out.
fn within(chance: &mut Chance, place: &mut Value) {
    match place {
        Value::Object(entries) => {
            let name = chance.one_of(&NAMES).copied().unwrap_or("id");
            if chance.once_in(2) {
                entries.remove(name);
            } else {
                let value = text(chance);
                entries.insert(name.to_owned(), value);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = chance.below(items.len());
            items.remove(at);
        }
        other => *other = text(chance),
    }
}

fn wrapped(chance: &mut Chance, value: Value) -> Value {
    let mut entries = Map::new();
    for _ in 0..chance.below(3) {
        let (name, value) = (chance.one_of(&NAMES).copied().unwrap_or("id"), text(chance));
        entries.insert(name.to_owned(), value);
    }
    entries.insert(chance.one_of(&NAMES).copied().unwrap_or("object").to_owned(), value);
    Value::Object(entries)
}

/// Deep, but not so deep that it could not be written.
fn nested(chance: &mut Chance, value: Value) -> Value {
    let name = chance.one_of(&NAMES).copied().unwrap_or("object");
    (0..chance.below(100)).fold(value, |inner, _| {
        if name.len() % 2 == 0 {
            Value::Array(vec![inner])
        } else {
            Value::Object(Map::from_iter([(name.to_owned(), inner)]))
        }
    })
}

fn number(chance: &mut Chance) -> Value {
    let all = [0.into(), (-1).into(), 1.5.into(), u64::MAX.into(), i64::MIN.into(), 1e300.into()];
    chance.one_of(&all).cloned().unwrap_or_default()
}

fn text(chance: &mut Chance) -> Value {
    chance.one_of(&TEXTS).copied().unwrap_or_default().into()
}

fn long(chance: &mut Chance) -> Value {
    chance.one_of(&TEXTS).copied().unwrap_or_default().repeat(1 << chance.below(12)).into()
}

/// One name comes twice in an object, which no value in memory can show.
fn repeat_a_name(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let places: Vec<usize> =
        bytes.iter().enumerate().filter(|(_, byte)| **byte == b'{').map(|(at, _)| at + 1).collect();
    let Some(at) = chance.one_of(&places).copied() else { return };
    let name = chance.one_of(&NAMES).copied().unwrap_or("id");
    let end = if bytes.get(at) == Some(&b'}') { "" } else { "," };
    bytes.splice(at..at, format!("\"{name}\":\"https://b.example/\"{end}").into_bytes());
}
