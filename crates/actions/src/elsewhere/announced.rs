//! What somebody passes on. Nothing of it is believed on their word: each thing is asked for at its home, and what its home shows counts,
//! whatever stands inside the announcement. Whole activities are taken from groups only (FEP-1b12).

use domain::CommentId;
use federation::budget::Budget;
use federation::client::FetchError;
use federation::origin::Id;
use federation::wire::parse::{self, Activity, Found, Inner, Kind};
use storage::remotes::{self, Remote};
use storage::{Write, objects};

use super::known;
use super::moderation::{self, Closing, Measure};
use super::place::{self, Told};
use super::put_back;
use super::regroup::Heard;
use super::signer::Signer;
use super::work::{self, Outcome, Postponed};
use crate::{Ctx, Result, retract};

/// How long after it was written something may still be on its way here, in milliseconds.
const ON_ITS_WAY_MS: i64 = 24 * 3600 * 1000;

/// Looks for what was passed on.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn passed_on(
    ctx: &Ctx,
    inner: Inner,
    (by, said): (&Remote, &Heard),
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let kind = match inner.kind {
        None | Some(Kind::Other(_)) => {
            let named = inner.id.and_then(|id| id.as_id().cloned());
            return thing(ctx, named, by, budget).await;
        }
        Some(kind) => kind,
    };
    if by.kind != remotes::Kind::Group {
        return Ok(Outcome::Ignored("what others did is passed on by groups only"));
    }
    match kind {
        Kind::Create => thing(ctx, inner.object, by, budget).await,
        Kind::Update => changed(ctx, inner.object, by, budget).await,
        Kind::Delete => {
            let deletion = Deletion { by: inner.actor, reason: reason(ctx, said) };
            deleted(ctx, inner.object, (by, deletion), budget).await
        }
        Kind::Like | Kind::Dislike | Kind::EmojiReact => {
            Ok(Outcome::Ignored("a vote that is passed on cannot be verified: nobody shows it at its home"))
        }
        Kind::Accept
        | Kind::Add
        | Kind::Announce
        | Kind::Block
        | Kind::Flag
        | Kind::Follow
        | Kind::LikeRequest
        | Kind::Lock
        | Kind::Move
        | Kind::Reject
        | Kind::Remove
        | Kind::ReplyRequest
        | Kind::Undo
        | Kind::Other(_) => decided(ctx, by, said, budget).await,
    }
}

/// What its moderators decide about a board is passed on by the board, which may decide all of that itself; and what authors put back.
async fn decided(ctx: &Ctx, by: &Remote, said: &Heard, budget: &Budget) -> Result<Outcome, Postponed> {
    let inside = parse::passed_on(said.body.as_bytes(), ctx.elsewhere().rules()).ok();
    if let Some(Activity::Undo(Inner { kind: Some(Kind::Delete), object, .. })) = inside {
        return put_back::put_back(ctx, object, (by, None), budget).await;
    }
    let Some(measure) = inside.and_then(|inside| Measure::of(&inside)) else {
        return Ok(Outcome::Ignored("what is passed on is of a kind that cannot be asked for"));
    };
    let outcome = moderation::decided(ctx, measure.clone(), by, budget).await?;
    if let Measure::Close(object, Closing::Closed) | Measure::List { object, .. } = &measure
        && outcome == moderation::NOTHING_HERE
        && brought(ctx, object, by, budget).await?
    {
        return moderation::decided(ctx, measure, by, budget).await;
    }
    Ok(outcome)
}

/// What a board that is followed decides about and is not here may be on its way: it is asked for, so that it comes first. What is older
/// is not: we never had it. Says whether it is here now.
async fn brought(ctx: &Ctx, id: &Id, by: &Remote, budget: &Budget) -> Result<bool, Postponed> {
    if here(ctx, id).await?.is_some() {
        return Ok(true);
    }
    if ctx.elsewhere().rules().is_ours(id) || !is_followed(ctx, by).await? {
        return Ok(false);
    }
    if let Some((note, author)) = place::fetched(ctx, id, budget).await?
        && note.published.is_some_and(|published| published > ctx.now().0 - ON_ITS_WAY_MS)
    {
        // It takes much memory.
        return Ok(Box::pin(place::created(ctx, note, author, Told::By(by.actor), budget)).await? == Outcome::Done);
    }
    Ok(false)
}

/// Whether somebody here follows the board that this actor is.
async fn is_followed(ctx: &Ctx, by: &Remote) -> Result<bool> {
    let group = by.actor;
    ctx.db().read(move |tx| Ok(place::followed(tx, group)?.is_some())).await
}

/// What is at home elsewhere; nothing of ours.
fn elsewhere(ctx: &Ctx, id: Option<Id>) -> Result<Id, Outcome> {
    id.filter(|id| !ctx.elsewhere().rules().is_ours(id)).ok_or(Outcome::Ignored("what is passed on is ours"))
}

/// A thing stands on the board of whoever passes it on, if they are one that is followed from here: so much is believed.
async fn thing(ctx: &Ctx, id: Option<Id>, by: &Remote, budget: &Budget) -> Result<Outcome, Postponed> {
    match elsewhere(ctx, id) {
        Ok(id) => work::fetch(ctx, &id, Told::By(by.actor), budget).await,
        Err(outcome) => Ok(outcome),
    }
}

/// Newer words are taken as its home shows them. What is not here is asked for as well: what a group passes on is worked off in no order,
/// and what made it may be on its way here with the words that it had before.
async fn changed(ctx: &Ctx, id: Option<Id>, by: &Remote, budget: &Budget) -> Result<Outcome, Postponed> {
    let id = match elsewhere(ctx, id) {
        Ok(id) => id,
        Err(outcome) => return Ok(outcome),
    };
    if id.as_str() == by.uri {
        return known::renewed(ctx, &id, budget).await;
    }
    match place::fetched(ctx, &id, budget).await? {
        // It takes much memory.
        Some(shown) => Box::pin(place::as_shown(ctx, shown, (Told::By(by.actor), None), budget)).await,
        None => Ok(Outcome::Ignored("what is changed cannot be had")),
    }
}

/// Why a moderator deletes what is passed on as deleted; nothing for an author.
fn reason(ctx: &Ctx, said: &Heard) -> String {
    match parse::passed_on(said.body.as_bytes(), ctx.elsewhere().rules()) {
        Ok(Activity::Delete { reason, .. }) => reason.unwrap_or_default(),
        _ => String::new(),
    }
}

/// A `Delete` that is passed on.
struct Deletion {
    /// Whose it is said to be.
    by: Option<Id>,
    /// Why a moderator deletes it; nothing for an author.
    reason: String,
}

/// What its home says is gone is gone, and does not come any more. What its home still shows, and stands on the board that passes this on,
/// is removed from there, unless its author is said to have deleted it: they have taken that back, or their server answers for a while as it did
/// before (Mastodon's lets caches keep an answer for three minutes).
async fn deleted(
    ctx: &Ctx,
    id: Option<Id>,
    (by, deletion): (&Remote, Deletion),
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let Some(id) = id else { return Ok(Outcome::Ignored("it does not say what is deleted")) };
    if ctx.elsewhere().rules().is_ours(&id) {
        return removed(ctx, (id, deletion.reason), by, "what is passed on is ours", budget).await;
    }
    if here(ctx, &id).await?.is_none() && !is_followed(ctx, by).await? {
        return Ok(Outcome::Ignored("what is deleted is not here"));
    }
    let otherwise = match asked(ctx, &id, budget).await? {
        Shown::Gone => {
            let cx = ctx.clone();
            return Ok(place::judged(ctx.db().write(move |tx| gone(tx, &cx, &id)).await)?);
        }
        Shown::Of(author) if deletion.by.as_ref() == Some(&author) => return Err(Postponed::Perhaps(STILL_THERE)),
        Shown::Of(_) => {
            brought(ctx, &id, by, budget).await?;
            STILL_THERE
        }
        Shown::Nothing => "its home does not say that it is deleted",
    };
    removed(ctx, (id, deletion.reason), by, otherwise, budget).await
}

const STILL_THERE: &str = "its home still shows what is said to be deleted";

/// It may have come since it was looked for, or be on its way with the words that it had.
fn gone(tx: &mut Write, ctx: &Ctx, id: &Id) -> Result<Outcome> {
    objects::hold(tx, id.as_str())?;
    if let Some(comment) = objects::comment_of(tx, id.as_str())? {
        retract::erase_for_author(tx, ctx, comment)?;
    } else {
        objects::bar(tx, id.as_str(), ctx.now())?;
    }
    Ok(Outcome::Done)
}

/// Removes what stands on the board that says so; of anything else it is ignored.
async fn removed(
    ctx: &Ctx,
    (id, reason): (Id, String),
    by: &Remote,
    otherwise: &'static str,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    if moderation::is_on(ctx, &id, by).await? {
        return moderation::decided(ctx, Measure::Remove(id, reason), by, budget).await;
    }
    Ok(Outcome::Ignored(otherwise))
}

/// The comment of that id that is here, whatever became of it.
async fn here(ctx: &Ctx, id: &Id) -> Result<Option<CommentId>> {
    let uri = id.to_string();
    Ok(ctx.db().read(move |tx| objects::comment_of(tx, &uri)).await?)
}

/// What the home of a thing shows of it.
enum Shown {
    /// It is gone.
    Gone,
    /// It is there, and theirs.
    Of(Id),
    /// Nothing that says either.
    Nothing,
}

async fn asked(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Shown, Postponed> {
    let signer = Signer::instance(ctx).await?;
    match super::client(ctx).await?.fetch(id, Some(&signer), budget, ctx.now().0).await {
        Ok(document) => Ok(match parse::object(&document.body, ctx.elsewhere().rules(), id) {
            Ok(Found::Gone) => Shown::Gone,
            Ok(Found::Note(note)) => Shown::Of(note.author),
            Ok(_) | Err(_) => Shown::Nothing,
        }),
        Err(FetchError::Gone) => Ok(Shown::Gone),
        Err(error) if error.may_pass() => Err(Postponed::Elsewhere(error.to_string())),
        Err(_) => Ok(Shown::Nothing),
    }
}
