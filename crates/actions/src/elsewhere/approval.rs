//! What people here write and like that authors elsewhere want to be asked for first (GoToSocial's `manualApproval`): the question, which goes
//! to nobody else, and what follows from the answer. Until it is yes, and proven, nobody knows of it but who wrote it.

use domain::{ActorId, CommentId, State};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::addresses::{OurActor, Ours, Side};
use federation::wire::parse::Inner;
use storage::approvals::{self, Approval, Stage, Wish};
use storage::following::Stage as Following;
use storage::permissions::Deed;
use storage::remotes::{self, Remote};
use storage::votes::{self, Vote};
use storage::{Read, Write, accounts, actors, comments, holds, notifications};

use super::place::{self, Told, judged};
use super::stamp::{self, Claim};
use super::work::{Outcome, Postponed};
use super::{following, notes, say};
use crate::{Ctx, Person, Result, held, vote};

/// For whose word a comment waits, or has waited in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The comment.
    pub comment: CommentId,
    /// The host of who has to allow it.
    pub host: String,
    /// How far it has come.
    pub stage: Stage,
}

/// For whose word a comment waits, if it does.
///
/// # Errors
/// Storage failures only; also of the other functions here that say nothing else.
pub(crate) fn waiting(tx: &mut Read, comment: CommentId) -> Result<Option<Waiting>> {
    // Whoever took the words back waits for nothing.
    if comments::source(tx, comment)?.is_none() {
        return Ok(None);
    }
    approvals::find(tx, comment)?.map_or(Ok(None), |approval| named(tx, &approval))
}

/// The same of one that is known.
pub(crate) fn named(tx: &mut Read, approval: &Approval) -> Result<Option<Waiting>> {
    let author = remotes::of_actor(tx, approval.author)?;
    let host = author.and_then(|author| say::host(&author));
    Ok(host.map(|host| Waiting { comment: approval.comment, host, stage: approval.stage }))
}

/// Asks whoever wrote what a comment answers, which is held.
pub(crate) fn ask(tx: &mut Write, ctx: &Ctx, comment: CommentId, name: &str, author: ActorId) -> Result<()> {
    let request = ctx.id();
    let new = Approval { comment, author, stage: Stage::Asked, request: Some(request), stamp: None };
    approvals::insert(tx, &new)?;
    say::asked_to_answer(tx, ctx, (comment, request), name, author)
}

/// A comment that waits is taken away, by who wrote it or by a moderator: who was asked is told, and nobody else, for nobody else knows of
/// it. A yes that is on its way comes too late.
pub(crate) fn called_off(tx: &mut Write, ctx: &Ctx, comment: CommentId, who: &str) -> Result<()> {
    match approvals::find(tx, comment)? {
        Some(known) if known.stage == Stage::Asked => {
            say::unasked(tx, ctx, comment, who, known.author)?;
            Ok(approvals::set(tx, comment, Stage::Refused, None)?)
        }
        _ => Ok(()),
    }
}

/// Whether a comment may be shown, for all that authors elsewhere have said.
pub(crate) fn may_be_shown(tx: &mut Read, comment: CommentId) -> Result<bool> {
    Ok(approvals::find(tx, comment)?.is_none_or(|known| known.stage == Stage::Allowed))
}

/// Asks whoever wrote a comment whether this person may like it.
pub(crate) fn wish(tx: &mut Write, ctx: &Ctx, comment: CommentId, who: &Person, author: ActorId) -> Result<()> {
    if approvals::wished(tx, comment, who.actor)?.is_some() {
        return Ok(());
    }
    let wish = Wish { comment, actor: who.actor, request: ctx.id(), asked: ctx.now() };
    approvals::wish_for(tx, wish)?;
    say::asked_to_like(tx, ctx, wish, &who.name, author)
}

/// Something that was asked for from here.
enum Asked {
    Answer(Approval),
    Like(Wish),
}

/// What an answer is about: our request, or the comment itself, as servers say that know no requests.
fn asked(tx: &mut Read, ctx: &Ctx, of: Option<&Id>) -> Result<Option<Asked>> {
    Ok(match of.and_then(|id| ctx.elsewhere().addresses().read(id)) {
        Some(Ours::Activity(number)) => match approvals::by_request(tx, number)? {
            Some(found) => Some(Asked::Answer(found)),
            None => approvals::wish_by_request(tx, number)?.map(Asked::Like),
        },
        Some(Ours::Comment(comment)) => {
            approvals::find(tx, comment)?.filter(|found| found.request.is_some()).map(Asked::Answer)
        }
        _ => None,
    })
}

impl Asked {
    /// Whose permission it is.
    fn author(&self, tx: &mut Read) -> Result<Option<ActorId>> {
        match self {
            Self::Answer(approval) => Ok(Some(approval.author)),
            Self::Like(wish) => Ok(comments::spot(tx, wish.comment)?.map(|spot| spot.author)),
        }
    }

    /// What has to be proven before it counts as allowed.
    fn claim(&self, tx: &mut Read, ctx: &Ctx, stamp: Id, author: String) -> Result<Option<Claim>> {
        let (deed, object, target) = match self {
            Self::Answer(Approval { comment, .. }) => {
                let Some(parent) = comments::spot(tx, *comment)?.and_then(|spot| spot.parent) else { return Ok(None) };
                (Deed::Reply, notes::id(tx, ctx, *comment)?, parent)
            }
            Self::Like(wish) => {
                let Some(name) = actors::find(tx, wish.actor)?.map(|actor| actor.name) else { return Ok(None) };
                (Deed::Like, like(ctx, wish, &name), wish.comment)
            }
        };
        Ok(Some(Claim { stamp, deed, author, object, target: notes::id(tx, ctx, target)? }))
    }
}

/// What a like is called that is asked for; it keeps that name when it is given.
pub(super) fn like(ctx: &Ctx, wish: &Wish, name: &str) -> String {
    let actor = OurActor::Person(name.to_owned());
    ctx.elsewhere().addresses().vote(&actor, Side::Like, wish.comment, wish.asked.0)
}

const NOT_THEIRS: &str = "it was not the sender's to allow";

/// Somebody says yes: to a Follow, to what they were asked for from here, or to what was done with their comment elsewhere. `id` is
/// what that is called, which was at first itself the proof.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(super) async fn accepted(
    ctx: &Ctx,
    (of, stamp): (Inner, Option<Id>),
    (by, id): (Remote, &str),
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let rules = ctx.elsewhere().rules();
    let about = of.id.as_ref().and_then(|id| id.as_id().cloned());
    if let (Some(object), Some(stamp)) = (about.as_ref().filter(|object| !rules.is_ours(object)), &stamp) {
        return Box::pin(elsewhere(ctx, object, stamp.clone(), budget)).await;
    }
    let Some(stamp) = stamp.or_else(|| rules.id(id).ok()) else {
        return Ok(following::answered(ctx, of, by, Following::Accepted).await?);
    };
    let (cx, who) = (ctx.clone(), by.clone());
    let found = ctx.db().read(move |tx| {
        let Some(asked) = asked(tx, &cx, about.as_ref())? else { return Ok::<_, crate::Error>(None) };
        let is_theirs = asked.author(tx)? == Some(who.actor);
        let claim = asked.claim(tx, &cx, stamp, who.uri)?.filter(|_| is_theirs);
        Ok(Some((asked, claim)))
    });
    match found.await? {
        None => Ok(following::answered(ctx, of, by, Following::Accepted).await?),
        Some((_, None)) => Ok(Outcome::Refused(NOT_THEIRS.into())),
        Some((asked, Some(claim))) => allowed(ctx, asked, claim, budget).await,
    }
}

/// The author of a comment that is here allows what somebody elsewhere answered to it, and says so to everybody, for servers like this
/// one would not have taken the answer without that.
async fn elsewhere(ctx: &Ctx, object: &Id, stamp: Id, budget: &Budget) -> Result<Outcome, Postponed> {
    match place::fetched(ctx, object, budget).await? {
        Some((mut note, author)) => {
            note.approved_by = Some(stamp);
            place::created(ctx, note, author, Told::Author, budget).await
        }
        None => Ok(Outcome::Ignored("what is allowed cannot be had")),
    }
}

async fn allowed(ctx: &Ctx, asked: Asked, claim: Claim, budget: &Budget) -> Result<Outcome, Postponed> {
    if matches!(&asked, Asked::Answer(approval) if approval.stage == Stage::Allowed) {
        return Ok(Outcome::Done);
    }
    if !stamp::holds(ctx, &claim, budget).await? {
        return Ok(Outcome::Refused("what is to prove the permission does not".into()));
    }
    let (cx, stamp) = (ctx.clone(), claim.stamp.to_string());
    match asked {
        Asked::Like(wish) => Ok(judged(ctx.db().write(move |tx| liked(tx, &cx, wish, &stamp)).await)?),
        Asked::Answer(Approval { comment, .. }) => {
            let outcome = judged(ctx.db().write(move |tx| answered(tx, &cx, comment, &stamp)).await)?;
            if let Outcome::Refused(_) = &outcome {
                // It came too late: by now nobody may answer there.
                let cx = ctx.clone();
                ctx.db().write(move |tx| denied(tx, &cx, comment, Stage::Refused)).await?;
            }
            Ok(outcome)
        }
    }
}

fn answered(tx: &mut Write, ctx: &Ctx, comment: CommentId, stamp: &str) -> Result<Outcome> {
    // It may have been taken back while the proof was fetched.
    match approvals::find(tx, comment)?.map(|known| known.stage) {
        Some(Stage::Asked | Stage::Refused) => {}
        Some(Stage::Allowed) => return Ok(Outcome::Done),
        // Whoever was told that it is gone would not show it again.
        Some(Stage::TakenBack) | None => return Ok(Outcome::Ignored("what is allowed was taken back")),
    }
    approvals::set(tx, comment, Stage::Allowed, Some(stamp))?;
    // A moderator is to look at it as well, and lets it out then.
    if holds::find(tx, comment)?.is_some() {
        return Ok(Outcome::Done);
    }
    held::release(tx, ctx, comment)?;
    Ok(Outcome::Done)
}

fn liked(tx: &mut Write, ctx: &Ctx, wish: Wish, stamp: &str) -> Result<Outcome> {
    let Some(name) = actors::find(tx, wish.actor)?.map(|actor| actor.name) else { return Ok(Outcome::Done) };
    if approvals::wished(tx, wish.comment, wish.actor)? != Some(wish) {
        return Ok(Outcome::Ignored("what is allowed was taken back"));
    }
    approvals::unwish(tx, wish.comment, wish.actor)?;
    let before = votes::one(tx, wish.comment, wish.actor)?;
    vote::cast_at(tx, ctx, &vote::voter(wish.actor), wish.comment, (Some(Vote::Up), wish.asked))?;
    say::voted(tx, ctx, wish.comment, &name, (before, Some((Vote::Up, wish.asked))), Some(stamp))?;
    Ok(Outcome::Done)
}

/// Somebody says no, perhaps after a yes.
///
/// # Errors
/// Failures only.
pub(super) async fn rejected(ctx: &Ctx, of: Inner, by: Remote) -> Result<Outcome> {
    let (cx, about) = (ctx.clone(), of.id.as_ref().and_then(|id| id.as_id().cloned()));
    let who = by.actor;
    let ended = ctx.db().write(move |tx| {
        let Some(asked) = asked(tx, &cx, about.as_ref())? else { return Ok(None) };
        if asked.author(tx)? != Some(who) {
            return Ok(Some(Outcome::Refused(NOT_THEIRS.into())));
        }
        match asked {
            Asked::Answer(approval) => said_no(tx, &cx, &approval)?,
            Asked::Like(wish) => approvals::unwish(tx, wish.comment, wish.actor)?,
        }
        Ok::<_, crate::Error>(Some(Outcome::Done))
    });
    match ended.await? {
        Some(outcome) => Ok(outcome),
        None => following::answered(ctx, of, by, Following::Refused).await,
    }
}

fn said_no(tx: &mut Write, ctx: &Ctx, approval: &Approval) -> Result<()> {
    match approval.stage {
        Stage::Asked => denied(tx, ctx, approval.comment, Stage::Refused),
        Stage::Allowed => taken_back(tx, ctx, approval.comment),
        Stage::Refused | Stage::TakenBack => Ok(()),
    }
}

/// A permission does not hold any more. What others have been told to take away does not come back to them, wherever it stands.
fn taken_back(tx: &mut Write, ctx: &Ctx, comment: CommentId) -> Result<()> {
    held::withhold(tx, ctx, comment)?;
    denied(tx, ctx, comment, Stage::TakenBack)
}

/// Its author is told, and has the words still.
fn denied(tx: &mut Write, ctx: &Ctx, comment: CommentId, stage: Stage) -> Result<()> {
    approvals::set(tx, comment, stage, None)?;
    let spot = comments::spot(tx, comment)?.filter(|spot| spot.state == State::Held);
    let (Some(spot), Some(_)) = (spot, comments::source(tx, comment)?) else { return Ok(()) };
    if let Some(account) = accounts::of_actor(tx, spot.author)? {
        notifications::insert(tx, ctx.id(), account, comment, ctx.now())?;
    }
    Ok(())
}

/// Whoever gave a permission takes the document away that proves it. Says whether there was any that was theirs.
///
/// # Errors
/// Failures only.
pub(super) async fn revoked(ctx: &Ctx, stamp: &Id, by: &Remote) -> Result<bool> {
    let (cx, asked, who) = (ctx.clone(), stamp.to_string(), by.actor);
    // Most of what is deleted is none.
    if ctx.db().read(move |tx| proven(tx, &asked, who)).await?.is_empty() {
        return Ok(false);
    }
    let stamp = stamp.to_string();
    ctx.db()
        .write(move |tx| {
            for approval in proven(tx, &stamp, who)? {
                taken_back(tx, &cx, approval.comment)?;
            }
            Ok(true)
        })
        .await
}

fn proven(tx: &mut Read, stamp: &str, by: ActorId) -> Result<Vec<Approval>> {
    let mut found = approvals::by_stamp(tx, stamp)?;
    found.retain(|approval| approval.author == by && approval.stage == Stage::Allowed);
    Ok(found)
}

/// Whoever gave a permission takes back the yes itself.
///
/// # Errors
/// Failures only.
pub(super) async fn undone(ctx: &Ctx, inner: Inner, by: Remote) -> Result<Outcome> {
    if let Some(accept) = inner.id.as_ref().and_then(|id| id.as_id())
        && revoked(ctx, accept, &by).await?
    {
        return Ok(Outcome::Done);
    }
    let Some(of) = inner.object else { return Ok(Outcome::Ignored("it does not say what was allowed")) };
    let (cx, who) = (ctx.clone(), by.actor);
    ctx.db()
        .write(move |tx| match asked(tx, &cx, Some(&of))? {
            Some(Asked::Answer(approval)) if approval.author == who => {
                said_no(tx, &cx, &approval)?;
                Ok(Outcome::Done)
            }
            _ => Ok(Outcome::Ignored("what is taken back had no effect here")),
        })
        .await
}
