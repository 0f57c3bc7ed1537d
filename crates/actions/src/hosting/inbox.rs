//! What came from other servers: what became of it and why, and having it dealt with again.

use domain::{Deed, Noun, Refusal};
use storage::Read;
use storage::inbox::{self, Entry, State};

use super::{By, and_one, cut};
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// It waits for its turn, or for being tried again.
    Waiting,
    /// It failed too often.
    Failed,
    /// It was not for the sender to say.
    Refused,
    /// It concerned nothing that is here.
    Ignored,
    /// It had its effect.
    Done,
}

impl From<State> for Listed {
    fn from(state: State) -> Self {
        match state {
            State::Waiting | State::Again => Self::Waiting,
            State::Failed => Self::Failed,
            State::Refused => Self::Refused,
            State::Ignored => Self::Ignored,
            State::Done => Self::Done,
        }
    }
}

/// A page of what came, newest first, and the number below which the next page begins.
///
/// # Errors
/// Refusals of those who do not run this instance; failures.
pub async fn page(
    ctx: &Ctx,
    by: &By,
    listed: Listed,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Entry>, Option<i64>)> {
    by.allowed()?;
    let mut found = ctx.db().read(move |tx| entries(tx, listed, before, and_one(limit))).await?;
    let next = cut(&mut found, limit, |entry| entry.id);
    Ok((found, next))
}

fn entries(tx: &mut Read, listed: Listed, before: Option<i64>, limit: i64) -> Result<Vec<Entry>> {
    let state = match listed {
        Listed::Waiting => State::Waiting,
        Listed::Failed => State::Failed,
        Listed::Refused => State::Refused,
        Listed::Ignored => State::Ignored,
        Listed::Done => State::Done,
    };
    let mut found = inbox::page(tx, state, before, limit)?;
    if listed == Listed::Waiting {
        // Two lists, each of which an index has in order.
        found.extend(inbox::page(tx, State::Again, before, limit)?);
        found.sort_by_key(|entry| std::cmp::Reverse(entry.id));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(found)
}

/// Has something dealt with again that was refused or has failed, and says how it stands. What waits already goes on waiting.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::Field`] for what is done or was ignored; as for [`page`].
pub async fn replay(ctx: &Ctx, by: &By, id: i64, reason: &str) -> Result<Entry> {
    by.allowed()?;
    let (cx, by, reason) = (ctx.clone(), by.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let entry = inbox::find(tx, id)?.ok_or(Error::missing(Noun::Arrival))?;
            match Listed::from(entry.state) {
                Listed::Waiting => return Ok(entry),
                Listed::Failed | Listed::Refused => {}
                Listed::Ignored | Listed::Done => {
                    let problem = "it is over, and what it said is not kept; only what was refused or has failed is dealt with again";
                    return Err(Error::Refused(Refusal::field("state", problem)));
                }
            }
            inbox::replay(tx, id, cx.now())?;
            by.note(tx, &cx, Deed::Replay, Some(&entry.host), &reason)?;
            inbox::find(tx, id)?.ok_or(Error::missing(Noun::Arrival))
        })
        .await
}
