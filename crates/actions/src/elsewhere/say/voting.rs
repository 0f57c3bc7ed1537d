//! Votes, where they count.

use domain::{BoardId, CommentId, Origin, Time};
use federation::wire::addresses::{OurActor, Side};
use federation::wire::build;
use storage::follows::Address;
use storage::outbox::Reach;
use storage::remotes::Remote;
use storage::votes::Vote;
use storage::{Write, boards, comments};

use super::{Saying, heading, nobody_hears, place, tell, there};
use crate::elsewhere::notes;
use crate::elsewhere::regroup::Circle;
use crate::{Ctx, Result};

/// A vote, and when it was given: by that it is known when it is taken back.
pub(crate) type Given = (Vote, Time);

/// Somebody here has voted on a comment: its home is told, if that is elsewhere, and so is its board; and those who follow our board in
/// groups. `stamp`: where it can be read that the author has allowed it, who had to be asked.
pub(crate) fn voted(
    tx: &mut Write,
    ctx: &Ctx,
    id: CommentId,
    name: &str,
    (before, now): (Option<Given>, Option<Given>),
    stamp: Option<&str>,
) -> Result<()> {
    if nobody_hears(tx)? {
        return Ok(());
    }
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    let Some(thread) = storage::threads::find(tx, line.thread)? else { return Ok(()) };
    let counting = counting(tx, id)?;
    let mut to: Vec<Address> = counting.iter().cloned().filter_map(place).collect();
    to.sort_unstable();
    to.dedup();
    // Whoever counts it hears of it from its voter: a vote that is passed on cannot be verified, and servers like ours do not count it.
    let circle = Circle::of(tx, &thread)?.without(&to);
    let (object, actor) = (notes::id(tx, ctx, id)?, OurActor::Person(name.to_owned()));
    let author = ctx.elsewhere().addresses().actor(&notes::author(&line.author, &thread));
    let mut told: Vec<&str> = counting.iter().map(|actor| actor.uri.as_str()).collect();
    if line.author.origin != Origin::Remote {
        told.insert(0, &author);
    }
    let vote = |(vote, given): Given, number: i64| {
        let (document, side) = match vote {
            Vote::Up => (build::like(heading(ctx, number, &actor), &object, &told), Side::Like),
            Vote::Down => (build::dislike(heading(ctx, number, &actor), &object, &told), Side::Dislike),
        };
        // Pleroma takes back what it knows by its id, and nothing else.
        let document = document.called(ctx.elsewhere().addresses().vote(&actor, side, id, given.0));
        match stamp {
            Some(stamp) => build::allowed_like(document, stamp),
            None => document,
        }
    };
    if let Some(before) = before {
        let number = ctx.id();
        let document = build::undo(heading(ctx, number, &actor), &vote(before, number));
        let saying = Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None };
        tell(tx, ctx, saying, to.clone(), &circle)?;
    }
    if let Some(now) = now {
        let number = ctx.id();
        let saying =
            Saying { actor: &actor, document: vote(now, number), number, reach: Reach::Addressed, words_of: None };
        tell(tx, ctx, saying, to, &circle)?;
    }
    Ok(())
}

/// Who elsewhere counts the votes on a comment: its author, and the board that it stands on.
fn counting(tx: &mut Write, id: CommentId) -> Result<Vec<Remote>> {
    let Some(spot) = comments::spot(tx, id)? else { return Ok(Vec::new()) };
    let mut found: Vec<Remote> = there(tx, spot.author)?.into_iter().collect();
    found.extend(group(tx, spot.board)?);
    Ok(found)
}

/// The group that a board is, if it is at home elsewhere.
pub(super) fn group(tx: &mut Write, board: BoardId) -> Result<Option<Remote>> {
    let group = boards::find(tx, board)?.and_then(|board| board.group);
    group.map_or(Ok(None), |group| there(tx, group.actor))
}
