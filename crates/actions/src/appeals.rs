//! What an author says against the removal of a comment, and what becomes of it: somebody else looks at it where there is somebody else.
//! Each step stands in the moderation log. Not here: removing and restoring (`retract`).

use domain::authority::Standing;
use domain::rights::Right;
use domain::{ActorId, AppealState, BoardId, CommentId, Deed, Noun, Refusal, State, Time, Told};
use storage::appeals::{self, Appeal};
use storage::comments::{self, Line, Spot};
use storage::log::{self, Entry};
use storage::staff::Staff;
use storage::{Read, Write};

use crate::hosting::{and_one, cut};
use crate::tell::tell;
use crate::writing::reasoned;
use crate::{Ctx, Error, Person, Result, passage, retract, staffing};

/// The longest appeal, in Unicode scalar values: as long as a report.
pub const MAX_TEXT: usize = crate::report::MAX_TEXT;
/// For how long a removal can be appealed against, in days: who comes back from a holiday still can, and no moderator has to remember what
/// was a year ago.
pub const DAYS: i64 = 30;
const WINDOW_MS: i64 = DAYS * 24 * 3600 * 1000;

/// An appeal with all that is needed to decide it, or to understand what was decided.
#[derive(Clone, Debug)]
pub struct Appealed {
    /// The appeal.
    pub appeal: Appeal,
    /// The comment, with the words that it has, whatever readers see of it.
    pub line: Line,
    /// Who removed it, when, and why.
    pub decision: Entry,
    /// What became of the appeal.
    pub outcome: Option<Entry>,
}

/// What an author can say something against.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The comment, as its author sees it.
    pub line: Line,
    /// The title of its thread.
    pub title: String,
    /// Why it was removed, and when.
    pub decision: Entry,
    /// Until when something can be said against it.
    pub until: Time,
    /// What the author has said already.
    pub appeal: Option<Appealed>,
}

/// The newest removal of a comment, for its author.
///
/// # Errors
/// Refusals to everybody else, and of what was not removed; failures.
pub async fn removal(ctx: &Ctx, who: &Person, comment: CommentId) -> Result<Removal> {
    let author = who.actor;
    ctx.db()
        .read(move |tx| {
            let (spot, decision) = own(tx, author, comment)?;
            let appeal = appeals::against(tx, decision.id)?;
            let appeal = whole(tx, appeal.into_iter().collect())?.pop();
            let line = comments::lines(tx, &[comment])?.pop().ok_or(Error::missing(Noun::Comment))?;
            Ok(Removal { line, title: spot.title, until: decision.at.plus_ms(WINDOW_MS), decision, appeal })
        })
        .await
}

/// A comment of somebody, and its newest removal. A tombstone does not say whose it is, and neither does the refusal.
fn own(tx: &mut Read, author: ActorId, comment: CommentId) -> Result<(Spot, Entry)> {
    let spot = comments::spot(tx, comment)?.filter(|spot| spot.author == author || spot.state.stands());
    let spot = spot.ok_or(Error::missing(Noun::Comment))?;
    if spot.author != author {
        return Err(Error::Refused(Refusal::Forbidden("appeal", "Only who wrote a comment can, if it was removed.")));
    }
    let decision = log::last_removal(tx, comment)?;
    Ok((spot, decision.ok_or_else(|| Error::Refused(Refusal::field("comment", "nobody has removed it")))?))
}

/// Says something against the removal of one's comment, once.
///
/// # Errors
/// Refusals: of the text, of what is not removed or not theirs, of what is too old; [`Refusal::Conflict`] the second time; failures.
pub async fn appeal(ctx: &Ctx, who: &Person, comment: CommentId, text: &str) -> Result<Appealed> {
    who.must_be(domain::Role::Member, "appeal")?;
    let text = domain::text::tidy(text).trim().to_owned();
    let chars = text.chars().count();
    if chars == 0 || chars > MAX_TEXT {
        let problem = format!("say why it should stand, in {MAX_TEXT} characters at most");
        return Err(Error::Refused(Refusal::field("text", problem)));
    }
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            // Whoever puts it back at this moment has done so before, or does so after, and then has heard of the appeal.
            comments::spot_to_change(tx, comment)?;
            let (spot, decision) = own(tx, who.actor, comment)?;
            in_time(&cx, &spot, &decision)?;
            let new = Appeal {
                id: cx.id(),
                comment,
                board: spot.board,
                title: spot.title,
                decision: decision.id,
                author: who.actor,
                text,
                state: AppealState::Open,
                outcome: None,
                created: cx.now(),
            };
            if !appeals::insert(tx, &new)? {
                return Err(Error::Refused(Refusal::Conflict));
            }
            retract::note(tx, &cx, who.actor, Deed::Appeal, comment, String::new())?;
            found(tx, new.id)
        })
        .await
}

fn in_time(ctx: &Ctx, spot: &Spot, decision: &Entry) -> Result<()> {
    if spot.state != State::Removed {
        return Err(Error::Refused(Refusal::field("comment", "it is not removed")));
    }
    if decision.at.plus_ms(WINDOW_MS) < ctx.now() {
        let remedy = "It was removed more than 30 days ago; write to those who run this instance.";
        return Err(Error::Refused(Refusal::Forbidden("appeal any more", remedy)));
    }
    Ok(())
}

/// What somebody has appealed against, newest first, and before which one the next page begins.
///
/// # Errors
/// Failures only.
pub async fn of_author(
    ctx: &Ctx,
    who: &Person,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Appealed>, Option<i64>)> {
    let author = who.actor;
    ctx.db()
        .read(move |tx| {
            let mut found = appeals::of_author(tx, author, before, and_one(limit))?;
            let next = cut(&mut found, limit, |appeal| appeal.id);
            Ok((whole(tx, found)?, next))
        })
        .await
}

/// Appeals on the boards of whoever asks, the oldest first, and after which one the next page begins.
///
/// # Errors
/// Refusals to those who may not see them; failures.
pub async fn page(
    ctx: &Ctx,
    who: &Person,
    state: AppealState,
    after: Option<i64>,
    limit: usize,
) -> Result<(Vec<Appealed>, Option<i64>)> {
    who.must(Right::DecideAppeals)?;
    let reach = who.reach.clone();
    ctx.db()
        .read(move |tx| {
            let mut found = appeals::page(tx, state, &reach, after, and_one(limit))?;
            let next = cut(&mut found, limit, |appeal| appeal.id);
            Ok((whole(tx, found)?, next))
        })
        .await
}

/// All that belongs to these, in three queries however many they are.
fn whole(tx: &mut Read, found: Vec<Appeal>) -> Result<Vec<Appealed>> {
    let comments: Vec<CommentId> = found.iter().map(|appeal| appeal.comment).collect();
    let entries: Vec<i64> =
        found.iter().flat_map(|appeal| appeal.outcome.into_iter().chain([appeal.decision])).collect();
    let (lines, entries) = (passage::with_words(tx, &comments)?, log::these(tx, &entries)?);
    let one = |appeal: Appeal| {
        let (line, decision) = (lines.get(&appeal.comment)?.clone(), entries.get(&appeal.decision)?.clone());
        let outcome = appeal.outcome.and_then(|outcome| entries.get(&outcome).cloned());
        Some(Appealed { appeal, line, decision, outcome })
    };
    Ok(found.into_iter().filter_map(one).collect())
}

fn found(tx: &mut Read, id: i64) -> Result<Appealed> {
    let appeal = appeals::find(tx, id)?;
    whole(tx, appeal.into_iter().collect())?.pop().ok_or(Error::missing(Noun::Appeal))
}

/// What becomes of an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The comment stays removed.
    Uphold,
    /// The comment is put back.
    Overturn,
}

impl Verdict {
    fn state(self) -> AppealState {
        match self {
            Self::Uphold => AppealState::Upheld,
            Self::Overturn => AppealState::Overturned,
        }
    }

    fn told(self) -> Told {
        match self {
            Self::Uphold => Told::Upheld,
            Self::Overturn => Told::Overturned,
        }
    }

    fn deed(self, judge: Judge) -> Deed {
        match (self, judge) {
            (Self::Uphold, Judge::Another) => Deed::UpholdAppeal,
            (Self::Overturn, Judge::Another) => Deed::OverturnAppeal,
            (Self::Uphold, Judge::Same) => Deed::UpholdAlone,
            (Self::Overturn, Judge::Same) => Deed::OverturnAlone,
        }
    }
}

/// Who decides an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judge {
    /// Somebody else than who removed the comment.
    Another,
    /// Who removed it: there is nobody else.
    Same,
}

/// Decides an appeal. The same decision twice does nothing the second time; another one is refused.
///
/// # Errors
/// Refusals to those who may not, to whom it concerns, [`Refusal::Conflict`]; failures.
pub async fn decide(ctx: &Ctx, who: &Person, id: i64, verdict: Verdict, reason: &str) -> Result<Appealed> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            Right::DecideAppeals.somewhere(&who.standing())?;
            // On boards out of reach there is none.
            let appeal = appeals::find(tx, id)?.filter(|appeal| who.reach.includes(appeal.board));
            let appeal = appeal.ok_or(Error::missing(Noun::Appeal))?;
            if appeal.state == AppealState::Open {
                settle(tx, &cx, &who, (&appeal, verdict), reason)?;
            } else if appeal.state != verdict.state() {
                return Err(Error::Refused(Refusal::Conflict));
            }
            found(tx, id)
        })
        .await
}

fn settle(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Person,
    (appeal, verdict): (&Appeal, Verdict),
    reason: String,
) -> Result<()> {
    let judge = judge(tx, ctx, &who.standing(), appeal)?;
    if verdict == Verdict::Overturn {
        retract::put_back(tx, ctx, who, appeal.comment, reason.clone())?;
    }
    let entry = retract::note(tx, ctx, who.actor, verdict.deed(judge), appeal.comment, reason)?;
    if !appeals::settle(tx, appeal.id, verdict.state(), entry)? {
        return Err(Error::Refused(Refusal::Conflict));
    }
    tell(tx, ctx, appeal.author, verdict.told(), (appeal.comment, entry))
}

/// As what somebody decides an appeal.
fn judge(tx: &mut Read, ctx: &Ctx, who: &Standing, appeal: &Appeal) -> Result<Judge> {
    if appeal.author == who.actor {
        let remedy = "It is about a comment of your own; somebody else has to.";
        return Err(Error::Refused(Refusal::Forbidden("decide this appeal", remedy)));
    }
    let decision = log::these(tx, &[appeal.decision])?.remove(&appeal.decision).ok_or(Error::missing(Noun::Appeal))?;
    if decision.moderator != Some(who.actor) {
        return Ok(Judge::Another);
    }
    if others(tx, ctx, appeal.board, &[who.actor, appeal.author])? {
        let remedy = "You removed the comment; somebody else has to.";
        return Err(Error::Refused(Refusal::Forbidden("decide this appeal", remedy)));
    }
    Ok(Judge::Same)
}

/// Whether anybody but these decides appeals on a board.
fn others(tx: &mut Read, ctx: &Ctx, board: BoardId, concerned: &[ActorId]) -> Result<bool> {
    let decides = |one: &Staff| one.role >= Right::DecideAppeals.grant().role && one.reach.includes(board);
    Ok(staffing::acting(tx, ctx)?.iter().any(|one| decides(one) && !concerned.contains(&one.actor)))
}

/// A comment was put back without a word about the appeal: it has what it wanted. Says whether there was one.
pub(crate) fn given_way(tx: &mut Write, comment: CommentId, entry: i64) -> Result<bool> {
    let open = appeals::newest(tx, comment)?.filter(|appeal| appeal.state == AppealState::Open);
    open.map_or(Ok(false), |appeal| Ok(appeals::settle(tx, appeal.id, AppealState::Overturned, entry)?))
}
