//! Events: what those who watch a thread live may have missed.

use diesel::prelude::*;
use domain::{CommentId, EventKind, ThreadId, Time};

use crate::conn::{Read, Write};
use crate::schema::events;
use crate::{Error, Result};

/// Something that happened in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The thread's version that it made.
    pub version: i64,
    /// What happened.
    pub kind: EventKind,
    /// To which comment.
    pub comment: CommentId,
}

/// The events of a thread after a version, oldest first.
///
/// # Errors
/// Storage failures only.
pub fn after(tx: &mut Read, thread: ThreadId, version: i64, limit: i64) -> Result<Vec<Event>> {
    let rows: Vec<(i64, i16, i64)> = events::table
        .filter(events::thread_id.eq(thread.0))
        .filter(events::version.gt(version))
        .order(events::version)
        .limit(limit)
        .select((events::version, events::kind, events::comment_id))
        .load(&mut tx.conn)?;
    rows.into_iter()
        .map(|(version, kind, comment)| {
            let kind = EventKind::coded(kind).ok_or(Error::Unknown("events.kind"))?;
            Ok(Event { version, kind, comment: CommentId(comment) })
        })
        .collect()
}

/// Deletes events from before `time`: nobody comes back to them.
///
/// # Errors
/// Storage failures only.
pub fn forget_before(tx: &mut Write, time: Time, most: i64) -> Result<usize> {
    Ok(crate::conn::forget_oldest!(tx, events by created_at, time.0, most))
}
