//! One object of a document, read part by part.

use std::slice;

use serde_json::{Map, Value};
use url::Url;

use super::{Kind, Refused};
use crate::origin::{Id, Rules};
use crate::wire::moment;

const ONE_TEXT: &str = "exactly one text";
const ONE_ID: &str = "exactly one id, or one object that has one";

/// An object and the rules by which its ids are read. What is `null` counts as absent.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    rules: &'a Rules,
}

impl<'a> Fields<'a> {
    pub(super) fn new(object: &'a Map<String, Value>, rules: &'a Rules) -> Self {
        Self { object, rules }
    }

    /// What stands in an array or under a name, if that is an object.
    pub(super) fn of(self, value: &'a Value) -> Option<Self> {
        value.as_object().map(|object| Self { object, ..self })
    }

    pub(super) fn rules(self) -> &'a Rules {
        self.rules
    }

    pub(super) fn value(self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn inside(self, name: &str) -> Option<Self> {
        self.value(name).and_then(|value| self.of(value))
    }

    /// All parts in the order in which they are written.
    pub(super) fn entries(self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.object.iter()
    }

    /// One value or many of them, as an array.
    pub(super) fn many(self, name: &str) -> &'a [Value] {
        match self.value(name) {
            Some(Value::Array(values)) => values,
            Some(value) => slice::from_ref(value),
            None => &[],
        }
    }

    /// The same, and refused when there are too many.
    pub(super) fn at_most(self, name: &'static str, max: usize) -> Result<&'a [Value], Refused> {
        let values = self.many(name);
        if values.len() > max { Err(Refused::Many { field: name, max }) } else { Ok(values) }
    }

    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name).and_then(Value::as_str)
    }

    /// A text that is shown in one place: without blanks around it, cut, and absent when nothing is left.
    pub(super) fn cut(self, name: &str, max_chars: usize) -> Option<String> {
        let text: String = self.text(name)?.trim().chars().take(max_chars).collect();
        Some(text).filter(|text| !text.is_empty())
    }

    /// A text that is refused when it is too long.
    pub(super) fn whole(self, name: &'static str, max: usize) -> Result<Option<&'a str>, Refused> {
        let text = self.text(name);
        if text.is_some_and(|text| text.len() > max) { Err(Refused::Long { field: name, max }) } else { Ok(text) }
    }

    pub(super) fn time(self, name: &str) -> Option<i64> {
        self.text(name).and_then(moment::read)
    }

    /// Whether the part is there and `true`.
    pub(super) fn says(self, name: &str) -> bool {
        self.value(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// The one text that has to stand under a name; an array of one is refused like any other, for the next parser may take another one.
    pub(super) fn single(self, name: &'static str) -> Result<&'a str, Refused> {
        match self.value(name) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(Refused::Shape { field: name, due: ONE_TEXT }),
            None => Err(Refused::Missing(name)),
        }
    }

    pub(super) fn kind(self) -> Result<Kind, Refused> {
        self.single("type").map(Kind::named)
    }

    /// The id of the object itself.
    pub(super) fn own_id(self) -> Result<Id, Refused> {
        self.read("id", self.single("id")?)
    }

    /// The id under a name, or of the object there.
    pub(super) fn id(self, name: &'static str) -> Result<Option<Id>, Refused> {
        self.value(name).map(|value| self.id_of(name, value)).transpose()
    }

    /// The same where there has to be one.
    pub(super) fn some_id(self, name: &'static str) -> Result<Id, Refused> {
        self.id(name)?.ok_or(Refused::Missing(name))
    }

    /// The same where it has to be on the server of `home`.
    pub(super) fn id_at(self, name: &'static str, home: &Id) -> Result<Option<Id>, Refused> {
        let id = self.id(name)?;
        if id.as_ref().is_some_and(|id| !id.is_with(home)) { Err(Refused::Elsewhere(name)) } else { Ok(id) }
    }

    /// The same where an empty array counts as nothing, and an array of one as that one.
    pub(super) fn id_or_array_of_one(self, name: &'static str) -> Result<Option<Id>, Refused> {
        match self.many(name) {
            [] => Ok(None),
            [value] => self.id_of(name, value).map(Some),
            _ => Err(Refused::Shape { field: name, due: ONE_ID }),
        }
    }

    pub(super) fn id_of(self, name: &'static str, value: &'a Value) -> Result<Id, Refused> {
        let inside = self.of(value).and_then(|object| object.text("id"));
        let text = value.as_str().or(inside).ok_or(Refused::Shape { field: name, due: ONE_ID })?;
        self.read(name, text)
    }

    /// All readable ids under a name, those beyond `max` left out.
    pub(super) fn ids(self, name: &'static str, max: usize) -> Vec<Id> {
        self.many(name).iter().filter_map(|value| self.id_of(name, value).ok()).take(max).collect()
    }

    fn read(self, field: &'static str, text: &str) -> Result<Id, Refused> {
        self.rules.id(text).map_err(|why| Refused::Id { field, why })
    }

    /// The page for people, out of one address, or many, or links (PeerTube); only one on the server of `home`, for a reader who
    /// follows it thinks to see what was said there (NodeBB c0d94a21).
    pub(super) fn page(self, home: &Id) -> Option<Url> {
        let pages = self.many("url").iter().filter_map(|value| self.address(value));
        pages.take(16).find_map(|text| {
            let document = self.rules.document_of(text).ok().filter(|document| document.is_with(home));
            document.and_then(|_| Url::parse(text).ok())
        })
    }

    fn address(self, value: &'a Value) -> Option<&'a str> {
        let link = |link: Self| {
            let is_page = link.text("mediaType").is_none_or(|kind| kind.starts_with("text/html"));
            link.text("href").filter(|_| is_page)
        };
        value.as_str().or_else(|| self.of(value).and_then(link))
    }
}
