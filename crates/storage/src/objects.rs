//! Comments that are at home on another server, by their id there; and what has been deleted before it came.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::{CommentId, Time};
use sha2::{Digest as _, Sha256};

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::forgetting::delete_oldest;
use crate::kept::{LIST, kept, places};
use crate::schema::{gone, objects};

/// A comment that is at home elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its id there.
    pub uri: String,
    /// The comment.
    pub comment: CommentId,
    /// The address of its page there.
    pub url: Option<String>,
    /// When its home last changed it, as its home says.
    pub updated: Time,
    /// Whether it may be made known to others.
    pub announced: bool,
}

type Row = (String, i64, Option<String>, i64, bool);

const COLUMNS: (objects::uri, objects::comment_id, objects::url, objects::updated_at, objects::announced) =
    (objects::uri, objects::comment_id, objects::url, objects::updated_at, objects::announced);

/// What an id is looked for by: the first half of its SHA-256. Whoever makes two ids of one digest, in 2^64 attempts, has one of them known as the
/// other; nobody makes another of what is here.
pub(crate) fn digest(uri: &str) -> [u8; 16] {
    Sha256::digest(uri).first_chunk().copied().unwrap_or_default()
}

/// What has this id.
macro_rules! named {
    ($uri:expr) => {
        objects::table.filter(objects::digest.eq(digest($uri).to_vec()))
    };
}

fn object((uri, comment, url, updated, announced): Row) -> Object {
    Object { uri, comment: CommentId(comment), url, updated: Time(updated), announced }
}

/// The comment of that id.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn by_uri(tx: &mut Read, uri: &str) -> Result<Option<Object>> {
    let row = on_either!(&mut tx.conn, |c| named!(uri).select(COLUMNS).get_result::<Row>(c));
    Ok(row.optional()?.map(object))
}

/// The same where no more of it is asked for: the embedded database's index has that, and the row, which may be any among millions, is not
/// read.
///
/// # Errors
/// Storage failures only.
pub fn comment_of(tx: &mut Read, uri: &str) -> Result<Option<CommentId>> {
    let id = on_either!(&mut tx.conn, |c| { named!(uri).select(objects::comment_id).get_result::<i64>(c) });
    Ok(id.optional()?.map(CommentId))
}

/// Which of these ids are of comments that are here, or that are not to come any more.
///
/// # Errors
/// Storage failures only.
pub fn known(tx: &mut Read, uris: &[String]) -> Result<HashSet<String>> {
    let mut known = HashSet::new();
    for batch in uris.chunks(LIST) {
        let digests = batch.iter().map(|uri| digest(uri).to_vec());
        let here = objects::table.filter(objects::digest.eq_any(digests)).select(objects::uri);
        known.extend(here.load::<String>(&mut tx.conn)?);
        known.extend(gone::table.filter(gone::uri.eq_any(batch)).select(gone::uri).load::<String>(&mut tx.conn)?);
    }
    Ok(known)
}

/// Where these comments are at home, if it is elsewhere.
///
/// # Errors
/// Storage failures only.
pub fn of_comments(tx: &mut Read, ids: &[CommentId]) -> Result<HashMap<CommentId, Object>> {
    let mut found = HashMap::new();
    for batch in ids.chunks(LIST) {
        let those = objects::table.filter(objects::comment_id.eq_any(places(batch.iter().map(|id| id.0))));
        let rows: Vec<Row> = kept(those.select(COLUMNS)).load(&mut tx.conn)?;
        found.extend(rows.into_iter().map(|row| (CommentId(row.1), object(row))));
    }
    Ok(found)
}

/// Until this transaction ends nobody else decides what becomes of that id: what makes a comment and what bars it would each not see what
/// the other has not committed yet. The embedded database has one writer, who has nobody to wait for.
///
/// # Errors
/// Storage failures only.
pub fn hold(tx: &mut Write, uri: &str) -> Result<()> {
    if !tx.conn.is_sqlite() {
        // In the first of both numbers of the key stands that it is the lock of an id: others of this database are known by one.
        let lock = "SELECT 1 FROM (SELECT pg_advisory_xact_lock(1, hashtext($1))) AS held";
        diesel::sql_query(lock).bind::<Text, _>(uri).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Remembers where a comment is at home.
///
/// # Errors
/// [`crate::Error::Duplicate`] when that id is known.
pub fn insert(tx: &mut Write, new: &Object) -> Result<()> {
    let row = (
        objects::uri.eq(&new.uri),
        objects::comment_id.eq(new.comment.0),
        objects::url.eq(&new.url),
        objects::updated_at.eq(new.updated.0),
        objects::announced.eq(new.announced),
        objects::digest.eq(digest(&new.uri).to_vec()),
    );
    on_either!(&mut tx.conn, |c| diesel::insert_into(objects::table).values(row).execute(c))?;
    Ok(())
}

/// Its home has changed it; says whether that is not older than what is known. Most servers tell the time in whole seconds, so that what
/// came later may be as old.
///
/// # Errors
/// Storage failures only.
pub fn set_updated(tx: &mut Write, uri: &str, updated: Time) -> Result<bool> {
    let known = named!(uri).filter(objects::updated_at.le(updated.0));
    Ok(diesel::update(known).set(objects::updated_at.eq(updated.0)).execute(&mut tx.conn)? > 0)
}

/// Remembers that what has this id is not to come any more.
///
/// # Errors
/// Storage failures only.
pub fn bar(tx: &mut Write, uri: &str, now: Time) -> Result<()> {
    let row = (gone::uri.eq(uri), gone::gone_at.eq(now.0));
    on_either!(&mut tx.conn, |c| diesel::insert_into(gone::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Whether what has this id is not to come any more.
///
/// # Errors
/// Storage failures only.
pub fn is_barred(tx: &mut Read, uri: &str) -> Result<bool> {
    let gone = on_either!(&mut tx.conn, |c| gone::table.find(uri).select(gone::gone_at).get_result::<i64>(c));
    Ok(gone.optional()?.is_some())
}

/// What has this id may come again.
///
/// # Errors
/// Storage failures only.
pub fn unbar(tx: &mut Write, uri: &str) -> Result<()> {
    diesel::delete(gone::table.find(uri)).execute(&mut tx.conn)?;
    Ok(())
}

/// Forgets what was deleted before `before` and never came; `limit` of it, the oldest first. Says how many.
///
/// # Errors
/// Storage failures only.
pub fn unbar_before(tx: &mut Write, before: Time, limit: i64) -> Result<usize> {
    Ok(delete_oldest!(tx, gone by gone::gone_at, gone::gone_at.lt(before.0), limit)?)
}
