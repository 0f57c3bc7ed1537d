//! What every action that changes a comment does alike: find it, judge by the table, index its words, tell who is answered.

use domain::authority::{Act, Openness, Standing, Subject, may};
use domain::text::{Mention, Rendered};
use domain::{AccountId, ActorId, CommentId, Noun, Refusal, State, Time};
use storage::comments::{self, Spot};
use storage::{Write, accounts, notifications, search};

use crate::caller::subject;
use crate::{Ctx, Error, Result};

/// The comment, held for change, if somebody of this standing may do this with it.
pub(crate) fn permitted(tx: &mut Write, who: &Standing, act: Act, comment: CommentId) -> Result<Spot> {
    let spot = comments::spot_to_change(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
    may(Some(who), act, subject(&spot))?;
    Ok(spot)
}

/// Judges again once nobody can lock the thread any more: it may have been locked since [`permitted`].
pub(crate) fn still_permitted(who: &Standing, act: Act, spot: &Spot, thread: Openness) -> Result<()> {
    Ok(may(Some(who), act, Subject { thread, ..subject(spot) })?)
}

/// What the search index knows a comment by in this state: what readers see of it. A root is known also by its title; a flagged
/// comment, whose words are hidden, still by its author and its board; what readers are not told of by nothing.
pub(crate) fn index(tx: &mut Write, comment: CommentId, state: State, title: Option<&str>, plain: &str) -> Result<()> {
    let shown = match state {
        State::Published => plain,
        State::Flagged => "",
        State::Held | State::Deleted | State::Removed => return Ok(search::forget(tx, comment)?),
    };
    let words = match title {
        Some(title) => format!("{title}\n{shown}"),
        None => shown.to_owned(),
    };
    Ok(search::index(tx, comment, &words)?)
}

/// Tells the author of what was answered, and those who are mentioned, unless they wrote it themselves.
pub(crate) fn notify(
    tx: &mut Write,
    ctx: &Ctx,
    comment: CommentId,
    author: ActorId,
    answered: Option<ActorId>,
    mentions: &[Mention],
    now: Time,
) -> Result<()> {
    // Storage tells nobody twice; who is answered is mentioned as a rule, and need not be stored again.
    let mut told: Vec<AccountId> = Vec::new();
    if let Some(answered) = answered.filter(|answered| *answered != author) {
        told.extend(accounts::of_actor(tx, answered)?);
    }
    for mention in mentions.iter().filter(|mention| mention.host.is_none()) {
        let named =
            accounts::named(tx, &mention.name)?.filter(|(account, actor)| *actor != author && !told.contains(account));
        told.extend(named.map(|(account, _)| account));
    }
    for account in told {
        notifications::insert(tx, ctx.id(), account, comment, now)?;
    }
    Ok(())
}

/// The longest reason that a moderator gives, in Unicode scalar values.
const MAX_REASON: usize = 500;

/// Why a moderator did something, as it is stored.
pub(crate) fn reasoned(reason: &str) -> Result<String> {
    let reason = domain::text::tidy(reason).trim().to_owned();
    let chars = reason.chars().count();
    if chars > MAX_REASON {
        let problem = format!("{chars} characters are too many; say it in {MAX_REASON}");
        return Err(Error::Refused(Refusal::field("reason", problem)));
    }
    Ok(reason)
}

/// Renders a comment's source within the limits of this instance.
///
/// # Errors
/// [`domain::Refusal::Text`], with what to change.
pub fn render(ctx: &Ctx, source: &str) -> Result<Rendered> {
    Ok(domain::text::render(source, &ctx.limits().text, ctx.places())?)
}
