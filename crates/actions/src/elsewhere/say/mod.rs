//! What other servers are told of a change here, in the transaction that makes it: the activity, and a delivery for each place where
//! somebody hears of it.
//!
//! Followers of a board hear of its threads, or of everything; those of a thread hear of its comments; those of a person of what the
//! person writes; whoever is answered or mentioned of that. Followers whose servers keep groups themselves hear everything, whole
//! (`regroup`). Where nobody is to hear of it nothing is written down.

mod asking;
mod following;
mod publishing;
mod reporting;
mod taking_back;
mod voting;

use domain::{ActorId, CommentId, Level, Origin};
use federation::wire::addresses::{Addresses, OurActor};
use federation::wire::build::{Document, Heading, Note};
use storage::follows::{Address, Followed};
use storage::outbox::{Activity, Reach};
use storage::remotes::{Presence, Remote};
use storage::threads::Author;
use storage::{Write, comments, follows, outbox, remotes};

use crate::elsewhere::notes::Seen;
use crate::elsewhere::regroup::{Circle, Done, Heard};
use crate::elsewhere::{notes, pairs, policy, regroup};
use crate::{Ctx, Result};

pub(crate) use self::asking::{asked_to_answer, asked_to_like, host, permitted, unasked, unwished};
pub(crate) use self::following::{accepted, follow, parted, rejected, unfollow};
pub(super) use self::publishing::{Place, announce};
pub(crate) use self::publishing::{announced_again, changed, edited, published};
pub(crate) use self::reporting::{flagged, resolved};
pub(super) use self::taking_back::taken_back;
pub(crate) use self::taking_back::{all_removed, all_restored, as_many, removed, restored, unannounced, withdrawn};
use self::voting::group;
pub(crate) use self::voting::voted;

/// Where a comment is at home.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Home<'a> {
    /// Here; by the person of that name.
    Here(&'a str),
    /// The same, and it was told before, perhaps also that it is gone: this is said under a number of its own.
    Again(&'a str),
    /// By the person of that name, and it is made known to nobody but those who follow that person.
    Quiet(&'a str),
    /// On another server, from which it was fetched: it is made known to our followers, and everything else is its home's.
    Elsewhere,
    /// On another server, which said this of it.
    Heard(&'a Heard),
}

impl<'a> Home<'a> {
    /// Of what somebody here has written who is dealt with like that.
    pub(crate) fn of(name: &'a str, level: Level) -> Self {
        if level == Level::Limit { Self::Quiet(name) } else { Self::Here(name) }
    }
}

/// Something to be said.
struct Saying<'a> {
    /// Who says it.
    actor: &'a OurActor,
    /// What, under the number it is given.
    document: Document,
    number: i64,
    reach: Reach,
    /// The comment whose words are in it.
    words_of: Option<CommentId>,
}

fn say(tx: &mut Write, ctx: &Ctx, saying: Saying<'_>, to: &[Address]) -> Result<()> {
    if to.is_empty() { Ok(()) } else { bring(tx, ctx, saying, to) }
}

fn bring(tx: &mut Write, ctx: &Ctx, saying: Saying<'_>, to: &[Address]) -> Result<()> {
    let to = policy::spoken_to(tx, ctx, to)?;
    utter(tx, ctx, saying, &to)
}

/// The same, also to those who are not spoken to any more.
fn utter(tx: &mut Write, ctx: &Ctx, saying: Saying<'_>, to: &[Address]) -> Result<()> {
    let Saying { actor, document, number, reach, words_of } = saying;
    let Some(signer) = pairs::holder(tx, actor)? else { return Ok(()) };
    let key_id = ctx.elsewhere().addresses().key(actor);
    let (body, created) = (document.json(), ctx.now());
    let activity = Activity { id: number, body, signer, key_id, reach, created, words_of };
    Ok(outbox::say(tx, &activity, to, || ctx.id())?)
}

/// Says something about a comment to these, and whole to those in the circle. It is kept also where only the circle hears of it: there it
/// may be looked for under its id.
fn tell(tx: &mut Write, ctx: &Ctx, saying: Saying<'_>, to: Vec<Address>, circle: &Circle) -> Result<()> {
    let to = circle.others(to);
    if to.is_empty() && circle.is_empty() {
        return Ok(());
    }
    let done = Done { document: saying.document.clone(), reach: saying.reach, words_of: saying.words_of };
    bring(tx, ctx, saying, &to)?;
    regroup::done(tx, ctx, circle, &done)
}

/// Whether nobody on any other server has ever been met: then there is nobody to look for.
fn nobody_hears(tx: &mut Write) -> Result<bool> {
    Ok(!remotes::any(tx)?)
}

pub(super) fn heading<'a>(ctx: &'a Ctx, number: i64, actor: &'a OurActor) -> Heading<'a> {
    let addresses: &Addresses = ctx.elsewhere().addresses();
    Heading { addresses, number, actor }
}

fn ours(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<Option<Box<Note>>> {
    Ok(match notes::seen(tx, ctx, id)? {
        Some(Seen::Note(note)) => Some(note),
        Some(Seen::Gone { .. } | Seen::Elsewhere(_)) | None => None,
    })
}

/// An actor on another server that is still there.
fn there(tx: &mut Write, actor: ActorId) -> Result<Option<Remote>> {
    Ok(remotes::of_actor(tx, actor)?.filter(|known| known.presence == Presence::There))
}

/// Who hears of a comment from its author: those who follow the author, whoever is answered, whoever is mentioned, and the board, if
/// it is at home elsewhere.
fn listeners(tx: &mut Write, ctx: &Ctx, id: CommentId, author: &Author) -> Result<Vec<Address>> {
    let mut to = follows::addresses(tx, &[Followed::Person(author.id)])?;
    let concerned = concerned(tx, ctx, id)?;
    to.extend(places(tx, &concerned)?);
    if let Some(spot) = comments::spot(tx, id)? {
        to.extend(group(tx, spot.board)?.and_then(place));
    }
    to.sort_unstable();
    to.dedup();
    Ok(to)
}

/// Where an actor is reached.
fn place(known: Remote) -> Option<Address> {
    follows::address(known.shared_inbox.unwrap_or(known.inbox))
}

fn places(tx: &mut Write, actors: &[ActorId]) -> Result<Vec<Address>> {
    let mut found = Vec::new();
    for actor in actors {
        found.extend(there(tx, *actor)?.and_then(place));
    }
    Ok(found)
}

/// The actors elsewhere whom a comment answers or mentions.
fn concerned(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<Vec<ActorId>> {
    let mut found = Vec::new();
    if let Some(parent) = comments::spot(tx, id)?.and_then(|spot| spot.parent) {
        found.extend(comments::spot(tx, parent)?.map(|parent| parent.author));
    }
    let source = comments::source(tx, id)?.unwrap_or_default();
    found.extend(mentioned(tx, ctx, &source)?);
    Ok(found)
}

fn mentioned(tx: &mut Write, ctx: &Ctx, source: &str) -> Result<Vec<ActorId>> {
    let mut found = Vec::new();
    let rendered = domain::text::render(source, &ctx.limits().text, ctx.places());
    let mentions = rendered.map(|text| text.mentions).unwrap_or_default();
    for mention in mentions.into_iter().filter(|mention| mention.host.is_some()) {
        let host = mention.host.as_deref().unwrap_or_default();
        let actor = storage::actors::by_handle(tx, host, &mention.name)?;
        found.extend(actor.filter(|actor| actor.origin == Origin::Remote).map(|actor| actor.id));
    }
    Ok(found)
}
