//! The inbox: what comes is judged without being understood, stored, and only then answered. What can be refused is refused before
//! anything is fetched; what concerns nobody here is forgotten before anything is fetched, too.

use std::sync::Arc;

use domain::{CommentId, Time};
use federation::budget::{Allowance, Budget, Cause};
use federation::keys::{BadKey, PublicKey};
use federation::nodeinfo::names_once;
use federation::origin::Id;
use federation::signature::{self, Claim, Here, Incoming};
use federation::wire::parse::{self, Envelope, Kind};
use storage::inbox::{self, Arrival};
use storage::remotes::{Presence, Remote};
use storage::{Read, Write, objects, peers};

pub use super::known::Unknown;
use super::regroup::Heard;
use super::{at_once, known, policy};
use crate::{Ctx, Error, Result};

/// A key that did not fit is not asked for again before this time has passed: whoever sends a thousand forged requests makes us fetch
/// once.
pub(crate) const REFETCH_MS: i64 = 5 * 60 * 1000;

/// What became of a request to an inbox. All of these are answered alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is stored, and will be dealt with.
    Stored,
    /// It had come before.
    Known,
    /// It concerns nothing that is here.
    Ignored,
}

/// Why a request to an inbox is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It is no activity that could ever be dealt with.
    #[error(transparent)]
    Malformed(#[from] parse::Refused),
    /// It is not signed as it must be, or not by who is said to speak.
    #[error(transparent)]
    Unsigned(#[from] signature::Refused),
    /// Its key belongs to somebody else.
    #[error("the key {0} is not the one that the actor shows under this id")]
    OtherKey(String),
    /// Its key cannot be used.
    #[error("the actor's key {0}")]
    BadKey(#[from] BadKey),
    /// Who speaks is not known here and cannot be asked now.
    #[error("{0}")]
    Unknown(Unknown),
    /// Its server is not spoken to.
    #[error("{}", super::policy::NOT_SPOKEN_TO)]
    Barred,
    /// Too much of the same server waits.
    #[error("as much of your server waits here as may; send it again later, and nothing is lost")]
    Full,
    /// A fault of ours.
    #[error(transparent)]
    Ours(#[from] Error),
}

/// Takes in what was posted to an inbox of ours. It does not matter to which: all of them are one.
///
/// # Errors
/// [`NotTaken`].
pub async fn receive(ctx: &Ctx, request: &Incoming<'_>) -> Result<Received, NotTaken> {
    let elsewhere = ctx.elsewhere();
    let here = Here { origin: elsewhere.rules().ours(), now_ms: ctx.now().0 };
    let claim = signature::read(request, &here)?;
    let (envelope, unread) = parse::open(request.body, elsewhere.rules())?;
    // What may be dealt with at once is small; of all else nothing is held in memory while others are waited for.
    let unread = at_once::may_be(ctx, &envelope, request.body.len()).then_some(unread);
    is_owners(ctx, &claim, &envelope)?;
    // Before anything is fetched or kept: who claims to be from there is told the same.
    if !policy::level(ctx, &envelope.actor.host()).await?.is_spoken_to() {
        return Err(NotTaken::Barred);
    }
    let heard = Heard::new(String::from_utf8_lossy(request.body).into_owned());
    if let Some(received) = at_once::from_acquaintance(ctx, &claim, (&envelope, unread), &heard).await {
        return Ok(received);
    }
    let signed = envelope.kind.repeats().then_some(Time(claim.signed_ms));
    let (cx, asked) = (ctx.clone(), envelope.clone());
    let looked = ctx.db().read(move |tx| {
        let again = signed_anew(tx, &asked, signed)?;
        Ok((seen(tx, &cx, &asked, again)?, again))
    });
    let (seen, again) = looked.await.map_err(NotTaken::Ours)?;
    let known = match seen {
        Seen::Before => return Ok(Received::Known),
        Seen::Nothing => return Ok(Received::Ignored),
        Seen::Actor(known) => Some(*known),
        Seen::Stranger if concerns_us(ctx, &envelope, &heard).await.map_err(NotTaken::Ours)? => None,
        Seen::Stranger => return Ok(Received::Ignored),
    };
    let Whose::TheActors(by) = verified(ctx, &claim, &envelope.actor, known).await? else {
        return Ok(Received::Ignored);
    };
    if let Some(received) = at_once::from(ctx, *by, &envelope, &heard).await {
        return Ok(received);
    }
    store(ctx, envelope, heard, again).await.map_err(NotTaken::Ours)?.ok_or(NotTaken::Full)
}

/// A key speaks for an actor only if it is on the actor's own server; that the actor shows it is looked at later.
fn is_owners(ctx: &Ctx, claim: &Claim, envelope: &Envelope) -> Result<(), NotTaken> {
    let document = ctx.elsewhere().rules().document_of(&claim.key_id).ok();
    let own = document.is_some_and(|document| document.is_with(&envelope.actor));
    if own { Ok(()) } else { Err(NotTaken::OtherKey(claim.key_id.clone())) }
}

/// What is known before anything is fetched or verified.
enum Seen {
    Before,
    Nothing,
    Actor(Box<Remote>),
    Stranger,
}

/// When it was signed, if it may be done again under one id. What most servers send twice was done once: they have not heard that it came,
/// and what came behind it in the meantime is not undone by that.
fn signed_anew(tx: &mut Read, envelope: &Envelope, signed: Option<Time>) -> Result<Option<Time>> {
    let Some(signed) = signed else { return Ok(None) };
    let peer = peers::find(tx, &envelope.actor.host())?;
    Ok((!peer.is_some_and(|peer| names_once(&peer.software))).then_some(signed))
}

fn seen(tx: &mut Read, ctx: &Ctx, envelope: &Envelope, again: Option<Time>) -> Result<Seen> {
    if inbox::is_known(tx, envelope.id.as_str(), again)? {
        return Ok(Seen::Before);
    }
    if matches!(envelope.kind, Kind::Other(_)) {
        return Ok(Seen::Nothing);
    }
    match known::stored(tx, &envelope.actor)? {
        Some(known) if known.presence == Presence::There => return Ok(Seen::Actor(Box::new(known))),
        Some(gone) if known::is_gone(ctx, &gone) => return Ok(Seen::Nothing),
        Some(_) | None => {}
    }
    // Whoever has never been heard of, or is gone, and says only that they are gone, or different, concerns nobody.
    let leaves = envelope.is_about_its_actor() && matches!(envelope.kind, Kind::Delete | Kind::Update);
    Ok(if leaves { Seen::Nothing } else { Seen::Stranger })
}

/// Whether a stranger names anything that is ours or that is here.
async fn concerns_us(ctx: &Ctx, envelope: &Envelope, heard: &Heard) -> Result<bool> {
    let rules = ctx.elsewhere().rules();
    // It was read before, and what is no UTF-8 was refused: there are names.
    let names = parse::names(heard.body.as_bytes(), rules).unwrap_or_default();
    if names.iter().any(|name| rules.is_ours(name)) {
        return Ok(true);
    }
    let others: Vec<Id> = names.into_iter().filter(|name| *name != envelope.actor).take(MOST_LOOKED_UP).collect();
    ctx.db().read(move |tx| is_any_here(tx, &others)).await
}

fn is_any_here(tx: &mut Read, names: &[Id]) -> Result<bool> {
    for name in names {
        if objects::comment_of(tx, name.as_str())?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Names that are looked up for a stranger.
const MOST_LOOKED_UP: usize = 20;

/// Whether there is anybody whose word it could be.
pub(super) enum Whose {
    TheActors(Box<Remote>),
    Nobodys,
}

/// Verifies the claim by the actor's key, which is fetched if the actor is new, and once again if it does not fit.
pub(super) async fn verified(ctx: &Ctx, claim: &Claim, actor: &Id, known: Option<Remote>) -> Result<Whose, NotTaken> {
    let is_new = known.is_none();
    let known = match known {
        Some(known) => known,
        None => match known::met(ctx, actor, &budget(ctx)).await {
            Ok(known) => known,
            // What a server says of somebody whom it has deleted is nothing that could be verified, and nothing to complain of.
            Err(Unknown::Gone) => return Ok(Whose::Nobodys),
            Err(other) => return Err(unknown(other)),
        },
    };
    let refused = match fits(ctx, claim, &known).await {
        Ok(()) => return Ok(Whose::TheActors(Box::new(known))),
        Err(refused) => refused,
    };
    if is_new || ctx.now().0 - known.fetched.0 < REFETCH_MS {
        return Err(refused);
    }
    let again = known::fetched(ctx, actor, &budget(ctx)).await.map_err(unknown)?;
    fits(ctx, claim, &again).await.map(|()| Whose::TheActors(Box::new(again)))
}

pub(super) fn unknown(unknown: Unknown) -> NotTaken {
    match unknown {
        Unknown::Ours(error) => NotTaken::Ours(error),
        other => NotTaken::Unknown(other),
    }
}

pub(super) fn budget(ctx: &Ctx) -> Budget {
    Budget::new(Allowance::default(), Cause::Stranger(ctx.elsewhere().strangers().clone()))
}

/// Whether this actor's key, as it is known, has signed.
pub(super) async fn fits(ctx: &Ctx, claim: &Claim, known: &Remote) -> Result<(), NotTaken> {
    if claim.key_id != known.key_id {
        return Err(NotTaken::OtherKey(claim.key_id.clone()));
    }
    let key = parsed(ctx, &known.key).await?;
    Ok(claim.verify(&key)?)
}

/// A public key, read once: a busy peer signs thousands of requests with it.
async fn parsed(ctx: &Ctx, pem: &str) -> Result<Arc<PublicKey>, NotTaken> {
    let keys = ctx.elsewhere().keys();
    if let Some(key) = keys.get(pem).await {
        return Ok(key);
    }
    let key = Arc::new(PublicKey::from_pem(pem)?);
    keys.insert(pem.to_owned(), Arc::clone(&key)).await;
    Ok(key)
}

/// Stores what came; only then it is answered. Nothing if there is no room.
async fn store(ctx: &Ctx, envelope: Envelope, heard: Heard, again: Option<Time>) -> Result<Option<Received>> {
    let (id, now) = (ctx.id(), ctx.now());
    ctx.db().write(move |tx| arrive(tx, (id, now), &envelope, &heard.body, again)).await
}

/// What is written down of something that came, but for what stands in it; it is not done again.
pub(super) fn arrival<'a>((id, received): (i64, Time), envelope: &'a Envelope, host: &'a str) -> Arrival<'a> {
    let (uri, actor, kind) = (envelope.id.as_str(), envelope.actor.as_str(), envelope.kind.name());
    Arrival { id, uri, actor, host, kind, body: "", received, again: None }
}

fn arrive(
    tx: &mut Write,
    (id, now): (i64, Time),
    envelope: &Envelope,
    body: &str,
    again: Option<Time>,
) -> Result<Option<Received>> {
    let host = envelope.actor.host();
    let stored = inbox::insert(tx, &Arrival { body, again, ..arrival((id, now), envelope, &host) })?;
    peers::heard(tx, &host, now)?;
    Ok(match stored {
        inbox::Stored::New => Some(Received::Stored),
        inbox::Stored::Known => Some(Received::Known),
        inbox::Stored::Full => None,
    })
}

/// The comment that an id names, whether it is at home here or elsewhere.
///
/// # Errors
/// Storage failures only.
pub(crate) fn comment(tx: &mut Read, ctx: &Ctx, id: &Id) -> Result<Option<CommentId>> {
    use federation::wire::addresses::{OurActor, Ours};
    if ctx.elsewhere().rules().is_ours(id) {
        return Ok(match ctx.elsewhere().addresses().read(id) {
            Some(Ours::Comment(comment)) => Some(comment),
            Some(Ours::Actor(OurActor::Thread(thread))) => Some(thread.root()),
            _ => None,
        });
    }
    Ok(objects::comment_of(tx, id.as_str())?)
}
