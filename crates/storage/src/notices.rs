//! Notices that something is against the law, with what they are about. Not here: what authors are told of it (`statements`).

use std::collections::HashMap;

use diesel::prelude::*;
use domain::rights::Reach;
use domain::{ActorId, BoardId, CommentId, Figure, Illegality, NoticeState, Time};

use crate::conn::{Read, Write};
use crate::schema::{comments, notice_targets, notices, threads};
use crate::{Error, Result, figures};

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id, which is the number on its receipt; notices are in order of their ids.
    pub id: i64,
    /// Why it is against the law.
    pub category: Illegality,
    /// The same in the words of whoever tells it.
    pub explanation: String,
    /// Who that is; may be empty.
    pub name: String,
    /// Where they can be written to; may be empty.
    pub email: String,
    /// Where it stands.
    pub state: NoticeState,
    /// Why it was decided so; empty until then.
    pub reason: String,
    /// Whether a program decided.
    pub automated: bool,
    /// When it was decided.
    pub decided: Option<Time>,
    /// When it came.
    pub created: Time,
}

/// One thing that a notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Of which notice.
    pub notice: i64,
    /// Its address, as whoever told it wrote it.
    pub address: String,
    /// The comment that is there; `None`: somebody's page, or a board's.
    pub comment: Option<CommentId>,
    /// Who wrote it, or whose page it is; `None`: a board's page.
    pub actor: Option<ActorId>,
    /// The board on which the comment stands now; not stored with the notice.
    pub board: Option<BoardId>,
    /// Whether the decision took it down, whatever became of it later.
    pub taken_down: bool,
}

/// Stores a notice under the SHA-256 of the secret of its receipt, with the addresses it is about, and counts it.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Notice, secret_hash: &[u8], targets: &[Target]) -> Result<()> {
    let row = (
        notices::id.eq(new.id),
        notices::secret_hash.eq(secret_hash),
        notices::category.eq(new.category.code()),
        notices::explanation.eq(&new.explanation),
        notices::name.eq(&new.name),
        notices::email.eq(&new.email),
        notices::state.eq(new.state.code()),
        notices::reason.eq(&new.reason),
        notices::automated.eq(new.automated),
        notices::decided_at.eq(new.decided.map(|time| time.0)),
        notices::created_at.eq(new.created.0),
    );
    diesel::insert_into(notices::table).values(row).execute(&mut tx.conn)?;
    for (place, target) in (0_i16..).zip(targets) {
        let row = (
            notice_targets::notice_id.eq(new.id),
            notice_targets::place.eq(place),
            notice_targets::address.eq(&target.address),
            notice_targets::comment_id.eq(target.comment.map(|comment| comment.0)),
            notice_targets::actor_id.eq(target.actor.map(|actor| actor.0)),
            notice_targets::taken_down.eq(target.taken_down),
        );
        diesel::insert_into(notice_targets::table).values(row).execute(&mut tx.conn)?;
    }
    figures::add(tx, new.created, Figure::Noticed, 1)
}

type Row = (i64, i16, String, String, String, i16, String, bool, Option<i64>, i64);

macro_rules! rows {
    () => {
        notices::table.select((
            notices::id,
            notices::category,
            notices::explanation,
            notices::name,
            notices::email,
            notices::state,
            notices::reason,
            notices::automated,
            notices::decided_at,
            notices::created_at,
        ))
    };
}

fn notice((id, category, explanation, name, email, state, reason, automated, decided, created): Row) -> Result<Notice> {
    let category = Illegality::coded(category).ok_or(Error::Unknown("notices.category"))?;
    let state = NoticeState::coded(state).ok_or(Error::Unknown("notices.state"))?;
    let (decided, created) = (decided.map(Time), Time(created));
    Ok(Notice { id, category, explanation, name, email, state, reason, automated, decided, created })
}

/// A notice by its id.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Notice>> {
    rows!().filter(notices::id.eq(id)).get_result::<Row>(&mut tx.conn).optional()?.map(notice).transpose()
}

/// The notice whose receipt has the secret of that SHA-256.
pub fn by_secret(tx: &mut Read, secret_hash: &[u8]) -> Result<Option<Notice>> {
    let of = rows!().filter(notices::secret_hash.eq(secret_hash));
    of.get_result::<Row>(&mut tx.conn).optional()?.map(notice).transpose()
}

/// Notices in that state, the oldest first, after that one. Within a reach are those of which everything stands on its boards. Not here:
/// whether whoever asks may see one that is about themselves.
pub fn page(tx: &mut Read, state: NoticeState, reach: &Reach, after: Option<i64>, limit: i64) -> Result<Vec<Notice>> {
    let mut found = rows!()
        .filter(notices::state.eq(state.code()))
        .filter(notices::id.gt(after.unwrap_or(0)))
        .order(notices::id)
        .limit(limit)
        .into_boxed();
    if let Reach::Boards(boards) = reach {
        let boards: Vec<i64> = boards.iter().map(|board| board.0).collect();
        let page = notice_targets::table
            .filter(notice_targets::notice_id.eq(notices::id))
            .filter(notice_targets::comment_id.is_null());
        let beyond = notice_targets::table
            .inner_join(comments::table.inner_join(threads::table))
            .filter(notice_targets::notice_id.eq(notices::id))
            .filter(threads::board_id.ne_all(boards));
        found = found
            .filter(diesel::dsl::not(diesel::dsl::exists(page)))
            .filter(diesel::dsl::not(diesel::dsl::exists(beyond)));
    }
    found.load::<Row>(&mut tx.conn)?.into_iter().map(notice).collect()
}

/// What these notices are about, in the order in which it was named.
pub fn targets(tx: &mut Read, notices: &[i64]) -> Result<Vec<Target>> {
    type Columns = (i64, String, Option<i64>, Option<i64>, bool);
    let rows: Vec<Columns> = notice_targets::table
        .filter(notice_targets::notice_id.eq_any(notices.to_vec()))
        .order((notice_targets::notice_id, notice_targets::place))
        .select((
            notice_targets::notice_id,
            notice_targets::address,
            notice_targets::comment_id,
            notice_targets::actor_id,
            notice_targets::taken_down,
        ))
        .load(&mut tx.conn)?;
    let boards = boards_of(tx, rows.iter().filter_map(|row| row.2).collect())?;
    let target = |(notice, address, comment, actor, taken_down): Columns| {
        let board = comment.and_then(|comment| boards.get(&comment).copied()).map(BoardId);
        Target { notice, address, comment: comment.map(CommentId), actor: actor.map(ActorId), board, taken_down }
    };
    Ok(rows.into_iter().map(target).collect())
}

/// By itself: joined from the left, SQLite would read all comments.
fn boards_of(tx: &mut Read, these: Vec<i64>) -> Result<HashMap<i64, i64>> {
    // A condition that nothing fits would have SQLite look through all of them.
    if these.is_empty() {
        return Ok(HashMap::new());
    }
    let found = comments::table.inner_join(threads::table).filter(comments::id.eq_any(these));
    let rows: Vec<(i64, i64)> = found.select((comments::id, threads::board_id)).load(&mut tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// Keeps which of the comments that a notice is about its decision took down.
pub fn took_down(tx: &mut Write, id: i64, comments: &[CommentId]) -> Result<()> {
    let those = notice_targets::table
        .filter(notice_targets::notice_id.eq(id))
        .filter(notice_targets::comment_id.eq_any(comments.iter().map(|comment| comment.0).collect::<Vec<_>>()));
    diesel::update(those).set(notice_targets::taken_down.eq(true)).execute(&mut tx.conn)?;
    Ok(())
}

/// Whether somebody had told, until then, that a comment is against the law.
pub fn were_about(tx: &mut Read, comment: CommentId, until: Time) -> Result<bool> {
    let told = notice_targets::table
        .inner_join(notices::table.on(notices::id.eq(notice_targets::notice_id)))
        .filter(notice_targets::comment_id.eq(comment.0))
        .filter(notices::created_at.le(until.0));
    Ok(diesel::select(diesel::dsl::exists(told)).get_result(&mut tx.conn)?)
}

/// How many nobody has decided that came before `time`, counted up to `most`.
pub fn open_before(tx: &mut Read, time: Time, most: i64) -> Result<i64> {
    // Ids begin with when they were made.
    let open = notices::table
        .filter(notices::state.eq(NoticeState::Open.code()))
        .filter(notices::id.lt(domain::first_made_at(time)))
        .limit(most)
        .select(notices::id);
    Ok(i64::try_from(open.load::<i64>(&mut tx.conn)?.len()).unwrap_or(most))
}

/// What was decided about a notice.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// What.
    pub state: NoticeState,
    /// Why.
    pub reason: &'a str,
    /// Whether a program decided.
    pub automated: bool,
    /// When.
    pub at: Time,
}

/// Decides a notice that is open. Says whether it was.
pub fn decide(tx: &mut Write, id: i64, decided: Decided<'_>) -> Result<bool> {
    let open = notices::table.find(id).filter(notices::state.eq(NoticeState::Open.code()));
    let set = (
        notices::state.eq(decided.state.code()),
        notices::reason.eq(decided.reason),
        notices::automated.eq(decided.automated),
        notices::decided_at.eq(decided.at.0),
    );
    Ok(diesel::update(open).set(set).execute(&mut tx.conn)? > 0)
}

/// Forgets notices that were decided before `time`, the oldest first, at most so many. Says how many they were.
pub fn forget_decided(tx: &mut Write, time: Time, limit: i64) -> Result<usize> {
    let old: Vec<i64> = notices::table
        .filter(notices::decided_at.lt(time.0))
        .order(notices::decided_at)
        .limit(limit)
        .select(notices::id)
        .load(&mut tx.conn)?;
    // A condition that nothing fits would have SQLite look through all of them.
    if old.is_empty() {
        return Ok(0);
    }
    diesel::delete(notice_targets::table.filter(notice_targets::notice_id.eq_any(old.clone())))
        .execute(&mut tx.conn)?;
    Ok(diesel::delete(notices::table.filter(notices::id.eq_any(old))).execute(&mut tx.conn)?)
}
