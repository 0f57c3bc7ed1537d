//! Answering and following from elsewhere: a reader says what they are called on their own server, and is shown the way there. The
//! server is asked for it; nothing of who asked is kept.

use std::time::Duration;

use domain::authority::Act;
use domain::{CommentId, Noun, Refusal, ThreadId};
use federation::budget::{Allowance, Budget, Cause, PerDomain};
use federation::webfinger::{BadHandle, Handle, ResolveError, remote_interaction, resolve};
use federation::wire::addresses::OurActor;
use storage::Read;

use super::documents::shown;
use super::notes::{Seen, seen};
use crate::{Ctx, Error, Result, comment};

/// What somebody wants to answer or follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To answer a comment, or the root of a thread.
    Comment(CommentId),
    /// To follow a thread.
    Thread(ThreadId),
    /// To follow a board, by name.
    Board(String),
}

/// How others know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its id: what is looked up elsewhere.
    pub id: String,
    /// Its handle, as `@name@host`, if it can be followed.
    pub handle: Option<String>,
}

/// Where somebody's own server takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// To this address of it.
    There(String),
    /// It does not say where: what is wanted has to be searched for there. The host of the server.
    ByHand(String),
}

/// How what somebody wants is known elsewhere.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Tombstone`]; failures.
pub async fn known(ctx: &Ctx, target: Target) -> Result<Known> {
    if let Target::Comment(id) = target {
        comment::permitted(ctx, None, Act::ReadHistory, id).await?;
    }
    let cx = ctx.clone();
    ctx.db().read(move |tx| find(tx, &cx, target)).await
}

fn find(tx: &mut Read, ctx: &Ctx, target: Target) -> Result<Known> {
    let addresses = ctx.elsewhere().addresses();
    let actor = match target {
        Target::Comment(id) => {
            let id = match seen(tx, ctx, id)? {
                Some(Seen::Note(note)) => addresses.comment(note.id),
                Some(Seen::Elsewhere(uri)) => uri,
                Some(Seen::Gone { .. }) | None => return Err(Error::missing(Noun::Comment)),
            };
            return Ok(Known { id, handle: None });
        }
        Target::Thread(id) => OurActor::Thread(id),
        Target::Board(name) => OurActor::Board(name),
    };
    // Spelled as it is written here, whatever the case it was asked for in.
    let actor = shown(tx, &actor)?.ok_or(Error::missing(Noun::Page))?.actor;
    let handle = format!("@{}@{}", addresses.username(&actor), addresses.host());
    Ok(Known { id: addresses.actor(&actor), handle: Some(handle) })
}

/// Where the server of that handle takes what is known under that id.
///
/// # Errors
/// [`Refusal::Field`] `handle`: it cannot be one, or its server does not know it or does not answer; failures.
pub async fn way(ctx: &Ctx, handle: &str, known: &Known) -> Result<Way> {
    let client = super::client(ctx).await?;
    let rules = ctx.elsewhere().rules();
    let handle = Handle::parse(handle.trim(), rules).map_err(|bad| wrong(&bad, ctx))?;
    if handle.host() == ctx.elsewhere().addresses().host() {
        return Err(Refusal::field("handle", "is a name on this server. Log in here instead.").into());
    }
    let found = match resolve(client, &handle, &budget(ctx), ctx.now().0).await {
        Ok(found) => found,
        Err(error @ ResolveError::Fetch { .. }) => {
            let words = format!("could not be asked about: {error}. Look at the spelling, or try again later.");
            return Err(Refusal::field("handle", words).into());
        }
        // It has an answer, and none that could be followed.
        Err(_) => return Ok(Way::ByHand(handle.host())),
    };
    let object = rules.id(&known.id).ok();
    let there = object.and_then(|object| remote_interaction(&found.jrd, &found.handle, &object, rules));
    Ok(there.map_or_else(|| Way::ByHand(handle.host()), |url| Way::There(url.into())))
}

fn wrong(bad: &BadHandle, ctx: &Ctx) -> Error {
    match bad {
        BadHandle::Host(_) => Refusal::field("handle", format!("cannot be: {bad}.")).into(),
        BadHandle::Long | BadHandle::Shape | BadHandle::Name => {
            let ours = ctx.elsewhere().addresses().host();
            let words = format!("cannot be: {bad}. It is your name on your own server, not on {ours}.");
            Refusal::field("handle", words).into()
        }
    }
}

/// Three questions at most, by whoever stands before the page: soon, or not at all.
fn budget(ctx: &Ctx) -> Budget {
    let allowance = Allowance {
        fetches: 6,
        bytes: 512 << 10,
        time: Duration::from_secs(10),
        per_domain: PerDomain { fetches: 6, hosts: 2, per_host: 6 },
    };
    Budget::new(allowance, Cause::Stranger(ctx.elsewhere().strangers().clone()))
}
