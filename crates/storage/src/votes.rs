//! Votes: at most one of each actor on each comment.

use diesel::prelude::*;
use domain::{ActorId, CommentId, ThreadId, Time, Votes, rank};

use crate::Result;
use crate::conn::{Read, Write, on_either};
use crate::kept::kept;
use crate::schema::{comments, votes};

/// A vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// Approval.
    Up,
    /// Disapproval.
    Down,
}

impl Vote {
    fn value(self) -> i16 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
        }
    }

    fn valued(value: i16) -> Self {
        if value < 0 { Self::Down } else { Self::Up }
    }
}

/// Sets (or with `None` takes back) the actor's vote and keeps the comment's counts. The comment must be held for change
/// ([`crate::comments::spot_to_change`]). Returns the new counts, or `None` if nothing changed.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, comment: CommentId, actor: ActorId, vote: Option<Vote>, now: Time) -> Result<Option<Votes>> {
    let one = votes::table.find((comment.0, actor.0));
    let old = one.select(votes::value).get_result::<i16>(&mut tx.conn).optional()?.map(Vote::valued);
    if old == vote {
        return Ok(None);
    }
    let change = |which| i64::from(vote == Some(which)) - i64::from(old == Some(which));
    let counted = diesel::update(comments::table.find(comment.0))
        .set((
            comments::ups.eq(comments::ups + change(Vote::Up)),
            comments::downs.eq(comments::downs + change(Vote::Down)),
        ))
        .returning((comments::thread_id, comments::ups, comments::downs));
    let (thread, ups, downs): (i64, i64, i64) = kept(counted).get_result(&mut tx.conn)?;
    let votes = Votes { ups, downs };
    let ranked = diesel::update(comments::table.find(comment.0)).set(comments::best.eq(rank::best(votes)));
    on_either!(&mut tx.conn, |c| kept(ranked).run(c))?;
    diesel::delete(one).execute(&mut tx.conn)?;
    if let Some(vote) = vote {
        let row = (
            votes::comment_id.eq(comment.0),
            votes::actor_id.eq(actor.0),
            votes::thread_id.eq(thread),
            votes::value.eq(vote.value()),
            votes::created_at.eq(now.0),
        );
        diesel::insert_into(votes::table).values(row).execute(&mut tx.conn)?;
    }
    Ok(Some(votes))
}

/// The actor has given once more the vote that they have: it counts from then on.
///
/// # Errors
/// Storage failures only.
pub fn renew(tx: &mut Write, comment: CommentId, actor: ActorId, now: Time) -> Result<()> {
    let one = votes::table.find((comment.0, actor.0));
    diesel::update(one).set(votes::created_at.eq(now.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// The actor's votes within a thread.
///
/// # Errors
/// Storage failures only.
pub fn of_actor(tx: &mut Read, actor: ActorId, thread: ThreadId) -> Result<Vec<(CommentId, Vote)>> {
    let rows: Vec<(i64, i16)> = votes::table
        .filter(votes::actor_id.eq(actor.0))
        .filter(votes::thread_id.eq(thread.0))
        .select((votes::comment_id, votes::value))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, value)| (CommentId(id), Vote::valued(value))).collect())
}

/// The actor's vote on one comment, and when it was given.
///
/// # Errors
/// Storage failures only.
pub fn one(tx: &mut Read, comment: CommentId, actor: ActorId) -> Result<Option<(Vote, Time)>> {
    let found = votes::table.find((comment.0, actor.0)).select((votes::value, votes::created_at));
    let found = found.get_result::<(i16, i64)>(&mut tx.conn).optional()?;
    Ok(found.map(|(value, created)| (Vote::valued(value), Time(created))))
}
