//! What has come from other servers is worked off: read whole, judged, and put into effect. The worker takes leases, so that several
//! nodes share the work and a crash loses nothing; handling the same thing twice changes nothing the second time.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::authority::Act;
use domain::{Category, CommentId, Sanction, Time};
use federation::budget::{Allowance, Budget, Cause};
use federation::origin::Id;
use federation::wire::addresses::{OurActor, Ours};
use federation::wire::parse::{self, Activity, Inner, Kind};
use storage::follows;
use storage::inbox::{self, Candidate, Leased, State};
use storage::remotes::Remote;
use storage::votes::{self, Vote};
use storage::{Change, Write};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::{JoinError, JoinSet};

use super::aside::{self, Aside};
use super::choosing::{AT_ONCE, Choice, Task, judge};
use super::known::{self, Unknown};
use super::moderation::Measure;
use super::permission::{self, Request};
use super::place::{self, Told};
use super::receive::comment;
use super::regroup::{self, Heard};
use super::{announced, approval, departed, flag, moderation, moved, policy, put_back, say};
use crate::elsewhere::documents;
use crate::sanctions::{self, known as known_bars};
use crate::writing::permitted;
use crate::{Ctx, Error, Result, vote};

/// A worker that has not finished by then is dead.
const LEASE_MS: i64 = 5 * 60 * 1000;
/// Nothing is begun with later than this after it was leased: with the longest that it may take it stays within the lease.
const LATE: Duration = Duration::from_secs(2 * 60);
/// How often what waits is looked for though nobody said that there is any.
const ROUND: Duration = Duration::from_secs(15);
/// How long a stop waits for what has been begun.
const GRACE: Duration = Duration::from_secs(5);
/// How often something is tried that fails for a reason that may pass.
const MOST_ATTEMPTS: i64 = 8;
/// How often another server is asked whether it says otherwise by now: the last time ten minutes after the first.
const MOST_LOOKS: i64 = 4;

/// What became of something that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It had its effect, now or before.
    Done,
    /// It concerns nothing that is here, for that reason.
    Ignored(&'static str),
    /// It was not for the sender to say, for that reason.
    Refused(String),
}

/// Why something is to be tried again.
#[derive(Debug, thiserror::Error)]
pub enum Postponed {
    /// Another server did not answer.
    #[error("{0}")]
    Elsewhere(String),
    /// Another server may say otherwise in a few minutes. If it does not, this is why it has no effect.
    #[error("{0}")]
    Perhaps(&'static str),
    /// A fault of ours.
    #[error(transparent)]
    Ours(#[from] Error),
}

impl From<storage::Error> for Postponed {
    fn from(error: storage::Error) -> Self {
        Self::Ours(error.into())
    }
}

/// What became of something, to be written down.
struct Ended {
    id: i64,
    attempts: i64,
    /// Nothing, if it was not begun with.
    settled: Option<Result<Outcome, Postponed>>,
}

/// What is being worked off: what each actor has said, in order, by a task of its own.
#[derive(Default)]
struct Works {
    running: JoinSet<Vec<Ended>>,
    tasks: HashMap<tokio::task::Id, Task>,
    ended: Vec<Ended>,
    /// Hosts of which something was worked off without waiting, the last time.
    quick: Arc<HashSet<String>>,
}

/// Works off what comes, until `stop`; then what has been begun is ended, if it does not take too long.
pub async fn run(ctx: Ctx, stop: impl Future<Output = ()>) {
    let mut news = ctx.db().changes().watch();
    let mut works = Works::default();
    tokio::pin!(stop);
    loop {
        // One that waits for a slow server takes one place, and holds up nothing else.
        let more = works.go_on(&ctx).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what has come waits, and what was done is done again");
            false
        });
        if more {
            continue;
        }
        tokio::select! {
            () = &mut stop => break,
            Some(ended) = works.running.join_next_with_id() => works.end(ended),
            () = heard(&mut news), if works.places() > 0 => {}
            () = tokio::time::sleep(ROUND) => {}
        }
    }
    // What is cut off is done again when its lease has run out.
    let _ = tokio::time::timeout(GRACE, works.finish(&ctx)).await;
}

/// Waits until something may have come. What else is said until then is heard, too: one look sees it all.
async fn heard(news: &mut Receiver<Change>) {
    loop {
        match news.recv().await {
            Ok(Change::Inbox | Change::Site) | Err(RecvError::Lagged(_)) => break,
            Ok(Change::Thread { .. } | Change::Outbox | Change::Queue) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
    while !matches!(news.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
}

/// Works off some of what is due, to its end; says of how many actors that was.
///
/// # Errors
/// Failures only.
pub async fn round(ctx: &Ctx) -> Result<usize> {
    let mut works = Works::default();
    works.go_on(ctx).await?;
    let begun = works.running.len();
    works.finish(ctx).await;
    Ok(begun)
}

impl Works {
    /// How much more may be begun.
    fn places(&self) -> usize {
        AT_ONCE.saturating_sub(self.running.len())
    }

    /// Writes down what has ended and, in the same transaction, takes as much of what is due as there are places. Says whether there may
    /// be more.
    async fn go_on(&mut self, ctx: &Ctx) -> Result<bool> {
        while let Some(ended) = self.running.try_join_next_with_id() {
            self.end(ended);
        }
        let (ended, places, now) = (std::mem::take(&mut self.ended), self.places(), ctx.now());
        if ended.is_empty() && places == 0 {
            return Ok(false);
        }
        let mut choice = Choice::new(self.tasks.values(), &self.quick);
        let leased = ctx.db().write(move |tx| {
            settle(tx, ended, now)?;
            let limit = i64::try_from(places).unwrap_or(1);
            let (until, mut takes) = (now.plus_ms(LEASE_MS), |one: &Candidate| choice.takes(one));
            Ok::<_, Error>(if places == 0 { Vec::new() } else { inbox::lease(tx, now, until, limit, &mut takes)? })
        });
        let leased = leased.await?;
        // Of what is tried again a lease takes a quarter of its limit.
        let more = leased.len() >= (places / 4).max(1) && leased.len() < places;
        by_actor(leased).into_iter().for_each(|all| self.begin(ctx, all));
        Ok(more)
    }

    fn begin(&mut self, ctx: &Ctx, all: Vec<Leased>) {
        let Some(first) = all.first() else { return };
        let (actor, host) = (first.actor.clone(), ctx.elsewhere().rules().id(&first.actor).map(|id| id.host()));
        let begun = Instant::now();
        let aside = Arc::<Aside>::default();
        let task = Task { actor, host: host.unwrap_or_default(), begun, aside: Arc::clone(&aside) };
        let work = self.running.spawn(aside::counted(aside, chain(ctx.clone(), all, begun)));
        self.tasks.insert(work.id(), task);
    }

    fn end(&mut self, ended: Result<(tokio::task::Id, Vec<Ended>), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        if let Some(task) = self.tasks.remove(&id) {
            judge(&mut self.quick, task);
        }
        match ended {
            Ok((_, ended)) => self.ended.extend(ended),
            // The lease runs out, and it is tried again.
            Err(panic) => tracing::error!(%panic, "what has come made its worker panic"),
        }
    }

    /// Ends what has been begun, and begins nothing.
    async fn finish(&mut self, ctx: &Ctx) {
        while let Some(ended) = self.running.join_next_with_id().await {
            self.end(ended);
        }
        let (ended, now) = (std::mem::take(&mut self.ended), ctx.now());
        if let Err(error) = ctx.db().write(move |tx| settle(tx, ended, now)).await {
            tracing::warn!(%error, "what has come could not be settled");
        }
    }
}

/// Works off what one actor said, one after the other. What would be begun with late is given back: its lease would run out.
async fn chain(ctx: Ctx, all: Vec<Leased>, begun: Instant) -> Vec<Ended> {
    let mut ended = Vec::with_capacity(all.len());
    for one in all {
        let (id, attempts) = (one.id, one.attempts);
        let settled = if begun.elapsed() < LATE { Some(handle(&ctx, one).await) } else { None };
        ended.push(Ended { id, attempts, settled });
    }
    ended
}

/// What each has said, in order: a change that overtook what it changes would be lost.
fn by_actor(leased: Vec<Leased>) -> Vec<Vec<Leased>> {
    let mut actors: Vec<Vec<Leased>> = Vec::new();
    for one in leased {
        match actors.iter_mut().find(|all| all.first().is_some_and(|first| first.actor == one.actor)) {
            Some(all) => all.push(one),
            None => actors.push(vec![one]),
        }
    }
    actors
}

fn settle(tx: &mut Write, ended: Vec<Ended>, now: Time) -> Result<()> {
    let is_done = |one: &&Ended| matches!(one.settled, Some(Ok(Outcome::Done)));
    let done: Vec<i64> = ended.iter().filter(is_done).map(|one| one.id).collect();
    metrics::counter!("rejoinder_inbox_settled_total", "outcome" => "done").increment(done.len() as u64);
    inbox::done(tx, &done)?;
    let not_begun: Vec<i64> = ended.iter().filter(|one| one.settled.is_none()).map(|one| one.id).collect();
    inbox::give_back(tx, &not_begun)?;
    for Ended { id, attempts, settled } in ended.into_iter().filter(|one| !is_done(&one)) {
        if let Some(settled) = settled {
            settle_one(tx, (id, attempts), settled, now)?;
        }
    }
    Ok(())
}

fn settle_one(
    tx: &mut Write,
    (id, attempts): (i64, i64),
    settled: Result<Outcome, Postponed>,
    now: Time,
) -> Result<()> {
    let settled = match settled {
        Err(Postponed::Perhaps(why)) if attempts >= MOST_LOOKS => Ok(Outcome::Ignored(why)),
        other => other,
    };
    let outcome = match &settled {
        Ok(Outcome::Done) => "done",
        Ok(Outcome::Ignored(_)) => "ignored",
        Ok(Outcome::Refused(_)) => "refused",
        Err(_) if attempts >= MOST_ATTEMPTS => "failed",
        Err(_) => "put_off",
    };
    metrics::counter!("rejoinder_inbox_settled_total", "outcome" => outcome).increment(1);
    match settled {
        Ok(Outcome::Done) => inbox::done(tx, &[id])?,
        Ok(Outcome::Ignored(why)) => inbox::settle(tx, id, State::Ignored, why)?,
        Ok(Outcome::Refused(why)) => inbox::settle(tx, id, State::Refused, &why)?,
        Err(postponed) if attempts >= MOST_ATTEMPTS => {
            inbox::settle(tx, id, State::Failed, &postponed.to_string())?;
        }
        Err(postponed) => inbox::again(tx, id, now.plus_ms(pause_ms(attempts)), &postponed.to_string())?,
    }
    Ok(())
}

/// How long something waits after so many attempts, in milliseconds: from half a minute, four times longer each time, to six hours.
fn pause_ms(attempts: i64) -> i64 {
    let longer = 4_i64.saturating_pow(u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0));
    (30_000 * longer).min(6 * 3600 * 1000)
}

async fn handle(ctx: &Ctx, one: Leased) -> Result<Outcome, Postponed> {
    let rules = ctx.elsewhere().rules();
    let activity = match parse::parse(one.body.as_bytes(), rules) {
        Ok(activity) => activity,
        Err(refused) => return Ok(Outcome::Refused(refused.to_string())),
    };
    let Ok(actor) = rules.id(&one.actor) else {
        return Ok(Outcome::Refused("who sent it has no id".into()));
    };
    // It may have been decided after it came.
    if !policy::level(ctx, &actor.host()).await?.is_spoken_to() {
        return Ok(Outcome::Refused(policy::NOT_SPOKEN_TO.into()));
    }
    let strangers = ctx.elsewhere().strangers().clone();
    let budget = Budget::new(Allowance::default(), Cause::Stranger(strangers));
    let by = match known::met(ctx, &actor, &budget).await {
        Ok(by) => by,
        Err(Unknown::Ours(error)) => return Err(error.into()),
        Err(Unknown::Fetch(error)) => return Err(Postponed::Elsewhere(error.to_string())),
        Err(other) => return Ok(Outcome::Refused(other.to_string())),
    };
    if known_bars::of(ctx, by.actor).everywhere() == Some(Sanction::Suspend) && !may_still_be_said(&activity) {
        return Ok(Outcome::Refused("who says it is suspended here".into()));
    }
    let came = Came { at: one.received, is_late: one.is_late };
    let said = Said { activity, id: one.uri, by, actor, came, heard: Heard::new(one.body) };
    // Of all that may be done it takes the memory of the largest.
    Box::pin(act(ctx, said, &budget)).await
}

/// What somebody may say who is suspended: that they take something back, and that they want to follow, which is answered with no.
fn may_still_be_said(activity: &Activity) -> bool {
    matches!(activity, Activity::Delete { .. } | Activity::DeleteActor | Activity::Undo(_) | Activity::Follow { .. })
}

/// When something came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Came {
    at: Time,
    /// It was put off, or begun with before: what the same person said later may have been dealt with, and stays.
    is_late: bool,
}

impl Came {
    /// What came until then it may change. In its turn that is everything that is here: the clocks of two nodes may differ.
    fn until(self) -> Time {
        if self.is_late { self.at } else { Time(i64::MAX) }
    }
}

/// A vote, or none any more, and when that came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub(super) vote: Option<Vote>,
    pub(super) came: Came,
}

/// Something that was said, and by whom.
struct Said {
    activity: Activity,
    id: String,
    actor: Id,
    by: Remote,
    /// When it came.
    came: Came,
    /// As it came.
    heard: Heard,
}

async fn act(ctx: &Ctx, said: Said, budget: &Budget) -> Result<Outcome, Postponed> {
    let Said { activity, id, actor, by, came, heard } = said;
    match activity {
        Activity::Follow { target } => Ok(follow(ctx, target, (id, came), by).await?),
        Activity::Undo(inner) if inner.kind == Some(Kind::Delete) => {
            put_back::put_back(ctx, inner.object, (&by, Some(heard)), budget).await
        }
        Activity::Undo(inner) if inner.kind == Some(Kind::Accept) => Ok(approval::undone(ctx, inner, by).await?),
        Activity::Undo(inner) if inner.kind != Some(Kind::Lock) => undo(ctx, inner, (by, heard), came, budget).await,
        Activity::Create(parse::Object::Here(note)) => {
            place::heard(ctx, (*note, by), Told::Author, Some(heard), budget).await
        }
        Activity::Create(parse::Object::There(there)) => fetch(ctx, &there, Told::Author, budget).await,
        Activity::Update(parse::Object::Here(note)) => place::edited(ctx, *note, by, heard, budget).await,
        Activity::Update(parse::Object::There(there)) => match place::fetched(ctx, &there, budget).await? {
            Some((note, author)) => {
                // Of what others say of it nothing is passed on.
                let heard = (author.actor == by.actor).then_some(heard);
                Box::pin(place::as_shown(ctx, (note, author), (Told::Author, heard), budget)).await
            }
            None => Ok(Outcome::Ignored("what is changed cannot be had")),
        },
        Activity::UpdateActor => known::renewed(ctx, &actor, budget).await,
        Activity::Delete { object, reason } => {
            if approval::revoked(ctx, &object, &by).await? {
                return Ok(Outcome::Done);
            }
            if moderation::is_by_another(ctx, &object, &by).await? {
                let measure = Measure::Remove(object, reason.unwrap_or_default());
                return moderation::decided(ctx, measure, &by, budget).await;
            }
            Ok(place::deleted(ctx, object, by, heard).await?)
        }
        Activity::DeleteActor => departed::gone(ctx, by).await,
        Activity::Like { object, .. } => {
            cast(ctx, object, (by, Some(heard)), Given { vote: Some(Vote::Up), came }, budget).await
        }
        Activity::Dislike { object } => {
            cast(ctx, object, (by, Some(heard)), Given { vote: Some(Vote::Down), came }, budget).await
        }
        Activity::Announce(inner) => announced::passed_on(ctx, inner, (&by, &heard), budget).await,
        Activity::Accept { of, stamp } => approval::accepted(ctx, (of, stamp), (by, &id), budget).await,
        Activity::Reject(of) => Ok(approval::rejected(ctx, of, by).await?),
        Activity::Ask { wish, target } => permission::asked(ctx, Request { id, wish, target, by, came }, budget).await,
        Activity::Flag { objects, category, text } => {
            let category = category.and_then(|name| Category::named(&name)).unwrap_or(Category::Other);
            Ok(flag::flagged(ctx, objects, (&id, category, &text), by).await?)
        }
        Activity::Move { target } => moved::moved(ctx, &actor, target, by, budget).await,
        other => match Measure::of(&other) {
            Some(measure) => moderation::decided(ctx, measure, &by, budget).await,
            None => Ok(Outcome::Ignored("this server does not act on this kind of activity")),
        },
    }
}

pub(super) async fn fetch(ctx: &Ctx, id: &Id, told: Told, budget: &Budget) -> Result<Outcome, Postponed> {
    match place::fetched(ctx, id, budget).await? {
        Some((note, by)) => place::created(ctx, note, by, told, budget).await,
        None => Ok(Outcome::Ignored("what is told of cannot be had")),
    }
}

async fn follow(ctx: &Ctx, target: Id, said: (String, Came), by: Remote) -> Result<Outcome> {
    let Some(Ours::Actor(actor)) = ctx.elsewhere().addresses().read(&target) else {
        return Ok(Outcome::Refused("what is to be followed is nobody here".into()));
    };
    let cx = ctx.clone();
    ctx.db().write(move |tx| followed(tx, &cx, &actor, (&said.0, said.1), &by)).await
}

fn followed(tx: &mut Write, ctx: &Ctx, actor: &OurActor, (uri, came): (&str, Came), by: &Remote) -> Result<Outcome> {
    let Some(followed) = documents::followed(tx, actor)? else {
        return Ok(Outcome::Refused("what is to be followed is nobody here".into()));
    };
    let Some(followed) = followed else {
        say::rejected(tx, ctx, actor, uri, by)?;
        return Ok(Outcome::Refused("the server itself says nothing that could be followed".into()));
    };
    if !sanctions::may_follow(tx, ctx, by.actor, followed)? {
        say::rejected(tx, ctx, actor, uri, by)?;
        return Ok(Outcome::Refused("who wants to follow is suspended there".into()));
    }
    if !follows::insert(tx, followed, by.actor, uri, came.at)? && !came.is_late {
        follows::renew(tx, followed, by.actor, uri, came.at)?;
    }
    say::accepted(tx, ctx, actor, uri, by)?;
    Ok(Outcome::Done)
}

async fn undo(
    ctx: &Ctx,
    inner: Inner,
    (by, heard): (Remote, Heard),
    came: Came,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let cx = ctx.clone();
    match inner.kind {
        Some(Kind::Like | Kind::Dislike | Kind::EmojiReact) => {
            if let Some(vote) = inner.id {
                let actor = by.uri.clone();
                ctx.db().write(move |tx| overtake(tx, vote.as_str(), &actor, came)).await?;
            }
            match inner.object {
                Some(object) => cast(ctx, object, (by, Some(heard)), Given { vote: None, came }, budget).await,
                None => Ok(Outcome::Ignored("it does not say what was liked")),
            }
        }
        None | Some(Kind::Follow) => Ok(ctx.db().write(move |tx| unfollow(tx, &cx, &inner, (&by, came))).await?),
        Some(_) => Ok(Outcome::Ignored("what is taken back had no effect here")),
    }
}

/// What is taken back is not tried again.
fn overtake(tx: &mut Write, id: &str, actor: &str, came: Came) -> Result<()> {
    Ok(inbox::overtake(tx, id, actor, came.until(), "it was taken back before it could be dealt with")?)
}

fn unfollow(tx: &mut Write, ctx: &Ctx, inner: &Inner, (by, came): (&Remote, Came)) -> Result<Outcome> {
    if let Some(id) = &inner.id {
        overtake(tx, id.as_str(), &by.uri, came)?;
        if follows::take_back_by_uri(tx, by.actor, id.as_str(), came.until())? {
            return Ok(Outcome::Done);
        }
    }
    let ours = inner.object.as_ref().and_then(|object| ctx.elsewhere().addresses().read(object));
    if let Some(Ours::Actor(actor)) = ours
        && let Some(Some(followed)) = documents::followed(tx, &actor)?
        && follows::take_back(tx, followed, by.actor, came.until())?
    {
        return Ok(Outcome::Done);
    }
    Ok(Outcome::Ignored("what is taken back had no effect here"))
}

/// Why a vote has no effect on something that is not here.
const NOT_HERE: Outcome = Outcome::Ignored("what is voted on is not here");

/// Counts a vote from elsewhere; what was said of it may be passed on. What is voted on and is not here is asked for at its home: it may
/// be worked off at this moment, or wait for a server that is away, and nobody votes a second time.
pub(super) async fn cast(
    ctx: &Ctx,
    object: Id,
    (by, heard): (Remote, Option<Heard>),
    given: Given,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let counted = count(ctx, &object, (&by, heard.as_ref()), given).await?;
    if counted != NOT_HERE || given.vote.is_none() || ctx.elsewhere().rules().is_ours(&object) {
        return Ok(counted);
    }
    match fetch(ctx, &object, Told::Author, budget).await? {
        Outcome::Done => Ok(count(ctx, &object, (&by, heard.as_ref()), given).await?),
        Outcome::Ignored(_) | Outcome::Refused(_) => Ok(NOT_HERE),
    }
}

async fn count(ctx: &Ctx, object: &Id, (by, heard): (&Remote, Option<&Heard>), given: Given) -> Result<Outcome> {
    let (cx, object, by, heard) = (ctx.clone(), object.clone(), by.clone(), heard.cloned());
    let ended = ctx.db().write(move |tx| {
        let Some(comment) = comment(tx, &cx, &object)? else { return Ok(NOT_HERE) };
        counted(tx, &cx, comment, (&by, heard.as_ref()), given)
    });
    place::judged(ended.await)
}

fn counted(
    tx: &mut Write,
    ctx: &Ctx,
    comment: CommentId,
    (by, heard): (&Remote, Option<&Heard>),
    Given { vote, came }: Given,
) -> Result<Outcome> {
    let spot = permitted(tx, &place::standing(ctx, by), Act::Vote, comment)?;
    let (before, given) = votes::one(tx, comment, by.actor)?.unzip();
    let stays = given.is_some_and(|given| given > came.until());
    if before == vote {
        if before.is_some() && !stays {
            votes::renew(tx, comment, by.actor, came.at)?;
        }
        return Ok(Outcome::Done);
    }
    if stays {
        return Ok(Outcome::Ignored("they have voted again since"));
    }
    vote::set(tx, ctx, &spot, by.actor, (vote, came.at))?;
    if let Some(heard) = heard {
        regroup::voted(tx, ctx, comment, heard)?;
    }
    Ok(Outcome::Done)
}
