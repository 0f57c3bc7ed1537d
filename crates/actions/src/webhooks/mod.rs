//! Programs of the host that are told of what happens: adding and removing them, seeing how it goes, pausing, trying. What happens is written
//! down in the transaction in which it happens; here is also where actions say so. Not here: what is said (`letter`), bringing it (`telling`).

mod letter;
pub mod telling;

use domain::rights::Right;
use domain::{CommentId, Deed, News, Noun, Refusal, Time};
use storage::webhooks::{self, Item, State, Webhook};
use storage::{Read, Write};

use crate::hosting::{By, and_one, cut};
use crate::retention::AT_ONCE;
use crate::writing::reasoned;
use crate::{Ctx, Error, Result, sealed, secrets};

/// How many there can be: each costs a row for whatever happens.
pub const MOST: usize = 20;
/// How much is counted of what waits.
pub const MOST_COUNTED: i64 = 10_000;
/// How much is told again at once.
const REPLAYED: i64 = 10_000;
/// How long something is tried before it is given up.
const TRIED_MS: i64 = 3 * 24 * 3600 * 1000;

/// Says that something has happened to a comment, to all who want to be told.
///
/// # Errors
/// Storage failures only.
pub(crate) fn happened(tx: &mut Write, ctx: &Ctx, kind: News, comment: CommentId) -> Result<()> {
    if webhooks::is_wanted(tx, kind)? {
        webhooks::tell(tx, &item(ctx, kind, Some(comment)))?;
    }
    Ok(())
}

fn item(ctx: &Ctx, kind: News, comment: Option<CommentId>) -> Item {
    Item { id: ctx.id(), kind, comment, entry: None, at: ctx.now() }
}

/// A program, and how it goes with it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// It.
    pub webhook: Webhook,
    /// How much waits for it, up to [`MOST_COUNTED`].
    pub waiting: i64,
    /// How much was given up, likewise.
    pub given_up: i64,
}

fn seen(tx: &mut Read, webhook: Webhook) -> Result<Seen> {
    let mut count = |state| webhooks::count(tx, webhook.id, state, MOST_COUNTED);
    let (waiting, given_up) = (count(State::Waiting)?, count(State::GivenUp)?);
    Ok(Seen { webhook, waiting, given_up })
}

/// All of them, the oldest first.
///
/// # Errors
/// Refusals of those who do not run this instance; failures. Also of the other functions here.
pub async fn list(ctx: &Ctx, by: &By) -> Result<Vec<Seen>> {
    by.must(Right::RunWebhooks)?;
    ctx.db().read(|tx| webhooks::all(tx, and_one(MOST))?.into_iter().map(|webhook| seen(tx, webhook)).collect()).await
}

/// Adds one that is told of these things, or of all if none is named. Its secret is in what this returns, and shown by nothing later.
///
/// # Errors
/// Refusals of an address that may not be called, and of too many; as of [`list`].
pub async fn add(ctx: &Ctx, by: &By, url: &str, kinds: &[News], reason: &str) -> Result<Webhook> {
    by.must(Right::RunWebhooks)?;
    let url = sealed::address(ctx.elsewhere().rules(), url)?.to_string();
    let all = News::ALL.iter().copied().filter(|news| *news != News::Ping);
    let kinds = if kinds.is_empty() { all.collect() } else { kinds.to_vec() };
    let (id, secret, created) = (ctx.id(), secrets::secret(ctx), ctx.now());
    let (paused, failures, error, next, reached, resumed) = (false, 0, String::new(), Time(0), None, None);
    let new = Webhook { id, url, secret, kinds, paused, created, failures, error, next, reached, resumed };
    let (cx, by, reason) = (ctx.clone(), by.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            if webhooks::all(tx, and_one(MOST))?.len() >= MOST {
                let problem = format!("{MOST} are as many as there can be; remove one first");
                return Err(Error::Refused(Refusal::field("url", problem)));
            }
            // Before it is there: it is not told that it was added.
            by.log(tx, &cx, Deed::AddWebhook, &reason)?;
            webhooks::insert(tx, &new)?;
            Ok(new)
        })
        .await
}

/// Tells it nothing any more, and forgets what it was still to be told: piece by piece, for others wait to write. What a crash leaves is there,
/// is told nothing, and can be removed again.
///
/// # Errors
/// [`Refusal::NotFound`]; as of [`list`].
pub async fn remove(ctx: &Ctx, by: &By, id: i64) -> Result<()> {
    by.must(Right::RunWebhooks)?;
    let (cx, by) = (ctx.clone(), by.clone());
    ctx.db()
        .write(move |tx| {
            if !webhooks::stop(tx, id)? {
                return Err(Error::missing(Noun::Webhook));
            }
            by.log(tx, &cx, Deed::RemoveWebhook, "")
        })
        .await?;
    while ctx.db().write(move |tx| webhooks::forget_some(tx, id, AT_ONCE)).await? > 0 {}
    ctx.db().write(move |tx| webhooks::remove(tx, id)).await?;
    Ok(())
}

/// What is to become of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nothing is brought for now; what happens is kept for it.
    Pause,
    /// What waits is brought again, beginning now.
    Resume,
    /// It is told something that means nothing, after all that waits.
    Test,
    /// What was given up is brought again, before what waits.
    Replay,
}

/// Does that, and says how it stands then.
///
/// # Errors
/// [`Refusal::NotFound`]; as of [`list`].
pub async fn order(ctx: &Ctx, by: &By, id: i64, order: Order) -> Result<Seen> {
    by.must(Right::RunWebhooks)?;
    let cx = ctx.clone();
    ctx.db()
        .write(move |tx| {
            webhooks::find(tx, id)?.ok_or(Error::missing(Noun::Webhook))?;
            match order {
                Order::Pause => webhooks::set_paused(tx, id, true, cx.now())?,
                Order::Resume => webhooks::set_paused(tx, id, false, cx.now())?,
                Order::Test => webhooks::tell_one(tx, id, &item(&cx, News::Ping, None))?,
                Order::Replay => drop(webhooks::replay(tx, id, REPLAYED, cx.now())?),
            }
            let now = webhooks::find(tx, id)?.ok_or(Error::missing(Noun::Webhook))?;
            seen(tx, now)
        })
        .await
}

/// A page of what one is still to be told, or was not told, in the order in which it happened; and after which the next page begins.
///
/// # Errors
/// [`Refusal::NotFound`]; as of [`list`].
pub async fn page(
    ctx: &Ctx,
    by: &By,
    id: i64,
    state: State,
    after: Option<i64>,
    limit: usize,
) -> Result<(Vec<Item>, Option<i64>)> {
    by.must(Right::RunWebhooks)?;
    let page = move |tx: &mut Read| {
        webhooks::find(tx, id)?.ok_or(Error::missing(Noun::Webhook))?;
        Ok::<_, Error>(webhooks::page(tx, id, state, after.unwrap_or(0), and_one(limit))?)
    };
    let mut found = ctx.db().read(page).await?;
    let next = cut(&mut found, limit, |item| item.id);
    Ok((found, next))
}

/// How long what was given up can be told again, in hours.
pub(crate) const KEPT_HOURS: i64 = 30 * 24;

/// Gives up what was tried for too long, and forgets what happened before that moment; some of it at least. Says how much is forgotten.
///
/// # Errors
/// Storage failures only.
pub(crate) fn tidy(tx: &mut Write, before: Time, now: Time) -> storage::Result<usize> {
    let mut forgotten = 0;
    for webhook in webhooks::all(tx, and_one(MOST))? {
        let late = now.plus_ms(-TRIED_MS);
        // What was kept through a pause has not been tried for longer than since it is over.
        let is_tried = !webhook.paused && webhook.resumed.is_none_or(|since| since < late);
        let given_up = if is_tried { webhooks::give_up_before(tx, webhook.id, late, AT_ONCE)? } else { 0 };
        if given_up > 0 {
            tracing::warn!(url = webhook.url, given_up, "what was not taken for three days is not tried any more");
        }
        forgotten += webhooks::forget_before(tx, webhook.id, before, AT_ONCE)?;
    }
    Ok(forgotten)
}
