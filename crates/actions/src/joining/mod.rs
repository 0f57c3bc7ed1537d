//! Joining: how somebody gets an account by form, or has to wait for one. Not here: accounts that the host makes, sessions (`account`);
//! how often somebody may try (`http`).

pub mod accounts;
pub mod challenge;
pub mod invitations;

use domain::joining::{self, Entrance, Pass};
use domain::{AccountId, Refusal, Role};
use storage::applications::{self, Application, State};
use storage::invitations as rows;
use storage::{Read, Write, stats};

use crate::{Ctx, Error, Result, account, naming, secrets};

/// Somebody who wants to join, as they filled in the form.
#[derive(Clone, Debug, Default)]
pub struct Candidate {
    /// The name they want.
    pub name: String,
    /// The password they chose.
    pub password: String,
    /// What they answered to the question that applicants are asked; empty for nothing.
    pub answer: String,
    /// The code of their invitation, if they have one.
    pub invitation: Option<String>,
}

impl Candidate {
    fn pass(&self) -> Pass {
        self.invitation.as_ref().map_or(Pass::Nothing, |_| Pass::Invitation)
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// They have an account.
    Account(AccountId),
    /// An administrator decides; until then they are nobody.
    Waiting,
}

/// So many may wait to be let in: nobody reads more answers, and strangers could fill the disk.
pub const MOST_WAITING: i64 = 1_000;

/// Whether somebody could join so, as it stands now; and how they would come in.
///
/// # Errors
/// Refusals of the mode, the name, the password, the answer, the invitation; [`Refusal::ApplicationsFull`]; failures.
pub async fn may_join(ctx: &Ctx, candidate: &Candidate) -> Result<Entrance> {
    let limits = ctx.limits();
    let entrance = limits.joining.entrance(candidate.pass())?;
    let name = naming::check(ctx, &candidate.name)?;
    secrets::check_password(&candidate.password, &name)?;
    if entrance == Entrance::OnceApproved {
        joining::answer(&limits.question, &candidate.answer)?;
    }
    if let Some(code) = &candidate.invitation {
        invitations::check(ctx, code).await?;
    }
    let days = limits.retention.applications_days;
    ctx.db().read(move |tx| room(tx, &name, entrance, days)).await?;
    Ok(entrance)
}

/// Refuses a name that is not free, and an application where too many wait; each ends after so many days.
fn room(tx: &mut Read, name: &str, entrance: Entrance, days: u32) -> Result<()> {
    naming::free(tx, name)?;
    if entrance == Entrance::OnceApproved && stats::applied(tx, MOST_WAITING)? >= MOST_WAITING {
        return Err(Error::Refused(Refusal::ApplicationsFull { days }));
    }
    Ok(())
}

/// Makes an account by form, or an application for one.
///
/// # Errors
/// As [`may_join`]; [`Refusal::NameTaken`].
pub async fn join(ctx: &Ctx, candidate: &Candidate) -> Result<Joined> {
    let entrance = may_join(ctx, candidate).await?;
    let name = naming::check(ctx, &candidate.name)?;
    let phc = secrets::hash(ctx, &candidate.password).await?;
    if entrance == Entrance::OnceApproved {
        let answer = joining::answer(&ctx.limits().question, &candidate.answer)?;
        return apply(ctx, name, phc, answer).await;
    }
    let (cx, code) = (ctx.clone(), candidate.invitation.clone());
    ctx.db()
        .write(move |tx| {
            let inviter = match &code {
                Some(code) => invitations::take(tx, code, cx.now())?,
                None => None,
            };
            let id = account::store(tx, &cx, name, Some(phc), Role::Member, None)?;
            if let Some(inviter) = inviter {
                rows::record(tx, id, inviter)?;
            }
            Ok(Joined::Account(id))
        })
        .await
}

async fn apply(ctx: &Ctx, name: String, password: String, answer: String) -> Result<Joined> {
    let new = Application { id: ctx.id(), name, password, answer, state: State::Waiting, created: ctx.now() };
    let days = ctx.limits().retention.applications_days;
    ctx.db().write(move |tx| keep(tx, &new, days)).await?;
    Ok(Joined::Waiting)
}

fn keep(tx: &mut Write, new: &Application, days: u32) -> Result<()> {
    room(tx, &new.name, Entrance::OnceApproved, days)?;
    match applications::insert(tx, new) {
        Err(storage::Error::Duplicate(_)) => Err(Error::Refused(Refusal::NameTaken(new.name.clone()))),
        other => Ok(other?),
    }
}
