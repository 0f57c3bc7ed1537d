//! All rules together, ready to look through texts: one pass for all regular expressions, one for all words, both in time that grows with the
//! length of the text and not with what is in it.

use regex::{RegexSet, RegexSetBuilder};

use super::words::Phrases;
use super::{Often, Rule, Rulebook, When};
use crate::Effect;

/// Rules there can be.
pub const MOST_RULES: usize = 1_000;
/// What all words, patterns, hosts and languages of all rules come to, in bytes.
const MOST_BYTES: usize = 64 << 10;
/// What all patterns may take in memory once they are read, in bytes: it bounds also how long they take with a text.
const MOST_MEMORY: usize = 1 << 20;
/// Brackets within brackets of a pattern.
const MOST_NESTED: u32 = 50;
/// Longest name of a rule, and longest message, in characters.
const LONGEST_NAME: usize = 60;
const LONGEST_MESSAGE: usize = 500;
/// Longest while in which something is counted.
const LONGEST_WHILE_MS: i64 = 24 * 3600 * 1000;
/// Rules that count what was written: each may ask the database once for each comment.
const MOST_COUNTING: usize = 50;
/// The most that is counted.
const MOST_COUNTED: u32 = 1_000;

/// Why there cannot be such rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// There are too many.
    #[error("{0} rules are too many; at most {MOST_RULES} can be looked through for each comment")]
    TooMany(usize),
    /// Their words and patterns are too long.
    #[error("words, patterns, hosts and languages of all rules are {0} bytes; at most {MOST_BYTES} are possible")]
    TooLong(usize),
    /// A rule has no name, or too long a one.
    #[error("rule {0} needs a name of 1 to {LONGEST_NAME} characters")]
    Name(usize),
    /// Two are called the same.
    #[error("two rules are called “{0}”; moderators could not tell which one matched")]
    Twice(String),
    /// A message is too long.
    #[error("the message of the rule “{0}” is too long; say it in {LONGEST_MESSAGE} characters")]
    Message(String),
    /// It refuses without saying why.
    #[error("the rule “{0}” refuses comments and has no message: say what their authors can do about it")]
    NoMessage(String),
    /// A pattern cannot be read.
    #[error("the rule “{0}” has a pattern that cannot be used: {1}")]
    Pattern(String, String),
    /// All patterns together take too much memory.
    #[error("the patterns take more than {MOST_MEMORY} bytes together; repeat less in them, or use words instead")]
    TooLarge,
    /// There are no letters in it.
    #[error("the rule “{0}” asks for “{1}”, in which there is no word; use a pattern")]
    NoWord(String, String),
    /// Something is counted for too long, or too far.
    #[error("the rule “{0}” counts more than {MOST_COUNTED}, or for more than a day, or for no time")]
    Count(String),
    /// Too many count.
    #[error("{0} rules count what was written; at most {MOST_COUNTING} can")]
    Counting(usize),
    /// More are to be held than can be.
    #[error("the queue holds at least 1 comment, and no more than {0}")]
    Queue(u32),
    /// Nobody could be trusted.
    #[error("people can be trusted after at most {MOST_COUNTED} comments")]
    Trust,
}

/// The longest queue.
const LONGEST_QUEUE: u32 = 100_000;

/// A rulebook, ready to be used.
#[derive(Clone, Debug)]
pub struct Rules {
    book: Rulebook,
    phrases: Phrases,
    patterns: RegexSet,
    /// Whose each pattern is.
    owners: Vec<usize>,
}

/// What was found in a text: rules, by their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    words: Vec<usize>,
    patterns: Vec<usize>,
}

impl Hits {
    pub(super) fn has_words_of(&self, rule: usize) -> bool {
        self.words.contains(&rule)
    }

    pub(super) fn has_patterns_of(&self, rule: usize) -> bool {
        self.patterns.contains(&rule)
    }
}

impl Rules {
    /// Reads a rulebook.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn new(book: Rulebook) -> Result<Self, BadRule> {
        bounded(&book)?;
        let mut phrases = Phrases::default();
        for (number, rule) in book.rules.iter().enumerate() {
            for word in &rule.when.words {
                if !phrases.add(word, number) {
                    return Err(BadRule::NoWord(rule.name.clone(), word.clone()));
                }
            }
        }
        let of = |(number, rule): (usize, &Rule)| vec![number; rule.when.patterns.len()];
        let owners = book.rules.iter().enumerate().flat_map(of).collect();
        let patterns = patterns(&book.rules)?;
        Ok(Self { book, phrases, patterns, owners })
    }

    /// What they were read from.
    #[must_use]
    pub fn book(&self) -> &Rulebook {
        &self.book
    }

    /// Looks a text through, which has no markup.
    #[must_use]
    pub fn look_through(&self, text: &str) -> Hits {
        let words = self.phrases.found(text);
        if self.owners.is_empty() {
            return Hits { words, patterns: Vec::new() };
        }
        let matches = self.patterns.matches(text);
        Hits { words, patterns: matches.iter().filter_map(|pattern| self.owners.get(pattern).copied()).collect() }
    }

    /// Whether what is written has to be remembered for a while.
    #[must_use]
    pub fn are_about_frequency(&self) -> bool {
        self.book.rules.iter().any(|rule| rule.when.is_about_frequency())
    }
}

fn patterns(rules: &[Rule]) -> Result<RegexSet, BadRule> {
    let all: Vec<&String> = rules.iter().flat_map(|rule| &rule.when.patterns).collect();
    set(&all).map_err(|_whole| culprit(rules))
}

fn set(patterns: &[&String]) -> Result<RegexSet, regex::Error> {
    RegexSetBuilder::new(patterns).size_limit(MOST_MEMORY).dfa_size_limit(MOST_MEMORY).nest_limit(MOST_NESTED).build()
}

/// Which pattern it is that cannot be used, and why; none by itself, if all of them together are too large.
fn culprit(rules: &[Rule]) -> BadRule {
    let faulty = |rule: &Rule| {
        let error = rule.when.patterns.iter().find_map(|pattern| set(&[pattern]).err())?;
        // What stands before the last line draws the pattern, with an arrow.
        let words = error.to_string();
        let reason = words.lines().last().unwrap_or_default().trim_start_matches("error: ");
        Some(BadRule::Pattern(rule.name.clone(), reason.to_owned()))
    };
    rules.iter().find_map(faulty).unwrap_or(BadRule::TooLarge)
}

fn bounded(book: &Rulebook) -> Result<(), BadRule> {
    if book.rules.len() > MOST_RULES {
        return Err(BadRule::TooMany(book.rules.len()));
    }
    if book.trusted_after > MOST_COUNTED {
        return Err(BadRule::Trust);
    }
    if [book.most_held, book.most_held_of_server].iter().any(|most| !(1..=LONGEST_QUEUE).contains(most)) {
        return Err(BadRule::Queue(LONGEST_QUEUE));
    }
    let bytes = book.rules.iter().map(bytes).sum();
    if bytes > MOST_BYTES {
        return Err(BadRule::TooLong(bytes));
    }
    let counting = book.rules.iter().filter(|rule| rule.when.is_about_frequency()).count();
    if counting > MOST_COUNTING {
        return Err(BadRule::Counting(counting));
    }
    let mut names = std::collections::HashSet::new();
    book.rules.iter().enumerate().try_for_each(|(number, rule)| {
        well_said(number, rule)?;
        if names.insert(rule.name.as_str()) { Ok(()) } else { Err(BadRule::Twice(rule.name.clone())) }
    })
}

fn bytes(rule: &Rule) -> usize {
    let When { words, patterns, links_to, languages, servers, .. } = &rule.when;
    let all = words.iter().chain(patterns).chain(links_to).chain(languages).chain(servers);
    // An empty one takes room, too.
    all.map(|entry| entry.len() + 1).sum()
}

fn well_said(number: usize, rule: &Rule) -> Result<(), BadRule> {
    if !(1..=LONGEST_NAME).contains(&rule.name.trim().chars().count()) {
        return Err(BadRule::Name(number + 1));
    }
    if rule.message.chars().count() > LONGEST_MESSAGE {
        return Err(BadRule::Message(rule.name.clone()));
    }
    if rule.effect == Effect::Refuse && rule.message.trim().is_empty() {
        return Err(BadRule::NoMessage(rule.name.clone()));
    }
    let counted = rule.when.repeated.into_iter().chain(rule.when.rate.map(|rate| rate.often));
    let is_possible =
        |often: Often| often.more_than <= MOST_COUNTED && (1..=LONGEST_WHILE_MS).contains(&often.within_ms);
    if counted.into_iter().all(is_possible) { Ok(()) } else { Err(BadRule::Count(rule.name.clone())) }
}
