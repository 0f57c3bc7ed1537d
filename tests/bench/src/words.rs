//! Discussions that nobody held: the shape of a real one, and words that compress about as well.

use actions::import::foreign::{ForeignComment, ForeignState, ForeignText, ForeignThread};

/// Where the words come from: English that does not change between two measurements. Drawn one by one they compress a
/// little worse than sentences do.
const ENGLISH: &str = include_str!("../../../LICENSE");

/// 2025-02-01.
const BEGAN: i64 = 1_738_368_000_000;

/// Numbers that look random and are the same in every run (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// Whether something happens that happens so many times in a hundred.
    fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Makes discussions.
#[derive(Clone, Debug)]
pub struct Words {
    all: Vec<&'static str>,
    dice: Dice,
}

impl Words {
    /// The same words in the same order for the same seed.
    pub fn new(seed: u64) -> Self {
        let all = ENGLISH.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
        Self { all, dice: Dice(seed) }
    }

    /// So many words.
    pub fn some(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).filter_map(|_| self.dice.pick(&self.all).copied()).collect();
        words.join(" ")
    }

    /// A comment: 60 words on average, some of them very long; now and then a quote, emphasis, a link.
    pub fn comment(&mut self) -> String {
        let mut text = String::new();
        if self.dice.happens(15) {
            text.push_str(&format!("> {}\n\n", self.some(12)));
        }
        for _ in 0..=self.dice.below(3) {
            let long = if self.dice.happens(10) { 120 } else { 50 };
            let count = 4 + self.dice.below(long);
            text.push_str(&format!("{}.\n\n", self.some(count)));
        }
        if self.dice.happens(20) {
            text.push_str(&format!("That is *{}*, is it not?\n\n", self.some(2)));
        }
        if self.dice.happens(10) {
            text.push_str(&format!("https://example.org/{}\n", self.some(3).replace(' ', "-")));
        }
        text
    }

    /// A discussion with so many comments, a fifth of them at the top, by half as many people.
    pub fn discussion(&mut self, name: &str, comments: usize) -> ForeignThread {
        let mut made: Vec<ForeignComment> = Vec::with_capacity(comments);
        for number in 0..comments {
            let parent = self.parent(number);
            made.push(self.foreign(name, number, parent, comments));
        }
        ForeignThread {
            source: "hn".into(),
            id: name.into(),
            title: Some(format!("{name} {}", self.some(6))),
            url: Some(format!("https://example.org/{name}")),
            author: Some(self.author(comments)),
            text: ForeignText::None,
            state: ForeignState::Published,
            published: BEGAN,
            score: 1 + self.dice.below(500) as i64,
            comments: made,
            unplaced: Vec::new(),
            doubts: Vec::new(),
        }
    }

    fn foreign(&mut self, name: &str, number: usize, parent: Option<usize>, of: usize) -> ForeignComment {
        let gone = self.dice.happens(3);
        ForeignComment {
            id: format!("{name}-{number}"),
            parent,
            author: (!gone).then(|| self.author(of)),
            text: if gone { ForeignText::None } else { ForeignText::Markdown(self.comment()) },
            published: BEGAN + (number as i64 + 1) * 20_000,
            score: Some(self.dice.below(40) as i64 - 5),
            state: if gone { ForeignState::Deleted } else { ForeignState::Published },
        }
    }

    /// Most answer one of the thirty before; so the tree is some ten levels deep.
    fn parent(&mut self, number: usize) -> Option<usize> {
        if number == 0 || self.dice.happens(19) {
            return None;
        }
        Some(number - 1 - self.dice.below(number.min(30)))
    }

    fn author(&mut self, comments: usize) -> String {
        format!("person{}", self.dice.below(comments / 2))
    }
}
