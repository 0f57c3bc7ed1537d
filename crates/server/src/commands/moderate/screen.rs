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
    /// The thread's title.
    pub title: String,
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
    /// They write a note.
    Note(String),
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
    /// To keep a note beside it.
    Note(String),
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
}

/// A key that is held down comes again within this time: it decides once.
const AGAIN_MS: u64 = 600;

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
        }
    }

    /// What is there now. Whoever looks at something goes on looking at it.
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
        (self.list, self.cards, self.counts) = (list, cards, counts);
    }

    /// The comment that is looked at.
    pub fn card(&self) -> Option<&Card> {
        self.cards.get(self.at)
    }

    /// It was decided: the reason was for it alone.
    pub fn decided(&mut self, word: &str, count: usize) {
        self.notice = queued::done(word, count as u64).map(Notice::Done);
        (self.reason, self.breadth) = (String::new(), Breadth::This);
    }

    /// What a key does, and what it asks for. `now` is in milliseconds of any clock that goes forward.
    pub fn press(&mut self, key: KeyEvent, now: u64) -> Option<Wish> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return (key.code == KeyCode::Char('c')).then_some(Wish::Quit);
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
            Mode::Note(text) => match typed(text, key.code) {
                Typed::On(text) => {
                    self.mode = Mode::Note(text);
                    None
                }
                Typed::Done(text) => (!text.trim().is_empty()).then_some(Wish::Note(text)),
                Typed::Left => None,
            },
        }
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
            KeyCode::Char('n') if self.card().is_some() => self.mode = Mode::Note(String::new()),
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
        if to != self.at {
            (self.at, self.scroll, self.breadth) = (to, 0, Breadth::This);
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
        Some(queued::decision(deed.word).map_or(Wish::Take, |decision| Wish::Decide(deed.word, decision)))
    }
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
