//! The queue of moderators: what waits for them, what is reported, what was taken down lately; each with what is needed to decide it at a
//! glance. Deciding is done by the actions that do the same without a queue (`held`, `retract`, `cases`): here for one, for all of a person,
//! or for all of a server.

use std::collections::HashMap;

use domain::authority::Standing;
use domain::rights::{Reach, Right};
use domain::{ActorId, BoardId, CommentId, Noun, Refusal, ReportState, State, Time};
use storage::actors;
use storage::cases::{self, Note};
use storage::comments::{self, Line};
use storage::holds::{self, Hold, Stage};
use storage::marks::{self, Mark};
use storage::queue::{self, Decided};
use storage::reports::{self, Report};
use storage::{Read, boards, threads};

use crate::cases::{Assignment, Ruling};

use crate::hosting::{and_one, cut};
use crate::{Ctx, Error, Person, Result, held, retract};

/// What can be looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// What waits for a moderator, the oldest first.
    Held,
    /// What readers or other servers report, the oldest first.
    Reported,
    /// What waited and was not let out, the newest first.
    Rejected,
    /// What moderators took down, the latest first.
    Removed,
}

impl List {
    fn right(self) -> Right {
        match self {
            Self::Held | Self::Rejected | Self::Removed => Right::SeeHeld,
            Self::Reported => Right::SeeReports,
        }
    }
}

/// Something to be decided, or looked at again.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it stands in its list: the next page begins after the last of these.
    pub at: i64,
    /// The comment with the words that it has, whatever readers see of it.
    pub line: Line,
    /// The board of its thread.
    pub board: BoardId,
    /// The thread's title.
    pub title: String,
    /// Where the thread leads to, if this is its root.
    pub link: Option<String>,
    /// The comments that it answers, the nearest last.
    pub above: Vec<Line>,
    /// Why it is held, where it is.
    pub hold: Option<Hold>,
    /// The rules that marked it.
    pub marks: Vec<String>,
    /// Who has taken it on.
    pub assigned: Option<String>,
    /// Reports on it, the oldest first.
    pub reports: Vec<Report>,
    /// What moderators wrote beside it.
    pub notes: Vec<Note>,
    /// What is known of its author.
    pub author: Record,
}

impl Item {
    /// What a decision covers: the newest report, or, of what waits, the edition of its words.
    #[must_use]
    pub fn seen(&self) -> Option<i64> {
        match self.hold {
            Some(_) => Some(held::edition(self.line.edited)),
            None => self.reports.last().map(|report| report.id),
        }
    }
}

/// What is known of whoever wrote something.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Since when they are known here.
    pub since: Option<Time>,
    /// Their last comments, [`LATELY`] at most, by what has become of them.
    pub lately: Vec<(State, usize)>,
    /// What was decided about these, the latest first; by nobody for those who may not know by whom.
    pub decided: Vec<Decided>,
}

/// So many of an author's comments are looked at.
pub const LATELY: i64 = 200;
/// So many decisions about them are told.
const DECISIONS: usize = 5;
/// So many comments above one are shown.
const ABOVE: usize = 2;

/// How much waits, as far as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Held.
    pub held: usize,
    /// Reported.
    pub reported: usize,
}

/// Beyond this nobody counts.
pub const MOST_COUNTED: usize = 1_000;

/// How much waits on the boards of whoever asks.
///
/// # Errors
/// Refusals to those who have no part in it; failures.
pub async fn counts(ctx: &Ctx, who: &Person) -> Result<Counts> {
    who.must(Right::SeeHeld)?;
    let reach = who.reach.clone();
    let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    ctx.db()
        .read(move |tx| {
            let held = holds::page(tx, &reach, None, None, most)?.len();
            let reported = cases::page(tx, ReportState::Open, (&reach, None), None, most)?.len();
            Ok(Counts { held, reported })
        })
        .await
}

/// A page of a list, and after which place the next one begins.
///
/// # Errors
/// Refusals to those who may not see it, and of boards out of their reach; failures.
pub async fn page(
    ctx: &Ctx,
    who: &Person,
    (list, board): (List, Option<String>),
    after: Option<i64>,
    limit: usize,
) -> Result<(Vec<Item>, Option<i64>)> {
    who.must(list.right())?;
    let who = who.clone();
    ctx.db()
        .read(move |tx| {
            let board = board.map(|name| within(tx, &who, list, &name)).transpose()?;
            let mut found = places(tx, list, (&who.reach, board), after, limit)?;
            let next = cut(&mut found, limit, |place| place.at);
            Ok((items(tx, &who, list, found)?, next))
        })
        .await
}

fn within(tx: &mut Read, who: &Person, list: List, name: &str) -> Result<BoardId> {
    let board = boards::by_address(tx, name)?.ok_or(Error::missing(Noun::Board))?;
    who.must_on(list.right(), board.id)?;
    Ok(board.id)
}

/// A comment in a list.
struct Place {
    at: i64,
    comment: CommentId,
    board: BoardId,
    title: String,
    hold: Option<Hold>,
    assigned: Option<ActorId>,
}

fn places(
    tx: &mut Read,
    list: List,
    (reach, board): (&Reach, Option<BoardId>),
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<Place>> {
    let limit = and_one(limit);
    Ok(match list {
        List::Held => holds::page(tx, reach, board, after, limit)?.into_iter().map(waiting).collect(),
        List::Reported => {
            let found = cases::page(tx, ReportState::Open, (reach, board), after, limit)?;
            found.into_iter().map(reported).collect()
        }
        List::Rejected => holds::rejected(tx, reach, board, after, limit)?.into_iter().map(waiting).collect(),
        List::Removed => queue::removed(tx, reach, board, after, limit)?.into_iter().map(removed).collect(),
    })
}

fn waiting(waiting: holds::Waiting) -> Place {
    let holds::Waiting { hold, board, title } = waiting;
    let assigned = hold.assigned;
    Place { at: hold.comment.0, comment: hold.comment, board, title, hold: Some(hold), assigned }
}

fn reported(case: cases::Case) -> Place {
    let cases::Case { comment, board, title, opened, assigned, .. } = case;
    Place { at: opened, comment, board, title, hold: None, assigned }
}

fn removed(removal: queue::Removal) -> Place {
    let queue::Removal { comment, board, title, entry } = removal;
    Place { at: entry, comment, board, title, hold: None, assigned: None }
}

fn items(tx: &mut Read, who: &Person, list: List, places: Vec<Place>) -> Result<Vec<Item>> {
    let ids: Vec<_> = places.iter().map(|place| place.comment).collect();
    let mut lines = by_id(comments::lines(tx, &ids)?);
    let (above, mut beside, mut records) = (above(tx, &lines)?, Beside::read(tx, list, &places)?, HashMap::new());
    let mut items = Vec::with_capacity(places.len());
    for place in places {
        let Some(mut line) = lines.remove(&place.comment) else { continue };
        if line.html.is_empty() {
            line.html = comments::html(tx, line.id)?.unwrap_or_default();
        }
        let author = match records.get(&line.author.id) {
            Some(known) => Record::clone(known),
            None => record(tx, who, line.author.id)?,
        };
        records.insert(line.author.id, author.clone());
        let head = if line.parent.is_none() { threads::head_words(tx, line.thread)? } else { None };
        let above = chain(&above, line.parent);
        let mut item = beside.item(place, line, above, author);
        item.link = head.and_then(|(_, link)| link);
        items.push(item);
    }
    Ok(items)
}

/// What stands beside the comments of a page.
struct Beside {
    reports: Vec<Report>,
    notes: Vec<Note>,
    marks: HashMap<CommentId, Vec<Mark>>,
    names: HashMap<ActorId, String>,
}

impl Beside {
    fn read(tx: &mut Read, list: List, places: &[Place]) -> Result<Self> {
        let ids: Vec<_> = places.iter().map(|place| place.comment).collect();
        let reports = if list == List::Reported { reports::on_these(tx, &ids)? } else { Vec::new() };
        let assigned: Vec<_> = places.iter().filter_map(|place| place.assigned).collect();
        let (notes, marks) = (cases::notes_beside(tx, &ids)?, marks::of(tx, &ids)?);
        Ok(Self { reports, notes, marks, names: actors::names(tx, &assigned)? })
    }

    fn item(&mut self, place: Place, line: Line, above: Vec<Line>, author: Record) -> Item {
        let Place { at, comment, board, title, hold, assigned } = place;
        let reports = self.reports.extract_if(.., |report| report.comment == comment).collect();
        let notes = self.notes.extract_if(.., |note| note.comment == comment).collect();
        let assigned = assigned.and_then(|actor| self.names.get(&actor).cloned());
        let marks = self.marks.remove(&comment).unwrap_or_default().into_iter().map(|mark| mark.rule).collect();
        Item { at, line, board, title, link: None, above, hold, marks, assigned, reports, notes, author }
    }
}

fn by_id(lines: Vec<Line>) -> HashMap<CommentId, Line> {
    lines.into_iter().map(|line| (line.id, line)).collect()
}

/// The comments above these, as far as they are shown.
fn above(tx: &mut Read, below: &HashMap<CommentId, Line>) -> Result<HashMap<CommentId, Line>> {
    let mut found = HashMap::new();
    let mut wanted: Vec<CommentId> = below.values().filter_map(|line| line.parent).collect();
    for _ in 0..ABOVE {
        wanted.sort_unstable();
        wanted.dedup();
        let lines = comments::lines(tx, &wanted)?;
        wanted = lines.iter().filter_map(|line| line.parent).filter(|id| !found.contains_key(id)).collect();
        found.extend(lines.into_iter().map(|line| (line.id, line)));
    }
    Ok(found)
}

fn chain(above: &HashMap<CommentId, Line>, parent: Option<CommentId>) -> Vec<Line> {
    let first = parent.and_then(|parent| above.get(&parent));
    let up = |line: &&Line| line.parent.and_then(|parent| above.get(&parent));
    let mut chain: Vec<Line> = std::iter::successors(first, up).take(ABOVE).cloned().collect();
    chain.reverse();
    chain
}

/// What was decided elsewhere is not for those who moderate here, nor who decided for those who may not read that in the log.
fn record(tx: &mut Read, who: &Person, author: ActorId) -> Result<Record> {
    let comments = queue::lately(tx, author, &who.reach, LATELY)?;
    let ids: Vec<_> = comments.iter().map(|(id, _)| *id).collect();
    let count = |state| comments.iter().filter(|(_, other)| *other == state).count();
    let lately = State::ALL.iter().map(|state| (*state, count(*state))).filter(|(_, count)| *count > 0).collect();
    let since = actors::find(tx, author)?.map(|actor| actor.created);
    let mut decided = queue::decisions(tx, &ids, DECISIONS)?;
    if who.must(Right::SeeLog).is_err() {
        decided.iter_mut().for_each(|decided| decided.by.clear());
    }
    Ok(Record { since, lately, decided })
}

/// Writes something beside a comment that moderators see and nobody else.
///
/// # Errors
/// Refusals to those who may not, and of the text; failures.
pub async fn note(ctx: &Ctx, who: &Person, comment: CommentId, text: &str) -> Result<()> {
    who.must(Right::WorkOnReports)?;
    let text = crate::cases::noted(text)?;
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            let spot = comments::spot(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
            who.must_on(Right::WorkOnReports, spot.board)?;
            Ok(cases::note(tx, cx.id(), comment, who.actor, &text, cx.now())?)
        })
        .await
}

/// Has somebody take on what is held or reported, who must be one who may work on it; so that two do not look at the same. Says who has it.
///
/// # Errors
/// Refusals to those who may not, of somebody who could not, of what somebody else has unless it is to be taken, of what does not wait;
/// failures.
pub async fn assign(ctx: &Ctx, who: &Person, comment: CommentId, assignment: Assignment) -> Result<String> {
    who.must(Right::WorkOnReports)?;
    let who = who.clone();
    ctx.db()
        .write(move |tx| {
            // Locked, so that of two who take it on at once the second sees the first.
            let spot = comments::spot_to_change(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
            who.must_on(Right::WorkOnReports, spot.board)?;
            let hold = holds::find(tx, comment)?.filter(|hold| hold.stage == Stage::Waiting);
            let Some(hold) = hold else { return crate::cases::take_on(tx, &who, comment, assignment) };
            let to = crate::cases::taker(tx, &who, (spot.board, hold.assigned), assignment)?;
            holds::assign(tx, comment, to)?;
            crate::cases::name(tx, to)
        })
        .await
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It comes out.
    Approve,
    /// It does not.
    Reject,
    /// It is taken down, and reports on it are resolved.
    Remove,
    /// It is put back.
    Restore,
    /// Reports are dealt with.
    Resolve,
    /// There is nothing in reports.
    Dismiss,
}

/// What else in the list is decided alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Nothing.
    This,
    /// All of the same author.
    Person,
    /// All of authors of the same server.
    Host,
}

/// What became of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// About so many comments it was made now.
    pub decided: usize,
    /// Nothing was done about the comment itself, for it was so already.
    pub before: Option<Before>,
    /// There are more of the same author or server than are decided at once.
    pub more: bool,
}

/// Why nothing had to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// Somebody had decided so.
    Decided(Decided),
    /// It never was otherwise.
    Never,
}

/// Decided at once, of a person or a server.
const AT_ONCE: usize = 100;

/// Decides about a comment of a list, and about others there. `seen` is [`Item::seen`] as it was for whoever decides, if they say.
///
/// # Errors
/// Refusals to those who may not decide this, or where somebody has decided otherwise in the meantime; failures.
pub async fn decide(
    ctx: &Ctx,
    who: &Person,
    (list, board): (List, Option<&str>),
    (comment, breadth, seen): (CommentId, Breadth, Option<i64>),
    decision: Decision,
    reason: &str,
) -> Result<Outcome> {
    // Before this one has left the list.
    let mut others = alike(ctx, who, (list, board), comment, breadth).await?;
    let is_done = one(ctx, who, list, (comment, seen), decision, reason).await?;
    let more = others.len() > AT_ONCE;
    others.truncate(AT_ONCE);
    let before = if is_done { None } else { Some(before(ctx, who, comment).await?) };
    let mut decided = usize::from(is_done);
    for other in others {
        match one(ctx, who, list, (other, None), decision, reason).await {
            Ok(done) => decided += usize::from(done),
            // Decided by somebody else since, or not theirs to decide: it stands as it is.
            Err(Error::Refused(_)) => {}
            Err(failed) => return Err(failed),
        }
    }
    Ok(Outcome { decided, before, more })
}

/// Says whether anything was done.
async fn one(
    ctx: &Ctx,
    who: &Person,
    list: List,
    (comment, seen): (CommentId, Option<i64>),
    decision: Decision,
    reason: &str,
) -> Result<bool> {
    match decision {
        Decision::Approve => {
            // Letting it out later is possible; not by one who does not know that a colleague has just said no.
            let hold = ctx.db().read(move |tx| holds::find(tx, comment)).await?;
            if list != List::Rejected && hold.is_some_and(|hold| hold.stage == Stage::Rejected) {
                return Err(rejected(decided(ctx, who, comment).await?));
            }
            held::approve(ctx, who, comment, seen, reason).await
        }
        Decision::Reject => held::reject(ctx, who, comment, reason).await,
        Decision::Restore => retract::restore(ctx, who, comment, reason).await,
        Decision::Remove => {
            // First, so that nothing is taken down where somebody has said that there is nothing in it, or more was reported.
            if list == List::Reported {
                ruled(ctx, who, comment, seen, crate::cases::Decision::Resolve, reason).await?;
            }
            retract::remove(ctx, who, comment, reason).await
        }
        Decision::Resolve => ruled(ctx, who, comment, seen, crate::cases::Decision::Resolve, reason).await,
        Decision::Dismiss => ruled(ctx, who, comment, seen, crate::cases::Decision::Dismiss, reason).await,
    }
}

async fn ruled(
    ctx: &Ctx,
    who: &Person,
    comment: CommentId,
    seen: Option<i64>,
    decision: crate::cases::Decision,
    reason: &str,
) -> Result<bool> {
    let ruling = Ruling { decision, seen, reason: reason.to_owned() };
    crate::cases::rule(ctx, who, comment, ruling).await.map(|(_, is_done)| is_done)
}

/// Why what was rejected is not let out by the way.
fn rejected(before: Option<Decided>) -> Error {
    let by = before.as_ref().map_or("Somebody", |before| before.by.as_str());
    let why = before.as_ref().map(|before| before.reason.as_str()).filter(|reason| !reason.is_empty());
    let why = why.map(|reason| format!(" ({reason})")).unwrap_or_default();
    let place = "It stands among what was rejected, and can be let out there.";
    Error::Refused(Refusal::Overtaken(format!("{by} said no to it{why}. {place}")))
}

/// The other comments of a list by the same author or server.
async fn alike(
    ctx: &Ctx,
    who: &Person,
    (list, board): (List, Option<&str>),
    comment: CommentId,
    breadth: Breadth,
) -> Result<Vec<CommentId>> {
    if breadth == Breadth::This {
        return Ok(Vec::new());
    }
    who.must(list.right())?;
    let (who, board) = (who.clone(), board.map(str::to_owned));
    ctx.db()
        .read(move |tx| {
            let board = board.map(|name| within(tx, &who, list, &name)).transpose()?;
            let found = places(tx, list, (&who.reach, board), None, MOST_COUNTED)?;
            let ids: Vec<_> = found.into_iter().map(|place| place.comment).chain([comment]).collect();
            let lines = by_id(comments::lines(tx, &ids)?);
            let Some(first) = lines.get(&comment).map(|line| line.author.clone()) else { return Ok(Vec::new()) };
            let same = |id: &CommentId| match (lines.get(id), breadth) {
                (Some(line), Breadth::Host) => line.author.host == first.host && !first.host.is_empty(),
                (Some(line), _) => line.author.id == first.id,
                (None, _) => false,
            };
            Ok(ids.into_iter().filter(|id| *id != comment).filter(same).take(AT_ONCE + 1).collect())
        })
        .await
}

/// Why nothing had to be done. By whom, for those who decide beside them.
async fn before(ctx: &Ctx, who: &Person, comment: CommentId) -> Result<Before> {
    Ok(decided(ctx, who, comment).await?.map_or(Before::Never, Before::Decided))
}

/// What was decided last about a comment.
async fn last_decision(ctx: &Ctx, comment: CommentId) -> Result<Option<Decided>> {
    Ok(ctx.db().read(move |tx| queue::decisions(tx, &[comment], 1)).await?.pop())
}

/// The same, for one who may decide about it and was too late.
///
/// # Errors
/// Refusals to those who have no part in it; failures.
pub async fn decided(ctx: &Ctx, who: &Person, comment: CommentId) -> Result<Option<Decided>> {
    let standing: Standing = who.standing();
    Right::SeeHeld.somewhere(&standing)?;
    let spot = ctx.db().read(move |tx| comments::spot(tx, comment)).await?.ok_or(Error::missing(Noun::Comment))?;
    Right::SeeHeld.on(&standing, spot.board)?;
    last_decision(ctx, comment).await
}
