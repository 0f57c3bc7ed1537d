//! Key pairs of our actors.

use diesel::prelude::*;
use domain::{ActorId, BoardId, Time};

use crate::conn::{Change, Read, Write, on_either};
use crate::schema::keys;
use crate::{Error, Result};

/// Whose key it is. Threads, and the second actors of boards, have the instance's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// The instance.
    Instance,
    /// Somebody with an account.
    Person(ActorId),
    /// A board.
    Board(BoardId),
}

impl Holder {
    pub(crate) const fn coded(self) -> (i16, i64) {
        match self {
            Self::Instance => (0, 0),
            Self::Person(actor) => (1, actor.0),
            Self::Board(board) => (2, board.0),
        }
    }

    pub(crate) fn of(kind: i16, id: i64) -> Result<Self> {
        match kind {
            0 => Ok(Self::Instance),
            1 => Ok(Self::Person(ActorId(id))),
            2 => Ok(Self::Board(BoardId(id))),
            _ => Err(Error::Unknown("keys.holder")),
        }
    }
}

/// A key pair.
#[derive(Clone, PartialEq, Eq)]
pub struct Pair {
    /// PKCS#8.
    pub private: Vec<u8>,
    /// PEM (`BEGIN PUBLIC KEY`).
    pub public: String,
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pair").field("public", &self.public).finish_non_exhaustive()
    }
}

/// The pair of a holder, if it has been made.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn find(tx: &mut Read, holder: Holder) -> Result<Option<Pair>> {
    let row = keys::table.find(holder.coded()).select((keys::private, keys::public));
    let row: Option<(Vec<u8>, String)> = row.get_result(&mut tx.conn).optional()?;
    Ok(row.map(|(private, public)| Pair { private, public }))
}

/// Keeps a new pair unless there is one, and answers the one that counts: of two that are made at the same time the first.
///
/// # Errors
/// Storage failures only.
pub fn keep(tx: &mut Write, holder: Holder, pair: Pair, now: Time) -> Result<Pair> {
    let (kind, id) = holder.coded();
    let row = (
        keys::holder.eq(kind),
        keys::holder_id.eq(id),
        keys::private.eq(&pair.private),
        keys::public.eq(&pair.public),
        keys::created_at.eq(now.0),
    );
    let kept = on_either!(&mut tx.conn, |c| {
        diesel::insert_into(keys::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    if kept == 1 { Ok(pair) } else { find(tx, holder)?.ok_or(Error::Unknown("keys.holder_id")) }
}

/// Puts a new pair in the place of the old one, if there is one. Whoever keeps the old one in memory hears of it as of a change of
/// what stands on many pages.
///
/// # Errors
/// Storage failures only.
pub fn replace(tx: &mut Write, holder: Holder, pair: Pair, now: Time) -> Result<()> {
    let set = (keys::private.eq(&pair.private), keys::public.eq(&pair.public), keys::created_at.eq(now.0));
    if diesel::update(keys::table.find(holder.coded())).set(set).execute(&mut tx.conn)? == 0 {
        keep(tx, holder, pair, now)?;
    }
    tx.tell(Change::Site);
    Ok(())
}

/// Everybody who has a pair.
///
/// # Errors
/// Storage failures only.
pub fn holders(tx: &mut Read) -> Result<Vec<Holder>> {
    let all = keys::table.select((keys::holder, keys::holder_id)).order((keys::holder, keys::holder_id));
    let all: Vec<(i16, i64)> = all.load(&mut tx.conn)?;
    all.into_iter().map(|(kind, id)| Holder::of(kind, id)).collect()
}
