//! What another Rejoinder has exported ([`crate::export`]): a line of JSON for each board, thread and comment. Every thread knows its board, and
//! every comment is known by its address, wherever it is imported again.

use std::collections::HashMap;

use domain::State;
use formats::decoding::{self, Expected};
use formats::foreign::{Findings, ForeignComment, ForeignState, ForeignText, ForeignThread, Given, ParseError};

use crate::export::{Entry, FORM, Piece, VERSION};

/// Where the ids come from.
pub const SOURCE: &str = "rejoinder";

const EXPECTED: &str = "an export of a Rejoinder instance";

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The address of the instance.
    pub instance: String,
    /// Each thread, with the name of its board.
    pub threads: Vec<(String, ForeignThread)>,
}

/// Reads a file.
///
/// # Errors
/// When it is no text in UTF-8, or does not begin as an export of a version that is known here, or a line of it cannot be read: somebody has
/// changed it, or it was cut off. What the person who imports says wins over a title or address only where there is one thread.
pub fn parse(bytes: &[u8], given: &Given<'_>) -> Result<Exported, ParseError> {
    let text = decoding::text(bytes, Expected::Json)?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, first) = lines.next().ok_or(ParseError::Empty)?;
    let instance = instance(first)?;
    let (mut threads, mut reading) = (Vec::new(), None);
    for (at, line) in lines {
        match entry(at, line)? {
            Entry::Export { .. } | Entry::Board { .. } => {}
            Entry::Thread { board, title, link, root } => {
                let next = Reading::new(board, (title, link), root);
                threads.extend(reading.replace(next).map(Reading::finish));
            }
            Entry::Comment { parent, piece } => match &mut reading {
                Some(reading) => reading.add(at, &parent, piece),
                None => return Err(other("a comment before any thread")),
            },
        }
    }
    threads.extend(reading.map(Reading::finish));
    if let [(_, only)] = threads.as_mut_slice() {
        only.title = given.title.map(str::to_owned).or(only.title.take());
        only.url = given.url.map(str::to_owned).or(only.url.take());
    }
    Ok(Exported { instance, threads })
}

fn other(found: impl Into<String>) -> ParseError {
    let remedy = "Write one with `rejoinder export FILE` on the other instance.".to_owned();
    ParseError::OtherJson { found: found.into(), expected: EXPECTED, remedy }
}

fn instance(first: &str) -> Result<String, ParseError> {
    match serde_json::from_str(first) {
        Ok(Entry::Export { form, version: VERSION, instance, .. }) if form == FORM => Ok(instance),
        Ok(Entry::Export { form, version, .. }) if form == FORM => {
            let remedy = "Import it with that version of Rejoinder or a later one.".to_owned();
            Err(ParseError::OtherJson { found: format!("version {version} of the form"), expected: EXPECTED, remedy })
        }
        _ => Err(other("something else in its first line")),
    }
}

fn entry(at: usize, line: &str) -> Result<Entry, ParseError> {
    serde_json::from_str(line).map_err(|error| ParseError::Json {
        problem: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
        line: at + 1,
        column: error.column(),
        remedy: "If the file was cut off, export again; if it was edited, undo that.",
    })
}

/// A thread as it is read.
struct Reading {
    board: String,
    thread: ForeignThread,
    /// Where each comment stands in the list, by its address; the root nowhere.
    places: HashMap<String, Option<usize>>,
    findings: Findings,
}

impl Reading {
    fn new(board: String, (title, link): (String, Option<String>), root: Piece) -> Self {
        let mut findings = Findings::default();
        let (published, state) = (published(&root, &mut findings), state(&root));
        let thread = ForeignThread {
            source: SOURCE.to_owned(),
            id: root.url.clone(),
            title: Some(title).filter(|title| !title.is_empty()),
            url: link,
            author: Some(root.author).filter(|author| !author.is_empty()),
            text: words(root.text),
            state,
            published,
            score: root.score,
            comments: Vec::new(),
            unplaced: Vec::new(),
            doubts: Vec::new(),
        };
        Self { board, thread, places: HashMap::from([(root.url, None)]), findings }
    }

    fn add(&mut self, at: usize, parent: &str, piece: Piece) {
        let Some(parent) = self.places.get(parent).copied() else {
            let reason = format!("What it answers ({parent}) does not stand before it.");
            let words = piece.text.unwrap_or_default();
            return self.findings.unplaced(format!("line {}", at + 1), reason, &words);
        };
        let published = published(&piece, &mut self.findings);
        // A root may be a title and a link; a comment without words is only a place.
        let state = if piece.text.is_none() && state(&piece) == ForeignState::Published {
            ForeignState::Deleted
        } else {
            state(&piece)
        };
        self.places.insert(piece.url.clone(), Some(self.thread.comments.len()));
        self.thread.comments.push(ForeignComment {
            id: piece.url,
            parent,
            author: Some(piece.author).filter(|author| !author.is_empty()),
            text: words(piece.text),
            published,
            score: Some(piece.score),
            state,
        });
    }

    fn finish(self) -> (String, ForeignThread) {
        let Findings { unplaced, doubts } = self.findings;
        (self.board, ForeignThread { unplaced, doubts, ..self.thread })
    }
}

fn words(text: Option<String>) -> ForeignText {
    text.map_or(ForeignText::None, ForeignText::Markdown)
}

fn state(piece: &Piece) -> ForeignState {
    match State::named(&piece.state) {
        Some(State::Published) => ForeignState::Published,
        Some(State::Flagged) => ForeignState::Flagged,
        Some(State::Removed) => ForeignState::Dead,
        Some(State::Deleted | State::Held) | None => ForeignState::Deleted,
    }
}

fn published(piece: &Piece, findings: &mut Findings) -> i64 {
    let stamp = piece.published.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
    stamp.filter(|stamp| *stamp >= 0).unwrap_or_else(|| {
        findings.doubt(&piece.url, format!("`{}` names no time; 1970 stands for it.", piece.published));
        0
    })
}
