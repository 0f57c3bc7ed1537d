//! Accounts as those who run the instance see them, and those who have applied for one: listing them, letting them in or not.

use domain::rights::{Reach, Right};
use domain::{AccountId, Deed, Noun, Refusal, Role, Time};
use storage::accounts::{self, Account};
use storage::applications::{self, Application};
use storage::{Read, Write, boards, invitations, staff};

use crate::hosting::{By, and_one, cut};
use crate::writing::reasoned;
use crate::{Ctx, Error, Result, account};

/// Where somebody stands who has joined, or wants to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They have an account.
    Active,
    /// Nobody has decided.
    Waiting,
    /// They were not let in. The name is free again.
    TurnedAway,
}

/// Somebody who has joined, or wants to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id of the application; none for those with an account.
    pub application: Option<i64>,
    /// The name.
    pub name: String,
    /// Where they stand.
    pub standing: Standing,
    /// Their role; none for those without an account.
    pub role: Option<Role>,
    /// The addresses of the boards on which they have it; none: everywhere.
    pub boards: Option<Vec<String>>,
    /// What they answered; none for those about whom nobody has to decide.
    pub answer: Option<String>,
    /// Who invited them.
    pub inviter: Option<String>,
    /// When the account, or the application, was made.
    pub created: Time,
}

impl From<Application> for Entry {
    fn from(application: Application) -> Self {
        let Application { id, name, answer, created, state, .. } = application;
        let (standing, answer) = match state {
            applications::State::Waiting => (Standing::Waiting, Some(answer)),
            applications::State::TurnedAway => (Standing::TurnedAway, None),
        };
        Self { application: Some(id), name, standing, role: None, boards: None, answer, inviter: None, created }
    }
}

/// A page of them, newest first, and the id after which the next page begins.
///
/// # Errors
/// Refusals of those who do not run this instance; failures.
pub async fn page(
    ctx: &Ctx,
    by: &By,
    standing: Standing,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Entry>, Option<i64>)> {
    by.must(Right::RunAccounts)?;
    ctx.db()
        .read(move |tx| match standing {
            Standing::Active => active(tx, before, limit),
            Standing::Waiting => applied(tx, applications::State::Waiting, before, limit),
            Standing::TurnedAway => applied(tx, applications::State::TurnedAway, before, limit),
        })
        .await
}

fn active(tx: &mut Read, before: Option<i64>, limit: usize) -> Result<(Vec<Entry>, Option<i64>)> {
    let mut found = accounts::page(tx, before, and_one(limit))?;
    let next = cut(&mut found, limit, |account| account.id.0);
    let ids: Vec<AccountId> = found.iter().map(|account| account.id).collect();
    let mut inviters = invitations::inviters(tx, &ids)?;
    let entries = found.into_iter().map(|account| {
        let inviter = inviters.remove(&account.id);
        entry(tx, account, inviter)
    });
    Ok((entries.collect::<Result<_>>()?, next))
}

fn entry(tx: &mut Read, account: Account, inviter: Option<String>) -> Result<Entry> {
    let boards = boards(tx, &account)?;
    let Account { name, role, created, .. } = account;
    let standing = Standing::Active;
    Ok(Entry { application: None, name, standing, role: Some(role), boards, answer: None, inviter, created })
}

/// The boards on which somebody has their role, unless that is everywhere.
fn boards(tx: &mut Read, account: &Account) -> Result<Option<Vec<String>>> {
    let Reach::Boards(ids) = staff::reach(tx, account.id, account.role)? else { return Ok(None) };
    let found = ids.iter().map(|id| Ok(boards::find(tx, *id)?.map(|board| board.address())));
    Ok(Some(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect()))
}

fn applied(
    tx: &mut Read,
    state: applications::State,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Entry>, Option<i64>)> {
    let mut found = applications::page(tx, state, before, and_one(limit))?;
    let next = cut(&mut found, limit, |application| application.id);
    Ok((found.into_iter().map(Entry::from).collect(), next))
}

/// Whoever has that name, or has applied for it; one of each at most.
///
/// # Errors
/// As for [`page`].
pub async fn named(ctx: &Ctx, by: &By, name: &str) -> Result<Vec<Entry>> {
    by.must(Right::RunAccounts)?;
    let name = name.trim().to_owned();
    ctx.db()
        .read(move |tx| {
            let mut found: Vec<Entry> = applications::by_name(tx, &name)?.map(Entry::from).into_iter().collect();
            if let Some(account) = accounts::by_name(tx, &name)? {
                let inviter = invitations::inviters(tx, &[account.id])?.remove(&account.id);
                found.push(entry(tx, account, inviter)?);
            }
            Ok(found)
        })
        .await
}

/// What is decided about an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They get the account.
    Admit,
    /// They do not, and the name is free again.
    TurnAway,
}

/// Decides about an application, and says where the person stands then. Doing it twice does nothing the second time. Whoever says which
/// application they have looked at (`seen`) decides about that one: the name may have been applied for again since, by somebody else.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::OutOfTurn`] for somebody who has an account and is to be turned away; [`Refusal::Conflict`] where another application
/// waits than was looked at; as for [`page`].
pub async fn decide(
    ctx: &Ctx,
    by: &By,
    (name, seen): (&str, Option<i64>),
    decision: Decision,
    reason: &str,
) -> Result<Entry> {
    by.must(Right::RunAccounts)?;
    let (cx, by, name, reason) = (ctx.clone(), by.clone(), name.trim().to_owned(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let application = applications::by_name(tx, &name)?;
            let waits = |one: &Application| one.state == applications::State::Waiting;
            if application.as_ref().is_some_and(|one| waits(one) && seen.is_some_and(|seen| seen != one.id)) {
                return Err(Error::Refused(Refusal::Conflict));
            }
            match (application, decision) {
                (Some(one), Decision::Admit) if waits(&one) => admit(tx, &cx, &by, one, &reason),
                (Some(one), Decision::TurnAway) if waits(&one) => turn_away(tx, &cx, &by, one, &reason),
                (known, decision) => decided(tx, known, &name, decision),
            }
        })
        .await
}

fn admit(tx: &mut Write, ctx: &Ctx, by: &By, application: Application, reason: &str) -> Result<Entry> {
    let Application { id, name, password, .. } = application;
    // Before the account is stored: the name is kept for it until then.
    applications::remove(tx, id)?;
    by.note_of(tx, ctx, Deed::Admit, &name, reason)?;
    let account = account::store(tx, ctx, name, Some(password), Role::Member, None)?;
    let account = accounts::find(tx, account)?.ok_or(Error::missing(Noun::Person))?;
    entry(tx, account, None)
}

fn turn_away(tx: &mut Write, ctx: &Ctx, by: &By, application: Application, reason: &str) -> Result<Entry> {
    applications::turn_away(tx, application.id)?;
    // Their name is not in the log, which everybody can read: they never were here.
    by.log(tx, ctx, Deed::TurnAway, reason)?;
    Ok(Entry::from(Application { state: applications::State::TurnedAway, ..application }))
}

const IS_IN: &str = "This person has an account. Suspend them instead.";

/// What was decided before.
fn decided(tx: &mut Read, application: Option<Application>, name: &str, decision: Decision) -> Result<Entry> {
    match (accounts::by_name(tx, name)?, application, decision) {
        (Some(account), _, Decision::Admit) => {
            let inviter = invitations::inviters(tx, &[account.id])?.remove(&account.id);
            entry(tx, account, inviter)
        }
        (None, Some(application), Decision::TurnAway) => Ok(application.into()),
        (Some(_), _, Decision::TurnAway) => Err(Error::Refused(Refusal::OutOfTurn(IS_IN))),
        (None, _, _) => Err(Error::missing(Noun::Person)),
    }
}
