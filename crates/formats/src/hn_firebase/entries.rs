//! From the text of a file to its items, in whichever way they were collected. Not here: how they hang together.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::other;
use crate::foreign::{Findings, ParseError};
use crate::hn::{self, Kind};
use crate::json::{self, Object};

/// An item with what places it.
pub(super) struct Entry<'a> {
    pub id: u64,
    pub kind: Kind,
    pub parent: Option<u64>,
    /// Its answers, in order.
    pub kids: Vec<u64>,
    pub object: Object<'a>,
}

impl Entry<'_> {
    /// The ids in a field that holds a list of them.
    pub fn ids(&self, field: &'static str, findings: &mut Findings) -> Vec<u64> {
        ids(&self.object, field, &hn::place(self.id), findings)
    }

    /// Deleted comments may not say what they are.
    pub fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::Comment | Kind::Unsaid)
    }

    pub fn belongs_to_poll(&self, id: u64) -> bool {
        self.parent == Some(id) || self.object.id("poll") == Ok(Some(id))
    }
}

/// The items of a file, each once.
pub(super) fn read<'a>(text: &'a str, findings: &mut Findings) -> Result<Vec<Entry<'a>>, ParseError> {
    let pieces = pieces(text, findings)?;
    refuse_other_formats(&pieces)?;
    let mut seen = HashSet::new();
    let mut entries = Vec::with_capacity(pieces.len());
    for piece in &pieces {
        let Some(entry) = entry(piece, findings) else { continue };
        if seen.insert(entry.id) {
            entries.push(entry);
        } else {
            let reason = "It occurs more than once. The first occurrence was placed.";
            findings.unplaced(hn::place(entry.id), reason, &hn::words(&entry.object));
        }
    }
    Ok(entries)
}

/// A piece of JSON that should be an item.
struct Piece<'a> {
    place: String,
    json: &'a RawValue,
}

fn pieces<'a>(text: &'a str, findings: &mut Findings) -> Result<Vec<Piece<'a>>, ParseError> {
    let listed = |items: Vec<&'a RawValue>| {
        items.into_iter().zip(1..).map(|(json, number)| Piece { place: format!("entry {number}"), json }).collect()
    };
    if text.trim_start().starts_with('[') && !first_line_is_whole_item(text) {
        json::refuse_depth(text)?;
        return serde_json::from_str(text).map(listed).map_err(|error| json::incomplete(&error));
    }
    if first_line_is_whole_item(text) {
        return Ok(lines(text, findings));
    }
    json::refuse_depth(text)?;
    let stream = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    stream.collect::<Result<_, _>>().map(listed).map_err(|error| json::incomplete(&error))
}

/// Whether the file holds an item per line. Then a broken line breaks nothing else.
fn first_line_is_whole_item(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    first.trim_start().starts_with('{') && serde_json::from_str::<&RawValue>(first).is_ok()
}

fn lines<'a>(text: &'a str, findings: &mut Findings) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let place = format!("line {number}");
        match serde_json::from_str(line) {
            Ok(json) => pieces.push(Piece { place, json }),
            Err(error) => findings.unplaced(place, format!("It is not complete JSON: {error}."), line),
        }
    }
    pieces
}

fn refuse_other_formats(pieces: &[Piece<'_>]) -> Result<(), ParseError> {
    let [only] = pieces else { return Ok(()) };
    let Some(object) = Object::read(only.json) else { return Ok(()) };
    if object.has("children") {
        return Err(other("a discussion from the search API (Algolia)", "Import it as `hn-algolia`."));
    }
    if object.has("hits") {
        return Err(other("search results", "Fetch the items of the one discussion you want."));
    }
    Ok(())
}

fn entry<'a>(piece: &Piece<'a>, findings: &mut Findings) -> Option<Entry<'a>> {
    if piece.json.get() == "null" {
        findings.doubt(piece.place.as_str(), "It is `null`: the API did not have that item.");
        return None;
    }
    let Some(object) = Object::read(piece.json) else {
        findings.unplaced(piece.place.as_str(), "It is no object.", piece.json.get());
        return None;
    };
    let Ok(Some(id)) = object.id("id") else {
        let reason = "It has no usable `id`, without which it would double when imported again.";
        findings.unplaced(piece.place.as_str(), reason, &hn::words(&object));
        return None;
    };
    let place = hn::place(id);
    let kids = ids(&object, "kids", &place, findings);
    let parent = object.id("parent").unwrap_or_else(|mistyped| {
        findings.doubt(place, format!("The field `parent` {}. Left out.", mistyped.problem()));
        None
    });
    Some(Entry { id, kind: hn::kind(&object), parent, kids, object })
}

fn ids(object: &Object<'_>, field: &'static str, place: &str, findings: &mut Findings) -> Vec<u64> {
    let list: Vec<&RawValue> = hn::field(object, field, place, findings).unwrap_or_default();
    let (ids, others): (Vec<_>, Vec<_>) = list.into_iter().map(json::parse_id).partition(Option::is_some);
    if !others.is_empty() {
        findings.doubt(place, format!("{} of its `{field}` are no ids. Left out.", others.len()));
    }
    ids.into_iter().flatten().collect()
}
