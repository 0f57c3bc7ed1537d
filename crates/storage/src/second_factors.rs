//! Second factors: the secrets of authenticators (TOTP), and the codes for whoever has lost theirs.

use diesel::prelude::*;
use domain::AccountId;

use crate::conn::{Read, Write};
use crate::schema::{recovery_codes, second_factors};
use crate::{Error, Result};

/// Whether a factor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not yet: its owner has not shown that their authenticator knows it.
    Pending,
    /// At every login.
    On,
}

impl State {
    const ALL: [Self; 2] = [Self::Pending, Self::On];

    fn code(self) -> i16 {
        match self {
            Self::Pending => 0,
            Self::On => 1,
        }
    }
}

/// A second factor as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// What the authenticator knows, too.
    pub secret: Vec<u8>,
    /// Whether it is asked for.
    pub state: State,
    /// The last step whose code was used: none up to it counts any more.
    pub last_step: i64,
}

/// Stores one that is pending, in the place of the one before.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn begin(tx: &mut Write, account: AccountId, secret: &[u8]) -> Result<()> {
    end(tx, account)?;
    let row = (
        second_factors::account_id.eq(account.0),
        second_factors::secret.eq(secret),
        second_factors::state.eq(State::Pending.code()),
        second_factors::last_step.eq(0),
    );
    diesel::insert_into(second_factors::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// That of an account.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, account: AccountId) -> Result<Option<SecondFactor>> {
    let row: Option<(Vec<u8>, i16, i64)> = second_factors::table
        .find(account.0)
        .select((second_factors::secret, second_factors::state, second_factors::last_step))
        .get_result(&mut tx.conn)
        .optional()?;
    let Some((secret, state, last_step)) = row else { return Ok(None) };
    let known = State::ALL.into_iter().find(|known| known.code() == state);
    let state = known.ok_or(Error::Unknown("second_factors.state"))?;
    Ok(Some(SecondFactor { secret, state, last_step }))
}

/// Uses the code of a step, which switches the factor on. Says whether no later one was used before.
///
/// # Errors
/// Storage failures only.
pub fn take_step(tx: &mut Write, account: AccountId, step: i64) -> Result<bool> {
    let unused = second_factors::table.find(account.0).filter(second_factors::last_step.lt(step));
    let used = (second_factors::last_step.eq(step), second_factors::state.eq(State::On.code()));
    Ok(diesel::update(unused).set(used).execute(&mut tx.conn)? > 0)
}

/// Stores the SHA-256 of recovery codes.
///
/// # Errors
/// Storage failures only.
pub fn insert_recovery(tx: &mut Write, account: AccountId, hashes: &[[u8; 32]]) -> Result<()> {
    for hash in hashes {
        let row = (recovery_codes::account_id.eq(account.0), recovery_codes::code_hash.eq(hash.as_slice()));
        diesel::insert_into(recovery_codes::table).values(row).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Uses the recovery code of that SHA-256. Says whether there was one.
///
/// # Errors
/// Storage failures only.
pub fn take_recovery(tx: &mut Write, account: AccountId, hash: &[u8]) -> Result<bool> {
    let one = recovery_codes::table
        .filter(recovery_codes::account_id.eq(account.0))
        .filter(recovery_codes::code_hash.eq(hash));
    Ok(diesel::delete(one).execute(&mut tx.conn)? > 0)
}

/// How many recovery codes are left.
///
/// # Errors
/// Storage failures only.
pub fn count_recovery(tx: &mut Read, account: AccountId) -> Result<i64> {
    let left = recovery_codes::table.filter(recovery_codes::account_id.eq(account.0));
    Ok(left.count().get_result(&mut tx.conn)?)
}

/// Deletes the factor and its recovery codes.
///
/// # Errors
/// Storage failures only.
pub fn end(tx: &mut Write, account: AccountId) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account.0))).execute(&mut tx.conn)?;
    diesel::delete(second_factors::table.find(account.0)).execute(&mut tx.conn)?;
    Ok(())
}
