//! Actors who go to another server. It is true if both servers say so: the old one where to, the new one that it is the same. Who follows the
//! old one follows the new one then: people here follow boards. What the old actor itself follows here stays with it: its new server
//! knows nothing of that, and asks for it if it wants it.

use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::parse::Actor;
use storage::remotes::Remote;
use storage::{Write, moves};

use super::following;
use super::known::{self, Unknown};
use super::work::{Outcome, Postponed};
use crate::{Ctx, Result};

/// How long nobody who took part in a move takes part in another, in milliseconds; Mastodon waits as long.
const PAUSE_MS: i64 = 7 * 24 * 3600 * 1000;

/// Somebody says that they have gone to `target`.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn moved(ctx: &Ctx, from: &Id, target: Id, by: Remote, budget: &Budget) -> Result<Outcome, Postponed> {
    if ctx.elsewhere().rules().is_ours(&target) {
        return Ok(Outcome::Refused("nobody comes to this server by a Move: accounts are made here".into()));
    }
    let (old, new) = match (asked(ctx, from, budget).await?, asked(ctx, &target, budget).await?) {
        (Some(old), Some(new)) => (old, new),
        _ => return Ok(Outcome::Refused("one of both actors cannot be asked whether it is true".into())),
    };
    if let Some(why) = doubt(&old, &new) {
        return Ok(Outcome::Refused(why.into()));
    }
    // Kept as any actor is: only who has a key of its own can answer for anything here.
    let to = match known::met(ctx, &target, budget).await {
        Ok(to) => to,
        Err(Unknown::Ours(error)) => return Err(error.into()),
        Err(other) => return Ok(Outcome::Refused(other.to_string())),
    };
    let cx = ctx.clone();
    Ok(ctx.db().write(move |tx| pass(tx, &cx, &by, (&new, &to))).await?)
}

/// What speaks against it.
fn doubt(old: &Actor, new: &Actor) -> Option<&'static str> {
    if old.moved_to.as_ref() != Some(&new.id) {
        return Some("its own server does not say that it has moved there");
    }
    if !new.also_known_as.contains(&old.id) {
        return Some("where it says to have gone, nobody says to be the same");
    }
    if new.moved_to.is_some() {
        return Some("where it says to have gone, it has gone on: only one step is taken");
    }
    (old.kind != new.kind).then_some("it would be something else there")
}

fn pass(tx: &mut Write, ctx: &Ctx, from: &Remote, (described, to): (&Actor, &Remote)) -> Result<Outcome> {
    let now = ctx.now();
    for actor in [from.actor, to.actor] {
        if moves::last(tx, actor)?.is_some_and(|last| now.0 - last.0 < PAUSE_MS) {
            return Ok(Outcome::Refused("one of both actors has moved less than a week ago".into()));
        }
    }
    following::moved(tx, ctx, from, (described, to))?;
    moves::set(tx, from.actor, to.actor, now)?;
    Ok(Outcome::Done)
}

/// An actor as its server shows it now; nothing if it shows none.
async fn asked(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Option<Actor>, Postponed> {
    match known::document(ctx, id, budget).await {
        Ok(actor) => Ok(Some(actor)),
        Err(Unknown::Ours(error)) => Err(error.into()),
        Err(Unknown::Fetch(error)) if error.may_pass() => Err(Postponed::Elsewhere(error.to_string())),
        Err(_) => Ok(None),
    }
}
