//! Sessions and tokens of other people, as those see them who run the place: which there are, never what is shown with them; and ending them,
//! for an account that somebody else has got into. One's own are ended without this (`account`).

use domain::rights::Right;
use domain::{AccountId, Deed, Noun};
use storage::Read;
use storage::accounts::{self, Account, Credential};

use crate::hosting::By;
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// Those that count, the newest first.
///
/// # Errors
/// [`domain::Refusal::NotFound`], refusals to those who may not see it; failures.
pub async fn list(ctx: &Ctx, by: &By, name: &str) -> Result<Vec<Credential>> {
    by.must(Right::EndSessions)?;
    let (name, now) = (name.trim().to_owned(), ctx.now());
    ctx.db()
        .read(move |tx| {
            let account = named(tx, &name)?;
            Ok(accounts::credentials(tx, account.id, now)?)
        })
        .await
}

fn named(tx: &mut Read, name: &str) -> Result<Account> {
    accounts::by_name(tx, name)?.ok_or(Error::missing(Noun::Person))
}

/// Ends one of them, or all but the one that is used for it. Says what is left. Where there is nothing to end, nothing is written in the log.
///
/// # Errors
/// [`domain::Refusal::NotFound`] of a person, or of one that is not theirs or has ended; as for [`list`].
pub async fn end(ctx: &Ctx, by: &By, name: &str, one: Option<i64>, reason: &str) -> Result<Vec<Credential>> {
    by.must(Right::EndSessions)?;
    let (cx, by, name, reason) = (ctx.clone(), by.clone(), name.trim().to_owned(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let account = named(tx, &name)?;
            let ended = match one {
                Some(id) if accounts::revoke(tx, account.id, id)? => 1,
                Some(_) => return Err(Error::missing(Noun::Credential)),
                None => accounts::revoke_all(tx, account.id, in_use(&by, account.id))?,
            };
            if ended > 0 {
                by.note_of(tx, &cx, Deed::EndSessions, &account.name, &reason)?;
            }
            Ok(accounts::credentials(tx, account.id, cx.now())?)
        })
        .await
}

/// Who ends all of their own goes on with the one in use.
fn in_use(by: &By, account: AccountId) -> Option<i64> {
    match by {
        By::Administrator(person) if person.account == account => Some(person.credential),
        _ => None,
    }
}
