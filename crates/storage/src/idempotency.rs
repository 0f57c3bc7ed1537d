//! Requests that may be sent twice: what came of them the first time, committed together with what they did.

use diesel::prelude::*;
use domain::{AccountId, CommentId, Time};

use crate::Result;
use crate::conn::{Read, Write};
use crate::schema::idempotency;

/// What a key was used for: the fingerprint of the request and the comment that came of it.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, account: AccountId, key: &str) -> Result<Option<(Vec<u8>, CommentId)>> {
    let row: Option<(Vec<u8>, i64)> = idempotency::table
        .find((account.0, key))
        .select((idempotency::fingerprint, idempotency::comment_id))
        .get_result(&mut tx.conn)
        .optional()?;
    Ok(row.map(|(fingerprint, comment)| (fingerprint, CommentId(comment))))
}

/// Remembers a key.
///
/// # Errors
/// [`crate::Error::Duplicate`] when another request with this key was committed in the meantime.
pub fn insert(
    tx: &mut Write,
    account: AccountId,
    key: &str,
    fingerprint: &[u8],
    comment: CommentId,
    now: Time,
) -> Result<()> {
    let row = (
        idempotency::account_id.eq(account.0),
        idempotency::key.eq(key),
        idempotency::fingerprint.eq(fingerprint),
        idempotency::comment_id.eq(comment.0),
        idempotency::created_at.eq(now.0),
    );
    diesel::insert_into(idempotency::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Deletes keys from before `time`.
///
/// # Errors
/// Storage failures only.
pub fn forget_before(tx: &mut Write, time: Time, most: i64) -> Result<usize> {
    Ok(crate::conn::forget_oldest!(tx, idempotency by created_at, time.0, most))
}
