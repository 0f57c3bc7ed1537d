//! Lists that other servers keep: answers, discussions, outboxes, moderators. Of what is in them only ids are taken, however much of a
//! thing is written out: each is asked for at its home (FEP-7888, FEP-f228).

use serde_json::Value;

use super::fields::Fields;
use super::{Kind, Refused, json};
use crate::origin::{Id, Rules};

/// Items that are taken from one document; further ones are left out.
pub const MAX_ITEMS: usize = 1_000;

/// How many activities are opened to find what they are about: a group announces that somebody created a page.
const MAX_WRAPPERS: usize = 3;

/// A list or one page of it. What `first` and `next` name is on the server of the list; whoever follows them counts the pages, for they
/// may lead in a circle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// What it is called.
    pub id: Option<Id>,
    /// What is in it, at most 1,000, in the order of the list. Of a `Create` or `Announce`, what was created or announced.
    pub items: Vec<Id>,
    /// The first page, if it is not in `items` already.
    pub first: Option<Id>,
    /// The next page.
    pub next: Option<Id>,
    /// How many there are in all, as the server says. It may say anything.
    pub total: Option<u64>,
    /// Whose list it is (FEP-7888), as it says.
    pub owner: Option<Id>,
}

/// Reads what was fetched from `asked`.
///
/// # Errors
/// When it is no collection, or belongs to another server.
pub fn collection(bytes: &[u8], rules: &Rules, asked: &Id) -> Result<Collection, Refused> {
    let document = json::read(bytes)?;
    let list = Fields::new(&document, rules);
    match list.single("type")? {
        "Collection" | "OrderedCollection" | "CollectionPage" | "OrderedCollectionPage" => {
            Collection::read(list, asked)
        }
        other => Err(Refused::Kind(Kind::named(other).name().to_owned())),
    }
}

impl Collection {
    /// A list as it stands in another thing: by id, or written out. What cannot be read counts as none.
    pub(super) fn inline(around: Fields<'_>, value: &Value, home: &Id) -> Option<Self> {
        match value.as_str() {
            Some(id) => {
                let id = around.rules().id(id).ok().filter(|id| id.is_with(home))?;
                Some(Self { id: Some(id), ..Self::default() })
            }
            None => Self::read(Fields::new(value.as_object()?, around.rules()), home).ok(),
        }
    }

    fn read(list: Fields<'_>, home: &Id) -> Result<Self, Refused> {
        let mut read = Self {
            id: list.id_at("id", home)?,
            items: items(list),
            first: None,
            next: list.id_at("next", home)?,
            total: list.value("totalItems").and_then(Value::as_u64),
            owner: list.id("attributedTo").ok().flatten(),
        };
        match list.inside("first") {
            Some(page) => read.append(page, home)?,
            None => read.first = list.id_at("first", home)?,
        }
        Ok(read)
    }

    fn append(&mut self, page: Fields<'_>, home: &Id) -> Result<(), Refused> {
        self.items.extend(items(page));
        self.items.truncate(MAX_ITEMS);
        self.next = page.id_at("next", home)?;
        Ok(())
    }
}

fn items(list: Fields<'_>) -> Vec<Id> {
    let ordered = list.many("orderedItems").iter();
    ordered.chain(list.many("items")).filter_map(|item| id_in(list, item)).take(MAX_ITEMS).collect()
}

fn id_in(list: Fields<'_>, item: &Value) -> Option<Id> {
    let mut item = item;
    for _ in 0..MAX_WRAPPERS {
        let is_wrapper = matches!(item.get("type").and_then(Value::as_str), Some("Create" | "Announce" | "Update"));
        match item.get("object").filter(|_| is_wrapper) {
            Some(object) => item = object,
            None => break,
        }
    }
    let text = item.as_str().or_else(|| item.get("id").and_then(Value::as_str))?;
    list.rules().id(text).ok()
}
