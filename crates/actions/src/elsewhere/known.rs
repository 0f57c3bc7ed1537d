//! Actors of other servers: asked for when they are first met, and again when what is known of them may be old.

use domain::{ActorId, Origin};
use federation::budget::Budget;
use federation::client::FetchError;
use federation::origin::Id;
use federation::wire::parse::{self, Actor, ActorKind};
use storage::boards::{self, Board};
use storage::remotes::{self, Kind, Presence, Remote};
use storage::{Read, Write, actors, introductions};

use super::signer::Signer;
use super::work::{Outcome, Postponed};
use crate::{Ctx, Error, Result};

/// How long it is believed that an actor is gone, in milliseconds.
const GONE_MS: i64 = 24 * 3600 * 1000;

/// Why an actor is not known, and cannot be got to know now.
#[derive(Debug, thiserror::Error)]
pub enum Unknown {
    /// Its server says that it has been deleted.
    #[error("the actor has been deleted")]
    Gone,
    /// It cannot be fetched.
    #[error("the actor could not be fetched: {0}")]
    Fetch(#[from] FetchError),
    /// What was fetched is no actor to be dealt with.
    #[error("the actor's document is refused: {0}")]
    Refused(#[from] parse::Refused),
    /// It has no key to be known by.
    #[error("the actor shows no public key")]
    Keyless,
    /// A fault of ours.
    #[error(transparent)]
    Ours(#[from] Error),
}

impl Unknown {
    /// The same, if asking again later would change nothing.
    ///
    /// # Errors
    /// [`Postponed`]: it may be otherwise later.
    pub(crate) fn for_good(self) -> Result<Self, Postponed> {
        match self {
            Self::Ours(error) => Err(error.into()),
            Self::Fetch(error) if error.may_pass() => Err(Postponed::Elsewhere(error.to_string())),
            Self::Gone | Self::Fetch(_) | Self::Refused(_) | Self::Keyless => Ok(self),
        }
    }
}

/// What is stored of an actor.
///
/// # Errors
/// Storage failures only.
pub(crate) fn stored(tx: &mut Read, id: &Id) -> Result<Option<Remote>> {
    Ok(remotes::by_uri(tx, id.as_str())?)
}

/// The actor of that id: as stored, or fetched now.
///
/// # Errors
/// [`Unknown`].
pub(crate) async fn met(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Remote, Unknown> {
    let asked = id.clone();
    let known = ctx.db().read(move |tx| stored(tx, &asked)).await?;
    let gone = match known {
        Some(known) if known.presence == Presence::There => return Ok(known),
        Some(gone) if is_gone(ctx, &gone) => return Err(Unknown::Gone),
        Some(gone) => Some(gone.actor),
        None => None,
    };
    let found = fetched(ctx, id, budget).await;
    if let (Some(actor), Err(Unknown::Gone)) = (gone, &found) {
        let now = ctx.now();
        ctx.db().write(move |tx| remotes::set_gone(tx, actor, now)).await.map_err(Error::from)?;
    }
    found
}

/// Whether an actor need not be asked for: it is gone, and its server has said so lately. Later it may be there again: a server may have
/// been set up anew, or have been mistaken.
pub(crate) fn is_gone(ctx: &Ctx, known: &Remote) -> bool {
    known.presence == Presence::Gone && ctx.now().0 - known.fetched.0 < GONE_MS
}

/// The actor's document as its server shows it now.
///
/// # Errors
/// [`Unknown`].
pub(crate) async fn document(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Actor, Unknown> {
    let client = super::client(ctx).await?;
    let signer = Signer::instance(ctx).await?;
    let document = client.fetch(id, Some(&signer), budget, ctx.now().0).await.map_err(|error| match error {
        FetchError::Gone => Unknown::Gone,
        other => Unknown::Fetch(other),
    })?;
    let actor = parse::actor(&document.body, ctx.elsewhere().rules(), id)?;
    if actor.suspended { Err(Unknown::Gone) } else { Ok(actor) }
}

/// The actor as its server shows it now.
///
/// # Errors
/// [`Unknown`].
pub(crate) async fn fetched(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Remote, Unknown> {
    Ok(described(ctx, id, budget).await?.1)
}

/// Asks for an actor again who says, or of whom it is said, to be described otherwise now.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn renewed(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Outcome, Postponed> {
    match fetched(ctx, id, budget).await {
        Ok(_) => Ok(Outcome::Done),
        Err(unknown) => Ok(Outcome::Refused(unknown.for_good()?.to_string())),
    }
}

/// The same, with all that its server says of it.
///
/// # Errors
/// [`Unknown`].
pub(crate) async fn described(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<(Actor, Remote), Unknown> {
    let actor = document(ctx, id, budget).await?;
    let key = actor.key.clone().ok_or(Unknown::Keyless)?;
    let kept = async || {
        let (cx, said, key, about) = (ctx.clone(), actor.clone(), key.clone(), about(ctx, &actor));
        ctx.db().write(move |tx| keep(tx, &cx, &said, (key.id, key.pem), about)).await
    };
    let remote = match kept().await {
        // Somebody else has met the actor at the same moment; now it can be seen.
        Err(Error::Failed(storage::Error::Duplicate(_))) => kept().await?,
        other => other?,
    };
    Ok((actor, remote))
}

/// What an actor says of itself, as it is shown.
pub(crate) fn about(ctx: &Ctx, actor: &Actor) -> String {
    let summary = actor.summary.as_deref().unwrap_or_default();
    domain::text::from_html(summary, &ctx.limits().text).map(|text| text.html).unwrap_or_default()
}

/// Stores an actor, or what has changed of it. Who it is here never changes.
fn keep(tx: &mut Write, ctx: &Ctx, actor: &Actor, (key_id, key): (String, String), about: String) -> Result<Remote> {
    let now = ctx.now();
    let known = remotes::by_uri(tx, actor.id.as_str())?;
    let id = known.as_ref().map_or_else(|| ActorId(ctx.id()), |known| known.actor);
    let remote = Remote {
        actor: id,
        uri: actor.id.to_string(),
        kind: kind(actor.kind),
        inbox: actor.inbox.to_string(),
        shared_inbox: actor.shared_inbox.as_ref().map(ToString::to_string),
        followers: actor.followers.as_ref().map(ToString::to_string),
        url: actor.url.as_ref().map(ToString::to_string),
        key_id,
        key,
        presence: Presence::There,
        fetched: now,
    };
    if known.is_some() {
        remotes::update(tx, &remote)?;
        actors::set_about(tx, id, "", &about)?;
        describe_board(tx, ctx, actor, (id, about))?;
        return Ok(remote);
    }
    let host = actor.id.host();
    let new = actors::Actor {
        id,
        origin: Origin::Remote,
        name: name(tx, &host, actor, id)?,
        host,
        about: String::new(),
        about_html: about,
        created: now,
    };
    actors::insert(tx, &new)?;
    remotes::insert(tx, &remote)?;
    introductions::insert(tx, id, now)?;
    Ok(remote)
}

/// The board that the actor is, if somebody here has ever followed it, is called what the actor calls itself.
fn describe_board(tx: &mut Write, ctx: &Ctx, actor: &Actor, (id, about_html): (ActorId, String)) -> Result<()> {
    let Some(board) = boards::of_actor(tx, id)? else { return Ok(()) };
    let title = title(ctx, actor);
    if (&title, &about_html) != (&board.title, &board.about_html) {
        boards::update(tx, &Board { title, about_html, ..board })?;
    }
    Ok(())
}

/// What an actor is called when it is a board: the name that it shows, as far as it fits, or else its user name.
pub(crate) fn title(ctx: &Ctx, actor: &Actor) -> String {
    let limits = &ctx.limits().text;
    let shown = domain::text::excerpt(actor.name.as_deref().unwrap_or_default(), limits.max_title);
    domain::text::title(&shown, limits).unwrap_or_else(|_| actor.username.clone())
}

/// What the actor is called here. A name belongs to whoever was met first under it: who comes later with the same one is somebody else,
/// and is told apart by our number.
fn name(tx: &mut Read, host: &str, actor: &Actor, id: ActorId) -> Result<String> {
    let taken = remotes::is_taken(tx, host, &actor.username, actor.id.as_str())?;
    Ok(if taken { format!("{}~{id}", actor.username) } else { actor.username.clone() })
}

const fn kind(kind: ActorKind) -> Kind {
    match kind {
        ActorKind::Person => Kind::Person,
        ActorKind::Group => Kind::Group,
        ActorKind::Service | ActorKind::Application => Kind::Service,
        ActorKind::Organization => Kind::Organization,
    }
}
