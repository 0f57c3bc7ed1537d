//! Answers and likes for which authors on other servers have to be asked first.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{ActorId, CommentId, State, ThreadId, Time};

use crate::comments::PUBLISHED;
use crate::conn::{Read, Write};
use crate::kept::{LIST, kept, places};
use crate::schema::{approvals, comments, texts, wishes};
use crate::{Error, Result};

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The author has been asked.
    Asked,
    /// The author has allowed it.
    Allowed,
    /// The author has said no.
    Refused,
    /// The author has said no after a yes.
    TakenBack,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Asked, Self::Allowed, Self::Refused, Self::TakenBack];

    /// The answer to these is no.
    pub(crate) const NOT_ALLOWED: [Self; 2] = [Self::Refused, Self::TakenBack];

    pub(crate) fn code(self) -> i16 {
        match self {
            Self::Asked => 0,
            Self::Allowed => 1,
            Self::Refused => 2,
            Self::TakenBack => 3,
        }
    }
}

/// What has become of the permission for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The answer.
    pub comment: CommentId,
    /// Whose permission it is.
    pub author: ActorId,
    /// How far it has come.
    pub stage: Stage,
    /// The number of our request; none where it was not ours to ask.
    pub request: Option<i64>,
    /// Where it can be read that it is allowed.
    pub stamp: Option<String>,
}

type Row = (i64, i64, i16, Option<i64>, Option<String>);

fn approval((comment, author, stage, request, stamp): Row) -> Result<Approval> {
    let known = Stage::ALL.into_iter().find(|known| known.code() == stage);
    let stage = known.ok_or(Error::Unknown("approvals.stage"))?;
    Ok(Approval { comment: CommentId(comment), author: ActorId(author), stage, request, stamp })
}

/// Stores one.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Approval) -> Result<()> {
    let row = (
        approvals::comment_id.eq(new.comment.0),
        approvals::author_id.eq(new.author.0),
        approvals::stage.eq(new.stage.code()),
        approvals::request.eq(new.request),
        approvals::stamp.eq(&new.stamp),
    );
    diesel::insert_into(approvals::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// That of an answer.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, comment: CommentId) -> Result<Option<Approval>> {
    approvals::table.find(comment.0).get_result::<Row>(&mut tx.conn).optional()?.map(approval).transpose()
}

/// Those of these answers.
///
/// # Errors
/// Storage failures only.
pub fn of_comments(tx: &mut Read, ids: &[CommentId]) -> Result<HashMap<CommentId, Approval>> {
    let mut found = HashMap::new();
    for batch in ids.chunks(LIST) {
        let those = approvals::table.filter(approvals::comment_id.eq_any(places(batch.iter().map(|id| id.0))));
        let rows: Vec<Row> = kept(those).load(&mut tx.conn)?;
        for row in rows {
            let approval = approval(row)?;
            found.insert(approval.comment, approval);
        }
    }
    Ok(found)
}

/// That for which we asked under this number.
///
/// # Errors
/// Storage failures only.
pub fn by_request(tx: &mut Read, request: i64) -> Result<Option<Approval>> {
    let row = approvals::table.filter(approvals::request.eq(request)).get_result::<Row>(&mut tx.conn);
    row.optional()?.map(approval).transpose()
}

/// Those which this document proves.
///
/// # Errors
/// Storage failures only.
pub fn by_stamp(tx: &mut Read, stamp: &str) -> Result<Vec<Approval>> {
    let rows: Vec<Row> = approvals::table.filter(approvals::stamp.eq(stamp)).load(&mut tx.conn)?;
    rows.into_iter().map(approval).collect()
}

/// Sets how far one has come, and what proves it.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, comment: CommentId, stage: Stage, stamp: Option<&str>) -> Result<()> {
    diesel::update(approvals::table.find(comment.0))
        .set((approvals::stage.eq(stage.code()), approvals::stamp.eq(stamp)))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// Forgets one.
///
/// # Errors
/// Storage failures only.
pub fn remove(tx: &mut Write, comment: CommentId) -> Result<()> {
    diesel::delete(approvals::table.find(comment.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// The newest of somebody's answers that are held because somebody elsewhere has to allow them, or has not.
///
/// # Errors
/// Storage failures only.
pub fn waiting(tx: &mut Read, who: ActorId, limit: i64) -> Result<Vec<Approval>> {
    let rows: Vec<Row> = comments::table
        .inner_join(approvals::table)
        .inner_join(texts::table)
        .filter(comments::author_id.eq(who.0))
        .filter(comments::state.ne(PUBLISHED).and(comments::state.eq(State::Held.code())))
        .order(comments::id.desc())
        .limit(limit)
        .select(approvals::all_columns)
        .load(&mut tx.conn)?;
    rows.into_iter().map(approval).collect()
}

/// A like that somebody here has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Of what.
    pub comment: CommentId,
    /// Who.
    pub actor: ActorId,
    /// The number of the request.
    pub request: i64,
    /// When.
    pub asked: Time,
}

type WishRow = (i64, i64, i64, i64);

fn wish((comment, actor, request, asked): WishRow) -> Wish {
    Wish { comment: CommentId(comment), actor: ActorId(actor), request, asked: Time(asked) }
}

/// Somebody asks to like a comment.
///
/// # Errors
/// Storage failures only.
pub fn wish_for(tx: &mut Write, new: Wish) -> Result<()> {
    let row = (
        wishes::comment_id.eq(new.comment.0),
        wishes::actor_id.eq(new.actor.0),
        wishes::request.eq(new.request),
        wishes::asked_at.eq(new.asked.0),
    );
    diesel::insert_into(wishes::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Whether somebody has asked to like a comment, and has no answer.
///
/// # Errors
/// Storage failures only.
pub fn wished(tx: &mut Read, comment: CommentId, actor: ActorId) -> Result<Option<Wish>> {
    Ok(wishes::table.find((comment.0, actor.0)).get_result::<WishRow>(&mut tx.conn).optional()?.map(wish))
}

/// What somebody has asked to like in a thread, and has no answer.
///
/// # Errors
/// Storage failures only.
pub fn wished_in(tx: &mut Read, actor: ActorId, thread: ThreadId) -> Result<Vec<CommentId>> {
    let rows: Vec<i64> = wishes::table
        .inner_join(comments::table)
        .filter(wishes::actor_id.eq(actor.0))
        .filter(comments::thread_id.eq(thread.0))
        .select(wishes::comment_id)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(CommentId).collect())
}

/// The like that was asked for under this number.
///
/// # Errors
/// Storage failures only.
pub fn wish_by_request(tx: &mut Read, request: i64) -> Result<Option<Wish>> {
    let row = wishes::table.filter(wishes::request.eq(request)).get_result::<WishRow>(&mut tx.conn);
    Ok(row.optional()?.map(wish))
}

/// Forgets that somebody asked.
///
/// # Errors
/// Storage failures only.
pub fn unwish(tx: &mut Write, comment: CommentId, actor: ActorId) -> Result<()> {
    diesel::delete(wishes::table.find((comment.0, actor.0))).execute(&mut tx.conn)?;
    Ok(())
}
