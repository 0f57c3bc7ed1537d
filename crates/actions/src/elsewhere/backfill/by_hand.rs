//! What those who run this server ask for: a thread again, any comment by its address, and what came of it.

use domain::rights::Right;
use domain::{CommentId, Noun, Refusal, ThreadId, Time};
use storage::backfills::{self, Backfill, Last};
use storage::{comments, objects, threads};

use super::tally::Tally;
use super::walk::{Ending, Walk};
use super::{Asker, LEASE_MS, finish, look};
use crate::{Ctx, Error, Person, Result};

/// What is known of the comments that other servers have of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The thread.
    pub thread: ThreadId,
    /// Comments from elsewhere that are here.
    pub here: i64,
    /// Whether somebody is looking for more now.
    pub looking: bool,
    /// When it is looked for more the next time; `None`: when something new comes, or is asked for.
    pub next: Option<Time>,
    /// What came of the last look.
    pub last: Option<Last>,
}

/// What became of something that was asked for by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The thread, if there is one now.
    pub thread: Option<ThreadId>,
    /// The comment, if one was asked for and is here now.
    pub comment: Option<CommentId>,
    /// Comments from elsewhere that were here before.
    pub known: i64,
    /// New ones.
    pub fetched: i64,
    /// Those that were fetched and not taken.
    pub refused: i64,
    /// Those that could not be had.
    pub failed: i64,
    /// Known ones of which their homes say that they were deleted.
    pub gone: i64,
    /// Why, of the last that was refused or could not be had.
    pub error: String,
    /// Whether there is more, for one look takes only so much.
    pub more: bool,
}

impl Report {
    fn new(tally: Tally, ending: Ending) -> Self {
        let Tally { known, fetched, refused, failed, gone, error } = tally;
        let more = ending == Ending::More;
        Self { thread: None, comment: None, known, fetched, refused, failed, gone, error, more }
    }
}

/// What is known of a thread, for those who moderate.
///
/// # Errors
/// Refusals to those who do not, and where there is no such thread; failures.
pub async fn state(ctx: &Ctx, who: &Person, thread: ThreadId) -> Result<State> {
    who.must(Right::Backfill)?;
    let (now, who) = (ctx.now(), who.clone());
    let read = move |tx: &mut storage::Read| {
        let found = threads::find(tx, thread)?.ok_or(Error::missing(Noun::Thread))?;
        who.must_on(Right::Backfill, found.board)?;
        Ok::<_, Error>((backfills::find(tx, thread)?, backfills::count(tx, thread)?))
    };
    let (found, here): (Option<Backfill>, i64) = ctx.db().read(read).await?;
    Ok(State {
        thread,
        here,
        looking: found.as_ref().is_some_and(|found| found.leased_until >= now),
        next: found.as_ref().and_then(|found| found.next),
        last: found.and_then(|found| found.last),
    })
}

/// A thread is to be looked at now, by whichever node is free.
///
/// # Errors
/// As [`state`].
pub async fn want(ctx: &Ctx, who: &Person, thread: ThreadId) -> Result<State> {
    state(ctx, who, thread).await?;
    let now = ctx.now();
    ctx.db().write(move |tx| backfills::wanted(tx, thread, now)).await?;
    state(ctx, who, thread).await
}

/// Looks at a thread here and now.
///
/// # Errors
/// Refusals where there is no such thread, and while somebody else looks at it; failures.
pub async fn thread(ctx: &Ctx, thread: ThreadId) -> Result<Report> {
    let now = ctx.now();
    let write = move |tx: &mut storage::Write| {
        threads::find(tx, thread)?.ok_or(Error::missing(Noun::Thread))?;
        Ok::<_, Error>(backfills::lease_one(tx, thread, now, now.plus_ms(LEASE_MS))?)
    };
    let Some(leased) = ctx.db().write(write).await? else {
        let problem = "it is being looked at just now; try again in a few minutes";
        return Err(Refusal::field("thread", problem).into());
    };
    let looked = match look::look(ctx, &leased, Asker::Host).await {
        Ok(looked) => looked,
        Err(error) => {
            ctx.db().write(move |tx| backfills::put_off(tx, thread, now)).await?;
            return Err(error);
        }
    };
    let report = Report { thread: Some(thread), ..Report::new(looked.tally.clone(), looked.ending) };
    finish(ctx, leased, looked).await?;
    Ok(report)
}

/// Asks for a comment by its address, here and now, and for what answers it.
///
/// # Errors
/// Refusals of what is no address of another server; failures. That it could not be had is no error, and stands in the report.
pub async fn object(ctx: &Ctx, url: &str) -> Result<Report> {
    let rules = ctx.elsewhere().rules();
    let id = rules.id(url).map_err(|why| Refusal::field("url", format!("it {why}")))?;
    if rules.is_ours(&id) {
        let problem = format!("{id} is at home on this server, and is here already");
        return Err(Refusal::field("url", problem).into());
    }
    let known = place(ctx, id.as_str()).await?;
    let mut walk = Walk::new(ctx, known.map(|(_, thread)| thread), Asker::Host, None).await?;
    match known {
        Some((comment, _)) => walk.ask_again(comment, id.clone()),
        None => walk.ask_for(id.clone()),
    }
    let ending = walk.go().await?;
    let (tally, _) = walk.end();
    let mut report = Report::new(tally, ending);
    if let Some((comment, thread)) = place(ctx, id.as_str()).await? {
        let here = ctx.db().read(move |tx| backfills::count(tx, thread)).await?;
        report.known = (here - report.fetched).max(0);
        (report.comment, report.thread) = (Some(comment), Some(thread));
    }
    Ok(report)
}

/// Where a comment of that id stands.
async fn place(ctx: &Ctx, uri: &str) -> Result<Option<(CommentId, ThreadId)>> {
    let uri = uri.to_owned();
    let read = move |tx: &mut storage::Read| {
        let Some(comment) = objects::comment_of(tx, &uri)? else { return Ok(None) };
        let spot = comments::spot(tx, comment)?;
        Ok::<_, Error>(spot.map(|spot| (spot.id, spot.thread)))
    };
    ctx.db().read(read).await
}
