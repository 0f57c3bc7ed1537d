//! Who is suspended follows nothing any more and is followed by nobody, where the suspension counts. Each is told: those elsewhere by a
//! `Reject`, boards that are followed from here by an `Undo`. What ended so does not come back by itself.

use domain::{ActorId, BoardId, Origin};
use federation::wire::addresses::OurActor;
use storage::actors::{self, Actor};
use storage::boards;
use storage::follows::{self, Followed};
use storage::remotes::{self, Presence};
use storage::sanctions::Decided;
use storage::{Read, Write, following, threads};

use crate::elsewhere::{parting, say};
use crate::{Ctx, Result};

/// Followers with whom is parted in one transaction.
const PIECE: i64 = 100;

/// Ends it all.
///
/// # Errors
/// Failures only.
pub(super) async fn carry_out(ctx: &Ctx, decided: &Decided) -> Result<()> {
    let (cx, one) = (ctx.clone(), decided.clone());
    ctx.db().write(move |tx| follows_nothing(tx, &cx, &one)).await?;
    // People are followed on the instance, not on a board.
    if decided.bar.board.is_some() {
        return Ok(());
    }
    loop {
        let (cx, actor) = (ctx.clone(), decided.actor);
        if ctx.db().write(move |tx| followed_by_fewer(tx, &cx, actor)).await? == 0 {
            return Ok(());
        }
    }
}

fn follows_nothing(tx: &mut Write, ctx: &Ctx, decided: &Decided) -> Result<()> {
    let Some(actor) = actors::find(tx, decided.actor)? else { return Ok(()) };
    if actor.origin == Origin::Local {
        unfollow(tx, ctx, &actor, decided.bar.board)
    } else {
        reject(tx, ctx, &actor, decided.bar.board)
    }
}

/// Somebody here follows boards elsewhere no longer.
fn unfollow(tx: &mut Write, ctx: &Ctx, actor: &Actor, on: Option<BoardId>) -> Result<()> {
    for known in following::of_actor(tx, actor.id)?.into_iter().filter(|known| on.is_none_or(|on| known.board == on)) {
        following::remove(tx, actor.id, known.board)?;
        let group = boards::find(tx, known.board)?.and_then(|board| board.group);
        let there = group.map_or(Ok(None), |group| remotes::of_actor(tx, group.actor))?;
        if let Some(group) = there.filter(|group| group.presence == Presence::There) {
            say::unfollow(tx, ctx, &actor.name, known.follow, &group)?;
        }
    }
    Ok(())
}

/// Somebody elsewhere follows nothing here any more.
fn reject(tx: &mut Write, ctx: &Ctx, actor: &Actor, on: Option<BoardId>) -> Result<()> {
    let by = remotes::of_actor(tx, actor.id)?.filter(|by| by.presence == Presence::There);
    for (follower, followed, uri) in follows::of_actors(tx, &[actor.id])? {
        if !counts(tx, followed, on)? {
            continue;
        }
        if let (Some(by), Some(ours)) = (&by, parting::actor(tx, followed)?) {
            say::rejected(tx, ctx, &ours, &uri, by)?;
        }
        follows::remove(tx, followed, follower)?;
    }
    Ok(())
}

fn counts(tx: &mut Write, followed: Followed, on: Option<BoardId>) -> Result<bool> {
    let Some(on) = on else { return Ok(true) };
    Ok(board_of(tx, followed)? == Some(on))
}

/// The board that something followed is on; nothing for people.
pub(crate) fn board_of(tx: &mut Read, followed: Followed) -> Result<Option<BoardId>> {
    Ok(match followed {
        Followed::Threads(board) | Followed::Everything(board) => Some(board),
        Followed::Thread(thread) => threads::find(tx, thread)?.map(|thread| thread.board),
        Followed::Person(_) => None,
    })
}

/// Some of those elsewhere who follow somebody here do no longer. Says how many.
fn followed_by_fewer(tx: &mut Write, ctx: &Ctx, actor: ActorId) -> Result<usize> {
    let Some(person) = actors::find(tx, actor)?.filter(|actor| actor.origin == Origin::Local) else { return Ok(0) };
    let (ours, followed) = (OurActor::Person(person.name), Followed::Person(actor));
    let those = follows::followers(tx, followed, PIECE)?;
    for (follower, uri) in &those {
        if let Some(by) = remotes::of_actor(tx, *follower)?.filter(|by| by.presence == Presence::There) {
            say::rejected(tx, ctx, &ours, uri, &by)?;
        }
        follows::remove(tx, followed, *follower)?;
    }
    Ok(those.len())
}
