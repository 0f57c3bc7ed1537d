//! What follows from a decision about another server for what is here: follows end, what was to be brought there is dropped, what its
//! people wrote is hidden, or comes back. A piece at a time, so that nobody waits for the rest, and as work in the queue, so that a crash
//! ends none of it. Doing it again changes nothing.
//!
//! What is hidden is hidden by state, once: all views leave out what is held already. A comment that begins a thread becomes a tombstone
//! instead, for others have answered it. What each was before is in `storage::hidden`.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ActorId, Level, State, ThreadId};
use federation::wire::addresses::OurActor;
use storage::follows::{self, Followed};
use storage::hidden::{self, Covered};
use storage::jobs::{self, Job};
use storage::remotes::{self, Presence};
use storage::threads::{self, Touch};
use storage::{Write, actors, backfills, boards, comments, following, outbox};

use super::{approval, policy, say};
use crate::sanctions::{self, listing};
use crate::writing::index;
use crate::{Ctx, Error, Result, quiet};

/// The kind of the work.
pub(crate) const KIND: &str = "policy";
/// When it is looked once more, in milliseconds: what was under way when it was decided has ended by then.
pub(crate) const AGAIN_MS: i64 = 60_000;
/// People of a server with whom is parted in one transaction.
const PEOPLE: i64 = 100;
/// Comments that are hidden, or shown again, in one transaction.
const PIECE: i64 = 250;
/// Hosts that are looked up at a time.
const HOSTS: usize = 500;

/// What readers see instead of a comment that begins a thread, and of any other.
const OUT_OF_SIGHT: (State, State) = (State::Removed, State::Held);

/// Whether something was decided just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// It was.
    First,
    /// It is looked once more, by the work of this number, which was given out when it was decided.
    Again(i64),
}

/// Which hosts a decision is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// One alone.
    Host(String),
    /// One and those below it.
    Below(String),
    /// Any.
    All,
}

impl Whom {
    /// As the queue has it.
    pub(crate) fn payload(&self) -> String {
        match self {
            Self::Host(host) => host.clone(),
            Self::Below(host) => format!("*.{host}"),
            Self::All => "*".to_owned(),
        }
    }

    fn read(payload: &str) -> Self {
        match payload.strip_prefix("*.") {
            Some(host) => Self::Below(host.to_owned()),
            None if payload == "*" => Self::All,
            None => Self::Host(payload.to_owned()),
        }
    }

    fn is(&self, host: &str) -> bool {
        match self {
            Self::Host(own) => host == own,
            Self::Below(own) => host == own || host.ends_with(&format!(".{own}")),
            Self::All => !host.is_empty(),
        }
    }
}

/// Goes on with what was begun. Says how many comments were hidden or shown.
///
/// # Errors
/// Failures only.
pub(crate) async fn go_on(ctx: &Ctx, job: Job) -> Result<usize> {
    let done = carry_out(ctx, &Whom::read(&job.payload), Look::Again(job.id)).await?;
    ctx.db().write(move |tx| Ok::<_, Error>(jobs::done(tx, job.id).map(|()| done)?)).await
}

/// Puts into effect what counts for these hosts now. Says how many comments were hidden or shown.
///
/// # Errors
/// Failures only.
pub(crate) async fn carry_out(ctx: &Ctx, whom: &Whom, look: Look) -> Result<usize> {
    if let Whom::Host(host) = whom {
        return Ok(carry_out_for(ctx, host, look).await? + list(ctx, host).await?);
    }
    let (mut done, mut after) = (0, String::new());
    loop {
        let from = after.clone();
        let found = ctx.db().read(move |tx| hidden::hosts(tx, &from, HOSTS)).await?;
        let Some(last) = found.last() else { return Ok(done) };
        after.clone_from(last);
        for host in found.iter().filter(|host| whom.is(host)) {
            done += carry_out_for(ctx, host, look).await?;
            // A list of somebody else's makes nothing milder.
            done += if *whom == Whom::All { 0 } else { list(ctx, host).await? };
        }
    }
}

async fn carry_out_for(ctx: &Ctx, host: &str, look: Look) -> Result<usize> {
    let level = policy::level(ctx, host).await?;
    if !level.is_spoken_to() {
        let (host, before) = (host.to_owned(), no_more(level, look));
        ctx.db().write(move |tx| outbox::drop_host(tx, &host, before)).await?;
    }
    if !level.is_spoken_to() {
        unfollow(ctx, host).await?;
    }
    let hidden = if level.is_spoken_to() { 0 } else { part(ctx, host).await? };
    let shown = if level == Level::Block { 0 } else { show(ctx, host).await? };
    // Also of those who were suspended meanwhile, with what they had written.
    let swept = if shown == 0 { 0 } else { sanctions::sweep_again(ctx, host).await? };
    Ok(hidden + shown + swept)
}

/// Before which number what was said is not brought any more. One that is rejected is told that it follows nothing any more: what was said
/// since it was decided.
const fn no_more(level: Level, look: Look) -> i64 {
    match (level, look) {
        (Level::Reject, Look::Again(decided)) => decided,
        _ => i64::MAX,
    }
}

/// People here follow its boards no longer.
async fn unfollow(ctx: &Ctx, host: &str) -> Result<()> {
    let (host, now) = (host.to_owned(), ctx.now());
    ctx.db()
        .write(move |tx| boards::of_host(tx, &host)?.into_iter().try_for_each(|board| following::end(tx, board, now)))
        .await?;
    Ok(())
}

/// Its people follow nothing here any more, and if it is blocked nobody sees what they wrote.
async fn part(ctx: &Ctx, host: &str) -> Result<usize> {
    let (mut done, mut after) = (0, String::new());
    loop {
        let (cx, name, from) = (ctx.clone(), host.to_owned(), after.clone());
        let piece = ctx.db().write(move |tx| part_with(tx, &cx, &name, &from)).await?;
        done += piece.hidden;
        match piece.next {
            Some(next) => after = next,
            None => return Ok(done),
        }
    }
}

/// What was done in one transaction.
struct Piece {
    hidden: usize,
    /// The name after which it goes on; `None`: there is nobody else.
    next: Option<String>,
}

fn part_with(tx: &mut Write, ctx: &Ctx, host: &str, after: &str) -> Result<Piece> {
    // In each: it may have been decided otherwise since the first.
    let level = policy::now(tx, ctx, host)?;
    if level.is_spoken_to() {
        return Ok(Piece { hidden: 0, next: None });
    }
    let people = hidden::actors_of(tx, host, after, PEOPLE)?;
    let ids: Vec<ActorId> = people.iter().map(|(id, _)| *id).collect();
    end_follows(tx, ctx, &ids, level)?;
    let seen = if level == Level::Block { hidden::seen_of(tx, &ids, PIECE)? } else { Vec::new() };
    hide(tx, ctx, host, &seen)?;
    // Of these people there is more.
    let next =
        if seen.len() as i64 == PIECE { Some(after.to_owned()) } else { people.last().map(|(_, name)| name.clone()) };
    Ok(Piece { hidden: seen.len(), next })
}

/// To whom is rejected it is said; to whom is blocked nothing is.
fn end_follows(tx: &mut Write, ctx: &Ctx, people: &[ActorId], level: Level) -> Result<()> {
    for (follower, followed, uri) in follows::of_actors(tx, people)? {
        let by = remotes::of_actor(tx, follower)?.filter(|by| by.presence == Presence::There);
        if let (Level::Reject, Some(by), Some(actor)) = (level, by, actor(tx, followed)?) {
            say::parted(tx, ctx, &actor, &uri, &by)?;
        }
        follows::remove(tx, followed, follower)?;
    }
    Ok(())
}

/// Who of ours is followed.
pub(crate) fn actor(tx: &mut Write, followed: Followed) -> Result<Option<OurActor>> {
    Ok(match followed {
        Followed::Threads(board) => boards::find(tx, board)?.map(|board| OurActor::Board(board.name)),
        Followed::Everything(board) => boards::find(tx, board)?.map(|board| OurActor::BoardAll(board.name)),
        Followed::Thread(thread) => Some(OurActor::Thread(thread)),
        Followed::Person(person) => actors::find(tx, person)?.map(|person| OurActor::Person(person.name)),
    })
}

/// Other servers are not told: what they know of it is from its home.
fn hide(tx: &mut Write, ctx: &Ctx, host: &str, those: &[Covered]) -> Result<()> {
    if those.is_empty() {
        return Ok(());
    }
    // First, and in one order: whoever else does so waits, and for nobody who waits for them.
    touch(tx, ctx, those, -1)?;
    for root in those.iter().filter(|one| one.is_root) {
        threads::withhold(tx, root.thread)?;
    }
    Ok(hidden::hide(tx, host, those, OUT_OF_SIGHT)?)
}

/// What was said there meanwhile was not heard: it is looked for where they have spoken.
fn catch_up(tx: &mut Write, ctx: &Ctx, those: &[Covered]) -> Result<()> {
    let threads: BTreeSet<ThreadId> = those.iter().map(|one| one.thread).collect();
    Ok(threads.into_iter().try_for_each(|thread| backfills::wanted(tx, thread, ctx.now()))?)
}

/// Each thread once: of thousands of comments that turn at once nobody who watches is told one by one.
fn touch(tx: &mut Write, ctx: &Ctx, those: &[Covered], each: i64) -> Result<()> {
    let mut changed: BTreeMap<ThreadId, i64> = BTreeMap::new();
    for one in those {
        *changed.entry(one.thread).or_default() += if one.is_root { 0 } else { each };
    }
    for (thread, comments) in changed {
        threads::touch(tx, thread, Touch { comments, active: None, event: None, now: ctx.now() })?;
    }
    Ok(())
}

/// The threads of a server that was limited and is no longer stand in the lists again. Says how many.
async fn list(ctx: &Ctx, host: &str) -> Result<usize> {
    if policy::level(ctx, host).await? != Level::Allow {
        return Ok(0);
    }
    let (mut done, mut after) = (0, (String::new(), ThreadId(0)));
    loop {
        let (cx, name, (person, thread)) = (ctx.clone(), host.to_owned(), after);
        let (listed, next) = ctx.db().write(move |tx| list_some(tx, &cx, &name, (person, thread))).await?;
        done += listed;
        match next {
            Some(next) => after = next,
            None => return Ok(done),
        }
    }
}

/// After which of a server's people it goes on, and after which of the next ones' threads.
type Onward = (String, ThreadId);

/// Says where it goes on: with the same people while there is more of these.
fn list_some(tx: &mut Write, ctx: &Ctx, host: &str, after: Onward) -> Result<(usize, Option<Onward>)> {
    let (after, thread) = after;
    let people = hidden::actors_of(tx, host, &after, PEOPLE)?;
    if policy::now(tx, ctx, host)? != Level::Allow {
        return Ok((0, None));
    }
    let ids: Vec<ActorId> = people.iter().map(|(id, _)| *id).collect();
    let (listed, more) = listing::list(tx, ctx, &ids, (None, thread), PIECE)?;
    let last = people.last().map(|(_, name)| (name.clone(), ThreadId(0)));
    Ok((listed, more.map_or(last, |thread| Some((after, thread)))))
}

/// What was hidden is seen again, but for what has become of something meanwhile.
async fn show(ctx: &Ctx, host: &str) -> Result<usize> {
    let (mut done, name) = (0, host.to_owned());
    // As of nearly all: nothing is to be written.
    if !ctx.db().read(move |tx| hidden::any(tx, &name)).await? {
        return Ok(0);
    }
    loop {
        let (cx, host) = (ctx.clone(), host.to_owned());
        let shown = ctx.db().write(move |tx| show_some(tx, &cx, &host)).await?;
        done += shown;
        if shown == 0 {
            return Ok(done);
        }
    }
}

fn show_some(tx: &mut Write, ctx: &Ctx, host: &str) -> Result<usize> {
    let level = policy::now(tx, ctx, host)?;
    if level == Level::Block {
        return Ok(0);
    }
    let those = hidden::of_host(tx, host, PIECE)?;
    let mut again = Vec::new();
    for one in &those {
        let hidden_as = if one.is_root { OUT_OF_SIGHT.0 } else { OUT_OF_SIGHT.1 };
        if one.state == hidden_as && approval::may_be_shown(tx, one.id)? {
            again.push(*one);
        }
    }
    touch(tx, ctx, &again, 1)?;
    if level.is_spoken_to() {
        catch_up(tx, ctx, &again)?;
    }
    hidden::show(tx, &again)?;
    hidden::forget(tx, &those)?;
    for one in &again {
        let title = if one.is_root { threads::give_back(tx, one.thread)? } else { None };
        if one.is_root {
            quiet::list_again(tx, ctx, one.thread)?;
        }
        let html = comments::html(tx, one.id)?.unwrap_or_default();
        index(tx, one.id, one.before, title.as_deref(), &domain::text::plain(&html))?;
    }
    Ok(those.len())
}
