//! Reports: readers' words to the moderators.

use diesel::prelude::*;
use domain::{ActorId, Category, CommentId, Figure, News, ReportState, Time};

use crate::conn::{Read, Write, on_either};
use crate::schema::{actors, comments, reports};
use crate::webhooks::{self, Item};
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
    /// Their host; empty for people here.
    pub host: &'a str,
    /// What the report is called on another server.
    pub flag: Option<&'a str>,
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
        reports::host.eq(new.host),
        reports::flag.eq(new.flag),
    );
    let stored = on_either!(&mut tx.conn, |c| {
        diesel::insert_into(reports::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    let opened = stored > 0 || again(tx, new)?;
    if opened {
        crate::figures::add(tx, new.now, Figure::Reported, 1)?;
        crate::cases::open(tx, new.comment, new.id)?;
        let item = Item { id: new.id, kind: News::ReportOpened, comment: Some(new.comment), entry: None, at: new.now };
        webhooks::tell(tx, &item)?;
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
        // It is another report: whoever has seen the first has not seen this one.
        reports::id.eq(new.id),
        reports::flag.eq(new.flag),
    );
    Ok(diesel::update(decided).set(set).execute(&mut tx.conn)? > 0)
}

/// A report as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: i64,
    /// What is reported.
    pub comment: CommentId,
    /// Who reports.
    pub reporter: ActorId,
    /// Their name; not stored with the report.
    pub name: String,
    /// Their host; empty for people here.
    pub host: String,
    /// What the report is called on another server.
    pub flag: Option<String>,
    /// Why.
    pub category: Category,
    /// In their words.
    pub text: String,
    /// Where it stands.
    pub state: ReportState,
    /// When it came.
    pub created: Time,
}

/// Reports on one comment that are shown.
const MOST: u16 = 1_000;

type Row = (i64, i64, i64, String, String, i16, String, i16, i64, Option<String>);

fn report((id, comment, reporter, name, host, category, text, state, created, flag): Row) -> Result<Report> {
    let category = Category::coded(category).ok_or(Error::Unknown("reports.category"))?;
    let state = ReportState::coded(state).ok_or(Error::Unknown("reports.state"))?;
    let (comment, reporter, created) = (CommentId(comment), ActorId(reporter), Time(created));
    Ok(Report { id, comment, reporter, name, host, flag, category, text, state, created })
}

macro_rules! rows {
    () => {
        reports::table.inner_join(actors::table).order(reports::id).limit(i64::from(MOST)).select((
            reports::id,
            reports::comment_id,
            reports::reporter_id,
            actors::name,
            reports::host,
            reports::category,
            reports::text,
            reports::state,
            reports::created_at,
            reports::flag,
        ))
    };
}

/// The reports on a comment, the oldest first.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn on(tx: &mut Read, comment: CommentId) -> Result<Vec<Report>> {
    let rows: Vec<Row> = rows!().filter(reports::comment_id.eq(comment.0)).load(&mut tx.conn)?;
    rows.into_iter().map(report).collect()
}

/// The reports on several, by comment, the oldest first; on each as many as [`on`] shows.
pub fn on_these(tx: &mut Read, comments: &[CommentId]) -> Result<Vec<Report>> {
    let those: Vec<i64> = comments.iter().map(|comment| comment.0).collect();
    // In this order: by id alone PostgreSQL would look through all reports for the first few.
    let found = rows!().filter(reports::comment_id.eq_any(those)).order((reports::comment_id, reports::id));
    let rows: Vec<Row> = found.load(&mut tx.conn)?;
    if rows.len() < usize::from(MOST) {
        return rows.into_iter().map(report).collect();
    }
    // One of them is reported by a crowd, which would leave none for the others.
    let mut found = Vec::new();
    for comment in comments {
        found.extend(on(tx, *comment)?);
    }
    Ok(found)
}

/// Those on a comment that nobody has decided, and that came after `seen`, the oldest first.
pub fn open_after(tx: &mut Read, comment: CommentId, seen: i64) -> Result<Vec<Report>> {
    let rows: Vec<Row> = rows!()
        .filter(reports::comment_id.eq(comment.0))
        .filter(reports::state.eq(ReportState::Open.code()))
        .filter(reports::id.gt(seen))
        .load(&mut tx.conn)?;
    rows.into_iter().map(report).collect()
}

/// Whose reports are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// Those of a person.
    Person(ActorId),
    /// Those of everybody on a host.
    Host(&'a str),
}

macro_rules! of {
    ($rows:expr, $whose:expr) => {{
        let rows = $rows.into_boxed();
        match $whose {
            Whose::Person(actor) => rows.filter(reports::reporter_id.eq(actor.0)),
            Whose::Host(host) => rows.filter(reports::host.eq(host)),
        }
    }};
}

/// When reports came since a moment, the newest first, `limit` of them at most.
pub fn came_since(tx: &mut Read, whose: Whose<'_>, since: Time, limit: i64) -> Result<Vec<Time>> {
    let those = of!(reports::table.select(reports::created_at), whose)
        .filter(reports::created_at.gt(since.0))
        .order(reports::created_at.desc())
        .limit(limit);
    Ok(those.load::<i64>(&mut tx.conn)?.into_iter().map(Time).collect())
}

/// How many that came since a moment stand there.
pub fn count_since(tx: &mut Read, whose: Whose<'_>, state: ReportState, since: Time) -> Result<i64> {
    let those = of!(reports::table.select(diesel::dsl::count_star()), whose)
        .filter(reports::created_at.gt(since.0))
        .filter(reports::state.eq(state.code()));
    Ok(those.get_result(&mut tx.conn)?)
}

/// How many reports there are on what somebody wrote.
///
/// # Errors
/// Storage failures only.
pub fn count_on(tx: &mut Read, author: ActorId) -> Result<i64> {
    let theirs = comments::table.filter(comments::author_id.eq(author.0)).select(comments::id);
    Ok(reports::table.filter(reports::comment_id.eq_any(theirs)).count().get_result(&mut tx.conn)?)
}

/// Forgets reports that were decided before `time`, the oldest first and `most` at once. Their cases stay: what was decided, not who
/// reported. Says how many those were.
///
/// # Errors
/// Storage failures only.
pub fn forget_decided(tx: &mut Write, time: Time, most: i64) -> Result<usize> {
    let over = reports::table.filter(reports::decided_at.lt(time.0)).order(reports::decided_at).limit(most);
    let old: Vec<i64> = over.select(reports::id).load(&mut tx.conn)?;
    // A condition that nothing fits would have SQLite look through all of them.
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(reports::table.filter(reports::id.eq_any(old))).execute(&mut tx.conn)?)
}
