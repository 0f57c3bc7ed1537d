//! What a program is told. What happened is written down without words, and they are looked up when it is told: so that what its author has
//! taken back meanwhile is nowhere, also not among what waits.

use domain::{CommentId, News, State, Time};
use serde::Serialize;
use storage::comments::{self, Line};
use storage::log::{self, Entry};
use storage::webhooks::Item;
use storage::{Read, threads};

use crate::{Ctx, Result};

/// As it is sent.
#[derive(Debug, Serialize)]
pub(super) struct Letter {
    id: String,
    event: &'static str,
    at: String,
    comment: Option<Comment>,
    decision: Option<Decision>,
}

#[derive(Debug, Serialize)]
struct Comment {
    id: String,
    thread: String,
    in_reply_to: Option<String>,
    board: String,
    title: String,
    url: String,
    state: &'static str,
    author: Option<String>,
    text: Option<String>,
    html: Option<String>,
}

#[derive(Debug, Serialize)]
struct Decision {
    id: String,
    deed: &'static str,
    by: String,
    reason: String,
    person: Option<String>,
    server: Option<String>,
}

impl Letter {
    /// What is to be said of something that happened, as things are now.
    pub(super) fn new(tx: &mut Read, ctx: &Ctx, item: &Item) -> Result<Self> {
        let comment = item.comment.map(|comment| found(tx, ctx, comment, item.kind)).transpose()?.flatten();
        let entry = match item.entry {
            Some(entry) => log::these(tx, &[entry])?.remove(&entry),
            None => None,
        };
        let (id, event, at) = (item.id.to_string(), item.kind.name(), moment(item.at));
        Ok(Self { id, event, at, comment, decision: entry.map(Decision::from) })
    }
}

fn moment(at: Time) -> String {
    format!("{:.3}", jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::MAX))
}

fn found(tx: &mut Read, ctx: &Ctx, comment: CommentId, kind: News) -> Result<Option<Comment>> {
    let Some(line) = comments::lines(tx, &[comment])?.pop() else { return Ok(None) };
    let Some(thread) = threads::find(tx, line.thread)? else { return Ok(None) };
    // What waits is for those who run this server to see, and the program is theirs.
    let shown = matches!(line.state, State::Published | State::Held);
    let text = if shown { comments::source(tx, comment)? } else { None };
    // What was taken back while it waited is still held, with no words.
    let state = if kind == News::CommentDeleted && text.is_none() { State::Deleted } else { line.state };
    Ok(Some(Comment {
        id: comment.to_string(),
        thread: line.thread.to_string(),
        in_reply_to: line.parent.map(|parent| parent.to_string()),
        board: storage::boards::address(&thread.board_name, &thread.board_host),
        title: thread.title,
        url: ctx.elsewhere().addresses().comment(comment),
        state: state.name(),
        author: state.is_signed().then(|| handle(&line)),
        html: text.is_some().then_some(line.html),
        text,
    }))
}

fn handle(line: &Line) -> String {
    let author = &line.author;
    if author.host.is_empty() { author.name.clone() } else { format!("{}@{}", author.name, author.host) }
}

impl From<Entry> for Decision {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            deed: entry.deed.name(),
            by: entry.moderator_name,
            reason: entry.reason,
            person: entry.person,
            server: entry.host,
        }
    }
}
