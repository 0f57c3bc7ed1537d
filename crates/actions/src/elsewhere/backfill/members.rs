//! The digest by which two servers see whether they know the same comments of a thread.

use domain::CommentId;
use federation::wire::members;
use storage::Read;
use storage::backfills;
use storage::threads::Thread;

use crate::{Ctx, Result};

/// Comments that are read at once.
const BATCH: i64 = 1_000;

/// The digest of a thread's published comments as they are here.
///
/// # Errors
/// Storage failures only.
pub(crate) fn digest(tx: &mut Read, ctx: &Ctx, thread: &Thread) -> Result<String> {
    let digests = &ctx.elsewhere().memory().digests;
    // Whatever changes who is a member changes the version.
    let key = (thread.id, thread.version);
    if let Some(known) = digests.get(&key) {
        return Ok(known);
    }
    let addresses = ctx.elsewhere().addresses();
    let (mut ids, mut after) = (Vec::new(), CommentId(0));
    loop {
        let batch = backfills::members(tx, thread.id, after, BATCH)?;
        let Some((last, _)) = batch.last() else { break };
        after = *last;
        ids.extend(batch.into_iter().map(|(comment, uri)| uri.unwrap_or_else(|| addresses.comment(comment))));
    }
    let digest = members::digest(ids);
    digests.insert(key, digest.clone());
    Ok(digest)
}
