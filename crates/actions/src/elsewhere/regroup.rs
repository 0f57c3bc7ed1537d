//! What our groups pass on whole (FEP-1b12). Servers that keep groups themselves act on what somebody did, as it was sent, inside an
//! `Announce` by the group that they follow: by the board for all that happens in it, whichever of its two actors they follow, and for
//! those who follow a thread and not its board, by the thread. Which servers these are stands in `peers`. Nothing goes to one inbox twice.
//!
//! What came from elsewhere is passed on byte by byte, and only if it was for everybody; a vote also if it was given to the board to be
//! passed on. Nobody is given it again by its id: what its author takes back we could not take back from there.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{CommentId, ThreadId};
use federation::wire::addresses::OurActor;
use federation::wire::build::{self, Announced, Document};
use federation::wire::parse::{self, Addressed, MAX_BYTES};
use storage::boards::Board;
use storage::follows::{self, Address, Followed};
use storage::grafts::{self, Earlier};
use storage::outbox::{self, Activity, Reach};
use storage::threads::Thread;
use storage::{Read, Write, boards, comments, objects, peers};

use super::{pairs, policy, say};
use crate::{Ctx, Result};

/// Room for the announcement around what is announced, in bytes: servers read no larger documents than we do.
const AROUND: usize = 4 << 10;

/// The longest that is passed on whole, in bytes: it goes to every server that keeps groups. Longer ones are announced by their names.
const PASSED_ON: usize = 128 << 10;
/// The longest vote that is passed on, in bytes: one is given and taken back as often as somebody likes.
const VOTE: usize = 16 << 10;

/// What came, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(super) body: Arc<str>,
}

impl Heard {
    /// Takes what was signed by who said it.
    pub(crate) fn new(body: String) -> Self {
        Self { body: body.into() }
    }

    /// Read only where somebody is to hear of it. What cannot be read for certain is for nobody.
    fn addressed(&self, ctx: &Ctx) -> Addressed {
        parse::addressed(self.body.as_bytes(), ctx.elsewhere().rules()).unwrap_or_default()
    }

    fn fits(&self) -> bool {
        self.body.len() + AROUND <= MAX_BYTES.min(PASSED_ON)
    }
}

/// Those who hear whole activities of a thread.
pub(crate) struct Circle {
    name: String,
    thread: ThreadId,
    /// Who follow its board.
    board: Vec<Address>,
    /// Who follow only the second actor of the board. By whom nobody there is followed, that is not heard there.
    loud: Vec<Address>,
    /// Who follow the thread alone.
    alone: Vec<Address>,
    /// Who follow where it stood before, and not where it stands: for them it is there still.
    earlier: Vec<(OurActor, Vec<Address>)>,
}

impl Circle {
    /// Looks up who that is.
    ///
    /// # Errors
    /// Storage failures only; also of the other functions here.
    pub(crate) fn of(tx: &mut Read, thread: &Thread) -> Result<Self> {
        let (name, id) = (thread.board_name.clone(), thread.id);
        // What stands on a board elsewhere is passed on by that board.
        if !thread.is_ours() {
            return Ok(Self {
                name,
                thread: id,
                board: Vec::new(),
                loud: Vec::new(),
                alone: Vec::new(),
                earlier: Vec::new(),
            });
        }
        let board = in_groups(tx, Followed::Threads(thread.board))?;
        let mut loud = in_groups(tx, Followed::Everything(thread.board))?;
        let mut alone = in_groups(tx, Followed::Thread(id))?;
        // All come in order.
        let is_among = |of: &[Address], address: &Address| of.binary_search(address).is_ok();
        loud.retain(|address| !is_among(&board, address));
        alone.retain(|address| !is_among(&board, address) && !is_among(&loud, address));
        Ok(Self { name, thread: id, board, loud, alone, earlier: Vec::new() })
    }

    /// The same, with those who may hold what is in it because they follow where it stood before: of what goes they hear as well.
    ///
    /// # Errors
    /// Storage failures only.
    pub(crate) fn of_holders(tx: &mut Read, thread: &Thread) -> Result<Self> {
        let mut circle = Self::of(tx, thread)?;
        for (actor, followed) in stood(tx, thread)? {
            let to = in_groups(tx, followed)?;
            let to = circle.others(to);
            circle.earlier.push((actor, to));
        }
        Ok(circle)
    }

    /// Those who hear of what concerns a board of ours and none of its threads.
    ///
    /// # Errors
    /// Storage failures only.
    pub(crate) fn of_board(tx: &mut Read, board: &Board) -> Result<Self> {
        let all = in_groups(tx, Followed::Threads(board.id))?;
        let mut loud = in_groups(tx, Followed::Everything(board.id))?;
        loud.retain(|address| all.binary_search(address).is_err());
        Ok(Self {
            name: board.name.clone(),
            thread: ThreadId(0),
            board: all,
            loud,
            alone: Vec::new(),
            earlier: Vec::new(),
        })
    }

    /// Whether there is nobody.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups().iter().all(|(_, to)| to.is_empty())
    }

    /// How many inboxes that is.
    pub(crate) fn len(&self) -> usize {
        self.groups().iter().map(|(_, to)| to.len()).sum()
    }

    /// Those of these who are not in it.
    pub(crate) fn others(&self, mut all: Vec<Address>) -> Vec<Address> {
        let groups = self.groups();
        let inside: BTreeSet<&Address> = groups.iter().flat_map(|(_, to)| to.iter()).collect();
        all.retain(|address| !inside.contains(address));
        all
    }

    /// The same without these, who are told otherwise.
    pub(crate) fn without(mut self, told: &[Address]) -> Self {
        let earlier = self.earlier.iter_mut().map(|(_, to)| to);
        for circle in [&mut self.board, &mut self.loud, &mut self.alone].into_iter().chain(earlier) {
            circle.retain(|address| !told.contains(address));
        }
        self
    }

    fn groups(&self) -> Vec<(OurActor, &[Address])> {
        let now: [(OurActor, &[Address]); 3] = [
            (OurActor::Board(self.name.clone()), &self.board),
            (OurActor::BoardAll(self.name.clone()), &self.loud),
            (OurActor::Thread(self.thread), &self.alone),
        ];
        let earlier = self.earlier.iter().map(|(actor, to)| (actor.clone(), to.as_slice()));
        now.into_iter().chain(earlier).collect()
    }
}

/// Who made known what is in a thread of ours when it stood elsewhere, and what their followers follow.
pub(super) fn stood(tx: &mut Read, thread: &Thread) -> Result<Vec<(OurActor, Followed)>> {
    let mut all = Vec::new();
    for Earlier { board, thread } in grafts::earlier(tx, thread.id)? {
        let Some(board) = boards::find(tx, board)? else { continue };
        all.extend([
            (OurActor::Board(board.name.clone()), Followed::Threads(board.id)),
            (OurActor::BoardAll(board.name), Followed::Everything(board.id)),
            (OurActor::Thread(thread), Followed::Thread(thread)),
        ]);
    }
    Ok(all)
}

/// Where those of the followers are whose servers keep groups.
fn in_groups(tx: &mut Read, followed: Followed) -> Result<Vec<Address>> {
    let mut found = follows::addresses(tx, &[followed])?;
    let mut hosts: Vec<&str> = found.iter().map(|address| address.host.as_str()).collect();
    hosts.dedup();
    let groups = peers::in_groups(tx, &hosts)?;
    found.retain(|address| groups.contains(&address.host));
    Ok(found)
}

/// What is passed on.
#[derive(Clone, Copy)]
enum What<'a> {
    /// The name of a comment: what was done is not at hand.
    Name(&'a str),
    /// What somebody here did.
    Done(&'a Done),
    /// What somebody elsewhere did; and the comment whose words are in it.
    Heard(&'a Heard, Option<CommentId>),
}

/// What somebody here did.
pub(crate) struct Done {
    /// As it is said.
    pub document: Document,
    /// To whom it may be shown.
    pub reach: Reach,
    /// The comment whose words are in it.
    pub words_of: Option<CommentId>,
}

/// Passes on what somebody here did.
pub(crate) fn done(tx: &mut Write, ctx: &Ctx, circle: &Circle, done: &Done) -> Result<()> {
    pass(tx, ctx, circle, What::Done(done))
}

/// Passes on a comment of which only the name is at hand: it was fetched, or what was said of it was not for everybody.
pub(crate) fn name(tx: &mut Write, ctx: &Ctx, circle: &Circle, comment: &str) -> Result<()> {
    pass(tx, ctx, circle, What::Name(comment))
}

/// Passes on what somebody elsewhere did with a comment that is for everybody, and whose words may be in it. Says whether it was passed
/// on.
pub(crate) fn heard(
    tx: &mut Write,
    ctx: &Ctx,
    circle: &Circle,
    (heard, words_of): (&Heard, Option<CommentId>),
) -> Result<Passed> {
    if !heard.fits() || !heard.addressed(ctx).is_public() {
        return Ok(Passed::Not);
    }
    pass(tx, ctx, circle, What::Heard(heard, words_of))?;
    Ok(Passed::On)
}

/// Whether something was passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// It was, to whoever hears of it.
    On,
    /// It was not to be.
    Not,
}

/// Somebody elsewhere has taken back a comment that stands in one of our threads, or put it back. For whom that is need not be said (Misskey
/// names nobody): it tells of nothing but what was passed on before.
pub(crate) fn retracted(tx: &mut Write, ctx: &Ctx, comment: CommentId, what: &Heard) -> Result<()> {
    let circle = around(tx, comment)?.filter(|_| what.fits());
    circle.map_or(Ok(()), |circle| pass(tx, ctx, &circle, What::Heard(what, None)))
}

/// Somebody elsewhere has changed a comment that stands in one of our threads.
pub(crate) fn changed(tx: &mut Write, ctx: &Ctx, comment: CommentId, what: &Heard) -> Result<()> {
    if let Some(circle) = around(tx, comment)? {
        heard(tx, ctx, &circle, (what, Some(comment)))?;
    }
    Ok(())
}

/// Somebody elsewhere has voted, or taken a vote back.
pub(crate) fn voted(tx: &mut Write, ctx: &Ctx, comment: CommentId, what: &Heard) -> Result<()> {
    let Some(circle) = around(tx, comment)? else { return Ok(()) };
    let board = ctx.elsewhere().addresses().actor(&OurActor::Board(circle.name.clone()));
    let addressed = what.addressed(ctx);
    if what.body.len() <= VOTE && (addressed.is_public() || addressed.is_for(&board)) {
        pass(tx, ctx, &circle, What::Heard(what, None))?;
    }
    Ok(())
}

/// The circle of a comment that may be made known, if there is anybody in it.
fn around(tx: &mut Read, comment: CommentId) -> Result<Option<Circle>> {
    let home = objects::of_comments(tx, &[comment])?.remove(&comment);
    if home.is_some_and(|home| !home.announced) {
        return Ok(None);
    }
    let Some(spot) = comments::spot(tx, comment)? else { return Ok(None) };
    let Some(thread) = storage::threads::find(tx, spot.thread)? else { return Ok(None) };
    Ok(Some(Circle::of(tx, &thread)?).filter(|circle| !circle.is_empty()))
}

fn pass(tx: &mut Write, ctx: &Ctx, circle: &Circle, what: What<'_>) -> Result<()> {
    for (group, to) in circle.groups() {
        if !to.is_empty() {
            announce(tx, ctx, &group, what, to)?;
        }
    }
    Ok(())
}

fn announce(tx: &mut Write, ctx: &Ctx, group: &OurActor, what: What<'_>, to: &[Address]) -> Result<()> {
    let Some(signer) = pairs::holder(tx, group)? else { return Ok(()) };
    let (id, created) = (ctx.id(), ctx.now());
    let heading = say::heading(ctx, id, group);
    let (body, reach, words_of) = match what {
        What::Name(comment) => {
            (build::announce(heading, Announced::Id(comment.to_owned()), created.0).json(), Reach::Public, None)
        }
        What::Done(Done { document, reach, words_of }) => {
            (build::announce(heading, Announced::Activity(document.inner()), created.0).json(), *reach, *words_of)
        }
        What::Heard(heard, words_of) => {
            (build::announce_received(heading, &heard.body, created.0), Reach::Addressed, words_of)
        }
    };
    let key_id = ctx.elsewhere().addresses().key(group);
    let activity = Activity { id, body, signer, key_id, reach, created, words_of };
    let to = policy::spoken_to(tx, ctx, to)?;
    Ok(outbox::say(tx, &activity, &to, || ctx.id())?)
}
