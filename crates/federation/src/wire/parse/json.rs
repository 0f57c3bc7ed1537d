//! JSON that has one meaning. serde_json takes the last of two equal names, others the first; whoever sends both wants to be read
//! differently by two programs, for example by the one that verifies and the one that acts.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Refused;

/// Longest document that is looked at, in bytes. Mastodon takes as much.
pub const MAX_BYTES: usize = 1 << 20;

/// Most values in one document. A value in memory takes many times what `0,` takes in the document.
const MAX_VALUES: usize = 100_000;

/// Keywords of JSON-LD that say of a thing that it is not where it stands.
const STRUCTURE: [&str; 3] = ["@graph", "@included", "@reverse"];

/// Reads a document that is one object. serde_json refuses more than 128 levels, so that nothing behind this needs to count them.
pub(super) fn read(bytes: &[u8]) -> Result<Map<String, Value>, Refused> {
    if bytes.len() > MAX_BYTES {
        return Err(Refused::Large);
    }
    match strictly(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refused::Unreadable("it is not an object".to_owned())),
        Err(error) => Err(Refused::Unreadable(error.to_string())),
    }
}

fn strictly(bytes: &[u8]) -> serde_json::Result<Value> {
    let left = Cell::new(MAX_VALUES);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { left: &left }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    left: &'a Cell<usize>,
}

impl Strict<'_> {
    fn count<E: Error>(self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| E::custom("it has too many values"))?;
        self.left.set(left);
        Ok(())
    }
}

/// A text that every database can keep. PostgreSQL has no character zero, and HTML shows this one in its place.
fn text(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(text(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let name = text(name);
            if STRUCTURE.contains(&name.as_str()) {
                return Err(A::Error::custom(format_args!("`{name}` is not taken")));
            }
            let value = entries.next_value_seed(self)?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice in one object"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_read_is_what_is_written() {
        let text = r#"{"b":[1,-2,0.5,true,null],"a":{"b":"\u00e9"}}"#;
        let read = Value::Object(read(text.as_bytes()).unwrap());
        assert_eq!(read, serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(read.to_string(), r#"{"b":[1,-2,0.5,true,null],"a":{"b":"é"}}"#);
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_however_it_is_spelt() {
        for text in [r#"{"id":"a","id":"b"}"#, r#"{"id":"a","\u0069d":"a"}"#, r#"{"o":[{"x":1,"y":2,"x":1}]}"#] {
            assert!(why(text).contains("stands twice"), "{text}");
        }
    }

    #[test]
    fn the_character_zero_is_nowhere_left() {
        let text = r#"{"a\u0000":["\u0000b",{"c":"\u0000"}]}"#;
        let read = Value::Object(read(text.as_bytes()).unwrap());
        assert_eq!(read, serde_json::json!({ "a\u{fffd}": ["\u{fffd}b", { "c": "\u{fffd}" }] }));
    }

    #[test]
    fn structure_from_elsewhere_is_refused_at_any_depth() {
        for text in [r#"{"@graph":[]}"#, r#"{"object":{"@included":[]}}"#, r#"{"a":[{"@reverse":{}}]}"#] {
            assert!(why(text).contains("is not taken"), "{text}");
        }
    }

    #[test]
    fn depth_size_and_number_have_a_bound() {
        let deep = format!("{}{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
        assert!(why(&deep).contains("recursion limit"));
        assert!(why(&format!(r#"{{"a":[{}0]}}"#, "0,".repeat(MAX_VALUES))).contains("too many values"));
        assert_eq!(read(&vec![b' '; MAX_BYTES + 1]), Err(Refused::Large));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "[]", "7", "\"x\"", "{} {}", "{", "{\"a\":1e999}", "\u{feff}{}"] {
            assert!(matches!(read(text.as_bytes()), Err(Refused::Unreadable(_))), "{text}");
        }
        assert!(read(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn the_names_that_serde_json_keeps_for_itself_are_names() {
        let text = r#"{"$serde_json::private::RawValue":"{]"}"#;
        assert_eq!(Value::Object(read(text.as_bytes()).unwrap()).to_string(), text);
    }
}
