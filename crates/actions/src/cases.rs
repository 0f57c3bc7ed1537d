//! What moderators do about what is reported: take it on, write notes beside it, decide it. Each decision is made once: who comes second
//! is told. Not here: taking the comment down (`retract`), reporting (`report`).

use domain::authority::Standing;
use domain::rights::Right;
use domain::{CommentId, Deed, Noun, Refusal, ReportState};
use storage::actors::{self, Actor};
use storage::cases::{self, Case, Note};
use storage::comments::{self, Line};
use storage::log::{self, Entry};
use storage::reports::{self, Report};
use storage::{Read, Write, accounts, staff};

use crate::writing::reasoned;
use crate::{Ctx, Error, Person, Result};

/// A case with all that is needed to decide it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The case.
    pub case: Case,
    /// The comment, with the words that it has, whatever readers see of it.
    pub line: Line,
    /// Who has taken it on.
    pub assigned: Option<String>,
    /// The reports on it, the oldest first, with those who sent them.
    pub reports: Vec<(Report, Option<Actor>)>,
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
            let whole: Result<Vec<_>> = found.into_iter().filter_map(|case| reported(tx, case).transpose()).collect();
            Ok((whole?, next))
        })
        .await
}

fn reported(tx: &mut Read, case: Case) -> Result<Option<Reported>> {
    let Some(mut line) = comments::lines(tx, &[case.comment])?.pop() else { return Ok(None) };
    line.html = comments::html(tx, case.comment)?.unwrap_or_default();
    let mut reports = Vec::new();
    for report in reports::on(tx, case.comment)? {
        let by = actors::find(tx, report.reporter)?;
        reports.push((report, by));
    }
    let assigned = case.assigned.map(|actor| actors::find(tx, actor)).transpose()?.flatten().map(|actor| actor.name);
    let notes = cases::notes(tx, case.comment)?;
    Ok(Some(Reported { case, line, assigned, reports, notes }))
}

/// The case of a comment, for somebody who has this right. On boards out of their reach there is none.
fn case(tx: &mut Read, who: &Standing, right: Right, comment: CommentId) -> Result<Case> {
    right.somewhere(who)?;
    let found = cases::find(tx, comment)?.filter(|found| who.reach.includes(found.board));
    found.ok_or(Error::missing(Noun::Report))
}

fn now(tx: &mut Read, comment: CommentId) -> Result<Reported> {
    let found = cases::find(tx, comment)?.ok_or(Error::missing(Noun::Report))?;
    reported(tx, found)?.ok_or(Error::missing(Noun::Report))
}

/// Has somebody take a case on (`None`: oneself), who must be one who may work on it.
///
/// # Errors
/// Refusals to those who may not, and of somebody who could not; failures.
pub async fn assign(ctx: &Ctx, who: &Person, comment: CommentId, to: Option<String>) -> Result<Reported> {
    let who = who.clone();
    ctx.db()
        .write(move |tx| {
            let found = case(tx, &who.standing(), Right::WorkOnReports, comment)?;
            let to = match to {
                None => who.actor,
                Some(name) => colleague(tx, &name, &found)?,
            };
            cases::assign(tx, comment, Some(to))?;
            now(tx, comment)
        })
        .await
}

fn colleague(tx: &mut Read, name: &str, case: &Case) -> Result<domain::ActorId> {
    let account = accounts::by_name(tx, name)?.ok_or(Error::missing(Noun::Person))?;
    let reach = staff::reach(tx, account.id, account.role)?;
    let standing =
        Standing { role: account.role, reach, scope: domain::Scope::Admin, ..Standing::member(account.actor) };
    if Right::WorkOnReports.on(&standing, case.board).is_err() {
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

    fn deed(self) -> Deed {
        match self {
            Self::Resolve => Deed::ResolveReports,
            Self::Dismiss => Deed::DismissReports,
        }
    }
}

/// Decides all open reports on a comment. The same decision twice does nothing the second time; another one is refused: somebody has
/// decided in the meantime.
///
/// # Errors
/// Refusals to those who may not, [`Refusal::Conflict`]; failures.
pub async fn decide(ctx: &Ctx, who: &Person, comment: CommentId, to: Decision, reason: &str) -> Result<Reported> {
    let (cx, who, reason) = (ctx.clone(), who.clone(), reasoned(reason)?);
    ctx.db()
        .write(move |tx| {
            let found = case(tx, &who.standing(), Right::DecideReports, comment)?;
            if found.state != to.state() {
                settle(tx, &cx, &who, (comment, to), reason)?;
            }
            now(tx, comment)
        })
        .await
}

fn settle(tx: &mut Write, ctx: &Ctx, who: &Person, (comment, to): (CommentId, Decision), reason: String) -> Result<()> {
    if !cases::decide(tx, comment, ReportState::Open, to.state())? {
        // Somebody else was quicker, perhaps with the same.
        let same = cases::find(tx, comment)?.is_some_and(|found| found.state == to.state());
        return if same { Ok(()) } else { Err(Error::Refused(Refusal::Conflict)) };
    }
    let entry = Entry {
        id: ctx.id(),
        moderator: who.actor,
        moderator_name: who.name.clone(),
        deed: to.deed(),
        comment: Some(comment),
        host: None,
        person: None,
        reason,
        at: ctx.now(),
    };
    Ok(log::insert(tx, &entry)?)
}
