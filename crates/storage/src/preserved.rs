//! Copies of what was taken down as against the law, kept for those who may have to show it. They refer to nothing: what becomes of the
//! comment, its author and their server changes nothing here. Each has its end.

use diesel::prelude::*;
use domain::{CommentId, ThreadId, Time};

use crate::Result;
use crate::conn::{Read, Write};
use crate::schema::{preserved, preserved_editions};

/// What is known of a copy without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Its id.
    pub id: i64,
    /// Of which comment.
    pub comment: CommentId,
    /// In which thread that stood.
    pub thread: ThreadId,
    /// The handle of its author, as it was.
    pub author: String,
    /// Its id as other servers know it.
    pub address: String,
    /// Why it is kept.
    pub reason: String,
    /// When it was made.
    pub created: Time,
    /// When it is deleted.
    pub until: Time,
}

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Title of the thread, where it began one.
    pub title: Option<String>,
    /// Its link, where it had one.
    pub url: Option<String>,
    /// As written.
    pub source: String,
    /// As shown.
    pub html: String,
    /// When it was published.
    pub published: Time,
    /// When it was changed last.
    pub edited: Option<Time>,
    /// What it said before, the newest first.
    pub editions: Vec<Edition>,
    /// How many older ones there were that are not in it.
    pub left_out: i64,
}

/// What a comment said until it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// As written.
    pub source: String,
    /// As shown.
    pub html: String,
    /// When it was changed.
    pub replaced: Time,
}

/// Stores a copy.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, copy: &Copy, content: &Content) -> Result<()> {
    let row = (
        preserved::id.eq(copy.id),
        preserved::comment_id.eq(copy.comment.0),
        preserved::thread_id.eq(copy.thread.0),
        preserved::author.eq(&copy.author),
        preserved::address.eq(&copy.address),
        preserved::title.eq(&content.title),
        preserved::url.eq(&content.url),
        preserved::source.eq(&content.source),
        preserved::html.eq(&content.html),
        preserved::published_at.eq(content.published.0),
        preserved::edited_at.eq(content.edited.map(|time| time.0)),
        preserved::reason.eq(&copy.reason),
        preserved::created_at.eq(copy.created.0),
        preserved::until_at.eq(copy.until.0),
        preserved::left_out.eq(content.left_out),
    );
    diesel::insert_into(preserved::table).values(row).execute(&mut tx.conn)?;
    (0_i64..).zip(&content.editions).try_for_each(|(place, edition)| insert_edition(tx, copy.id, place, edition))
}

fn insert_edition(tx: &mut Write, copy: i64, place: i64, edition: &Edition) -> Result<()> {
    let row = (
        preserved_editions::preserved_id.eq(copy),
        preserved_editions::place.eq(place),
        preserved_editions::source.eq(&edition.source),
        preserved_editions::html.eq(&edition.html),
        preserved_editions::replaced_at.eq(edition.replaced.0),
    );
    diesel::insert_into(preserved_editions::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

type Row = (i64, i64, i64, String, String, String, i64, i64);

macro_rules! rows {
    () => {
        preserved::table.select((
            preserved::id,
            preserved::comment_id,
            preserved::thread_id,
            preserved::author,
            preserved::address,
            preserved::reason,
            preserved::created_at,
            preserved::until_at,
        ))
    };
}

fn copy((id, comment, thread, author, address, reason, created, until): Row) -> Copy {
    let (comment, thread) = (CommentId(comment), ThreadId(thread));
    Copy { id, comment, thread, author, address, reason, created: Time(created), until: Time(until) }
}

/// A page of them, newest first.
pub fn page(tx: &mut Read, before: Option<i64>, limit: i64) -> Result<Vec<Copy>> {
    let found = rows!().filter(preserved::id.lt(before.unwrap_or(i64::MAX))).order(preserved::id.desc()).limit(limit);
    Ok(found.load::<Row>(&mut tx.conn)?.into_iter().map(copy).collect())
}

/// One by its id.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Copy>> {
    Ok(rows!().filter(preserved::id.eq(id)).get_result::<Row>(&mut tx.conn).optional()?.map(copy))
}

/// The newest one of a comment.
pub fn newest(tx: &mut Read, comment: CommentId) -> Result<Option<Copy>> {
    let of = rows!().filter(preserved::comment_id.eq(comment.0)).order(preserved::id.desc());
    Ok(of.first::<Row>(&mut tx.conn).optional()?.map(copy))
}

/// What a copy holds.
pub fn content(tx: &mut Read, id: i64) -> Result<Option<Content>> {
    type Columns = (Option<String>, Option<String>, String, String, i64, Option<i64>, i64);
    let row: Option<Columns> = preserved::table
        .find(id)
        .select((
            preserved::title,
            preserved::url,
            preserved::source,
            preserved::html,
            preserved::published_at,
            preserved::edited_at,
            preserved::left_out,
        ))
        .get_result(&mut tx.conn)
        .optional()?;
    let Some((title, url, source, html, published, edited, left_out)) = row else { return Ok(None) };
    let editions = editions(tx, id)?;
    let (published, edited) = (Time(published), edited.map(Time));
    Ok(Some(Content { title, url, source, html, published, edited, editions, left_out }))
}

fn editions(tx: &mut Read, copy: i64) -> Result<Vec<Edition>> {
    let rows: Vec<(String, String, i64)> = preserved_editions::table
        .filter(preserved_editions::preserved_id.eq(copy))
        .order(preserved_editions::place)
        .select((preserved_editions::source, preserved_editions::html, preserved_editions::replaced_at))
        .load(&mut tx.conn)?;
    let edition = |(source, html, replaced)| Edition { source, html, replaced: Time(replaced) };
    Ok(rows.into_iter().map(edition).collect())
}

/// Has one kept until then.
pub fn prolong(tx: &mut Write, id: i64, until: Time) -> Result<()> {
    diesel::update(preserved::table.find(id)).set(preserved::until_at.eq(until.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// Deletes those whose time is over, at most so many. Says how many they were.
pub fn forget_ended(tx: &mut Write, now: Time, limit: i64) -> Result<usize> {
    let old: Vec<i64> = preserved::table
        .filter(preserved::until_at.le(now.0))
        .order(preserved::until_at)
        .limit(limit)
        .select(preserved::id)
        .load(&mut tx.conn)?;
    // A condition that nothing fits would have SQLite look through all of them.
    if old.is_empty() {
        return Ok(0);
    }
    let editions = preserved_editions::table.filter(preserved_editions::preserved_id.eq_any(old.clone()));
    diesel::delete(editions).execute(&mut tx.conn)?;
    Ok(diesel::delete(preserved::table.filter(preserved::id.eq_any(old))).execute(&mut tx.conn)?)
}
