//! Where imported comments came from.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{CommentId, ThreadId};

use crate::Result;
use crate::conn::{Read, Write};
use crate::kept::LIST;
use crate::schema::{comments, imports};

/// What is already here of these items of a source: the comment and its thread and depth.
///
/// # Errors
/// Storage failures only.
pub fn known(tx: &mut Read, source: &str, items: &[String]) -> Result<HashMap<String, Known>> {
    let mut found = HashMap::new();
    for batch in items.chunks(LIST) {
        let rows: Vec<(String, i64, i64, i64)> = imports::table
            .inner_join(comments::table)
            .filter(imports::source.eq(source))
            .filter(imports::item.eq_any(batch))
            .select((imports::item, comments::id, comments::thread_id, comments::depth))
            .load(&mut tx.conn)?;
        found.extend(rows.into_iter().map(|(item, comment, thread, depth)| {
            let depth = u32::try_from(depth).unwrap_or(u32::MAX);
            (item, Known { comment: CommentId(comment), thread: ThreadId(thread), depth })
        }));
    }
    Ok(found)
}

/// An item that was imported before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The comment it became.
    pub comment: CommentId,
    /// That comment's thread.
    pub thread: ThreadId,
    /// That comment's depth.
    pub depth: u32,
}

/// Remembers what an item became.
///
/// # Errors
/// [`crate::Error::Duplicate`] when it was imported already.
pub fn insert(tx: &mut Write, source: &str, item: &str, comment: CommentId) -> Result<()> {
    let row = (imports::source.eq(source), imports::item.eq(item), imports::comment_id.eq(comment.0));
    diesel::insert_into(imports::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// The known items of a source that begin with one of these prefixes and a hyphen.
///
/// # Errors
/// Storage failures only.
pub fn beginning(tx: &mut Read, source: &str, prefixes: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for prefix in prefixes {
        // `.` is the character after `-`: the range is what an index can find.
        let items: Vec<String> = imports::table
            .filter(imports::source.eq(source))
            .filter(imports::item.ge(format!("{prefix}-")))
            .filter(imports::item.lt(format!("{prefix}.")))
            .limit(16)
            .select(imports::item)
            .load(&mut tx.conn)?;
        found.extend(items);
    }
    Ok(found)
}
