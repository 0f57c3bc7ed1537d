//! Rules that look at each comment before it is published, here and from elsewhere, new and changed: they are asked in this one place. What a
//! rule is, and which one counts, stands in `domain::rules`; here is what follows. Where there are no rules, nothing is looked up.

mod facts;
pub mod hook;
pub mod keeping;
mod looking;
pub mod written;

use std::sync::{Arc, PoisonError, RwLock};

use domain::authority::Standing;
use domain::rules::{Occasion, Rulebook, Rules, Subject};
use domain::{BoardId, Cause, CommentId, Effect, Level, News, Refusal, Role, Time};
use storage::holds::{self, Hold, Stage};
use storage::marks::{self, Mark};
use storage::traces::{self, Trace};
use storage::{Read, Write, notifications, staff};

pub(crate) use looking::{Look, Words};

use crate::{Ctx, Error, Result, webhooks};
use facts::Known;
use hook::{Said, Verdict};
use looking::Heard;

/// The rules as they were last looked up, with the epoch of the site.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    known: RwLock<Option<(u64, Arc<Rules>)>>,
}

/// The rules. They are in memory until something changes that stands on many pages, in whichever process.
///
/// # Errors
/// Failures only.
pub(crate) async fn current(ctx: &Ctx) -> Result<Arc<Rules>> {
    let kept = ctx.rules();
    // Before it is read: what changes meanwhile is looked up again.
    let epoch = ctx.db().changes().epoch();
    let known = kept.known.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((_, rules)) = known.filter(|(known, _)| *known == epoch) {
        return Ok(rules);
    }
    let rules = Arc::new(ctx.db().read(keeping::stored).await?.1);
    *kept.known.write().unwrap_or_else(PoisonError::into_inner) = Some((epoch, Arc::clone(&rules)));
    Ok(rules)
}

/// A comment on its way in.
#[derive(Clone, Copy)]
pub(crate) struct Entering<'a> {
    /// The host of its author; empty for people here.
    pub(crate) host: &'a str,
    /// How that host is dealt with.
    pub(crate) level: Level,
    /// What was found in its words.
    pub(crate) look: &'a Look,
}

/// Whose it is, and where it is to stand.
#[derive(Clone, Copy)]
pub(crate) struct Matter<'a> {
    /// Who wrote it.
    pub(crate) who: &'a Standing,
    /// The comment.
    pub(crate) comment: CommentId,
    /// The board of its thread.
    pub(crate) board: BoardId,
    /// Whether it is new.
    pub(crate) occasion: Occasion,
}

/// What becomes of a comment, for all that its server, its author and the rules have to do with it.
#[derive(Debug)]
pub(crate) struct Ruling {
    /// As everybody's, limited, or held.
    pub(crate) level: Level,
    hold: Option<Hold>,
    marks: Vec<Mark>,
    trace: Option<Trace>,
    board: BoardId,
    occasion: Occasion,
}

/// Asks the rules about a comment. Whoever moderates its board, or helps there, is asked nothing.
///
/// # Errors
/// [`Refusal::ByRule`], [`Refusal::QueueFull`]; [`Error::Later`] for what comes from elsewhere; storage failures.
pub(crate) fn ask(tx: &mut Write, ctx: &Ctx, entering: Entering<'_>, matter: Matter<'_>) -> Result<Ruling> {
    let Entering { host, level: of_server, look } = entering;
    let Matter { who, comment, board, occasion } = matter;
    let level = of_server.max(who.bars.level_on(board));
    let mut ruling = Ruling { level, hold: None, marks: Vec::new(), trace: None, board, occasion };
    let mut cause = match level {
        Level::Hold if of_server == Level::Hold => Some((Cause::Server, String::new())),
        Level::Hold => Some((Cause::Person, String::new())),
        _ => None,
    };
    if let Some(found) = look.found().filter(|_| who.role_on(board) == Role::Member) {
        let subject = Subject { board, host, occasion, ..found.subject() };
        let text = found.text();
        let verdict = found.rules().judge(subject, &mut Known::new(tx, ctx, host, matter, text))?;
        match verdict.decisive().map(|rule| (rule.effect, rule)) {
            Some((Effect::Refuse, rule)) => {
                return Err(Error::Refused(Refusal::ByRule(rule.message.trim().to_owned())));
            }
            Some((Effect::Hold, rule)) => {
                ruling.level = Level::Hold;
                cause = cause.or(Some((Cause::Rule, rule.name.clone())));
            }
            Some((Effect::Limit, _)) => ruling.level = level.max(Level::Limit),
            Some((Effect::Tag | Effect::Notify, _)) | None => {}
        }
        let lesser = verdict.matched.iter().filter(|rule| rule.effect < Effect::Hold);
        let mark = |name: &String, effect| Mark { comment, rule: name.clone(), effect, at: ctx.now() };
        ruling.marks = lesser.map(|rule| mark(&rule.name, rule.effect)).collect();
        let counts = occasion == Occasion::New && found.rules().are_about_frequency();
        ruling.trace = counts.then(|| Trace { comment, author: who.actor, host: host.to_owned(), board, text });
    }
    let said = if who.role_on(board) == Role::Member { heard(ctx, look) } else { None };
    let unheard = said.as_ref().is_some_and(|said| said.is_silence);
    if let Some(said) = said {
        cause = cause.or(ruling.hear(&said, (comment, ctx.now()))?);
    }
    if let Some((cause, rule)) = cause {
        // Other servers do not say again what is refused. What waits only because the program is away can wait where it came.
        let later = cause == Cause::Hook && unheard && !host.is_empty();
        bounded(tx, host, look).map_err(|full| if later && is_full(&full) { Error::Later(UNHEARD) } else { full })?;
        let (stage, held) = (Stage::Waiting, ctx.now());
        ruling.hold =
            Some(Hold { comment, stage, cause, rule, host: host.to_owned(), held, request: None, assigned: None });
    }
    Ok(ruling)
}

/// What the host's program said, if there is one. Where it was not asked, though something is published now, it has not answered.
fn heard(ctx: &Ctx, look: &Look) -> Option<Said> {
    let hook = ctx.hook()?;
    match look.heard() {
        Heard::Word(said) => Some(said.clone()),
        Heard::Nothing => Some(hook.unasked()),
        Heard::Before => None,
    }
}

/// Refuses what would make the queue longer than moderators could work it off.
///
/// # Errors
/// [`Refusal::QueueFull`]; storage failures.
pub(crate) fn bounded(tx: &mut Read, host: &str, look: &Look) -> Result<()> {
    let usual = Rulebook::default();
    let book = look.found().map_or(&usual, |found| found.rules().book());
    let is_full = holds::are_at_least(tx, None, i64::from(book.most_held))?
        || holds::are_at_least(tx, Some(host), i64::from(book.most_held_of_server))?;
    if is_full { Err(Error::Refused(Refusal::QueueFull)) } else { Ok(()) }
}

fn is_full(error: &Error) -> bool {
    matches!(error, Error::Refused(Refusal::QueueFull))
}

/// Why something from elsewhere is tried again later.
const UNHEARD: &str = "the moderation hook gave no answer, and the queue of the moderators is full";

impl Ruling {
    /// Whether a moderator is to look at it first.
    pub(crate) fn is_held(&self) -> bool {
        self.hold.is_some()
    }

    /// Takes what the host's program said into account. Says why the comment waits, if it is to.
    fn hear(&mut self, said: &Said, (comment, at): (CommentId, Time)) -> Result<Option<(Cause, String)>> {
        let mark = |tag: &String| Mark { comment, rule: tag.clone(), effect: Effect::Tag, at };
        self.marks.extend(said.tags.iter().map(mark));
        match said.verdict {
            Verdict::Approve => Ok(None),
            Verdict::Refuse => Err(said.refusal()),
            Verdict::Hold => {
                self.level = Level::Hold;
                Ok(Some((Cause::Hook, said.why())))
            }
        }
    }

    /// Writes down what was said, once the comment is stored.
    ///
    /// # Errors
    /// Storage failures only.
    pub(crate) fn keep(&self, tx: &mut Write, ctx: &Ctx) -> Result<()> {
        if let Some(hold) = &self.hold {
            holds::put(tx, hold)?;
            // Of what stood and waits now it is told where it turns.
            if self.occasion == Occasion::New {
                webhooks::happened(tx, ctx, News::CommentHeld, hold.comment)?;
            }
        }
        self.marks.iter().try_for_each(|mark| marks::put(tx, mark))?;
        if let Some(trace) = &self.trace {
            traces::insert(tx, trace)?;
        }
        self.tell(tx, ctx)
    }

    /// Those who moderate the board or help there are told where a rule wants that. What waits they find in the queue.
    fn tell(&self, tx: &mut Write, ctx: &Ctx) -> Result<()> {
        let Some(mark) = self.marks.iter().find(|mark| mark.effect == Effect::Notify) else { return Ok(()) };
        for one in staff::list(tx)?.into_iter().filter(|one| one.reach.includes(self.board)) {
            if let Some(account) = storage::accounts::of_actor(tx, one.actor)? {
                notifications::insert(tx, ctx.id(), account, mark.comment, ctx.now())?;
            }
        }
        Ok(())
    }
}

/// Whether a rule has a comment made known to nobody who did not ask for it: then neither are its changes.
///
/// # Errors
/// Storage failures only.
pub(crate) fn is_limited(tx: &mut Read, comment: CommentId) -> Result<bool> {
    let marks = marks::of(tx, &[comment])?;
    Ok(marks.values().flatten().any(|mark| mark.effect == Effect::Limit))
}
