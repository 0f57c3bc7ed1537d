//! Requests that may be sent twice and count once (`Idempotency-Key`). What came of a request is committed with it.

use domain::{CommentId, Refusal, Time};
use storage::{Write, idempotency};

use crate::{Error, Person, Result};

/// A key with the fingerprint of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// What the client calls this request; at most 200 bytes.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

impl Once {
    /// Runs an action, and once more if the same request was committed elsewhere at the same moment: then what came of it there
    /// is found.
    ///
    /// # Errors
    /// Those of the action.
    pub async fn settle<T, F>(once: Option<Self>, act: impl Fn(Option<Self>) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let may_race = once.is_some();
        match act(once.clone()).await {
            Err(Error::Refused(Refusal::Conflict)) if may_race => act(once).await,
            other => other,
        }
    }
}

/// The comment that the request made when it came the first time.
pub(crate) fn seen(tx: &mut Write, who: &Person, once: Option<&Once>) -> Result<Option<CommentId>> {
    let Some(once) = once else { return Ok(None) };
    match idempotency::find(tx, who.account, &once.key)? {
        Some((fingerprint, _)) if fingerprint != once.fingerprint => Err(Error::Refused(Refusal::KeyReused)),
        found => Ok(found.map(|(_, comment)| comment)),
    }
}

/// Remembers what the request made. When the same key was committed at the same moment elsewhere, it is to be run again: see
/// [`Once::settle`].
pub(crate) fn remember(tx: &mut Write, who: &Person, once: Option<&Once>, comment: CommentId, now: Time) -> Result<()> {
    let Some(once) = once else { return Ok(()) };
    match idempotency::insert(tx, who.account, &once.key, &once.fingerprint, comment, now) {
        Err(storage::Error::Duplicate(_)) => Err(Error::Refused(Refusal::Conflict)),
        other => Ok(other?),
    }
}
