//! Our collections: followers, outboxes, what is pinned, who moderates, answers, whole discussions.

use serde_json::{Value, json};

use super::document::{Context, Document};
use crate::wire::addresses::{Addresses, OurActor, Ours};

/// How much of a collection is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Only how much there is: nobody needs to know who follows whom.
    Counted,
    /// Page by page.
    Paged,
    /// All of it, as ids.
    Whole(Vec<String>),
}

/// A collection.
#[must_use]
pub fn collection(addresses: &Addresses, of: &Ours, total: u64, contents: &Contents) -> Document {
    let shape = Shape::of(of);
    let (first, all) = match contents {
        Contents::Counted => (None, None),
        Contents::Paged => (Some(addresses.page_of(of, 0)), None),
        Contents::Whole(ids) => (None, Some(ids)),
    };
    let body = json!({
        "id": addresses.of(of),
        "type": shape.collection,
        "attributedTo": owner(addresses, of),
        "totalItems": total,
        "first": first,
        (shape.items): all,
    });
    Document::new(Context::Plain, body)
}

/// One page of a collection: `items` (ids, or whole activities without context) after the entry `after`. `next` is the last entry of this
/// page, if others follow.
#[must_use]
pub fn page(addresses: &Addresses, of: &Ours, after: i64, items: &[Value], next: Option<i64>) -> Document {
    let shape = Shape::of(of);
    let body = json!({
        "id": addresses.page_of(of, after),
        "type": shape.page,
        "partOf": addresses.of(of),
        "next": next.map(|last| addresses.page_of(of, last)),
        (shape.items): items,
    });
    Document::new(Context::Note, body)
}

struct Shape {
    collection: &'static str,
    page: &'static str,
    items: &'static str,
}

impl Shape {
    /// Answers have no order of their own, and Mastodon calls them so. All else is ordered.
    fn of(thing: &Ours) -> Self {
        if matches!(thing, Ours::Replies(_)) {
            Self { collection: "Collection", page: "CollectionPage", items: "items" }
        } else {
            Self { collection: "OrderedCollection", page: "OrderedCollectionPage", items: "orderedItems" }
        }
    }
}

/// A discussion belongs to its thread (FEP-7888).
fn owner(addresses: &Addresses, thing: &Ours) -> Option<String> {
    match thing {
        Ours::Context(thread) => Some(addresses.actor(&OurActor::Thread(*thread))),
        _ => None,
    }
}
