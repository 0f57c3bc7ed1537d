//! JSON Feed 1.1.

use serde::Serialize;

use super::entries::Entry;
use super::{Feed, Writing};
use crate::api::value::Moment;

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<String>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_url: Option<&'a str>,
    title: &'a str,
    content_html: &'a str,
    date_published: Moment,
    date_modified: Moment,
    authors: [Author<'a>; 1],
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
    url: &'a str,
}

/// Writes a page of a feed.
pub(super) fn write(feed: &Feed, before: Option<&str>) -> Result<Vec<u8>, String> {
    let json = JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.title,
        home_page_url: &feed.home,
        feed_url: feed.address(Writing::Json, before),
        next_url: feed.next.as_deref().map(|next| feed.address(Writing::Json, Some(next))),
        items: feed.entries.iter().map(item).collect(),
    };
    serde_json::to_vec(&json).map_err(|error| error.to_string())
}

fn item(entry: &Entry) -> Item<'_> {
    Item {
        id: &entry.url,
        url: &entry.url,
        external_url: entry.about.as_deref(),
        title: &entry.title,
        content_html: &entry.html,
        date_published: Moment(entry.published),
        date_modified: Moment(entry.updated),
        authors: [Author { name: &entry.author.name, url: &entry.author.url }],
    }
}
