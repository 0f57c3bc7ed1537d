//! Those with a role above member: who they are, and on which boards they have it.

use diesel::prelude::*;
use domain::rights::Reach;
use domain::{AccountId, ActorId, BoardId, Role};

use crate::conn::{Change, Read, Write};
use crate::schema::{account_boards, accounts, actors};
use crate::{Error, Result};

/// Boards that one person has a role on at most.
pub const MOST_BOARDS: usize = 200;

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub actor: ActorId,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Where.
    pub reach: Reach,
}

/// Stored in `accounts.reach`.
const EVERYWHERE: i16 = 0;
const ON_BOARDS: i16 = 1;

/// All of them, by name. There are few.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn list(tx: &mut Read) -> Result<Vec<Staff>> {
    let rows: Vec<(i64, i64, String, i16)> = accounts::table
        .inner_join(actors::table)
        // A number in the statement and no parameter: PostgreSQL is to know how few they are.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("accounts.role > 0"))
        .order(actors::name_key)
        .limit(1000)
        .select((accounts::id, actors::id, actors::name, accounts::role))
        .load(&mut tx.conn)?;
    let staff = |(account, actor, name, role): (i64, i64, String, i16)| {
        let role = Role::coded(role).ok_or(Error::Unknown("accounts.role"))?;
        Ok(Staff { actor: ActorId(actor), name, role, reach: reach(tx, AccountId(account), role)? })
    };
    rows.into_iter().map(staff).collect()
}

/// Where an account has the role that it has.
pub fn reach(tx: &mut Read, account: AccountId, role: Role) -> Result<Reach> {
    if matches!(role, Role::Member | Role::Admin) {
        return Ok(Reach::Everywhere);
    }
    let reach: Option<i16> =
        accounts::table.find(account.0).select(accounts::reach).get_result(&mut tx.conn).optional()?;
    if reach == Some(EVERYWHERE) {
        return Ok(Reach::Everywhere);
    }
    let boards = account_boards::table.filter(account_boards::account_id.eq(account.0));
    let mut boards: Vec<i64> = boards.select(account_boards::board_id).load(&mut tx.conn)?;
    boards.sort_unstable();
    Ok(Reach::Boards(boards.into_iter().map(BoardId).collect()))
}

/// How many administrators there are. Nobody gets or loses a role until this transaction has ended: on PostgreSQL they take turns, on SQLite
/// there is one writer.
pub fn hold_roles(tx: &mut Write) -> Result<usize> {
    #[cfg(feature = "postgres")]
    if let crate::conn::Conn::Pg(conn) = &mut tx.conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtext('rejoinder.roles'))").execute(conn)?;
    }
    let found = accounts::table.filter(accounts::role.eq(Role::Admin.code()));
    Ok(usize::try_from(found.count().get_result::<i64>(&mut tx.conn)?).unwrap_or(0))
}

/// Gives an account a role.
pub fn appoint(tx: &mut Write, account: AccountId, role: Role, reach: &Reach) -> Result<()> {
    let (code, boards) = match reach {
        Reach::Everywhere => (EVERYWHERE, &[][..]),
        Reach::Boards(boards) => (ON_BOARDS, &**boards),
    };
    let set = (accounts::role.eq(role.code()), accounts::reach.eq(code));
    diesel::update(accounts::table.find(account.0)).set(set).execute(&mut tx.conn)?;
    diesel::delete(account_boards::table.filter(account_boards::account_id.eq(account.0))).execute(&mut tx.conn)?;
    for board in boards {
        let row = (account_boards::account_id.eq(account.0), account_boards::board_id.eq(board.0));
        diesel::insert_into(account_boards::table).values(row).execute(&mut tx.conn)?;
    }
    // Their mark stands beside every comment of theirs.
    tx.tell(Change::Site);
    Ok(())
}
