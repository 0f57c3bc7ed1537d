//! What moderators do about people, here or elsewhere: warn them, write notes about them, limit, hold and suspend them on a board or
//! everywhere, for a time or for good, and lift that. Each is done once: again, it changes nothing. Not here: what a decision forbids
//! (`domain::authority`), what is known of all of them (`known`), what follows for what is here (`parting`, `sweep`, `listing`).

pub(crate) mod elsewhere;
pub(crate) mod known;
pub(crate) mod listing;
mod parting;
mod sweep;

use domain::rights::{Right, may_sanction};
use domain::sanction::Bar;
use domain::{ActorId, BoardId, Deed, Noun, Origin, Refusal, Role, Sanction, State, Time, Word};
use storage::actors::{self, Actor};
use storage::follows::Followed;
use storage::jobs::{self, Job};
use storage::log::Listed;
use storage::sanctions::{self as rows, Decided, Note, Sweep};
use storage::warnings::{self, Warning};
use storage::{Read, Write, accounts, boards, comments, log, reports, swept};

use crate::elsewhere::{policy, told};
use crate::hosting::{By, and_one, cut};
use crate::words::{self, Saying};
use crate::writing::reasoned;
use crate::{Ctx, Error, Result, appeals};

/// The kind of the work that follows from a decision.
pub(crate) const KIND: &str = "sanction";
/// When it is looked once more, in milliseconds: what was under way when it was decided has ended by then.
const AGAIN_MS: i64 = 60_000;
/// Decisions, notes, warnings and entries of the log that are shown of one person.
const MOST: i64 = 200;
/// The longest note, in Unicode scalar values.
const MAX_NOTE: usize = 2_000;

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How severe it is.
    pub level: Sanction,
    /// On which board; `None`: on the whole instance.
    pub board: Option<String>,
    /// When it ends by itself; `None`: never.
    pub until: Option<Time>,
    /// What is done with what they have written.
    pub written: Written,
    /// Why, for the moderation log.
    pub reason: String,
}

/// What is done with what somebody has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It stays as it is.
    Stays,
    /// With a suspension it is taken down; when that is lifted, it is put back.
    Turns,
}

/// All that moderators know of somebody.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// Who.
    pub actor: Actor,
    /// Their role here, if they have an account.
    pub role: Option<Role>,
    /// What was decided, the newest first, with the board's address and the moderator's name: also what has ended.
    pub decided: Vec<Titled>,
    /// What moderators wrote about them, the newest first, with their names.
    pub notes: Vec<(Note, Option<String>)>,
    /// Of what they were warned, the newest first, with the moderators' names.
    pub warnings: Vec<(Warning, Option<String>)>,
    /// Their comments that readers see.
    pub standing: i64,
    /// Those that moderators took down.
    pub removed: i64,
    /// Reports on what they wrote.
    pub reports: i64,
    /// What the moderation log says of them, the newest first.
    pub log: Vec<Listed>,
}

/// A decision with names.
#[derive(Clone, Debug)]
pub struct Titled {
    /// The decision.
    pub decided: Decided,
    /// The handle of whom it is against.
    pub handle: String,
    /// The address of the board on which it counts.
    pub board: Option<String>,
    /// The name of who decided.
    pub by: Option<String>,
    /// Whether it counts now.
    pub counts: bool,
}

/// Decides against somebody. Doing it twice does nothing the second time; another decision for the same board, or for the instance, takes
/// the place of the one before.
///
/// # Errors
/// Refusals to those who may not, of people about whom they may not decide, of a time that has passed; failures.
pub async fn sanction(ctx: &Ctx, by: &By, handle: &str, decision: Decision) -> Result<Dossier> {
    let reason = reasoned(&decision.reason)?;
    if decision.until.is_some_and(|until| until <= ctx.now()) {
        return Err(Error::Refused(Refusal::field("until", "name a time that has not passed, or leave it out")));
    }
    let (cx, who, handle) = (ctx.clone(), by.clone(), handle.to_owned());
    let (actor, new) = ctx
        .db()
        .write(move |tx| {
            let case = Case::of(tx, &cx, &who, &handle, decision.board.as_deref())?;
            let new = decide(tx, &cx, &case, (decision, reason))?;
            Ok::<_, Error>((case.actor.id, new))
        })
        .await?;
    if let Some(new) = new {
        put_into_effect(ctx, &new).await?;
    }
    dossier(ctx, actor).await
}

/// Somebody about whom something is decided, and who decides.
struct Case<'a> {
    by: &'a By,
    actor: Actor,
    handle: String,
    board: Option<BoardId>,
    /// The address of the board, for the log.
    place: Option<String>,
}

impl<'a> Case<'a> {
    fn of(tx: &mut Write, ctx: &Ctx, by: &'a By, handle: &str, board: Option<&str>) -> Result<Self> {
        by.must(Right::Sanction)?;
        let board = board.map(|name| named(tx, name)).transpose()?;
        let (board, place) = board.map_or((None, None), |board| (Some(board.id), Some(board.address())));
        allowed(by, board)?;
        let actor = whom(tx, ctx, handle)?;
        rows::hold(tx, actor.id)?;
        may_sanction(standing(by, board), (actor.id, role(tx, actor.id)?.unwrap_or(Role::Member)))?;
        let handle = handle_of(&actor);
        Ok(Self { by, actor, handle, board, place })
    }

    /// The same of what was decided before.
    fn again(tx: &mut Write, by: &'a By, decided: &Decided) -> Result<Self> {
        rows::hold(tx, decided.actor)?;
        let actor = actors::find(tx, decided.actor)?.ok_or(Error::missing(Noun::Person))?;
        let board = decided.bar.board;
        allowed(by, board)?;
        may_sanction(standing(by, board), (actor.id, role(tx, actor.id)?.unwrap_or(Role::Member)))?;
        let place = board.map_or(Ok(None), |board| boards::find(tx, board))?.map(|board| board.address());
        Ok(Self { by, handle: handle_of(&actor), actor, board, place })
    }

    /// Says it to whom it is about, if they have an account here.
    fn say(&self, tx: &mut Write, ctx: &Ctx, about: (Word, Option<&Decided>), reason: &str) -> Result<()> {
        let (kind, decided) = about;
        let board = decided.map_or(self.board, |decided| decided.bar.board);
        let saying = Saying { kind, sanction: decided.map(|decided| decided.id), board, by: self.by.actor() };
        words::say(tx, ctx, self.actor.id, saying, reason)
    }

    /// Writes the log, and says under which id. That it is about one board stands before the reason.
    fn log(&self, tx: &mut Write, ctx: &Ctx, deed: Deed, reason: &str) -> Result<i64> {
        let reason = self.place.as_ref().map_or_else(|| reason.to_owned(), |place| on_board(place, reason));
        self.by.note_of(tx, ctx, deed, &self.handle, &reason)
    }
}

/// A reason for the log, with the address of the board on which alone it counts.
fn on_board(board: &str, reason: &str) -> String {
    format!("On {board}: {reason}").trim_end_matches([' ', ':']).to_owned()
}

fn named(tx: &mut Read, name: &str) -> Result<boards::Board> {
    let problem =
        || Error::Refused(Refusal::field("board", format!("there is no board “{}”", domain::text::excerpt(name, 100))));
    boards::by_address(tx, name)?.ok_or_else(problem)
}

fn allowed(by: &By, board: Option<BoardId>) -> Result<()> {
    match (by, board) {
        (By::Host, _) => Ok(()),
        (By::Administrator(person), Some(board)) => person.must_on(Right::Sanction, board),
        (By::Administrator(person), None) => Ok(Right::Sanction.everywhere(&person.standing())?),
    }
}

/// As whom somebody decides. Whoever has the machine is as high as an administrator.
fn standing(by: &By, board: Option<BoardId>) -> (Option<ActorId>, Role) {
    match by {
        By::Host => (None, Role::Admin),
        By::Administrator(person) => {
            (Some(person.actor), board.map_or(person.role, |board| person.standing().role_on(board)))
        }
    }
}

/// Whom a handle means. Names that came with an import do nothing that anybody could forbid.
fn whom(tx: &mut Read, ctx: &Ctx, handle: &str) -> Result<Actor> {
    let handle = handle.trim().trim_start_matches('@');
    let (name, host) = handle.split_once('@').unwrap_or((handle, ""));
    let host = host.to_lowercase();
    let host = if host == ctx.elsewhere().addresses().host() { "" } else { host.as_str() };
    let found = actors::by_handle(tx, host, name)?.filter(|actor| actor.origin != Origin::Imported);
    found.ok_or(Error::missing(Noun::Person))
}

fn role(tx: &mut Read, actor: ActorId) -> Result<Option<Role>> {
    let Some(account) = accounts::of_actor(tx, actor)? else { return Ok(None) };
    Ok(accounts::find(tx, account)?.map(|account| account.role))
}

fn handle_of(actor: &Actor) -> String {
    if actor.host.is_empty() { actor.name.clone() } else { format!("{}@{}", actor.name, actor.host) }
}

/// Writes a decision down, with the work that follows; `None`: it counts already.
fn decide(
    tx: &mut Write,
    ctx: &Ctx,
    case: &Case<'_>,
    (decision, reason): (Decision, String),
) -> Result<Option<Decided>> {
    let bar = Bar { level: decision.level, board: case.board, until: decision.until };
    let sweep = sweep_of(decision.level, decision.written);
    let before = counting(tx, ctx, case)?;
    if before.iter().any(|one| one.bar == bar && (one.sweep == sweep || sweep == Sweep::Leave)) {
        return Ok(None);
    }
    for one in &before {
        // What is milder now is over elsewhere; what is as severe takes the place of what was said.
        if bar.level != Sanction::Suspend {
            let by = told::moderator(tx, case.by.actor())?;
            told::suspended(tx, ctx, one, Some(&by))?;
        }
        rows::end(tx, one.id, ctx.now())?;
    }
    let (id, by, created) = (ctx.id(), case.by.actor(), ctx.now());
    let new = Decided { id, actor: case.actor.id, bar, reason: reason.clone(), by, created, ended: None, sweep };
    begin(tx, ctx, &new)?;
    told::suspended(tx, ctx, &new, None)?;
    case.say(tx, ctx, (Word::Sanction, Some(&new)), &reason)?;
    case.log(tx, ctx, deed(bar.level, sweep), &reason)?;
    Ok(Some(new))
}

/// Writes a decision down, and that it is looked at again: soon, and when it ends.
fn begin(tx: &mut Write, ctx: &Ctx, new: &Decided) -> Result<()> {
    rows::insert(tx, new)?;
    jobs::insert(tx, ctx.id(), KIND, &new.id.to_string(), new.created.plus_ms(AGAIN_MS))?;
    if let Some(until) = new.bar.until {
        jobs::insert(tx, ctx.id(), KIND, &new.id.to_string(), until)?;
    }
    Ok(())
}

/// Only with a suspension is anything taken down.
fn sweep_of(level: Sanction, written: Written) -> Sweep {
    match (level, written) {
        (Sanction::Suspend, Written::Turns) => Sweep::Remove,
        _ => Sweep::Leave,
    }
}

fn deed(level: Sanction, sweep: Sweep) -> Deed {
    match (level, sweep) {
        (Sanction::Limit, _) => Deed::LimitActor,
        (Sanction::Hold, _) => Deed::HoldActor,
        (Sanction::Suspend, Sweep::Remove) => Deed::PurgeActor,
        (Sanction::Suspend, Sweep::Leave | Sweep::Restore) => Deed::SuspendActor,
    }
}

/// What counts against somebody on that board, or on the instance.
fn counting(tx: &mut Read, ctx: &Ctx, case: &Case<'_>) -> Result<Vec<Decided>> {
    let mut found = rows::of_actor(tx, case.actor.id, MOST)?;
    found.retain(|one| one.ended.is_none() && !one.bar.is_over(ctx.now()) && one.bar.board == case.board);
    Ok(found)
}

/// What follows from a decision for what is here. When it is answered, it is done; a job looks once more.
async fn put_into_effect(ctx: &Ctx, decided: &Decided) -> Result<usize> {
    // Those who follow somebody hear what becomes of their comments; so that is first, and both are done again after a crash.
    let turned = sweep::carry_out(ctx, decided.id).await?;
    if decided.bar.level == Sanction::Suspend {
        parting::carry_out(ctx, decided).await?;
    }
    Ok(turned)
}

/// Goes on with what was begun, or ends what is over. Says how many comments turned.
///
/// # Errors
/// Failures only.
pub(crate) async fn go_on(ctx: &Ctx, job: Job) -> Result<usize> {
    let id = job.payload.parse::<i64>().unwrap_or_default();
    let now = ctx.now();
    let found = ctx.db().read(move |tx| rows::find(tx, id)).await?;
    let mut turned = 0;
    if let Some(decided) = found {
        turned = match decided.ended {
            None if decided.bar.is_over(now) => expire(ctx, &decided).await?,
            None => put_into_effect(ctx, &decided).await?,
            Some(_) => sweep::carry_out(ctx, id).await? + listing::carry_out(ctx, &decided).await?,
        };
    }
    ctx.db().write(move |tx| Ok::<_, Error>(jobs::done(tx, job.id).map(|()| turned)?)).await
}

/// What was hidden with a server is seen again: of those who are suspended with what they had written, it is taken down. Says how much.
///
/// # Errors
/// Failures only.
pub(crate) async fn sweep_again(ctx: &Ctx, host: &str) -> Result<usize> {
    let host = host.to_owned();
    let mut turned = 0;
    for id in ctx.db().read(move |tx| rows::sweeping(tx, &host)).await? {
        turned += sweep::carry_out(ctx, id).await?;
    }
    Ok(turned)
}

/// Its time has passed, since when it counts no longer. Other servers were told of that time.
async fn expire(ctx: &Ctx, decided: &Decided) -> Result<usize> {
    let (id, until) = (decided.id, decided.bar.until.unwrap_or(ctx.now()));
    ctx.db().write(move |tx| rows::end(tx, id, until)).await?;
    listing::carry_out(ctx, decided).await
}

/// Lifts what was decided against somebody: on a board, or all of it. What a suspension had taken down is put back if that is wanted; what
/// was taken down singly stays so. Doing it twice does nothing the second time.
///
/// # Errors
/// Refusals to those who may not, and of comments of a blocked server; failures.
pub async fn restore(
    ctx: &Ctx,
    by: &By,
    handle: &str,
    board: Option<&str>,
    written: Written,
    reason: &str,
) -> Result<Dossier> {
    let (cx, who, handle, reason) = (ctx.clone(), by.clone(), handle.to_owned(), reasoned(reason)?);
    let board = board.map(str::to_owned);
    let (actor, lifted) = ctx
        .db()
        .write(move |tx| {
            let case = Case::of(tx, &cx, &who, &handle, board.as_deref())?;
            let lifted = lift(tx, &cx, &case, (written, reason))?;
            Ok::<_, Error>((case.actor.id, lifted))
        })
        .await?;
    put_back(ctx, &lifted).await?;
    dossier(ctx, actor).await
}

/// What follows for what is here when these are lifted.
///
/// # Errors
/// Failures only.
pub(crate) async fn put_back(ctx: &Ctx, lifted: &[Decided]) -> Result<()> {
    for one in lifted {
        sweep::carry_out(ctx, one.id).await?;
        listing::carry_out(ctx, one).await?;
    }
    Ok(())
}

/// Ends what is to end, and says so to whom it was about; says what that is.
fn lift(tx: &mut Write, ctx: &Ctx, case: &Case<'_>, (written, reason): (Written, String)) -> Result<Vec<Decided>> {
    let mut all = rows::of_actor(tx, case.actor.id, MOST)?;
    all.retain(|one| case.board.is_none() || one.bar.board == case.board);
    let lifted = end(tx, ctx, case, all, written)?;
    if lifted.is_empty() {
        return Ok(lifted);
    }
    let deed = if written == Written::Turns { Deed::ReviveActor } else { Deed::RestoreActor };
    let entry = case.log(tx, ctx, deed, &reason)?;
    for one in &lifted {
        // Whoever had appealed against it has what they wanted.
        appeals::given_way_to(tx, one.id, Some(entry))?;
        case.say(tx, ctx, (Word::Lifted, Some(one)), &reason)?;
    }
    Ok(lifted)
}

/// Undoes one decision because of an appeal, with what was taken down because of it. Says what that is: nothing is left of what was lifted
/// since.
///
/// # Errors
/// As of [`restore`].
pub(crate) fn undo(tx: &mut Write, ctx: &Ctx, by: &By, decided: &Decided, reason: &str) -> Result<Vec<Decided>> {
    let case = Case::again(tx, by, decided)?;
    let lifted = end(tx, ctx, &case, vec![decided.clone()], Written::Turns)?;
    if !lifted.is_empty() {
        let deed = if decided.sweep == Sweep::Leave { Deed::RestoreActor } else { Deed::ReviveActor };
        case.log(tx, ctx, deed, reason)?;
    }
    Ok(lifted)
}

/// Ends those of these decisions of which something is left, and has what was taken down put back where that is wanted; says which.
fn end(tx: &mut Write, ctx: &Ctx, case: &Case<'_>, all: Vec<Decided>, written: Written) -> Result<Vec<Decided>> {
    let mut lifted = Vec::new();
    for one in all {
        let counted = one.ended.is_none();
        let turns = written == Written::Turns && one.sweep != Sweep::Leave && !swept::is_empty(tx, one.id)?;
        if !counted && !turns {
            continue;
        }
        if counted {
            let by = told::moderator(tx, case.by.actor())?;
            told::suspended(tx, ctx, &one, Some(&by))?;
            rows::end(tx, one.id, ctx.now())?;
        }
        if turns {
            may_come_back(tx, ctx, case)?;
            rows::set_sweep(tx, one.id, Sweep::Restore)?;
        }
        jobs::insert(tx, ctx.id(), KIND, &one.id.to_string(), ctx.now().plus_ms(AGAIN_MS))?;
        lifted.push(one);
    }
    Ok(lifted)
}

fn may_come_back(tx: &mut Read, ctx: &Ctx, case: &Case<'_>) -> Result<()> {
    if policy::is_blocked(tx, ctx, case.actor.id)? {
        let why = "Their server is blocked; lift that first, or leave their comments as they are.";
        return Err(Error::Refused(Refusal::Forbidden("put their comments back", why)));
    }
    Ok(())
}

/// Tells somebody here what moderators have to say to them, among their notifications and in the public log.
///
/// # Errors
/// Refusals to those who may not, and of people elsewhere; failures.
pub async fn warn(ctx: &Ctx, by: &By, handle: &str, board: Option<&str>, reason: &str) -> Result<Dossier> {
    let (cx, who, handle, reason) = (ctx.clone(), by.clone(), handle.to_owned(), reasoned(reason)?);
    if reason.is_empty() {
        return Err(Error::Refused(Refusal::field("reason", "say what they are warned of")));
    }
    let board = board.map(str::to_owned);
    let actor = ctx
        .db()
        .write(move |tx| {
            let case = Case::of(tx, &cx, &who, &handle, board.as_deref())?;
            warned(tx, &cx, &case, reason)?;
            Ok::<_, Error>(case.actor.id)
        })
        .await?;
    dossier(ctx, actor).await
}

fn warned(tx: &mut Write, ctx: &Ctx, case: &Case<'_>, reason: String) -> Result<()> {
    if case.actor.origin != Origin::Local {
        let why = "They are on another server, which has no warnings. Write to them, or to those who run their server.";
        return Err(Error::Refused(Refusal::Forbidden("warn this person", why)));
    }
    // The same again, before it was read, is said once.
    let last = warnings::page(tx, case.actor.id, &[Word::Warning], None, 1)?.pop();
    if last.is_some_and(|last| last.read.is_none() && last.reason == reason && last.board == case.board) {
        return Ok(());
    }
    case.log(tx, ctx, Deed::Warn, &reason)?;
    case.say(tx, ctx, (Word::Warning, None), &reason)
}

/// Writes something about somebody that moderators see and nobody else, the public log included.
///
/// # Errors
/// Refusals to those who may not, and of the text; failures.
pub async fn note(ctx: &Ctx, by: &By, handle: &str, text: &str) -> Result<Dossier> {
    by.must(Right::SeeActors)?;
    let text = domain::text::tidy(text).trim().to_owned();
    let chars = text.chars().count();
    if chars == 0 || chars > MAX_NOTE {
        return Err(Error::Refused(Refusal::field("text", format!("say something, in {MAX_NOTE} characters at most"))));
    }
    let (cx, author, handle) = (ctx.clone(), by.actor(), handle.to_owned());
    let actor = ctx
        .db()
        .write(move |tx| {
            let actor = whom(tx, &cx, &handle)?.id;
            let new = Note { id: cx.id(), author, text, created: cx.now() };
            let last = rows::notes(tx, actor, 1)?.pop();
            if last.is_none_or(|last| (last.author, &last.text) != (new.author, &new.text)) {
                rows::note(tx, actor, &new)?;
            }
            Ok::<_, Error>(actor)
        })
        .await?;
    dossier(ctx, actor).await
}

/// All that is known of somebody.
///
/// # Errors
/// Refusals to those who may not see it; failures.
pub async fn find(ctx: &Ctx, by: &By, handle: &str) -> Result<Dossier> {
    by.must(Right::SeeActors)?;
    let (cx, handle) = (ctx.clone(), handle.to_owned());
    let actor = ctx.db().read(move |tx| whom(tx, &cx, &handle)).await?.id;
    dossier(ctx, actor).await
}

/// What counts, the newest first, and before which one the next page begins.
///
/// # Errors
/// Refusals to those who may not see it; failures.
pub async fn page(
    ctx: &Ctx,
    by: &By,
    level: Option<Sanction>,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Titled>, Option<i64>)> {
    by.must(Right::SeeActors)?;
    let now = ctx.now();
    ctx.db()
        .read(move |tx| {
            let mut found = rows::page(tx, level, before, and_one(limit))?;
            let next = cut(&mut found, limit, |one| one.id);
            found.retain(|one| !one.bar.is_over(now));
            let all: Result<Vec<_>> = found.into_iter().map(|one| titled(tx, one, now)).collect();
            Ok((all?, next))
        })
        .await
}

fn titled(tx: &mut Read, decided: Decided, now: Time) -> Result<Titled> {
    let board = decided.bar.board.map_or(Ok(None), |board| boards::find(tx, board))?.map(|board| board.address());
    let handle = actors::find(tx, decided.actor)?.map(|actor| handle_of(&actor)).unwrap_or_default();
    let counts = decided.ended.is_none() && !decided.bar.is_over(now);
    Ok(Titled { handle, board, by: name(tx, decided.by)?, counts, decided })
}

fn name(tx: &mut Read, actor: Option<ActorId>) -> Result<Option<String>> {
    Ok(actor.map_or(Ok(None), |actor| actors::find(tx, actor))?.map(|actor| actor.name))
}

async fn dossier(ctx: &Ctx, actor: ActorId) -> Result<Dossier> {
    let now = ctx.now();
    ctx.db().read(move |tx| gathered(tx, actor, now)).await
}

fn gathered(tx: &mut Read, actor: ActorId, now: Time) -> Result<Dossier> {
    let found = actors::find(tx, actor)?.ok_or(Error::missing(Noun::Person))?;
    let decided: Result<Vec<_>> =
        rows::of_actor(tx, actor, MOST)?.into_iter().map(|one| titled(tx, one, now)).collect();
    let notes: Result<Vec<_>> =
        rows::notes(tx, actor, MOST)?.into_iter().map(|note| Ok((note.clone(), name(tx, note.author)?))).collect();
    let warnings: Result<Vec<_>> = warnings::page(tx, actor, &[Word::Warning], None, MOST)?
        .into_iter()
        .map(|one| Ok((one.clone(), name(tx, one.by)?)))
        .collect();
    let tally = comments::tally(tx, actor)?;
    let count =
        |states: &[State]| tally.iter().filter(|(state, _)| states.contains(state)).map(|(_, count)| count).sum();
    Ok(Dossier {
        role: role(tx, actor)?,
        decided: decided?,
        notes: notes?,
        warnings: warnings?,
        standing: count(&[State::Published, State::Flagged]),
        removed: count(&[State::Removed]),
        reports: reports::count_on(tx, actor)?,
        log: log::of_person(tx, &handle_of(&found), MOST)?,
        actor: found,
    })
}

/// Whether somebody is suspended where this stands that they want to follow.
pub(crate) fn may_follow(tx: &mut Read, ctx: &Ctx, who: ActorId, what: Followed) -> Result<bool> {
    let bars = known::of(ctx, who);
    if bars == domain::sanction::Bars::default() {
        return Ok(true);
    }
    let found = match parting::board_of(tx, what)? {
        Some(board) => bars.on(board),
        None => bars.everywhere(),
    };
    Ok(found != Some(Sanction::Suspend))
}
