//! Invitations: making, listing, revoking them; and what one is worth to whoever shows it.

use domain::rights::Right;
use domain::{ActorId, Deed, Refusal, Time};
use storage::Write;
use storage::invitations::{self, Invitation};

use crate::hosting::{By, and_one, cut};
use crate::writing::reasoned;
use crate::{Ctx, Error, Result, secrets};

/// How many may join with one at most.
pub const MAX_USES: u32 = 1_000;
/// How long one lasts at most, in days.
pub const MAX_DAYS: u32 = 365;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A new invitation. The code is shown once and never again.
#[derive(Clone, Debug)]
pub struct Issued {
    /// What the invited person shows.
    pub code: String,
    /// The rest.
    pub invitation: Invitation,
}

/// What an invitation is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How many may join with it.
    pub uses: u32,
    /// How many days it lasts.
    pub days: u32,
}

impl Wanted {
    fn check(self) -> Result<()> {
        if !(1..=MAX_USES).contains(&self.uses) {
            return Err(Error::Refused(Refusal::field("uses", format!("choose from 1 to {MAX_USES}"))));
        }
        if !(1..=MAX_DAYS).contains(&self.days) {
            return Err(Error::Refused(Refusal::field("days", format!("choose from 1 to {MAX_DAYS}"))));
        }
        Ok(())
    }
}

/// Makes one.
///
/// # Errors
/// Refusals of those who do not run this instance, of numbers that cannot be; failures.
pub async fn create(ctx: &Ctx, by: &By, wanted: Wanted, reason: &str) -> Result<Issued> {
    by.must(Right::RunAccounts)?;
    wanted.check()?;
    let (inviter, inviter_name) = match by {
        By::Administrator(person) => (Some(person.actor), Some(person.name.clone())),
        By::Host => (None, None),
    };
    let (code, created) = (secrets::secret(ctx), ctx.now());
    let invitation = Invitation {
        id: ctx.id(),
        inviter,
        inviter_name,
        uses_left: wanted.uses.into(),
        created,
        expires: created.plus_ms(i64::from(wanted.days) * DAY_MS),
    };
    let (cx, by, new, reason) = (ctx.clone(), by.clone(), invitation.clone(), reasoned(reason)?);
    let hash = secrets::digest(&code);
    ctx.db()
        .write(move |tx| {
            invitations::insert(tx, &new, &hash)?;
            by.log(tx, &cx, Deed::Invite, &reason)
        })
        .await?;
    Ok(Issued { code, invitation })
}

/// A page of them, newest first, and the id after which the next page begins.
///
/// # Errors
/// As for [`create`].
pub async fn page(ctx: &Ctx, by: &By, before: Option<i64>, limit: usize) -> Result<(Vec<Invitation>, Option<i64>)> {
    by.must(Right::RunAccounts)?;
    let mut found = ctx.db().read(move |tx| invitations::page(tx, before, and_one(limit))).await?;
    let next = cut(&mut found, limit, |invitation| invitation.id);
    Ok((found, next))
}

/// Makes one worthless. Who joined with it stays. Doing it twice does nothing the second time: one that is not there is worth nothing. Says
/// whether it was worth something.
///
/// # Errors
/// As for [`create`].
pub async fn revoke(ctx: &Ctx, by: &By, id: i64) -> Result<bool> {
    by.must(Right::RunAccounts)?;
    let (cx, by) = (ctx.clone(), by.clone());
    ctx.db()
        .write(move |tx| {
            let was_worth_something = invitations::revoke(tx, id, cx.now())?;
            if was_worth_something {
                by.log(tx, &cx, Deed::Uninvite, "")?;
            }
            Ok(was_worth_something)
        })
        .await
}

/// Whether somebody could join with this code.
///
/// # Errors
/// [`Refusal::Field`] of `invitation`; failures.
pub async fn check(ctx: &Ctx, code: &str) -> Result<()> {
    let (hash, now) = (secrets::digest(code.trim()), ctx.now());
    let found = ctx.db().read(move |tx| invitations::by_code(tx, &hash)).await?;
    found.filter(|one| one.uses_left > 0 && one.expires > now).map(drop).ok_or_else(worthless)
}

/// Takes a use of the invitation with this code, and says who made it.
pub(super) fn take(tx: &mut Write, code: &str, now: Time) -> Result<Option<ActorId>> {
    let found = invitations::by_code(tx, &secrets::digest(code.trim()))?.filter(|one| one.expires > now);
    let invitation = found.ok_or_else(worthless)?;
    if !invitations::take(tx, invitation.id)? {
        return Err(worthless());
    }
    Ok(invitation.inviter)
}

fn worthless() -> Error {
    let problem = "it is mistyped, used up, revoked or too old; ask whoever gave it to you for another one";
    Error::Refused(Refusal::field("invitation", problem))
}
