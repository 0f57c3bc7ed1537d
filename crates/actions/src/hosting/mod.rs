//! What those who run the instance see of other servers, and what they do about them. Not here: how servers are spoken to
//! (`elsewhere`).

pub mod checkup;
pub mod deliveries;
pub mod inbox;
pub mod keys;
pub mod numbers;
pub mod peers;

use domain::{Deed, Role};
use storage::Write;
use storage::log::{self, Entry};

use crate::{Ctx, Person, Result};

/// Who decides, as one who runs the instance.
#[derive(Clone, Debug)]
pub enum By {
    /// An administrator: what they do stands in the moderation log.
    Administrator(Person),
    /// Whoever has the machine, and could change the database as well. They are nobody whom the log could name.
    Host,
}

impl By {
    /// Refuses whoever is no administrator, or has no credential of one.
    fn allowed(&self) -> Result<()> {
        self.allowed_to("see or change how other servers are spoken to")
    }

    /// The same for something else.
    pub(crate) fn allowed_to(&self, doing: &'static str) -> Result<()> {
        match self {
            Self::Administrator(person) => person.must_be(Role::Admin, doing),
            Self::Host => Ok(()),
        }
    }

    /// Writes the log of what was done about a server.
    fn note(&self, tx: &mut Write, ctx: &Ctx, deed: Deed, host: &str, reason: &str) -> Result<()> {
        self.write(tx, ctx, (deed, Some(host)), reason)
    }

    /// Writes the log of what has nothing to do with another server.
    pub(crate) fn log(&self, tx: &mut Write, ctx: &Ctx, deed: Deed, reason: &str) -> Result<()> {
        self.write(tx, ctx, (deed, None), reason)
    }

    fn write(&self, tx: &mut Write, ctx: &Ctx, (deed, host): (Deed, Option<&str>), reason: &str) -> Result<()> {
        let Self::Administrator(person) = self else { return Ok(()) };
        let entry = Entry {
            id: ctx.id(),
            moderator: person.actor,
            moderator_name: person.name.clone(),
            deed,
            comment: None,
            host: host.map(str::to_owned),
            reason: reason.to_owned(),
            at: ctx.now(),
        };
        Ok(log::insert(tx, &entry)?)
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
