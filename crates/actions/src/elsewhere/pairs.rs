//! Key pairs of our actors: made when one is first needed, kept, and read once.

use std::sync::Arc;

use federation::keys::{KeyFailure, PrivateKey};
use federation::wire::addresses::OurActor;
use storage::keys::{self, Holder, Pair};

use crate::{Ctx, Error, Result};

/// The public key of a holder, PEM.
///
/// # Errors
/// Failures only; also of the other functions here.
pub async fn public(ctx: &Ctx, holder: Holder) -> Result<String> {
    Ok(pair(ctx, holder).await?.public)
}

/// The private key of a holder.
///
/// # Errors
/// Failures only.
pub async fn private(ctx: &Ctx, holder: Holder) -> Result<Arc<PrivateKey>> {
    // With the epoch: another process may put a new pair in the place of this one, and says so as whoever changes what stands on many
    // pages does. It is read before the pair is.
    let kept = (holder, ctx.db().changes().epoch());
    // Whoever comes while it is being read waits for it: after a start hundreds of lanes want the same key at once, and reading one takes
    // milliseconds, making one tenths of a second.
    let read = ctx.elsewhere().pairs().try_get_with(kept, read(ctx, holder)).await;
    read.map_err(|failure| Error::Failed(storage::Error::Unavailable(failure.to_string())))
}

async fn read(ctx: &Ctx, holder: Holder) -> Result<Arc<PrivateKey>> {
    let pair = pair(ctx, holder).await?;
    Ok(Arc::new(PrivateKey::from_pkcs8(&pair.private).map_err(broken)?))
}

async fn pair(ctx: &Ctx, holder: Holder) -> Result<Pair> {
    if let Some(known) = ctx.db().read(move |tx| keys::find(tx, holder)).await? {
        return Ok(known);
    }
    let (made, now) = (fresh().await?, ctx.now());
    Ok(ctx.db().write(move |tx| keys::keep(tx, holder, made, now)).await?)
}

/// A new pair, nobody's yet.
///
/// # Errors
/// Failures only.
pub(crate) async fn fresh() -> Result<Pair> {
    // It takes tenths of a second: not on the threads that answer everybody else.
    tokio::task::spawn_blocking(made).await.map_err(|panic| storage::Error::Panicked(panic.to_string()))?
}

fn made() -> Result<Pair> {
    let key = PrivateKey::generate().map_err(broken)?;
    Ok(Pair { private: key.to_pkcs8().map_err(broken)?, public: key.public_pem() })
}

fn broken(failure: KeyFailure) -> Error {
    Error::Failed(storage::Error::Unavailable(failure.to_string()))
}

/// Whose key signs for an actor: `person` and `board` are looked up by name in the same transaction.
///
/// # Errors
/// Storage failures only.
pub(crate) fn holder(tx: &mut storage::Read, actor: &OurActor) -> Result<Option<Holder>> {
    Ok(match actor {
        OurActor::Person(name) => super::documents::local(tx, name)?.map(|actor| Holder::Person(actor.id)),
        OurActor::Board(name) => storage::boards::by_name(tx, name)?.map(|board| Holder::Board(board.id)),
        OurActor::BoardAll(_) | OurActor::Thread(_) | OurActor::Instance => Some(Holder::Instance),
    })
}
