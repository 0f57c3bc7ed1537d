//! The set-up link: how an instance gets its first administrator, its name and its first board.

use domain::text::Giver;
use domain::{AccountId, Noun, Refusal, Role};
use storage::{Write, settings};

use crate::{Ctx, Error, Result, account, board, instance, secrets};

/// Where the digest of the link's secret is kept; there is at most one link.
const KEY: &str = "setup_link";

/// A fresh secret for the link; the one before is worth nothing from now on.
///
/// # Errors
/// Failures only.
pub async fn renew(ctx: &Ctx) -> Result<String> {
    let secret = secrets::secret(ctx);
    let digest = secrets::digest_text(&secret);
    ctx.db().write(move |tx| settings::set(tx, KEY, &digest)).await?;
    Ok(secret)
}

/// A fresh secret if the instance has no administrator yet.
///
/// # Errors
/// Failures only.
pub async fn renew_if_needed(ctx: &Ctx) -> Result<Option<String>> {
    let has_admin = ctx.db().read(account::has_admin).await?;
    if has_admin { Ok(None) } else { Ok(Some(renew(ctx).await?)) }
}

/// Makes the link worthless, if there is one.
pub(crate) fn forget(tx: &mut Write) -> Result<()> {
    settings::remove(tx, KEY)?;
    Ok(())
}

/// Whether the secret opens the set-up page.
///
/// # Errors
/// Failures only.
pub async fn opens(ctx: &Ctx, secret: &str) -> Result<bool> {
    let digest = secrets::digest_text(secret);
    let stored = ctx.db().read(|tx| settings::get(tx, KEY)).await?;
    Ok(stored.is_some_and(|stored| stored == digest))
}

/// What the first administrator decides.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
    /// What the instance is called.
    pub instance: String,
    /// Name of the first board; empty for none.
    pub board: String,
    /// Its title.
    pub board_title: String,
}

/// Makes the administrator's account, names the instance and makes the first board. The link is used up.
///
/// # Errors
/// [`domain::Refusal::NotFound`] when the link is not (or no longer) good; refusals of what was typed, which leave it good; failures.
pub async fn claim(ctx: &Ctx, secret: &str, decisions: Decisions) -> Result<AccountId> {
    if !opens(ctx, secret).await? {
        return Err(Error::missing(Noun::SetupLink));
    }
    let name = crate::naming::check_given(ctx, &decisions.name, Giver::Host)?;
    secrets::check_password(&decisions.password, &name)?;
    let title = instance::check_name(ctx, &decisions.instance).map_err(|error| error.at("instance"))?;
    let board = match decisions.board.trim() {
        "" => None,
        board => {
            let said = board::Description { title: decisions.board_title.clone(), ..Default::default() };
            Some(board::check(ctx, board, &said).map_err(of_board)?)
        }
    };
    let phc = secrets::hash(ctx, &decisions.password).await?;
    let (cx, digest) = (ctx.clone(), secrets::digest_text(secret));
    ctx.db()
        .write(move |tx| {
            // Whoever deletes the setting has the link; two who come at once are told apart here.
            let good = settings::get(tx, KEY)?.is_some_and(|stored| stored == digest) && settings::remove(tx, KEY)?;
            if !good {
                return Err(Error::missing(Noun::SetupLink));
            }
            settings::set(tx, instance::NAME, &title)?;
            if let Some(board) = board {
                board::store(tx, &cx, board).map_err(of_board)?;
            }
            account::store(tx, &cx, name, Some(phc), Role::Admin, None)
        })
        .await
}

/// The form asks for two names: this one is the board's. Its title is refused as one.
fn of_board(error: Error) -> Error {
    match error {
        Error::Refused(Refusal::Text(_)) => error,
        other => other.at("board"),
    }
}
