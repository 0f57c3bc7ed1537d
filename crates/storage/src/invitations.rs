//! Invitations: codes with which somebody may join; and who invited whom.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{AccountId, ActorId, Time};

use crate::Result;
use crate::conn::{Read, Write};
use crate::forgetting::delete_oldest;
use crate::schema::{actors, invitations, invited};

/// An invitation as stored; the code itself is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: i64,
    /// Who made it; none: whoever has the machine.
    pub inviter: Option<ActorId>,
    /// Their name; not stored here.
    pub inviter_name: Option<String>,
    /// How many may still join with it.
    pub uses_left: i64,
    /// When it was made.
    pub created: Time,
    /// From when on it is worth nothing.
    pub expires: Time,
}

type Row = (i64, Option<i64>, Option<String>, i64, i64, i64);

fn invitation((id, inviter, inviter_name, uses_left, created, expires): Row) -> Invitation {
    let inviter = inviter.map(ActorId);
    Invitation { id, inviter, inviter_name, uses_left, created: Time(created), expires: Time(expires) }
}

/// Stores one under the SHA-256 of its code.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Invitation, code_hash: &[u8]) -> Result<()> {
    let row = (
        invitations::id.eq(new.id),
        invitations::code_hash.eq(code_hash),
        invitations::inviter_id.eq(new.inviter.map(|inviter| inviter.0)),
        invitations::uses_left.eq(new.uses_left),
        invitations::created_at.eq(new.created.0),
        invitations::expires_at.eq(new.expires.0),
    );
    diesel::insert_into(invitations::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// The one with the code of that SHA-256, whether it is still worth something or not.
///
/// # Errors
/// Storage failures only.
pub fn by_code(tx: &mut Read, code_hash: &[u8]) -> Result<Option<Invitation>> {
    let row = all().filter(invitations::code_hash.eq(code_hash)).get_result::<Row>(&mut tx.conn);
    Ok(row.optional()?.map(invitation))
}

/// A page of them, newest first.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, before: Option<i64>, limit: i64) -> Result<Vec<Invitation>> {
    let rows: Vec<Row> = all()
        .filter(invitations::id.lt(before.unwrap_or(i64::MAX)))
        .order(invitations::id.desc())
        .limit(limit)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(invitation).collect())
}

#[diesel::dsl::auto_type]
fn all() -> _ {
    invitations::table.left_join(actors::table).select((
        invitations::id,
        invitations::inviter_id,
        actors::name.nullable(),
        invitations::uses_left,
        invitations::created_at,
        invitations::expires_at,
    ))
}

/// Takes one of its uses. Says whether one was left.
///
/// # Errors
/// Storage failures only.
pub fn take(tx: &mut Write, id: i64) -> Result<bool> {
    let left = invitations::table.find(id).filter(invitations::uses_left.gt(0));
    let less = invitations::uses_left.eq(invitations::uses_left - 1);
    Ok(diesel::update(left).set(less).execute(&mut tx.conn)? > 0)
}

/// Deletes one. Says whether somebody could have joined with it.
///
/// # Errors
/// Storage failures only.
pub fn revoke(tx: &mut Write, id: i64, now: Time) -> Result<bool> {
    let useful =
        invitations::table.find(id).filter(invitations::uses_left.gt(0)).filter(invitations::expires_at.gt(now.0));
    Ok(diesel::delete(useful).execute(&mut tx.conn)? > 0)
}

/// Deletes those that ended before `time`; `limit` of them, the oldest first.
///
/// # Errors
/// Storage failures only.
pub fn forget_expired(tx: &mut Write, time: Time, limit: i64) -> Result<usize> {
    let old = invitations::expires_at.lt(time.0);
    Ok(delete_oldest!(tx, invitations by invitations::expires_at, old, limit)?)
}

/// Keeps who invited somebody.
///
/// # Errors
/// Storage failures only.
pub fn record(tx: &mut Write, account: AccountId, inviter: ActorId) -> Result<()> {
    let row = (invited::account_id.eq(account.0), invited::inviter_id.eq(inviter.0));
    diesel::insert_into(invited::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// The names of those who invited these accounts.
///
/// # Errors
/// Storage failures only.
pub fn inviters(tx: &mut Read, accounts: &[AccountId]) -> Result<HashMap<AccountId, String>> {
    let ids = accounts.iter().map(|account| account.0);
    let rows: Vec<(i64, String)> = invited::table
        .inner_join(actors::table)
        .filter(invited::account_id.eq_any(ids))
        .select((invited::account_id, actors::name))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(account, name)| (AccountId(account), name)).collect())
}
