//! What an actor of another server is called. It is met by its id, and known at first by the id's host; its server may say by WebFinger
//! that its names are on another one (`@bo@example.org`, whose id is on `social.example.org`). That is believed only if that host leads
//! back to the same actor (CVE-2023-42451). It is asked after the actor was met, so that nothing has to wait for it; where it fails, the
//! id's host stands.

use std::future::Future;
use std::time::Duration;

use domain::{ActorId, Time};
use federation::budget::{Allowance, Budget, Cause, PerDomain};
use federation::webfinger::{Handle, ResolveError, Resolved, resolve};
use storage::threads::{self, Touch};
use storage::{Write, actors, introductions, remotes};
use tokio::task::JoinSet;

use crate::{Ctx, Error, Result};

/// Actors that are asked for at the same time.
const AT_ONCE: i64 = 8;
/// A worker that has not finished by then is dead.
const LEASE_MS: i64 = 2 * 60 * 1000;
/// How often is looked for those who are to be asked for.
const ROUND: Duration = Duration::from_secs(15);
/// How often somebody is asked for whose server does not answer.
const MOST_ATTEMPTS: i64 = 4;
/// How long is waited in between.
const AGAIN_MS: i64 = 6 * 3600 * 1000;
/// Threads in which a new name is shown at once. The others show it when something changes in them.
const MOST_THREADS: i64 = 50;

/// What one actor may cost: a name, the name it is said to be, and the way back.
const ALLOWANCE: Allowance = Allowance {
    fetches: 8,
    bytes: 2 << 20,
    time: Duration::from_secs(60),
    per_domain: PerDomain { fetches: 8, hosts: 3, per_host: 8 },
};

/// Asks for the actors that are due, until `stop`.
pub async fn run(ctx: Ctx, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let pause = match tokio::select! { done = round(&ctx) => done, () = &mut stop => return } {
            Ok(count) if count > 0 => continue,
            Ok(_) => ROUND,
            Err(error) => {
                tracing::warn!(%error, "actors could not be asked for by name");
                ROUND
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Asks for some of the actors that are due; says how many those were.
///
/// # Errors
/// Failures only.
pub async fn round(ctx: &Ctx) -> Result<usize> {
    let now = ctx.now();
    let leased = ctx.db().write(move |tx| introductions::lease(tx, now, now.plus_ms(LEASE_MS), AT_ONCE)).await?;
    let count = leased.len();
    let mut works = JoinSet::new();
    for (actor, attempts) in leased {
        let ctx = ctx.clone();
        works.spawn(async move { work(&ctx, actor, attempts).await });
    }
    while let Some(ended) = works.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "what an actor is called could not be written down"),
            // The lease runs out, and it is asked for again.
            Err(panic) => tracing::error!(%panic, "an actor made the worker panic that asks for its name"),
        }
    }
    Ok(count)
}

async fn work(ctx: &Ctx, actor: ActorId, attempts: i64) -> Result<()> {
    let answer = match asked(ctx, actor).await? {
        Some((uri, handle)) => answer(ctx, &uri, &handle).await?,
        None => Answer::Stands,
    };
    let cx = ctx.clone();
    ctx.db()
        .write(move |tx| {
            match answer {
                Answer::Later if attempts < MOST_ATTEMPTS => {
                    return Ok(introductions::again(tx, actor, cx.now().plus_ms(AGAIN_MS))?);
                }
                Answer::Later | Answer::Stands => {}
                Answer::Called { host, name } => rename(tx, actor, (&host, &name), cx.now())?,
            }
            Ok::<_, Error>(introductions::done(tx, actor)?)
        })
        .await
}

/// What came of asking for an actor.
enum Answer {
    /// It is called so.
    Called { host: String, name: String },
    /// What it is called already is as good as it gets.
    Stands,
    /// Its server did not answer.
    Later,
}

/// The id of an actor, and the name by which its server can be asked for it. A name that another actor had first, and others that no
/// handle could have, are not asked for.
async fn asked(ctx: &Ctx, actor: ActorId) -> Result<Option<(String, Handle)>> {
    let read = move |tx: &mut storage::Read| Ok::<_, Error>((remotes::of_actor(tx, actor)?, actors::find(tx, actor)?));
    let (Some(remote), Some(known)) = ctx.db().read(read).await? else { return Ok(None) };
    let rules = ctx.elsewhere().rules();
    let Ok(id) = rules.id(&remote.uri) else { return Ok(None) };
    let handle = Handle::parse(&format!("{}@{}", known.name, id.host()), rules).ok();
    Ok(handle.map(|handle| (remote.uri, handle)))
}

async fn answer(ctx: &Ctx, uri: &str, handle: &Handle) -> Result<Answer> {
    let client = super::client(ctx).await?;
    let budget = Budget::new(ALLOWANCE, Cause::Stranger(ctx.elsewhere().strangers().clone()));
    Ok(match resolve(client, handle, &budget, ctx.now().0).await {
        Ok(Resolved { handle, actor, .. }) if actor.as_str() == uri => {
            Answer::Called { host: handle.host(), name: handle.name().to_owned() }
        }
        Ok(_) => Answer::Stands,
        Err(ResolveError::Fetch { why, .. }) if why.may_pass() => Answer::Later,
        Err(_) => Answer::Stands,
    })
}

/// Calls an actor by another name, where nobody else has it.
fn rename(tx: &mut Write, actor: ActorId, (host, name): (&str, &str), now: Time) -> Result<()> {
    let Some(remote) = remotes::of_actor(tx, actor)? else { return Ok(()) };
    if remotes::is_taken(tx, host, name, &remote.uri)? || !introductions::rename(tx, actor, host, name)? {
        return Ok(());
    }
    for thread in introductions::threads_of(tx, actor, MOST_THREADS)? {
        threads::touch(tx, thread, Touch { comments: 0, active: None, event: None, now })?;
    }
    Ok(())
}
