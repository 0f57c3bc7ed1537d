//! A discussion saved as the text of its page. Here: where comments begin, whom they answer, which text is theirs.
//! Not here: how lines, header lines, words, ids and ages are read, each of which has its own file below.
//!
//! The format. A comment begins with a header line `AUTHOR AGE` between blank lines: at column 0 without a bullet at the top
//! level, after `• ` in a reply, two columns further right per level. Its text follows, two columns right of the bullet, or at
//! column 0 at the top level. Paragraphs are separated by blank lines, `>` begins a quotation, further indentation is verbatim.
//! `[flagged]`, `[deleted]` or `[dead]` alone stands for words that are not known.
//!
//! Known limits. The page has no ids, so they are made of the words (see `identity`): a comment that was edited, or flagged,
//! between two imports comes in a second time, beside its earlier self; its answers stay where they are. A paragraph of a
//! top-level comment that consists of one word and an age, and of nothing else, reads as the beginning of another comment. Times
//! are as exact as the ages.

mod escape;
mod header;
mod identity;
mod lines;
mod markdown;
mod moments;

use self::header::{Age, Bullet, Header};
pub use self::identity::{fingerprint, rename};
use self::lines::{BodyLine, Line};
use crate::decoding::{self, Expected};
use crate::foreign::{Findings, ForeignComment, ForeignState, ForeignText, ForeignThread, Given, ParseError, excerpt};

/// The name of this source of ids.
pub const SOURCE: &str = "page-text";

/// Columns per level of replies.
const LEVEL: usize = 2;

/// A comment as it stands on the page.
struct Draft<'a> {
    line: usize,
    parent: Option<usize>,
    author: &'a str,
    age: Age,
    /// The column at which its text begins.
    base: usize,
    body: Vec<BodyLine<'a>>,
    state: ForeignState,
}

/// Reads a saved page. The root is made up: the page's text does not hold it.
///
/// # Errors
///
/// When the bytes are not UTF-8 text, or no comment begins anywhere in it. Whatever else is odd is read as well as it can be, and
/// listed.
pub fn parse(bytes: &[u8], given: &Given<'_>) -> Result<ForeignThread, ParseError> {
    let text = decoding::text(bytes, Expected::PageText)?;
    let lines = lines::lines(text);
    let mut page = Page::default();
    page.read(&lines);
    if page.drafts.is_empty() {
        return Err(ParseError::NoComments { lines: lines.len(), hint: hint(text) });
    }
    Ok(page.thread(given))
}

fn hint(text: &str) -> &'static str {
    match text.trim_start().chars().next() {
        Some('{' | '[') => " The file looks like JSON: try the formats `hn-algolia` and `hn-firebase`.",
        _ => "",
    }
}

#[derive(Default)]
struct Page<'a> {
    drafts: Vec<Draft<'a>>,
    /// The comments that a reply could answer, outermost first.
    open: Vec<Open>,
    findings: Findings,
}

struct Open {
    /// The column of its bullet.
    column: usize,
    /// Its index among the drafts.
    draft: usize,
}

/// What stands around a line.
#[derive(Clone, Copy)]
struct Around {
    blank_above: bool,
    blank_below: bool,
}

impl Around {
    fn both_blank(self) -> bool {
        self.blank_above && self.blank_below
    }
}

impl<'a> Page<'a> {
    fn read(&mut self, lines: &[Line<'a>]) {
        self.remark_on_tabs(lines);
        let mut blank_above = true;
        for (index, line) in lines.iter().enumerate() {
            let blank_below = lines.get(index + 1).is_none_or(|line| line.text.is_empty());
            match self.header(line, Around { blank_above, blank_below }) {
                Some(header) => self.begin(line, &header),
                None => self.add_text(line, blank_above),
            }
            blank_above = line.text.is_empty();
        }
        self.close();
    }

    fn remark_on_tabs(&mut self, lines: &[Line<'_>]) {
        if let Some(line) = lines.iter().find(|line| line.tabs && !line.text.is_empty()) {
            let reason = "Tabs indent this line, and perhaps others. Each was read as reaching to the next multiple of 8 columns.";
            self.findings.doubt(line.place(), reason);
        }
    }

    /// The header that the line is, if it is one where it stands. A line that nearly is one is remarked upon.
    fn header(&mut self, line: &Line<'a>, around: Around) -> Option<Header<'a>> {
        let header = header::header(line.text);
        let doubt = match header {
            Some(Header { bullet: Bullet::Present, .. }) if around.both_blank() => return header,
            Some(Header { bullet: Bullet::Absent, .. }) if around.both_blank() && line.indent == 0 => return header,
            Some(Header { bullet: Bullet::Present, .. }) if around.blank_above || around.blank_below => {
                self.findings.doubt(line.place(), "A blank line is missing before or after this beginning of a reply.");
                return header;
            }
            Some(_) if !around.both_blank() => {
                "Reads like the beginning of a comment, but does not stand between blank lines."
            }
            Some(_) => "Reads like the beginning of a comment, but is indented and has no bullet.",
            None if around.both_blank() && header::after_bullet(line.text).is_some() => {
                "Begins with a bullet as replies do, but is not `• AUTHOR AGE`."
            }
            None => return None,
        };
        if let Some(draft) = self.drafts.last() {
            let reason = format!("{doubt} Kept as text of the comment on line {}.", draft.line);
            self.findings.doubt(line.place(), reason);
        }
        None
    }

    fn begin(&mut self, line: &Line<'a>, header: &Header<'a>) {
        self.close();
        let (column, base) = match header.bullet {
            Bullet::Absent => (0, 0),
            Bullet::Present => (self.reply_column(line), line.indent + LEVEL),
        };
        let parent = self.parent(line, column);
        self.open.push(Open { column, draft: self.drafts.len() });
        self.drafts.push(Draft {
            line: line.number,
            parent,
            author: header.author,
            age: header.age,
            base,
            body: Vec::new(),
            state: ForeignState::Published,
        });
    }

    /// The column that a reply's bullet stands in, or should.
    fn reply_column(&mut self, line: &Line<'_>) -> usize {
        let column = (line.indent / LEVEL * LEVEL).max(LEVEL);
        if column != line.indent {
            let found = line.indent;
            let reason =
                format!("The bullet stands {found} columns in, which is no level. Read as if it stood {column} in.");
            self.findings.doubt(line.place(), reason);
        }
        column
    }

    /// What a comment that begins in this column answers: the nearest comment before it that stands further left.
    fn parent(&mut self, line: &Line<'_>, column: usize) -> Option<usize> {
        while self.open.pop_if(|open| open.column >= column).is_some() {}
        let above = self.open.last();
        let expected = above.map_or(0, |open| open.column + LEVEL);
        if column > expected {
            let levels = (column - expected) / LEVEL;
            let place = match above.and_then(|open| self.drafts.get(open.draft)) {
                Some(draft) => format!("Placed as an answer to the comment on line {}.", draft.line),
                None => "Placed at the top.".to_owned(),
            };
            let reason = format!(
                "What this reply answers is missing: its bullet stands {levels} level(s) too far right. {place}"
            );
            self.findings.doubt(line.place(), reason);
        }
        self.open.last().map(|open| open.draft)
    }

    fn add_text(&mut self, line: &Line<'a>, blank_above: bool) {
        let Some(draft) = self.drafts.last_mut() else { return self.add_stray(line, blank_above) };
        let left = draft.base.saturating_sub(line.indent);
        if left > 0 && !line.text.is_empty() {
            let reason = format!(
                "Stands {left} columns further left than the text of the comment on line {}. Kept as part of it.",
                draft.line
            );
            self.findings.doubt(line.place(), reason);
        }
        let indent = line.indent.saturating_sub(draft.base);
        draft.body.push(BodyLine { indent, text: line.text });
    }

    /// Text before the first comment, reported by paragraphs.
    fn add_stray(&mut self, line: &Line<'_>, blank_above: bool) {
        if line.text.is_empty() {
            return;
        }
        match self.findings.unplaced.last_mut() {
            Some(paragraph) if !blank_above => paragraph.words = excerpt(&format!("{} {}", paragraph.words, line.text)),
            _ => self.findings.unplaced(line.place(), "Stands before the first comment.", line.text),
        }
    }

    /// Decides about the comment before this one, now that all of its text is known.
    fn close(&mut self) {
        let Some(draft) = self.drafts.last_mut() else { return };
        while draft.body.pop_if(|line| line.text.is_empty()).is_some() {}
        let mut texts = draft.body.iter().map(|line| line.text).filter(|text| !text.is_empty());
        draft.state = match (texts.next(), texts.next()) {
            (Some("[flagged]"), None) => ForeignState::Flagged,
            (Some("[dead]"), None) => ForeignState::Dead,
            (None, _) | (Some("[deleted]"), None) => ForeignState::Deleted,
            _ => ForeignState::Published,
        };
        if draft.body.is_empty() {
            let place = format!("line {}", draft.line);
            self.findings.doubt(place, "No text follows. Kept as a comment whose words are not known.");
        }
    }

    fn thread(mut self, given: &Given<'_>) -> ForeignThread {
        let said = self.moments_said(given.saved_at);
        let parents: Vec<Option<usize>> = self.drafts.iter().map(|draft| draft.parent).collect();
        let id = identity::thread_id(given, &self.drafts, &said);
        let ids = identity::comment_ids(&self.drafts, &said, &id);
        let moments = moments::moments(&said, &parents);
        let begun = moments.iter().min().map_or(0, |first| first.saturating_sub(1).max(0));
        let comments = self.drafts.iter().zip(ids).zip(moments).map(|((draft, id), at)| comment(draft, id, at));
        ForeignThread {
            source: SOURCE.to_owned(),
            id,
            title: given.title.map(str::to_owned),
            url: given.url.map(str::to_owned),
            author: None,
            text: ForeignText::None,
            state: ForeignState::Published,
            published: begun,
            score: 0,
            comments: comments.collect(),
            unplaced: self.findings.unplaced,
            doubts: self.findings.doubts,
        }
    }

    /// The moments that the ages name, none before 1970 or after the page was saved.
    fn moments_said(&mut self, saved_at: i64) -> Vec<i64> {
        let mut said = Vec::with_capacity(self.drafts.len());
        for draft in &self.drafts {
            let moment = draft.age.moment(saved_at);
            let possible = moment.min(saved_at).max(0);
            if moment != possible {
                let reason = "Its age leads outside the time from 1970 to the saving of the page. Taken as the nearest moment in it.";
                self.findings.doubt(format!("line {}", draft.line), reason);
            }
            said.push(possible);
        }
        said
    }
}

fn comment(draft: &Draft<'_>, id: String, published: i64) -> ForeignComment {
    let text = match draft.state {
        ForeignState::Published => ForeignText::Markdown(markdown::markdown(&draft.body)),
        ForeignState::Flagged | ForeignState::Deleted | ForeignState::Dead => ForeignText::None,
    };
    let (parent, author) = (draft.parent, Some(draft.author.to_owned()));
    ForeignComment { id, parent, author, text, published, score: None, state: draft.state }
}

#[cfg(test)]
mod tests;
