//! Reports: readers' words to the moderators.

use diesel::prelude::*;
use domain::{ActorId, Category, CommentId, ReportState, Time};

use crate::conn::{Read, Write, on_either};
use crate::schema::{comments, reports};
use crate::{Error, Result};

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

/// Stores a report. Says whether it is to be decided: a second one of a person on a comment changes nothing, unless the first was decided.
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
    let opened = stored > 0 || again(tx, new)?;
    if opened {
        crate::cases::open(tx, new.comment, new.id)?;
    }
    Ok(opened)
}

/// Reports something anew that was decided since the person reported it. Says whether it was.
fn again(tx: &mut Write, new: &NewReport<'_>) -> Result<bool> {
    let decided = reports::table
        .filter(reports::comment_id.eq(new.comment.0))
        .filter(reports::reporter_id.eq(new.reporter.0))
        .filter(reports::state.ne(ReportState::Open.code()));
    let set = (
        reports::category.eq(new.category.code()),
        reports::text.eq(new.text),
        reports::state.eq(ReportState::Open.code()),
        reports::created_at.eq(new.now.0),
    );
    Ok(diesel::update(decided).set(set).execute(&mut tx.conn)? > 0)
}

/// A report as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: i64,
    /// Who reports.
    pub reporter: ActorId,
    /// Why.
    pub category: Category,
    /// In their words.
    pub text: String,
    /// Where it stands.
    pub state: ReportState,
    /// When it came.
    pub created: Time,
}

/// The reports on a comment, the oldest first.
///
/// # Errors
/// Storage failures only.
pub fn on(tx: &mut Read, comment: CommentId) -> Result<Vec<Report>> {
    let rows: Vec<(i64, i64, i16, String, i16, i64)> = reports::table
        .filter(reports::comment_id.eq(comment.0))
        .order(reports::id)
        .limit(1_000)
        .select((
            reports::id,
            reports::reporter_id,
            reports::category,
            reports::text,
            reports::state,
            reports::created_at,
        ))
        .load(&mut tx.conn)?;
    rows.into_iter()
        .map(|(id, reporter, category, text, state, created)| {
            Ok(Report {
                id,
                reporter: ActorId(reporter),
                category: Category::coded(category).ok_or(Error::Unknown("reports.category"))?,
                text,
                state: ReportState::coded(state).ok_or(Error::Unknown("reports.state"))?,
                created: Time(created),
            })
        })
        .collect()
}

/// How many reports there are on what somebody wrote.
///
/// # Errors
/// Storage failures only.
pub fn count_on(tx: &mut Read, author: ActorId) -> Result<i64> {
    let theirs = comments::table.filter(comments::author_id.eq(author.0)).select(comments::id);
    Ok(reports::table.filter(reports::comment_id.eq_any(theirs)).count().get_result(&mut tx.conn)?)
}
