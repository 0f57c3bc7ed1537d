//! Actors of other servers who are known by their id, and have not yet been asked for by name.

use diesel::prelude::*;
use domain::{ActorId, Time};

use crate::Result;
use crate::conn::{Write, on_either};
use crate::schema::{actors, comments, introductions};

/// An actor is new, and is asked for at `at`.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, actor: ActorId, at: Time) -> Result<()> {
    let row = (
        introductions::actor_id.eq(actor.0),
        introductions::next_at.eq(at.0),
        introductions::leased_until.eq(0_i64),
        introductions::attempts.eq(0_i64),
    );
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(introductions::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    Ok(())
}

/// Leases up to `limit` actors that are due, until `until`, with how often they were, this time included.
///
/// # Errors
/// Storage failures only.
pub fn lease(tx: &mut Write, now: Time, until: Time, limit: i64) -> Result<Vec<(ActorId, i64)>> {
    let due: Vec<i64> = introductions::table
        .filter(introductions::next_at.le(now.0))
        .filter(introductions::leased_until.lt(now.0))
        .order(introductions::next_at)
        .limit(limit)
        .select(introductions::actor_id)
        .load(&mut tx.conn)?;
    let rows: Vec<(i64, i64)> = diesel::update(introductions::table)
        .filter(introductions::actor_id.eq_any(due))
        .filter(introductions::leased_until.lt(now.0))
        .set((introductions::leased_until.eq(until.0), introductions::attempts.eq(introductions::attempts + 1)))
        .returning((introductions::actor_id, introductions::attempts))
        .get_results(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(actor, attempts)| (ActorId(actor), attempts)).collect())
}

/// An actor is asked for again at `at`.
///
/// # Errors
/// Storage failures only.
pub fn again(tx: &mut Write, actor: ActorId, at: Time) -> Result<()> {
    let set = (introductions::next_at.eq(at.0), introductions::leased_until.eq(0_i64));
    diesel::update(introductions::table.find(actor.0)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// It is known what an actor is called.
///
/// # Errors
/// Storage failures only.
pub fn done(tx: &mut Write, actor: ActorId) -> Result<()> {
    diesel::delete(introductions::table.find(actor.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// Gives an actor of another server the name that it has on `host`. Says whether that was another one than before.
///
/// # Errors
/// [`crate::Error::Duplicate`] when somebody has it.
pub fn rename(tx: &mut Write, actor: ActorId, host: &str, name: &str) -> Result<bool> {
    let key = crate::actors::name_key(domain::Origin::Remote, name);
    let other = actors::table.find(actor.0).filter(actors::host.ne(host).or(actors::name.ne(name)));
    let set = (actors::host.eq(host), actors::name.eq(name), actors::name_key.eq(key));
    Ok(diesel::update(other).set(set).execute(&mut tx.conn)? > 0)
}

/// Threads in which an actor has written lately.
///
/// # Errors
/// Storage failures only.
pub fn threads_of(tx: &mut Write, actor: ActorId, limit: i64) -> Result<Vec<domain::ThreadId>> {
    let rows = comments::table.filter(comments::author_id.eq(actor.0)).order(comments::id.desc()).limit(limit);
    let mut threads: Vec<i64> = rows.select(comments::thread_id).load(&mut tx.conn)?;
    threads.sort_unstable();
    threads.dedup();
    Ok(threads.into_iter().map(domain::ThreadId).collect())
}
