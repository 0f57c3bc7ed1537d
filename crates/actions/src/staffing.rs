//! Who has which role, and on which boards. Not here: what a role may do (`domain::rights`).

use domain::rights::{Reach, Right};
use domain::{Deed, Noun, Refusal, Role, Sanction};
use storage::accounts::{self, Account};
use storage::staff::{self, MOST_BOARDS, Staff};
use storage::{Read, boards};

use crate::hosting::By;
use crate::sanctions::known;
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// A role as it is to be given.
#[derive(Clone, Debug)]
pub struct Appointment {
    /// The role.
    pub role: Role,
    /// Names of the boards on which it is held; `None`: on all.
    pub boards: Option<Vec<String>>,
}

/// Those with a role, by name.
///
/// # Errors
/// A refusal to those who may not see accounts; failures.
pub async fn list(ctx: &Ctx, by: &By) -> Result<Vec<Staff>> {
    by.must(Right::RunAccounts)?;
    Ok(ctx.db().read(staff::list).await?)
}

/// Those with a role who may act on it: not who is suspended everywhere.
pub(crate) fn acting(tx: &mut Read, ctx: &Ctx) -> Result<Vec<Staff>> {
    let mut all = staff::list(tx)?;
    all.retain(|one| known::of(ctx, one.actor).everywhere() != Some(Sanction::Suspend));
    Ok(all)
}

/// Gives somebody a role. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals to those who may not, of boards that are not here or not for this role, of taking the last administrator's role; failures.
pub async fn appoint(ctx: &Ctx, by: &By, name: &str, to: Appointment, reason: &str) -> Result<Staff> {
    by.must(Right::RunAccounts)?;
    let (cx, by, name, reason) = (ctx.clone(), by.clone(), name.trim().to_owned(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            // First, so that nobody's role changes between the look and the change.
            let administrators = staff::hold_roles(tx)?;
            let account = accounts::by_name(tx, &name)?.ok_or(Error::missing(Noun::Person))?;
            let reach = reach(tx, &to)?;
            let now = Staff { actor: account.actor, name: account.name.clone(), role: to.role, reach };
            if account.role == to.role && staff::reach(tx, account.id, account.role)? == now.reach {
                return Ok(now);
            }
            keep_one(administrators, &account, to.role)?;
            staff::appoint(tx, account.id, to.role, &now.reach)?;
            by.note_of(tx, &cx, deed(to.role), &account.name, &reason)?;
            Ok(now)
        })
        .await
}

/// What it is called in the log that somebody has a role.
pub(crate) fn deed(role: Role) -> Deed {
    match role {
        Role::Member => Deed::MakeMember,
        Role::Helper => Deed::MakeHelper,
        Role::Moderator => Deed::MakeModerator,
        Role::Admin => Deed::MakeAdmin,
    }
}

fn reach(tx: &mut Read, to: &Appointment) -> Result<Reach> {
    let Some(names) = &to.boards else { return Ok(Reach::Everywhere) };
    let problem = match to.role {
        Role::Member | Role::Admin => {
            Some("leave it out: only helpers and moderators have their role on boards".into())
        }
        Role::Helper | Role::Moderator if names.is_empty() => Some("name one at least, or leave it out for all".into()),
        Role::Helper | Role::Moderator => {
            (names.len() > MOST_BOARDS).then(|| format!("name {MOST_BOARDS} at most, or leave it out for all"))
        }
    };
    if let Some(problem) = problem {
        return Err(Error::Refused(Refusal::field("boards", problem)));
    }
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let board = boards::by_name(tx, name)?.ok_or_else(|| {
            Error::Refused(Refusal::field("boards", format!("there is no board “{name}” on this server")))
        })?;
        found.push(board.id);
    }
    found.sort_unstable();
    found.dedup();
    Ok(Reach::Boards(found.into()))
}

/// An instance that nobody administers could not be mended from outside the machine.
fn keep_one(administrators: usize, account: &Account, role: Role) -> Result<()> {
    if account.role != Role::Admin || role == Role::Admin || administrators > 1 {
        return Ok(());
    }
    let remedy = "Nobody else administers this instance; make somebody else an administrator first.";
    Err(Error::Refused(Refusal::Forbidden("give up the last administrator's role", remedy)))
}
