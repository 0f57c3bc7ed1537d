//! Whatever is sent, nothing panics, and what is read keeps to its bounds.

use std::fs;

use federation::wire::parse;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use crate::golden;
use crate::peers::rules;

/// Names that mean something, so that chance gets behind the first question.
const NAMES: [&str; 24] = [
    "id",
    "type",
    "actor",
    "object",
    "target",
    "attributedTo",
    "inReplyTo",
    "to",
    "cc",
    "tag",
    "attachment",
    "content",
    "contentMap",
    "source",
    "url",
    "replies",
    "first",
    "items",
    "interactionPolicy",
    "publicKey",
    "inbox",
    "endpoints",
    "name",
    "published",
];

const TEXTS: [&str; 20] = [
    "Create",
    "Undo",
    "Accept",
    "Announce",
    "Update",
    "Delete",
    "Flag",
    "Note",
    "Person",
    "Tombstone",
    "Collection",
    "ReplyApproval",
    "https://a.example/u/x",
    "https://a.example/c/1",
    "https://a.example/u/x#main-key",
    "https://ours.example/c/7",
    "as:Public",
    "2026-11-23T10:00:00Z",
    "",
    "é\u{202e}\u{0}",
];

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![4 => prop::sample::select(&TEXTS[..]).prop_map(|text| json!(text)), 1 => any::<String>().prop_map(|text| json!(text))]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![6 => text(), 1 => Just(Value::Null), 1 => any::<bool>().prop_map(|b| json!(b)), 1 => any::<i64>().prop_map(|n| json!(n))];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let object = prop::collection::vec((prop::sample::select(&NAMES[..]), inner.clone()), 0..8);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::Array),
            object.prop_map(|parts| Value::Object(
                parts.into_iter().map(|(name, part)| (name.to_owned(), part)).collect()
            )),
        ]
    })
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(&NAMES[..]), value()), 0..12).prop_map(|parts| {
        let frame = json!({"id": "https://a.example/c/1", "type": "Create", "actor": "https://a.example/u/x"});
        let mut document: Map<String, Value> = frame.as_object().unwrap().clone();
        document.extend(parts.into_iter().map(|(name, part)| (name.to_owned(), part)));
        Value::Object(document)
    })
}

fn fixtures() -> Vec<Vec<u8>> {
    let files = golden::entries(&golden::place("in")).into_iter().flat_map(|software| golden::entries(&software));
    files
        .filter(|file| file.extension().is_some_and(|kind| kind == "json"))
        .map(|file| fs::read(file).unwrap())
        .collect()
}

/// Reads in every way. That it returns is what is asked; some of what it returns is looked at.
fn read_all(bytes: &[u8]) {
    let rules = rules();
    let asked = rules.id("https://a.example/c/1").unwrap();
    if let Ok(envelope) = parse::envelope(bytes, &rules) {
        assert!(envelope.id.document().is_with(&envelope.actor) && !rules.is_ours(&envelope.actor));
        assert!(parse::names(bytes, &rules).unwrap().len() <= 500);
    }
    if parse::parse(bytes, &rules).is_ok() {
        assert!(parse::envelope(bytes, &rules).is_ok());
    }
    if let Ok(actor) = parse::actor(bytes, &rules, &asked) {
        assert!(actor.inbox.is_with(&asked));
    }
    if let Ok(collection) = parse::collection(bytes, &rules, &asked) {
        assert!(collection.next.is_none_or(|next| next.is_with(&asked)));
    }
    if let Ok(parse::Found::Note(note)) = parse::object(bytes, &rules, &asked) {
        assert!(note.author.is_with(&asked));
    }
}

/// Puts `part` in the place that `path` leads to.
fn change(document: &mut Value, path: &[Index], part: Value) {
    let Some((step, rest)) = path.split_first() else {
        *document = part;
        return;
    };
    match document {
        Value::Object(object) if !object.is_empty() => {
            let at = step.index(object.len());
            change(object.values_mut().nth(at).unwrap(), rest, part);
        }
        Value::Array(items) if !items.is_empty() => {
            let at = step.index(items.len());
            change(&mut items[at], rest, part);
        }
        other => *other = part,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_any_kind_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    #[test]
    fn documents_of_any_kind_never_panic(document in document()) {
        read_all(document.to_string().as_bytes());
    }

    #[test]
    fn what_peers_send_never_panics_with_one_part_changed(
        which in any::<Index>(),
        path in prop::collection::vec(any::<Index>(), 1..6),
        part in value(),
    ) {
        let fixtures = fixtures();
        let mut document: Value = serde_json::from_slice(which.get::<Vec<u8>>(&fixtures)).unwrap();
        change(&mut document, &path, part);
        read_all(document.to_string().as_bytes());
    }

    #[test]
    fn what_peers_send_never_panics_with_one_byte_changed(which in any::<Index>(), place in any::<Index>(), byte in any::<u8>()) {
        let mut bytes = which.get::<Vec<u8>>(&fixtures()).clone();
        let at = place.index(bytes.len());
        bytes[at] = byte;
        read_all(&bytes);
        read_all(&bytes[..at]);
    }
}
