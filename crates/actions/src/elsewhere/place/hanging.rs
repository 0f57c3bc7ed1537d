//! Where what comes from elsewhere hangs in our trees.

use std::sync::Arc;

use domain::{ActorId, CommentId};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::addresses::{OurActor, Ours};
use federation::wire::parse::Note;
use storage::boards::Board;
use storage::remotes::Remote;
use storage::{Read, boards, following, objects};

use super::changing::may_be_shown;
use super::{Told, fetched};
use crate::elsewhere::graves;
use crate::elsewhere::graves::Grave;
use crate::elsewhere::receive::comment;
use crate::elsewhere::work::{Outcome, Postponed};
use crate::{Ctx, Result};

/// A comment on the way from what came up to what is here.
#[derive(Clone)]
pub(super) enum Link {
    /// As its home shows it, and who wrote it.
    Written(Arc<(Note, Remote)>),
    /// It is deleted there.
    Left(Grave),
}

/// A comment that is not here, or what is left of it.
pub(super) async fn asked_for(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Option<Link>, Postponed> {
    if let Some(found) = fetched(ctx, id, budget).await? {
        return Ok(Some(Link::Written(Arc::new(found))));
    }
    Ok(graves::grave(ctx, id, budget).await?.map(Link::Left))
}

/// What a comment hangs from.
pub(super) enum Hangs {
    /// This, which is here.
    Here(CommentId),
    /// Nothing: it begins a thread on this board.
    On(Box<Board>),
    /// Something elsewhere that is not here yet.
    Below(Id),
    /// Nothing that could be here.
    Nowhere(Outcome),
}

pub(super) async fn where_it_hangs(ctx: &Ctx, note: &Note, told: Told) -> Result<Hangs> {
    let (cx, note) = (ctx.clone(), note.clone());
    ctx.db().read(move |tx| hangs(tx, &cx, &note, told)).await
}

pub(super) fn hangs(tx: &mut Read, ctx: &Ctx, note: &Note, told: Told) -> Result<Hangs> {
    if let Some(known) = objects::comment_of(tx, note.id.as_str())? {
        // Whatever it hangs from: it hangs there.
        return Ok(Hangs::Here(known));
    }
    hangs_new(tx, ctx, note, told)
}

/// The same of a comment that is not here.
pub(super) fn hangs_new(tx: &mut Read, ctx: &Ctx, note: &Note, told: Told) -> Result<Hangs> {
    if objects::is_barred(tx, note.id.as_str())? {
        return Ok(Hangs::Nowhere(Outcome::Ignored("it was deleted before it came")));
    }
    if !may_be_shown(note) {
        return Ok(Hangs::Nowhere(Outcome::Ignored("it is private, and is shown to nobody")));
    }
    let Some(above) = &note.in_reply_to else {
        let nothing = Hangs::Nowhere(Outcome::Ignored("it answers nothing, and is for no board that is here"));
        return Ok(board(tx, ctx, note, told)?.map_or(nothing, |board| Hangs::On(Box::new(board))));
    };
    below(tx, ctx, above)
}

pub(super) fn below(tx: &mut Read, ctx: &Ctx, above: &Id) -> Result<Hangs> {
    Ok(match comment(tx, ctx, above)? {
        Some(parent) => Hangs::Here(parent),
        None if ctx.elsewhere().rules().is_ours(above) => {
            Hangs::Nowhere(Outcome::Ignored("it answers something of ours that is no comment"))
        }
        None => Hangs::Below(above.clone()),
    })
}

/// Boards that are looked up among those to whom a thread is addressed.
const MOST_BOARDS: usize = 20;

/// The board on which a note that answers nothing begins a thread: one of ours that it is addressed to, or the one that passes it on, if
/// somebody here follows that. That a stranger addresses a board elsewhere is for that board to judge.
pub(super) fn board(tx: &mut Read, ctx: &Ctx, note: &Note, told: Told) -> Result<Option<Board>> {
    let mentioned = note.tags.mentions.iter().map(|mention| &mention.href);
    let addressed = note.audience.iter().chain(&note.recipients.to).chain(&note.recipients.cc).chain(mentioned);
    let ours = addressed.filter_map(|id| match ctx.elsewhere().addresses().read(id)? {
        Ours::Actor(OurActor::Board(name) | OurActor::BoardAll(name)) => Some(name),
        _ => None,
    });
    for name in ours.take(MOST_BOARDS) {
        if let Some(board) = boards::by_name(tx, &name)? {
            return Ok(Some(board));
        }
    }
    match told {
        Told::By(group) => followed(tx, group),
        Told::Author => Ok(None),
    }
}

/// The board that an actor elsewhere is, if somebody here follows it.
pub(crate) fn followed(tx: &mut Read, group: ActorId) -> Result<Option<Board>> {
    let Some(board) = boards::of_actor(tx, group)? else { return Ok(None) };
    Ok(if following::is_followed(tx, board.id)? { Some(board) } else { None })
}
