//! What the database knows of an author, looked up when a rule asks for it, and once for each comment.

use std::collections::HashMap;

use domain::first_made_at;
use domain::rules::{Facts, Per};
use storage::traces::{self, Of};
use storage::{Read, actors, comments};

use super::Matter;
use crate::{Ctx, Error, Result};

/// The longest that is counted at once: more is as much.
const MOST: u32 = 1_001;

/// What is asked for one comment.
pub(super) struct Known<'a> {
    tx: &'a mut Read,
    ctx: &'a Ctx,
    host: &'a str,
    matter: Matter<'a>,
    text: Option<i64>,
    // What was asked before.
    published: Option<(u32, u32)>,
    server: Option<bool>,
    age_ms: Option<i64>,
    counted: HashMap<(Counted, i64), (u32, u32)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Counted {
    Author,
    Server,
    Board,
    Text,
}

impl<'a> Known<'a> {
    pub(super) fn new(tx: &'a mut Read, ctx: &'a Ctx, host: &'a str, matter: Matter<'a>, text: Option<i64>) -> Self {
        let (published, server, age_ms, counted) = (None, None, None, HashMap::new());
        Self { tx, ctx, host, matter, text, published, server, age_ms, counted }
    }

    fn count(&mut self, what: Counted, within_ms: i64, most: u32) -> Result<u32> {
        if let Some((_, found)) = self.counted.get(&(what, within_ms)).filter(|(asked, _)| *asked >= most) {
            return Ok((*found).min(most));
        }
        let (who, since) = (self.matter.who.actor, first_made_at(self.ctx.now().plus_ms(-within_ms)));
        let of = match (what, self.text) {
            (Counted::Author, _) => Of::Author(who),
            (Counted::Server, _) => Of::Host(self.host),
            (Counted::Board, _) => Of::Board(self.matter.board),
            (Counted::Text, None) => return Ok(0),
            (Counted::Text, Some(text)) if self.host.is_empty() => Of::TextOf(text, who),
            (Counted::Text, Some(text)) => Of::TextOfHost(text, self.host),
        };
        let found = number(traces::count(self.tx, of, since, i64::from(most))?);
        self.counted.insert((what, within_ms), (most, found));
        Ok(found)
    }
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Facts for Known<'_> {
    type Error = Error;

    fn published(&mut self, most: u32) -> Result<u32> {
        let most = most.min(MOST);
        if let Some((_, found)) = self.published.filter(|(asked, _)| *asked >= most) {
            return Ok(found.min(most));
        }
        let Matter { who, comment, .. } = self.matter;
        let found = number(comments::published_by(self.tx, who.actor, comment, i64::from(most))?);
        self.published = Some((most, found));
        Ok(found)
    }

    /// Ours always is known.
    fn server_has_published(&mut self) -> Result<bool> {
        if self.host.is_empty() {
            return Ok(true);
        }
        let known = match self.server {
            Some(known) => known,
            None => comments::any_of_host(self.tx, self.host, self.matter.comment)?,
        };
        self.server = Some(known);
        Ok(known)
    }

    fn known_for_ms(&mut self) -> Result<i64> {
        if let Some(age) = self.age_ms {
            return Ok(age);
        }
        let now = self.ctx.now().0;
        let since = actors::find(self.tx, self.matter.who.actor)?.map_or(now, |actor| actor.created.0);
        self.age_ms = Some(now.saturating_sub(since));
        Ok(now.saturating_sub(since))
    }

    fn repeated(&mut self, within_ms: i64, most: u32) -> Result<u32> {
        self.count(Counted::Text, within_ms, most)
    }

    fn written(&mut self, per: Per, within_ms: i64, most: u32) -> Result<u32> {
        let what = match per {
            Per::Author => Counted::Author,
            Per::Server => Counted::Server,
            Per::Board => Counted::Board,
        };
        self.count(what, within_ms, most)
    }
}
