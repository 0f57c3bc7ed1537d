//! Reports: readers' words to the moderators.

use diesel::prelude::*;
use domain::{ActorId, Category, CommentId, ReportState, Time};

use crate::Result;
use crate::conn::{Write, on_either};
use crate::schema::reports;

/// A new report.
#[derive(Clone, Debug)]
pub struct NewReport<'a> {
    /// Its id.
    pub id: i64,
    /// What is reported.
    pub comment: CommentId,
    /// Who reports it.
    pub reporter: ActorId,
    /// Why.
    pub category: Category,
    /// In their words.
    pub text: &'a str,
    /// When.
    pub now: Time,
}

/// Stores a report. Says whether it is the first of this person on this comment; a second one changes nothing.
///
/// # Errors
/// Storage failures only.
pub fn insert(tx: &mut Write, new: &NewReport<'_>) -> Result<bool> {
    let row = (
        reports::id.eq(new.id),
        reports::comment_id.eq(new.comment.0),
        reports::reporter_id.eq(new.reporter.0),
        reports::category.eq(new.category.code()),
        reports::text.eq(new.text),
        reports::state.eq(ReportState::Open.code()),
        reports::created_at.eq(new.now.0),
    );
    let stored = on_either!(&mut tx.conn, |c| {
        diesel::insert_into(reports::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    Ok(stored > 0)
}
