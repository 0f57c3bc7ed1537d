//! What people say against what was decided about their comments or about themselves, and what becomes of it: somebody else looks at it where
//! there is somebody else. Each step stands in the moderation log. Not here: removing and restoring (`retract`), letting out (`held`), what is
//! decided about people (`sanctions`).

use std::collections::HashMap;

use domain::authority::Standing;
use domain::rights::{Reach, Right};
use domain::{ActorId, AppealState, BoardId, CommentId, Deed, Noun, Refusal, Sanction, State, Time, Told, Word};
use storage::appeals::{self, Against, Appeal};
use storage::comments::{self, Line, Spot};
use storage::holds::{self, Hold, Stage};
use storage::log::{self, Entry};
use storage::sanctions::Decided;
use storage::staff::Staff;
use storage::warnings::{self, Warning};
use storage::{Read, Write, actors, swept};

use crate::hosting::{By, and_one, cut};
use crate::tell::tell;
use crate::words::{self, Said, Saying};
use crate::writing::reasoned;
use crate::{Ctx, Error, Person, Result, held, passage, retract, sanctions, staffing};

/// The longest appeal, in Unicode scalar values: as long as a report.
pub const MAX_TEXT: usize = crate::report::MAX_TEXT;
/// For how long a decision can be appealed against, in days: who comes back from a holiday still can, and no moderator has to remember what
/// was a year ago.
pub const DAYS: i64 = 30;
pub(crate) const WINDOW_MS: i64 = DAYS * 24 * 3600 * 1000;
const TWICE: &str = "You have appealed against this before, which can be done once. The answer comes with your notifications; if there \
                     is one, it is final here.";

/// What was decided, as far as it can be appealed against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A comment was taken down.
    Removal,
    /// A comment that waited was not let out.
    Rejection,
    /// Somebody was warned.
    Warning,
    /// Something was decided against somebody.
    Sanction(Sanction),
}

/// Who decided what, when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub kind: Kind,
    /// Who; `None` for whoever has the machine.
    pub by: Option<ActorId>,
    /// Their name.
    pub name: Option<String>,
    /// Why; may be empty.
    pub reason: String,
    /// When.
    pub at: Time,
}

impl From<Entry> for Decision {
    fn from(entry: Entry) -> Self {
        let kind = if entry.deed == Deed::RejectComment { Kind::Rejection } else { Kind::Removal };
        let (by, name) = (entry.moderator, Some(entry.moderator_name));
        Self { kind, by, name, reason: entry.reason, at: entry.at }
    }
}

impl Decision {
    /// `name`: of who said it.
    fn of(said: &Said, name: Option<String>) -> Self {
        let word = &said.word;
        Self { kind: said.kind(), by: word.by, name, reason: word.reason.clone(), at: word.at }
    }
}

/// What an appeal is about.
#[derive(Clone, Debug)]
pub enum Matter {
    /// A comment, with the words that it has, whatever readers see of it.
    Comment(Box<Line>),
    /// What was said to a person about themselves.
    Person(Box<Said>),
}

/// An appeal with all that is needed to decide it, or to understand what was decided.
#[derive(Clone, Debug)]
pub struct Appealed {
    /// The appeal.
    pub appeal: Appeal,
    /// The name of who appeals; nobody elsewhere does.
    pub author: String,
    /// What it is about.
    pub matter: Matter,
    /// What it is against.
    pub decision: Decision,
    /// What became of the appeal.
    pub outcome: Option<Entry>,
}

/// What an author can say something against.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The comment, with the words that it has.
    pub line: Line,
    /// The title of its thread.
    pub title: String,
    /// The entry of the log that says so.
    pub entry: i64,
    /// Why it was removed or not let out, and when.
    pub decision: Decision,
    /// By what it had to wait, where it was not let out.
    pub hold: Option<Hold>,
    /// Until when something can be said against it.
    pub until: Time,
    /// What the author has said already.
    pub appeal: Option<Appealed>,
}

/// How a comment went down.
#[derive(Clone, Debug)]
pub enum TakenDown {
    /// Alone.
    Alone(Box<Removal>),
    /// With its author, because of what was decided about them; the comment has its words.
    WithAuthor(Box<words::Told>, Box<Line>),
}

/// How a comment went down, for its author.
///
/// # Errors
/// Refusals to everybody else, and of what was neither removed nor kept from coming out; failures.
pub async fn removal(ctx: &Ctx, who: &Person, comment: CommentId) -> Result<TakenDown> {
    let (author, now) = (who.actor, ctx.now());
    ctx.db()
        .read(move |tx| {
            let own = own(tx, author, comment)?;
            let line = passage::with_words(tx, &[comment])?.remove(&comment).ok_or(Error::missing(Noun::Comment))?;
            let (spot, decision) = match own {
                Own::Alone(spot, decision) => (*spot, *decision),
                Own::WithAuthor(word) => {
                    let told = words::only(tx, *word, now)?;
                    return Ok(TakenDown::WithAuthor(Box::new(told), Box::new(line)));
                }
            };
            let appeal = appeals::against(tx, decision.id)?;
            let appeal = whole(tx, appeal.into_iter().collect())?.pop();
            let (entry, until, title) = (decision.id, decision.at.plus_ms(WINDOW_MS), spot.title);
            let (hold, decision) = (holds::find(tx, comment)?, Decision::from(decision));
            Ok(TakenDown::Alone(Box::new(Removal { line, title, entry, decision, hold, until, appeal })))
        })
        .await
}

/// A comment of somebody, and what was decided: about it alone, or about them.
enum Own {
    Alone(Box<Spot>, Box<Entry>),
    WithAuthor(Box<Warning>),
}

/// The newest decision about a comment of somebody. A tombstone does not say whose it is, and neither does the refusal.
fn own(tx: &mut Read, author: ActorId, comment: CommentId) -> Result<Own> {
    let spot = comments::spot(tx, comment)?.filter(|spot| spot.author == author || spot.state.stands());
    let spot = spot.ok_or(Error::missing(Noun::Comment))?;
    if spot.author != author {
        return Err(Error::Refused(Refusal::Forbidden("appeal", "Only who wrote a comment can, if it was removed.")));
    }
    let with_author = swept::with(tx, comment)?.map_or(Ok(None), |sanction| warnings::of_sanction(tx, sanction))?;
    if let Some(word) = with_author {
        return Ok(Own::WithAuthor(Box::new(word)));
    }
    let decision = match is_rejected(tx, &spot)? {
        true => log::last_about(tx, comment, Deed::RejectComment)?,
        false => log::last_removal(tx, comment)?,
    };
    let nothing = || Error::Refused(Refusal::field("comment", "nobody has removed it, or kept it from coming out"));
    Ok(Own::Alone(Box::new(spot), Box::new(decision.ok_or_else(nothing)?)))
}

/// Whether a moderator did not let it out.
fn is_rejected(tx: &mut Read, spot: &Spot) -> Result<bool> {
    Ok(spot.state == State::Held && holds::find(tx, spot.id)?.is_some_and(|hold| hold.stage == Stage::Rejected))
}

/// What somebody appeals against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// What was done with a comment; where it was taken down with its author, what was decided about them.
    Comment(CommentId),
    /// What was decided about themselves.
    Word(i64),
}

/// Says something against a decision, once.
///
/// # Errors
/// Refusals: of the text, of what does not stand or is not theirs, of what is too old; [`Refusal::OutOfTurn`] the second time; failures.
pub async fn appeal(ctx: &Ctx, who: &Person, aim: Aim, text: &str) -> Result<Appealed> {
    who.must_be(domain::Role::Member, "appeal")?;
    let text = domain::text::tidy(text).trim().to_owned();
    let chars = text.chars().count();
    if chars == 0 || chars > MAX_TEXT {
        let problem = format!("say why that should not stand, in {MAX_TEXT} characters at most");
        return Err(Error::Refused(Refusal::field("text", problem)));
    }
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            let (against, board) = aimed(tx, &cx, &who, aim)?;
            let (id, author, created) = (cx.id(), who.actor, cx.now());
            let (state, outcome) = (AppealState::Open, None);
            let new = Appeal { id, against, board, title: None, author, text, state, outcome, created };
            if !appeals::insert(tx, &new)? {
                return Err(Error::Refused(Refusal::OutOfTurn(TWICE)));
            }
            note(tx, &cx, Deed::Appeal, (who.actor, &who.name), (&new, String::new()))?;
            found(tx, new.id)
        })
        .await
}

/// What that is, and where, if it can still be appealed against.
fn aimed(tx: &mut Write, ctx: &Ctx, who: &Person, aim: Aim) -> Result<(Against, Option<BoardId>)> {
    let word = match aim {
        Aim::Word(word) => words::own(tx, who.actor, word)?,
        Aim::Comment(comment) => {
            // Whoever puts it back at this moment has done so before, or does so after, and then has heard of the appeal.
            comments::spot_to_change(tx, comment)?;
            match own(tx, who.actor, comment)? {
                Own::WithAuthor(word) => *word,
                Own::Alone(spot, decision) => {
                    if spot.state != State::Removed && !is_rejected(tx, &spot)? {
                        return Err(Error::Refused(Refusal::field("comment", "it is not removed")));
                    }
                    in_time(ctx, decision.at)?;
                    return Ok((Against::Comment(comment, decision.id), Some(spot.board)));
                }
            }
        }
    };
    // The same of what is lifted.
    storage::sanctions::hold(tx, who.actor)?;
    let told = words::only(tx, word, ctx.now())?;
    if !told.stands {
        return Err(Error::Refused(Refusal::field(
            "decision",
            "it does not count any more, and nothing is left of it",
        )));
    }
    in_time(ctx, told.said.word.at)?;
    Ok((Against::Word(told.said.word.id), told.said.word.board))
}

fn in_time(ctx: &Ctx, decided: Time) -> Result<()> {
    if decided.plus_ms(WINDOW_MS) < ctx.now() {
        let remedy = "It was decided more than 30 days ago; write to those who run this instance.";
        return Err(Error::Refused(Refusal::Forbidden("appeal any more", remedy)));
    }
    Ok(())
}

/// Writes the log: of a comment, or of a person, who is `author`.
fn note(
    tx: &mut Write,
    ctx: &Ctx,
    deed: Deed,
    (who, author): (ActorId, &str),
    (appeal, reason): (&Appeal, String),
) -> Result<i64> {
    match appeal.against {
        Against::Comment(comment, _) => retract::note(tx, ctx, who, deed, comment, reason),
        Against::Word(_) => retract::note_of(tx, ctx, (who, deed), (None, Some(author.to_owned())), reason),
    }
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

/// Appeals within reach of whoever asks, the oldest first, and after which one the next page begins.
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

/// The appeal against what was said to somebody.
pub(crate) fn against_word(tx: &mut Read, word: i64) -> Result<Option<Appealed>> {
    let found = appeals::against_words(tx, &[word])?;
    Ok(whole(tx, found)?.pop())
}

/// All that belongs to these.
fn whole(tx: &mut Read, found: Vec<Appeal>) -> Result<Vec<Appealed>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut beside = Beside::read(tx, &found)?;
    Ok(found.into_iter().filter_map(|appeal| beside.one(appeal)).collect())
}

/// What stands beside the appeals of a page, in a few queries however many they are.
struct Beside {
    lines: HashMap<CommentId, Line>,
    said: HashMap<i64, Said>,
    entries: HashMap<i64, Entry>,
    names: HashMap<ActorId, String>,
}

impl Beside {
    fn read(tx: &mut Read, found: &[Appeal]) -> Result<Self> {
        let (mut comments, mut words, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for appeal in found {
            match appeal.against {
                Against::Comment(comment, entry) => {
                    comments.push(comment);
                    entries.push(entry);
                }
                Against::Word(word) => words.push(word),
            }
            entries.extend(appeal.outcome);
        }
        let said = words::these(tx, &words)?;
        let people = found.iter().map(|appeal| appeal.author).chain(said.values().filter_map(|said| said.word.by));
        let names = actors::names(tx, &people.collect::<Vec<_>>())?;
        Ok(Self { lines: passage::with_words(tx, &comments)?, said, entries: log::these(tx, &entries)?, names })
    }

    fn one(&mut self, appeal: Appeal) -> Option<Appealed> {
        let (matter, decision) = match appeal.against {
            Against::Comment(comment, entry) => {
                let line = Box::new(self.lines.get(&comment)?.clone());
                (Matter::Comment(line), Decision::from(self.entries.get(&entry)?.clone()))
            }
            Against::Word(word) => {
                let said = self.said.get(&word)?.clone();
                let name = said.word.by.and_then(|by| self.names.get(&by).cloned());
                let decision = Decision::of(&said, name);
                (Matter::Person(Box::new(said)), decision)
            }
        };
        let author = self.names.get(&appeal.author)?.clone();
        let outcome = appeal.outcome.and_then(|outcome| self.entries.get(&outcome).cloned());
        Some(Appealed { appeal, author, matter, decision, outcome })
    }
}

fn found(tx: &mut Read, id: i64) -> Result<Appealed> {
    let appeal = appeals::find(tx, id)?;
    whole(tx, appeal.into_iter().collect())?.pop().ok_or(Error::missing(Noun::Appeal))
}

/// What becomes of an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What was decided stays.
    Reject,
    /// It is undone.
    Grant,
}

impl Verdict {
    fn state(self) -> AppealState {
        match self {
            Self::Reject => AppealState::Rejected,
            Self::Grant => AppealState::Granted,
        }
    }

    fn told(self) -> Told {
        match self {
            Self::Reject => Told::AppealRejected,
            Self::Grant => Told::AppealGranted,
        }
    }

    fn word(self) -> Word {
        match self {
            Self::Reject => Word::AppealRejected,
            Self::Grant => Word::AppealGranted,
        }
    }

    fn deed(self, judge: Judge) -> Deed {
        match (self, judge) {
            (Self::Reject, Judge::Another) => Deed::RejectAppeal,
            (Self::Grant, Judge::Another) => Deed::GrantAppeal,
            (Self::Reject, Judge::Same) => Deed::RejectAppealAlone,
            (Self::Grant, Judge::Same) => Deed::GrantAppealAlone,
        }
    }
}

/// Who decides an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judge {
    /// Somebody else than who decided what it is against.
    Another,
    /// Who decided that: there is nobody else.
    Same,
}

/// Decides an appeal. The same decision twice does nothing the second time; another one is refused. When it is answered, what was taken down
/// with somebody is back.
///
/// # Errors
/// Refusals to those who may not, to whom it concerns, [`Refusal::Conflict`]; failures.
pub async fn decide(ctx: &Ctx, who: &Person, id: i64, verdict: Verdict, reason: &str) -> Result<Appealed> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    let (now, lifted) = ctx
        .db()
        .write(move |tx| {
            Right::DecideAppeals.somewhere(&who.standing())?;
            // Out of reach there is none.
            let appeal = appeals::find(tx, id)?.filter(|appeal| reaches(&who.reach, appeal.board));
            let appeal = appeal.ok_or(Error::missing(Noun::Appeal))?;
            let mut lifted = Vec::new();
            if appeal.state == AppealState::Open {
                lifted = settle(tx, &cx, &who, (&appeal, verdict), reason)?;
            } else if appeal.state != verdict.state() {
                return Err(Error::Refused(Refusal::Conflict));
            }
            Ok((found(tx, id)?, lifted))
        })
        .await?;
    sanctions::put_back(ctx, &lifted).await?;
    Ok(now)
}

/// Whether who has a role there decides what counts on that board, or on the whole instance.
fn reaches(reach: &Reach, board: Option<BoardId>) -> bool {
    board.map_or(*reach == Reach::Everywhere, |board| reach.includes(board))
}

fn settle(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Person,
    (appeal, verdict): (&Appeal, Verdict),
    reason: String,
) -> Result<Vec<Decided>> {
    let appealed = found(tx, appeal.id)?;
    let judge = judge(tx, ctx, &who.standing(), &appealed)?;
    let mut lifted = Vec::new();
    if verdict == Verdict::Grant {
        lifted = undo(tx, ctx, who, (&appealed, &reason))?;
    }
    let entry = note(tx, ctx, verdict.deed(judge), (who.actor, &appealed.author), (appeal, reason.clone()))?;
    if !appeals::settle(tx, appeal.id, verdict.state(), Some(entry))? {
        return Err(Error::Refused(Refusal::Conflict));
    }
    match &appealed.matter {
        Matter::Comment(line) => tell(tx, ctx, appeal.author, verdict.told(), (line.id, entry))?,
        Matter::Person(said) => {
            let Warning { sanction, board, .. } = said.word;
            let saying = Saying { kind: verdict.word(), sanction, board, by: Some(who.actor) };
            words::say(tx, ctx, appeal.author, saying, &reason)?;
        }
    }
    Ok(lifted)
}

/// Undoes what an appeal is against: a comment is back, or comes out; what was decided about somebody ends. A warning is only words.
fn undo(tx: &mut Write, ctx: &Ctx, who: &Person, (appealed, reason): (&Appealed, &str)) -> Result<Vec<Decided>> {
    match &appealed.matter {
        Matter::Comment(line) if line.state == State::Held => held::let_out_after_all(tx, ctx, who, line.id, reason)?,
        Matter::Comment(line) => {
            retract::put_back(tx, ctx, who, line.id, reason.to_owned())?;
        }
        Matter::Person(said) => {
            let Some(decided) = &said.sanction else { return Ok(Vec::new()) };
            return sanctions::undo(tx, ctx, &By::Administrator(who.clone()), decided, reason);
        }
    }
    Ok(Vec::new())
}

/// As what somebody decides an appeal.
fn judge(tx: &mut Read, ctx: &Ctx, who: &Standing, appealed: &Appealed) -> Result<Judge> {
    let Appealed { appeal, matter, decision, .. } = appealed;
    if appeal.author == who.actor {
        return Err(not_theirs("It is your own; somebody else has to."));
    }
    if let Matter::Person(said) = matter {
        words::may_judge(tx, who, &said.word)?;
    }
    if decision.by != Some(who.actor) {
        return Ok(Judge::Another);
    }
    if others(tx, ctx, appealed, who.actor)? {
        return Err(not_theirs(match decision.kind {
            Kind::Removal => "You removed the comment; somebody else has to.",
            Kind::Rejection => "You did not let the comment out; somebody else has to.",
            Kind::Warning | Kind::Sanction(_) => "You decided what it is against; somebody else has to.",
        }));
    }
    Ok(Judge::Same)
}

fn not_theirs(remedy: &'static str) -> Error {
    Error::Refused(Refusal::Forbidden("decide this appeal", remedy))
}

/// Whether anybody but who decided and who appeals could decide it.
fn others(tx: &mut Read, ctx: &Ctx, appealed: &Appealed, who: ActorId) -> Result<bool> {
    let Appealed { appeal, matter, .. } = appealed;
    let concerned = [who, appeal.author];
    for one in staffing::acting(tx, ctx)? {
        let Staff { actor, role, reach, .. } = one;
        if role < Right::DecideAppeals.grant().role || !reaches(&reach, appeal.board) || concerned.contains(&actor) {
            continue;
        }
        let standing = Standing { role, reach, ..Standing::member(actor) };
        let may = match matter {
            Matter::Comment(_) => true,
            Matter::Person(said) => words::may_judge(tx, &standing, &said.word).is_ok(),
        };
        if may {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A comment was put back, or let out, without a word about the appeal: it has what it wanted. Says whether there was one.
pub(crate) fn given_way(tx: &mut Write, comment: CommentId, entry: i64) -> Result<bool> {
    let open = appeals::newest(tx, comment)?.filter(|appeal| appeal.state == AppealState::Open);
    open.map_or(Ok(false), |appeal| Ok(appeals::settle(tx, appeal.id, AppealState::Granted, Some(entry))?))
}

/// The same of what was decided about somebody. `entry`: of the log, if it stays there.
pub(crate) fn given_way_to(tx: &mut Write, sanction: i64, entry: Option<i64>) -> Result<()> {
    let Some(word) = warnings::of_sanction(tx, sanction)? else { return Ok(()) };
    for appeal in appeals::against_words(tx, &[word.id])? {
        appeals::settle(tx, appeal.id, AppealState::Granted, entry)?;
    }
    Ok(())
}
