//! Notifications: answers that an account has yet to hear of, and what was decided about what is theirs.

use diesel::dsl::exists;
use diesel::prelude::*;
use domain::{AccountId, CommentId, State, Time, Told};

use crate::approvals::Stage;
use crate::conn::{Read, Write, on_either};
use crate::kept::kept;
use crate::schema::{accounts, approvals, comments, holds, notifications};
use crate::{Error, Result};

/// Which comments an account is told of: what readers may see; of its own, answers that somebody elsewhere has not allowed, or that a
/// moderator has rejected; and what was decided about one that stands somewhere, if only as a tombstone.
macro_rules! told_of {
    ($account:expr) => {{
        let own = accounts::table.filter(accounts::id.eq($account.0)).select(accounts::actor_id);
        let refused = approvals::table
            .filter(approvals::comment_id.eq(comments::id))
            .filter(approvals::stage.eq_any(Stage::NOT_ALLOWED.map(Stage::code)));
        let rejected = holds::table
            .filter(holds::comment_id.eq(comments::id))
            .filter(holds::stage.eq(crate::holds::Stage::Rejected.code()));
        let held = comments::state.eq(State::Held.code()).and(comments::author_id.eq_any(own));
        let decided = notifications::kind.ne(Told::Comment.code()).and(comments::state.ne(State::Held.code()));
        comments::state.eq(State::Published.code()).or(held.and(exists(refused).or(exists(rejected)))).or(decided)
    }};
}

/// Something to tell somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: i64,
    /// The comment that answers or mentions them, or about which something was decided.
    pub comment: CommentId,
    /// What they are told.
    pub told: Told,
    /// The entry of the moderation log that says why, if something was decided.
    pub entry: Option<i64>,
    /// When.
    pub at: Time,
    /// When they read it.
    pub read: Option<Time>,
}

/// Stores that a comment answers or mentions somebody; once at most for each account and comment.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, id: i64, account: AccountId, comment: CommentId, now: Time) -> Result<()> {
    let new = Notification { id, comment, told: Told::Comment, entry: None, at: now, read: None };
    tell(tx, account, &new)
}

/// Stores any other notification.
pub fn tell(tx: &mut Write, account: AccountId, new: &Notification) -> Result<()> {
    let row = (
        notifications::id.eq(new.id),
        notifications::account_id.eq(account.0),
        notifications::comment_id.eq(new.comment.0),
        notifications::read_at.eq(new.read.map(|at| at.0)),
        notifications::created_at.eq(new.at.0),
        notifications::kind.eq(new.told.code()),
        notifications::entry_id.eq(new.entry),
    );
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(notifications::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    Ok(())
}

type Row = (i64, i64, i64, Option<i64>, i16, Option<i64>);

fn notification((id, comment, at, read, told, entry): Row) -> Result<Notification> {
    let told = Told::coded(told).ok_or(Error::Unknown("notifications.kind"))?;
    Ok(Notification { id, comment: CommentId(comment), told, entry, at: Time(at), read: read.map(Time) })
}

/// A page of an account's notifications, newest first, without those whose comment is no longer there to read.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, account: AccountId, before: Option<i64>, limit: i64) -> Result<Vec<Notification>> {
    let rows: Vec<Row> = notifications::table
        .inner_join(comments::table)
        .filter(notifications::account_id.eq(account.0))
        .filter(notifications::id.lt(before.unwrap_or(i64::MAX)))
        .filter(told_of!(account))
        .order(notifications::id.desc())
        .limit(limit)
        .select((
            notifications::id,
            notifications::comment_id,
            notifications::created_at,
            notifications::read_at,
            notifications::kind,
            notifications::entry_id,
        ))
        .load(&mut tx.conn)?;
    rows.into_iter().map(notification).collect()
}

/// How many are unread, counted up to `limit`.
///
/// # Errors
/// Storage failures only.
pub fn unread(tx: &mut Read, account: AccountId, limit: i64) -> Result<usize> {
    let those = notifications::table
        .inner_join(comments::table)
        .filter(notifications::account_id.eq(account.0))
        .filter(notifications::read_at.is_null())
        .filter(told_of!(account))
        .limit(limit)
        .select(notifications::id);
    Ok(kept(those).load::<i64>(&mut tx.conn)?.len())
}

/// Marks everything up to an id as read.
///
/// # Errors
/// Storage failures only.
pub fn read_up_to(tx: &mut Write, account: AccountId, id: i64, now: Time) -> Result<usize> {
    let those = notifications::table
        .filter(notifications::account_id.eq(account.0))
        .filter(notifications::id.le(id))
        .filter(notifications::read_at.is_null());
    Ok(diesel::update(those).set(notifications::read_at.eq(now.0)).execute(&mut tx.conn)?)
}
