//! Slots: the few places of a page that differ from reader to reader.
//!
//! A page is rendered once for everybody and kept as bytes. Where one reader's page may differ (who
//! is logged in, own votes, unread marks, edit links) the template writes a *slot*:
//! `U+0001 kind id U+0002 default U+0003`, where the kind is one letter and the id is decimal.
//! [`Slotted::parse`] takes the marks out and remembers the places; what remains, with every
//! default in place, is the page of an anonymous reader. [`Slotted::fill`] makes one reader's page.
//!
//! The marks cannot be forged: the escaper drops control characters from whatever people wrote, and
//! sanitised text holds none.

use std::fmt::{self, Write};
use std::ops::Range;

use askama::{FastWritable, Values};

const OPEN: char = '\u{1}';
const MIDDLE: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// What a slot is for. Ids are those of comments unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// The corner of the page header that says who is logged in; id 0. Default: log in, join.
    Account,
    /// Inside the class attribute of a comment. Default: nothing; ` new` marks it unread.
    Unread,
    /// The vote buttons. Default: buttons with nothing pressed.
    Vote,
    /// Links to edit and delete one's own comment. Default: nothing.
    Own,
    /// The form that answers a thread; the thread's id. Default: a link to log in.
    Reply,
    /// How many comments of a listed thread are unread; the thread's id. Default: nothing.
    News,
}

impl SlotKind {
    /// All kinds, each once.
    pub const ALL: [Self; 6] = [Self::Account, Self::Unread, Self::Vote, Self::Own, Self::Reply, Self::News];

    const fn letter(self) -> char {
        match self {
            Self::Account => 'A',
            Self::Unread => 'U',
            Self::Vote => 'V',
            Self::Own => 'O',
            Self::Reply => 'R',
            Self::News => 'N',
        }
    }

    /// Opens a slot of this kind in a template (with `safe`); [`SlotClose`] ends it.
    #[must_use]
    pub const fn open(self, id: i64) -> SlotOpen {
        SlotOpen { kind: self, id }
    }
}

/// The opening mark of a slot, for templates.
#[derive(Debug, Clone, Copy)]
pub struct SlotOpen {
    kind: SlotKind,
    id: i64,
}

/// The closing mark of a slot, for templates.
#[derive(Debug, Clone, Copy)]
pub struct SlotClose;

impl fmt::Display for SlotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}{}{MIDDLE}", self.kind.letter(), self.id)
    }
}

impl fmt::Display for SlotClose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(CLOSE)
    }
}

impl FastWritable for SlotOpen {
    fn write_into(&self, dest: &mut dyn fmt::Write, values: &dyn Values) -> askama::Result<()> {
        dest.write_char(OPEN)?;
        dest.write_char(self.kind.letter())?;
        self.id.write_into(dest, values)?;
        Ok(dest.write_char(MIDDLE)?)
    }
}

impl FastWritable for SlotClose {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(dest.write_char(CLOSE)?)
    }
}

/// One place in a page that may differ from reader to reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// What the place is for.
    pub kind: SlotKind,
    /// Which comment or thread it belongs to.
    pub id: i64,
    /// Where the default stands in [`Slotted::html`], in bytes.
    pub range: Range<usize>,
}

/// A page with its slots found: the anonymous page, and where it may differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slotted {
    /// The page with every default in place and no marks left.
    pub html: String,
    /// The slots in the order of the page; they never overlap.
    pub slots: Vec<Slot>,
}

impl Slotted {
    /// Takes the marks out of a rendered page, in its own memory: a page may be large. A mark that opens no proper slot is
    /// dropped.
    #[must_use]
    pub fn parse(marked: String) -> Self {
        let mut page = Closing { bytes: marked.into_bytes(), read: 0, kept: 0 };
        let mut slots = Vec::new();
        while page.keep_until(OPEN) {
            slots.extend(page.take_slot());
        }
        Self { html: page.into_text(), slots }
    }

    /// The page of one reader: `with` answers what stands in a slot, or nothing to keep its
    /// default. It answers markup, so it must escape what people wrote.
    #[must_use]
    pub fn fill(&self, mut with: impl FnMut(SlotKind, i64) -> Option<String>) -> String {
        let mut page = String::with_capacity(self.html.len() + 1024);
        let mut copied = 0;
        for slot in &self.slots {
            let Some(own) = with(slot.kind, slot.id) else {
                continue;
            };
            page.push_str(self.between(copied, slot.range.start));
            page.push_str(&own);
            copied = slot.range.end;
        }
        page.push_str(self.between(copied, self.html.len()));
        page
    }

    fn between(&self, start: usize, end: usize) -> &str {
        self.html.get(start..end).unwrap_or_default()
    }
}

/// A page on its way from marked to clean: what is kept closes up behind what is read.
struct Closing {
    bytes: Vec<u8>,
    read: usize,
    kept: usize,
}

impl Closing {
    /// Keeps what stands before the next such mark, and passes the mark; without one, keeps all that is left.
    fn keep_until(&mut self, mark: char) -> bool {
        // There is much text between two slots: a search by vectors is felt.
        let found = memchr::memchr(mark as u8, self.rest());
        let end = self.read + found.unwrap_or(self.rest().len());
        self.bytes.copy_within(self.read..end, self.kept);
        self.kept += end - self.read;
        self.read = (end + 1).min(self.bytes.len());
        found.is_some()
    }

    /// Reads the slot whose opening mark has just been passed.
    fn take_slot(&mut self) -> Option<Slot> {
        let rest = self.rest();
        let middle = rest.iter().position(|byte| *byte == MIDDLE as u8)?;
        let (letter, id) = str::from_utf8(rest.get(..middle)?).ok()?.split_at_checked(1)?;
        let kind = SlotKind::ALL.into_iter().find(|kind| letter.starts_with(kind.letter()))?;
        let id = id.parse().ok()?;
        memchr::memchr(CLOSE as u8, rest.get(middle..)?)?;
        self.read += middle + 1;
        let start = self.kept;
        self.keep_until(CLOSE);
        Some(Slot { kind, id, range: start..self.kept })
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.read..).unwrap_or_default()
    }

    fn into_text(mut self) -> String {
        self.bytes.truncate(self.kept);
        // Marks are ASCII, so that what is left without them is text still.
        String::from_utf8(self.bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(kind: SlotKind, id: i64, default: &str) -> String {
        format!("{}{default}{SlotClose}", kind.open(id))
    }

    #[test]
    fn marks_vanish_and_places_are_found() {
        let page = format!(
            "<a>{}</a>{}!",
            marked(SlotKind::Account, 0, "log in"),
            marked(SlotKind::Own, 1_234_567_890_123, "")
        );
        let slotted = Slotted::parse(page);
        assert_eq!(slotted.html, "<a>log in</a>!");
        assert_eq!(slotted.slots.len(), 2);
        assert_eq!(slotted.slots[0].range, 3..9);
        assert_eq!(slotted.slots[1].id, 1_234_567_890_123);
        assert_eq!(slotted.slots[1].range, 13..13);
    }

    #[test]
    fn filling_replaces_what_is_answered_and_keeps_the_rest() {
        let page = format!(
            "é{}ü{}ß{}",
            marked(SlotKind::Vote, 1, "none"),
            marked(SlotKind::Vote, 2, "none"),
            marked(SlotKind::Unread, 2, "")
        );
        let slotted = Slotted::parse(page);
        let filled = slotted.fill(|kind, id| match (kind, id) {
            (SlotKind::Vote, 2) => Some("up".to_owned()),
            (SlotKind::Unread, 2) => Some(" new".to_owned()),
            _ => None,
        });
        assert_eq!(filled, "énoneüupß new");
        assert_eq!(slotted.fill(|_, _| None), slotted.html);
    }

    #[test]
    fn every_kind_survives_the_round() {
        for kind in SlotKind::ALL {
            let slotted = Slotted::parse(marked(kind, 7, "x"));
            assert_eq!(slotted.slots[0].kind, kind);
        }
    }

    #[test]
    fn broken_marks_are_dropped_without_harm() {
        for broken in ["\u{1}", "\u{1}V", "\u{1}V\u{2}x", "\u{1}Q7\u{2}x\u{3}", "\u{1}Vx\u{2}y\u{3}"] {
            let slotted = Slotted::parse(format!("a{broken}b"));
            assert!(slotted.slots.is_empty(), "{broken:?}");
            assert!(slotted.html.starts_with('a') && slotted.html.ends_with('b'));
            assert!(!slotted.html.contains(OPEN));
        }
    }
}
