//! How often the announcement of a comment was taken back. By that the next one has another id than those before.

use diesel::prelude::*;
use domain::CommentId;

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::schema::announcements;

/// How often it was; of most comments never.
///
/// # Errors
/// Storage failures only.
pub fn taken_back(tx: &mut Read, comment: CommentId) -> Result<i64> {
    let found = announcements::table.find(comment.0).select(announcements::taken_back);
    Ok(found.get_result(&mut tx.conn).optional()?.unwrap_or(0))
}

/// It is, once more.
///
/// # Errors
/// Storage failures only.
pub fn take_back(tx: &mut Write, comment: CommentId) -> Result<()> {
    let row = (announcements::comment_id.eq(comment.0), announcements::taken_back.eq(1_i64));
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(announcements::table)
            .values(row)
            .on_conflict(announcements::comment_id)
            .do_update()
            .set(announcements::taken_back.eq(announcements::taken_back + 1_i64))
            .execute(c)
    })?;
    Ok(())
}
