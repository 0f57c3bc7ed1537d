//! JSON from elsewhere, read piece by piece. Here: one level of it at a time, so that neither deep nesting nor a field of the wrong type brings the
//! rest down. Not here: what the fields mean.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::foreign::ParseError;

/// Levels of comments that are read. The deepest real discussions have about 60.
pub(super) const LEVELS: usize = 1_000;

/// Brackets that this many levels of comments take: an object and a list for the root and each comment.
const BRACKETS: usize = 2 * LEVELS + 2;

const INCOMPLETE: &str = "If the file was cut off, save it again; if it was edited, undo that.";

/// An object whose fields have not been looked at yet.
pub(super) struct Object<'a> {
    fields: HashMap<String, &'a RawValue>,
    /// Its source text.
    pub source: &'a str,
}

/// A field that holds something else than it should.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistyped {
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
pub(super) trait Kind<'a>: Deserialize<'a> {
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
        let wrong = |_| Mistyped { field, expected: T::NAME, found: super::foreign::excerpt(value.get()) };
        serde_json::from_str(value.get()).map(Some).map_err(wrong)
    }

    /// An id: a positive number, which some exports write as text.
    pub fn id(&self, field: &'static str) -> Result<Option<u64>, Mistyped> {
        let Some(value) = self.fields.get(field).filter(|value| value.get() != "null") else { return Ok(None) };
        let wrong = || Mistyped { field, expected: "a positive whole number", found: super::foreign::excerpt(value.get()) };
        parse_id(value).map(Some).ok_or_else(wrong)
    }
}

/// An id that stands by itself, as in a list of ids.
pub(super) fn parse_id(value: &RawValue) -> Option<u64> {
    let id = value.get().trim_matches('"').parse().ok();
    id.filter(|id| *id > 0)
}

/// The whole text as one piece of JSON.
pub(super) fn document(text: &str) -> Result<&RawValue, ParseError> {
    refuse_depth(text)?;
    serde_json::from_str(text).map_err(|error| incomplete(&error))
}

/// What the JSON parser says, in the words of the person who imports.
pub(super) fn incomplete(error: &serde_json::Error) -> ParseError {
    let said = error.to_string();
    let problem = said.split(" at line ").next().unwrap_or_default().to_owned();
    ParseError::Json { problem, line: error.line(), column: error.column(), remedy: INCOMPLETE }
}

/// Refuses JSON that is nested deeper than discussions are. Pieces are read level by level, and each level is scanned to its end, so that what is
/// nested n deep is read n times.
pub(super) fn refuse_depth(text: &str) -> Result<(), ParseError> {
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
