//! Brings what happened to the programs that want to be told. Whoever leases a program brings what waits for it, in order, one thing at a time:
//! one that is slow or away keeps nobody waiting but itself. What was taken is written down after it was taken: a crash in between brings it
//! again, under the same number, and nothing is lost.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use domain::{News, Time};
use federation::client::Client;
use http::{HeaderName, HeaderValue};
use storage::Change;
use storage::webhooks::{self, State, Turn, Webhook};
use tokio::sync::broadcast::{Receiver, error::RecvError, error::TryRecvError};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::letter::Letter;
use crate::{Ctx, Result, elsewhere, sealed};

/// What is brought before it is written down that it was: as much is brought again after a crash.
const TOGETHER: usize = 20;
/// Programs that are brought something at the same time.
const AT_ONCE: usize = super::MOST;
/// How long one of them may take to answer.
const WITHIN: Duration = Duration::from_secs(10);
/// How long one is ours without a word: that of a process that died is free again afterwards. All that is brought together may take its time.
const LEASE_MS: i64 = (TOGETHER as i64 + 1) * 10_000;
/// How long one is left alone after the first failure in a row, the second, and so on; after the last of them always so long.
const PAUSES_MS: [i64; 7] = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
/// How often is looked without any reason.
const NET: Duration = Duration::from_secs(30);
/// The shortest time between two looks for what is due again.
const BREATH: Duration = Duration::from_millis(50);
/// After a failure of the database.
const PAUSE: Duration = Duration::from_secs(1);

/// What happened, so that a receiver need not read the rest.
const EVENT: HeaderName = HeaderName::from_static("x-rejoinder-event");

/// Tells what waits, until `stop`.
pub async fn run(ctx: Ctx, stop: impl Future<Output = ()>) {
    // Before the first look, so that nothing that happens in between is missed.
    let (mut news, mut stop) = (ctx.db().changes().watch(), pin!(stop));
    let (stopping, stopped) = watch::channel(false);
    let mut running = JoinSet::new();
    loop {
        let wake = match start(&ctx, &mut running, &stopped).await {
            Ok(wake) => wake,
            Err(error) => {
                tracing::warn!(%error, "what waits for webhooks could not be looked for; trying again");
                Instant::now() + PAUSE
            }
        };
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(_) = running.join_next() => {}
            () = told(&mut news) => {}
            () = sleep_until(wake) => {}
        }
    }
    stopping.send_replace(true);
    while running.join_next().await.is_some() {}
}

/// Ends when something is to be brought, or may be.
async fn told(news: &mut Receiver<Change>) {
    loop {
        match news.recv().await {
            Ok(Change::Outbox | Change::Site) | Err(RecvError::Lagged(_)) => break,
            Ok(_) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
    while !matches!(news.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
}

/// Takes what is due, and says when to look again.
async fn start(ctx: &Ctx, running: &mut JoinSet<()>, stopped: &watch::Receiver<bool>) -> Result<Instant> {
    let now = ctx.now();
    let due = move |tx: &mut storage::Read| webhooks::next_due(tx, now);
    let due = ctx.db().read(due).await?;
    let places = AT_ONCE.saturating_sub(running.len());
    if due.is_none_or(|due| due > now) || places == 0 {
        return Ok(Instant::now() + wait(due, now));
    }
    // Without a client nobody is taken.
    let client = elsewhere::client_in_hand(ctx)?.clone();
    let (until, limit) = (now.plus_ms(LEASE_MS), i64::try_from(places).unwrap_or(i64::MAX));
    for webhook in ctx.db().write(move |tx| webhooks::lease(tx, now, until, limit)).await? {
        running.spawn(turn(ctx.clone(), client.clone(), webhook, stopped.clone()));
    }
    Ok(Instant::now() + NET)
}

fn wait(due: Option<Time>, now: Time) -> Duration {
    let ms = due.and_then(|due| u64::try_from(due.0.saturating_sub(now.0)).ok());
    ms.map_or(NET, |ms| Duration::from_millis(ms).clamp(BREATH, NET))
}

/// Does one round with all that are due, and waits for it: for those who have no loop of their own. Says whether anything was taken.
///
/// # Errors
/// Failures only.
pub async fn round(ctx: &Ctx) -> Result<bool> {
    let client = elsewhere::client_in_hand(ctx)?.clone();
    let (now, limit) = (ctx.now(), i64::try_from(AT_ONCE).unwrap_or(i64::MAX));
    let leased = ctx.db().write(move |tx| webhooks::lease(tx, now, now.plus_ms(LEASE_MS), limit)).await?;
    let (_stopping, stopped) = watch::channel(false);
    let mut taken = false;
    for webhook in leased {
        taken |= !brought(ctx, &client, webhook, stopped.clone()).await?.told.is_empty();
    }
    Ok(taken)
}

async fn turn(ctx: Ctx, client: Client, webhook: Webhook, stopped: watch::Receiver<bool>) {
    let url = webhook.url.clone();
    if let Err(error) = brought(&ctx, &client, webhook, stopped).await {
        tracing::warn!(url, %error, "how it went with a webhook could not be written down; it goes on when its lease has run out");
        sleep(PAUSE).await;
    }
}

/// Brings what waits first, one after the other, and writes down how it went.
async fn brought(ctx: &Ctx, client: &Client, webhook: Webhook, mut stopped: watch::Receiver<bool>) -> Result<Turn> {
    let (mut turn, mut unread) = (Turn::default(), None);
    while turn.failed.is_none() && turn.told.len() < TOGETHER && !*stopped.borrow() {
        match next(ctx, webhook.id, turn.told.last().copied()).await {
            Ok(Some(letter)) => bring(ctx, client, &webhook, letter, &mut turn, &mut stopped).await,
            Ok(None) => break,
            Err(error) => {
                unread = Some(error);
                break;
            }
        }
    }
    let (id, now, settled) = (webhook.id, ctx.now(), turn.clone());
    ctx.db().write(move |tx| webhooks::settle(tx, id, &settled, now)).await?;
    unread.map_or(Ok(turn), Err)
}

/// What waits next, as it is at this moment: what was taken back since, or is not to be told any more, is told to nobody.
async fn next(ctx: &Ctx, webhook: i64, after: Option<i64>) -> Result<Option<(i64, News, Bytes)>> {
    let cx = ctx.clone();
    ctx.db()
        .read(move |tx| {
            if webhooks::find(tx, webhook)?.is_none_or(|webhook| webhook.paused) {
                return Ok(None);
            }
            let item = webhooks::page(tx, webhook, State::Waiting, after.unwrap_or(0), 1)?.pop();
            item.map(|item| Ok((item.id, item.kind, sealed::written(&Letter::new(tx, &cx, &item)?)?))).transpose()
        })
        .await
}

async fn bring(
    ctx: &Ctx,
    client: &Client,
    webhook: &Webhook,
    (id, kind, body): (i64, News, Bytes),
    turn: &mut Turn,
    stopped: &mut watch::Receiver<bool>,
) {
    let outcome = tokio::select! {
        biased;
        _ = stopped.wait_for(|stopped| *stopped) => return,
        outcome = post(ctx, client, webhook, (id, kind, body)) => outcome,
    };
    let name = if outcome.is_ok() { "taken" } else { "failed" };
    metrics::counter!("rejoinder_webhooks_total", "outcome" => name).increment(1);
    match outcome {
        Ok(()) => turn.told.push(id),
        Err(why) => {
            let failures = if turn.told.is_empty() { webhook.failures } else { 0 };
            turn.failed = Some((why.text, ctx.now().plus_ms(pause(failures).max(why.wait_ms))));
        }
    }
}

/// How long one is left alone that has failed so often in a row before.
#[must_use]
pub fn pause(failures: i64) -> i64 {
    let [.., last] = PAUSES_MS;
    usize::try_from(failures).ok().and_then(|failures| PAUSES_MS.get(failures).copied()).unwrap_or(last)
}

/// Why something was not taken, and how long the program asks to be left alone, in milliseconds.
struct NotTaken {
    text: String,
    wait_ms: i64,
}

async fn post(
    ctx: &Ctx,
    client: &Client,
    webhook: &Webhook,
    (id, kind, body): (i64, News, Bytes),
) -> std::result::Result<(), NotTaken> {
    let not = |text: String| NotTaken { text, wait_ms: 0 };
    // Which networks may be called may be decided otherwise since it was added.
    let to = ctx.elsewhere().rules().callable(&webhook.url).map_err(|bad| not(format!("its address {bad}")))?;
    let now = ctx.now();
    let mut headers = sealed::headers(&webhook.secret, id, &body, now);
    headers.insert(EVENT, HeaderValue::from_static(kind.name()));
    let called = client.call(&to, (headers, body), 0, WITHIN, now.0).await.map_err(|why| not(why.to_string()))?;
    if (200..300).contains(&called.status) {
        return Ok(());
    }
    Err(NotTaken {
        text: format!("it answered with status {}", called.status),
        wait_ms: called.retry_after_ms.unwrap_or(0),
    })
}
