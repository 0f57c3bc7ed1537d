//! Rules as they are written, in files, and in the database: JSON with the names of boards. What stands in none of its fields is refused, so
//! that a mistyped condition is not one that is never asked.

use domain::rules::{BadRule, Often, Per, Rate, Rule, Rulebook, Rules, Trust, When, Whom};
use domain::{BoardId, Effect, Refusal};
use serde::{Deserialize, Serialize};
use storage::{Read, boards};

use crate::{Error, Result};

/// Everything that is decided about what is looked at before it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Book {
    /// How many published comments make somebody trusted; 0: nobody is.
    pub trusted_after: u32,
    /// How many comments may wait.
    pub most_held: u32,
    /// The same of one server.
    pub most_held_of_server: u32,
    /// The rules, in the order in which they are asked.
    pub rules: Vec<Draft>,
}

impl Default for Book {
    fn default() -> Self {
        let Rulebook { trusted_after, most_held, most_held_of_server, .. } = Rulebook::default();
        Self { trusted_after, most_held, most_held_of_server, rules: Vec::new() }
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// The board on which it counts: `name`, or `name@host`; all if it is left out.
    #[serde(default)]
    pub board: Option<String>,
    /// For whom: `everybody`, `remote`, `local`.
    #[serde(default = "everybody")]
    pub whom: String,
    /// Whether it counts for those who are trusted, too.
    #[serde(default)]
    pub even_trusted: bool,
    /// What it does: `notify`, `tag`, `limit`, `hold`, `refuse`.
    pub effect: String,
    /// What authors are told whom it refuses.
    #[serde(default)]
    pub message: String,
    /// What it asks; all of it must hold.
    #[serde(default)]
    pub when: Asked,
}

fn everybody() -> String {
    Whom::Everybody.name().to_owned()
}

/// What a rule asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// Nothing by its author can be read here yet.
    pub first_of_author: bool,
    /// Nothing by anybody of its author's server can.
    pub first_of_server: bool,
    /// Its author has been known for fewer hours.
    pub younger_than_hours: Option<u32>,
    /// It has more links.
    pub links_more_than: Option<u32>,
    /// It links to one of these hosts.
    pub links_to: Vec<String>,
    /// One of these words or phrases is in it.
    pub words: Vec<String>,
    /// One of these regular expressions matches.
    pub patterns: Vec<String>,
    /// It is in one of these languages.
    pub languages: Vec<String>,
    /// It mentions more people.
    pub mentions_more_than: Option<u32>,
    /// The same text came more often.
    pub repeated: Option<Counted>,
    /// More was written.
    pub rate: Option<Paced>,
    /// Its author is of one of these servers.
    pub servers: Vec<String>,
}

/// More than so many in so many minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// So many are not too many.
    pub more_than: u32,
    /// The while.
    pub within_minutes: u32,
}

/// The same by whom or where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paced {
    /// Whose are counted: `author`, `server`, `board`.
    pub per: String,
    /// So many are not too many.
    pub more_than: u32,
    /// The while.
    pub within_minutes: u32,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

fn often(more_than: u32, within_minutes: u32) -> Often {
    Often { more_than, within_ms: i64::from(within_minutes) * MINUTE_MS }
}

/// Which boards are known: the one of a name.
pub(super) trait Boards {
    fn find(&mut self, name: &str) -> Result<Option<BoardId>>;
}

impl Boards for Read {
    fn find(&mut self, name: &str) -> Result<Option<BoardId>> {
        Ok(boards::by_address(self, name)?.map(|board| board.id))
    }
}

/// What is refused of a list of rules.
pub(super) fn refused(problem: impl Into<String>) -> Error {
    Error::Refused(Refusal::field("rules", problem))
}

impl From<BadRule> for Error {
    fn from(bad: BadRule) -> Self {
        refused(bad.to_string())
    }
}

impl Book {
    /// Makes them ready to be used.
    ///
    /// # Errors
    /// [`Refusal::Field`] with what is wrong; storage failures.
    pub(super) fn ready(&self, boards: &mut impl Boards) -> Result<Rules> {
        // Before their boards are looked up: there may be any number.
        if self.rules.len() > domain::rules::MOST_RULES {
            return Err(BadRule::TooMany(self.rules.len()).into());
        }
        let rules: Result<Vec<Rule>> = self.rules.iter().map(|draft| draft.rule(boards)).collect();
        let Self { trusted_after, most_held, most_held_of_server, .. } = *self;
        Ok(Rules::new(Rulebook { trusted_after, most_held, most_held_of_server, rules: rules? })?)
    }
}

impl Draft {
    fn rule(&self, boards: &mut impl Boards) -> Result<Rule> {
        let called = |what: &str, name: &str| {
            refused(format!("the rule “{}” names the {what} “{name}”, which is none", self.name))
        };
        let board = match &self.board {
            None => None,
            Some(name) => Some(boards.find(name)?.ok_or_else(|| called("board", name))?),
        };
        let whom = Whom::named(&self.whom).ok_or_else(|| called("people", &self.whom))?;
        let effect = Effect::named(&self.effect).ok_or_else(|| called("effect", &self.effect))?;
        let trust = if self.even_trusted { Trust::Ignores } else { Trust::Spares };
        let (name, message) = (self.name.trim().to_owned(), self.message.clone());
        Ok(Rule { name, board, whom, trust, effect, message, when: self.when()? })
    }

    fn when(&self) -> Result<When> {
        let lower = |list: &[String]| list.iter().map(|entry| entry.trim().to_lowercase()).collect();
        let asked = &self.when;
        let rate = asked.rate.as_ref().map(|paced| {
            let unknown = || refused(format!("the rule “{}” counts per “{}”, which is nothing", self.name, paced.per));
            let per = Per::named(&paced.per).ok_or_else(unknown)?;
            Ok::<_, Error>(Rate { per, often: often(paced.more_than, paced.within_minutes) })
        });
        Ok(When {
            first_of_author: asked.first_of_author,
            first_of_server: asked.first_of_server,
            younger_than_ms: asked.younger_than_hours.map(|hours| i64::from(hours) * HOUR_MS),
            links_more_than: asked.links_more_than,
            links_to: lower(&asked.links_to),
            words: asked.words.clone(),
            patterns: asked.patterns.clone(),
            languages: asked.languages.clone(),
            mentions_more_than: asked.mentions_more_than,
            repeated: asked.repeated.map(|counted| often(counted.more_than, counted.within_minutes)),
            rate: rate.transpose()?,
            servers: lower(&asked.servers),
        })
    }
}
