//! Whom those who moderate a board elsewhere shut out from it: it counts on that board alone, and beside what is decided here. They neither
//! replace nor lift that.

use domain::sanction::Bar;
use domain::{ActorId, BoardId, Deed, Origin, Sanction, Time, Word};
use storage::log::{self, Entry};
use storage::sanctions::{self as rows, Decided, Sweep};
use storage::{Read, Write, actors, boards, jobs};

use super::{AGAIN_MS, KIND, MOST, Written, begin, deed, handle_of, put_back, put_into_effect, sweep_of};
use crate::words::{self, Saying};
use crate::{Ctx, Result, appeals};

/// That somebody shuts out and lets in again within this time is one line of the log, in milliseconds: nobody fills it by a switch.
const ONE_LINE_MS: i64 = 10 * 60 * 1000;

/// Who is dealt with where, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The board, at home elsewhere.
    pub(crate) board: BoardId,
    /// Who is dealt with, here or elsewhere.
    pub(crate) person: ActorId,
    /// Who decides: the board's own actor, or one of its moderators.
    pub(crate) by: ActorId,
}

/// Somebody writes on that board no more, and follows it no more. Again it changes nothing; otherwise it takes the place of what they
/// decided before.
///
/// # Errors
/// Failures only.
pub(crate) async fn shut_out(
    ctx: &Ctx,
    place: Place,
    (until, written): (Option<Time>, Written),
    reason: String,
) -> Result<()> {
    if until.is_some_and(|until| until <= ctx.now()) {
        return Ok(());
    }
    let cx = ctx.clone();
    let bar = Bar { level: Sanction::Suspend, board: Some(place.board), until };
    let wanted = (bar, sweep_of(Sanction::Suspend, written));
    match ctx.db().write(move |tx| decide(tx, &cx, place, wanted, reason)).await? {
        Some(new) => put_into_effect(ctx, &new).await.map(|_| ()),
        None => Ok(()),
    }
}

fn decide(
    tx: &mut Write,
    ctx: &Ctx,
    place: Place,
    (bar, sweep): (Bar, Sweep),
    reason: String,
) -> Result<Option<Decided>> {
    rows::hold(tx, place.person)?;
    let before = theirs(tx, ctx, place)?;
    if before.iter().any(|one| one.bar == bar && (one.sweep == sweep || sweep == Sweep::Leave)) {
        return Ok(None);
    }
    for one in &before {
        rows::end(tx, one.id, ctx.now())?;
    }
    let (id, created) = (ctx.id(), ctx.now());
    write_down(tx, ctx, place, deed(bar.level, sweep), &reason)?;
    let new = Decided { id, actor: place.person, bar, reason, by: Some(place.by), created, ended: None, sweep };
    begin(tx, ctx, &new)?;
    say(tx, ctx, place, (Word::Sanction, id), &new.reason)?;
    Ok(Some(new))
}

/// Somebody may write on that board again, as far as its moderators decided otherwise.
///
/// # Errors
/// Failures only.
pub(crate) async fn let_in(ctx: &Ctx, place: Place, written: Written) -> Result<()> {
    let cx = ctx.clone();
    let lifted = ctx.db().write(move |tx| lift(tx, &cx, place, written)).await?;
    put_back(ctx, &lifted).await
}

fn lift(tx: &mut Write, ctx: &Ctx, place: Place, written: Written) -> Result<Vec<Decided>> {
    rows::hold(tx, place.person)?;
    let lifted = theirs(tx, ctx, place)?;
    for one in &lifted {
        end(tx, ctx, one, written)?;
        // What the log says of it may be said again otherwise, and then is gone.
        appeals::given_way_to(tx, one.id, None)?;
        say(tx, ctx, place, (Word::Lifted, one.id), "")?;
    }
    if !lifted.is_empty() {
        let deed = if written == Written::Turns { Deed::ReviveActor } else { Deed::RestoreActor };
        write_down(tx, ctx, place, deed, "")?;
    }
    Ok(lifted)
}

fn end(tx: &mut Write, ctx: &Ctx, one: &Decided, written: Written) -> Result<()> {
    rows::end(tx, one.id, ctx.now())?;
    if written == Written::Turns && one.sweep == Sweep::Remove {
        rows::set_sweep(tx, one.id, Sweep::Restore)?;
    }
    Ok(jobs::insert(tx, ctx.id(), KIND, &one.id.to_string(), ctx.now().plus_ms(AGAIN_MS))?)
}

/// What those who moderate that board there have decided, and counts.
fn theirs(tx: &mut Read, ctx: &Ctx, place: Place) -> Result<Vec<Decided>> {
    let mut found = Vec::new();
    for one in rows::of_actor(tx, place.person, MOST)? {
        let counts = one.ended.is_none() && !one.bar.is_over(ctx.now()) && one.bar.board == Some(place.board);
        if counts && is_elsewhere(tx, one.by)? {
            found.push(one);
        }
    }
    Ok(found)
}

fn is_elsewhere(tx: &mut Read, by: Option<ActorId>) -> Result<bool> {
    let by = by.map_or(Ok(None), |by| actors::find(tx, by))?;
    Ok(by.is_some_and(|by| by.origin == Origin::Remote))
}

/// Says it to whom it is about, if they have an account here.
fn say(tx: &mut Write, ctx: &Ctx, place: Place, (kind, sanction): (Word, i64), reason: &str) -> Result<()> {
    let saying = Saying { kind, sanction: Some(sanction), board: Some(place.board), by: Some(place.by) };
    words::say(tx, ctx, place.person, saying, reason)
}

fn write_down(tx: &mut Write, ctx: &Ctx, place: Place, deed: Deed, reason: &str) -> Result<()> {
    let person = actors::find(tx, place.person)?.map(|person| handle_of(&person)).unwrap_or_default();
    let board = boards::find(tx, place.board)?.map(|board| board.address()).unwrap_or_default();
    log::forget_admissions(tx, place.by, &person, ctx.now().plus_ms(-ONE_LINE_MS))?;
    let entry = Entry {
        id: ctx.id(),
        moderator: Some(place.by),
        moderator_name: String::new(),
        deed,
        comment: None,
        host: None,
        person: Some(person),
        reason: super::on_board(&board, reason),
        at: ctx.now(),
    };
    Ok(log::insert(tx, &entry)?)
}
