//! JSON from elsewhere, read piece by piece. Here: one level of it at a time, so that neither deep nesting nor a field of the
//! wrong type brings the rest down. Not here: what the fields mean.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::foreign::ParseError;

/// Levels of comments that are read. The deepest real discussions have about 60.
pub const LEVELS: usize = 1_000;

/// Brackets that this many levels of comments take: an object and a list for the root and each comment.
const BRACKETS: usize = 2 * LEVELS + 2;

const INCOMPLETE: &str = "If the file was cut off, save it again; if it was edited, undo that.";

/// An object whose fields have not been looked at yet.
pub struct Object<'a> {
    fields: HashMap<String, &'a RawValue>,
    /// Its source text.
    pub source: &'a str,
}

/// A field that holds something else than it should.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistyped {
    pub field: &'static str,
    /// What it should be.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

impl Mistyped {
    pub fn problem(&self) -> String {
        format!("should be {} but is `{}`", self.expected, self.found)
    }
}

/// A type that a field can have.
pub trait Kind<'a>: Deserialize<'a> {
    const NAME: &'static str;
}

impl Kind<'_> for String {
    const NAME: &'static str = "text";
}

impl Kind<'_> for i64 {
    const NAME: &'static str = "a whole number of at most 64 bits";
}

impl Kind<'_> for bool {
    const NAME: &'static str = "true or false";
}

impl<'a> Kind<'a> for Vec<&'a RawValue> {
    const NAME: &'static str = "a list";
}

impl<'a> Object<'a> {
    /// The fields of a piece of JSON, if it is an object.
    pub fn read(source: &'a RawValue) -> Option<Self> {
        let fields = serde_json::from_str(source.get()).ok()?;
        Some(Self { fields, source: source.get() })
    }

    /// Whether the field is there and not null.
    pub fn has(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|value| value.get() != "null")
    }

    /// A field's value; absent and null are the same.
    pub fn get<T: Kind<'a>>(&self, field: &'static str) -> Result<Option<T>, Mistyped> {
        let Some(value) = self.fields.get(field).filter(|value| value.get() != "null") else { return Ok(None) };
        let wrong = |_| Mistyped { field, expected: T::NAME, found: crate::foreign::excerpt(value.get()) };
        serde_json::from_str(value.get()).map(Some).map_err(wrong)
    }

    /// An id: a positive number, which some exports write as text.
    pub fn id(&self, field: &'static str) -> Result<Option<u64>, Mistyped> {
        let Some(value) = self.fields.get(field).filter(|value| value.get() != "null") else { return Ok(None) };
        let wrong =
            || Mistyped { field, expected: "a positive whole number", found: crate::foreign::excerpt(value.get()) };
        parse_id(value).map(Some).ok_or_else(wrong)
    }
}

/// An id that stands by itself, as in a list of ids.
pub fn parse_id(value: &RawValue) -> Option<u64> {
    let id = value.get().trim_matches('"').parse().ok();
    id.filter(|id| *id > 0)
}

/// The whole text as one piece of JSON.
pub fn document(text: &str) -> Result<&RawValue, ParseError> {
    refuse_depth(text)?;
    serde_json::from_str(text).map_err(|error| incomplete(&error))
}

/// What the JSON parser says, in the words of the person who imports.
pub fn incomplete(error: &serde_json::Error) -> ParseError {
    let said = error.to_string();
    let problem = said.split(" at line ").next().unwrap_or_default().to_owned();
    ParseError::Json { problem, line: error.line(), column: error.column(), remedy: INCOMPLETE }
}

/// Refuses JSON that is nested deeper than discussions are. Pieces are read level by level, and each level is scanned to its end,
/// so that what is nested n deep is read n times.
pub fn refuse_depth(text: &str) -> Result<(), ParseError> {
    let mut depth = 0_usize;
    let mut state = Scan::Outside;
    for (at, byte) in text.bytes().enumerate() {
        state = match (state, byte) {
            (Scan::Outside, b'"') | (Scan::Escape, _) => Scan::Inside,
            (Scan::Inside, b'"') => Scan::Outside,
            (Scan::Inside, b'\\') => Scan::Escape,
            (state, _) => state,
        };
        match (state, byte) {
            (Scan::Outside, b'[' | b'{') => depth += 1,
            (Scan::Outside, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > BRACKETS {
            return Err(ParseError::TooDeep { levels: LEVELS, byte: at });
        }
    }
    Ok(())
}

/// Where a scan of JSON is with respect to strings.
#[derive(Clone, Copy)]
enum Scan {
    Outside,
    Inside,
    Escape,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object<'_> {
        Object::read(document(text).unwrap()).unwrap()
    }

    #[test]
    fn null_is_absent_and_wrong_types_are_told() {
        let object = object(r#"{"a": null, "b": 1.5, "c": 99999999999999999999, "d": "\ud800", "e": [1], "a ": "x"}"#);
        assert_eq!(object.get::<String>("a"), Ok(None));
        assert_eq!(object.get::<String>("z"), Ok(None));
        assert!(!object.has("a") && object.has("e"));
        assert_eq!(
            object.get::<i64>("b").unwrap_err().problem(),
            "should be a whole number of at most 64 bits but is `1.5`"
        );
        assert_eq!(object.get::<i64>("c").unwrap_err().found, "99999999999999999999");
        assert_eq!(object.get::<String>("d").unwrap_err().found, "\"\\ud800\"");
        assert_eq!(object.get::<bool>("e").unwrap_err().expected, "true or false");
    }

    #[test]
    fn ids_are_positive_numbers_or_such_in_quotes() {
        let object = object(r#"{"a": 7, "b": "8", "c": 0, "d": -1, "e": "x", "f": 1.0, "g": {}}"#);
        assert_eq!((object.id("a"), object.id("b"), object.id("z")), (Ok(Some(7)), Ok(Some(8)), Ok(None)));
        for wrong in ["c", "d", "e", "f", "g"] {
            assert!(object.id(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_of_two_equal_fields_counts() {
        assert_eq!(object(r#"{"a": "x", "a": "y"}"#).get::<String>("a"), Ok(Some("y".to_owned())));
    }

    #[test]
    fn cut_off_json_is_told_with_its_place() {
        let error = document("{\n  \"a\": [1, 2").unwrap_err();
        let ParseError::Json { line, column, .. } = &error else { panic!("{error}") };
        assert_eq!((*line, *column), (2, 12));
        assert!(
            error.to_string().contains("EOF while parsing a list at line 2, column 12. If the file was cut off"),
            "{error}"
        );
        assert!(document("{} x").is_err());
    }

    #[test]
    fn depth_is_counted_outside_of_strings() {
        assert_eq!(refuse_depth(&r#"["[\"[[\\", "#.repeat(BRACKETS)), Ok(()));
        let deep = "[".repeat(100_000);
        assert_eq!(refuse_depth(&deep), Err(ParseError::TooDeep { levels: LEVELS, byte: BRACKETS }));
        assert!(refuse_depth(&"[]".repeat(100_000)).is_ok());
    }
}
