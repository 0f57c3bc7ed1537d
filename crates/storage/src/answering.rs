//! Who may answer comments whose authors, on other servers, do not let everybody.

use diesel::prelude::*;
use domain::CommentId;

use crate::Result;
use crate::conn::{Read, Write};
use crate::schema::answering;

/// Who may answer a comment: ids of actors and collections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answering {
    /// May.
    pub automatic: Vec<String>,
    /// May once the author has agreed.
    pub manual: Vec<String>,
}

// An id has no line breaks: it is an address in the form that the URL standard gives it.
fn listed(lines: &str) -> Vec<String> {
    lines.lines().map(str::to_owned).collect()
}

/// Who may answer a comment; `None` for everybody.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, comment: CommentId) -> Result<Option<Answering>> {
    let row = answering::table.find(comment.0).select((answering::automatic, answering::manual));
    let row: Option<(String, String)> = row.get_result(&mut tx.conn).optional()?;
    Ok(row.map(|(automatic, manual)| Answering { automatic: listed(&automatic), manual: listed(&manual) }))
}

/// Sets who may answer a comment; `None` for everybody.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, comment: CommentId, who: Option<&Answering>) -> Result<()> {
    diesel::delete(answering::table.find(comment.0)).execute(&mut tx.conn)?;
    if let Some(who) = who {
        let row = (
            answering::comment_id.eq(comment.0),
            answering::automatic.eq(who.automatic.join("\n")),
            answering::manual.eq(who.manual.join("\n")),
        );
        diesel::insert_into(answering::table).values(row).execute(&mut tx.conn)?;
    }
    Ok(())
}
