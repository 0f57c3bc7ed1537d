//! Lists of servers that somebody else keeps, looked at again and again. What changes in one waits until somebody has decided about it:
//! nothing counts by itself. Here: beginning and ending a subscription. Not here: looking (`fetching`), deciding (`review`), what is
//! proposed (`domain::listing`).

pub mod fetching;
pub mod review;

use domain::rights::Right;
use domain::{Deed, Noun, Refusal};
use storage::blocklists::{self, Blocklist, State};
use storage::{Read, jobs};

use super::{By, and_one};
use crate::writing::reasoned;
use crate::{Ctx, Error, Result, sealed};

/// How many there can be: each is looked at every day.
pub const MOST: usize = 20;

/// All of them, the oldest first.
///
/// # Errors
/// Refusals of those who do not run this instance; failures. Also of the other functions here.
pub async fn list(ctx: &Ctx, by: &By) -> Result<Vec<Blocklist>> {
    by.must(Right::RunPeers)?;
    Ok(ctx.db().read(|tx| blocklists::all(tx, and_one(MOST))).await?)
}

/// How many lines of all lists wait for somebody to decide, as of the last time that was counted.
///
/// # Errors
/// As of [`list`].
pub async fn waiting(ctx: &Ctx, by: &By) -> Result<i64> {
    Ok(list(ctx, by).await?.iter().map(|list| list.state.waiting).sum())
}

/// Begins to look at a list, at once and then each day. A list that is not to be had is tried again; what it says then is how it goes.
///
/// # Errors
/// [`Refusal::Field`] for an address that is not fetched from, one that is looked at already, and too many; as of [`list`].
pub async fn subscribe(ctx: &Ctx, by: &By, url: &str, reason: &str) -> Result<Blocklist> {
    by.must(Right::RunPeers)?;
    let url = sealed::address(ctx.elsewhere().rules(), url)?;
    if ctx.elsewhere().rules().is_ours(&url) {
        return Err(unfit("it is on this server, which does not fetch from itself; give the address of another"));
    }
    let (id, created) = (ctx.id(), ctx.now());
    let (new, host) = (Blocklist { id, url: url.to_string(), created, state: State::default() }, url.host());
    let (cx, who, reason) = (ctx.clone(), by.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let known = blocklists::all(tx, and_one(MOST))?;
            fits(&known, &new.url)?;
            who.note(tx, &cx, Deed::Subscribe, Some(&host), &reason)?;
            jobs::insert(tx, id, fetching::KIND, "", cx.now().plus_ms(fetching::DAY_MS))?;
            Ok::<_, Error>(blocklists::insert(tx, &new)?)
        })
        .await?;
    fetching::fetch(ctx, by, id).await
}

fn fits(known: &[Blocklist], url: &str) -> Result<()> {
    if known.iter().any(|one| one.url == url) {
        return Err(unfit("it is subscribed to already; have that one fetched"));
    }
    if known.len() >= MOST {
        return Err(unfit(&format!("{MOST} are as many as there can be; remove one first")));
    }
    Ok(())
}

fn unfit(problem: &str) -> Error {
    Error::Refused(Refusal::field("url", problem))
}

/// Looks at a list no more. What was decided because of it stays, as if it had been decided by hand.
///
/// # Errors
/// [`Refusal::NotFound`]; as of [`list`].
pub async fn unsubscribe(ctx: &Ctx, by: &By, id: i64) -> Result<()> {
    by.must(Right::RunPeers)?;
    let (cx, by) = (ctx.clone(), by.clone());
    ctx.db()
        .write(move |tx| {
            let list = found(tx, id)?;
            by.note(tx, &cx, Deed::Unsubscribe, Some(&host(&cx, &list)), "")?;
            jobs::done(tx, id)?;
            blocklists::remove(tx, id)?;
            Ok(())
        })
        .await
}

fn found(tx: &mut Read, id: i64) -> Result<Blocklist> {
    blocklists::find(tx, id)?.ok_or(Error::missing(Noun::Blocklist))
}

/// The server that a list is on.
fn host(ctx: &Ctx, list: &Blocklist) -> String {
    ctx.elsewhere().rules().callable(&list.url).map(|url| url.host()).unwrap_or_default()
}
