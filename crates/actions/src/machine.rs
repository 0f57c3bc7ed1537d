//! What whoever has the machine does by the command line, and nobody by the API: it stands in the moderation log like what administrators do.

use domain::{AccountId, Deed, Role};

use crate::hosting::By;
use crate::{Ctx, Result, account, staffing};

/// Makes an account. That somebody has a role stands in the log; that somebody has joined never does.
///
/// # Errors
/// Refusals of name and password; failures.
pub async fn create_account(
    ctx: &Ctx,
    name: &str,
    password: Option<&str>,
    role: Role,
    email: Option<String>,
) -> Result<AccountId> {
    let (name, phc) = account::given(ctx, name, password).await?;
    let cx = ctx.clone();
    ctx.db()
        .write(move |tx| {
            let id = account::store(tx, &cx, name.clone(), phc, role, email)?;
            if role > Role::Member {
                By::Host.note_of(tx, &cx, staffing::deed(role), &name, "")?;
            }
            Ok(id)
        })
        .await
}

/// Gives an account a password: one that has none, or whose owner has lost it. Ends its sessions and its second factor.
///
/// # Errors
/// An unknown name, refusals of the password; failures.
pub async fn set_password(ctx: &Ctx, name: &str, password: &str) -> Result<()> {
    let (name, phc) = account::replacing(ctx, name, password).await?;
    let cx = ctx.clone();
    ctx.db()
        .write(move |tx| {
            let account = account::replace_password(tx, &name, &phc)?;
            By::Host.note_of(tx, &cx, Deed::ResetPassword, &account.name, "").map(drop)
        })
        .await
}
