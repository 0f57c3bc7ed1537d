//! What moderators do about what is reported: take it on, write notes beside it, decide it. Each decision is made once: who comes second
//! is told. Not here: taking the comment down (`retract`), reporting (`report`).

use std::collections::HashMap;

use domain::authority::Standing;
use domain::rights::Right;
use domain::{ActorId, BoardId, Category, CommentId, Deed, Noun, Refusal, ReportState, Told};
use storage::cases::{self, Case, Note};
use storage::comments::{self, Line};
use storage::notifications::{self, Notification};
use storage::reports::{self, Report};
use storage::{Read, Write, accounts, actors, staff};

use crate::elsewhere::say;
use crate::hosting::By;
use crate::tell::tell;
use crate::writing::reasoned;
use crate::{Ctx, Error, Person, Result, passage, retract};

/// A case with all that is needed to decide it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The case.
    pub case: Case,
    /// The comment, with the words that it has, whatever readers see of it.
    pub line: Line,
    /// Who has taken it on.
    pub assigned: Option<String>,
    /// The reports on it, the oldest first.
    pub reports: Vec<Report>,
    /// What moderators wrote beside it.
    pub notes: Vec<Note>,
}

/// Cases on the boards of whoever asks, the oldest first, and after which one the next page begins.
///
/// # Errors
/// Refusals to those who may not see reports; failures.
pub async fn page(
    ctx: &Ctx,
    who: &Person,
    state: ReportState,
    after: Option<i64>,
    limit: usize,
) -> Result<(Vec<Reported>, Option<i64>)> {
    who.must(Right::SeeReports)?;
    let reach = who.reach.clone();
    ctx.db()
        .read(move |tx| {
            let mut found = cases::page(tx, state, (&reach, None), after, crate::hosting::and_one(limit))?;
            let next = crate::hosting::cut(&mut found, limit, |case| case.opened);
            Ok((whole(tx, found)?, next))
        })
        .await
}

/// All that belongs to these, in five queries however many they are.
fn whole(tx: &mut Read, found: Vec<Case>) -> Result<Vec<Reported>> {
    let comments: Vec<CommentId> = found.iter().map(|case| case.comment).collect();
    let assigned: Vec<ActorId> = found.iter().filter_map(|case| case.assigned).collect();
    let (mut lines, names) = (passage::with_words(tx, &comments)?, actors::names(tx, &assigned)?);
    let mut reports = by_comment(reports::on_these(tx, &comments)?, |report| report.comment);
    let mut notes = by_comment(cases::notes_beside(tx, &comments)?, |note| note.comment);
    let one = |case: Case| {
        let comment = case.comment;
        Some(Reported {
            line: lines.remove(&comment)?,
            assigned: case.assigned.and_then(|actor| names.get(&actor).cloned()),
            reports: reports.remove(&comment).unwrap_or_default(),
            notes: notes.remove(&comment).unwrap_or_default(),
            case,
        })
    };
    Ok(found.into_iter().filter_map(one).collect())
}

fn by_comment<T>(all: Vec<T>, comment: impl Fn(&T) -> CommentId) -> HashMap<CommentId, Vec<T>> {
    let mut sorted: HashMap<CommentId, Vec<T>> = HashMap::new();
    for one in all {
        sorted.entry(comment(&one)).or_default().push(one);
    }
    sorted
}

/// The case of a comment, for somebody who has this right. On boards out of their reach there is none.
fn case(tx: &mut Write, who: &Standing, right: Right, comment: CommentId) -> Result<Case> {
    right.somewhere(who)?;
    let found = cases::find_to_change(tx, comment)?.filter(|found| who.reach.includes(found.board));
    found.ok_or(Error::missing(Noun::Report))
}

fn now(tx: &mut Read, comment: CommentId) -> Result<Reported> {
    let found = cases::find(tx, comment)?.ok_or(Error::missing(Noun::Report))?;
    whole(tx, vec![found])?.pop().ok_or(Error::missing(Noun::Report))
}

/// Who is to work on a case.
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    /// Their name; `None`: whoever assigns.
    pub to: Option<String>,
    /// Also if somebody else has taken it on.
    pub take: bool,
}

/// Has somebody take a case on, who must be one who may work on it.
///
/// # Errors
/// Refusals to those who may not, of somebody who could not, of what somebody else has unless it is to be taken; failures.
pub async fn assign(ctx: &Ctx, who: &Person, comment: CommentId, assignment: Assignment) -> Result<Reported> {
    let who = who.clone();
    ctx.db()
        .write(move |tx| {
            take_on(tx, &who, comment, assignment)?;
            now(tx, comment)
        })
        .await
}

/// The same within a transaction. Says who has it.
pub(crate) fn take_on(tx: &mut Write, who: &Person, comment: CommentId, assignment: Assignment) -> Result<String> {
    let found = case(tx, &who.standing(), Right::WorkOnReports, comment)?;
    let to = taker(tx, who, (found.board, found.assigned), assignment)?;
    cases::assign(tx, comment, Some(to))?;
    name(tx, to)
}

/// What somebody is called; nothing of nobody.
pub(crate) fn name(tx: &mut Read, actor: ActorId) -> Result<String> {
    Ok(actors::names(tx, &[actor])?.remove(&actor).unwrap_or_default())
}

/// Who is to have what that somebody may have already.
pub(crate) fn taker(
    tx: &mut Read,
    who: &Person,
    (board, has): (BoardId, Option<ActorId>),
    assignment: Assignment,
) -> Result<ActorId> {
    let to = match assignment.to {
        None => who.actor,
        Some(name) => colleague(tx, &name, board)?,
    };
    // Who has it may hand it on.
    let others = has.filter(|has| ![to, who.actor].contains(has));
    if let Some(other) = others.filter(|_| !assignment.take) {
        let name = name(tx, other)?;
        return Err(Error::Refused(Refusal::Overtaken(format!("{name} works on it already."))));
    }
    Ok(to)
}

fn colleague(tx: &mut Read, name: &str, board: BoardId) -> Result<domain::ActorId> {
    let account = accounts::by_name(tx, name)?.ok_or(Error::missing(Noun::Person))?;
    let reach = staff::reach(tx, account.id, account.role)?;
    let standing =
        Standing { role: account.role, reach, scope: domain::Scope::Admin, ..Standing::member(account.actor) };
    if Right::WorkOnReports.on(&standing, board).is_err() {
        let problem = format!("{name} does not moderate this board, nor help there");
        return Err(Error::Refused(Refusal::field("to", problem)));
    }
    Ok(account.actor)
}

/// Writes something beside a case that moderators see and nobody else.
///
/// # Errors
/// Refusals to those who may not, and of the text; failures.
pub async fn note(ctx: &Ctx, who: &Person, comment: CommentId, text: &str) -> Result<Reported> {
    let text = noted(text)?;
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            case(tx, &who.standing(), Right::WorkOnReports, comment)?;
            cases::note(tx, cx.id(), comment, who.actor, &text, cx.now())?;
            now(tx, comment)
        })
        .await
}

/// What a moderator writes for others, as it is stored.
pub(crate) fn noted(text: &str) -> Result<String> {
    let text = domain::text::tidy(text).trim().to_owned();
    let chars = text.chars().count();
    if chars == 0 || chars > crate::report::MAX_TEXT {
        let problem = format!("say something, in {} characters at most", crate::report::MAX_TEXT);
        return Err(Error::Refused(Refusal::field("text", problem)));
    }
    Ok(text)
}

/// What becomes of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// There was something in them.
    Resolve,
    /// There was not.
    Dismiss,
}

impl Decision {
    fn state(self) -> ReportState {
        match self {
            Self::Resolve => ReportState::Resolved,
            Self::Dismiss => ReportState::Dismissed,
        }
    }

    fn told(self) -> Told {
        match self {
            Self::Resolve => Told::Resolved,
            Self::Dismiss => Told::Dismissed,
        }
    }

    fn deed(self) -> Deed {
        match self {
            Self::Resolve => Deed::ResolveReports,
            Self::Dismiss => Deed::DismissReports,
        }
    }
}

/// A decision about a case.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// What becomes of its reports.
    pub decision: Decision,
    /// The newest report that whoever decides has seen; `None`: they do not say.
    pub seen: Option<i64>,
    /// Why.
    pub reason: String,
}

/// Decides all open reports on a comment, and tells those who reported it. The same decision twice does nothing the second time; another one is refused: somebody has
/// decided in the meantime.
///
/// # Errors
/// Refusals to those who may not, to the comment's author, [`Refusal::Conflict`], [`Refusal::Overtaken`]; failures.
pub async fn decide(ctx: &Ctx, who: &Person, comment: CommentId, ruling: Ruling) -> Result<Reported> {
    rule(ctx, who, comment, ruling).await.map(|(reported, _)| reported)
}

/// The same. Says whether it was not decided so before, too.
pub(crate) async fn rule(ctx: &Ctx, who: &Person, comment: CommentId, ruling: Ruling) -> Result<(Reported, bool)> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(&ruling.reason)?);
    let (to, seen) = (ruling.decision, ruling.seen);
    ctx.db()
        .write(move |tx| {
            let found = case(tx, &who.standing(), Right::DecideReports, comment)?;
            not_ones_own(tx, who.actor, comment)?;
            let is_open = found.state != to.state();
            if is_open {
                all_seen(tx, comment, seen)?;
                settle(tx, &cx, &who, (comment, to), reason)?;
            }
            Ok((now(tx, comment)?, is_open))
        })
        .await
}

/// Nobody decides about what is their own.
fn not_ones_own(tx: &mut Read, who: ActorId, comment: CommentId) -> Result<()> {
    if comments::spot(tx, comment)?.is_none_or(|spot| spot.author != who) {
        return Ok(());
    }
    let remedy = "They are about a comment of your own; somebody else has to.";
    Err(Error::Refused(Refusal::Forbidden("decide these reports", remedy)))
}

/// A decision covers what was seen.
fn all_seen(tx: &mut Read, comment: CommentId, seen: Option<i64>) -> Result<()> {
    let Some(seen) = seen else { return Ok(()) };
    let new = reports::open_after(tx, comment, seen)?;
    if new.is_empty() {
        return Ok(());
    }
    let new: Vec<_> = new.iter().map(|report| format!("{} ({})", report.id, report.category.name())).collect();
    Err(Error::Refused(Refusal::Overtaken(format!("It was reported again in the meantime: {}.", new.join(", ")))))
}

fn settle(tx: &mut Write, ctx: &Ctx, who: &Person, (comment, to): (CommentId, Decision), reason: String) -> Result<()> {
    let open = reports::open_after(tx, comment, 0)?;
    if !cases::decide(tx, comment, to.state(), ctx.now())? {
        // Somebody else was quicker, perhaps with the same.
        let same = cases::find(tx, comment)?.is_some_and(|found| found.state == to.state());
        return if same { Ok(()) } else { Err(Error::Refused(Refusal::Conflict)) };
    }
    let entry = retract::note(tx, ctx, who.actor, to.deed(), comment, reason)?;
    answer(tx, ctx, (who.actor, Some(&who.name)), &open, (to.told(), entry))
}

/// Says to those who reported what became of it. `by`: who decided, with their name if they are at home here.
fn answer(
    tx: &mut Write,
    ctx: &Ctx,
    (by, name): (ActorId, Option<&str>),
    open: &[Report],
    (told, entry): (Told, i64),
) -> Result<()> {
    for report in open {
        match (&report.flag, name) {
            (Some(_), Some(name)) if ctx.limits().log_names => say::resolved(tx, ctx, name, report)?,
            // Who decided knows it.
            (None, _) if report.reporter != by => tell(tx, ctx, report.reporter, told, (report.comment, entry))?,
            _ => {}
        }
    }
    Ok(())
}

/// A comment was removed, by this entry of the log: what was reported of it is dealt with by that, and nobody has to decide it once more.
///
/// Where it is put back, its reports stay decided: who reported has had an answer, and may report again what they see again.
///
/// # Errors
/// Failures only.
pub(crate) fn acted_on(
    tx: &mut Write,
    ctx: &Ctx,
    by: (ActorId, Option<&str>),
    (comment, entry): (CommentId, i64),
) -> Result<()> {
    let open = reports::open_after(tx, comment, 0)?;
    if !cases::decide(tx, comment, ReportState::Resolved, ctx.now())? {
        return Ok(());
    }
    answer(tx, ctx, by, &open, (Told::Resolved, entry))
}

/// A comment was deleted by its author: there is nothing left to decide, and whoever here had reported it is told. Their servers hear of all
/// deletions anyway.
///
/// # Errors
/// Failures only.
pub(crate) fn gone(tx: &mut Write, ctx: &Ctx, (comment, author): (CommentId, ActorId)) -> Result<()> {
    let open = reports::open_after(tx, comment, 0)?;
    if !cases::end(tx, comment, ctx.now())? {
        return Ok(());
    }
    for report in open.iter().filter(|report| report.reporter != author) {
        let Some(account) = accounts::of_actor(tx, report.reporter)? else { continue };
        let new = Notification { id: ctx.id(), comment, told: Told::Gone, entry: None, at: ctx.now(), read: None };
        notifications::tell(tx, account, &new)?;
    }
    Ok(())
}

/// Tells the home of a comment, once, that it is reported here and why; not by whom.
///
/// # Errors
/// Refusals to those who may not, of what is at home here or on a server that is not spoken to; failures.
pub async fn forward(ctx: &Ctx, who: &Person, comment: CommentId, reason: &str) -> Result<Reported> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            case(tx, &who.standing(), Right::DecideReports, comment)?;
            if cases::forward(tx, comment, cx.now())? {
                let reports = reports::on(tx, comment)?;
                let host =
                    say::flagged(tx, &cx, comment, (gravest(&reports), &said(&reports)))?.ok_or_else(nobody_to_tell)?;
                let by = By::Administrator(who.clone());
                by.note_about(tx, &cx, Deed::ForwardReports, (comment, host), &reason)?;
            }
            now(tx, comment)
        })
        .await
}

fn nobody_to_tell() -> Error {
    Error::Refused(Refusal::field("id", "it is at home here, or on a server that is gone or not spoken to"))
}

/// The category of a report that stands for all of them: who moderates elsewhere looks at the worst first.
fn gravest(reports: &[Report]) -> Category {
    let order = [Category::Illegal, Category::Abuse, Category::Spam, Category::OffTopic];
    let is_said = |category: &Category| reports.iter().any(|report| report.category == *category);
    order.into_iter().find(is_said).unwrap_or(Category::Other)
}

/// What is said in reports, each thing once.
fn said(reports: &[Report]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for report in reports {
        let text = if report.text.is_empty() { String::new() } else { format!(": {}", report.text) };
        let line = format!("{}{text}", report.category.name());
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n").chars().take(crate::report::MAX_TEXT).collect()
}
