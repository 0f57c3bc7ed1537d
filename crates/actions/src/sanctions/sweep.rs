//! What somebody had written is taken down with them, or put back: a piece at a time, so that nobody waits for the rest. What is to be done
//! stands in the decision's row and what was done in `storage::swept`, so that a crash ends none of it, and doing it again changes nothing.

use std::collections::BTreeMap;

use domain::{CommentId, Origin, State, ThreadId};
use storage::actors::{self, Actor};
use storage::hidden::{self, Covered};
use storage::sanctions::{self, Decided, Sweep};
use storage::threads::{self, Touch};
use storage::{Write, comments, swept};

use super::{MOST, known};
use crate::elsewhere::told::{self, Moderator};
use crate::elsewhere::{approval, policy, say};
use crate::writing::index;
use crate::{Ctx, Result, quiet};

/// Comments that turn in one transaction.
const PIECE: i64 = 200;

/// Does what this decision says about what was written. Says how many comments turned.
///
/// # Errors
/// Failures only.
pub(super) async fn carry_out(ctx: &Ctx, decision: i64) -> Result<usize> {
    let mut done = 0;
    // What was decided just now may be what is to be put back.
    known::refresh(ctx).await?;
    loop {
        let cx = ctx.clone();
        let turned = ctx.db().write(move |tx| piece(tx, &cx, decision)).await?;
        done += turned;
        if turned == 0 {
            return Ok(done);
        }
    }
}

fn piece(tx: &mut Write, ctx: &Ctx, decision: i64) -> Result<usize> {
    // In each: it may have been decided otherwise meanwhile.
    let Some(decided) = sanctions::find(tx, decision)? else { return Ok(0) };
    let over = decided.ended.is_some() || decided.bar.is_over(ctx.now());
    match decided.sweep {
        Sweep::Remove if !over => remove(tx, ctx, &decided),
        Sweep::Restore => restore(tx, ctx, &decided),
        Sweep::Leave | Sweep::Remove => Ok(0),
    }
}

fn remove(tx: &mut Write, ctx: &Ctx, decided: &Decided) -> Result<usize> {
    let mut those = swept::standing(tx, decided.actor, decided.bar.board, decided.id, PIECE)?;
    bound(tx, ctx, decided, &mut those)?;
    let Some(author) = actors::find(tx, decided.actor)?.filter(|_| !those.is_empty()) else { return Ok(0) };
    tell(tx, ctx, (decided, &author), &those)?;
    touch(tx, ctx, &those, -1)?;
    for root in those.iter().filter(|one| one.is_root) {
        threads::withhold(tx, root.thread)?;
        threads::set_listed(tx, root.thread, false)?;
    }
    swept::remove(tx, decided.id, &those)?;
    Ok(those.len())
}

/// Who has many followers has as many deliveries for each comment: no more turn at once than can be told of.
fn bound(tx: &mut Write, ctx: &Ctx, decided: &Decided, those: &mut Vec<Covered>) -> Result<()> {
    let told: Vec<_> = those.iter().map(|one| (one.id, one.thread)).collect();
    those.truncate(say::as_many(tx, ctx, decided.actor, &told)?);
    Ok(())
}

/// Ours are deleted elsewhere in their author's name; of others those who keep groups are told, and it is announced no more.
fn tell(tx: &mut Write, ctx: &Ctx, (decided, author): (&Decided, &Actor), seen: &[Covered]) -> Result<()> {
    if author.origin == Origin::Local {
        let those: Vec<_> = seen.iter().map(|one| (one.id, one.thread)).collect();
        return say::all_removed(tx, ctx, author, &those);
    }
    let by = told::moderator(tx, decided.by)?;
    for one in seen {
        told::taken_down(tx, ctx, one.id, Moderator { actor: &by, reason: &decided.reason })?;
        say::unannounced(tx, ctx, one.id)?;
    }
    Ok(())
}

/// Each thread once and in one order: whoever else does so waits, and for nobody who waits for them.
fn touch(tx: &mut Write, ctx: &Ctx, those: &[Covered], each: i64) -> Result<()> {
    let mut changed: BTreeMap<ThreadId, i64> = BTreeMap::new();
    for one in those {
        *changed.entry(one.thread).or_default() += if one.is_root { 0 } else { each };
    }
    for (thread, comments) in changed {
        threads::touch(tx, thread, Touch { comments, active: None, event: None, now: ctx.now() })?;
    }
    Ok(())
}

fn restore(tx: &mut Write, ctx: &Ctx, decided: &Decided) -> Result<usize> {
    // Since it was lifted, perhaps. Whoever lets the server in again can do this again.
    if policy::is_blocked(tx, ctx, decided.actor)? {
        return Ok(0);
    }
    let mut all = swept::of(tx, decided.id, PIECE)?;
    bound(tx, ctx, decided, &mut all)?;
    let (those, mut again) = (left(tx, ctx, decided, &all)?, Vec::new());
    for one in &those {
        if one.state == State::Removed && approval::may_be_shown(tx, one.id)? {
            again.push(*one);
        }
    }
    touch(tx, ctx, &again, 1)?;
    hidden::show(tx, &again)?;
    swept::forget(tx, &those)?;
    again.iter().try_for_each(|one| stands(tx, ctx, one))?;
    if let Some(author) = actors::find(tx, decided.actor)? {
        tell_again(tx, ctx, (decided, &author), &again)?;
    }
    Ok(all.len())
}

/// Those that nothing else keeps down. The others are that decision's from now on.
fn left(tx: &mut Write, ctx: &Ctx, decided: &Decided, all: &[Covered]) -> Result<Vec<Covered>> {
    let counts = |one: &Decided| one.ended.is_none() && !one.bar.is_over(ctx.now()) && one.sweep == Sweep::Remove;
    let mut others = sanctions::of_actor(tx, decided.actor, MOST)?;
    others.retain(|one| one.id != decided.id && counts(one));
    let mut left = all.to_vec();
    for other in others {
        let kept = kept_by(tx, &other, &left)?;
        swept::hand_over(tx, &kept, other.id)?;
        left.retain(|one| !kept.contains(&one.id));
    }
    Ok(left)
}

fn kept_by(tx: &mut Write, other: &Decided, those: &[Covered]) -> Result<Vec<CommentId>> {
    let mut kept = Vec::new();
    for one in those {
        let covers = match other.bar.board {
            Some(board) => threads::find(tx, one.thread)?.is_some_and(|thread| thread.board == board),
            None => true,
        };
        kept.extend(covers.then_some(one.id));
    }
    Ok(kept)
}

/// The opposite of [`tell`].
fn tell_again(tx: &mut Write, ctx: &Ctx, (decided, author): (&Decided, &Actor), again: &[Covered]) -> Result<()> {
    if author.origin == Origin::Local {
        let those: Vec<_> = again.iter().map(|one| (one.id, one.thread)).collect();
        return say::all_restored(tx, ctx, author, &those);
    }
    let by = told::moderator(tx, decided.by)?;
    for one in again {
        told::put_back(tx, ctx, one.id, Moderator { actor: &by, reason: &decided.reason })?;
        say::announced_again(tx, ctx, one.id)?;
    }
    Ok(())
}

/// It is found again, and its thread listed.
fn stands(tx: &mut Write, ctx: &Ctx, one: &Covered) -> Result<()> {
    let title = if one.is_root { threads::give_back(tx, one.thread)? } else { None };
    if one.is_root {
        quiet::list_again(tx, ctx, one.thread)?;
    }
    let html = comments::html(tx, one.id)?.unwrap_or_default();
    index(tx, one.id, one.before, title.as_deref(), &domain::text::plain(&html))
}
