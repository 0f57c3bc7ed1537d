//! Comments that nobody sees because their server is blocked. What they were before is kept, so that they can be that again.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::{ActorId, CommentId, Origin, State, ThreadId};

use crate::conn::{Read, Write, on_either};
use crate::outbox;
use crate::schema::{actors, comments, hidden};
use crate::{Error, Result, search, threads};

/// A comment to be hidden, or shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The comment.
    pub id: CommentId,
    /// Its thread.
    pub thread: ThreadId,
    /// Whether it begins the thread.
    pub is_root: bool,
    /// What it is now.
    pub state: State,
    /// What it was before it was hidden; the same as `state` for one that is not.
    pub before: State,
}

/// Hosts of actors elsewhere that come after `after`, in order. There may be thousands.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn hosts(tx: &mut Read, after: &str, limit: usize) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        host: String,
    }
    // From one host to the next by the index: each may have any number of actors.
    let next = "SELECT host FROM actors WHERE host > $1 ORDER BY host LIMIT 1";
    let (mut found, mut after) = (Vec::new(), after.to_owned());
    while found.len() < limit {
        let one = diesel::sql_query(next).bind::<Text, _>(&after).load::<Named>(&mut tx.conn)?.pop();
        let Some(Named { host }) = one else { break };
        after.clone_from(&host);
        found.push(host);
    }
    Ok(found)
}

/// Actors of another server by name, after the one called `after` there; with what the names are compared by.
///
/// # Errors
/// Storage failures only.
pub fn actors_of(tx: &mut Read, host: &str, after: &str, limit: i64) -> Result<Vec<(ActorId, String)>> {
    let rows = actors::table
        .filter(actors::host.eq(host))
        .filter(actors::name_key.gt(after))
        .filter(actors::origin.eq(Origin::Remote.code()))
        .order(actors::name_key)
        .limit(limit)
        .select((actors::id, actors::name_key));
    let rows: Vec<(i64, String)> = rows.load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, key)| (ActorId(id), key)).collect())
}

/// Comments of these actors that readers see, by id. Nobody else changes them until this transaction ends.
///
/// # Errors
/// Storage failures only.
pub fn seen_of(tx: &mut Write, authors: &[ActorId], limit: i64) -> Result<Vec<Covered>> {
    let ids: Vec<i64> = comments::table
        .filter(comments::author_id.eq_any(authors.iter().map(|author| author.0)))
        .filter(comments::state.eq_any([State::Published.code(), State::Flagged.code()]))
        .limit(limit)
        .select(comments::id)
        .load(&mut tx.conn)?;
    let mut found = held(tx, &ids)?;
    // What was hidden meanwhile is somebody else's.
    found.retain(|one| matches!(one.state, State::Published | State::Flagged));
    Ok(found)
}

/// Nobody else changes these comments until this transaction ends; they are taken in one order, so that two who do so do not wait for one
/// another. (On SQLite nobody can anyway.) Whoever answers takes the comment before its thread, and so does whoever calls this.
pub(crate) fn hold(tx: &mut Write, ids: &[i64]) -> Result<()> {
    #[cfg(feature = "postgres")]
    if let crate::conn::Conn::Pg(conn) = &mut tx.conn {
        let those = comments::table.filter(comments::id.eq_any(ids)).order(comments::id).select(comments::id);
        those.for_no_key_update().load::<i64>(conn)?;
    }
    let _ = (tx, ids);
    Ok(())
}

/// These comments as they are once nobody else changes them, by id.
pub(crate) fn held(tx: &mut Write, ids: &[i64]) -> Result<Vec<Covered>> {
    // Asked for none of them, a database would look at all there are.
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    hold(tx, ids)?;
    let those = comments::table.filter(comments::id.eq_any(ids.iter().copied())).order(comments::id);
    let rows: Vec<(Place, i16)> = those.select((PLACE, comments::state)).load(&mut tx.conn)?;
    rows.into_iter().map(|(place, state)| covered(place, state, state)).collect()
}

/// A comment, its thread, and what it answers.
pub(crate) type Place = (i64, i64, Option<i64>);
pub(crate) const PLACE: (comments::id, comments::thread_id, comments::parent_id) =
    (comments::id, comments::thread_id, comments::parent_id);

pub(crate) fn covered((id, thread, parent): Place, state: i16, before: i16) -> Result<Covered> {
    let read = |code| State::coded(code).ok_or(Error::Unknown("comments.state"));
    let (state, before) = (read(state)?, read(before)?);
    Ok(Covered { id: CommentId(id), thread: ThreadId(thread), is_root: parent.is_none(), state, before })
}

/// Comments that were hidden with this host, the oldest first.
///
/// # Errors
/// Storage failures only.
pub fn of_host(tx: &mut Write, host: &str, limit: i64) -> Result<Vec<Covered>> {
    let ids = hidden::table.filter(hidden::host.eq(host)).order(hidden::comment_id).limit(limit);
    let ids: Vec<i64> = ids.select(hidden::comment_id).load(&mut tx.conn)?;
    // Asked for none of them, a database would look at all there are.
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    hold(tx, &ids)?;
    let rows: Vec<(Place, i16, i16)> = hidden::table
        .inner_join(comments::table)
        .filter(hidden::comment_id.eq_any(ids))
        .order(hidden::comment_id)
        .select((PLACE, comments::state, hidden::state))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(place, state, before)| covered(place, state, before)).collect()
}

/// Whether anything is hidden with this host.
///
/// # Errors
/// Storage failures only.
pub fn any(tx: &mut Read, host: &str) -> Result<bool> {
    let one = hidden::table.filter(hidden::host.eq(host)).select(hidden::comment_id).limit(1);
    Ok(one.get_result::<i64>(&mut tx.conn).optional()?.is_some())
}

/// Whether a comment is hidden with its host.
///
/// # Errors
/// Storage failures only.
pub fn is_hidden(tx: &mut Read, comment: CommentId) -> Result<bool> {
    let found = hidden::table.find(comment.0).select(hidden::comment_id);
    Ok(found.get_result::<i64>(&mut tx.conn).optional()?.is_some())
}

/// Takes comments, a few hundred at most, out of sight with their host: those that begin a thread into one state, the others into another. What waited with their
/// words to be brought elsewhere is dropped, and nobody finds them. Counters and news are [`crate::threads::touch`]'s, once for each thread.
///
/// # Errors
/// Storage failures only.
pub fn hide(tx: &mut Write, host: &str, those: &[Covered], (root, other): (State, State)) -> Result<()> {
    let row = |one: &Covered| {
        (hidden::comment_id.eq(one.id.0), hidden::host.eq(host.to_owned()), hidden::state.eq(one.state.code()))
    };
    let rows: Vec<_> = those.iter().map(row).collect();
    on_either!(&mut tx.conn, |c| diesel::insert_into(hidden::table).values(rows).on_conflict_do_nothing().execute(c))?;
    for (is_root, state) in [(true, root), (false, other)] {
        let ids: Vec<CommentId> = those.iter().filter(|one| one.is_root == is_root).map(|one| one.id).collect();
        set_state(tx, &ids, state)?;
    }
    for root in those.iter().filter(|one| one.is_root) {
        threads::set_listed(tx, root.thread, false)?;
    }
    let ids: Vec<CommentId> = those.iter().map(|one| one.id).collect();
    outbox::take_all_back(tx, &ids)?;
    search::forget_all(tx, &ids)
}

/// Gives comments back the state they had, and forgets that they were hidden. What else is to be done is for the caller.
///
/// # Errors
/// Storage failures only.
pub fn show(tx: &mut Write, those: &[Covered]) -> Result<()> {
    let mut by_state: BTreeMap<State, Vec<CommentId>> = BTreeMap::new();
    for one in those {
        by_state.entry(one.before).or_default().push(one.id);
    }
    by_state.into_iter().try_for_each(|(state, ids)| set_state(tx, &ids, state))
}

/// Has one stay as it is when its host is let in again. Says whether it was hidden.
///
/// # Errors
/// Storage failures only.
pub fn stay(tx: &mut Write, comment: CommentId) -> Result<bool> {
    Ok(diesel::delete(hidden::table.find(comment.0)).execute(&mut tx.conn)? > 0)
}

/// Forgets that these were hidden.
///
/// # Errors
/// Storage failures only.
pub fn forget(tx: &mut Write, those: &[Covered]) -> Result<()> {
    let ids: Vec<i64> = those.iter().map(|one| one.id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    diesel::delete(hidden::table.filter(hidden::comment_id.eq_any(ids))).execute(&mut tx.conn)?;
    Ok(())
}

pub(crate) fn set_state(tx: &mut Write, ids: &[CommentId], state: State) -> Result<()> {
    // Asked for none of them, a database would look at all there are.
    if ids.is_empty() {
        return Ok(());
    }
    let those = comments::table.filter(comments::id.eq_any(ids.iter().map(|id| id.0)));
    diesel::update(those).set(comments::state.eq(state.code())).execute(&mut tx.conn)?;
    Ok(())
}
