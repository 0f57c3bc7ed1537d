//! Accounts, and the credentials (sessions of browsers, tokens of programs) that stand for them.

use diesel::prelude::*;
use domain::{AccountId, ActorId, Role, Scope, Time};

use crate::actors::storable;
use crate::conn::{Change, Read, Write, on_either};
use crate::forgetting::delete_oldest;
use crate::schema::{accounts, actors, credentials};
use crate::{Error, Result};

/// An account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The person it belongs to.
    pub actor: ActorId,
    /// Their name.
    pub name: String,
    /// PHC string (argon2id); `None`: cannot log in by password.
    pub password: Option<String>,
    /// What it may do.
    pub role: Role,
    /// Where mail would go.
    pub email: Option<String>,
    /// When it was made.
    pub created: Time,
}

/// What a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A login by browser.
    Session,
    /// A token for programs.
    Token,
}

impl Kind {
    fn code(self) -> i16 {
        match self {
            Self::Session => 0,
            Self::Token => 1,
        }
    }
}

/// A credential as stored; the secret itself is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub account: AccountId,
    /// Session or token.
    pub kind: Kind,
    /// What it allows at most.
    pub scope: Scope,
    /// Browser, or the name that its owner gave the token.
    pub label: String,
    /// When it was made.
    pub created: Time,
    /// From when on it is worth nothing.
    pub expires: Time,
}

/// A credential with the account it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The credential.
    pub credential: Credential,
    /// The person.
    pub actor: ActorId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
}

type AccountRow = (i64, i64, String, Option<String>, i16, Option<String>, i64);
type AccountColumns = (
    accounts::id,
    accounts::actor_id,
    actors::name,
    accounts::password,
    accounts::role,
    accounts::email,
    accounts::created_at,
);
const ACCOUNT: AccountColumns = (
    accounts::id,
    accounts::actor_id,
    actors::name,
    accounts::password,
    accounts::role,
    accounts::email,
    accounts::created_at,
);

fn account(row: AccountRow) -> Result<Account> {
    let (id, actor, name, password, role, email, created) = row;
    let role = Role::coded(role).ok_or(Error::Unknown("accounts.role"))?;
    Ok(Account { id: AccountId(id), actor: ActorId(actor), name, password, role, email, created: Time(created) })
}

/// Stores an account; its actor must be there. `name` is not stored here.
///
/// # Errors
/// Storage failures only.
pub fn insert(tx: &mut Write, new: &Account) -> Result<()> {
    let row = (
        accounts::id.eq(new.id.0),
        accounts::actor_id.eq(new.actor.0),
        accounts::password.eq(new.password.as_deref()),
        accounts::role.eq(new.role.code()),
        accounts::email.eq(new.email.as_deref()),
        accounts::created_at.eq(new.created.0),
    );
    diesel::insert_into(accounts::table).values(row).execute(&mut tx.conn)?;
    if new.role > Role::Member {
        // Their mark stands beside every comment of theirs.
        tx.tell(Change::Site);
    }
    Ok(())
}

/// The account of the local person of that name.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn by_name(tx: &mut Read, name: &str) -> Result<Option<Account>> {
    if !storable(name) {
        return Ok(None);
    }
    accounts::table
        .inner_join(actors::table)
        .filter(actors::host.eq(""))
        .filter(actors::name_key.eq(name.to_lowercase()))
        .select(ACCOUNT)
        .get_result::<AccountRow>(&mut tx.conn)
        .optional()?
        .map(account)
        .transpose()
}

/// Of that account only who it is.
///
/// # Errors
/// Storage failures only.
pub fn named(tx: &mut Read, name: &str) -> Result<Option<(AccountId, ActorId)>> {
    if !storable(name) {
        return Ok(None);
    }
    let found = accounts::table
        .inner_join(actors::table)
        .filter(actors::host.eq(""))
        .filter(actors::name_key.eq(name.to_lowercase()))
        .select((accounts::id, actors::id))
        .get_result::<(i64, i64)>(&mut tx.conn)
        .optional()?;
    Ok(found.map(|(account, actor)| (AccountId(account), ActorId(actor))))
}

/// The account of that id.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, id: AccountId) -> Result<Option<Account>> {
    accounts::table
        .inner_join(actors::table)
        .filter(accounts::id.eq(id.0))
        .select(ACCOUNT)
        .get_result::<AccountRow>(&mut tx.conn)
        .optional()?
        .map(account)
        .transpose()
}

/// A page of the accounts, newest first.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, before: Option<i64>, limit: i64) -> Result<Vec<Account>> {
    let rows: Vec<AccountRow> = accounts::table
        .inner_join(actors::table)
        .filter(accounts::id.lt(before.unwrap_or(i64::MAX)))
        .order(accounts::id.desc())
        .limit(limit)
        .select(ACCOUNT)
        .load(&mut tx.conn)?;
    rows.into_iter().map(account).collect()
}

/// The account that belongs to an actor, if it is a local person's.
///
/// # Errors
/// Storage failures only.
pub fn of_actor(tx: &mut Read, actor: ActorId) -> Result<Option<AccountId>> {
    let found = on_either!(&mut tx.conn, |c| {
        accounts::table.filter(accounts::actor_id.eq(actor.0)).select(accounts::id).get_result(c)
    });
    Ok(found.optional()?.map(AccountId))
}

/// How many accounts have a role.
///
/// # Errors
/// Storage failures only.
pub fn count(tx: &mut Read, role: Option<Role>) -> Result<i64> {
    let mut query = accounts::table.into_boxed();
    if let Some(role) = role {
        query = query.filter(accounts::role.eq(role.code()));
    }
    Ok(query.count().get_result(&mut tx.conn)?)
}

/// Changes the password.
///
/// # Errors
/// Storage failures only.
pub fn set_password(tx: &mut Write, id: AccountId, phc: &str) -> Result<()> {
    diesel::update(accounts::table.find(id.0)).set(accounts::password.eq(phc)).execute(&mut tx.conn)?;
    Ok(())
}

/// Stores a credential under the SHA-256 of its secret.
///
/// # Errors
/// Storage failures only.
pub fn insert_credential(tx: &mut Write, new: &Credential, secret_hash: &[u8]) -> Result<()> {
    let row = (
        credentials::id.eq(new.id),
        credentials::account_id.eq(new.account.0),
        credentials::kind.eq(new.kind.code()),
        credentials::secret_hash.eq(secret_hash),
        credentials::scope.eq(new.scope.code()),
        credentials::label.eq(&new.label),
        credentials::created_at.eq(new.created.0),
        credentials::expires_at.eq(new.expires.0),
    );
    diesel::insert_into(credentials::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

type CredentialRow = (i64, i64, i16, i16, String, i64, i64);
type CredentialColumns = (
    credentials::id,
    credentials::account_id,
    credentials::kind,
    credentials::scope,
    credentials::label,
    credentials::created_at,
    credentials::expires_at,
);
const CREDENTIAL: CredentialColumns = (
    credentials::id,
    credentials::account_id,
    credentials::kind,
    credentials::scope,
    credentials::label,
    credentials::created_at,
    credentials::expires_at,
);

fn credential(row: CredentialRow) -> Result<Credential> {
    let (id, account, kind, scope, label, created, expires) = row;
    let kind = match kind {
        0 => Kind::Session,
        1 => Kind::Token,
        _ => return Err(Error::Unknown("credentials.kind")),
    };
    let scope = Scope::coded(scope).ok_or(Error::Unknown("credentials.scope"))?;
    Ok(Credential {
        id,
        account: AccountId(account),
        kind,
        scope,
        label,
        created: Time(created),
        expires: Time(expires),
    })
}

/// Who logs in with the secret of that SHA-256, if it is still worth something.
///
/// # Errors
/// Storage failures only.
pub fn login(tx: &mut Read, secret_hash: &[u8], now: Time) -> Result<Option<Login>> {
    let row: Option<(CredentialRow, i64, String, i16)> = credentials::table
        .inner_join(accounts::table.inner_join(actors::table))
        .filter(credentials::secret_hash.eq(secret_hash))
        .filter(credentials::expires_at.gt(now.0))
        .select((CREDENTIAL, actors::id, actors::name, accounts::role))
        .get_result(&mut tx.conn)
        .optional()?;
    let Some((row, actor, name, role)) = row else { return Ok(None) };
    let role = Role::coded(role).ok_or(Error::Unknown("accounts.role"))?;
    Ok(Some(Login { credential: credential(row)?, actor: ActorId(actor), name, role }))
}

/// The live credentials of an account, newest first.
///
/// # Errors
/// Storage failures only.
pub fn credentials(tx: &mut Read, account: AccountId, now: Time) -> Result<Vec<Credential>> {
    let rows: Vec<CredentialRow> = credentials::table
        .filter(credentials::account_id.eq(account.0))
        .filter(credentials::expires_at.gt(now.0))
        .order(credentials::id.desc())
        .limit(200)
        .select(CREDENTIAL)
        .load(&mut tx.conn)?;
    rows.into_iter().map(credential).collect()
}

/// Sets until when a credential counts.
///
/// # Errors
/// Storage failures only.
pub fn prolong(tx: &mut Write, id: i64, expires: Time) -> Result<()> {
    diesel::update(credentials::table.find(id)).set(credentials::expires_at.eq(expires.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// Makes all sessions of the account worthless; its tokens go on.
///
/// # Errors
/// Storage failures only.
pub fn revoke_sessions(tx: &mut Write, account: AccountId) -> Result<()> {
    let sessions = credentials::table
        .filter(credentials::account_id.eq(account.0))
        .filter(credentials::kind.eq(Kind::Session.code()));
    diesel::delete(sessions).execute(&mut tx.conn)?;
    Ok(())
}

/// Makes one credential of the account worthless. Says whether there was one.
///
/// # Errors
/// Storage failures only.
pub fn revoke(tx: &mut Write, account: AccountId, id: i64) -> Result<bool> {
    let one = credentials::table.filter(credentials::id.eq(id)).filter(credentials::account_id.eq(account.0));
    Ok(diesel::delete(one).execute(&mut tx.conn)? > 0)
}

/// Makes all credentials of the account worthless but `except`.
///
/// # Errors
/// Storage failures only.
pub fn revoke_all(tx: &mut Write, account: AccountId, except: Option<i64>) -> Result<usize> {
    let others = credentials::table
        .filter(credentials::account_id.eq(account.0))
        .filter(credentials::id.ne(except.unwrap_or(0)));
    Ok(diesel::delete(others).execute(&mut tx.conn)?)
}

/// Deletes what expired before `now`; `limit` of it, the oldest first.
///
/// # Errors
/// Storage failures only.
pub fn forget_expired(tx: &mut Write, now: Time, limit: i64) -> Result<usize> {
    let (ends, old) = (credentials::expires_at.assume_not_null(), credentials::expires_at.le(now.0));
    Ok(delete_oldest!(tx, credentials by ends, old, limit)?)
}
