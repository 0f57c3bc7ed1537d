//! What was made known is taken back, and said again where it comes back.

use std::collections::HashMap;

use domain::{ActorId, CommentId, Origin, ThreadId};
use federation::wire::addresses::OurActor;
use federation::wire::build::{self, Deletion, Document, Named};
use storage::actors::Actor;
use storage::follows::{Address, Followed};
use storage::outbox::Reach;
use storage::threads::Thread;
use storage::{Write, announcements, comments, follows, objects};

use super::publishing::{Place, announced_again, announcement, announcers, published};
use super::voting::group;
use super::{Home, Saying, concerned, heading, mentioned, nobody_hears, place, places, say, tell};
use crate::elsewhere::regroup::Circle;
use crate::elsewhere::{approval, notes, regroup};
use crate::{Ctx, Result, quiet};

/// A comment that is at home elsewhere is to be seen here no longer: whoever has announced it takes that back, for its home may know nothing
/// of those who heard of it from us. Of our own the author's `Delete` says enough.
pub(crate) fn unannounced(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<()> {
    let home = objects::of_comments(tx, &[id])?.remove(&id).filter(|home| home.announced);
    let (Some(home), Some(spot)) = (home, comments::spot(tx, id)?) else { return Ok(()) };
    let thread = storage::threads::find(tx, spot.thread)?.filter(Thread::is_ours);
    let Some(thread) = thread else { return Ok(()) };
    let circle = Circle::of(tx, &thread)?;
    taken_back(tx, ctx, (id, home.uri), Place::of(&thread), &circle)
}

/// Whoever has announced a comment takes that back from those who follow them and are not in the circle.
pub(in crate::elsewhere) fn taken_back(
    tx: &mut Write,
    ctx: &Ctx,
    (id, object): (CommentId, String),
    at: Place<'_>,
    circle: &Circle,
) -> Result<()> {
    let mut heard = false;
    for (actor, followed) in announcers(id, at) {
        let to = circle.others(follows::addresses(tx, &[followed])?);
        heard |= !to.is_empty();
        let number = ctx.id();
        let announced = announcement(tx, ctx, (number, &actor), (id, object.clone()))?;
        let document = build::undo(heading(ctx, number, &actor), &announced);
        let saying = Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None };
        say(tx, ctx, saying, &to)?;
    }
    if heard { Ok(announcements::take_back(tx, id)?) } else { Ok(()) }
}

/// A comment of ours is about to be taken back by its author. Called before it is: afterwards nothing is known of who is to hear of it.
pub(crate) fn withdrawn(tx: &mut Write, ctx: &Ctx, id: CommentId, home: Home<'_>) -> Result<()> {
    let Home::Here(name) = home else { return Ok(()) };
    if nobody_hears(tx)? {
        return Ok(());
    }
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    if !line.state.stands() {
        return approval::called_off(tx, ctx, id, name);
    }
    let Some(around) = Around::of(tx, ctx, line.thread, line.author.id)? else { return Ok(()) };
    withdraw(tx, ctx, (id, name), &around)
}

/// Deliveries that are written in one transaction, as far as they can be told before: others wait to write.
const MOST_AT_ONCE: usize = 2_000;
/// Restored, a comment is told of three times at most: that its deletion is taken back, that it is there, and by those who announce it.
const TOLD: usize = 3;

/// How many of these comments of somebody, from the first, are told of in one transaction; one at least. Who answered them and who is mentioned
/// is not counted: it is looked up for each, and they are few beside those who follow.
pub(crate) fn as_many(tx: &mut Write, ctx: &Ctx, author: ActorId, those: &[(CommentId, ThreadId)]) -> Result<usize> {
    let (mut told, mut fit) = (0, 0);
    around_each(tx, ctx, author, those, |_, _, around| {
        told += TOLD * (around.to.len() + around.circle.len());
        fit += usize::from(told <= MOST_AT_ONCE);
        Ok(())
    })?;
    Ok(if told <= MOST_AT_ONCE { those.len() } else { fit.max(1) })
}

/// Comments of somebody here, which stand, are about to be removed by a moderator: a few hundred at most.
pub(crate) fn all_removed(tx: &mut Write, ctx: &Ctx, author: &Actor, those: &[(CommentId, ThreadId)]) -> Result<()> {
    around_each(tx, ctx, author.id, those, |tx, id, around| withdraw(tx, ctx, (id, &author.name), around))
}

/// They stand again: that they were deleted is taken back, and they are said anew, for those who know of no such thing and have forgotten
/// them.
pub(crate) fn all_restored(tx: &mut Write, ctx: &Ctx, author: &Actor, those: &[(CommentId, ThreadId)]) -> Result<()> {
    around_each(tx, ctx, author.id, those, |tx, id, around| {
        let to = everybody(tx, ctx, id, around)?;
        let (actor, number) = (OurActor::Person(author.name.clone()), ctx.id());
        let document = build::undo(heading(ctx, number, &actor), &deletion(ctx, (id, ctx.id()), &actor, around));
        let saying = Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None };
        tell(tx, ctx, saying, to, &around.circle)?;
        let home = if quiet::is_quiet(tx, ctx, id)? { Home::Quiet(&author.name) } else { Home::Again(&author.name) };
        published(tx, ctx, id, home)
    })
}

/// A comment stands again that was removed here. One from elsewhere is announced again where it was.
pub(crate) fn restored(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<()> {
    let Some(line) = comments::lines(tx, &[id])?.pop().filter(|line| line.state.stands()) else { return Ok(()) };
    if line.author.origin == Origin::Local {
        let author = storage::actors::find(tx, line.author.id)?;
        return author.map_or(Ok(()), |author| all_restored(tx, ctx, &author, &[(id, line.thread)]));
    }
    announced_again(tx, ctx, id)
}

/// What is the same for all of a thread is looked up once.
fn around_each(
    tx: &mut Write,
    ctx: &Ctx,
    author: ActorId,
    those: &[(CommentId, ThreadId)],
    mut each: impl FnMut(&mut Write, CommentId, &Around) -> Result<()>,
) -> Result<()> {
    if nobody_hears(tx)? {
        return Ok(());
    }
    let mut known: HashMap<ThreadId, Option<Around>> = HashMap::new();
    for (id, thread) in those {
        if !known.contains_key(thread) {
            known.insert(*thread, Around::of(tx, ctx, *thread, author)?);
        }
        if let Some(Some(around)) = known.get(thread) {
            each(tx, *id, around)?;
        }
    }
    Ok(())
}

/// Who hears of whatever somebody does in a thread.
pub(super) struct Around {
    /// The board, as its home calls it.
    pub(super) board: Named,
    pub(super) circle: Circle,
    /// Those who follow the author, the board, the thread, or where that stood before; and the board, if it is at home elsewhere.
    pub(super) to: Vec<Address>,
}

impl Around {
    pub(super) fn of(tx: &mut Write, ctx: &Ctx, thread: ThreadId, author: ActorId) -> Result<Option<Self>> {
        let Some(thread) = storage::threads::find(tx, thread)? else { return Ok(None) };
        let (board, circle) = (notes::board(tx, ctx, &thread)?, Circle::of_holders(tx, &thread)?);
        let mut all = vec![
            Followed::Person(author),
            Followed::Everything(thread.board),
            Followed::Threads(thread.board),
            Followed::Thread(thread.id),
        ];
        all.extend(regroup::stood(tx, &thread)?.into_iter().map(|(_, followed)| followed));
        let mut to = follows::addresses(tx, &all)?;
        to.extend(group(tx, thread.board)?.and_then(place));
        Ok(Some(Self { board, circle, to }))
    }
}

fn withdraw(tx: &mut Write, ctx: &Ctx, (id, name): (CommentId, &str), around: &Around) -> Result<()> {
    let to = everybody(tx, ctx, id, around)?;
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let document = deletion(ctx, (id, number), &actor, around);
    let saying = Saying { actor: &actor, document, number, reach: Reach::Public, words_of: None };
    tell(tx, ctx, saying, to, &around.circle)
}

fn deletion(ctx: &Ctx, (id, number): (CommentId, i64), actor: &OurActor, around: &Around) -> Document {
    let object = ctx.elsewhere().addresses().comment(id);
    build::delete(heading(ctx, number, actor), &object, &around.board, Deletion::Author)
}

/// A comment is about to be removed by a moderator here. Of one of ours it is told in its author's name: in no other would Mastodon and
/// GoToSocial take it down, and nobody has to know which moderator it was. One from elsewhere is its home's.
pub(crate) fn removed(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<()> {
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    if line.author.origin != Origin::Local {
        return Ok(());
    }
    withdrawn(tx, ctx, id, Home::Here(&line.author.name))
}

/// Everybody whose server may hold a comment: those around it, whom it answers and mentions, also before its last edit, who answered it or
/// voted on it.
pub(super) fn everybody(tx: &mut Write, ctx: &Ctx, id: CommentId, around: &Around) -> Result<Vec<Address>> {
    let mut to = around.to.clone();
    let concerned = concerned(tx, ctx, id)?;
    to.extend(places(tx, &concerned)?);
    to.extend(follows::holders(tx, id)?);
    if let Some(earlier) = comments::revisions(tx, id)?.into_iter().next() {
        let before = mentioned(tx, ctx, &earlier.source)?;
        to.extend(places(tx, &before)?);
    }
    to.sort_unstable();
    to.dedup();
    Ok(to)
}
