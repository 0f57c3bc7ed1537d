//! Rules that look at each comment before it is published: what they ask of it, and what becomes of one that they match. Whoever runs the
//! instance writes them; they are data, and nothing here knows where they are kept. Not here: how texts are looked through (`set`), what the
//! database has to say about an author ([`Facts`] is asked, and only when the answer decides).

mod set;
#[cfg(test)]
mod tests;
mod words;

pub use set::{BadRule, Hits, MOST_RULES, Rules};
pub use words::fingerprint;

use crate::rank::named;
use crate::{BoardId, Effect};

/// Everything that is decided about what is looked at before it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rulebook {
    /// How many of their comments readers can see before somebody is trusted; 0: nobody ever is.
    pub trusted_after: u32,
    /// How many comments may wait for moderators; more are refused.
    pub most_held: u32,
    /// The same of the people of one server, and of those of this one.
    pub most_held_of_server: u32,
    /// The rules.
    pub rules: Vec<Rule>,
}

impl Default for Rulebook {
    fn default() -> Self {
        Self { trusted_after: 0, most_held: 5_000, most_held_of_server: 500, rules: Vec::new() }
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What moderators know it by.
    pub name: String,
    /// On which board it counts; `None`: on all.
    pub board: Option<BoardId>,
    /// For whom.
    pub whom: Whom,
    /// Whether those who are trusted are spared.
    pub trust: Trust,
    /// What becomes of a comment that it matches.
    pub effect: Effect,
    /// What an author is told whose comment it refuses.
    pub message: String,
    /// What it asks.
    pub when: When,
}

/// Whose comments a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Everybody's.
    Everybody,
    /// Those of people of other servers.
    Remote,
    /// Those of people of this one.
    Local,
}

named!(Whom { Everybody = "everybody", Remote = "remote", Local = "local" });

/// Whether a rule counts for those who are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// They are spared.
    Spares,
    /// It counts for them, too.
    Ignores,
}

/// What a rule asks of a comment: all of it must hold. A rule that asks nothing matches everything: that is how a board is calmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Nothing by its author can be read here yet.
    pub first_of_author: bool,
    /// Nothing by anybody of its author's server can.
    pub first_of_server: bool,
    /// Its author has had an account, or has been known here, for less than that.
    pub younger_than_ms: Option<i64>,
    /// It has more links.
    pub links_more_than: Option<u32>,
    /// It links to one of these hosts, or to one below them.
    pub links_to: Vec<String>,
    /// One of these words or phrases is in it, in any letter case.
    pub words: Vec<String>,
    /// One of these regular expressions matches its text.
    pub patterns: Vec<String>,
    /// It says that it is in one of these languages (`de` includes `de-AT`). Of one that says nothing that is not known.
    pub languages: Vec<String>,
    /// It mentions more people.
    pub mentions_more_than: Option<u32>,
    /// The same text came from its author's server (of people here: from its author) more often.
    pub repeated: Option<Often>,
    /// More was written.
    pub rate: Option<Rate>,
    /// Its author is of one of these servers, or of one below them.
    pub servers: Vec<String>,
}

/// More often than so many times in a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Often {
    /// So many times are not too many.
    pub more_than: u32,
    /// The while.
    pub within_ms: i64,
}

/// How much was written before, by whom or where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Whose comments are counted.
    pub per: Per,
    /// How many, in what time.
    pub often: Often,
}

/// Whose comments are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Those of the author.
    Author,
    /// Those of all of the author's server; of people here, of all of them.
    Server,
    /// Those on the board.
    Board,
}

named!(Per { Author = "author", Server = "server", Board = "board" });

/// A comment that is to be published, as far as its text and its place tell.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The board of its thread.
    pub board: BoardId,
    /// The host of its author; empty for people here.
    pub host: &'a str,
    /// How many links it has.
    pub links: usize,
    /// Where they lead to: hosts in small letters.
    pub link_hosts: &'a [String],
    /// How many people it mentions.
    pub mentions: usize,
    /// Which language it says that it is in.
    pub language: Option<&'a str>,
    /// What was found in its text.
    pub hits: &'a Hits,
    /// Whether it is new.
    pub occasion: Occasion,
}

/// Why a comment is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// It is new.
    New,
    /// Its words were changed: how often somebody writes does not matter then.
    Edit,
}

/// What is known here of an author, looked up when a rule asks for it. Counts go no further than `most`.
pub trait Facts {
    /// What can go wrong.
    type Error;
    /// How many other comments of the author readers can see.
    ///
    /// # Errors
    /// When it cannot be found out; also of the others.
    fn published(&mut self, most: u32) -> Result<u32, Self::Error>;
    /// Whether readers can see a comment by anybody of the author's server.
    ///
    /// # Errors
    /// As above.
    fn server_has_published(&mut self) -> Result<bool, Self::Error>;
    /// For how long the author has been known.
    ///
    /// # Errors
    /// As above.
    fn known_for_ms(&mut self) -> Result<i64, Self::Error>;
    /// How often the same text came lately from where it came from.
    ///
    /// # Errors
    /// As above.
    fn repeated(&mut self, within_ms: i64, most: u32) -> Result<u32, Self::Error>;
    /// How much was written lately.
    ///
    /// # Errors
    /// As above.
    fn written(&mut self, per: Per, within_ms: i64, most: u32) -> Result<u32, Self::Error>;
}

/// What rules say about a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// The rules that match it, in the order in which they stand. One that refuses is the last that was looked at.
    pub matched: Vec<&'a Rule>,
}

impl<'a> Verdict<'a> {
    /// The first of the strictest rules that match: what becomes of the comment.
    #[must_use]
    pub fn decisive(&self) -> Option<&'a Rule> {
        self.matched.iter().copied().reduce(|first, next| if next.effect > first.effect { next } else { first })
    }
}

impl Rules {
    /// What the rules say about a comment.
    ///
    /// # Errors
    /// When a fact cannot be found out.
    pub fn judge<F: Facts>(&self, subject: Subject<'_>, facts: &mut F) -> Result<Verdict<'_>, F::Error> {
        let mut verdict = Verdict::default();
        for (number, rule) in self.book().rules.iter().enumerate() {
            if !rule.fits(number, &subject) || !rule.when.holds(facts)? || self.spares(rule, facts)? {
                continue;
            }
            verdict.matched.push(rule);
            if rule.effect == Effect::Refuse {
                break;
            }
        }
        Ok(verdict)
    }

    fn spares<F: Facts>(&self, rule: &Rule, facts: &mut F) -> Result<bool, F::Error> {
        let enough = self.book().trusted_after;
        Ok(rule.trust == Trust::Spares && enough > 0 && facts.published(enough)? >= enough)
    }
}

impl Rule {
    /// What can be told without looking anything up.
    fn fits(&self, number: usize, subject: &Subject<'_>) -> bool {
        let Rule { when, whom, board, .. } = self;
        let is_theirs = match whom {
            Whom::Everybody => true,
            Whom::Remote => !subject.host.is_empty(),
            Whom::Local => subject.host.is_empty(),
        };
        is_theirs && board.is_none_or(|board| board == subject.board) && when.fits(number, subject)
    }
}

impl When {
    fn fits(&self, number: usize, subject: &Subject<'_>) -> bool {
        let more = |found: usize, most: Option<u32>| most.is_none_or(|most| found > most as usize);
        let one = |list: &[String], has: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|entry| has(entry));
        let is_new = subject.occasion == Occasion::New || (self.rate.is_none() && self.repeated.is_none());
        is_new
            && more(subject.links, self.links_more_than)
            && more(subject.mentions, self.mentions_more_than)
            && one(&self.links_to, &|host| subject.link_hosts.iter().any(|found| is_or_below(found, host)))
            && one(&self.languages, &|language| subject.language.is_some_and(|found| is_in(found, language)))
            && one(&self.servers, &|host| is_or_below(subject.host, host))
            && (self.words.is_empty() || subject.hits.has_words_of(number))
            && (self.patterns.is_empty() || subject.hits.has_patterns_of(number))
    }

    /// What has to be looked up.
    fn holds<F: Facts>(&self, facts: &mut F) -> Result<bool, F::Error> {
        if self.first_of_author && facts.published(1)? > 0 {
            return Ok(false);
        }
        if self.first_of_server && facts.server_has_published()? {
            return Ok(false);
        }
        if let Some(age) = self.younger_than_ms
            && facts.known_for_ms()? >= age
        {
            return Ok(false);
        }
        self.is_frequent(facts)
    }

    fn is_frequent<F: Facts>(&self, facts: &mut F) -> Result<bool, F::Error> {
        if let Some(Often { more_than, within_ms }) = self.repeated
            && facts.repeated(within_ms, more_than.saturating_add(1))? <= more_than
        {
            return Ok(false);
        }
        let Some(Rate { per, often }) = self.rate else { return Ok(true) };
        Ok(facts.written(per, often.within_ms, often.more_than.saturating_add(1))? > often.more_than)
    }

    /// Whether it asks how often something was written, so that what is written has to be remembered for a while.
    #[must_use]
    pub fn is_about_frequency(&self) -> bool {
        self.rate.is_some() || self.repeated.is_some()
    }
}

/// Whether a host is another one, or below it. A port counts only where one is named.
fn is_or_below(found: &str, host: &str) -> bool {
    crate::policy::names(found).any(|name| name == host)
}

fn is_in(found: &str, language: &str) -> bool {
    let rest = found.get(..language.len()).filter(|head| head.eq_ignore_ascii_case(language));
    rest.is_some() && found.get(language.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
