//! The set-up link: how an instance gets its first administrator, its name and its first board.

use domain::text::Giver;
use domain::{AccountId, Noun, Refusal, Role};
use storage::{Read, Write, settings};

use crate::{Ctx, Error, Result, account, board, instance, secrets};

/// Where the digest of the link's secret is kept; there is at most one link.
const KEY: &str = "setup_link";

/// A fresh secret for the link; the one before is worth nothing from now on. An instance that has an administrator is set up: whoever used
/// a link there would name it anew.
///
/// # Errors
/// A refusal where there is an administrator, which says what to do instead; failures.
pub async fn renew(ctx: &Ctx) -> Result<String> {
    let remedy = "It has an administrator already. `rejoinder account role NAME admin` makes another one, and `rejoinder account password \
                  NAME` gives one a new password.";
    renew_if_needed(ctx).await?.ok_or(Error::Refused(Refusal::Forbidden("set this instance up again", remedy)))
}

/// A fresh secret if the instance has no administrator yet.
///
/// # Errors
/// Failures only.
pub async fn renew_if_needed(ctx: &Ctx) -> Result<Option<String>> {
    let secret = secrets::secret(ctx);
    let digest = secrets::digest_text(&secret);
    let renewed = move |tx: &mut Write| {
        let needed = !account::has_admin(tx)?;
        if needed {
            settings::set(tx, KEY, &digest)?;
        }
        Ok::<_, Error>(needed)
    };
    Ok(ctx.db().write(renewed).await?.then_some(secret))
}

/// Whether the secret opens the set-up page.
///
/// # Errors
/// Failures only.
pub async fn opens(ctx: &Ctx, secret: &str) -> Result<bool> {
    let digest = secrets::digest_text(secret);
    ctx.db().read(move |tx| is_good(tx, &digest)).await
}

/// Whether the link with this digest is the one that counts. None does where somebody administers the instance: a link from before may stand
/// in a backup.
fn is_good(tx: &mut Read, digest: &str) -> Result<bool> {
    Ok(settings::get(tx, KEY)?.is_some_and(|stored| stored == digest) && !account::has_admin(tx)?)
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

/// All that is wrong with what was typed, as far as it shows without asking what is there: somebody who fills in five fields is not told of one
/// mistake after the other.
#[must_use]
pub fn mistakes(ctx: &Ctx, decisions: &Decisions) -> Vec<Error> {
    let name = named(ctx, decisions);
    let password = secrets::check_password(&decisions.password, name.as_deref().unwrap_or_default());
    let found = [titled(ctx, decisions).map(drop), name.map(drop), password, opened(ctx, decisions).map(drop)];
    found.into_iter().filter_map(Result::err).collect()
}

fn named(ctx: &Ctx, decisions: &Decisions) -> Result<String> {
    crate::naming::check_given(ctx, &decisions.name, Giver::Host)
}

fn titled(ctx: &Ctx, decisions: &Decisions) -> Result<String> {
    instance::check_name(ctx, "instance", &decisions.instance)
}

/// The first board, if there is to be one.
fn opened(ctx: &Ctx, decisions: &Decisions) -> Result<Option<board::Checked>> {
    let name = decisions.board.trim();
    let said = board::Description { title: decisions.board_title.clone(), ..Default::default() };
    if name.is_empty() { Ok(None) } else { board::check(ctx, name, &said).map(Some).map_err(of_board) }
}

/// Makes the administrator's account, names the instance and makes the first board. The link is used up.
///
/// # Errors
/// [`domain::Refusal::NotFound`] when the link is not (or no longer) good; refusals of what was typed, which leave it good; failures.
pub async fn claim(ctx: &Ctx, secret: &str, decisions: Decisions) -> Result<AccountId> {
    if !opens(ctx, secret).await? {
        return Err(Error::missing(Noun::SetupLink));
    }
    let name = named(ctx, &decisions)?;
    secrets::check_password(&decisions.password, &name)?;
    let (title, board) = (titled(ctx, &decisions)?, opened(ctx, &decisions)?);
    let phc = secrets::hash(ctx, &decisions.password).await?;
    let (cx, digest) = (ctx.clone(), secrets::digest_text(secret));
    ctx.db()
        .write(move |tx| {
            // Whoever deletes the setting has the link; two who come at once are told apart here.
            let good = is_good(tx, &digest)? && settings::remove(tx, KEY)?;
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
