//! Which rules matched a comment without holding it: moderators see them beside it.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{CommentId, Effect, Time};

use crate::conn::{Read, Write, on_either};
use crate::kept::{LIST, kept, places};
use crate::schema::{marks, threads};
use crate::{Error, Result};

/// That a rule matched a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The comment.
    pub comment: CommentId,
    /// The rule's name.
    pub rule: String,
    /// What it does.
    pub effect: Effect,
    /// When.
    pub at: Time,
}

/// The marks of rules that keep the thread of this id out of the lists; its root has the same id.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn limiting(thread: threads::id) -> _ {
    let limits: i16 = Effect::Limit.code();
    marks::table.filter(marks::comment_id.eq(thread)).filter(marks::effect.eq(limits))
}

type Row = (i64, String, i16, i64);

fn mark((comment, rule, effect, at): Row) -> Result<Mark> {
    let effect = Effect::coded(effect).ok_or(Error::Unknown("marks.effect"))?;
    Ok(Mark { comment: CommentId(comment), rule, effect, at: Time(at) })
}

/// Remembers that a rule matched; once for each rule and comment.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn put(tx: &mut Write, new: &Mark) -> Result<()> {
    let row = (
        marks::comment_id.eq(new.comment.0),
        marks::rule.eq(&new.rule),
        marks::effect.eq(new.effect.code()),
        marks::marked_at.eq(new.at.0),
    );
    on_either!(&mut tx.conn, |c| diesel::insert_into(marks::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// The marks of these comments, by rule.
///
/// # Errors
/// Storage failures only.
pub fn of(tx: &mut Read, ids: &[CommentId]) -> Result<HashMap<CommentId, Vec<Mark>>> {
    let mut found: HashMap<CommentId, Vec<Mark>> = HashMap::new();
    for batch in ids.chunks(LIST) {
        let those = marks::table.filter(marks::comment_id.eq_any(places(batch.iter().map(|id| id.0))));
        for row in kept(those.order((marks::comment_id, marks::rule))).load::<Row>(&mut tx.conn)? {
            let mark = mark(row)?;
            found.entry(mark.comment).or_default().push(mark);
        }
    }
    Ok(found)
}
