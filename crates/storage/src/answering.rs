//! Who may answer and like comments whose authors, on other servers, do not let everybody.

use diesel::prelude::*;
use domain::CommentId;

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::schema::{answering, liking};

/// Who may do something with a comment: ids of actors and collections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// May.
    pub automatic: Vec<String>,
    /// May once the author has agreed.
    pub manual: Vec<String>,
}

// An id has no line breaks: it is an address in the form that the URL standard gives it.
fn listed((automatic, manual): (String, String)) -> Allowed {
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    Allowed { automatic: lines(&automatic), manual: lines(&manual) }
}

/// Who may answer a comment; `None` for everybody.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, comment: CommentId) -> Result<Option<Allowed>> {
    let row = on_either!(&mut tx.conn, |c| {
        answering::table.find(comment.0).select((answering::automatic, answering::manual)).get_result(c)
    });
    Ok(row.optional()?.map(listed))
}

/// Sets who may answer a comment; `None` for everybody.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, comment: CommentId, who: Option<&Allowed>) -> Result<()> {
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

/// Who may like a comment; `None` for everybody.
///
/// # Errors
/// Storage failures only.
pub fn likers(tx: &mut Read, comment: CommentId) -> Result<Option<Allowed>> {
    let row = liking::table.find(comment.0).select((liking::automatic, liking::manual));
    Ok(row.get_result(&mut tx.conn).optional()?.map(listed))
}

/// Sets who may like a comment; `None` for everybody.
///
/// # Errors
/// Storage failures only.
pub fn set_likers(tx: &mut Write, comment: CommentId, who: Option<&Allowed>) -> Result<()> {
    diesel::delete(liking::table.find(comment.0)).execute(&mut tx.conn)?;
    if let Some(who) = who {
        let row = (
            liking::comment_id.eq(comment.0),
            liking::automatic.eq(who.automatic.join("\n")),
            liking::manual.eq(who.manual.join("\n")),
        );
        diesel::insert_into(liking::table).values(row).execute(&mut tx.conn)?;
    }
    Ok(())
}
