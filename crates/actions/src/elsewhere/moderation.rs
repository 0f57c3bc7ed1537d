//! What is decided elsewhere about boards elsewhere: that a thread is closed, a comment removed, a thread pinned. It counts in the threads
//! of that board alone, and from two: the group itself, and those whom the group lists as its moderators, by their exact ids. That
//! somebody is on the same server is no right (Lemmy takes it for one). On our boards nobody elsewhere decides anything.

use domain::authority::Standing;
use domain::{ActorId, BoardId, CommentId, Deed, Role, Scope, State};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::parse::{self, Activity, Inner, Kind};
use storage::comments::Spot;
use storage::log::{self, Entry};
use storage::remotes::{self, Remote};
use storage::threads::{self, Touch};
use storage::{Read, Write, comments, moderators, swept};

use super::admission::{self, Admission};
use super::known::{self, Unknown};
use super::receive::comment;
use super::signer::Signer;
use super::work::{Outcome, Postponed};
use super::{place, policy};
use crate::{Ctx, Result, retract};

/// How long a list of moderators is believed, in milliseconds.
const FRESH_MS: i64 = 3600 * 1000;
/// How long it is believed that somebody is not in it.
const STRANGE_MS: i64 = 5 * 60 * 1000;
/// What is closed and opened again elsewhere within this time is one line of the log, in milliseconds: nobody fills it by a switch.
const ONE_LINE_MS: i64 = 10 * 60 * 1000;
/// The longest reason that is kept, in characters, as of our moderators.
const MAX_REASON: usize = 500;
/// Pinned threads of a group that are looked at.
const MAX_PINNED: usize = 20;

/// What is decided.
#[derive(Clone, Debug)]
pub(crate) enum Measure {
    /// A thread takes no new comments, or does again.
    Close(Id, Closing),
    /// A comment is removed.
    Remove(Id, String),
    /// A comment that they removed stands again.
    Restore(Id),
    /// Something is put into a list, or taken out of it.
    List {
        /// What.
        object: Id,
        /// The list.
        target: Id,
        /// Which of both.
        way: Way,
    },
    /// Somebody is shut out from a place, or let in again.
    Admit(Admission),
}

/// Whether a thread is closed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// It is closed.
    Closed,
    /// It is opened again.
    Opened,
}

/// Into a list or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Into it.
    In,
    /// Out of it.
    Out,
}

impl Measure {
    /// What an activity decides, if it decides anything. A `Delete` is not among them: most are of the authors.
    pub(crate) fn of(activity: &Activity) -> Option<Self> {
        Some(match activity {
            Activity::Lock { object } => Self::Close(object.clone(), Closing::Closed),
            Activity::Undo(Inner { kind: Some(Kind::Lock), object: Some(object), .. }) => {
                Self::Close(object.clone(), Closing::Opened)
            }
            Activity::Add { object, target } => {
                Self::List { object: object.clone(), target: target.clone(), way: Way::In }
            }
            Activity::Remove { object, target } => {
                Self::List { object: object.clone(), target: target.clone(), way: Way::Out }
            }
            other => Self::Admit(Admission::of(other)?),
        })
    }

    /// The comment or thread that it is about.
    fn object(&self) -> Option<&Id> {
        match self {
            Self::Close(object, _) | Self::Remove(object, _) | Self::Restore(object) | Self::List { object, .. } => {
                Some(object)
            }
            Self::Admit(_) => None,
        }
    }
}

/// What something that is decided is about.
enum About {
    /// A comment of a board elsewhere.
    Theirs(Remote, CommentId),
    /// A board elsewhere, and nothing in it that is here.
    Group(Remote),
    /// Something of ours.
    Ours,
    /// Nothing that is here.
    Nothing,
}

/// What has no effect because nothing is here of what it is about.
pub(super) const NOTHING_HERE: Outcome = Outcome::Ignored("it decides about nothing that is here");

/// Puts into effect what somebody elsewhere has decided, if it is theirs to decide.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn decided(ctx: &Ctx, measure: Measure, by: &Remote, budget: &Budget) -> Result<Outcome, Postponed> {
    if let Measure::Admit(admission) = measure {
        return admission::decided(ctx, admission, by, budget).await;
    }
    let (cx, asked, who) = (ctx.clone(), measure.clone(), by.clone());
    let about = ctx.db().read(move |tx| about(tx, &cx, &asked, &who)).await?;
    let (group, comment) = match about {
        About::Theirs(group, comment) => (group, Some(comment)),
        About::Group(group) => (group, None),
        About::Ours => return Ok(ours()),
        About::Nothing => return Ok(NOTHING_HERE),
    };
    if !speaks(ctx, by, &group, budget).await? {
        return Ok(not_theirs());
    }
    if let Measure::List { target, way, .. } = &measure {
        let lists = refreshed(ctx, &group, budget).await?;
        if *way == Way::In || lists.has(target) {
            return Ok(Outcome::Done);
        }
    }
    let Some(comment) = comment else { return Ok(NOTHING_HERE) };
    let (cx, by) = (ctx.clone(), by.actor);
    Ok(place::judged(ctx.db().write(move |tx| apply(tx, &cx, measure, comment, by)).await)?)
}

/// Nobody elsewhere decides about our boards.
pub(super) fn ours() -> Outcome {
    Outcome::Refused("nobody on another server moderates a board of this one".into())
}

/// Somebody decides about a board who has no say there.
pub(super) fn not_theirs() -> Outcome {
    Outcome::Refused("that is for the board itself, and for those whom it lists as moderators".into())
}

/// A reason as somebody elsewhere gives it.
pub(super) fn reason(said: &str) -> String {
    domain::text::tidy(said).trim().chars().take(MAX_REASON).collect()
}

fn about(tx: &mut Read, ctx: &Ctx, measure: &Measure, by: &Remote) -> Result<About> {
    let rules = ctx.elsewhere().rules();
    if let Measure::List { target, .. } = measure
        && rules.is_ours(target)
    {
        return Ok(About::Ours);
    }
    let found = match measure.object() {
        Some(object) => comment(tx, ctx, object)?,
        None => None,
    };
    if let Some(found) = found
        && let Some(spot) = comments::spot(tx, found)?
    {
        return Ok(group_of(tx, spot.board)?.map_or(About::Ours, |group| About::Theirs(group, found)));
    }
    Ok(if is_board(tx, by.actor)? { About::Group(by.clone()) } else { About::Nothing })
}

/// Whether somebody deletes what another one wrote on a board elsewhere: that is a removal.
///
/// # Errors
/// Failures only.
pub(crate) async fn is_by_another(ctx: &Ctx, object: &Id, by: &Remote) -> Result<bool> {
    let (cx, object, by) = (ctx.clone(), object.clone(), by.actor);
    ctx.db()
        .read(move |tx| {
            let Some(comment) = comment(tx, &cx, &object)? else { return Ok(false) };
            let spot = comments::spot(tx, comment)?;
            Ok(match spot {
                Some(spot) => spot.author != by && group_of(tx, spot.board)?.is_some(),
                None => false,
            })
        })
        .await
}

/// Whether a comment stands on the board that this actor is.
///
/// # Errors
/// Failures only.
pub(crate) async fn is_on(ctx: &Ctx, object: &Id, by: &Remote) -> Result<bool> {
    let (cx, object, by) = (ctx.clone(), object.clone(), by.actor);
    ctx.db()
        .read(move |tx| {
            let Some(comment) = comment(tx, &cx, &object)? else { return Ok(false) };
            let Some(spot) = comments::spot(tx, comment)? else { return Ok(false) };
            Ok(group_of(tx, spot.board)?.is_some_and(|group| group.actor == by))
        })
        .await
}

/// The group that a board is on its server; `None` for our boards.
fn group_of(tx: &mut Read, board: BoardId) -> Result<Option<Remote>> {
    let group = storage::boards::find(tx, board)?.and_then(|board| board.group);
    group.map_or(Ok(None), |group| Ok(remotes::of_actor(tx, group.actor)?))
}

fn is_board(tx: &mut Read, actor: ActorId) -> Result<bool> {
    Ok(storage::boards::of_actor(tx, actor)?.is_some())
}

/// Whether somebody decides about a board: the group, or whom it lists. The list is asked for at the group's home.
pub(super) async fn speaks(ctx: &Ctx, by: &Remote, group: &Remote, budget: &Budget) -> Result<bool, Postponed> {
    if by.actor == group.actor {
        return Ok(true);
    }
    let actor = group.actor;
    let known = ctx.db().read(move |tx| moderators::find(tx, actor)).await?;
    if let Some(known) = known {
        let (age, is_listed) = (ctx.now().0 - known.asked.0, known.uris.contains(&by.uri));
        if age < if is_listed { FRESH_MS } else { STRANGE_MS } {
            return Ok(is_listed);
        }
    }
    let lists = refreshed(ctx, group, budget).await?;
    Ok(lists.moderators.contains(&by.uri))
}

/// What a group says of itself.
struct Lists {
    moderators: Vec<String>,
    /// The ids of the lists themselves.
    names: Vec<Id>,
}

impl Lists {
    fn has(&self, name: &Id) -> bool {
        self.names.contains(name)
    }
}

/// Asks a group's home who moderates it and what is pinned, and keeps that.
async fn refreshed(ctx: &Ctx, group: &Remote, budget: &Budget) -> Result<Lists, Postponed> {
    let Ok(id) = ctx.elsewhere().rules().id(&group.uri) else {
        return Ok(Lists { moderators: Vec::new(), names: Vec::new() });
    };
    let described = match known::document(ctx, &id, budget).await {
        Ok(described) => described,
        Err(Unknown::Ours(error)) => return Err(error.into()),
        Err(other) => return Err(Postponed::Elsewhere(other.to_string())),
    };
    let listed = listed(ctx, described.moderators.as_ref(), budget).await?;
    let pinned = self::listed(ctx, described.featured.as_ref(), budget).await?;
    let (cx, group) = (ctx.clone(), group.actor);
    let moderators = ctx.db().write(move |tx| kept(tx, &cx, group, listed, pinned)).await?;
    Ok(Lists { moderators, names: described.moderators.into_iter().chain(described.featured).collect() })
}

/// What is in a list that a group may have; `None` if it cannot be read, and then it is taken to be as it was.
async fn listed(ctx: &Ctx, list: Option<&Id>, budget: &Budget) -> Result<Option<Vec<Id>>, Postponed> {
    match list {
        Some(list) => items(ctx, list, budget).await,
        None => Ok(Some(Vec::new())),
    }
}

/// Keeps what could be read. Says who moderates it, as far as that is known.
fn kept(
    tx: &mut Write,
    ctx: &Ctx,
    group: ActorId,
    listed: Option<Vec<Id>>,
    pinned: Option<Vec<Id>>,
) -> Result<Vec<String>> {
    let moderators = match listed {
        Some(listed) => listed.iter().map(ToString::to_string).collect(),
        None => moderators::find(tx, group)?.map(|known| known.uris).unwrap_or_default(),
    };
    // Also when they are the same: it has been asked now.
    moderators::set(tx, group, &moderators, ctx.now())?;
    if let Some(pinned) = pinned {
        pin(tx, ctx, group, &pinned)?;
    }
    Ok(moderators)
}

/// What is in a list, as far as its first page goes.
async fn items(ctx: &Ctx, list: &Id, budget: &Budget) -> Result<Option<Vec<Id>>, Postponed> {
    let Some(first) = page(ctx, list, budget).await? else { return Ok(None) };
    match first.first {
        Some(next) if first.items.is_empty() => Ok(page(ctx, &next, budget).await?.map(|page| page.items)),
        _ => Ok(Some(first.items)),
    }
}

async fn page(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Option<parse::Collection>, Postponed> {
    let signer = Signer::instance(ctx).await?;
    match super::client(ctx).await?.fetch(id, Some(&signer), budget, ctx.now().0).await {
        Ok(document) => Ok(parse::collection(&document.body, ctx.elsewhere().rules(), id).ok()),
        Err(error) if error.may_pass() => Err(Postponed::Elsewhere(error.to_string())),
        Err(_) => Ok(None),
    }
}

/// Pins what a group has pinned, of what is here, and nothing else on that board.
fn pin(tx: &mut Write, ctx: &Ctx, group: ActorId, pinned: &[Id]) -> Result<()> {
    let Some(board) = storage::boards::of_actor(tx, group)? else { return Ok(()) };
    let mut wanted = Vec::new();
    for id in pinned.iter().take(MAX_PINNED) {
        let Some(comment) = comment(tx, ctx, id)? else { continue };
        let spot = comments::spot(tx, comment)?;
        wanted.extend(spot.filter(|spot| spot.board == board.id && spot.parent.is_none()).map(|spot| spot.thread));
    }
    let known: Vec<_> = threads::pinned(tx, board.id)?.into_iter().map(|thread| thread.id).collect();
    let now = ctx.now();
    for thread in known.iter().chain(&wanted) {
        let (was, is) = (known.contains(thread), wanted.contains(thread));
        if was != is {
            threads::set_pinned(tx, *thread, is)?;
            threads::touch(tx, *thread, Touch { comments: 0, active: None, event: None, now })?;
        }
    }
    Ok(())
}

fn apply(tx: &mut Write, ctx: &Ctx, measure: Measure, comment: CommentId, by: ActorId) -> Result<Outcome> {
    let Some(spot) = comments::spot_to_change(tx, comment)? else {
        return Ok(NOTHING_HERE);
    };
    match measure {
        Measure::Close(_, closing) => close(tx, ctx, &spot, by, closing),
        Measure::Remove(_, reason) => remove(tx, ctx, &spot, by, &reason),
        Measure::Restore(_) => restore(tx, ctx, &spot, by),
        Measure::List { .. } => remove(tx, ctx, &spot, by, ""),
        Measure::Admit(_) => Ok(NOTHING_HERE),
    }
}

fn remove(tx: &mut Write, ctx: &Ctx, spot: &Spot, by: ActorId, reason: &str) -> Result<Outcome> {
    if !matches!(spot.state, State::Deleted | State::Removed) {
        retract::take_down(tx, ctx, (&moderator(by), None), spot.id, self::reason(reason))?;
    }
    Ok(Outcome::Done)
}

/// In the threads of their board they have the rights that ours have in ours.
fn moderator(by: ActorId) -> Standing {
    Standing { role: Role::Moderator, scope: Scope::Moderate, ..Standing::member(by) }
}

/// What they removed themselves; what was removed here, alone or with its author, they leave to us.
fn restore(tx: &mut Write, ctx: &Ctx, spot: &Spot, by: ActorId) -> Result<Outcome> {
    if spot.state != State::Removed {
        return Ok(Outcome::Ignored("it puts back nothing that is removed here"));
    }
    let removal = log::last_removal(tx, spot.id)?;
    let remover = removal.and_then(|removal| removal.moderator);
    let is_theirs = remover.map_or(Ok(None), |remover| remotes::of_actor(tx, remover))?.is_some();
    if !is_theirs || swept::with(tx, spot.id)?.is_some() || policy::is_blocked(tx, ctx, spot.author)? {
        return Ok(Outcome::Ignored("what was removed here is put back here"));
    }
    retract::stand_again(tx, ctx, &moderator(by), spot.id)?;
    Ok(Outcome::Done)
}

fn close(tx: &mut Write, ctx: &Ctx, spot: &Spot, by: ActorId, closing: Closing) -> Result<Outcome> {
    if spot.parent.is_some() {
        return Ok(Outcome::Ignored("only whole threads are closed here"));
    }
    let (locked, now) = (closing == Closing::Closed, ctx.now());
    if spot.locked == locked {
        return Ok(Outcome::Done);
    }
    threads::set_locked(tx, spot.thread, locked)?;
    let entry = Entry {
        id: ctx.id(),
        moderator: Some(by),
        moderator_name: String::new(),
        deed: if locked { Deed::Lock } else { Deed::Unlock },
        comment: Some(spot.id),
        host: None,
        person: None,
        reason: String::new(),
        at: now,
    };
    log::forget_closings(tx, spot.id, now.plus_ms(-ONE_LINE_MS))?;
    log::insert(tx, &entry)?;
    threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event: None, now })?;
    Ok(Outcome::Done)
}
