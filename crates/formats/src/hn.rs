//! What both formats of Hacker News share: the meaning of an item's fields, and the making of a thread from items. Not here: how
//! items are arranged in a file. Ids are the site's own, so that a discussion read in one format and then in the other is the
//! same discussion.

use std::collections::HashMap;
use std::fmt::Write;

use crate::foreign::{Findings, ForeignComment, ForeignState, ForeignText, ForeignThread, Given, excerpt};
use crate::json::{Kind as FieldKind, Object};

/// The name of this source of ids.
pub const SOURCE: &str = "hn";

/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// What the formats call the same field.
pub struct Names {
    pub author: &'static str,
    pub seconds: &'static str,
    pub score: &'static str,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A story, a poll or a job.
    Root,
    Comment,
    PollOption,
    /// The file does not say, as happens with deleted items.
    Unsaid,
    Other(String),
}

/// An item as the site tells it.
#[derive(Debug)]
pub struct Item {
    pub author: Option<String>,
    /// Unix milliseconds.
    pub published: Option<i64>,
    pub text: Option<String>,
    pub deleted: bool,
    pub dead: bool,
    pub title: Option<String>,
    pub url: Option<String>,
    pub score: Option<i64>,
}

/// How reports call an item.
pub fn place(id: u64) -> String {
    format!("item {id}")
}

/// The words by which a person recognises an item in a report.
pub fn words(object: &Object<'_>) -> String {
    object.get::<String>("text").ok().flatten().unwrap_or_else(|| object.source.to_owned())
}

pub fn kind(object: &Object<'_>) -> Kind {
    match object.get::<String>("type") {
        Ok(None) => Kind::Unsaid,
        Ok(Some(kind)) => match kind.as_str() {
            "story" | "poll" | "job" => Kind::Root,
            "comment" => Kind::Comment,
            "pollopt" => Kind::PollOption,
            _ => Kind::Other(kind),
        },
        Err(mistyped) => Kind::Other(mistyped.found),
    }
}

/// The fields of an item. What cannot be read is left out and listed.
pub fn item(object: &Object<'_>, names: &Names, place: &str, findings: &mut Findings) -> Item {
    Item {
        author: field(object, names.author, place, findings),
        published: published(object, names.seconds, place, findings),
        text: text(object, place, findings),
        deleted: field(object, "deleted", place, findings).unwrap_or(false),
        dead: field(object, "dead", place, findings).unwrap_or(false),
        title: field::<String>(object, "title", place, findings).map(|title| unescape(&title)),
        url: field::<String>(object, "url", place, findings).filter(|url| !url.trim().is_empty()),
        score: field(object, names.score, place, findings),
    }
}

/// One field; one of the wrong type counts as absent and is remarked upon.
pub fn field<'a, T: FieldKind<'a>>(
    object: &Object<'a>,
    name: &'static str,
    place: &str,
    findings: &mut Findings,
) -> Option<T> {
    object.get(name).unwrap_or_else(|mistyped| {
        findings.doubt(place, format!("The field `{name}` {}. Left out.", mistyped.problem()));
        None
    })
}

fn text(object: &Object<'_>, place: &str, findings: &mut Findings) -> Option<String> {
    let text = object.get::<String>("text").unwrap_or_else(|mistyped| {
        let reason = format!("The field `text` {}. The comment was placed without words.", mistyped.problem());
        findings.unplaced(place, reason, &mistyped.found);
        None
    });
    text.filter(|text| !text.trim().is_empty())
}

fn published(object: &Object<'_>, name: &'static str, place: &str, findings: &mut Findings) -> Option<i64> {
    match field::<i64>(object, name, place, findings) {
        Some(seconds) if (0..=LAST_SECOND).contains(&seconds) => return seconds.checked_mul(1000),
        Some(seconds) => findings.doubt(place, format!("The field `{name}` names no time: {seconds}. Left out.")),
        None => {}
    }
    let written = field::<String>(object, "created_at", place, findings)?;
    let stamp = written.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond).filter(|ms| *ms >= 0);
    if stamp.is_none() {
        findings.doubt(place, format!("The field `created_at` names no time: `{written}`. Left out."));
    }
    stamp
}

/// Where an item's words are known to be gone, and the site shows a mark instead.
fn mark(text: &str) -> Option<ForeignState> {
    let bare = text.trim().trim_start_matches("<p>").trim_end_matches("</p>").trim();
    match bare {
        "[flagged]" => Some(ForeignState::Flagged),
        "[dead]" => Some(ForeignState::Dead),
        "[deleted]" => Some(ForeignState::Deleted),
        _ => None,
    }
}

/// A thread as it grows, parents first.
pub struct Growing {
    root_id: u64,
    root: Item,
    comments: Vec<ForeignComment>,
    /// When each was written, where the file says so.
    times: Vec<Option<i64>>,
    /// Where the items are that have been placed; the root is nowhere among the comments.
    placed: HashMap<u64, Option<usize>>,
    /// The choices of a poll, as HTML.
    options: String,
    pub findings: Findings,
}

/// Whether an item found its place.
pub enum Placing {
    /// As the comment of this index.
    New(usize),
    /// It is there already.
    Double(Option<usize>),
}

impl Growing {
    pub fn new(root_id: u64, root: Item, findings: Findings) -> Self {
        let placed = HashMap::from([(root_id, None)]);
        Self { root_id, root, comments: Vec::new(), times: Vec::new(), placed, options: String::new(), findings }
    }

    pub fn is_placed(&self, id: u64) -> bool {
        self.placed.contains_key(&id)
    }

    /// Adds a comment below another one, or below the root.
    pub fn add(&mut self, id: u64, item: Item, parent: Option<usize>) -> Placing {
        if let Some(there) = self.placed.get(&id) {
            let words = item.text.unwrap_or_default();
            self.findings.unplaced(place(id), "It occurs more than once. The first occurrence was placed.", &words);
            return Placing::Double(*there);
        }
        let index = self.comments.len();
        self.placed.insert(id, Some(index));
        self.times.push(item.published);
        self.comments.push(comment(id, item, parent));
        Placing::New(index)
    }

    /// Adds a choice of a poll.
    pub fn add_option(&mut self, item: &Item) {
        let text = item.text.as_deref().unwrap_or("");
        let points = item.score.map(|points| format!(" ({points} points)")).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(self.options, "<li>{text}{points}</li>");
    }

    pub fn finish(mut self, given: &Given<'_>) -> ForeignThread {
        let published = self.begun();
        self.fill_times(published);
        let state = root_state(&self.root);
        let url = given.url.map(str::to_owned).or_else(|| self.link());
        ForeignThread {
            source: SOURCE.to_owned(),
            id: self.root_id.to_string(),
            title: given.title.map(str::to_owned).or_else(|| self.root.title.take()),
            url,
            text: if state == ForeignState::Deleted { ForeignText::None } else { self.text() },
            author: self.root.author,
            state,
            published,
            score: self.root.score.unwrap_or(0),
            comments: self.comments,
            unplaced: self.findings.unplaced,
            doubts: self.findings.doubts,
        }
    }

    /// What the root links to. A thread can do without: a link that cannot be taken is listed and left out.
    fn link(&mut self) -> Option<String> {
        let url = self.root.url.take()?;
        match domain::text::link(&url) {
            Ok(_) => Some(url),
            Err(refusal) => {
                let reason = format!("The field `url` cannot be taken: `{}`. {refusal} Left out.", excerpt(&url));
                self.findings.doubt(place(self.root_id), reason);
                None
            }
        }
    }

    /// The root's words and the choices of a poll.
    fn text(&mut self) -> ForeignText {
        let own = self.root.text.take().filter(|text| mark(text).is_none()).unwrap_or_default();
        match (own.is_empty(), self.options.is_empty()) {
            (true, true) => ForeignText::None,
            (_, true) => ForeignText::Html(own),
            (_, false) => ForeignText::Html(format!("{own}<ul>{}</ul>", self.options)),
        }
    }

    /// The root's time, or that of the earliest comment.
    fn begun(&mut self) -> i64 {
        self.root.published.unwrap_or_else(|| {
            self.findings.doubt(place(self.root_id), "It has no time. Taken as begun with its earliest comment.");
            self.times.iter().flatten().min().copied().unwrap_or(0)
        })
    }

    /// A comment without a time, as deleted ones are, gets the time of what it answers.
    fn fill_times(&mut self, root: i64) {
        let mut filled: Vec<i64> = Vec::with_capacity(self.times.len());
        for (comment, time) in self.comments.iter_mut().zip(&self.times) {
            let above = comment.parent.and_then(|parent| filled.get(parent).copied()).unwrap_or(root);
            comment.published = time.unwrap_or(above);
            filled.push(comment.published);
        }
    }
}

fn comment(id: u64, item: Item, parent: Option<usize>) -> ForeignComment {
    let state = state(&item);
    let text = match (state, item.text) {
        (ForeignState::Published, Some(text)) => ForeignText::Html(text),
        (ForeignState::Dead, Some(text)) if mark(&text).is_none() => ForeignText::Html(text),
        _ => ForeignText::None,
    };
    // The time is filled in when all comments are there.
    ForeignComment { id: id.to_string(), parent, author: item.author, text, published: 0, score: item.score, state }
}

fn state(item: &Item) -> ForeignState {
    match (&item.text, item.text.as_deref().and_then(mark)) {
        _ if item.deleted => ForeignState::Deleted,
        (_, Some(state)) => state,
        _ if item.dead => ForeignState::Dead,
        (None, _) => ForeignState::Deleted,
        (Some(_), None) => ForeignState::Published,
    }
}

/// A story needs no words, so that a lack of them says nothing. The search API keeps nothing but the id of one that is gone.
fn root_state(root: &Item) -> ForeignState {
    let bare = root.title.is_none() && root.author.is_none() && root.text.is_none() && root.published.is_none();
    match root.text.as_deref().and_then(mark) {
        _ if root.deleted || bare => ForeignState::Deleted,
        Some(state) => state,
        None if root.dead => ForeignState::Dead,
        None => ForeignState::Published,
    }
}

/// A title as plain text: the site writes titles as HTML.
fn unescape(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let named =
            after.char_indices().take(10).find(|(_, c)| *c == ';').and_then(|(end, _)| after.split_at_checked(end));
        match named.and_then(|(name, behind)| Some((character(name)?, behind.strip_prefix(';')?))) {
            Some((c, behind)) => {
                out.push(c);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "nbsp" => return Some('\u{A0}'),
        _ => {}
    }
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    code.ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_plain_text() {
        for (html, plain) in [
            ("A &amp; B &lt;C&gt; &quot;D&quot;", "A & B <C> \"D\""),
            ("It&#x27;s 1&#47;2&nbsp;&apos;", "It's 1/2\u{A0}'"),
            ("AT&T & co; &unknown; &#xD800; &#99999999999; &", "AT&T & co; &unknown; &#xD800; &#99999999999; &"),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(unescape(html), plain);
        }
    }

    #[test]
    fn marks_are_no_words() {
        assert_eq!(mark("<p>[flagged]</p>"), Some(ForeignState::Flagged));
        assert_eq!(mark(" [dead] "), Some(ForeignState::Dead));
        assert_eq!(mark("[deleted]"), Some(ForeignState::Deleted));
        assert_eq!(mark("[deleted] by me"), None);
    }
}
