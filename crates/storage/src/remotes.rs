//! Actors on other servers: what is known of them beyond the name that `actors` has.

use diesel::prelude::*;
use domain::{ActorId, Time};

use crate::conn::{Conn, Read, Write, on_either};
use crate::schema::{actors, remotes};
use crate::{Error, Result};

/// What an actor on another server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody.
    Person,
    /// A place where several write.
    Group,
    /// A program.
    Service,
    /// Several who act as one.
    Organization,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Person, Self::Group, Self::Service, Self::Organization];

    const fn code(self) -> i16 {
        match self {
            Self::Person => 0,
            Self::Group => 1,
            Self::Service => 2,
            Self::Organization => 3,
        }
    }
}

/// Whether an actor is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    There,
    /// Its server says that it has been deleted.
    Gone,
}

/// An actor on another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Who it is here.
    pub actor: ActorId,
    /// Its id.
    pub uri: String,
    /// What it is.
    pub kind: Kind,
    /// Where it is written to.
    pub inbox: String,
    /// Where its server takes what is for several of its actors.
    pub shared_inbox: Option<String>,
    /// The collection of its followers, by which they are addressed.
    pub followers: Option<String>,
    /// The address of its page.
    pub url: Option<String>,
    /// The id of its key.
    pub key_id: String,
    /// Its public key, PEM.
    pub key: String,
    /// Whether it is still there.
    pub presence: Presence,
    /// When this was last asked of its server.
    pub fetched: Time,
}

type Row = (i64, String, i16, String, Option<String>, Option<String>, Option<String>, String, String, i16, i64);

fn remote(row: Row) -> Result<Remote> {
    let (actor, uri, kind, inbox, shared_inbox, followers, url, key_id, key, state, fetched) = row;
    let kind = Kind::ALL.into_iter().find(|known| known.code() == kind).ok_or(Error::Unknown("remotes.kind"))?;
    let presence = match state {
        0 => Presence::There,
        1 => Presence::Gone,
        _ => return Err(Error::Unknown("remotes.state")),
    };
    let (actor, fetched) = (ActorId(actor), Time(fetched));
    Ok(Remote { actor, uri, kind, inbox, shared_inbox, followers, url, key_id, key, presence, fetched })
}

/// Whether anybody on another server is known at all.
///
/// # Errors
/// Storage failures only.
pub fn any(tx: &mut Read) -> Result<bool> {
    let one = on_either!(&mut tx.conn, |c| {
        remotes::table.select(remotes::actor_id).order(remotes::actor_id).first::<i64>(c)
    });
    Ok(one.optional()?.is_some())
}

/// The actor of that id on its server.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn by_uri(tx: &mut Read, uri: &str) -> Result<Option<Remote>> {
    let row = on_either!(&mut tx.conn, |c| remotes::table.filter(remotes::uri.eq(uri)).get_result::<Row>(c));
    row.optional()?.map(remote).transpose()
}

/// The same, and until this transaction ends nobody else changes what is known of the actor. (On SQLite nobody can anyway.)
///
/// # Errors
/// Storage failures only.
pub fn held_by_uri(tx: &mut Write, uri: &str) -> Result<Option<Remote>> {
    let row = match &mut tx.conn {
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(c) => remotes::table.filter(remotes::uri.eq(uri)).get_result::<Row>(c),
        #[cfg(feature = "postgres")]
        Conn::Pg(c) => remotes::table.filter(remotes::uri.eq(uri)).for_share().get_result::<Row>(c),
    };
    row.optional()?.map(remote).transpose()
}

/// The actor who shows a key of that id.
///
/// # Errors
/// Storage failures only.
pub fn by_key(tx: &mut Read, key: &str) -> Result<Option<Remote>> {
    let row = remotes::table.filter(remotes::key_id.eq(key)).order(remotes::actor_id).first::<Row>(&mut tx.conn);
    row.optional()?.map(remote).transpose()
}

/// What is known of an actor.
///
/// # Errors
/// Storage failures only.
pub fn of_actor(tx: &mut Read, actor: ActorId) -> Result<Option<Remote>> {
    let row = on_either!(&mut tx.conn, |c| remotes::table.find(actor.0).get_result::<Row>(c));
    row.optional()?.map(remote).transpose()
}

/// The ids that those of these actors have who are on other servers.
///
/// # Errors
/// Storage failures only.
pub fn uris(tx: &mut Read, ids: &[ActorId]) -> Result<Vec<(ActorId, String)>> {
    let ids = ids.iter().map(|id| id.0);
    let rows = remotes::table.filter(remotes::actor_id.eq_any(ids)).select((remotes::actor_id, remotes::uri));
    let rows: Vec<(i64, String)> = rows.load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, uri)| (ActorId(id), uri)).collect())
}

/// Stores what is known of an actor that `actors` has already.
///
/// # Errors
/// [`Error::Duplicate`] when it is known.
pub fn insert(tx: &mut Write, new: &Remote) -> Result<()> {
    let row = (
        remotes::actor_id.eq(new.actor.0),
        remotes::uri.eq(&new.uri),
        remotes::kind.eq(new.kind.code()),
        remotes::inbox.eq(&new.inbox),
        remotes::shared_inbox.eq(&new.shared_inbox),
        remotes::followers.eq(&new.followers),
        remotes::url.eq(&new.url),
        remotes::key_id.eq(&new.key_id),
        remotes::key.eq(&new.key),
        remotes::state.eq(0_i16),
        remotes::fetched_at.eq(new.fetched.0),
    );
    diesel::insert_into(remotes::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// Replaces what is known of an actor, but for who it is; it is there again if it was gone.
///
/// # Errors
/// Storage failures only.
pub fn update(tx: &mut Write, known: &Remote) -> Result<()> {
    let set = (
        remotes::kind.eq(known.kind.code()),
        remotes::inbox.eq(&known.inbox),
        remotes::shared_inbox.eq(&known.shared_inbox),
        remotes::followers.eq(&known.followers),
        remotes::url.eq(&known.url),
        remotes::key_id.eq(&known.key_id),
        remotes::key.eq(&known.key),
        remotes::state.eq(0_i16),
        remotes::fetched_at.eq(known.fetched.0),
    );
    diesel::update(remotes::table.find(known.actor.0)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// Its server says now that the actor has been deleted: its name and key are kept, so that nobody takes its place.
///
/// # Errors
/// Storage failures only.
pub fn set_gone(tx: &mut Write, actor: ActorId, now: Time) -> Result<()> {
    let set = (remotes::state.eq(1_i16), remotes::fetched_at.eq(now.0));
    diesel::update(remotes::table.find(actor.0)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// Whether somebody of that name on that host is known, by another id than `uri`.
///
/// # Errors
/// Storage failures only.
pub fn is_taken(tx: &mut Read, host: &str, name: &str, uri: &str) -> Result<bool> {
    let other = remotes::table
        .inner_join(actors::table)
        .filter(actors::host.eq(host))
        .filter(actors::name_key.eq(name.to_lowercase()))
        .filter(actors::origin.eq(domain::Origin::Remote.code()))
        .filter(remotes::uri.ne(uri))
        .select(remotes::actor_id);
    Ok(other.first::<i64>(&mut tx.conn).optional()?.is_some())
}
