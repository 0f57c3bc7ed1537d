//! A discussion as the search API of Hacker News gives it: `https://hn.algolia.com/api/v1/items/ID`, one object in which every
//! item holds its answers as `children`. Deleted and dead items have nothing but `id` and `children`. Not here: the meaning of
//! the other fields.

use serde_json::value::RawValue;

use crate::decoding::{self, Expected};
use crate::foreign::{Findings, ForeignThread, Given, ParseError};
use crate::hn::{self, Growing, Kind, Names, Placing};
use crate::json::{self, Object};

const NAMES: Names = Names { author: "author", seconds: "created_at_i", score: "points" };

const EXPECTED: &str = "a discussion from the search API of Hacker News (Algolia)";

/// Reads the API's answer for a story, a poll or a job.
///
/// # Errors
///
/// When the file is no complete JSON in UTF-8, is nested deeper than 1,000 comments, or holds anything but one discussion. What
/// is wrong with a single comment is listed in the result, and the rest is read.
pub fn parse(bytes: &[u8], given: &Given<'_>) -> Result<ForeignThread, ParseError> {
    let text = decoding::text(bytes, Expected::Json)?;
    let document = json::document(text)?;
    let root = Object::read(document).ok_or_else(|| other("no JSON object", "Save the API's whole answer."))?;
    let id = root_id(&root)?;
    let mut findings = Findings::default();
    let item = hn::item(&root, &NAMES, &hn::place(id), &mut findings);
    let mut reading = Reading { thread: Growing::new(id, item, findings), waiting: Vec::new() };
    reading.add_options(id, &root);
    reading.wait_for_answers(id, &root, Spot::Under(None));
    reading.read();
    Ok(reading.thread.finish(given))
}

fn other(found: impl Into<String>, remedy: impl Into<String>) -> ParseError {
    ParseError::OtherJson { found: found.into(), expected: EXPECTED, remedy: remedy.into() }
}

/// The root's id, if the object is a root.
fn root_id(root: &Object<'_>) -> Result<u64, ParseError> {
    if root.has("hits") {
        return Err(other(
            "search results",
            "Fetch https://hn.algolia.com/api/v1/items/ID for the one discussion you want.",
        ));
    }
    if !root.has("children") && (root.has("kids") || root.has("by") || root.has("time")) {
        return Err(other(
            "an item of the Firebase API",
            "Import it as `hn-firebase`, with its comments in the same file.",
        ));
    }
    let id = root.id("id").map_err(|mistyped| field("id", mistyped.problem()))?;
    let id = id.ok_or_else(|| other("an object without `id`", "Save the API's answer unchanged."))?;
    match hn::kind(root) {
        Kind::Unsaid if !root.has("children") => {
            Err(other("an object that is no discussion", "Save the API's whole answer, with `type` and `children`."))
        }
        Kind::Root | Kind::Unsaid => Ok(id),
        Kind::Comment | Kind::PollOption => Err(part_only(root, id)),
        Kind::Other(kind) => {
            Err(other(format!("an item of the unknown type `{kind}`"), "Stories, polls and jobs can be imported."))
        }
    }
}

fn field(field: &'static str, problem: String) -> ParseError {
    ParseError::Field { place: "The outermost item".to_owned(), field, problem }
}

fn part_only(root: &Object<'_>, id: u64) -> ParseError {
    let above = ["story_id", "parent_id"].into_iter().find_map(|field| root.id(field).ok().flatten());
    let remedy = match above {
        Some(above) => format!("Fetch https://hn.algolia.com/api/v1/items/{above} instead."),
        None => "Fetch the item of the whole discussion instead.".to_owned(),
    };
    other(format!("only a part of a discussion (item {id})"), remedy)
}

/// Where the answers of an item belong.
#[derive(Clone, Copy)]
enum Spot {
    Under(Option<usize>),
    /// Nowhere, because the item itself has no place.
    Nowhere,
}

struct Waiting<'a> {
    item: &'a RawValue,
    /// How reports call the item above.
    above: u64,
    spot: Spot,
}

struct Reading<'a> {
    thread: Growing,
    /// What is still to be read, the next one last.
    waiting: Vec<Waiting<'a>>,
}

impl<'a> Reading<'a> {
    fn read(&mut self) {
        while let Some(next) = self.waiting.pop() {
            match Object::read(next.item) {
                Some(object) => self.place(&object, &next),
                None => {
                    let reason = "It is no object.";
                    let place = format!("an answer to item {}", next.above);
                    self.thread.findings.unplaced(place, reason, next.item.get());
                }
            }
        }
    }

    fn place(&mut self, object: &Object<'a>, waiting: &Waiting<'a>) {
        let Ok(Some(id)) = object.id("id") else {
            let place = format!("an answer to item {}", waiting.above);
            self.refuse(
                object,
                waiting.above,
                place,
                "It has no usable `id`, without which it would double when imported again.",
            );
            return;
        };
        let Spot::Under(parent) = waiting.spot else {
            return self.refuse(object, id, hn::place(id), "What it answers could not be placed.");
        };
        match hn::kind(object) {
            Kind::Comment | Kind::Unsaid => self.add(object, id, parent),
            Kind::PollOption => self.add_option(object, id),
            Kind::Root => self.refuse(object, id, hn::place(id), "It begins a discussion of its own."),
            Kind::Other(kind) => {
                self.refuse(object, id, hn::place(id), &format!("Its type `{kind}` is unknown."));
            }
        }
    }

    fn add(&mut self, object: &Object<'a>, id: u64, parent: Option<usize>) {
        let item = hn::item(object, &NAMES, &hn::place(id), &mut self.thread.findings);
        let spot = match self.thread.add(id, item, parent) {
            Placing::New(index) => Spot::Under(Some(index)),
            Placing::Double(there) => Spot::Under(there),
        };
        self.wait_for_answers(id, object, spot);
    }

    fn refuse(&mut self, object: &Object<'a>, id: u64, place: String, reason: &str) {
        self.thread.findings.unplaced(place, reason, &hn::words(object));
        self.wait_for_answers(id, object, Spot::Nowhere);
    }

    fn wait_for_answers(&mut self, id: u64, object: &Object<'a>, spot: Spot) {
        let children: Option<Vec<&RawValue>> = hn::field(object, "children", &hn::place(id), &mut self.thread.findings);
        let waiting = children.unwrap_or_default().into_iter().rev();
        self.waiting.extend(waiting.map(|item| Waiting { item, above: id, spot }));
    }

    fn add_options(&mut self, id: u64, root: &Object<'a>) {
        let options: Option<Vec<&RawValue>> = hn::field(root, "options", &hn::place(id), &mut self.thread.findings);
        for option in options.unwrap_or_default() {
            match Object::read(option) {
                Some(object) => self.add_option(&object, object.id("id").ok().flatten().unwrap_or(id)),
                None => self.thread.findings.unplaced(hn::place(id), "One of its options is no object.", option.get()),
            }
        }
    }

    fn add_option(&mut self, object: &Object<'_>, id: u64) {
        let item = hn::item(object, &NAMES, &hn::place(id), &mut self.thread.findings);
        self.thread.add_option(&item);
    }
}

#[cfg(test)]
mod tests;
