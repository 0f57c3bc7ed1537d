//! Secure mode: who asks for a document says who they are, by a signature that is held to the same rules as those of what is posted. The
//! server's own actor is shown to everybody, or two servers that each want a signature would wait for one another.

use federation::client::FetchError;
use federation::origin::Id;
use federation::signature::{self, Claim, Here, Incoming};
use federation::wire::parse;
use storage::remotes;

use super::known::Unknown;
use super::policy;
use super::receive::{self, NotTaken, Whose};
use super::signer::Signer;
use crate::{Ctx, Error, Result};

/// Finds out who asks.
///
/// # Errors
/// [`NotTaken`]: why they are not shown what they ask for.
pub async fn reader(ctx: &Ctx, request: &Incoming<'_>) -> Result<(), NotTaken> {
    let elsewhere = ctx.elsewhere();
    let here = Here { origin: elsewhere.rules().ours(), now_ms: ctx.now().0 };
    let claim = signature::read(request, &here)?;
    let document = elsewhere.rules().document_of(&claim.key_id).ok();
    let Some(document) = document.filter(|document| !elsewhere.rules().is_ours(document)) else {
        return Err(NotTaken::OtherKey(claim.key_id));
    };
    if !policy::level(ctx, &document.host()).await?.is_spoken_to() {
        return Err(NotTaken::Barred);
    }
    let key = claim.key_id.clone();
    let known = ctx.db().read(move |tx| remotes::by_key(tx, &key)).await.map_err(Error::from)?;
    let known = known.filter(|known| elsewhere.rules().id(&known.uri).is_ok_and(|id| id.is_with(&document)));
    let actor = match &known {
        Some(known) => elsewhere.rules().id(&known.uri).map_err(|_no_id| NotTaken::OtherKey(claim.key_id.clone()))?,
        None => owner(ctx, &claim, document).await?,
    };
    let known = known.filter(|known| known.presence == remotes::Presence::There);
    match receive::verified(ctx, &claim, &actor, known).await? {
        Whose::TheActors(_) => Ok(()),
        Whose::Nobodys => Err(NotTaken::Unknown(Unknown::Gone)),
    }
}

/// Whose a key is that nobody has shown here yet: the actor whose id it has with a fragment, or whom the document that it is in names.
async fn owner(ctx: &Ctx, claim: &Claim, document: Id) -> Result<Id, NotTaken> {
    if claim.key_id.contains('#') {
        return Ok(document);
    }
    let signer = Signer::instance(ctx).await?;
    let (client, budget) = (super::client(ctx).await?, receive::budget(ctx));
    let fetched = client.fetch_key_document(&claim.key_id, Some(&signer), &budget, ctx.now().0).await;
    let fetched = fetched.map_err(|error| match error {
        FetchError::Gone => NotTaken::Unknown(Unknown::Gone),
        other => NotTaken::Unknown(Unknown::Fetch(other)),
    })?;
    Ok(parse::key_owner(&fetched.body, ctx.elsewhere().rules(), &claim.key_id)?)
}
