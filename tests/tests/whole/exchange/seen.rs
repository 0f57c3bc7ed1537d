//! What everybody can read on a server of the threads of a board, under the ids by which all servers know it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::house::House;

/// A comment, a root included, as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its thread, by the id of its root.
    pub thread: String,
    /// The title of its thread.
    pub title: String,
    /// What it answers.
    pub parent: Option<String>,
    /// How deep it stands.
    pub depth: Option<i64>,
    /// Its author's full name; nobody's for a tombstone.
    pub author: Option<String>,
    /// Its words; `None` for a tombstone.
    pub words: Option<String>,
}

/// All of it by id, and beside it the votes up and down, which are not the same everywhere.
#[derive(Debug, Default)]
pub struct Seen {
    /// The comments.
    pub lines: BTreeMap<String, Line>,
    /// Up and down.
    pub votes: BTreeMap<String, (i64, i64)>,
    /// What has which id on this server.
    pub ids: BTreeMap<String, String>,
}

impl Seen {
    /// Reads every page.
    ///
    /// # Panics
    /// If something stands twice.
    pub async fn at(house: &House, board: &str) -> Self {
        let mut seen = Self::default();
        for thread in house.api.all(&format!("/api/v1/boards/{board}/threads?sort=new&limit=100"), "items").await {
            let (id, title) = (text(&thread["id"]), text(&thread["title"]));
            let root = house.api.get(&format!("/api/v1/comments/{id}")).await.expect(200).json();
            let mut comments = vec![root];
            comments.extend(house.api.all(&format!("/api/v1/threads/{id}?sort=old&limit=500"), "comments").await);
            seen.add(house, &title, &comments);
        }
        seen.forget_what_nobody_answered();
        seen
    }

    /// What was taken back before it came to some server does not come there. Where nobody has answered it, that makes no difference.
    fn forget_what_nobody_answered(&mut self) {
        loop {
            let answered: BTreeSet<String> = self.lines.values().filter_map(|line| line.parent.clone()).collect();
            let before = self.lines.len();
            self.lines.retain(|uri, line| line.words.is_some() || answered.contains(uri));
            if self.lines.len() == before {
                break;
            }
        }
    }

    /// A thread, its root first.
    fn add(&mut self, house: &House, title: &str, comments: &[Value]) {
        let uris: BTreeMap<&str, &str> = comments
            .iter()
            .map(|comment| (comment["id"].as_str().unwrap(), comment["uri"].as_str().unwrap()))
            .collect();
        for comment in comments {
            let uri = text(&comment["uri"]);
            let line = Line {
                thread: text(&comments[0]["uri"]),
                title: title.to_owned(),
                parent: comment["parent_id"].as_str().map(|id| uris[id].to_owned()),
                depth: comment["depth"].as_i64(),
                author: author(house, &comment["author"]),
                words: (comment["state"] != "deleted").then(|| text(&comment["text"])),
            };
            let votes = (comment["ups"].as_i64().unwrap(), comment["downs"].as_i64().unwrap());
            self.votes.insert(uri.clone(), votes);
            self.ids.insert(uri.clone(), text(&comment["id"]));
            let before = self.lines.insert(uri.clone(), line);
            assert!(before.is_none(), "{}: {uri} stands twice: {before:?}", house.host);
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn author(house: &House, author: &Value) -> Option<String> {
    let name = author["name"].as_str()?;
    Some(format!("{name}@{}", author["host"].as_str().unwrap_or(house.host)))
}
