//! What people elsewhere, who asked, were allowed to do with comments of ours.

use diesel::prelude::*;
use domain::{ActorId, CommentId, Time};

use crate::conn::{Read, Write};
use crate::schema::permissions;
use crate::{Error, Result};

/// What is done with a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is answered.
    Reply,
    /// It is liked.
    Like,
}

impl Deed {
    fn code(self) -> i16 {
        match self {
            Self::Reply => 0,
            Self::Like => 1,
        }
    }
}

/// A permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The number in its id.
    pub id: i64,
    /// To do what.
    pub deed: Deed,
    /// With which comment.
    pub comment: CommentId,
    /// Whose it is.
    pub actor: ActorId,
    /// The id of the answer, or of the like.
    pub object: String,
    /// When it was given.
    pub granted: Time,
}

type Row = (i64, i16, i64, i64, String, i64);

fn permission((id, deed, comment, actor, object, granted): Row) -> Result<Permission> {
    let deed = [Deed::Reply, Deed::Like].into_iter().find(|known| known.code() == deed);
    let deed = deed.ok_or(Error::Unknown("permissions.deed"))?;
    Ok(Permission { id, deed, comment: CommentId(comment), actor: ActorId(actor), object, granted: Time(granted) })
}

/// Stores one.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Permission) -> Result<()> {
    let row = (
        permissions::id.eq(new.id),
        permissions::deed.eq(new.deed.code()),
        permissions::comment_id.eq(new.comment.0),
        permissions::actor_id.eq(new.actor.0),
        permissions::object.eq(&new.object),
        permissions::granted_at.eq(new.granted.0),
    );
    diesel::insert_into(permissions::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// The one of that number.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Permission>> {
    permissions::table.find(id).get_result::<Row>(&mut tx.conn).optional()?.map(permission).transpose()
}

/// The one for this, if there is any.
///
/// # Errors
/// Storage failures only.
pub fn of(tx: &mut Read, comment: CommentId, object: &str) -> Result<Option<Permission>> {
    let row = permissions::table.filter(permissions::comment_id.eq(comment.0)).filter(permissions::object.eq(object));
    row.get_result::<Row>(&mut tx.conn).optional()?.map(permission).transpose()
}
