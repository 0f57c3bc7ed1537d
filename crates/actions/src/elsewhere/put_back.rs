//! What an author elsewhere had deleted and shows again (`Undo` of `Delete`: people on Lemmy can). Its words are gone here, or have never
//! been, and come from its home. What a moderator has removed cannot be deleted by its author, and so not be put back either: that is for
//! those who removed it.

use domain::authority::Act;
use domain::{State, Time};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::parse::Note;
use storage::comments::{self, Spot, Words};
use storage::remotes::Remote;
use storage::{Write, holds, objects, threads};

use super::consent;
use super::moderation::{self, Measure};
use super::place::{self, Head, Text, Told, standing};
use super::receive::comment;
use super::regroup::{self, Heard};
use super::work::{Outcome, Postponed};
use crate::writing::permitted;
use crate::{Ctx, Error, Result, edit, held, retract, rules};

/// Somebody says that a deletion was taken back: its author, of whom it was `heard`, or a group, whose word is a hint where to ask; or
/// those who moderate the board, of what they removed.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn put_back(
    ctx: &Ctx,
    id: Option<Id>,
    (by, heard): (&Remote, Option<Heard>),
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let Some(id) = id else { return Ok(Outcome::Ignored("it does not say what is put back")) };
    match spot(ctx, &id).await?.map(|spot| (spot.state, spot.author == by.actor)) {
        Some((State::Removed, false)) => return moderation::decided(ctx, Measure::Restore(id), by, budget).await,
        Some((State::Deleted, _)) if !ctx.elsewhere().rules().is_ours(&id) => {}
        // It was deleted before it came.
        None if !ctx.elsewhere().rules().is_ours(&id) => {}
        _ => return Ok(Outcome::Ignored("it puts back nothing that is deleted here")),
    }
    let Some((note, author)) = place::fetched(ctx, &id, budget).await? else {
        return Ok(Outcome::Ignored("its home does not show what is put back"));
    };
    if heard.is_some() && by.actor != author.actor {
        return Ok(Outcome::Refused("it is not the sender's to put back".into()));
    }
    if may_come(ctx, &id).await? {
        // It takes much memory.
        return Box::pin(place::as_shown(ctx, (note, author), (Told::By(by.actor), None), budget)).await;
    }
    let cx = ctx.clone();
    let Some(text) = Text::of_known(ctx, &note, (&author, Act::PutBack)).await? else {
        return Ok(Outcome::Ignored("its home calls it otherwise now"));
    };
    let ended = ctx.db().write(move |tx| show(tx, &cx, (&note, &author), text, heard.as_ref()));
    Ok(place::judged(ended.await)?)
}

async fn spot(ctx: &Ctx, id: &Id) -> Result<Option<Spot>> {
    let (cx, id) = (ctx.clone(), id.clone());
    let spot = ctx.db().read(move |tx| match comment(tx, &cx, &id)? {
        Some(found) => Ok::<_, Error>(comments::spot(tx, found)?),
        None => Ok(None),
    });
    spot.await
}

/// What has not come may come again. Says whether it has not.
async fn may_come(ctx: &Ctx, id: &Id) -> Result<bool> {
    let uri = id.to_string();
    let is_new = ctx.db().write(move |tx| {
        objects::hold(tx, &uri)?;
        let is_new = objects::comment_of(tx, &uri)?.is_none();
        if is_new {
            objects::unbar(tx, &uri)?;
        }
        Ok::<_, Error>(is_new)
    });
    is_new.await
}

fn show(tx: &mut Write, ctx: &Ctx, (note, by): (&Note, &Remote), text: Text, heard: Option<&Heard>) -> Result<Outcome> {
    let Some(object) = objects::by_uri(tx, note.id.as_str())?.filter(|_| place::may_be_shown(note)) else {
        return Ok(Outcome::Ignored("its home does not show it to everybody"));
    };
    let spot = permitted(tx, &standing(ctx, by), Act::PutBack, object.comment)?;
    let (host, look) = (note.id.host(), text.look().clone());
    let ruling = edit::judged(tx, ctx, &standing(ctx, by), &spot, place::entering(&host, &look))?;
    let hold = holds::find(tx, spot.id)?;
    if hold.is_some() {
        rules::bounded(tx, &host, &look)?;
    }
    let spot = give_words(tx, spot, text)?;
    let updated = Time(note.updated.or(note.published).unwrap_or(0));
    objects::set_updated(tx, &object.uri, updated)?;
    consent::keep(tx, spot.id, note)?;
    if let Some(hold) = hold {
        held::waits_again(tx, ctx, &spot, hold)?;
        return Ok(Outcome::Done);
    }
    retract::show(tx, ctx, &spot)?;
    edit::settle(tx, ctx, &Spot { state: State::Published, ..spot.clone() }, &ruling)?;
    let stands = comments::spot(tx, spot.id)?.is_some_and(|spot| spot.state == State::Published);
    if let Some(heard) = heard.filter(|_| stands) {
        regroup::retracted(tx, ctx, spot.id, heard)?;
    }
    Ok(Outcome::Done)
}

fn give_words(tx: &mut Write, spot: Spot, text: Text) -> Result<Spot> {
    let (title, words) = match text {
        Text::Answer(words, _) => (spot.title.clone(), Some(words?)),
        Text::Head(head, _) => {
            let Head { title, link, words } = head?;
            threads::retitle(tx, spot.thread, &title, link.as_deref())?;
            (title, words)
        }
    };
    if let Some((source, rendered)) = words {
        comments::insert_words(tx, spot.id, Words { source: &source, html: &rendered.html })?;
    }
    Ok(Spot { title, ..spot })
}
