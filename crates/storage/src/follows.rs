//! Who on other servers hears of what.

use diesel::prelude::*;
use domain::{ActorId, BoardId, CommentId, ThreadId, Time};

use crate::comments::answers;
use crate::conn::{Read, Write, on_either};
use crate::schema::{comments, follows, remotes, votes};
use crate::{Error, Result};

/// What can be followed from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Followed {
    /// The threads of a board.
    Threads(BoardId),
    /// Everything in a board.
    Everything(BoardId),
    /// One thread.
    Thread(ThreadId),
    /// Somebody.
    Person(ActorId),
}

impl Followed {
    const fn coded(self) -> (i16, i64) {
        match self {
            Self::Threads(board) => (0, board.0),
            Self::Everything(board) => (1, board.0),
            Self::Thread(thread) => (2, thread.0),
            Self::Person(actor) => (3, actor.0),
        }
    }

    fn of(kind: i16, id: i64) -> Result<Self> {
        Ok(match kind {
            0 => Self::Threads(BoardId(id)),
            1 => Self::Everything(BoardId(id)),
            2 => Self::Thread(ThreadId(id)),
            3 => Self::Person(ActorId(id)),
            _ => return Err(Error::Unknown("follows.followed")),
        })
    }
}

/// Where something is brought to: followers on one server that has a shared inbox are one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The inbox.
    pub inbox: String,
    /// Its server.
    pub host: String,
}

/// Somebody follows, by the Follow of that id, and said so then. Says whether that is new; if not, the Follow of before stands.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, followed: Followed, follower: ActorId, uri: &str, said: Time) -> Result<bool> {
    let (kind, id) = followed.coded();
    let row = (
        follows::followed.eq(kind),
        follows::followed_id.eq(id),
        follows::actor_id.eq(follower.0),
        follows::uri.eq(uri),
        follows::created_at.eq(said.0),
    );
    let new = on_either!(&mut tx.conn, |c| {
        diesel::insert_into(follows::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    Ok(new == 1)
}

/// Somebody who follows says so again: this Follow stands in the place of that of before.
///
/// # Errors
/// Storage failures only.
pub fn renew(tx: &mut Write, followed: Followed, follower: ActorId, uri: &str, said: Time) -> Result<()> {
    let (kind, id) = followed.coded();
    let set = (follows::uri.eq(uri), follows::created_at.eq(said.0));
    diesel::update(follows::table.find((kind, id, follower.0))).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// Somebody follows no longer. Says whether they did.
///
/// # Errors
/// Storage failures only.
pub fn remove(tx: &mut Write, followed: Followed, follower: ActorId) -> Result<bool> {
    let (kind, id) = followed.coded();
    Ok(diesel::delete(follows::table.find((kind, id, follower.0))).execute(&mut tx.conn)? > 0)
}

/// Somebody takes back that they follow this, if they said so until then: what they said later stays. Says whether they did follow.
///
/// # Errors
/// Storage failures only.
pub fn take_back(tx: &mut Write, followed: Followed, follower: ActorId, until: Time) -> Result<bool> {
    let (kind, id) = followed.coded();
    let before = follows::table.find((kind, id, follower.0)).filter(follows::created_at.le(until.0));
    Ok(diesel::delete(before).execute(&mut tx.conn)? > 0)
}

/// The same by the id of the Follow.
///
/// # Errors
/// Storage failures only.
pub fn take_back_by_uri(tx: &mut Write, follower: ActorId, uri: &str, until: Time) -> Result<bool> {
    let theirs = follows::table.filter(follows::actor_id.eq(follower.0)).filter(follows::uri.eq(uri));
    Ok(diesel::delete(theirs.filter(follows::created_at.le(until.0))).execute(&mut tx.conn)? > 0)
}

/// Somebody follows nothing any more.
///
/// # Errors
/// Storage failures only.
pub fn remove_all(tx: &mut Write, follower: ActorId) -> Result<usize> {
    Ok(diesel::delete(follows::table.filter(follows::actor_id.eq(follower.0))).execute(&mut tx.conn)?)
}

/// Those who are written to at this inbox, their own or that of their server, follow nothing any more. Says how much they did.
///
/// # Errors
/// Storage failures only.
pub fn drop_inbox(tx: &mut Write, inbox: &str) -> Result<usize> {
    let own = remotes::table.filter(remotes::inbox.eq(inbox)).select(remotes::actor_id);
    let shared = remotes::table.filter(remotes::shared_inbox.eq(inbox)).select(remotes::actor_id);
    let dropped = diesel::delete(follows::table.filter(follows::actor_id.eq_any(own))).execute(&mut tx.conn)?;
    Ok(dropped + diesel::delete(follows::table.filter(follows::actor_id.eq_any(shared))).execute(&mut tx.conn)?)
}

/// What each of these follows, with the id of each Follow.
///
/// # Errors
/// Storage failures only.
pub fn of_actors(tx: &mut Read, followers: &[ActorId]) -> Result<Vec<(ActorId, Followed, String)>> {
    let all = follows::table.filter(follows::actor_id.eq_any(followers.iter().map(|follower| follower.0)));
    let all = all.select((follows::actor_id, follows::followed, follows::followed_id, follows::uri));
    let rows: Vec<(i64, i16, i64, String)> = all.load(&mut tx.conn)?;
    rows.into_iter().map(|(actor, kind, id, uri)| Ok((ActorId(actor), Followed::of(kind, id)?, uri))).collect()
}

/// Who follow this, with the id of each Follow.
///
/// # Errors
/// Storage failures only.
pub fn followers(tx: &mut Read, followed: Followed, limit: i64) -> Result<Vec<(ActorId, String)>> {
    let (kind, id) = followed.coded();
    let all = follows::table.filter(follows::followed.eq(kind)).filter(follows::followed_id.eq(id));
    let rows: Vec<(i64, String)> =
        all.order(follows::actor_id).limit(limit).select((follows::actor_id, follows::uri)).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(actor, uri)| (ActorId(actor), uri)).collect())
}

/// How many follow.
///
/// # Errors
/// Storage failures only.
pub fn count(tx: &mut Read, followed: Followed) -> Result<i64> {
    let (kind, id) = followed.coded();
    let all = follows::table.filter(follows::followed.eq(kind)).filter(follows::followed_id.eq(id));
    Ok(all.count().get_result(&mut tx.conn)?)
}

/// Whether anybody follows any of these.
///
/// # Errors
/// Storage failures only.
pub fn any(tx: &mut Read, followed: &[Followed]) -> Result<bool> {
    for followed in followed {
        let (kind, id) = followed.coded();
        let one = on_either!(&mut tx.conn, |c| {
            let one = follows::table.filter(follows::followed.eq(kind)).filter(follows::followed_id.eq(id));
            one.order(follows::actor_id).select(follows::actor_id).first::<i64>(c)
        });
        if one.optional()?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where the followers of any of these are reached, each place once.
///
/// # Errors
/// Storage failures only.
pub fn addresses(tx: &mut Read, followed: &[Followed]) -> Result<Vec<Address>> {
    let mut found: Vec<Address> = Vec::new();
    for followed in followed {
        let (kind, id) = followed.coded();
        let rows: Vec<(Option<String>, String)> = follows::table
            .inner_join(remotes::table.on(remotes::actor_id.eq(follows::actor_id)))
            .filter(follows::followed.eq(kind))
            .filter(follows::followed_id.eq(id))
            .filter(remotes::state.eq(0_i16))
            .select((remotes::shared_inbox, remotes::inbox))
            .load(&mut tx.conn)?;
        found.extend(rows.into_iter().filter_map(|(shared, own)| address(shared.unwrap_or(own))));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Where those on other servers are reached who have answered a comment or voted on it, each place once: their servers hold it, whoever
/// follows there.
///
/// # Errors
/// Storage failures only.
pub fn holders(tx: &mut Read, comment: CommentId) -> Result<Vec<Address>> {
    let places = (remotes::shared_inbox, remotes::inbox);
    let answered = answers!(comments::table, comment);
    let mut rows: Vec<(Option<String>, String)> = answered
        .inner_join(remotes::table.on(remotes::actor_id.eq(comments::author_id)))
        .filter(remotes::state.eq(0_i16))
        .select(places)
        .distinct()
        .load(&mut tx.conn)?;
    let voted = votes::table.filter(votes::comment_id.eq(comment.0));
    rows.extend(
        voted
            .inner_join(remotes::table.on(remotes::actor_id.eq(votes::actor_id)))
            .filter(remotes::state.eq(0_i16))
            .select(places)
            .distinct()
            .load::<(Option<String>, String)>(&mut tx.conn)?,
    );
    let mut found: Vec<Address> = rows.into_iter().filter_map(|(shared, own)| address(shared.unwrap_or(own))).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The place that an inbox is at, if it is an address at all.
#[must_use]
pub fn address(inbox: String) -> Option<Address> {
    let host = inbox.split_once("://")?.1.split(['/', '?']).next().filter(|host| !host.is_empty())?.to_owned();
    Some(Address { inbox, host })
}
