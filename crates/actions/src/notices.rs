//! Notices that something here is against the law, from anybody (Regulation (EU) 2022/2065, article 16). Whoever tells it gets a receipt, at
//! whose secret address they see what became of it: this server sends no mail. Not here: how often somebody may (`http`), copies of what is
//! taken down (`preserving`), what authors read of it (`statements`).

use std::collections::{BTreeSet, HashMap};

use domain::notice::{Said, Target};
use domain::rights::{Reach, Right};
use domain::{ActorId, CommentId, Deed, Ground, Illegality, NoticeState, Noun, Refusal, State};
use storage::comments::{self, Line};
use storage::log::{self, Entry};
use storage::notices::{self, Decided, Notice, Target as Place};
use storage::staff::Staff;
use storage::statements::{self, Statement};
use storage::{Read, Write, actors, boards, objects};

use crate::hosting::{and_one, cut};
use crate::writing::reasoned;
use crate::{Ctx, Error, Person, Result, passage, preserving, retract, secrets, staffing};

/// The longest statement of facts, in Unicode scalar values.
pub const MAX_FACTS: usize = 2_000;
/// How many wait at most: more than anybody reads. What comes then is refused, and whoever sends it learns of that.
pub const MOST_OPEN: i64 = 2_000;
/// A notice that has waited longer than this, in days, is overdue. It goes on waiting; those who decide are told, at each look.
pub const OVERDUE_DAYS: i64 = 7;
/// The longest name of a law or a rule.
pub const MAX_PROVISION: usize = 500;

/// A notice that can be taken: all that it needs is there, and what it names is here.
#[derive(Clone, Debug)]
pub struct Checked {
    category: Illegality,
    said: Said,
    places: Vec<(String, Found)>,
}

/// Whether a notice can be taken.
///
/// # Errors
/// Refusals of what is missing, and of addresses at which nothing is shown here; failures.
pub async fn check(ctx: &Ctx, category: Illegality, said: Said) -> Result<Checked> {
    let said = said.check(category)?;
    let (cx, addresses) = (ctx.clone(), said.addresses.clone());
    let find = move |tx: &mut Read| {
        let place = |address: String| Ok((address.clone(), place(tx, &cx, &address)?));
        addresses.into_iter().map(place).collect::<Result<Vec<_>>>()
    };
    let places = ctx.db().read(find).await?;
    Ok(Checked { category, said, places })
}

/// What is at an address.
#[derive(Clone, Copy, Debug)]
struct Found {
    /// `None`: somebody's page, or a board's.
    comment: Option<CommentId>,
    /// Who wrote it, or whose page it is; `None`: a board's.
    actor: Option<ActorId>,
}

fn place(tx: &mut Read, ctx: &Ctx, address: &str) -> Result<Found> {
    let here = match path_of(ctx, address) {
        Some(path) => Target::of(path),
        None => objects::comment_of(tx, address)?.map(Target::Comment),
    };
    let found = match here {
        Some(Target::Comment(comment)) => shown(tx, comment)?,
        Some(Target::Person(handle)) => {
            let (name, host) = handle.split_once('@').unwrap_or((&handle, ""));
            actors::by_handle(tx, host, name)?.map(|actor| Found { comment: None, actor: Some(actor.id) })
        }
        Some(Target::Board(name)) => {
            let is_there = boards::all(tx)?.iter().any(|board| board.address() == name);
            is_there.then_some(Found { comment: None, actor: None })
        }
        None => None,
    };
    found.ok_or_else(|| nothing_there(ctx, address))
}

fn shown(tx: &mut Read, comment: CommentId) -> Result<Option<Found>> {
    let spot = comments::spot(tx, comment)?.filter(|spot| matches!(spot.state, State::Published | State::Flagged));
    Ok(spot.map(|spot| Found { comment: Some(comment), actor: Some(spot.author) }))
}

/// The path of an address of ours, however its host is written.
fn path_of<'a>(ctx: &Ctx, address: &'a str) -> Option<&'a str> {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let head = address.get(..scheme.len()).filter(|head| head.eq_ignore_ascii_case(scheme));
        head.and_then(|head| address.get(head.len()..))
    })?;
    let host = ctx.elsewhere().addresses().host();
    let named = rest.get(..host.len()).filter(|named| named.eq_ignore_ascii_case(host))?;
    rest.get(named.len()..).filter(|path| path.starts_with('/'))
}

fn nothing_there(ctx: &Ctx, address: &str) -> Error {
    let shown: String = address.chars().take(100).collect();
    let host = ctx.elsewhere().addresses().host();
    let problem = format!(
        "nothing that somebody wrote is shown here at {shown}; write the address that your browser shows while you see it here, on \
         {host}. What stands on another server only has to be told there"
    );
    Error::Refused(Refusal::field("addresses", problem))
}

/// What somebody can do when too many notices wait.
const FULL: &str = "So many wait to be looked at that no more are taken. Write to those who run this place, whose address stands on its page \
     about itself, or try again in a few days.";

/// What whoever told something has of it.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The number under which those who run this place know it.
    pub number: i64,
    /// What stands in the address at which they see what became of it. It is shown once, and is not kept.
    pub secret: String,
}

/// Takes a notice.
///
/// # Errors
/// [`Refusal::Forbidden`] where too many wait; failures.
pub async fn tell(ctx: &Ctx, checked: Checked) -> Result<Receipt> {
    let Checked { category, said, places } = checked;
    let (number, secret) = (ctx.id(), secrets::secret(ctx));
    let new = Notice {
        id: number,
        category,
        explanation: said.explanation,
        name: said.name,
        email: said.email,
        state: NoticeState::Open,
        reason: String::new(),
        automated: false,
        decided: None,
        created: ctx.now(),
    };
    let place = |(address, Found { comment, actor }): (String, Found)| Place {
        notice: number,
        address,
        comment,
        actor,
        board: None,
        taken_down: false,
    };
    let (places, hash) = (places.into_iter().map(place).collect::<Vec<_>>(), secrets::digest(&secret));
    ctx.db()
        .write(move |tx| {
            if notices::open_before(tx, new.created.plus_ms(1), MOST_OPEN)? >= MOST_OPEN {
                return Err(Error::Refused(Refusal::Forbidden("send a notice at the moment", FULL)));
            }
            Ok(notices::insert(tx, &new, &hash, &places)?)
        })
        .await?;
    Ok(Receipt { number, secret })
}

/// A notice with what it is about.
#[derive(Clone, Debug)]
pub struct Told {
    /// The notice.
    pub notice: Notice,
    /// What it is about, in the order in which it was named.
    pub about: Vec<About>,
    /// Whether it is about whoever asks, who decides because nobody else can. Who told it is left out then.
    pub alone: bool,
}

/// Something that a notice is about.
#[derive(Clone, Debug)]
pub struct About {
    /// Its address, as whoever told it wrote it.
    pub address: String,
    /// The comment that is there, with the words that it has, whatever readers see of it; `None`: somebody's page, or a board's.
    pub line: Option<Line>,
    /// Whether the decision took it down, whatever became of it later.
    pub taken_down: bool,
}

impl About {
    /// Whether it was taken down, and stands again since: an appeal was granted, or a moderator put it back.
    #[must_use]
    pub fn is_back(&self) -> bool {
        let stands = |line: &Line| matches!(line.state, State::Published | State::Flagged);
        self.taken_down && self.line.as_ref().is_some_and(stands)
    }
}

/// What became of the notice whose receipt has this secret.
///
/// # Errors
/// [`Refusal::NotFound`]; failures.
pub async fn receipt(ctx: &Ctx, secret: &str) -> Result<Told> {
    let hash = secrets::digest(secret);
    ctx.db()
        .read(move |tx| {
            let notice = notices::by_secret(tx, &hash)?;
            Ok(one(tx, notice)?.0)
        })
        .await
}

/// Notices whose business it is of whoever asks, the oldest first, and after which one the next page begins.
///
/// # Errors
/// Refusals to those who may not see them; failures.
pub async fn page(
    ctx: &Ctx,
    who: &Person,
    state: NoticeState,
    after: Option<i64>,
    limit: usize,
) -> Result<(Vec<Told>, Option<i64>)> {
    who.must(Right::DecideNotices)?;
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .read(move |tx| {
            let (staff, mut found, mut after) = (staffing::acting(tx, &cx)?, Vec::new(), after);
            // Those that are somebody else's are left out here: pages are filled by looking further.
            while let Some(last) = found_further(tx, (&who, &staff), (state, after, limit), &mut found)? {
                after = Some(last);
            }
            let next = cut(&mut found, limit, |told: &Told| told.notice.id);
            Ok((found, next))
        })
        .await
}

/// One of them by its id.
///
/// # Errors
/// As for [`page`]; [`Refusal::NotFound`] where it is not theirs to decide.
pub async fn read(ctx: &Ctx, who: &Person, id: i64) -> Result<Told> {
    who.must(Right::DecideNotices)?;
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .read(move |tx| {
            let notice = notices::find(tx, id)?;
            let (told, places) = one(tx, notice)?;
            let judge = judge(&who, &staffing::acting(tx, &cx)?, &places).ok_or(Error::missing(Noun::Notice))?;
            Ok(judge.told(told))
        })
        .await
}

/// Adds those of the next that are this person's to decide. Says after which one to go on, if there are more and there is room.
fn found_further(
    tx: &mut Read,
    (who, staff): (&Person, &[Staff]),
    (state, after, limit): (NoticeState, Option<i64>, usize),
    found: &mut Vec<Told>,
) -> Result<Option<i64>> {
    let next = notices::page(tx, state, &who.reach, after, and_one(limit))?;
    let last = next.last().map(|notice| notice.id).filter(|_| next.len() > limit);
    for (told, places) in whole(tx, next)? {
        found.extend(judge(who, staff, &places).map(|judge| judge.told(told)));
    }
    Ok(last.filter(|_| found.len() <= limit))
}

/// As what somebody decides a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judge {
    /// Somebody whom it is not about.
    Another,
    /// Whom it is about: there is nobody else.
    Same,
}

impl Judge {
    /// What they are told of it: not who told it, if it is about themselves.
    fn told(self, told: Told) -> Told {
        if self == Self::Another {
            return told;
        }
        let notice = Notice { name: String::new(), email: String::new(), ..told.notice };
        Told { notice, alone: true, ..told }
    }

    fn deed(self, verdict: NoticeState) -> Deed {
        match (self, verdict) {
            (Self::Another, NoticeState::Kept) => Deed::RefuseNotice,
            (Self::Another, _) => Deed::GrantNotice,
            (Self::Same, NoticeState::Kept) => Deed::RefuseNoticeAlone,
            (Self::Same, _) => Deed::GrantNoticeAlone,
        }
    }
}

/// As what somebody decides a notice about these; `None`: it is not theirs to decide.
fn judge(who: &Person, staff: &[Staff], places: &[Place]) -> Option<Judge> {
    let concerns = |actor: ActorId| places.iter().any(|place| place.actor == Some(actor));
    if !reaches(&who.reach, places) {
        return None;
    }
    if !concerns(who.actor) {
        return Some(Judge::Another);
    }
    let decides = |one: &Staff| one.role >= Right::DecideNotices.grant().role && reaches(&one.reach, places);
    let others = staff.iter().any(|one| decides(one) && one.actor != who.actor && !concerns(one.actor));
    (!others).then_some(Judge::Same)
}

/// Whether all of it is within a reach. Pages stand on no board.
fn reaches(reach: &Reach, places: &[Place]) -> bool {
    places.iter().all(|place| place.board.map_or(*reach == Reach::Everywhere, |board| reach.includes(board)))
}

/// All that belongs to these, in three queries however many they are; with the places as they are stored.
fn whole(tx: &mut Read, found: Vec<Notice>) -> Result<Vec<(Told, Vec<Place>)>> {
    let ids: Vec<i64> = found.iter().map(|notice| notice.id).collect();
    let mut of: HashMap<i64, Vec<Place>> = HashMap::new();
    for place in notices::targets(tx, &ids)? {
        of.entry(place.notice).or_default().push(place);
    }
    let comments: Vec<CommentId> = of.values().flatten().filter_map(|place| place.comment).collect();
    let lines = passage::with_words(tx, &comments)?;
    let about = |place: &Place| About {
        address: place.address.clone(),
        line: place.comment.and_then(|comment| lines.get(&comment).cloned()),
        taken_down: place.taken_down,
    };
    let told = |notice: Notice| {
        let places = of.remove(&notice.id).unwrap_or_default();
        (Told { about: places.iter().map(about).collect(), notice, alone: false }, places)
    };
    Ok(found.into_iter().map(told).collect())
}

fn one(tx: &mut Read, notice: Option<Notice>) -> Result<(Told, Vec<Place>)> {
    whole(tx, notice.into_iter().collect())?.pop().ok_or(Error::missing(Noun::Notice))
}

/// What is decided about a notice.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// What becomes of it; not [`NoticeState::Open`].
    pub verdict: NoticeState,
    /// Of [`NoticeState::PartlyRemoved`]: what is taken down. Of the others nothing has to be said.
    pub comments: Vec<CommentId>,
    /// Why: for the log, which everybody can read, for whoever told it, and for the author.
    pub reason: String,
    /// What it is about and why that is against the law, for the author; empty: the reason says it.
    pub facts: String,
    /// On which ground.
    pub ground: Ground,
    /// Which law or which rule; may be empty.
    pub provision: String,
    /// Whether a program decided.
    pub automated: bool,
}

impl Ruling {
    fn checked(self) -> Result<Self> {
        let tidy = |field, text: &str, most| {
            let text = domain::text::tidy(text).trim().to_owned();
            let is_short = text.chars().count() <= most;
            let problem = || Error::Refused(Refusal::field(field, format!("say it in {most} characters")));
            is_short.then_some(text).ok_or_else(problem)
        };
        let (facts, provision) =
            (tidy("facts", &self.facts, MAX_FACTS)?, tidy("provision", &self.provision, MAX_PROVISION)?);
        let reason = reasoned(&self.reason)?;
        if reason.is_empty() {
            return Err(Error::Refused(Refusal::field("reason", "say why; whoever told it is owed that")));
        }
        if self.verdict == NoticeState::Open {
            return Err(Error::Refused(Refusal::field("decision", "choose removed, partly-removed or kept")));
        }
        Ok(Self { facts: if facts.is_empty() { reason.clone() } else { facts }, reason, provision, ..self })
    }

    /// What is taken down of what a notice is about.
    fn chosen(&self, places: &[Place]) -> Result<BTreeSet<CommentId>> {
        let about: BTreeSet<CommentId> = places.iter().filter_map(|place| place.comment).collect();
        let named: BTreeSet<CommentId> = self.comments.iter().copied().collect();
        match self.verdict {
            NoticeState::Removed => Ok(about),
            NoticeState::PartlyRemoved if !named.is_empty() && named.is_subset(&about) => Ok(named),
            NoticeState::PartlyRemoved => {
                let problem = "name those of its comments that are taken down, by their ids";
                Err(Error::Refused(Refusal::field("comments", problem)))
            }
            NoticeState::Open | NoticeState::Kept => Ok(BTreeSet::new()),
        }
    }
}

/// Decides a notice. What is taken down is kept as a copy, and its author is told why. The same decision twice does nothing the second time;
/// another one is refused: somebody has decided in the meantime.
///
/// # Errors
/// Refusals to those who may not, of no reason; [`Refusal::NotFound`] also to whoever wrote what it is about; [`Refusal::Conflict`];
/// failures.
pub async fn decide(ctx: &Ctx, who: &Person, id: i64, ruling: Ruling) -> Result<Told> {
    who.must(Right::DecideNotices)?;
    let (cx, who, ruling) = (ctx.clone(), who.clone(), ruling.checked()?);
    ctx.db()
        .write(move |tx| {
            let notice = notices::find(tx, id)?;
            let (told, places) = one(tx, notice)?;
            let judge = judge(&who, &staffing::acting(tx, &cx)?, &places).ok_or(Error::missing(Noun::Notice))?;
            let chosen = ruling.chosen(&places)?;
            if told.notice.state == NoticeState::Open {
                settle(tx, &cx, &who, (id, judge, &places), (&ruling, &chosen))?;
            } else if told.notice.state != ruling.verdict || taken_down(&places) != chosen {
                return Err(Error::Refused(Refusal::Conflict));
            }
            let notice = notices::find(tx, id)?;
            Ok(judge.told(one(tx, notice)?.0))
        })
        .await
}

/// The comments that were taken down of these.
fn taken_down(places: &[Place]) -> BTreeSet<CommentId> {
    places.iter().filter(|place| place.taken_down).filter_map(|place| place.comment).collect()
}

fn settle(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Person,
    (id, judge, places): (i64, Judge, &[Place]),
    (ruling, chosen): (&Ruling, &BTreeSet<CommentId>),
) -> Result<()> {
    for place in places {
        place.board.map_or(Ok(()), |board| who.must_on(Right::DecideNotices, board))?;
    }
    for comment in chosen {
        take_down(tx, ctx, who, (id, *comment), ruling)?;
    }
    let entry = Entry {
        id: ctx.id(),
        moderator: Some(who.actor),
        moderator_name: String::new(),
        deed: judge.deed(ruling.verdict),
        // One of those that were taken down; of one that was left nobody is to think so.
        comment: chosen.first().copied().or(places.iter().find_map(|place| place.comment)),
        host: None,
        person: None,
        reason: ruling.reason.clone(),
        at: ctx.now(),
    };
    log::insert(tx, &entry)?;
    notices::took_down(tx, id, &chosen.iter().copied().collect::<Vec<_>>())?;
    let Ruling { verdict: state, reason, automated, .. } = ruling;
    let decided = Decided { state: *state, reason, automated: *automated, at: ctx.now() };
    if notices::decide(tx, id, decided)? { Ok(()) } else { Err(Error::Refused(Refusal::Conflict)) }
}

/// Takes a comment down as against the law. Of what its author has deleted meanwhile there is nothing left to take down.
fn take_down(tx: &mut Write, ctx: &Ctx, who: &Person, (id, comment): (i64, CommentId), ruling: &Ruling) -> Result<()> {
    let spot = comments::spot_to_change(tx, comment)?.filter(|spot| spot.state != State::Deleted);
    let Some(spot) = spot else { return Ok(()) };
    preserving::keep(tx, ctx, comment, &format!("notice {id}: {}", ruling.reason))?;
    // What was removed before was removed on another ground: the statement belongs to this decision.
    if spot.state == State::Removed {
        retract::removed_anew(tx, ctx, who, &spot, ruling.reason.clone())?;
    } else {
        retract::removed(tx, ctx, who, comment, ruling.reason.clone())?;
    }
    let Some(entry) = log::last_removal(tx, comment)? else { return Ok(()) };
    let statement = Statement {
        entry: entry.id,
        comment,
        facts: ruling.facts.clone(),
        ground: ruling.ground,
        provision: ruling.provision.clone(),
        on_notice: true,
        automated: ruling.automated,
        at: ctx.now(),
    };
    statements::insert(tx, &statement)?;
    Ok(())
}
