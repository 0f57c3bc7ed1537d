//! Comments from other servers: put into the thread that they answer, or at the head of a new one on the board that they are for;
//! changed and taken back by their authors. They take the path of our own: one table of rights, one way into the tree.

mod changing;
mod hanging;
mod words;

use std::sync::Arc;

use domain::authority::{Act, Standing};
use domain::{ActorId, CommentId, Level, Origin, Refusal, State, ThreadId, Time};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::parse::{self, Found, Grant, Note, Visibility};
use storage::approvals::{Approval, Stage};
use storage::objects::Object;
use storage::remotes::Remote;
use storage::{Read, Write, approvals, comments, objects};

use self::hanging::{Hangs, Link, asked_for, below, hangs_new};
use crate::elsewhere::graves::Grave;
use crate::elsewhere::regroup::Heard;
use crate::elsewhere::say::Home;
use crate::elsewhere::signer::Signer;
use crate::elsewhere::stamp::Leave;
use crate::elsewhere::work::{Outcome, Postponed};
use crate::elsewhere::{aside, backfill, consent, graves, known, policy, say, stamp};
use crate::pace::Came;
use crate::reply::{Answer, add};
use crate::rules::hook::{At, Question};
use crate::rules::{Entering, hook};
use crate::sanctions::known as known_bars;
use crate::start_thread::{New, open};
use crate::{Ctx, Error, Result, rules};

pub(crate) use self::changing::{as_shown, deleted, edited, updated};
pub(super) use self::changing::{entering, may_be_shown};
pub(crate) use self::hanging::followed;
pub(super) use self::words::{Head, Text};

/// Comments that are fetched upward for one that answers what is not here. Lemmy's threads are no deeper.
const MOST_ABOVE: usize = 50;

/// As the table of rights knows somebody on another server.
pub(crate) fn standing(ctx: &Ctx, who: &Remote) -> Standing {
    Standing { bars: known_bars::of(ctx, who.actor), ..Standing::member(who.actor) }
}

/// Who told of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Its author.
    Author,
    /// Somebody who passes it on: a board, perhaps, on which it stands then.
    By(ActorId),
}

/// Puts a comment into the tree. What it answers is fetched from its home if it is not here, and what that answers, up to something
/// that is, or that begins a thread here.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn created(
    ctx: &Ctx,
    note: Note,
    by: Remote,
    told: Told,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    heard(ctx, (note, by), told, None, budget).await
}

/// The same of a comment of which something was said that may be passed on.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn heard(
    ctx: &Ctx,
    (note, by): (Note, Remote),
    told: Told,
    said: Option<Heard>,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let (mut chain, mut upward) = (vec![Link::Written(Arc::new((note, by)))], true);
    loop {
        let Some(top) = chain.last().cloned() else { return Ok(Outcome::Done) };
        // What was said was said of the last: what is above it was fetched.
        let said = said.clone().filter(|_| chain.len() == 1);
        let put = match top {
            // It takes much memory, and is done before and after all that waits for others.
            Link::Written(one) => Box::pin(put(ctx, one, (told, said), budget)).await?,
            Link::Left(grave) => laid(ctx, grave).await?,
        };
        match put {
            Put::Settled(Outcome::Done) => {
                (_, upward) = (chain.pop(), false);
            }
            Put::Settled(other) => return Ok(other),
            Put::Below(_) if !upward => return Ok(Outcome::Ignored("it answers nothing that is here")),
            Put::Below(_) if chain.len() > MOST_ABOVE => {
                return Ok(Outcome::Ignored("it answers something too deep to be fetched"));
            }
            Put::Below(above) => match asked_for(ctx, &above, budget).await? {
                Some(found) => chain.push(found),
                None => return Ok(Outcome::Ignored("it answers nothing that is here")),
            },
            Put::Unproven | Put::Unasked => return Ok(Outcome::Refused(NOT_ALLOWED.into())),
        }
    }
}

/// What became of the attempt to put a comment into the tree.
enum Put {
    /// That.
    Settled(Outcome),
    /// Nothing yet: this, which it answers, is not here.
    Below(Id),
    /// Nothing yet: there was no place for it when the host's program was to be asked, and now there is one.
    Unasked,
    /// Nothing yet: the author of what it answers wants to be asked, and whether they have said yes was not looked at.
    Unproven,
}

/// Puts a comment into the tree, if what it answers is there, as it nearly always is.
async fn put(
    ctx: &Ctx,
    one: Arc<(Note, Remote)>,
    (told, said): (Told, Option<Heard>),
    budget: &Budget,
) -> Result<Put, Postponed> {
    match put_by(ctx, Arc::clone(&one), (told, said.clone()), None).await? {
        Put::Unproven => {
            let leave = stamp::leave(ctx, &one.0, &one.1, budget).await?;
            Ok(put_by(ctx, one, (told, said), Some(leave)).await?)
        }
        other => Ok(other),
    }
}

/// How often the host's program is given another chance to be asked about a comment of which it was not known before that it hangs here.
const ROUNDS: usize = 3;

async fn put_by(
    ctx: &Ctx,
    one: Arc<(Note, Remote)>,
    (told, said): (Told, Option<Heard>),
    leave: Option<Leave>,
) -> Result<Put> {
    for _ in 0..ROUNDS {
        match put_once(ctx, (Arc::clone(&one), told, said.clone()), leave.clone(), true).await? {
            Put::Unasked => {}
            other => return Ok(other),
        }
    }
    put_once(ctx, (one, told, said), leave, false).await
}

/// `asked`: whether the host's program is to have been asked about what is put into the tree.
async fn put_once(
    ctx: &Ctx,
    (one, told, said): (Arc<(Note, Remote)>, Told, Option<Heard>),
    leave: Option<Leave>,
    asked: bool,
) -> Result<Put> {
    let level = policy::level(ctx, &one.0.id.host()).await?;
    if !level.is_spoken_to() {
        return Ok(Put::Settled(Outcome::Refused(policy::NOT_SPOKEN_TO.into())));
    }
    // Before anything is locked.
    let rules = rules::current(ctx).await?;
    let mut text = Text::new(ctx, &one.0, &rules, one.0.in_reply_to.is_none());
    let mut hung = true;
    if ctx.hook().is_some() {
        let at = where_new(ctx, &one.0, told).await?;
        hung = at.is_some();
        ask(ctx, (&one.0, &one.1), at, &mut text).await?;
    }
    let cx = ctx.clone();
    let ended = ctx.db().write(move |tx| {
        if is_here(tx, &one.0)? {
            return Ok(Put::Settled(Outcome::Done));
        }
        // What it answers has come since.
        if asked && !hung && matches!(hangs_new(tx, &cx, &one.0, told)?, Hangs::Here(_) | Hangs::On(_)) {
            return Ok(Put::Unasked);
        }
        hang(tx, &cx, level, (&one.0, &one.1), (told, said.as_ref()), text, leave.as_ref())
    });
    match ended.await {
        Err(Error::Refused(refusal)) => Ok(Put::Settled(Outcome::Refused(refusal.to_string()))),
        other => other,
    }
}

/// Where a comment is to stand that is not here, if that is.
async fn where_new(ctx: &Ctx, note: &Note, told: Told) -> Result<Option<At>> {
    let (cx, note) = (ctx.clone(), note.clone());
    let hangs = ctx.db().read(move |tx| match objects::comment_of(tx, note.id.as_str())? {
        Some(_) => Ok(None),
        None => hangs_new(tx, &cx, &note, told).map(Some),
    });
    Ok(match hangs.await? {
        Some(Hangs::Here(parent)) => Some(At::Below(parent, Act::ReplyElsewhere)),
        Some(Hangs::On(board)) => Some(At::On(board, Origin::Remote)),
        Some(Hangs::Below(_) | Hangs::Nowhere(_)) | None => None,
    })
}

/// Asks the host's program about what is to be read of a comment.
async fn ask(ctx: &Ctx, (note, by): (&Note, &Remote), at: Option<At>, text: &mut Text) -> Result<()> {
    let Some(at) = at else { return Ok(()) };
    let (host, who) = (note.id.host(), standing(ctx, by));
    let (words, title, link, look) = match text {
        Text::Answer(Ok((source, rendered)), look) => (Some((source.as_str(), &*rendered)), "", None, look),
        Text::Head(Ok(Head { title, link, words }), look) => {
            let words = words.as_ref().map(|(source, rendered)| (source.as_str(), rendered));
            (words, title.as_str(), link.as_deref(), look)
        }
        // It is refused as it is.
        Text::Answer(Err(_), _) | Text::Head(Err(_), _) => return Ok(()),
    };
    aside::waits(hook::ask(ctx, look, Question { who, host: &host, at, title, link, words })).await
}

/// A comment as its home shows it now, with its author; nothing if there is none, or none that may be shown.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn fetched(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Option<(Note, Remote)>, Postponed> {
    let signer = Signer::instance(ctx).await?;
    let document = match super::client(ctx).await?.fetch(id, Some(&signer), budget, ctx.now().0).await {
        Ok(document) => document,
        Err(error) if error.may_pass() => {
            return Err(Postponed::Elsewhere(error.to_string()));
        }
        Err(_) => return Ok(None),
    };
    let Ok(Found::Note(note)) = parse::object(&document.body, ctx.elsewhere().rules(), &document.id) else {
        return Ok(None);
    };
    match known::met(ctx, &note.author, budget).await {
        Ok(by) => Ok(Some((*note, by))),
        Err(known::Unknown::Ours(error)) => Err(error.into()),
        Err(known::Unknown::Fetch(error)) if error.may_pass() => Err(Postponed::Elsewhere(error.to_string())),
        Err(_) => Ok(None),
    }
}

/// What became of an answer that is dealt with at once.
pub(super) enum AtOnce {
    /// It stands in the tree now.
    New,
    /// It had come before.
    Known,
    /// Something has to be asked for first: what was written is to be undone.
    Not,
}

/// Puts an answer into the tree in this transaction, if nothing has to be asked for before.
///
/// # Errors
/// Refusals; storage failures.
pub(super) fn put_now(
    tx: &mut Write,
    ctx: &Ctx,
    level: Level,
    answer: (&Note, &Remote),
    said: &Heard,
    text: Text,
) -> Result<AtOnce> {
    if is_here(tx, answer.0)? {
        return Ok(AtOnce::Known);
    }
    Ok(match hang(tx, ctx, level, answer, (Told::Author, Some(said)), text, None)? {
        Put::Settled(Outcome::Done) => AtOnce::New,
        _ => AtOnce::Not,
    })
}

/// Whether a comment has come before; nobody else decides that until this transaction ends.
fn is_here(tx: &mut Write, note: &Note) -> Result<bool> {
    objects::hold(tx, note.id.as_str())?;
    Ok(objects::comment_of(tx, note.id.as_str())?.is_some())
}

/// Puts one comment that is not here below its parent, if that is here, or at the head of a thread; as its server is dealt with.
fn hang(
    tx: &mut Write,
    ctx: &Ctx,
    level: Level,
    (note, by): (&Note, &Remote),
    (told, said): (Told, Option<&Heard>),
    text: Text,
    leave: Option<&Leave>,
) -> Result<Put> {
    let (id, mut allowed) = (CommentId(ctx.id()), None);
    let (host, published) = (note.id.host(), when(ctx, note));
    let came = if said.is_some() { Came::Now } else { Came::Late(published) };
    let (thread, dealt) = match (hangs_new(tx, ctx, note, told)?, text) {
        (Hangs::Here(parent), Text::Answer(words, look)) => {
            match (consent::answering(tx, parent, (by.actor, &by.uri))?, leave) {
                (Grant::Automatic, _) => {}
                (_, Some(Leave::Proven(stamp))) => allowed = proven(tx, (id, parent), stamp)?,
                (_, None) => return Ok(Put::Unproven),
                (_, Some(Leave::Free | Leave::Not)) => return Ok(Put::Settled(Outcome::Refused(NOT_ALLOWED.into()))),
            }
            let (source, rendered) = words?;
            let (act, words, state) = (Act::ReplyElsewhere, (source.as_str(), &rendered), State::Published);
            let entering = Entering { host: &host, level, look: &look };
            let answer = Answer { id, act, parent, words, published, came, state, entering };
            let added = add(tx, ctx, &standing(ctx, by), &answer)?;
            (added.new.thread, added.level)
        }
        (Hangs::On(board), Text::Head(head, look)) => {
            let Head { title, link, words } = head?;
            let words = words.as_ref().map(|(source, rendered)| (source.as_str(), rendered));
            let url = link.as_deref();
            let entering = Entering { host: &host, level, look: &look };
            let new = New { id: ThreadId(id.0), board: &board, title: &title, url, words, published, came, entering };
            (new.id, open(tx, ctx, (&standing(ctx, by), Origin::Remote), &new)?)
        }
        (Hangs::Below(above), _) => return Ok(Put::Below(above)),
        (Hangs::Nowhere(why), _) => return Ok(Put::Settled(why)),
        (Hangs::Here(_) | Hangs::On(_), _) => {
            return Ok(Put::Settled(Outcome::Ignored("it answers nothing that is here")));
        }
    };
    // What is limited is made known to nobody later either.
    let is_limited = [level, dealt].contains(&Level::Limit);
    let announced = note.recipients.visibility(None) == Visibility::Public && !is_limited;
    let object = Object {
        uri: note.id.to_string(),
        comment: id,
        url: note.url.as_ref().map(ToString::to_string),
        updated: Time(note.updated.or(note.published).unwrap_or(0)),
        announced,
    };
    objects::insert(tx, &object)?;
    backfill::noticed(tx, ctx, thread)?;
    consent::keep_first(tx, id, note)?;
    if let Some(allowed) = allowed {
        approvals::insert(tx, &allowed)?;
    }
    if announced && dealt != Level::Hold {
        say::published(tx, ctx, id, said.map_or(Home::Elsewhere, Home::Heard))?;
    }
    Ok(Put::Settled(Outcome::Done))
}

const NOT_ALLOWED: &str = "whoever wrote what it answers has not allowed it";

/// That an answer is here because of this stamp: so that it goes when the stamp does.
fn proven(tx: &mut Read, (comment, parent): (CommentId, CommentId), stamp: &str) -> Result<Option<Approval>> {
    let (stage, stamp) = (Stage::Allowed, Some(stamp.to_owned()));
    let answered = comments::spot(tx, parent)?;
    Ok(answered.map(|answered| Approval { comment, author: answered.author, stage, request: None, stamp }))
}

/// Puts what is left of a comment below what that answered, if that is here.
async fn laid(ctx: &Ctx, grave: Grave) -> Result<Put> {
    let cx = ctx.clone();
    ctx.db().write(move |tx| lay(tx, &cx, &grave)).await
}

/// To a closed thread not even what is left is added.
fn lay(tx: &mut Write, ctx: &Ctx, grave: &Grave) -> Result<Put> {
    objects::hold(tx, grave.id.as_str())?;
    if objects::comment_of(tx, grave.id.as_str())?.is_some() {
        return Ok(Put::Settled(Outcome::Done));
    }
    match below(tx, ctx, &grave.answered)? {
        Hangs::Here(parent) => {
            let Some(parent) = comments::spot_to_change(tx, parent)?.filter(|parent| !parent.locked) else {
                return Ok(Put::Settled(Outcome::Refused(Refusal::Locked.to_string())));
            };
            graves::dig(tx, ctx, grave, &parent)?;
            Ok(Put::Settled(Outcome::Done))
        }
        Hangs::Below(above) => Ok(Put::Below(above)),
        Hangs::On(_) => Ok(Put::Settled(Outcome::Ignored("it answers nothing that is here"))),
        Hangs::Nowhere(why) => Ok(Put::Settled(why)),
    }
}

/// What a refusal means for what came: it is kept with its reason. Asked outside the transaction, which the refusal has undone: a rule
/// may refuse after something was written.
pub(crate) fn judged(ended: Result<Outcome>) -> Result<Outcome> {
    match ended {
        Err(Error::Refused(refusal)) => Ok(Outcome::Refused(refusal.to_string())),
        other => other,
    }
}

/// When it was published: as its home says, but not in the future.
fn when(ctx: &Ctx, note: &Note) -> Time {
    let now = ctx.now();
    note.published.map_or(now, |published| Time(published.min(now.0).max(0)))
}
