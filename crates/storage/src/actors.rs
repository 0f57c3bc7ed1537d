//! Actors: whoever acts, local, remote or only named by an import.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{ActorId, Origin, Time};

use crate::conn::{Read, Write, on_either};
use crate::schema::actors;
use crate::{Error, Result};

/// An actor as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Its id.
    pub id: ActorId,
    /// Where it comes from.
    pub origin: Origin,
    /// Empty for local actors, otherwise a host name.
    pub host: String,
    /// The name as shown.
    pub name: String,
    /// What it says of itself, as written.
    pub about: String,
    /// The same, rendered and sanitised.
    pub about_html: String,
    /// When it was first seen here.
    pub created: Time,
}

/// How two names are compared: letter case matters only to the sites that imported names come from.
#[must_use]
pub fn name_key(origin: Origin, name: &str) -> String {
    match origin {
        Origin::Local | Origin::Remote => name.to_lowercase(),
        Origin::Imported => name.to_owned(),
    }
}

/// Whether PostgreSQL can hold the text; what it cannot hold is nobody's name, and not to be asked for.
pub(crate) fn storable(text: &str) -> bool {
    !text.contains('\0')
}

type Row = (i64, i16, String, String, String, String, i64);
pub(crate) const COLUMNS: (
    actors::id,
    actors::origin,
    actors::host,
    actors::name,
    actors::about,
    actors::about_html,
    actors::created_at,
) = (actors::id, actors::origin, actors::host, actors::name, actors::about, actors::about_html, actors::created_at);

fn actor(row: Row) -> Result<Actor> {
    let (id, origin, host, name, about, about_html, created) = row;
    let origin = Origin::coded(origin).ok_or(Error::Unknown("actors.origin"))?;
    Ok(Actor { id: ActorId(id), origin, host, name, about, about_html, created: Time(created) })
}

/// Stores an actor.
///
/// # Errors
/// [`Error::Duplicate`] when the name is taken.
pub fn insert(tx: &mut Write, new: &Actor) -> Result<()> {
    let key = name_key(new.origin, &new.name);
    let row = (
        actors::id.eq(new.id.0),
        actors::origin.eq(new.origin.code()),
        actors::host.eq(&new.host),
        actors::name.eq(&new.name),
        actors::name_key.eq(&key),
        actors::about.eq(&new.about),
        actors::about_html.eq(&new.about_html),
        actors::created_at.eq(new.created.0),
    );
    diesel::insert_into(actors::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// The actor of that id.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, id: ActorId) -> Result<Option<Actor>> {
    actors::table.find(id.0).select(COLUMNS).get_result::<Row>(&mut tx.conn).optional()?.map(actor).transpose()
}

/// The actor of that name. `host` is empty for local people; otherwise remote actors come before imported names.
///
/// # Errors
/// Storage failures only.
pub fn by_handle(tx: &mut Read, host: &str, name: &str) -> Result<Option<Actor>> {
    if !storable(host) || !storable(name) {
        return Ok(None);
    }
    let rows: Vec<Row> = actors::table
        .filter(actors::host.eq(host))
        .filter(actors::name_key.eq(name.to_lowercase()).or(actors::name_key.eq(name)))
        .order(actors::origin)
        .select(COLUMNS)
        .load(&mut tx.conn)?;
    let mut found = rows.into_iter().map(actor).collect::<Result<Vec<_>>>()?;
    found.retain(|actor| name_key(actor.origin, &actor.name) == name_key(actor.origin, name));
    Ok(found.into_iter().next())
}

/// The imported name of that source, made now if it is new. `id` is used only then.
///
/// # Errors
/// Storage failures only.
pub fn imported(tx: &mut Write, id: ActorId, host: &str, name: &str, now: Time) -> Result<ActorId> {
    let row = (
        actors::id.eq(id.0),
        actors::origin.eq(Origin::Imported.code()),
        actors::host.eq(host),
        actors::name.eq(name),
        actors::name_key.eq(name),
        actors::about.eq(""),
        actors::about_html.eq(""),
        actors::created_at.eq(now.0),
    );
    on_either!(&mut tx.conn, |c| {
        diesel::insert_into(actors::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    let found = actors::table
        .filter(actors::host.eq(host))
        .filter(actors::name_key.eq(name))
        .filter(actors::origin.eq(Origin::Imported.code()))
        .select(actors::id)
        .get_result(&mut tx.conn)?;
    Ok(ActorId(found))
}

/// Changes what an actor says of itself.
///
/// # Errors
/// Storage failures only.
pub fn set_about(tx: &mut Write, id: ActorId, about: &str, html: &str) -> Result<()> {
    diesel::update(actors::table.find(id.0))
        .set((actors::about.eq(about), actors::about_html.eq(html)))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// The names of these.
///
/// # Errors
/// Storage failures only.
pub fn names(tx: &mut Read, ids: &[ActorId]) -> Result<HashMap<ActorId, String>> {
    let of = actors::table.filter(actors::id.eq_any(ids.iter().map(|id| id.0).collect::<Vec<_>>()));
    let rows: Vec<(i64, String)> = of.select((actors::id, actors::name)).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, name)| (ActorId(id), name)).collect())
}
