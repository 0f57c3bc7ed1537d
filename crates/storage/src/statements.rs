//! What authors are told when something of theirs was taken down as against the law. Not here: the removal itself (`log`).

use diesel::prelude::*;
use domain::{CommentId, Figure, Ground, Time};

use crate::conn::{Read, Write};
use crate::schema::statements;
use crate::{Error, Result, figures};

/// A statement of reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The entry of the log that says who removed the comment.
    pub entry: i64,
    /// The comment.
    pub comment: CommentId,
    /// What it is about, and why that is against the law or the rules.
    pub facts: String,
    /// The ground.
    pub ground: Ground,
    /// Which law, or which rule; may be empty.
    pub provision: String,
    /// Whether somebody had told of it.
    pub on_notice: bool,
    /// Whether a program decided.
    pub automated: bool,
    /// When it was written.
    pub at: Time,
}

/// Stores one and counts it. There is one at most for each removal: the first stands. Says whether it was.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Statement) -> Result<bool> {
    let row = (
        statements::entry_id.eq(new.entry),
        statements::comment_id.eq(new.comment.0),
        statements::facts.eq(&new.facts),
        statements::ground.eq(new.ground.code()),
        statements::provision.eq(&new.provision),
        statements::on_notice.eq(new.on_notice),
        statements::automated.eq(new.automated),
        statements::created_at.eq(new.at.0),
    );
    let stored = crate::conn::on_either!(&mut tx.conn, |c| {
        diesel::insert_into(statements::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    if stored > 0 && new.ground == Ground::Law {
        figures::add(tx, new.at, Figure::Illegal, stored)?;
    }
    Ok(stored > 0)
}

type Row = (i64, i64, String, i16, String, bool, bool, i64);

/// The one of a removal.
pub fn of(tx: &mut Read, entry: i64) -> Result<Option<Statement>> {
    let row: Option<Row> = statements::table.find(entry).get_result(&mut tx.conn).optional()?;
    row.map(statement).transpose()
}

fn statement((entry, comment, facts, ground, provision, on_notice, automated, at): Row) -> Result<Statement> {
    let ground = Ground::coded(ground).ok_or(Error::Unknown("statements.ground"))?;
    let (comment, at) = (CommentId(comment), Time(at));
    Ok(Statement { entry, comment, facts, ground, provision, on_notice, automated, at })
}
