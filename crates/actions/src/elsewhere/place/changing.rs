//! What stands here is written anew, or goes.

use domain::authority::Act;
use domain::text::Rendered;
use domain::{CommentId, EventKind, Level, News, State, Time};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::parse::{Note, Visibility};
use storage::comments::Spot;
use storage::remotes::Remote;
use storage::threads::Touch;
use storage::{Read, Write, approvals, comments, objects, threads};

use super::hanging::{Hangs, where_it_hangs};
use super::words::{Head, Text, begins};
use super::{Told, created, fetched, judged, standing};
use crate::edit::Of;
use crate::elsewhere::regroup::Heard;
use crate::elsewhere::work::{Outcome, Postponed};
use crate::elsewhere::{consent, regroup};
use crate::rules::{Entering, Look};
use crate::writing::{index, permitted};
use crate::{Ctx, Result, edit, retract, webhooks};

/// Why a change of something has no effect that is not here.
const NOT_HERE: Outcome = Outcome::Ignored("what is changed is not here");

/// Its author has changed a comment, and says how. If it is not here and may belong here, it is asked for at its home, and what it answers
/// like that of a new one: what made it may have been lost, may wait for what it answers, or is being worked off at this moment, with the
/// words that it had before.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn edited(
    ctx: &Ctx,
    note: Note,
    by: Remote,
    said: Heard,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let outcome = updated(ctx, note.clone(), by, Some(said)).await?;
    if outcome != NOT_HERE || matches!(where_it_hangs(ctx, &note, Told::Author).await?, Hangs::Nowhere(_)) {
        return Ok(outcome);
    }
    let Some(shown) = fetched(ctx, &note.id, budget).await? else { return Ok(NOT_HERE) };
    // It takes much memory.
    Box::pin(as_shown(ctx, shown, (Told::Author, None), budget)).await
}

/// A comment stands here with the words that its home shows, whether it was here before or not; what its author `said` of that may be passed
/// on.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn as_shown(
    ctx: &Ctx,
    (note, by): (Note, Remote),
    (told, said): (Told, Option<Heard>),
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let changed = updated(ctx, note.clone(), by.clone(), said).await?;
    if changed != NOT_HERE {
        return Ok(changed);
    }
    match created(ctx, note.clone(), by.clone(), told, budget).await? {
        Outcome::Done => {}
        other => return Ok(other),
    }
    // It may have come meanwhile, with the words that it had before.
    Ok(match updated(ctx, note, by, None).await? {
        Outcome::Ignored(_) => Outcome::Done,
        other => other,
    })
}

/// Its author has changed a comment. What is not here is not made by that; an older change after a newer one changes nothing.
///
/// # Errors
/// Failures only.
pub(crate) async fn updated(ctx: &Ctx, note: Note, by: Remote, said: Option<Heard>) -> Result<Outcome> {
    let cx = ctx.clone();
    let Some(text) = Text::of_known(ctx, &note, (&by, Act::Edit)).await? else { return Ok(NOT_HERE) };
    judged(ctx.db().write(move |tx| change(tx, &cx, (&note, &by), said.as_ref(), text)).await)
}

fn change(
    tx: &mut Write,
    ctx: &Ctx,
    (note, by): (&Note, &Remote),
    said: Option<&Heard>,
    text: Text,
) -> Result<Outcome> {
    let Some(object) = objects::by_uri(tx, note.id.as_str())? else {
        return Ok(NOT_HERE);
    };
    // Of what its author says now to have changed, now is when; of what was only looked up it is not.
    let looked_up = note.published.filter(|_| said.is_none());
    let updated = Time(note.updated.or(looked_up).unwrap_or(ctx.now().0));
    if !objects::set_updated(tx, &object.uri, updated)? {
        return Ok(Outcome::Ignored("it is older than what is known"));
    }
    if !may_be_shown(note) {
        return hidden(tx, ctx, (note, by), object.comment);
    }
    consent::keep(tx, object.comment, note)?;
    let host = note.id.host();
    let made = match text {
        Text::Head(..) if begins(tx, object.comment)? != Some(true) => {
            return Ok(Outcome::Ignored("it was moved at this moment"));
        }
        Text::Head(head, look) => rewrite(tx, ctx, by, object.comment, (head?, entering(&host, &look)))?,
        Text::Answer(words, look) => {
            let (source, rendered) = words?;
            let words = (source.as_str(), &rendered, &Of::Anything);
            edit::change(tx, ctx, &standing(ctx, by), object.comment, words, entering(&host, &look))?
        }
    };
    let is_public = note.recipients.visibility(None) == Visibility::Public;
    let stands = comments::spot(tx, object.comment)?.is_some_and(|spot| spot.state.stands());
    if let Some(said) = said.filter(|_| is_public && stands && made == edit::Change::Made) {
        regroup::changed(tx, ctx, object.comment, said)?;
    }
    Ok(Outcome::Done)
}

/// A change: how its server is dealt with matters for what is new.
pub(in crate::elsewhere) fn entering<'a>(host: &'a str, look: &'a Look) -> Entering<'a> {
    Entering { host, level: Level::Allow, look }
}

/// Whether everybody may read a comment.
pub(in crate::elsewhere) fn may_be_shown(note: &Note) -> bool {
    matches!(note.recipients.visibility(None), Visibility::Public | Visibility::Unlisted)
}

/// A comment that everybody could read is for a few only now: its new words are shown to nobody, and its old ones neither. Of one that
/// names nobody at all it is not known for whom it is.
fn hidden(tx: &mut Write, ctx: &Ctx, (note, by): (&Note, &Remote), comment: CommentId) -> Result<Outcome> {
    if note.recipients.to.is_empty() && note.recipients.cc.is_empty() {
        return Ok(Outcome::Ignored("it does not say for whom it is now"));
    }
    retract::erase(tx, ctx, &standing(ctx, by), comment)?;
    Ok(Outcome::Done)
}

/// A thread begins with other words now, and may be called otherwise. One that had words keeps some: there is no edit to nothing.
fn rewrite(
    tx: &mut Write,
    ctx: &Ctx,
    by: &Remote,
    root: CommentId,
    (head, entering): (Head, Entering<'_>),
) -> Result<edit::Change> {
    let Head { title, link, words } = head;
    let root = permitted(tx, &standing(ctx, by), Act::Edit, root)?;
    // Title and words are judged together, and before any of them is changed.
    let ruling = edit::judged(tx, ctx, &standing(ctx, by), &root, entering)?;
    let renamed = threads::retitle(tx, root.thread, &title, link.as_deref())?;
    if let Some((source, rendered)) = words
        && reworded(tx, ctx, by, root.id, (&source, &rendered))? == edit::Change::Made
    {
        edit::settle(tx, ctx, &root, &ruling)?;
        return Ok(edit::Change::Made);
    }
    if renamed {
        // Whoever has looked at it has seen another title.
        comments::set_edited(tx, root.id, ctx.now())?;
        if root.state != State::Held {
            told_of_title(tx, ctx, &root, &title)?;
        }
        edit::settle(tx, ctx, &root, &ruling)?;
    }
    Ok(if renamed { edit::Change::Made } else { edit::Change::None })
}

/// A thread that readers see has another title.
fn told_of_title(tx: &mut Write, ctx: &Ctx, root: &Spot, title: &str) -> Result<()> {
    let plain = comments::html(tx, root.id)?.map(|html| domain::text::plain(&html)).unwrap_or_default();
    index(tx, root.id, root.state, Some(title), &plain)?;
    let event = Some((EventKind::Edit, root.id));
    threads::touch(tx, root.thread, Touch { comments: 0, active: None, event, now: ctx.now() })?;
    webhooks::happened(tx, ctx, News::CommentEdited, root.id)
}

/// The words of a thread that was judged as a whole.
fn reworded(
    tx: &mut Write,
    ctx: &Ctx,
    by: &Remote,
    root: CommentId,
    (source, rendered): (&str, &Rendered),
) -> Result<edit::Change> {
    let unseen = Look::judged();
    edit::change(tx, ctx, &standing(ctx, by), root, (source, rendered, &Of::Anything), entering(&by.uri, &unseen))
}

/// Something is deleted by its author: what is here becomes a tombstone, and what has not come yet is not to come any more.
///
/// # Errors
/// Failures only.
pub(crate) async fn deleted(ctx: &Ctx, object: Id, by: Remote, said: Heard) -> Result<Outcome> {
    let cx = ctx.clone();
    judged(ctx.db().write(move |tx| delete(tx, &cx, &object, (&by, &said))).await)
}

fn delete(tx: &mut Write, ctx: &Ctx, id: &Id, (by, said): (&Remote, &Heard)) -> Result<Outcome> {
    if ctx.elsewhere().rules().is_ours(id) {
        return Ok(Outcome::Refused("it is not the sender's to delete".into()));
    }
    objects::hold(tx, id.as_str())?;
    let Some(comment) = objects::comment_of(tx, id.as_str())? else {
        // Only its own server can say of something unseen that it is gone.
        let own = ctx.elsewhere().rules().id(&by.uri).is_ok_and(|by| by.is_with(id));
        if own {
            objects::bar(tx, id.as_str(), ctx.now())?;
        }
        return Ok(Outcome::Ignored("what is deleted is not here"));
    };
    let is_unknown = is_unknown(tx, comment)?;
    retract::erase(tx, ctx, &standing(ctx, by), comment)?;
    if !is_unknown {
        regroup::retracted(tx, ctx, comment, said)?;
    }
    Ok(Outcome::Done)
}

/// Whether a comment has been held for as long as it is here: nobody was told of it. What stood before is held because it was changed, or
/// because a permission was taken back; those who heard of it then are to hear that it is gone.
fn is_unknown(tx: &mut Read, comment: CommentId) -> Result<bool> {
    let unchanged = comments::spot(tx, comment)?.is_some_and(|spot| spot.state == State::Held && spot.edited.is_none());
    Ok(unchanged && approvals::find(tx, comment)?.is_none())
}
