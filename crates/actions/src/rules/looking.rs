//! What is found in the words of a comment before anything is locked: the time that regular expressions take is nobody else's.

use std::sync::Arc;

use domain::BoardId;
use domain::rules::{Hits, Occasion, Rulebook, Rules, Subject, fingerprint};
use domain::text::{self, Rendered};

use super::hook::Said;

/// What was found, if there was anything to look for, and what the host's program said of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    found: Option<Found>,
    heard: Heard,
}

/// What the host's program said.
#[derive(Clone, Debug, Default)]
pub(super) enum Heard {
    /// It was not asked.
    #[default]
    Nothing,
    /// This.
    Word(Said),
    /// It has judged the same words before, as a part of more.
    Before,
}

/// What was found in a comment.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    rules: Arc<Rules>,
    hits: Hits,
    links: usize,
    link_hosts: Vec<String>,
    mentions: usize,
    language: Option<String>,
    text: Option<i64>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Words<'a> {
    /// The title of a thread.
    pub(crate) title: &'a str,
    /// What it discusses.
    pub(crate) link: Option<&'a str>,
    /// The words as HTML, and without markup; empty for none.
    pub(crate) html: &'a str,
    pub(crate) plain: &'a str,
    /// How many people are mentioned.
    pub(crate) mentions: usize,
    /// Which language it says that it is in.
    pub(crate) language: Option<&'a str>,
}

impl<'a> Words<'a> {
    /// Those of a text.
    pub(crate) fn of(text: &'a Rendered) -> Self {
        Self { html: &text.html, plain: &text.plain, mentions: text.mentions.len(), ..Self::default() }
    }
}

impl Look {
    /// Looks words through, if anything was decided.
    pub(crate) fn new(rules: &Arc<Rules>, words: Words<'_>) -> Self {
        let found = (*rules.book() != Rulebook::default()).then(|| Found::new(rules, words));
        Self { found, heard: Heard::Nothing }
    }

    /// Words that were judged as a part of more.
    pub(crate) fn judged() -> Self {
        Self { found: None, heard: Heard::Before }
    }

    /// Keeps what the host's program said of them.
    pub(super) fn hear(&mut self, said: Said) {
        self.heard = Heard::Word(said);
    }

    pub(super) fn heard(&self) -> &Heard {
        &self.heard
    }

    /// What was found.
    pub(crate) fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }
}

impl Found {
    fn new(rules: &Arc<Rules>, words: Words<'_>) -> Self {
        let whole = format!("{}\n{}", words.title, words.plain);
        let whole = whole.trim();
        let link = words.link.and_then(|link| text::link(link).ok());
        let own = link.and_then(|link| link.host_str().map(str::to_lowercase));
        let link_hosts: Vec<String> = text::link_hosts(words.html).into_iter().chain(own).collect();
        Self {
            rules: Arc::clone(rules),
            hits: rules.look_through(whole),
            links: link_hosts.len(),
            link_hosts,
            mentions: words.mentions,
            language: words.language.map(str::to_owned),
            text: fingerprint(whole),
        }
    }

    /// The rules that were asked.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What the text says, as a number.
    pub(crate) fn text(&self) -> Option<i64> {
        self.text
    }

    /// As the rules see it; where it is to stand, and whose it is, is the caller's to say.
    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            board: BoardId(0),
            host: "",
            links: self.links,
            link_hosts: &self.link_hosts,
            mentions: self.mentions,
            language: self.language.as_deref(),
            hits: &self.hits,
            occasion: Occasion::New,
        }
    }
}
