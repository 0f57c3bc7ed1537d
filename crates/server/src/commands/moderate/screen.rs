//! What the terminal shows of the queue, and what keys do to it: no terminal here, and no database.

use actions::queue::{Breadth, Counts, Decision, List};
use door::queued;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A comment of the queue in words, none of which moves a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// The comment.
    pub id: i64,
    /// What a decision covers.
    pub seen: Option<i64>,
    /// Its address.
    pub address: String,
    /// The thread's title.
    pub title: String,
    /// Where the thread leads to, if this is its root; may be empty.
    pub link: String,
    /// The board's title.
    pub board: String,
    /// The author's handle.
    pub author: String,
    /// The author's server; empty for people here.
    pub host: String,
    /// When it was published.
    pub when: String,
    /// Who has taken it on; empty: nobody.
    pub assigned: String,
    /// Why it is here: rules, reports.
    pub why: Vec<String>,
    /// What it answers, the nearest last.
    pub above: Vec<String>,
    /// Its words.
    pub text: String,
    /// What is known of its author.
    pub record: Vec<String>,
    /// What moderators wrote beside it.
    pub notes: Vec<String>,
}

/// Where keys go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Each key does something.
    #[default]
    Keys,
    /// They write the reason.
    Reason,
    /// They write a note beside this comment.
    Note(i64, String),
    /// Any key closes the list of keys.
    Help,
}

/// What was said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It was done.
    Done(String),
    /// It was not.
    Bad(String),
}

/// What a key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To decide about the comment that is looked at: how the deed is called, and what it is.
    Decide(&'static str, Decision),
    /// To take it on.
    Take,
    /// To keep a note beside this comment.
    Note(i64, String),
    /// Another part of the queue, or the same anew.
    Show(List),
    /// To end.
    Quit,
}

/// Everything that is shown.
#[derive(Clone, Debug)]
pub struct Screen {
    /// As whom.
    pub name: String,
    /// Which part.
    pub list: List,
    /// How much waits.
    pub counts: Counts,
    /// The comments of the part.
    pub cards: Vec<Card>,
    /// Which of them is looked at.
    pub at: usize,
    /// How many lines of it are above the edge.
    pub scroll: u16,
    /// What else is decided alike.
    pub breadth: Breadth,
    /// Why.
    pub reason: String,
    /// Where keys go.
    pub mode: Mode,
    /// What was said last.
    pub notice: Option<Notice>,
    /// The last key that decided something, and when it was last pressed, in milliseconds.
    held_down: Option<(char, u64)>,
    /// Another comment that came under the cursor by itself.
    surprise: Surprise,
}

/// Whether what is looked at was put there by nobody who presses keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Surprise {
    /// It was not, or that is over.
    None,
    /// It was, and has not been drawn.
    Unseen,
    /// It was, and was first drawn then, in milliseconds.
    Drawn(u64),
}

/// A key that is held down comes again within this time: it decides once. Nobody has read something else within it, either.
const AGAIN_MS: u64 = 600;

const LOST: &str = "Another comment is shown now: what you wrote or chose for the one before is gone.";
const TOO_SOON: &str = "Another comment has just come here: read it, then press the key again.";

impl Screen {
    /// An empty one.
    pub fn new(name: &str, list: List) -> Self {
        Self {
            name: name.to_owned(),
            list,
            counts: Counts { held: 0, reported: 0 },
            cards: Vec::new(),
            at: 0,
            scroll: 0,
            breadth: Breadth::This,
            reason: String::new(),
            mode: Mode::Keys,
            notice: None,
            held_down: None,
            surprise: Surprise::None,
        }
    }

    /// What is there now. Whoever looks at something goes on looking at it; what was meant for something else is not passed on.
    pub fn show(&mut self, list: List, cards: Vec<Card>, counts: Counts) {
        let before = self.card().map(|card| card.id);
        let same = |id| cards.iter().position(|card| card.id == id);
        let at = if list == self.list { before.and_then(same) } else { None };
        if at.is_none() && (list != self.list || before.is_some()) {
            self.scroll = 0;
        }
        // What is gone is followed by what stood after it.
        let next = if list == self.list { self.at } else { 0 };
        self.at = at.unwrap_or(next).min(cards.len().saturating_sub(1));
        let same_list = list == self.list;
        (self.list, self.cards, self.counts) = (list, cards, counts);
        if self.looks_elsewhere(before) && same_list {
            self.surprise = Surprise::Unseen;
        }
    }

    /// Everything was drawn at `now`, in milliseconds of the clock of [`Self::press`].
    pub fn drawn(&mut self, now: u64) {
        if self.surprise == Surprise::Unseen {
            self.surprise = Surprise::Drawn(now);
        }
    }

    /// Whether keys write something.
    pub fn writes(&self) -> bool {
        matches!(self.mode, Mode::Reason | Mode::Note(..))
    }

    /// Says whether another comment is looked at than before, and forgets what was meant for that one.
    fn looks_elsewhere(&mut self, before: Option<i64>) -> bool {
        if self.card().map(|card| card.id) == before {
            return false;
        }
        self.surprise = Surprise::None;
        if self.forget() {
            self.notice = Some(Notice::Bad(LOST.into()));
        }
        true
    }

    /// Forgets what was written and chosen for a comment. Says whether there was any of it.
    pub fn forget(&mut self) -> bool {
        let writes = self.writes();
        if writes {
            self.mode = Mode::Keys;
        }
        let reason = std::mem::take(&mut self.reason);
        let breadth = std::mem::replace(&mut self.breadth, Breadth::This);
        writes || !reason.is_empty() || breadth != Breadth::This
    }

    /// The comment that is looked at.
    pub fn card(&self) -> Option<&Card> {
        self.cards.get(self.at)
    }

    /// It was decided: the reason was for it alone.
    pub fn decided(&mut self, word: &str, count: usize) {
        self.notice = queued::done(word, count as u64).map(Notice::Done);
        self.forget();
    }

    /// What a key does, and what it asks for. `now` is in milliseconds of any clock that goes forward.
    pub fn press(&mut self, key: KeyEvent, now: u64) -> Option<Wish> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return leaves(key).then_some(Wish::Quit);
        }
        match std::mem::take(&mut self.mode) {
            Mode::Help => None,
            Mode::Keys => self.command(key.code, now),
            Mode::Reason => {
                match typed(std::mem::take(&mut self.reason), key.code) {
                    Typed::On(text) => (self.reason, self.mode) = (text, Mode::Reason),
                    Typed::Done(text) => self.reason = text,
                    Typed::Left => {}
                }
                None
            }
            Mode::Note(beside, text) => match typed(text, key.code) {
                Typed::On(text) => {
                    self.mode = Mode::Note(beside, text);
                    None
                }
                Typed::Done(text) => (!text.trim().is_empty()).then_some(Wish::Note(beside, text)),
                Typed::Left => None,
            },
        }
    }

    /// Something is pasted: words where words are written, and no orders anywhere.
    pub fn paste(&mut self, text: &str) {
        let line = match &mut self.mode {
            Mode::Reason => &mut self.reason,
            Mode::Note(_, text) => text,
            Mode::Keys | Mode::Help => return,
        };
        let room = LINE.saturating_sub(line.chars().count());
        let words = text.trim_end().replace("\r\n", "\n");
        line.extend(words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(room));
    }

    fn command(&mut self, code: KeyCode, now: u64) -> Option<Wish> {
        match code {
            KeyCode::Char('q') => return Some(Wish::Quit),
            KeyCode::Char('j') | KeyCode::Down => self.go(self.at.saturating_add(1)),
            KeyCode::Char('k') | KeyCode::Up => self.go(self.at.saturating_sub(1)),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll = self.scroll.saturating_add(10),
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(10),
            KeyCode::Char('m') => self.mode = Mode::Reason,
            KeyCode::Char('w') => self.widen(),
            KeyCode::Char('n') => {
                self.mode = self.card().map_or(Mode::Keys, |card| Mode::Note(card.id, String::new()));
            }
            KeyCode::Char('?') => self.mode = Mode::Help,
            KeyCode::Char('g') => return Some(Wish::Show(self.list)),
            KeyCode::Tab => return Some(Wish::Show(self.beside(1))),
            KeyCode::BackTab => return Some(Wish::Show(self.beside(queued::LISTS.len() - 1))),
            KeyCode::Char(key) => return self.deed(key, now),
            _ => {}
        }
        None
    }

    fn go(&mut self, to: usize) {
        let to = to.min(self.cards.len().saturating_sub(1));
        let before = self.card().map(|card| card.id);
        if to != self.at {
            (self.at, self.scroll) = (to, 0);
            self.looks_elsewhere(before);
        }
    }

    /// Whether what is looked at came there too short a time ago to have been read.
    fn is_too_soon(&self, now: u64) -> bool {
        match self.surprise {
            Surprise::None => false,
            Surprise::Unseen => true,
            Surprise::Drawn(at) => now.saturating_sub(at) < AGAIN_MS,
        }
    }

    fn widen(&mut self) {
        let from_elsewhere = self.card().is_some_and(|card| !card.host.is_empty());
        self.breadth = match self.breadth {
            Breadth::This => Breadth::Person,
            Breadth::Person if from_elsewhere => Breadth::Host,
            Breadth::Person | Breadth::Host => Breadth::This,
        };
    }

    fn beside(&self, steps: usize) -> List {
        let at = queued::LISTS.iter().position(|(list, ..)| *list == self.list).unwrap_or(0);
        queued::LISTS.get((at + steps) % queued::LISTS.len()).map_or(self.list, |(list, ..)| *list)
    }

    fn deed(&mut self, key: char, now: u64) -> Option<Wish> {
        let deed = queued::deeds(self.list).iter().find(|deed| deed.key.chars().eq([key]))?;
        let again = self.held_down.is_some_and(|(held, since)| held == key && now.saturating_sub(since) < AGAIN_MS);
        self.held_down = Some((key, now));
        self.card().filter(|_| !again)?;
        if self.is_too_soon(now) {
            self.notice = Some(Notice::Bad(TOO_SOON.into()));
            return None;
        }
        Some(queued::decision(deed.word).map_or(Wish::Take, |decision| Wish::Decide(deed.word, decision)))
    }
}

/// Whether it ends the program, whatever else is going on.
pub fn leaves(key: KeyEvent) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c')
}

/// What became of a line.
enum Typed {
    /// It goes on.
    On(String),
    /// It is as wanted.
    Done(String),
    /// It is not wanted.
    Left,
}

/// So many characters are kept of a line.
const LINE: usize = 500;

fn typed(mut line: String, code: KeyCode) -> Typed {
    match code {
        KeyCode::Enter => return Typed::Done(line),
        KeyCode::Esc => return Typed::Left,
        KeyCode::Backspace => drop(line.pop()),
        KeyCode::Char(key) if line.chars().count() < LINE => line.push(key),
        _ => {}
    }
    Typed::On(line)
}
