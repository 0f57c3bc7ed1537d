//! What those who run the instance see of other servers, and what they do about them. Not here: how servers are spoken to
//! (`elsewhere`).

pub mod blocklist;
pub mod checkup;
pub mod credentials;
pub mod deliveries;
pub mod inbox;
pub mod keys;
pub mod numbers;
pub mod peers;
pub mod policies;
pub mod subscriptions;

use domain::rights::Right;
use domain::{ActorId, CommentId, Deed};
use storage::Write;
use storage::log::{self, Entry};

use crate::{Ctx, Person, Result};

/// Who decides, as one who runs the instance.
#[derive(Clone, Debug)]
pub enum By {
    /// An administrator: what they do stands in the moderation log.
    Administrator(Person),
    /// Whoever has the machine, and could change the database as well. The log has it as done by the command line.
    Host,
}

impl By {
    /// Refuses whoever is no administrator, or has no credential of one.
    fn allowed(&self) -> Result<()> {
        self.must(Right::RunPeers)
    }

    /// Refuses whoever does not have this right, or has no credential that allows it.
    pub(crate) fn must(&self, right: Right) -> Result<()> {
        match self {
            Self::Administrator(person) => person.must(right),
            Self::Host => Ok(()),
        }
    }

    /// Who it is, as far as anybody could name them.
    pub(crate) fn actor(&self) -> Option<ActorId> {
        match self {
            Self::Administrator(person) => Some(person.actor),
            Self::Host => None,
        }
    }

    /// Writes the log: something was done to a server, or to several.
    fn note(&self, tx: &mut Write, ctx: &Ctx, deed: Deed, host: Option<&str>, reason: &str) -> Result<()> {
        self.write_down(tx, ctx, deed, (host.map(str::to_owned), None), reason).map(drop)
    }

    /// The same of what was done to nobody who could be named.
    pub(crate) fn log(&self, tx: &mut Write, ctx: &Ctx, deed: Deed, reason: &str) -> Result<()> {
        self.write_down(tx, ctx, deed, (None, None), reason).map(drop)
    }

    /// The same where it was done to a person. Says under which id.
    pub(crate) fn note_of(&self, tx: &mut Write, ctx: &Ctx, deed: Deed, person: &str, reason: &str) -> Result<i64> {
        self.write_down(tx, ctx, deed, (None, Some(person.to_owned())), reason)
    }

    /// The same where it was done to a comment, and to the server where that is at home.
    pub(crate) fn note_about(
        &self,
        tx: &mut Write,
        ctx: &Ctx,
        deed: Deed,
        (comment, host): (CommentId, String),
        reason: &str,
    ) -> Result<()> {
        let entry = Entry { comment: Some(comment), host: Some(host), ..self.entry(ctx, deed, reason) };
        Ok(log::insert(tx, &entry)?)
    }

    fn write_down(
        &self,
        tx: &mut Write,
        ctx: &Ctx,
        deed: Deed,
        (host, subject): (Option<String>, Option<String>),
        reason: &str,
    ) -> Result<i64> {
        let entry = Entry { host, person: subject, ..self.entry(ctx, deed, reason) };
        log::insert(tx, &entry)?;
        Ok(entry.id)
    }

    /// An entry of the log.
    fn entry(&self, ctx: &Ctx, deed: Deed, reason: &str) -> Entry {
        Entry {
            id: ctx.id(),
            moderator: self.actor(),
            // Looked up where the entry is read.
            moderator_name: String::new(),
            deed,
            comment: None,
            host: None,
            person: None,
            reason: reason.to_owned(),
            at: ctx.now(),
        }
    }
}

/// One more than a page holds: whether there is a next one shows in that.
pub(crate) fn and_one(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

/// Cuts a list to a page, and says after which entry the next one begins, if there is one.
pub(crate) fn cut<T, K>(found: &mut Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Option<K> {
    let more = found.len() > limit;
    found.truncate(limit);
    found.last().filter(|_| more).map(key)
}
